//! The rules of the queue, with the numbers that hold when nobody says otherwise.

use std::time::Duration;

use crate::store::Random;

/// When a failed run is tried again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Retry {
    /// Wait before the second, third, … run. One run more than waits; then the event is parked.
    pub waits_ms: Vec<i64>,
    /// Each wait is longer or shorter by up to this part of it, so that events that failed together do not return
    /// together.
    pub jitter_percent: u8,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueueSettings {
    pub retry: Retry,
    /// Runs of one worker at the same time; 1 is serial, in the order of emits.
    pub concurrency: usize,
    /// A run that takes longer is ended and has failed.
    pub run_limit: Duration,
    /// Emits that may lead to an emit before it is parked: a loop of a worker with itself ends here.
    pub depth_max: u32,
    /// How long runs may go on when the program is asked to stop.
    pub drain: Duration,
}

/// The longest chain of emits from emits.
pub(super) const DEPTH_MAX: u32 = 1000;

impl Default for Retry {
    fn default() -> Retry {
        Retry { waits_ms: vec![10_000, 60_000, 300_000, 1_800_000], jitter_percent: 20 }
    }
}

impl Default for QueueSettings {
    fn default() -> QueueSettings {
        QueueSettings {
            retry: Retry::default(),
            concurrency: 4,
            run_limit: Duration::from_secs(180),
            depth_max: DEPTH_MAX,
            drain: Duration::from_secs(28),
        }
    }
}

impl Retry {
    pub fn runs_max(&self) -> u32 {
        self.waits_ms.len() as u32 + 1
    }

    /// The wait after that many runs; `None`: there is no further run.
    pub fn wait_ms(&self, runs: u32, random: &dyn Random) -> Option<i64> {
        let wait = *self.waits_ms.get((runs.max(1) - 1) as usize)?;
        let span = wait.saturating_mul(i64::from(self.jitter_percent.min(100))) / 100;
        let jitter = match span {
            0 => 0,
            span => (random.next_u64() % (2 * span as u64 + 1)) as i64 - span,
        };
        Some((wait + jitter).max(0))
    }
}

impl QueueSettings {
    /// The settings under `queue` in `dark.toml`, handed over as JSON: `retry_seconds` (a list) and
    /// `concurrency`. What is not named keeps its default; what cannot be understood is named in the error.
    pub fn from_json(settings: &serde_json::Value) -> Result<QueueSettings, String> {
        let mut result = QueueSettings::default();
        let Some(queue) = settings.get("queue") else { return Ok(result) };
        let seconds = |value: &serde_json::Value, name: &str| match value.as_f64() {
            Some(seconds) if (0.0..=31_536_000.0).contains(&seconds) => Ok(seconds),
            _ => Err(format!("queue.{name} in dark.toml holds {value}: write a number of seconds, at most a year")),
        };
        if let Some(waits) = queue.get("retry_seconds") {
            let wrong = || format!("queue.retry_seconds in dark.toml is {waits}: write a list, `[10, 60, 300, 1800]`");
            let waits = waits.as_array().ok_or_else(wrong)?.iter();
            let waits = waits.map(|wait| seconds(wait, "retry_seconds").map(|wait| (wait * 1000.0) as i64));
            result.retry.waits_ms = waits.collect::<Result<_, _>>()?;
        }
        if let Some(concurrency) = queue.get("concurrency") {
            let wrong = || format!("queue.concurrency in dark.toml is {concurrency}: write a number from 1 to 1000");
            let number = concurrency.as_u64().filter(|number| (1..=1000).contains(number)).ok_or_else(wrong)?;
            result.concurrency = number as usize;
        }
        Ok(result)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Fixed(u64);
    impl Random for Fixed {
        fn next_u64(&self) -> u64 {
            self.0
        }
    }

    #[test]
    fn waits_grow_and_stay_within_their_jitter() {
        let retry = Retry::default();
        for (runs, wait) in [(1, 10_000), (2, 60_000), (3, 300_000), (4, 1_800_000)] {
            let span = wait / 5;
            assert_eq!(retry.wait_ms(runs, &Fixed(0)), Some(wait - span));
            assert_eq!(retry.wait_ms(runs, &Fixed(2 * span as u64)), Some(wait + span));
        }
        assert_eq!(retry.wait_ms(5, &Fixed(0)), None);
        assert_eq!(retry.runs_max(), 5);
    }

    #[test]
    fn settings_are_read_and_mistakes_named() {
        let read = |text: &str| QueueSettings::from_json(&serde_json::from_str(text).unwrap());
        let settings = read(r#"{"queue": {"retry_seconds": [0.5, 2], "concurrency": 1}}"#).unwrap();
        assert_eq!((settings.retry.waits_ms, settings.concurrency), (vec![500, 2000], 1));
        assert_eq!(read("{}").unwrap(), QueueSettings::default());
        assert!(read(r#"{"queue": {"concurrency": 0}}"#).unwrap_err().contains("queue.concurrency"));
        assert!(read(r#"{"queue": {"retry_seconds": ["x"]}}"#).unwrap_err().contains("number of seconds"));
    }
}
