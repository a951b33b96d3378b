//! A rope, texts that are copied for each change, and the standard library's `String`, which is copied for each version. The
//! last two do not know whether each byte is a character.

use std::rc::Rc;

use dark_rt::Invocation;
use ropey::{Rope, RopeBuilder};

use super::Text;

impl Text for Rope {
    const NAME: &'static str = "rope (ropey)";

    fn new(_: &mut Invocation, text: &str) -> Rope {
        Rope::from_str(text)
    }

    fn append(mut self, _: &mut Invocation, piece: &Rope) -> Rope {
        // Small pieces stand in the leaves of the tree instead of being leaves.
        for chunk in piece.chunks() {
            self.insert(self.len_chars(), chunk);
        }
        self
    }

    fn at(&self, _: &mut Invocation, index: usize) -> char {
        self.char(index)
    }

    fn slice(&self, _: &mut Invocation, from: usize, to: usize) -> Rope {
        Rope::slice(self, from..to).into()
    }

    fn separated(&self, _: &mut Invocation, before: &Rope, after: &Rope) -> Rope {
        let (text, before) = (String::from(self), String::from(before));
        let pieces: Vec<Rope> = text.split(&before).map(Rope::from_str).collect();
        let mut joined = RopeBuilder::new();
        for (i, piece) in pieces.iter().enumerate() {
            let separator = if i > 0 { Some(after) } else { None };
            separator.into_iter().chain([piece]).flat_map(Rope::chunks).for_each(|chunk| joined.append(chunk));
        }
        joined.finish()
    }

    fn content(&self) -> String {
        self.into()
    }

    fn share(&self) -> Rope {
        self.clone()
    }
}

fn slice(text: &str, from: usize, to: usize) -> &str {
    let mut starts = text.char_indices().map(|(at, _)| at).skip(from);
    let start = starts.next().unwrap_or(text.len());
    &text[start..starts.nth(to - from - 1).unwrap_or(text.len())]
}

impl Text for Rc<str> {
    const NAME: &'static str = "copied always";
    const APPENDS_MAX: usize = 10_000;

    fn new(_: &mut Invocation, text: &str) -> Rc<str> {
        text.into()
    }

    fn append(self, _: &mut Invocation, piece: &Rc<str>) -> Rc<str> {
        [&*self, &**piece].concat().into()
    }

    fn at(&self, _: &mut Invocation, index: usize) -> char {
        self.chars().nth(index).unwrap_or_default()
    }

    fn slice(&self, _: &mut Invocation, from: usize, to: usize) -> Rc<str> {
        slice(self, from, to).into()
    }

    fn separated(&self, _: &mut Invocation, before: &Rc<str>, after: &Rc<str>) -> Rc<str> {
        let pieces: Vec<Rc<str>> = self.split(&**before).map(Rc::from).collect();
        pieces.join(&**after).into()
    }

    fn content(&self) -> String {
        String::from(&**self)
    }

    fn share(&self) -> Rc<str> {
        Rc::clone(self)
    }
}

impl Text for String {
    const NAME: &'static str = "String, mutable";

    fn new(_: &mut Invocation, text: &str) -> String {
        text.to_owned()
    }

    fn append(mut self, _: &mut Invocation, piece: &String) -> String {
        self.push_str(piece);
        self
    }

    fn at(&self, _: &mut Invocation, index: usize) -> char {
        self.chars().nth(index).unwrap_or_default()
    }

    fn slice(&self, _: &mut Invocation, from: usize, to: usize) -> String {
        slice(self, from, to).to_owned()
    }

    fn separated(&self, _: &mut Invocation, before: &String, after: &String) -> String {
        let pieces: Vec<String> = self.split(before.as_str()).map(str::to_owned).collect();
        pieces.join(after)
    }

    fn content(&self) -> String {
        self.clone()
    }

    fn share(&self) -> String {
        self.clone()
    }
}
