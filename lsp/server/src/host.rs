//! What the server needs from the outside: the standard library and a way to read projects. The driver provides both,
//! so that `darkc check` and the editor agree on what a project is.

use std::path::{Path, PathBuf};

pub struct Host {
    /// Shown to the client as the server's version.
    pub version: &'static str,
    /// The standard library, at paths an editor can open.
    pub std: Vec<FileOnDisk>,
    /// Reads the project whose root is that folder.
    pub load: fn(&Path) -> ProjectOnDisk,
}

pub struct ProjectOnDisk {
    /// The project's own module.
    pub module: String,
    /// The names of secrets that its settings declare.
    pub secrets: Vec<String>,
    pub files: Vec<FileOnDisk>,
    /// Files that could not be read and settings that could not be understood, as messages for a person.
    pub problems: Vec<String>,
}

pub struct FileOnDisk {
    pub path: PathBuf,
    pub text: String,
    pub role: FileRole,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileRole {
    Package,
    Script,
    Test,
}
