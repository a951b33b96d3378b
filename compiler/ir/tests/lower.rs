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
    compile_with(text, kind, mode, passes::Effort::Full)?;
    compile_with(text, kind, mode, passes::Effort::Needed)
}

fn compile_with(text: &str, kind: FileKind, mode: AppMode, effort: passes::Effort) -> Result<Program, LowerError> {
    let db = database(text, kind);
    let mut program = lower(
        &db,
        &Options { name: "test".into(), settings: "{}".into(), mode, everything: false },
        &Default::default(),
    )?
    .program;
    assert_eq!(verify::verify(&program), Vec::<String>::new(), "before the passes");
    passes::run(&mut program, effort);
    assert_eq!(verify::verify(&program), Vec::<String>::new(), "behind the passes");
    assert_eq!(verify::verify_counts(&program), Vec::<String>::new(), "behind the passes");
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
    core_with(text, symbol, passes::Effort::Needed)
}

/// The text of the first function whose symbol begins so.
fn core_with(text: &str, symbol: &str, effort: passes::Effort) -> String {
    let script = format!("{text}\n()\n");
    let program = compile_with(&script, FileKind::Script, AppMode::Script, effort).expect("it lowers");
    let found = program.functions.iter().find(|it| it.symbol == symbol);
    let found = found.or_else(|| program.functions.iter().find(|it| it.symbol.starts_with(symbol)));
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

#[test]
fn a_parameter_that_is_only_looked_at_is_not_counted() {
    let text = core_with(
        "type Tree = | Leaf | Node of Tree * Tree\n\
         let size (t: Tree) : Int64 =\n  match t with\n  | Leaf -> 1L\n  | Node(l, r) -> size l + size r\n\
         let _ = size Tree.Leaf",
        "dark$size",
        passes::Effort::Full,
    );
    assert!(!text.contains("dup") && !text.contains("drop") && !text.contains("take"), "{text}");
}

#[test]
fn an_object_taken_apart_is_built_anew_in_its_memory() {
    let text = core_with(
        "type Tree = | Leaf | Node of Tree * Int64 * Tree\n\
         let flip (t: Tree) : Tree =\n  match t with\n  | Leaf -> Tree.Leaf\n  | Node(l, n, r) -> Tree.Node(flip r, n, flip l)\n\
         let _ = flip Tree.Leaf",
        "dark$flip",
        passes::Effort::Full,
    );
    assert!(text.contains("take v0.1(0: v1: Tree, 1: v2: Int64, 2: v3: Tree) keeping v"), "{text}");
    assert!(text.contains("rebuild v") && !text.contains("= construct 1("), "{text}");
}

#[test]
fn a_function_called_with_a_known_lambda_calls_it_directly() {
    let text = core_with(
        "let each (n: Int64) (f: Int64 -> Int64) (acc: Int64) : Int64 = if n == 0L then acc else each (n - 1L) f (f acc)\n\
         let more (k: Int64) : Int64 = each 10L (fun x -> x + k) 0L\n\
         let _ = more 3L",
        "dark$each",
        passes::Effort::Full,
    );
    assert!(!text.contains("closure") && text.contains("call dark$more$1$"), "{text}");
}
