//! Expressions. Where a type is expected it is handed down with its reason; lambdas are looked at after the other
//! arguments, so that `List.map people (fun p -> p.name)` knows `p`. Questions that cannot be answered yet (a field of a
//! value of unknown type, an operator on one) wait in `postponed`; `lets` binds names, `pattern` takes values apart, `calls`
//! applies functions.

use super::postponed::Postponed;
use super::table::Table;
use super::{Because, Fact, Generalised, Inference};
use crate::body::{Arm, Body, Expr, ExprId, LocalId, OPEN_TYPE, Pat, PatId};
use crate::db::Db;
use crate::def::{Def, DefKind};
use crate::items::module_of;
use crate::signature::{is_of_library, marks, row_type, signature, type_definition};
use crate::types::lower::{map, substitute};
use crate::types::{Binding, Ty, TypeKind};
use dark_syntax::ast::{Literal, Operator};
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// A type somebody wants, and why.
#[derive(Debug, Clone)]
pub(super) struct Expected {
    pub ty: Ty,
    pub because: Because,
}

pub(super) struct Infer<'a> {
    pub db: &'a dyn Db,
    pub body: &'a Body,
    /// The modules around the definition.
    pub module: Vec<String>,
    /// The definition stands in the library, which may look inside of opaque types.
    pub is_library: bool,
    pub table: Table,
    pub out: Inference,
    pub postponed: Vec<Postponed>,
    /// The function of the call that is looked at.
    pub callee: Option<ExprId>,
    /// The next free index for parameters of generalised locals.
    pub(super) next_param: u32,
    /// Type variables that a nested function uses and does not declare in its own signature.
    pub(super) open_types: FxHashMap<u32, Ty>,
    /// Those in the signatures of nested functions: nothing but themselves inside, and the type parameter they become
    /// once the function is generalised.
    pub(super) rigid: FxHashMap<u32, Option<u32>>,
}

pub(super) fn infer_body(db: &dyn Db, def: Def) -> Option<Inference> {
    let body = crate::body::lower::body(db, def)?;
    let signature = signature(db, def).as_ref();
    let mut infer = Infer {
        db,
        body: &body,
        module: module_of(db, def),
        is_library: is_of_library(db, def),
        table: Table::default(),
        out: Inference::default(),
        postponed: Vec::new(),
        callee: None,
        next_param: signature.map_or(0, |it| it.generics.names.len() as u32),
        open_types: FxHashMap::default(),
        rigid: FxHashMap::default(),
    };
    infer.prepare();
    if let Some(signature) = signature {
        for (pat, param) in body.params.iter().zip(&signature.params) {
            infer.pattern(*pat, &param.ty);
        }
        let expected = Expected { ty: signature.result.clone(), because: Because::Result };
        infer.expr(body.root, Some(&expected));
    } else {
        infer.root(def, body.root);
    }
    infer.solve();
    infer.fall_back();
    if def.kind(db) == DefKind::Value {
        infer.generalise_value(body.root);
    }
    Some(infer.finish())
}

