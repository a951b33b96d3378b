//! Functions that nothing refers to go; the others keep their order.

use crate::children::{exprs_mut, functions};
use crate::core::{Const, Expr, FunctionId, Op, Operand, Program};

/// Removes what the program cannot reach from what it serves.
pub fn run(program: &mut Program) {
    let mut reached = vec![false; program.functions.len()];
    let mut open = roots(program);
    while let Some(id) = open.pop() {
        let at = id.0 as usize;
        if at < reached.len() && !std::mem::replace(&mut reached[at], true) {
            open.extend(functions(&program.functions[at].body));
        }
    }
    let mut new_ids = Vec::with_capacity(reached.len());
    let mut next = 0;
    for kept in &reached {
        new_ids.push(FunctionId(next));
        next += u32::from(*kept);
    }
    let new_id = |id: FunctionId| new_ids.get(id.0 as usize).copied().unwrap_or(id);
    let mut kept = reached.iter();
    program.functions.retain(|_| kept.next().copied().unwrap_or(true));
    for function in &mut program.functions {
        renumber(&mut function.body, &new_id);
    }
    let app = &mut program.app;
    let entries = app.handlers.iter_mut().map(|it| &mut it.entry);
    let entries = entries.chain(app.workers.iter_mut().map(|it| &mut it.entry));
    let entries = entries.chain(app.crons.iter_mut().map(|it| &mut it.entry));
    let entries = entries.chain(app.tests.iter_mut().map(|it| &mut it.entry)).chain(app.entries.iter_mut());
    entries.for_each(|entry| entry.function = new_id(entry.function));
    program.globals.iter_mut().for_each(|global| global.init = new_id(global.init));
}

/// What the runtime calls.
pub fn roots(program: &Program) -> Vec<FunctionId> {
    let app = &program.app;
    let entries = app.handlers.iter().map(|it| &it.entry).chain(app.workers.iter().map(|it| &it.entry));
    let entries = entries.chain(app.crons.iter().map(|it| &it.entry)).chain(app.tests.iter().map(|it| &it.entry));
    let entries = entries.chain(&app.entries).map(|entry| entry.function);
    entries.chain(program.globals.iter().map(|global| global.init)).collect()
}

pub(super) fn renumber(expr: &mut Expr, new_id: &impl Fn(FunctionId) -> FunctionId) {
    let mut change = |operand| match operand {
        Operand::Const(Const::Closure(function, ty)) => Operand::Const(Const::Closure(new_id(function), ty)),
        other => other,
    };
    crate::children::map_own_operands(expr, &mut change);
    if let Expr::Let { op, .. } = expr {
        crate::children::map_operands(op, &mut change);
        if let Op::Call { function, .. } | Op::MakeClosure { function, .. } = op {
            *function = new_id(*function);
        }
    }
    exprs_mut(expr).for_each(|child| renumber(child, new_id));
}
