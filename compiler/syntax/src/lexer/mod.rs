//! Text to tokens; see `token`.

mod ends;
mod strings;
pub(crate) use strings::code_digits;
mod words;

use self::words::{name_token, nfc, suffix, symbol, word};
use crate::ast::IntType;
use crate::token::{T, Token};
use dark_source::Span;
use logos::Logos;

/// What the lexer hands out.
#[derive(Debug, Default)]
pub struct Lexed {
    pub tokens: Vec<Token>,
    pub docs: Vec<String>,
    pub comments: Vec<Comment>,
    pub problems: Vec<Problem>,
}

/// A comment; a documentation comment of several lines is one for each line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comment {
    pub span: Span,
    pub text: String,
}

/// What is wrong with a token; words are made in `diagnostics`.
#[derive(Debug, Clone, PartialEq)]
pub struct Problem {
    pub span: Span,
    pub kind: ProblemKind,
}

#[derive(Debug, Clone, PartialEq)]
pub enum ProblemKind {
    Character(char),
    OpenString,
    OpenComment,
    OpenBackticks,
    Escape(String),
    StrayBrace,
    OpenHole,
    /// Interpolations inside of interpolations, too many.
    DeepHole,
    BadCharLiteral,
    /// A keyword where only a name can stand.
    KeywordName,
    NumberTail(String),
    FloatRange,
}

#[derive(Logos, Debug, Clone, Copy, PartialEq)]
#[logos(skip r"[ \t\r\n\u{feff}]+")]
enum Raw {
    #[regex(r"[\p{L}_][\p{L}\p{N}_']*")]
    Word,
    #[token("``")]
    Backticks,
    #[regex(r"[0-9]+\.[0-9]+([eE][+-]?[0-9]+)?|[0-9]+[eE][+-]?[0-9]+")]
    Float,
    #[regex(r"[0-9]+")]
    Int,
    #[regex(r"//[^\n]*", allow_greedy = true)]
    LineComment,
    #[token("(*")]
    BlockComment,
    #[token("(*)")]
    StarSection,
    #[token("\"\"\"")]
    TripleString,
    #[token("\"")]
    String,
    #[token("$\"\"\"")]
    TripleInterpolated,
    #[token("$\"")]
    Interpolated,
    #[token("'")]
    Quote,
    #[regex(r"~~~|\|\|\||\.\.\.|<<|=>|<>|\*\*|\+=|-=|\*=|/=|===|!==|[-+*/(){}\[\]:,;.=!<>&^%@|]|->|==|!=|<=|>=|&&|\|\||\|>|::|\+\+|>>")]
    Symbol,
}

/// All tokens of the text, ended by `T::End`.
pub fn lex(text: &str) -> Lexed {
    lex_from(text, 0..text.len(), Cursor::default())
}

/// The tokens of a part of the text; `cursor` stands at its beginning.
pub fn lex_from(text: &str, range: std::ops::Range<usize>, cursor: Cursor) -> Lexed {
    let mut lexer = Reader {
        text,
        end: range.end,
        out: Lexed::default(),
        cursor,
        last_end: range.start,
        doc: None,
        begin: range.start,
        open_seen: false,
    };
    // Growing would copy them many times. Programs have more than five bytes a token.
    lexer.out.tokens.reserve(range.len() / 5);
    lexer.run();
    lexer.out
}

/// A place in the text with its row and column.
#[derive(Debug, Clone, Copy, Default)]
pub struct Cursor {
    pub at: usize,
    pub row: u32,
    pub col: u32,
}

impl Cursor {
    pub fn advance(&mut self, text: &str, to: usize) {
        let bytes = text.as_bytes().get(self.at..to).unwrap_or_default();
        // Mostly a word, a sign or a blank.
        if bytes.iter().all(|byte| byte.is_ascii() && *byte != b'\n') {
            self.col += bytes.len() as u32;
            self.at = to;
            return;
        }
        for c in text.get(self.at..to).unwrap_or_default().chars() {
            if c == '\n' {
                self.row += 1;
                self.col = 0;
            } else {
                self.col += c.len_utf16() as u32;
            }
        }
        self.at = to;
    }
}

