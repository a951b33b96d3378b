//! Expressions to A-normal form.
//!
//! `operand` puts what has to be computed first into the current block and answers a variable or constant; `tail` answers
//! the expression that ends the block, so that branches in tail position stay in tail position.

use super::closures::Closure;
use super::function::Builder;
use super::{LowerError, Statement};
use crate::core::{Const, Expr, Failure, Op, Operand};
use crate::intrinsics::Intrinsic;
use dark_hir::body::{Expr as Hir, ExprId, Pat, PatId};
use dark_syntax::ast::Operator;
use std::sync::Arc;

impl Builder<'_, '_> {
    /// The expression as the end of the current block.
    pub fn tail(&mut self, id: ExprId) -> Result<Expr, LowerError> {
        let before = std::mem::replace(&mut self.at, id);
        let end = self.tail_here(id);
        self.at = before;
        end
    }

    fn tail_here(&mut self, id: ExprId) -> Result<Expr, LowerError> {
        let body = Arc::clone(&self.body);
        match body.exprs.get(id.index()) {
            Some(Hir::If { condition, then, otherwise }) => self.if_(*condition, *then, *otherwise),
            Some(Hir::Match { scrutinee, arms }) => self.match_(id, *scrutinee, arms),
            Some(Hir::Let { .. } | Hir::LetFunction { .. }) => {
                let last = self.lets(id)?;
                self.tail(last)
            }
            Some(Hir::Statements(list)) => {
                let Some((last, others)) = list.split_last() else {
                    return Ok(Expr::Value(Operand::Const(Const::Unit)));
                };
                for statement in others {
                    self.operand(*statement)?;
                }
                self.tail(*last)
            }
            Some(Hir::Binary { operator: Operator::And | Operator::Or, .. }) => self.lazy(id),
            Some(Hir::Call { function, arguments }) => self.tail_call(id, *function, arguments),
            _ => Ok(Expr::Value(self.operand(id)?)),
        }
    }

    /// The expression in a block of its own.
    pub fn block(&mut self, id: ExprId) -> Result<Expr, LowerError> {
        self.open();
        let end = self.tail(id)?;
        Ok(self.close(end))
    }

    /// Computes the expression in the current block.
    pub fn operand(&mut self, id: ExprId) -> Result<Operand, LowerError> {
        let before = std::mem::replace(&mut self.at, id);
        let operand = self.operand_here(id);
        self.at = before;
        operand
    }

    fn operand_here(&mut self, id: ExprId) -> Result<Operand, LowerError> {
        let body = Arc::clone(&self.body);
        let Some(expr) = body.exprs.get(id.index()) else { return self.unchecked("an expression is missing") };
        match expr {
            Hir::Missing => self.unchecked("it has a syntax error"),
            Hir::Literal(literal) => Ok(Operand::Const(self.literal(&literal.0))),
            Hir::Interpolation(parts) => self.interpolation(id, parts),
            Hir::Local(local) => self.use_local(id, *local),
            Hir::Def { def, .. } => self.definition(id, *def),
            Hir::Db(def) => Ok(Operand::Const(Const::Db(self.lower.db_id(*def)))),
            Hir::Call { .. } => self.call_value(id),
            Hir::Construct { arguments, .. } => self.construct(id, arguments),
            Hir::Record { fields, .. } => self.record(id, fields),
            Hir::RecordUpdate { record, fields } => self.update(id, *record, fields),
            Hir::Dict(entries) => self.dict(id, entries),
            Hir::Field { record, .. } => self.field(id, *record),
            Hir::Binary { operator, left, right } => self.binary(id, *operator, *left, *right),
            Hir::Negate(inner) => {
                let value = self.operand(*inner)?;
                let (ty, at) = (self.expr_type(id), self.location(id));
                Ok(self.intrinsic(Intrinsic::Negate, vec![value], ty, at))
            }
            Hir::Unit => Ok(Operand::Const(Const::Unit)),
            Hir::Tuple(items) => {
                let arguments = self.operands(items)?;
                let ty = self.expr_type(id);
                Ok(self.let_(ty, Op::Construct { ty, case: 0, arguments }))
            }
            Hir::List(items) => {
                let items = self.operands(items)?;
                let ty = self.expr_type(id);
                match items.is_empty() {
                    true => Ok(Operand::Const(Const::Empty(ty))),
                    false => Ok(self.let_(ty, Op::MakeList { ty, items })),
                }
            }
            Hir::If { .. } | Hir::Match { .. } => self.control(id),
            Hir::Let { .. } | Hir::LetFunction { .. } => {
                let last = self.lets(id)?;
                self.operand(last)
            }
            Hir::Lambda { params, body } => {
                self.closure(id, &Closure { local: None, params: params.clone(), body: *body })
            }
            Hir::Statements(list) => {
                let Some((last, others)) = list.split_last() else { return Ok(Operand::Const(Const::Unit)) };
                for statement in others {
                    self.operand(*statement)?;
                }
                self.operand(*last)
            }
            Hir::TestEqual { .. } => self.unchecked("a test stands inside an expression"),
        }
    }

