//! Embeds the standard library: `std/*.dark` as a list of names and texts.

use std::fmt::Write as _;
use std::path::Path;

fn main() {
    if let Err(message) = embed() {
        eprintln!("embedding std/: {message}");
        std::process::exit(1);
    }
}

fn embed() -> Result<(), String> {
    let root = std::env::var("CARGO_MANIFEST_DIR").map_err(|error| error.to_string())?;
    let out = std::env::var("OUT_DIR").map_err(|error| error.to_string())?;
    let folder = Path::new(&root).join("../../std");
    println!("cargo::rerun-if-changed={}", folder.display());
    let mut files: Vec<_> = std::fs::read_dir(&folder)
        .map_err(|error| format!("{}: {error}", folder.display()))?
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|path| path.extension().is_some_and(|it| it == "dark"))
        .collect();
    files.sort();
    let mut code = String::from("&[\n");
    for path in files {
        println!("cargo::rerun-if-changed={}", path.display());
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let _ = writeln!(code, "    ({name:?}, include_str!({:?})),", path.display().to_string());
    }
    code.push_str("]\n");
    std::fs::write(Path::new(&out).join("std_files.rs"), code).map_err(|error| error.to_string())
}
