//! The standard library and one file beside it in a database: what checker and core work on.

use crate::corpus::{Corpus, Text, root};
use crate::mutate;
use crate::random::Random;
use dark_diagnostics::{Diagnostic, Severity, render};
use dark_hir::{Database, FileKind, Project as Input, SourceFile, queries};
use dark_source::FileId;
use dark_syntax::Mode;
use salsa::{Durability, Setter};

/// Longer files are cut into pieces: a round looks at all of a file.
const BYTES_MAX: usize = 6_000;

pub struct Project {
    pub db: Database,
    files: Vec<SourceFile>,
    own: SourceFile,
}

impl Project {
    /// One file of that kind, still empty, beside the library.
    pub fn new(corpus: &Corpus, kind: FileKind) -> Project {
        let db = Database::default();
        let library = root().join("std");
        let mut files = Vec::new();
        for text in corpus.texts.iter().filter(|it| it.path.starts_with(&library)) {
            let id = FileId(files.len() as u32);
            let file = SourceFile::builder(id, text.path.display().to_string(), text.text.clone(), FileKind::Std);
            files.push(file.durability(Durability::HIGH).new(&db));
        }
        let own = SourceFile::new(&db, FileId(files.len() as u32), "fuzz.dark".into(), String::new(), kind);
        files.push(own);
        Input::new(&db, files.clone(), "Fuzz".into());
        Project { db, files, own }
    }

    pub fn set(&mut self, text: &str) {
        self.own.set_text(&mut self.db).to(text.to_owned());
    }

    pub fn diagnostics(&self) -> &Vec<Diagnostic> {
        queries::diagnostics(&self.db, self.own)
    }

    pub fn is_good(&self) -> bool {
        self.diagnostics().iter().all(|it| it.code.severity != Severity::Error)
    }

    /// Whether every message speaks about places that there are, and can be drawn.
    pub fn messages(&self) -> Result<(), String> {
        for diagnostic in self.diagnostics() {
            let edits = diagnostic.fixes.iter().flat_map(|fix| &fix.edits).map(|edit| edit.location);
            let labels = diagnostic.secondary.iter().chain([&diagnostic.primary]).map(|label| label.location);
            for place in labels.chain(edits) {
                let text = render::Sources::text(self, place.file);
                if text.get(place.span.range()).is_none() {
                    return Err(format!("{} speaks about {place:?}, outside of its file", diagnostic.code));
                }
            }
        }
        if let Some(first) = self.diagnostics().first() {
            render::human(first, self, false);
        }
        Ok(())
    }
}

impl render::Sources for Project {
    fn path(&self, file: FileId) -> &str {
        self.files.get(file.0 as usize).map_or("?", |file| file.path(&self.db))
    }

    fn text(&self, file: FileId) -> &str {
        self.files.get(file.0 as usize).map_or("", |file| file.text(&self.db))
    }
}

/// The use of an input, as its first line says it, and the rest.
pub fn with_kind(input: &str) -> (FileKind, &str) {
    let kinds = [("//// package\n", FileKind::Package), ("//// test\n", FileKind::Test), ("//// std\n", FileKind::Std)];
    let found = kinds.iter().find_map(|(line, kind)| Some((*kind, input.strip_prefix(line)?)));
    found.unwrap_or((FileKind::Script, input.strip_prefix("//// script\n").unwrap_or(input)))
}

/// A whole file or a piece of one, its use, and the line that says it.
pub fn program(corpus: &Corpus, random: &mut Random) -> (String, Mode, &'static str) {
    let whole = |text: &&Text| text.text.len() < BYTES_MAX;
    let (text, mode) = match random.pick(&corpus.texts).filter(whole) {
        Some(text) => (text.text.clone(), text.mode),
        None => corpus.piece(random),
    };
    let line = match mode {
        Mode::Package => "//// package\n",
        Mode::Script => "//// script\n",
        Mode::Test => "//// test\n",
        Mode::Std => "//// std\n",
    };
    (text, mode, line)
}

/// A few changes, most of them of the tree.
pub fn changed(text: &str, mode: Mode, corpus: &Corpus, random: &mut Random) -> String {
    let mut text = text.to_owned();
    for _ in 0..=random.below(3) {
        text = match random.below(6) {
            0 => mutate::tokens(&text, corpus, random),
            1 => mutate::lines(&text, random),
            _ => mutate::tree(&text, mode, corpus, random),
        };
    }
    text
}
