//! Files, modules and declarations.

use crate::attributes::{as_written, attribute, attribute_end};
use crate::comments::Source;
use crate::doc::{self, Doc, concat, group, hard, indent, line, nil, text};
use crate::types::{name, parameters, path, ty};
use crate::{blocks, expressions};
use dark_syntax::ast::*;

pub fn file(source: &mut Source<'_>, tree: &File) -> Doc {
    let body = items(source, &tree.items);
    let rest = source.gap(source.text.len() as u32);
    let end =
        if rest.leading.is_nil() { rest.suffix } else { concat(vec![rest.suffix, hard(rest.blank), rest.leading]) };
    concat(vec![body, end])
}

fn items(source: &mut Source<'_>, list: &[Item]) -> Doc {
    let mut out = Vec::new();
    for (index, it) in list.iter().enumerate() {
        let last = index + 1 == list.len();
        let gap = source.gap(it.span.start);
        match index.checked_sub(1).and_then(|before| list.get(before)) {
            Some(before) => {
                let blank = gap.blank || apart(source, before, it) || !gap.leading.is_nil();
                out.push(gap.around(hard(blank)));
            }
            None => out.push(gap.around(nil())),
        }
        out.push(item(source, it, last));
    }
    if let (Some(first), Some(last)) = (list.first(), list.last()) {
        let column = source.column(first.span.start);
        let end = source.last_token(last.span.end);
        out.push(source.tail(end, column));
    }
    concat(out)
}

/// An empty line belongs between two items unless both are lines of a kind.
fn apart(source: &Source<'_>, before: &Item, after: &Item) -> bool {
    let lines = |it: &Item| {
        let one = !source.newline(it.span.start, source.last_token(it.span.end));
        one && it.attributes.is_empty() && it.doc.is_none()
    };
    match (&before.kind, &after.kind) {
        (ItemKind::Expr(_) | ItemKind::Test(_), ItemKind::Expr(_) | ItemKind::Test(_)) => false,
        (ItemKind::Value(_), ItemKind::Value(_))
        | (ItemKind::Type(_), ItemKind::Type(_))
        | (ItemKind::Function(_), ItemKind::Function(_)) => !(lines(before) && lines(after)),
        _ => true,
    }
}

fn item(source: &mut Source<'_>, it: &Item, last: bool) -> Doc {
    let mut out = Vec::new();
    let mut keyword = it.span.start;
    while let Some(end) = attribute_end(source, keyword) {
        out.push(attribute(source, keyword, end));
        source.skip_comments(end);
        keyword = source.next_token(end);
        out.push(source.gap(keyword).around(hard(false)));
    }
    let end = source.last_token(it.span.end);
    if documents_within(source, it, keyword..end) {
        source.skip_comments(end);
        // Lines further left than the keyword may stand right of its attribute only, or the other way round.
        let column = source.column(it.span.start).min(source.column(keyword));
        out.push(doc::verbatim(as_written(source, keyword, end), column));
        return concat(out);
    }
    out.push(match &it.kind {
        ItemKind::Module(it) => module(source, it),
        ItemKind::Function(it) => function(source, it),
        ItemKind::Value(it) => {
            let (keyword, name) = named(source, "val", &it.name);
            let side = blocks::right_side(source, it.name.span.end, &it.body);
            concat(vec![keyword, text(format!("{name} =")), side])
        }
        ItemKind::Type(it) => type_decl(source, it),
        ItemKind::Db(it) => {
            let (keyword, name) = named(source, "type", &it.name);
            concat(vec![keyword, text(format!("{name} = {}", ty(source, &it.ty)))])
        }
        ItemKind::Expr(it) => blocks::statements(source, it, !last),
        ItemKind::Test(it) => test(source, it),
        ItemKind::Error => text(source.slice(keyword, it.span.end)),
    });
    concat(out)
}

