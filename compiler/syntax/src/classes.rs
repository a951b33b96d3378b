//! What each piece of a text is, for whoever colours it. It needs no tree, so broken and unfinished text has classes too.

use crate::lexer::{Cursor, lex_from};
use crate::token::{RawPart, T, Token};
use dark_source::Span;

/// Kinds of pieces that are worth a colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Class {
    Keyword,
    /// A name that begins with a capital: module, type or case.
    Upper,
    /// Any other name.
    Lower,
    TypeVariable,
    Number,
    /// Strings and characters.
    Text,
    Comment,
    Operator,
    Punctuation,
}

/// The pieces of a text in order. What lies between them is white space, or nothing of Dark.
pub fn classes(text: &str) -> Vec<(Span, Class)> {
    let mut out = Vec::new();
    collect(text, 0..text.len(), &mut out);
    out.sort_by_key(|(span, _)| span.start);
    out
}

fn collect(text: &str, range: std::ops::Range<usize>, out: &mut Vec<(Span, Class)>) {
    let cursor = Cursor { at: range.start, ..Cursor::default() };
    let lexed = lex_from(text, range, cursor);
    out.extend(lexed.comments.iter().map(|comment| (comment.span, Class::Comment)));
    for (index, token) in lexed.tokens.iter().enumerate() {
        match &token.kind {
            T::Interpolated(parts) => interpolated(text, token.span, parts, out),
            T::Lower(name) if name == "module" && begins_line(&lexed.tokens, index) => {
                out.push((token.span, Class::Keyword));
            }
            kind => out.extend(class(kind).map(|class| (token.span, class))),
        }
    }
}

/// Only there `module` is no name.
fn begins_line(tokens: &[Token], index: usize) -> bool {
    match index.checked_sub(1).and_then(|before| tokens.get(before)) {
        Some(before) => tokens[index].row > before.end_row,
        None => true,
    }
}

/// Text with code in it. The lexer limits how deep such texts stand in each other.
fn interpolated(text: &str, span: Span, parts: &[RawPart], out: &mut Vec<(Span, Class)>) {
    let mut at = span.start as usize;
    for part in parts {
        if let RawPart::Hole(hole) = part {
            out.push((Span::new(at, hole.start as usize), Class::Text));
            collect(text, hole.range(), out);
            at = hole.end as usize;
        }
    }
    out.push((Span::new(at, span.end as usize), Class::Text));
}

fn class(kind: &T) -> Option<Class> {
    Some(match kind {
        T::Let | T::Val | T::In | T::If | T::Elif | T::Then | T::Else | T::Type | T::Of | T::Match => Class::Keyword,
        T::With | T::When | T::Fun | T::True | T::False | T::Module | T::ErrorWord(_) | T::Assert => Class::Keyword,
        T::Upper(_) => Class::Upper,
        T::Lower(_) | T::Underscore => Class::Lower,
        T::TyVar(_) => Class::TypeVariable,
        T::Int(..) | T::Float(_) => Class::Number,
        T::Char(_) | T::Str(_) | T::Interpolated(_) => Class::Text,
        T::Plus | T::Minus | T::StarSign | T::Slash | T::Percent | T::Caret | T::Lt | T::Gt | T::Shr => Class::Operator,
        T::Le | T::Ge | T::EqEq | T::NotEq | T::AndAnd | T::OrOr | T::PlusPlus | T::At => Class::Operator,
        T::PipeOp | T::ColonColon | T::Arrow | T::Eq | T::Or => Class::Operator,
        T::LParen | T::RParen | T::LBracket | T::RBracket | T::LBrace | T::RBrace => Class::Punctuation,
        T::AttrOpen | T::AttrClose | T::Dot | T::Comma | T::Semi | T::Colon => Class::Punctuation,
        // Made by the layout pass, which has not run.
        T::BlockOpen | T::BlockClose | T::Sep | T::ElementSep | T::ItemSep | T::BodyOpen | T::BodyClose => return None,
        T::CtorParen | T::RecordBrace | T::UpdateBrace | T::TypeOpen | T::TypeClose | T::Neg | T::Pre => return None,
        T::Section(_) | T::PipeSection(_) | T::FieldDot | T::Bar | T::Op(_) => return None,
        T::StrOpen | T::StrText(_) | T::HoleOpen | T::HoleClose | T::StrClose => return None,
        T::Bad | T::End => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> Vec<(&str, Class)> {
        classes(text).into_iter().map(|(span, class)| (&text[span.range()], class)).collect()
    }

    #[test]
    fn every_piece_has_its_class() {
        use Class::*;
        assert_eq!(
            shown("let f (x: List<'a>) = 1L // one"),
            [
                ("let", Keyword),
                ("f", Lower),
                ("(", Punctuation),
                ("x", Lower),
                (":", Punctuation),
                ("List", Upper),
                ("<", Operator),
                ("'a", TypeVariable),
                (">", Operator),
                (")", Punctuation),
                ("=", Operator),
                ("1L", Number),
                ("// one", Comment),
            ]
        );
    }

    #[test]
    fn holes_of_texts_are_code_and_module_is_a_word_at_the_beginning_of_a_line_only() {
        use Class::*;
        assert_eq!(shown("$\"a{b}c\""), [("$\"a{", Text), ("b", Lower), ("}c\"", Text)]);
        assert_eq!(shown("module A"), [("module", Keyword), ("A", Upper)]);
        assert_eq!(shown("f module"), [("f", Lower), ("module", Lower)]);
    }

    #[test]
    fn broken_text_has_classes_as_far_as_it_can_be_read() {
        assert_eq!(shown("let ` 1"), [("let", Class::Keyword), ("1", Class::Number)]);
        assert_eq!(shown(""), []);
    }
}
