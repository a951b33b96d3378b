//! The processes that run tests: as many as the machine has cores, each with a test at a time.
//!
//! A test program waits on its standard input for the number of a test and answers with a line of JSON (the runtime's
//! `app/testing.rs` is the other side). It ends a test that takes too long or too much memory by itself. What it cannot end,
//! a crash or a function of the host that does not return, costs the process: that test fails, a new process goes on.

use crate::project::SECRETS_FILE;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How long a process may be silent beyond a test's own time.
const GRACE: Duration = Duration::from_secs(3);
/// How long a value may take before the process is ended.
const VALUE_TIME: Duration = Duration::from_secs(30);
/// What a process may hold; a test's values are limited to much less.
const MEMORY_BYTES_MAX: u64 = 2 << 30;
/// How often time and memory are looked at.
const LOOK: Duration = Duration::from_millis(50);
/// A process more for every so many tests.
const TESTS_PER_PROCESS: usize = 16;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    Pass,
    Fail,
    Error,
    CompileError,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Verdict {
    pub status: Status,
    pub message: String,
}

/// Which values tests and other values need, by number.
#[derive(Debug, Default)]
pub struct Values {
    pub names: Vec<String>,
    /// By test.
    pub tests: Vec<Vec<usize>>,
    /// By value, itself included.
    pub values: Vec<Vec<usize>>,
}

/// Runs the tests of a program; a verdict for each.
pub fn run(program: &Path, secrets: Option<&Path>, tests: usize, values: &Values) -> Result<Vec<Verdict>, String> {
    let mut pool = Pool { program, secrets, without: BTreeSet::new() };
    let mut verdicts: Vec<Option<Verdict>> = vec![None; tests];
    let first = loop {
        match pool.start()? {
            Started::Ready(process) => break process,
            Started::Failed { value, message } => {
                let name = values.names.get(value).map_or("?", String::as_str);
                let verdict = error(format!("the value `{name}` could not be computed: {message}"));
                for (test, _) in values.tests.iter().enumerate().filter(|(_, needed)| needed.contains(&value)) {
                    verdicts[test].get_or_insert_with(|| verdict.clone());
                }
                let users = values.values.iter().enumerate().filter(|(_, needed)| needed.contains(&value));
                pool.without.extend(users.map(|(number, _)| number).chain([value]));
            }
        }
    };
    let open: Vec<usize> = (0..tests).filter(|test| verdicts[*test].is_none()).collect();
    for (test, verdict) in pool.run(&open, first)? {
        verdicts[test] = Some(verdict);
    }
    Ok(verdicts.into_iter().map(|it| it.unwrap_or_else(|| error("it was not run".into()))).collect())
}

fn error(message: String) -> Verdict {
    Verdict { status: Status::Error, message }
}

struct Pool<'a> {
    program: &'a Path,
    secrets: Option<&'a Path>,
    /// Values that are not computed: they failed, or need one that did.
    without: BTreeSet<usize>,
}

enum Started {
    Ready(Process),
    /// A value could not be computed.
    Failed {
        value: usize,
        message: String,
    },
}

