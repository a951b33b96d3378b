//! `match` and patterns.
//!
//! Each arm is tried in turn: its tests stand in front of its body, and a test that fails jumps to a join that holds the
//! rest of the arms. So every body and every rest stands once, and nothing is copied. The alternatives of an or-pattern
//! jump to a join that holds the body, with the bound variables as parameters.

use super::function::Builder;
use super::types::scalar;
use super::{LowerError, Statement};
use crate::core::{Const, Expr, Label, Op, Operand, Var};
use crate::intrinsics::Intrinsic;
use crate::types::{Definition, Type, TypeId};
use dark_hir::body::{Arm, ExprId, LocalId, Pat, PatId};
use dark_syntax::ast::Literal;
use std::sync::Arc;

impl Builder<'_, '_> {
    pub(super) fn match_(&mut self, id: ExprId, scrutinee: ExprId, arms: &[Arm]) -> Result<Expr, LowerError> {
        let value = self.operand(scrutinee)?;
        let labels: Vec<Label> = arms.iter().map(|_| self.label()).collect();
        let mut rest = self.no_match(scrutinee, value.clone());
        // From the last arm to the first: each one's failure goes on with what follows it.
        for (arm, label) in arms.iter().zip(&labels).rev() {
            let code = self.arm(arm, &value, *label)?;
            rest = match jumps_to(&code, *label) {
                true => Expr::Join { label: *label, params: Vec::new(), body: Box::new(rest), rest: Box::new(code) },
                false => code,
            };
        }
        let _ = id;
        Ok(rest)
    }

    fn arm(&mut self, arm: &Arm, value: &Operand, fail: Label) -> Result<Expr, LowerError> {
        let saved = self.frame().locals.clone();
        self.open();
        let alternatives = match self.body.pats.get(arm.pattern.index()) {
            Some(Pat::Or(alternatives)) => Some(alternatives.clone()),
            _ => None,
        };
        let end = match alternatives {
            Some(alternatives) => self.alternatives(arm, &alternatives, value, fail)?,
            None => {
                self.test(arm.pattern, value, fail)?;
                self.guarded(arm, fail)?
            }
        };
        let code = self.close(end);
        self.frame().locals = saved;
        Ok(code)
    }

    /// The guard and the body of an arm whose pattern has matched.
    fn guarded(&mut self, arm: &Arm, fail: Label) -> Result<Expr, LowerError> {
        if let Some(guard) = arm.guard {
            let condition = self.operand(guard)?;
            self.push(Statement::Guard(condition, fail));
        }
        self.tail(arm.body)
    }

    /// An arm with alternatives: each jumps to the body with what it has bound.
    fn alternatives(
        &mut self,
        arm: &Arm,
        alternatives: &[PatId],
        value: &Operand,
        fail: Label,
    ) -> Result<Expr, LowerError> {
        let mut locals = Vec::new();
        if let Some(first) = alternatives.first() {
            self.bound(*first, &mut locals);
        }
        let body_label = self.label();
        let mut rest = Expr::Jump { label: fail, arguments: Vec::new() };
        for alternative in alternatives.iter().rev() {
            let next = self.label();
            let saved = self.frame().locals.clone();
            self.open();
            self.test(*alternative, value, next)?;
            let arguments = locals
                .iter()
                .map(|local| self.frame().locals.get(local).cloned().unwrap_or(Operand::Const(Const::Unit)))
                .collect();
            let code = self.close(Expr::Jump { label: body_label, arguments });
            self.frame().locals = saved;
            rest = match jumps_to(&code, next) {
                true => Expr::Join { label: next, params: Vec::new(), body: Box::new(rest), rest: Box::new(code) },
                false => code,
            };
        }
        let mut params: Vec<Var> = Vec::new();
        for local in &locals {
            let ty = self.local_type(*local);
            let var = self.var(ty);
            params.push(var);
            self.frame().locals.insert(*local, Operand::Var(var));
        }
        self.open();
        let end = self.guarded(arm, fail)?;
        let body = self.close(end);
        Ok(Expr::Join { label: body_label, params, body: Box::new(body), rest: Box::new(rest) })
    }

    fn local_type(&mut self, local: LocalId) -> TypeId {
        let ty = self.inference.locals.get(local.index()).cloned().unwrap_or(dark_hir::types::Ty::Unit);
        let ty = dark_hir::types::lower::substitute(&ty, &self.arguments);
        self.lower.ty(&ty, &[])
    }

    /// The locals a pattern binds, each once.
    fn bound(&self, pat: PatId, out: &mut Vec<LocalId>) {
        match self.body.pats.get(pat.index()) {
            Some(Pat::Bind(local)) if !out.contains(local) => out.push(*local),
            Some(Pat::Tuple(parts) | Pat::List(parts) | Pat::Case { arguments: parts, .. }) => {
                parts.iter().for_each(|part| self.bound(*part, out));
            }
            Some(Pat::Cons(head, tail)) => {
                self.bound(*head, out);
                self.bound(*tail, out);
            }
            Some(Pat::Or(alternatives)) => {
                if let Some(first) = alternatives.first() {
                    self.bound(*first, out);
                }
            }
            _ => {}
        }
    }

