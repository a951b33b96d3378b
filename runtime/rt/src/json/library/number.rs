//! Numbers of JSON as values, and Floats as JSON.
//!
//! Plain digits are exact. A fraction or an exponent is allowed where the number is whole: `Int`, `Int64` and `UInt64`
//! compute it exactly, the other sizes as a double, whose exact value counts.

use ::std::fmt::{self, Write};

/// The most digits an `Int` in JSON may have, and those its exponent would give it.
const DIGITS_MAX: usize = 1_000_000;

fn is_plain(raw: &str) -> bool {
    !raw.contains(['.', 'e', 'E'])
}

/// A number of a signed type of so many bits.
pub fn signed(raw: &str, bits: u32) -> Option<i128> {
    let (min, max) = (i128::MIN >> (128 - bits), i128::MAX >> (128 - bits));
    let number = match (is_plain(raw), bits) {
        _ if let Some(number) = short(raw) => Some(number.into()),
        (true, 128) => raw.parse().ok().or_else(|| just_below_the_least(raw)),
        (true, _) => raw.parse().ok(),
        (false, 64) => exact(raw)?.parse().ok(),
        (false, _) => {
            let double = whole_double(raw)?;
            // 2¹²⁷ is one too many, and would be clamped.
            let end = -(i128::MIN as f64);
            (double >= -end && double < end).then_some(double as i128)
        }
    };
    number.filter(|number| (min..=max).contains(number))
}

/// What is rounded to the least `Int128` is that.
fn just_below_the_least(raw: &str) -> Option<i128> {
    (raw.parse::<f64>().ok()? == i128::MIN as f64).then_some(i128::MIN)
}

/// A number of an unsigned type of so many bits.
pub fn unsigned(raw: &str, bits: u32) -> Option<u128> {
    let max = u128::MAX >> (128 - bits);
    let number = match (is_plain(raw), bits) {
        (true, _) if raw == "-0" => Some(0),
        (true, _) => raw.parse().ok(),
        (false, 64) => exact(raw)?.parse().ok(),
        (false, _) => {
            let double = whole_double(raw)?;
            // 2¹²⁸ is one too many.
            (double >= 0.0 && double < u128::MAX as f64).then_some(double as u128)
        }
    };
    number.filter(|number| *number <= max)
}

fn whole_double(raw: &str) -> Option<f64> {
    raw.parse().ok().filter(|double: &f64| double.fract() == 0.0)
}

/// A whole number of so few digits that no place is needed to count them in.
pub fn short(raw: &str) -> Option<i64> {
    let (sign, digits) = match raw.as_bytes() {
        [b'-', digits @ ..] => (-1, digits),
        digits => (1, digits),
    };
    if digits.is_empty() || digits.len() > 18 {
        return None;
    }
    let number = digits.iter().try_fold(0, |number, digit| {
        let digit = digit.wrapping_sub(b'0');
        (digit < 10).then(|| number * 10 + i64::from(digit))
    });
    number.map(|number| sign * number)
}

