//! Which functions test the stack's limit.
//!
//! The test stops deep recursion and interrupts what runs for long. Neither can happen in a function that does not come
//! back to itself through calls: its frame is one of a few, for which there is room below the limit. Loops are tested
//! where they turn, whatever is decided here.
//!
//! A call of a closure may lead to the code of any closure, and so may a function of the runtime once a program hands it
//! functions (`FunctionEntry`). In a long chain of functions without a test every `CHAIN_MAX`th has one, and so does a
//! function with a large frame.

use super::components;
use crate::children::all;
use crate::core::{Expr, Function, FunctionId, Op, Program};
use crate::intrinsics::Intrinsic;

/// Functions without a test that may call each other in a row.
const CHAIN_MAX: u32 = 12;
/// Elements of a list literal, which are put together in the frame.
const LITERAL_MAX: usize = 64;

/// Sets `recursive`.
pub fn run(program: &mut Program) {
    let closures = program.functions.len();
    let entries = program.functions.iter().any(|function| any(&function.body, &is_entry));
    let mut edges: Vec<Vec<usize>> = vec![Vec::new(); closures + 1];
    for (index, function) in program.functions.iter().enumerate() {
        edges[index] = callees(&function.body, closures, entries);
        if function.captures.is_some() {
            edges[closures].push(index);
        }
    }
    let components = components::of(&edges);
    for (index, function) in program.functions.iter_mut().enumerate() {
        let circle = components.is_circle(index) || calls_itself(&function.body, index, true);
        function.recursive = circle || any(&function.body, &is_large);
    }
    cut_chains(&edges, &components.numbers, &mut program.functions);
}

/// Gives functions a test whose chains of calls without one would be too long. Components are numbered from the functions
/// that call nobody upwards.
fn cut_chains(edges: &[Vec<usize>], components: &[usize], functions: &mut [Function]) {
    let mut order: Vec<usize> = (0..edges.len()).collect();
    order.sort_by_key(|node| components[*node]);
    let mut heights = vec![0; edges.len()];
    for node in order {
        let height = 1 + edges[node].iter().map(|to| heights[*to]).max().unwrap_or(0);
        match functions.get_mut(node) {
            Some(function) if function.recursive => {}
            Some(function) if height > CHAIN_MAX => function.recursive = true,
            _ => heights[node] = height,
        }
    }
}

fn callees(expr: &Expr, closures: usize, entries: bool) -> Vec<usize> {
    let callee = |expr: &Expr| match expr {
        Expr::Let { op: Op::Call { function, .. }, .. } => Some(function.0 as usize),
        Expr::Let { op: Op::CallClosure { .. }, .. } => Some(closures),
        Expr::Let { op: Op::CallExtern { .. }, .. } if entries => Some(closures),
        _ => None,
    };
    all(expr).filter_map(callee).collect()
}

/// Whether the function calls itself other than by a loop.
fn calls_itself(expr: &Expr, own: usize, tail: bool) -> bool {
    match expr {
        Expr::Let { var, op, body } => {
            let call = matches!(op, Op::Call { function: FunctionId(id), .. } if *id as usize == own);
            let last = tail && super::is_value_of(body, *var);
            (call && !last) || calls_itself(body, own, tail)
        }
        Expr::LetExpr { value, body, .. } => calls_itself(value, own, false) || calls_itself(body, own, tail),
        _ => crate::children::exprs(expr).any(|child| calls_itself(child, own, tail)),
    }
}

fn is_entry(op: &Op) -> bool {
    matches!(op, Op::Intrinsic { intrinsic: Intrinsic::FunctionEntry, .. })
}

fn is_large(op: &Op) -> bool {
    matches!(op, Op::MakeList { items, .. } if items.len() > LITERAL_MAX)
}

fn any(expr: &Expr, wanted: &dyn Fn(&Op) -> bool) -> bool {
    all(expr).any(|expr| matches!(expr, Expr::Let { op, .. } if wanted(op)))
}
