//! The children of Core's nodes, listed once.

use crate::core::{Expr, Failure, Op, Operand};

/// The direct sub-expressions.
pub fn exprs(expr: &Expr) -> Vec<&Expr> {
    match expr {
        Expr::Value(_) | Expr::Jump { .. } | Expr::Fail { .. } => Vec::new(),
        Expr::Let { body, .. }
        | Expr::Dup { body, .. }
        | Expr::Drop { body, .. }
        | Expr::Take { body, .. }
        | Expr::Release { body, .. } => vec![body],
        Expr::LetExpr { value, body, .. } => vec![value, body],
        Expr::If { then, otherwise, .. } => vec![then, otherwise],
        Expr::Switch { cases, default, .. } => cases.iter().map(|(_, case)| case).chain(default.as_deref()).collect(),
        Expr::Join { body, rest, .. } => vec![body, rest],
    }
}

/// The operands of an operation, in order.
pub fn operands(op: &Op) -> Vec<&Operand> {
    match op {
        Op::Call { arguments, .. }
        | Op::CallExtern { arguments, .. }
        | Op::Intrinsic { arguments, .. }
        | Op::Construct { arguments, .. }
        | Op::Rebuild { arguments, .. }
        | Op::MakeList { items: arguments, .. }
        | Op::MakeClosure { captures: arguments, .. } => arguments.iter().collect(),
        Op::CallClosure { closure, arguments, .. } => std::iter::once(closure).chain(arguments).collect(),
        Op::MakeDict { entries, .. } => entries.iter().map(|(_, value)| value).collect(),
        Op::ClosureArity(value)
        | Op::Field { value, .. }
        | Op::CaseField { value, .. }
        | Op::Capture { closure: value, .. } => vec![value],
        Op::Global(_) => Vec::new(),
    }
}

/// The operands an expression uses itself, without its sub-expressions and its operation.
pub fn own_operands(expr: &Expr) -> Vec<&Operand> {
    match expr {
        Expr::Value(value) => vec![value],
        Expr::If { condition, .. } => vec![condition],
        Expr::Switch { scrutinee, .. } => vec![scrutinee],
        Expr::Jump { arguments, .. } => arguments.iter().collect(),
        Expr::Fail { failure: Failure::NoMatch(value), .. } => vec![value],
        Expr::Fail { failure: Failure::Message(_), .. }
        | Expr::Let { .. }
        | Expr::LetExpr { .. }
        | Expr::Join { .. }
        | Expr::Dup { .. }
        | Expr::Drop { .. }
        | Expr::Take { .. }
        | Expr::Release { .. } => Vec::new(),
    }
}

/// Changes the operands of an operation, in order.
pub fn map_operands(op: &mut Op, change: &mut impl FnMut(Operand) -> Operand) {
    let mut each = |operand: &mut Operand| *operand = change(operand.clone());
    match op {
        Op::Call { arguments, .. }
        | Op::CallExtern { arguments, .. }
        | Op::Intrinsic { arguments, .. }
        | Op::Construct { arguments, .. }
        | Op::Rebuild { arguments, .. }
        | Op::MakeList { items: arguments, .. }
        | Op::MakeClosure { captures: arguments, .. } => arguments.iter_mut().for_each(each),
        Op::CallClosure { closure, arguments, .. } => std::iter::once(closure).chain(arguments).for_each(each),
        Op::MakeDict { entries, .. } => entries.iter_mut().for_each(|(_, value)| each(value)),
        Op::ClosureArity(value)
        | Op::Field { value, .. }
        | Op::CaseField { value, .. }
        | Op::Capture { closure: value, .. } => each(value),
        Op::Global(_) => {}
    }
}

/// Changes the operands an expression uses itself, without its sub-expressions and its operation.
pub fn map_own_operands(expr: &mut Expr, change: &mut impl FnMut(Operand) -> Operand) {
    let mut each = |operand: &mut Operand| *operand = change(operand.clone());
    match expr {
        Expr::Value(value)
        | Expr::If { condition: value, .. }
        | Expr::Switch { scrutinee: value, .. }
        | Expr::Fail { failure: Failure::NoMatch(value), .. } => each(value),
        Expr::Jump { arguments, .. } => arguments.iter_mut().for_each(each),
        Expr::Fail { failure: Failure::Message(_), .. }
        | Expr::Let { .. }
        | Expr::LetExpr { .. }
        | Expr::Join { .. }
        | Expr::Dup { .. }
        | Expr::Drop { .. }
        | Expr::Take { .. }
        | Expr::Release { .. } => {}
    }
}

/// The direct sub-expressions, to change.
pub fn exprs_mut(expr: &mut Expr) -> Vec<&mut Expr> {
    match expr {
        Expr::Value(_) | Expr::Jump { .. } | Expr::Fail { .. } => Vec::new(),
        Expr::Let { body, .. }
        | Expr::Dup { body, .. }
        | Expr::Drop { body, .. }
        | Expr::Take { body, .. }
        | Expr::Release { body, .. } => vec![body],
        Expr::LetExpr { value, body, .. } => vec![value, body],
        Expr::If { then, otherwise, .. } => vec![then, otherwise],
        Expr::Switch { cases, default, .. } => {
            cases.iter_mut().map(|(_, case)| case).chain(default.as_deref_mut()).collect()
        }
        Expr::Join { body, rest, .. } => vec![body, rest],
    }
}
