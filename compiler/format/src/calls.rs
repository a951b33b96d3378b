//! Applications, constructors with arguments, operators and pipes.
//!
//! Broken, an application has one argument a line; a lambda in parentheses that is its last argument may stay on the
//! first line with its body below. Operators and pipes begin their lines. A line may not begin with `-` in the column of
//! its statement (that is a new statement), so a chain with a minus is indented.

use crate::blocks;
use crate::comments::Source;
use crate::doc::{self, Doc, align, concat, group, hard, hug, if_break, indent, line, nil, text};
use crate::expressions::{closer, expr};
use crate::types::applied;
use dark_syntax::ast::*;
use dark_syntax::precedence;

pub fn apply(source: &mut Source<'_>, function: &Expr, list: &[Expr]) -> Doc {
    if let ExprKind::Lambda { params, body } = &function.kind {
        // Arguments behind a bare lambda stand left of its body.
        let head = blocks::lambda_inline(source, params, body);
        let rest = arguments(source, function.span.end, list);
        return align(concat(vec![head, doc::force(), group(indent(2, concat(vec![doc::force(), rest])))]));
    }
    let head = callee(source, function);
    align(applied_to(source, head, function.span.end, list, 2))
}

fn callee(source: &mut Source<'_>, function: &Expr) -> Doc {
    match &function.kind {
        // The section of a pipe has no place of its own.
        ExprKind::Section(operator) => text(format!("({})", operator.text())),
        _ => expr(source, function),
    }
}

fn arguments(source: &mut Source<'_>, from: u32, list: &[Expr]) -> Doc {
    let mut out = Vec::new();
    let mut end = from;
    for it in list {
        if source.newline(end, it.span.start) {
            out.push(doc::force());
        }
        out.push(source.gap(it.span.start).around(line()));
        out.push(expr(source, it));
        end = it.span.end;
    }
    concat(out)
}

/// `head` with its arguments, broken ones indented by `step`.
fn applied_to(source: &mut Source<'_>, head: Doc, from: u32, list: &[Expr], step: usize) -> Doc {
    let Some((last, front)) = list.split_last() else { return head };
    let front_docs = arguments(source, from, front);
    let end = front.last().map_or(from, |it| it.span.end);
    let broken = source.newline(end, last.span.start);
    let gap = source.gap(last.span.start);
    let lambda = match &last.kind {
        ExprKind::Paren(inner) => match &inner.kind {
            ExprKind::Lambda { params, body } => Some((params, body)),
            _ => None,
        },
        _ => None,
    };
    // What stands behind a string of several lines has no column to rely on, and what stands behind a callee of several
    // lines might be read as a part of its last one.
    let force = if front_docs.multi() || head.multi() || head.breaks() || broken { doc::force() } else { nil() };
    match lambda {
        Some((params, body)) => {
            let may_hug = gap.is_empty() && force.is_nil() && !front_docs.breaks();
            let opened = text(format!("({}", blocks::lambda_head(source, params)));
            let body = blocks::lambda_body(source, params, body);
            let closed = closer(source, last.span.end, ")");
            let argument = concat(vec![opened, body, closed]);
            let alone = concat(vec![front_docs.clone(), force, gap.around(line()), group(argument.clone())]);
            let alone = concat(vec![head.clone(), indent(step, concat(vec![doc::force(), alone]))]);
            if !may_hug {
                return group(alone);
            }
            let prefix = group(concat(vec![head, front_docs, text(" ")]));
            hug(concat(vec![prefix, argument]), group(alone))
        }
        None => {
            let argument = expr(source, last);
            let rest = concat(vec![front_docs, force, gap.around(line()), argument]);
            group(concat(vec![head, indent(step, rest)]))
        }
    }
}

