//! Where what was made is kept: `.dark/` in a project's folder, `dark/` in the user's cache folder for everything else.
//!
//! Files are named by a hash of all that decides their content, so they are never wrong, only old: the least recently used
//! are removed when there are many. Both folders may be deleted at any time; a program of a fast build then waits for the next
//! build, which brings the runtime back (`runtime`). A file that is not whole, because a machine
//! stopped or a disk failed, is found by its seal, the hash of its content at its end, and made again; linkers and the system
//! pass over what stands behind an object or a program.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// In the folder of a project.
pub const PROJECT_FOLDER: &str = ".dark";

/// Ends a sealed file, behind the hash of its content.
const SEAL: &[u8; 8] = b"darkseal";
const SEAL_BYTES: usize = blake3::OUT_LEN + SEAL.len();

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

/// Writes a file whose content can be checked.
pub fn write_sealed(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    write(path, &[bytes, blake3::hash(bytes).as_bytes(), SEAL].concat())
}

/// The content of a sealed file, if it is there and whole.
pub fn read_sealed(path: &Path) -> Option<Vec<u8>> {
    let mut bytes = std::fs::read(path).ok()?;
    let length = bytes.len().checked_sub(SEAL_BYTES)?;
    let (content, seal) = bytes.split_at(length);
    if seal != [blake3::hash(content).as_bytes(), SEAL.as_slice()].concat() {
        return None;
    }
    bytes.truncate(length);
    Some(bytes)
}

/// Whether a sealed file is there and whole; it counts as used now.
pub fn is_sealed(path: &Path) -> bool {
    touch(path);
    read_sealed(path).is_some()
}

/// Seals a file that was written by somebody else and moves it into place.
pub fn seal(own: &Path, path: &Path) -> std::io::Result<()> {
    let bytes = std::fs::read(own)?;
    let mut file = std::fs::File::options().append(true).open(own)?;
    file.write_all(&[blake3::hash(&bytes).as_bytes(), SEAL.as_slice()].concat())?;
    drop(file);
    std::fs::rename(own, path)
}

/// A name beside a path that only this process uses.
pub fn own_name(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}", std::process::id()));
    path.with_file_name(name)
}

/// Removes what has not been used for longest; what cannot be removed stays.
pub fn tidy(folder: &Path, kept_max: usize) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    let used = |path: &Path| std::fs::metadata(path).and_then(|meta| meta.modified()).unwrap_or(SystemTime::UNIX_EPOCH);
    let mut files: Vec<(SystemTime, PathBuf)> =
        entries.flatten().map(|entry| entry.path()).map(|path| (used(&path), path)).collect();
    files.sort();
    let spare = files.len().saturating_sub(kept_max);
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
    fn what_is_not_whole_is_not_read() {
        let folder = std::env::temp_dir().join(format!("dark-seal-test-{}", std::process::id()));
        let path = folder.join("a.o");
        write_sealed(&path, b"content").unwrap();
        assert_eq!(read_sealed(&path).as_deref(), Some(&b"content"[..]));
        let whole = std::fs::read(&path).unwrap();
        for length in [0, 3, whole.len() - 1] {
            std::fs::write(&path, &whole[..length]).unwrap();
            assert_eq!(read_sealed(&path), None, "cut to {length}");
        }
        let mut changed = whole.clone();
        changed[2] ^= 1;
        std::fs::write(&path, &changed).unwrap();
        assert!(!is_sealed(&path));
        std::fs::write(&path, b"content").unwrap();
        seal(&path, &folder.join("b.o")).unwrap();
        assert_eq!(std::fs::read(folder.join("b.o")).unwrap(), whole);
        std::fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn the_oldest_files_go() {
        let folder = std::env::temp_dir().join(format!("dark-cache-test-{}", std::process::id()));
        for number in 0..45 {
            write(&folder.join(format!("{number}.o")), b"x").unwrap();
        }
        let first = folder.join("0.o");
        let old = std::fs::File::options().append(true).open(&first).unwrap();
        old.set_modified(SystemTime::UNIX_EPOCH).unwrap();
        tidy(&folder, 40);
        assert!(!first.exists());
        assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 40);
        std::fs::remove_dir_all(folder).unwrap();
    }
}
