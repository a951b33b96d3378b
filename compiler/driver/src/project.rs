//! What a path on the command line means: one file, or a folder with every `.dark` file below it.

use crate::settings::{self, Settings};
use crate::testing::examples;
use crate::{cache, library};
use dark_hir::FileKind;
use dark_source::FileId;
use dark_syntax::Mode;
use dark_syntax::ast::{Item, ItemKind};
use std::fmt;
use std::path::{Path, PathBuf};

/// Texts over this size are refused: they are no source code.
const FILE_BYTES_MAX: u64 = 16 << 20;

/// Names the file of secrets that a program reads (`dark_platform::library::secrets`).
pub const SECRETS_FILE: &str = "SECRETS_FILE";

/// What the files are read for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Every file must be readable.
    Check,
    /// Unreadable files are noted and left out; an empty folder is fine.
    Edit,
}

#[derive(Debug)]
pub struct Project {
    /// Module of files without a header.
    pub module: String,
    /// What its executable is called.
    pub name: String,
    pub settings: Settings,
    /// The folder of what is made of it: `.dark` inside, or the user's cache for a single file.
    pub cache: PathBuf,
    pub files: Vec<File>,
    pub problems: Vec<Problem>,
}

impl Project {
    /// Nothing but the library.
    pub fn empty() -> Project {
        Project {
            module: String::new(),
            name: String::new(),
            settings: Settings::default(),
            cache: cache::user_folder(),
            files: Vec::new(),
            problems: Vec::new(),
        }
    }

    /// Takes the scripts of a folder out: each is a program of its own.
    pub fn take_scripts(&mut self) -> Vec<PathBuf> {
        let (scripts, rest) =
            std::mem::take(&mut self.files).into_iter().partition(|file| file.kind == FileKind::Script);
        self.files = rest;
        let scripts: Vec<File> = scripts;
        scripts.into_iter().map(|file| file.path).collect()
    }

    /// `.secrets` beside `dark.toml`: `darkc run` and `darkc test` start the program with it, unless the environment names
    /// another file.
    pub fn secrets_file(&self) -> Option<PathBuf> {
        let is_own = self.cache.file_name().is_some_and(|name| name == cache::PROJECT_FOLDER);
        let file = self.cache.parent()?.join(".secrets");
        (is_own && file.is_file() && std::env::var_os(SECRETS_FILE).is_none()).then_some(file)
    }
}

#[derive(Debug)]
pub struct File {
    pub path: PathBuf,
    /// As shown to a person.
    pub name: String,
    pub text: String,
    pub kind: FileKind,
    /// For tests: which path of the command line asked for those of this file; `None`: nobody did.
    pub rank: Option<usize>,
}

/// Why a project cannot be read.
#[derive(Debug)]
pub enum Problem {
    Missing(PathBuf),
    NotDark(PathBuf),
    Empty(PathBuf),
    Unreadable(PathBuf, std::io::Error),
    NotUtf8(PathBuf, usize),
    TooBig(PathBuf, u64),
    Settings(String),
}

impl Problem {
    /// A wrong path is wrong usage; anything else is an error of the project.
    pub fn exit_code(&self) -> u8 {
        match self {
            Problem::Missing(_) | Problem::NotDark(_) => 2,
            _ => 1,
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Problem::Missing(path) => write!(f, "{} does not exist", path.display()),
            Problem::NotDark(path) => write!(f, "{} is no `.dark` file", path.display()),
            Problem::Empty(path) => {
                write!(f, "no `.dark` file below {}; `darkc new DIR` starts a project", path.display())
            }
            Problem::Unreadable(path, error) => write!(f, "{} cannot be read: {error}", path.display()),
            Problem::NotUtf8(path, at) => {
                write!(f, "{} is not UTF-8 (byte {at}); save it as UTF-8", path.display())
            }
            Problem::TooBig(path, bytes) => {
                write!(f, "{} has {bytes} bytes; source files have at most {FILE_BYTES_MAX}", path.display())
            }
            Problem::Settings(message) => f.write_str(message),
        }
    }
}

