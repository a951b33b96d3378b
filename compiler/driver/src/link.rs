//! Linking: a program's objects and the runtime become an executable.
//!
//! The system's compiler driver (`CC`, else `cc`) knows where the C library is. With `lld` installed it is told to use that,
//! which takes half as long as the system's linker.
//!
//! The executable of an optimised build needs nothing but the C library. That of a fast build takes the runtime from a shared
//! library in the user's cache folder: most of the time of linking is copying the runtime, and such a program is run here
//! and nowhere else.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// What every linker understands. Nothing is gained by looking for unused sections or sharing ends of strings: the
/// runtime is one object, stripped of what no program needs when darkc is built. Everything is bound at the start: code that
/// binds names later would run on the stacks of invocations.
const FLAGS: [&str; 9] = [
    "-Wl,-s",
    "-Wl,-O0",
    "-Wl,--hash-style=gnu",
    "-Wl,--build-id=none",
    "-Wl,-z,now",
    // What is not needed is not loaded.
    "-Wl,--as-needed",
    "-lm",
    "-lpthread",
    "-ldl",
];

/// Where a program lies in memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// Where the linker says.
    Fixed,
    /// Where the system puts it, each time elsewhere.
    Chance,
}

/// Links objects and a form of the runtime into an executable file.
pub fn program(objects: &[PathBuf], runtime: &Path, place: Place, executable: &Path) -> Result<(), String> {
    let inputs: Vec<&OsStr> = objects.iter().map(|path| path.as_os_str()).chain([runtime.as_os_str()]).collect();
    let kind = match place {
        Place::Fixed => "-no-pie",
        Place::Chance => "-pie",
    };
    run(&[kind], &inputs, executable)
}

/// Links the runtime's object into a shared library.
pub fn shared(object: &Path, library: &Path) -> Result<(), String> {
    run(&["-shared", "-Wl,-Bsymbolic"], &[object.as_os_str()], library)
}

fn run(kind: &[&str], inputs: &[&OsStr], target: &Path) -> Result<(), String> {
    let chosen = std::env::var_os("CC").filter(|name| !name.is_empty()).map(PathBuf::from);
    let driver = chosen.clone().unwrap_or_else(|| "cc".into());
    let run = |extra: &[String]| {
        let mut command = Command::new(&driver);
        command.args(kind).arg("-o").arg(target).args(inputs).args(FLAGS).args(extra);
        command.output().map_err(|error| match error.kind() {
            std::io::ErrorKind::NotFound => format!(
                "no linker: `{}` is not installed. On Debian and Ubuntu: apt-get install gcc; or name another with CC",
                driver.display()
            ),
            _ => format!("the linker `{}` could not be started: {error}", driver.display()),
        })
    };
    // Who names a driver may have reasons that concern the linker too.
    let fast = if chosen.is_none() { lld() } else { None };
    let output: Output = match fast {
        // Should this one fail, what the usual one says counts.
        Some(folder) => {
            let with_lld = run(&["-fuse-ld=lld".into(), format!("-B{}", folder.display())])?;
            if with_lld.status.success() { with_lld } else { run(&[])? }
        }
        None => run(&[])?,
    };
    if !output.status.success() {
        let _ = std::fs::remove_file(target);
        return Err(format!("linking failed:\n{}", String::from_utf8_lossy(&output.stderr).trim_end()));
    }
    Ok(())
}

/// The folder of an installed `ld.lld`: one of `PATH`, else where Debian and Ubuntu have it.
fn lld() -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let versions = (19..=23).rev().map(|version| PathBuf::from(format!("/usr/lib/llvm-{version}/bin")));
    std::env::split_paths(&path).chain(versions).find(|folder| folder.is_absolute() && folder.join("ld.lld").is_file())
}
