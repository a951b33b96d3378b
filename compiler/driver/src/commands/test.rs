//! `darkc test`: builds the tests of each path into one program, runs it, and reports in the order of the files.
//!
//! A test that does not type-check, or needs a definition that does not, fails alone; the others run.

use crate::compile::{self, Plan};
use crate::project;
use crate::session::{Format, Session, line};
use clap::{Args, ValueEnum};
use dark_diagnostics::{Severity, render::Sources};
use dark_hir::program::TestCase;
use dark_hir::{Def, queries};
use dark_ir::core::AppMode;
use dark_source::{LineIndex, Location};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

#[derive(Debug, Args)]
pub struct Arguments {
    /// Files or folders
    #[arg(default_value = ".")]
    paths: Vec<PathBuf>,
    /// How to write what is found
    #[arg(long, value_enum, default_value_t = Report::Human)]
    format: Report,
    /// Only tests whose module or text contains this
    #[arg(long)]
    filter: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Report {
    /// What failed, and how many passed
    Human,
    /// A JSON object for each test, a line each
    Json,
}

/// What became of one test.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Outcome {
    file: String,
    line: u32,
    group: String,
    name: String,
    status: String,
    message: String,
}

#[derive(Default)]
struct Counts {
    passed: usize,
    failed: usize,
}

pub fn run(arguments: &Arguments) -> ExitCode {
    let mut counts = Counts::default();
    for path in &arguments.paths {
        match test(path, arguments) {
            Ok(outcomes) => outcomes.iter().for_each(|outcome| counts.add(outcome, arguments.format)),
            Err(code) => return code,
        }
    }
    if arguments.format == Report::Human {
        line(&format!("{} passed, {} failed", counts.passed, counts.failed));
    }
    if counts.failed > 0 { ExitCode::from(1) } else { ExitCode::SUCCESS }
}

impl Counts {
    fn add(&mut self, outcome: &Outcome, format: Report) {
        let passed = outcome.status == "pass";
        match passed {
            true => self.passed += 1,
            false => self.failed += 1,
        }
        match format {
            // A structure of texts and numbers has a JSON form.
            Report::Json => line(&serde_json::to_string(outcome).unwrap_or_default()),
            Report::Human if passed => {}
            Report::Human => {
                let Outcome { file, line: at, group, name, message, .. } = outcome;
                let group = if group.is_empty() { String::new() } else { format!(" ({group})") };
                line(&format!("{file}:{at}{group}: {name}\n   {}", message.replace('\n', "\n   ")));
            }
        }
    }
}

/// The outcomes of the tests at a path, in the order of the text.
fn test(path: &Path, arguments: &Arguments) -> Result<Vec<Outcome>, ExitCode> {
    let project = project::load(path, project::Purpose::Check)
        .map_err(|problem| super::fail(problem.exit_code(), &problem.to_string()))?;
    let settings = project.settings.to_json().map_err(|message| super::fail(1, &message))?;
    let (name, cache) = (project.name.clone(), project.cache.clone());
    let session = Session::new(project);
    let plan = Plan { name, settings, mode: AppMode::Test, optimised: false, cache };
    let program = queries::program(session.db());
    if program.tests.is_empty() {
        session.report(Format::Human);
        return Err(super::fail(
            1,
            &format!("no tests in {}; a test is a line `expression = expected`", path.display()),
        ));
    }
    let wanted = |test: &TestCase| {
        let name = format!("{} {}", test.group, test.text);
        arguments.filter.as_ref().is_none_or(|filter| name.contains(filter.as_str()))
    };
    let (mut broken, mut refused): (Vec<Def>, Vec<Outcome>) = (Vec::new(), Vec::new());
    for test in &program.tests {
        if let Some(cause) = queries::broken_need(session.db(), test.def) {
            broken.push(test.def);
            if wanted(test) {
                refused.push(match is_expected(&session, test) {
                    true => outcome(&session, test, "pass", String::new()),
                    false => compile_error(&session, test, cause),
                });
            }
        }
    }
    let queries =
        crate::queries::refused(&session, &plan, &broken, false).map_err(|message| super::fail(1, &message))?;
    for (diagnostic, tests) in queries {
        for test in program.tests.iter().filter(|test| tests.contains(&test.def)) {
            if broken.contains(&test.def) {
                continue;
            }
            broken.push(test.def);
            if wanted(test) {
                let message = format!("error[{}]: {}", diagnostic.code.id, diagnostic.title);
                refused.push(match test.expected_error.as_ref() == Some(&diagnostic.title) {
                    true => outcome(&session, test, "pass", String::new()),
                    false => outcome(&session, test, "compile-error", message),
                });
            }
        }
    }
    let mut outcomes = match broken.len() == program.tests.len() {
        true => Vec::new(),
        false => run_tests(&session, &plan, &broken, arguments)?,
    };
    outcomes.extend(refused);
    outcomes.sort_by(|a, b| (&a.file, a.line).cmp(&(&b.file, b.line)));
    Ok(outcomes)
}

fn run_tests(session: &Session, plan: &Plan, broken: &[Def], arguments: &Arguments) -> Result<Vec<Outcome>, ExitCode> {
    let program = compile::core(session, plan, broken)
        .and_then(|program| compile::cached_executable(&program, plan))
        .map_err(|message| super::fail(1, &message))?;
    let mut command = Command::new(&program);
    command.args(["--format", "json"]);
    if let Some(filter) = &arguments.filter {
        command.args(["--filter", filter]);
    }
    let output = command.stderr(std::process::Stdio::inherit()).output();
    let output = output.map_err(|error| super::fail(3, &format!("the tests could not be started: {error}")))?;
    let mut outcomes = Vec::new();
    for text in String::from_utf8_lossy(&output.stdout).lines() {
        match serde_json::from_str(text) {
            Ok(outcome) => outcomes.push(outcome),
            // What a test prints itself.
            Err(_) => eprintln!("{text}"),
        }
    }
    match output.status.code() {
        Some(0 | 1) => Ok(outcomes),
        _ => {
            let after = outcomes.last().map_or_else(String::new, |last: &Outcome| format!(" after `{}`", last.name));
            Err(super::fail(3, &format!("the test program ended with {}{after}", output.status)))
        }
    }
}

/// Whether the compiler found the very mistake that the test expects a run to fail with.
fn is_expected(session: &Session, test: &TestCase) -> bool {
    let db = session.db();
    let broken: Vec<Def> = queries::broken_needs(db, test.def).collect();
    test.expected_error.as_ref().is_some_and(|message| dark_hir::sentences::is_said_by(db, message, &broken))
}

fn compile_error(session: &Session, test: &TestCase, cause: Def) -> Outcome {
    let message = match cause == test.def {
        true => {
            let own = session.diagnostics().filter(|it| {
                let at: &Location = &it.primary.location;
                at.file == test.location.file
                    && test.location.span.contains(at.span.start)
                    && it.code.severity == Severity::Error
            });
            own.map(|it| format!("error[{}]: {}", it.code.id, it.title)).collect::<Vec<_>>().join("\n")
        }
        false => format!("`{}` has an error", dark_hir::items::shown(cause.path(session.db()))),
    };
    outcome(session, test, "compile-error", message)
}

/// The outcome of a test that is not run.
fn outcome(session: &Session, test: &TestCase, status: &str, message: String) -> Outcome {
    let file = session.path(test.location.file).to_owned();
    let text = session.text(test.location.file);
    let line = LineIndex::new(text).position(text, test.location.span.start).line + 1;
    Outcome { file, line, group: test.group.clone(), name: test.text.clone(), status: status.into(), message }
}
