//! `Int`: unbounded integers as one machine word.
//!
//! An odd word is the number itself, shifted left by one; an even one is a pointer to a `BigInt` object, which holds
//! only numbers that do not fit the 63 bits of a small one. So small words are equal exactly when the numbers are.
//! Sums and differences of large numbers are computed where they stay, in the invocation's heap (`limbs`). The rest is
//! `dashu_int`'s, whose products, quotients and texts take less than the square of the length; its memory is only
//! borrowed while an operation runs.

mod big;
mod float;
mod limbs;

pub use float::{float_modulo, float_text};

use ::std::cmp::Ordering;

use dark_abi::Str;
use dashu_int::IBig;
use dashu_int::ops::BitTest;

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
pub fn to_word(heap: &mut Heap, number: &IBig) -> Result<u64, Fault> {
    match i64::try_from(number).ok().and_then(small_word) {
        Some(word) => Ok(word),
        None => big::allocate(heap, number),
    }
}

/// The word of a machine number.
#[inline]
pub fn from_i64(heap: &mut Heap, number: i64) -> Result<u64, Fault> {
    small_word(number).map_or_else(|| big::allocate(heap, &IBig::from(number)), Ok)
}

/// The word of a wide number.
pub fn from_i128(heap: &mut Heap, number: i128) -> Result<u64, Fault> {
    match i64::try_from(number) {
        Ok(number) => from_i64(heap, number),
        Err(_) => big::allocate(heap, &IBig::from(number)),
    }
}

/// The word of a 128-bit number, given as its bits.
pub fn from_wide(heap: &mut Heap, bits: u128, signed: bool) -> Result<u64, Fault> {
    match i128::try_from(bits) {
        Err(_) if !signed => big::allocate(heap, &IBig::from(bits)),
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
pub unsafe fn from_word(word: u64) -> IBig {
    // SAFETY: an even word points at a `BigInt` object.
    if is_small(word) { IBig::from(small(word)) } else { unsafe { big::read(word) } }
}

/// The number of a word, if it fits.
///
/// # Safety
/// It is alive.
pub unsafe fn to_i64(word: u64) -> Option<i64> {
    // SAFETY: promised by the caller.
    if is_small(word) { Some(small(word)) } else { i64::try_from(unsafe { big::read(word) }).ok() }
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
        None => unsafe { sum(heap, a, b, false) },
    }
}

/// # Safety
/// Both are alive; they are borrowed.
pub unsafe fn sub(heap: &mut Heap, a: u64, b: u64) -> Result<u64, Fault> {
    match both_small(a, b) {
        Some((a, b)) => from_i64(heap, a - b),
        // SAFETY: promised by the caller.
        None => unsafe { sum(heap, a, b, true) },
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

/// The word of 0.
pub(crate) fn small_zero() -> u64 {
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
                if rest < IBig::ZERO { rest + b } else { rest }
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
    if exponent < IBig::ZERO {
        return Err(Failure::message(NEGATIVE_EXPONENT));
    }
    if let Ok(base) = i64::try_from(&base)
        && (-1..=1).contains(&base)
    {
        let odd = exponent.bit(0);
        let result = match base {
            0 => i64::from(exponent == IBig::ZERO),
            -1 if odd => -1,
            _ => 1,
        };
        return from_i64(heap, result);
    }
    let Some(exponent) = u64::try_from(exponent).ok().filter(|it| *it <= EXPONENT_MAX) else {
        return Err(Failure::out_of_range());
    };
    // Its bits are at least this many; the library would take the memory from elsewhere.
    check_bits(heap, (bits(&base) - 1).saturating_mul(exponent))?;
    let exponent = usize::try_from(exponent).map_err(|_| Failure::out_of_range())?;
    to_word(heap, &base.pow(exponent))
}

/// Fails when a number of so many bits has no room or is too long.
pub fn check_bits(heap: &Heap, bits: u64) -> Result<(), Fault> {
    if bits > BITS_MAX {
        return Err(Failure::out_of_range());
    }
    heap.check_room(usize::try_from(bits / 8).unwrap_or(usize::MAX))
}

/// Bits of the magnitude.
pub fn bits(number: &IBig) -> u64 {
    limbs::bits(number.as_sign_words().1)
}

/// The sum, or the difference.
///
/// # Safety
/// Both are alive; they are borrowed.
unsafe fn sum(heap: &mut Heap, a: u64, b: u64, subtracts: bool) -> Result<u64, Fault> {
    let (mut a_limb, mut b_limb) = ([0], [0]);
    // SAFETY: promised by the callers.
    let (a, (b_negative, b)) = unsafe { (parts(a, &mut a_limb), parts(b, &mut b_limb)) };
    check_bits(heap, limbs::bits(a.1).saturating_add(limbs::bits(b)))?;
    big::sum(heap, a, (b_negative != subtracts, b))
}

/// Sign and limbs of a number; that of a small one is put where the caller says.
///
/// # Safety
/// The word is alive.
unsafe fn parts(word: u64, limb: &mut [u64; 1]) -> big::Parts<'_> {
    if !is_small(word) {
        // SAFETY: promised by the caller.
        return unsafe { (big::is_negative(word), big::limbs_of(word)) };
    }
    *limb = [small(word).unsigned_abs()];
    (small(word) < 0, if *limb == [0] { &[] } else { limb })
}

unsafe fn combine(heap: &mut Heap, a: u64, b: u64, op: impl FnOnce(IBig, IBig) -> IBig) -> Result<u64, Fault> {
    // SAFETY: promised by the callers.
    let (a, b) = unsafe { (from_word(a), from_word(b)) };
    check_bits(heap, bits(&a).saturating_add(bits(&b)))?;
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
    match digits.parse::<IBig>() {
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

/// The same as an object.
///
/// # Safety
/// The word is alive.
pub unsafe fn text(heap: &mut Heap, word: u64) -> Result<*mut Str, Fault> {
    if is_small(word) {
        return crate::text::new_normal(heap, itoa::Buffer::new().format(small(word)));
    }
    // SAFETY: promised by the caller.
    crate::text::new_normal(heap, &unsafe { display(word) })
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
