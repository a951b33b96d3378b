//! Questions that wait for a type, and what is taken in the end.
//!
//! `expr` puts a question here when it cannot be answered yet. It is asked again whenever types have become known, and a last
//! time at the end of the definition, where the only candidate in scope, `Int` for an operand, and `Unit` answer what is open.

use super::expr::{Expected, Infer};
use super::{Because, Fact};
use crate::body::{ExprId, PatId};
use crate::def::Def;
use crate::opaque::opaque_part;
use crate::signature::members;
use crate::types::lower::any;
use crate::types::{InferVar, Ty};
use dark_syntax::ast::{IntType, Operator};

/// A question that waits for a type.
#[derive(Debug, Clone)]
pub(super) enum Postponed {
    Field {
        expr: ExprId,
        record: Ty,
        field: String,
        result: Ty,
    },
    Update {
        expr: ExprId,
        record: Ty,
        fields: Vec<(String, ExprId)>,
    },
    Numeric {
        expr: ExprId,
        operand: ExprId,
        operator: Option<Operator>,
        ty: Ty,
    },
    Comparable {
        expr: ExprId,
        ty: Ty,
    },
    /// Has a JSON form.
    Json {
        expr: ExprId,
        ty: Ty,
    },
    /// `call`: the function, and how many arguments it has.
    Unwrap {
        expr: ExprId,
        call: (ExprId, usize),
        argument: Ty,
        result: Ty,
    },
    /// A case pattern, and the types its parts have so far.
    Case {
        pat: PatId,
        case: String,
        value: Ty,
        fields: Vec<Ty>,
    },
}

