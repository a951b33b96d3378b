//! A generated program, built both ways and run both ways.
//!
//! Each case prints its number first. When one fails, the program is started again behind it, so that a failure, which
//! ends a program, does not hide the cases that follow.

use std::fmt::Write as _;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

/// What every program has in front of its cases.
pub const HELPERS: &str = "let from () : Int =
  match Stdlib.Env.get \"DARK_FUZZ_FROM\" with
  | Some text -> Stdlib.Result.withDefault (Stdlib.Int.parse text) 0
  | None -> 0

let case (index: Int) (run: Unit -> String) : Unit =
  if from () <= index then
    Stdlib.printLine $\"case {Stdlib.Int.toString index}\"
    Stdlib.printLine (run ())

";

/// Longer than any program takes whose case is worth comparing.
const RUN_TIME: Duration = Duration::from_secs(10);
const BUILD_TIME: Duration = Duration::from_secs(120);

/// A compiler and a folder for what it makes.
#[derive(Debug)]
pub struct Engines {
    darkc: PathBuf,
    folder: PathBuf,
}

/// What came of a program.
#[derive(Debug, Default)]
pub struct Comparison {
    /// Runs of cases in both builds.
    pub cases: u64,
    /// Cases that ended in the same failure in both builds.
    pub failures: u64,
    /// Cases that took too much time or memory to say anything.
    pub too_much: u64,
}

/// How one case, or the rest of a program, ended.
#[derive(Debug, PartialEq, Eq)]
struct Outcome {
    stdout: String,
    stderr: String,
    code: Option<i32>,
}

impl Engines {
    pub fn new(darkc: &Path) -> Engines {
        Engines {
            darkc: darkc.to_owned(),
            folder: std::env::temp_dir().join(format!("dark-fuzz-{}", std::process::id())),
        }
    }

    /// Builds and runs a program both ways; `system` also with a heap of single blocks that are filled when they are
    /// freed. `Err` says where the builds disagree.
    pub fn compare(&self, text: &str, system: bool) -> Result<Comparison, String> {
        std::fs::create_dir_all(&self.folder).map_err(|error| error.to_string())?;
        let source = self.folder.join("program.dark");
        std::fs::write(&source, text).map_err(|error| error.to_string())?;
        let plain = self.build(&source, &["--dev"])?;
        let optimised = self.build(&source, &[])?;
        let mut comparison = Comparison::default();
        let heaps: &[bool] = if system { &[false, true] } else { &[false] };
        for system in heaps {
            self.runs(&plain, &optimised, *system, &mut comparison)?;
        }
        Ok(comparison)
    }

    fn build(&self, source: &Path, flags: &[&str]) -> Result<PathBuf, String> {
        let executable = self.folder.join(format!("program{}", flags.concat()));
        let mut command = Command::new(&self.darkc);
        command.arg("build").args(flags).arg("-o").args([&executable, source]);
        // Objects are of no use to anybody later.
        command.env("XDG_CACHE_HOME", self.folder.join("cache"));
        let output = run(command, BUILD_TIME).map_err(|error| format!("{}: {error}", self.darkc.display()))?;
        let how = if flags.is_empty() { "the optimised build" } else { "the development build" };
        let Some(output) = output else { return Err(format!("{how} does not end")) };
        if output.status.success() {
            return Ok(executable);
        }
        let stderr = String::from_utf8_lossy(&output.stderr);
        let said: Vec<&str> = stderr.lines().filter(|it| !it.starts_with("[W") && !it.is_empty()).collect();
        let first = said.iter().find(|it| it.contains("Error") || it.contains("panicked") || it.contains("fault"));
        let code = output.status.code();
        Err(format!("{how} fails ({code:?}): {}\n{stderr}", first.unwrap_or(&"")))
    }

