//! A JSON text (RFC 8259, and comments as in JavaScript), checked as a whole, with the place of each value in it.

use ::std::borrow::Cow;

use crate::invocation::Fault;
use crate::json::scan::{Scanner, unescaped};
use crate::memory::Heap;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    Null,
    True,
    False,
    Number,
    String,
    Array,
    Object,
}

/// A value, or the key of a member.
#[derive(Debug, Clone, Copy)]
struct Node {
    form: Form,
    /// Where it stands in the text.
    start: usize,
    end: usize,
    /// The first node behind it and what is in it.
    after: usize,
}

/// The values of a text in the order of their beginnings; a member is its key and its value. The whole is node 0.
pub struct Document<'a> {
    text: &'a str,
    nodes: Vec<Node>,
}

/// The text is no JSON.
struct NotJson;

enum Stop {
    NotJson,
    Fault(Fault),
}

impl From<NotJson> for Stop {
    fn from(_: NotJson) -> Stop {
        Stop::NotJson
    }
}

impl<'a> Document<'a> {
    /// `None` for what is no JSON.
    pub fn read(heap: &Heap, text: &'a str) -> Result<Option<Document<'a>>, Fault> {
        let mut builder = Builder { heap, scanner: Scanner::new(text), nodes: Vec::new(), open: Vec::new() };
        match builder.document() {
            Ok(()) => Ok(Some(Document { text, nodes: builder.nodes })),
            Err(Stop::NotJson) => Ok(None),
            Err(Stop::Fault(fault)) => Err(fault),
        }
    }

    pub fn form(&self, node: usize) -> Form {
        self.nodes[node].form
    }

    /// A value as it is written.
    pub fn raw(&self, node: usize) -> &'a str {
        &self.text[self.nodes[node].start..self.nodes[node].end]
    }

    /// The first node behind a value and what is in it.
    pub fn after(&self, node: usize) -> usize {
        self.nodes[node].after
    }

    /// The values of an array; of an object the keys and the values.
    pub fn children(&self, node: usize) -> impl Iterator<Item = usize> + '_ {
        let (mut next, end) = (node + 1, self.after(node));
        ::std::iter::from_fn(move || {
            let child = (next < end).then_some(next)?;
            next = self.after(child);
            Some(child)
        })
    }

    /// The keys and values of an object.
    pub fn members(&self, node: usize) -> impl Iterator<Item = (usize, usize)> + '_ {
        // A key has nothing in it: its value is the next node.
        self.children(node).step_by(2).map(|key| (key, key + 1))
    }

    /// What a text, or a key, says.
    pub fn text_of(&self, node: usize) -> Cow<'a, str> {
        let raw = self.raw(node);
        let inner = &raw[1..raw.len() - 1];
        if memchr::memchr(b'\\', inner.as_bytes()).is_some() { unescaped(inner).into() } else { inner.into() }
    }
}

struct Builder<'a, 'h> {
    heap: &'h Heap,
    scanner: Scanner<'a>,
    nodes: Vec<Node>,
    /// The arrays and objects around.
    open: Vec<usize>,
}

impl Builder<'_, '_> {
    fn document(&mut self) -> Result<(), Stop> {
        loop {
            let opened = self.value()?;
            if opened && self.open.last().is_some_and(|open| self.nodes[*open].form == Form::Object) {
                self.key()?;
            }
            if !opened && !self.next_value()? {
                return Ok(());
            }
        }
    }

    /// After a value: closes what ends there, and says whether another value follows.
    fn next_value(&mut self) -> Result<bool, Stop> {
        while let Some(&open) = self.open.last() {
            let is_object = self.nodes[open].form == Form::Object;
            match self.token()? {
                Some(b',') => {
                    self.scanner.at += 1;
                    if is_object {
                        self.key()?;
                    }
                    return Ok(true);
                }
                Some(b']') if !is_object => self.close(open),
                Some(b'}') if is_object => self.close(open),
                _ => return Err(Stop::NotJson),
            }
        }
        if self.token()?.is_some() { Err(Stop::NotJson) } else { Ok(false) }
    }

    fn close(&mut self, open: usize) {
        self.scanner.at += 1;
        self.open.pop();
        self.nodes[open].end = self.scanner.at;
        self.nodes[open].after = self.nodes.len();
    }

    fn push(&mut self, form: Form, start: usize) -> Result<(), Stop> {
        if self.nodes.len() == self.nodes.capacity() {
            self.heap.check_room(self.nodes.len() * 2 * size_of::<Node>()).map_err(Stop::Fault)?;
        }
        self.nodes.push(Node { form, start, end: self.scanner.at, after: self.nodes.len() + 1 });
        Ok(())
    }

