//! `darkc test`: builds the tests of all paths into as few programs as possible, runs them, and reports in the order of
//! the files.

use crate::project::{self, Project};
use crate::session::line;
use crate::testing::report::{self, Report};
use crate::testing::{self, Outcome};
use clap::Args;
use std::path::PathBuf;
use std::process::ExitCode;

#[derive(Debug, Args)]
pub struct Arguments {
    /// Files or folders; default: the current folder
    paths: Vec<PathBuf>,
    /// How to write what is found
    #[arg(long, value_enum, default_value_t = Report::Human)]
    format: Report,
    /// Only tests whose module or text contains this
    #[arg(long)]
    filter: Option<String>,
    /// The examples of the standard library's documentation
    #[arg(long)]
    library: bool,
}

pub fn run(arguments: &Arguments) -> ExitCode {
    let mut projects = match project::for_tests(&arguments.named()) {
        Ok(projects) => projects,
        Err(problem) => return super::fail(problem.exit_code(), &problem.to_string()),
    };
    if arguments.library {
        projects.push(project::library_examples());
    }
    let outcomes = match all(projects, arguments) {
        Ok(outcomes) => outcomes,
        Err(message) => return super::fail(1, &message),
    };
    if outcomes.is_empty() && arguments.filter.is_none() {
        let paths: Vec<String> = arguments.named().iter().map(|path| path.display().to_string()).collect();
        return super::fail(1, &format!("no tests in {}; a test is a line `expression = expected`", paths.join(", ")));
    }
    let text = report::write(&outcomes, arguments.format);
    if !text.is_empty() {
        line(&text);
    }
    if report::failed(&outcomes) > 0 { ExitCode::from(1) } else { ExitCode::SUCCESS }
}

fn all(projects: Vec<Project>, arguments: &Arguments) -> Result<Vec<Outcome>, String> {
    let mut outcomes = Vec::new();
    for project in projects {
        outcomes.extend(testing::run(project, arguments.filter.as_deref())?);
    }
    testing::sort(&mut outcomes);
    Ok(outcomes)
}

impl Arguments {
    fn named(&self) -> Vec<PathBuf> {
        match self.paths.is_empty() && !self.library {
            true => vec![PathBuf::from(".")],
            false => self.paths.clone(),
        }
    }
}
