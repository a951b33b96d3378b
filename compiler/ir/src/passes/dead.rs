//! What nobody uses is not computed: operations without effect whose result is unused go, and joins that nothing jumps
//! to. Runs before counts are inserted.

use crate::children::{exprs, exprs_mut, operands, own_operands};
use crate::core::{Const, Expr, Label, Op, Operand, Var};
use rustc_hash::FxHashMap;

/// The expression without unused operations, and without joins that nothing jumps to.
pub fn expr(mut expr: Expr) -> Expr {
    let mut uses = Uses::default();
    uses.count(&expr, 1);
    remove(&mut expr, &mut uses);
    expr
}

/// How often variables are used and labels are jumped to.
#[derive(Default)]
struct Uses {
    vars: FxHashMap<Var, isize>,
    jumps: FxHashMap<Label, isize>,
}

impl Uses {
    fn note(&mut self, operand: &Operand, by: isize) {
        if let Operand::Var(var) = operand {
            *self.vars.entry(*var).or_default() += by;
        }
    }

    /// Counts everything in an expression, or with -1 forgets it.
    fn count(&mut self, expr: &Expr, by: isize) {
        own_operands(expr).for_each(|operand| self.note(operand, by));
        match expr {
            Expr::Let { op, .. } => operands(op).for_each(|operand| self.note(operand, by)),
            Expr::Jump { label, .. } => *self.jumps.entry(*label).or_default() += by,
            _ => {}
        }
        exprs(expr).for_each(|child| self.count(child, by));
    }
}

/// From the end to the beginning, so that what only unused operations use goes as well.
fn remove(expr: &mut Expr, uses: &mut Uses) {
    if let Expr::Join { label, body, rest, .. } = expr {
        remove(rest, uses);
        // Conditions that are known leave paths that nobody takes. Later passes ask what is used on the way from here,
        // and code that is on no way would use what is not there.
        if uses.jumps.get(label).copied().unwrap_or(0) == 0 {
            uses.count(body, -1);
            *expr = std::mem::replace(rest, Expr::Value(Operand::Const(Const::Unit)));
        } else {
            remove(body, uses);
        }
        return;
    }
    exprs_mut(expr).rev().for_each(|child| remove(child, uses));
    if let Expr::Let { var, op, body } = expr
        && uses.vars.get(var).copied().unwrap_or(0) == 0
        && has_no_effect(op)
    {
        operands(op).for_each(|operand| uses.note(operand, -1));
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
