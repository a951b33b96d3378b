//! Words, symbols and suffixes of numbers.

use crate::ast::IntType;
use crate::token::T;
use unicode_normalization::UnicodeNormalization;

pub(super) fn word(text: &str) -> T {
    match text {
        "let" => T::Let,
        "val" => T::Val,
        "in" => T::In,
        "if" => T::If,
        "elif" => T::Elif,
        "then" => T::Then,
        "else" => T::Else,
        "type" => T::Type,
        "of" => T::Of,
        "match" => T::Match,
        "with" => T::With,
        "when" => T::When,
        "fun" => T::Fun,
        "true" => T::True,
        "false" => T::False,
        "_" => T::Underscore,
        "___" => T::Lower(String::new()),
        _ => name_token(nfc(text)),
    }
}

pub(super) fn name_token(name: String) -> T {
    if name.starts_with(char::is_uppercase) { T::Upper(name) } else { T::Lower(name) }
}

pub(super) fn suffix(text: &str) -> Option<IntType> {
    Some(match text {
        "" => IntType::Int,
        "y" => IntType::Int8,
        "uy" => IntType::UInt8,
        "s" => IntType::Int16,
        "us" => IntType::UInt16,
        "l" => IntType::Int32,
        "ul" => IntType::UInt32,
        "L" => IntType::Int64,
        "UL" => IntType::UInt64,
        "Q" => IntType::Int128,
        "Z" => IntType::UInt128,
        _ => return None,
    })
}

pub(super) fn symbol(text: &str) -> Option<T> {
    Some(match text {
        "(" => T::LParen,
        ")" => T::RParen,
        "[" => T::LBracket,
        "]" => T::RBracket,
        "{" => T::LBrace,
        "}" => T::RBrace,
        "+" => T::Plus,
        "-" => T::Minus,
        "*" => T::StarSign,
        "/" => T::Slash,
        "%" => T::Percent,
        "^" => T::Caret,
        "<" => T::Lt,
        ">" => T::Gt,
        ">>" => T::Shr,
        "<=" => T::Le,
        ">=" => T::Ge,
        "==" => T::EqEq,
        "!=" => T::NotEq,
        "&&" => T::AndAnd,
        "||" => T::OrOr,
        "++" => T::PlusPlus,
        "@" => T::At,
        "|>" => T::PipeOp,
        "::" => T::ColonColon,
        "->" => T::Arrow,
        "." => T::Dot,
        "," => T::Comma,
        ";" => T::Semi,
        ":" => T::Colon,
        "=" => T::Eq,
        "|" => T::Or,
        _ => return None,
    })
}

pub(super) fn nfc(text: &str) -> String {
    if text.is_ascii() { text.to_string() } else { text.nfc().collect() }
}
