//! Sums, differences and the order of magnitudes: limbs of 64 bits, the lowest first, the last one not 0.
//!
//! Eight limbs a turn, so that the carry goes from one to the next in the processor's flag.

use ::std::cmp::Ordering;
use ::std::mem::MaybeUninit;

type Limb = MaybeUninit<u64>;

pub(super) fn compare(a: &[u64], b: &[u64]) -> Ordering {
    a.len().cmp(&b.len()).then_with(|| a.iter().rev().cmp(b.iter().rev()))
}

/// Bits of a magnitude.
pub(super) fn bits(limbs: &[u64]) -> u64 {
    limbs.last().map_or(0, |last| limbs.len() as u64 * 64 - u64::from(last.leading_zeros()))
}

/// Writes a sum, and says whether it has one more limb than the longer number; that limb is 1. The room is that of the
/// longer number and one more limb.
pub(super) fn add(room: &mut [Limb], long: &[u64], short: &[u64]) -> bool {
    let (room, last) = room.split_at_mut(long.len());
    let carry = chain(room, long, short, |a, b, carry| a.carrying_add(b, carry));
    if let Some(last) = last.first_mut() {
        last.write(u64::from(carry));
    }
    carry
}

/// Writes the difference of a number and one that is not larger, into the room of the larger one.
pub(super) fn subtract(room: &mut [Limb], large: &[u64], small: &[u64]) {
    chain(room, large, small, |a, b, borrow| a.borrowing_sub(b, borrow));
}

/// Goes through the limbs of both numbers, and through those that only the longer one has.
#[inline(always)]
fn chain(room: &mut [Limb], long: &[u64], short: &[u64], step: impl Fn(u64, u64, bool) -> (u64, bool)) -> bool {
    let mut carry = false;
    let mut one = |room: &mut Limb, a: u64, b: u64| {
        let (limb, next) = step(a, b, carry);
        room.write(limb);
        carry = next;
    };
    let (both, rest) = long.split_at(short.len());
    let (room, room_of_rest) = room.split_at_mut(both.len());
    let ((eights, ones), (short_eights, short_ones)) = (both.as_chunks::<8>(), short.as_chunks::<8>());
    let (room_eights, room_ones) = room.as_chunks_mut::<8>();
    for ((room, a), b) in room_eights.iter_mut().zip(eights).zip(short_eights) {
        for i in 0..8 {
            one(&mut room[i], a[i], b[i]);
        }
    }
    for ((room, a), b) in room_ones.iter_mut().zip(ones).zip(short_ones) {
        one(room, *a, *b);
    }
    for (room, a) in room_of_rest.iter_mut().zip(rest) {
        one(room, *a, 0);
    }
    carry
}
