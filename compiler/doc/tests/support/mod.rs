//! References of texts, for the tests of this crate.

use dark_doc::{File, Reference, Subject, gather, render};
use dark_hir::{Database, FileKind, Project, SourceFile};
use dark_source::FileId;
use std::path::Path;

/// Names, texts and kinds of files.
pub type Texts<'a> = &'a [(&'a str, &'a str, FileKind)];

pub fn database(files: Texts<'_>) -> Database {
    let db = Database::default();
    let inputs = (0..).zip(files).map(|(index, (name, text, kind))| {
        SourceFile::new(&db, FileId(index), (*name).to_string(), (*text).to_string(), *kind)
    });
    let inputs: Vec<SourceFile> = inputs.collect();
    Project::new(&db, inputs, "Shop".into());
    db
}

pub fn reference(db: &Database) -> Reference {
    gather(db, Subject { title: "shop".into(), version: "1.2.3".into(), folder: "work".into() })
}

#[allow(dead_code, reason = "not every test renders")]
pub fn pages(files: Texts<'_>) -> Vec<File> {
    render(&reference(&database(files)))
}

/// The library of this tree.
#[allow(dead_code, reason = "not every test needs the library")]
pub fn library() -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../std");
    let entries = std::fs::read_dir(folder).expect("std/").flatten().map(|entry| entry.path());
    let mut files: Vec<(String, String)> = entries
        .filter(|path| path.extension().is_some_and(|it| it == "dark"))
        .map(|path| {
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            (name, std::fs::read_to_string(&path).expect("readable"))
        })
        .collect();
    files.sort();
    files
}

/// The pages of the library of this tree.
#[allow(dead_code, reason = "not every test needs the library")]
pub fn library_pages() -> Vec<File> {
    let files = library();
    let files: Vec<(&str, &str, FileKind)> =
        files.iter().map(|(name, text)| (name.as_str(), text.as_str(), FileKind::Std)).collect();
    pages(&files)
}

/// The values of an attribute in a page.
#[allow(dead_code, reason = "not every test looks for attributes")]
pub fn attributes<'a>(page: &'a str, name: &str) -> Vec<&'a str> {
    let begin = format!(" {name}=\"");
    page.split(begin.as_str()).skip(1).filter_map(|rest| rest.split('"').next()).collect()
}
