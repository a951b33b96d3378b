//! Types, and names with their type arguments. They stand on one line.

use crate::comments::Source;
use dark_syntax::ast::{Name, Path, Type, TypeKind};

pub fn name(source: &Source<'_>, name: &Name) -> String {
    source.slice(name.span.start, name.span.end).to_owned()
}

pub fn path(source: &Source<'_>, path: &Path) -> String {
    path.segments.iter().map(|it| name(source, it)).collect::<Vec<_>>().join(".")
}

pub fn ty(source: &Source<'_>, ty: &Type) -> String {
    match &ty.kind {
        TypeKind::Named { path: it, arguments: list } => format!("{}{}", path(source, it), arguments(source, list)),
        TypeKind::Variable(it) => name(source, it),
        TypeKind::Tuple(parts) => join(source, parts, " * "),
        TypeKind::Function { parameters, result } => {
            format!("{} -> {}", join(source, parameters, " -> "), self::ty(source, result))
        }
        TypeKind::Paren(inner) => format!("({})", self::ty(source, inner)),
        TypeKind::Error => source.slice(ty.span.start, ty.span.end).to_owned(),
    }
}

pub fn arguments(source: &Source<'_>, list: &[Type]) -> String {
    if list.is_empty() { String::new() } else { format!("<{}>", join(source, list, ", ")) }
}

pub fn parameters(source: &Source<'_>, list: &[Name]) -> String {
    let names: Vec<String> = list.iter().map(|it| name(source, it)).collect();
    if names.is_empty() { String::new() } else { format!("<{}>", names.join(", ")) }
}

/// An upper-case name and its type arguments, which stand behind the name or, in `Type<T>.Case`, in front of its last part.
pub fn applied(source: &Source<'_>, it: &Path, types: &[Type]) -> String {
    let inside = types.first().is_some_and(|first| first.span.start < it.span.end);
    match it.segments.split_last() {
        Some((last, front)) if inside && !front.is_empty() => {
            let front: Vec<String> = front.iter().map(|it| name(source, it)).collect();
            format!("{}{}.{}", front.join("."), arguments(source, types), name(source, last))
        }
        _ => format!("{}{}", path(source, it), arguments(source, types)),
    }
}

fn join(source: &Source<'_>, list: &[Type], between: &str) -> String {
    list.iter().map(|it| ty(source, it)).collect::<Vec<_>>().join(between)
}
