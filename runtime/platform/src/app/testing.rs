//! Programs of tests, as a partner of `darkc test`: it decides which test runs where and what a report looks like.
//!
//! The partner writes the number of a test on a line of standard input and reads what became of it on a line of standard
//! output. Before the first, `value N` says that a `val` is being computed, `failed …` that this failed, and `ready N`
//! that tests may come, each with N milliseconds. If the process dies, its partner knows of what. Programs that read or
//! print get an empty input, and standard error as their output.

use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::os::fd::{FromRawFd, RawFd};

use dark_abi::{AppInfo, TestInfo};
use serde::Serialize;

use super::script::{run_entry, say_live_objects};
use super::{exit, say, values};
use crate::db::Backend;
use crate::descriptor::{items, text, text_of};
use crate::engine::{Engine, Failure, FailureKind};
use crate::library::world;
use crate::run::Budget;
use crate::settings::Settings;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum Status {
    Pass,
    Fail,
    Error,
}

#[derive(Debug, PartialEq, Eq, Serialize)]
struct Verdict {
    status: Status,
    message: String,
}

/// The partner's two ends.
struct Partner {
    input: BufReader<File>,
    output: File,
}

impl Partner {
    /// Takes standard input and output away from the program.
    fn take() -> std::io::Result<Partner> {
        let (input, output) = (own(libc::STDIN_FILENO)?, own(libc::STDOUT_FILENO)?);
        let nothing = File::open("/dev/null")?;
        redirect(std::os::fd::AsRawFd::as_raw_fd(&nothing), libc::STDIN_FILENO)?;
        redirect(libc::STDERR_FILENO, libc::STDOUT_FILENO)?;
        Ok(Partner { input: BufReader::new(input), output })
    }

    fn tell(&mut self, line: &str) -> std::io::Result<()> {
        self.output.write_all(format!("{line}\n").as_bytes())
    }
}

/// A second descriptor of the same file, which programs that are started here do not inherit.
fn own(descriptor: RawFd) -> std::io::Result<File> {
    // SAFETY: copies a descriptor; the copy is ours alone.
    match unsafe { libc::fcntl(descriptor, libc::F_DUPFD_CLOEXEC, 3) } {
        -1 => Err(std::io::Error::last_os_error()),
        copy => Ok(unsafe { File::from_raw_fd(copy) }),
    }
}

fn redirect(from: RawFd, to: RawFd) -> std::io::Result<()> {
    // SAFETY: both are open.
    match unsafe { libc::dup2(from, to) } {
        -1 => Err(std::io::Error::last_os_error()),
        _ => Ok(()),
    }
}

/// Runs the tests that the partner asks for, each with empty datastores, until it hangs up.
pub(crate) fn run(app: &'static AppInfo, engine: &'static dyn Engine, settings: &Settings, without: &[usize]) -> i32 {
    let limits = &settings.limits;
    let budget = Budget { memory_bytes: limits.memory_bytes, time: Some(limits.deadline) };
    let served = Partner::take().and_then(|mut partner| serve(app, engine, budget, without, &mut partner));
    say_live_objects(engine);
    match served {
        Ok(code) => code,
        Err(error) => {
            say(&format!("whoever started the tests cannot be reached: {error}"));
            exit::FAULT
        }
    }
}

fn serve(
    app: &'static AppInfo,
    engine: &'static dyn Engine,
    budget: Budget,
    without: &[usize],
    partner: &mut Partner,
) -> std::io::Result<i32> {
    for (number, value) in items(&app.values).iter().enumerate().filter(|(number, _)| !without.contains(number)) {
        partner.tell(&format!("value {number}"))?;
        if let Err(failure) = values::compute(std::slice::from_ref(value), engine, budget) {
            partner.tell(&format!("failed {}", failure.message.replace('\n', " ")))?;
            return Ok(exit::FAILED);
        }
    }
    partner.tell(&format!("ready {}", budget.time.unwrap_or_default().as_millis()))?;
    let mut line = String::new();
    while partner.input.read_line(&mut line)? > 0 {
        let number: Option<usize> = line.trim().parse().ok();
        let Some(test) = number.and_then(|number| items(&app.tests).get(number)) else {
            return Err(std::io::Error::other(format!("there is no test `{}`", line.trim())));
        };
        let verdict = run_test(engine, budget, test);
        // A structure of texts cannot fail to be written.
        partner.tell(&serde_json::to_string(&verdict).unwrap_or_default())?;
        line.clear();
    }
    Ok(exit::FINE)
}

fn run_test(engine: &'static dyn Engine, budget: Budget, test: &'static TestInfo) -> Verdict {
    world::reset();
    let cleared = Backend::installed().map_or(Ok(()), |backend| backend.clear());
    let ran = match cleared {
        // SAFETY: a test's result is a text.
        Ok(()) => run_entry(engine, budget, &test.entry, |_, slots| unsafe { text_of(*slots).to_owned() }),
        Err(error) => Err(Failure::new(FailureKind::Fault, format!("the datastores cannot be emptied: {error}"))),
    };
    judge(expected_error(test), ran)
}

fn expected_error(test: &TestInfo) -> Option<&'static str> {
    (!test.expected_error.bytes.is_null()).then(|| text(&test.expected_error))
}

/// `found` is empty when the test's sides are equal; the value when an error is expected.
fn judge(expected_error: Option<&str>, ran: Result<String, Failure>) -> Verdict {
    let (status, message) = match (expected_error, ran) {
        (None, Ok(found)) if found.is_empty() => (Status::Pass, String::new()),
        (None, Ok(found)) => (Status::Fail, found),
        (Some(expected), Ok(found)) => (Status::Fail, format!("expected the error: {expected}\nfound: {found}")),
        (Some(expected), Err(failure)) if failure.message == expected => (Status::Pass, String::new()),
        (Some(expected), Err(failure)) => {
            (Status::Fail, format!("expected the error: {expected}\nfound the error:    {}", failure.message))
        }
        (None, Err(failure)) => {
            let place = failure.place.map(|at| format!(" (at {}:{}:{})", at.file, at.line, at.column));
            (Status::Error, format!("{}{}", failure.message, place.unwrap_or_default()))
        }
    };
    Verdict { status, message }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(expected: Option<&str>, ran: Result<&str, &str>) -> (Status, String) {
        let ran = ran.map(str::to_owned).map_err(|message| Failure::new(FailureKind::Program, message));
        let verdict = judge(expected, ran);
        (verdict.status, verdict.message)
    }

    #[test]
    fn a_verdict_says_what_was_expected_and_found() {
        assert_eq!(judged(None, Ok("")).0, Status::Pass);
        assert_eq!(judged(None, Ok("expected: 1\nfound: 2")), (Status::Fail, "expected: 1\nfound: 2".into()));
        assert_eq!(judged(None, Err("oh")), (Status::Error, "oh".into()));
        assert_eq!(judged(Some("oh"), Err("oh")).0, Status::Pass);
        assert_eq!(judged(Some("oh"), Ok("1")).0, Status::Fail);
        assert!(judged(Some("oh"), Err("ah")).1.contains("expected the error: oh\nfound the error:    ah"));
    }
}
