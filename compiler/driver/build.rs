//! What `darkc` carries inside: the standard library as a list of names and texts, and the runtime as one object.
//!
//! The runtime is built in a target folder of its own, because cargo holds the lock of the usual one. Its archive is linked
//! into one relocatable object with few sections and only the symbols programs need, so that linking a program takes
//! milliseconds.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

fn main() {
    let done = embed_library().and_then(|()| embed_runtime()).and_then(|()| embed_version());
    if let Err(message) = done {
        eprintln!("{message}");
        std::process::exit(1);
    }
}

fn variable(name: &str) -> Result<PathBuf, String> {
    std::env::var_os(name).map(PathBuf::from).ok_or_else(|| format!("cargo sets no {name}"))
}

fn root() -> Result<PathBuf, String> {
    Ok(variable("CARGO_MANIFEST_DIR")?.join("../.."))
}

fn embed_library() -> Result<(), String> {
    let folder = root()?.join("std");
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
    std::fs::write(variable("OUT_DIR")?.join("std_files.rs"), code).map_err(|error| error.to_string())
}

/// A hash of everything that decides what code is made of a program: objects of another compiler are not used again.
fn embed_version() -> Result<(), String> {
    let root = root()?;
    let mut files = Vec::new();
    for part in ["compiler", "runtime/abi", "Cargo.lock"] {
        println!("cargo::rerun-if-changed={}", root.join(part).display());
        collect(&root.join(part), &mut files)?;
    }
    files.sort();
    let mut hasher = blake3::Hasher::new();
    for path in files {
        hasher.update(&std::fs::read(&path).map_err(|error| format!("{}: {error}", path.display()))?);
    }
    println!("cargo::rustc-env=DARK_COMPILER_HASH={}", hasher.finalize().to_hex());
    Ok(())
}

/// Every source file at or below a path.
fn collect(path: &Path, out: &mut Vec<PathBuf>) -> Result<(), String> {
    if path.is_file() {
        out.push(path.to_owned());
        return Ok(());
    }
    let entries = std::fs::read_dir(path).map_err(|error| format!("{}: {error}", path.display()))?;
    for entry in entries.flatten().map(|entry| entry.path()) {
        let source = entry.extension().is_some_and(|it| it == "rs" || it == "lalrpop");
        if entry.is_dir() || source {
            collect(&entry, out)?;
        }
    }
    Ok(())
}

/// Runs a program; its standard output.
fn run(command: &mut Command) -> Result<Vec<u8>, String> {
    let name = command.get_program().to_string_lossy().into_owned();
    let output = command.output().map_err(|error| format!("`{name}` could not be started: {error}"))?;
    match output.status.success() {
        true => Ok(output.stdout),
        false => Err(format!("`{name}` failed:\n{}", String::from_utf8_lossy(&output.stderr))),
    }
}

fn embed_runtime() -> Result<(), String> {
    let (root, out) = (root()?, variable("OUT_DIR")?);
    for part in ["runtime", "Cargo.toml", "Cargo.lock"] {
        println!("cargo::rerun-if-changed={}", root.join(part).display());
    }
    println!("cargo::rerun-if-changed=order.txt");
    // `DARK_RUNTIME_PROFILE=dev` builds it in seconds, with its own checks on: for work on the runtime.
    println!("cargo::rerun-if-env-changed=DARK_RUNTIME_PROFILE");
    let profile = std::env::var("DARK_RUNTIME_PROFILE").unwrap_or_else(|_| "runtime".into());
    let archive = build_archive(&root, &out, &profile)?;
    let object = prelink(&archive, &out)?;
    let hash = blake3::hash(&std::fs::read(&object).map_err(|error| format!("{}: {error}", object.display()))?);
    std::fs::write(out.join("runtime.hash"), &hash.to_hex()[..40]).map_err(|error| error.to_string())
}

fn build_archive(root: &Path, out: &Path, profile: &str) -> Result<PathBuf, String> {
    // OUT_DIR is below the target folder that cargo was told to use.
    let target = out.ancestors().nth(4).unwrap_or(out).join("runtime");
    let mut cargo = Command::new(variable("CARGO")?);
    cargo.current_dir(root).args(["rustc", "--package", "dark_platform", "--lib", "--features", "entry"]);
    cargo.args(["--crate-type", "staticlib", "--profile", profile, "--target-dir"]).arg(&target);
    // Flags for the compiler's own build are not for the runtime.
    for name in ["RUSTFLAGS", "CARGO_ENCODED_RUSTFLAGS", "RUSTC_WORKSPACE_WRAPPER", "CARGO_BUILD_TARGET_DIR"] {
        cargo.env_remove(name);
    }
    run(&mut cargo)?;
    let folder = if profile == "dev" { "debug" } else { profile };
    Ok(target.join(folder).join("libdark_platform.a"))
}

/// Sections are merged by kind: fifty instead of twenty thousand headers for every later link to read.
fn merge(order: &str) -> String {
    let first: String = order
        .lines()
        .filter(|name| !name.is_empty() && !name.starts_with('#'))
        .map(|name| format!("    *(.text.{name} .text.unlikely.{name})\n"))
        .collect();
    // What is written in assembly has no sections with names: the switch of stacks, which each program needs.
    let switch = "    *dark_platform*(.text) *corosensei*(.text)\n";
    format!("SECTIONS {{\n  .text : {{\n{switch}{first}    *(.text .text.*)\n  }}\n{MERGE}}}\n")
}

const MERGE: &str = "\
  .rodata : { *(.rodata .rodata.*) }
  .data.rel.ro : { *(.data.rel.ro .data.rel.ro.*) }
  .data : { *(.data .data.*) }
  .tdata : { *(.tdata .tdata.*) }
  .tbss : { *(.tbss .tbss.*) }
  .bss : { *(.bss .bss.*) }
";

/// One object with everything that `main` and the entry points reach.
fn prelink(archive: &Path, out: &Path) -> Result<PathBuf, String> {
    let symbols = String::from_utf8_lossy(&run(Command::new("nm").args(["-g", "--defined-only"]).arg(archive))?)
        .lines()
        .filter_map(|line| line.split_whitespace().last())
        // Names of the archive's members end in a colon.
        .filter(|name| *name == "main" || (name.starts_with("dark_") && !name.ends_with(':')))
        .map(str::to_owned)
        .collect::<std::collections::BTreeSet<_>>();
    let (script, merged, object) = (out.join("merge.ld"), out.join("merged.o"), out.join("runtime.o"));
    // What programs run lies side by side, on few pages.
    let order = std::fs::read_to_string("order.txt").map_err(|error| format!("order.txt: {error}"))?;
    std::fs::write(&script, merge(&order)).map_err(|error| error.to_string())?;
    // Unwinding stays inside of the runtime, and brings no shared library of its own.
    let unwinder = run(Command::new("cc").arg("-print-file-name=libgcc_eh.a"))?;
    let mut linker = Command::new("ld");
    linker.arg("-r").arg("-o").arg(&merged).arg("-T").arg(&script);
    symbols.iter().for_each(|name| {
        linker.arg("-u").arg(name);
    });
    linker.arg(archive).arg(String::from_utf8_lossy(&unwinder).trim());
    run(&mut linker)?;
    let mut copy = Command::new("objcopy");
    copy.arg("--strip-debug");
    symbols.iter().for_each(|name| {
        copy.arg(format!("--keep-global-symbol={name}"));
    });
    run(copy.arg(&merged).arg(&object))?;
    Ok(object)
}
