//! Diagnostics as text: for a person, a line each, and as JSON.
//!
//! The texts come from whoever holds the files, through `Sources`; nothing here reads a disk or knows a terminal.
//! Lines and columns are shown from 1; in the short and JSON forms columns count UTF-16 units, as editors do.

mod human;
mod json;

pub use human::human;
pub use json::json;

use crate::{Diagnostic, Severity};
use dark_source::{FileId, LineIndex};

/// The texts the spans point into.
pub trait Sources {
    /// As shown to a person.
    fn path(&self, file: FileId) -> &str;
    fn text(&self, file: FileId) -> &str;
}

pub(crate) fn severity(diagnostic: &Diagnostic) -> &'static str {
    match diagnostic.code.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    }
}

/// `path:line:column: error[E0301]: title`; line and column from 1, without a line break.
pub fn short(diagnostic: &Diagnostic, sources: &dyn Sources) -> String {
    let place = diagnostic.primary.location;
    let text = sources.text(place.file);
    let at = LineIndex::new(text).position(text, place.span.start);
    let (path, severity, code) = (sources.path(place.file), severity(diagnostic), diagnostic.code);
    let line = format!("{path}:{}:{}: {severity}[{code}]: {}", at.line + 1, at.column + 1, diagnostic.title);
    // One line, whatever the title quotes.
    printable(&line).replace('\n', " ")
}

/// Text that is safe on a terminal and means to ariadne what it means to us: control characters, other line breaks than
/// `\n` and marks that turn the reading direction become a visible character of the same number of bytes.
pub(crate) fn printable(text: &str) -> String {
    let mut rest = text.chars().peekable();
    let mut out = String::with_capacity(text.len());
    while let Some(c) = rest.next() {
        out.push(match c {
            '\n' | '\t' => c,
            '\r' if rest.peek() == Some(&'\n') => ' ',
            '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => '\u{fffd}',
            c if c.is_control() && c.len_utf8() == 1 => '?',
            c if c.is_control() => '¿',
            c => c,
        });
    }
    out
}

#[cfg(test)]
mod tests;
