//! The commands, one file each, and the table of them.

mod build;
mod check;
mod doc;
mod eval;
mod explain;
mod fmt;
mod lsp;
mod new;
mod run;
mod test;

use crate::compile::{self, Plan};
use crate::objects::{self, Names};
use crate::project::{self, Project, SECRETS_FILE};
use crate::session::{Format, Session};
use crate::timings::Timings;
use crate::unchanged;
use clap::{Parser, Subcommand};
use dark_ir::core::AppMode;
use std::path::{Path, PathBuf};
use std::process::{Command as Process, ExitCode};

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
    /// Build an executable
    Build(build::Arguments),
    /// Build and run: a script, or a program that serves
    Run(run::Arguments),
    /// Print the value of an expression
    Eval(eval::Arguments),
    /// Run the tests of files and folders
    Test(test::Arguments),
    /// Write files in the one format
    Fmt(fmt::Arguments),
    /// Write the reference of a project or of the library as HTML
    Doc(doc::Arguments),
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
            Command::Build(arguments) => build::run(&arguments),
            Command::Run(arguments) => run::run(&arguments),
            Command::Eval(arguments) => eval::run(&arguments),
            Command::Test(arguments) => test::run(&arguments),
            Command::Fmt(arguments) => fmt::run(&arguments),
            Command::Doc(arguments) => doc::run(&arguments),
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

/// A project without errors, how to build it, and how many warnings it has.
fn checked(
    project: Project,
    mode: Option<AppMode>,
    optimised: bool,
    timings: Timings,
) -> Result<(Session, Plan, usize), ExitCode> {
    let settings = project.settings.to_json().map_err(|message| fail(1, &message))?;
    let (name, cache, secrets) = (project.name.clone(), project.cache.clone(), project.secrets_file());
    let session = timings.step("read", || Session::new(project));
    let (errors, warnings) = timings.step("check", || session.report(Format::Human));
    if errors > 0 {
        return Err(ExitCode::from(1));
    }
    let mode = match mode {
        Some(mode) => mode,
        None => compile::mode(&session).map_err(|message| fail(1, &message))?,
    };
    if mode == AppMode::Script {
        let problems = dark_hir::queries::exit_problems(session.db());
        problems.iter().for_each(|problem| session.print(problem, Format::Human));
        if !problems.is_empty() {
            return Err(ExitCode::from(1));
        }
    }
    Ok((session, Plan { name, settings, mode, optimised, cache, secrets, timings }, warnings))
}

/// What a program is made of at a path.
fn load(path: &Path) -> Result<Project, ExitCode> {
    project::for_build(path).map_err(|problem| fail(problem.exit_code(), &problem.to_string()))
}

/// The objects of a project, from the cache as far as they are there.
fn objects(
    project: Project,
    mode: Option<AppMode>,
    optimised: bool,
    timings: Timings,
) -> Result<(Names, Plan), ExitCode> {
    let settings = project.settings.to_json().map_err(|message| fail(1, &message))?;
    let (name, cache, secrets) = (project.name.clone(), project.cache.clone(), project.secrets_file());
    let plan = Plan { name, settings, mode: AppMode::Serve, optimised, cache, secrets, timings: timings.clone() };
    let known = timings.step("compare with earlier builds", || {
        let inputs = unchanged::inputs(&project, &plan.settings, optimised);
        let found = unchanged::find(&plan, &inputs).filter(|(names, _)| names.files(&plan).is_some());
        found.ok_or(inputs)
    });
    let inputs = match known {
        Ok((names, mode)) => return Ok((names, Plan { mode, ..plan })),
        Err(inputs) => inputs,
    };
    let (session, plan, warnings) = checked(project, mode, optimised, timings)?;
    let made = compile::core(&session, &plan).and_then(|program| Ok(objects::make(&program, &plan)?));
    let names = made.map_err(|message| fail(1, &message))?;
    if warnings == 0 {
        unchanged::remember(&plan, &inputs, &names);
    }
    Ok((names, plan))
}

/// Builds a project into the cache and becomes the program.
fn run_project(project: Project, mode: Option<AppMode>, arguments: &[String]) -> ExitCode {
    let (names, plan) = match objects(project, mode, false, Timings::default()) {
        Ok(made) => made,
        Err(code) => return code,
    };
    match compile::cached_executable(&names, &plan) {
        Ok(program) => become_program(&program, arguments, plan.secrets),
        Err(message) => fail(1, &message),
    }
}

/// Becomes another program; returns only when that fails.
fn become_program(program: &Path, arguments: &[String], secrets: Option<PathBuf>) -> ExitCode {
    use std::os::unix::process::CommandExt;
    let secrets = secrets.map(|file| (SECRETS_FILE, file));
    let error = Process::new(program).args(arguments).envs(secrets).exec();
    fail(3, &format!("{} could not be started: {error}", program.display()))
}
