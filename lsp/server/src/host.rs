//! What the server needs from the outside: the standard library and a way to read projects. The driver provides both,
//! so that `darkc check` and the editor agree on what a project is.

use dark_diagnostics::Diagnostic;
use dark_ide::Database;
use std::path::{Path, PathBuf};

pub struct Host {
    /// Shown to the client as the server's version.
    pub version: &'static str,
    /// The standard library, at paths an editor can open.
    pub std: Vec<FileOnDisk>,
    /// Whether it is the one that is known to have nothing wrong with it.
    pub std_is_carried: bool,
    /// Reads the project whose root is that folder, or that file by itself.
    pub load: fn(&Path) -> ProjectOnDisk,
    /// What a text is that no `dark.toml` stands above, if it is a program or a test file by itself.
    pub alone: fn(&str) -> Option<FileRole>,
    /// The queries of a project without other errors that cannot be compiled. Takes longer than looking at a file.
    pub refused: fn(&Database) -> Vec<Diagnostic>,
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
