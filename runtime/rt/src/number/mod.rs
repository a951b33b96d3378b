//! `Int`: unbounded integers as one machine word.
//!
//! An odd word is the number itself, shifted left by one; an even one is a pointer to a `BigInt` object, which holds
//! only numbers that do not fit the 63 bits of a small one. So small words are equal exactly when the numbers are.
//! The arithmetic of large numbers is that of `num_bigint`; its memory is only borrowed while an operation runs, and
//! results lie in the invocation's heap.

mod big;
mod float;

pub use float::{float_modulo, float_text};

use ::std::cmp::Ordering;

use num_bigint::BigInt;
use num_traits::{Signed, ToPrimitive, Zero};

use crate::invocation::{Failure, Fault};
use crate::memory::Heap;

const SMALL_MIN: i64 = -(1 << 62);
const SMALL_MAX: i64 = (1 << 62) - 1;
/// The longest result of an operation: 8 MiB, 20 million digits. One operation on longer numbers takes so long that the
/// invocation would not notice that its time is up.
const BITS_MAX: u64 = 1 << 26;
/// The largest exponent for bases other than −1, 0 and 1.
const EXPONENT_MAX: u64 = i32::MAX as u64;

pub const MODULUS_ZERO: &str = "Cannot evaluate modulus against 0";
pub const MODULUS_NEGATIVE: &str = "Cannot evaluate modulus against a negative number";
pub const DIVISION_BY_ZERO: &str = "Cannot divide by 0";
pub const NEGATIVE_EXPONENT: &str = "Cannot raise integer to a negative exponent";

/// Whether a word is the number itself.
#[inline]
pub fn is_small(word: u64) -> bool {
    word & 1 == 1
}

/// The number of a small word.
#[inline]
pub fn small(word: u64) -> i64 {
    (word as i64) >> 1
}

/// The word of a number, when it is a small one.
#[inline]
pub fn small_word(number: i64) -> Option<u64> {
    (SMALL_MIN..=SMALL_MAX).contains(&number).then_some(((number as u64) << 1) | 1)
}

/// The word of a number.
pub fn to_word(heap: &mut Heap, number: &BigInt) -> Result<u64, Fault> {
    match number.to_i64().and_then(small_word) {
        Some(word) => Ok(word),
        None => big::allocate(heap, number),
    }
}

/// The word of a machine number.
#[inline]
pub fn from_i64(heap: &mut Heap, number: i64) -> Result<u64, Fault> {
    small_word(number).map_or_else(|| big::allocate(heap, &BigInt::from(number)), Ok)
}

/// The word of a wide number.
pub fn from_i128(heap: &mut Heap, number: i128) -> Result<u64, Fault> {
    match i64::try_from(number) {
        Ok(number) => from_i64(heap, number),
        Err(_) => big::allocate(heap, &BigInt::from(number)),
    }
}

/// The word of a 128-bit number, given as its bits.
pub fn from_wide(heap: &mut Heap, bits: u128, signed: bool) -> Result<u64, Fault> {
    match i128::try_from(bits) {
        Err(_) if !signed => big::allocate(heap, &BigInt::from(bits)),
        _ => from_i128(heap, bits as i128),
    }
}

/// The low 128 bits of a number in two's complement.
///
/// # Safety
/// The word is alive.
pub unsafe fn to_wide(word: u64) -> u128 {
    if is_small(word) {
        return i128::from(small(word)) as u128;
    }
    // SAFETY: promised by the caller.
    unsafe { big::low_bits(word) }
}

/// The number of a word.
///
/// # Safety
/// It is alive.
pub unsafe fn from_word(word: u64) -> BigInt {
    // SAFETY: an even word points at a `BigInt` object.
    if is_small(word) { BigInt::from(small(word)) } else { unsafe { big::read(word) } }
}

/// The number of a word, if it fits.
///
/// # Safety
/// It is alive.
pub unsafe fn to_i64(word: u64) -> Option<i64> {
    // SAFETY: promised by the caller.
    if is_small(word) { Some(small(word)) } else { unsafe { big::read(word) }.to_i64() }
}

/// Takes another reference.
///
/// # Safety
/// The word is alive.
#[inline]
pub unsafe fn retain(word: u64) {
    if !is_small(word) {
        // SAFETY: an even word points at an object.
        unsafe { crate::value::retain(word as usize as *mut dark_abi::Header) };
    }
}

