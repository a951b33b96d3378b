//! Chores: `cargo xtask tidy` checks the house rules that no compiler checks, `integers` writes the library's integer
//! modules, `conformance` runs the cases of `tests/conformance` and compares the library with its list of signatures,
//! `signatures` does the latter alone, `order` writes which functions of the runtime lie side by side.

mod conformance;
mod integers;
mod order;
mod packages;
mod sections;
mod signatures;
mod tidy;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["tidy"] => tidy::run(),
        ["integers"] => integers::run(&root()),
        ["conformance", darkc] => conformance::run(&root(), darkc),
        ["order", darkc] => order::run(&root(), darkc),
        ["signatures"] => conformance::signatures(&root()),
        _ => {
            eprintln!("usage: cargo xtask tidy | integers | conformance DARKC | signatures | order DARKC");
            ExitCode::from(2)
        }
    }
}

/// The folder of the repository.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}