struct Reader<'a> {
    text: &'a str,
    end: usize,
    out: Lexed,
    /// Where rows and columns have been counted to.
    cursor: Cursor,
    last_end: usize,
    doc: Option<u32>,
    begin: usize,
    /// A string or interpolation without end was met: later ones are searched for their end in their own line only, so
    /// that a broken file is still read in linear time.
    open_seen: bool,
}

impl<'a> Reader<'a> {
    fn problem(&mut self, start: usize, end: usize, kind: ProblemKind) {
        self.out.problems.push(Problem { span: Span::new(start, end), kind });
    }

    fn push(&mut self, kind: T, start: usize, end: usize) {
        self.cursor.advance(self.text, start);
        let Cursor { row, col, .. } = self.cursor;
        self.cursor.advance(self.text, end);
        let glued = start == self.last_end && start > self.begin;
        let doc = self.doc.take();
        let span = Span::new(start, end);
        self.out.tokens.push(Token { kind, span, row, col, end_row: self.cursor.row, glued, spaced: !glued, doc });
        self.last_end = end;
    }

    fn run(&mut self) {
        let mut at = self.begin;
        while at < self.end {
            let mut raw = Raw::lexer(&self.text[at..self.end]);
            // Tokens that need no scanning of our own go through one logos run; the others restart it behind them.
            let next = loop {
                let Some(result) = raw.next() else { break None };
                let span = raw.span();
                let (start, end) = (at + span.start, at + span.end);
                if let Some(behind) = self.token(result, start, end)
                    && behind != end
                {
                    break Some(behind);
                }
            };
            match next {
                Some(behind) => at = behind,
                None => break,
            }
        }
        self.push(T::End, self.end, self.end);
    }

    /// Handles one raw token; where the next one begins.
    fn token(&mut self, raw: Result<Raw, ()>, start: usize, end: usize) -> Option<usize> {
        let text = self.text;
        let slice = &text[start..end];
        let behind = match raw {
            Err(()) => {
                let c = slice.chars().next().unwrap_or('\u{fffd}');
                self.problem(start, end, ProblemKind::Character(c));
                // Text in single backticks is one mistake.
                let line = text[end..self.end].lines().next().unwrap_or_default();
                let end = if c == '`' { line.find('`').map_or(end, |at| end + at + 1) } else { end };
                self.push(T::Bad, start, end);
                end
            }
            Ok(Raw::Word) => {
                let kind = word(slice);
                if self.is_meant_as_name(&kind, start, end) {
                    self.problem(start, end, ProblemKind::KeywordName);
                    self.push(T::Lower(slice.into()), start, end);
                } else {
                    self.push(kind, start, end);
                }
                end
            }
            Ok(Raw::Backticks) => self.backticks(start),
            Ok(Raw::Float) => self.float(start, end),
            Ok(Raw::Int) => self.int(start, end),
            Ok(Raw::LineComment) => {
                self.line_comment(slice, start, end);
                end
            }
            Ok(Raw::BlockComment) => self.block_comment(start),
            Ok(Raw::StarSection) => {
                self.push(T::LParen, start, start + 1);
                self.push(T::StarSign, start + 1, start + 2);
                self.push(T::RParen, start + 2, start + 3);
                end
            }
            Ok(Raw::TripleString) => self.raw_string(start),
            Ok(Raw::String) => self.string(start),
            Ok(Raw::TripleInterpolated) => self.interpolated(start, end, true),
            Ok(Raw::Interpolated) => self.interpolated(start, end, false),
            Ok(Raw::Quote) => self.quote(start),
            // `n <- 1` assigns elsewhere; a comparison with a negative number has no blank behind its minus.
            Ok(Raw::Symbol) if slice == "<" && text[end..self.end].starts_with("- ") => {
                self.problem(start, end + 1, ProblemKind::Character('<'));
                self.push(T::Bad, start, end + 1);
                end + 1
            }
            Ok(Raw::Symbol) => {
                match symbol(slice) {
                    Some(kind) => self.push(kind, start, end),
                    None => {
                        let c = slice.chars().next().unwrap_or('\u{fffd}');
                        self.problem(start, end, ProblemKind::Character(c));
                        self.push(T::Bad, start, end);
                    }
                }
                end
            }
        };
        Some(behind)
    }

