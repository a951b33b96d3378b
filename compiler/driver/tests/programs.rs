//! The programs of `tests/run`, and those of `tests/bench/lang` at a small size: built both ways, run, compared with what
//! they must print; no object is alive at the end.
//!
//! The last test runs those of `tests/run` under valgrind with a heap of single blocks: `./x test` includes it.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

struct Program {
    path: PathBuf,
    stdout: String,
    /// A part of what it says on standard error.
    stderr: String,
    code: i32,
}

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests").join(name)
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).expect("the programs are there").flatten();
    let mut paths: Vec<PathBuf> = entries.map(|it| it.path()).collect();
    paths.sort();
    paths
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The programs of `tests/run`. The head of each says what it must do.
fn programs() -> Vec<Program> {
    let paths = entries(&folder("run")).into_iter().filter(|it| it.extension().is_some_and(|it| it == "dark"));
    let programs: Vec<Program> = paths.map(program).collect();
    assert!(programs.len() >= 20);
    programs
}

fn program(path: PathBuf) -> Program {
    let text = read(&path);
    let said = |key: &str| text.lines().find_map(|line| line.strip_prefix("// ")?.strip_prefix(key)).map(str::trim);
    let stdout = read(&path.with_extension("out"));
    let stderr = said("stderr:").unwrap_or_default().into();
    let code = said("exit:").map_or(0, |code| code.parse().expect("a number"));
    Program { path, stdout, stderr, code }
}

/// The problems of `tests/bench/lang` as they are in `small.txt`: a size, and what the program prints with it.
fn problems(scratch: &Path) -> Vec<Program> {
    let folders = entries(&folder("bench/lang")).into_iter().filter(|it| it.join("small.txt").is_file());
    let problems: Vec<Program> = folders.map(|it| problem(&it, scratch)).collect();
    assert!(problems.len() >= 30);
    problems
}

fn problem(folder: &Path, scratch: &Path) -> Program {
    let small = read(&folder.join("small.txt"));
    let (size, stdout) = small.split_once('\n').expect("a size, and what is printed");
    let replaced =
        |line: &str| if line.starts_with("val size = ") { format!("val size = {size}\n") } else { format!("{line}\n") };
    let text: String = read(&folder.join("main.dark")).lines().map(replaced).collect();
    let name = folder.file_name().unwrap_or_default();
    let path = scratch.join(name).with_extension("dark");
    std::fs::write(&path, text).expect("writable");
    Program { path, stdout: stdout.into(), stderr: String::new(), code: 0 }
}

fn build(path: &Path, flags: &[&str]) -> PathBuf {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let name = format!("dark-programs-{}-{stem}{}", std::process::id(), flags.concat());
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

fn check(program: &Program, how: &str, output: &Output) {
    let (stdout, stderr) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    let shown = || format!("{} ({how}):\n{stderr}", program.path.display());
    assert_eq!(stdout, program.stdout, "{}", shown());
    assert_eq!(output.status.code(), Some(program.code), "{}", shown());
    assert!(stderr.contains(&program.stderr), "{}", shown());
    if program.code == 0 {
        assert!(stderr.contains("live objects: 0"), "{}", shown());
    }
}

fn run_all(flags: &[&str], programs: Vec<Program>) {
    for program in programs {
        let executable = build(&program.path, flags);
        let output = Command::new(&executable).env("DARK_LIVE_OBJECTS", "1").output().expect("it starts");
        check(&program, &format!("{flags:?}"), &output);
        let _ = std::fs::remove_file(executable);
    }
}

/// A folder that goes with the test.
struct Scratch(PathBuf);

impl Scratch {
    fn new(name: &str) -> Scratch {
        let path = std::env::temp_dir().join(format!("dark-problems-{}-{name}", std::process::id()));
        std::fs::create_dir_all(&path).expect("writable");
        Scratch(path)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

#[test]
fn development_builds_print_what_they_must_and_free_everything() {
    run_all(&["--dev"], programs());
}

#[test]
fn optimised_builds_print_what_they_must_and_free_everything() {
    run_all(&[], programs());
}

#[test]
fn development_builds_of_the_problems_print_what_they_must_and_free_everything() {
    let scratch = Scratch::new("dev");
    run_all(&["--dev"], problems(&scratch.0));
}

#[test]
fn optimised_builds_of_the_problems_print_what_they_must_and_free_everything() {
    let scratch = Scratch::new("optimised");
    run_all(&[], problems(&scratch.0));
}

#[test]
#[ignore = "needs valgrind and minutes: ./x test includes it"]
fn no_program_touches_memory_that_is_not_its_own() {
    for program in programs() {
        // Millions of calls take valgrind minutes, and show nothing that the others do not.
        let slow = ["fail_bottomless", "deep_recursion", "tail_calls"];
        if program.path.file_stem().is_some_and(|name| slow.iter().any(|it| name == *it)) {
            continue;
        }
        let executable = build(&program.path, &[]);
        let output = Command::new("valgrind")
            .args(["--quiet", "--error-exitcode=99"])
            .arg(&executable)
            .env("DARK_LIVE_OBJECTS", "1")
            .env("DARK_HEAP", "system")
            .output()
            .expect("valgrind is installed");
        check(&program, "valgrind", &output);
        let _ = std::fs::remove_file(executable);
    }
}
