//! Patterns: the simple ones of `let` and `fun`, and those of `match`.

use super::{Literal, Name};
use dark_source::Span;

/// A pattern of `let` and `fun`: it cannot fail.
#[derive(Debug, Clone, PartialEq)]
pub struct Pattern {
    pub kind: PatternKind,
    pub span: Span,
}

#[derive(Debug, Clone, PartialEq)]
pub enum PatternKind {
    Name(Name),
    Wildcard,
    Unit,
    Tuple(Vec<Pattern>),
    Error,
}

#[derive(Debug, Clone, PartialEq)]
pub struct MatchPattern {
    pub kind: MatchPatternKind,
    pub span: Span,
}

#[derive(Debug, Clone, PartialEq)]
pub enum MatchPatternKind {
    Wildcard,
    Name(Name),
    Unit,
    Literal(Literal),
    Tuple(Vec<MatchPattern>),
    List(Vec<MatchPattern>),
    /// `head :: tail`
    Cons(Box<MatchPattern>, Box<MatchPattern>),
    /// `Some x`, `Pair(a, b)`: the case name is unqualified.
    Case {
        name: Name,
        arguments: Vec<MatchPattern>,
    },
    /// `a | b`
    Or(Vec<MatchPattern>),
    Error,
}
