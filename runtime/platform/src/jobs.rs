//! Running the functions of workers and crons for the queue.

use std::cell::Cell;
use std::collections::HashMap;

use dark_abi::{AppInfo, Context, Entry, SLOTS_MAX, TypeInfo, flags};
use tokio::sync::watch;

use crate::db::Backend;
use crate::descriptor::{case_of, items, text, type_at};
use crate::engine::{Engine, Failure, FailureKind, JsonProblem};
use crate::http::TraceIds;
use crate::library::log::Lines;
use crate::queue::{self, ConsumerKey, Job, Outcome, Runner};
use crate::run::{Budget, Locals, invoke};

/// A program's workers and crons on one event loop.
pub(crate) struct Jobs {
    engine: &'static dyn Engine,
    backend: &'static Backend,
    budget: Budget,
    entries: HashMap<ConsumerKey, &'static Entry>,
    traces: TraceIds,
    cut: watch::Sender<bool>,
}

impl Jobs {
    pub(crate) fn new(
        app: &'static AppInfo,
        engine: &'static dyn Engine,
        backend: &'static Backend,
        budget: Budget,
        traces: TraceIds,
    ) -> Jobs {
        let workers = items(&app.workers).iter().map(|it| (ConsumerKey::Worker(text(&it.name).to_owned()), &it.entry));
        let crons = items(&app.crons).iter().map(|it| (ConsumerKey::Cron(text(&it.name).to_owned()), &it.entry));
        let entries = workers.chain(crons).collect();
        Jobs { engine, backend, budget, entries, traces, cut: watch::channel(false).0 }
    }

    async fn run_to_end(&self, key: &ConsumerKey, job: &Job) -> Outcome {
        let trace = self.traces.next();
        let session = Some(self.backend.session_for(job));
        let mut locals = Locals { session, job: Some(job.clone()), lines: Lines::of(trace), ..Locals::default() };
        let ran = match self.entries.get(key) {
            Some(entry) => {
                let payload = job.payload.as_str();
                // SAFETY: the entry was made by the compiler.
                let body = |context| unsafe { call(self.engine, context, entry, payload) };
                invoke(self.engine, self.budget, &mut locals, body).await
            }
            None => Err(Failure::new(FailureKind::Fault, format!("the program has no {key}"))),
        };
        let failure = match (ran.and_then(|ran| ran), locals.session) {
            (Ok(()), Some(session)) => return Outcome::Done(session.into_collected()),
            (Ok(()), None) => Failure::new(FailureKind::Fault, "a run without a session"),
            (Err(failure), _) => failure,
        };
        Outcome::Failed(queue::Failure {
            message: failure.message,
            position: failure.place.as_ref().map(ToString::to_string),
            trace: trace.to_string(),
        })
    }
}

/// Makes the event a value and calls the function; a returned `Error` is a failed run.
///
/// # Safety
/// The entry was made by the compiler; called on the invocation's stack.
unsafe fn call(engine: &dyn Engine, context: *mut Context, entry: &Entry, payload: &str) -> Result<(), Failure> {
    let mut argument = [0_u64; SLOTS_MAX];
    let mut result = [0_u64; SLOTS_MAX];
    // SAFETY: the argument is of the entry's parameter type, the result of its result type.
    unsafe {
        if let Some(param) = items(&entry.params).first() {
            engine.read_json(context, payload, param.ty, argument.as_mut_ptr()).map_err(unfit)?;
        }
        (entry.call)(context, argument.as_ptr(), result.as_mut_ptr());
        match type_at(entry.result) {
            Some(ty) => returned_error(engine, result.as_ptr(), ty).map_or(Ok(()), Err),
            None => Ok(()),
        }
    }
}

/// An event of an earlier version of the program.
fn unfit(problem: JsonProblem) -> Failure {
    let path = problem.path.trim_start_matches('.');
    let place = if path.is_empty() { String::new() } else { format!(" `{path}`") };
    Failure::new(FailureKind::Program, format!("the event does not fit the worker's type:{place} {}", problem.message))
}

/// # Safety
/// `slots` is a value of type `ty`.
pub(crate) unsafe fn returned_error(engine: &dyn Engine, slots: *const u64, ty: &TypeInfo) -> Option<Failure> {
    if ty.flags & flags::RESULT == 0 {
        return None;
    }
    // SAFETY: as promised by the caller.
    unsafe {
        match case_of(slots, ty)? {
            ("Error", Some((error, of))) => {
                Some(Failure::new(FailureKind::Program, format!("it returned Error {}", engine.repr(error, of))))
            }
            _ => None,
        }
    }
}

impl Runner for Jobs {
    async fn run(&self, consumer: &ConsumerKey, job: &Job) -> Outcome {
        let mut cut = self.cut.subscribe();
        let cut = async {
            // The sender is as old as `self`.
            let _ = cut.wait_for(|cut| *cut).await;
        };
        let ended = Cell::new(None);
        tokio::select! {
            biased;
            outcome = self.run_to_end(consumer, job) => ended.set(Some(outcome)),
            () = cut => {}
        }
        // What was dropped has been stopped, and its session with all it collected is gone.
        ended.take().unwrap_or(Outcome::Cut)
    }

    fn cut(&self) {
        self.cut.send_replace(true);
    }
}