/// A constructor with its fields, in parentheses or as arguments, as written.
pub fn constructor(source: &mut Source<'_>, it: &Path, types: &[Type], list: &[Expr], end: u32, step: usize) -> Doc {
    let name = applied(source, it, types);
    let Some(first) = list.first() else { return text(name) };
    let named_to = types.last().map_or(it.span.end, |last| last.span.end.max(it.span.end));
    let between = source.slice(named_to, first.span.start);
    let between = between.trim_start_matches('>');
    if !between.contains('(') {
        let glued = matches!(first.kind, ExprKind::Unit) && list.len() == 1 && between.is_empty();
        return match glued {
            true => text(format!("{name}()")),
            false => applied_to(source, text(name), named_to, list, step),
        };
    }
    let apart = if list.len() == 1 && between.starts_with(char::is_whitespace) { " " } else { "" };
    let mut inside = Vec::new();
    let mut before = None;
    for it in list {
        let gap = source.gap(it.span.start);
        match before {
            None => inside.push(gap.around(nil())),
            Some(before) => {
                if source.newline(before, it.span.start) {
                    inside.push(doc::force());
                }
                inside.push(text(","));
                inside.push(gap.around(line()));
            }
        }
        inside.push(expr(source, it));
        before = Some(it.span.end);
    }
    inside.push(closer(source, end, ")"));
    let inside = concat(vec![if_break(hard(false), nil()), concat(inside)]);
    group(concat(vec![text(format!("{name}{apart}(")), indent(2, inside)]))
}

/// Operators of one level in a row.
pub fn binary(source: &mut Source<'_>, it: &Expr) -> Doc {
    let (first, rest) = chain(it);
    let minus = rest.iter().any(|(operator, ..)| *operator == Operator::Subtract);
    let mut out = Vec::new();
    let first_doc = operand_of(source, first, true, &mut out);
    let mut end = first.span.end;
    let count = rest.len();
    for (index, (operator, operand)) in rest.into_iter().enumerate() {
        if source.newline(end, operand.span.start) {
            out.push(doc::force());
        }
        out.push(source.gap(operand.span.start).around(line()));
        out.push(text(format!("{} ", operator.text())));
        let operand_doc = operand_of(source, operand, index + 1 < count, &mut out);
        out.push(operand_doc);
        end = operand.span.end;
    }
    let rest = if minus { indent(2, concat(out)) } else { concat(out) };
    align(group(concat(vec![first_doc, rest])))
}

/// An operand; a bare lambda with an operator behind it keeps its body on its line.
fn operand_of(source: &mut Source<'_>, it: &Expr, followed: bool, out: &mut Vec<Doc>) -> Doc {
    match &it.kind {
        ExprKind::Lambda { params, body } if followed => {
            out.push(doc::force());
            blocks::lambda_inline(source, params, body)
        }
        _ => expr(source, it),
    }
}

/// The operands of one level: the first, and the others with their operators.
fn chain(it: &Expr) -> (&Expr, Vec<(Operator, &Expr)>) {
    let mut rest = Vec::new();
    let mut at = it;
    let level = match &it.kind {
        ExprKind::Binary { operator, .. } => precedence(*operator),
        _ => return (it, rest),
    };
    if level.1 {
        let ExprKind::Binary { left: first, .. } = &it.kind else { return (it, rest) };
        while let ExprKind::Binary { operator, right, .. } = &at.kind {
            if precedence(*operator) != level {
                break;
            }
            let next = match &right.kind {
                ExprKind::Binary { operator, left, .. } if precedence(*operator) == level => left,
                _ => right,
            };
            rest.push((*operator, &**next));
            at = right;
        }
        return (first, rest);
    }
    while let ExprKind::Binary { operator, left, right, .. } = &at.kind {
        if precedence(*operator) != level {
            break;
        }
        rest.push((*operator, &**right));
        at = left;
    }
    rest.reverse();
    (at, rest)
}

pub fn pipe(source: &mut Source<'_>, head: &Expr, segments: &[Expr]) -> Doc {
    let mut out = vec![expr(source, head)];
    let mut end = head.span.end;
    for it in segments {
        let operator = source.next_token(end);
        if source.newline(end, operator) {
            out.push(doc::force());
        }
        // The section of a pipe begins at its `|>`.
        out.push(source.gap(it.span.start.max(operator + 2)).around(line()));
        out.push(text("|> "));
        out.push(segment(source, it));
        end = it.span.end;
    }
    align(group(concat(out)))
}

fn segment(source: &mut Source<'_>, it: &Expr) -> Doc {
    match &it.kind {
        ExprKind::Apply { function, arguments } => {
            let head = callee(source, function);
            applied_to(source, head, function.span.end, arguments, 4)
        }
        ExprKind::Constructor { path, type_args, arguments } => {
            constructor(source, path, type_args, arguments, it.span.end, 4)
        }
        _ => expr(source, it),
    }
}
