//! What is built in one of several ways and matched at once is not built: each way goes on to its case.
//!
//! A part of `inline`: `getAt` yields an option, and who calls it matches that option. After Peyton Jones and Santos, "A
//! transformation-based optimiser for Haskell" (Science of Computer Programming 32, 1998), whose case of case this is.
//!
//! Example: `let v = (if c then Some x else None); match v with Some y -> f y | None -> 0` becomes
//! `if c then f x else 0`. A case that several ways lead to becomes a join, its fields are the join's parameters.

use super::inline::Rewriter;
use super::sink::{mentions, rename};
use crate::children::{exprs, exprs_mut};
use crate::core::{Const, Expr, Label, Op, Operand, Var};
use std::collections::BTreeMap;

/// A construction at the end of a way.
type Built = (u32, Vec<Operand>);

/// The finished value and, not rewritten yet, what matches it, as one expression; both again if that cannot be done.
pub fn split(rewriter: &mut Rewriter<'_>, var: Var, value: Expr, body: Expr) -> Result<Expr, Box<(Expr, Expr)>> {
    let body = flat(body, var);
    let mut ways = BTreeMap::new();
    if !collect(rewriter, &value, &mut ways) || !is_match(&body, var, &ways) {
        return Err(Box::new((value, body)));
    }
    let fields: Option<BTreeMap<u32, Fields>> =
        ways.iter().map(|(case, ways)| Some((*case, fields(rewriter, ways)?))).collect();
    let Some(fields) = fields else { return Err(Box::new((value, body))) };
    Ok(go_on(rewriter, &Matched { var, value, fields }, body))
}

/// Matches of the variable inside of its match's default become part of it.
fn flat(body: Expr, var: Var) -> Expr {
    match body {
        Expr::Join { label, params, body, rest } => {
            Expr::Join { label, params, body, rest: Box::new(flat(*rest, var)) }
        }
        Expr::LetExpr { var: own, value, body } => Expr::LetExpr { var: own, value: Box::new(flat(*value, var)), body },
        Expr::Switch { scrutinee, mut cases, default: Some(inner) } if scrutinee == Operand::Var(var) => {
            let default = match flat(*inner, var) {
                Expr::Switch { scrutinee: Operand::Var(same), cases: more, default } if same == var => {
                    for (case, code) in more {
                        if !cases.iter().any(|(own, _)| *own == case) {
                            cases.push((case, code));
                        }
                    }
                    default
                }
                other => Some(Box::new(other)),
            };
            Expr::Switch { scrutinee, cases, default }
        }
        other => other,
    }
}

struct Matched {
    var: Var,
    value: Expr,
    /// By case: its fields where its code stands, and whether they are parameters of a join.
    fields: BTreeMap<u32, Fields>,
}

/// The fields of a case, and the label of its join if several ways lead there.
type Fields = (Vec<Operand>, Option<Label>);

/// Whether all ends are constructions.
fn collect(rewriter: &Rewriter<'_>, value: &Expr, ways: &mut BTreeMap<u32, Vec<Vec<Operand>>>) -> bool {
    match value {
        Expr::Value(end) => match built(rewriter, end) {
            Some((case, fields)) => {
                ways.entry(case).or_default().push(fields);
                true
            }
            None => false,
        },
        Expr::LetExpr { body, .. } => collect(rewriter, body, ways),
        _ => exprs(value).all(|child| collect(rewriter, child, ways)),
    }
}

fn built(rewriter: &Rewriter<'_>, operand: &Operand) -> Option<Built> {
    match operand {
        Operand::Var(var) => rewriter.built.get(var).cloned(),
        Operand::Const(Const::Case(_, case)) => Some((*case, Vec::new())),
        Operand::Const(_) => None,
    }
}

/// Whether the body begins with a match of the variable, inside of what does not use it, with a code of its own for each of
/// the cases.
fn is_match(body: &Expr, var: Var, ways: &BTreeMap<u32, Vec<Vec<Operand>>>) -> bool {
    match body {
        Expr::Switch { scrutinee: Operand::Var(matched), cases, default } if *matched == var => {
            let other = ways.keys().filter(|case| !cases.iter().any(|(own, _)| own == *case)).count();
            other == 0 || (other == 1 && default.is_some())
        }
        Expr::Join { body, rest, .. } => !mentions(body, var) && is_match(rest, var, ways),
        Expr::LetExpr { value, body, .. } => !mentions(body, var) && is_match(value, var, ways),
        _ => false,
    }
}