/// A documentation comment in the middle of a declaration that has no strings: moved elsewhere it would document
/// something, so the declaration stays as written.
fn documents_within(source: &Source<'_>, it: &Item, range: std::ops::Range<u32>) -> bool {
    let places = source.documented(range.start, range.end);
    let allowed = |at: &u32| match &it.kind {
        ItemKind::Type(TypeDecl { definition: TypeDefinition::Record(fields), .. }) => {
            fields.iter().any(|field| field.span.start == *at)
        }
        ItemKind::Type(TypeDecl { definition: TypeDefinition::Enum(cases), .. }) => {
            // A case is documented in front of its name or in front of its bar, not both.
            let bar = source.slice(*at, *at + 1) == "|" && !places.contains(&source.next_token(*at + 1));
            bar || cases.iter().any(|case| case.span.start == *at)
        }
        ItemKind::Function(Function { body: None, result: Some(result), .. }) => *at <= result.span.start,
        ItemKind::Type(_) | ItemKind::Db(_) | ItemKind::Function(Function { body: None, .. }) => false,
        ItemKind::Test(Test { expected: Expected::Error(..) | Expected::SqlError(..), actual }) => {
            *at < actual.span.end
        }
        _ => true,
    };
    !places.iter().all(allowed)
}

fn module(source: &mut Source<'_>, it: &Module) -> Doc {
    let written = path(source, &it.path);
    let begin = source.gap(it.path.span.start);
    let head = match begin.is_empty() {
        true => text(format!("module {written}")),
        false => concat(vec![text("module"), indent(2, begin.around(hard(false))), text(written)]),
    };
    if it.header {
        let Some(first) = it.items.first() else { return head };
        let gap = source.gap(first.span.start).around(hard(true));
        return concat(vec![head, gap, items(source, &it.items)]);
    }
    let equals = source.next_token(it.path.span.end);
    let end = source.gap(equals);
    let equals = match end.is_empty() {
        true => text(" ="),
        false => concat(vec![indent(2, end.around(hard(false))), text("=")]),
    };
    let first = it.items.first().map_or(it.path.span.end, |first| first.span.start);
    let gap = source.gap(first);
    let body = concat(vec![gap.suffix, hard(false), gap.leading, items(source, &it.items)]);
    concat(vec![head, equals, indent(2, body)])
}

fn function(source: &mut Source<'_>, it: &Function) -> Doc {
    let parameters = parameters(source, &it.type_params);
    let (keyword, name) = named(source, "let", &it.name);
    let head = concat(vec![keyword, text(format!("{name}{parameters}"))]);
    declared(source, head, &it.params, it.result.as_ref(), (it.name.span.end, it.body.as_ref()))
}

/// A keyword and what stands between it and the name behind it. A comment there stays: moved behind the name it could
/// document something else.
fn named(source: &mut Source<'_>, keyword: &str, it: &Name) -> (Doc, String) {
    let name = name(source, it);
    let gap = source.gap(it.span.start);
    match gap.is_empty() {
        true => (text(format!("{keyword} ")), name),
        false => (concat(vec![text(keyword), indent(2, gap.around(hard(false)))]), name),
    }
}

/// A function from its head on: on one line, or the body on its own lines, or also one parameter a line. `rest` is where
/// the name ends, and the body.
pub fn declared(
    source: &mut Source<'_>,
    head: Doc,
    params: &[Param],
    result: Option<&Type>,
    rest: (u32, Option<&Expr>),
) -> Doc {
    let mut parts = Vec::new();
    for it in params {
        parts.push(source.gap(it.span.start).around(line()));
        parts.push(text(param(source, it)));
    }
    if let Some(result) = result {
        parts.push(source.gap(result.span.start).around(line()));
        parts.push(text(format!(": {}", ty(source, result))));
    }
    let signature = concat(vec![head, indent(2, concat(parts))]);
    let (name_end, Some(body)) = rest else { return group(signature) };
    let end = result.map(|it| it.span.end).or(params.last().map(|it| it.span.end)).unwrap_or(name_end);
    let side = indent(2, blocks::next_line(source, end, body));
    let equals = text(" =");
    let broken = concat(vec![signature.clone(), equals.clone(), side.clone()]);
    // Behind a head of several lines the body stands on its own.
    if signature.breaks() { broken } else { doc::hug(concat(vec![group(signature), equals, side]), broken) }
}

