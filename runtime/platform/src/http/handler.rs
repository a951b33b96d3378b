//! The program's handlers: a request's arguments, an invocation, its answer, and a line on stderr when it fails.

use dark_abi::{AppInfo, Context, HandlerInfo, SLOTS_MAX};
use hyper::StatusCode;
use serde::Serialize;
use tokio::sync::oneshot;

use super::answer::{Handlers, Origin, Received, Reply};
use super::parameters::{self, Argument, Part};
use super::refusal::Refusal;
use super::reply::{self, Made};
use super::router::{Router, Target};
use super::stream::{self, Begun, Head};
use super::trace::TraceId;
use crate::db::Backend;
use crate::descriptor::{items, text, type_at};
use crate::engine::{Engine, Failure, FailureKind, JsonProblem};
use crate::library::log::Lines;
use crate::queue::log;
use crate::run::{Budget, Locals, invoke, unstoppable};

/// A program's handlers on one event loop.
pub(crate) struct Program {
    pub(crate) app: &'static AppInfo,
    pub(crate) engine: &'static dyn Engine,
    pub(crate) budget: Budget,
}

/// The router of a program.
pub(crate) fn router(app: &'static AppInfo) -> Router {
    let mut router = Router::default();
    for (target, handler) in items(&app.handlers).iter().enumerate() {
        router.add(text(&handler.method), text(&handler.route), target);
    }
    router
}

impl Handlers for Program {
    async fn handle(&self, target: Target, variables: Vec<String>, request: Received) -> Result<Reply, Refusal> {
        let Some(handler) = items(&self.app.handlers).get(target) else {
            return Err(Refusal::of(StatusCode::NOT_FOUND));
        };
        let arguments = parameters::read(handler, &variables, &request)?;
        let from = request.from;
        drop(request);
        let (head, begun) = oneshot::channel();
        let run = run(self.engine, self.budget, handler, arguments, from, Some(head));
        match stream::first(unstoppable(run), begun).await {
            Some(answer) => answer,
            None => Err(Refusal::of(StatusCode::INTERNAL_SERVER_ERROR)),
        }
    }
}

/// How a run's code went.
enum Ran {
    Made(Made),
    Refused(Part, JsonProblem),
    /// The answer has been sent.
    Sent,
}

async fn run(
    engine: &'static dyn Engine,
    budget: Budget,
    handler: &'static HandlerInfo,
    mut arguments: Vec<Argument>,
    from: Origin,
    mut head: Head,
) -> Result<Reply, Refusal> {
    let session = Backend::installed().map(|backend| backend.session());
    let mut locals = Locals { session, client: from.peer, lines: Lines::of(from.trace), ..Locals::default() };
    let pipe = Begun::default();
    // Both belong to this function, not to the invocation's stack.
    let mut slots = vec![0_u64; arguments.iter().map(Argument::slots).sum::<usize>().max(1)];
    let body = |context: *mut Context| {
        // SAFETY: the places of the arguments lie one after the other, as the entry reads them.
        let made = unsafe { call(engine, context, handler, &mut arguments, &mut slots) };
        match made {
            // SAFETY: as above.
            Ran::Made(Made::Stream(reply, source)) => unsafe {
                stream::send(engine, context, source, reply, &mut head, &pipe)
                    .map_or_else(|problem| Ran::Made(Made::Failure(problem.to_owned())), |()| Ran::Sent)
            },
            made => made,
        }
    };
    let Some(ran) = stream::while_read(invoke(engine, budget, &mut locals, body), &pipe).await else {
        return Ok(Reply::default());
    };
    let failure = match ran {
        Ok(Ran::Sent) => return Ok(Reply::default()),
        Ok(Ran::Made(Made::Stream(..))) => Failure::new(FailureKind::Fault, "a stream that was not sent"),
        Ok(Ran::Made(Made::Reply(reply))) => return Ok(reply),
        Ok(Ran::Made(Made::Refusal(refusal))) => return Err(refusal),
        Ok(Ran::Refused(part, problem)) => return Err(part.refusal(problem)),
        Ok(Ran::Made(Made::Failure(message))) => Failure::new(FailureKind::Program, message),
        Err(failure) => failure,
    };
    // That a client goes is no failure.
    if !stream::is_gone(&pipe) {
        report(handler, &failure, from.trace);
    }
    stream::cut(&pipe);
    Err(match failure.kind {
        FailureKind::Deadline => Refusal::of(StatusCode::GATEWAY_TIMEOUT),
        FailureKind::Busy => Refusal::with(StatusCode::SERVICE_UNAVAILABLE, "too many requests at once"),
        _ => Refusal::of(StatusCode::INTERNAL_SERVER_ERROR),
    })
}

/// Makes the arguments, calls the entry, makes the answer. Runs on the invocation's stack.
///
/// # Safety
/// `slots` has room for all arguments.
unsafe fn call(
    engine: &dyn Engine,
    context: *mut Context,
    handler: &'static HandlerInfo,
    arguments: &mut [Argument],
    slots: &mut [u64],
) -> Ran {
    let mut place = slots.as_mut_ptr();
    for argument in arguments {
        // SAFETY: the caller has made room.
        match unsafe { argument.make(engine, context, place) } {
            Ok(()) => place = place.wrapping_add(argument.slots()),
            Err((part, problem)) => return Ran::Refused(part, problem),
        }
    }
    let Some(result_type) = type_at(handler.entry.result) else {
        return Ran::Made(Made::Failure("a handler without a result type".to_owned()));
    };
    let mut result = [0_u64; SLOTS_MAX];
    // SAFETY: the arguments are of the entry's parameter types, the result of its result type.
    unsafe {
        (handler.entry.call)(context, slots.as_ptr(), result.as_mut_ptr());
        Ran::Made(reply::of_value(engine, result.as_ptr(), result_type))
    }
}

#[derive(Serialize)]
struct Line<'a> {
    level: &'static str,
    trace: String,
    handler: String,
    message: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    at: Option<String>,
}

/// A failed run is one line on stderr; the client sees only its trace id.
fn report(handler: &HandlerInfo, failure: &Failure, trace: TraceId) {
    let line = Line {
        level: "error",
        trace: trace.to_string(),
        handler: format!("{} {}", text(&handler.method), text(&handler.route)),
        message: &failure.message,
        at: failure.place.as_ref().map(ToString::to_string),
    };
    // Texts cannot fail to be written.
    log(&serde_json::to_string(&line).unwrap_or_default());
}
