//! `darkc check`: cold, its memory, and after an edit.
//!
//! Cold is the command, from its start to its end. An edit is measured inside of this process, on a database that holds the
//! whole project as an editor's does: one function changes, and the diagnostics of its file, then of all files, are asked for.

use super::{Folder, Run, median, run};
use crate::project::{Edit, Generated, In, Size, generate};
use dark_hir::{Database, FileKind, Project, SourceFile, queries};
use dark_source::FileId;
use salsa::{Durability, Setter};
use std::path::Path;
use std::process::Command;
use std::time::Instant;

pub fn measure(darkc: &Path, rounds: usize) -> Result<(), String> {
    println!("{rounds} rounds, medians; {} lines of library come with every project", library()?.1);
    println!(
        "all times in ms; `cpu` is processor time on all cores; `all files` asks for the diagnostics of the whole project"
    );
    println!(
        "{:<46} {:>7} {:>7} {:>7} {:>10} {:>10} {:>10} {:>10}",
        "project", "cold", "cpu", "MiB", "leaf edit", "all files", "core edit", "all files"
    );
    for size in [Size::Lines(10_000), Size::Lines(100_000), Size::Functions { files: 450, functions: 10_000 }] {
        let made = generate(size, In::Dark);
        let name = format!("{} files {} functions {} lines", made.files.len(), made.functions, made.lines());
        let [cold, processor, memory] = cold(darkc, &made, rounds)?;
        let mut editor = Editor::new(&made)?;
        let (leaf, leaf_all) = editor.edits(&made, Edit::Leaf, rounds)?;
        let (core, core_all) = editor.edits(&made, Edit::Core, rounds)?;
        println!(
            "{name:<46} {cold:>7.0} {processor:>7.0} {memory:>7.0} {leaf:>10.2} {leaf_all:>10.2} {core:>10.2} {core_all:>10.2}"
        );
    }
    Ok(())
}

fn cold(darkc: &Path, made: &Generated, rounds: usize) -> Result<[f64; 3], String> {
    let folder = Folder::new("check")?;
    made.write(folder.path())?;
    let mut runs = Vec::new();
    for _ in 0..rounds {
        runs.push(run(Command::new(darkc).arg("check").arg(folder.path()))?);
    }
    let of = |value: fn(&Run) -> f64| median(runs.iter().map(value).collect());
    Ok([of(|it| it.milliseconds), of(|it| it.processor), of(|it| it.resident_mib)])
}

/// Names and texts of the library's files, and their lines.
fn library() -> Result<(Vec<(String, String)>, usize), String> {
    let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../std"));
    let problem = |error: std::io::Error| format!("{} cannot be read: {error}", folder.display());
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(problem)?.flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.ends_with(".dark") {
            files.push((name, std::fs::read_to_string(entry.path()).map_err(problem)?));
        }
    }
    files.sort();
    let lines = files.iter().map(|(_, text)| text.lines().count()).sum();
    Ok((files, lines))
}

/// A database with a whole project.
struct Editor {
    db: Database,
    own: Vec<(String, SourceFile)>,
}

impl Editor {
    fn new(made: &Generated) -> Result<Editor, String> {
        let db = Database::default();
        let (mut files, mut own) = (Vec::new(), Vec::new());
        for (name, text) in library()?.0 {
            let file = SourceFile::builder(FileId(files.len() as u32), name, text, FileKind::Std).carried(true);
            files.push(file.durability(Durability::HIGH).new(&db));
        }
        for (path, text) in &made.files {
            let (id, name) = (FileId(files.len() as u32), path.display().to_string());
            let file = SourceFile::new(&db, id, name.clone(), text.clone(), FileKind::Package);
            files.push(file);
            own.push((name, file));
        }
        Project::new(&db, files, "App".into());
        let editor = Editor { db, own };
        match editor.problems() {
            0 => Ok(editor),
            found => Err(format!("the generated project has {found} diagnostics")),
        }
    }

    fn problems(&self) -> usize {
        self.own.iter().map(|(_, file)| queries::diagnostics(&self.db, *file).len()).sum()
    }

    /// Milliseconds until the diagnostics of the edited file are there, and until those of all files are.
    fn edits(&mut self, made: &Generated, edit: Edit, rounds: usize) -> Result<(f64, f64), String> {
        let (mut own, mut all) = (Vec::new(), Vec::new());
        for number in 0..rounds {
            let (path, text) = made.edited(edit, number);
            let name = path.display().to_string();
            let Some((_, file)) = self.own.iter().find(|(it, _)| *it == name).cloned() else {
                return Err(format!("{name} is no file of the project"));
            };
            let begin = Instant::now();
            file.set_text(&mut self.db).to(text);
            let found = queries::diagnostics(&self.db, file).len();
            own.push(begin.elapsed().as_secs_f64() * 1e3);
            let found = found + self.problems();
            all.push(begin.elapsed().as_secs_f64() * 1e3);
            if found > 0 {
                return Err(format!("the edited project has {found} diagnostics"));
            }
        }
        Ok((median(own), median(all)))
    }
}
