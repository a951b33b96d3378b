//! The messages of `tests/ui/syntax/*.dark` as a person sees them, each beside its program. They are read like prose in
//! review: a change of a picture is a change of what Dark says.

use dark_diagnostics::render::{Sources, human};
use dark_source::FileId;
use dark_syntax::{Mode, parse};
use std::path::{Path, PathBuf};

struct Program {
    name: String,
    text: String,
}

impl Sources for Program {
    fn path(&self, _: FileId) -> &str {
        &self.name
    }
    fn text(&self, _: FileId) -> &str {
        &self.text
    }
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/ui/syntax")
}

#[test]
fn every_broken_program_has_its_picture() {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(folder());
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|it| it == "dark"));
    files.sort();
    assert!(files.len() > 20, "the folder has {} programs", files.len());
    settings.bind(|| {
        for path in files {
            let text = std::fs::read_to_string(&path).unwrap();
            let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            let diagnostics = parse(&text, FileId(0), Mode::Package).diagnostics;
            assert!(!diagnostics.is_empty(), "{stem} is not broken");
            let program = Program { name: format!("{stem}.dark"), text };
            let pictures: Vec<String> = diagnostics.iter().map(|it| human(it, &program, false)).collect();
            insta::assert_snapshot!(stem, pictures.join("\n"));
        }
    });
}
