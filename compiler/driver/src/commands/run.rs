//! `darkc run`: builds into the cache and becomes the program.

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
    match super::load(&arguments.path) {
        Ok(project) => super::run_project(project, None, &arguments.arguments),
        Err(code) => code,
    }
}
