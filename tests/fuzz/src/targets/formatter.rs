//! Programs with their lines broken, joined and indented at random, and comments dropped in between. Whatever still
//! parses is formatted: the same tree, every comment, and once is enough.

use crate::corpus::Corpus;
use crate::mutate;
use crate::random::Random;
use crate::target::Promise;
use crate::targets::MODES;
use dark_format::{Unformatted, format};
use dark_source::FileId;
use dark_syntax::parse;

#[derive(Debug)]
pub struct Formatter {
    corpus: Corpus,
}

impl Formatter {
    pub fn new() -> Formatter {
        Formatter { corpus: Corpus::read() }
    }
}

impl Promise for Formatter {
    const NAME: &'static str = "formatter";

    fn input(&mut self, random: &mut Random) -> String {
        let (mut text, mode) = self.corpus.piece(random);
        if random.one_in(3) {
            text = mutate::tree(&text, mode, &self.corpus, random);
        }
        for _ in 0..=random.below(4) {
            text = mutate::lines(&text, random);
        }
        text
    }

    fn check(&mut self, text: &str) -> Result<(), String> {
        for mode in MODES {
            let out = match format(text, FileId(0), mode) {
                Ok(out) => out,
                Err(Unformatted::Broken(_)) => continue,
                Err(Unformatted::Unfaithful) => return Err("the tree, a comment or the second run differs".into()),
            };
            // `format` looks itself; here it is not asked.
            let (before, after) = (parse(text, FileId(0), mode), parse(&out, FileId(0), mode));
            if before.tree.without_spans() != after.tree.without_spans() {
                return Err(format!("another tree:\n{out}"));
            }
            if before.comments.len() != after.comments.len() {
                return Err(format!("{} comments became {}:\n{out}", before.comments.len(), after.comments.len()));
            }
            return match format(&out, FileId(0), mode) {
                Ok(again) if again == out => Ok(()),
                _ => Err(format!("formatting it once more changes it:\n{out}")),
            };
        }
        Ok(())
    }
}
