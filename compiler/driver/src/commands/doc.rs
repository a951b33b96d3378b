//! `darkc doc`: the reference of a project or of the library as a folder of HTML.
//!
//! A file in the folder lists what was written, so that the next run knows the folder as its own, takes away the pages of
//! modules that are gone, and leaves alone what others put there. A folder with other things in it is refused.

use crate::project::{self, Project};
use crate::session::{Format, Session, line};
use clap::Args;
use dark_doc::{File, Subject};
use std::ffi::OsStr;
use std::path::{Component, Path, PathBuf};
use std::process::ExitCode;

/// Marks a folder as ours; the names of our files, one a line.
const MARK: &str = ".darkc-doc";

#[derive(Debug, Args)]
pub struct Arguments {
    /// A file or a folder
    #[arg(default_value = ".")]
    path: PathBuf,
    /// The standard library
    #[arg(long, conflicts_with = "path")]
    library: bool,
    /// The folder to write
    #[arg(short, long, default_value = "doc")]
    output: PathBuf,
}

pub fn run(arguments: &Arguments) -> ExitCode {
    let project = match arguments.library {
        true => Ok(Project::empty()),
        false => project::load(&arguments.path, project::Purpose::Check),
    };
    let project = match project {
        Ok(project) => project,
        Err(problem) => return super::fail(problem.exit_code(), &problem.to_string()),
    };
    let before = match written_before(&arguments.output) {
        Ok(names) => names,
        Err(message) => return super::fail(1, &message),
    };
    let subject = subject(arguments, &project);
    let session = Session::new(project);
    if session.report(Format::Human).0 > 0 {
        return ExitCode::from(1);
    }
    let files = dark_doc::render(&dark_doc::gather(session.db(), subject));
    match write(&arguments.output, &files, &before) {
        Ok(()) => {
            line(&arguments.output.join("index.html").display().to_string());
            ExitCode::SUCCESS
        }
        Err(error) => super::fail(1, &format!("{} could not be written: {error}", arguments.output.display())),
    }
}

fn subject(arguments: &Arguments, project: &Project) -> Subject {
    let title = match arguments.library {
        true => "The library of Dark".into(),
        false => project.name.clone(),
    };
    // Readers see where in the project a file is, not where the project is on this machine.
    let folder = if arguments.path.is_dir() { Some(arguments.path.as_path()) } else { arguments.path.parent() };
    let folder = folder.filter(|folder| *folder != Path::new(".")).map(|folder| folder.display().to_string());
    Subject { title, version: env!("CARGO_PKG_VERSION").into(), folder: folder.unwrap_or_default() }
}

/// The files that an earlier run wrote into the folder; an error if somebody else's are there.
fn written_before(folder: &Path) -> Result<Vec<String>, String> {
    if !folder.exists() {
        return Ok(Vec::new());
    }
    let shown = folder.display();
    if !folder.is_dir() {
        return Err(format!("{shown} is no folder; choose another with `-o FOLDER`"));
    }
    if let Ok(names) = std::fs::read_to_string(folder.join(MARK)) {
        return Ok(names.lines().filter(|name| is_plain(name)).map(String::from).collect());
    }
    let mut entries = std::fs::read_dir(folder).map_err(|error| format!("{shown} cannot be read: {error}"))?;
    match entries.next() {
        None => Ok(Vec::new()),
        Some(_) => Err(format!(
            "{shown} has files that `darkc doc` did not write, and is left as it is; choose another with `-o FOLDER`"
        )),
    }
}

/// Whether a name stays inside the folder.
fn is_plain(name: &str) -> bool {
    let mut parts = Path::new(name).components();
    matches!(parts.next(), Some(Component::Normal(part)) if part == OsStr::new(name)) && parts.next().is_none()
}

fn write(folder: &Path, files: &[File], before: &[String]) -> std::io::Result<()> {
    std::fs::create_dir_all(folder)?;
    let mut names: Vec<&str> = files.iter().map(|file| file.name.as_str()).collect();
    names.sort_unstable();
    let gone: Vec<&str> = before.iter().map(String::as_str).filter(|it| names.binary_search(it).is_err()).collect();
    let mark = |names: &[&str]| std::fs::write(folder.join(MARK), format!("{}\n", names.join("\n")));
    // All names first, so that the next run knows what one that ends early has left.
    mark(&[names.as_slice(), &gone].concat())?;
    for file in files {
        std::fs::write(folder.join(&file.name), &file.text)?;
    }
    for gone in gone {
        let path = folder.join(gone);
        if path.exists() {
            std::fs::remove_file(path)?;
        }
    }
    mark(&names)
}
