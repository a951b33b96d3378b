//! Questions about single tokens.

use super::{Beginning, Scope};
use crate::ast::Operator;
use crate::token::{T, Token};

/// May `token` still be an argument of the application whose head stands at `head`?
pub(super) fn continues(head: Option<(u32, u32)>, token: &Token, scope: Scope) -> bool {
    let by_head = head.is_some_and(|(row, col)| token.row == row || token.col > col);
    by_head || scope.anchor.is_some_and(|anchor| if scope.exact { token.col != anchor } else { token.col > anchor })
}

pub(super) fn starts_argument(kind: &T) -> bool {
    matches!(
        kind,
        T::True
            | T::False
            | T::Int(..)
            | T::Float(_)
            | T::Char(_)
            | T::Str(_)
            | T::Interpolated(_)
            | T::Lower(_)
            | T::Upper(_)
            | T::LParen
            | T::LBracket
            | T::LBrace
    )
}

pub(super) fn beginning(kind: &T) -> Beginning {
    match kind {
        T::Fun => Beginning::Lambda,
        T::If | T::Match | T::Let => Beginning::Keyword,
        _ => Beginning::Other,
    }
}

pub(super) fn ends_block(kind: &T) -> bool {
    matches!(
        kind,
        T::Or
            | T::RParen
            | T::RBracket
            | T::RBrace
            | T::Semi
            | T::Comma
            | T::In
            | T::Then
            | T::Else
            | T::With
            | T::Arrow
            | T::End
    )
}

pub(super) fn closes(opener: &T, kind: &T) -> bool {
    matches!(
        (opener, kind),
        (T::LParen | T::CtorParen, T::RParen) | (T::LBracket, T::RBracket) | (T::LBrace, T::RBrace)
    )
}

pub(super) fn is_error_word(word: &str) -> bool {
    matches!(word, "error" | "sqlerror")
}

pub(super) fn is_signed_number(kind: &T) -> bool {
    use crate::ast::IntType::*;
    matches!(kind, T::Int(_, Int | Int8 | Int16 | Int32 | Int64 | Int128) | T::Float(_))
}

pub(super) fn is_pattern_token(kind: &T) -> bool {
    starts_argument(kind) && !matches!(kind, T::LBrace | T::Interpolated(_))
        || matches!(
            kind,
            T::Underscore | T::Minus | T::RParen | T::RBracket | T::Comma | T::Semi | T::ColonColon | T::Or
        )
}

pub(super) fn infix(kind: &T) -> Option<Operator> {
    Some(match kind {
        T::OrOr => Operator::Or,
        T::AndAnd => Operator::And,
        T::EqEq => Operator::Equal,
        T::NotEq => Operator::NotEqual,
        T::Lt => Operator::Less,
        T::Gt => Operator::Greater,
        T::Le => Operator::LessEqual,
        T::Ge => Operator::GreaterEqual,
        T::At => Operator::ListAppend,
        T::Plus => Operator::Add,
        T::Minus => Operator::Subtract,
        T::PlusPlus => Operator::Concat,
        T::StarSign => Operator::Multiply,
        T::Slash => Operator::Divide,
        T::Percent => Operator::Modulo,
        T::Caret => Operator::Power,
        T::ColonColon => Operator::Cons,
        _ => return None,
    })
}

pub(super) fn section_operator(kind: &T) -> Option<Operator> {
    infix(kind).filter(|operator| *operator != Operator::Cons)
}
