//! A schedule told in words, as `app crons` and messages print it. The words parse back to the same schedule.

use std::fmt;

use crate::{Days, Schedule};

pub(crate) const DAY_NAMES: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

impl fmt::Display for Schedule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Schedule::Every { seconds } => {
                let (count, unit) = match seconds {
                    s if s % 3600 == 0 => (s / 3600, "hour"),
                    s if s % 60 == 0 => (s / 60, "minute"),
                    s => (*s, "second"),
                };
                write!(f, "every {count} {unit}{}", if count == 1 { "" } else { "s" })
            }
            Schedule::At { days, hour, minute, zone } => {
                write!(f, "every {days} at {hour:02}:{minute:02} {}", zone.name())
            }
        }
    }
}

impl fmt::Display for Days {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Days::ALL => f.write_str("day"),
            Days::WORKING => f.write_str("weekday"),
            Days::WEEKEND => f.write_str("weekend"),
            days => {
                let named = DAY_NAMES.iter().enumerate().filter(|(day, _)| days.contains(*day as u8));
                for (position, (_, name)) in named.enumerate() {
                    if position > 0 {
                        f.write_str(", ")?;
                    }
                    f.write_str(name)?;
                }
                Ok(())
            }
        }
    }
}
