//! Programs that run once: scripts, the expression of `eval`, tests.

use std::io::Write;

use dark_abi::{AppInfo, Context, Entry, Kind, SLOTS_MAX, TestInfo};
use serde::Serialize;

use super::arguments::Tests;
use super::{exit, say, say_failure, values};
use crate::db::Backend;
use crate::descriptor::{items, small_int, text, text_of, type_at};
use crate::engine::{Engine, Failure, FailureKind};
use crate::jobs::returned_error;
use crate::run::{Budget, Locals, invoke};
use crate::settings::Settings;

/// Set to anything, the program says at its end how many objects were not freed: for the tests of the compiler.
const LIVE_OBJECTS: &str = "DARK_LIVE_OBJECTS";

fn budget(settings: &Settings) -> Budget {
    // What is started by hand has the machine's memory, and can be stopped by hand.
    let memory_bytes = if settings.limits_memory { settings.limits.memory_bytes } else { isize::MAX as usize };
    Budget { memory_bytes, time: None }
}

/// Runs one entry without arguments in an invocation of its own; what `read` makes of its result.
fn run_entry<T>(
    engine: &'static dyn Engine,
    budget: Budget,
    entry: &'static Entry,
    read: impl Fn(&dyn Engine, *const u64) -> T,
) -> Result<T, Failure> {
    let session = Backend::installed().map(|backend| backend.session());
    let mut locals = Locals { session, ..Locals::default() };
    let body = |context: *mut Context| {
        let mut result = [0_u64; SLOTS_MAX];
        // SAFETY: the entry has no arguments, and its result is of its result type.
        unsafe {
            (entry.call)(context, std::ptr::null(), result.as_mut_ptr());
            let value = read(engine, result.as_ptr());
            engine.drop_value(context, result.as_mut_ptr(), entry.result);
            value
        }
    };
    let ran = dark_sched::block_on(invoke(engine, budget, &mut locals, body));
    ran.map_err(|error| Failure::new(FailureKind::Fault, format!("no event loop: {error}")))?
}

fn failed(failure: &Failure) -> i32 {
    say_failure(failure);
    exit::FAILED
}

fn say_live_objects(engine: &dyn Engine) {
    if std::env::var_os(LIVE_OBJECTS).is_some() {
        say(&format!("live objects: {}", engine.live_objects()));
    }
}

/// Runs the statements in their order. The last one's value is the exit code when it is a number.
pub(crate) fn run(app: &'static AppInfo, engine: &'static dyn Engine, settings: &Settings) -> i32 {
    let budget = budget(settings);
    if let Err(failure) = values::compute(app, engine, budget.memory_bytes) {
        return failed(&failure);
    }
    let mut code = exit::FINE;
    for entry in items(&app.entries) {
        match run_entry(engine, budget, entry, |engine, slots| exit_code(engine, slots, entry)) {
            Ok(Ok(said)) => code = said,
            Ok(Err(failure)) | Err(failure) => return failed(&failure),
        }
    }
    say_live_objects(engine);
    code
}

/// What a value says as the exit code of a program: numbers themselves, `Error` that it failed, all else nothing.
fn exit_code(engine: &dyn Engine, slots: *const u64, entry: &Entry) -> Result<i32, Failure> {
    let Some(ty) = type_at(entry.result) else { return Ok(exit::FINE) };
    // SAFETY: a value of the entry's result type.
    let (word, error) = unsafe { (*slots, returned_error(engine, slots, ty)) };
    let code = match ty.kind {
        Kind::Int => small_int(word),
        Kind::Int64 => Some(word as i64),
        _ => return error.map_or(Ok(exit::FINE), Err),
    };
    // The system keeps eight bits; what does not fit them has failed.
    Ok(code.filter(|code| (0..256).contains(code)).map_or(exit::FAILED, |code| code as i32))
}

