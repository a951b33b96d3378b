//! That every reference is given up exactly once on each path.
//!
//! The function is walked with the number of references it owns of each variable. Where paths meet they must own the same.

use crate::core::{Expr, Function, Label, Op, Operand, Program, Var};
use crate::intrinsics::Passing;
use crate::passes::passing;
use std::collections::BTreeMap;

/// References owned, by variable; those with none are left out.
type Owned = BTreeMap<Var, i64>;

/// What does not hold after `passes`, in words.
pub fn verify_counts(program: &Program) -> Vec<String> {
    let mut problems = Vec::new();
    for function in &program.functions {
        let mut walk = Walk { program, function, problems: &mut problems, joins: BTreeMap::new() };
        let mut owned = Owned::new();
        for param in function.params.iter().filter(|param| !param.borrowed) {
            walk.bind(param.var, &mut owned);
        }
        let mut ends = Vec::new();
        walk.expr(&function.body, owned, &mut ends);
        for end in ends {
            walk.left(&end);
        }
    }
    problems
}

struct Walk<'a> {
    program: &'a Program,
    function: &'a Function,
    problems: &'a mut Vec<String>,
    /// What is owned at each join, its parameters left out; from the first jump to it.
    joins: BTreeMap<Label, Owned>,
}

impl Walk<'_> {
    fn problem(&mut self, text: String) {
        self.problems.push(format!("{}: {text}", self.function.symbol));
    }

    fn left(&mut self, owned: &Owned) {
        for (var, count) in owned {
            self.problem(format!("v{} still has {count} references at an end", var.0));
        }
    }

    fn counted(&self, var: Var) -> bool {
        self.function.vars.get(var.0 as usize).is_some_and(|ty| self.program.types.layout(*ty).counted)
    }

    fn bind(&self, var: Var, owned: &mut Owned) {
        if self.counted(var) {
            *owned.entry(var).or_default() += 1;
        }
    }

    fn give_up(&mut self, var: Var, owned: &mut Owned) {
        if !self.counted(var) {
            return;
        }
        match owned.get_mut(&var) {
            Some(1) => {
                owned.remove(&var);
            }
            Some(count) => *count -= 1,
            None => self.problem(format!("v{} is given up but not owned", var.0)),
        }
    }

    fn consume(&mut self, operand: &Operand, owned: &mut Owned) {
        if let Operand::Var(var) = operand {
            self.give_up(*var, owned);
        }
    }

    fn same(&mut self, first: &Owned, other: &Owned, what: &str) {
        if first != other {
            self.problem(format!("paths meet {what} owning {first:?} and {other:?}"));
        }
    }

    /// Walks an expression; what is owned where it ends with a value goes to `ends`.
    fn expr(&mut self, expr: &Expr, mut owned: Owned, ends: &mut Vec<Owned>) {
        match expr {
            Expr::Value(value) => {
                self.consume(value, &mut owned);
                ends.push(owned);
            }
            Expr::Let { var, op, body } => {
                for (operand, passing) in passing(op, &self.program.functions, &self.program.externs) {
                    if passing == Passing::Own {
                        self.consume(&operand, &mut owned);
                    }
                }
                if let Op::Rebuild { token, .. } = op {
                    self.give_up(*token, &mut owned);
                }
                if !op.is_projection() {
                    self.bind(*var, &mut owned);
                }
                self.expr(body, owned, ends);
            }
            Expr::LetExpr { var, value, body } => {
                let mut inner = Vec::new();
                self.expr(value, owned, &mut inner);
                let Some(first) = inner.first().cloned() else { return };
                inner.iter().for_each(|other| self.same(&first, other, &format!("at v{}", var.0)));
                let mut owned = first;
                self.bind(*var, &mut owned);
                self.expr(body, owned, ends);
            }
            Expr::If { .. } | Expr::Switch { .. } => {
                crate::children::exprs(expr).for_each(|branch| self.expr(branch, owned.clone(), ends));
            }
            Expr::Join { label, params, body, rest } => {
                self.expr(rest, owned, ends);
                // A join that nothing jumps to is never run.
                let Some(mut owned) = self.joins.remove(label) else { return };
                params.iter().for_each(|param| self.bind(*param, &mut owned));
                self.expr(body, owned, ends);
            }
            Expr::Jump { label, arguments } => {
                arguments.iter().for_each(|argument| self.consume(argument, &mut owned));
                match self.joins.get(label).cloned() {
                    Some(first) => self.same(&first, &owned, &format!("at l{}", label.0)),
                    None => {
                        self.joins.insert(*label, owned);
                    }
                }
            }
            Expr::Dup { var, body } => {
                self.bind(*var, &mut owned);
                self.expr(body, owned, ends);
            }
            Expr::Drop { var, body } | Expr::Release { token: var, body } => {
                self.give_up(*var, &mut owned);
                self.expr(body, owned, ends);
            }
            Expr::Take { value, fields, token, body, .. } => {
                self.give_up(*value, &mut owned);
                fields.iter().map(|(_, var)| var).chain(token).for_each(|var| self.bind(*var, &mut owned));
                self.expr(body, owned, ends);
            }
            // The heap goes as a whole.
            Expr::Fail { .. } => {}
        }
    }
}