/// The digits of a number that is whole, whatever its form.
pub fn exact(raw: &str) -> Option<String> {
    let (sign, unsigned) = raw.strip_prefix('-').map_or(("", raw), |rest| ("-", rest));
    let (mantissa, exponent) = unsigned.split_once(['e', 'E']).unwrap_or((unsigned, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let exponent: i32 = exponent.parse().ok()?;
    let grown = whole.len().saturating_add(usize::try_from(exponent).unwrap_or(0));
    if whole.len() + fraction.len() > DIGITS_MAX || grown > DIGITS_MAX {
        return None;
    }
    let digits = format!("{whole}{fraction}");
    let digits = digits.trim_start_matches('0');
    if digits.is_empty() {
        return Some("0".to_owned());
    }
    let shift = i64::from(exponent) - fraction.len() as i64;
    let moved = usize::try_from(shift.unsigned_abs()).ok()?;
    if shift >= 0 {
        return Some(format!("{sign}{digits}{}", "0".repeat(moved)));
    }
    let zeros = digits.len() - digits.trim_end_matches('0').len();
    (moved <= zeros).then(|| format!("{sign}{}", &digits[..digits.len() - moved]))
}

/// Significant digits of the shortest text that gives the number back, and the power of ten of the first one.
fn shortest(number: f64) -> (String, i32) {
    let text = format!("{:e}", number.abs());
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    (mantissa.replace('.', ""), exponent.parse().unwrap_or(0))
}

fn scientific(number: f64, digits: &str, exponent: i32, letter: char) -> String {
    let sign = if number.is_sign_negative() { "-" } else { "" };
    let (first, rest) = digits.split_at(1);
    let point = if rest.is_empty() { "" } else { "." };
    let exponent_sign = if exponent < 0 { '-' } else { '+' };
    format!("{sign}{first}{point}{rest}{letter}{exponent_sign}{:02}", exponent.abs())
}

/// A finite number with a point or an exponent, as `Json` writes it.
pub fn write_float(out: &mut impl Write, number: f64) -> fmt::Result {
    // In this range the standard form is the same, and needs no text of its own.
    if number == 0.0 || (1e-4..1e16).contains(&number.abs()) {
        write!(out, "{number:?}")
    } else {
        out.write_str(&float_text(number))
    }
}

fn float_text(number: f64) -> String {
    let (digits, exponent) = shortest(number);
    match number == 0.0 || (-4..16).contains(&exponent) {
        true => {
            let fixed = number.to_string();
            if fixed.contains('.') { fixed } else { format!("{fixed}.0") }
        }
        false => scientific(number, &digits, exponent, 'e'),
    }
}

/// A finite number, with a point only when it is not whole, as `AltJson` writes it.
pub fn number_text(number: f64) -> String {
    let (digits, exponent) = shortest(number);
    let longest = i32::try_from(digits.len().max(15)).unwrap_or(i32::MAX);
    match number == 0.0 || (-4..longest).contains(&exponent) {
        true => number.to_string(),
        false => scientific(number, &digits, exponent, 'E'),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Numbers;

    #[test]
    fn sized_integers_are_read_in_every_form_that_is_whole() {
        assert_eq!(signed("1.2e1", 8), Some(12));
        assert_eq!(
            (signed("127", 8), signed("128", 8), signed("-128", 8), signed("-129", 8)),
            (Some(127), None, Some(-128), None)
        );
        assert_eq!((signed("1.5", 32), signed("300e-2", 32), signed("7.0", 32)), (None, Some(3), Some(7)));
        assert_eq!((unsigned("-0.0", 8), unsigned("-0.0", 64), unsigned("-0", 64)), (Some(0), Some(0), Some(0)));
        assert_eq!((unsigned("-1", 8), unsigned("-1.0", 64), unsigned("-1e0", 128)), (None, None, None));
        assert_eq!(signed("9007199254740995.0", 64), Some(9_007_199_254_740_995));
        assert_eq!((signed("9223372036854775808", 64), signed("-9223372036854775809", 64)), (None, None));
        assert_eq!(unsigned("18446744073709551616", 64), None);
        assert_eq!(unsigned("1.8446744073709551615e19", 64), Some(u128::from(u64::MAX)));
        assert_eq!(signed("1e30", 128), Some(1_000_000_000_000_000_019_884_624_838_656));
        assert_eq!(unsigned("1e30", 128), Some(1_000_000_000_000_000_019_884_624_838_656));
        assert_eq!(signed("-170141183460469231731687303715884105729", 128), Some(i128::MIN));
        assert_eq!(signed("-170141183460469331731687303715884105729", 128), None);
        assert_eq!(signed("170141183460469231731687303715884105728", 128), None);
        assert_eq!(unsigned("340282366920938463463374607431768211456", 128), None);
        assert_eq!((signed("1e400", 128), signed("1e400", 64), unsigned("1e400", 16)), (None, None, None));
    }

    #[test]
    fn ints_are_exact_and_bounded() {
        for (raw, digits) in [
            ("2.50e3", Some("2500")),
            ("-0.0", Some("0")),
            ("1e2", Some("100")),
            ("1E+2", Some("100")),
            ("300e-2", Some("3")),
            ("-12.30e1", Some("-123")),
            ("12.34e1", None),
            ("0.5", None),
            ("0e-2147483647", Some("0")),
            ("0e-2147483648", Some("0")),
            ("0e-2147483649", None),
            ("1e2147483647", None),
            ("1e2147483648", None),
            ("1e-2147483648", None),
            ("1e1000000", None),
        ] {
            assert_eq!(exact(raw).as_deref(), digits, "{raw}");
        }
        assert_eq!(exact("1e999999").map(|digits| digits.len()), Some(1_000_000));
        assert_eq!(exact(&"9".repeat(1_000_001)), None);
    }

    fn written(number: f64) -> String {
        let mut out = String::new();
        write_float(&mut out, number).expect("a string takes all");
        out
    }

    #[test]
    fn short_numbers_are_read_as_the_others() {
        for raw in ["0", "-0", "7", "-7", "123456789012345678", "-999999999999999999"] {
            assert_eq!(short(raw), raw.parse().ok(), "{raw}");
        }
        for raw in ["", "-", "1.0", "1e3", "1234567890123456789", "+1", "/", ":"] {
            assert_eq!(short(raw), None, "{raw}");
        }
    }

    #[test]
    fn floats_are_written_in_their_forms_and_read_back() {
        for (number, json, alt) in [
            (250.0, "250.0", "250"),
            (-0.0, "-0.0", "-0"),
            (0.1, "0.1", "0.1"),
            (1e16, "1e+16", "1E+16"),
            (1e15, "1000000000000000.0", "1E+15"),
            (1_234_567_890_123_456.0, "1234567890123456.0", "1234567890123456"),
            (1.5e-7, "1.5e-07", "1.5E-07"),
            (0.0001, "0.0001", "0.0001"),
            (0.00001, "1e-05", "1E-05"),
            (-0.000_012_5, "-1.25e-05", "-1.25E-05"),
            (9_999_999_999_999_998.0, "9999999999999998.0", "9999999999999998"),
            (2.5e20, "2.5e+20", "2.5E+20"),
            (-1e100, "-1e+100", "-1E+100"),
        ] {
            assert_eq!((written(number).as_str(), number_text(number).as_str()), (json, alt));
        }
        let mut numbers = Numbers::new(5);
        for _ in 0..20_000 {
            let bits = numbers.next();
            for number in [f64::from_bits(bits), bits as i32 as f64 / 1000.0, bits as f64] {
                if !number.is_finite() {
                    continue;
                }
                assert_eq!(written(number), float_text(number));
                assert_eq!(written(number).parse::<f64>().ok(), Some(number));
                assert_eq!(number_text(number).parse::<f64>().ok(), Some(number));
            }
        }
    }
}
