//! Attributes, and what else is copied as written because there is no tree of it: lines move as a whole, but for those inside
//! of strings and comments, where every blank counts.

use crate::comments::Source;
use crate::doc::{self, Doc, text};

/// The attribute between two offsets. With a comment inside, or on several lines, it stays as it is.
pub fn attribute(source: &Source<'_>, start: u32, end: u32) -> Doc {
    let written = source.slice(start, end);
    if source.has_comment(start, end) || written.contains('\n') {
        return doc::verbatim(as_written(source, start, end), source.column(start));
    }
    let inside = source.slice(start + 2, end - 2).trim();
    let spaced = inside.split(';').map(str::trim).collect::<Vec<_>>().join("; ");
    text(format!("[<{}>]", if inside.contains(['"', '(']) { inside } else { &spaced }))
}

/// Behind the `>]` of the attribute that begins here.
pub fn attribute_end(source: &Source<'_>, at: u32) -> Option<u32> {
    let end = source.text.len() as u32;
    let closes = |at: u32, inside: bool| (!inside && source.slice(at, at + 2) == ">]").then_some(at + 2);
    if source.slice(at, at + 2) == "[<" { scan(source, at + 2, end, closes) } else { None }
}

/// The lines between two offsets, for a document. One that begins inside of a string or comment does not move, and keeps the
/// blanks at the end of the line before it.
pub fn as_written(source: &Source<'_>, start: u32, end: u32) -> Vec<(String, bool)> {
    let mut inner = Vec::new();
    scan(source, start, end, |at, inside| {
        inner.extend(Some(at).filter(|_| inside && source.slice(at, at + 1) == "\n"));
        None::<()>
    });
    let (mut lines, mut at, mut moves) = (Vec::new(), start, true);
    for line in source.slice(start, end).split('\n') {
        let line_end = at + line.len() as u32;
        let goes_on = inner.contains(&line_end);
        lines.push((if goes_on { line } else { line.trim_end() }.to_owned(), moves));
        (at, moves) = (line_end + 1, !goes_on);
    }
    lines
}

/// Hands out the offsets in a range, each with whether it is inside of a string or comment, until one gives something.
fn scan<T>(source: &Source<'_>, start: u32, end: u32, mut visit: impl FnMut(u32, bool) -> Option<T>) -> Option<T> {
    let (mut at, mut quoted, mut comment_end) = (start, false, start);
    while at < end {
        if !quoted && at >= comment_end {
            comment_end = source.comment_end(at).unwrap_or(at);
        }
        let found = visit(at, quoted || at < comment_end);
        if found.is_some() {
            return found;
        }
        match source.slice(at, at + 1) {
            "\\" if quoted => at += 1,
            "\"" if at >= comment_end => quoted = !quoted,
            _ => {}
        }
        at += 1;
    }
    None
}
