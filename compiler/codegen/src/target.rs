//! The machine that code is made for, LLVM's pipelines, and emission.

use crate::{CodegenError, Cpu, Made, Optimisation, Options, Output};
use inkwell::OptimizationLevel;
use inkwell::module::Module;
use inkwell::passes::PassBuilderOptions;
use inkwell::targets::{CodeModel, FileType, InitializationConfig, RelocMode, Target, TargetMachine};

/// The machine of the options: this operating system and architecture.
pub(crate) fn machine(options: &Options) -> Made<TargetMachine> {
    Target::initialize_native(&InitializationConfig::default()).map_err(CodegenError::new)?;
    let triple = TargetMachine::get_default_triple();
    let target = Target::from_triple(&triple).map_err(|error| CodegenError::new(error.to_string()))?;
    let (cpu, features) = match &options.cpu {
        Cpu::Generic => (generic_cpu().to_owned(), String::new()),
        Cpu::Native => {
            (TargetMachine::get_host_cpu_name().to_string(), TargetMachine::get_host_cpu_features().to_string())
        }
        Cpu::Named(name) => (name.clone(), String::new()),
    };
    let level = match options.optimisation {
        Optimisation::None => OptimizationLevel::None,
        Optimisation::Full => OptimizationLevel::Default,
    };
    target
        .create_target_machine(&triple, &cpu, &features, level, RelocMode::PIC, CodeModel::Default)
        .ok_or_else(|| CodegenError::new(format!("LLVM makes no code for {}", triple.as_str().to_string_lossy())))
}

/// The oldest processor that hosts still have.
fn generic_cpu() -> &'static str {
    if cfg!(target_arch = "x86_64") { "x86-64-v2" } else { "generic" }
}

/// Optimises and emits the module. `alone`: it is the whole program.
pub(crate) fn emit(
    module: &Module<'_>,
    machine: &TargetMachine,
    (optimisation, alone): (Optimisation, bool),
    output: Output,
) -> Made<Vec<u8>> {
    if optimisation == Optimisation::Full {
        // Large programs: three quarters of the time that `O2` takes.
        let pipeline = if alone { "default<O2>" } else { "default<O1>" };
        let options = PassBuilderOptions::create();
        options.set_merge_functions(true);
        module.run_passes(pipeline, machine, options).map_err(|error| CodegenError::new(error.to_string()))?;
    }
    let file_type = match output {
        Output::LlvmIr => return Ok(module.print_to_string().to_bytes().to_vec()),
        Output::Object => FileType::Object,
        Output::Assembly => FileType::Assembly,
    };
    let buffer =
        machine.write_to_memory_buffer(module, file_type).map_err(|error| CodegenError::new(error.to_string()))?;
    let bytes = buffer.as_slice();
    // Text ends with a zero byte that is not part of it.
    Ok(match (output, bytes.split_last()) {
        (Output::Assembly, Some((0, text))) => text.to_vec(),
        _ => bytes.to_vec(),
    })
}

pub(crate) fn llvm_version() -> String {
    let (major, minor, patch) = inkwell::support::get_llvm_version();
    format!("llvm {major}.{minor}.{patch}")
}
