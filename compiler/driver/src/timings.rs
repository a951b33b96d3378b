//! Where the time of a build goes: `darkc build --timings`.

use serde::Serialize;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

/// Written down by whoever does the work, on any thread.
#[derive(Debug, Clone, Default)]
pub struct Timings(Arc<Mutex<Record>>);

#[derive(Debug, Clone, Default, Serialize)]
struct Record {
    steps: Vec<Step>,
    /// Parts of the program that were compiled; cached ones are counted only.
    parts: Vec<Step>,
    cached: usize,
}

#[derive(Debug, Clone, Serialize)]
struct Step {
    name: String,
    milliseconds: f64,
}

/// How many parts the table names.
const SHOWN_MAX: usize = 10;

impl Timings {
    /// Does something and writes down how long it took.
    pub fn step<T>(&self, name: &str, work: impl FnOnce() -> T) -> T {
        let (result, step) = timed(name, work);
        self.change(|record| record.steps.push(step));
        result
    }

    /// As `step`, for the code of one part.
    pub fn part<T>(&self, name: &str, work: impl FnOnce() -> T) -> T {
        let (result, step) = timed(name, work);
        self.change(|record| record.parts.push(step));
        result
    }

    /// Parts whose code was there already.
    pub fn cached(&self, count: usize) {
        self.change(|record| record.cached += count);
    }

    fn change(&self, change: impl FnOnce(&mut Record)) {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner));
    }

    fn record(&self) -> Record {
        let mut record = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        record.parts.sort_by(|a, b| b.milliseconds.total_cmp(&a.milliseconds));
        record
    }

    /// A table for people.
    pub fn table(&self) -> String {
        let record = self.record();
        let total: f64 = record.steps.iter().map(|step| step.milliseconds).sum();
        let mut out = format!("{:<28} {:>9}\n", "step", "ms");
        let row = |step: &Step| format!("{:<28} {:>9.1}\n", step.name, step.milliseconds);
        record.steps.iter().for_each(|step| out.push_str(&row(step)));
        out.push_str(&format!("{:<28} {total:>9.1}\n", "all"));
        out.push_str(&format!("\n{} parts compiled, {} from the cache\n", record.parts.len(), record.cached));
        record.parts.iter().take(SHOWN_MAX).for_each(|step| out.push_str(&row(step)));
        if record.parts.len() > SHOWN_MAX {
            out.push_str(&format!("and {} more\n", record.parts.len() - SHOWN_MAX));
        }
        out
    }

    /// One JSON object for machines.
    pub fn json(&self) -> String {
        serde_json::to_string(&self.record()).unwrap_or_default()
    }
}

fn timed<T>(name: &str, work: impl FnOnce() -> T) -> (T, Step) {
    let begin = Instant::now();
    let result = work();
    (result, Step { name: name.to_owned(), milliseconds: begin.elapsed().as_secs_f64() * 1e3 })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_name_steps_and_the_slowest_parts() {
        let timings = Timings::default();
        assert_eq!(timings.step("check", || 7), 7);
        (0..12).for_each(|number| timings.part(&format!("Part {number}"), || {}));
        timings.cached(3);
        let table = timings.table();
        assert!(table.contains("check ") && table.contains("12 parts compiled, 3 from the cache"), "{table}");
        assert!(table.contains("and 2 more"), "{table}");
        assert!(timings.json().starts_with("{\"steps\":[{\"name\":\"check\""));
    }
}