fn param(source: &Source<'_>, it: &Param) -> String {
    match (&it.kind, &it.ty) {
        (ParamKind::Unit, _) => "()".into(),
        (ParamKind::Named(it), Some(annotation)) => format!("({}: {})", name(source, it), ty(source, annotation)),
        (ParamKind::Named(bare), None) if source.slice(it.span.start, it.span.end).starts_with('(') => {
            format!("({})", name(source, bare))
        }
        (ParamKind::Named(it), None) => name(source, it),
    }
}

fn type_decl(source: &mut Source<'_>, it: &TypeDecl) -> Doc {
    let parameters = parameters(source, &it.type_params);
    let (keyword, name) = named(source, "type", &it.name);
    let head = concat(vec![keyword, text(format!("{name}{parameters}"))]);
    let body = match &it.definition {
        TypeDefinition::Alias(alias) => {
            let gap = source.gap(alias.span.start);
            concat(vec![gap.suffix, line(), gap.leading, text(ty(source, alias))])
        }
        TypeDefinition::Record(fields) => concat(vec![line(), record(source, fields)]),
        TypeDefinition::Enum(cases) => enumeration(source, it.name.span.end, cases),
        TypeDefinition::Extern | TypeDefinition::Error => return head,
    };
    concat(vec![head, text(" ="), group(indent(2, body))])
}

fn record(source: &mut Source<'_>, fields: &[FieldDecl]) -> Doc {
    let mut inside = Vec::new();
    let mut before: Option<&FieldDecl> = None;
    for it in fields {
        let gap = source.gap(it.span.start);
        if let Some(before) = before {
            inside.push(doc::if_break(nil(), text(";")));
            if source.newline(before.span.end, it.span.start) {
                inside.push(doc::force());
            }
            let line = if gap.blank { hard(true) } else { line() };
            inside.push(gap.around(line));
        } else {
            inside.push(gap.around(nil()));
        }
        inside.push(text(format!("{}: {}", name(source, &it.name), ty(source, &it.ty))));
        before = Some(it);
    }
    let end = before.map_or(0, |it| source.next_token(it.span.end));
    let closing = expressions::closer(source, end + 1, " }");
    concat(vec![text("{ "), doc::align(concat(vec![concat(inside), closing]))])
}

fn enumeration(source: &mut Source<'_>, name_end: u32, cases: &[CaseDecl]) -> Doc {
    let mut out = Vec::new();
    let mut before = name_end;
    for it in cases {
        let gap = source.gap(it.span.start);
        if source.newline(before, it.span.start) {
            out.push(doc::force());
        }
        let line = if gap.blank && before != name_end { hard(true) } else { line() };
        out.push(gap.around(line));
        out.push(text(case(source, it)));
        before = it.span.end;
    }
    concat(out)
}

fn case(source: &Source<'_>, it: &CaseDecl) -> String {
    let fields: Vec<String> = it
        .fields
        .iter()
        .map(|field| match &field.label {
            Some(label) => format!("{}: {}", name(source, label), ty(source, &field.ty)),
            None => ty(source, &field.ty),
        })
        .collect();
    let of = if fields.is_empty() { String::new() } else { format!(" of {}", fields.join(" * ")) };
    format!("| {}{of}", name(source, &it.name))
}

fn test(source: &mut Source<'_>, it: &Test) -> Doc {
    let actual = expressions::expr(source, &it.actual);
    let side = match &it.expected {
        Expected::Value(value) => blocks::right_side(source, it.actual.span.end, value),
        Expected::Error(_, span) | Expected::SqlError(_, span) => {
            let written = source.slice(span.start, span.end);
            let word = if matches!(it.expected, Expected::Error(..)) { "error" } else { "sqlerror" };
            let string = written.find('"').map_or(written, |at| &written[at..]);
            let gap = source.gap(span.start);
            let broken = source.newline(it.actual.span.end, span.start);
            let message = concat(vec![text(format!("{word}=")), expressions::copied(string)]);
            let force = if broken { doc::force() } else { nil() };
            group(indent(2, concat(vec![force, gap.around(line()), message])))
        }
    };
    concat(vec![actual, text(" ="), side])
}
