//! Patterns. They stand on one line, but for the alternatives of an arm.
//!
//! The tree holds no grouping parentheses of patterns, so they are set again where the grammar needs them, and around
//! tuples where they were written.

use crate::comments::Source;
use crate::types::name;
use dark_source::Span;
use dark_syntax::ast::{MatchPattern, MatchPatternKind, Pattern, PatternKind};

/// A pattern of `let` and `fun`.
pub fn simple(source: &Source<'_>, pattern: &Pattern) -> String {
    match &pattern.kind {
        PatternKind::Name(it) => name(source, it),
        PatternKind::Wildcard => "_".into(),
        PatternKind::Unit => "()".into(),
        PatternKind::Tuple(parts) => {
            format!("({})", parts.iter().map(|it| simple(source, it)).collect::<Vec<_>>().join(", "))
        }
        PatternKind::Error => source.slice(pattern.span.start, pattern.span.end).to_owned(),
    }
}

/// How loosely a pattern may bind where it stands.
#[derive(Clone, Copy, PartialEq, PartialOrd)]
enum Level {
    Or,
    Tuple,
    Cons,
    /// An element of a list: a case with arguments is fine.
    Base,
    /// An argument of a case.
    Simple,
}

/// The alternatives of an arm.
pub fn alternatives(source: &Source<'_>, pattern: &MatchPattern) -> Vec<String> {
    match &pattern.kind {
        MatchPatternKind::Or(list) => list.iter().map(|it| at(source, it, Level::Tuple)).collect(),
        _ => vec![at(source, pattern, Level::Or)],
    }
}

fn at(source: &Source<'_>, pattern: &MatchPattern, level: Level) -> String {
    let (own, written) = bare(source, pattern);
    let kept = matches!(pattern.kind, MatchPatternKind::Tuple(_)) && in_parentheses(source, pattern.span.start);
    if own < level || kept { format!("({written})") } else { written }
}

fn in_parentheses(source: &Source<'_>, start: u32) -> bool {
    source.slice(0, start).trim_end().ends_with('(')
}

/// The pattern without parentheses around it, and how loosely it binds.
fn bare(source: &Source<'_>, pattern: &MatchPattern) -> (Level, String) {
    let join = |list: &[MatchPattern], level, between: &str| {
        list.iter().map(|it| at(source, it, level)).collect::<Vec<_>>().join(between)
    };
    match &pattern.kind {
        MatchPatternKind::Wildcard => (Level::Simple, "_".into()),
        MatchPatternKind::Name(it) => (Level::Simple, name(source, it)),
        MatchPatternKind::Unit => (Level::Simple, "()".into()),
        MatchPatternKind::Literal(_) => (Level::Simple, literal(source, pattern.span)),
        MatchPatternKind::Tuple(parts) => (Level::Tuple, join(parts, Level::Cons, ", ")),
        MatchPatternKind::List(list) if list.is_empty() => (Level::Simple, "[]".into()),
        MatchPatternKind::List(list) => (Level::Simple, format!("[ {} ]", join(list, Level::Base, "; "))),
        MatchPatternKind::Cons(head, tail) => {
            (Level::Cons, format!("{} :: {}", at(source, head, Level::Base), at(source, tail, Level::Cons)))
        }
        MatchPatternKind::Case { name: it, arguments } => case(source, &name(source, it), it.span.end, arguments),
        MatchPatternKind::Or(list) => (Level::Or, join(list, Level::Tuple, " | ")),
        MatchPatternKind::Error => (Level::Simple, source.slice(pattern.span.start, pattern.span.end).to_owned()),
    }
}

fn case(source: &Source<'_>, name: &str, end: u32, arguments: &[MatchPattern]) -> (Level, String) {
    let Some(first) = arguments.first() else { return (Level::Base, name.to_owned()) };
    let between = source.slice(end, first.span.start);
    if between.contains('(') {
        let fields: Vec<String> = arguments.iter().map(|it| field(source, it)).collect();
        let apart = if arguments.len() == 1 && between.starts_with(' ') { " " } else { "" };
        return (Level::Simple, format!("{name}{apart}({})", fields.join(", ")));
    }
    if matches!(first.kind, MatchPatternKind::Unit) && arguments.len() == 1 {
        return (Level::Simple, format!("{name}()"));
    }
    // A case takes all that follows, so one without fields needs no parentheses at the end.
    let is_bare =
        |it: &MatchPattern| matches!(&it.kind, MatchPatternKind::Case { arguments, .. } if arguments.is_empty());
    let level = |index: usize, it: &MatchPattern| match index + 1 == arguments.len() && is_bare(it) {
        true => Level::Base,
        false => Level::Simple,
    };
    let list: Vec<String> = arguments.iter().enumerate().map(|(index, it)| at(source, it, level(index, it))).collect();
    (Level::Base, format!("{name} {}", list.join(" ")))
}

/// A field between the parentheses of a case: alternatives need none of their own, tuples do.
fn field(source: &Source<'_>, pattern: &MatchPattern) -> String {
    let (own, written) = bare(source, pattern);
    let tuple = |it: &MatchPattern| matches!(it.kind, MatchPatternKind::Tuple(_));
    let inside = matches!(&pattern.kind, MatchPatternKind::Or(list) if list.iter().any(tuple));
    if inside || own == Level::Tuple { format!("({written})") } else { written }
}

/// A literal as written, with its minus close to the digits; a comment between them comes later.
pub fn literal(source: &Source<'_>, span: Span) -> String {
    if source.slice(span.start, span.start + 1) == "-" {
        let digits = source.next_token(span.start + 1);
        return format!("-{}", source.slice(digits, span.end));
    }
    source.slice(span.start, span.end).to_owned()
}
