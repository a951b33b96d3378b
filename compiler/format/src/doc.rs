//! The document that is printed: text with places where a line may end, in the manner of Wadler's "A prettier printer".
//!
//! A group stands on one line if that fits and nothing in it must break; otherwise all of its own lines end. Comments
//! at the end of a line are suffixes: they wait for the line's end, so they never swallow what stands behind them.
//! Widths and columns count UTF-16 units, as the layout rules of the language do.

use std::rc::Rc;

/// The width a line should not pass.
const WIDTH: usize = 88;

#[derive(Clone)]
pub struct Doc(Rc<Inner>);

struct Inner {
    node: Node,
    /// It cannot stand on one line.
    breaks: bool,
    /// It holds a string that goes over several lines.
    multi: bool,
}

enum Node {
    Text(String),
    /// Copied as written. A later line moves with the first one if its flag says so: it is code inside of a hole.
    Verbatim {
        lines: Vec<(String, bool)>,
        column: usize,
    },
    /// A blank, or the end of the line where the group is broken.
    Line,
    /// The end of the line, with an empty line behind it or not.
    Hard(bool),
    /// Makes what contains it break.
    Force,
    /// A comment where it stands; those that wait for the end of the line come first.
    Comment(String),
    /// A comment for the end of the line; true if it takes the rest of the line.
    Suffix(String, bool),
    Concat(Vec<Doc>),
    Indent(usize, Doc),
    /// What is inside is indented to the column where it begins.
    Align(Doc),
    Group(Doc),
    /// The first if what stands before its first line end fits, else the second.
    Hug(Doc, Doc),
    /// The first where the group is broken, the second on one line.
    IfBreak(Doc, Doc),
}

fn make(node: Node, breaks: bool, multi: bool) -> Doc {
    Doc(Rc::new(Inner { node, breaks, multi }))
}

pub fn text(text: impl Into<String>) -> Doc {
    make(Node::Text(text.into()), false, false)
}

pub fn nil() -> Doc {
    text("")
}

pub fn verbatim(lines: Vec<(String, bool)>, column: usize) -> Doc {
    let multi = lines.len() > 1;
    make(Node::Verbatim { lines, column }, false, multi)
}

pub fn line() -> Doc {
    make(Node::Line, false, false)
}

pub fn hard(blank: bool) -> Doc {
    make(Node::Hard(blank), true, false)
}

pub fn force() -> Doc {
    make(Node::Force, true, false)
}

pub fn comment(comment: String) -> Doc {
    make(Node::Comment(comment), false, false)
}

pub fn suffix(comment: String) -> Doc {
    let takes_line = comment.starts_with("//");
    make(Node::Suffix(comment, takes_line), true, false)
}

/// A comment behind the last token of a line: the line need not end because of it, since the comment waits.
pub fn trailing(comment: String) -> Doc {
    let takes_line = comment.starts_with("//");
    make(Node::Suffix(comment, takes_line), false, false)
}

pub fn concat(docs: Vec<Doc>) -> Doc {
    let (breaks, multi) = (docs.iter().any(Doc::breaks), docs.iter().any(Doc::multi));
    make(Node::Concat(docs), breaks, multi)
}

pub fn indent(by: usize, doc: Doc) -> Doc {
    let (breaks, multi) = (doc.breaks(), doc.multi());
    make(Node::Indent(by, doc), breaks, multi)
}

pub fn align(doc: Doc) -> Doc {
    let (breaks, multi) = (doc.breaks(), doc.multi());
    make(Node::Align(doc), breaks, multi)
}

pub fn group(doc: Doc) -> Doc {
    let (breaks, multi) = (doc.breaks(), doc.multi());
    make(Node::Group(doc), breaks, multi)
}

pub fn hug(hugged: Doc, broken: Doc) -> Doc {
    let (breaks, multi) = (hugged.breaks(), hugged.multi());
    make(Node::Hug(hugged, broken), breaks, multi)
}

pub fn if_break(broken: Doc, flat: Doc) -> Doc {
    let (breaks, multi) = (flat.breaks(), flat.multi());
    make(Node::IfBreak(broken, flat), breaks, multi)
}

impl Doc {
    pub fn breaks(&self) -> bool {
        self.0.breaks
    }

    pub fn multi(&self) -> bool {
        self.0.multi
    }

    pub fn is_nil(&self) -> bool {
        match &self.0.node {
            Node::Text(text) => text.is_empty(),
            Node::Concat(docs) => docs.iter().all(Doc::is_nil),
            _ => false,
        }
    }
}

pub fn width(text: &str) -> usize {
    text.encode_utf16().count()
}

#[derive(Clone, Copy, PartialEq)]
enum Mode {
    Flat,
    Break,
}

struct Printer {
    out: String,
    column: usize,
    /// Comments that wait for the end of the line.
    pending: Vec<(String, bool)>,
}

