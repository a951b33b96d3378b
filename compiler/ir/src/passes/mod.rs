//! The passes over Core, in the order they run.

mod count;

use crate::core::Program;

/// Runs all passes. Layouts must be computed.
pub fn run(program: &mut Program) {
    count::run(program);
}
