//! The texts of DateTime and Uuid values. Absent: reading them back (`json`), and arithmetic (`std`).

use ::std::fmt::Write;

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

/// `2031-05-06T07:08:09Z`, with milliseconds when there are any.
pub fn date_time_text(ms: i64) -> String {
    let (day, ms_of_day) = (ms.div_euclid(MS_PER_DAY), ms.rem_euclid(MS_PER_DAY));
    let (year, month, date) = civil_date(day);
    let seconds = ms_of_day / 1000;
    // Years before 1 have their sign in front of the four digits.
    let sign = if year < 0 { "-" } else { "" };
    let year = year.abs();
    let mut text = format!(
        "{sign}{year:04}-{month:02}-{date:02}T{:02}:{:02}:{:02}",
        seconds / 3600,
        seconds / 60 % 60,
        seconds % 60
    );
    if ms_of_day % 1000 != 0 {
        // Writing to a string does not fail.
        let _ = write!(text, ".{:03}", ms_of_day % 1000);
    }
    text.push('Z');
    text
}

/// 8-4-4-4-12 lower-case hexadecimal digits of the big-endian number.
pub fn uuid_text(number: u128) -> String {
    format!(
        "{:08x}-{:04x}-{:04x}-{:04x}-{:012x}",
        number >> 96,
        (number >> 80) & 0xffff,
        (number >> 64) & 0xffff,
        (number >> 48) & 0xffff,
        number & 0xffff_ffff_ffff
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_print_as_in_the_library() {
        assert_eq!(date_time_text(0), "1970-01-01T00:00:00Z");
        assert_eq!(date_time_text(-1500), "1969-12-31T23:59:58.500Z");
        assert_eq!(date_time_text(951_782_400_123), "2000-02-29T00:00:00.123Z");
        assert_eq!(date_time_text(-62_135_596_800_000), "0001-01-01T00:00:00Z");
        assert_eq!(date_time_text(253_402_300_799_999), "9999-12-31T23:59:59.999Z");
        assert_eq!(date_time_text(-62_198_755_200_000), "-0001-01-01T00:00:00Z");
        assert!(date_time_text(i64::MIN).starts_with('-'));
    }

    #[test]
    fn a_uuid_prints_its_number_in_groups() {
        assert_eq!(uuid_text(0x1234_5678_9abc_def0_0123_4567_89ab_cdef), "12345678-9abc-def0-0123-456789abcdef");
        assert_eq!(uuid_text(1), "00000000-0000-0000-0000-000000000001");
    }
}
