//! `Stdlib.Float`

use dark_abi::{Context, Str};

use crate::invocation::run;
use crate::{number, text};

/// # Safety
/// Called by compiled code.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dark_float_to_string(context: *mut Context, f: f64) -> *mut Str {
    // SAFETY: promised by the caller.
    unsafe { run(context, |invocation| text::new_normal(&mut invocation.heap, &number::float_text(f))) }
}

const BLANK: [char; 6] = ['\t', '\n', '\u{b}', '\u{c}', '\r', ' '];

/// The number of a text, if it has the form of one: digits with a point and an exponent, or `NaN` and `Infinity` in any
/// letters.
fn parse(text: &str) -> Option<f64> {
    let text = text.trim_matches(BLANK);
    let (negative, rest) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let number = if rest.eq_ignore_ascii_case("nan") {
        f64::NAN
    } else if rest.eq_ignore_ascii_case("infinity") {
        f64::INFINITY
    } else {
        // What Rust reads beside digits are the words above.
        let plain = rest.starts_with(|c: char| c.is_ascii_digit() || c == '.');
        plain.then(|| rest.parse().ok())??
    };
    Some(if negative { -number } else { number })
}

/// # Safety
/// Called by compiled code.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dark_float_internal_is_number(_: *mut Context, s: *const Str) -> bool {
    // SAFETY: promised by the caller.
    unsafe { parse(text::as_str(s)).is_some() }
}

/// # Safety
/// Called by compiled code.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dark_float_internal_number(_: *mut Context, s: *const Str) -> f64 {
    // SAFETY: promised by the caller.
    unsafe { parse(text::as_str(s)).unwrap_or(f64::NAN) }
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn floats_are_read_in_their_forms() {
        for (text, number) in [
            ("5.", 5.0),
            (".5", 0.5),
            ("7", 7.0),
            (" -1.5E+3\t", -1500.0),
            ("1e999", f64::INFINITY),
            ("-infinity", f64::NEG_INFINITY),
        ] {
            assert_eq!(parse(text), Some(number), "{text}");
        }
        assert!(parse("NaN").is_some_and(f64::is_nan));
        assert!(parse("-0").is_some_and(|it| it == 0.0 && it.is_sign_negative()));
        for text in ["", ".", "1e", "0x10", "1_0", "3 4", "1,2", "inf", "--1"] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
