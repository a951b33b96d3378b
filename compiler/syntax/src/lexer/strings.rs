//! Texts, characters and interpolations.

use super::ends::hole_end;
use super::words::nfc;
use super::{ProblemKind, Reader};
use crate::token::{RawPart, T};
use dark_source::Span;
use unicode_segmentation::UnicodeSegmentation;

impl Reader<'_> {
    pub(super) fn raw_string(&mut self, start: usize) -> usize {
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
    pub(super) fn horizon(&self, start: usize) -> usize {
        let rest = &self.text[start..self.end];
        if self.open_seen { start + rest.find('\n').unwrap_or(rest.len()) } else { self.end }
    }

    /// Forgets the problems inside of a token that turned out to have no end.
    pub(super) fn forget_problems(&mut self, from: usize) {
        let kept = self.out.problems.partition_point(|problem| (problem.span.start as usize) < from);
        self.out.problems.truncate(kept);
    }

    /// A string without end: it is taken to end with its line, so that the rest of the file is still read.
    pub(super) fn open_string(&mut self, start: usize, quotes: usize) -> usize {
        self.problem(start, start + quotes, ProblemKind::OpenString);
        self.open_seen = true;
        let rest = &self.text[start..self.end];
        let end = start + rest.find('\n').unwrap_or(rest.len());
        self.push(T::Str(String::new()), start, end);
        end
    }

    pub(super) fn string(&mut self, start: usize) -> usize {
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
        let digits = code_digits(&rest[..c.len_utf8()]).unwrap_or(0);
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
    pub(super) fn closing_quote(&self, from: usize) -> Option<usize> {
        let rest = &self.text[from..self.end];
        let end = rest.find(|c: char| c == '\'' || c.is_whitespace())?;
        rest[end..].starts_with('\'').then_some(from + end + 1)
    }

    pub(super) fn quote(&mut self, start: usize) -> usize {
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

    pub(super) fn interpolated(&mut self, start: usize, from: usize, raw: bool) -> usize {
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

/// How many digits, in base 16, the escape with this letter takes; nothing when it takes none.
pub(crate) fn code_digits(letter: &str) -> Option<usize> {
    match letter {
        "x" => Some(2),
        "X" | "u" => Some(4),
        "U" => Some(8),
        _ => None,
    }
}
