//! A program beside the standard library, for the tests of this folder.

use dark_hir::{Database, FileKind, Project, SourceFile};
use dark_source::FileId;
use std::path::Path;
use std::sync::OnceLock;

/// The files of the standard library: path and text.
fn standard() -> &'static [(String, String)] {
    static FILES: OnceLock<Vec<(String, String)>> = OnceLock::new();
    FILES.get_or_init(|| {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../std");
        let entries = std::fs::read_dir(folder).expect("std/ is there").flatten().map(|entry| entry.path());
        let mut files: Vec<(String, String)> = entries
            .filter(|path| path.extension().is_some_and(|it| it == "dark"))
            .map(|path| (path.display().to_string(), std::fs::read_to_string(&path).expect("readable")))
            .collect();
        files.sort();
        files
    })
}

/// A database with the standard library and one file of the module `Shop`.
pub fn database(text: &str, kind: FileKind) -> (Database, SourceFile) {
    let db = Database::watched();
    let mut inputs: Vec<SourceFile> = standard()
        .iter()
        .enumerate()
        .map(|(index, (path, text))| {
            SourceFile::new(&db, FileId(index as u32), path.clone(), text.clone(), FileKind::Std)
        })
        .collect();
    let own = SourceFile::new(&db, FileId(inputs.len() as u32), "shop.dark".into(), text.into(), kind);
    inputs.push(own);
    Project::new(&db, inputs, "Shop".into());
    (db, own)
}