    /// Binds a pattern that cannot fail.
    pub(super) fn bind(&mut self, pat: PatId, value: Operand) -> Result<(), LowerError> {
        let body = Arc::clone(&self.body);
        match body.pats.get(pat.index()) {
            Some(Pat::Bind(local)) => {
                self.frame().locals.insert(*local, value);
                Ok(())
            }
            Some(Pat::Tuple(parts)) => {
                for (index, part) in parts.iter().enumerate() {
                    let field = self.part(pat, &value, index)?;
                    self.bind(*part, field)?;
                }
                Ok(())
            }
            Some(Pat::Wildcard | Pat::Unit) => Ok(()),
            _ => self.unchecked("a pattern of a `let` can fail"),
        }
    }

    /// A part of a tuple.
    fn part(&mut self, tuple: PatId, value: &Operand, index: usize) -> Result<Operand, LowerError> {
        let ty = self.pat_ty(tuple);
        let ty = self.lower.ty(&ty, &[]);
        match self.field_types(ty).get(index).copied() {
            Some(part) => Ok(self.let_(part, Op::Field { value: value.clone(), index: index as u32 })),
            None => self.unchecked("a tuple pattern has too many parts"),
        }
    }

    /// Tests a pattern in the current block and binds its names; jumps when it does not match.
    fn test(&mut self, pat: PatId, value: &Operand, fail: Label) -> Result<(), LowerError> {
        let body = Arc::clone(&self.body);
        match body.pats.get(pat.index()) {
            Some(Pat::Wildcard | Pat::Unit) => Ok(()),
            Some(Pat::Bind(_)) => self.bind(pat, value.clone()),
            Some(Pat::Literal(literal)) => self.test_literal(pat, &literal.0, value, fail),
            Some(Pat::Tuple(parts)) => {
                for (index, part) in parts.iter().enumerate() {
                    if matches!(body.pats.get(part.index()), Some(Pat::Wildcard)) {
                        continue;
                    }
                    let field = self.part(pat, value, index)?;
                    self.test(*part, &field, fail)?;
                }
                Ok(())
            }
            Some(Pat::List(parts)) => self.test_list(pat, parts, None, value, fail),
            Some(Pat::Cons(..)) => {
                let (mut heads, mut at) = (Vec::new(), pat);
                while let Some(Pat::Cons(head, tail)) = body.pats.get(at.index()) {
                    heads.push(*head);
                    at = *tail;
                }
                self.test_list(pat, &heads, Some(at), value, fail)
            }
            Some(Pat::Case { arguments, .. }) => self.test_case(pat, arguments, value, fail),
            Some(Pat::Or(alternatives)) => self.test_inner_or(pat, alternatives, value, fail),
            Some(Pat::Missing) | None => self.unchecked("a pattern has a syntax error"),
        }
    }

    fn test_literal(&mut self, pat: PatId, literal: &Literal, value: &Operand, fail: Label) -> Result<(), LowerError> {
        let constant = match literal {
            Literal::Bool(wanted) => Const::Bool(*wanted),
            Literal::Float(wanted) => Const::Float(*wanted),
            Literal::Int(digits, int) => self.int_literal(digits, scalar(*int)),
            Literal::String(text) => Const::Text(Arc::from(text.as_str()), self.lower.types.intern(Type::String)),
            Literal::Char(text) => Const::Text(Arc::from(text.as_str()), self.lower.types.intern(Type::Char)),
        };
        let condition = self.compare(Intrinsic::Equal, value.clone(), Operand::Const(constant), pat);
        self.push(Statement::Guard(condition, fail));
        Ok(())
    }

    fn compare(&mut self, intrinsic: Intrinsic, left: Operand, right: Operand, pat: PatId) -> Operand {
        let (ty, at) = (self.bool_type(), self.pat_location(pat));
        self.intrinsic(intrinsic, vec![left, right], ty, at)
    }

    fn pat_location(&mut self, pat: PatId) -> crate::core::Location {
        let span = self.map.pats.get(pat.index()).copied().unwrap_or_default();
        let file = dark_hir::queries::location(self.lower.db, self.def).map(|place| place.file).unwrap_or_default();
        self.lower.location(file, span)
    }

    fn int64(&mut self, value: i64) -> Operand {
        let ty = self.int64_type();
        Operand::Const(Const::Int(value.into(), ty))
    }

