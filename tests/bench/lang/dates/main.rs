//! Moments written and read as ISO 8601, moved by days, taken apart (crate jiff).

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

fn weigh(date: Date) -> i64 {
    let weekday = i64::from(date.weekday().to_monday_one_offset());
    i64::from(date.year()) * 400 + i64::from(date.month()) * 31 + i64::from(date.day()) + weekday
}

fn moved(text: &str) -> i64 {
    let moment: Timestamp = text.parse().unwrap();
    let later = moment + (30 * 24).hours();
    let day = moment.as_second() - moment.as_second().rem_euclid(86400);
    weigh(later.to_zoned(TimeZone::UTC).date()) + (later.as_second() - day) % 1000
}

fn main() {
    let size: i64 = std::env::args().nth(1).map_or(500_000, |it| it.parse().unwrap());
    let at = |n: i64| Timestamp::from_second(1_000_000_000 + n * 7211).unwrap();
    let total: i64 = (0..size).map(|n| moved(&at(n).to_string())).sum();
    println!("{total}");
}
