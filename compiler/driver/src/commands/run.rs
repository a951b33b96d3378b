//! `darkc run`: builds into the cache and becomes the program.

use crate::compile;
use clap::Args;
use std::path::PathBuf;
use std::process::ExitCode;

#[derive(Debug, Args)]
pub struct Arguments {
    /// A file or a folder
    #[arg(default_value = ".")]
    path: PathBuf,
    /// For the program
    #[arg(last = true)]
    arguments: Vec<String>,
}

pub fn run(arguments: &Arguments) -> ExitCode {
    let (session, plan) = match super::load(&arguments.path, false) {
        Ok(loaded) => loaded,
        Err(code) => return code,
    };
    match compile::core(&session, &plan).and_then(|program| compile::cached_executable(&program, &plan)) {
        Ok(program) => super::become_program(&program, &arguments.arguments, plan.secrets),
        Err(message) => super::fail(1, &message),
    }
}
