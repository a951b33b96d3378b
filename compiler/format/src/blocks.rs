//! Blocks: statements in one column, `let`, `if`, `match`, and what stands behind a `=` or `->`.

use crate::comments::Source;
use crate::doc::{self, Doc, align, concat, group, indent, line, nil, text};
use crate::expressions::{ends_in_open_if, expr};
use crate::items::declared;
use crate::patterns;
use crate::types::name;
use dark_syntax::ast::*;

/// A block behind `=`, `->`, `then` or `else`: on the same line if it was there and fits, else on the next, indented.
pub fn right_side(source: &mut Source<'_>, from: u32, it: &Expr) -> Doc {
    group(indent(2, next_line(source, from, it)))
}

/// The line end and the block behind it, for a group that is made elsewhere. It breaks if it was broken.
pub fn next_line(source: &mut Source<'_>, from: u32, it: &Expr) -> Doc {
    let broken = source.newline(from, it.span.start);
    let gap = source.gap(it.span.start);
    let force = if broken { doc::force() } else { nil() };
    concat(vec![force, gap.around(line()), block(source, it)])
}

/// The statements of a block that ends behind them.
pub fn block(source: &mut Source<'_>, it: &Expr) -> Doc {
    statements(source, it, false)
}

/// The statements of a block; `followed` if something in the same column comes behind them.
pub fn statements(source: &mut Source<'_>, it: &Expr, followed: bool) -> Doc {
    let mut out = Vec::new();
    collect(source, it, followed, &mut out);
    let column = source.column(it.span.start);
    let tail = source.tail(it.span.end, column);
    out.push(tail);
    align(concat(out))
}

fn collect(source: &mut Source<'_>, it: &Expr, followed: bool, out: &mut Vec<Doc>) {
    match &it.kind {
        ExprKind::Statements(list) => {
            for (index, statement) in list.iter().enumerate() {
                if index > 0 {
                    out.push(source.gap(statement.span.start).hard());
                }
                collect(source, statement, followed || index + 1 < list.len(), out);
            }
        }
        ExprKind::Let { body, .. } | ExprKind::LetFunction { body, .. } if !followed => {
            out.push(binding(source, it));
            out.push(source.gap(body.span.start).hard());
            collect(source, body, false, out);
        }
        ExprKind::Let { body, .. } | ExprKind::LetFunction { body, .. } => out.push(binding_in(source, it, body)),
        _ => out.push(expr(source, it)),
    }
}

/// `let x = 1 in body`: the form of a `let` whose body ends before its block does.
pub fn binding_in(source: &mut Source<'_>, it: &Expr, body: &Expr) -> Doc {
    let head = match &it.kind {
        // `in` may not become a part of the comment that the value's lines end with.
        ExprKind::Let { value, .. } | ExprKind::LetFunction { value, .. } => {
            let head = binding(source, it);
            let below = source.took_line_behind(value.span.end);
            concat(vec![head, if below { indent(2, doc::hard(false)) } else { text(" ") }])
        }
        _ => nil(),
    };
    let gap = source.gap(body.span.start);
    if !gap.leading.is_nil() {
        // Comments on lines of their own keep them.
        let inside = concat(vec![gap.hard(), block(source, body)]);
        return concat(vec![align(concat(vec![head, text("in")])), indent(2, inside)]);
    }
    let inside = concat(vec![gap.suffix, block(source, body)]);
    concat(vec![align(concat(vec![head, text("in ")])), align(inside)])
}

/// A `let` without its body.
fn binding(source: &mut Source<'_>, it: &Expr) -> Doc {
    match &it.kind {
        ExprKind::Let { pattern, value, .. } => {
            let head = format!("let {} =", patterns::simple(source, pattern));
            concat(vec![text(head), right_side(source, pattern.span.end, value)])
        }
        ExprKind::LetFunction { name: it, params, result, value, .. } => {
            let head = text(format!("let {}", name(source, it)));
            declared(source, head, params, result.as_deref(), (it.span.end, Some(value)))
        }
        _ => nil(),
    }
}

/// `if`, with all of its `elif` and `else if`: on one line; or each branch on its own lines; or, where the author wrote it
/// so, each branch behind its condition.
pub fn if_(source: &mut Source<'_>, it: &Expr) -> Doc {
    let table = is_table(source, it);
    let mut out = Vec::new();
    let mut keyword = "if";
    let mut it = it;
    while let ExprKind::If { condition, then, otherwise } = &it.kind {
        out.push(condition_line(source, keyword, condition));
        let branch = indent(2, next_line(source, condition.span.end, then));
        out.push(if table { group(branch) } else { branch });
        let Some(otherwise) = otherwise else { break };
        if ends_in_open_if(then) || source.newline(then.span.end, otherwise.span.start) {
            out.push(doc::force());
        }
        let end = source.next_token(then.span.end);
        out.push(source.gap(end).around(line()));
        if matches!(otherwise.kind, ExprKind::If { .. }) {
            let written = source.slice(otherwise.span.start, otherwise.span.end);
            keyword = if written.starts_with("elif") { "elif" } else { "else if" };
            it = otherwise;
        } else {
            out.push(text("else"));
            let branch = indent(2, next_line(source, end + 4, otherwise));
            out.push(if table { group(branch) } else { branch });
            break;
        }
    }
    align(group(concat(out)))
}

