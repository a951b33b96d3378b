//! Positions in source text: which file, which bytes, which line. Depends on nothing of ours.
//!
//! A `Span` is a range of bytes in one file; line and column exist only at the edge, through `LineIndex`.

use std::ops::Range;

/// A file of one compilation, by its index in the project's list of files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct FileId(pub u32);

/// A range of bytes in one file: `start` inclusive, `end` exclusive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Span {
    pub start: u32,
    pub end: u32,
}

impl Span {
    pub fn new(start: usize, end: usize) -> Span {
        Span { start: offset(start), end: offset(end) }
    }

    /// The smallest span that contains both.
    pub fn to(self, other: Span) -> Span {
        Span { start: self.start.min(other.start), end: self.end.max(other.end) }
    }

    pub fn range(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }

    pub fn contains(self, offset: u32) -> bool {
        self.start <= offset && offset <= self.end
    }

    pub fn is_empty(self) -> bool {
        self.start == self.end
    }
}

/// Texts over 4 GiB are refused where files are read; offsets saturate rather than wrap.
fn offset(value: usize) -> u32 {
    u32::try_from(value).unwrap_or(u32::MAX)
}

/// A place in a file: what a diagnostic or a definition points at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Location {
    pub file: FileId,
    pub span: Span,
}

/// Line and column, both from 0; the column counts UTF-16 code units, as editors and the layout rules do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Position {
    pub line: u32,
    pub column: u32,
}

/// Where the lines of a text begin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineIndex {
    starts: Vec<u32>,
}

impl LineIndex {
    pub fn new(text: &str) -> LineIndex {
        let mut starts = vec![0];
        starts.extend(text.bytes().enumerate().filter(|(_, b)| *b == b'\n').map(|(i, _)| offset(i + 1)));
        LineIndex { starts }
    }

    /// The position of a byte offset; an offset past the end gives the end.
    pub fn position(&self, text: &str, at: u32) -> Position {
        let at = (at as usize).min(text.len());
        let line = self.starts.partition_point(|start| *start as usize <= at).saturating_sub(1);
        let start = self.starts[line] as usize;
        let mut end = at;
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        let column = text[start..end].encode_utf16().count();
        Position { line: line as u32, column: column as u32 }
    }

    /// The byte offset of a position; past the end of a line gives the line's end.
    pub fn offset(&self, text: &str, position: Position) -> u32 {
        let Some(&start) = self.starts.get(position.line as usize) else {
            return offset(text.len());
        };
        let line = &text[start as usize..];
        let mut column = 0;
        for (i, c) in line.char_indices() {
            if column >= position.column || c == '\n' {
                return start + offset(i);
            }
            column += c.len_utf16() as u32;
        }
        offset(text.len())
    }

    pub fn line_count(&self) -> usize {
        self.starts.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_count_utf16_units_and_come_back() {
        let text = "a\n👩b\n";
        let index = LineIndex::new(text);
        let at = text.find('b').unwrap() as u32;
        assert_eq!(index.position(text, at), Position { line: 1, column: 2 });
        assert_eq!(index.offset(text, Position { line: 1, column: 2 }), at);
        assert_eq!(index.position(text, 999), Position { line: 2, column: 0 });
        assert_eq!(index.offset(text, Position { line: 0, column: 99 }), 1);
    }
}
