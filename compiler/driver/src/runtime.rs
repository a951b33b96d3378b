//! The runtime that every built program needs: one object, carried inside of `darkc`, unpacked where linkers can read it, and
//! made into a shared library for the programs of fast builds.

use crate::{cache, link};
use std::path::{Path, PathBuf};

static OBJECT: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/runtime.o"));

/// Its content's hash.
const HASH: &str = include_str!(concat!(env!("OUT_DIR"), "/runtime.hash"));

/// How many files of runtimes are kept: those of ten versions of `darkc`.
const KEPT_MAX: usize = 30;

/// What an executable is linked with. That of a fast build needs the file where it is, so it is made again if it has gone.
pub fn file_for(optimised: bool) -> Result<PathBuf, String> {
    match optimised {
        true => object(),
        // Where no shared library can be made, each program gets the runtime.
        false => shared().or_else(|_| object()),
    }
}

/// The object as a file that a linker can read.
fn object() -> Result<PathBuf, String> {
    let path = file("o");
    if length(&path) == Some(OBJECT.len() as u64) {
        return Ok(path);
    }
    cache::write(&path, OBJECT).map_err(|error| format!("{} cannot be written: {error}", path.display()))?;
    cache::tidy(&cache::user_folder().join("runtime"), KEPT_MAX);
    Ok(path)
}

/// The shared library, linked when there is none, or one of another length than was linked.
fn shared() -> Result<PathBuf, String> {
    let (path, note) = (file("so"), file("length"));
    let noted = cache::read_sealed(&note).and_then(|bytes| Some(u64::from_le_bytes(bytes.try_into().ok()?)));
    if noted.is_some() && noted == length(&path) {
        return Ok(path);
    }
    let failed = |error: std::io::Error| format!("{} cannot be written: {error}", path.display());
    let own = cache::own_name(&path);
    link::shared(&object()?, &own)?;
    let made = std::fs::metadata(&own).map_err(failed)?.len();
    std::fs::rename(&own, &path).map_err(failed)?;
    cache::write_sealed(&note, &made.to_le_bytes()).map_err(failed)?;
    Ok(path)
}

fn file(extension: &str) -> PathBuf {
    cache::user_folder().join("runtime").join(format!("{HASH}.{extension}"))
}

fn length(path: &Path) -> Option<u64> {
    std::fs::metadata(path).ok().map(|meta| meta.len())
}