    fn runs(&self, plain: &Path, optimised: &Path, system: bool, comparison: &mut Comparison) -> Result<(), String> {
        let mut from = 0;
        loop {
            let a = self.run(plain, from, system)?;
            let b = self.run(optimised, from, system)?;
            let heap = if system { " with a heap of single blocks" } else { "" };
            let (first, second) = match (a, b) {
                (Some(a), Some(b)) => (a, b),
                (a, b) => {
                    // One that does not end may only be slow, but one that ends says where the other one is.
                    let at = a.or(b).map_or(from, |it| it.last_case().unwrap_or(from));
                    comparison.too_much += 1;
                    match at > from {
                        true => from = at,
                        false => from += 1,
                    }
                    if comparison.too_much > 3 {
                        return Ok(());
                    }
                    continue;
                }
            };
            let last = first.last_case();
            comparison.cases += first.stdout.lines().filter(|it| it.starts_with("case ")).count() as u64;
            if first.out_of_bounds() || second.out_of_bounds() {
                comparison.too_much += 1;
            } else if first.compared() != second.compared() {
                return Err(format!("the builds disagree{heap}\n{}", difference(&first, &second)));
            } else if first.code == Some(0) {
                return match [&first, &second].iter().find(|it| !it.stderr.contains("live objects: 0")) {
                    Some(left) => Err(format!("objects are left{heap}\n{}", left.stderr)),
                    None => Ok(()),
                };
            } else if first.code.is_none() {
                return Err(format!("the program is killed{heap}\n{first:?}"));
            } else {
                comparison.failures += 1;
            }
            match last {
                Some(last) if last >= from => from = last + 1,
                _ => return Err(format!("the program fails before its cases{heap}\n{first:?}")),
            }
        }
    }

    /// `None` if it takes too long.
    fn run(&self, executable: &Path, from: u64, system: bool) -> Result<Option<Outcome>, String> {
        let mut command = Command::new(executable);
        command.env("DARK_LIVE_OBJECTS", "1").env("DARK_FUZZ_FROM", from.to_string());
        if system {
            // Freed memory is filled, so that reading it shows.
            command.env("DARK_HEAP", "system").env("MALLOC_PERTURB_", "165");
        }
        let output = run(command, RUN_TIME).map_err(|error| error.to_string())?;
        Ok(output.map(|output| Outcome {
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
            code: output.status.code(),
        }))
    }
}

impl Drop for Engines {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

impl Outcome {
    /// The number of the case that was running at the end.
    fn last_case(&self) -> Option<u64> {
        self.stdout.lines().filter_map(|line| line.strip_prefix("case ")?.parse().ok()).next_back()
    }

    /// Memory and stack are not the same in both builds.
    fn out_of_bounds(&self) -> bool {
        ["memory", "deep", "stack"].iter().any(|word| self.stderr.contains(word))
    }

    /// What has to be the same.
    fn compared(&self) -> (&str, String, Option<i32>) {
        let stderr: Vec<&str> = self.stderr.lines().filter(|it| !it.starts_with("live objects")).collect();
        (&self.stdout, stderr.join("\n"), self.code)
    }
}

fn difference(plain: &Outcome, optimised: &Outcome) -> String {
    let mut out = String::new();
    let (mut a, mut b) = (plain.stdout.lines(), optimised.stdout.lines());
    let mut case = "";
    loop {
        match (a.next(), b.next()) {
            (None, None) => break,
            (left, right) if left == right => case = left.filter(|it| it.starts_with("case ")).unwrap_or(case),
            (left, right) => {
                let _ = writeln!(out, "{case}\n  development: {left:?}\n  optimised:   {right:?}");
                break;
            }
        }
    }
    let _ = write!(out, "  development: {:?} {}", plain.code, plain.stderr);
    let _ = write!(out, "  optimised:   {:?} {}", optimised.code, optimised.stderr);
    out
}

/// What a command printed; `None` if it had to be ended.
fn run(mut command: Command, allowed: Duration) -> std::io::Result<Option<Output>> {
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
    let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
    let reader = |stream: Option<Box<dyn Read + Send>>| {
        std::thread::spawn(move || {
            let mut bytes = Vec::new();
            // A stream that breaks off ends the text; the exit code says the rest.
            if let Some(mut it) = stream {
                let _ = it.read_to_end(&mut bytes);
            }
            bytes
        })
    };
    let stdout = reader(stdout.map(|it| Box::new(it) as Box<dyn Read + Send>));
    let stderr = reader(stderr.map(|it| Box::new(it) as Box<dyn Read + Send>));
    let start = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait()? {
            break Some(status);
        }
        if start.elapsed() > allowed {
            child.kill()?;
            child.wait()?;
            break None;
        }
        std::thread::sleep(Duration::from_millis(2));
    };
    let (stdout, stderr) = (stdout.join().unwrap_or_default(), stderr.join().unwrap_or_default());
    Ok(status.map(|status| Output { status, stdout, stderr }))
}