/// Gives up a reference.
///
/// # Safety
/// The word is alive and the caller owns a reference.
#[inline]
pub unsafe fn drop_word(heap: &mut Heap, word: u64) {
    if !is_small(word) {
        // SAFETY: promised by the caller.
        unsafe { big::release(heap, word) };
    }
}

/// Frees a `BigInt` object that nobody refers to.
///
/// # Safety
/// Nobody uses it afterwards.
pub unsafe fn free(heap: &mut Heap, object: *mut u8) {
    // SAFETY: promised by the caller.
    unsafe { big::free(heap, object) };
}

/// # Safety
/// Both are alive.
pub unsafe fn equal(a: u64, b: u64) -> bool {
    // SAFETY: promised by the caller.
    a == b || (!is_small(a) && !is_small(b) && unsafe { big::compare(a, b) }.is_eq())
}

/// # Safety
/// Both are alive.
pub unsafe fn compare(a: u64, b: u64) -> Ordering {
    // SAFETY: promised by the caller.
    unsafe {
        match (is_small(a), is_small(b)) {
            (true, true) => small(a).cmp(&small(b)),
            (true, false) => {
                if big::is_negative(b) {
                    Ordering::Greater
                } else {
                    Ordering::Less
                }
            }
            (false, true) => {
                if big::is_negative(a) {
                    Ordering::Less
                } else {
                    Ordering::Greater
                }
            }
            (false, false) => big::compare(a, b),
        }
    }
}

/// Whether the words are small ones, and which.
fn both_small(a: u64, b: u64) -> Option<(i64, i64)> {
    (is_small(a) && is_small(b)).then(|| (small(a), small(b)))
}

/// # Safety
/// Both are alive; they are borrowed.
pub unsafe fn add(heap: &mut Heap, a: u64, b: u64) -> Result<u64, Fault> {
    match both_small(a, b) {
        // Two numbers of 63 bits have a sum of 64.
        Some((a, b)) => from_i64(heap, a + b),
        // SAFETY: promised by the caller.
        None => unsafe { combine(heap, a, b, |a, b| a + b) },
    }
}

/// # Safety
/// Both are alive; they are borrowed.
pub unsafe fn sub(heap: &mut Heap, a: u64, b: u64) -> Result<u64, Fault> {
    match both_small(a, b) {
        Some((a, b)) => from_i64(heap, a - b),
        // SAFETY: promised by the caller.
        None => unsafe { combine(heap, a, b, |a, b| a - b) },
    }
}

/// # Safety
/// Both are alive; they are borrowed.
pub unsafe fn mul(heap: &mut Heap, a: u64, b: u64) -> Result<u64, Fault> {
    match both_small(a, b) {
        Some((a, b)) => from_i128(heap, i128::from(a) * i128::from(b)),
        // SAFETY: promised by the caller.
        None => unsafe { combine(heap, a, b, |a, b| a * b) },
    }
}

/// Truncates toward zero.
///
/// # Safety
/// Both are alive; they are borrowed.
pub unsafe fn div(heap: &mut Heap, a: u64, b: u64) -> Result<u64, Fault> {
    match both_small(a, b) {
        Some((_, 0)) => Err(Failure::message(DIVISION_BY_ZERO)),
        Some((a, b)) => from_i64(heap, a / b),
        None if b == small_zero() => Err(Failure::message(DIVISION_BY_ZERO)),
        // SAFETY: promised by the caller.
        None => unsafe { combine(heap, a, b, |a, b| a / b) },
    }
}

fn small_zero() -> u64 {
    1
}

/// From 0 to below the divisor, which is positive.
///
/// # Safety
/// Both are alive; they are borrowed.
pub unsafe fn modulo(heap: &mut Heap, a: u64, b: u64) -> Result<u64, Fault> {
    if b == small_zero() {
        return Err(Failure::message(MODULUS_ZERO));
    }
    // SAFETY: promised by the caller.
    unsafe {
        if compare(b, small_zero()).is_lt() {
            return Err(Failure::message(MODULUS_NEGATIVE));
        }
        match both_small(a, b) {
            Some((a, b)) => from_i64(heap, a.rem_euclid(b)),
            None => combine(heap, a, b, |a, b| {
                let rest = a % &b;
                if rest.is_negative() { rest + b } else { rest }
            }),
        }
    }
}

