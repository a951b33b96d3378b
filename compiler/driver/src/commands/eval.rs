//! `darkc eval`: prints the value of an expression.

use crate::project;
use clap::Args;
use dark_ir::core::AppMode;
use std::process::ExitCode;

#[derive(Debug, Args)]
pub struct Arguments {
    /// The expression, in quotes
    #[arg(allow_hyphen_values = true)]
    expression: String,
}

pub fn run(arguments: &Arguments) -> ExitCode {
    super::run_project(project::expression(&arguments.expression), Some(AppMode::Eval), &[])
}
