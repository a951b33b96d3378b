//! The object of a number that is no small word: its sign and its magnitude, in the invocation's heap.
//!
//! ```text
//! BigInt | Header | number of limbs | limbs of 64 bits, lowest first, the last one not 0 | unused limbs
//! ```
//!
//! The lowest bit of the header's word is 1 when the number is negative; the others count the unused limbs.

use ::std::cmp::Ordering;
use ::std::mem::MaybeUninit;

use dark_abi::{Header, IMMORTAL};
use dashu_int::{IBig, Sign};

use super::limbs;
use crate::invocation::Fault;
use crate::memory::Heap;

const NEGATIVE: u32 = 1;

const _: () = assert!(dashu_int::Word::BITS == 64, "limbs are the library's words");

#[repr(C)]
struct Object {
    header: Header,
    limbs: u64,
}

fn bytes_of(limbs: usize) -> usize {
    size_of::<Object>() + limbs * 8
}

fn object(word: u64) -> *mut Object {
    word as usize as *mut Object
}

/// The limbs of a number.
///
/// # Safety
/// The word is an even one and alive.
pub(super) unsafe fn limbs_of<'a>(word: u64) -> &'a [u64] {
    let object = object(word);
    // SAFETY: the limbs stand behind the head.
    unsafe { ::std::slice::from_raw_parts(object.add(1).cast::<u64>(), (*object).limbs as usize) }
}

/// A new object with so many limbs, which are still to be written.
fn with_room<'a>(heap: &mut Heap, limbs: usize) -> Result<(*mut Object, &'a mut [MaybeUninit<u64>]), Fault> {
    let object = heap.try_allocate(bytes_of(limbs))?.cast::<Object>();
    // SAFETY: fresh, with room for the limbs; the slice is used before the object has an owner.
    unsafe {
        (*object).limbs = limbs as u64;
        Ok((object, ::std::slice::from_raw_parts_mut(object.add(1).cast(), limbs)))
    }
}

/// A new object.
pub(super) fn allocate(heap: &mut Heap, number: &IBig) -> Result<u64, Fault> {
    let (sign, words) = number.as_sign_words();
    new(heap, sign == Sign::Negative, words)
}

fn new(heap: &mut Heap, negative: bool, words: &[u64]) -> Result<u64, Fault> {
    let (object, room) = with_room(heap, words.len())?;
    room.write_copy_of_slice(words);
    // SAFETY: fresh.
    unsafe { (*object).header.word = u32::from(negative) };
    Ok(object as usize as u64)
}

/// The number of an object.
///
/// # Safety
/// The word is an even one and alive.
pub(super) unsafe fn read(word: u64) -> IBig {
    // SAFETY: promised by the caller.
    let (words, negative) = unsafe { (limbs_of(word), is_negative(word)) };
    IBig::from_sign_words(if negative { Sign::Negative } else { Sign::Positive }, words)
}

/// A number as its sign and its limbs, none for 0.
pub(super) type Parts<'a> = (bool, &'a [u64]);

/// The sum of two numbers, at least one of which has an object: its limbs are written where they stay.
pub(super) fn sum(heap: &mut Heap, a: Parts, b: Parts) -> Result<u64, Fault> {
    let ((a_negative, a), (b_negative, b)) = (a, b);
    let (long, short) = if a.len() >= b.len() { (a, b) } else { (b, a) };
    if a_negative == b_negative {
        let (object, room) = with_room(heap, long.len() + 1)?;
        let carry = limbs::add(room, long, short);
        return finish(heap, object, a_negative, long.len() + usize::from(carry));
    }
    let (negative, large, small) = match limbs::compare(a, b) {
        Ordering::Equal => return Ok(super::small_zero()),
        Ordering::Greater => (a_negative, a, b),
        Ordering::Less => (b_negative, b, a),
    };
    let (object, room) = with_room(heap, large.len())?;
    limbs::subtract(room, large, small);
    // SAFETY: as many limbs were written.
    let written = unsafe { limbs_of(object as usize as u64) };
    let used = written.iter().rposition(|limb| *limb != 0).map_or(0, |last| last + 1);
    finish(heap, object, negative, used)
}

/// The word of an object whose first limbs are a number's: a small one if it fits, a smaller object if half is unused.
fn finish(heap: &mut Heap, object: *mut Object, negative: bool, used: usize) -> Result<u64, Fault> {
    // SAFETY: fresh, with as many limbs as it says.
    unsafe {
        let room = (*object).limbs as usize;
        (*object).limbs = used as u64;
        (*object).header.word = u32::from(negative) | ((room - used) as u32) << 1;
        let word = object as usize as u64;
        let words = limbs_of(word);
        let result = match words {
            [] => Ok(super::small_zero()),
            [magnitude] if let Some(small) = small_of(negative, *magnitude) => Ok(small),
            _ if used * 2 < room => new(heap, negative, words),
            _ => return Ok(word),
        };
        free(heap, object.cast());
        result
    }
}

/// The small word of a sign and one limb.
fn small_of(negative: bool, magnitude: u64) -> Option<u64> {
    let number = i64::try_from(magnitude).ok()?;
    super::small_word(if negative { -number } else { number })
}

/// The low 128 bits in two's complement.
///
/// # Safety
/// The word is an even one and alive.
pub(super) unsafe fn low_bits(word: u64) -> u128 {
    // SAFETY: promised by the caller.
    let (words, negative) = unsafe { (limbs_of(word), is_negative(word)) };
    let limb = |i: usize| u128::from(words.get(i).copied().unwrap_or(0));
    let magnitude = limb(0) | limb(1) << 64;
    if negative { magnitude.wrapping_neg() } else { magnitude }
}

/// # Safety
/// The word is an even one and alive.
pub(super) unsafe fn is_negative(word: u64) -> bool {
    // SAFETY: promised by the caller.
    unsafe { (*object(word)).header.word & NEGATIVE != 0 }
}

/// # Safety
/// Both are even words and alive.
pub(super) unsafe fn compare(a: u64, b: u64) -> Ordering {
    // SAFETY: promised by the caller.
    unsafe {
        let (a_negative, b_negative) = (is_negative(a), is_negative(b));
        if a_negative != b_negative {
            return b_negative.cmp(&a_negative);
        }
        let magnitudes = limbs::compare(limbs_of(a), limbs_of(b));
        if a_negative { magnitudes.reverse() } else { magnitudes }
    }
}

/// # Safety
/// The word is an even one and alive, and the caller owns a reference.
pub(super) unsafe fn release(heap: &mut Heap, word: u64) {
    let object = object(word);
    // SAFETY: promised by the caller.
    unsafe {
        match (*object).header.count {
            1 => free(heap, object.cast()),
            count if count < IMMORTAL => (*object).header.count = count - 1,
            _ => {}
        }
    }
}

/// # Safety
/// It is an object of this heap that nobody uses afterwards.
pub(super) unsafe fn free(heap: &mut Heap, object: *mut u8) {
    // SAFETY: promised by the caller.
    unsafe {
        let head = object.cast::<Object>();
        let unused = (*head).header.word as usize >> 1;
        heap.free(object, bytes_of((*head).limbs as usize + unused));
    }
}
