//! Types for readers: as the author wrote them, so that aliases keep their names, or as they were inferred.

use crate::facts::Shape;
use dark_hir::Db;
use dark_hir::items::shown;
use dark_hir::resolve::Scope;
use dark_hir::types::display::Printer;
use dark_hir::types::lower::is_primitive;
use dark_hir::types::{Generics, Ty};
use dark_syntax::ast::{Type, TypeKind};

/// A type that stands in a module.
pub fn written(db: &dyn Db, module: &[String], ty: &Type) -> Shape {
    let all = |types: &[Type]| types.iter().map(|it| written(db, module, it)).collect::<Vec<_>>();
    match &ty.kind {
        TypeKind::Named { path, arguments } => {
            let segments: Vec<&str> = path.segments.iter().map(|segment| segment.text.as_str()).collect();
            match segments[..] {
                [name] if is_primitive(name) => Shape::Primitive(name.into(), all(arguments)),
                _ => match (Scope { module }).find_type(db, &segments) {
                    Some(def) => Shape::Named(shown(def.path(db)).into(), all(arguments)),
                    None => Shape::Unknown,
                },
            }
        }
        TypeKind::Variable(name) => Shape::Variable(name.text.clone()),
        TypeKind::Tuple(parts) => Shape::Tuple(all(parts)),
        TypeKind::Function { parameters, result } => {
            Shape::Function(all(parameters), Box::new(written(db, module, result)))
        }
        TypeKind::Paren(inner) => written(db, module, inner),
        TypeKind::Error => Shape::Unknown,
    }
}

/// A type that nobody wrote.
pub fn inferred(db: &dyn Db, generics: &Generics, ty: &Ty) -> Shape {
    let shape = |ty: &Ty| inferred(db, generics, ty);
    let all = |types: &[Ty]| types.iter().map(shape).collect::<Vec<_>>();
    match ty {
        Ty::List(inner) => Shape::Primitive("List".into(), vec![shape(inner)]),
        Ty::Dict(inner) => Shape::Primitive("Dict".into(), vec![shape(inner)]),
        Ty::Stream(inner) => Shape::Primitive("Stream".into(), vec![shape(inner)]),
        Ty::Db(inner) => Shape::Primitive("DB".into(), vec![shape(inner)]),
        Ty::Tuple(parts) => Shape::Tuple(all(parts)),
        Ty::Function(..) => {
            let (mut parameters, mut result) = (Vec::new(), ty);
            while let Ty::Function(parameter, rest) = result {
                parameters.push(shape(parameter));
                result = rest;
            }
            Shape::Function(parameters, Box::new(shape(result)))
        }
        Ty::Named(def, arguments) => Shape::Named(shown(def.path(db)).into(), all(arguments)),
        Ty::Param(_) => {
            let name = Printer { db, module: &[], generics }.show(ty);
            Shape::Variable(name.trim_start_matches('\'').into())
        }
        Ty::Var(_) | Ty::Error => Shape::Unknown,
        Ty::Unit | Ty::Bool | Ty::Int(_) | Ty::Float | Ty::Char | Ty::String | Ty::DateTime | Ty::Uuid | Ty::Blob => {
            Shape::Primitive(dark_hir::types::display::primitive(ty).into(), Vec::new())
        }
    }
}

/// A part of a type's text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece<'a> {
    Text(&'static str),
    Variable(&'a str),
    /// A path.
    Named(&'a str),
    Primitive(&'a str),
}

impl Shape {
    /// The type's text, with brackets where they are needed.
    pub fn pieces(&self) -> Vec<Piece<'_>> {
        let mut out = Vec::new();
        self.write(Level::Arrow, &mut out);
        out
    }

    fn write<'a>(&'a self, level: Level, out: &mut Vec<Piece<'a>>) {
        match self {
            Shape::Named(path, arguments) => {
                out.push(Piece::Named(path));
                bracketed(arguments, out);
            }
            Shape::Primitive(name, arguments) => {
                out.push(Piece::Primitive(name));
                bracketed(arguments, out);
            }
            Shape::Variable(name) => out.push(Piece::Variable(name)),
            Shape::Tuple(parts) => grouped(level > Level::Star, out, |out| {
                for (index, part) in parts.iter().enumerate() {
                    if index > 0 {
                        out.push(Piece::Text(" * "));
                    }
                    part.write(Level::Atom, out);
                }
            }),
            Shape::Function(parameters, result) => grouped(level > Level::Arrow, out, |out| {
                for parameter in parameters {
                    parameter.write(Level::Star, out);
                    out.push(Piece::Text(" -> "));
                }
                result.write(Level::Arrow, out);
            }),
            Shape::Unknown => out.push(Piece::Text("_")),
        }
    }
}

fn bracketed<'a>(arguments: &'a [Shape], out: &mut Vec<Piece<'a>>) {
    for (index, argument) in arguments.iter().enumerate() {
        out.push(Piece::Text(if index > 0 { ", " } else { "<" }));
        argument.write(Level::Arrow, out);
    }
    if !arguments.is_empty() {
        out.push(Piece::Text(">"));
    }
}

fn grouped<'a>(group: bool, out: &mut Vec<Piece<'a>>, inner: impl FnOnce(&mut Vec<Piece<'a>>)) {
    if group {
        out.push(Piece::Text("("));
    }
    inner(out);
    if group {
        out.push(Piece::Text(")"));
    }
}

/// What may stand here without brackets.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Level {
    Arrow,
    Star,
    Atom,
}
