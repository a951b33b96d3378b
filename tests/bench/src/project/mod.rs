//! Projects that look like a library somebody wrote, of any size, in Dark, Go and OCaml: one module that all others use,
//! and modules of records, enums, trees, matches, pipes, generic functions and texts. Each section of a module is one of the
//! templates in `tests/bench/templates` with its own names and numbers, so that no two files are alike; the three languages
//! get the same sections in the same order.

mod sections;

use sections::{Language, Section};
use std::path::{Path, PathBuf};

pub use sections::Language as In;

/// How large a project is.
#[derive(Debug, Clone, Copy)]
pub enum Size {
    /// Modules of about 140 lines, until there are so many lines of Dark.
    Lines(usize),
    Functions {
        files: usize,
        functions: usize,
    },
}

/// What a generated project consists of.
#[derive(Debug)]
pub struct Generated {
    /// Paths and texts; the first one is the module that all others use.
    pub files: Vec<(PathBuf, String)>,
    pub functions: usize,
}

impl Generated {
    pub fn lines(&self) -> usize {
        self.files.iter().map(|(_, text)| text.lines().count()).sum()
    }

    pub fn write(&self, folder: &Path) -> Result<(), String> {
        for (path, text) in &self.files {
            let path = folder.join(path);
            let problem = |error| format!("{} cannot be written: {error}", path.display());
            std::fs::create_dir_all(path.parent().unwrap_or(folder)).map_err(problem)?;
            std::fs::write(&path, text).map_err(problem)?;
        }
        Ok(())
    }
}

/// A change inside of one function, as an editor would make it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Edit {
    /// In a module that only the program itself uses.
    Leaf,
    /// In the module that all others use.
    Core,
}

/// The number that an edit of a leaf changes, and where it stands: in the last module.
const LEAF: &str = "1000";
/// The number that an edit of the core changes.
const CORE: &str = "12345";

impl Generated {
    /// A file of the project after the edit. Each number gives another text.
    pub fn edited(&self, edit: Edit, number: usize) -> (&Path, String) {
        let (at, old) = match edit {
            Edit::Leaf => (self.files.len() - 2, LEAF),
            Edit::Core => (0, CORE),
        };
        let (path, text) = &self.files[at];
        (path, text.replacen(old, &(20_000 + number).to_string(), 1))
    }
}

/// Lines of a module.
const MODULE_LINES: usize = 140;

/// The project of that size.
pub fn generate(size: Size, language: Language) -> Generated {
    let kernel = sections::kernel(language);
    let mut functions = sections::functions(Language::Dark, sections::kernel(Language::Dark));
    let mut lines = sections::kernel(Language::Dark).lines().count();
    let modules = match size {
        Size::Lines(lines) => lines.div_ceil(MODULE_LINES).max(1),
        Size::Functions { files, .. } => files.saturating_sub(2).max(1),
    };
    let mut files = vec![(path(language, "kernel"), kernel.to_owned())];
    let mut next = 0;
    for module in 0..modules {
        let mut chosen = Vec::new();
        // A module ends where its share of the whole does.
        let full = |lines: usize, functions: usize| match size {
            Size::Lines(all) => lines >= all * (module + 1) / modules,
            Size::Functions { functions: all, .. } => functions >= all * (module + 1) / modules,
        };
        while chosen.is_empty() || !full(lines, functions) {
            let section = Section::new(next, chosen.len());
            next += 1;
            let dark = section.text(Language::Dark);
            lines += dark.lines().count() + 1;
            functions += sections::functions(Language::Dark, &dark);
            chosen.push(section);
        }
        lines += 4;
        functions += 1;
        files.push((path(language, &name(module)), sections::module(language, &name(module), &chosen, LEAF)));
    }
    let names: Vec<String> = (0..modules).map(name).collect();
    files.push((main_path(language), sections::main(language, &names)));
    Generated { files, functions: functions + 2 }
}

fn name(module: usize) -> String {
    format!("part{module:03}")
}

fn path(language: Language, module: &str) -> PathBuf {
    match language {
        Language::Dark => format!("{module}.dark"),
        Language::Go => format!("{module}/{module}.go"),
        Language::OCaml => format!("{module}.ml"),
    }
    .into()
}

fn main_path(language: Language) -> PathBuf {
    match language {
        Language::Dark => "app.dark",
        Language::Go => "main.go",
        Language::OCaml => "main.ml",
    }
    .into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn projects_have_the_size_that_was_asked_for() {
        let lines = generate(Size::Lines(10_000), Language::Dark).lines();
        assert!((9_500..11_000).contains(&lines), "{lines}");
        let many = generate(Size::Functions { files: 450, functions: 10_000 }, Language::Dark);
        assert_eq!(many.files.len(), 450);
        let written: usize = many.files.iter().map(|(_, text)| sections::functions(Language::Dark, text)).sum();
        assert_eq!(written, many.functions);
        assert!((10_000..10_500).contains(&written), "{written}");
    }

    #[test]
    fn no_two_files_are_alike_and_edits_change_one() {
        let made = generate(Size::Lines(10_000), Language::Dark);
        let texts: std::collections::BTreeSet<&String> = made.files.iter().map(|(_, text)| text).collect();
        assert_eq!(texts.len(), made.files.len());
        for edit in [Edit::Leaf, Edit::Core] {
            let (path, text) = made.edited(edit, 1);
            let before = made.files.iter().find(|(it, _)| it == path).unwrap();
            assert_ne!(before.1, text);
        }
    }

    #[test]
    fn nothing_of_the_templates_is_left_open() {
        for language in [Language::Dark, Language::Go, Language::OCaml] {
            for (path, text) in generate(Size::Lines(3_000), language).files {
                for open in ["$N", "$n", "$w", "$v", "$1", "$2", "$3", "$4"] {
                    assert!(!text.contains(open), "{open} in {}", path.display());
                }
            }
        }
    }
}
