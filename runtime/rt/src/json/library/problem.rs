//! What does not fit, as the value that the library's error type has for it.
//!
//! The value is made by reading its own JSON: the error type is an enum of the library like any other.

use dark_abi::Kind;

use super::read::{Slots, parse};
use super::write_string;
use crate::invocation::{Failure, Fault, static_text};
use crate::memory::Heap;
use crate::value::{self, Ty};

/// One thing that does not fit, and where; the path begins with the root.
pub struct Problem {
    pub trouble: Trouble,
    pub path: Vec<Part>,
}

pub enum Part {
    Root,
    Index(usize),
    Field(String),
}

pub enum Trouble {
    NotJson,
    CantMatch { ty: Ty, raw: String },
    ExtraCaseField { raw: String },
    MissingCaseField { ty: Ty, index: usize },
    InvalidCase { ty: Ty, name: String },
    TooManyCases { ty: Ty, cases: Vec<String> },
    DuplicateField { name: String },
    MissingField { name: String },
}

impl Problem {
    pub fn not_json() -> Problem {
        Problem { trouble: Trouble::NotJson, path: Vec::new() }
    }

    /// The value of the library's error type.
    pub fn into_value(self, heap: &mut Heap, ty: Ty) -> Result<Slots, Fault> {
        parse(heap, &self.json(), ty)?.map_err(|_| Failure::internal("the type of JSON errors has another form"))
    }

    fn json(&self) -> String {
        let (case, fields) = match &self.trouble {
            Trouble::NotJson => return "{\"NotJson\":[]}".to_owned(),
            Trouble::CantMatch { ty, raw } => ("CantMatchWithType", format!("{},{}", type_json(ty), quoted(raw))),
            Trouble::ExtraCaseField { raw } => ("EnumExtraField", quoted(raw)),
            Trouble::MissingCaseField { ty, index } => ("EnumMissingField", format!("{},{index}", type_json(ty))),
            Trouble::InvalidCase { ty, name } => ("EnumInvalidCasename", format!("{},{}", type_json(ty), quoted(name))),
            Trouble::TooManyCases { ty, cases } => {
                let cases: Vec<String> = cases.iter().map(|case| quoted(case)).collect();
                ("EnumTooManyCases", format!("{},[{}]", type_json(ty), cases.join(",")))
            }
            Trouble::DuplicateField { name } => ("RecordDuplicateField", quoted(name)),
            Trouble::MissingField { name } => ("RecordMissingField", quoted(name)),
        };
        // The innermost part comes first.
        let path: Vec<String> = self.path.iter().rev().map(Part::json).collect();
        format!("{{\"{case}\":[{fields},[{}]]}}", path.join(","))
    }
}

impl Part {
    fn json(&self) -> String {
        match self {
            Part::Root => "{\"Root\":[]}".to_owned(),
            Part::Index(index) => format!("{{\"Index\":[{index}]}}"),
            Part::Field(name) => format!("{{\"Field\":[{}]}}", quoted(name)),
        }
    }
}

fn quoted(text: &str) -> String {
    let mut out = String::new();
    // Writing to a string does not fail.
    let _ = write_string(&mut out, text);
    out
}

fn parts(ty: Ty) -> impl Iterator<Item = Ty> {
    // SAFETY: a descriptor is static data.
    value::fields(ty).iter().map(|field| unsafe { value::ty(field.ty) })
}

/// The full name of a record or enum with its arguments. The printed one leaves out the owner of the library.
fn name(ty: Ty) -> String {
    // SAFETY: a descriptor is static data.
    let name = unsafe { static_text(&ty.name) };
    let owner = if name.starts_with("Stdlib.") { "Darklang." } else { "" };
    format!("{owner}{name}")
}

/// A type as messages show it.
pub fn type_text(ty: Ty) -> String {
    let texts = |types: &[Ty]| types.iter().map(|ty| type_text(ty)).collect::<Vec<_>>();
    match ty.kind {
        Kind::List => format!("List<{}>", type_text(value::element(ty))),
        Kind::Dict => format!("Dict<{}>", type_text(value::element(ty))),
        Kind::Stream => format!("Stream<{}>", type_text(value::element(ty))),
        Kind::Db => format!("DB<{}>", type_text(value::element(ty))),
        Kind::Tuple => format!("({})", texts(&parts(ty).collect::<Vec<_>>()).join(" * ")),
        Kind::Record | Kind::Enum => name(ty),
        Kind::Function => {
            let mut texts = texts(&parts(ty).collect::<Vec<_>>());
            let result = texts.pop().unwrap_or_default();
            format!("({}) -> {result}", texts.join(", "))
        }
        // SAFETY: a descriptor is static data.
        _ => unsafe { static_text(&ty.name) }.to_owned(),
    }
}

