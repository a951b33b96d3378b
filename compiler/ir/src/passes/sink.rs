//! What is read of an object is read, and counted, where it is needed.
//!
//! `count` duplicates what a projection yields at once. A match that looks at fields of fields before it decides pays for
//! that on each path, and gives the references back on most of them. Here a projection and its `Dup` move down, into the
//! branches too: to the first use, to the place where the object that holds the part goes, or into a `Drop` of the part,
//! where both end. Then the reads stand in front of the object's `Drop`, where `reuse` makes one `Take` of them. The first
//! half of drop specialisation in Reinking, Xie, de Moura and Leijen, "Perceus" (PLDI 2021), which pushes `dup` down;
//! moving the reads is the sinking of Knoop, Rüthing and Steffen, "Partial dead code elimination" (PLDI 1994).
//!
//! Example: `x = v.0; dup x; switch v.1 | 0 -> drop v; x | _ -> drop x; f v` becomes
//! `switch v.1 | 0 -> x = v.0; dup x; drop v; x | _ -> f v`.
//!
//! Runs behind `count`.

use crate::children::{exprs, exprs_mut, map_operands, map_own_operands, operands, own_operands};
use crate::core::{Const, Expr, Extern, Function, Op, Operand, Program, Var};
use crate::intrinsics::Passing;
use crate::types::TypeId;

/// Rewrites every function.
pub fn run(program: &mut Program) {
    for index in 0..program.functions.len() {
        let unit = Expr::Value(Operand::Const(Const::Unit));
        let body = std::mem::replace(&mut program.functions[index].body, unit);
        let vars = std::mem::take(&mut program.functions[index].vars);
        let mut pass = Pass { vars, functions: &program.functions, externs: &program.externs };
        let body = pass.expr(body);
        let vars = pass.vars;
        (program.functions[index].body, program.functions[index].vars) = (body, vars);
    }
}

struct Pass<'a> {
    vars: Vec<TypeId>,
    functions: &'a [Function],
    externs: &'a [Extern],
}

/// What moves down.
#[derive(Clone)]
struct Item {
    var: Var,
    /// The read, as long as it has not found its place.
    read: Option<Op>,
    /// What it is read of, and by which index or key: they stay until the part is read and has a count of its own.
    anchors: Vec<Var>,
    dup: bool,
}

impl Item {
    /// The item in front of an expression.
    fn put(self, body: Expr) -> Expr {
        let body = if self.dup { Expr::Dup { var: self.var, body: Box::new(body) } } else { body };
        match self.read {
            Some(op) => Expr::Let { var: self.var, op, body: Box::new(body) },
            None => body,
        }
    }

    /// The read in front of an expression; the `Dup` goes on.
    fn bound(&mut self, make: impl FnOnce(&mut Item) -> Expr) -> Expr {
        let read = self.read.take();
        let expr = make(self);
        match read {
            Some(op) => Expr::Let { var: self.var, op, body: Box::new(expr) },
            None => expr,
        }
    }

    fn is_done(&self) -> bool {
        self.read.is_none() && !self.dup
    }
}

/// How an expression treats a variable.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Use {
    None,
    Borrows,
    Consumes,
}

