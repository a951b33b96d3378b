//! Expressions.

use super::{MatchPattern, Name, Param, Path, Pattern, Type};
use dark_source::Span;

#[derive(Debug, Clone, PartialEq)]
pub struct Expr {
    pub kind: ExprKind,
    /// Grouping parentheses are not part of the expression inside them; they are a `Paren` node of their own.
    pub span: Span,
}

#[derive(Debug, Clone, PartialEq)]
pub enum ExprKind {
    /// An operand that is not there yet (`1 +`), after recovery or while typing.
    Missing,
    /// Tokens that make no expression.
    Error,
    Literal(Literal),
    /// `$"…{e}…"`
    Interpolation(Vec<StringPart>),
    /// A lower-case name, with an upper-case qualifier or none: `x`, `Stdlib.List.map`, `parse<Int>`.
    Name {
        path: Path,
        type_args: Vec<Type>,
    },
    /// An upper-case name: a constructor with or without arguments, or a datastore. `Type<T>.Case` puts `T` in
    /// `type_args`. Arguments come from `C(a, b)`, `C (a, b)` and `C a b`.
    Constructor {
        path: Path,
        type_args: Vec<Type>,
        arguments: Vec<Expr>,
    },
    /// `f a b`; never empty, never nested on the left.
    Apply {
        function: Box<Expr>,
        arguments: Vec<Expr>,
    },
    /// `a + b`, folded by the precedence table.
    Binary {
        operator: Operator,
        operator_span: Span,
        left: Box<Expr>,
        right: Box<Expr>,
    },
    /// Prefix `-` of something that is not a literal.
    Negate(Box<Expr>),
    /// `(+)`
    Section(Operator),
    /// `e |> seg |> seg`. A segment `f a` is an `Apply`, a bare `f` a `Name`, `(op) y` an `Apply` of a `Section`.
    Pipe {
        head: Box<Expr>,
        segments: Vec<Expr>,
    },
    Field {
        record: Box<Expr>,
        field: Name,
    },
    Paren(Box<Expr>),
    Unit,
    Tuple(Vec<Expr>),
    List(Vec<Expr>),
    /// `T { a = 1 }`, `T<Int> { … }`
    Record {
        path: Path,
        type_args: Vec<Type>,
        fields: Vec<FieldInit>,
    },
    /// `{ r with a = 1 }`
    RecordUpdate {
        record: Box<Expr>,
        fields: Vec<FieldInit>,
    },
    /// `Dict { a = 1 }`
    Dict(Vec<FieldInit>),
    If {
        condition: Box<Expr>,
        then: Box<Expr>,
        otherwise: Option<Box<Expr>>,
    },
    /// `match a, b with` has several scrutinees.
    Match {
        scrutinees: Vec<Expr>,
        arms: Vec<MatchArm>,
    },
    Lambda {
        params: Vec<Pattern>,
        body: Box<Expr>,
    },
    /// `let p = value` newline `body`. A missing body (end of block) is `Missing`.
    Let {
        pattern: Pattern,
        value: Box<Expr>,
        body: Box<Expr>,
    },
    /// `let f (x: T) : R = value` newline `body`
    LetFunction {
        name: Name,
        params: Vec<Param>,
        result: Option<Box<Type>>,
        value: Box<Expr>,
        body: Box<Expr>,
    },
    /// Two or more statements; all but the last must be Unit.
    Statements(Vec<Expr>),
}

#[derive(Debug, Clone, PartialEq)]
pub enum StringPart {
    Text(String, Span),
    Hole(Expr),
}

#[derive(Debug, Clone, PartialEq)]
pub struct FieldInit {
    pub name: Name,
    pub value: Expr,
    pub span: Span,
}

#[derive(Debug, Clone, PartialEq)]
pub struct MatchArm {
    pub pattern: MatchPattern,
    pub guard: Option<Expr>,
    pub body: Expr,
    pub span: Span,
}

/// The ten sized integer types and the unbounded one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum IntType {
    Int,
    Int8,
    UInt8,
    Int16,
    UInt16,
    Int32,
    UInt32,
    Int64,
    UInt64,
    Int128,
    UInt128,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Literal {
    /// The decimal digits, with a leading `-` if negative, without suffix and leading zeros; in range of its type.
    Int(String, IntType),
    Float(f64),
    Bool(bool),
    /// Escapes resolved, normalised to NFC.
    String(String),
    Char(String),
}

/// The infix operators; `precedence` and `Fold` live in `build/operators.rs`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Operator {
    Or,
    And,
    Equal,
    NotEqual,
    Less,
    Greater,
    LessEqual,
    GreaterEqual,
    /// `@`
    ListAppend,
    Add,
    Subtract,
    /// `++`
    Concat,
    Multiply,
    Divide,
    Modulo,
    Power,
    /// `::` is not an expression operator of Dark; kept so that a message can say so.
    Cons,
}

impl Operator {
    /// As it is written in a program.
    pub fn text(self) -> &'static str {
        match self {
            Operator::Or => "||",
            Operator::And => "&&",
            Operator::Equal => "==",
            Operator::NotEqual => "!=",
            Operator::Less => "<",
            Operator::Greater => ">",
            Operator::LessEqual => "<=",
            Operator::GreaterEqual => ">=",
            Operator::ListAppend => "@",
            Operator::Add => "+",
            Operator::Subtract => "-",
            Operator::Concat => "++",
            Operator::Multiply => "*",
            Operator::Divide => "/",
            Operator::Modulo => "%",
            Operator::Power => "^",
            Operator::Cons => "::",
        }
    }
}
