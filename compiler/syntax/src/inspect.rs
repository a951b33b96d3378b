//! What the lexer and the layout pass make of a text, as plain places: the fuzzer checks with it what both promise.
//! Everybody else goes through `parse`.

use crate::layout::layout;
use crate::lexer::lex;
use crate::token::T;
use dark_source::Span;

/// What the lexer found, each list in order.
#[derive(Debug, Clone, PartialEq)]
pub struct Lexed {
    /// Without the end of the text.
    pub tokens: Vec<Span>,
    pub comments: Vec<Span>,
    pub problems: Vec<Span>,
}

/// A pair of tokens that the layout pass must close again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pair {
    Block,
    Body,
    String,
    Hole,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Piece {
    /// A token of the text.
    Token,
    Opens(Pair),
    Closes(Pair),
    /// Between statements, elements or items, or in the place of something that is missing.
    Virtual,
}

#[derive(Debug, Clone, PartialEq)]
pub struct LaidOut {
    pub pieces: Vec<(Span, Piece)>,
    pub problems: Vec<Span>,
}

pub fn tokens(text: &str) -> Lexed {
    let lexed = lex(text);
    Lexed {
        tokens: lexed.tokens.iter().filter(|it| it.kind != T::End).map(|it| it.span).collect(),
        comments: lexed.comments.iter().map(|it| it.span).collect(),
        problems: lexed.problems.iter().map(|it| it.span).collect(),
    }
}

/// What the grammar would be given; `script` as in `Mode::Script`.
pub fn laid_out(text: &str, script: bool) -> LaidOut {
    let laid_out = layout(text, lex(text).tokens, script);
    let piece = |(start, kind, end): &(u32, T, u32)| {
        let piece = match kind {
            T::BlockOpen => Piece::Opens(Pair::Block),
            T::BlockClose => Piece::Closes(Pair::Block),
            T::BodyOpen => Piece::Opens(Pair::Body),
            T::BodyClose => Piece::Closes(Pair::Body),
            T::StrOpen => Piece::Opens(Pair::String),
            T::StrClose => Piece::Closes(Pair::String),
            T::HoleOpen => Piece::Opens(Pair::Hole),
            T::HoleClose => Piece::Closes(Pair::Hole),
            _ if start == end => Piece::Virtual,
            _ => Piece::Token,
        };
        (Span { start: *start, end: *end }, piece)
    };
    LaidOut {
        pieces: laid_out.tokens.iter().map(piece).collect(),
        problems: laid_out.problems.iter().map(|(span, _)| *span).collect(),
    }
}
