//! The Dark texts of the tree: what mutations begin with.

use crate::random::Random;
use dark_syntax::Mode;
use std::path::{Path, PathBuf};

/// Lines of one piece; longer ones make rounds slow and find no more.
const LINES_MAX: usize = 60;

#[derive(Debug)]
pub struct Text {
    pub path: PathBuf,
    pub text: String,
    /// What the file is used for, by its folder.
    pub mode: Mode,
    /// Where each item begins, and the end.
    starts: Vec<usize>,
}

#[derive(Debug)]
pub struct Corpus {
    pub texts: Vec<Text>,
}

/// The root of the tree.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

impl Corpus {
    /// Every `.dark` file of the tree, in order.
    pub fn read() -> Corpus {
        let mut paths = Vec::new();
        for folder in ["std", "examples", "tests", "compiler"] {
            files(&root().join(folder), &mut paths);
        }
        paths.sort();
        let texts = paths.into_iter().filter_map(|path| {
            let text = std::fs::read_to_string(&path).ok()?;
            Some(Text { mode: mode(&path), starts: starts(&text), text, path })
        });
        Corpus { texts: texts.collect() }
    }

    /// Some neighbouring items of one file, and what that file is used for.
    pub fn piece(&self, random: &mut Random) -> (String, Mode) {
        let Some(text) = random.pick(&self.texts) else { return (String::new(), Mode::Script) };
        (text.piece(random), text.mode)
    }
}

impl Text {
    fn piece(&self, random: &mut Random) -> String {
        let first = random.below(self.starts.len().saturating_sub(1));
        let last = (first + 1 + random.below(6)).min(self.starts.len() - 1);
        let piece = self.text.get(self.starts[first]..self.starts[last]).unwrap_or_default();
        let end = piece.match_indices('\n').nth(LINES_MAX).map_or(piece.len(), |(at, _)| at + 1);
        piece[..end].to_owned()
    }
}

fn mode(path: &Path) -> Mode {
    let within = |folder: &str| path.components().any(|it| it.as_os_str() == folder);
    match () {
        () if within("std") => Mode::Std,
        () if within("conformance") => Mode::Test,
        () if within("run") => Mode::Script,
        () => Mode::Package,
    }
}

/// Where lines begin that may begin an item, and the end of the text.
fn starts(text: &str) -> Vec<usize> {
    let mut starts = vec![0];
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let begins = !line.starts_with([' ', '\n', '}', ']', ')', '|', '/']) && at > 0;
        if begins {
            starts.push(at);
        }
        at += line.len();
    }
    starts.push(text.len());
    starts
}

fn files(folder: &Path, out: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for path in entries.flatten().map(|entry| entry.path()) {
        if path.is_dir() && path.file_name().is_some_and(|it| it != "target") {
            files(&path, out);
        } else if path.extension().is_some_and(|it| it == "dark") {
            out.push(path);
        }
    }
}
