//! Chores: `cargo xtask tidy` checks the house rules that no compiler checks, `cargo xtask integers` writes the library's
//! integer modules.

mod integers;
mod tidy;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

fn main() -> ExitCode {
    match std::env::args().nth(1).as_deref() {
        Some("tidy") => tidy::run(),
        Some("integers") => integers::run(&root()),
        _ => {
            eprintln!("usage: cargo xtask tidy|integers");
            ExitCode::from(2)
        }
    }
}

/// The folder of the repository.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}
