//! When a schedule is due next. Times of day follow the wall clock of their zone: one that does not exist on the day
//! clocks go forward is later by the gap, one that exists twice is the first of the two, so each day has exactly one.

use dark_schedule::Schedule;
use jiff::Timestamp;
use jiff::tz::TimeZone;

/// The first due time after `after_ms`, all in milliseconds since 1970 UTC. Intervals count from `anchor_ms`. `None`
/// at the end of the calendar.
pub fn next_after(schedule: &Schedule, anchor_ms: i64, after_ms: i64) -> Option<i64> {
    match schedule {
        Schedule::Every { seconds } => {
            let interval = i64::try_from(*seconds).ok()?.checked_mul(1000)?.max(1);
            let passed = after_ms.checked_sub(anchor_ms)?.div_euclid(interval);
            anchor_ms.checked_add(interval.checked_mul(passed + 1)?)
        }
        Schedule::At { days, hour, minute, zone } => {
            let zone = TimeZone::get(zone.name()).ok()?;
            let after = Timestamp::from_millisecond(after_ms).ok()?;
            let mut date = after.to_zoned(zone.clone()).date();
            // A week and a day hold every day of the week once more.
            for _ in 0..=8 {
                if days.contains(date.weekday().to_monday_zero_offset() as u8) {
                    let wall = date.at(*hour as i8, *minute as i8, 0, 0);
                    let due = zone.to_ambiguous_zoned(wall).compatible().ok()?.timestamp();
                    if due > after {
                        return Some(due.as_millisecond());
                    }
                }
                date = date.tomorrow().ok()?;
            }
            None
        }
    }
}
