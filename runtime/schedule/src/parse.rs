//! Reading a schedule. Letter case and extra spaces do not matter.
//!
//! ```text
//! schedule = "Daily" | "Weekly" | "Fortnightly" | "Every 1hr" | "Every 12hrs" | "Every 1min"
//!          | "every" [N] ("seconds" | "minutes" | "hours")
//!          | "every" days "at" HH:MM [Zone]
//! days     = "day" | "weekday" | "weekend" | monday … sunday, several separated by commas or "and"
//! ```

use crate::words::DAY_NAMES;
use crate::{Days, Schedule, Zone, zones};

const DAY_SECONDS: u64 = 86_400;
/// The longest interval: a year. More is a mistake in the unit.
const INTERVAL_SECONDS_MAX: u64 = 366 * DAY_SECONDS;

const FORMS: &str = "write `every 10 minutes`, `every day at 09:00 Europe/London`, `every monday at 08:30`, \
                     or one of `Daily`, `Weekly`, `Fortnightly`, `Every 1hr`, `Every 12hrs`, `Every 1min`";

/// Reads a schedule; the error is a sentence for the person who wrote it, with the forms that are accepted.
pub fn parse_schedule(text: &str) -> Result<Schedule, String> {
    let lowered = text.to_lowercase();
    let words: Vec<&str> = lowered.split_whitespace().collect();
    match words.as_slice() {
        [] => Err(format!("the schedule is empty: {FORMS}")),
        ["daily"] => Ok(Schedule::Every { seconds: DAY_SECONDS }),
        ["weekly"] => Ok(Schedule::Every { seconds: 7 * DAY_SECONDS }),
        ["fortnightly"] => Ok(Schedule::Every { seconds: 14 * DAY_SECONDS }),
        ["every", rest @ ..] => match rest.iter().position(|word| *word == "at") {
            Some(at) => parse_time_of_day(&rest[..at], &rest[at + 1..]),
            None => parse_interval(rest),
        },
        _ => Err(format!("`{text}` is not a schedule: {FORMS}")),
    }
}

fn parse_interval(words: &[&str]) -> Result<Schedule, String> {
    let (count, unit) = match words {
        [] => return Err(format!("`every` says how often: {FORMS}")),
        [word] => split_number(word),
        [count, unit] => (*count, *unit),
        _ => return Err(format!("`every {}` is not a schedule: {FORMS}", words.join(" "))),
    };
    let unit_seconds = match unit {
        "second" | "seconds" | "sec" | "secs" => 1,
        "minute" | "minutes" | "min" | "mins" => 60,
        "hour" | "hours" | "hr" | "hrs" => 3600,
        _ if parse_days(words).is_ok() => {
            return Err(format!("`every {0}` needs a time of day: `every {0} at 09:00`", words.join(" ")));
        }
        "days" | "weeks" => {
            return Err(format!("`every {} {unit}` is not built: use hours, or a time of day", count));
        }
        _ => return Err(format!("`every {}` is not a schedule: {FORMS}", words.join(" "))),
    };
    let count = match count {
        "" => 1,
        digits => digits.parse::<u64>().map_err(|_| format!("`{digits}` is not a whole number of {unit}: {FORMS}"))?,
    };
    match count.checked_mul(unit_seconds) {
        Some(0) => Err("an interval of 0 would run without end: the shortest is `every 1 second`".to_owned()),
        Some(seconds) if seconds <= INTERVAL_SECONDS_MAX => Ok(Schedule::Every { seconds }),
        _ => Err(format!("`every {count} {unit}` is longer than a year, the longest interval")),
    }
}

/// `12hrs` is `12` and `hrs`; `hour` is nothing and `hour`.
fn split_number(word: &str) -> (&str, &str) {
    let digits = word.bytes().take_while(u8::is_ascii_digit).count();
    word.split_at(digits)
}

fn parse_time_of_day(days: &[&str], rest: &[&str]) -> Result<Schedule, String> {
    let days = parse_days(days)?;
    let (time, zone) = match rest {
        [] => return Err("the time of day is missing after `at`: `at 09:00`".to_owned()),
        [time] => (*time, Zone::UTC),
        [time, zone] => (*time, parse_zone(zone)?),
        [_, _, extra, ..] => return Err(format!("`{extra}` stands after the time zone, where the schedule ends")),
    };
    let (hour, minute) = parse_clock(time)?;
    Ok(Schedule::At { days, hour, minute, zone })
}