impl Infer<'_> {
    fn prepare(&mut self) {
        self.out.exprs = vec![Ty::Error; self.body.exprs.len()];
        self.out.pats = vec![Ty::Error; self.body.pats.len()];
        self.out.locals = (0..self.body.locals.len()).map(|_| self.table.fresh()).collect();
    }

    /// The whole of a value, statement or test. Only the last statement of a script may have a value.
    fn root(&mut self, def: Def, root: ExprId) {
        let lost = def.kind(self.db) == DefKind::Statement && !crate::program::ends_script(self.db, def);
        let expected = Expected { ty: Ty::Unit, because: Because::Statement };
        self.expr(root, lost.then_some(&expected));
    }

    /// What the type of a value leaves open is decided at each use: `val empty = []` is a list of anything.
    fn generalise_value(&mut self, root: ExprId) {
        let first = self.next_param;
        let whole = self.out.exprs.get(root.index()).map(|ty| self.table.deep(ty)).unwrap_or(Ty::Error);
        let mut open = Vec::new();
        map(&whole, &mut |ty| {
            if matches!(ty, Ty::Var(_)) && !open.contains(ty) {
                open.push(ty.clone());
            }
            None
        });
        for (index, ty) in open.iter().enumerate() {
            // A variable takes any type.
            let _ = self.table.unify(ty, &Ty::Param(first + index as u32));
        }
        self.out.value = (!open.is_empty()).then_some(Generalised { first, count: open.len() as u32 });
    }

    fn finish(self) -> Inference {
        let mut out = self.out;
        let (table, rigid) = (&self.table, &self.rigid);
        // What nothing decided can be anything; Unit is as good as any other.
        let close = |ty: &Ty| {
            map(&table.deep(ty), &mut |ty| match ty {
                Ty::Var(_) => Some(Ty::Unit),
                Ty::Param(index) if *index >= OPEN_TYPE => {
                    Some(rigid.get(index).copied().flatten().map_or(Ty::Unit, Ty::Param))
                }
                _ => None,
            })
        };
        out.exprs.iter_mut().for_each(|ty| *ty = close(ty));
        out.pats.iter_mut().for_each(|ty| *ty = close(ty));
        out.locals.iter_mut().for_each(|ty| *ty = close(ty));
        out.instantiations.values_mut().flatten().for_each(|ty| *ty = close(ty));
        for fact in &mut out.facts {
            fact.types().into_iter().for_each(|ty| *ty = table.deep(ty));
        }
        out
    }

    pub fn fact(&mut self, fact: Fact) {
        self.out.facts.push(fact);
    }

    /// The type of an expression, recorded. With an expectation the result is the expected type, and a difference has
    /// been reported.
    pub fn expr(&mut self, id: ExprId, expected: Option<&Expected>) -> Ty {
        let Some(expr) = self.body.exprs.get(id.index()) else { return Ty::Error };
        let (found, checked) = self.form(id, expr, expected);
        let ty = match expected {
            Some(expected) if !checked => {
                self.fit(id, &found, expected);
                expected.ty.clone()
            }
            _ => found,
        };
        if let Some(slot) = self.out.exprs.get_mut(id.index()) {
            *slot = ty.clone();
        }
        ty
    }

    /// Reports a difference.
    pub fn fit(&mut self, expr: ExprId, found: &Ty, expected: &Expected) {
        if self.table.unify(&expected.ty, found).is_err() {
            let (expected_ty, found) = (self.table.deep(&expected.ty), self.table.deep(found));
            let because = expected.because.clone();
            self.fact(Fact::Mismatch { expr, expected: expected_ty, found, because });
        }
    }

    /// The table of contents: the type found, and whether an expectation was already handed further down.
    fn form(&mut self, id: ExprId, expr: &Expr, expected: Option<&Expected>) -> (Ty, bool) {
        match expr {
            Expr::Missing => (Ty::Error, true),
            Expr::Literal(literal) => (literal_type(&literal.0), false),
            Expr::Interpolation(parts) => (self.interpolation(parts), false),
            Expr::Local(local) => (self.local(id, *local), false),
            Expr::Def { def, type_args } => {
                if self.callee != Some(id) && signature(self.db, *def).as_ref().is_some_and(|it| it.names_a_worker()) {
                    self.fact(Fact::WithoutWorker { expr: id, def: *def });
                }
                (self.definition(id, *def, type_args), false)
            }
            Expr::Db(def) => (Ty::Db(Arc::new(row_type(self.db, *def))), false),
            Expr::Call { function, arguments } => (self.call(id, *function, arguments, expected), false),
            Expr::Construct { enum_, type_args, case, arguments } => {
                (self.construct(id, *enum_, type_args, case, arguments, expected), false)
            }
            Expr::Record { record, type_args, fields } => {
                (self.record(id, *record, type_args, fields, expected), false)
            }
            Expr::RecordUpdate { record, fields } => (self.update(id, *record, fields), false),
            Expr::Dict(entries) => (self.dict(entries), false),
            Expr::Field { record, field } => (self.field(id, *record, field), false),
            Expr::Binary { operator, left, right } => (self.binary(id, *operator, *left, *right), false),
            Expr::Negate(inner) => (self.negate(id, *inner), false),
            Expr::Unit => (Ty::Unit, false),
            Expr::Tuple(items) => (self.tuple(items, expected), false),
            Expr::List(items) => (self.list(items, expected), false),
            Expr::If { condition, then, otherwise } => self.if_(*condition, *then, *otherwise, expected),
            Expr::Match { scrutinee, arms } => self.match_(*scrutinee, arms, expected),
            Expr::Lambda { params, body } => self.lambda(params, *body, expected),
            Expr::Let { .. } | Expr::LetFunction { .. } => self.lets(id, expected),
            Expr::Statements(list) => self.statements(list, expected),
            Expr::TestEqual { actual, expected } => (self.test(*actual, *expected), false),
        }
    }

    pub fn want(&mut self, id: ExprId, ty: Ty, because: Because) {
        self.expr(id, Some(&Expected { ty, because }));
    }

    fn interpolation(&mut self, parts: &[ExprId]) -> Ty {
        for part in parts {
            self.want(*part, Ty::String, Because::Interpolation);
        }
        Ty::String
    }

    fn local(&mut self, id: ExprId, local: LocalId) -> Ty {
        let ty = self.out.locals.get(local.index()).cloned().unwrap_or(Ty::Error);
        let Some(Generalised { first, count }) = self.out.generalised.get(&local).copied() else { return ty };
        let fresh: Vec<Ty> = (0..count).map(|_| self.table.fresh()).collect();
        self.out.instantiations.insert(id, fresh.clone());
        with_params(&ty, first, &fresh)
    }

    fn definition(&mut self, id: ExprId, def: Def, type_args: &[Ty]) -> Ty {
        if def.kind(self.db) == DefKind::Value {
            let value = super::value_type(self.db, def);
            let Some(Generalised { first, count }) = value.open else { return value.ty };
            let fresh: Vec<Ty> = (0..count).map(|_| self.table.fresh()).collect();
            let ty = with_params(&value.ty, first, &fresh);
            self.out.instantiations.insert(id, fresh);
            return ty;
        }
        let Some(signature) = signature(self.db, def).as_ref() else { return Ty::Error };
        let count = signature.generics.names.len();
        if !type_args.is_empty() && type_args.len() != count {
            self.fact(Fact::TypeArguments { expr: id, def, expected: count, found: type_args.len() });
        }
        let arguments: Vec<Ty> = (0..count).map(|i| self.written(type_args.get(i))).collect();
        let params = signature.params.iter().rev();
        let ty = params
            .fold(signature.result.clone(), |result, param| Ty::Function(Arc::new(param.ty.clone()), Arc::new(result)));
        let ty = substitute(&ty, &arguments);
        if count > 0 {
            self.constrain(id, &signature.binding, &arguments);
            let argument = |index: &u32| arguments.get(*index as usize).cloned().unwrap_or(Ty::Error);
            let compared =
                signature.compared.iter().map(|index| Postponed::Comparable { expr: id, ty: argument(index) });
            let json = signature.json.iter().map(|index| Postponed::Json { expr: id, ty: argument(index) });
            self.postponed.extend(compared.chain(json));
            self.out.instantiations.insert(id, arguments);
        }
        ty
    }

    /// An operator under a name, for any number type: its operands are numbers, or comparable.
    fn constrain(&mut self, id: ExprId, binding: &Binding, arguments: &[Ty]) {
        let (Binding::Intrinsic(name), [ty, ..]) = (binding, arguments) else { return };
        let ty = ty.clone();
        let operator = match name.as_str() {
            "add" => Some(Operator::Add),
            "subtract" => Some(Operator::Subtract),
            "multiply" => Some(Operator::Multiply),
            "divide" => Some(Operator::Divide),
            "modulo" => Some(Operator::Modulo),
            "power" => Some(Operator::Power),
            "less" => Some(Operator::Less),
            "less_equal" => Some(Operator::LessEqual),
            "greater" => Some(Operator::Greater),
            "greater_equal" => Some(Operator::GreaterEqual),
            "negate" => None,
            "equal" | "not_equal" => return self.postponed.push(Postponed::Comparable { expr: id, ty }),
            _ => return,
        };
        self.postponed.push(Postponed::Numeric { expr: id, operand: id, operator, ty });
    }

    /// A type with fresh arguments, or those written.
    pub fn instantiate(&mut self, def: Def, type_args: &[Ty]) -> Vec<Ty> {
        let count = crate::signature::type_parameters(self.db, def).names.len();
        (0..count).map(|i| self.written(type_args.get(i))).collect()
    }

    /// A record literal through an alias builds what the alias stands for.
    fn record(
        &mut self,
        id: ExprId,
        record: Def,
        type_args: &[Ty],
        fields: &[(String, ExprId)],
        expected: Option<&Expected>,
    ) -> Ty {
        let arguments = self.instantiate(record, type_args);
        let ty = match crate::signature::is_alias(self.db, record) {
            true => substitute(&crate::signature::alias_target(self.db, record), &arguments),
            false => Ty::Named(record, arguments.into()),
        };
        if let Some(expected) = expected {
            // Only to learn type arguments early; a difference is reported by the caller.
            let _ = self.table.try_unify(&expected.ty, &ty);
        }
        let hidden = self.hidden(&ty);
        let declared = self.fields_of(&ty).filter(|_| hidden.is_none());
        let Some(declared) = declared else {
            fields.iter().for_each(|(_, value)| {
                self.expr(*value, None);
            });
            return match hidden {
                Some(opaque) => {
                    self.fact(Fact::Opaque { expr: id, opaque });
                    ty
                }
                None => {
                    self.fact(Fact::NotARecord { expr: id, found: ty });
                    Ty::Error
                }
            };
        };
        self.field_values(id, &ty, &declared, fields);
        let missing: Vec<String> = declared
            .iter()
            .filter(|(name, _)| !fields.iter().any(|(it, _)| it == name))
            .map(|(name, _)| name.clone())
            .collect();
        if !missing.is_empty() {
            self.fact(Fact::MissingFields { expr: id, record: ty.clone(), fields: missing });
        }
        for (index, (name, _)) in fields.iter().enumerate() {
            if fields[..index].iter().any(|(it, _)| it == name) {
                self.fact(Fact::RepeatedField { expr: id, field: name.clone() });
            }
        }
        ty
    }

    fn field_values(&mut self, id: ExprId, record: &Ty, declared: &[(String, Ty)], fields: &[(String, ExprId)]) {
        for (name, value) in fields {
            match declared.iter().find(|(it, _)| it == name) {
                Some((_, ty)) => self.want(*value, ty.clone(), Because::Field { name: name.clone() }),
                None => {
                    self.expr(*value, None);
                    self.fact(Fact::UnknownField { expr: id, field: name.clone(), found: record.clone() });
                }
            }
        }
    }

    /// The fields of a record type with its arguments filled in.
    pub fn fields_of(&self, ty: &Ty) -> Option<Vec<(String, Ty)>> {
        let Ty::Named(def, arguments) = self.table.shallow(ty) else { return None };
        match &type_definition(self.db, def).as_ref()?.kind {
            TypeKind::Record(fields) => {
                Some(fields.iter().map(|field| (field.name.clone(), substitute(&field.ty, &arguments))).collect())
            }
            _ => None,
        }
    }

    /// The type, if this body may not look inside of it.
    pub(super) fn hidden(&self, ty: &Ty) -> Option<Def> {
        match self.table.shallow(ty) {
            Ty::Named(def, _) if !self.is_library && marks(self.db, def).opaque => Some(def),
            _ => None,
        }
    }

    fn update(&mut self, id: ExprId, record: ExprId, fields: &[(String, ExprId)]) -> Ty {
        let ty = self.expr(record, None);
        if let Some(opaque) = self.hidden(&ty) {
            self.rest(&fields.iter().map(|(_, value)| *value).collect::<Vec<_>>());
            self.fact(Fact::Opaque { expr: id, opaque });
            return ty;
        }
        match (self.fields_of(&ty), self.table.shallow(&ty)) {
            (Some(declared), _) => self.field_values(id, &ty, &declared, fields),
            (None, Ty::Var(_)) => {
                fields.iter().for_each(|(_, value)| {
                    self.expr(*value, None);
                });
                self.postponed.push(Postponed::Update { expr: id, record: ty.clone(), fields: fields.to_vec() });
            }
            (None, Ty::Error) => {}
            (None, found) => self.fact(Fact::NotARecord { expr: record, found }),
        }
        ty
    }

    fn dict(&mut self, entries: &[(String, ExprId)]) -> Ty {
        let value = self.same(entries.iter().map(|(_, value)| *value), None);
        Ty::Dict(Arc::new(value))
    }

    /// Elements of one type.
    fn same(&mut self, items: impl Iterator<Item = ExprId>, element: Option<Expected>) -> Ty {
        let mut element = element;
        for item in items {
            match &element {
                Some(expected) => {
                    self.expr(item, Some(&expected.clone()));
                }
                None => {
                    let ty = self.expr(item, None);
                    element = Some(Expected { ty, because: Because::Element { first: item } });
                }
            }
        }
        element.map_or_else(|| self.table.fresh(), |it| it.ty)
    }

    fn list(&mut self, items: &[ExprId], expected: Option<&Expected>) -> Ty {
        let element = expected.and_then(|expected| match self.table.shallow(&expected.ty) {
            Ty::List(element) if !matches!(self.table.shallow(&element), Ty::Var(_)) => {
                Some(Expected { ty: (*element).clone(), because: Because::Part { is_list: true } })
            }
            _ => None,
        });
        Ty::List(Arc::new(self.same(items.iter().copied(), element)))
    }

    fn tuple(&mut self, items: &[ExprId], expected: Option<&Expected>) -> Ty {
        let wanted = expected.and_then(|expected| match self.table.shallow(&expected.ty) {
            Ty::Tuple(parts) if parts.len() == items.len() => Some((parts, Because::Part { is_list: false })),
            _ => None,
        });
        let parts: Vec<Ty> = items
            .iter()
            .enumerate()
            .map(|(index, item)| {
                let part = wanted.as_ref().and_then(|(parts, because)| {
                    Some(Expected { ty: parts.get(index)?.clone(), because: because.clone() })
                });
                self.expr(*item, part.as_ref())
            })
            .collect();
        Ty::Tuple(parts.into())
    }

    fn field(&mut self, id: ExprId, record: ExprId, field: &str) -> Ty {
        let ty = self.expr(record, None);
        let result = self.table.fresh();
        self.postponed.push(Postponed::Field { expr: id, record: ty, field: field.into(), result: result.clone() });
        self.solve_last();
        result
    }

    fn binary(&mut self, id: ExprId, operator: Operator, left: ExprId, right: ExprId) -> Ty {
        use Operator::*;
        match operator {
            Or | And => {
                self.want(left, Ty::Bool, Because::Operator { operator });
                self.want(right, Ty::Bool, Because::Operator { operator });
                Ty::Bool
            }
            Concat => {
                self.want(left, Ty::String, Because::Operator { operator });
                self.want(right, Ty::String, Because::Operator { operator });
                Ty::String
            }
            ListAppend => {
                let element = self.table.fresh();
                let list = Ty::List(Arc::new(element));
                self.want(left, list.clone(), Because::Operator { operator });
                self.want(right, list.clone(), Because::Operand { operator, other: left });
                list
            }
            Equal | NotEqual => {
                let ty = self.expr(left, None);
                self.want(right, ty.clone(), Because::Operand { operator, other: left });
                self.postponed.push(Postponed::Comparable { expr: id, ty });
                Ty::Bool
            }
            Less | Greater | LessEqual | GreaterEqual => {
                self.operands(id, operator, left, right);
                Ty::Bool
            }
            Add | Subtract | Multiply | Divide | Modulo | Power | Cons => self.operands(id, operator, left, right),
        }
    }

    fn operands(&mut self, id: ExprId, operator: Operator, left: ExprId, right: ExprId) -> Ty {
        let ty = self.expr(left, None);
        let wrong = !matches!(self.table.shallow(&ty), Ty::Int(_) | Ty::Float | Ty::Var(_) | Ty::Error);
        if wrong {
            self.expr(right, None);
            let found = self.table.deep(&ty);
            self.fact(Fact::NotNumeric { expr: id, operand: left, operator: Some(operator), found });
            return Ty::Error;
        }
        self.want(right, ty.clone(), Because::Operand { operator, other: left });
        let operator = Some(operator);
        self.postponed.push(Postponed::Numeric { expr: id, operand: left, operator, ty: ty.clone() });
        ty
    }

    fn negate(&mut self, id: ExprId, inner: ExprId) -> Ty {
        let ty = self.expr(inner, None);
        self.postponed.push(Postponed::Numeric { expr: id, operand: inner, operator: None, ty: ty.clone() });
        ty
    }

    fn if_(
        &mut self,
        condition: ExprId,
        then: ExprId,
        otherwise: Option<ExprId>,
        expected: Option<&Expected>,
    ) -> (Ty, bool) {
        self.want(condition, Ty::Bool, Because::Condition);
        let Some(otherwise) = otherwise else {
            let before = self.out.facts.len();
            self.want(then, Ty::Unit, Because::NoElse);
            // Whoever wants the value of the `then` hears of the missing `else` alone.
            return if self.out.facts.len() > before { (Ty::Error, true) } else { (Ty::Unit, false) };
        };
        let ty = self.expr(then, expected);
        match expected {
            Some(expected) => self.expr(otherwise, Some(expected)),
            None => {
                let because = Because::Branch { first: then, is_match: false };
                self.expr(otherwise, Some(&Expected { ty: ty.clone(), because }))
            }
        };
        (ty, expected.is_some())
    }

    fn match_(&mut self, scrutinee: ExprId, arms: &[Arm], expected: Option<&Expected>) -> (Ty, bool) {
        let value = self.expr(scrutinee, None);
        let value = self.unless_function(scrutinee, value, arms);
        let mut result: Option<Expected> = expected.cloned();
        for arm in arms {
            self.pattern(arm.pattern, &value);
            if let Some(guard) = arm.guard {
                self.want(guard, Ty::Bool, Because::Guard);
            }
            let ty = self.expr(arm.body, result.clone().as_ref());
            result.get_or_insert(Expected { ty, because: Because::Branch { first: arm.body, is_match: true } });
        }
        (result.map_or(Ty::Error, |it| it.ty), expected.is_some())
    }

    /// A function has no shape that a pattern could show: mostly a call that lacks an argument. Said once, for all arms.
    fn unless_function(&mut self, scrutinee: ExprId, value: Ty, arms: &[Arm]) -> Ty {
        let takes_apart = |arm: &Arm| {
            !matches!(self.body.pats.get(arm.pattern.index()), None | Some(Pat::Missing | Pat::Wildcard | Pat::Bind(_)))
        };
        if matches!(self.table.shallow(&value), Ty::Function(..)) && arms.iter().any(takes_apart) {
            self.fact(Fact::MatchedFunction { expr: scrutinee, found: self.table.deep(&value) });
            return Ty::Error;
        }
        value
    }

    fn lambda(&mut self, params: &[PatId], body: ExprId, expected: Option<&Expected>) -> (Ty, bool) {
        let mut wanted = expected.map(|expected| self.table.shallow(&expected.ty));
        let mut types = Vec::new();
        for param in params {
            let (ty, rest) = match wanted {
                Some(Ty::Function(parameter, result)) => ((*parameter).clone(), Some(self.table.shallow(&result))),
                _ => (self.table.fresh(), None),
            };
            wanted = rest;
            self.pattern(*param, &ty);
            types.push(ty);
        }
        let result = match (wanted, expected) {
            (Some(ty), Some(expected)) => self.expr(body, Some(&Expected { ty, because: expected.because.clone() })),
            _ => self.expr(body, None),
        };
        let ty = types.into_iter().rev().fold(result, |result, it| Ty::Function(Arc::new(it), Arc::new(result)));
        (ty, false)
    }

    fn statements(&mut self, list: &[ExprId], expected: Option<&Expected>) -> (Ty, bool) {
        let Some((last, others)) = list.split_last() else { return (Ty::Unit, false) };
        let mut uncalled = false;
        for statement in others {
            // Behind a function that is not called stand its arguments: they are not lost as well.
            let found = self.expr(*statement, None);
            if !uncalled {
                self.fit(*statement, &found, &Expected { ty: Ty::Unit, because: Because::Statement });
            }
            uncalled |= matches!(self.table.shallow(&found), Ty::Function(..));
        }
        (self.expr(*last, expected), expected.is_some())
    }

    fn test(&mut self, actual: ExprId, expected: ExprId) -> Ty {
        let ty = self.expr(actual, None);
        self.want(expected, ty, Because::Test);
        Ty::Bool
    }

    // Postponed questions.
}

