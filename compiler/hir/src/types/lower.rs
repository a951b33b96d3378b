//! Types as written to types. Errors are collected with their spans only where a message is made from them; the queries
//! ignore them and carry `Ty::Error`.

use super::{Ty, TypeKind};
use crate::db::Db;
use crate::def::Def;
use crate::resolve::Scope;
use crate::signature::{alias_target, is_alias, type_parameters};
use dark_source::Span;
use dark_syntax::ast::{self, IntType};
use std::sync::Arc;

/// What is wrong with a type as written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TypeProblem {
    Unknown {
        name: String,
    },
    /// Type arguments: how many there should be.
    Arity {
        name: String,
        expected: usize,
        found: usize,
    },
    /// A type variable where none is in scope.
    Variable {
        name: String,
    },
}

/// Turns types of one declaration into `Ty`s.
pub struct TypeLowerer<'a> {
    pub db: &'a dyn Db,
    pub scope: Scope<'a>,
    /// Names of the type parameters so far.
    pub generics: Vec<String>,
    /// Undeclared variables become further parameters.
    pub implicit: bool,
    pub problems: Vec<(Span, TypeProblem)>,
}

impl<'a> TypeLowerer<'a> {
    pub fn new(db: &'a dyn Db, module: &'a [String], generics: Vec<String>, implicit: bool) -> TypeLowerer<'a> {
        TypeLowerer { db, scope: Scope { module }, generics, implicit, problems: Vec::new() }
    }

    pub fn lower(&mut self, ty: &ast::Type) -> Ty {
        match &ty.kind {
            ast::TypeKind::Named { path, arguments } => self.named(path, arguments, ty.span),
            ast::TypeKind::Variable(name) => self.variable(&name.text, ty.span),
            ast::TypeKind::Tuple(parts) => Ty::Tuple(parts.iter().map(|part| self.lower(part)).collect()),
            ast::TypeKind::Function { parameters, result } => {
                let parameters: Vec<Ty> = parameters.iter().map(|parameter| self.lower(parameter)).collect();
                let result = self.lower(result);
                parameters.into_iter().rev().fold(result, |result, it| Ty::Function(Arc::new(it), Arc::new(result)))
            }
            ast::TypeKind::Paren(inner) => self.lower(inner),
            ast::TypeKind::Error => Ty::Error,
        }
    }

    fn variable(&mut self, name: &str, span: Span) -> Ty {
        if let Some(index) = self.generics.iter().position(|it| it == name) {
            return Ty::Param(index as u32);
        }
        if self.implicit {
            self.generics.push(name.to_string());
            return Ty::Param((self.generics.len() - 1) as u32);
        }
        self.problems.push((span, TypeProblem::Variable { name: name.into() }));
        Ty::Error
    }

    fn named(&mut self, path: &ast::Path, arguments: &[ast::Type], span: Span) -> Ty {
        let segments: Vec<&str> = path.segments.iter().map(|segment| segment.text.as_str()).collect();
        let arguments: Vec<Ty> = arguments.iter().map(|argument| self.lower(argument)).collect();
        if let [name] = segments[..]
            && let Some(ty) = self.primitive(name, &arguments, span)
        {
            return ty;
        }
        match self.scope.find_type(self.db, &segments) {
            Some(def) => self.apply(def, arguments, path.span),
            None => {
                self.problems.push((path.span, TypeProblem::Unknown { name: segments.join(".") }));
                Ty::Error
            }
        }
    }

    fn apply(&mut self, def: Def, arguments: Vec<Ty>, span: Span) -> Ty {
        let expected = type_parameters(self.db, def).names.len();
        if arguments.len() != expected {
            let name = crate::items::shown(def.path(self.db)).to_string();
            self.problems.push((span, TypeProblem::Arity { name, expected, found: arguments.len() }));
            return Ty::Error;
        }
        if is_alias(self.db, def) {
            return substitute(&alias_target(self.db, def), &arguments);
        }
        Ty::Named(def, arguments.into())
    }

    fn primitive(&mut self, name: &str, arguments: &[Ty], span: Span) -> Option<Ty> {
        if is_container(name) {
            return Some(self.generic(name, arguments, span));
        }
        let plain = plain(name)?;
        Some(match arguments.len() {
            0 => plain,
            found => {
                self.problems.push((span, TypeProblem::Arity { name: name.into(), expected: 0, found }));
                Ty::Error
            }
        })
    }

    fn generic(&mut self, name: &str, arguments: &[Ty], span: Span) -> Ty {
        let [argument] = arguments else {
            let found = arguments.len();
            self.problems.push((span, TypeProblem::Arity { name: name.into(), expected: 1, found }));
            return Ty::Error;
        };
        let argument = Arc::new(argument.clone());
        match name {
            "List" => Ty::List(argument),
            "Dict" => Ty::Dict(argument),
            "Stream" => Ty::Stream(argument),
            _ => Ty::Db(argument),
        }
    }
}

