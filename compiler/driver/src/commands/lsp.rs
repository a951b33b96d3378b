//! `darkc lsp`: the language server, with the driver's idea of a project.

use crate::{library, project};
use dark_lsp::{FileOnDisk, FileRole, Host, ProjectOnDisk};
use std::path::Path;
use std::process::ExitCode;

pub fn run() -> ExitCode {
    let std = library::unpacked()
        .into_iter()
        .map(|(path, text)| FileOnDisk { path, text, role: FileRole::Package })
        .collect();
    match dark_lsp::serve(Host { version: env!("CARGO_PKG_VERSION"), std, load }) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => super::fail(1, &format!("the language server could not be started: {error}")),
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
                .map(|file| FileOnDisk {
                    path: file.path,
                    text: file.text,
                    role: match file.kind {
                        dark_hir::FileKind::Test | dark_hir::FileKind::Examples => FileRole::Test,
                        dark_hir::FileKind::Script | dark_hir::FileKind::Eval => FileRole::Script,
                        dark_hir::FileKind::Package | dark_hir::FileKind::Std => FileRole::Package,
                    },
                })
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
