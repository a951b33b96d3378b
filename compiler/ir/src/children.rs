//! The children of Core's nodes, listed once.
//!
//! Reading and changing walk the same lists: a macro writes each list as two functions, one over `&`, one over `&mut`.

use crate::core::{Const, Expr, Failure, FunctionId, Location, Op, Operand, Var};
use std::sync::Arc;

/// `sub_expressions!(NAME)` for shared references, `sub_expressions!(NAME mut)` for unique ones.
macro_rules! sub_expressions {
    ($name:ident $($mut:tt)?) => {
        /// The direct sub-expressions.
        pub fn $name(expr: &$($mut)? Expr) -> impl DoubleEndedIterator<Item = &$($mut)? Expr> {
            let none: &$($mut)? [(u32, Expr)] = &$($mut)? [];
            let (first, cases, last): (Option<&$($mut)? Expr>, _, Option<&$($mut)? Expr>) = match expr {
                Expr::Value(_) | Expr::Jump { .. } | Expr::Fail { .. } => (None, none, None),
                Expr::Let { body, .. }
                | Expr::Dup { body, .. }
                | Expr::Drop { body, .. }
                | Expr::Take { body, .. }
                | Expr::Release { body, .. } => (Some(body), none, None),
                Expr::LetExpr { value, body, .. } => (Some(value), none, Some(body)),
                Expr::If { then, otherwise, .. } => (Some(then), none, Some(otherwise)),
                Expr::Switch { cases, default, .. } => {
                    let default = default.into_iter().map(|it| &$($mut)? **it).next();
                    (None, &$($mut)? cases[..], default)
                }
                Expr::Join { body, rest, .. } => (Some(body), none, Some(rest)),
            };
            first.into_iter().chain(cases.into_iter().map(|(_, case)| case)).chain(last)
        }
    };
}

/// `operation_operands!(NAME)` for shared references, `operation_operands!(NAME mut)` for unique ones.
macro_rules! operation_operands {
    ($name:ident $($mut:tt)?) => {
        /// The operands of an operation, in order.
        pub fn $name(op: &$($mut)? Op) -> impl Iterator<Item = &$($mut)? Operand> {
            let none: &$($mut)? [Operand] = &$($mut)? [];
            let nothing: &$($mut)? [(Arc<str>, Operand)] = &$($mut)? [];
            let (first, list, entries): (Option<&$($mut)? Operand>, _, _) = match op {
                Op::Call { arguments, .. }
                | Op::CallExtern { arguments, .. }
                | Op::Intrinsic { arguments, .. }
                | Op::Construct { arguments, .. }
                | Op::Rebuild { arguments, .. }
                | Op::MakeList { items: arguments, .. }
                | Op::MakeClosure { captures: arguments, .. } => (None, &$($mut)? arguments[..], nothing),
                Op::CallClosure { closure, arguments, .. } => (Some(closure), &$($mut)? arguments[..], nothing),
                Op::MakeDict { entries, .. } => (None, none, &$($mut)? entries[..]),
                Op::ClosureArity(value)
                | Op::Field { value, .. }
                | Op::CaseField { value, .. }
                | Op::Capture { closure: value, .. } => (Some(value), none, nothing),
                Op::Global(_) => (None, none, nothing),
            };
            first.into_iter().chain(list).chain(entries.into_iter().map(|(_, value)| value))
        }
    };
}

/// `expression_operands!(NAME)` for shared references, `expression_operands!(NAME mut)` for unique ones.
macro_rules! expression_operands {
    ($name:ident $($mut:tt)?) => {
        /// The operands an expression uses itself, without its sub-expressions and its operation.
        pub fn $name(expr: &$($mut)? Expr) -> impl Iterator<Item = &$($mut)? Operand> {
            let none: &$($mut)? [Operand] = &$($mut)? [];
            let (first, list): (Option<&$($mut)? Operand>, _) = match expr {
                Expr::Value(value)
                | Expr::If { condition: value, .. }
                | Expr::Switch { scrutinee: value, .. }
                | Expr::Fail { failure: Failure::NoMatch(value), .. } => (Some(value), none),
                Expr::Jump { arguments, .. } => (None, &$($mut)? arguments[..]),
                Expr::Fail { failure: Failure::Message(_), .. }
                | Expr::Let { .. }
                | Expr::LetExpr { .. }
                | Expr::Join { .. }
                | Expr::Dup { .. }
                | Expr::Drop { .. }
                | Expr::Take { .. }
                | Expr::Release { .. } => (None, none),
            };
            first.into_iter().chain(list)
        }
    };
}

sub_expressions!(exprs);
sub_expressions!(exprs_mut mut);
operation_operands!(operands);
operation_operands!(operands_mut mut);
expression_operands!(own_operands);
expression_operands!(own_operands_mut mut);

/// An expression and all inside of it, each in front of its own sub-expressions. Takes no stack, however deep it goes.
pub fn all(expr: &Expr) -> impl Iterator<Item = &Expr> {
    let mut open = vec![expr];
    std::iter::from_fn(move || {
        let expr = open.pop()?;
        open.extend(exprs(expr).rev());
        Some(expr)
    })
}

/// The functions that an expression calls or makes closures of, as often as it does.
pub fn functions(expr: &Expr) -> Vec<FunctionId> {
    let closure = |operand: &Operand| match operand {
        Operand::Const(Const::Closure(function, _)) => Some(*function),
        _ => None,
    };
    let mut out = Vec::new();
    for expr in all(expr) {
        out.extend(own_operands(expr).filter_map(closure));
        if let Expr::Let { op, .. } = expr {
            out.extend(operands(op).filter_map(closure));
            if let Op::Call { function, .. } | Op::MakeClosure { function, .. } = op {
                out.push(*function);
            }
        }
    }
    out
}

/// Changes the operands of an operation, in order.
pub fn map_operands(op: &mut Op, change: &mut impl FnMut(Operand) -> Operand) {
    operands_mut(op).for_each(|operand| *operand = change(operand.clone()));
}

/// Changes the operands an expression uses itself, without its sub-expressions and its operation.
pub fn map_own_operands(expr: &mut Expr, change: &mut impl FnMut(Operand) -> Operand) {
    own_operands_mut(expr).for_each(|operand| *operand = change(operand.clone()));
}

/// The variables an expression binds itself.
pub fn bound_mut(expr: &mut Expr) -> Vec<&mut Var> {
    match expr {
        Expr::Let { var, .. } | Expr::LetExpr { var, .. } => vec![var],
        Expr::Join { params, .. } => params.iter_mut().collect(),
        Expr::Take { fields, token, .. } => fields.iter_mut().map(|(_, var)| var).chain(token).collect(),
        Expr::Value(_)
        | Expr::If { .. }
        | Expr::Switch { .. }
        | Expr::Jump { .. }
        | Expr::Dup { .. }
        | Expr::Drop { .. }
        | Expr::Release { .. }
        | Expr::Fail { .. } => Vec::new(),
    }
}

/// The place in the source that an expression names itself.
pub fn location_mut(expr: &mut Expr) -> Option<&mut Location> {
    match expr {
        Expr::Fail { location, .. } => Some(location),
        Expr::Let {
            op:
                Op::Call { location, .. }
                | Op::CallClosure { location, .. }
                | Op::CallExtern { location, .. }
                | Op::Intrinsic { location, .. },
            ..
        } => Some(location),
        _ => None,
    }
}
