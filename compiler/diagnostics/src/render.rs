//! Diagnostics as text: for a person, a line each, and as JSON.

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

/// `path:line:column: error[E0301]: title`; line and column from 1.
pub fn short(diagnostic: &Diagnostic, sources: &dyn Sources) -> String {
    let place = diagnostic.primary.location;
    let text = sources.text(place.file);
    let at = LineIndex::new(text).position(text, place.span.start);
    let (path, severity, code) = (sources.path(place.file), severity(diagnostic), diagnostic.code);
    format!("{path}:{}:{}: {severity}[{code}]: {}", at.line + 1, at.column + 1, diagnostic.title)
}
