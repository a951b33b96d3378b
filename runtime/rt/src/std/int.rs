//! `Stdlib.Int`: what needs numbers of any size.

use dark_abi::{Context, Str};
use dashu_int::{IBig, UBig};

use crate::invocation::{Failure, Fault, run};
use crate::{number, text};

/// # Safety
/// Called by compiled code.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dark_int_to_float(_: *mut Context, a: u64) -> f64 {
    // SAFETY: promised by the caller.
    unsafe {
        match number::is_small(a) {
            true => number::small(a) as f64,
            false => number::from_word(a).to_f64().value(),
        }
    }
}

/// # Safety
/// Called by compiled code.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dark_int_from_float(context: *mut Context, a: f64) -> u64 {
    // SAFETY: promised by the caller.
    unsafe {
        run(context, |invocation| {
            let whole = IBig::try_from(a.trunc()).map_err(|_| Failure::out_of_range())?;
            number::to_word(&mut invocation.heap, &whole)
        })
    }
}

/// An operation on two numbers.
///
/// # Safety
/// Called by compiled code.
unsafe fn binary(
    context: *mut Context,
    a: u64,
    b: u64,
    operation: impl FnOnce(IBig, IBig) -> Result<IBig, Fault>,
) -> u64 {
    // SAFETY: promised by the caller.
    unsafe {
        run(context, |invocation| {
            let made = operation(number::from_word(a), number::from_word(b))?;
            number::to_word(&mut invocation.heap, &made)
        })
    }
}

/// # Safety
/// Called by compiled code.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dark_int_bitwise_and(context: *mut Context, a: u64, b: u64) -> u64 {
    if number::is_small(a) && number::is_small(b) {
        return a & b;
    }
    // SAFETY: promised by the caller.
    unsafe { binary(context, a, b, |a, b| Ok(a & b)) }
}

/// # Safety
/// Called by compiled code.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dark_int_bitwise_or(context: *mut Context, a: u64, b: u64) -> u64 {
    if number::is_small(a) && number::is_small(b) {
        return a | b;
    }
    // SAFETY: promised by the caller.
    unsafe { binary(context, a, b, |a, b| Ok(a | b)) }
}

/// # Safety
/// Called by compiled code.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dark_int_bitwise_xor(context: *mut Context, a: u64, b: u64) -> u64 {
    if number::is_small(a) && number::is_small(b) {
        return (a ^ b) | 1;
    }
    // SAFETY: promised by the caller.
    unsafe { binary(context, a, b, |a, b| Ok(a ^ b)) }
}

/// The count of a shift.
fn count_of(word: u64) -> Result<u32, Fault> {
    // SAFETY: an `Int` of the caller.
    let count = unsafe { number::to_i64(word) };
    count
        .and_then(|count| i32::try_from(count).ok())
        .and_then(|count| u32::try_from(count).ok())
        .ok_or_else(Failure::out_of_range)
}

/// # Safety
/// Called by compiled code.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dark_int_shift_left(context: *mut Context, a: u64, b: u64) -> u64 {
    // SAFETY: promised by the caller.
    unsafe {
        run(context, |invocation| {
            let (heap, count) = (&mut invocation.heap, count_of(b)?);
            let a = number::from_word(a);
            if a != IBig::ZERO {
                number::check_bits(heap, number::bits(&a) + u64::from(count))?;
            }
            number::to_word(heap, &(if a == IBig::ZERO { a } else { a << count as usize }))
        })
    }
}

/// # Safety
/// Called by compiled code.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dark_int_shift_right(context: *mut Context, a: u64, b: u64) -> u64 {
    // SAFETY: promised by the caller.
    unsafe {
        run(context, |invocation| {
            let count = count_of(b)?;
            number::to_word(&mut invocation.heap, &(number::from_word(a) >> count as usize))
        })
    }
}

