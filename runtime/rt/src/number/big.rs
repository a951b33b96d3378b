//! The object of a number that is no small word: its sign and its magnitude, in the invocation's heap.
//!
//! ```text
//! BigInt | Header (word = 1 when negative) | number of limbs | limbs of 64 bits, lowest first, the last one not 0
//! ```

use ::std::cmp::Ordering;

use dark_abi::{Header, IMMORTAL};
use num_bigint::{BigInt, BigUint, Sign};

use crate::invocation::Fault;
use crate::memory::Heap;

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
unsafe fn limbs<'a>(word: u64) -> &'a [u64] {
    let object = object(word);
    // SAFETY: the limbs stand behind the head.
    unsafe { ::std::slice::from_raw_parts(object.add(1).cast::<u64>(), (*object).limbs as usize) }
}

/// A new object.
pub(super) fn allocate(heap: &mut Heap, number: &BigInt) -> Result<u64, Fault> {
    let digits = number.magnitude().iter_u64_digits();
    let object = heap.try_allocate(bytes_of(digits.len()))?.cast::<Object>();
    // SAFETY: fresh, with room for the limbs.
    unsafe {
        (*object).header.word = u32::from(number.sign() == Sign::Minus);
        (*object).limbs = digits.len() as u64;
        let first = object.add(1).cast::<u64>();
        for (i, digit) in digits.enumerate() {
            first.add(i).write(digit);
        }
    }
    Ok(object as usize as u64)
}

/// The number of an object.
///
/// # Safety
/// The word is an even one and alive.
pub(super) unsafe fn read(word: u64) -> BigInt {
    // SAFETY: promised by the caller.
    let (limbs, negative) = unsafe { (limbs(word), is_negative(word)) };
    let halves = limbs.iter().flat_map(|limb| [*limb as u32, (*limb >> 32) as u32]).collect();
    BigInt::from_biguint(if negative { Sign::Minus } else { Sign::Plus }, BigUint::new(halves))
}

/// The low 128 bits in two's complement.
///
/// # Safety
/// The word is an even one and alive.
pub(super) unsafe fn low_bits(word: u64) -> u128 {
    // SAFETY: promised by the caller.
    let (limbs, negative) = unsafe { (limbs(word), is_negative(word)) };
    let limb = |i: usize| u128::from(limbs.get(i).copied().unwrap_or(0));
    let magnitude = limb(0) | limb(1) << 64;
    if negative { magnitude.wrapping_neg() } else { magnitude }
}

/// # Safety
/// The word is an even one and alive.
pub(super) unsafe fn is_negative(word: u64) -> bool {
    // SAFETY: promised by the caller.
    unsafe { (*object(word)).header.word != 0 }
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
        let (a, b) = (limbs(a), limbs(b));
        let magnitudes = a.len().cmp(&b.len()).then_with(|| a.iter().rev().cmp(b.iter().rev()));
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
        let limbs = (*object.cast::<Object>()).limbs as usize;
        heap.free(object, bytes_of(limbs));
    }
}
