//! The commands, one file each, and the table of them.

mod check;
mod explain;
mod lsp;
mod new;

use clap::{Parser, Subcommand};
use std::process::ExitCode;

/// The Dark compiler and its tools.
#[derive(Debug, Parser)]
#[command(name = "darkc", version, disable_help_subcommand = true, arg_required_else_help = true)]
pub struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Start a project in a new folder
    New(new::Arguments),
    /// Report everything that is wrong with a file or folder
    Check(check::Arguments),
    /// Explain a code such as E0301
    Explain(explain::Arguments),
    /// Serve an editor on standard input and output
    Lsp,
}

impl Arguments {
    pub fn run(self) -> ExitCode {
        match self.command {
            Command::New(arguments) => new::run(&arguments),
            Command::Check(arguments) => check::run(&arguments),
            Command::Explain(arguments) => explain::run(&arguments),
            Command::Lsp => lsp::run(),
        }
    }
}

/// A message on standard error and the exit code for it.
pub fn fail(code: u8, message: &str) -> ExitCode {
    eprintln!("darkc: {message}");
    ExitCode::from(code)
}
