//! Expressions: the table of their kinds, and what stands in brackets.
//!
//! Broken brackets hold one element a line, without separators, the first behind the opening bracket and the closing
//! one behind the last: `[ 1` newline `2 ]`.

use crate::blocks;
use crate::calls;
use crate::comments::Source;
use crate::doc::{self, Doc, align, concat, group, hard, if_break, indent, line, nil, text};
use crate::patterns::literal;
use crate::types::{applied, arguments, name, path};
use dark_syntax::ast::*;

pub fn expr(source: &mut Source<'_>, it: &Expr) -> Doc {
    let written = source.slice(it.span.start, it.span.end);
    match &it.kind {
        ExprKind::Missing | ExprKind::Error => text(written),
        ExprKind::Literal(_) => copied(&literal(source, it.span)),
        ExprKind::Interpolation(parts) => interpolation(source, it, parts),
        ExprKind::Name { path: it, type_args } => text(format!("{}{}", path(source, it), arguments(source, type_args))),
        ExprKind::Constructor { path, type_args, arguments } => {
            align(calls::constructor(source, path, type_args, arguments, it.span.end, 2))
        }
        ExprKind::Apply { function, arguments } => calls::apply(source, function, arguments),
        ExprKind::Binary { .. } => calls::binary(source, it),
        ExprKind::Negate(inner) => concat(vec![text("-"), expr(source, inner)]),
        ExprKind::Section(operator) => text(format!("({})", operator.text())),
        ExprKind::Pipe { head, segments } => calls::pipe(source, head, segments),
        ExprKind::Field { record, field } => {
            // Behind the field, documentation would be that of what follows.
            let is_documented = !source.documented(record.span.end, field.span.start).is_empty();
            let record = expr(source, record);
            let gap = match is_documented {
                true => indent(2, source.gap(field.span.start).around(hard(false))),
                false => nil(),
            };
            concat(vec![record, text("."), gap, text(name(source, field))])
        }
        ExprKind::Paren(inner) => parenthesis(source, inner, it.span.end),
        ExprKind::Unit => text("()"),
        ExprKind::Tuple(items) => tuple(source, items, it.span.end),
        ExprKind::List(items) => list(source, items, it.span.end),
        ExprKind::Record { path, type_args, fields } => {
            let head = applied(source, path, type_args);
            record(source, head, fields, it.span.end)
        }
        ExprKind::Dict(fields) => record(source, "Dict".into(), fields, it.span.end),
        ExprKind::RecordUpdate { record, fields } => update(source, record, fields, it.span.end),
        ExprKind::If { .. } => blocks::if_(source, it),
        ExprKind::Match { scrutinees, arms } => blocks::match_(source, scrutinees, arms),
        ExprKind::Lambda { params, body } => align(group(blocks::lambda(source, params, body))),
        ExprKind::Let { .. } | ExprKind::LetFunction { .. } | ExprKind::Statements(_) => blocks::block(source, it),
    }
}

/// Text as written, perhaps over several lines.
pub fn copied(written: &str) -> Doc {
    doc::verbatim(written.split('\n').map(|line| (line.to_owned(), false)).collect(), 0)
}

/// An interpolated string as written. The lines of code inside of a hole move with the string, because columns matter
/// there; the lines of its text stay.
fn interpolation(source: &Source<'_>, it: &Expr, parts: &[StringPart]) -> Doc {
    let written = source.slice(it.span.start, it.span.end);
    if !written.contains('\n') {
        return text(written);
    }
    let mut texts = Vec::new();
    protected(it, &mut texts);
    let is_text = |at: u32| texts.iter().any(|(start, end)| (*start..*end).contains(&at));
    let own_text = |at: u32| {
        parts.iter().any(|part| matches!(part, StringPart::Text(_, span) if (span.start..span.end).contains(&at)))
    };
    let mut lines = Vec::new();
    let (mut at, mut moves, mut fixed) = (it.span.start, false, false);
    for part in written.split('\n') {
        lines.push((part.to_owned(), moves));
        at += part.len() as u32;
        fixed |= own_text(at);
        moves = !fixed && !is_text(at);
        at += 1;
    }
    doc::verbatim(lines, source.column(it.span.start))
}

/// The ranges of plain text inside of an expression.
fn protected(it: &Expr, out: &mut Vec<(u32, u32)>) {
    match &it.kind {
        ExprKind::Literal(_) => out.push((it.span.start, it.span.end)),
        ExprKind::Interpolation(parts) => out.extend(parts.iter().filter_map(|part| match part {
            StringPart::Text(_, span) => Some((span.start, span.end)),
            StringPart::Hole(_) => None,
        })),
        _ => {}
    }
    it.children().into_iter().for_each(|child| protected(child, out));
}

fn parenthesis(source: &mut Source<'_>, inner: &Expr, end: u32) -> Doc {
    let gap = source.gap(inner.span.start);
    if let ExprKind::Lambda { params, body } = &inner.kind {
        let opened = concat(vec![text("("), gap.suffix, gap.leading, blocks::lambda(source, params, body)]);
        let closing = closer(source, end, ")");
        return align(group(concat(vec![opened, closing])));
    }
    let inside = blocks::block(source, inner);
    let closing = closer(source, end, ")");
    concat(vec![text("("), align(concat(vec![gap.suffix, gap.leading, inside, closing]))])
}

