//! Real programs with tokens and parts of their trees changed, each an edit of another: messages speak about places of
//! their files, and what is found after an edit is what is found from scratch.
//!
//! Databases with the whole library are kept, and only the text beside it changes. Two of them see the text: one after the
//! text that it is an edit of, the other after whatever the last round left there. What they say does not depend on that.

use crate::corpus::Corpus;
use crate::random::Random;
use crate::target::Promise;
use crate::targets::project::{Project, changed, program, with_kind};
use dark_hir::FileKind;

/// Between the text before the edit and the one after it.
const CUT: &str = "\n//// edited:\n";

/// A database remembers what it has seen; after so many texts a new one is made.
const TEXTS_MAX: u32 = 3_000;

/// A database takes as long to make as hundreds of texts to check: this often the second one is new, without any history.
const SCRATCH: u32 = 500;

pub struct Checker {
    corpus: Corpus,
    warm: Vec<Warm>,
    seen: u32,
}

/// Databases of one kind of file: one that is edited, and one that sees only texts after edits.
struct Warm {
    kind: FileKind,
    edited: Project,
    other: Project,
}

impl Checker {
    pub fn new() -> Checker {
        Checker { corpus: Corpus::read(), warm: Vec::new(), seen: 0 }
    }

    fn warm(&mut self, kind: FileKind) -> Warm {
        if self.seen.is_multiple_of(TEXTS_MAX) {
            self.warm.clear();
        }
        match self.warm.iter().position(|it| it.kind == kind) {
            Some(at) => self.warm.swap_remove(at),
            None => {
                let new = || Project::new(&self.corpus, kind);
                Warm { kind, edited: new(), other: new() }
            }
        }
    }
}

impl Promise for Checker {
    const NAME: &'static str = "checker";

    fn input(&mut self, random: &mut Random) -> String {
        let (before, mode, line) = program(&self.corpus, random);
        let before = if random.one_in(2) { changed(&before, mode, &self.corpus, random) } else { before };
        let after = changed(&before, mode, &self.corpus, random);
        format!("{line}{before}{CUT}{after}")
    }

    fn check(&mut self, input: &str) -> Result<(), String> {
        let (kind, input) = with_kind(input);
        let (before, after) = input.split_once(CUT).unwrap_or(("", input));
        self.seen += 1;
        // Taken out: a panic leaves nothing behind.
        let mut warm = self.warm(kind);
        warm.edited.set(before);
        warm.edited.messages()?;
        warm.edited.set(after);
        warm.edited.messages()?;
        if self.seen.is_multiple_of(SCRATCH) {
            warm.other = Project::new(&self.corpus, kind);
        }
        warm.other.set(after);
        let (edited, other) = (warm.edited.diagnostics(), warm.other.diagnostics());
        if edited != other {
            return Err(format!("after an edit other messages than from scratch\n{edited:#?}\n{other:#?}"));
        }
        self.warm.push(warm);
        Ok(())
    }
}
