//! The texts of DateTime and Uuid values, on the stack. Absent: reading them back (`json`), and arithmetic (`std`).

use ::std::fmt::{Display, Formatter, Result};
use ::std::ops::Deref;

pub(crate) const MS_PER_DAY: i64 = 86_400_000;

/// Year, month and day of the proleptic Gregorian calendar, by days since 1970-01-01.
///
/// Counted in eras of 400 years that begin on 1 March, so that the leap day is a year's last.
pub(crate) fn civil_date(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let (era, day_of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    (era * 400 + year_of_era + i64::from(month <= 2), month, day)
}

/// A short text of ASCII on the stack.
pub struct Letters<const ROOM: usize> {
    bytes: [u8; ROOM],
    len: usize,
}

impl<const ROOM: usize> Letters<ROOM> {
    const fn new() -> Letters<ROOM> {
        Letters { bytes: [0; ROOM], len: 0 }
    }

    #[inline]
    fn push(&mut self, letter: u8) {
        if let Some(place) = self.bytes.get_mut(self.len) {
            *place = letter;
            self.len += 1;
        }
    }

    /// The last digits of a number, as many as wanted.
    #[inline]
    fn digits(&mut self, number: u64, count: u32) {
        let mut unit = 10_u64.pow(count);
        for _ in 0..count {
            unit /= 10;
            self.push(b'0' + (number / unit % 10) as u8);
        }
    }
}

impl<const ROOM: usize> Deref for Letters<ROOM> {
    type Target = str;

    fn deref(&self) -> &str {
        ::std::str::from_utf8(&self.bytes[..self.len]).unwrap_or_default()
    }
}

impl<const ROOM: usize> Display for Letters<ROOM> {
    fn fmt(&self, f: &mut Formatter) -> Result {
        f.write_str(self)
    }
}

/// The longest: a sign, nine digits of a year, what follows it, and milliseconds.
pub type MomentText = Letters<32>;

/// `2031-05-06T07:08:09Z`, with milliseconds when there are any.
pub fn date_time_text(ms: i64) -> MomentText {
    let (day, ms_of_day) = (ms.div_euclid(MS_PER_DAY), ms.rem_euclid(MS_PER_DAY) as u64);
    let (year, month, date) = civil_date(day);
    let seconds = ms_of_day / 1000;
    let mut text = Letters::new();
    // Years before 1 have their sign in front of the four digits.
    if year < 0 {
        text.push(b'-');
    }
    let year = year.unsigned_abs();
    text.digits(year, if year < 10_000 { 4 } else { year.ilog10() + 1 });
    let parts = [(b'-', month as u64), (b'-', date as u64), (b'T', seconds / 3600), (b':', seconds / 60 % 60)];
    for (separator, number) in parts.into_iter().chain([(b':', seconds % 60)]) {
        text.push(separator);
        text.digits(number, 2);
    }
    if ms_of_day % 1000 != 0 {
        text.push(b'.');
        text.digits(ms_of_day % 1000, 3);
    }
    text.push(b'Z');
    text
}

/// 8-4-4-4-12 lower-case hexadecimal digits of the big-endian number.
pub fn uuid_text(number: u128) -> Letters<36> {
    let mut text = Letters::new();
    for (place, byte) in number.to_be_bytes().into_iter().enumerate() {
        if matches!(place, 4 | 6 | 8 | 10) {
            text.push(b'-');
        }
        for half in [byte >> 4, byte & 15] {
            text.push(b"0123456789abcdef"[usize::from(half)]);
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_print_as_in_the_library() {
        assert_eq!(&*date_time_text(0), "1970-01-01T00:00:00Z");
        assert_eq!(&*date_time_text(-1500), "1969-12-31T23:59:58.500Z");
        assert_eq!(&*date_time_text(951_782_400_123), "2000-02-29T00:00:00.123Z");
        assert_eq!(&*date_time_text(-62_135_596_800_000), "0001-01-01T00:00:00Z");
        assert_eq!(&*date_time_text(253_402_300_799_999), "9999-12-31T23:59:59.999Z");
        assert_eq!(&*date_time_text(-62_198_755_200_000), "-0001-01-01T00:00:00Z");
        assert_eq!(&*date_time_text(i64::MIN), "-292275055-05-16T16:47:04.192Z");
        assert_eq!(&*date_time_text(i64::MAX), "292278994-08-17T07:12:55.807Z");
    }

    #[test]
    fn a_uuid_prints_its_number_in_groups() {
        assert_eq!(&*uuid_text(0x1234_5678_9abc_def0_0123_4567_89ab_cdef), "12345678-9abc-def0-0123-456789abcdef");
        assert_eq!(&*uuid_text(1), "00000000-0000-0000-0000-000000000001");
    }
}
