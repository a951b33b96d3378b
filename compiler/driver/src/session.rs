//! A project in a database, and how what is found is printed.

use crate::library;
use crate::project::Project;
use clap::ValueEnum;
use dark_diagnostics::{Diagnostic, Severity, render};
use dark_hir::{Database, FileKind, Project as Input, Settings, SourceFile, queries};
use dark_source::FileId;
use salsa::Durability;
use std::io::{IsTerminal, Write};
use std::mem::ManuallyDrop;
use std::sync::atomic::{AtomicUsize, Ordering};

/// How diagnostics are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Pictures, on standard error
    Human,
    /// A line each, on standard output
    Short,
    /// A JSON object a line, on standard output
    Json,
}

/// A command looks at one state of a project, so nobody has to know what depends on what.
const NEVER: Durability = Durability::NEVER_CHANGE;

pub struct Session {
    /// Lives as long as the process: giving its memory back piece by piece would take longer than many a check.
    db: ManuallyDrop<Database>,
    files: Vec<SourceFile>,
    /// How files are called in messages, by `FileId`.
    names: Vec<String>,
    /// How many files of the library come first.
    library: usize,
    checked: std::sync::Once,
}

impl Session {
    pub fn new(project: Project) -> Session {
        let db = Database::default();
        let (mut files, mut names) = (Vec::new(), Vec::new());
        let carried = !library::is_replaced();
        for (name, text) in library::files() {
            let id = FileId(files.len() as u32);
            let file = SourceFile::builder(id, name.to_string(), text.to_string(), FileKind::Std).carried(carried);
            files.push(file.durability(NEVER).new(&db));
            names.push(format!("std/{name}"));
        }
        let library = files.len();
        for file in project.files {
            let id = FileId(files.len() as u32);
            let input = SourceFile::builder(id, file.name.clone(), file.text, file.kind);
            files.push(input.durability(NEVER).new(&db));
            names.push(file.name);
        }
        let _ = Input::builder(files.clone(), project.module).durability(NEVER).new(&db);
        let _ = Settings::builder(project.settings.secrets).durability(NEVER).new(&db);
        Session { db: ManuallyDrop::new(db), files, names, library, checked: std::sync::Once::new() }
    }

    /// Looks at all own files on all cores. What is found is in the database afterwards.
    fn check(&self) {
        self.on_all_cores(&self.files, |db, file| {
            queries::items(db, file);
        });
        let own = self.files.get(self.library..).unwrap_or_default();
        self.on_all_cores(own, |db, file| {
            queries::items(db, file).iter().for_each(|entry| {
                queries::lowered(db, entry.def);
            });
        });
        // Values that need each other are an error whose words depend on where the circle is entered: always here.
        own.iter().for_each(|file| queries::values(&*self.db, *file));
        self.on_all_cores(own, |db, file| {
            queries::diagnostics(db, file);
        });
    }

    fn on_all_cores(&self, files: &[SourceFile], work: impl Fn(&Database, SourceFile) + Sync) {
        let cores = std::thread::available_parallelism().map_or(1, usize::from).min(files.len());
        let next = AtomicUsize::new(0);
        let run = |db: &Database| {
            while let Some(file) = files.get(next.fetch_add(1, Ordering::Relaxed)) {
                work(db, *file);
            }
        };
        std::thread::scope(|scope| {
            for _ in 1..cores {
                let (db, run) = (Database::clone(&self.db), &run);
                // Where no thread can be had, this one does everything.
                let _ =
                    std::thread::Builder::new().stack_size(crate::STACK_BYTES).spawn_scoped(scope, move || run(&db));
            }
            run(&self.db);
        });
    }

    pub fn db(&self) -> &Database {
        &self.db
    }

    /// Which file of the project it is.
    pub fn own_index(&self, file: FileId) -> Option<usize> {
        (file.0 as usize).checked_sub(self.library)
    }

    /// What is wrong with the project's own files, and with those of a library that somebody works on.
    pub fn diagnostics(&self) -> impl Iterator<Item = &Diagnostic> {
        self.checked.call_once(|| self.check());
        let changing = library::is_replaced();
        let read = self.files.iter().filter(move |file| changing || file.kind(&*self.db) != FileKind::Std);
        read.flat_map(|file| queries::diagnostics(self.db(), *file))
    }

    /// Prints everything found; how many errors and warnings.
    pub fn report(&self, format: Format) -> (usize, usize) {
        self.report_of(format, |_| true)
    }

    /// Prints what is found in some files.
    pub fn report_of(&self, format: Format, which: impl Fn(&str) -> bool) -> (usize, usize) {
        use dark_diagnostics::render::Sources;
        let (mut errors, mut warnings) = (0, 0);
        for diagnostic in self.diagnostics().filter(|it| which(self.path(it.primary.location.file))) {
            match diagnostic.code.severity {
                Severity::Error => errors += 1,
                Severity::Warning => warnings += 1,
            }
            self.print(diagnostic, format);
        }
        (errors, warnings)
    }

    /// Prints one.
    pub fn print(&self, diagnostic: &Diagnostic, format: Format) {
        match format {
            Format::Human => eprintln!("{}", render::human(diagnostic, self, color())),
            Format::Short => line(&render::short(diagnostic, self)),
            Format::Json => line(&render::json(diagnostic, self)),
        }
    }
}

impl render::Sources for Session {
    fn path(&self, file: FileId) -> &str {
        self.names.get(file.0 as usize).map_or("?", String::as_str)
    }

    fn text(&self, file: FileId) -> &str {
        self.files.get(file.0 as usize).map_or("", |file| file.text(&*self.db))
    }
}

/// A line on standard output. Who reads it may stop early (`| head`): that is no failure.
pub fn line(text: &str) {
    let _ = writeln!(std::io::stdout().lock(), "{text}");
}

/// Colour only on a terminal, and not against the user's wish (no-color.org).
fn color() -> bool {
    std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
}
