//! Where what was made is kept: `.dark/` in a project's folder, `dark/` in the user's cache folder for everything else.
//!
//! Files are named by a hash of all that decides their content, so they are never wrong, only old: the least recently used
//! are removed when there are many. Both folders may be deleted at any time.

use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// In the folder of a project.
pub const PROJECT_FOLDER: &str = ".dark";

/// Files kept in a folder.
const KEPT_MAX: usize = 40;

/// `$XDG_CACHE_HOME/dark`, `~/.cache/dark`, or the system's folder for temporary files.
pub fn user_folder() -> PathBuf {
    let absolute = |name: &str| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    absolute("XDG_CACHE_HOME")
        .or_else(|| absolute("HOME").map(|home| home.join(".cache")))
        .unwrap_or_else(std::env::temp_dir)
        .join("dark")
}

/// A name for everything with this content.
pub fn key(parts: &[&[u8]]) -> String {
    let mut hasher = blake3::Hasher::new();
    for part in parts {
        hasher.update(&(part.len() as u64).to_le_bytes());
        hasher.update(part);
    }
    hasher.finalize().to_hex()[..40].to_owned()
}

/// Writes a file so that nobody sees half of it.
pub fn write(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    // Two processes may do this at once: each writes its own file and renames it into place.
    let own = own_name(path);
    std::fs::write(&own, bytes)?;
    std::fs::rename(&own, path)
}

/// A name beside a path that only this process uses.
pub fn own_name(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}", std::process::id()));
    path.with_file_name(name)
}

/// Removes what has not been used for longest; what cannot be removed stays.
pub fn tidy(folder: &Path) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    let used = |path: &Path| std::fs::metadata(path).and_then(|meta| meta.modified()).unwrap_or(SystemTime::UNIX_EPOCH);
    let mut files: Vec<(SystemTime, PathBuf)> =
        entries.flatten().map(|entry| entry.path()).map(|path| (used(&path), path)).collect();
    files.sort();
    let spare = files.len().saturating_sub(KEPT_MAX);
    for (_, path) in files.into_iter().take(spare) {
        let _ = std::fs::remove_file(path);
    }
}

/// Notes that a file was used now.
pub fn touch(path: &Path) {
    if let Ok(file) = std::fs::File::options().append(true).open(path) {
        let _ = file.set_modified(SystemTime::now());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_tell_parts_apart() {
        assert_ne!(key(&[b"ab", b"c"]), key(&[b"a", b"bc"]));
        assert_eq!(key(&[b"ab"]).len(), 40);
    }

    #[test]
    fn the_oldest_files_go() {
        let folder = std::env::temp_dir().join(format!("dark-cache-test-{}", std::process::id()));
        for number in 0..KEPT_MAX + 5 {
            write(&folder.join(format!("{number}.o")), b"x").unwrap();
        }
        let first = folder.join("0.o");
        let old = std::fs::File::options().append(true).open(&first).unwrap();
        old.set_modified(SystemTime::UNIX_EPOCH).unwrap();
        tidy(&folder);
        assert!(!first.exists());
        assert_eq!(std::fs::read_dir(&folder).unwrap().count(), KEPT_MAX);
        std::fs::remove_dir_all(folder).unwrap();
    }
}
