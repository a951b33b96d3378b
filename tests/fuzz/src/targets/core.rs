//! Real programs with parts of their trees changed: what the checker accepts becomes Core, which verifies before and
//! behind the passes of both kinds of builds, its reference counts too.

use crate::corpus::Corpus;
use crate::random::Random;
use crate::target::Promise;
use crate::targets::project::{Project, changed, program, with_kind};
use dark_hir::FileKind;
use dark_ir::core::{AppMode, Program};
use dark_ir::lower::{LowerError, Options, Scope, lower};
use dark_ir::passes::Effort;
use dark_ir::{passes, query, verify};
use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

/// As in `checker`.
const TEXTS_MAX: u32 = 3_000;

pub struct Core {
    corpus: Corpus,
    warm: Vec<(FileKind, Project)>,
    /// Texts that the databases have seen.
    texts: u32,
    /// Which texts of the corpus are accepted, by a hash.
    known: HashMap<u64, bool>,
    seen: u32,
    accepted: u32,
}

impl Core {
    pub fn new() -> Core {
        Core { corpus: Corpus::read(), warm: Vec::new(), texts: 0, known: HashMap::new(), seen: 0, accepted: 0 }
    }

    /// A database that holds the input, taken out of those that are kept.
    fn with(&mut self, input: &str) -> Project {
        let (kind, text) = with_kind(input);
        self.texts += 1;
        if self.texts.is_multiple_of(TEXTS_MAX) {
            self.warm.clear();
        }
        let mut project = match self.warm.iter().position(|it| it.0 == kind) {
            Some(at) => self.warm.swap_remove(at).1,
            None => Project::new(&self.corpus, kind),
        };
        project.set(text);
        project
    }

    /// Whether a text of the corpus, as it is, is accepted; each is looked at once.
    fn accepts(&mut self, input: &str) -> bool {
        let mut hasher = DefaultHasher::new();
        input.hash(&mut hasher);
        let hash = hasher.finish();
        if let Some(known) = self.known.get(&hash) {
            return *known;
        }
        let project = self.with(input);
        let good = project.is_good();
        self.warm.push((with_kind(input).0, project));
        self.known.insert(hash, good);
        good
    }
}

impl Promise for Core {
    const NAME: &'static str = "core";

    fn input(&mut self, random: &mut Random) -> String {
        // Whatever is not accepted says nothing: it is the checker's. So the changes begin with what is.
        for _ in 0..40 {
            let (text, mode, line) = program(&self.corpus, random);
            if line != "//// std\n" && self.accepts(&format!("{line}{text}")) {
                return format!("{line}{}", changed(&text, mode, &self.corpus, random));
            }
        }
        String::new()
    }

    fn check(&mut self, input: &str) -> Result<(), String> {
        self.seen += 1;
        let (kind, _) = with_kind(input);
        // Taken out: a panic leaves nothing behind.
        let project = self.with(input);
        if project.is_good() {
            self.accepted += 1;
            compiles(&project, kind)?;
        }
        self.warm.push((kind, project));
        Ok(())
    }

    fn summary(&self) -> String {
        format!("{} of {} programs were accepted and lowered", self.accepted, self.seen)
    }
}

fn compiles(project: &Project, kind: FileKind) -> Result<(), String> {
    let mode = match kind {
        FileKind::Script => AppMode::Script,
        FileKind::Test => AppMode::Test,
        _ => AppMode::Serve,
    };
    let options = Options { name: "fuzz".into(), settings: "{}".into(), mode, scope: Scope::Everything };
    let mut program = match lower(&project.db, &options, &Default::default()) {
        Ok(lowered) => lowered.program,
        Err(LowerError::InfiniteTypes { .. }) => return Ok(()),
        Err(error) => return Err(format!("what was accepted cannot be lowered: {error:?}")),
    };
    faults("before the passes", &verify::verify(&program))?;
    if !query::run(&mut program).is_empty() {
        return Ok(());
    }
    both_efforts(&program)
}

fn both_efforts(program: &Program) -> Result<(), String> {
    for effort in [Effort::Needed, Effort::Full] {
        let mut program = program.clone();
        passes::run(&mut program, effort);
        faults(&format!("behind the passes of {effort:?}"), &verify::verify(&program))?;
        faults(&format!("in the counts of {effort:?}"), &verify::verify_counts(&program))?;
    }
    Ok(())
}

fn faults(place: &str, faults: &[String]) -> Result<(), String> {
    if faults.is_empty() { Ok(()) } else { Err(format!("Core is wrong {place}\n{}", faults.join("\n"))) }
}