fn parse_clock(time: &str) -> Result<(u8, u8), String> {
    let wrong = || format!("`{time}` is not a time of day: write it with 24 hours and two digits, `09:00` or `22:30`");
    let (hour, minute) = time.split_once(':').ok_or_else(wrong)?;
    let digits = |part: &str| !part.is_empty() && part.len() <= 2 && part.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(hour) || minute.len() != 2 || !digits(minute) {
        return Err(wrong());
    }
    match (hour.parse::<u8>(), minute.parse::<u8>()) {
        (Ok(hour), Ok(minute)) if hour < 24 && minute < 60 => Ok((hour, minute)),
        _ => Err(wrong()),
    }
}

fn parse_days(words: &[&str]) -> Result<Days, String> {
    let mut days = Days::default();
    for word in words.iter().flat_map(|word| word.split(',')).filter(|word| !word.is_empty() && *word != "and") {
        days = match word {
            "day" => days.union(Days::ALL),
            "weekday" | "weekdays" => days.union(Days::WORKING),
            "weekend" | "weekends" => days.union(Days::WEEKEND),
            _ => match DAY_NAMES.iter().position(|name| word == *name || word.strip_suffix('s') == Some(*name)) {
                Some(day) => days.with(day as u8),
                None => {
                    return Err(format!(
                        "`{word}` is not a day: write `day`, `weekday`, `weekend` or a name like `monday`"
                    ));
                }
            },
        };
    }
    match days == Days::default() {
        true => Err("the day is missing before `at`: `every day at 09:00`".to_owned()),
        false => Ok(days),
    }
}

fn parse_zone(name: &str) -> Result<Zone, String> {
    Zone::named(name).ok_or_else(|| {
        let near = zones::near(name);
        let hint = match near.is_empty() {
            true => "write a name of the IANA database, like `Europe/London`".to_owned(),
            false => format!("perhaps `{}`", near.join("` or `")),
        };
        format!("`{name}` is not a time zone: {hint}")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(text: &str) -> u64 {
        match parse_schedule(text) {
            Ok(Schedule::Every { seconds }) => seconds,
            other => panic!("{text}: {other:?}"),
        }
    }

    #[test]
    fn the_six_historic_intervals() {
        let found = ["Daily", "Weekly", "Fortnightly", "Every 1hr", "Every 12hrs", "Every 1min"].map(seconds);
        assert_eq!(found, [86_400, 604_800, 1_209_600, 3600, 43_200, 60]);
    }

    #[test]
    fn intervals_in_words() {
        let found = ["every 10 minutes", "every 1 second", "Every  2 HOURS", "every minute", "every 90 seconds"];
        assert_eq!(found.map(seconds), [600, 1, 7200, 60, 90]);
    }

    #[test]
    fn times_of_day_keep_day_time_and_zone() {
        let shown = |text| parse_schedule(text).map(|schedule| schedule.to_string());
        let at = |text: &str| Ok(text.to_owned());
        assert_eq!(shown("every day at 9:05"), at("every day at 09:05 UTC"));
        assert_eq!(shown("every monday at 08:30 europe/london"), at("every monday at 08:30 Europe/London"));
        assert_eq!(shown("every weekday at 00:00 UTC"), at("every weekday at 00:00 UTC"));
        assert_eq!(
            shown("every tuesday, sunday and monday at 23:59"),
            at("every monday, tuesday, sunday at 23:59 UTC")
        );
        assert_eq!(shown("every saturday and sunday at 12:00"), at("every weekend at 12:00 UTC"));
    }

    #[test]
    fn words_parse_back() {
        for text in ["every 3 hours", "every 1 minute", "every monday, friday at 08:30 Asia/Tokyo"] {
            let schedule = parse_schedule(text).unwrap();
            assert_eq!(parse_schedule(&schedule.to_string()), Ok(schedule));
        }
    }

    #[test]
    fn mistakes_say_what_to_write() {
        let message = |text| parse_schedule(text).unwrap_err();
        assert!(message("hourly").contains("`every 10 minutes`"));
        assert!(message("every day at 25:00").contains("`25:00` is not a time of day"));
        assert!(message("every day at 09:00 Europe/Lundon").contains("perhaps `Europe/London`"));
        assert!(message("every monday").contains("`every monday at 09:00`"));
        assert!(message("every 0 minutes").contains("without end"));
        assert!(message("every 99999999999999999999 hours").contains("not a whole number"));
        assert!(message("every 9999999999999 hours").contains("longer than a year"));
        assert!(message("every blursday at 09:00").contains("`blursday` is not a day"));
        assert!(message("every day at 09:00 UTC now").contains("`now`"));
        assert!(message("").contains("empty"));
    }
}
