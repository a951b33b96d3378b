//! Lambdas and nested functions: each becomes a function of its own, and a closure where it stands. One that is generic is
//! lowered again for each use.

use super::LowerError;
use super::function::{Builder, Frame, speaking_name};
use crate::core::{Const, Expr, Function, Op, Operand, Param};
use crate::types::TypeId;
use dark_hir::body::{ExprId, LocalId, PatId};
use dark_hir::items::module_of;
use dark_hir::types::Ty;
use dark_hir::types::lower::substitute;

/// A lambda or nested function.
#[derive(Debug, Clone)]
pub(super) struct Closure {
    pub local: Option<LocalId>,
    pub params: Vec<PatId>,
    pub body: ExprId,
}

impl Builder<'_, '_> {
    /// A named lambda: made at once, or for each use when it is generic.
    pub fn let_closure(&mut self, local: LocalId, closure: Closure, at: ExprId) -> Result<(), LowerError> {
        if self.inference.generalised.contains_key(&local) {
            self.generic.insert(local, closure);
            return Ok(());
        }
        let ty = substitute(self.inference.locals.get(local.index()).unwrap_or(&Ty::Unit), &self.arguments);
        let ty = self.lower.ty(&ty, &[]);
        let value = self.make_closure(&closure, ty, at)?;
        self.frame().locals.insert(local, value);
        Ok(())
    }

    pub fn use_local(&mut self, id: ExprId, local: LocalId) -> Result<Operand, LowerError> {
        let instantiation = self.inference.instantiations.get(&id).cloned();
        if let (Some(closure), Some(types)) = (self.generic.get(&local).cloned(), instantiation) {
            return self.generic_closure(id, local, &closure, &types);
        }
        self.local(local)
    }

    /// A use of a generalised local: its lambda with these types.
    fn generic_closure(
        &mut self,
        id: ExprId,
        local: LocalId,
        closure: &Closure,
        types: &[Ty],
    ) -> Result<Operand, LowerError> {
        let Some(generalised) = self.inference.generalised.get(&local).copied() else {
            return self.unchecked("a local is not generic");
        };
        let concrete: Vec<Ty> = types.iter().map(|ty| substitute(ty, &self.arguments)).collect();
        let ty = self.expr_type(id);
        let before = self.arguments.clone();
        let end = (generalised.first + generalised.count) as usize;
        if self.arguments.len() < end {
            self.arguments.resize(end, Ty::Unit);
        }
        for (slot, ty) in self.arguments[generalised.first as usize..end].iter_mut().zip(concrete) {
            *slot = ty;
        }
        let made = self.make_closure(closure, ty, id);
        self.arguments = before;
        self.known.remove(&local);
        made
    }

    pub fn closure(&mut self, id: ExprId, closure: &Closure) -> Result<Operand, LowerError> {
        let ty = self.expr_type(id);
        self.make_closure(closure, ty, id)
    }

    /// Lowers the lambda into a function of its own and makes the closure in the current block.
    fn make_closure(&mut self, closure: &Closure, ty: TypeId, at: ExprId) -> Result<Operand, LowerError> {
        let function = self.lower.reserve();
        self.lambdas += 1;
        let symbol = format!("{}${}", self.symbol, self.lambdas);
        let location = self.location(at);
        self.frames.push(Frame::default());
        let own = self.var(ty);
        if let Some(local) = closure.local {
            self.frame().locals.insert(local, Operand::Var(own));
            self.known.insert(local, (function, closure.params.len()));
        }
        self.open();
        let params = self.params(&closure.params)?;
        let end = self.tail(closure.body)?;
        let code = self.close(end);
        let result = self.expr_type(closure.body);
        let Some(frame) = self.frames.pop() else { return self.unchecked("a frame is missing") };
        let code = frame.captures.iter().enumerate().rev().fold(code, |body, (index, (_, var))| {
            let op = Op::Capture { closure: Operand::Var(own), index: index as u32, ty: frame.vars[var.0 as usize] };
            Expr::Let { var: *var, op, body: Box::new(body) }
        });
        let captures: Vec<TypeId> = frame.captures.iter().map(|(_, var)| frame.vars[var.0 as usize]).collect();
        let params = std::iter::once(own).chain(params).map(|var| Param { var, borrowed: false }).collect();
        self.lower.functions[function.0 as usize] = Some(Function {
            symbol,
            name: speaking_name(self.lower.db, self.def),
            group: module_of(self.lower.db, self.def).join("."),
            params,
            result,
            body: code,
            location,
            vars: frame.vars,
            places: self.lower.own_places(self.def, frame.places),
            sql: None,
            stage: None,
            tail_called: false,
            recursive: true,
            captures: Some(captures),
            value_of: None,
        });
        if frame.captures.is_empty() {
            return Ok(Operand::Const(Const::Closure(function, ty)));
        }
        let captures = frame.captures.iter().map(|(local, _)| self.local(*local)).collect::<Result<_, _>>()?;
        Ok(self.let_(ty, Op::MakeClosure { function, captures, ty }))
    }
}
