//! The folder `tests/conformance/packages`: files in the style of a package tree, which `darkc check` accepts as a whole.
//! Prints how many files and functions each folder has.

use dark_hir::def::DefKind;
use dark_hir::{Database, FileKind, Project, SourceFile, queries};
use dark_source::FileId;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

const FOLDER: &str = "tests/conformance/packages";

/// Whether the folder has no errors.
pub fn run(root: &Path, darkc: &str) -> Result<bool, String> {
    let folder = root.join(FOLDER);
    let mut files = Vec::new();
    collect(&folder, &mut files)?;
    files.sort();
    let counts = counts(&folder, &files)?;
    for (name, (files, functions)) in &counts {
        println!("{functions:>5} functions in {files:>3} files  {name}");
    }
    let (files, functions) = counts.values().fold((0, 0), |(a, b), (c, d)| (a + c, b + d));
    println!("{functions:>5} functions in {files:>3} files  packages");
    let output = Command::new(darkc)
        .args(["check", "--format", "short"])
        .arg(&folder)
        .output()
        .map_err(|error| format!("{darkc} could not be started: {error}"))?;
    let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    said.lines().for_each(|line| println!("    {line}"));
    // A warning is a mistake of the fixture, or of the compiler.
    Ok(output.status.success() && said.is_empty() && functions > 0)
}

fn collect(folder: &Path, out: &mut Vec<PathBuf>) -> Result<(), String> {
    let entries = fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    for path in entries.flatten().map(|entry| entry.path()) {
        if path.is_dir() {
            collect(&path, out)?;
        } else if path.extension().is_some_and(|it| it == "dark") {
            out.push(path);
        }
    }
    Ok(())
}

/// By folder: files and the functions they declare.
fn counts(folder: &Path, files: &[PathBuf]) -> Result<BTreeMap<String, (usize, usize)>, String> {
    let db = Database::default();
    let mut counts: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    let mut inputs = Vec::new();
    for (index, path) in files.iter().enumerate() {
        let text = fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
        let inside = path.strip_prefix(folder).unwrap_or(path).components().next();
        let name = inside.map(|it| it.as_os_str().to_string_lossy().into_owned()).unwrap_or_default();
        let id = FileId(index as u32);
        inputs.push((name, SourceFile::new(&db, id, path.display().to_string(), text, FileKind::Package)));
    }
    Project::new(&db, inputs.iter().map(|(_, file)| *file).collect(), "Main".into());
    for (name, file) in inputs {
        let entries = queries::items(&db, file);
        let functions = entries.iter().filter(|entry| entry.def.kind(&db) == DefKind::Function).count();
        let count = counts.entry(name).or_default();
        *count = (count.0 + 1, count.1 + functions);
    }
    Ok(counts)
}
