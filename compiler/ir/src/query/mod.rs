//! Queries of datastores: functions over rows become SQL.
//!
//! The library's query functions end in one intrinsic, `query_expression f`. This pass finds out which function `f` is,
//! also when it comes through parameters, captures and partial applications (`flow` makes a copy of each function on the
//! way for it), runs its code on a row that is not there (`plan`, `operation`, `compare`), and puts a call of a small
//! function in the intrinsic's place: it computes what does not depend on the row, and answers the SQL (`sql`) with the
//! parameters to bind (`binder`).
//!
//! The meaning is Dark's: what SQLite does differently is a function of the runtime (`dark_platform::db::functions`).
//!
//! Reading order: this file, `flow`, `plan`, `operation`, `compare`, `sql`, `binder`, `problem`.

mod binder;
mod compare;
mod flow;
mod operation;
mod plan;
mod problem;
mod sql;
mod types;

pub use problem::{Problem, Reason};

use crate::core::{Expr, FunctionId, Op, Program};
use crate::intrinsics::Intrinsic;
use crate::layout::compute_layouts;

/// A query that cannot be compiled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    pub problem: Problem,
    /// The tests of the program that need it.
    pub tests: Vec<usize>,
    /// The names of the handlers, workers and crons that need it.
    pub served: Vec<String>,
}

/// Compiles the queries of a program. Must run before the passes; when something is refused the program is of no use.
pub fn run(program: &mut Program) -> Vec<Refused> {
    if !program.functions.iter().any(|function| has_query(&function.body)) {
        program.functions.iter_mut().for_each(|function| function.places = Vec::new());
        return Vec::new();
    }
    let refused = flow::run(program);
    let layouts = compute_layouts(&program.types);
    program.types.set_layouts(layouts);
    refused
}

/// Whether a query stands in the code itself.
fn has_query(expr: &Expr) -> bool {
    let is_query =
        |expr: &Expr| matches!(expr, Expr::Let { op: Op::Intrinsic { intrinsic: Intrinsic::QueryExpression, .. }, .. });
    crate::children::all(expr).any(is_query)
}

/// Every place of the program that names a function from outside of functions.
fn roots(program: &mut Program) -> Vec<&mut FunctionId> {
    let app = &mut program.app;
    let handlers = app.handlers.iter_mut().map(|it| &mut it.entry.function);
    let workers = app.workers.iter_mut().map(|it| &mut it.entry.function);
    let crons = app.crons.iter_mut().map(|it| &mut it.entry.function);
    let tests = app.tests.iter_mut().map(|it| &mut it.entry.function);
    let entries = app.entries.iter_mut().map(|it| &mut it.function);
    let globals = program.globals.iter_mut().map(|it| &mut it.init);
    handlers.chain(workers).chain(crons).chain(tests).chain(entries).chain(globals).collect()
}
