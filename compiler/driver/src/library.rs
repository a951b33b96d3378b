//! The standard library, which `darkc` carries inside.

use std::path::PathBuf;

/// Names and texts of `std/*.dark`.
pub const FILES: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/std_files.rs"));

/// The files at paths an editor can open. Where they cannot be written, the paths do not exist, and only going to a
/// definition inside the library fails.
pub fn unpacked() -> Vec<(PathBuf, String)> {
    let folder = cache_folder().join(format!("std-{}", env!("CARGO_PKG_VERSION")));
    if let Err(error) = write(&folder) {
        eprintln!("darkc: the standard library could not be written to {}: {error}", folder.display());
    }
    FILES.iter().map(|(name, text)| (folder.join(name), text.to_string())).collect()
}

fn write(folder: &std::path::Path) -> std::io::Result<()> {
    std::fs::create_dir_all(folder)?;
    for (name, text) in FILES {
        let path = folder.join(name);
        if std::fs::read_to_string(&path).is_ok_and(|old| old == *text) {
            continue;
        }
        // Two processes may do this at once: each writes its own file and renames it into place.
        let own = folder.join(format!("{name}.{}", std::process::id()));
        std::fs::write(&own, text)?;
        std::fs::rename(&own, &path)?;
    }
    Ok(())
}

/// `$XDG_CACHE_HOME/dark`, `~/.cache/dark`, or the system's folder for temporary files.
fn cache_folder() -> PathBuf {
    let absolute = |name: &str| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    absolute("XDG_CACHE_HOME")
        .or_else(|| absolute("HOME").map(|home| home.join(".cache")))
        .unwrap_or_else(std::env::temp_dir)
        .join("dark")
}