/// A type as JSON of the library's `TypeReference`.
fn type_json(ty: Ty) -> String {
    match ty.kind {
        Kind::List => format!("{{\"TList\":[{}]}}", type_json(value::element(ty))),
        Kind::Dict => format!("{{\"TDict\":[{}]}}", type_json(value::element(ty))),
        Kind::Stream => format!("{{\"TStream\":[{}]}}", type_json(value::element(ty))),
        Kind::Db => format!("{{\"TDB\":[{}]}}", type_json(value::element(ty))),
        Kind::Tuple => tuple_json(&parts(ty).map(type_json).collect::<Vec<_>>()),
        Kind::Function => function_json(&parts(ty).map(type_json).collect::<Vec<_>>()),
        Kind::Record | Kind::Enum => Names { rest: &name(ty) }.ty(),
        // SAFETY: a descriptor is static data.
        _ => format!("{{\"T{}\":[]}}", unsafe { static_text(&ty.name) }),
    }
}

fn tuple_json(parts: &[String]) -> String {
    let (first, rest) = parts.split_at(parts.len().min(2));
    format!("{{\"TTuple\":[{},[{}]]}}", first.join(","), rest.join(","))
}

fn function_json(parts: &[String]) -> String {
    let (result, parameters) = parts.split_last().map_or(("", &[][..]), |(last, rest)| (last.as_str(), rest));
    format!("{{\"TFn\":[[{}],{result}]}}", parameters.join(","))
}

/// Reads the names of types: `Shop.Box<List<Int64>, (A * B)>`.
struct Names<'a> {
    rest: &'a str,
}

impl Names<'_> {
    fn accept(&mut self, text: &str) -> bool {
        let rest = self.rest.strip_prefix(text);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    fn list(&mut self, separator: &str, closing: &str) -> Vec<String> {
        let mut types = vec![self.ty()];
        while self.accept(separator) {
            types.push(self.ty());
        }
        self.accept(closing);
        types
    }

    fn ty(&mut self) -> String {
        if self.accept("(") {
            let mut types = vec![self.ty()];
            let is_tuple = self.rest.starts_with(" * ");
            let separator = if is_tuple { " * " } else { " -> " };
            while self.accept(separator) {
                types.push(self.ty());
            }
            self.accept(")");
            return if is_tuple { tuple_json(&types) } else { function_json(&types) };
        }
        let end = self.rest.find(['<', '>', ',', ' ', ')']).unwrap_or(self.rest.len());
        let (name, rest) = self.rest.split_at(end);
        self.rest = rest;
        let arguments = if self.accept("<") { self.list(", ", ">") } else { Vec::new() };
        match (name, arguments.as_slice()) {
            ("List" | "Dict" | "DB" | "Stream", [of]) => format!("{{\"T{name}\":[{of}]}}"),
            (
                "Unit" | "Bool" | "Int" | "Int8" | "UInt8" | "Int16" | "UInt16" | "Int32" | "UInt32" | "Int64"
                | "UInt64" | "Int128" | "UInt128" | "Float" | "Char" | "String" | "Uuid" | "DateTime" | "Blob",
                [],
            ) => format!("{{\"T{name}\":[]}}"),
            ("_", []) => "{\"TVariable\":[\"_\"]}".to_owned(),
            _ => {
                let name = quoted(name);
                format!("{{\"TCustomType\":[{{\"Ok\":[{{\"Package\":[{name}]}}]}},[{}]]}}", arguments.join(","))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_as_types() {
        let json = |name| Names { rest: name }.ty();
        let shop = |arguments: &str| {
            format!("{{\"TCustomType\":[{{\"Ok\":[{{\"Package\":[\"Shop.Box\"]}}]}},[{arguments}]]}}")
        };
        assert_eq!(json("Shop.Box"), shop(""));
        assert_eq!(json("Shop.Box<Int64, List<String>>"), shop("{\"TInt64\":[]},{\"TList\":[{\"TString\":[]}]}"));
        assert_eq!(
            json("Shop.Box<(Int * Bool * Char), (Unit -> Blob)>"),
            shop(
                "{\"TTuple\":[{\"TInt\":[]},{\"TBool\":[]},[{\"TChar\":[]}]]},\
                 {\"TFn\":[[{\"TUnit\":[]}],{\"TBlob\":[]}]}"
            )
        );
    }
}
