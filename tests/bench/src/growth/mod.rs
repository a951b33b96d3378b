//! `bench growth`: what an element costs as lists and dicts grow. The programs below `tests/bench/growth` run one operation
//! on so many elements, so many times; the processor time of an element is compared from ten thousand to ten million.
//!
//! What is promised per element is the same at all sizes; for dicts that is the time over the logarithm of the size. Memory is
//! not flat: caches hold ten thousand elements and not ten million, so the time may grow by two or three where nothing but
//! memory is touched. What grows by more than `GROWTH_MAX` does more work, and is an error.
//! `runtime/rt/src/list/growth.rs` and `dict/growth.rs` count that work instead.

mod operations;

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::process;
use operations::{Cost, OPERATIONS, Operation};

const SIZES: [u64; 4] = [10_000, 100_000, 1_000_000, 10_000_000];

/// A size takes ten times that of the one before it, so what does work for each other element is far above this.
const GROWTH_MAX: f64 = 8.0;

/// What is measured has to take this much processor time, in seconds: clocks and starts of processes are coarse.
const TIME_MIN: f64 = 0.05;

/// Longer runs are steady by themselves: they are not done again.
const TIME_LONG: f64 = 2.0;

/// Measures the named operations, or all, up to a size; the names of those that grow are the error.
pub fn run(darkc: &Path, arguments: &[&str]) -> Result<(), String> {
    let (names, most) = options(arguments)?;
    let sizes: Vec<u64> = SIZES.into_iter().filter(|size| *size <= most).collect();
    let folder = built(darkc)?;
    println!("Processor time of an element in ns; of dicts over the logarithm (base 2) of the size.\n");
    let heads: Vec<String> = sizes.iter().map(|size| format!("{:>9}", format!("10^{}", size.ilog10()))).collect();
    println!("| {:<26} | {} | {:>6} |", "operation", heads.join(" | "), "growth");
    println!("| --- |{} --: |", " --: |".repeat(sizes.len()));
    let mut growing = Vec::new();
    for operation in OPERATIONS.iter().filter(|it| names.is_empty() || names.contains(&it.name)) {
        let costs = costs(&folder, operation, &sizes)?;
        let cells: Vec<String> = sizes
            .iter()
            .enumerate()
            .map(|(at, _)| costs.get(at).map_or(format!("{:>9}", "–"), |cost| format!("{cost:>9.2}")))
            .collect();
        let growth = growth(&costs);
        println!("| {:<26} | {} | {growth:>6.2} |", operation.name, cells.join(" | "));
        if growth > GROWTH_MAX {
            growing.push(operation.name);
        }
    }
    match growing.is_empty() {
        true => Ok(()),
        false => Err(format!("the cost of an element grows with the size: {}", growing.join("; "))),
    }
}

/// The operations to measure and the largest size.
fn options<'a>(arguments: &[&'a str]) -> Result<(Vec<&'a str>, u64), String> {
    let (mut names, mut most) = (Vec::new(), SIZES[SIZES.len() - 1]);
    let mut rest = arguments.iter();
    while let Some(argument) = rest.next() {
        match *argument {
            "--most" => {
                let size = rest.next().and_then(|it| it.parse().ok()).filter(|size| *size >= SIZES[1]);
                most = size.ok_or("--most needs a size of at least 100000")?;
            }
            name if OPERATIONS.iter().any(|it| it.name == name) => names.push(name),
            other => {
                let known: Vec<&str> = OPERATIONS.iter().map(|it| it.name).collect();
                return Err(format!("there is no operation `{other}`; there are: {}", known.join("; ")));
            }
        }
    }
    Ok((names, most))
}

/// The folder with the programs, built.
fn built(darkc: &Path) -> Result<PathBuf, String> {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("growth");
    let own = std::env::current_exe().map_err(|error| format!("cannot find this program: {error}"))?;
    let folder = own.with_file_name("bench-growth");
    std::fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    for name in ["lists", "dicts"] {
        let program = source.join(name).with_extension("dark");
        process::run(Command::new(darkc).args(["build", "-o"]).args([&folder.join(name), &program]))?;
    }
    Ok(folder)
}

/// What an element costs at each size; where that is clearly too much, larger sizes are left out: they would not end.
fn costs(folder: &Path, operation: &Operation, sizes: &[u64]) -> Result<Vec<f64>, String> {
    let mut costs = Vec::new();
    for &size in sizes.iter().filter(|size| **size <= operation.size_max) {
        let seconds = seconds_of_a_round(folder, operation, size)?;
        let steps = match operation.cost {
            Cost::Flat => size as f64,
            Cost::Logarithm => size as f64 * (size as f64).log2(),
        };
        costs.push(seconds * 1e9 / steps);
        if growth(&costs) > GROWTH_MAX {
            break;
        }
    }
    Ok(costs)
}

/// The last over the first.
fn growth(costs: &[f64]) -> f64 {
    match costs {
        [first, .., last] => last / first.max(1e-3),
        _ => 1.0,
    }
}

/// Processor time of the operation on all elements: many rounds in one process, less what the process takes without any.
fn seconds_of_a_round(folder: &Path, operation: &Operation, size: u64) -> Result<f64, String> {
    let time = |rounds: u64| -> Result<f64, String> {
        let mut command = Command::new(folder.join(operation.program));
        command.args([operation.name, &size.to_string(), &rounds.to_string()]);
        Ok(process::run(&mut command)?.processor.as_secs_f64())
    };
    let best = |rounds: u64| -> Result<f64, String> {
        let first = time(rounds)?;
        if first > TIME_LONG { Ok(first) } else { Ok(first.min(time(rounds)?).min(time(rounds)?)) }
    };
    let start = best(0)?;
    let mut rounds = (SIZES[2] / size).max(1);
    loop {
        let taken = time(rounds)? - start;
        if taken >= TIME_MIN {
            return Ok((best(rounds)? - start).max(0.0) / rounds as f64);
        }
        let missing = (TIME_MIN * 1.5 / taken.max(1e-3)).ceil() as u64;
        rounds *= missing.clamp(2, 100);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn growth_is_that_from_the_first_size_to_the_last() {
        assert_eq!(growth(&[2.0, 3.0, 5.0]), 2.5);
        assert_eq!(growth(&[2.0]), 1.0);
    }

    #[test]
    fn what_is_asked_for_is_an_operation_or_a_size() {
        assert_eq!(options(&["setAt", "--most", "1000000"]), Ok((vec!["setAt"], 1_000_000)));
        assert!(options(&["sort"]).is_err_and(|message| message.contains("getAt")));
        assert!(options(&["--most"]).is_err());
    }

    #[test]
    fn the_programs_know_every_operation() {
        for operation in OPERATIONS {
            let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("growth").join(operation.program);
            let text = std::fs::read_to_string(path.with_extension("dark")).expect("the program");
            assert!(text.contains(&format!("| \"{}\" ->", operation.name)), "{}", operation.name);
        }
    }
}
