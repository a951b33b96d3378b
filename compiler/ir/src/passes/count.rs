//! Precise reference counts: every counted variable is consumed exactly once on each path.
//!
//! After Reinking, Xie, de Moura and Leijen, "Perceus: Garbage Free Reference Counting with Reuse" (PLDI 2021), without
//! its reuse part. The tree is walked from its ends to its beginning with the set of variables that are still needed
//! behind the place at hand:
//!
//! - a consuming use of a variable that is needed later is preceded by a `Dup`; the last one is not;
//! - a borrowing use that is the last one is followed by a `Drop`;
//! - a branch begins with a `Drop` of everything that only the other branches need;
//! - a variable nobody needs is dropped where it is bound;
//! - what a projection (`Op::is_projection`) yields is borrowed from its base, and is made owned by
//!   a `Dup` at once: from then on it is a variable like any other, and the base can go.
//!
//! What is borrowed from the caller (`borrow`), and what is read of it, is never dropped; each consuming use is preceded by a
//! `Dup`.
//!
//! What a jump needs is what its join's body needs; so the body is walked before the code that jumps.
//!
//! Example: `let pair = (x, x)` with x a String that is not used afterwards becomes `dup x; pair = construct(x, x)`.

use super::borrow;
use crate::core::{Expr, Extern, Function, Label, Op, Operand, Program, Var};
use crate::intrinsics::Passing;
use rustc_hash::{FxHashMap, FxHashSet};
use std::collections::BTreeSet;

type Live = BTreeSet<Var>;

/// Inserts `Dup` and `Drop` into every function.
pub fn run(program: &mut Program) {
    for index in 0..program.functions.len() {
        let unit = Expr::Value(Operand::Const(crate::core::Const::Unit));
        let body = std::mem::replace(&mut program.functions[index].body, unit);
        let body = count(&program.functions[index], body, program);
        program.functions[index].body = body;
    }
}

/// The body of a function with counts.
fn count(function: &Function, body: Expr, program: &Program) -> Expr {
    let counted = function.vars.iter().map(|ty| program.types.layout(*ty).counted).collect();
    let borrowed = borrowed_vars(function, &body);
    let mut pass = Pass {
        counted,
        borrowed,
        functions: &program.functions,
        externs: &program.externs,
        joins: FxHashMap::default(),
    };
    let (body, live) = pass.expr(body, &Live::new());
    let unused = function.params.iter().map(|param| param.var);
    pass.drops(unused.filter(|var| !live.contains(var)), body)
}

/// Borrowed parameters, and what is read of them.
fn borrowed_vars(function: &Function, body: &Expr) -> FxHashSet<Var> {
    fn add(expr: &Expr, out: &mut FxHashSet<Var>) {
        if let Expr::Let { var, op, .. } = expr
            && let Some(Operand::Var(base)) = op.base()
            && out.contains(base)
        {
            out.insert(*var);
        }
        crate::children::exprs(expr).for_each(|child| add(child, out));
    }
    let mut out: FxHashSet<Var> =
        function.params.iter().filter(|param| param.borrowed).map(|param| param.var).collect();
    if !out.is_empty() {
        add(body, &mut out);
    }
    out
}

struct Pass<'a> {
    counted: Vec<bool>,
    /// Alive for the whole function, whatever happens in it: never dropped, and duplicated to be consumed.
    borrowed: FxHashSet<Var>,
    functions: &'a [Function],
    externs: &'a [Extern],
    /// What the body of each join needs beside its parameters.
    joins: FxHashMap<Label, Live>,
}

