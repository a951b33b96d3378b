//! Real programs with tokens and parts of their trees changed, each an edit of another: messages speak about places of
//! their files, and what is found after an edit is what is found from scratch.

use crate::corpus::Corpus;
use crate::random::Random;
use crate::target::Promise;
use crate::targets::project::{Project, changed, program, with_kind};
use dark_hir::FileKind;

/// Between the text before the edit and the one after it.
const CUT: &str = "\n//// edited:\n";

/// A database remembers what it has seen; after so many texts a new one is made.
const TEXTS_MAX: u32 = 3_000;

/// A database that has never seen the text takes long to make: this often it is one without any history.
const SCRATCH: u32 = 200;

pub struct Checker {
    corpus: Corpus,
    warm: Vec<Warm>,
    seen: u32,
}

/// Databases of one kind of file: one that is edited, and one that sees each text after an empty one.
struct Warm {
    kind: FileKind,
    edited: Project,
    fresh: Project,
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
                Warm { kind, edited: new(), fresh: new() }
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
        if self.seen % SCRATCH == 1 {
            warm.fresh = Project::new(&self.corpus, kind);
        } else {
            warm.fresh.set("");
            warm.fresh.diagnostics();
        }
        warm.fresh.set(after);
        let (edited, scratch) = (warm.edited.diagnostics(), warm.fresh.diagnostics());
        if edited != scratch {
            return Err(format!("after an edit other messages than from scratch\n{edited:#?}\n{scratch:#?}"));
        }
        self.warm.push(warm);
        Ok(())
    }
}