impl Pass<'_> {
    fn expr(&mut self, expr: Expr) -> Expr {
        match expr {
            Expr::Let { var, op, body } if op.is_projection() && op.base().is_some() => {
                // From the end to the beginning: what is read of this part comes first.
                let body = self.expr(*body);
                let (dup, body) = match body {
                    Expr::Dup { var: again, body } if again == var => (true, *body),
                    other => (false, other),
                };
                let anchors = operands(&op).filter_map(|operand| match operand {
                    Operand::Var(anchor) => Some(*anchor),
                    Operand::Const(_) => None,
                });
                let anchors = anchors.collect();
                self.push(Item { var, read: Some(op), anchors, dup }, body)
            }
            mut other => {
                for child in exprs_mut(&mut other) {
                    let whole = std::mem::replace(child, Expr::Value(Operand::Const(Const::Unit)));
                    *child = self.expr(whole);
                }
                other
            }
        }
    }

    /// How an operation treats a variable.
    fn treats(&self, op: &Op, var: Var) -> Use {
        let mut found = Use::None;
        for (operand, passing) in super::passing(op, self.functions, self.externs) {
            if operand == Operand::Var(var) {
                if passing == Passing::Own {
                    return Use::Consumes;
                }
                found = Use::Borrows;
            }
        }
        found
    }

    fn push(&mut self, mut item: Item, body: Expr) -> Expr {
        if item.is_done() {
            return body;
        }
        match body {
            Expr::Let { var, op, body } => {
                let anchors_go = item.anchors.iter().any(|anchor| self.treats(&op, *anchor) == Use::Consumes);
                match self.treats(&op, item.var) {
                    _ if anchors_go => item.put(Expr::Let { var, op, body }),
                    Use::Consumes => item.put(Expr::Let { var, op, body }),
                    Use::Borrows => item.bound(|item| {
                        let body = Box::new(self.push(item.clone(), *body));
                        Expr::Let { var, op, body }
                    }),
                    Use::None => Expr::Let { var, op, body: Box::new(self.push(item, *body)) },
                }
            }
            Expr::Dup { var, body } if var != item.var => Expr::Dup { var, body: Box::new(self.push(item, *body)) },
            Expr::Drop { var, body } if var == item.var && item.dup => {
                item.dup = false;
                // Nobody uses it any more.
                *body
            }
            Expr::Drop { var, body } if var != item.var && !item.anchors.contains(&var) => {
                Expr::Drop { var, body: Box::new(self.push(item, *body)) }
            }
            Expr::If { condition, then, otherwise } if condition != Operand::Var(item.var) => {
                let mut branches = self.branches(item, vec![*then, *otherwise]).into_iter();
                match (branches.next(), branches.next()) {
                    (Some(then), Some(otherwise)) => {
                        Expr::If { condition, then: Box::new(then), otherwise: Box::new(otherwise) }
                    }
                    _ => Expr::Value(condition),
                }
            }
            Expr::If { .. } => item.bound(|item| self.push(item.clone(), body)),
            Expr::Switch { scrutinee, cases, default } => {
                let own = scrutinee == Operand::Var(item.var);
                let (numbers, mut codes): (Vec<u32>, Vec<Expr>) = cases.into_iter().unzip();
                let has_default = default.is_some();
                codes.extend(default.map(|code| *code));
                let make = |this: &mut Self, item: Item| {
                    let mut codes = this.branches(item, codes);
                    let default = if has_default { codes.pop().map(Box::new) } else { None };
                    Expr::Switch { scrutinee, cases: numbers.into_iter().zip(codes).collect(), default }
                };
                if own { item.bound(|item| make(self, item.clone())) } else { make(self, item) }
            }
            Expr::Join { label, params, body, rest } if !mentions(&body, item.var) => {
                Expr::Join { label, params, body, rest: Box::new(self.push(item, *rest)) }
            }
            Expr::LetExpr { var, value, body }
                if !mentions(&value, item.var) && !item.anchors.iter().any(|anchor| mentions(&value, *anchor)) =>
            {
                Expr::LetExpr { var, value, body: Box::new(self.push(item, *body)) }
            }
            Expr::Fail { failure, location } => {
                item.dup = false;
                let fail = Expr::Fail { failure, location };
                if own_operands(&fail).any(|it| *it == Operand::Var(item.var)) { item.put(fail) } else { fail }
            }
            other => item.put(other),
        }
    }

    /// The item in each of the branches, under a name of its own but for one.
    fn branches(&mut self, item: Item, branches: Vec<Expr>) -> Vec<Expr> {
        let mut first = true;
        let mut done = Vec::new();
        for mut branch in branches {
            let mut own = item.clone();
            if item.read.is_some() && mentions(&branch, item.var) && !std::mem::take(&mut first) {
                self.vars.push(self.vars[item.var.0 as usize]);
                own.var = Var(self.vars.len() as u32 - 1);
                rename(&mut branch, item.var, own.var);
            }
            done.push(match own.read.is_some() && !mentions(&branch, own.var) {
                true => branch,
                false => self.push(own, branch),
            });
        }
        done
    }
}

/// Whether the variable stands anywhere in the expression.
pub(super) fn mentions(expr: &Expr, var: Var) -> bool {
    let is = |operand: &&Operand| **operand == Operand::Var(var);
    let own = match expr {
        Expr::Dup { var: it, .. } | Expr::Drop { var: it, .. } | Expr::Take { value: it, .. } => *it == var,
        Expr::Let { op, .. } => operands(op).any(|it| is(&it)),
        _ => own_operands(expr).any(|it| is(&it)),
    };
    own || exprs(expr).any(|child| mentions(child, var))
}

/// Another name for a variable in an expression that does not bind it.
pub(super) fn rename(expr: &mut Expr, from: Var, to: Var) {
    let mut change = |operand| if operand == Operand::Var(from) { Operand::Var(to) } else { operand };
    map_own_operands(expr, &mut change);
    match expr {
        Expr::Let { op, .. } => map_operands(op, &mut change),
        Expr::Dup { var, .. } | Expr::Drop { var, .. } | Expr::Take { value: var, .. } if *var == from => *var = to,
        _ => {}
    }
    exprs_mut(expr).for_each(|child| rename(child, from, to));
}