    fn line_comment(&mut self, slice: &str, start: usize, end: usize) {
        let text = slice.trim_end().to_string();
        self.out.comments.push(Comment { span: Span::new(start, end), text });
        let Some(doc) = slice.strip_prefix("///").filter(|rest| !rest.starts_with('/')) else { return };
        let index = match self.doc {
            Some(index) => index,
            None => {
                self.out.docs.push(String::new());
                (self.out.docs.len() - 1) as u32
            }
        };
        self.doc = Some(index);
        if let Some(text) = self.out.docs.get_mut(index as usize) {
            if !text.is_empty() {
                text.push('\n');
            }
            text.push_str(doc.strip_prefix(' ').unwrap_or(doc).trim_end());
        }
    }

    fn block_comment(&mut self, start: usize) -> usize {
        if let Some(end) = ends::comment(&self.text.as_bytes()[..self.end], start) {
            let text = self.text[start..end].to_string();
            self.out.comments.push(Comment { span: Span::new(start, end), text });
            return end;
        }
        self.problem(start, start + 2, ProblemKind::OpenComment);
        self.end
    }

    fn backticks(&mut self, start: usize) -> usize {
        let rest = &self.text[start + 2..self.end];
        let line = rest.lines().next().unwrap_or_default();
        match line.find("``").filter(|length| *length > 0) {
            Some(length) => {
                let name = nfc(&line[..length]);
                let end = start + 2 + length + 2;
                self.push(name_token(name), start, end);
                end
            }
            None => {
                self.problem(start, start + 2, ProblemKind::OpenBackticks);
                self.push(T::Bad, start, start + 2);
                start + 2
            }
        }
    }

    /// The end of letters, digits and underscores glued to a number.
    fn tail(&self, from: usize) -> usize {
        let rest = &self.text[from..self.end];
        let length = rest.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(rest.len());
        from + length
    }

    fn float(&mut self, start: usize, end: usize) -> usize {
        let tail = self.tail(end);
        if tail > end {
            let text = self.text[end..tail].to_string();
            self.problem(start, tail, ProblemKind::NumberTail(text));
            self.push(T::Float(0.0), start, tail);
            return tail;
        }
        let slice = &self.text[start..end];
        let exponent = slice.split(['e', 'E']).nth(1).and_then(|text| text.parse::<i64>().ok());
        if slice.contains(['e', 'E']) && !exponent.is_some_and(|it| (-400..=400).contains(&it)) {
            self.problem(start, end, ProblemKind::FloatRange);
        }
        self.push(T::Float(slice.parse().unwrap_or(f64::INFINITY)), start, end);
        end
    }

    fn int(&mut self, start: usize, end: usize) -> usize {
        let tail = self.tail(end);
        let digits = self.text[start..end].trim_start_matches('0');
        let digits = if digits.is_empty() { "0" } else { digits }.to_string();
        let ty = match suffix(&self.text[end..tail]) {
            Some(ty) => ty,
            None => {
                let text = self.text[end..tail].to_string();
                self.problem(start, tail, ProblemKind::NumberTail(text));
                IntType::Int
            }
        };
        self.push(T::Int(digits, ty), start, tail);
        tail
    }

    /// Whether a keyword can only be meant as a name, by what stands beside it: `let of`, `record.type`, `type: String`.
    /// It is reported, and read as that name.
    fn is_meant_as_name(&self, kind: &T, start: usize, end: usize) -> bool {
        if matches!(kind, T::Lower(_) | T::Upper(_) | T::Underscore | T::True | T::False | T::Let | T::Val) {
            return false;
        }
        let behind = self.text[end..self.end].trim_start_matches([' ', '\t']);
        let has = |sign: &str, longer: &str| behind.starts_with(sign) && !behind.starts_with(longer);
        let introduced = self.out.tokens.last().is_some_and(|before| match before.kind {
            T::Let | T::Val | T::Fun => !self.text[self.last_end..start].contains('\n'),
            T::Dot => start == self.last_end,
            _ => false,
        });
        // `else:` is how others end a line, not a name.
        let named = !matches!(kind, T::Then | T::Else) && (has(":", "::") || has("=", "=="));
        introduced || named
    }
}
