//! `darkc check`: all diagnostics of a file or folder.

use crate::compile::Plan;
use crate::session::{Format, Session};
use crate::timings::Timings;
use crate::{project, queries};
use clap::Args;
use dark_ir::core::AppMode;
use std::path::PathBuf;
use std::process::ExitCode;

#[derive(Debug, Args)]
pub struct Arguments {
    /// A file or a folder
    #[arg(default_value = ".")]
    path: PathBuf,
    /// How to write what is found
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,
}

pub fn run(arguments: &Arguments) -> ExitCode {
    let project = match project::load(&arguments.path, project::Purpose::Check) {
        Ok(project) => project,
        Err(problem) => return super::fail(problem.exit_code(), &problem.to_string()),
    };
    let (name, cache) = (project.name.clone(), project.cache.clone());
    let session = Session::new(project);
    let (mut errors, warnings) = session.report(arguments.format);
    if errors == 0 {
        let plan = Plan {
            name,
            settings: "{}".into(),
            mode: AppMode::Test,
            optimised: false,
            cache,
            secrets: None,
            timings: Timings::default(),
        };
        match queries::refused(&session, &plan) {
            Ok(refused) => {
                errors += refused.len();
                refused.iter().for_each(|diagnostic| session.print(diagnostic, arguments.format));
            }
            Err(message) => return super::fail(1, &message),
        }
    }
    if arguments.format == Format::Human && errors + warnings > 0 {
        eprintln!("{}", summary(errors, warnings));
    }
    if errors > 0 { ExitCode::from(1) } else { ExitCode::SUCCESS }
}

fn summary(errors: usize, warnings: usize) -> String {
    let count = |number: usize, what: &str| format!("{number} {what}{}", if number == 1 { "" } else { "s" });
    match (errors, warnings) {
        (0, _) => count(warnings, "warning"),
        (_, 0) => count(errors, "error"),
        _ => format!("{}, {}", count(errors, "error"), count(warnings, "warning")),
    }
}
