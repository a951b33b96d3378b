//! Lowering and counting: every program of the repository becomes Core that verifies, and small ones become what is written
//! here.

use dark_hir::{Database, FileKind, Project, SourceFile, queries};
use dark_ir::core::{AppMode, Program};
use dark_ir::lower::{LowerError, Options, lower};
use dark_ir::{passes, print, verify};
use dark_source::FileId;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn dark_files(folder: &Path) -> Vec<PathBuf> {
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

fn compile(text: &str, kind: FileKind, mode: AppMode) -> Result<Program, LowerError> {
    let db = database(text, kind);
    let mut program = lower(&db, &Options { name: "test".into(), settings: "{}".into(), mode }, &[])?;
    assert_eq!(verify::verify(&program), Vec::<String>::new(), "before the passes");
    passes::run(&mut program);
    assert_eq!(verify::verify(&program), Vec::<String>::new(), "behind the passes");
    Ok(program)
}

#[test]
fn every_test_program_and_example_becomes_core_that_verifies() {
    for path in dark_files(&root().join("tests/run")) {
        let text = std::fs::read_to_string(&path).expect("readable");
        let program = compile(&text, FileKind::Script, AppMode::Script);
        assert!(program.is_ok(), "{}: {program:?}", path.display());
    }
    for (path, handlers) in [
        ("examples/hello/hello.dark", 2),
        ("examples/todo/todo.dark", 6),
        ("examples/signup/signup.dark", 3),
        ("tests/apps/jobs/jobs.dark", 3),
    ] {
        let text = std::fs::read_to_string(root().join(path)).expect("readable");
        let program = compile(&text, FileKind::Package, AppMode::Serve).expect("it lowers");
        assert_eq!(program.app.handlers.len(), handlers, "{path}");
    }
}

/// The text of one function behind the passes.
fn core(text: &str, symbol: &str) -> String {
    let script = format!("{text}\n()\n");
    let program = compile(&script, FileKind::Script, AppMode::Script).expect("it lowers");
    let found = program.functions.iter().find(|it| it.symbol == symbol);
    let function = found.unwrap_or_else(|| panic!("no `{symbol}` in {:?}", symbols(&program)));
    print::function(&program, function)
}

fn symbols(program: &Program) -> Vec<&str> {
    program.functions.iter().map(|it| it.symbol.as_str()).collect()
}

#[test]
fn a_value_used_twice_is_duplicated_once() {
    let text = core("let twice (s: String) : (String * String) = (s, s)\nlet _ = twice \"a\"", "dark$twice");
    assert_eq!(
        text,
        "function dark$twice(v0: String) : (String * String) =\n  dup v0\n  v1: (String * String) = construct 0(v0, v0)\n  v1\n"
    );
}

#[test]
fn a_value_that_one_branch_needs_is_dropped_in_the_other() {
    let text = core(
        "let pick (b: Bool) (s: String) : String = if b then s else \"none\"\nlet _ = pick true \"a\"",
        "dark$pick",
    );
    assert_eq!(
        text,
        "function dark$pick(v0: Bool, v1: String) : String =\n  if v0 then\n    v1\n  else\n    drop v1\n    \"none\":String\n"
    );
}

#[test]
fn a_projection_is_owned_and_its_base_goes() {
    let text = core(
        "type P = { name: String; age: Int64 }\nlet nameOf (p: P) : String = p.name\nlet _ = nameOf (P { name = \"a\"; age = 1L })",
        "dark$nameOf",
    );
    assert_eq!(text, "function dark$nameOf(v0: P) : String =\n  v1: String = v0.0\n  dup v1\n  drop v0\n  v1\n");
}

#[test]
fn types_that_never_end_are_refused() {
    let text =
        "let grow (x: 'a) (n: Int64) : Int64 = if n == 0L then 0L else grow (x, x) (n - 1L)\nlet _ = grow 1L 3L\n()\n";
    assert!(matches!(compile(text, FileKind::Script, AppMode::Script), Err(LowerError::InfiniteTypes { .. })));
}

#[test]
fn the_same_program_prints_the_same_core() {
    let text =
        "let f (n: Int64) : Int64 = n + 1L\nlet xs = Stdlib.List.map [ 1L ] f\nStdlib.printLine (Stdlib.toRepr xs)\n";
    let print = || print::program(&compile(text, FileKind::Script, AppMode::Script).expect("it lowers"));
    assert_eq!(print(), print());
}
