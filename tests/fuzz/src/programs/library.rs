//! What the library offers to generated programs: its own declarations, read from `std/`.
//!
//! Left out is what gives another result each time, what needs the outside, and what makes values of a size that an
//! argument chooses.

use crate::corpus::{Corpus, root};
use crate::programs::types::{INTEGERS, Ty};
use dark_source::FileId;
use dark_syntax::ast::{self, ItemKind, ParamKind, TypeKind};
use dark_syntax::{Mode, parse};

/// Modules without effects whose functions end for every argument, one way or another.
const MODULES: &[&str] = &[
    "int", "int8", "int16", "int32", "int64", "int128", "uint8", "uint16", "uint32", "uint64", "uint128", "float",
    "bool", "char", "string", "list", "dict", "option", "result", "tuple2", "tuple3", "fun", "math", "blob", "base64",
    "stream", "html", "url", "crypto",
];

/// Chance, sizes that an argument chooses, and results that follow the sizes.
const LEFT_OUT: &[&str] = &[
    "random",
    "randomElement",
    "randomBytes",
    "token",
    "repeat",
    "repeatUnsafe",
    "range",
    "padStart",
    "padEnd",
    "power",
    "shiftLeft",
    "shiftRight",
    "ellipsis",
    "interleave",
    "fromCodepoint",
    "unfold",
];

#[derive(Debug, Clone)]
pub struct Signature {
    /// `Stdlib.List.map`
    pub path: String,
    pub params: Vec<Ty>,
    pub result: Ty,
    /// How many type variables there are.
    pub variables: usize,
}

/// All functions that programs may call.
pub fn signatures() -> Vec<Signature> {
    let mut out = Vec::new();
    for text in Corpus::read().texts {
        let stem = text.path.file_stem().and_then(|it| it.to_str()).unwrap_or_default();
        if !text.path.starts_with(root().join("std")) || !MODULES.contains(&stem) {
            continue;
        }
        let tree = parse(&text.text, FileId(0), Mode::Std).tree;
        for item in &tree.items {
            let ItemKind::Module(module) = &item.kind else { continue };
            let path: Vec<&str> = module.path.segments.iter().skip(1).map(|it| it.text.as_str()).collect();
            let functions = module.items.iter().filter_map(|it| match &it.kind {
                ItemKind::Function(function) => Some(function),
                _ => None,
            });
            out.extend(functions.filter_map(|it| signature(&path.join("."), it)));
        }
    }
    out
}

fn signature(module: &str, function: &ast::Function) -> Option<Signature> {
    let name = &function.name.text;
    if LEFT_OUT.contains(&name.as_str()) || name.ends_with("Helper") {
        return None;
    }
    let mut variables: Vec<String> = function.type_params.iter().map(|it| it.text.clone()).collect();
    let mut params = Vec::new();
    for param in &function.params {
        params.push(match &param.kind {
            ParamKind::Unit => Ty::Unit,
            ParamKind::Named(_) => ty(param.ty.as_ref()?, &mut variables)?,
        });
    }
    let result = ty(function.result.as_ref()?, &mut variables)?;
    Some(Signature { path: format!("{module}.{name}"), params, result, variables: variables.len() })
}

/// `None` for types that programs are not made of.
fn ty(written: &ast::Type, variables: &mut Vec<String>) -> Option<Ty> {
    Some(match &written.kind {
        TypeKind::Paren(inner) => ty(inner, variables)?,
        TypeKind::Variable(name) => {
            let at = variables.iter().position(|it| *it == name.text).unwrap_or_else(|| {
                variables.push(name.text.clone());
                variables.len() - 1
            });
            Ty::Variable(at)
        }
        TypeKind::Tuple(parts) => Ty::Tuple(parts.iter().map(|it| ty(it, variables)).collect::<Option<_>>()?),
        TypeKind::Function { parameters, result } => {
            let params = parameters.iter().map(|it| ty(it, variables)).collect::<Option<_>>()?;
            Ty::Function(params, Box::new(ty(result, variables)?))
        }
        TypeKind::Named { path, arguments } => {
            let arguments: Vec<Ty> = arguments.iter().map(|it| ty(it, variables)).collect::<Option<_>>()?;
            named(&path.segments.last()?.text, arguments)?
        }
        TypeKind::Error => return None,
    })
}

fn named(name: &str, mut arguments: Vec<Ty>) -> Option<Ty> {
    let last = arguments.pop().map(Box::new);
    Some(match (name, last, arguments.pop()) {
        ("Unit", None, None) => Ty::Unit,
        ("Bool", None, None) => Ty::Bool,
        ("Float", None, None) => Ty::Float,
        ("Char", None, None) => Ty::Char,
        ("String", None, None) => Ty::String,
        ("Blob", None, None) => Ty::Blob,
        ("List", Some(of), None) => Ty::List(of),
        ("Dict", Some(of), None) => Ty::Dict(of),
        ("Stream", Some(of), None) => Ty::Stream(of),
        ("Option", Some(of), None) => Ty::Option(of),
        ("Result", Some(error), Some(ok)) => Ty::Result(Box::new(ok), error),
        (name, None, None) => Ty::Int(INTEGERS.iter().position(|it| it.name == name)?),
        _ => return None,
    })
}
