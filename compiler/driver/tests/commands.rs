//! `new`, `build`, `run`, `eval` and `test` as a person uses them.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn darkc(arguments: &[&str], folder: &Path) -> Output {
    Command::new(env!("CARGO_BIN_EXE_darkc")).args(arguments).current_dir(folder).output().expect("darkc runs")
}

struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Folder {
        let path = std::env::temp_dir().join(format!("dark-commands-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        std::fs::create_dir_all(&path).expect("a temporary folder");
        Folder(path)
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.0.join(name);
        std::fs::create_dir_all(path.parent().expect("inside the folder")).expect("a folder");
        std::fs::write(path, text).expect("a file");
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[track_caller]
fn says(output: &Output, code: i32, stdout: &str) {
    assert_eq!(text(&output.stdout), stdout, "{}", text(&output.stderr));
    assert_eq!(output.status.code(), Some(code), "{}", text(&output.stderr));
}

#[test]
fn every_template_checks_tests_and_builds_unmodified() {
    for template in ["api", "worker"] {
        let folder = Folder::new(template);
        let made = darkc(&["new", "my-shop", "--template", template], &folder.0);
        assert!(made.status.success(), "{}", text(&made.stderr));
        let project = folder.0.join("my-shop");
        says(&darkc(&["check"], &project), 0, "");
        let tested = darkc(&["test"], &project);
        assert!(tested.status.success() && text(&tested.stdout).ends_with(" passed, 0 failed\n"), "{tested:?}");
        says(&darkc(&["build", "--dev"], &project), 0, "");
        let routes = Command::new(project.join("my-shop")).arg("routes").output().expect("it starts");
        assert!(text(&routes.stdout).contains("POST /"), "{routes:?}");
    }
}

#[test]
fn eval_prints_the_value() {
    let folder = Folder::new("eval");
    let eval = |expression: &str| darkc(&["eval", expression], &folder.0);
    says(&eval("[ 1L; 2L; 3L ] |> Stdlib.List.map (fun x -> x * 2L)"), 0, "[2, 4, 6]\n");
    says(&eval("2 ^ 100"), 0, "1267650600228229401496703205376\n");
    let failed = eval("1 / 0");
    says(&failed, 1, "");
    assert!(text(&failed.stderr).contains("Cannot divide by 0"), "{failed:?}");
    let wrong = eval("1 + \"a\"");
    says(&wrong, 1, "");
    assert!(text(&wrong.stderr).contains("E0304"), "{wrong:?}");
}

#[test]
fn a_script_runs_and_its_last_value_is_the_exit_code() {
    let folder = Folder::new("script");
    folder.write("hello.dark", "Stdlib.printLine \"hello\"\n3\n");
    says(&darkc(&["run", "hello.dark"], &folder.0), 3, "hello\n");
    // The second time it comes from the cache.
    says(&darkc(&["run", "hello.dark"], &folder.0), 3, "hello\n");
    folder.write("empty.dark", "let f (n: Int) : Int = n\n");
    let nothing = darkc(&["run", "empty.dark"], &folder.0);
    says(&nothing, 1, "");
    assert!(text(&nothing.stderr).contains("nothing to run"), "{nothing:?}");
}

#[test]
fn a_broken_test_fails_alone() {
    let folder = Folder::new("tests");
    folder.write(
        "maths.dark",
        "module Arith =\n  let inc (n: Int) : Int = n + 1\n  inc 1 = 2\n  inc 2 = 4\n  1 / 0 = error=\"Cannot divide by 0\"\n  \
         inc \"a\" = 1\n\nlet broken (n: Int) : String = n\nbroken 1 = \"1\"\nArith.inc 5 = 6\n",
    );
    let human = darkc(&["test", "maths.dark"], &folder.0);
    let said = text(&human.stdout);
    assert_eq!(human.status.code(), Some(1), "{human:?}");
    assert!(said.contains("maths.dark:4 (Arith): inc 2\n   found 3"), "{said}");
    assert!(said.contains("maths.dark:6 (Arith): inc \"a\"\n   error[E0317]"), "{said}");
    assert!(said.contains("maths.dark:9: broken 1\n   `broken` has an error"), "{said}");
    assert!(said.ends_with("3 passed, 3 failed\n"), "{said}");
    let json = text(&darkc(&["test", "maths.dark", "--format", "json"], &folder.0).stdout);
    let statuses: Vec<String> = json
        .lines()
        .map(|line| {
            let object: serde_json::Value = serde_json::from_str(line).expect("a JSON object a line");
            object["status"].as_str().expect("a status").to_owned()
        })
        .collect();
    assert_eq!(statuses, ["pass", "fail", "pass", "compile-error", "compile-error", "pass"]);
    says(&darkc(&["test", "maths.dark", "--filter", "inc 1"], &folder.0), 0, "1 passed, 0 failed\n");
}

#[test]
fn stages_on_the_way_can_be_seen() {
    let folder = Folder::new("emit");
    folder.write(
        "one.dark",
        "let twice (n: Int64) : Int64 = n * 2L\nStdlib.printLine (Stdlib.Int64.toString (twice 1L))\n",
    );
    let emit = |stage: &str| text(&darkc(&["build", "one.dark", "--dev", "--emit", stage], &folder.0).stdout);
    assert!(emit("core").contains("function dark$twice"));
    assert!(emit("llvm-ir").contains("define internal tailcc i64 @\"dark$twice\""));
    assert!(emit("asm").contains(".text"));
    says(&darkc(&["build", "one.dark", "--emit", "obj", "-o", "one.o"], &folder.0), 0, "");
    assert!(std::fs::read(folder.0.join("one.o")).expect("the object").starts_with(b"\x7fELF"));
}

#[test]
fn a_target_that_cannot_be_written_is_named() {
    let folder = Folder::new("unwritable");
    folder.write("one.dark", "Stdlib.printLine \"one\"\n");
    let output = darkc(&["build", "one.dark", "-o", "no/such/folder/one"], &folder.0);
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("no/such/folder/one"), "{output:?}");
}

#[test]
fn fmt_writes_what_changes_and_leaves_broken_files_alone() {
    let folder = Folder::new("fmt");
    folder.write("a.dark", "module A\nlet f (a:Int):Int=a // one\n");
    folder.write("b.dark", "module B\n\nlet f (a: Int) : Int = a\n");
    says(&darkc(&["fmt", "--check", "."], &folder.0), 1, "a.dark\n");
    says(&darkc(&["fmt"], &folder.0), 0, "a.dark\n");
    let written = std::fs::read_to_string(folder.0.join("a.dark")).expect("readable");
    assert_eq!(written, "module A\n\nlet f (a: Int) : Int = a // one\n");
    says(&darkc(&["fmt", "--check"], &folder.0), 0, "");
    folder.write("a.dark", "module A\nlet f (a:Int) : Int = (a\n");
    let broken = darkc(&["fmt"], &folder.0);
    says(&broken, 1, "");
    assert!(text(&broken.stderr).contains("a.dark:2"), "{}", text(&broken.stderr));
    let written = std::fs::read_to_string(folder.0.join("a.dark")).expect("readable");
    assert_eq!(written, "module A\nlet f (a:Int) : Int = (a\n");
}

#[test]
fn fmt_reads_standard_input() {
    use std::io::Write;
    let mut command = Command::new(env!("CARGO_BIN_EXE_darkc"));
    let pipes = || std::process::Stdio::piped();
    let mut child = command.args(["fmt", "-"]).stdin(pipes()).stdout(pipes()).spawn().expect("darkc runs");
    child.stdin.take().expect("a pipe").write_all(b"1+1=2\n").expect("written");
    says(&child.wait_with_output().expect("it ends"), 0, "1 + 1 = 2\n");
}