/// A type of the language without arguments.
fn plain(name: &str) -> Option<Ty> {
    Some(match name {
        "Unit" => Ty::Unit,
        "Bool" => Ty::Bool,
        "Int" => Ty::Int(IntType::Int),
        "Int8" => Ty::Int(IntType::Int8),
        "UInt8" => Ty::Int(IntType::UInt8),
        "Int16" => Ty::Int(IntType::Int16),
        "UInt16" => Ty::Int(IntType::UInt16),
        "Int32" => Ty::Int(IntType::Int32),
        "UInt32" => Ty::Int(IntType::UInt32),
        "Int64" => Ty::Int(IntType::Int64),
        "UInt64" => Ty::Int(IntType::UInt64),
        "Int128" => Ty::Int(IntType::Int128),
        "UInt128" => Ty::Int(IntType::UInt128),
        "Float" => Ty::Float,
        "Char" => Ty::Char,
        "String" => Ty::String,
        "DateTime" => Ty::DateTime,
        "Uuid" => Ty::Uuid,
        "Blob" => Ty::Blob,
        _ => return None,
    })
}

fn is_container(name: &str) -> bool {
    matches!(name, "List" | "Dict" | "DB" | "Stream")
}

/// Whether a name is a type of the language itself, which no declaration can take.
pub fn is_primitive(name: &str) -> bool {
    is_container(name) || plain(name).is_some()
}

/// The type with its parameters replaced.
pub fn substitute(ty: &Ty, arguments: &[Ty]) -> Ty {
    map(ty, &mut |ty| match ty {
        Ty::Param(index) => arguments.get(*index as usize).cloned(),
        _ => None,
    })
}

/// Rebuilds a type; where `replace` answers, that is taken instead.
pub fn map(ty: &Ty, replace: &mut impl FnMut(&Ty) -> Option<Ty>) -> Ty {
    if let Some(new) = replace(ty) {
        return new;
    }
    match ty {
        Ty::List(element) => Ty::List(Arc::new(map(element, replace))),
        Ty::Dict(value) => Ty::Dict(Arc::new(map(value, replace))),
        Ty::Stream(element) => Ty::Stream(Arc::new(map(element, replace))),
        Ty::Db(row) => Ty::Db(Arc::new(map(row, replace))),
        Ty::Tuple(parts) => Ty::Tuple(parts.iter().map(|part| map(part, replace)).collect()),
        Ty::Function(parameter, result) => {
            Ty::Function(Arc::new(map(parameter, replace)), Arc::new(map(result, replace)))
        }
        Ty::Named(def, arguments) => Ty::Named(*def, arguments.iter().map(|it| map(it, replace)).collect()),
        _ => ty.clone(),
    }
}

/// The direct parts of a type.
pub fn parts(ty: &Ty) -> Vec<&Ty> {
    match ty {
        Ty::List(inner) | Ty::Dict(inner) | Ty::Stream(inner) | Ty::Db(inner) => vec![inner],
        Ty::Tuple(parts) | Ty::Named(_, parts) => parts.iter().collect(),
        Ty::Function(parameter, result) => vec![parameter, result],
        _ => Vec::new(),
    }
}

/// True if `holds` holds for the type or a part of it.
pub fn any(ty: &Ty, holds: &impl Fn(&Ty) -> bool) -> bool {
    holds(ty) || parts(ty).into_iter().any(|part| any(part, holds))
}

impl TypeKind {
    /// The fields of a record; empty for anything else.
    pub fn fields(&self) -> &[super::Field] {
        match self {
            TypeKind::Record(fields) => fields,
            _ => &[],
        }
    }

    /// The cases of an enum; empty for anything else.
    pub fn cases(&self) -> &[super::Case] {
        match self {
            TypeKind::Enum(cases) => cases,
            _ => &[],
        }
    }
}