/// Reads the project at a path.
pub fn load(path: &Path, purpose: Purpose) -> Result<Project, Problem> {
    let meta = std::fs::metadata(path).map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => Problem::Missing(path.into()),
        _ => Problem::Unreadable(path.into(), error),
    })?;
    if meta.is_dir() { folder(path, purpose) } else { file(path) }
}

/// A file that is named: with the project it belongs to, where a file with expressions is a script.
fn file(path: &Path) -> Result<Project, Problem> {
    let alone = single(path)?;
    let Some(root) = root_of(path) else { return Ok(alone) };
    let mut project = folder(&root, Purpose::Check)?;
    let Some(own) = project.files.iter_mut().find(|file| same(&file.path, path)) else { return Ok(alone) };
    if own.kind == FileKind::Package && (has_tests(&own.text) || has_expressions(&own.text)) {
        own.kind = alone.files.first().map_or(own.kind, |file| file.kind);
    }
    project.files.retain(|file| file.kind != FileKind::Script || same(&file.path, path));
    Ok(project)
}

/// The files that a path names: all of a folder, or one, read as what it is in its project.
pub fn named_files(path: &Path) -> Result<Vec<File>, Problem> {
    let mut files = load(path, Purpose::Check)?.files;
    if path.is_file() {
        files.retain(|file| same(&file.path, path));
    }
    Ok(files)
}

/// What a program is made of at a path: a project without its tests and scripts, or the script that is named.
pub fn for_build(path: &Path) -> Result<Project, Problem> {
    let mut project = load(path, Purpose::Check)?;
    let belongs = |file: &File| file.kind == FileKind::Package || same(&file.path, path);
    // Of tests alone there is something else to say than that nothing is there.
    let only_tests = !project.files.iter().any(belongs);
    project.files.retain(|file| belongs(file) || only_tests && file.kind == FileKind::Test);
    if project.files.is_empty() {
        return Err(Problem::Empty(path.into()));
    }
    Ok(project)
}

/// A file by itself: a test file if it has tests, else a script.
fn single(path: &Path) -> Result<Project, Problem> {
    if path.extension().is_none_or(|extension| extension != "dark") {
        return Err(Problem::NotDark(path.into()));
    }
    let text = read(path)?;
    let kind = if has_tests(&text) { FileKind::Test } else { FileKind::Script };
    let file = File { path: path.into(), name: path.display().to_string(), text, kind, rank: None };
    let name = path.file_stem().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    Ok(by_itself(file, name))
}

/// A project of one file.
fn by_itself(file: File, name: String) -> Project {
    let (settings, cache) = (Settings::default(), cache::user_folder());
    Project { module: "Main".into(), name, settings, cache, files: vec![file], problems: Vec::new() }
}

/// A text from standard input as a project.
pub fn standard_input(text: String) -> Project {
    let kind = if has_tests(&text) { FileKind::Test } else { FileKind::Script };
    by_itself(File { path: "-".into(), name: "<standard input>".into(), text, kind, rank: None }, "input".into())
}

/// An expression from the command line as a project.
pub fn expression(text: &str) -> Project {
    let name = "<expression>";
    let file = File { path: name.into(), name: name.into(), text: text.into(), kind: FileKind::Eval, rank: None };
    by_itself(file, "eval".into())
}

fn folder(root: &Path, purpose: Purpose) -> Result<Project, Problem> {
    let mut problems = Vec::new();
    let settings = match settings::read(root) {
        Ok(settings) => settings,
        Err(message) if purpose == Purpose::Edit => {
            problems.push(Problem::Settings(message));
            Settings::default()
        }
        Err(message) => return Err(Problem::Settings(message)),
    };
    let mut paths = Vec::new();
    collect(root, &mut paths, &mut problems);
    paths.sort();
    let mut files = Vec::new();
    for path in paths {
        let inside = path.strip_prefix(root).unwrap_or(&path);
        let kind = match inside {
            _ if is_below("tests", inside) => FileKind::Test,
            _ if is_below("scripts", inside) => FileKind::Script,
            _ => FileKind::Package,
        };
        match read(&path) {
            Ok(text) => {
                let name = if root == Path::new(".") { inside.display() } else { path.display() }.to_string();
                files.push(File { path, name, text, kind, rank: None });
            }
            Err(problem) => problems.push(problem),
        }
    }
    // Without settings, scripts and test files in a folder have nothing to do with each other.
    if purpose == Purpose::Edit && !root.join(settings::FILE).is_file() {
        files.retain(|file| kind_by_itself(&file.text).is_none());
    }
    if purpose == Purpose::Check {
        if let Some(problem) = problems.pop() {
            return Err(problem);
        }
        if files.is_empty() {
            return Err(Problem::Empty(root.into()));
        }
    }
    let name = settings.name.clone().unwrap_or_else(|| folder_name(root));
    let (module, cache) = (module_name(&name), root.join(cache::PROJECT_FOLDER));
    Ok(Project { module, name: file_name(&name), settings, cache, files, problems })
}

