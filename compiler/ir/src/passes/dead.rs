//! What nobody uses is not computed: operations without effect whose result is unused go. Runs before counts are inserted.

use crate::children::{exprs, exprs_mut, operands, own_operands};
use crate::core::{Const, Expr, Op, Operand, Var};
use rustc_hash::FxHashMap;

/// The expression without unused operations.
pub fn expr(mut expr: Expr) -> Expr {
    let mut uses = FxHashMap::default();
    count(&expr, &mut uses);
    remove(&mut expr, &mut uses);
    expr
}

fn note(operand: &Operand, uses: &mut FxHashMap<Var, usize>) {
    if let Operand::Var(var) = operand {
        *uses.entry(*var).or_default() += 1;
    }
}

fn count(expr: &Expr, uses: &mut FxHashMap<Var, usize>) {
    own_operands(expr).into_iter().for_each(|operand| note(operand, uses));
    if let Expr::Let { op, .. } = expr {
        operands(op).into_iter().for_each(|operand| note(operand, uses));
    }
    exprs(expr).into_iter().for_each(|child| count(child, uses));
}

/// From the end to the beginning, so that what only unused operations use goes as well.
fn remove(expr: &mut Expr, uses: &mut FxHashMap<Var, usize>) {
    exprs_mut(expr).into_iter().rev().for_each(|child| remove(child, uses));
    if let Expr::Let { var, op, body } = expr
        && uses.get(var).copied().unwrap_or(0) == 0
        && has_no_effect(op)
    {
        for operand in operands(op) {
            if let Operand::Var(var) = operand
                && let Some(count) = uses.get_mut(var)
            {
                *count -= 1;
            }
        }
        *expr = std::mem::replace(body, Expr::Value(Operand::Const(Const::Unit)));
    }
}

fn has_no_effect(op: &Op) -> bool {
    match op {
        _ if op.is_projection() => true,
        Op::ClosureArity(_)
        | Op::Construct { .. }
        | Op::Field { .. }
        | Op::CaseField { .. }
        | Op::Capture { .. }
        | Op::Global(_)
        | Op::MakeList { .. }
        | Op::MakeClosure { .. } => true,
        Op::Intrinsic { intrinsic, .. } => intrinsic.is_total(),
        Op::Rebuild { .. } => false,
        // A repeated key fails.
        Op::MakeDict { .. } | Op::Call { .. } | Op::CallClosure { .. } | Op::CallExtern { .. } => false,
    }
}