impl Fact {
    /// The types in it, to be completed at the end.
    fn types(&mut self) -> Vec<&mut Ty> {
        match self {
            Fact::Mismatch { expected, found, .. } | Fact::PatternMismatch { expected, found, .. } => {
                vec![expected, found]
            }
            Fact::NotAFunction { found, .. }
            | Fact::MatchedFunction { found, .. }
            | Fact::NotNumeric { found, .. }
            | Fact::NotComparable { found, .. }
            | Fact::NoJson { found, .. }
            | Fact::UnknownField { found, .. }
            | Fact::NotARecord { found, .. }
            | Fact::UnknownPatternCase { found, .. }
            | Fact::NotUnwrappable { found, .. } => vec![found],
            Fact::MissingFields { record, .. } => vec![record],
            Fact::UnclearRecord { .. }
            | Fact::UnknownCase { .. }
            | Fact::CaseArity { .. }
            | Fact::PatternArity { .. }
            | Fact::RepeatedField { .. }
            | Fact::Opaque { .. }
            | Fact::TypeArguments { .. }
            | Fact::NotAWorker { .. }
            | Fact::WithoutWorker { .. } => Vec::new(),
        }
    }
}

pub(super) fn literal_type(literal: &Literal) -> Ty {
    match literal {
        Literal::Int(_, int) => Ty::Int(*int),
        Literal::Float(_) => Ty::Float,
        Literal::Bool(_) => Ty::Bool,
        Literal::String(_) => Ty::String,
        Literal::Char(_) => Ty::Char,
    }
}

/// The type with other types for the parameters from `first` on.
fn with_params(ty: &Ty, first: u32, types: &[Ty]) -> Ty {
    map(ty, &mut |ty| match ty {
        Ty::Param(index) => index.checked_sub(first).and_then(|index| types.get(index as usize).cloned()),
        _ => None,
    })
}