/// A condition with the words around it. One that does not fit has lines of its own; `else if` is `elif` then, because its
/// `then` could not stand alone.
fn condition_line(source: &mut Source<'_>, keyword: &str, condition: &Expr) -> Doc {
    let gap = source.gap(condition.span.start);
    let keyword = match keyword {
        "else if" => doc::if_break(text("elif"), text("else if")),
        keyword => text(keyword),
    };
    let inside = gap.around(line());
    between(keyword, concat(vec![inside, align(expr(source, condition))]), "then")
}

/// Whether the author ended a line in front of each `elif` and `else`, and none behind a `then` or `else`.
fn is_table(source: &Source<'_>, it: &Expr) -> bool {
    let mut it = it;
    while let ExprKind::If { condition, then, otherwise: Some(otherwise) } = &it.kind {
        let word = source.next_token(then.span.end);
        let is_short = !matches!(then.kind, ExprKind::If { .. }) && !source.newline(condition.span.end, then.span.end);
        if !is_short || !source.newline(then.span.end, word) {
            return false;
        }
        if !matches!(otherwise.kind, ExprKind::If { .. }) {
            return !source.newline(word, otherwise.span.end);
        }
        it = otherwise;
    }
    false
}

/// `match`: one arm a line, in the column of the keyword.
pub fn match_(source: &mut Source<'_>, scrutinees: &[Expr], arms: &[MatchArm]) -> Doc {
    let mut inside = Vec::new();
    for (index, it) in scrutinees.iter().enumerate() {
        let gap = source.gap(it.span.start);
        inside.push(if index > 0 { text(",") } else { nil() });
        inside.push(gap.around(line()));
        inside.push(align(expr(source, it)));
    }
    let mut out = vec![between(text("match"), concat(inside), "with")];
    for (index, it) in arms.iter().enumerate() {
        let mut gap = source.gap(it.span.start);
        gap.blank &= index > 0;
        out.push(gap.hard());
        out.push(arm(source, it));
    }
    align(concat(out))
}

/// Something between two keywords: on their line, or on lines of its own. It begins with a line end.
fn between(first: Doc, inside: Doc, last: &str) -> Doc {
    group(concat(vec![first, indent(2, inside), line(), text(last)]))
}

fn arm(source: &mut Source<'_>, it: &MatchArm) -> Doc {
    let mut head = Vec::new();
    for (index, alternative) in patterns::alternatives(source, &it.pattern).into_iter().enumerate() {
        if index > 0 {
            head.push(line());
        }
        head.push(text("| "));
        head.push(copied_lines(&alternative));
    }
    if let MatchPatternKind::Or(list) = &it.pattern.kind {
        let pairs = list.iter().zip(list.iter().skip(1));
        if pairs.into_iter().any(|(a, b)| source.newline(a.span.start, b.span.start)) {
            head.push(doc::force());
        }
    }
    let head = group(concat(head));
    let (guard, end) = match &it.guard {
        Some(guard) => {
            let gap = source.gap(guard.span.start);
            let doc = concat(vec![text(" when "), gap.suffix, gap.leading, align(expr(source, guard))]);
            (doc, guard.span.end)
        }
        None => (nil(), it.pattern.span.end),
    };
    concat(vec![head, guard, text(" ->"), right_side(source, end, &it.body)])
}

/// A pattern can hold a string of several lines.
fn copied_lines(written: &str) -> Doc {
    doc::verbatim(written.split('\n').map(|line| (line.to_owned(), false)).collect(), 0)
}

/// The body of a lambda that something follows in the same block: it begins on the line of its `fun`, so that nothing
/// behind it can stand in its column.
pub fn lambda_inline(source: &mut Source<'_>, params: &[Pattern], body: &Expr) -> Doc {
    let gap = source.gap(body.span.start);
    let inside = concat(vec![gap.suffix, gap.leading, block(source, body)]);
    concat(vec![text(lambda_head(source, params)), text(" "), align(inside)])
}

pub fn lambda(source: &mut Source<'_>, params: &[Pattern], body: &Expr) -> Doc {
    let head = text(lambda_head(source, params));
    concat(vec![head, lambda_body(source, params, body)])
}

pub fn lambda_body(source: &mut Source<'_>, params: &[Pattern], body: &Expr) -> Doc {
    let end = params.last().map_or(body.span.start, |it| it.span.end);
    indent(2, next_line(source, end, body))
}

pub fn lambda_head(source: &Source<'_>, params: &[Pattern]) -> String {
    let params: Vec<String> = params.iter().map(|it| patterns::simple(source, it)).collect();
    format!("fun {} ->", params.join(" "))
}
