//! The passes over Core, in the order they run.

mod borrow;
mod count;
mod dead;
mod reachable;
mod reuse;
mod specialise;
mod tails;

pub use borrow::passing;
pub use reachable::roots as entry_functions;

use crate::core::Program;

/// How much work to put into it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effort {
    /// Only what codegen needs: for fast builds.
    Needed,
    /// Everything that makes programs faster.
    Full,
}

/// Runs the passes. Layouts must be computed.
pub fn run(program: &mut Program, effort: Effort) {
    if effort == Effort::Full {
        specialise::run(program);
        reachable::run(program);
        borrow::run(program);
    }
    count::run(program);
    if effort == Effort::Full {
        reuse::run(program);
    }
    tails::run(program);
}
