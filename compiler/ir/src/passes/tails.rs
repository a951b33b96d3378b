//! Which functions need the calling convention of guaranteed tail calls.
//!
//! Only a circle of tail calls can grow the stack without end where the program does not: those calls take no stack. All
//! other calls are ordinary ones, whose convention is cheaper. Calls of closures may lead to the code of any closure, so
//! all of that is one node of the graph. A call of the function itself is a loop and needs no call at all.
//!
//! The symbol says which convention a function has, so that objects of another build are never called in the wrong way.

use crate::core::{Expr, FunctionId, Op, Program};

/// Sets `tail_called`.
pub fn run(program: &mut Program) {
    // The last node stands for the code of all closures.
    let closures = program.functions.len();
    let mut edges: Vec<Vec<usize>> = vec![Vec::new(); closures + 1];
    for (index, function) in program.functions.iter().enumerate() {
        tail_calls(&function.body, true, closures, &mut edges[index]);
        edges[index].retain(|to| *to != index);
        if function.captures.is_some() {
            edges[closures].push(index);
        }
    }
    let components = super::components::of(&edges);
    for (index, function) in program.functions.iter_mut().enumerate() {
        function.tail_called = components.is_circle(index) || function.captures.is_some();
        if function.tail_called {
            function.symbol.push_str("'t");
        }
    }
}

fn tail_calls(expr: &Expr, tail: bool, closures: usize, out: &mut Vec<usize>) {
    match expr {
        Expr::Let { var, op, body } => {
            if tail && super::is_value_of(body, *var) {
                match op {
                    Op::Call { function: FunctionId(id), .. } => out.push(*id as usize),
                    Op::CallClosure { .. } => out.push(closures),
                    _ => {}
                }
            }
            tail_calls(body, tail, closures, out);
        }
        Expr::LetExpr { value, body, .. } => {
            tail_calls(value, false, closures, out);
            tail_calls(body, tail, closures, out);
        }
        _ => crate::children::exprs(expr).for_each(|child| tail_calls(child, tail, closures, out)),
    }
}
