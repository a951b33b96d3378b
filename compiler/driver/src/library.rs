//! The standard library, which `darkc` carries inside.
//!
//! `DARK_STD=folder` takes the library from a folder instead, so that work on `std/` needs no build of `darkc`.

use crate::cache;
use std::borrow::Cow;
use std::path::{Path, PathBuf};

/// Names and texts of `std/*.dark`.
const CARRIED: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/std_files.rs"));

/// Names and texts of the library's files.
pub fn files() -> Vec<(Cow<'static, str>, Cow<'static, str>)> {
    let folder = replaced();
    match folder.as_deref().map(read) {
        Some(Ok(files)) => files,
        Some(Err(error)) => {
            eprintln!(
                "darkc: the library that DARK_STD names cannot be read ({error}); the one inside of darkc is used"
            );
            carried()
        }
        None => carried(),
    }
}

/// Whether the library comes from a folder: nobody has checked it yet.
pub fn is_replaced() -> bool {
    replaced().is_some()
}

fn replaced() -> Option<PathBuf> {
    std::env::var_os("DARK_STD").filter(|folder| !folder.is_empty()).map(PathBuf::from)
}

fn carried() -> Vec<(Cow<'static, str>, Cow<'static, str>)> {
    CARRIED.iter().map(|(name, text)| (Cow::Borrowed(*name), Cow::Borrowed(*text))).collect()
}

fn read(folder: &Path) -> std::io::Result<Vec<(Cow<'static, str>, Cow<'static, str>)>> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|it| it == "dark") {
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            files.push((Cow::Owned(name), Cow::Owned(std::fs::read_to_string(&path)?)));
        }
    }
    files.sort();
    Ok(files)
}

/// The files at paths an editor can open. Where they cannot be written, the paths do not exist, and only going to a
/// definition inside the library fails.
pub fn unpacked() -> Vec<(PathBuf, String)> {
    let folder = cache::user_folder().join(format!("std-{}", env!("CARGO_PKG_VERSION")));
    let files = files();
    if let Err(error) = write(&folder, &files) {
        eprintln!("darkc: the standard library could not be written to {}: {error}", folder.display());
    }
    files.into_iter().map(|(name, text)| (folder.join(&*name), text.into_owned())).collect()
}

fn write(folder: &Path, files: &[(Cow<'static, str>, Cow<'static, str>)]) -> std::io::Result<()> {
    for (name, text) in files {
        let path = folder.join(&**name);
        if !std::fs::read_to_string(&path).is_ok_and(|old| old == **text) {
            cache::write(&path, text.as_bytes())?;
        }
    }
    Ok(())
}
