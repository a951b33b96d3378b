//! Benchmarks beside their peers, in one run. Never part of the tests: times are for people to read.
//!
//! `bench http APP` measures a built `examples/hello` beside a bare hyper server: the server on one core, wrk on
//! another, the two servers alternating, and prints requests per second and processor time per request with ratios.
//! `bench lang` measures the programs below `lang`, the same in several languages (`lang`).
//!
//! `bench generate` writes a project of any size; `bench check DARKC` and `bench build DARKC` measure the tool itself on such
//! projects (`tool`).

mod http;
mod lang;
mod process;
mod project;
mod tool;

use std::path::Path;
use std::process::ExitCode;

const USAGE: &str = "usage:
  bench http PATH-OF-BUILT-HELLO
  bench lang [PROBLEM…] [OPTION…]
  bench generate [--language dark|go|ocaml] (--lines N | --files N --functions N) FOLDER
  bench check PATH-OF-DARKC
  bench build PATH-OF-DARKC";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let result = match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["http", app] => http::run(app),
        ["lang", ..] => lang::run(&arguments[1..]),
        ["generate", ref rest @ ..] => generate(rest),
        ["check", darkc] => tool::check::measure(Path::new(darkc)),
        ["build", darkc] => tool::build::measure(Path::new(darkc)),
        _ => Err(USAGE.into()),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("bench: {message}");
            ExitCode::FAILURE
        }
    }
}

fn generate(arguments: &[&str]) -> Result<(), String> {
    let (mut language, mut lines, mut files, mut functions, mut folder) = (project::In::Dark, None, None, None, None);
    let mut rest = arguments.iter();
    let number = |value: Option<&&str>| value.and_then(|it| it.parse::<usize>().ok()).ok_or(USAGE);
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