    /// `[a; b]` (no tail) or `a :: b :: tail`.
    fn test_list(
        &mut self,
        pat: PatId,
        heads: &[PatId],
        tail: Option<PatId>,
        value: &Operand,
        fail: Label,
    ) -> Result<(), LowerError> {
        let ty = self.pat_ty(pat);
        let list = self.lower.ty(&ty, &[]);
        let element = match self.lower.types.get(list) {
            Type::List(element) => *element,
            _ => return self.unchecked("a list pattern is for another type"),
        };
        let (int64, at) = (self.int64_type(), self.pat_location(pat));
        let length = self.intrinsic(Intrinsic::ListLength, vec![value.clone()], int64, at.clone());
        let wanted = self.int64(heads.len() as i64);
        let comparison = if tail.is_some() { Intrinsic::GreaterEqual } else { Intrinsic::Equal };
        let condition = self.compare(comparison, length.clone(), wanted.clone(), pat);
        self.push(Statement::Guard(condition, fail));
        let body = Arc::clone(&self.body);
        for (index, head) in heads.iter().enumerate() {
            if matches!(body.pats.get(head.index()), Some(Pat::Wildcard)) {
                continue;
            }
            let position = self.int64(index as i64);
            let part = self.intrinsic(Intrinsic::ListGet, vec![value.clone(), position], element, at.clone());
            self.test(*head, &part, fail)?;
        }
        let Some(tail) = tail else { return Ok(()) };
        if matches!(body.pats.get(tail.index()), Some(Pat::Wildcard)) {
            return Ok(());
        }
        let rest = match heads.len() {
            1 => self.intrinsic(Intrinsic::ListTail, vec![value.clone()], list, at),
            _ => {
                let left = self.intrinsic(Intrinsic::Subtract, vec![length, wanted.clone()], int64, at.clone());
                self.intrinsic(Intrinsic::ListSlice, vec![value.clone(), wanted, left], list, at)
            }
        };
        self.test(tail, &rest, fail)
    }

    fn test_case(&mut self, pat: PatId, arguments: &[PatId], value: &Operand, fail: Label) -> Result<(), LowerError> {
        let Some((_, case)) = self.inference.pattern_cases.get(&pat).copied() else {
            return self.unchecked("a case is not known");
        };
        let ty = self.pat_ty(pat);
        let ty = self.lower.ty(&ty, &[]);
        let (count, fields) = match self.lower.types.get(ty) {
            Type::Nominal(nominal) => match &self.lower.types.nominal_data(*nominal).definition {
                Definition::Enum(cases) => {
                    (cases.len(), cases.get(case as usize).map(|it| it.fields.clone()).unwrap_or_default())
                }
                _ => return self.unchecked("a case pattern is for another type"),
            },
            _ => return self.unchecked("a case pattern is for another type"),
        };
        if count > 1 {
            self.push(Statement::GuardCase(value.clone(), case, fail));
        }
        let body = Arc::clone(&self.body);
        for (index, (argument, field)) in arguments.iter().zip(fields).enumerate() {
            if matches!(body.pats.get(argument.index()), Some(Pat::Wildcard)) {
                continue;
            }
            let part = self.let_(field, Op::CaseField { value: value.clone(), case, index: index as u32 });
            self.test(*argument, &part, fail)?;
        }
        Ok(())
    }

    /// An or-pattern inside another: which alternative matched is found first, as a truth value, when nothing is bound.
    fn test_inner_or(
        &mut self,
        pat: PatId,
        alternatives: &[PatId],
        value: &Operand,
        fail: Label,
    ) -> Result<(), LowerError> {
        let mut locals = Vec::new();
        self.bound(pat, &mut locals);
        let mut rest = Expr::Value(Operand::Const(Const::Bool(false)));
        // What is bound travels in a tuple behind the truth value.
        let mut parts = vec![self.bool_type()];
        for local in &locals {
            let ty = self.local_type(*local);
            parts.push(ty);
        }
        let tuple = self.lower.types.intern(Type::Tuple(parts.clone()));
        let whole = locals.is_empty();
        if !whole {
            // Without a match there is nothing to put into the tuple: fail at once.
            rest = Expr::Jump { label: fail, arguments: Vec::new() };
        }
        for alternative in alternatives.iter().rev() {
            let next = self.label();
            let saved = self.frame().locals.clone();
            self.open();
            self.test(*alternative, value, next)?;
            let end = match whole {
                true => Operand::Const(Const::Bool(true)),
                false => {
                    let mut arguments = vec![Operand::Const(Const::Bool(true))];
                    for local in &locals {
                        let found = self.frame().locals.get(local).cloned();
                        arguments.push(found.unwrap_or(Operand::Const(Const::Unit)));
                    }
                    self.let_(tuple, Op::Construct { ty: tuple, case: 0, arguments })
                }
            };
            let code = self.close(Expr::Value(end));
            self.frame().locals = saved;
            rest = match jumps_to(&code, next) {
                true => Expr::Join { label: next, params: Vec::new(), body: Box::new(rest), rest: Box::new(code) },
                false => code,
            };
        }
        let ty = if whole { parts[0] } else { tuple };
        let var = self.var(ty);
        self.push(Statement::LetExpr(var, rest));
        if whole {
            self.push(Statement::Guard(Operand::Var(var), fail));
            return Ok(());
        }
        for (index, local) in locals.iter().enumerate() {
            let op = Op::Field { value: Operand::Var(var), index: index as u32 + 1 };
            let part = self.let_(parts[index + 1], op);
            self.frame().locals.insert(*local, part);
        }
        Ok(())
    }
}

/// Whether the code has a jump to that label.
fn jumps_to(expr: &Expr, label: Label) -> bool {
    crate::children::all(expr).any(|expr| matches!(expr, Expr::Jump { label: it, .. } if *it == label))
}
