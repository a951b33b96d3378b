//! Calls, and named functions and values by themselves. What is left over or missing of the arguments is in `apply`.

use super::function::Builder;
use super::{LowerError, Statement, wrap};
use crate::core::{Const, Expr, Op, Operand};
use crate::intrinsics::Intrinsic;
use dark_hir::body::{Expr as Hir, ExprId};
use dark_hir::def::{Def, DefKind};
use dark_hir::queries;
use dark_hir::types::lower::substitute;
use dark_hir::types::{Binding, Role, Ty};
use std::sync::Arc;

impl Builder<'_, '_> {
    pub fn call_value(&mut self, id: ExprId) -> Result<Operand, LowerError> {
        self.open();
        let end = self.tail(id)?;
        // A plain call is statements and a value: put them into the current block.
        let statements = self.frame().blocks.pop().unwrap_or_default();
        if let Expr::Value(value) = end {
            for statement in statements {
                self.push(statement);
            }
            return Ok(value);
        }
        let ty = self.expr_type(id);
        let var = self.var(ty);
        self.push(Statement::LetExpr(var, wrap(statements, end)));
        Ok(Operand::Var(var))
    }

    pub fn tail_call(&mut self, id: ExprId, function: ExprId, arguments: &[ExprId]) -> Result<Expr, LowerError> {
        let body = Arc::clone(&self.body);
        match body.exprs.get(function.index()) {
            Some(Hir::Def { def, .. }) if def.kind(self.lower.db) == DefKind::Function => {
                self.call_definition(id, function, *def, arguments)
            }
            Some(Hir::Local(local))
                if self.known.get(local).is_some_and(|(_, count)| *count == arguments.len())
                    && !self.generic.contains_key(local) =>
            {
                let Some((code, _)) = self.known.get(local).copied() else {
                    return self.unchecked("a closure is missing");
                };
                let mut operands = self.operands(arguments)?;
                operands.insert(0, self.local(*local)?);
                let (ty, location) = (self.expr_type(id), self.location(id));
                Ok(Expr::Value(self.let_(ty, Op::Call { function: code, arguments: operands, location })))
            }
            _ => {
                let operands = self.operands(arguments)?;
                let closure = self.operand(function)?;
                let ty = self.expr_type(function);
                let at = self.location(id);
                self.apply(closure, ty, operands, at)
            }
        }
    }

    /// A call of a named function: exactly, with too few, or with too many arguments.
    fn call_definition(
        &mut self,
        id: ExprId,
        function: ExprId,
        def: Def,
        arguments: &[ExprId],
    ) -> Result<Expr, LowerError> {
        let Some(signature) = queries::signature(self.lower.db, def) else {
            return self.unchecked("a function has no signature");
        };
        let count = signature.params.len();
        if let Binding::Intrinsic(name) = &signature.binding
            && signature.names_a_worker()
            && arguments.len() == count
        {
            let intrinsic = Intrinsic::from_name(name);
            return self.of_worker(id, intrinsic, arguments);
        }
        let mut operands = self.operands(arguments)?;
        let at = self.location(id);
        if operands.len() < count {
            let types = self.instantiation(function);
            let (whole, ty) = (self.expr_ty(function), self.expr_type(id));
            let function = self.lower.partial(def, &types, &whole, operands.len(), ty)?;
            return Ok(Expr::Value(self.let_(ty, Op::MakeClosure { function, captures: operands, ty })));
        }
        let rest = operands.split_off(count);
        let whole = self.expr_ty(function);
        let result = result_after(&whole, count);
        let result = self.lower.ty(&result, &[]);
        let types = self.instantiation(function);
        let op = self.lower.call_op(def, &types, operands, result, at.clone())?;
        let value = self.let_(result, op);
        if rest.is_empty() {
            return Ok(Expr::Value(value));
        }
        self.apply(value, result, rest, at)
    }

    /// What is done to a worker's queue: the worker is known by name.
    fn of_worker(
        &mut self,
        id: ExprId,
        intrinsic: Option<Intrinsic>,
        arguments: &[ExprId],
    ) -> Result<Expr, LowerError> {
        let body = Arc::clone(&self.body);
        let role = |def: Def| queries::signature(self.lower.db, def).as_ref().map(|it| it.role.clone());
        let worker = arguments.first().and_then(|first| match body.exprs.get(first.index()) {
            Some(Hir::Def { def, .. }) => role(*def),
            _ => None,
        });
        let (Some(Role::Worker { name }), Some(intrinsic)) = (worker, intrinsic) else {
            return self.unchecked("it names no worker");
        };
        let text = self.string_type();
        let mut operands = vec![Operand::Const(Const::Text(Arc::from(name), text))];
        operands.extend(self.operands(&arguments[1..])?);
        let (ty, at) = (self.expr_type(id), self.location(id));
        Ok(Expr::Value(self.intrinsic(intrinsic, operands, ty, at)))
    }

    /// The concrete type arguments of a use.
    pub fn instantiation(&self, id: ExprId) -> Vec<Ty> {
        let types = self.inference.instantiations.get(&id).cloned().unwrap_or_default();
        types.iter().map(|ty| substitute(ty, &self.arguments)).collect()
    }

    /// A named function or value by itself.
    pub fn definition(&mut self, id: ExprId, def: Def) -> Result<Operand, LowerError> {
        let ty = self.expr_type(id);
        if def.kind(self.lower.db) == DefKind::Value {
            let global = self.lower.global(def, self.instantiation(id))?;
            return Ok(self.let_(ty, Op::Global(global)));
        }
        let types = self.instantiation(id);
        let whole = self.expr_ty(id);
        let function = self.lower.wrapper(def, &types, &whole, ty)?;
        Ok(Operand::Const(Const::Closure(function, ty)))
    }
}

/// What is left of a function type after that many arguments.
pub(super) fn result_after(ty: &Ty, count: usize) -> Ty {
    let mut at = ty;
    for _ in 0..count {
        match at {
            Ty::Function(_, result) => at = result,
            other => return other.clone(),
        }
    }
    at.clone()
}
