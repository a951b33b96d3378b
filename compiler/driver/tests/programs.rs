//! The programs of `tests/run`: built both ways, run, compared with what they must print; no object is alive at the end.
//!
//! The last test runs them under valgrind with a heap of single blocks: `./x test` includes it.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn programs() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/run");
    let entries = std::fs::read_dir(folder).expect("the programs are there").flatten();
    let mut paths: Vec<PathBuf> =
        entries.map(|it| it.path()).filter(|it| it.extension().is_some_and(|it| it == "dark")).collect();
    paths.sort();
    assert!(paths.len() >= 20);
    paths
}

/// What the head of a program says it must do.
struct Expected {
    stdout: String,
    stderr: String,
    code: i32,
}

fn expected(path: &Path) -> Expected {
    let text = std::fs::read_to_string(path).expect("readable");
    let said = |key: &str| text.lines().find_map(|line| line.strip_prefix("// ")?.strip_prefix(key)).map(str::trim);
    Expected {
        stdout: std::fs::read_to_string(path.with_extension("out")).expect("its output"),
        stderr: said("stderr:").unwrap_or_default().into(),
        code: said("exit:").map_or(0, |code| code.parse().expect("a number")),
    }
}

fn build(path: &Path, flags: &[&str]) -> PathBuf {
    let name = format!("dark-programs-{}-{}", std::process::id(), flags.concat());
    let executable = std::env::temp_dir().join(name);
    let output = Command::new(env!("CARGO_BIN_EXE_darkc"))
        .arg("build")
        .args(flags)
        .arg("-o")
        .args([&executable, path])
        .output()
        .expect("darkc runs");
    assert!(output.status.success(), "{}:\n{}", path.display(), String::from_utf8_lossy(&output.stderr));
    executable
}

fn check(path: &Path, how: &str, output: &Output) {
    let expected = expected(path);
    let (stdout, stderr) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    let shown = || format!("{} ({how}):\n{stderr}", path.display());
    assert_eq!(stdout, expected.stdout, "{}", shown());
    assert_eq!(output.status.code(), Some(expected.code), "{}", shown());
    assert!(stderr.contains(&expected.stderr), "{}", shown());
    if expected.code == 0 {
        assert!(stderr.contains("live objects: 0"), "{}", shown());
    }
}

fn run_all(flags: &[&str]) {
    for path in programs() {
        let executable = build(&path, flags);
        let output = Command::new(&executable).env("DARK_LIVE_OBJECTS", "1").output().expect("it starts");
        check(&path, &format!("{flags:?}"), &output);
        let _ = std::fs::remove_file(executable);
    }
}

#[test]
fn development_builds_print_what_they_must_and_free_everything() {
    run_all(&["--dev"]);
}

#[test]
fn optimised_builds_print_what_they_must_and_free_everything() {
    run_all(&[]);
}

#[test]
#[ignore = "needs valgrind and minutes: ./x test includes it"]
fn no_program_touches_memory_that_is_not_its_own() {
    for path in programs() {
        // Millions of calls take valgrind minutes, and show nothing that the others do not.
        let slow = ["fail_bottomless", "deep_recursion", "tail_calls"];
        if path.file_stem().is_some_and(|name| slow.iter().any(|it| name == *it)) {
            continue;
        }
        let executable = build(&path, &[]);
        let output = Command::new("valgrind")
            .args(["--quiet", "--error-exitcode=99"])
            .arg(&executable)
            .env("DARK_LIVE_OBJECTS", "1")
            .env("DARK_HEAP", "system")
            .output()
            .expect("valgrind is installed");
        check(&path, "valgrind", &output);
        let _ = std::fs::remove_file(executable);
    }
}
