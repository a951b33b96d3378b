//! One JSON object a diagnostic, for tools. Positions are from 1, offsets in bytes from 0.

use super::{Sources, severity};
use crate::{Diagnostic, Label};
use dark_source::{LineIndex, Location};
use serde_json::{Value, json};

/// One line of JSON, without the line break.
pub fn json(diagnostic: &Diagnostic, sources: &dyn Sources) -> String {
    let label = |label: &Label| {
        let mut value = place(label.location, sources);
        value["text"] = json!(label.text);
        value
    };
    let fixes: Vec<Value> = diagnostic
        .fixes
        .iter()
        .map(|fix| {
            let edits: Vec<Value> = fix
                .edits
                .iter()
                .map(|edit| {
                    let mut value = place(edit.location, sources);
                    value["text"] = json!(edit.text);
                    value
                })
                .collect();
            json!({ "title": fix.title, "edits": edits })
        })
        .collect();
    json!({
        "code": diagnostic.code.id,
        "name": diagnostic.code.name,
        "severity": severity(diagnostic),
        "title": diagnostic.title,
        "primary": label(&diagnostic.primary),
        "secondary": diagnostic.secondary.iter().map(label).collect::<Vec<_>>(),
        "help": diagnostic.help,
        "notes": diagnostic.notes,
        "fixes": fixes,
    })
    .to_string()
}

fn place(location: Location, sources: &dyn Sources) -> Value {
    let text = sources.text(location.file);
    let lines = LineIndex::new(text);
    let (start, end) = (lines.position(text, location.span.start), lines.position(text, location.span.end));
    json!({
        "file": sources.path(location.file),
        "start": { "line": start.line + 1, "column": start.column + 1, "offset": location.span.start },
        "end": { "line": end.line + 1, "column": end.column + 1, "offset": location.span.end },
    })
}
