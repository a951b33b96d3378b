//! Tokens. The lexer never fails: what is no token becomes `T::Bad` with a problem recorded beside it.
//!
//! logos cuts the text; strings, characters and block comments are scanned by callbacks, because they nest. An
//! interpolated string is one token here; the layout pass lexes its holes again at their real positions.

use crate::ast::{IntType, Operator};
use dark_source::Span;

/// One token with its place. Rows and columns count from 0, columns in UTF-16 code units.
#[derive(Debug, Clone, PartialEq)]
pub struct Token {
    pub kind: T,
    pub span: Span,
    pub row: u32,
    pub col: u32,
    pub end_row: u32,
    /// The token begins where the previous one ends.
    pub glued: bool,
    /// White space stands in front (or the text begins here).
    pub spaced: bool,
    /// Index into `Lexed::docs` of the documentation comment in front.
    pub doc: Option<u32>,
}

/// What a token is. The second half is made by the layout pass only.
#[derive(Debug, Clone, PartialEq)]
pub enum T {
    Let,
    Val,
    In,
    If,
    Elif,
    Then,
    Else,
    Type,
    Of,
    Match,
    With,
    When,
    Fun,
    True,
    False,
    Underscore,
    Lower(String),
    Upper(String),
    TyVar(String),
    Int(String, IntType),
    Float(f64),
    Char(String),
    Str(String),
    Interpolated(Vec<RawPart>),
    LParen,
    RParen,
    LBracket,
    RBracket,
    LBrace,
    RBrace,
    AttrOpen,
    AttrClose,
    Plus,
    Minus,
    StarSign,
    Slash,
    Percent,
    Caret,
    Lt,
    Gt,
    Shr,
    Le,
    Ge,
    EqEq,
    NotEq,
    AndAnd,
    OrOr,
    PlusPlus,
    At,
    PipeOp,
    ColonColon,
    Arrow,
    Dot,
    Comma,
    Semi,
    Colon,
    Eq,
    Or,
    /// No token of Dark; reported where it was read.
    Bad,
    End,
    // Made by the layout pass.
    Module,
    /// `error`, or `sqlerror` if true, of a test.
    ErrorWord(bool),
    BlockOpen,
    BlockClose,
    Sep,
    ElementSep,
    ItemSep,
    BodyOpen,
    BodyClose,
    CtorParen,
    RecordBrace,
    UpdateBrace,
    TypeOpen,
    TypeClose,
    Neg,
    Pre,
    Section(Operator),
    PipeSection(Operator),
    FieldDot,
    Assert,
    Bar,
    Op(Operator),
    StrOpen,
    StrText(String),
    HoleOpen,
    HoleClose,
    StrClose,
}

/// A piece of an interpolated string.
#[derive(Debug, Clone, PartialEq)]
pub enum RawPart {
    Text(String, Span),
    /// The bytes between the braces.
    Hole(Span),
}
