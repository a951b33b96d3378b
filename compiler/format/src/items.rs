//! Files, modules and declarations.

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
        let inside = source.slice(keyword + 2, end - 2).trim();
        let spaced = inside.split(';').map(str::trim).collect::<Vec<_>>().join("; ");
        out.push(text(format!("[<{}>]", if inside.contains(['"', '(']) { inside } else { &spaced })));
        source.skip_comments(end);
        keyword = source.next_token(end);
        out.push(source.gap(keyword).around(hard(false)));
    }
    let end = source.last_token(it.span.end);
    if documents_within(source, it, keyword..end) {
        source.skip_comments(end);
        let lines = source.slice(keyword, end).split('\n').map(|line| (line.to_owned(), true)).collect();
        // Lines further left than the keyword may stand right of its attribute only.
        out.push(doc::verbatim(lines, source.column(it.span.start)));
        return concat(out);
    }
    out.push(match &it.kind {
        ItemKind::Module(it) => module(source, it),
        ItemKind::Function(it) => function(source, it),
        ItemKind::Value(it) => {
            let head = format!("val {} =", name(source, &it.name));
            concat(vec![text(head), blocks::right_side(source, it.name.span.end, &it.body)])
        }
        ItemKind::Type(it) => type_decl(source, it),
        ItemKind::Db(it) => text(format!("type {} = {}", name(source, &it.name), ty(source, &it.ty))),
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
            cases.iter().any(|case| case.span.start == *at) || source.slice(*at, *at + 1) == "|"
        }
        ItemKind::Type(_) | ItemKind::Db(_) | ItemKind::Function(Function { body: None, .. }) => false,
        ItemKind::Module(it) => it.items.first().is_some_and(|first| first.span.start <= *at),
        _ => true,
    };
    !places.iter().all(allowed)
}

/// Behind the `>]` of the attribute that begins here; strings inside are skipped.
fn attribute_end(source: &Source<'_>, at: u32) -> Option<u32> {
    let rest = source.slice(at, source.text.len() as u32);
    if !rest.starts_with("[<") {
        return None;
    }
    let bytes = rest.as_bytes();
    let (mut index, mut quoted) = (2, false);
    while index < bytes.len() {
        match bytes[index] {
            b'\\' if quoted => index += 1,
            b'"' => quoted = !quoted,
            b'>' if !quoted && bytes.get(index + 1) == Some(&b']') => return Some(at + index as u32 + 2),
            _ => {}
        }
        index += 1;
    }
    None
}

fn module(source: &mut Source<'_>, it: &Module) -> Doc {
    let head = format!("module {}", path(source, &it.path));
    if it.header {
        let Some(first) = it.items.first() else { return text(head) };
        let gap = source.gap(first.span.start).around(hard(true));
        return concat(vec![text(head), gap, items(source, &it.items)]);
    }
    let first = it.items.first().map_or(it.path.span.end, |first| first.span.start);
    let gap = source.gap(first);
    let body = concat(vec![gap.suffix, hard(false), gap.leading, items(source, &it.items)]);
    concat(vec![text(format!("{head} =")), indent(2, body)])
}

fn function(source: &mut Source<'_>, it: &Function) -> Doc {
    let head = format!("let {}{}", name(source, &it.name), parameters(source, &it.type_params));
    let head = signature(source, head, &it.params, it.result.as_ref());
    let end = it.result.as_ref().map(|it| it.span.end).or(it.params.last().map(|it| it.span.end));
    match &it.body {
        Some(body) => {
            let side = blocks::right_side(source, end.unwrap_or(it.name.span.end), body);
            concat(vec![head, text(" ="), side])
        }
        None => head,
    }
}

/// The head of a function: on one line, or one parameter a line.
pub fn signature(source: &mut Source<'_>, head: String, params: &[Param], result: Option<&Type>) -> Doc {
    let mut rest = Vec::new();
    for it in params {
        rest.push(source.gap(it.span.start).around(line()));
        rest.push(text(param(source, it)));
    }
    if let Some(result) = result {
        rest.push(source.gap(result.span.start).around(line()));
        rest.push(text(format!(": {}", ty(source, result))));
    }
    group(concat(vec![text(head), indent(2, concat(rest))]))
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
    let head = text(format!("type {}{}", name(source, &it.name), parameters(source, &it.type_params)));
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
