//! Text to tokens; see `token`.

use crate::ast::IntType;
use crate::token::{RawPart, T, Token};
use dark_source::Span;
use logos::Logos;
use unicode_normalization::UnicodeNormalization;
use unicode_segmentation::UnicodeSegmentation;

/// How deep the search for the end of an interpolation looks into strings inside of it; more than the layout pass allows.
const HOLES_MAX: u32 = 70;

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
        let bytes = self.text.as_bytes();
        let (mut depth, mut at) = (1, start + 2);
        while at < self.end {
            if bytes[at..self.end].starts_with(b"*)") {
                depth -= 1;
                at += 2;
                if depth == 0 {
                    let text = self.text[start..at].to_string();
                    self.out.comments.push(Comment { span: Span::new(start, at), text });
                    return at;
                }
            } else if bytes[at..self.end].starts_with(b"(*") && !bytes[at..self.end].starts_with(b"(*)") {
                depth += 1;
                at += 2;
            } else {
                at += 1;
            }
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

    fn raw_string(&mut self, start: usize) -> usize {
        let rest = &self.text[start + 3..self.end];
        match rest.find("\"\"\"") {
            Some(length) => {
                let end = start + 3 + length + 3;
                self.push(T::Str(nfc(&rest[..length])), start, end);
                end
            }
            None => self.open_string(start, 3),
        }
    }

    /// How far to look for the end of something that begins at `start`.
    fn horizon(&self, start: usize) -> usize {
        let rest = &self.text[start..self.end];
        if self.open_seen { start + rest.find('\n').unwrap_or(rest.len()) } else { self.end }
    }

    /// Forgets the problems inside of a token that turned out to have no end.
    fn forget_problems(&mut self, from: usize) {
        let kept = self.out.problems.partition_point(|problem| (problem.span.start as usize) < from);
        self.out.problems.truncate(kept);
    }

    /// A string without end: it is taken to end with its line, so that the rest of the file is still read.
    fn open_string(&mut self, start: usize, quotes: usize) -> usize {
        self.problem(start, start + quotes, ProblemKind::OpenString);
        self.open_seen = true;
        let rest = &self.text[start..self.end];
        let end = start + rest.find('\n').unwrap_or(rest.len());
        self.push(T::Str(String::new()), start, end);
        end
    }

    fn string(&mut self, start: usize) -> usize {
        let mut text = String::new();
        let mut at = start + 1;
        let horizon = self.horizon(start);
        while let Some(c) = self.text.get(at..horizon).and_then(|rest| rest.chars().next()) {
            match c {
                '"' => {
                    self.push(T::Str(nfc(&text)), start, at + 1);
                    return at + 1;
                }
                '\\' => at = self.escape(at, &mut text),
                _ => {
                    text.push(c);
                    at += c.len_utf8();
                }
            }
        }
        self.forget_problems(start);
        self.open_string(start, 1)
    }

    /// One escape at the backslash `at`; where the text goes on.
    fn escape(&mut self, at: usize, out: &mut String) -> usize {
        let rest = &self.text[at + 1..self.end];
        let Some(c) = rest.chars().next() else { return at + 1 };
        let simple = match c {
            'n' => Some('\n'),
            't' => Some('\t'),
            'r' => Some('\r'),
            'a' => Some('\u{7}'),
            'b' => Some('\u{8}'),
            'v' => Some('\u{b}'),
            'f' => Some('\u{c}'),
            '0' => Some('\0'),
            '\\' | '"' | '\'' | '/' | '{' | '}' => Some(c),
            _ => None,
        };
        if let Some(simple) = simple {
            out.push(simple);
            return at + 1 + c.len_utf8();
        }
        let digits = match c {
            'x' => 2,
            'X' | 'u' => 4,
            'U' => 8,
            _ => 0,
        };
        let code = rest.get(1..1 + digits).filter(|hex| digits > 0 && hex.bytes().all(|b| b.is_ascii_hexdigit()));
        match code.and_then(|hex| u32::from_str_radix(hex, 16).ok()).and_then(char::from_u32) {
            Some(c) => {
                out.push(c);
                at + 2 + digits
            }
            None => {
                let end = at + 1 + c.len_utf8();
                self.problem(at, end, ProblemKind::Escape(c.to_string()));
                end
            }
        }
    }

    /// Behind the quote that ends a literal of too many characters, if one stands near.
    fn closing_quote(&self, from: usize) -> Option<usize> {
        let rest = &self.text[from..self.end];
        let end = rest.find(|c: char| c == '\'' || c.is_whitespace())?;
        rest[end..].starts_with('\'').then_some(from + end + 1)
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

    fn quote(&mut self, start: usize) -> usize {
        let rest = &self.text[start + 1..self.end];
        let first = rest.graphemes(true).next().unwrap_or_default();
        let closed = first.len() < rest.len() && rest[first.len()..].starts_with('\'');
        let name = rest.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(rest.len());
        let names = rest.starts_with(|c: char| c.is_alphabetic() || c == '_');
        // A quote with a name behind it and no second quote can only be meant as a type variable.
        if names && !closed && !rest[name..].starts_with('\'') {
            self.push(T::TyVar(rest[..name].to_string()), start, start + 1 + name);
            return start + 1 + name;
        }
        if rest.starts_with("''") {
            self.push(T::Char("'".into()), start, start + 3);
            return start + 3;
        }
        let mut text = String::new();
        let end = match rest.chars().next() {
            Some('\\') => self.escape(start + 1, &mut text),
            Some('\n') | None => start + 1,
            Some(_) => {
                text = first.to_string();
                start + 1 + text.len()
            }
        };
        if self.text[end..self.end].starts_with('\'') && !text.is_empty() {
            self.push(T::Char(nfc(&text)), start, end + 1);
            return end + 1;
        }
        let end = if names { start + 1 + name + 1 } else { self.closing_quote(end).unwrap_or(end) };
        self.problem(start, end, ProblemKind::BadCharLiteral);
        self.push(T::Bad, start, end);
        end
    }

    fn interpolated(&mut self, start: usize, from: usize, raw: bool) -> usize {
        let mut parts = Vec::new();
        let mut text = String::new();
        let mut text_start = from;
        let mut at = from;
        let horizon = self.horizon(start);
        loop {
            let rest = self.text.get(at..horizon).unwrap_or_default();
            let Some(c) = rest.chars().next() else {
                self.forget_problems(start);
                return self.open_string(start, from - start);
            };
            let closes = if raw { rest.starts_with("\"\"\"") } else { c == '"' };
            if closes {
                let end = at + if raw { 3 } else { 1 };
                flush(&mut parts, &mut text, text_start, at);
                self.push(T::Interpolated(parts), start, end);
                return end;
            }
            if rest.starts_with("{{") || rest.starts_with("}}") {
                text.push(c);
                at += 2;
            } else if c == '{' {
                flush(&mut parts, &mut text, text_start, at);
                let mut too_deep = false;
                match hole_end(self.text, at + 1, horizon, (0, &mut too_deep)) {
                    Some(close) => {
                        parts.push(RawPart::Hole(Span::new(at + 1, close)));
                        at = close + 1;
                    }
                    None => {
                        let kind = if too_deep { ProblemKind::DeepHole } else { ProblemKind::OpenHole };
                        self.problem(at, at + 1, kind);
                        self.open_seen = true;
                        let end = at + rest.find('\n').unwrap_or(rest.len());
                        self.push(T::Interpolated(parts), start, end);
                        return end;
                    }
                }
                text_start = at;
            } else if c == '}' {
                self.problem(at, at + 1, ProblemKind::StrayBrace);
                at += 1;
            } else if c == '\\' && !raw {
                at = self.escape(at, &mut text);
            } else {
                text.push(c);
                at += c.len_utf8();
            }
        }
    }
}

fn flush(parts: &mut Vec<RawPart>, text: &mut String, start: usize, end: usize) {
    if !text.is_empty() {
        parts.push(RawPart::Text(nfc(text), Span::new(start, end)));
        text.clear();
    }
}

/// The closing brace of a hole that begins at `from`: skips strings, characters, comments and braces inside.
/// `level` is how deep the search is inside of holes, and where to say that it was too deep.
fn hole_end(text: &str, from: usize, end: usize, (level, too_deep): (u32, &mut bool)) -> Option<usize> {
    if level > HOLES_MAX {
        *too_deep = true;
        return None;
    }
    let bytes = &text.as_bytes()[..end];
    let mut depth = 0usize;
    let mut at = from;
    while at < end {
        let rest = &bytes[at..];
        if rest.starts_with(b"\"\"\"") || rest.starts_with(b"$\"\"\"") {
            let open = if rest[0] == b'$' { 4 } else { 3 };
            at = find(bytes, at + open, b"\"\"\"")? + 3;
        } else if rest[0] == b'"' || rest.starts_with(b"$\"") {
            let interpolated = rest[0] == b'$';
            at = string_end(text, at + if interpolated { 2 } else { 1 }, end, interpolated, (level, too_deep))?;
        } else if rest.starts_with(b"//") {
            at = find(bytes, at, b"\n")?;
        } else if rest.starts_with(b"(*") && !rest.starts_with(b"(*)") {
            at = find(bytes, at + 2, b"*)")? + 2;
        } else if rest.starts_with(b"'") {
            at = char_end(bytes, at);
        } else {
            match rest[0] {
                b'{' => depth += 1,
                b'}' if depth == 0 => return Some(at),
                b'}' => depth -= 1,
                _ => {}
            }
            at += 1;
        }
    }
    None
}

/// Behind the closing quote of a string whose first byte of content is `from`.
fn string_end(
    text: &str,
    from: usize,
    end: usize,
    interpolated: bool,
    (level, too_deep): (u32, &mut bool),
) -> Option<usize> {
    let bytes = &text.as_bytes()[..end];
    let mut at = from;
    while at < end {
        match bytes[at] {
            b'"' => return Some(at + 1),
            b'\\' => at += 2,
            b'{' if interpolated && bytes.get(at + 1) == Some(&b'{') => at += 2,
            b'{' if interpolated => at = hole_end(text, at + 1, end, (level + 1, too_deep))? + 1,
            _ => at += 1,
        }
    }
    None
}

/// Behind a character literal, or behind the quote when it is none (a type variable).
fn char_end(bytes: &[u8], at: usize) -> usize {
    let window = &bytes[at + 1..bytes.len().min(at + 40)];
    let from = if window.first() == Some(&b'\\') { 2 } else { 1 };
    match window.iter().skip(from).position(|b| *b == b'\'') {
        Some(length) if !window[..from + length].contains(&b'\n') => at + 1 + from + length + 1,
        _ => at + 1,
    }
}

fn find(bytes: &[u8], from: usize, what: &[u8]) -> Option<usize> {
    bytes.get(from..)?.windows(what.len()).position(|window| window == what).map(|at| from + at)
}

fn nfc(text: &str) -> String {
    if text.is_ascii() { text.to_string() } else { text.nfc().collect() }
}

fn word(text: &str) -> T {
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

fn name_token(name: String) -> T {
    if name.starts_with(char::is_uppercase) { T::Upper(name) } else { T::Lower(name) }
}

fn suffix(text: &str) -> Option<IntType> {
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

fn symbol(text: &str) -> Option<T> {
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
