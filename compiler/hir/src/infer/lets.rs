//! `let`: values, nested functions, and the type variables that either may leave open.

use super::expr::{Expected, Infer};
use super::postponed::Postponed;
use super::{Because, Generalised};
use crate::body::{Expr, ExprId, LocalId, OPEN_TYPE, Pat, PatId};
use crate::types::lower::{any, map};
use crate::types::{InferVar, Ty};
use std::sync::Arc;

impl Infer<'_> {
    /// A chain of `let`s is walked in a loop.
    pub(super) fn lets(&mut self, id: ExprId, expected: Option<&Expected>) -> (Ty, bool) {
        let mut chain = Vec::new();
        let mut at = id;
        loop {
            match self.body.exprs.get(at.index()) {
                Some(Expr::Let { pattern, value, body }) => {
                    self.let_value(*pattern, *value);
                    chain.push(at);
                    at = *body;
                }
                Some(Expr::LetFunction { local, params, result, value, body }) => {
                    self.let_function(*local, params, result.as_ref(), *value);
                    chain.push(at);
                    at = *body;
                }
                _ => break,
            }
            self.solve();
        }
        let ty = self.expr(at, expected);
        for id in chain {
            if let Some(slot) = self.out.exprs.get_mut(id.index()) {
                *slot = ty.clone();
            }
        }
        (ty, expected.is_some())
    }

    pub(super) fn let_value(&mut self, pattern: PatId, value: ExprId) {
        let is_lambda = matches!(self.body.exprs.get(value.index()), Some(Expr::Lambda { .. }));
        let bound = match self.body.pats.get(pattern.index()) {
            Some(Pat::Bind(local)) => Some(*local),
            _ => None,
        };
        match bound {
            Some(local) if is_lambda => {
                let own = self.out.locals.get(local.index()).cloned().unwrap_or(Ty::Error);
                let ty = self.expr(value, None);
                // The lambda may call itself by this name.
                let because = Because::Annotation;
                self.fit(value, &ty, &Expected { ty: own, because });
                self.pattern(pattern, &ty);
                self.generalise(local, &[]);
            }
            _ => {
                let ty = self.expr(value, None);
                self.pattern(pattern, &ty);
            }
        }
    }

    pub(super) fn let_function(
        &mut self,
        local: LocalId,
        params: &[(PatId, Option<Ty>)],
        result: Option<&Ty>,
        value: ExprId,
    ) {
        let own = self.own_variables(params.iter().filter_map(|(_, ty)| ty.as_ref()).chain(result));
        let types: Vec<Ty> = params.iter().map(|(_, ty)| self.written(ty.as_ref())).collect();
        let result = self.written(result);
        let wrap = |result: Ty, it: &Ty| Ty::Function(Arc::new(it.clone()), Arc::new(result));
        let ty = types.iter().rev().fold(result.clone(), wrap);
        if let Some(slot) = self.out.locals.get_mut(local.index()) {
            *slot = ty;
        }
        for ((pat, _), ty) in params.iter().zip(&types) {
            self.pattern(*pat, ty);
        }
        self.want(value, result, Because::Annotation);
        self.generalise(local, &own);
    }

    /// The type variables that the signature of a nested function brings along.
    pub(super) fn own_variables<'t>(&mut self, types: impl Iterator<Item = &'t Ty>) -> Vec<u32> {
        let mut own = Vec::new();
        for ty in types {
            map(ty, &mut |ty| {
                if let Ty::Param(index) = ty
                    && *index >= OPEN_TYPE
                    && !self.open_types.contains_key(index)
                    && !self.rigid.contains_key(index)
                {
                    self.rigid.insert(*index, None);
                    own.push(*index);
                }
                None
            });
        }
        own
    }

    /// A type as written inside a body. A type variable that no signature has is open, the same one everywhere.
    pub(super) fn written(&mut self, ty: Option<&Ty>) -> Ty {
        let Some(ty) = ty else { return self.table.fresh() };
        map(ty, &mut |ty| match ty {
            Ty::Param(index) if *index >= OPEN_TYPE && !self.rigid.contains_key(index) => {
                let (open, table) = (&mut self.open_types, &mut self.table);
                Some(open.entry(*index).or_insert_with(|| table.fresh()).clone())
            }
            _ => None,
        })
    }

    /// Variables of a lambda's type that nothing else depends on become type parameters of the local, and so do those
    /// that its signature declares.
    pub(super) fn generalise(&mut self, local: LocalId, own: &[u32]) {
        self.solve();
        self.decide_cases(local);
        let ty = self.out.locals.get(local.index()).cloned().unwrap_or(Ty::Error);
        let mut free = self.table.free(&ty);
        let (outside, waiting) = self.held(local);
        let held: Vec<InferVar> = outside.iter().chain(&waiting).flat_map(|ty| self.table.free(ty)).collect();
        free.retain(|var| !held.contains(var));
        // A declared variable that has got out of its function is no parameter of it: it fits nothing.
        let is_out = |index: u32| outside.iter().any(|ty| any(&self.table.deep(ty), &|it| *it == Ty::Param(index)));
        let own: Vec<u32> = own.iter().copied().filter(|index| !is_out(*index)).collect();
        let count = (free.len() + own.len()) as u32;
        if count == 0 {
            return;
        }
        let first = self.next_param;
        for (index, var) in free.iter().enumerate() {
            // Unbound, so this binds it.
            let _ = self.table.unify(&Ty::Var(*var), &Ty::Param(first + index as u32));
        }
        for (index, rigid) in own.iter().enumerate() {
            self.rigid.insert(*rigid, Some(first + (free.len() + index) as u32));
        }
        self.next_param += count;
        let ty = map(&self.table.deep(&ty), &mut |ty| match ty {
            Ty::Param(index) if own.contains(index) => self.rigid.get(index).copied().flatten().map(Ty::Param),
            _ => None,
        });
        if let Some(slot) = self.out.locals.get_mut(local.index()) {
            *slot = ty;
        }
        self.out.generalised.insert(local, Generalised { first, count });
    }

    /// A parameter that is taken apart by a case of the only enum that has it is of that enum; where several have it, the
    /// uses of the function may still tell.
    pub(super) fn decide_cases(&mut self, local: LocalId) {
        loop {
            let free = self.out.locals.get(local.index()).map(|ty| self.table.free(ty)).unwrap_or_default();
            let outside: Vec<InferVar> = self.held(local).0.iter().flat_map(|ty| self.table.free(ty)).collect();
            let decided = self.postponed.iter().find_map(|it| {
                let Postponed::Case { case, value, .. } = it else { return None };
                let Ty::Var(var) = self.table.shallow(value) else { return None };
                let own = free.contains(&var) && !outside.contains(&var);
                Some((value.clone(), self.only_enum_with(case)?)).filter(|_| own)
            });
            let Some((value, enum_)) = decided else { return };
            let arguments = self.instantiate(enum_, &[]);
            // A variable, so this binds it.
            let _ = self.table.unify(&value, &Ty::Named(enum_, arguments.into()));
            self.solve();
        }
    }

    /// Types that other locals have, and those that questions wait for.
    pub(super) fn held(&self, local: LocalId) -> (Vec<Ty>, Vec<Ty>) {
        let inside = |index: usize| index == local.index() || self.out.generalised.contains_key(&LocalId(index as u32));
        let outside = self
            .out
            .locals
            .iter()
            .enumerate()
            .filter(|(index, _)| !inside(*index) && !self.only_inside(LocalId(*index as u32), local))
            .map(|(_, ty)| ty.clone())
            .collect();
        (outside, self.postponed.iter().flat_map(|it| it.types(&self.out.exprs)).collect())
    }

    /// Locals are numbered in the order they are bound: those behind `of` were bound inside it, or not yet.
    pub(super) fn only_inside(&self, it: LocalId, of: LocalId) -> bool {
        it > of
    }
}
