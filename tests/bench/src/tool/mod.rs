//! How fast the tool itself is: checking (`check`) and building (`build`) generated projects.

pub mod build;
pub mod check;

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::process;

/// How often each thing is measured, if nobody says otherwise.
pub const ROUNDS: usize = 10;

/// One run of a program.
#[derive(Debug, Clone, Copy)]
struct Run {
    milliseconds: f64,
    /// Of the processor, on all cores, with what it started: other work on the machine moves it less than the time.
    processor: f64,
    /// The most memory it held.
    resident_mib: f64,
}

/// Runs a program to its end; a failure is an error with what it said.
fn run(command: &mut Command) -> Result<Run, String> {
    let run = process::run(command)?;
    let milliseconds = |time: std::time::Duration| time.as_secs_f64() * 1e3;
    let (resident_mib, processor) = (run.peak_kib as f64 / 1024.0, milliseconds(run.processor));
    Ok(Run { milliseconds: milliseconds(run.wall), processor, resident_mib })
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    match values.len() {
        0 => f64::NAN,
        odd if odd % 2 == 1 => values[odd / 2],
        even => (values[even / 2 - 1] + values[even / 2]) / 2.0,
    }
}

/// A folder that goes when it is dropped.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Result<Folder, String> {
        let path = std::env::temp_dir().join(format!("dark-bench-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&path).map_err(|error| format!("{} cannot be made: {error}", path.display()))?;
        Ok(Folder(path))
    }

    fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