    pub fn operands(&mut self, list: &[ExprId]) -> Result<Vec<Operand>, LowerError> {
        list.iter().map(|id| self.operand(*id)).collect()
    }

    /// Branching whose value is needed.
    pub fn control(&mut self, id: ExprId) -> Result<Operand, LowerError> {
        let value = self.block(id)?;
        let ty = self.expr_type(id);
        let var = self.var(ty);
        self.push(Statement::LetExpr(var, value));
        Ok(Operand::Var(var))
    }

    fn if_(&mut self, condition: ExprId, then: ExprId, otherwise: Option<ExprId>) -> Result<Expr, LowerError> {
        let condition = self.operand(condition)?;
        let then = Box::new(self.block(then)?);
        let otherwise = match otherwise {
            Some(otherwise) => self.block(otherwise)?,
            None => Expr::Value(Operand::Const(Const::Unit)),
        };
        Ok(Expr::If { condition, then, otherwise: Box::new(otherwise) })
    }

    /// `&&` and `||` look at the right side only when it matters.
    fn lazy(&mut self, id: ExprId) -> Result<Expr, LowerError> {
        let body = Arc::clone(&self.body);
        let Some(Hir::Binary { operator, left, right }) = body.exprs.get(id.index()) else {
            return self.unchecked("an operator is missing");
        };
        let condition = self.operand(*left)?;
        let known = Box::new(Expr::Value(Operand::Const(Const::Bool(*operator == Operator::Or))));
        let right = Box::new(self.block(*right)?);
        Ok(match operator {
            Operator::Or => Expr::If { condition, then: known, otherwise: right },
            _ => Expr::If { condition, then: right, otherwise: known },
        })
    }

    /// Binds a chain of `let`s; what stands behind them.
    fn lets(&mut self, id: ExprId) -> Result<ExprId, LowerError> {
        let body = Arc::clone(&self.body);
        let mut at = id;
        loop {
            match body.exprs.get(at.index()) {
                Some(Hir::Let { pattern, value, body: rest }) => {
                    self.let_value(*pattern, *value)?;
                    at = *rest;
                }
                Some(Hir::LetFunction { local, params, value, body: rest, .. }) => {
                    let params = params.iter().map(|(pat, _)| *pat).collect();
                    self.let_closure(*local, Closure { local: Some(*local), params, body: *value }, *value)?;
                    at = *rest;
                }
                _ => return Ok(at),
            }
        }
    }

    fn let_value(&mut self, pattern: PatId, value: ExprId) -> Result<(), LowerError> {
        let body = Arc::clone(&self.body);
        if let (Some(Pat::Bind(local)), Some(Hir::Lambda { params, body })) =
            (body.pats.get(pattern.index()), body.exprs.get(value.index()))
        {
            let closure = Closure { local: Some(*local), params: params.clone(), body: *body };
            return self.let_closure(*local, closure, value);
        }
        let value = self.operand(value)?;
        self.bind(pattern, value)
    }

    pub fn no_match(&mut self, id: ExprId, value: Operand) -> Expr {
        let location = self.location(id);
        Expr::Fail { failure: Failure::NoMatch(value), location }
    }
}
