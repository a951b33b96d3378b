//! `darkc check`: all diagnostics of a file or folder.

use crate::session::{Format, Session, line};
use crate::{project, queries};
use clap::Args;
use dark_diagnostics::render::Sources;
use dark_hir::FileKind;
use dark_hir::secrets::{self, Use};
use dark_source::LineIndex;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

#[derive(Debug, Args)]
pub struct Arguments {
    /// A file or a folder
    #[arg(default_value = ".")]
    path: PathBuf,
    /// How to write what is found
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,
    /// List the secrets, where the code asks for them, and where it takes their text out
    #[arg(long)]
    secrets: bool,
}

pub fn run(arguments: &Arguments) -> ExitCode {
    let mut project = match project::load(&arguments.path, project::Purpose::Check) {
        Ok(project) => project,
        Err(problem) => return super::fail(problem.exit_code(), &problem.to_string()),
    };
    let scripts = if arguments.path.is_dir() { project.take_scripts() } else { Vec::new() };
    let declared = project.settings.secrets.clone();
    let session = Session::new(project);
    let (mut errors, mut warnings) = session.report(arguments.format);
    for script in &scripts {
        match of_script(script, arguments.format) {
            Ok((more_errors, more_warnings)) => {
                errors += more_errors;
                warnings += more_warnings;
            }
            Err(problem) => return super::fail(problem.exit_code(), &problem.to_string()),
        }
    }
    if arguments.secrets {
        list(&session, &declared);
    }
    if errors == 0 {
        match queries::refused(&session) {
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

/// What is wrong with a script of a project; the other files have been looked at.
fn of_script(path: &Path, format: Format) -> Result<(usize, usize), project::Problem> {
    let project = project::load(path, project::Purpose::Check)?;
    let own = project.files.iter().find(|file| file.kind == FileKind::Script).map(|file| file.name.clone());
    Ok(Session::new(project).report_of(format, |name| own.as_deref() == Some(name)))
}

/// What a project does with secrets, a line each place: names that the code asks for, places where a text comes out, and
/// declared names that nobody asks for.
fn list(session: &Session, declared: &[String]) {
    let uses = secrets::uses(session.db());
    for (location, found) in &uses {
        let text = session.text(location.file);
        let at = LineIndex::new(text).position(text, location.span.start);
        let what = match found {
            Use::Gets(name) => format!("asks for {name}"),
            Use::Reveals => "reveals a secret".to_string(),
        };
        line(&format!("{}:{}:{}: {what}", session.path(location.file), at.line + 1, at.column + 1));
    }
    let is_used = |name: &String| uses.iter().any(|(_, it)| matches!(it, Use::Gets(asked) if asked == name));
    declared.iter().filter(|name| !is_used(name)).for_each(|name| line(&format!("dark.toml: nobody asks for {name}")));
}

fn summary(errors: usize, warnings: usize) -> String {
    let count = |number: usize, what: &str| format!("{number} {what}{}", if number == 1 { "" } else { "s" });
    match (errors, warnings) {
        (0, _) => count(warnings, "warning"),
        (_, 0) => count(errors, "error"),
        _ => format!("{}, {}", count(errors, "error"), count(warnings, "warning")),
    }
}