impl Pool<'_> {
    /// Starts a process and waits until its values are computed.
    fn start(&self) -> Result<Started, String> {
        let mut command = Command::new(self.program);
        if !self.without.is_empty() {
            let numbers: Vec<String> = self.without.iter().map(usize::to_string).collect();
            command.arg("--without").arg(numbers.join(","));
        }
        command.envs(self.secrets.map(|file| (SECRETS_FILE, file)));
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut process = Process::start(command)?;
        let mut value = None;
        loop {
            let line = match (process.line(VALUE_TIME), value) {
                (Ok(line), _) => line,
                (Err(message), Some(value)) => return Ok(Started::Failed { value, message }),
                (Err(message), None) => return Err(format!("the tests cannot be run: {message}")),
            };
            match line.split_once(' ') {
                Some(("value", number)) => value = number.parse().ok(),
                Some(("failed", message)) if value.is_some() => {
                    let message = message.to_owned();
                    return Ok(Started::Failed { value: value.unwrap_or_default(), message });
                }
                Some(("ready", milliseconds)) => {
                    process.test_time = Duration::from_millis(milliseconds.parse().unwrap_or_default());
                    return Ok(Started::Ready(process));
                }
                _ => return Err(format!("the test program said `{line}` when it started")),
            }
        }
    }

    /// Runs the open tests on all cores.
    fn run(&self, open: &[usize], first: Process) -> Result<Vec<(usize, Verdict)>, String> {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let processes = cores.min(open.len().div_ceil(TESTS_PER_PROCESS)).max(1);
        let (next, done) = (AtomicUsize::new(0), Mutex::new(Vec::with_capacity(open.len())));
        let mut firsts = vec![Some(first)];
        firsts.resize_with(processes, || None);
        let results: Vec<Result<(), String>> = std::thread::scope(|scope| {
            let work = |first| self.work(open, &next, &done, first);
            let threads: Vec<_> = firsts.into_iter().map(|first| scope.spawn(move || work(first))).collect();
            threads.into_iter().map(|it| it.join().unwrap_or_else(|_| Err("a thread ended".into()))).collect()
        });
        results.into_iter().collect::<Result<(), String>>()?;
        Ok(done.into_inner().unwrap_or_else(PoisonError::into_inner))
    }

    /// Takes a test after the other until none is left.
    fn work(
        &self,
        open: &[usize],
        next: &AtomicUsize,
        done: &Mutex<Vec<(usize, Verdict)>>,
        mut process: Option<Process>,
    ) -> Result<(), String> {
        while let Some(&test) = open.get(next.fetch_add(1, Ordering::Relaxed)) {
            let mut running = match process.take() {
                Some(process) => process,
                None => match self.start()? {
                    Started::Ready(process) => process,
                    Started::Failed { message, .. } => return Err(format!("a value failed only now: {message}")),
                },
            };
            let verdict = match running.ask(test) {
                Ok(verdict) => {
                    process = Some(running);
                    verdict
                }
                Err(message) => error(message),
            };
            done.lock().unwrap_or_else(PoisonError::into_inner).push((test, verdict));
        }
        Ok(())
    }
}

/// A running test program.
struct Process {
    child: Child,
    input: Option<ChildStdin>,
    lines: Receiver<String>,
    /// What a test may take, by its own clock.
    test_time: Duration,
}

impl Process {
    fn start(mut command: Command) -> Result<Process, String> {
        let problem = |error: std::io::Error| format!("the tests could not be started: {error}");
        let mut child = command.spawn().map_err(problem)?;
        let input = child.stdin.take();
        let (send, lines) = channel();
        if let Some(output) = child.stdout.take() {
            // Reading has no time limit; a channel has. The thread ends with the process.
            std::thread::spawn(move || {
                BufReader::new(output).lines().map_while(Result::ok).try_for_each(|line| send.send(line))
            });
        }
        Ok(Process { child, input, lines, test_time: Duration::ZERO })
    }

    fn ask(&mut self, test: usize) -> Result<Verdict, String> {
        let sent = self.input.as_mut().map(|input| writeln!(input, "{test}").and_then(|()| input.flush()));
        if !matches!(sent, Some(Ok(()))) {
            return Err(self.ended());
        }
        let line = self.line(self.test_time + GRACE)?;
        serde_json::from_str(&line).map_err(|_| format!("the test program said `{line}`"))
    }

    /// The next line; the error is why there is none, and then the process is over.
    fn line(&mut self, within: Duration) -> Result<String, String> {
        let begin = Instant::now();
        loop {
            match self.lines.recv_timeout(LOOK) {
                Ok(line) => return Ok(line),
                Err(RecvTimeoutError::Disconnected) => return Err(self.ended()),
                Err(RecvTimeoutError::Timeout) => {}
            }
            if begin.elapsed() > within {
                let _ = self.child.kill();
                return Err(format!("it had not ended after {:.1} seconds and was stopped", within.as_secs_f64()));
            }
            if resident_bytes(self.child.id()) > MEMORY_BYTES_MAX {
                let _ = self.child.kill();
                return Err(format!("it took more than {} GiB of memory and was stopped", MEMORY_BYTES_MAX >> 30));
            }
        }
    }

    fn ended(&mut self) -> String {
        match self.child.wait() {
            Ok(status) => format!("the process it ran in ended with {status}"),
            Err(error) => format!("the process it ran in is lost: {error}"),
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // Without input it ends by itself; one that was stopped is over already.
        self.input = None;
        let _ = self.child.wait();
    }
}

/// Memory that a process has touched; 0 where the system does not say.
fn resident_bytes(process: u32) -> u64 {
    let pages = std::fs::read_to_string(format!("/proc/{process}/statm"))
        .ok()
        .and_then(|text| text.split(' ').nth(1).and_then(|pages| pages.parse::<u64>().ok()));
    pages.unwrap_or_default() * 4096
}
