//! Patterns: the value's type goes in, the locals get theirs.

use super::Fact;
use super::expr::{Infer, literal_type};
use super::postponed::Postponed;
use crate::body::{LocalId, Pat, PatId};
use crate::types::Ty;
use crate::types::lower::substitute;
use std::sync::Arc;

impl Infer<'_> {
    pub(super) fn pattern(&mut self, id: PatId, ty: &Ty) {
        let Some(pat) = self.body.pats.get(id.index()) else { return };
        if let Some(slot) = self.out.pats.get_mut(id.index()) {
            *slot = ty.clone();
        }
        match pat {
            Pat::Missing | Pat::Wildcard => {}
            Pat::Bind(local) => self.bind_local(id, *local, ty),
            Pat::Unit => self.pattern_fits(id, &Ty::Unit, ty),
            Pat::Literal(literal) => self.pattern_fits(id, &literal_type(&literal.0), ty),
            Pat::Tuple(parts) => {
                let types: Vec<Ty> = parts.iter().map(|_| self.table.fresh()).collect();
                self.pattern_fits(id, &Ty::Tuple(types.clone().into()), ty);
                parts.iter().zip(&types).for_each(|(part, ty)| self.pattern(*part, ty));
            }
            Pat::List(parts) => {
                let element = self.table.fresh();
                self.pattern_fits(id, &Ty::List(Arc::new(element.clone())), ty);
                parts.iter().for_each(|part| self.pattern(*part, &element));
            }
            Pat::Cons(head, tail) => {
                let element = self.table.fresh();
                let list = Ty::List(Arc::new(element.clone()));
                self.pattern_fits(id, &list, ty);
                self.pattern(*head, &element);
                self.pattern(*tail, &list);
            }
            Pat::Case { case, arguments } => self.case_pattern(id, case, arguments, ty),
            Pat::Or(alternatives) => alternatives.iter().for_each(|it| self.pattern(*it, ty)),
        }
    }

    /// Alternatives of an or-pattern bind the same local several times.
    fn bind_local(&mut self, id: PatId, local: LocalId, ty: &Ty) {
        let Some(known) = self.out.locals.get(local.index()).cloned() else { return };
        if self.out.generalised.contains_key(&local) {
            return;
        }
        self.pattern_fits(id, &known, ty);
    }

    /// `shape` is what the pattern says, `ty` the value's type.
    fn pattern_fits(&mut self, id: PatId, shape: &Ty, ty: &Ty) {
        if self.table.unify(ty, shape).is_err() {
            let (expected, found) = (self.table.deep(ty), self.table.deep(shape));
            self.fact(Fact::PatternMismatch { pat: id, expected, found });
        }
    }

    /// The value's type selects the enum. While it is unknown, the fields have types of their own.
    fn case_pattern(&mut self, id: PatId, case: &str, arguments: &[PatId], ty: &Ty) {
        self.solve();
        let value = self.table.shallow(ty);
        if matches!(value, Ty::Var(_)) {
            let fields: Vec<Ty> = arguments.iter().map(|_| self.table.fresh()).collect();
            arguments.iter().zip(&fields).for_each(|(argument, field)| self.pattern(*argument, field));
            return self.postponed.push(Postponed::Case { pat: id, case: case.into(), value, fields });
        }
        match self.case_fields(id, case, arguments.len(), &value) {
            Some(fields) => {
                arguments.iter().zip(&fields).for_each(|(argument, field)| self.pattern(*argument, field));
            }
            None => arguments.iter().for_each(|argument| self.pattern(*argument, &Ty::Error)),
        }
    }

    /// The type of the value has become known.
    pub(super) fn case_known(&mut self, id: PatId, case: &str, value: &Ty, fields: &[Ty]) {
        let arguments = match self.body.pats.get(id.index()) {
            Some(Pat::Case { arguments, .. }) => arguments.clone(),
            _ => Vec::new(),
        };
        let Some(declared) = self.case_fields(id, case, fields.len(), value) else {
            return fields.iter().for_each(|field| self.give_up(field));
        };
        for (argument, (declared, field)) in arguments.iter().zip(declared.iter().zip(fields)) {
            self.pattern_fits(*argument, field, declared);
        }
    }

    /// The types of a case's fields in a value of this type. What is wrong is reported.
    fn case_fields(&mut self, id: PatId, case: &str, given: usize, value: &Ty) -> Option<Vec<Ty>> {
        let found = match value {
            Ty::Named(def, instance) => self.case_of(*def, case).map(|it| (*def, instance.clone(), it)),
            _ => None,
        };
        let Some((def, instance, (index, fields))) = found else {
            if *value != Ty::Error {
                let found = self.table.deep(value);
                self.fact(Fact::UnknownPatternCase { pat: id, case: case.into(), found });
            }
            return None;
        };
        self.out.pattern_cases.insert(id, (def, index));
        if fields.len() != given {
            self.fact(Fact::PatternArity { pat: id, enum_: def, case: index, found: given });
            return None;
        }
        Some(fields.iter().map(|field| substitute(field, &instance)).collect())
    }
}
