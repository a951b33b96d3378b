//! Running compiled code: an invocation with its heap, its stack, its time, and what the platform's functions keep of it.

use std::cell::Cell;
use std::net::IpAddr;
use std::rc::Rc;
use std::time::{Duration, Instant};

use dark_abi::{Context, SourceLocation};
use dark_sched::{Drive, Ended};

use crate::db::Session;
use crate::descriptor::text;
use crate::engine::{Engine, Failure, FailureKind, Place};
use crate::http::{Pipe, Source};
use crate::queue::Job;

/// What an invocation may use.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Budget {
    pub(crate) memory_bytes: usize,
    /// `None`: as long as it takes.
    pub(crate) time: Option<Duration>,
}

/// What the platform's functions find of the invocation they are called in.
#[derive(Default)]
pub(crate) struct Locals {
    /// Absent in a program without a database.
    pub(crate) session: Option<Session>,
    /// In a worker's or cron's run.
    pub(crate) job: Option<Job>,
    /// Bodies of responses that are still read.
    pub(crate) bodies: crate::library::client::Bodies,
    /// SQLite files of its own.
    pub(crate) files: crate::library::sqlite::Files,
    /// Ports it has taken.
    pub(crate) listeners: crate::library::Listeners,
    /// What it has written with `Log`.
    pub(crate) lines: crate::library::log::Lines,
    /// Of its request, the address of the other side.
    pub(crate) client: Option<IpAddr>,
    /// Functions that send the bytes of responses, by their number.
    pub(crate) sources: Vec<Option<Source>>,
    /// Where the bytes go, once a response is being sent.
    pub(crate) pipe: Option<Rc<Pipe>>,
}

/// Ends the invocation, even when nobody waits for it any more.
struct Begun {
    engine: &'static dyn Engine,
    context: Cell<*mut Context>,
}

impl Begun {
    fn new(engine: &'static dyn Engine, memory_bytes: usize, locals: &mut Locals) -> Begun {
        Begun { engine, context: Cell::new(engine.begin(memory_bytes, (&raw mut *locals).cast())) }
    }

    fn end(&self) -> Option<Failure> {
        let context = self.context.replace(std::ptr::null_mut());
        // SAFETY: it comes from `begin`, and its code is over or has been stopped.
        if context.is_null() { None } else { unsafe { self.engine.end(context) } }
    }
}

impl Drop for Begun {
    fn drop(&mut self) {
        self.end();
    }
}

/// Runs `body` with the context of a new invocation, on a stack of its own, and frees the heap afterwards. `body` is
/// called once. What it has captured survives a failure; what it has on its stack is lost then.
pub(crate) async fn invoke<T>(
    engine: &'static dyn Engine,
    budget: Budget,
    locals: &mut Locals,
    body: impl FnMut(*mut Context) -> T,
) -> Result<T, Failure> {
    let begun = Begun::new(engine, budget.memory_bytes, locals);
    let ended = drive(begun.context.get(), budget.time, body).await;
    let place = place_of(begun.context.get());
    let raised = begun.end();
    settle(ended, raised, place)
}

/// As `invoke`, but the heap stays for ever: for values that all threads read.
pub(crate) async fn invoke_for_ever<T>(
    engine: &'static dyn Engine,
    budget: Budget,
    locals: &'static mut Locals,
    body: impl FnMut(*mut Context) -> T,
) -> Result<T, Failure> {
    let begun = Begun::new(engine, budget.memory_bytes, locals);
    let ended = drive(begun.context.get(), budget.time, body).await;
    let place = place_of(begun.context.get());
    match ended {
        (Ended::Returned, Some(result)) => {
            begun.context.set(std::ptr::null_mut());
            Ok(result)
        }
        ended => settle(ended, begun.end(), place),
    }
}

async fn drive<T>(
    context: *mut Context,
    time: Option<Duration>,
    mut body: impl FnMut(*mut Context) -> T,
) -> (Ended, Option<T>) {
    let mut result = None;
    let mut once = || result = Some(body(context));
    let deadline = time.map(|time| Instant::now() + time);
    // SAFETY: the context lives until its invocation is ended, after this; failures are raised by functions that hold
    // nothing, and `body` keeps what needs dropping in its captures.
    let ended = unsafe { Drive::new(context, deadline, &mut once) }.await;
    (ended, result)
}

fn settle<T>((ended, result): (Ended, Option<T>), raised: Option<Failure>, place: Option<Place>) -> Result<T, Failure> {
    let failure = match (ended, result) {
        (Ended::Returned, Some(result)) => return Ok(result),
        (Ended::Returned, None) => Failure::new(FailureKind::Fault, "a run ended without a result"),
        (Ended::Left, _) => raised.unwrap_or_else(|| Failure::new(FailureKind::Cancelled, "the run was cancelled")),
        (Ended::Panicked(message), _) => Failure::new(FailureKind::Fault, format!("a fault of the runtime: {message}")),
        (Ended::NoStack, _) => Failure::new(FailureKind::Busy, "no stack is free for the run"),
    };
    Err(Failure { place: failure.place.or(place), ..failure })
}

/// Where the code was when it last said so.
fn place_of(context: *mut Context) -> Option<Place> {
    // SAFETY: the context is alive, and locations are static.
    let location: &SourceLocation = unsafe { (*context).location.as_ref()? };
    Some(Place {
        file: text(&location.file).to_owned(),
        line: location.line,
        column: location.column,
        function: text(&location.function).to_owned(),
    })
}

/// Runs a future to its end even if this one is dropped: a client that goes away does not cut a handler in the middle.
/// What is done at once is done here; only what waits becomes a task.
pub(crate) async fn unstoppable<F>(future: F) -> Option<F::Output>
where
    F: Future + 'static,
    F::Output: 'static,
{
    let mut future = Box::pin(future);
    let at_once = std::future::poll_fn(|cx| {
        std::task::Poll::Ready(match future.as_mut().poll(cx) {
            std::task::Poll::Ready(output) => Some(output),
            std::task::Poll::Pending => None,
        })
    });
    match at_once.await {
        Some(output) => Some(output),
        // The task panics only with the runtime itself.
        None => {
            let detached = Detached::new();
            tokio::task::spawn_local(async move {
                let output = future.await;
                drop(detached);
                output
            })
            .await
            .ok()
        }
    }
}

thread_local! {
    static DETACHED: Cell<usize> = const { Cell::new(0) };
}

/// A run that goes on though nobody may wait for it.
struct Detached;

impl Detached {
    fn new() -> Detached {
        DETACHED.set(DETACHED.get() + 1);
        Detached
    }
}

impl Drop for Detached {
    fn drop(&mut self) {
        DETACHED.set(DETACHED.get() - 1);
    }
}

/// Waits until no such run of this thread is under way, but not longer than that.
pub(crate) async fn detached_runs_end(within: Duration) {
    let until = Instant::now() + within;
    while DETACHED.get() > 0 && Instant::now() < until {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}
