//! `darkc eval`: prints the value of an expression.

use crate::{compile, project};
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
    let project = project::expression(&arguments.expression);
    let (session, plan) = match super::checked(project, Some(AppMode::Eval), false) {
        Ok(loaded) => loaded,
        Err(code) => return code,
    };
    match compile::core(&session, &plan).and_then(|program| compile::cached_executable(&program, &plan)) {
        Ok(program) => super::become_program(&program, &[], None),
        Err(message) => super::fail(1, &message),
    }
}
