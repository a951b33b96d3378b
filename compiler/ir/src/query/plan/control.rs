//! Branches: those that depend on the row become CASE, others are branches of the binder's code.

use super::{Fact, Frame, Made, Planner, STEPS_MAX, Sym};
use crate::core::{Const, Expr, Failure, Label, Operand};
use crate::query::binder::End;
use crate::query::problem::Reason;
use crate::query::sql::Sql;
use crate::query::types::{self, Form, form};
use crate::types::{Type, TypeId};
use std::sync::Arc;

impl<'p> Planner<'_, 'p> {
    pub(super) fn eval(&mut self, frame: &mut Frame<'p>, expr: &'p Expr, ty: TypeId) -> Made<Sym> {
        let mut expr = expr;
        loop {
            self.steps += 1;
            if self.steps > STEPS_MAX {
                return Err(self.stop(Reason::TooLarge));
            }
            match expr {
                Expr::Value(value) => return self.value(frame, value),
                Expr::Let { var, op, body } => {
                    self.at(frame.function, *var);
                    let ty = frame.function.vars[var.0 as usize];
                    let made = self.operation(frame, op, ty)?;
                    frame.env.insert(*var, made);
                    expr = body;
                }
                Expr::LetExpr { var, value, body } => {
                    self.at(frame.function, *var);
                    let made = self.eval(frame, value, frame.function.vars[var.0 as usize])?;
                    frame.env.insert(*var, made);
                    expr = body;
                }
                Expr::If { condition, then, otherwise } => {
                    let condition = self.value(frame, condition)?;
                    return self.if_(frame, condition, then, otherwise, ty);
                }
                Expr::Switch { scrutinee, cases, default } => {
                    let scrutinee = self.value(frame, scrutinee)?;
                    return self.switch(frame, scrutinee, cases, default.as_deref(), ty);
                }
                Expr::Join { label, params, body, rest } => {
                    frame.joins.insert(*label, (params, body));
                    frame.reached.remove(label);
                    expr = rest;
                }
                Expr::Jump { label, arguments } => return self.jump(frame, *label, arguments, ty),
                // Counts are inserted behind this pass.
                Expr::Dup { body, .. }
                | Expr::Drop { body, .. }
                | Expr::Take { body, .. }
                | Expr::Release { body, .. } => expr = body,
                Expr::Fail { failure, location } => {
                    let (value, message) = match failure {
                        Failure::NoMatch(value) => (Some(Box::new(self.value(frame, value)?)), Arc::from("")),
                        Failure::Message(message) => (None, Arc::clone(message)),
                    };
                    return Ok(Sym::Fail { value, message, location: location.clone(), ty });
                }
            }
        }
    }

    /// Goes on at a join. What a join without parameters answers is used again: its code runs once.
    pub(super) fn jump(
        &mut self,
        frame: &mut Frame<'p>,
        label: Label,
        arguments: &'p [Operand],
        ty: TypeId,
    ) -> Made<Sym> {
        if let Some((block, facts, known)) = frame.reached.get(&label)
            && self.binder.open_blocks().contains(block)
            && facts.iter().all(|fact| self.facts.contains(fact))
        {
            return Ok(known.clone());
        }
        let Some((params, body)) = frame.joins.get(&label).copied() else {
            return Err(self.stop(Reason::Operation("a jump to nowhere")));
        };
        for (param, argument) in params.iter().zip(arguments) {
            let value = self.value(frame, argument)?;
            frame.env.insert(*param, value);
        }
        let answer = self.eval(frame, body, ty)?;
        if params.is_empty() {
            let block = self.binder.open_blocks().last().copied().unwrap_or_default();
            frame.reached.insert(label, (block, self.facts.clone(), answer.clone()));
        }
        Ok(answer)
    }

    pub(super) fn if_(
        &mut self,
        frame: &mut Frame<'p>,
        condition: Sym,
        then: &'p Expr,
        otherwise: &'p Expr,
        ty: TypeId,
    ) -> Made<Sym> {
        match condition {
            Sym::Const { operand: Operand::Const(Const::Bool(known)), .. } => {
                self.eval(frame, if known { then } else { otherwise }, ty)
            }
            Sym::Const { operand, .. } => self.branch(frame, &[then, otherwise], ty, |mut exprs| {
                let otherwise = Box::new(exprs.pop().unwrap_or(Expr::Value(Operand::Const(Const::Unit))));
                let then = Box::new(exprs.pop().unwrap_or(Expr::Value(Operand::Const(Const::Unit))));
                Expr::If { condition: operand, then, otherwise }
            }),
            Sym::Fail { .. } => Ok(condition),
            condition => {
                let condition = self.scalar(&condition)?;
                let then = self.eval(frame, then, ty)?;
                let otherwise = self.eval(frame, otherwise, ty)?;
                Ok(self.either(condition, then, otherwise))
            }
        }
    }

    pub(super) fn switch(
        &mut self,
        frame: &mut Frame<'p>,
        scrutinee: Sym,
        cases: &'p [(u32, Expr)],
        default: Option<&'p Expr>,
        ty: TypeId,
    ) -> Made<Sym> {
        let find = |index: u32| cases.iter().find(|(it, _)| *it == index).map(|(_, expr)| expr).or(default);
        match scrutinee {
            Sym::Parts { case, .. } | Sym::Const { operand: Operand::Const(Const::Case(_, case)), .. } => {
                match find(case) {
                    Some(expr) => self.eval(frame, expr, ty),
                    None => Err(self.stop(Reason::Operation("a case that is not there"))),
                }
            }
            Sym::Const { operand, .. } => {
                let exprs: Vec<&'p Expr> = cases.iter().map(|(_, expr)| expr).chain(default).collect();
                self.branch(frame, &exprs, ty, |mut exprs| {
                    let default = default.and_then(|_| exprs.pop()).map(Box::new);
                    let cases = cases.iter().map(|(index, _)| *index).zip(exprs).collect();
                    Expr::Switch { scrutinee: operand, cases, default }
                })
            }
            Sym::Either { condition, then, otherwise } => {
                let then = self.switch(frame, *then, cases, default, ty)?;
                let otherwise = self.switch(frame, *otherwise, cases, default, ty)?;
                Ok(self.either(condition, then, otherwise))
            }
            Sym::Fail { .. } => Ok(scrutinee),
            scrutinee => self.switch_row(frame, &scrutinee, cases, default, ty),
        }
    }

    /// Branches on the case of a part of the row. What a test has told holds in its branch: so the last case of a `match`
    /// that has all needs no test.
    fn switch_row(
        &mut self,
        frame: &mut Frame<'p>,
        scrutinee: &Sym,
        cases: &'p [(u32, Expr)],
        default: Option<&'p Expr>,
        ty: TypeId,
    ) -> Made<Sym> {
        let possible = self.possible(scrutinee);
        let listed: Vec<&(u32, Expr)> = cases.iter().filter(|(index, _)| possible.contains(index)).collect();
        let before = self.facts.len();
        let mut branches = Vec::new();
        for (index, expr) in &listed {
            self.learn(scrutinee, *index, true);
            branches.push((*index, self.eval(frame, expr, ty)?));
            self.facts.truncate(before);
        }
        let mut answer = None;
        if let Some(default) = default.filter(|_| listed.len() < possible.len()) {
            listed.iter().for_each(|(index, _)| self.learn(scrutinee, *index, false));
            answer = Some(self.eval(frame, default, ty)?);
            self.facts.truncate(before);
        }
        for (index, made) in branches.into_iter().rev() {
            answer = Some(match answer {
                // Nothing else is possible.
                None => made,
                Some(otherwise) => {
                    let test = self.case_test(scrutinee, index)?;
                    self.either(test, made, otherwise)
                }
            });
        }
        answer.ok_or_else(|| self.stop(Reason::Operation("a match without cases")))
    }

    fn learn(&mut self, scrutinee: &Sym, case: u32, holds: bool) {
        if let Sym::Path { base, steps, ty } = scrutinee {
            self.facts.push(Fact { base: base.clone(), steps: steps.clone(), ty: *ty, case, holds });
        }
    }

    /// The cases an enum may be in.
    fn possible(&self, scrutinee: &Sym) -> Vec<u32> {
        let all = (0..).take_while(|index| types::case(self.types(), scrutinee.ty(), *index).is_some());
        let Sym::Path { base, steps, ty } = scrutinee else { return all.collect() };
        let about = |it: &&Fact| it.ty == *ty && it.base == *base && it.steps == *steps;
        let facts: Vec<&Fact> = self.facts.iter().filter(about).collect();
        match facts.iter().find(|fact| fact.holds) {
            Some(fact) => vec![fact.case],
            None => all.filter(|index| facts.iter().all(|fact| fact.case != *index)).collect(),
        }
    }

    pub fn either(&self, condition: Sql, then: Sym, otherwise: Sym) -> Sym {
        match condition {
            Sql::Literal(text) if text == "1" => then,
            Sql::Literal(text) if text == "0" => otherwise,
            condition => Sym::Either { condition, then: Box::new(then), otherwise: Box::new(otherwise) },
        }
    }

    /// Branches that do not depend on the row.
    pub(super) fn branch(
        &mut self,
        frame: &mut Frame<'p>,
        exprs: &[&'p Expr],
        ty: TypeId,
        make: impl FnOnce(Vec<Expr>) -> Expr,
    ) -> Made<Sym> {
        let mut ends = Vec::new();
        for expr in exprs {
            self.binder.open();
            let answer = self.eval(frame, expr, ty)?;
            ends.push((self.binder.close(), answer));
        }
        let known = |sym: &Sym| self.failure(sym).is_some() || sym.operand().is_some();
        if ends.iter().all(|(_, sym)| known(sym)) {
            let blocks = ends
                .into_iter()
                .map(|(block, sym)| match (self.failure(&sym), sym.operand()) {
                    (None, Some(value)) => (block, End::Value(value)),
                    (failure, _) => (block, End::Fail(failure.unwrap_or(Expr::Value(Operand::Const(Const::Unit))))),
                })
                .collect();
            let operand = self.binder.join_values(ty, blocks, make);
            return Ok(Sym::Const { operand, ty, from: None });
        }
        let (mut blocks, mut values) = (Vec::new(), Vec::new());
        for (block, sym) in ends {
            let failure = self.failure(&sym);
            self.binder.reopen(block);
            let value = match failure {
                Some(_) => None,
                None => Some(self.export(sym)?),
            };
            blocks.push((self.binder.close(), failure));
            values.push(value);
        }
        let tag = self.binder.join_parameters(blocks, make);
        let mut answer: Option<Sym> = None;
        for (index, value) in values.into_iter().enumerate().rev() {
            answer = match (answer, value) {
                (answer, None) => answer,
                (None, value) => value,
                (Some(otherwise), Some(value)) => {
                    let taken = Sql::infix("=", Sql::Param(tag), Sql::Literal(index.to_string()));
                    Some(self.either(taken, value, otherwise))
                }
            };
        }
        answer.ok_or_else(|| self.stop(Reason::Operation("a branch without a value")))
    }

    /// The failure of a branch, if it ends in one that does not depend on the row.
    fn failure(&self, sym: &Sym) -> Option<Expr> {
        let Sym::Fail { value, message, location, .. } = sym else { return None };
        let failure = match value {
            Some(value) => Failure::NoMatch(value.operand()?),
            None => Failure::Message(Arc::clone(message)),
        };
        Some(Expr::Fail { failure, location: location.clone() })
    }

    /// The value without operands of the block that is left: they become parameters.
    pub(super) fn export(&mut self, sym: Sym) -> Made<Sym> {
        let all = |planner: &mut Self, list: Vec<Sym>| -> Made<Vec<Sym>> {
            list.into_iter().map(|it| planner.export(it)).collect()
        };
        Ok(match sym {
            Sym::Const { operand: Operand::Const(_), .. } | Sym::Path { .. } | Sym::Sql { .. } => sym,
            Sym::Const { ty, .. } if matches!(self.types().get(ty), Type::Function(..)) => {
                return Err(self.stop(Reason::UnknownCall));
            }
            Sym::Const { ty, .. } => {
                let sql = self.scalar(&sym)?;
                match form(self.types(), ty) {
                    Form::Json => Sym::Path { base: sql, steps: Vec::new(), ty },
                    _ => Sym::Sql { sql, ty },
                }
            }
            Sym::Parts { ty, case, parts } => Sym::Parts { ty, case, parts: all(self, parts)? },
            Sym::List { ty, items } => Sym::List { ty, items: all(self, items)? },
            Sym::Closure { operand: Some(Operand::Const(_)), .. } => sym,
            Sym::Closure { function, captures, ty, .. } => {
                Sym::Closure { function, captures: all(self, captures)?, operand: None, ty }
            }
            Sym::Either { condition, then, otherwise } => Sym::Either {
                condition,
                then: Box::new(self.export(*then)?),
                otherwise: Box::new(self.export(*otherwise)?),
            },
            Sym::Fail { ty, .. } => Sym::Sql { sql: self.scalar(&sym)?, ty },
        })
    }
}
