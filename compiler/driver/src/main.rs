//! `darkc`: the command line. Only this crate and the language server touch disk, environment and clock.
//!
//! Reading order: `commands` (one file a command), `project` (what a folder or file means), `settings` (`dark.toml`),
//! `session` (database and printing), `compile`, `objects` and `link` (to an executable), `unchanged` (building the same
//! again), `testing`, `cache`, `library` and `runtime` (what `darkc` carries inside), `timings`.

mod cache;
mod commands;
mod compile;
mod library;
mod link;
mod objects;
mod project;
mod queries;
mod runtime;
mod session;
mod settings;
mod testing;
mod timings;
mod unchanged;

use clap::Parser;
use std::process::ExitCode;

/// Checking and compiling allocate many small objects, in which this allocator is faster than the system's. LLVM's
/// allocations come here too.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Deep trees need a deep stack; only what is touched takes memory.
const STACK_BYTES: usize = 512 << 20;

/// Exit codes are a contract: 0 fine, 1 the program has errors or a test failed, 2 wrong usage, 3 an internal fault.
const INTERNAL_FAULT: u8 = 3;

fn main() -> ExitCode {
    // The main thread's stack is not ours to choose.
    let work = std::thread::Builder::new().name("darkc".into()).stack_size(STACK_BYTES).spawn(run);
    let result = match work {
        Ok(thread) => thread.join(),
        Err(error) => {
            eprintln!("darkc: a thread could not be started: {error}");
            return ExitCode::from(INTERNAL_FAULT);
        }
    };
    match result {
        Ok(code) => code,
        Err(_) => {
            eprintln!(
                "darkc: sorry, this is a fault of the compiler, not of your program.\n\
                 Please report it with the lines above and the program, as `darkc {} internal fault`.",
                env!("CARGO_PKG_VERSION")
            );
            ExitCode::from(INTERNAL_FAULT)
        }
    }
}

fn run() -> ExitCode {
    match commands::Arguments::try_parse() {
        Ok(arguments) => arguments.run(),
        Err(error) => {
            // Help and version go to standard output and are no failure.
            let _ = error.print();
            if error.use_stderr() { ExitCode::from(2) } else { ExitCode::SUCCESS }
        }
    }
}
