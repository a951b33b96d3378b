//! The characters of a text as a reader counts them: extended grapheme clusters (UAX #29).
//!
//! Most texts are plain: each byte is a character, and nothing has to be looked for. Everything here takes that way when
//! it can. Absent: what std functions make of it (`std::string`).

use dark_abi::Str;
use unicode_segmentation::{GraphemeIndices, UnicodeSegmentation};

use crate::text;

/// A text with what is known of it.
#[derive(Debug, Clone, Copy)]
pub struct Clusters<'a> {
    pub text: &'a str,
    plain: bool,
}

/// The characters, each with the index of its first byte.
pub enum Iter<'a> {
    Plain { text: &'a str, at: usize },
    Clustered(GraphemeIndices<'a>),
}

impl<'a> Iterator for Iter<'a> {
    type Item = (usize, &'a str);

    fn next(&mut self) -> Option<(usize, &'a str)> {
        match self {
            Iter::Plain { text, at } => {
                let start = *at;
                *at += 1;
                text.get(start..start + 1).map(|character| (start, character))
            }
            Iter::Clustered(graphemes) => graphemes.next(),
        }
    }
}

impl<'a> Clusters<'a> {
    /// # Safety
    /// It is alive, a String or Char, and does not change while the result is used.
    pub unsafe fn of(str: *const Str) -> Clusters<'a> {
        // SAFETY: promised by the caller.
        unsafe { Clusters { text: text::as_str(str), plain: text::is_plain(str) } }
    }

    pub fn new(text: &'a str) -> Clusters<'a> {
        Clusters { text, plain: text.is_ascii() && !text.contains('\r') }
    }

    /// What follows a boundary between characters.
    pub fn after(&self, offset: usize) -> Clusters<'a> {
        Clusters { text: &self.text[offset..], plain: self.plain }
    }

    /// Whether each byte is a character.
    pub fn is_plain(&self) -> bool {
        self.plain
    }

    pub fn iter(&self) -> Iter<'a> {
        match self.plain {
            true => Iter::Plain { text: self.text, at: 0 },
            false => Iter::Clustered(self.text.grapheme_indices(true)),
        }
    }

    pub fn count(&self) -> usize {
        match self.plain {
            true => self.text.len(),
            false => self.text.graphemes(true).count(),
        }
    }

    /// Where the character of an index begins; the end of the text for those it does not have.
    pub fn offset(&self, index: usize) -> usize {
        match self.plain {
            true => index.min(self.text.len()),
            false => self.text.grapheme_indices(true).nth(index).map_or(self.text.len(), |(at, _)| at),
        }
    }

    /// The places where the wanted text, which is not empty, begins and ends between characters.
    pub fn matches<'w>(&self, wanted: &'w str) -> Matches<'a, 'w> {
        let (starts, ends) = (Boundaries::new(*self), Boundaries::new(*self));
        Matches { text: self.text, wanted, from: 0, starts, ends }
    }
}

/// The boundaries between characters, walked through from the start.
struct Boundaries<'a> {
    rest: Iter<'a>,
    /// Where the walk is: in bytes, and in characters.
    at: usize,
    index: usize,
    len: usize,
}

impl<'a> Boundaries<'a> {
    fn new(clusters: Clusters<'a>) -> Boundaries<'a> {
        let mut rest = clusters.iter();
        // The first one begins at 0.
        rest.next();
        Boundaries { rest, at: 0, index: 0, len: clusters.text.len() }
    }

    /// Whether there is a boundary. Places must not become smaller from call to call.
    fn has(&mut self, place: usize) -> bool {
        while self.at < place {
            self.at = self.rest.next().map_or(self.len, |(at, _)| at);
            self.index += 1;
        }
        self.at == place
    }
}

/// One place after the other; they may overlap.
pub struct Matches<'a, 'w> {
    text: &'a str,
    wanted: &'w str,
    from: usize,
    starts: Boundaries<'a>,
    ends: Boundaries<'a>,
}

/// A match: where it begins, in bytes and in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Match {
    pub at: usize,
    pub index: usize,
}

impl Matches<'_, '_> {
    /// The next match begins behind the last one.
    pub fn skip_match(&mut self, found: Match) {
        self.from = found.at + self.wanted.len();
    }
}

impl Iterator for Matches<'_, '_> {
    type Item = Match;

    fn next(&mut self) -> Option<Match> {
        loop {
            let rest = self.text.get(self.from..)?;
            let at = self.from + rest.find(self.wanted)?;
            self.from = at + self.text[at..].chars().next().map_or(1, char::len_utf8);
            if self.starts.has(at) && self.ends.has(at + self.wanted.len()) {
                return Some(Match { at, index: self.starts.index });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Numbers;

    const PIECES: [&str; 14] =
        ["a", "b", "\r\n", "\n", "\r", "é", "e", "\u{301}", "👍", "🏽", "👩\u{200d}👧", "\u{200d}", "🇩", "🇪"];

    fn random_text(numbers: &mut Numbers, most: usize) -> String {
        (0..numbers.below(most)).map(|_| PIECES[numbers.below(PIECES.len())]).collect()
    }

    #[test]
    fn plain_and_clustered_texts_have_the_characters_of_uax_29() {
        let mut numbers = Numbers::new(1);
        for _ in 0..2000 {
            let text = random_text(&mut numbers, 9);
            let clusters = Clusters::new(&text);
            let expected: Vec<(usize, &str)> = text.grapheme_indices(true).collect();
            assert_eq!(clusters.iter().collect::<Vec<_>>(), expected, "{text:?}");
            assert_eq!(clusters.count(), expected.len());
            for index in 0..expected.len() + 2 {
                assert_eq!(clusters.offset(index), expected.get(index).map_or(text.len(), |(at, _)| *at));
            }
        }
    }

    #[test]
    fn matches_are_runs_of_whole_characters() {
        let mut numbers = Numbers::new(2);
        for _ in 0..5000 {
            let (text, wanted) = (random_text(&mut numbers, 9), random_text(&mut numbers, 3));
            if wanted.is_empty() {
                continue;
            }
            let all: Vec<(usize, &str)> = text.grapheme_indices(true).collect();
            let ends: Vec<usize> = all.iter().map(|(at, _)| *at).chain([text.len()]).collect();
            let expected: Vec<Match> = all
                .iter()
                .enumerate()
                .filter(|(_, (at, _))| text[*at..].starts_with(&wanted) && ends.contains(&(at + wanted.len())))
                .map(|(index, (at, _))| Match { at: *at, index })
                .collect();
            let found: Vec<Match> = Clusters::new(&text).matches(&wanted).collect();
            assert_eq!(found, expected, "{wanted:?} in {text:?}");
        }
    }
}
