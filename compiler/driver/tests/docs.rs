//! The examples of the documentation: each block marked `dark` is a program that `darkc check` accepts.

use std::path::{Path, PathBuf};
use std::process::Command;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn pages() -> Vec<PathBuf> {
    let mut pages: Vec<PathBuf> =
        std::fs::read_dir(root().join("docs")).expect("docs/").flatten().map(|entry| entry.path()).collect();
    pages.push(root().join("README.md"));
    pages.sort();
    pages
}

/// The text of the blocks with that mark.
fn blocks(page: &str, mark: &str) -> Vec<String> {
    let mut blocks = Vec::new();
    let mut lines = page.lines();
    while let Some(line) = lines.next() {
        if line.trim() == format!("```{mark}") {
            blocks
                .push(lines.by_ref().take_while(|line| line.trim() != "```").map(|line| format!("{line}\n")).collect());
        }
    }
    blocks
}

#[test]
fn every_example_of_the_documentation_is_a_program() {
    let folder = std::env::temp_dir().join(format!("dark-docs-{}", std::process::id()));
    let mut count = 0;
    for page in pages() {
        for block in blocks(&std::fs::read_to_string(&page).expect("readable"), "dark") {
            let _ = std::fs::remove_dir_all(&folder);
            std::fs::create_dir_all(&folder).expect("a folder");
            std::fs::write(folder.join("example.dark"), &block).expect("a file");
            let output =
                Command::new(env!("CARGO_BIN_EXE_darkc")).arg("check").arg(&folder).output().expect("darkc runs");
            let said = String::from_utf8_lossy(&output.stderr);
            assert!(output.status.success() && said.is_empty(), "{}:\n{block}\n{said}", page.display());
            count += 1;
        }
    }
    let _ = std::fs::remove_dir_all(&folder);
    assert!(count >= 5, "{count} examples");
}