/// The text of a document.
pub fn print(doc: &Doc) -> String {
    let mut printer = Printer { out: String::new(), column: 0, pending: Vec::new() };
    let mut stack = vec![(0, Mode::Break, doc.clone())];
    while let Some((indent, mode, doc)) = stack.pop() {
        match &doc.0.node {
            Node::Text(text) => printer.text(text),
            Node::Verbatim { lines, column } => printer.verbatim(lines, *column),
            Node::Line if mode == Mode::Flat => printer.text(" "),
            Node::Line => printer.newline(indent, false),
            Node::Hard(blank) => printer.newline(indent, *blank),
            Node::Force => {}
            Node::Comment(comment) => {
                if !printer.pending.is_empty() {
                    printer.newline(indent, false);
                }
                printer.lines(comment);
            }
            Node::Suffix(comment, takes_line) => printer.pending.push((comment.clone(), *takes_line)),
            Node::Concat(docs) => stack.extend(docs.iter().rev().map(|doc| (indent, mode, doc.clone()))),
            Node::Indent(by, inner) => stack.push((indent + by, mode, inner.clone())),
            Node::Align(inner) => stack.push((printer.column, mode, inner.clone())),
            Node::Group(inner) => {
                let flat = mode == Mode::Flat || !doc.breaks() && fits(printer.column, Mode::Flat, inner, &stack);
                stack.push((indent, if flat { Mode::Flat } else { Mode::Break }, inner.clone()));
            }
            Node::Hug(hugged, broken) => {
                let flat = mode == Mode::Flat || !doc.breaks() && fits(printer.column, Mode::Flat, hugged, &stack);
                if flat {
                    stack.push((indent, Mode::Flat, hugged.clone()));
                } else if fits(printer.column, Mode::Break, hugged, &stack) {
                    stack.push((indent, Mode::Break, hugged.clone()));
                } else {
                    stack.push((indent, Mode::Break, broken.clone()));
                }
            }
            Node::IfBreak(broken, flat) => {
                let chosen = if mode == Mode::Break { broken } else { flat };
                stack.push((indent, mode, chosen.clone()));
            }
        }
    }
    printer.newline(0, false);
    printer.out
}

impl Printer {
    fn text(&mut self, text: &str) {
        self.out.push_str(text);
        self.column += width(text);
    }

    /// Text that may go over several lines.
    fn lines(&mut self, text: &str) {
        self.out.push_str(text);
        match text.rfind('\n') {
            Some(at) => self.column = width(&text[at + 1..]),
            None => self.column += width(text),
        }
    }

    fn verbatim(&mut self, lines: &[(String, bool)], from: usize) {
        let start = self.column;
        for (index, (line, moves)) in lines.iter().enumerate() {
            if index == 0 {
                self.text(line);
                continue;
            }
            self.out.push('\n');
            self.column = 0;
            if !moves {
                self.text(line);
            } else if start >= from {
                self.text(&" ".repeat(start - from));
                self.text(line);
            } else {
                let blanks = line.len() - line.trim_start_matches(' ').len();
                self.text(&line[blanks.min(from - start)..]);
            }
        }
    }

    fn newline(&mut self, indent: usize, blank: bool) {
        let mut taken = false;
        for (comment, takes_line) in std::mem::take(&mut self.pending) {
            if taken {
                self.end_line();
                self.text(&" ".repeat(indent));
            } else if self.column > 0 && !self.out.ends_with(' ') {
                self.text(" ");
            }
            self.lines(&comment);
            taken = takes_line;
        }
        self.end_line();
        if blank {
            self.out.push('\n');
        }
        self.text(&" ".repeat(indent));
    }

    fn end_line(&mut self) {
        self.out.truncate(self.out.trim_end_matches(' ').len());
        self.out.push('\n');
        self.column = 0;
    }
}

/// Whether everything up to the next possible line end fits behind `column`. What follows the document is looked at
/// too: it stands on the same line.
fn fits(column: usize, mode: Mode, doc: &Doc, rest: &[(usize, Mode, Doc)]) -> bool {
    let Some(mut left) = WIDTH.checked_sub(column) else { return false };
    let mut stack = vec![(mode, doc)];
    let mut outside = false;
    let mut rest = rest.iter().rev();
    loop {
        let Some((mode, doc)) = stack.pop() else {
            let Some((_, mode, doc)) = rest.next() else { return true };
            outside = true;
            stack.push((*mode, doc));
            continue;
        };
        match &doc.0.node {
            Node::Text(text) => match left.checked_sub(width(text)) {
                Some(less) => left = less,
                None => return false,
            },
            Node::Verbatim { lines, .. } => {
                let first = lines.first().map_or(0, |(line, _)| width(line));
                match left.checked_sub(first) {
                    Some(_) if lines.len() > 1 => return true,
                    Some(less) => left = less,
                    None => return false,
                }
            }
            Node::Line if mode == Mode::Break => return true,
            Node::Line => match left.checked_sub(1) {
                Some(less) => left = less,
                None => return false,
            },
            Node::Hard(_) => return true,
            Node::Comment(comment) => match left.checked_sub(width(comment.split('\n').next().unwrap_or_default())) {
                Some(_) if comment.contains('\n') => return true,
                Some(less) => left = less,
                None => return false,
            },
            Node::Force | Node::Suffix(..) => {}
            Node::Concat(docs) => stack.extend(docs.iter().rev().map(|doc| (mode, doc))),
            Node::Indent(_, inner) | Node::Align(inner) => stack.push((mode, inner)),
            Node::Group(inner) | Node::Hug(inner, _) => {
                let mode = if doc.breaks() || (outside && mode == Mode::Break) { Mode::Break } else { Mode::Flat };
                stack.push((mode, inner));
            }
            Node::IfBreak(broken, flat) => stack.push((mode, if mode == Mode::Break { broken } else { flat })),
        }
    }
}