    /// Takes a value, of arrays and objects that are not empty only the bracket: then true.
    fn value(&mut self) -> Result<bool, Stop> {
        let token = self.token()?;
        let start = self.scanner.at;
        let form = match token {
            Some(b'[') => return self.begin(Form::Array, b']'),
            Some(b'{') => return self.begin(Form::Object, b'}'),
            Some(b'"') => {
                self.string()?;
                Form::String
            }
            Some(b'-' | b'0'..=b'9') => {
                self.scanner.number().map_err(|_| NotJson)?;
                Form::Number
            }
            Some(b'n') => self.word("null", Form::Null)?,
            Some(b't') => self.word("true", Form::True)?,
            Some(b'f') => self.word("false", Form::False)?,
            _ => return Err(Stop::NotJson),
        };
        self.push(form, start)?;
        Ok(false)
    }

    fn begin(&mut self, form: Form, closing: u8) -> Result<bool, Stop> {
        let (node, start) = (self.nodes.len(), self.scanner.at);
        self.scanner.at += 1;
        self.push(form, start)?;
        self.open.push(node);
        if self.token()? == Some(closing) {
            self.close(node);
            return Ok(false);
        }
        Ok(true)
    }

    fn word(&mut self, word: &'static str, form: Form) -> Result<Form, NotJson> {
        self.scanner.word(word).map(|()| form).map_err(|_| NotJson)
    }

    /// Takes a key and its colon.
    fn key(&mut self) -> Result<(), Stop> {
        self.token()?;
        let start = self.scanner.at;
        self.string()?;
        self.push(Form::String, start)?;
        if self.token()? != Some(b':') {
            return Err(Stop::NotJson);
        }
        self.scanner.at += 1;
        Ok(())
    }

    /// Takes a text, without keeping what it says.
    fn string(&mut self) -> Result<(), NotJson> {
        self.scanner.quoted().map(drop).map_err(|_| NotJson)
    }

    /// The next byte that is no white space and in no comment, which stays.
    fn token(&mut self) -> Result<Option<u8>, NotJson> {
        loop {
            let next = self.scanner.peek();
            if next != Some(b'/') {
                return Ok(next);
            }
            let rest = &self.scanner.text[self.scanner.at..];
            self.scanner.at += match rest.as_bytes().get(1) {
                Some(b'/') => rest.find(['\n', '\r']).unwrap_or(rest.len()),
                Some(b'*') => rest[2..].find("*/").map(|end| end + 4).ok_or(NotJson)?,
                _ => return Err(NotJson),
            };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::memory::HeapMode;
    use crate::testing::Numbers;

    fn read(text: &str) -> Option<Vec<(Form, &str)>> {
        let heap = Heap::new(HeapMode::System, 1 << 30);
        let document = Document::read(&heap, text).expect("room")?;
        Some((0..document.nodes.len()).map(|node| (document.form(node), document.raw(node))).collect())
    }

    #[test]
    fn values_are_found_where_they_stand() {
        let text = " { \"a\" : [1, {}] /* x */, \"b\":null } // end";
        let expected = [
            (Form::Object, "{ \"a\" : [1, {}] /* x */, \"b\":null }"),
            (Form::String, "\"a\""),
            (Form::Array, "[1, {}]"),
            (Form::Number, "1"),
            (Form::Object, "{}"),
            (Form::String, "\"b\""),
            (Form::Null, "null"),
        ];
        assert_eq!(read(text).as_deref(), Some(&expected[..]));
    }

    #[test]
    fn what_is_no_json_is_refused() {
        for text in [
            "",
            " ",
            "\u{feff}1",
            "1 2",
            "[1,]",
            "[,1]",
            "{\"a\":1,}",
            "{a:1}",
            "{'a':1}",
            "{\"a\"}",
            "{\"a\":}",
            "[",
            "{",
            "[1",
            "]",
            "007",
            "+1",
            ".5",
            "5.",
            "- 1",
            "1e",
            "--1",
            "NaN",
            "True",
            "nul",
            "nulll",
            "\"\n\"",
            "\"\\x\"",
            "\"\\u12\"",
            "\"\\ud800\"",
            "\"\\udc00\\ud800\"",
            "\"",
            "\"\\",
            "[1}",
            "{\"a\":1]",
            "/",
            "1 /* x",
            "1 /",
            "[1 2]",
            "\u{a0}1",
        ] {
            assert!(read(text).is_none(), "{text:?}");
        }
    }

    #[test]
    fn nesting_is_limited_by_memory_only() {
        let deep = 1_000_000;
        let text = format!("{}{}", "[".repeat(deep), "]".repeat(deep));
        assert_eq!(read(&text).map(|nodes| nodes.len()), Some(deep));
        assert!(read(&"[".repeat(deep)).is_none());
        assert!(read(&"{\"a\":".repeat(deep)).is_none());
    }

    #[test]
    fn no_bytes_are_too_odd_to_be_read() {
        let pieces = [
            "{", "}", "[", "]", ",", ":", "\"", "\\", "\\u", "d83d", "\\ude00", "1", "-", ".", "e", "+", "0", "null",
            "true", "/", "*", "//", "\n", " ", "é", "😀", "\u{0}", "\"a\"", "fals",
        ];
        let mut numbers = Numbers::new(3);
        for _ in 0..20_000 {
            let text: String = (0..numbers.below(12)).map(|_| pieces[numbers.below(pieces.len())]).collect();
            read(&text);
        }
    }
}
