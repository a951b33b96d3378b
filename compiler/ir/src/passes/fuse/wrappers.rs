//! Small straight functions around a stage become part of their callers, so that their stage meets those around it.

use crate::children::{all, exprs_mut};
use crate::core::{Const, Expr, Function, Op, Operand, Program, Var};
use crate::passes::{components, inline};
use rustc_hash::FxHashMap;

/// Larger ones stay.
const NODES_MAX: usize = 15;

/// Rewrites every function, those that call nobody first.
pub fn run(program: &mut Program) {
    let edges: Vec<Vec<usize>> = program.functions.iter().map(|it| inline::callees(&it.body)).collect();
    let components = components::of(&edges);
    let mut order: Vec<usize> = (0..edges.len()).collect();
    order.sort_by_key(|index| components.numbers[*index]);
    let mut wraps = vec![false; edges.len()];
    for index in order {
        if edges[index].iter().any(|callee| wraps[*callee]) {
            let mut function = program.functions[index].clone();
            let next = inline::labels(&function.body);
            let mut splice =
                Splice { program, wraps: &wraps, vars: &mut function.vars, next, same: FxHashMap::default() };
            splice.block(&mut function.body);
            program.functions[index] = function;
        }
        let alone = !components.is_circle(index) && !edges[index].contains(&index);
        wraps[index] = alone && is_wrapper(program, &program.functions[index]);
    }
}

fn is_wrapper(program: &Program, function: &Function) -> bool {
    let calls_stage = |expr: &Expr| super::stage_of(program, expr).is_some();
    function.captures.is_none()
        && function.stage.is_none()
        && inline::is_straight(&function.body)
        && all(&function.body).count() <= NODES_MAX
        && all(&function.body).any(calls_stage)
}

struct Splice<'a> {
    program: &'a Program,
    wraps: &'a [bool],
    vars: &'a mut Vec<crate::types::TypeId>,
    next: u32,
    /// Variables that are another operand.
    same: FxHashMap<Var, Operand>,
}

impl Splice<'_> {
    fn operand(&self, mut operand: Operand) -> Operand {
        while let Operand::Var(var) = operand {
            match self.same.get(&var) {
                Some(other) => operand = other.clone(),
                None => break,
            }
        }
        operand
    }

    /// Takes no stack for one operation behind the other.
    fn block(&mut self, expr: &mut Expr) {
        let mut at = expr;
        loop {
            crate::children::map_own_operands(at, &mut |operand| self.operand(operand));
            if let Expr::Let { op, .. } = at {
                crate::children::map_operands(op, &mut |operand| self.operand(operand));
            }
            if let Expr::Let { var, op: Op::Call { function, arguments, .. }, body } = at
                && self.wraps[function.0 as usize]
            {
                let callee = &self.program.functions[function.0 as usize];
                let copy = inline::copied(callee, arguments, self.vars, &mut self.next);
                let rest = std::mem::replace(&mut **body, Expr::Value(Operand::Const(Const::Unit)));
                *at = inline::spliced(copy, *var, rest, &mut self.same);
                continue;
            }
            at = match at {
                Expr::Let { body, .. } => &mut **body,
                Expr::LetExpr { value, body, .. } => {
                    self.block(value);
                    &mut **body
                }
                other => return exprs_mut(other).for_each(|child| self.block(child)),
            };
        }
    }
}
