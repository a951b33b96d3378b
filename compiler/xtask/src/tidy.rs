//! The house rules: which crate may use which, a head comment on every file, an explanation for every code, no leftovers.
//! Prints (and does not fail on) the longest files.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Who may depend on whom, ours only. What is not listed may not.
const ARROWS: &[(&str, &[&str])] = &[
    ("dark_source", &[]),
    ("dark_diagnostics", &["dark_source"]),
    ("dark_syntax", &["dark_source", "dark_diagnostics"]),
    ("dark_format", &["dark_source", "dark_diagnostics", "dark_syntax"]),
    ("dark_schedule", &[]),
    ("dark_hir", &["dark_source", "dark_diagnostics", "dark_syntax", "dark_schedule"]),
    ("dark_doc", &["dark_source", "dark_syntax", "dark_hir"]),
    ("dark_ir", &["dark_source", "dark_diagnostics", "dark_syntax", "dark_hir"]),
    ("dark_abi", &[]),
    ("dark_codegen", &["dark_abi", "dark_ir"]),
    ("dark_ide", &["dark_source", "dark_diagnostics", "dark_syntax", "dark_format", "dark_hir"]),
    ("dark_lsp", &["dark_source", "dark_diagnostics", "dark_ide"]),
    (
        "darkc",
        &[
            "dark_source",
            "dark_diagnostics",
            "dark_syntax",
            "dark_format",
            "dark_hir",
            "dark_doc",
            "dark_ir",
            "dark_codegen",
            "dark_abi",
            "dark_lsp",
        ],
    ),
    ("dark_rt", &["dark_abi"]),
    ("dark_sched", &["dark_abi"]),
    ("dark_platform", &["dark_abi", "dark_rt", "dark_sched", "dark_schedule"]),
    ("dark_bench", &["dark_source", "dark_hir", "dark_abi", "dark_rt"]),
    ("dark_fuzz", &["dark_source", "dark_diagnostics", "dark_syntax", "dark_format", "dark_hir", "dark_ir"]),
    ("xtask", &["dark_source", "dark_syntax", "dark_format", "dark_hir"]),
];

/// Words that mark unfinished work; split so that this file does not find itself.
const LEFTOVERS: &[&str] = &[concat!("TO", "DO"), concat!("FIX", "ME"), concat!("todo", "!("), concat!("dbg", "!(")];

pub fn run() -> ExitCode {
    let root = super::root();
    let mut problems = Vec::new();
    let files = sources(&root);
    arrows(&root, &mut problems);
    for (path, text) in &files {
        if !text.starts_with("//!") {
            problems.push(format!("{}: begins with a `//!` comment that says what lives here", path.display()));
        }
        for word in LEFTOVERS.iter().filter(|word| text.contains(**word)) {
            problems.push(format!("{}: `{word}` stands in it", path.display()));
        }
    }
    explanations(&root, &mut problems);
    llvm(&files, &mut problems);
    super::integers::check(&root, &mut problems);
    longest(&files);
    for problem in &problems {
        eprintln!("tidy: {problem}");
    }
    if problems.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Every Rust file of the workspace, path below the root, in order.
fn sources(root: &Path) -> Vec<(PathBuf, String)> {
    let mut out = Vec::new();
    for folder in ["compiler", "lsp", "runtime", "tests"] {
        collect(&root.join(folder), &mut out);
    }
    out.sort();
    let short = |path: PathBuf| path.strip_prefix(root).map(Path::to_path_buf).unwrap_or(path);
    out.into_iter().map(|(path, text)| (short(path), text)).collect()
}

fn collect(folder: &Path, out: &mut Vec<(PathBuf, String)>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let path = entry.path();
        if path.is_dir() && path.file_name().is_some_and(|name| name != "target") {
            collect(&path, out);
        } else if path.extension().is_some_and(|it| it == "rs")
            && let Ok(text) = fs::read_to_string(&path)
        {
            out.push((path, text));
        }
    }
}

fn arrows(root: &Path, problems: &mut Vec<String>) {
    let allowed: BTreeMap<&str, &[&str]> = ARROWS.iter().copied().collect();
    for manifest in manifests(root) {
        let Ok(text) = fs::read_to_string(&manifest) else { continue };
        let Some(name) = text.lines().find_map(|line| line.strip_prefix("name = ")) else { continue };
        let name = name.trim_matches('"');
        let Some(allowed) = allowed.get(name) else {
            problems.push(format!("{name}: has no row in tidy's list of arrows"));
            continue;
        };
        // Tests may use more; their section comes last.
        let normal = text.split("[dev-dependencies]").next().unwrap_or_default();
        for used in normal.lines().filter_map(|line| line.split(['.', ' ', '=']).next()) {
            let ours = used.starts_with("dark_") && used != name;
            if ours && !allowed.contains(&used) {
                problems.push(format!("{name}: may not depend on {used}"));
            }
        }
        if !text.contains("license.workspace = true") {
            problems.push(format!("{name}: its manifest has no licence line"));
        }
    }
}

fn manifests(root: &Path) -> Vec<PathBuf> {
    let mut out = Vec::new();
    for folder in ["compiler", "lsp", "runtime", "tests"] {
        let Ok(entries) = fs::read_dir(root.join(folder)) else { continue };
        out.extend(entries.flatten().map(|entry| entry.path().join("Cargo.toml")).filter(|path| path.is_file()));
    }
    out.sort();
    out
}

/// Every page belongs to a code; that every code has its page is checked by the compiler.
fn explanations(root: &Path, problems: &mut Vec<String>) {
    let codes: String = ["syntax", "semantics"]
        .iter()
        .filter_map(|file| fs::read_to_string(root.join(format!("compiler/diagnostics/src/codes/{file}.rs"))).ok())
        .collect();
    let Ok(pages) = fs::read_dir(root.join("compiler/diagnostics/explain")) else { return };
    for page in pages.flatten() {
        let name = page.file_name().to_string_lossy().into_owned();
        let code = name.trim_end_matches(".md");
        if !codes.contains(&format!("    {code} ")) {
            problems.push(format!("compiler/diagnostics/explain/{name}: no such code"));
        }
    }
}

/// Only codegen names LLVM.
fn llvm(files: &[(PathBuf, String)], problems: &mut Vec<String>) {
    let name = concat!("ink", "well");
    for (path, text) in files {
        if text.contains(&format!("{name}::")) && !path.starts_with("compiler/codegen") {
            problems.push(format!("{}: only compiler/codegen may name LLVM", path.display()));
        }
    }
}

fn longest(files: &[(PathBuf, String)]) {
    let mut sizes: Vec<(usize, &Path)> =
        files.iter().map(|(path, text)| (text.lines().count(), path.as_path())).collect();
    sizes.sort_by(|a, b| b.cmp(a));
    println!("longest files:");
    for (lines, path) in sizes.iter().take(10) {
        println!("{lines:>6} {}", path.display());
    }
}
