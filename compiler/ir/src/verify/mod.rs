//! What must hold of Core, checked between passes in tests: every variable is bound once before it is used, and jumps go to
//! joins around them with as many arguments as there are parameters. After `passes`, `verify_counts` holds too.

mod counts;

pub use counts::verify_counts;

use crate::children::{operands, own_operands};
use crate::core::{Expr, Function, Label, Operand, Program, Var};
use std::collections::{BTreeMap, BTreeSet};

/// Everything that does not hold, in words.
pub fn verify(program: &Program) -> Vec<String> {
    let mut problems = Vec::new();
    for function in &program.functions {
        let mut checker = Checker { function, problems: &mut problems, joins: BTreeMap::new(), bound: BTreeSet::new() };
        for param in &function.params {
            checker.bind(param.var);
        }
        checker.expr(&function.body);
    }
    problems
}

struct Checker<'a> {
    function: &'a Function,
    problems: &'a mut Vec<String>,
    joins: BTreeMap<Label, usize>,
    /// Variables bound anywhere so far: each only once in a function.
    bound: BTreeSet<Var>,
}

impl Checker<'_> {
    fn problem(&mut self, text: String) {
        self.problems.push(format!("{}: {text}", self.function.symbol));
    }

    fn bind(&mut self, var: Var) {
        if var.0 as usize >= self.function.vars.len() {
            self.problem(format!("v{} has no type", var.0));
        }
        if !self.bound.insert(var) {
            self.problem(format!("v{} is bound twice", var.0));
        }
    }

    fn uses(&mut self, operand: &Operand) {
        if let Operand::Var(var) = operand
            && !self.bound.contains(var)
        {
            self.problem(format!("v{} is used before it is bound", var.0));
        }
    }

    fn expr(&mut self, expr: &Expr) {
        own_operands(expr).for_each(|operand| self.uses(operand));
        match expr {
            Expr::Let { var, op, body } => {
                operands(op).for_each(|operand| self.uses(operand));
                self.bind(*var);
                self.expr(body);
            }
            Expr::LetExpr { var, value, body } => {
                self.expr(value);
                self.bind(*var);
                self.expr(body);
            }
            Expr::Join { label, params, body, rest } => {
                params.iter().for_each(|param| self.bind(*param));
                self.expr(body);
                self.joins.insert(*label, params.len());
                self.expr(rest);
                self.joins.remove(label);
            }
            Expr::Jump { label, arguments } => match self.joins.get(label) {
                None => self.problem(format!("l{} is jumped to from outside", label.0)),
                Some(count) if *count != arguments.len() => self.problem(format!("l{} takes {count} values", label.0)),
                Some(_) => {}
            },
            Expr::Dup { var, body } | Expr::Drop { var, body } => {
                self.uses(&Operand::Var(*var));
                self.expr(body);
            }
            Expr::Take { value, fields, token, body, .. } => {
                self.uses(&Operand::Var(*value));
                fields.iter().for_each(|(_, var)| self.bind(*var));
                token.iter().for_each(|token| self.bind(*token));
                self.expr(body);
            }
            Expr::Release { token, body } => {
                self.uses(&Operand::Var(*token));
                self.expr(body);
            }
            Expr::If { .. } | Expr::Switch { .. } | Expr::Value(_) | Expr::Fail { .. } => {
                crate::children::exprs(expr).for_each(|child| self.expr(child));
            }
        }
    }
}