/// Prints the value of the only entry.
pub(crate) fn eval(app: &'static AppInfo, engine: &'static dyn Engine, settings: &Settings) -> i32 {
    let budget = budget(settings);
    let printed = values::compute(app, engine, budget.memory_bytes).and_then(|()| {
        let Some(entry) = items(&app.entries).first() else {
            return Err(Failure::new(FailureKind::Fault, "there is nothing to evaluate"));
        };
        // SAFETY: a value of the entry's result type.
        run_entry(engine, budget, entry, |engine, slots| unsafe { engine.repr(slots, entry.result) })
    });
    match printed {
        Ok(printed) => {
            let written = writeln!(std::io::stdout(), "{printed}");
            say_live_objects(engine);
            if written.is_ok() { exit::FINE } else { exit::FAILED }
        }
        Err(failure) => failed(&failure),
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum Status {
    Pass,
    Fail,
    Error,
}

#[derive(Serialize)]
struct Report {
    file: &'static str,
    line: u32,
    group: &'static str,
    name: &'static str,
    status: Status,
    message: String,
}

/// Runs the tests, each with empty datastores.
pub(crate) fn test(app: &'static AppInfo, engine: &'static dyn Engine, settings: &Settings, options: &Tests) -> i32 {
    let budget = Budget { time: Some(settings.limits.deadline), ..budget(settings) };
    if let Err(failure) = values::compute(app, engine, budget.memory_bytes) {
        return failed(&failure);
    }
    let (mut passed, mut failed) = (0, 0);
    for test in items(&app.tests).iter().filter(|test| is_wanted(test, options)) {
        let report = run_test(engine, budget, test);
        match report.status {
            Status::Pass => passed += 1,
            Status::Fail | Status::Error => failed += 1,
        }
        if !print_report(&report, options.json) {
            return exit::FAILED;
        }
    }
    if !options.json && writeln!(std::io::stdout(), "{passed} passed, {failed} failed").is_err() {
        return exit::FAILED;
    }
    say_live_objects(engine);
    if failed == 0 { exit::FINE } else { exit::FAILED }
}

fn is_wanted(test: &TestInfo, options: &Tests) -> bool {
    let name = format!("{} {}", text(&test.group), text(&test.text));
    options.filter.as_ref().is_none_or(|wanted| name.contains(wanted.as_str()))
}

fn run_test(engine: &'static dyn Engine, budget: Budget, test: &'static TestInfo) -> Report {
    let cleared = Backend::installed().map_or(Ok(()), |backend| backend.clear());
    let ran = match cleared {
        // SAFETY: a test's result is a text.
        Ok(()) => run_entry(engine, budget, &test.entry, |_, slots| unsafe { text_of(*slots).to_owned() }),
        Err(error) => Err(Failure::new(FailureKind::Fault, format!("the datastores cannot be emptied: {error}"))),
    };
    let (status, message) = judge(expected_error(test), ran);
    // SAFETY: null, or static.
    let location = unsafe { test.location.as_ref() };
    Report {
        file: location.map_or("", |location| text(&location.file)),
        line: location.map_or(0, |location| location.line),
        group: text(&test.group),
        name: text(&test.text),
        status,
        message,
    }
}

fn expected_error(test: &TestInfo) -> Option<&'static str> {
    (!test.expected_error.bytes.is_null()).then(|| text(&test.expected_error))
}

/// `found` is empty when the test's sides are equal.
fn judge(expected_error: Option<&str>, ran: Result<String, Failure>) -> (Status, String) {
    match (expected_error, ran) {
        (None, Ok(found)) if found.is_empty() => (Status::Pass, String::new()),
        (None, Ok(found)) => (Status::Fail, format!("found {found}")),
        (Some(expected), Ok(_)) => (Status::Fail, format!("expected the error `{expected}`, found a value")),
        (Some(expected), Err(failure)) if failure.message == expected => (Status::Pass, String::new()),
        (Some(expected), Err(failure)) => {
            (Status::Fail, format!("expected the error `{expected}`, found `{}`", failure.message))
        }
        (None, Err(failure)) => {
            let place = failure.place.map(|place| format!(" at {place}")).unwrap_or_default();
            (Status::Error, format!("{}{place}", failure.message))
        }
    }
}

/// False when nobody reads any more.
fn print_report(report: &Report, json: bool) -> bool {
    let mut out = std::io::stdout();
    match (json, report.status) {
        // Texts and numbers cannot fail to be written.
        (true, _) => writeln!(out, "{}", serde_json::to_string(report).unwrap_or_default()).is_ok(),
        (false, Status::Pass) => true,
        (false, _) => {
            let group = if report.group.is_empty() { String::new() } else { format!(" ({})", report.group) };
            writeln!(out, "{}:{}{group}: {}\n   {}", report.file, report.line, report.name, report.message).is_ok()
        }
    }
}
