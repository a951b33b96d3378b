//! Benchmarks beside their peers, in one run. Never part of the tests: times are for people to read.
//!
//! `bench http APP` measures a built `examples/hello` beside a bare hyper server: the server on one core, wrk on
//! another, the two servers alternating, and prints requests per second and processor time per request with ratios.
//! `bench lang` measures the programs below `lang`, the same in several languages (`lang`).
//! `bench growth DARKC` measures what an element costs as lists and dicts grow (`growth`).
//! `bench structures` measures the runtime's lists, dicts, strings and `Int`s beside structures that could stand in their
//! place (`structures`).
//!
//! `bench generate` writes a project of any size; `bench check DARKC` and `bench build DARKC` measure the tool itself on such
//! projects (`tool`).

mod growth;
mod http;
mod lang;
mod process;
mod project;
mod structures;
mod tool;

use std::path::Path;
use std::process::ExitCode;

const USAGE: &str = "usage:
  bench http PATH-OF-BUILT-HELLO
  bench lang [PROBLEM…] [OPTION…]
  bench growth PATH-OF-DARKC [OPERATION…] [--most N]
  bench structures [lists|dicts|strings|ints…] [--quick]
  bench generate [--language dark|go|ocaml] (--lines N | --files N --functions N) FOLDER
  bench check PATH-OF-DARKC [ROUNDS]
  bench build PATH-OF-DARKC [ROUNDS]";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match command(&arguments.iter().map(String::as_str).collect::<Vec<_>>()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("bench: {message}");
            ExitCode::FAILURE
        }
    }
}

fn command(arguments: &[&str]) -> Result<(), String> {
    match *arguments {
        ["http", app] => http::run(app),
        ["lang", ref rest @ ..] => lang::run(&rest.iter().map(|it| it.to_string()).collect::<Vec<_>>()),
        ["growth", darkc, ref rest @ ..] => growth::run(Path::new(darkc), rest),
        ["structures", ref rest @ ..] => structures::run(rest),
        ["generate", ref rest @ ..] => generate(rest),
        ["check", darkc] => tool::check::measure(Path::new(darkc), tool::ROUNDS),
        ["check", darkc, rounds] => tool::check::measure(Path::new(darkc), number(Some(&rounds))?),
        ["build", darkc] => tool::build::measure(Path::new(darkc), tool::ROUNDS),
        ["build", darkc, rounds] => tool::build::measure(Path::new(darkc), number(Some(&rounds))?),
        _ => Err(USAGE.into()),
    }
}

fn number(value: Option<&&str>) -> Result<usize, String> {
    value.and_then(|it| it.parse().ok()).ok_or_else(|| USAGE.into())
}

fn generate(arguments: &[&str]) -> Result<(), String> {
    let (mut language, mut lines, mut files, mut functions, mut folder) = (project::In::Dark, None, None, None, None);
    let mut rest = arguments.iter();
    while let Some(argument) = rest.next() {
        match *argument {
            "--lines" => lines = Some(number(rest.next())?),
            "--files" => files = Some(number(rest.next())?),
            "--functions" => functions = Some(number(rest.next())?),
            "--language" => {
                language = match rest.next() {
                    Some(&"dark") => project::In::Dark,
                    Some(&"go") => project::In::Go,
                    Some(&"ocaml") => project::In::OCaml,
                    _ => return Err(USAGE.into()),
                }
            }
            path if folder.is_none() && !path.starts_with('-') => folder = Some(path),
            _ => return Err(USAGE.into()),
        }
    }
    let size = match (lines, files, functions) {
        (Some(lines), None, None) => project::Size::Lines(lines),
        (None, Some(files), Some(functions)) => project::Size::Functions { files, functions },
        _ => return Err(USAGE.into()),
    };
    let made = project::generate(size, language);
    made.write(Path::new(folder.ok_or(USAGE)?))?;
    println!("{} files, {} functions, {} lines", made.files.len(), made.functions, made.lines());
    Ok(())
}
