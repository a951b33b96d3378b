//! The examples of the documentation: each block marked `dark` is a program that `darkc check` accepts,
//! each marked `dark-script` a script.
//!
//! On the page of the language, blocks are files by themselves: those marked `dark` are run, as tests or as scripts, those
//! marked `dark-bad` are refused. Behind a block may stand what it prints: ``gives `text` ``.

use std::path::{Path, PathBuf};
use std::process::Command;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn pages() -> Vec<PathBuf> {
    let mut pages: Vec<PathBuf> =
        std::fs::read_dir(root().join("docs")).expect("docs/").flatten().map(|entry| entry.path()).collect();
    pages.retain(|page| page.file_name().is_none_or(|name| name != "language.md"));
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
        for block in blocks(&std::fs::read_to_string(&page).expect("readable"), "dark-script") {
            let (fine, said) = check(&folder, &block, false);
            assert!(fine && said.is_empty(), "{}:\n{block}\n{said}", page.display());
        }
    }
    let _ = std::fs::remove_dir_all(&folder);
    assert!(count >= 5, "{count} examples");
}

/// What `darkc check` says about a text as a file, or as a folder with that file.
fn check(folder: &Path, text: &str, as_folder: bool) -> (bool, String) {
    let _ = std::fs::remove_dir_all(folder);
    std::fs::create_dir_all(folder).expect("a folder");
    let file = folder.join("example.dark");
    std::fs::write(&file, text).expect("a file");
    let path = if as_folder { folder } else { &file };
    let output = Command::new(env!("CARGO_BIN_EXE_darkc")).arg("check").arg(path).output().expect("darkc runs");
    (output.status.success(), String::from_utf8_lossy(&output.stderr).into_owned())
}

#[test]
fn every_block_of_the_language_page_behaves_as_marked() {
    let folder = std::env::temp_dir().join(format!("dark-language-{}", std::process::id()));
    let page = std::fs::read_to_string(root().join("docs/language.md")).expect("readable");
    let mut count = 0;
    for (mark, good, as_folder) in [("dark", true, false), ("dark-package", true, true), ("dark-bad", false, false)] {
        for block in blocks(&page, mark) {
            let (accepted, said) = check(&folder, &block, as_folder);
            let expected = accepted == good && said.is_empty() == good;
            assert!(expected, "marked `{mark}`:\n{block}\n{said}");
            count += 1;
        }
    }
    let _ = std::fs::remove_dir_all(&folder);
    assert!(count >= 50, "{count} blocks");
}

#[test]
fn every_test_of_the_documentation_passes() {
    let folder = std::env::temp_dir().join(format!("dark-docs-tests-{}", std::process::id()));
    let mut count = 0;
    for page in pages() {
        for block in blocks(&std::fs::read_to_string(&page).expect("readable"), "dark-test") {
            let file = folder.join(format!("{count}/tests/block.dark"));
            std::fs::create_dir_all(file.parent().expect("a folder")).expect("writable");
            std::fs::write(&file, &block).expect("writable");
            let output = Command::new(env!("CARGO_BIN_EXE_darkc")).arg("test").arg(&file).output().expect("darkc");
            let said = String::from_utf8_lossy(&output.stdout);
            assert!(
                output.status.success() && !said.contains("\n0 passed"),
                "{} of {}: {said}{}",
                block,
                page.display(),
                String::from_utf8_lossy(&output.stderr)
            );
            count += 1;
        }
    }
    assert!(count >= 2, "the documentation shows tests");
    std::fs::remove_dir_all(&folder).expect("it can be removed");
}

/// `darkc` with a file in a folder of its own: standard output and standard error.
fn darkc(folder: &Path, command: &str, text: &str) -> (String, String) {
    std::fs::write(folder.join("example.dark"), text).expect("a file");
    let output = Command::new(env!("CARGO_BIN_EXE_darkc"))
        .args([command, "example.dark"])
        .current_dir(folder)
        .output()
        .expect("darkc runs");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (text(&output.stdout), text(&output.stderr))
}

/// Runs a block as what it is. The value at the end of a script is printed.
fn run(folder: &Path, block: &str) -> Result<String, String> {
    let (_, said) = darkc(folder, "run", block);
    if said.contains("`darkc test` runs them") {
        let (printed, said) = darkc(folder, "test", block);
        return if printed.contains(" 0 failed") && said.is_empty() { Ok(printed) } else { Err(printed + &said) };
    }
    let only_declares = said.contains("there is nothing to run");
    if only_declares {
        return Ok(String::new());
    }
    if !said.is_empty() && !said.contains("E0319") {
        return Err(said);
    }
    let (printed, said) = darkc(folder, "run", &format!("{block}\n|> Stdlib.toRepr\n|> Stdlib.printLine\n"));
    if said.is_empty() { Ok(printed) } else { Err(said) }
}

/// Each block marked `dark` with what the page says it gives.
fn with_results(page: &str) -> Vec<(String, Option<String>)> {
    let parts: Vec<&str> = page.split("```").collect();
    let blocks = parts.iter().enumerate().filter_map(|(index, part)| {
        let block = part.strip_prefix("dark\n").filter(|_| index % 2 == 1)?;
        let behind = parts.get(index + 1).and_then(|text| text.trim_start().strip_prefix("gives `"));
        Some((block.to_owned(), behind.and_then(|text| text.split('`').next()).map(str::to_owned)))
    });
    blocks.collect()
}

#[test]
fn every_program_of_the_language_page_runs_and_gives_what_is_said() {
    let folder = std::env::temp_dir().join(format!("dark-language-run-{}", std::process::id()));
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).expect("a folder");
    let page = std::fs::read_to_string(root().join("docs/language.md")).expect("readable");
    let (mut results, mut wrong) = (0, Vec::new());
    for (block, result) in with_results(&page) {
        match (run(&folder, &block), result) {
            (Ok(printed), Some(result)) if printed.lines().last() != Some(&result) => {
                wrong.push(format!("{block}\nshould give {result}, and gives {printed}"));
            }
            (Ok(_), result) => results += usize::from(result.is_some()),
            (Err(said), _) => wrong.push(format!("{block}\n{said}")),
        }
    }
    let _ = std::fs::remove_dir_all(&folder);
    assert!(wrong.is_empty(), "{}", wrong.join("\n---\n"));
    assert!(results >= 2, "{results} results");
}
