//! `darkc fmt`: writes files in the one format. Files that do not parse are left alone and their errors shown.

use crate::project::{self, File, Problem};
use crate::session::line;
use clap::Args;
use dark_diagnostics::render;
use dark_format::{Unformatted, format_file};
use dark_hir::FileKind;
use dark_source::FileId;
use dark_syntax::Mode;
use std::collections::BTreeSet;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

#[derive(Debug, Args)]
pub struct Arguments {
    /// Files and folders, or `-` for standard input
    #[arg(default_value = ".")]
    paths: Vec<PathBuf>,
    /// Write nothing; name the files that would change and fail if there are any
    #[arg(long)]
    check: bool,
}

pub fn run(arguments: &Arguments) -> ExitCode {
    let input = arguments.paths.as_slice() == [Path::new("-")];
    let files = if input {
        let mut text = String::new();
        match std::io::stdin().lock().read_to_string(&mut text) {
            Ok(_) => Ok(project::standard_input(text).files),
            Err(error) => return super::fail(1, &format!("standard input cannot be read as UTF-8: {error}")),
        }
    } else {
        named_files(&arguments.paths)
    };
    let files = match files {
        Ok(files) => files,
        Err(problem) => return super::fail(problem.exit_code(), &problem.to_string()),
    };
    let mut good = true;
    for file in &files {
        good &= match format_file(&file.text, FileId(0), mode(file.kind)) {
            Ok(formatted) if input && !arguments.check => {
                // Who reads it may stop early (`| head`): that is no failure.
                let _ = std::io::stdout().lock().write_all(formatted.as_bytes());
                true
            }
            Ok(formatted) if formatted == file.text => true,
            Ok(_) if arguments.check => {
                line(&file.name);
                false
            }
            Ok(formatted) => write(file, &formatted),
            Err(Unformatted::Broken(diagnostics)) => {
                for diagnostic in &diagnostics {
                    eprintln!("{}", render::human(diagnostic, &One(file), false));
                }
                false
            }
            Err(Unformatted::Unfaithful) => {
                eprintln!(
                    "darkc: {} is left as it is: formatting it would not have kept its meaning. This is a fault of the \
                     formatter; please report it with the file.",
                    file.name
                );
                false
            }
        };
    }
    if good { ExitCode::SUCCESS } else { ExitCode::from(1) }
}

/// The files of all paths, each once.
fn named_files(paths: &[PathBuf]) -> Result<Vec<File>, Problem> {
    let (mut files, mut known) = (Vec::new(), BTreeSet::new());
    for path in paths {
        let named = project::named_files(path)?;
        let real = |file: &File| file.path.canonicalize().unwrap_or_else(|_| file.path.clone());
        files.extend(named.into_iter().filter(|file| known.insert(real(file))));
    }
    Ok(files)
}

fn write(file: &File, text: &str) -> bool {
    match std::fs::write(&file.path, text) {
        Ok(()) => {
            line(&file.name);
            true
        }
        Err(error) => {
            eprintln!("darkc: {} could not be written: {error}", file.name);
            false
        }
    }
}

fn mode(kind: FileKind) -> Mode {
    match kind {
        FileKind::Std => Mode::Std,
        FileKind::Package => Mode::Package,
        FileKind::Script | FileKind::Eval => Mode::Script,
        FileKind::Test | FileKind::Examples => Mode::Test,
    }
}

/// The file whose errors are shown.
struct One<'a>(&'a File);

impl render::Sources for One<'_> {
    fn path(&self, _: FileId) -> &str {
        &self.0.name
    }

    fn text(&self, _: FileId) -> &str {
        &self.0.text
    }
}
