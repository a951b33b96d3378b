//! `darkc build`: a native executable, or a stage on the way to it.

use crate::compile;
use crate::project::Project;
use crate::session::line;
use crate::timings::Timings;
use clap::{Args, ValueEnum};
use dark_codegen::Output;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

#[derive(Debug, Args)]
pub struct Arguments {
    /// A file or a folder
    #[arg(default_value = ".")]
    path: PathBuf,
    /// The executable, or the file to emit; default: named like the project, in the current folder
    #[arg(short, long)]
    output: Option<PathBuf>,
    /// Build fast instead of building fast code; the program runs on this machine only
    #[arg(long)]
    dev: bool,
    /// Write a stage on the way instead of an executable
    #[arg(long, value_enum)]
    emit: Option<Emit>,
    /// Say where the time went
    #[arg(long, value_enum, num_args = 0..=1, require_equals = true, default_missing_value = "table")]
    timings: Option<Form>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Emit {
    /// The compiler's own intermediate language, with reference counts
    Core,
    /// LLVM's text, after its optimisations
    LlvmIr,
    /// Assembly
    Asm,
    /// A relocatable object
    Obj,
}

/// How the table of `--timings` is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Form {
    /// For people, on standard error
    Table,
    /// A JSON object, on standard output
    Json,
}

pub fn run(arguments: &Arguments) -> ExitCode {
    let timings = Timings::default();
    let made = super::load(&arguments.path).and_then(|project| {
        let target = |extension: &str| {
            arguments.output.clone().unwrap_or_else(|| PathBuf::from(format!("{}{extension}", project.name)))
        };
        match arguments.emit {
            None => executable(target(""), project, !arguments.dev, &timings),
            Some(emit) => stage(emit, target(".o"), project, arguments, &timings),
        }
    });
    match (made, arguments.timings) {
        (Err(code), _) => return code,
        (Ok(()), None) => {}
        (Ok(()), Some(Form::Table)) => eprint!("{}", timings.table()),
        (Ok(()), Some(Form::Json)) => line(&timings.json()),
    }
    ExitCode::SUCCESS
}

fn executable(target: PathBuf, project: Project, optimised: bool, timings: &Timings) -> Result<(), ExitCode> {
    let (names, plan) = super::objects(project, None, optimised, timings.clone())?;
    compile::link_to(&names, &plan, &target).map_err(|message| super::fail(1, &message))
}

fn stage(
    emit: Emit,
    object: PathBuf,
    project: Project,
    arguments: &Arguments,
    timings: &Timings,
) -> Result<(), ExitCode> {
    let (session, plan, _) = super::checked(project, None, !arguments.dev, timings.clone())?;
    let output = arguments.output.as_deref();
    let written = compile::core(&session, &plan).and_then(|program| match emit {
        Emit::Core => text(dark_ir::print::program(&program).into_bytes(), output),
        Emit::LlvmIr => text(compile::intermediate(&program, &plan, Output::LlvmIr)?, output),
        Emit::Asm => text(compile::intermediate(&program, &plan, Output::Assembly)?, output),
        Emit::Obj => write(&object, &compile::intermediate(&program, &plan, Output::Object)?),
    });
    written.map_err(|message| super::fail(1, &message))
}

/// To the file, or to standard output without one.
fn text(bytes: Vec<u8>, path: Option<&Path>) -> Result<(), String> {
    match path {
        Some(path) => write(path, &bytes),
        None => {
            line(String::from_utf8_lossy(&bytes).trim_end());
            Ok(())
        }
    }
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), String> {
    std::fs::write(path, bytes).map_err(|error| format!("{} cannot be written: {error}", path.display()))
}
