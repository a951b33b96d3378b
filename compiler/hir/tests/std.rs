//! The standard library has nothing wrong with it.

use dark_diagnostics::render::{Sources, human};
use dark_hir::items::{Entry, item_of, items};
use dark_hir::{Database, DefKind, FileKind, Project, SourceFile, queries};
use dark_source::FileId;
use std::path::Path;

struct Files(Vec<(String, String)>);

impl Sources for Files {
    fn path(&self, file: FileId) -> &str {
        self.0.get(file.0 as usize).map_or("?", |(path, _)| path)
    }
    fn text(&self, file: FileId) -> &str {
        self.0.get(file.0 as usize).map_or("", |(_, text)| text)
    }
}

/// Names and texts of the library.
fn files() -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../std");
    let mut files = Vec::new();
    for entry in std::fs::read_dir(&folder).expect("std/ is there").flatten() {
        if entry.path().extension().is_some_and(|it| it == "dark") {
            let text = std::fs::read_to_string(entry.path()).expect("readable");
            files.push((entry.file_name().to_string_lossy().into_owned(), text));
        }
    }
    files.sort();
    assert!(files.len() > 10, "the standard library has files");
    files
}

fn database(files: &[(String, String)], carried: bool) -> (Database, Vec<SourceFile>) {
    let db = Database::default();
    let input = |(index, (path, text)): (usize, &(String, String))| {
        let file = SourceFile::builder(FileId(index as u32), path.clone(), text.clone(), FileKind::Std);
        file.carried(carried).new(&db)
    };
    let inputs: Vec<SourceFile> = files.iter().enumerate().map(input).collect();
    Project::new(&db, inputs.clone(), "Test".into());
    (db, inputs)
}

#[test]
fn the_standard_library_is_accepted() {
    let files = files();
    let (db, inputs) = database(&files, false);
    let sources = Files(files);
    let found: Vec<String> =
        inputs.iter().flat_map(|file| queries::diagnostics(&db, *file)).map(|it| human(it, &sources, false)).collect();
    assert!(found.is_empty(), "{}", found.join("\n"));
}

/// What is read of a declaration of the library by itself, for which its file is not parsed, is what stands in its file.
#[test]
fn declarations_are_the_same_when_they_are_read_by_themselves() {
    let files = files();
    let (parsed, whole) = database(&files, false);
    let (outlined, alone) = database(&files, true);
    let mut compared = 0;
    for (whole, alone) in whole.into_iter().zip(alone) {
        let path = whole.path(&parsed);
        let (expected, found) = (items(&parsed, whole), items(&outlined, alone));
        let names = |db: &Database, entries: &[Entry]| -> Vec<(DefKind, String, Entry)> {
            entries.iter().map(|it| (it.def.kind(db), it.def.path(db).to_string(), it.clone())).collect()
        };
        // Ids are given in the order of the files, which is the same.
        assert_eq!(
            names(&outlined, found),
            names(&parsed, expected),
            "std/{path} is not laid out as `dark_syntax::outline` expects: each item begins in the column of its module \
             with an attribute or `let`, `val`, `type` or `module`, and no line of a text looks like that"
        );
        for (expected, found) in expected.iter().zip(found) {
            let tree = item_of(&parsed, expected.def).map(|(_, item)| item);
            assert!(tree.is_some(), "std/{path}: {}", expected.name);
            assert_eq!(item_of(&outlined, found.def).map(|(_, item)| item), tree, "std/{path}: {}", expected.name);
            compared += 1;
        }
    }
    assert!(compared > 1000, "the library has declarations");
}
