//! From Core to native code through LLVM: the only crate that knows LLVM.
//!
//! Reading order: `unit` (one LLVM module), `values` (how a value lies in registers and memory), `counts` (dup and drop), `memory` (boxed
//! objects),
//! `function` (expressions), `operations`, `numbers`, `intrinsics`, `lists`, `views` (lists that stay the same in a loop), `calls`, `constants`, `descriptors` (types for the
//! runtime), `app` (what the executable serves), `target` (the machine, optimisation, emission).

mod app;
mod calls;
mod constants;
mod counts;
mod descriptors;
mod function;
mod intrinsics;
mod lists;
mod memory;
mod numbers;
mod operations;
mod target;
mod unit;
mod values;
mod views;

use dark_ir::core::{FunctionId, Program};
use dark_ir::parts::Part;
use inkwell::builder::BuilderError;
use inkwell::context::Context;
use inkwell::targets::TargetMachine;

/// How hard LLVM tries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Optimisation {
    /// Fast builds: no optimisation.
    None,
    /// Fast programs: LLVM's `O2`, for the parts of large ones less.
    Full,
}

/// Which processor the code is for.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Cpu {
    /// Every processor of the architecture.
    Generic,
    /// The one of this machine.
    Native,
    /// By LLVM's name for it.
    Named(String),
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Options {
    pub optimisation: Optimisation,
    pub cpu: Cpu,
}

/// What to make of a program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Output {
    Object,
    Assembly,
    /// LLVM's own text, after optimisation.
    LlvmIr,
}

/// Code could not be made. None of these is a fault of the program that is compiled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodegenError {
    pub message: String,
    /// The function it could not be made for, if it is one.
    pub function: Option<FunctionId>,
}

impl CodegenError {
    pub(crate) fn new(message: impl Into<String>) -> CodegenError {
        CodegenError { message: message.into(), function: None }
    }
}

impl std::fmt::Display for CodegenError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for CodegenError {}

impl From<BuilderError> for CodegenError {
    fn from(error: BuilderError) -> CodegenError {
        CodegenError::new(format!("LLVM refused an instruction: {error}"))
    }
}

pub(crate) type Made<T> = Result<T, CodegenError>;

/// Core with a fault: verification would have found it.
pub(crate) fn fault<T>(what: impl Into<String>) -> Made<T> {
    Err(CodegenError::new(format!("unexpected Core: {}", what.into())))
}

/// Compiles parts one after the other: to make LLVM's machine takes as long as a small part.
pub struct Compiler {
    machine: TargetMachine,
    optimisation: Optimisation,
}

impl Compiler {
    pub fn new(options: &Options) -> Result<Compiler, CodegenError> {
        Ok(Compiler { machine: target::machine(options)?, optimisation: options.optimisation })
    }

    /// Compiles a part of a program into one module.
    pub fn compile(&self, program: &Program, part: &Part, output: Output) -> Result<Vec<u8>, CodegenError> {
        let context = Context::create();
        let optimise = self.optimisation == Optimisation::Full;
        let mut unit = unit::Unit::new(&context, program, part, &self.machine, optimise);
        unit.emit()?;
        unit.verify()?;
        target::emit(&unit.module, &self.machine, (self.optimisation, part.alone), output)
    }
}

/// Compiles one part of a program.
pub fn compile(program: &Program, part: &Part, options: &Options, output: Output) -> Result<Vec<u8>, CodegenError> {
    Compiler::new(options)?.compile(program, part, output)
}

/// What of this crate decides what an object contains, besides the program and the options; part of the cache's keys.
pub fn version() -> String {
    format!("{} abi {} {}", env!("CARGO_PKG_VERSION"), dark_abi::ABI_VERSION, target::llvm_version())
}