impl Infer<'_> {
    /// Asks again until nothing new is learned.
    pub(super) fn solve(&mut self) {
        loop {
            let waiting = std::mem::take(&mut self.postponed);
            let before = waiting.len();
            for question in waiting {
                self.ask(question);
            }
            if self.postponed.len() >= before || self.postponed.is_empty() {
                return;
            }
        }
    }

    pub(super) fn solve_last(&mut self) {
        if let Some(question) = self.postponed.pop() {
            self.ask(question);
        }
    }

    /// Answers a question, or puts it back.
    pub(super) fn ask(&mut self, question: Postponed) {
        match (&question, self.table.shallow(question.ty())) {
            (Postponed::Case { fields, .. }, Ty::Error) => fields.iter().for_each(|field| self.give_up(field)),
            (_, Ty::Error) => {}
            (Postponed::Comparable { expr, .. }, _) => self.comparable(*expr, question),
            (Postponed::Json { expr, .. }, _) => self.has_json(*expr, question),
            (_, Ty::Var(_)) => self.postponed.push(question),
            (Postponed::Field { expr, field, result, .. }, found) => self.field_of(*expr, found, field, result),
            (Postponed::Update { expr, fields, .. }, found) => self.update_of(*expr, &found, fields),
            (Postponed::Numeric { expr, operand, operator, .. }, found) => {
                let unsigned = matches!(
                    found,
                    Ty::Int(IntType::UInt8 | IntType::UInt16 | IntType::UInt32 | IntType::UInt64 | IntType::UInt128)
                );
                let number = matches!(found, Ty::Int(_) | Ty::Float) && !(operator.is_none() && unsigned);
                if !number {
                    self.fact(Fact::NotNumeric { expr: *expr, operand: *operand, operator: *operator, found });
                }
            }
            (Postponed::Unwrap { expr, call, result, .. }, found) => self.unwrap_of(*expr, *call, found, result),
            (Postponed::Case { pat, case, fields, .. }, found) => self.case_known(*pat, case, &found, fields),
        }
    }

    pub(super) fn comparable(&mut self, expr: ExprId, question: Postponed) {
        let found = self.table.deep(question.ty());
        if any(&found, &|part| matches!(part, Ty::Function(..))) {
            self.fact(Fact::NotComparable { expr, found, opaque: None });
        } else if any(&found, &|part| matches!(part, Ty::Var(_))) {
            self.postponed.push(question);
        } else if let Some(opaque) = self.opaque_part(&found) {
            self.fact(Fact::NotComparable { expr, found, opaque: Some(opaque) });
        }
    }

    pub(super) fn has_json(&mut self, expr: ExprId, question: Postponed) {
        let found = self.table.deep(question.ty());
        if any(&found, &|part| matches!(part, Ty::Var(_))) {
            self.postponed.push(question);
        } else if let Some(opaque) = self.opaque_part(&found) {
            self.fact(Fact::NoJson { expr, found, opaque });
        }
    }

    /// What a value of the type holds that this body may not look into.
    pub(super) fn opaque_part(&self, ty: &Ty) -> Option<Def> {
        if self.is_library { None } else { opaque_part(self.db, ty) }
    }

    pub(super) fn field_of(&mut self, expr: ExprId, found: Ty, field: &str, result: &Ty) {
        if let Some(opaque) = self.hidden(&found) {
            self.fact(Fact::Opaque { expr, opaque });
            return self.give_up(result);
        }
        let Some(fields) = self.fields_of(&found) else {
            self.fact(Fact::NotARecord { expr, found });
            return self.give_up(result);
        };
        match fields.iter().position(|(name, _)| name == field) {
            Some(index) => {
                self.out.fields.insert(expr, index as u32);
                // The result was fresh, or an expectation that is compared again below.
                let ty = fields[index].1.clone();
                let because = Because::Field { name: field.into() };
                let current = self.table.deep(result);
                if self.table.unify(result, &ty).is_err() {
                    self.fact(Fact::Mismatch { expr, expected: current, found: ty, because });
                }
            }
            None => {
                self.fact(Fact::UnknownField { expr, field: field.into(), found });
                self.give_up(result);
            }
        }
    }

    /// A result of unknown type after something was reported fits anything.
    pub(super) fn give_up(&mut self, result: &Ty) {
        if let Ty::Var(var) = self.table.shallow(result) {
            self.table.poison(var);
        }
    }

    pub(super) fn update_of(&mut self, expr: ExprId, found: &Ty, fields: &[(String, ExprId)]) {
        if let Some(opaque) = self.hidden(found) {
            return self.fact(Fact::Opaque { expr, opaque });
        }
        let Some(declared) = self.fields_of(found) else {
            return self.fact(Fact::NotARecord { expr, found: found.clone() });
        };
        for (name, value) in fields {
            let have = self.out.exprs.get(value.index()).cloned().unwrap_or(Ty::Error);
            match declared.iter().find(|(it, _)| it == name) {
                Some((_, ty)) => {
                    let because = Because::Field { name: name.clone() };
                    self.fit(*value, &have, &Expected { ty: ty.clone(), because });
                }
                None => {
                    self.fact(Fact::UnknownField { expr, field: name.clone(), found: found.clone() });
                }
            }
        }
    }

    pub(super) fn unwrap_of(&mut self, expr: ExprId, call: (ExprId, usize), found: Ty, result: &Ty) {
        let inner = match &found {
            Ty::Named(def, arguments) => {
                let path = def.path(self.db);
                let known = path == "Darklang.Stdlib.Option.Option" || path == "Darklang.Stdlib.Result.Result";
                known.then(|| arguments.first().cloned()).flatten()
            }
            _ => None,
        };
        match inner {
            Some(inner) => {
                if self.table.unify(result, &inner).is_err() {
                    let (expected, found) = (self.table.deep(result), self.table.deep(&inner));
                    let (function, given) = call;
                    if given > 1 && !matches!(found, Ty::Function(..)) {
                        return self.fact(Fact::NotAFunction { expr: function, found, takes: 1, given });
                    }
                    self.fact(Fact::Mismatch { expr, expected, found, because: Because::Annotation });
                }
            }
            None => {
                self.fact(Fact::NotUnwrappable { expr, found });
                self.give_up(result);
            }
        }
    }

    /// At the end: operands default to Int; a field takes the only record in scope that has it, a case the only enum.
    pub(super) fn fall_back(&mut self) {
        loop {
            self.excuse();
            let position = self
                .postponed
                .iter()
                .position(|it| !matches!(it, Postponed::Numeric { .. } | Postponed::Comparable { .. }));
            let Some(position) = position else { break };
            let question = self.postponed.remove(position);
            let field = match &question {
                Postponed::Case { pat, case, value, fields } => {
                    self.fall_back_case(*pat, case, value, fields);
                    continue;
                }
                Postponed::Field { field, .. } => field.clone(),
                Postponed::Update { fields, .. } => fields.first().map(|(name, _)| name.clone()).unwrap_or_default(),
                Postponed::Unwrap { expr, result, .. } => {
                    let (expr, found) = (*expr, self.table.deep(question.ty()));
                    self.fact(Fact::NotUnwrappable { expr, found });
                    self.give_up(result);
                    continue;
                }
                Postponed::Numeric { .. } | Postponed::Comparable { .. } | Postponed::Json { .. } => continue,
            };
            match (members(self.db).record_with(self.db, &field, &self.module), &question) {
                (Some(def), _) => {
                    let arguments = self.instantiate(def, &[]);
                    // The record's type was unknown, so this cannot fail.
                    let _ = self.table.unify(question.ty(), &Ty::Named(def, arguments.into()));
                    self.postponed.push(question);
                    self.solve();
                }
                (None, Postponed::Field { expr, result, .. }) => {
                    self.fact(Fact::UnclearRecord { expr: *expr, field });
                    self.give_up(result);
                }
                (None, Postponed::Update { expr, .. }) => self.fact(Fact::UnclearRecord { expr: *expr, field }),
                (None, _) => {}
            }
        }
        for question in std::mem::take(&mut self.postponed) {
            if let Postponed::Numeric { ty, .. } = &question {
                // Unknown, or already Int by an earlier question.
                let _ = self.table.unify(ty, &Ty::Int(IntType::Int));
            }
            self.ask(question);
        }
    }

    /// What hangs on something that was told already fits anything: nobody is told twice.
    fn excuse(&mut self) {
        let unknown = self.postponed.iter().filter_map(|question| match self.table.shallow(question.ty()) {
            Ty::Var(var) if self.table.is_doubtful(var) => Some(var),
            _ => None,
        });
        let unknown: Vec<InferVar> = unknown.collect();
        if !unknown.is_empty() {
            unknown.into_iter().for_each(|var| self.table.poison(var));
            self.solve();
        }
    }

    pub(super) fn fall_back_case(&mut self, pat: PatId, case: &str, value: &Ty, fields: &[Ty]) {
        match self.enum_with(case, None) {
            Some(enum_) => {
                let arguments = self.instantiate(enum_, &[]);
                // The value's type was unknown, so this cannot fail.
                let _ = self.table.unify(value, &Ty::Named(enum_, arguments.into()));
                let value = self.table.shallow(value);
                self.case_known(pat, case, &value, fields);
                self.solve();
            }
            None => {
                let found = self.table.deep(value);
                self.fact(Fact::UnknownPatternCase { pat, case: case.into(), found });
                self.give_up(value);
                fields.iter().for_each(|field| self.give_up(field));
            }
        }
    }
}

impl Postponed {
    /// Every type the answer may change.
    pub(super) fn types(&self, exprs: &[Ty]) -> Vec<Ty> {
        match self {
            Postponed::Field { record, result, .. } => vec![record.clone(), result.clone()],
            Postponed::Unwrap { argument, result, .. } => vec![argument.clone(), result.clone()],
            Postponed::Case { value, fields, .. } => std::iter::once(value).chain(fields).cloned().collect(),
            Postponed::Update { record, fields, .. } => {
                let values = fields.iter().filter_map(|(_, value)| exprs.get(value.index()).cloned());
                std::iter::once(record.clone()).chain(values).collect()
            }
            Postponed::Numeric { ty, .. } | Postponed::Comparable { ty, .. } | Postponed::Json { ty, .. } => {
                vec![ty.clone()]
            }
        }
    }

    pub(super) fn ty(&self) -> &Ty {
        match self {
            Postponed::Field { record, .. } | Postponed::Update { record, .. } => record,
            Postponed::Numeric { ty, .. } | Postponed::Comparable { ty, .. } | Postponed::Json { ty, .. } => ty,
            Postponed::Unwrap { argument, .. } => argument,
            Postponed::Case { value, .. } => value,
        }
    }
}
