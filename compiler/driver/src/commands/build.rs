//! `darkc build`: a native executable, or a stage on the way to it.

use crate::compile;
use crate::session::line;
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
    /// Build fast instead of building fast code
    #[arg(long)]
    dev: bool,
    /// Write a stage on the way instead of an executable
    #[arg(long, value_enum)]
    emit: Option<Emit>,
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

pub fn run(arguments: &Arguments) -> ExitCode {
    let (session, plan) = match super::load(&arguments.path, !arguments.dev) {
        Ok(loaded) => loaded,
        Err(code) => return code,
    };
    let made = compile::core(&session, &plan).and_then(|program| {
        let target = |extension: &str| {
            arguments.output.clone().unwrap_or_else(|| PathBuf::from(format!("{}{extension}", plan.name)))
        };
        match arguments.emit {
            None => compile::executable(&program, &plan, &target("")),
            Some(Emit::Core) => text(dark_ir::print::program(&program).into_bytes(), arguments.output.as_deref()),
            Some(Emit::LlvmIr) => {
                text(compile::intermediate(&program, &plan, Output::LlvmIr)?, arguments.output.as_deref())
            }
            Some(Emit::Asm) => {
                text(compile::intermediate(&program, &plan, Output::Assembly)?, arguments.output.as_deref())
            }
            Some(Emit::Obj) => write(&target(".o"), &compile::intermediate(&program, &plan, Output::Object)?),
        }
    });
    match made {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => super::fail(1, &message),
    }
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