/// A closing bracket that ends at `end`, and the comments in front of it; it goes on a line of its own if they do.
pub fn closer(source: &mut Source<'_>, end: u32, bracket: &str) -> Doc {
    let gap = source.gap(end.saturating_sub(1));
    if gap.leading.is_nil() && !(gap.is_empty() && source.line_comment_before(end.saturating_sub(1))) {
        return concat(vec![gap.suffix, text(bracket)]);
    }
    concat(vec![gap.around(hard(false)), text(bracket.trim_start())])
}

fn tuple(source: &mut Source<'_>, items: &[Expr], end: u32) -> Doc {
    let inside = elements(source, items, ",", |source, it, _| expr(source, it));
    let closing = closer(source, end, ")");
    group(concat(vec![text("("), align(concat(vec![inside, closing]))]))
}

fn list(source: &mut Source<'_>, items: &[Expr], end: u32) -> Doc {
    if items.is_empty() {
        return concat(vec![text("["), closer(source, end, "]")]);
    }
    let inside = elements(source, items, ";", |source, it, last| match &it.kind {
        ExprKind::Let { body, .. } | ExprKind::LetFunction { body, .. } if !last => {
            blocks::binding_in(source, it, body)
        }
        _ => expr(source, it),
    });
    let closing = closer(source, end, " ]");
    group(concat(vec![text("[ "), align(concat(vec![inside, closing]))]))
}

/// Elements on one line with separators, or one a line; commas stay there, because they end blocks.
fn elements(
    source: &mut Source<'_>,
    items: &[Expr],
    separator: &str,
    mut element: impl FnMut(&mut Source<'_>, &Expr, bool) -> Doc,
) -> Doc {
    let mut out = Vec::new();
    let mut before: Option<&Expr> = None;
    for (index, it) in items.iter().enumerate() {
        let gap = source.gap(it.span.start);
        match before {
            None => out.push(gap.around(nil())),
            Some(before) => {
                // A `;` behind an open block would belong to the block.
                let open = separator == ";" && ends_in_block(before);
                if open || source.newline(before.span.end, it.span.start) {
                    out.push(doc::force());
                }
                let written = text(separator);
                out.push(if separator == "," { written } else { if_break(nil(), written) });
                let line = if gap.blank { hard(true) } else { line() };
                out.push(gap.around(line));
            }
        }
        out.push(element(source, it, index + 1 == items.len()));
        before = Some(it);
    }
    concat(out)
}

fn fields(source: &mut Source<'_>, list: &[FieldInit]) -> Doc {
    let mut out = Vec::new();
    let mut before: Option<&FieldInit> = None;
    for it in list {
        let gap = source.gap(it.span.start);
        match before {
            None => out.push(gap.around(nil())),
            Some(before) => {
                if ends_in_block(&before.value) || source.newline(before.span.end, it.span.start) {
                    out.push(doc::force());
                }
                out.push(if_break(nil(), text(";")));
                let line = if gap.blank { hard(true) } else { line() };
                out.push(gap.around(line));
            }
        }
        let head = text(format!("{} =", name(source, &it.name)));
        out.push(align(concat(vec![head, blocks::right_side(source, it.name.span.end, &it.value)])));
        before = Some(it);
    }
    concat(out)
}

/// `T { a = 1; b = 2 }`, or the braces below the name with one field a line.
fn record(source: &mut Source<'_>, head: String, list: &[FieldInit], end: u32) -> Doc {
    if list.is_empty() {
        return concat(vec![text(head), text(" { "), closer(source, end, "}")]);
    }
    let inside = fields(source, list);
    let closing = closer(source, end, " }");
    let braces = concat(vec![text("{ "), align(concat(vec![inside, closing]))]);
    align(group(concat(vec![text(head), indent(2, concat(vec![line(), braces]))])))
}

fn update(source: &mut Source<'_>, record: &Expr, list: &[FieldInit], end: u32) -> Doc {
    let gap = source.gap(record.span.start);
    let head = concat(vec![text("{ "), gap.suffix, gap.leading, expr(source, record), text(" with")]);
    let inside = fields(source, list);
    let closing = closer(source, end, " }");
    let body = indent(4, concat(vec![line(), inside, closing]));
    align(group(concat(vec![head, body])))
}

/// What follows on the same line would belong to a block at the right edge of the expression.
fn ends_in_block(it: &Expr) -> bool {
    match right_edge(it) {
        Some(edge) => ends_in_block(edge),
        None => matches!(
            it.kind,
            ExprKind::If { .. }
                | ExprKind::Match { .. }
                | ExprKind::Lambda { .. }
                | ExprKind::Let { .. }
                | ExprKind::LetFunction { .. }
                | ExprKind::Statements(_)
        ),
    }
}

/// An `else` on the same line would belong to an `if` at the right edge of the expression.
pub fn ends_in_open_if(it: &Expr) -> bool {
    match &it.kind {
        ExprKind::If { otherwise: None, .. } => true,
        ExprKind::If { otherwise: Some(edge), .. } => ends_in_open_if(edge),
        ExprKind::Lambda { body, .. } | ExprKind::Let { body, .. } | ExprKind::LetFunction { body, .. } => {
            ends_in_open_if(body)
        }
        ExprKind::Match { arms, .. } => arms.last().is_some_and(|arm| ends_in_open_if(&arm.body)),
        ExprKind::Statements(list) => list.last().is_some_and(ends_in_open_if),
        _ => right_edge(it).is_some_and(ends_in_open_if),
    }
}

/// The last operand of what is open at its right.
fn right_edge(it: &Expr) -> Option<&Expr> {
    match &it.kind {
        ExprKind::Binary { right, .. } => Some(right),
        ExprKind::Negate(inner) => Some(inner),
        ExprKind::Pipe { segments, .. } => segments.last(),
        _ => None,
    }
}
