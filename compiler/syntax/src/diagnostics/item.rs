//! Problems of declarations, by mode.

use crate::ast::{Expr, ExprKind, Function, Name, Path};
use crate::parse::Mode;
use dark_diagnostics::{Diagnostic, codes};
use dark_source::{FileId, Span};

pub fn bare_expression(expr: &Expr, span: Span, mode: Mode, file: FileId) -> Diagnostic {
    if let Some((word, place)) = first_name(expr) {
        if let Some(foreign) = super::habit::foreign(word, place, file) {
            return foreign;
        }
        if word == "module" {
            return Diagnostic::new(codes::E0001, "a module has no name here", file, place, "of this module").help(
                "a module's name begins with a capital letter, and nothing stands in front of it: `module Shop`",
            );
        }
    }
    if let ExprKind::LetFunction { name, .. } = &expr.kind {
        return Diagnostic::new(codes::E0006, "this function has no result type", file, name.span, "of this function")
            .help(format!("write `let {} … : Result = …`", name.text));
    }
    if let ExprKind::Let { pattern, .. } = &expr.kind {
        return Diagnostic::new(codes::E0010, "a `let` without parameters here", file, pattern.span, "this is a value")
            .help("write `val name = value` for a value of a module")
            .note("`let` declares functions at the top of a file; inside a function it names any value");
    }
    let it = Diagnostic::new(codes::E0011, "an expression outside of any function", file, span, "this is never run");
    match mode {
        Mode::Test => it.help("a test has an expected side: `actual = expected`"),
        _ => it
            .help("move it into a function, or the file into a folder `scripts`, and run it with `darkc run FILE`")
            .note("a script sees the other files of its project when the folder has a `dark.toml`"),
    }
}

/// The plain name an expression begins with.
fn first_name(expr: &Expr) -> Option<(&str, Span)> {
    let first = match &expr.kind {
        ExprKind::Apply { function, .. } => function,
        _ => expr,
    };
    match &first.kind {
        ExprKind::Name { path: Path { segments, .. }, .. } if segments.len() == 1 => {
            segments.first().map(|name| (name.text.as_str(), first.span))
        }
        _ => None,
    }
}

pub fn assertion_outside_tests(actual: Span, span: Span, file: FileId) -> Diagnostic {
    let _ = span;
    Diagnostic::new(codes::E0012, "`=` compares only in test files", file, actual, "this looks like a test")
        .help("move it to a file below `tests/`, or compare with `==`")
}

pub fn missing_result(function: &Function, file: FileId) -> Diagnostic {
    let name = &function.name;
    Diagnostic::new(codes::E0006, "this function has no result type", file, name.span, "of this function")
        .help(format!("write `let {} … : Result = …`", name.text))
}

pub fn missing_parameter_type(name: &Name, span: Span, file: FileId) -> Diagnostic {
    Diagnostic::new(codes::E0013, format!("the parameter `{}` has no type", name.text), file, span, "add its type")
        .help(format!("write `({}: Type)`", name.text))
        .note("functions of a module say the types of their parameters and result; inside bodies types are found")
}

pub fn missing_body(function: &Function, span: Span, file: FileId) -> Diagnostic {
    let _ = span;
    let name = &function.name;
    Diagnostic::new(codes::E0005, "this declaration has no `=`", file, name.span, "a body is missing")
        .help("write `let name (parameter: Type) : Result = body`")
}

pub fn type_without_definition(name: &Name, file: FileId) -> Diagnostic {
    Diagnostic::new(
        codes::E0014,
        format!("the type `{}` has no definition", name.text),
        file,
        name.span,
        "of this type",
    )
    .help("a record: `type Name = { field: Type }`; alternatives: `type Name = | A | B of Int`")
}

pub fn pipe_segment(segment: &Expr, file: FileId) -> Diagnostic {
    Diagnostic::new(codes::E0015, "a value cannot be piped into this", file, segment.span, "this is no function call")
        .help("put a call, a function's name, a constructor or `(fun x -> …)` behind `|>`")
        .note("the piped value becomes the first argument: `x |> f a` is `f x a`")
}

pub fn tab(at: usize, file: FileId) -> Diagnostic {
    Diagnostic::new(codes::W0101, "a tab in the indentation", file, Span::new(at, at + 1), "counts as one column")
        .help("indent with blanks, so that columns are what they look like")
}
