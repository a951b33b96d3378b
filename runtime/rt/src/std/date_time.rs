//! `Stdlib.DateTime`: instants as milliseconds since 1970, in the proleptic Gregorian calendar of UTC; and
//! `Builtin.timeNowMs`.

use dark_abi::{Context, Str};

use super::results::write_result;
use crate::invocation::{Failure, Fault, run};
use crate::json::parse_moment;
use crate::value::{MS_PER_DAY, civil_date, date_time_text};
use crate::{number, text};

/// The first and the last instant of the years -9998 to 9999.
const FIRST_MS: i64 = -377_673_580_800_000;
const LAST_MS: i64 = 253_402_300_799_999;

/// An instant so many units away from another one.
///
/// # Safety
/// The context is that of the running invocation, the count an `Int`.
unsafe fn moved(context: *mut Context, from: i64, count: u64, unit_ms: i64) -> i64 {
    // SAFETY: promised by the caller.
    unsafe {
        run(context, |_| {
            let count = number::to_i64(count).ok_or_else(Failure::out_of_range)?;
            in_range(i128::from(from) + i128::from(count) * i128::from(unit_ms))
        })
    }
}

fn in_range(ms: i128) -> Result<i64, Fault> {
    let ms = i64::try_from(ms).ok().filter(|ms| (FIRST_MS..=LAST_MS).contains(ms));
    ms.ok_or_else(Failure::out_of_range)
}

macro_rules! movers {
    ($($name:ident = $unit:expr;)*) => {
        $(
            /// # Safety
            /// Called by compiled code.
            #[unsafe(no_mangle)]
            pub unsafe extern "C" fn $name(context: *mut Context, d: i64, count: u64) -> i64 {
                // SAFETY: promised by the caller.
                unsafe { moved(context, d, count, $unit) }
            }
        )*
    };
}

movers! {
    dark_date_time_add_seconds = 1000;
    dark_date_time_subtract_seconds = -1000;
    dark_date_time_add_milliseconds = 1;
    dark_date_time_subtract_milliseconds = -1;
}

/// # Safety
/// Called by compiled code.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dark_date_time_from_seconds(context: *mut Context, seconds: u64) -> i64 {
    // SAFETY: promised by the caller.
    unsafe { moved(context, 0, seconds, 1000) }
}

/// # Safety
/// Called by compiled code.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dark_date_time_from_milliseconds(context: *mut Context, milliseconds: u64) -> i64 {
    // SAFETY: promised by the caller.
    unsafe { moved(context, 0, milliseconds, 1) }
}

/// The difference in seconds, half ones to the even number.
fn seconds_between(end: i64, start: i64) -> i64 {
    let ms = end - start;
    let (below, rest) = (ms.div_euclid(1000), ms.rem_euclid(1000));
    let up = rest > 500 || (rest == 500 && below % 2 != 0);
    below + i64::from(up)
}

macro_rules! numbers {
    ($($name:ident($($argument:ident),*) = $number:expr;)*) => {
        $(
            /// # Safety
            /// Called by compiled code.
            #[unsafe(no_mangle)]
            pub unsafe extern "C" fn $name(context: *mut Context, $($argument: i64),*) -> u64 {
                // SAFETY: promised by the caller.
                unsafe { run(context, |invocation| number::from_i64(&mut invocation.heap, $number)) }
            }
        )*
    };
}

numbers! {
    dark_date_time_subtract(end, start) = seconds_between(end, start);
    dark_date_time_subtract_ms(end, start) = end - start;
    dark_date_time_to_seconds(date) = date.div_euclid(1000);
    dark_date_time_to_milliseconds(date) = date;
    dark_date_time_year(date) = day_of(date).0;
    dark_date_time_month(date) = day_of(date).1;
    dark_date_time_day(date) = day_of(date).2;
    // 1970 began on a Thursday.
    dark_date_time_weekday(date) = (date.div_euclid(MS_PER_DAY) + 3).rem_euclid(7) + 1;
    dark_date_time_hour(date) = date.rem_euclid(MS_PER_DAY) / 3_600_000;
    dark_date_time_minute(date) = date.rem_euclid(3_600_000) / 60_000;
    dark_date_time_second(date) = date.rem_euclid(60_000) / 1000;
    dark_date_time_millisecond(date) = date.rem_euclid(1000);
}

/// Year, month and day.
fn day_of(ms: i64) -> (i64, i64, i64) {
    civil_date(ms.div_euclid(MS_PER_DAY))
}

