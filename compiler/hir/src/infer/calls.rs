//! Applications of functions and constructors.

use super::expr::{Expected, Infer};
use super::postponed::Postponed;
use super::{Because, Fact};
use crate::body::{Expr, ExprId};
use crate::def::{Def, DefKind};
use crate::items::definitions;
use crate::signature::{members, signature, type_definition};
use crate::types::lower::substitute;
use crate::types::{Binding, Role, Ty, TypeKind};
use std::sync::Arc;

impl Infer<'_> {
    pub(super) fn call(
        &mut self,
        id: ExprId,
        function: ExprId,
        arguments: &[ExprId],
        expected: Option<&Expected>,
    ) -> Ty {
        let callee = match self.body.exprs.get(function.index()) {
            Some(Expr::Def { def, .. }) => Some(*def),
            _ => None,
        };
        self.callee = Some(function);
        let whole = self.expr(function, None);
        let mut at = self.table.shallow(&whole);
        let (mut pairs, mut results) = (Vec::new(), Vec::new());
        for (index, argument) in arguments.iter().enumerate() {
            let (parameter, result) = match at {
                Ty::Function(parameter, result) => ((*parameter).clone(), (*result).clone()),
                Ty::Var(_) => {
                    let (parameter, result) = (self.table.fresh(), self.table.fresh());
                    let ty = Ty::Function(Arc::new(parameter.clone()), Arc::new(result.clone()));
                    // A variable that is not in the fresh type: this binds it.
                    let _ = self.table.unify(&at, &ty);
                    (parameter, result)
                }
                found => {
                    if found != Ty::Error {
                        let (found, given) = (self.table.deep(&whole), arguments.len());
                        self.fact(Fact::NotAFunction { expr: function, found, takes: index, given });
                    }
                    self.rest(&arguments[index..]);
                    self.arguments(id, callee, &pairs);
                    // With the wrong number of arguments, the wrong ones follow from it.
                    self.out.facts.retain(|fact| {
                        !matches!(fact, Fact::Mismatch { because: Because::Argument { call, .. }, .. } if *call == id)
                    });
                    return Ty::Error;
                }
            };
            pairs.push((index, *argument, parameter));
            results.push(result.clone());
            at = self.table.shallow(&result);
        }
        if let Some(expected) = expected
            && pairs.iter().any(|(_, argument, _)| self.is_lambda(*argument))
        {
            // Only to know the lambdas' types earlier; a difference is reported where the call is compared.
            let _ = self.table.try_unify(&at, &expected.ty);
        }
        let before = self.out.facts.len();
        self.arguments(id, callee, &pairs);
        self.special(callee, function, arguments, &results);
        // `f(a, b)`: what is left of the call's type follows from it.
        let is_tuple = |expr: &ExprId| matches!(self.body.exprs.get(expr.index()), Some(Expr::Tuple(_)));
        let commas = self.out.facts[before..].iter().any(|fact| {
            matches!(fact, Fact::Mismatch { expr, because: Because::Argument { call, .. }, .. } if *call == id && is_tuple(expr))
        });
        if commas && matches!(at, Ty::Function(..)) { Ty::Error } else { at }
    }

    pub(super) fn rest(&mut self, arguments: &[ExprId]) {
        for argument in arguments {
            self.expr(*argument, None);
        }
    }

    fn is_lambda(&self, id: ExprId) -> bool {
        matches!(self.body.exprs.get(id.index()), Some(Expr::Lambda { .. }))
    }

    /// Lambdas last.
    fn arguments(&mut self, call: ExprId, def: Option<Def>, pairs: &[(usize, ExprId, Ty)]) {
        for lambdas in [false, true] {
            for (index, argument, parameter) in pairs {
                if self.is_lambda(*argument) == lambdas {
                    let because = Because::Argument { call, index: *index, def };
                    self.expr(*argument, Some(&Expected { ty: parameter.clone(), because }));
                }
            }
            self.solve();
        }
    }

    /// Intrinsics with a typing rule of their own. `results` are the types after each argument.
    fn special(&mut self, callee: Option<Def>, function: ExprId, arguments: &[ExprId], results: &[Ty]) {
        let Some(def) = callee.filter(|def| def.kind(self.db) == DefKind::Function) else { return };
        let Some(signature) = signature(self.db, def).as_ref() else { return };
        match (&signature.binding, arguments) {
            (Binding::Intrinsic(name), [argument, ..]) if name == "unwrap" => {
                let argument_ty = self.out.exprs.get(argument.index()).cloned().unwrap_or(Ty::Error);
                let result = results.first().cloned().unwrap_or(Ty::Error);
                let call = (function, arguments.len());
                self.postponed.push(Postponed::Unwrap { expr: *argument, call, argument: argument_ty, result });
                self.solve_last();
            }
            (_, [worker, ..]) if signature.names_a_worker() && !self.is_a_worker(*worker) => {
                self.fact(Fact::NotAWorker { expr: *worker });
            }
            _ => {}
        }
    }

    fn is_a_worker(&self, id: ExprId) -> bool {
        match self.body.exprs.get(id.index()) {
            Some(Expr::Def { def, .. }) => {
                signature(self.db, *def).as_ref().is_some_and(|it| matches!(it.role, Role::Worker { .. }))
            }
            Some(Expr::Missing) => true,
            _ => false,
        }
    }

    pub(super) fn construct(
        &mut self,
        id: ExprId,
        enum_: Option<Def>,
        type_args: &[Ty],
        case: &str,
        arguments: &[ExprId],
        expected: Option<&Expected>,
    ) -> Ty {
        let wanted = expected.map(|expected| self.table.shallow(&expected.ty));
        let Some(enum_) = enum_.or_else(|| self.enum_with(case, wanted.as_ref())) else {
            self.rest(arguments);
            self.fact(Fact::UnknownCase { expr: id, case: case.into() });
            return Ty::Error;
        };
        let mut instance = self.instantiate(enum_, type_args);
        let mut def = enum_;
        if crate::signature::is_alias(self.db, enum_)
            && let Ty::Named(target, arguments) = substitute(&crate::signature::alias_target(self.db, enum_), &instance)
        {
            (def, instance) = (target, arguments.to_vec());
        }
        let ty = Ty::Named(def, instance.clone().into());
        if let Some(wanted) = &wanted {
            // Only to learn the type arguments early.
            let _ = self.table.try_unify(&ty, wanted);
        }
        let Some((index, fields)) = self.case_of(def, case) else {
            self.rest(arguments);
            self.fact(Fact::UnknownCase { expr: id, case: case.into() });
            return ty;
        };
        self.out.cases.insert(id, (def, index));
        if fields.len() != arguments.len() {
            self.rest(arguments);
            let is_function = arguments.is_empty() && wanted.as_ref().is_some_and(|it| matches!(it, Ty::Function(..)));
            self.fact(Fact::CaseArity { expr: id, enum_: def, case: index, found: arguments.len(), is_function });
            // A bare case where a function is wanted: nothing more is to be said.
            return if is_function { Ty::Error } else { ty };
        }
        for (index, (argument, field)) in arguments.iter().zip(&fields).enumerate() {
            self.want(*argument, substitute(field, &instance), Because::CaseField { index });
        }
        ty
    }

    /// The index and the field types of a case.
    pub(super) fn case_of(&self, def: Def, case: &str) -> Option<(u32, Vec<Ty>)> {
        let TypeKind::Enum(cases) = &type_definition(self.db, def).as_ref()?.kind else { return None };
        let index = cases.iter().position(|it| it.name == case)?;
        Some((index as u32, cases[index].fields.clone()))
    }

    /// The enum of a case, if there is no other with a case of that name.
    pub(super) fn only_enum_with(&self, case: &str) -> Option<Def> {
        let index = members(self.db);
        match standard_enum(case) {
            Some(path) if index.enums_with(case).is_empty() => definitions(self.db).get(DefKind::Type, path),
            Some(_) => None,
            None => Some(index.enums_with(case)).filter(|all| all.len() == 1).and_then(|all| all.first().copied()),
        }
    }

    /// A bare case name: of the wanted type, else of the only enum outside the standard library that has it.
    pub(super) fn enum_with(&self, case: &str, wanted: Option<&Ty>) -> Option<Def> {
        if let Some(Ty::Named(def, _)) = wanted
            && self.case_of(*def, case).is_some()
        {
            return Some(*def);
        }
        if let Some(path) = standard_enum(case) {
            return definitions(self.db).get(DefKind::Type, path);
        }
        members(self.db).enum_with(self.db, case, &self.module)
    }
}

/// The library's enum whose cases stand without its name.
fn standard_enum(case: &str) -> Option<&'static str> {
    match case {
        "Some" | "None" => Some("Darklang.Stdlib.Option.Option"),
        "Ok" | "Error" => Some("Darklang.Stdlib.Result.Result"),
        _ => None,
    }
}