/// # Safety
/// Called by compiled code.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dark_int_random(context: *mut Context, start: u64, end: u64) -> u64 {
    // SAFETY: promised by the caller.
    unsafe {
        run(context, |invocation| {
            let (a, b) = (number::from_word(start), number::from_word(end));
            let (lowest, highest) = if a <= b { (a, b) } else { (b, a) };
            let span: IBig = &highest - &lowest;
            let picked = uniform(&span, |bytes| invocation.environment.random.fill(bytes));
            number::to_word(&mut invocation.heap, &(lowest + picked))
        })
    }
}

/// A number from 0 to the span, each as likely as the others: what is too high is drawn again.
fn uniform(span: &IBig, fill: impl Fn(&mut [u8])) -> IBig {
    let bits = number::bits(span);
    let mut bytes = vec![0; bits.div_ceil(8) as usize];
    loop {
        fill(&mut bytes);
        if let Some(first) = bytes.first_mut() {
            // The bits above the span's highest one are not wanted.
            *first &= 0xff_u8 >> ((8 - bits % 8) % 8);
        }
        let drawn = IBig::from(UBig::from_be_bytes(&bytes));
        if drawn <= *span {
            return drawn;
        }
    }
}

/// Sign and digits of a text with blanks around, if it has that form.
fn whole(text: &str) -> Option<&str> {
    let is_blank = |byte: &u8| matches!(byte, b'\t'..=b'\r' | b' ');
    let bytes = text.as_bytes();
    let start = bytes.iter().position(|byte| !is_blank(byte))?;
    let end = bytes.iter().rposition(|byte| !is_blank(byte))?;
    let text = &text[start..=end];
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    (!digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())).then_some(text)
}

/// # Safety
/// Called by compiled code.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dark_int_internal_is_number(_: *mut Context, s: *const Str) -> bool {
    // SAFETY: promised by the caller.
    unsafe { whole(text::as_str(s)).is_some() }
}

/// # Safety
/// Called by compiled code.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dark_int_internal_number(context: *mut Context, s: *const Str) -> u64 {
    // SAFETY: promised by the caller.
    unsafe {
        run(context, |invocation| {
            let digits = whole(text::as_str(s)).unwrap_or("0");
            let parsed = number::parse(&mut invocation.heap, digits.trim_start_matches('+'))?;
            parsed.ok_or_else(Failure::out_of_range)
        })
    }
}

/// `Stdlib.Dict.Internal.failRepeated`
///
/// # Safety
/// Called by compiled code.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dark_dict_internal_fail_repeated(context: *mut Context, key: *const Str) {
    // SAFETY: promised by the caller.
    unsafe {
        run::<()>(context, |_: &mut crate::Invocation| {
            let key = text::as_str(key);
            Err(Failure::message(format!("Cannot add two dictionary entries with the same key `{key}`")))
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_numbers_have_a_sign_digits_and_blanks_around() {
        for text in ["0", "-0", "+5", "\t-0077 ", "\u{b}1\u{c}"] {
            assert!(whole(text).is_some(), "{text:?}");
        }
        for text in ["", " ", "-", "1e3", "1 2", "- 1", "0x1", "\u{a0}1", "١"] {
            assert!(whole(text).is_none(), "{text:?}");
        }
    }

    #[test]
    fn drawn_numbers_reach_both_ends() {
        let state = ::std::cell::Cell::new(1_u64);
        let fill = |bytes: &mut [u8]| {
            for byte in bytes {
                state.set(state.get().wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1));
                *byte = (state.get() >> 33) as u8;
            }
        };
        let drawn: ::std::collections::BTreeSet<IBig> = (0..500).map(|_| uniform(&IBig::from(5), fill)).collect();
        assert_eq!(drawn.len(), 6);
        assert_eq!(uniform(&IBig::from(0), fill), IBig::from(0));
        assert!((0..200).any(|_| uniform(&IBig::from(256), fill) > IBig::from(200)));
    }
}
