//! Comments and blank lines: not in the tree, so they are handed out by position while the tree is walked.
//!
//! Each place where a line may end asks for the *gap* in front of the next node: what stands there is taken exactly
//! once, in order, so no comment can be lost. Whatever no place asked for is taken by the next one that does.

use crate::doc::{self, Doc};
use dark_syntax::Comment;

/// What stands between two nodes.
pub struct Gap {
    /// Comments behind the first one, for the end of its line.
    pub suffix: Doc,
    /// Comments in front of the second one; each ends its line.
    pub leading: Doc,
    /// An empty line stands between them.
    pub blank: bool,
}

impl Gap {
    /// The gap with `line` as the end of the line.
    pub fn around(self, line: Doc) -> Doc {
        doc::concat(vec![self.suffix, line, self.leading])
    }

    /// The gap with a line end, and an empty line if there was one.
    pub fn hard(self) -> Doc {
        let line = doc::hard(self.blank);
        self.around(line)
    }

    pub fn is_empty(&self) -> bool {
        self.suffix.is_nil() && self.leading.is_nil()
    }
}

pub struct Source<'a> {
    pub text: &'a str,
    comments: &'a [Comment],
    next: usize,
}

impl<'a> Source<'a> {
    pub fn new(text: &'a str, comments: &'a [Comment]) -> Source<'a> {
        Source { text, comments, next: 0 }
    }

    pub fn slice(&self, start: u32, end: u32) -> &'a str {
        self.text.get(start as usize..end as usize).unwrap_or_default()
    }

    /// A line ends between two offsets.
    pub fn newline(&self, start: u32, end: u32) -> bool {
        start < end && self.slice(start, end).contains('\n')
    }

    /// The column of an offset, in UTF-16 units.
    pub fn column(&self, at: u32) -> usize {
        let before = self.slice(0, at);
        doc::width(&before[before.rfind('\n').map_or(0, |it| it + 1)..])
    }

    /// Where the next token begins, at or behind an offset that is not inside of one.
    pub fn next_token(&self, at: u32) -> u32 {
        let mut at = at;
        loop {
            let rest = self.slice(at, self.text.len() as u32);
            at += (rest.len() - rest.trim_start().len()) as u32;
            match self.comments.binary_search_by_key(&at, |it| it.span.start) {
                Ok(index) => at = self.comments[index].span.end,
                Err(_) => return at,
            }
        }
    }

    /// Where the last token in front of an offset ends: spans of the tree may hold what stands behind it.
    pub fn last_token(&self, end: u32) -> u32 {
        let mut end = end;
        loop {
            end = self.slice(0, end).trim_end().len() as u32;
            let comment = self.comments.partition_point(|it| it.span.start < end).checked_sub(1);
            match comment.and_then(|index| self.comments.get(index)) {
                Some(comment) if comment.span.end >= end => end = comment.span.start,
                _ => return end,
            }
        }
    }

    /// Where the tokens begin that have a documentation comment in front of them, within a range.
    pub fn documented(&self, start: u32, end: u32) -> Vec<u32> {
        let inside = self.comments.iter().filter(|it| is_doc(&it.text) && (start..end).contains(&it.span.start));
        inside.map(|it| self.next_token(it.span.end)).collect()
    }

    /// A comment stands between two offsets.
    pub fn has_comment(&self, start: u32, end: u32) -> bool {
        self.comments.iter().any(|it| (start..end).contains(&it.span.start))
    }

    /// Where the comment that begins at an offset ends.
    pub fn comment_end(&self, at: u32) -> Option<u32> {
        let index = self.comments.binary_search_by_key(&at, |it| it.span.start).ok()?;
        self.comments.get(index).map(|it| it.span.end)
    }

    /// Forgets the comments up to an offset: they are part of what is copied as written.
    pub fn skip_comments(&mut self, end: u32) {
        while self.comments.get(self.next).is_some_and(|it| it.span.start < end) {
            self.next += 1;
        }
    }

    /// Takes the comments in front of `end`.
    pub fn gap(&mut self, end: u32) -> Gap {
        let mut gap = Gap { suffix: doc::nil(), leading: doc::nil(), blank: false };
        let (mut behind, mut in_front) = (Vec::new(), Vec::new());
        let mut first = true;
        while let Some(comment) = self.comments.get(self.next).filter(|it| it.span.start < end) {
            self.next += 1;
            let (start, after) = (comment.span.start, comment.span.end);
            let alone = self.begins_line(start);
            if !alone && in_front.is_empty() && !is_doc(&comment.text) && self.ends_line(after) {
                behind.push(doc::suffix(shown(comment)));
                continue;
            }
            if first {
                gap.blank = self.blank_before(start);
                first = false;
            }
            let written = doc::comment(shown(comment));
            if alone || self.ends_line(after) {
                let next =
                    self.comments.get(self.next).filter(|it| it.span.start < end).map_or(end, |it| it.span.start);
                let blank = self.blank_before(next) && !is_doc(&comment.text);
                in_front.push(doc::concat(vec![written, doc::hard(blank)]));
            } else {
                let own_line = doc::concat(vec![written.clone(), doc::hard(false)]);
                in_front.push(doc::if_break(own_line, doc::concat(vec![written, doc::text(" ")])));
            }
        }
        if first {
            gap.blank = self.blank_before(end);
        }
        gap.suffix = doc::concat(behind);
        gap.leading = doc::concat(in_front);
        gap
    }

    /// Comments that end a block: behind its last token, alone on their lines, not left of `column`.
    pub fn tail(&mut self, end: u32, column: usize) -> Doc {
        let mut out = Vec::new();
        let mut end = end;
        while let Some(comment) = self.comments.get(self.next) {
            let (start, after) = (comment.span.start, comment.span.end);
            let between = self.slice(end, start);
            if start < end || !between.trim().is_empty() || !self.ends_line(after) || is_doc(&comment.text) {
                break;
            }
            if !between.contains('\n') && out.is_empty() {
                out.push(doc::trailing(shown(comment)));
            } else if self.begins_line(start) && self.column(start) >= column && column > 0 {
                out.push(doc::hard(self.blank_before(start)));
                out.push(doc::comment(shown(comment)));
            } else {
                break;
            }
            self.next += 1;
            end = after;
        }
        doc::concat(out)
    }

    /// The comment taken last has a line of its own, and only blanks stand between it and an offset.
    pub fn line_comment_before(&self, at: u32) -> bool {
        let last = self.next.checked_sub(1).and_then(|index| self.comments.get(index));
        last.is_some_and(|it| {
            it.span.end <= at && self.slice(it.span.end, at).trim().is_empty() && self.begins_line(it.span.start)
        })
    }

    /// The comment taken last stands behind an offset, on a line of its own.
    pub fn took_line_behind(&self, at: u32) -> bool {
        let last = self.next.checked_sub(1).and_then(|index| self.comments.get(index));
        last.is_some_and(|it| it.span.start >= at && self.begins_line(it.span.start))
    }

    fn begins_line(&self, at: u32) -> bool {
        let before = self.slice(0, at);
        before[before.rfind('\n').map_or(0, |it| it + 1)..].trim_matches('\u{feff}').trim().is_empty()
    }

    fn ends_line(&self, at: u32) -> bool {
        let rest = self.slice(at, self.text.len() as u32);
        rest[..rest.find('\n').unwrap_or(rest.len())].trim().is_empty()
    }

    /// An empty line stands directly in front of an offset.
    fn blank_before(&self, at: u32) -> bool {
        let before = self.slice(0, at);
        let blank = &before[before.trim_end().len()..];
        blank.bytes().filter(|byte| *byte == b'\n').count() > 1
    }
}

fn is_doc(comment: &str) -> bool {
    comment.starts_with("///") && !comment.starts_with("////")
}

fn shown(comment: &Comment) -> String {
    comment.text.trim_end().to_owned()
}