/// # Safety
/// The word is alive; it is borrowed.
pub unsafe fn negate(heap: &mut Heap, a: u64) -> Result<u64, Fault> {
    if is_small(a) {
        return from_i64(heap, -small(a));
    }
    // SAFETY: promised by the caller.
    let number = unsafe { from_word(a) };
    to_word(heap, &-number)
}

/// Exact. A negative exponent fails for every base; one over 2³¹−1 does for all but −1, 0 and 1.
///
/// # Safety
/// Both are alive; they are borrowed.
pub unsafe fn power(heap: &mut Heap, base: u64, exponent: u64) -> Result<u64, Fault> {
    // SAFETY: promised by the caller.
    let (base, exponent) = unsafe { (from_word(base), from_word(exponent)) };
    if exponent.is_negative() {
        return Err(Failure::message(NEGATIVE_EXPONENT));
    }
    if let Some(base) = base.to_i64()
        && (-1..=1).contains(&base)
    {
        let odd = exponent.bit(0);
        let result = match base {
            0 => i64::from(exponent.is_zero()),
            -1 if odd => -1,
            _ => 1,
        };
        return from_i64(heap, result);
    }
    let Some(exponent) = exponent.to_u64().filter(|it| *it <= EXPONENT_MAX) else {
        return Err(Failure::out_of_range());
    };
    // Its bits are at least this many; the library would take the memory from elsewhere.
    check_bits(heap, (base.bits() - 1).saturating_mul(exponent))?;
    let exponent = u32::try_from(exponent).map_err(|_| Failure::out_of_range())?;
    to_word(heap, &base.pow(exponent))
}

/// Fails when a number of so many bits has no room or is too long.
pub fn check_bits(heap: &Heap, bits: u64) -> Result<(), Fault> {
    if bits > BITS_MAX {
        return Err(Failure::out_of_range());
    }
    heap.check_room(usize::try_from(bits / 8).unwrap_or(usize::MAX))
}

unsafe fn combine(heap: &mut Heap, a: u64, b: u64, op: impl FnOnce(BigInt, BigInt) -> BigInt) -> Result<u64, Fault> {
    // SAFETY: promised by the callers.
    let (a, b) = unsafe { (from_word(a), from_word(b)) };
    check_bits(heap, a.bits().saturating_add(b.bits()))?;
    to_word(heap, &op(a, b))
}

/// The number of decimal digits with an optional sign; `None` for anything else.
pub fn parse(heap: &mut Heap, digits: &str) -> Result<Option<u64>, Fault> {
    let unsigned = digits.strip_prefix(['-', '+']).unwrap_or(digits);
    if unsigned.is_empty() || !unsigned.bytes().all(|it| it.is_ascii_digit()) {
        return Ok(None);
    }
    if let Ok(number) = digits.parse::<i64>() {
        return from_i64(heap, number).map(Some);
    }
    heap.check_room(digits.len())?;
    match digits.parse::<BigInt>() {
        Ok(number) => to_word(heap, &number).map(Some),
        Err(_) => Ok(None),
    }
}

/// A literal of the compiler.
pub fn literal(heap: &mut Heap, digits: &str) -> Result<u64, Fault> {
    parse(heap, digits)?.ok_or_else(|| Failure::internal("an Int literal is not a number"))
}

/// The decimal digits of a number, with a sign when it is negative.
///
/// # Safety
/// The word is alive.
pub unsafe fn display(word: u64) -> String {
    // SAFETY: promised by the caller.
    if is_small(word) { small(word).to_string() } else { unsafe { big::read(word) }.to_string() }
}

/// A power of a sized integer, given and returned as 128 bits, of which `bits` count; wraps.
pub fn sized_power(base: u128, exponent: u128, bits: u32, signed: bool) -> Result<u128, Fault> {
    if signed && (exponent as i128) < 0 {
        return Err(Failure::message(NEGATIVE_EXPONENT));
    }
    let (mut result, mut square, mut left) = (1_u128, base, exponent);
    while left > 0 {
        if left & 1 == 1 {
            result = result.wrapping_mul(square);
        }
        square = square.wrapping_mul(square);
        left >>= 1;
    }
    let unused = 128 - bits.clamp(1, 128);
    let shifted = result << unused;
    Ok(if signed { ((shifted as i128) >> unused) as u128 } else { shifted >> unused })
}

#[cfg(test)]
mod tests;
