//! `bench lang`: the problems below `tests/bench/lang`, built in every language, compared with their expected output,
//! run in turns, and printed as ratios to Rust.
//!
//! Reading order: `options`, `problem`, `language` (how each is built and started), `measure`
//! (rounds, the start of a process taken off), `table`.

mod language;
mod measure;
mod options;
mod problem;
mod table;

use std::path::{Path, PathBuf};

use language::{Language, Tools};
use measure::Figures;
use options::Options;
use problem::Problem;

use crate::process;

/// The folder of a program that does nothing: what it takes is the start of a process.
const START: &str = "start";

pub fn run(arguments: &[String]) -> Result<(), String> {
    let options = Options::parse(arguments)?;
    process::lift_stack_limit()?;
    let home = home();
    let problems = problem::chosen(&options.problems)?;
    let tools = Tools::find(&options)?;
    tools.print_versions(&options)?;
    tools.build_rust(&home)?;
    let starts = starts(&home, &tools, &options)?;
    let mut rows = Vec::new();
    for problem in problems {
        eprintln!("bench: {}", problem.name);
        let figures = row(&home, &problem, &tools, &options, &starts)?;
        rows.push((problem, figures));
    }
    table::print(&rows, &options);
    Ok(())
}

fn home() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("lang")
}

/// What the start of a process takes in each language.
fn starts(home: &Path, tools: &Tools, options: &Options) -> Result<Vec<(Language, Figures)>, String> {
    let commands = built(home, START, tools, options)?;
    measure::all(&commands, &expected(home, START)?, options)
}

/// The figures of a problem in each language that has it, without the start of the process.
fn row(
    home: &Path,
    problem: &Problem,
    tools: &Tools,
    options: &Options,
    starts: &[(Language, Figures)],
) -> Result<Vec<(Language, Figures)>, String> {
    let commands = built(home, problem.name, tools, options)?;
    let measured = measure::all(&commands, &expected(home, problem.name)?, options)?;
    let without_start = |(language, figures): (Language, Figures)| {
        let start = starts.iter().find(|(it, _)| *it == language);
        (language, start.map_or(figures, |(_, start)| figures.without(start)))
    };
    Ok(measured.into_iter().map(without_start).collect())
}

fn built(home: &Path, name: &str, tools: &Tools, options: &Options) -> Result<Vec<(Language, Vec<String>)>, String> {
    let folder = home.join(name);
    let mut commands = Vec::new();
    for language in options.languages() {
        if language.source(&folder).is_file() {
            commands.push((language, language.build(&folder, name, tools)?));
        }
    }
    Ok(commands)
}

fn expected(home: &Path, name: &str) -> Result<String, String> {
    let path = home.join(name).join("expected.txt");
    std::fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))
}
