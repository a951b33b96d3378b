//! Between our spans and the protocol's positions (UTF-16 units, as `dark_source` counts them).

use dark_diagnostics::{Diagnostic, Label, Severity};
use dark_source::{LineIndex, Span};
use std::path::{Path, PathBuf};
use tower_lsp::lsp_types::{
    DiagnosticRelatedInformation, DiagnosticSeverity, Location, NumberOrString, Position, Range, Url,
};

pub fn position(text: &str, lines: &LineIndex, offset: u32) -> Position {
    let at = lines.position(text, offset);
    Position { line: at.line, character: at.column }
}

pub fn range(text: &str, lines: &LineIndex, span: Span) -> Range {
    Range { start: position(text, lines, span.start), end: position(text, lines, span.end) }
}

pub fn offset(text: &str, lines: &LineIndex, at: Position) -> u32 {
    lines.offset(text, dark_source::Position { line: at.line, column: at.character })
}

pub fn path(uri: &Url) -> Option<PathBuf> {
    (uri.scheme() == "file").then(|| uri.to_file_path().ok()).flatten()
}

pub fn uri(path: &Path) -> Option<Url> {
    Url::from_file_path(path).ok()
}

/// A diagnostic in the protocol's terms. `locate` turns a label into a place, `None` when its file has no address.
pub fn diagnostic(
    diagnostic: &Diagnostic,
    range: Range,
    locate: impl Fn(&Label) -> Option<Location>,
) -> tower_lsp::lsp_types::Diagnostic {
    let mut message = diagnostic.title.clone();
    let primary = &diagnostic.primary.text;
    for text in std::iter::once(primary).chain(&diagnostic.help).chain(&diagnostic.notes) {
        if !text.is_empty() {
            message.push('\n');
            message.push_str(text);
        }
    }
    let related: Vec<_> = diagnostic
        .secondary
        .iter()
        .filter_map(|label| {
            Some(DiagnosticRelatedInformation { location: locate(label)?, message: label.text.clone() })
        })
        .collect();
    tower_lsp::lsp_types::Diagnostic {
        range,
        severity: Some(match diagnostic.code.severity {
            Severity::Error => DiagnosticSeverity::ERROR,
            Severity::Warning => DiagnosticSeverity::WARNING,
        }),
        code: Some(NumberOrString::String(diagnostic.code.id.into())),
        source: Some("darkc".into()),
        message,
        related_information: (!related.is_empty()).then_some(related),
        ..Default::default()
    }
}