impl Pass<'_> {
    /// Whether the function owns counts of it.
    fn counted(&self, var: Var) -> bool {
        self.counted.get(var.0 as usize).copied().unwrap_or(false) && !self.borrowed.contains(&var)
    }

    fn drops(&self, vars: impl Iterator<Item = Var>, body: Expr) -> Expr {
        let vars: Vec<Var> = vars.filter(|var| self.counted(*var)).collect();
        vars.into_iter().rev().fold(body, |body, var| Expr::Drop { var, body: Box::new(body) })
    }

    /// The expression with counts, and what it needs; `after` is needed behind it.
    fn expr(&mut self, expr: Expr, after: &Live) -> (Expr, Live) {
        match expr {
            Expr::Value(value) => self.consume_all(std::slice::from_ref(&value), after, || Expr::Value(value.clone())),
            Expr::Jump { label, arguments } => {
                let needed = self.joins.get(&label).cloned().unwrap_or_default();
                self.consume_all(&arguments, &needed, || Expr::Jump { label, arguments: arguments.clone() })
            }
            Expr::Fail { failure, location } => {
                // The whole heap goes: nothing has to be dropped, and what is shown stays.
                let mut live = after.clone();
                if let crate::core::Failure::NoMatch(Operand::Var(var)) = &failure {
                    live.insert(*var);
                }
                (Expr::Fail { failure, location }, live)
            }
            Expr::Let { var, op, body } => self.let_(var, op, *body, after),
            Expr::LetExpr { var, value, body } => {
                let (body, mut live) = self.expr(*body, after);
                let used = live.remove(&var);
                let body = if used { body } else { self.drops(std::iter::once(var), body) };
                let (value, live) = self.expr(*value, &live);
                (Expr::LetExpr { var, value: Box::new(value), body: Box::new(body) }, live)
            }
            Expr::If { condition, then, otherwise } => {
                let branches = self.branches(vec![*then, *otherwise], after);
                let (mut codes, mut live) = branches;
                let otherwise = codes.pop().map(Box::new);
                let then = codes.pop().map(Box::new);
                if let Operand::Var(var) = condition {
                    live.insert(var);
                }
                match (then, otherwise) {
                    (Some(then), Some(otherwise)) => (Expr::If { condition, then, otherwise }, live),
                    _ => (Expr::Value(condition), live),
                }
            }
            Expr::Switch { scrutinee, cases, default } => self.switch(scrutinee, cases, default, after),
            Expr::Join { label, params, body, rest } => {
                let (body, mut needed) = self.expr(*body, after);
                let unused: Vec<Var> = params.iter().copied().filter(|param| !needed.remove(param)).collect();
                let body = self.drops(unused.into_iter(), body);
                self.joins.insert(label, needed);
                let (rest, live) = self.expr(*rest, after);
                (Expr::Join { label, params, body: Box::new(body), rest: Box::new(rest) }, live)
            }
            // Only there once counts are.
            Expr::Dup { body, .. } | Expr::Drop { body, .. } | Expr::Take { body, .. } | Expr::Release { body, .. } => {
                self.expr(*body, after)
            }
        }
    }

    /// Each branch drops what only the others need.
    fn branches(&mut self, branches: Vec<Expr>, after: &Live) -> (Vec<Expr>, Live) {
        let walked: Vec<(Expr, Live)> = branches.into_iter().map(|branch| self.expr(branch, after)).collect();
        let live: Live = walked.iter().flat_map(|(_, live)| live.iter().copied()).collect();
        let codes = walked
            .into_iter()
            .map(|(code, own)| {
                let missing: Vec<Var> = live.difference(&own).copied().collect();
                self.drops(missing.into_iter(), code)
            })
            .collect();
        (codes, live)
    }

    /// The scrutinee is borrowed: the cases look into it, and each drops it when it needs it no more.
    fn switch(
        &mut self,
        scrutinee: Operand,
        cases: Vec<(u32, Expr)>,
        default: Option<Box<Expr>>,
        after: &Live,
    ) -> (Expr, Live) {
        let has_default = default.is_some();
        let (numbers, mut codes): (Vec<u32>, Vec<Expr>) = cases.into_iter().unzip();
        codes.extend(default.map(|it| *it));
        let scrutinee_var = match &scrutinee {
            Operand::Var(var) => Some(*var),
            Operand::Const(_) => None,
        };
        let walked: Vec<(Expr, Live)> = codes.into_iter().map(|code| self.expr(code, after)).collect();
        let mut live: Live = walked.iter().flat_map(|(_, live)| live.iter().copied()).collect();
        live.extend(scrutinee_var);
        let mut codes: Vec<Expr> = walked
            .into_iter()
            .map(|(code, own)| {
                let missing: Vec<Var> = live.difference(&own).copied().collect();
                self.drops(missing.into_iter(), code)
            })
            .collect();
        let default = if has_default { codes.pop().map(Box::new) } else { None };
        let cases = numbers.into_iter().zip(codes).collect();
        (Expr::Switch { scrutinee, cases, default }, live)
    }

    fn let_(&mut self, var: Var, op: Op, body: Expr, after: &Live) -> (Expr, Live) {
        let (body, mut live) = self.expr(body, after);
        let used = live.remove(&var);
        let projection = op.is_projection();
        if projection && !used {
            return (body, live);
        }
        let mut body = if used { body } else { self.drops(std::iter::once(var), body) };
        let passing = borrow::passing(&op, self.functions, self.externs);
        // Borrowed for the last time: dropped behind the operation.
        let mut last: Vec<Var> = Vec::new();
        for (operand, passing) in &passing {
            if let (Operand::Var(it), Passing::Borrow) = (operand, passing)
                && !live.contains(it)
                && !last.contains(it)
            {
                last.push(*it);
            }
        }
        body = self.drops(last.iter().copied(), body);
        if projection && self.counted(var) {
            body = Expr::Dup { var, body: Box::new(body) };
        }
        let consumed: Vec<Operand> = passing
            .iter()
            .filter(|(_, passing)| *passing == Passing::Own)
            .map(|(operand, _)| operand.clone())
            .collect();
        live.extend(last);
        self.consume_all(&consumed, &live, || Expr::Let { var, op, body: Box::new(body) })
    }

    /// `Dup`s in front of an expression that consumes these operands, when `needed` is needed afterwards.
    fn consume_all(&self, operands: &[Operand], needed: &Live, make: impl FnOnce() -> Expr) -> (Expr, Live) {
        let mut live = needed.clone();
        let mut dups = Vec::new();
        for operand in operands {
            if let Operand::Var(var) = operand {
                let needed_later = !live.insert(*var);
                let borrowed = self.borrowed.contains(var) && self.counted.get(var.0 as usize) == Some(&true);
                if borrowed || (needed_later && self.counted(*var)) {
                    dups.push(*var);
                }
            }
        }
        let code = dups.into_iter().rev().fold(make(), |body, var| Expr::Dup { var, body: Box::new(body) });
        (code, live)
    }
}