/// What stands for the fields of a case: those of its only way, or parameters.
fn fields(rewriter: &mut Rewriter<'_>, ways: &[Vec<Operand>]) -> Option<Fields> {
    let [first, others @ ..] = ways else { return None };
    if others.is_empty() {
        return Some((first.clone(), None));
    }
    let mut params = Vec::new();
    for index in 0..first.len() {
        let typed = ways.iter().find_map(|way| match way.get(index) {
            Some(Operand::Var(var)) => Some(rewriter.vars[var.0 as usize]),
            _ => None,
        });
        rewriter.vars.push(typed?);
        params.push(Operand::Var(Var(rewriter.vars.len() as u32 - 1)));
    }
    rewriter.labels += 1;
    Some((params, Some(Label(rewriter.labels - 1))))
}

/// What the match stands in, each case where its ways end.
fn go_on(rewriter: &mut Rewriter<'_>, matched: &Matched, body: Expr) -> Expr {
    match body {
        Expr::Join { label, params, body, rest } => {
            let body = Box::new(rewriter.expr(*body));
            Expr::Join { label, params, body, rest: Box::new(go_on(rewriter, matched, *rest)) }
        }
        Expr::LetExpr { var, value, body } => {
            let value = Box::new(go_on(rewriter, matched, *value));
            Expr::LetExpr { var, value, body: Box::new(rewriter.expr(*body)) }
        }
        Expr::Switch { mut cases, mut default, .. } => {
            let mut codes = BTreeMap::new();
            for (case, (fields, _)) in &matched.fields {
                let place = cases.iter().position(|(own, _)| own == case);
                let code = match place {
                    Some(place) => cases.swap_remove(place).1,
                    // `is_match` has seen that there is one, and that one case needs it.
                    None => default.take().map_or(Expr::Value(Operand::Const(Const::Unit)), |code| *code),
                };
                rewriter.built.insert(matched.var, (*case, fields.clone()));
                let code = rewriter.expr(code);
                codes.insert(*case, with_whole(rewriter, matched, (*case, fields.as_slice()), code));
            }
            rewriter.built.remove(&matched.var);
            let mut joins = Vec::new();
            for (case, (fields, label)) in &matched.fields {
                if let Some(label) = label
                    && let Some(code) = codes.remove(case)
                {
                    joins.push((*label, fields, code));
                }
            }
            let mut whole = matched.value.clone();
            end(rewriter, matched, &mut codes, &mut whole);
            joins.into_iter().fold(whole, |rest, (label, fields, body)| {
                let params = fields.iter().filter_map(|field| match field {
                    Operand::Var(var) => Some(*var),
                    Operand::Const(_) => None,
                });
                Expr::Join { label, params: params.collect(), body: Box::new(body), rest: Box::new(rest) }
            })
        }
        other => other,
    }
}

/// The code of a case that still uses the whole: it is built there.
fn with_whole(rewriter: &mut Rewriter<'_>, matched: &Matched, built: (u32, &[Operand]), mut code: Expr) -> Expr {
    if !mentions(&code, matched.var) {
        return code;
    }
    let ty = rewriter.vars[matched.var.0 as usize];
    rewriter.vars.push(ty);
    let own = Var(rewriter.vars.len() as u32 - 1);
    rename(&mut code, matched.var, own);
    let op = Op::Construct { ty, case: built.0, arguments: built.1.to_vec() };
    Expr::Let { var: own, op, body: Box::new(code) }
}

/// Each end becomes its case's code, or a jump there.
fn end(rewriter: &Rewriter<'_>, matched: &Matched, codes: &mut BTreeMap<u32, Expr>, value: &mut Expr) {
    match value {
        Expr::Value(operand) => {
            let Some((case, built)) = built(rewriter, operand) else { return };
            let label = matched.fields.get(&case).and_then(|(_, label)| *label);
            match (label, codes.remove(&case)) {
                (Some(label), _) => *value = Expr::Jump { label, arguments: built },
                (None, Some(code)) => *value = code,
                (None, None) => {}
            }
        }
        Expr::LetExpr { body, .. } => end(rewriter, matched, codes, body),
        _ => exprs_mut(value).for_each(|child| end(rewriter, matched, codes, child)),
    }
}
