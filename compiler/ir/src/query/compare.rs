//! Equality and cases. Dark's equality looks at structure; SQL's at one value. Scalars and what is equal exactly when
//! its JSON is compare as they are; what is put together in the query is compared part by part; the rest goes to the
//! runtime with the descriptor of its type.

use super::plan::{Made, Planner, Sym};
use super::problem::Reason;
use super::sql::Sql;
use super::types::{self, Form, Step, form};
use crate::types::{Type, TypeId};

impl Planner<'_, '_> {
    pub fn equal_sym(&mut self, a: &Sym, b: &Sym, ty: TypeId) -> Made<Sym> {
        Ok(Sym::Sql { sql: self.equal(a, b)?, ty })
    }

    pub fn equal(&mut self, a: &Sym, b: &Sym) -> Made<Sql> {
        let ty = a.ty();
        match form(self.binder.types, ty) {
            Form::Unit => Ok(Sql::truth(true)),
            Form::Bool | Form::Small(_) | Form::Big(_) | Form::Text | Form::Moment => {
                let (a, b) = (self.scalar(a)?, self.scalar(b)?);
                Ok(Sql::infix("=", a, b))
            }
            Form::Float => {
                let (a, b) = (self.scalar(a)?, self.scalar(b)?);
                Ok(Sql::call("dark_float_equal", vec![a, b]))
            }
            Form::Json => self.equal_json(a, b, ty),
        }
    }

    fn equal_json(&mut self, a: &Sym, b: &Sym, ty: TypeId) -> Made<Sql> {
        match (a, b) {
            (Sym::Either { condition, then, otherwise }, other)
            | (other, Sym::Either { condition, then, otherwise }) => {
                let (then, otherwise) = (self.equal(then, other)?, self.equal(otherwise, other)?);
                Ok(Sql::truth_case(condition.clone(), then, otherwise))
            }
            (Sym::Parts { case, parts, .. }, other) | (other, Sym::Parts { case, parts, .. }) => {
                self.equal_parts(*case, parts, other, ty)
            }
            (Sym::List { items, .. }, other) | (other, Sym::List { items, .. }) => self.equal_list(items, other, ty),
            _ => {
                let (left, right) = (self.scalar(a)?, self.scalar(b)?);
                if types::textual(self.binder.types, ty) {
                    return Ok(Sql::infix("=", left, right));
                }
                let descriptor = Sql::Param(self.binder.descriptor(ty));
                Ok(Sql::call("dark_equal", vec![left, right, descriptor]))
            }
        }
    }

    /// A value put together in the query, and any other.
    fn equal_parts(&mut self, case: u32, parts: &[Sym], other: &Sym, ty: TypeId) -> Made<Sql> {
        let is_case = types::case(self.binder.types, ty, case);
        let other = self.taken_apart(other)?;
        let mut all: Vec<Sql> = Vec::new();
        if is_case.is_some() {
            match &other {
                Sym::Parts { case: own, .. } if *own != case => return Ok(Sql::truth(false)),
                Sym::Parts { .. } => {}
                other => all.push(self.case_test(other, case)?),
            }
        }
        for (index, part) in parts.iter().enumerate() {
            let own = match is_case {
                Some(_) => self.case_field(&other, case, index as u32, part.ty())?,
                None => self.field(&other, index as u32, part.ty())?,
            };
            all.push(self.equal(part, &own)?);
        }
        Ok(conjunction(all))
    }

    fn equal_list(&mut self, items: &[Sym], other: &Sym, ty: TypeId) -> Made<Sql> {
        let Type::List(element) = *self.binder.types.get(ty) else { return Err(self.stop(Reason::List)) };
        let other = self.taken_apart(other)?;
        let (base, steps) = match &other {
            Sym::List { items: own, .. } if own.len() != items.len() => return Ok(Sql::truth(false)),
            Sym::List { items: own, .. } => {
                let mut all = Vec::new();
                for (a, b) in items.iter().zip(own) {
                    all.push(self.equal(a, b)?);
                }
                return Ok(conjunction(all));
            }
            Sym::Path { base, steps, .. } => (base.clone(), steps.clone()),
            other => (self.scalar(other)?, Vec::new()),
        };
        let path = Sql::text(&self.json_path(&steps)?);
        let length = Sql::call("json_array_length", vec![base.clone(), path]);
        let mut all = vec![Sql::infix("=", length, Sql::Literal(items.len().to_string()))];
        for (index, item) in items.iter().enumerate() {
            let steps = steps.iter().cloned().chain([Step::Index(index)]).collect();
            let own = Sym::Path { base: base.clone(), steps, ty: element };
            all.push(self.equal(item, &own)?);
        }
        Ok(conjunction(all))
    }

    /// A value whose parts can be asked for: what is known before the query becomes a parameter, for its case is not
    /// known here.
    fn taken_apart(&mut self, value: &Sym) -> Made<Sym> {
        match value {
            Sym::Const { ty, .. } | Sym::Sql { ty, .. } => {
                let base = self.scalar(value)?;
                Ok(Sym::Path { base, steps: Vec::new(), ty: *ty })
            }
            other => Ok(other.clone()),
        }
    }

    /// Whether an enum is in a case.
    pub fn case_test(&mut self, value: &Sym, case: u32) -> Made<Sql> {
        let ty = value.ty();
        let Some((name, fields)) = types::case(self.binder.types, ty, case) else {
            return Err(self.stop(Reason::Operation("a case that is not there")));
        };
        if types::is_option(self.binder.types, ty) {
            let none = Sql::infix("=", self.scalar(value)?, Sql::text("null"));
            return Ok(if fields.is_empty() { none } else { none.negated() });
        }
        if fields.is_empty() {
            return Ok(Sql::infix("=", self.scalar(value)?, Sql::text(&format!("\"{name}\""))));
        }
        let (base, steps) = match value {
            Sym::Path { base, steps, .. } => (base.clone(), steps.clone()),
            other => (self.scalar(other)?, Vec::new()),
        };
        let path = self.json_path(&steps.into_iter().chain([Step::Member(name)]).collect::<Vec<_>>())?;
        let part = Sql::Part { base: Box::new(base), path, json: true };
        Ok(Sql::infix("IS NOT", part, Sql::Literal("NULL".into())))
    }
}

fn conjunction(all: Vec<Sql>) -> Sql {
    all.into_iter()
        .rev()
        .reduce(|rest, first| Sql::truth_case(first, rest, Sql::truth(false)))
        .unwrap_or(Sql::truth(true))
}
