//! Lowering and counting: every program of the repository becomes Core that verifies, and small ones become what is written
//! here.

mod common;

use common::{AppMode, FileKind, LowerError, compile, core, dark_files, root};
use dark_ir::print;

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
fn functions_that_need_themselves_with_ever_larger_types_are_refused() {
    for larger in ["[ x ]", "(x, x)", "Stdlib.Option.Option.Some x"] {
        let text = format!(
            "let grow (n: Int64) (x: 'a) : Int64 =\n  if n == 0L then 0L else grow (n - 1L) ({larger})\nlet _ = grow 3L 1L\n()\n"
        );
        let refused = compile(&text, FileKind::Script, AppMode::Script);
        assert!(matches!(refused, Err(LowerError::InfiniteTypes { .. })), "{larger}");
    }
}

#[test]
fn the_same_program_prints_the_same_core() {
    let text =
        "let f (n: Int64) : Int64 = n + 1L\nlet xs = Stdlib.List.map [ 1L ] f\nStdlib.printLine (Stdlib.toRepr xs)\n";
    let print = || print::program(&compile(text, FileKind::Script, AppMode::Script).expect("it lowers"));
    assert_eq!(print(), print());
}
