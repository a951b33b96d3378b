//! All of ariadne stands in this file, so that an upgrade touches one.

use super::Sources;
use crate::{Diagnostic, Severity};
use ariadne::{Color, Config, IndexType, Label, Report, ReportKind, Source};
use dark_source::{FileId, Location};
use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;

/// The full picture, ending with a line break.
pub fn human(diagnostic: &Diagnostic, sources: &dyn Sources, color: bool) -> String {
    let kind = match diagnostic.code.severity {
        Severity::Error => ReportKind::Error,
        Severity::Warning => ReportKind::Warning,
    };
    let config = Config::default().with_index_type(IndexType::Byte).with_color(color);
    let primary = &diagnostic.primary;
    let mut report = Report::build(kind, place(primary.location, sources))
        .with_config(config)
        .with_code(diagnostic.code.id)
        .with_message(&diagnostic.title)
        .with_label(
            Label::new(place(primary.location, sources))
                .with_message(&primary.text)
                .with_color(Color::Red)
                .with_order(0),
        );
    for label in &diagnostic.secondary {
        report = report.with_label(
            Label::new(place(label.location, sources)).with_message(&label.text).with_color(Color::Blue).with_order(1),
        );
    }
    for help in &diagnostic.help {
        report = report.with_help(help);
    }
    let explain = format!("darkc explain {}", diagnostic.code);
    match diagnostic.notes.split_last() {
        Some((last, rest)) => {
            for note in rest {
                report = report.with_note(note);
            }
            report = report.with_note(format!("{last} ({explain})"));
        }
        None => report = report.with_note(explain),
    }
    let mut out = Vec::new();
    match report.finish().write(Cache::new(sources), &mut out) {
        Ok(()) => String::from_utf8_lossy(&out).lines().map(|line| format!("{}\n", line.trim_end())).collect(),
        Err(_) => format!("{}\n", super::short(diagnostic, sources)),
    }
}

/// A span as ariadne wants it: in range, on character boundaries.
fn place(location: Location, sources: &dyn Sources) -> (FileId, Range<usize>) {
    let text = sources.text(location.file);
    let floor = |mut at: usize| {
        at = at.min(text.len());
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        at
    };
    let range = location.span.range();
    let (start, end) = (floor(range.start), floor(range.end));
    (location.file, start..end.max(start))
}

/// The texts asked for so far, cut into lines.
struct Cache<'a> {
    sources: &'a dyn Sources,
    files: BTreeMap<FileId, Source<String>>,
}

impl<'a> Cache<'a> {
    fn new(sources: &'a dyn Sources) -> Cache<'a> {
        Cache { sources, files: BTreeMap::new() }
    }
}

impl ariadne::Cache<FileId> for Cache<'_> {
    type Storage = String;

    fn fetch(&mut self, id: &FileId) -> Result<&Source<String>, impl fmt::Debug> {
        let sources = self.sources;
        Ok::<_, fmt::Error>(self.files.entry(*id).or_insert_with(|| Source::from(sources.text(*id).to_string())))
    }

    fn display<'b>(&self, id: &'b FileId) -> Option<impl fmt::Display + 'b> {
        Some(self.sources.path(*id).to_string())
    }
}
