//! Types as a person writes them, with the names that can be written in the module at hand.

use super::{Generics, Ty};
use crate::db::Db;
use crate::items::shown;
use dark_syntax::ast::IntType;

/// How types print: from a module, with names for the type parameters.
#[derive(Clone, Copy)]
pub struct Printer<'a> {
    pub db: &'a dyn Db,
    pub module: &'a [String],
    pub generics: &'a Generics,
}

impl Printer<'_> {
    pub fn show(&self, ty: &Ty) -> String {
        let mut out = String::new();
        self.write(ty, Level::Arrow, &mut out);
        out
    }

    fn write(&self, ty: &Ty, level: Level, out: &mut String) {
        match ty {
            Ty::Function(parameter, result) => self.grouped(level > Level::Arrow, out, |out| {
                self.write(parameter, Level::Star, out);
                out.push_str(" -> ");
                self.write(result, Level::Arrow, out);
            }),
            Ty::Tuple(parts) => self.grouped(level > Level::Star, out, |out| {
                for (index, part) in parts.iter().enumerate() {
                    if index > 0 {
                        out.push_str(" * ");
                    }
                    self.write(part, Level::Atom, out);
                }
            }),
            Ty::List(element) => self.generic("List", std::slice::from_ref(&**element), out),
            Ty::Dict(value) => self.generic("Dict", std::slice::from_ref(&**value), out),
            Ty::Stream(element) => self.generic("Stream", std::slice::from_ref(&**element), out),
            Ty::Db(row) => self.generic("DB", std::slice::from_ref(&**row), out),
            Ty::Named(def, arguments) => self.generic(&self.name(def.path(self.db)), arguments, out),
            Ty::Param(index) => {
                out.push('\'');
                match self.generics.names.get(*index as usize) {
                    Some(name) => out.push_str(name),
                    None => out.push_str(&variable(*index as usize)),
                }
            }
            Ty::Var(_) | Ty::Error => out.push('_'),
            _ => out.push_str(primitive(ty)),
        }
    }

    fn grouped(&self, group: bool, out: &mut String, inner: impl FnOnce(&mut String)) {
        if group {
            out.push('(');
        }
        inner(out);
        if group {
            out.push(')');
        }
    }

    fn generic(&self, name: &str, arguments: &[Ty], out: &mut String) {
        out.push_str(name);
        if arguments.is_empty() {
            return;
        }
        out.push('<');
        for (index, argument) in arguments.iter().enumerate() {
            if index > 0 {
                out.push_str(", ");
            }
            self.write(argument, Level::Arrow, out);
        }
        out.push('>');
    }

    /// The shortest name that finds the type from here: `Option` for the standard one, without the own module's path.
    fn name(&self, path: &str) -> String {
        match path {
            "Darklang.Stdlib.Option.Option" => return "Option".into(),
            "Darklang.Stdlib.Result.Result" => return "Result".into(),
            _ => {}
        }
        let own = crate::items::join(self.module, "");
        match path.strip_prefix(&own) {
            Some(rest) if !own.is_empty() => rest.to_string(),
            _ => shown(path).to_string(),
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Level {
    Arrow,
    Star,
    Atom,
}

/// a, b, … z, a1, b1, …
fn variable(index: usize) -> String {
    let letter = char::from(b'a' + (index % 26) as u8);
    match index / 26 {
        0 => letter.to_string(),
        round => format!("{letter}{round}"),
    }
}

/// The name of a type without parts; `_` for any other.
pub fn primitive(ty: &Ty) -> &'static str {
    match ty {
        Ty::Unit => "Unit",
        Ty::Bool => "Bool",
        Ty::Int(int) => int_name(*int),
        Ty::Float => "Float",
        Ty::Char => "Char",
        Ty::String => "String",
        Ty::DateTime => "DateTime",
        Ty::Uuid => "Uuid",
        Ty::Blob => "Blob",
        _ => "_",
    }
}

pub fn int_name(int: IntType) -> &'static str {
    match int {
        IntType::Int => "Int",
        IntType::Int8 => "Int8",
        IntType::UInt8 => "UInt8",
        IntType::Int16 => "Int16",
        IntType::UInt16 => "UInt16",
        IntType::Int32 => "Int32",
        IntType::UInt32 => "UInt32",
        IntType::Int64 => "Int64",
        IntType::UInt64 => "UInt64",
        IntType::Int128 => "Int128",
        IntType::UInt128 => "UInt128",
    }
}

/// `a` or `an`, by the next word's first letter.
pub fn article(word: &str) -> &'static str {
    match word.chars().next() {
        Some('A' | 'E' | 'I' | 'O' | 'a' | 'e' | 'i' | 'o' | 'u') => "an",
        _ => "a",
    }
}
