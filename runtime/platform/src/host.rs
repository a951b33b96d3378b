//! What the externs of datastores and queue are given: the invocation's session and job, values through the engine,
//! waiting through the scheduler.

use std::future::Future;
use std::pin::Pin;

use dark_abi::{Context, Str, TypeInfo};
use dark_sched::{Stop, stop_reason, try_wait};

use crate::db::Session;
use crate::db::externs::Host;
use crate::descriptor::option_of;
use crate::engine::{Engine, Failure, FailureKind, JsonProblem};
use crate::queue::Job;
use crate::run::Locals;

/// The externs' host, on top of an engine.
pub(crate) struct EngineHost(pub(crate) &'static dyn Engine);

impl EngineHost {
    /// # Safety
    /// `context` is that of the running invocation; one borrow at a time.
    #[allow(clippy::mut_from_ref)]
    unsafe fn locals(&self, context: *mut Context) -> &mut Locals {
        // SAFETY: every invocation begins with its `Locals`.
        unsafe { &mut *self.0.locals(context).cast::<Locals>() }
    }
}

fn sentence(problem: JsonProblem) -> String {
    match problem.path.as_str() {
        "" => format!("What is stored {}", problem.message),
        path => format!("What is stored does not fit: `{}` {}", path.trim_start_matches('.'), problem.message),
    }
}

impl Host for EngineHost {
    unsafe fn session(&self, context: *mut Context) -> &mut Session {
        // SAFETY: as promised by the caller.
        let locals = unsafe { self.locals(context) };
        match &mut locals.session {
            Some(session) => session,
            // The compiler lists every datastore and worker a program names, and then there is a database.
            // SAFETY: as above; nothing is held.
            None => unsafe {
                self.0.fail(context, Failure::new(FailureKind::Fault, "The program has no database open"))
            },
        }
    }

    unsafe fn job(&self, context: *mut Context) -> Option<&Job> {
        // SAFETY: as promised by the caller.
        unsafe { self.locals(context) }.job.as_ref()
    }

    unsafe fn to_stored(&self, slots: *const u64, ty: *const TypeInfo) -> Result<String, String> {
        // SAFETY: as promised by the caller.
        unsafe { self.0.write_stored(slots, ty) }
    }

    unsafe fn from_stored(
        &self,
        context: *mut Context,
        text: &str,
        ty: *const TypeInfo,
        result: *mut u64,
    ) -> Result<(), String> {
        // SAFETY: as promised by the caller.
        unsafe { self.0.read_stored(context, text, ty, result) }.map_err(sentence)
    }

    unsafe fn option_from_stored(
        &self,
        context: *mut Context,
        text: Option<&str>,
        ty: *const TypeInfo,
        result: *mut u64,
    ) -> Result<(), String> {
        // An option within an option has one form for two values: the outer one is told here.
        // SAFETY: as promised by the caller.
        unsafe {
            let option = &*ty;
            let Some(of) = option_of(option) else { return Err("is not an option".to_owned()) };
            let cases = crate::descriptor::items(&option.cases);
            let holds = |case: &dark_abi::CaseInfo| case.fields.len == 1;
            let index = cases.iter().position(|case| holds(case) == text.is_some()).unwrap_or_default();
            match text {
                Some(text) if option.flags & dark_abi::flags::BOXED == 0 => {
                    *result = index as u64;
                    self.from_stored(context, text, of, result.add(1))
                }
                None if option.flags & dark_abi::flags::BOXED == 0 => {
                    (0..option.slots as usize).for_each(|slot| *result.add(slot) = 0);
                    *result = index as u64;
                    Ok(())
                }
                text => self.from_stored(context, text.unwrap_or("null"), ty, result),
            }
        }
    }

    unsafe fn text(&self, context: *mut Context, text: &str) -> *mut Str {
        // SAFETY: as promised by the caller.
        unsafe { self.0.text(context, text) as *mut Str }
    }

    unsafe fn wait(&self, _: *mut Context, future: Pin<Box<dyn Future<Output = ()> + '_>>) {
        // When the invocation must end, the future is dropped and has done nothing; the extern fails for want of an
        // answer, when it holds nothing any more, and `fail` gives the reason.
        let _ = try_wait(future);
    }

    unsafe fn fail(&self, context: *mut Context, message: String) -> ! {
        let failure = match stop_reason() {
            Some(stop) => stopped(stop),
            None => Failure::new(FailureKind::Program, message),
        };
        // SAFETY: as promised by the caller.
        unsafe { self.0.fail(context, failure) }
    }
}

/// What a reason to stop is as a failure.
pub(crate) fn stopped(stop: Stop) -> Failure {
    match stop {
        Stop::Deadline => Failure::new(FailureKind::Deadline, "Its time is over: it ran longer than its deadline"),
        Stop::Stack => Failure::new(FailureKind::Limit, "Its stack is exhausted: the recursion is too deep"),
        Stop::Cancelled => Failure::new(FailureKind::Cancelled, "It was cancelled"),
        Stop::Fault => Failure::new(FailureKind::Fault, "a fault of the runtime while it waited"),
    }
}
