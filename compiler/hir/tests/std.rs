//! The standard library has nothing wrong with it.

use dark_diagnostics::render::{Sources, human};
use dark_hir::{Database, FileKind, Project, SourceFile, queries};
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

#[test]
fn the_standard_library_is_accepted() {
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
    let db = Database::default();
    let inputs: Vec<SourceFile> = files
        .iter()
        .enumerate()
        .map(|(index, (path, text))| {
            SourceFile::new(&db, FileId(index as u32), path.clone(), text.clone(), FileKind::Std)
        })
        .collect();
    Project::new(&db, inputs.clone(), "Test".into());
    let sources = Files(files);
    let found: Vec<String> =
        inputs.iter().flat_map(|file| queries::diagnostics(&db, *file)).map(|it| human(it, &sources, false)).collect();
    assert!(found.is_empty(), "{}", found.join("\n"));
}