/// The projects whose tests the paths name: a folder is one; a file below a `dark.toml` belongs to that project; all other
/// files are one together.
pub fn for_tests(paths: &[PathBuf]) -> Result<Vec<Project>, Problem> {
    let mut projects: Vec<(Option<PathBuf>, Project)> = Vec::new();
    for (rank, path) in paths.iter().enumerate() {
        let (root, mut project) = named(path)?;
        // A file that is named is read, whatever stands around it.
        let named = |file: &File| root.as_deref() == Some(path) || same(&file.path, path);
        project.files.iter_mut().filter(|file| named(file)).for_each(|file| file.rank = Some(rank));
        let key = root.map(|root| root.canonicalize().unwrap_or(root));
        match projects.iter_mut().find(|(known, _)| *known == key) {
            Some((_, known)) => merge(known, project),
            None => projects.push((key, project)),
        }
    }
    let projects = projects.into_iter().map(|(_, mut project)| {
        let documented = |file: &&File| file.rank.is_some() && file.kind != FileKind::Test;
        let examples: Vec<File> = project.files.iter().filter(documented).flat_map(examples::of).collect();
        project.files.retain(|file| match file.kind {
            FileKind::Test => file.rank.is_some(),
            FileKind::Script => paths.iter().any(|path| same(&file.path, path)),
            _ => true,
        });
        project.files.extend(examples);
        project
    });
    Ok(projects.collect())
}

/// The project that a path on `darkc test` means, and its folder.
fn named(path: &Path) -> Result<(Option<PathBuf>, Project), Problem> {
    if path.is_dir() {
        let mut project = folder(path, Purpose::Check)?;
        // Folders of tests need no name and no settings.
        if !path.join(settings::FILE).is_file() {
            let tests = project.files.iter_mut().filter(|file| has_tests(&file.text));
            tests.for_each(|file| file.kind = FileKind::Test);
        }
        return Ok((Some(path.into()), project));
    }
    if !path.exists() {
        return Err(Problem::Missing(path.into()));
    }
    match root_of(path) {
        Some(root) => {
            let mut project = folder(&root, Purpose::Check)?;
            let own = project.files.iter_mut().find(|file| same(&file.path, path));
            match own {
                Some(file) if has_tests(&file.text) => file.kind = FileKind::Test,
                Some(_) => {}
                None => project.files.extend(single(path)?.files),
            }
            Ok((Some(root), project))
        }
        None => Ok((None, single(path)?)),
    }
}

/// The folder above a file with a `dark.toml`.
fn root_of(path: &Path) -> Option<PathBuf> {
    let is_root = |folder: &&Path| folder.join(settings::FILE).is_file();
    let near = path.ancestors().skip(1).map(|it| if it == Path::new("") { Path::new(".") } else { it });
    let full = path.canonicalize().ok();
    let far = full.iter().flat_map(|full| full.ancestors().skip(1));
    near.into_iter().find(is_root).or_else(|| far.into_iter().find(is_root)).map(Path::to_path_buf)
}

fn same(one: &Path, other: &Path) -> bool {
    one == other || matches!((one.canonicalize(), other.canonicalize()), (Ok(one), Ok(other)) if one == other)
}

/// Adds the files of the same project that are not known yet.
fn merge(known: &mut Project, more: Project) {
    for file in more.files {
        match known.files.iter_mut().find(|it| same(&it.path, &file.path)) {
            Some(own) => own.rank = own.rank.or(file.rank),
            None => known.files.push(file),
        }
    }
}

