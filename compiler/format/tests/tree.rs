//! Every `.dark` file of the tree is formatted: the same tree, every comment, and once is enough. Files that do not
//! parse (some pictures of mistakes) are refused with their errors.

use dark_format::{Unformatted, format, format_file};
use dark_source::FileId;
use dark_syntax::{Mode, parse};
use std::path::{Path, PathBuf};

const MODES: [Mode; 4] = [Mode::Std, Mode::Package, Mode::Script, Mode::Test];

fn files(folder: &Path, out: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
        let path = entry.path();
        if path.is_dir() {
            files(&path, out);
        } else if path.extension().is_some_and(|it| it == "dark") {
            out.push(path);
        }
    }
}

/// The first mode in which a text has no errors, and the text in that mode.
fn formatted(text: &str) -> Option<(Mode, Result<String, Unformatted>)> {
    MODES.iter().find_map(|mode| match format(text, FileId(0), *mode) {
        Err(Unformatted::Broken(_)) => None,
        result => Some((*mode, result)),
    })
}

#[test]
fn every_file_of_the_tree_keeps_its_meaning_and_its_comments_and_is_formatted_once() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut paths = Vec::new();
    for folder in ["std", "examples", "tests", "compiler/driver/templates"] {
        files(&root.join(folder), &mut paths);
    }
    assert!(paths.len() > 100, "{} files", paths.len());
    let mut done = 0;
    for path in paths {
        let text = std::fs::read_to_string(&path).expect("readable");
        let Some((mode, result)) = formatted(&text) else { continue };
        let out = result.unwrap_or_else(|error| panic!("{}: {error:?}", path.display()));
        let again = format(&out, FileId(0), mode).expect("its own output");
        assert_eq!(out, again, "{}", path.display());
        let (before, after) = (parse(&text, FileId(0), mode), parse(&out, FileId(0), mode));
        assert_eq!(before.tree.without_spans(), after.tree.without_spans(), "{}", path.display());
        assert_eq!(before.comments.len(), after.comments.len(), "{}", path.display());
        done += 1;
    }
    assert!(done > 60, "{done} files were formatted");
}

/// What we write ourselves is formatted. The tests of other parts are not: some of them are about how a text is laid out.
#[test]
fn the_library_the_examples_and_the_templates_are_formatted() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut paths = Vec::new();
    for folder in ["std", "examples", "tests/apps", "compiler/driver/templates"] {
        files(&root.join(folder), &mut paths);
    }
    let is_formatted = |path: &PathBuf| {
        let text = std::fs::read_to_string(path).expect("readable");
        format_file(&text, FileId(0), Mode::Package).is_ok_and(|out| out == text)
    };
    let others: Vec<String> =
        paths.iter().filter(|path| !is_formatted(path)).map(|path| path.display().to_string()).collect();
    assert!(paths.len() > 70, "{} files", paths.len());
    assert!(others.is_empty(), "`darkc fmt` changes these files:\n{}", others.join("\n"));
}
