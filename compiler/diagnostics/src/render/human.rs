//! The picture for people. All calls of ariadne are in this file: the drawing is ariadne's, the words are ours.

use super::{Sources, printable};
use crate::{Diagnostic, Label, Severity};
use ariadne::{Color, Config, IndexType, Report, ReportKind, Source};
use dark_source::{FileId, Location};
use std::collections::HashMap;
use std::ops::Range;

/// A place in a file, by the file's number.
type Spot = (u32, Range<usize>);

/// Title, the lines in question with their labels, then help, then the rule and where to read on.
pub fn human(diagnostic: &Diagnostic, sources: &dyn Sources, color: bool) -> String {
    let kind = match diagnostic.code.severity {
        Severity::Error => ReportKind::Error,
        Severity::Warning => ReportKind::Warning,
    };
    let mut files = Files { sources, read: HashMap::new() };
    let mut report = Report::build(kind, files.spot(&diagnostic.primary))
        .with_config(Config::default().with_index_type(IndexType::Byte).with_color(color).with_tab_width(1))
        .with_code(diagnostic.code)
        .with_message(printable(&diagnostic.title));
    let primary_color = match diagnostic.code.severity {
        Severity::Error => Color::Red,
        Severity::Warning => Color::Yellow,
    };
    for (label, color) in in_reading_order(diagnostic, primary_color) {
        let drawn = ariadne::Label::new(files.spot(label)).with_message(printable(&label.text)).with_color(color);
        report = report.with_label(drawn);
    }
    for help in &diagnostic.help {
        report = report.with_help(printable(help));
    }
    for note in notes(diagnostic) {
        report = report.with_note(printable(&note));
    }
    let mut out = Vec::new();
    match report.finish().write(&mut files, &mut out) {
        Ok(()) => trimmed(&String::from_utf8_lossy(&out)),
        // Writing to memory does not fail, and every file is known; should the drawing ever refuse, the facts remain.
        Err(_) => super::short(diagnostic, sources) + "\n",
    }
}

/// The labels of the file at fault from top to bottom, then those of other files: ariadne draws a new frame whenever the
/// next label stands above the one before.
fn in_reading_order(diagnostic: &Diagnostic, primary_color: Color) -> Vec<(&Label, Color)> {
    let here = diagnostic.primary.location.file;
    let mut labels = vec![(&diagnostic.primary, primary_color)];
    labels.extend(diagnostic.secondary.iter().map(|label| (label, Color::Blue)));
    labels.sort_by_key(|(label, _)| (label.location.file != here, label.location.file, label.location.span.start));
    labels
}

/// The rules, the last one followed by the command that explains more.
fn notes(diagnostic: &Diagnostic) -> Vec<String> {
    let mut notes = diagnostic.notes.clone();
    let command = format!("darkc explain {}", diagnostic.code.id);
    match notes.last_mut() {
        Some(last) => last.push_str(&format!(" ({command})")),
        None => notes.push(format!("`{command}` shows an example")),
    }
    notes
}

/// Lines without blanks at their ends, so that snapshots and pasted text stay as they are.
fn trimmed(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for line in text.lines() {
        out.push_str(line.trim_end());
        out.push('\n');
    }
    out
}

/// The files of one report, each cut into lines once.
struct Files<'a> {
    sources: &'a dyn Sources,
    read: HashMap<u32, Source<String>>,
}

impl Files<'_> {
    /// An empty place is widened to the character in front of it, so that there is something to underline.
    fn spot(&mut self, label: &Label) -> Spot {
        let file = label.location.file;
        let text = self.sources.text(file);
        let mut range = range(label.location, text);
        if range.is_empty() {
            range = visible(text, range.start);
        }
        (file.0, range)
    }
}

/// In the text and on character boundaries, whatever the span says.
fn range(location: Location, text: &str) -> Range<usize> {
    let start = text.floor_char_boundary(location.span.start as usize);
    let end = text.floor_char_boundary(location.span.end as usize);
    start..end.max(start)
}

fn visible(text: &str, at: usize) -> Range<usize> {
    let after = text.get(at..).and_then(|rest| rest.chars().next()).filter(|c| !c.is_whitespace());
    if let Some(c) = after {
        return at..at + c.len_utf8();
    }
    let before = text.get(..at).unwrap_or(text).trim_end();
    match before.char_indices().next_back() {
        // Only on the same line: pointing elsewhere would say something else.
        Some((start, c)) if !text.get(start..at).unwrap_or_default().contains('\n') => start..start + c.len_utf8(),
        _ => at..at,
    }
}

impl ariadne::Cache<u32> for Files<'_> {
    type Storage = String;

    fn fetch(&mut self, id: &u32) -> Result<&Source<String>, impl std::fmt::Debug> {
        let sources = self.sources;
        let read = self.read.entry(*id).or_insert_with(|| Source::from(printable(sources.text(FileId(*id)))));
        Ok::<&Source<String>, std::convert::Infallible>(read)
    }

    fn display<'b>(&self, id: &'b u32) -> Option<impl std::fmt::Display + 'b> {
        Some(printable(self.sources.path(FileId(*id))))
    }
}