/// The examples of the standard library.
pub fn library_examples() -> Project {
    let files = library::files().into_iter().flat_map(|(name, text)| {
        let name = format!("std/{name}");
        let (path, text) = (PathBuf::from(&name), text.into_owned());
        examples::of(&File { path, name, text, kind: FileKind::Std, rank: Some(usize::MAX) })
    });
    let (settings, cache) = (Settings::default(), cache::user_folder());
    let (module, name) = ("Main".into(), "library".into());
    Project { module, name, settings, cache, files: files.collect(), problems: Vec::new() }
}

/// Every `.dark` file below a folder; hidden folders and `target`, `node_modules` are passed over.
fn collect(folder: &Path, out: &mut Vec<PathBuf>, problems: &mut Vec<Problem>) {
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) => return problems.push(Problem::Unreadable(folder.into(), error)),
    };
    for entry in entries.flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let Ok(kind) = entry.file_type() else { continue };
        if name.starts_with('.') {
            continue;
        }
        if kind.is_dir() {
            if name != "target" && name != "node_modules" {
                collect(&entry.path(), out, problems);
            }
        } else if name.ends_with(".dark") {
            out.push(entry.path());
        }
    }
}

fn has_tests(text: &str) -> bool {
    fn any(items: &[Item]) -> bool {
        items.iter().any(|item| match &item.kind {
            ItemKind::Test(_) => true,
            ItemKind::Module(module) => any(&module.items),
            _ => false,
        })
    }
    any(&dark_syntax::parse(text, FileId(0), Mode::Test).tree.items)
}

/// What a text is that stands by itself: a test file, or a script; `None` if it could be part of something.
pub fn kind_by_itself(text: &str) -> Option<FileKind> {
    match () {
        () if has_tests(text) => Some(FileKind::Test),
        () if has_expressions(text) => Some(FileKind::Script),
        () => None,
    }
}

/// Whether the file is one to be run from its top to its end.
fn has_expressions(text: &str) -> bool {
    let items = dark_syntax::parse(text, FileId(0), Mode::Script).tree.items;
    items.iter().any(|item| matches!(item.kind, ItemKind::Expr(_)))
}

fn is_below(name: &str, path: &Path) -> bool {
    path.parent().is_some_and(|folder| folder.components().any(|part| part.as_os_str() == name))
}

fn read(path: &Path) -> Result<String, Problem> {
    let unreadable = |error| Problem::Unreadable(path.into(), error);
    let bytes = std::fs::metadata(path).map_err(unreadable)?.len();
    if bytes > FILE_BYTES_MAX {
        return Err(Problem::TooBig(path.into(), bytes));
    }
    let bytes = std::fs::read(path).map_err(unreadable)?;
    String::from_utf8(bytes).map_err(|error| Problem::NotUtf8(path.into(), error.utf8_error().valid_up_to()))
}

fn folder_name(root: &Path) -> String {
    let full = root.canonicalize().unwrap_or_else(|_| root.into());
    full.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

/// A name that can stand in a folder: `My shop/2` is `My-shop-2`.
fn file_name(name: &str) -> String {
    let kept = |c: char| if c.is_alphanumeric() || "-_.".contains(c) { c } else { '-' };
    let name: String = name.chars().map(kept).collect();
    match name.trim_matches(['-', '.']) {
        "" => "app".into(),
        name => name.into(),
    }
}

/// A name in PascalCase: `todo-list` is `TodoList`.
pub fn module_name(name: &str) -> String {
    let mut out = String::new();
    let mut upper = true;
    for c in name.chars() {
        if !c.is_alphanumeric() {
            upper = true;
        } else if upper {
            out.extend(c.to_uppercase());
            upper = false;
        } else {
            out.push(c);
        }
    }
    if !out.starts_with(char::is_alphabetic) {
        out.insert_str(0, "App");
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn executables_get_names_that_files_can_have() {
        assert_eq!(file_name("todo"), "todo");
        assert_eq!(file_name("../My shop"), "My-shop");
        assert_eq!(file_name("/"), "app");
    }

    #[test]
    fn module_names_are_pascal_case() {
        assert_eq!(module_name("todo-list"), "TodoList");
        assert_eq!(module_name("7up"), "App7up");
        assert_eq!(module_name("Shop"), "Shop");
    }
}
