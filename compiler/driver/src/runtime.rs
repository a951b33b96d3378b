//! The runtime that every built program contains: one object, carried inside of `darkc`.

use crate::cache;
use std::path::PathBuf;

static OBJECT: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/runtime.o"));

/// Its content's hash.
pub const HASH: &str = include_str!(concat!(env!("OUT_DIR"), "/runtime.hash"));

/// The object as a file that a linker can read.
pub fn object() -> Result<PathBuf, String> {
    let path = cache::user_folder().join("runtime").join(format!("{HASH}.o"));
    if std::fs::metadata(&path).is_ok_and(|meta| meta.len() == OBJECT.len() as u64) {
        return Ok(path);
    }
    cache::write(&path, OBJECT).map_err(|error| format!("{} cannot be written: {error}", path.display()))?;
    Ok(path)
}
