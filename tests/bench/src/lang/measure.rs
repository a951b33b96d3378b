//! Figures of one program in several languages: rounds in turns, the best of each, output compared every time.

use std::process::Command;

use super::language::Language;
use super::options::Options;
use crate::process::{self, Run};

/// What a program took, at best.
#[derive(Debug, Clone, Copy)]
pub struct Figures {
    pub processor_ms: f64,
    pub wall_ms: f64,
    /// Of the whole process: memory of the start is not taken off.
    pub peak_mib: f64,
    pub instructions: Option<f64>,
    /// Objects of Dark that were alive at the end.
    pub live: Option<u64>,
}

impl Figures {
    /// The same without what the start of a process takes.
    pub fn without(self, start: &Figures) -> Figures {
        Figures {
            processor_ms: (self.processor_ms - start.processor_ms).max(0.01),
            wall_ms: (self.wall_ms - start.wall_ms).max(0.01),
            instructions: self.instructions.zip(start.instructions).map(|(all, start)| (all - start).max(1.0)),
            ..self
        }
    }

    fn best(self, other: Figures) -> Figures {
        Figures {
            processor_ms: self.processor_ms.min(other.processor_ms),
            wall_ms: self.wall_ms.min(other.wall_ms),
            peak_mib: self.peak_mib.min(other.peak_mib),
            ..self
        }
    }
}

/// One of each language in every round, so that a drift of the machine hits all.
pub fn all(
    commands: &[(Language, Vec<String>)],
    expected: &str,
    options: &Options,
) -> Result<Vec<(Language, Figures)>, String> {
    let mut figures: Vec<Option<Figures>> = vec![None; commands.len()];
    for _ in 0..options.rounds {
        for ((_, command), best) in commands.iter().zip(&mut figures) {
            let found = once(command, expected)?;
            *best = Some(best.map_or(found, |best| best.best(found)));
        }
    }
    let mut measured = Vec::new();
    for ((language, command), figures) in commands.iter().zip(figures) {
        let mut figures = figures.ok_or("no round was run")?;
        if *language == Language::Dark {
            figures.live = Some(live_objects(command)?);
        }
        if options.instructions && language.counts_instructions() {
            figures.instructions = Some(instructions(command)?);
        }
        measured.push((*language, figures));
    }
    Ok(measured)
}

fn once(command: &[String], expected: &str) -> Result<Figures, String> {
    let run = run(command, &[])?;
    if run.stdout != expected {
        return Err(format!("{} printed\n{}\nand not\n{expected}", command.join(" "), run.stdout));
    }
    Ok(Figures {
        processor_ms: run.processor.as_secs_f64() * 1e3,
        wall_ms: run.wall.as_secs_f64() * 1e3,
        peak_mib: run.peak_kib as f64 / 1024.0,
        instructions: None,
        live: None,
    })
}

fn run(command: &[String], environment: &[(&str, &str)]) -> Result<Run, String> {
    let (program, arguments) = command.split_first().ok_or("no command")?;
    process::run(Command::new(program).args(arguments).envs(environment.iter().copied()))
}

fn live_objects(command: &[String]) -> Result<u64, String> {
    let run = run(command, &[("DARK_LIVE_OBJECTS", "1")])?;
    run.stderr
        .lines()
        .find_map(|line| line.strip_prefix("live objects: ")?.parse().ok())
        .ok_or_else(|| format!("{} did not say how many objects are alive:\n{}", command.join(" "), run.stderr))
}

/// Counted by cachegrind without its caches, which leaves the instructions.
fn instructions(command: &[String]) -> Result<f64, String> {
    let valgrind = ["valgrind", "--tool=cachegrind", "--cache-sim=no", "--cachegrind-out-file=/dev/null"];
    let command: Vec<String> = valgrind.iter().map(|it| (*it).to_owned()).chain(command.iter().cloned()).collect();
    let run = run(&command, &[])?;
    run.stderr
        .lines()
        .find_map(|line| line.split_once("I   refs:").or_else(|| line.split_once("I refs:")))
        .and_then(|(_, count)| count.trim().replace(',', "").parse().ok())
        .ok_or_else(|| format!("cannot read valgrind's count:\n{}", run.stderr))
}
