//! `cargo xtask conformance DARKC`: runs the cases below `tests/conformance`, counts them by chapter, section and module, checks
//! the folder of packages, and compares the library with its list of signatures. Fails when a case fails, a section of the
//! language's page has none, a package has an error, a name is missing or a type differs.

use crate::sections::Sections;
use crate::{packages, signatures};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

#[derive(Deserialize)]
struct Outcome {
    file: String,
    line: u32,
    name: String,
    status: String,
    message: String,
}

pub fn run(root: &Path, darkc: &str) -> ExitCode {
    let mut good = true;
    let language = cases(root, darkc, "language").and_then(|found| Ok(found.passed & sections(root, &found)?));
    let library = cases(root, darkc, "library").map(|found| found.passed);
    for result in [language, library] {
        match result {
            Ok(passed) => good &= passed,
            Err(message) => {
                eprintln!("conformance: {message}");
                good = false;
            }
        }
    }
    println!("packages");
    match packages::run(root, darkc) {
        Ok(passed) => good &= passed,
        Err(message) => {
            eprintln!("conformance: {message}");
            good = false;
        }
    }
    let listed = signatures(root);
    if good { listed } else { ExitCode::FAILURE }
}

/// The library's names and types alone.
pub fn signatures(root: &Path) -> ExitCode {
    println!("signatures");
    match signatures::run(root) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(message) => {
            eprintln!("conformance: {message}");
            ExitCode::FAILURE
        }
    }
}

/// What the cases of a folder came to.
struct Found {
    passed: bool,
    /// File and line of each case.
    places: Vec<(String, u32)>,
}

/// How many cases each section of the page has.
fn sections(root: &Path, found: &Found) -> Result<bool, String> {
    let mut sections = Sections::read(root)?;
    let mut texts: BTreeMap<&str, String> = BTreeMap::new();
    for (file, line) in &found.places {
        if !texts.contains_key(file.as_str()) {
            texts.insert(file, std::fs::read_to_string(file).map_err(|error| format!("{file}: {error}"))?);
        }
        sections.count(file, &texts[file.as_str()], *line);
    }
    Ok(sections.print())
}

/// Runs the files of one folder; a line a file.
fn cases(root: &Path, darkc: &str, part: &str) -> Result<Found, String> {
    let folder = root.join("tests/conformance").join(part);
    println!("{part}");
    let mut files: Vec<PathBuf> = match std::fs::read_dir(&folder) {
        Ok(entries) => entries.flatten().map(|entry| entry.path()).collect(),
        Err(error) => return Err(format!("{}: {error}", folder.display())),
    };
    files.retain(|path| path.extension().is_some_and(|it| it == "dark"));
    files.sort();
    if files.is_empty() {
        return Err(format!("{}: there is no case", folder.display()));
    }
    let output = Command::new(darkc)
        .args(["test", "--format", "json"])
        .args(&files)
        .output()
        .map_err(|error| format!("{darkc} could not be started: {error}"))?;
    let mut counts: BTreeMap<&Path, (usize, usize)> = files.iter().map(|file| (file.as_path(), (0, 0))).collect();
    let (mut failures, mut places) = (Vec::new(), Vec::new());
    for line in String::from_utf8_lossy(&output.stdout).lines() {
        let outcome: Outcome = serde_json::from_str(line).map_err(|error| format!("`{line}`: {error}"))?;
        let Some((passed, failed)) = counts.get_mut(Path::new(&outcome.file)) else {
            return Err(format!("{}: was not asked for", outcome.file));
        };
        places.push((outcome.file.clone(), outcome.line));
        match outcome.status.as_str() {
            "pass" => *passed += 1,
            _ => {
                *failed += 1;
                failures.push(outcome);
            }
        }
    }
    let said_well = output.status.code() == Some(i32::from(!failures.is_empty()));
    if !said_well {
        return Err(format!("{darkc} ended with {}:\n{}", output.status, String::from_utf8_lossy(&output.stderr)));
    }
    let mut good = failures.is_empty();
    for (file, (passed, failed)) in &counts {
        // A file without a case is a mistake.
        good &= passed + failed > 0;
        println!("{passed:>5} of {:>4}  {}", passed + failed, file.file_stem().unwrap_or_default().to_string_lossy());
    }
    for it in &failures {
        println!("    {}:{}: {}\n        {}", it.file, it.line, it.name, it.message.replace('\n', "\n        "));
    }
    let total: usize = counts.values().map(|(passed, _)| passed).sum();
    println!("{total:>5} of {:>4}  {part}", total + failures.len());
    Ok(Found { passed: good, places })
}
