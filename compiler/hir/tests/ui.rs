//! The messages of `tests/ui/*/*.dark` (but `syntax`) as a person sees them, each beside its program. They
//! are read like prose in review: a change of a picture is a change of what Dark says.

use dark_diagnostics::render::{Sources, human};
use dark_hir::{Database, FileKind, Project, Settings, SourceFile, queries};
use dark_source::FileId;
use std::path::{Path, PathBuf};

struct Files(Vec<(String, String)>);

impl Sources for Files {
    fn path(&self, file: FileId) -> &str {
        self.0.get(file.0 as usize).map_or("?", |(path, _)| path)
    }
    fn text(&self, file: FileId) -> &str {
        self.0.get(file.0 as usize).map_or("", |(_, text)| text)
    }
}

fn dark_files(folder: &Path) -> Vec<(String, String)> {
    let entries = std::fs::read_dir(folder).expect("the folder is there").flatten().map(|entry| entry.path());
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

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// What is said of a program.
fn picture(name: &str, text: &str) -> String {
    let mut files = dark_files(&root().join("std"));
    files.push((name.to_owned(), text.to_owned()));
    let db = Database::default();
    let last = files.len() - 1;
    let inputs: Vec<SourceFile> = files
        .iter()
        .enumerate()
        .map(|(index, (path, text))| {
            let kind = if index == last { FileKind::Package } else { FileKind::Std };
            SourceFile::new(&db, FileId(index as u32), path.clone(), text.clone(), kind)
        })
        .collect();
    let own = inputs[last];
    Project::new(&db, inputs, "Shop".into());
    Settings::new(&db, vec!["STRIPE_KEY".into()]);
    let sources = Files(files);
    let pictures: Vec<String> =
        queries::diagnostics(&db, own).iter().map(|it| human(it, &sources, false).to_string()).collect();
    assert!(!pictures.is_empty(), "{name} is not broken");
    pictures.join("\n")
}

fn topic(name: &str) {
    let folder = root().join("tests/ui").join(name);
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(&folder);
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    let programs = dark_files(&folder);
    assert!(programs.len() >= 4, "{} has {} programs", folder.display(), programs.len());
    settings.bind(|| {
        for (name, text) in programs {
            insta::assert_snapshot!(name.trim_end_matches(".dark"), picture(&name, &text));
        }
    });
}

#[test]
fn secrets() {
    topic("secrets");
}

#[test]
fn names() {
    topic("names");
}

#[test]
fn types() {
    topic("types");
}

#[test]
fn patterns() {
    topic("patterns");
}

#[test]
fn routes() {
    topic("routes");
}

#[test]
fn habits_from_javascript() {
    topic("javascript");
}

#[test]
fn habits_from_python() {
    topic("python");
}

#[test]
fn habits_from_fsharp() {
    topic("fsharp");
}

#[test]
fn layout() {
    topic("layout");
}
