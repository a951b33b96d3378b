//! Programs that run once: scripts, programs with a `main`, and the expression of `eval`.

use std::io::Write;

use dark_abi::{AppInfo, Context, Entry, Kind, SLOTS_MAX};

use super::{exit, say, say_failure, values};
use crate::db::Backend;
use crate::descriptor::{items, small_int, type_at};
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
pub(super) fn run_entry<T>(
    engine: &'static dyn Engine,
    budget: Budget,
    entry: &'static Entry,
    read: impl Fn(&dyn Engine, *const u64) -> T,
) -> Result<T, Failure> {
    run_with(engine, budget, entry, &[], read)
}

/// Runs one entry that takes nothing or the words of a command line.
fn run_with<T>(
    engine: &'static dyn Engine,
    budget: Budget,
    entry: &'static Entry,
    words: &[String],
    read: impl Fn(&dyn Engine, *const u64) -> T,
) -> Result<T, Failure> {
    let session = Backend::installed().map(|backend| backend.session());
    let mut locals = Locals { session, ..Locals::default() };
    let body = |context: *mut Context| {
        let mut argument = [0_u64; SLOTS_MAX];
        let mut result = [0_u64; SLOTS_MAX];
        // SAFETY: the argument is of the entry's parameter type, the result of its result type.
        unsafe {
            if let Some(ty) = items(&entry.params).first().and_then(|param| type_at(param.ty))
                && ty.kind == Kind::List
            {
                let words: Vec<u64> = words.iter().map(|word| engine.text(context, word)).collect();
                argument[0] = engine.list(context, &words, ty.element);
            }
            (entry.call)(context, argument.as_ptr(), result.as_mut_ptr());
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

pub(super) fn say_live_objects(engine: &dyn Engine) {
    if std::env::var_os(LIVE_OBJECTS).is_some() {
        say(&format!("live objects: {}", engine.live_objects()));
    }
}

/// Runs the statements in their order, or `main`. The last one's value is the exit code when it is a number.
pub(crate) fn run(
    app: &'static AppInfo,
    engine: &'static dyn Engine,
    settings: &Settings,
    arguments: &[String],
) -> i32 {
    let budget = budget(settings);
    if let Err(failure) = values::compute(items(&app.values), engine, budget) {
        return failed(&failure);
    }
    let mut code = exit::FINE;
    for entry in items(&app.entries) {
        match run_with(engine, budget, entry, arguments, |engine, slots| exit_code(engine, slots, entry)) {
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
    let printed = values::compute(items(&app.values), engine, budget).and_then(|()| {
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
