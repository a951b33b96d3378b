//! A program's text becomes Core, checked before and behind the passes.

#![allow(dead_code, reason = "each test file uses a part of it")]

pub use dark_hir::FileKind;
use dark_hir::{Database, Project, SourceFile, queries};
pub use dark_ir::core::{AppMode, Program};
pub use dark_ir::lower::LowerError;
use dark_ir::lower::{Options, Scope, lower};
use dark_ir::{passes, print, verify};
use dark_source::FileId;
use std::path::{Path, PathBuf};

pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

pub fn dark_files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).expect("the folder is there").flatten();
    let mut files: Vec<PathBuf> =
        entries.map(|it| it.path()).filter(|it| it.extension().is_some_and(|it| it == "dark")).collect();
    files.sort();
    files
}

fn database(text: &str, kind: FileKind) -> Database {
    let db = Database::default();
    let mut files = Vec::new();
    for path in dark_files(&root().join("std")) {
        let text = std::fs::read_to_string(&path).expect("readable");
        files.push(SourceFile::new(&db, FileId(files.len() as u32), path.display().to_string(), text, FileKind::Std));
    }
    let own = SourceFile::new(&db, FileId(files.len() as u32), "main.dark".into(), text.into(), kind);
    files.push(own);
    Project::new(&db, files, "Main".into());
    let errors: Vec<_> =
        queries::diagnostics(&db, own).iter().filter(|it| it.code.id.starts_with('E')).map(|it| &it.title).collect();
    assert!(errors.is_empty(), "{errors:?} in\n{text}");
    db
}

pub fn compile(text: &str, kind: FileKind, mode: AppMode) -> Result<Program, LowerError> {
    compile_with(text, kind, mode, passes::Effort::Full)?;
    compile_with(text, kind, mode, passes::Effort::Needed)
}

const STACK_BYTES: usize = 256 << 20;

/// With as much stack as `darkc` has: passes go down one operation behind the other.
fn compile_with(text: &str, kind: FileKind, mode: AppMode, effort: passes::Effort) -> Result<Program, LowerError> {
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(STACK_BYTES);
        let compiled = thread.spawn_scoped(scope, || compile_here(text, kind, mode, effort)).expect("a thread");
        compiled.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })
}

fn compile_here(text: &str, kind: FileKind, mode: AppMode, effort: passes::Effort) -> Result<Program, LowerError> {
    let db = database(text, kind);
    let mut program = lower(
        &db,
        &Options { name: "test".into(), settings: "{}".into(), mode, scope: Scope::Served },
        &Default::default(),
    )?
    .program;
    assert_eq!(verify::verify(&program), Vec::<String>::new(), "before the passes");
    passes::run(&mut program, effort);
    assert_eq!(verify::verify(&program), Vec::<String>::new(), "behind the passes");
    assert_eq!(verify::verify_counts(&program), Vec::<String>::new(), "behind the passes");
    Ok(program)
}

/// The text of one function behind the passes.
pub fn core(text: &str, symbol: &str) -> String {
    core_with(text, symbol, passes::Effort::Needed)
}

/// The text of the first function whose symbol begins so.
pub fn core_with(text: &str, symbol: &str, effort: passes::Effort) -> String {
    let script = format!("{text}\n()\n");
    let program = compile_with(&script, FileKind::Script, AppMode::Script, effort).expect("it lowers");
    let found = program.functions.iter().find(|it| it.symbol == symbol);
    let found = found.or_else(|| program.functions.iter().find(|it| it.symbol.starts_with(symbol)));
    let function = found.unwrap_or_else(|| panic!("no `{symbol}` in {:?}", symbols(&program)));
    print::function(&program, function)
}

pub fn symbols(program: &Program) -> Vec<&str> {
    program.functions.iter().map(|it| it.symbol.as_str()).collect()
}

/// The symbols of a fast build's functions.
pub fn shared(text: &str) -> Vec<String> {
    let script = format!("{text}\n()\n");
    let program = compile_with(&script, FileKind::Script, AppMode::Script, passes::Effort::Needed).expect("it lowers");
    symbols(&program).into_iter().map(String::from).collect()
}

/// The text of the whole program behind all passes. A function that it puts into a list stays a function.
pub fn optimised(text: &str) -> String {
    let script = format!("{text}\n()\n");
    let program = compile_with(&script, FileKind::Script, AppMode::Script, passes::Effort::Full).expect("it lowers");
    print::program(&program)
}