/// # Safety
/// Called by compiled code.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dark_date_time_at_start_of_day(_: *mut Context, date: i64) -> i64 {
    date - date.rem_euclid(MS_PER_DAY)
}

/// # Safety
/// Called by compiled code.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dark_date_time_now(context: *mut Context) -> i64 {
    // SAFETY: promised by the caller.
    unsafe { run(context, |invocation| Ok(invocation.environment.clock.now_ms())) }
}

/// # Safety
/// Called by compiled code.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dark_builtin_time_now_ms(context: *mut Context) -> u64 {
    // SAFETY: promised by the caller.
    unsafe {
        run(context, |invocation| {
            let ns = invocation.environment.clock.monotonic_ns();
            number::from_i64(&mut invocation.heap, (ns / 1_000_000) as i64)
        })
    }
}

/// # Safety
/// Called by compiled code.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dark_date_time_to_string(context: *mut Context, date: i64) -> *mut Str {
    // SAFETY: promised by the caller.
    unsafe { run(context, |invocation| text::new_normal(&mut invocation.heap, &date_time_text(date))) }
}

/// The text without hyphens, colons and parts of a second, cut at the `T` when only the day is wanted.
fn basic(date: i64, only_day: bool) -> String {
    let text = date_time_text(date - date.rem_euclid(1000));
    let (sign, text) = text.strip_prefix('-').map_or(("", &*text), |text| ("-", text));
    let day = if only_day { text.split('T').next().unwrap_or_default() } else { text };
    format!("{sign}{}", day.replace(['-', ':'], ""))
}

/// # Safety
/// Called by compiled code.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dark_date_time_to_string_iso8601_basic_date_time(
    context: *mut Context,
    date: i64,
) -> *mut Str {
    // SAFETY: promised by the caller.
    unsafe { run(context, |invocation| text::new_normal(&mut invocation.heap, &basic(date, false))) }
}

/// # Safety
/// Called by compiled code.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dark_date_time_to_string_iso8601_basic_date(context: *mut Context, date: i64) -> *mut Str {
    // SAFETY: promised by the caller.
    unsafe { run(context, |invocation| text::new_normal(&mut invocation.heap, &basic(date, true))) }
}

/// `YYYY-MM-DDThh:mm:ssZ` and `YYYY-MM-DDThh:mm:ss.fffZ`, nothing else.
fn parse(text: &str) -> Option<i64> {
    let bytes = text.as_bytes();
    let exact = match bytes.len() {
        20 => true,
        24 => bytes[19] == b'.',
        _ => false,
    };
    let exact = exact && bytes[10] == b'T' && bytes.ends_with(b"Z") && !text.starts_with("0000");
    if exact { parse_moment(text) } else { None }
}

/// # Safety
/// Called by compiled code.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dark_date_time_parse(context: *mut Context, s: *const Str, result: *mut u64) {
    // SAFETY: promised by the caller.
    unsafe {
        write_result(context, result, |_| {
            Ok(parse(text::as_str(s)).map(|ms| ms as u64).ok_or_else(|| "Invalid date format".to_owned()))
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_forms_are_read() {
        assert_eq!(parse("2000-02-29T00:00:00.123Z"), Some(951_782_400_123));
        assert_eq!(parse("0001-01-01T00:00:00Z"), Some(-62_135_596_800_000));
        for wrong in [
            "",
            "2000-02-29",
            "2000-02-29t00:00:00Z",
            "2000-02-29T00:00:00z",
            "2000-02-29 00:00:00Z",
            "2000-02-29T00:00:00.1Z",
            "2000-02-29T00:00:00.1234Z",
            "2000-02-29T00:00:00+00:00",
            "2001-02-29T00:00:00Z",
            "0000-01-01T00:00:00Z",
            "2000-02-29T00:00:00.12éZ",
        ] {
            assert_eq!(parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn half_seconds_go_to_the_even_number() {
        for (ms, seconds) in [(500, 0), (1500, 2), (-500, 0), (-1500, -2), (501, 1), (-501, -1), (2499, 2)] {
            assert_eq!(seconds_between(ms, 0), seconds, "{ms}");
        }
    }

    #[test]
    fn basic_texts_keep_their_sign() {
        assert_eq!(basic(951_782_400_123, false), "20000229T000000Z");
        assert_eq!(basic(951_782_400_123, true), "20000229");
        assert_eq!(basic(-62_198_755_200_000, true), "-00010101");
    }
}
