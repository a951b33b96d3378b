//! `darkc lsp`: the language server, with the driver's idea of a project.

use crate::{library, project, queries};
use dark_diagnostics::Diagnostic;
use dark_hir::{Database, FileKind};
use dark_lsp::{FileOnDisk, FileRole, Host, ProjectOnDisk};
use std::path::Path;
use std::process::ExitCode;

pub fn run() -> ExitCode {
    let std = library::unpacked()
        .into_iter()
        .map(|(path, text)| FileOnDisk { path, text, role: FileRole::Package })
        .collect();
    let std_is_carried = !library::is_replaced();
    let host = Host { version: env!("CARGO_PKG_VERSION"), std, std_is_carried, load, alone, refused };
    match dark_lsp::serve(host) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => super::fail(1, &format!("the language server could not be started: {error}")),
    }
}

fn refused(db: &Database) -> Vec<Diagnostic> {
    queries::refused_of(db).unwrap_or_default()
}

fn alone(text: &str) -> Option<FileRole> {
    project::kind_by_itself(text).map(role)
}

fn role(kind: FileKind) -> FileRole {
    match kind {
        FileKind::Test | FileKind::Examples => FileRole::Test,
        FileKind::Script | FileKind::Eval => FileRole::Script,
        FileKind::Package | FileKind::Std => FileRole::Package,
    }
}

fn load(root: &Path) -> ProjectOnDisk {
    match project::load(root, project::Purpose::Edit) {
        Ok(project) => ProjectOnDisk {
            module: project.module.clone(),
            secrets: project.settings.secrets.clone(),
            problems: project.problems.iter().map(ToString::to_string).collect(),
            files: project
                .files
                .into_iter()
                .map(|file| FileOnDisk { path: file.path, text: file.text, role: role(file.kind) })
                .collect(),
        },
        Err(problem) => ProjectOnDisk {
            module: "Project".into(),
            secrets: Vec::new(),
            files: Vec::new(),
            problems: vec![problem.to_string()],
        },
    }
}
