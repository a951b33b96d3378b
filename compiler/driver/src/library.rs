//! The standard library, which `darkc` carries inside.

use crate::cache;
use std::path::PathBuf;

/// Names and texts of `std/*.dark`.
pub const FILES: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/std_files.rs"));

/// The files at paths an editor can open. Where they cannot be written, the paths do not exist, and only going to a
/// definition inside the library fails.
pub fn unpacked() -> Vec<(PathBuf, String)> {
    let folder = cache::user_folder().join(format!("std-{}", env!("CARGO_PKG_VERSION")));
    if let Err(error) = write(&folder) {
        eprintln!("darkc: the standard library could not be written to {}: {error}", folder.display());
    }
    FILES.iter().map(|(name, text)| (folder.join(name), text.to_string())).collect()
}

fn write(folder: &std::path::Path) -> std::io::Result<()> {
    for (name, text) in FILES {
        let path = folder.join(name);
        if !std::fs::read_to_string(&path).is_ok_and(|old| old == *text) {
            cache::write(&path, text.as_bytes())?;
        }
    }
    Ok(())
}
