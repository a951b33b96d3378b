//! The passes over Core, in the order they run.

mod alone;
mod borrow;
mod cases;
mod components;
mod count;
mod cursor;
mod dead;
mod fuse;
mod inline;
mod limits;
mod machine;
mod reachable;
mod reuse;
mod share;
mod sink;
mod specialise;
mod tails;

pub use borrow::passing;
pub use reachable::roots as entry_functions;

use crate::core::{Expr, Operand, Program, Var};

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
        fuse::run(program);
        specialise::run(program);
        reachable::run(program);
        inline::run(program);
        reachable::run(program);
        cursor::run(program);
        machine::run(program);
        borrow::run(program);
    }
    count::run(program);
    if effort == Effort::Full {
        sink::run(program);
        reuse::run(program);
        alone::run(program);
        limits::run(program);
    }
    tails::run(program);
    if effort == Effort::Needed {
        share::run(program);
    }
}

/// Whether an expression is just that variable: what stands in front of it is in tail position.
fn is_value_of(expr: &Expr, var: Var) -> bool {
    matches!(expr, Expr::Value(Operand::Var(result)) if *result == var)
}
