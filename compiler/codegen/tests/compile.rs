//! Every program of the repository becomes a module that LLVM accepts, at both levels, the same one each time.

use dark_codegen::{CodegenError, Cpu, Optimisation, Options, Output};
use dark_hir::{Database, FileKind, Project, SourceFile, queries};
use dark_ir::core::{AppMode, Expr, FunctionId, Operand, Program, Var};
use dark_ir::parts::{self, Grain};
use dark_ir::{lower, passes};
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

fn core(text: &str, kind: FileKind, mode: AppMode) -> Program {
    let db = Database::default();
    let mut files = Vec::new();
    for path in dark_files(&root().join("std")) {
        let text = std::fs::read_to_string(&path).expect("readable");
        files.push(SourceFile::new(&db, FileId(files.len() as u32), path.display().to_string(), text, FileKind::Std));
    }
    let own = SourceFile::new(&db, FileId(files.len() as u32), "main.dark".into(), text.into(), kind);
    files.push(own);
    Project::new(&db, files, "Main".into());
    let errors = queries::diagnostics(&db, own).iter().filter(|it| it.code.id.starts_with('E')).count();
    assert_eq!(errors, 0, "{text}");
    let options = lower::Options { name: "test".into(), settings: "{}".into(), mode, scope: lower::Scope::Served };
    let mut program = lower::lower(&db, &options, &Default::default()).expect("it lowers").program;
    passes::run(&mut program, passes::Effort::Needed);
    program
}

fn options(optimisation: Optimisation) -> Options {
    Options { optimisation, cpu: Cpu::Generic }
}

fn compile(program: &Program, options: &Options, output: Output) -> Result<Vec<u8>, CodegenError> {
    dark_codegen::compile(program, &parts::split(program, Grain::Whole)[0], options, output)
}

#[test]
fn every_program_becomes_an_object() {
    let mut programs: Vec<(PathBuf, FileKind, AppMode)> = dark_files(&root().join("tests/run"))
        .into_iter()
        .map(|path| (path, FileKind::Script, AppMode::Script))
        .collect();
    for path in ["examples/hello/hello.dark", "examples/todo/todo.dark", "examples/signup/signup.dark"] {
        programs.push((root().join(path), FileKind::Package, AppMode::Serve));
    }
    for (path, kind, mode) in programs {
        let program = core(&std::fs::read_to_string(&path).expect("readable"), kind, mode);
        for optimisation in [Optimisation::None, Optimisation::Full] {
            let object = compile(&program, &options(optimisation), Output::Object);
            let object = object.unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            assert!(object.starts_with(b"\x7fELF"), "{}", path.display());
        }
    }
}

#[test]
fn the_same_program_becomes_the_same_object() {
    let text = "let twice (f: Int -> Int) (x: Int) : Int = f (f x)\nStdlib.printLine (Stdlib.toRepr (twice (fun n -> n * 2) 1))\n";
    let object = || {
        let program = core(text, FileKind::Script, AppMode::Script);
        compile(&program, &options(Optimisation::Full), Output::Object).expect("it compiles")
    };
    assert_eq!(object(), object());
}

#[test]
fn a_call_at_the_end_of_a_function_takes_no_stack() {
    let text = "let isEven (n: Int64) : Bool = if n == 0L then true else isOdd (n - 1L)\n\
                let isOdd (n: Int64) : Bool = if n == 0L then false else isEven (n - 1L)\n\
                Stdlib.printLine (Stdlib.toRepr (isEven 10L))\n";
    let program = core(text, FileKind::Script, AppMode::Script);
    let ir = compile(&program, &options(Optimisation::None), Output::LlvmIr).expect("it compiles");
    let ir = String::from_utf8(ir).expect("text");
    assert_eq!(ir.matches("musttail call tailcc i64").count(), 2, "{ir}");
}

/// What LLVM's fast selection of instructions does not know costs a fast build several times the time.
#[test]
fn fast_builds_hold_no_structs_and_no_small_switches() {
    let text = "type Shape = | Dot | Line of Int64 | Box of Int64 * Int64\n\
                let turned (shape: Shape) : Shape =\n  match shape with\n  | Box(a, b) -> Box(b, a)\n  | other -> other\n\
                let both (n: Int64) : (Bool * Int64) = (n > 0L, n + 1L)\n\
                let size (shape: Shape) : Int64 =\n  match turned shape with\n  | Dot -> 0L\n  | Line(n) -> n\n\
                \x20 | Box(a, _) -> (match both a with | (true, n) -> n | (false, _) -> 0L)\n\
                Stdlib.printLine (Stdlib.toRepr (size (Box(1L, 2L))))\n";
    let program = core(text, FileKind::Script, AppMode::Script);
    let ir = compile(&program, &options(Optimisation::None), Output::LlvmIr).expect("it compiles");
    let ir = String::from_utf8(ir).expect("text");
    for form in ["insertvalue", "phi {", "load {", "ret {", "fastcc", "ret i1"] {
        assert!(!ir.contains(form), "{form}:\n{ir}");
    }
    let is_size = |code: &&str| code.lines().next().is_some_and(|head| head.contains("size\"("));
    let size = ir.split("define ").find(is_size).expect("it is there");
    assert!(!size.split("\n}").next().unwrap_or_default().contains("switch"), "{size}");
}

#[test]
fn every_part_of_a_program_becomes_an_object() {
    let text = std::fs::read_to_string(root().join("examples/todo/todo.dark")).expect("readable");
    let program = core(&text, FileKind::Package, AppMode::Serve);
    for optimisation in [Optimisation::None, Optimisation::Full] {
        let parts = parts::split(&program, Grain::Functions(8));
        assert!(parts.len() > 5);
        for part in parts {
            let object = dark_codegen::compile(&program, &part, &options(optimisation), Output::Object);
            object.unwrap_or_else(|error| panic!("{}: {error}", part.name));
        }
    }
}

#[test]
fn a_function_that_no_code_can_be_made_for_is_named() {
    let text = "let twice (n: Int64) : Int64 = n * 2L\nStdlib.printLine (Stdlib.toRepr (twice 1L))\n";
    let mut program = core(text, FileKind::Script, AppMode::Script);
    let at = program.functions.iter().position(|function| function.name == "twice").expect("it is there");
    program.functions[at].body = Expr::Value(Operand::Var(Var(999)));
    let error = compile(&program, &options(Optimisation::None), Output::Object).expect_err("no such variable");
    assert_eq!(error.function, Some(FunctionId(at as u32)), "{error}");
}
