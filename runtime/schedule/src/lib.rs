//! The words of a cron's schedule: text in, a `Schedule` or a sentence that says what is wrong out.
//!
//! The compiler checks `[<Cron("…")>]` with it and the runtime reads the same text with it, so the two cannot
//! disagree. No dependencies, no clock: when a schedule is due is computed by the runtime, which knows time zones.

mod parse;
mod words;
mod zones;

pub use parse::parse_schedule;

/// When a cron runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Schedule {
    /// Again and again after that many seconds, counted from the cron's first run: it never drifts.
    Every { seconds: u64 },
    /// At a wall-clock time on some days of the week, in a time zone.
    At { days: Days, hour: u8, minute: u8, zone: Zone },
}

/// Days of the week as a set; never empty in a parsed schedule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Days(u8);

impl Days {
    /// Monday to Sunday.
    pub const ALL: Days = Days(0b111_1111);
    /// Monday to Friday.
    pub const WORKING: Days = Days(0b001_1111);
    /// Saturday and Sunday.
    pub const WEEKEND: Days = Days(0b110_0000);

    /// With that day added; 0 is Monday, 6 is Sunday, anything else changes nothing.
    pub fn with(self, day: u8) -> Days {
        if day < 7 { Days(self.0 | 1 << day) } else { self }
    }

    pub fn union(self, other: Days) -> Days {
        Days(self.0 | other.0)
    }

    /// 0 is Monday, 6 is Sunday.
    pub fn contains(self, day: u8) -> bool {
        day < 7 && self.0 & (1 << day) != 0
    }
}

/// A time zone by its name in the IANA database, known to exist.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Zone(&'static str);

impl Zone {
    pub const UTC: Zone = Zone("UTC");

    /// The zone of that name; letter case does not matter.
    pub fn named(name: &str) -> Option<Zone> {
        zones::find(name).map(Zone)
    }

    /// As the IANA database spells it: `Europe/London`.
    pub fn name(self) -> &'static str {
        self.0
    }

    /// Every name that `named` knows.
    pub fn all() -> impl Iterator<Item = Zone> {
        zones::ZONES.iter().map(|name| Zone(name))
    }
}
