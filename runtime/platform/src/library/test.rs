//! `Stdlib.Test`: what tests do to the outside of their program. `world` holds what they have put in its place.

use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;

use dark_abi::{Context, EntryFn};
use dark_rt::value::{self, Tree};
use dark_rt::{Failure, Fault, answers, run};
use dark_sched::world::SystemRandom;
use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper::header::{HOST, HeaderValue};
use hyper::{Method, Request, Response};

use super::world::{self, Stub};
use super::{INSTALLED, Installed, secrets, wait};
use crate::db::Backend;
use crate::descriptor::type_at;
use crate::http::stream::Payload;
use crate::http::{Answers, Front, Program, Shared, TraceIds, router};
use crate::jobs::Jobs;
use crate::queue;
use crate::run::Budget;

/// Runs of workers in one call, at most: a worker that emits to itself does not go on for ever.
const RUNS_MAX: usize = 1000;

fn installed() -> Result<&'static Installed, Fault> {
    INSTALLED.get().ok_or_else(|| Failure::internal("the library has not been told of its program"))
}

/// The request that a test describes; the error says what is wrong with it.
fn request(
    method: &str,
    path: &str,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
) -> Result<Request<Full<Bytes>>, String> {
    if !path.starts_with('/') {
        return Err(format!("`{path}` is not a path: it begins with `/`, and may have a query"));
    }
    let method = Method::from_bytes(method.as_bytes()).map_err(|_| format!("`{method}` is not a method of HTTP"))?;
    let mut request = Request::builder().method(method).uri(path);
    for (name, value) in &headers {
        request = request.header(name, value);
    }
    let mut request =
        request.body(Full::new(Bytes::from(body))).map_err(|error| format!("that is not a request: {error}"))?;
    request.headers_mut().entry(HOST).or_insert(HeaderValue::from_static("localhost"));
    Ok(request)
}

/// As a server would answer, without one.
async fn answered(installed: &'static Installed, request: Request<Full<Bytes>>) -> Response<Payload> {
    let Installed { app, engine, limits, cors } = installed;
    let shared =
        Shared { router: router(app), cors: cors.clone(), limits: limits.clone(), active: AtomicUsize::new(0) };
    let budget = Budget { memory_bytes: limits.memory_bytes, time: Some(limits.deadline) };
    let handlers = Rc::new(Program { app, engine: *engine, budget });
    let front = Front { shared: Arc::new(shared), handlers, traces: TraceIds::new(&SystemRandom) };
    let has_no_body = request.method() == Method::HEAD;
    let Ok(mut response) = front.answer(request, None).await;
    if has_no_body {
        *response.body_mut() = Payload::Whole(Full::default());
    }
    response
}

async fn tree_of(response: Response<Payload>) -> Result<Tree, Fault> {
    let (parts, body) = response.into_parts();
    let body = body.collect().await.map_err(|error| Failure::message(format!("The answer was cut: {error}")))?;
    let text = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    let headers = parts.headers.iter().map(|(name, value)| (name.as_str().to_owned(), text(value))).collect::<Vec<_>>();
    Ok(Tree::Parts(vec![
        Tree::Int(i64::from(parts.status.as_u16())),
        Tree::pairs(headers),
        Tree::Bytes(body.to_bytes().to_vec()),
    ]))
}

answers! {
    /// `Test.Internal.answer method path headers body`: status, headers and body.
    dark_test_internal_answer(_, call) {
        let request = request(call.text(0), call.text(1), call.pairs(2), call.bytes(3).to_vec());
        let (installed, request) = (installed()?, request.map_err(Failure::message)?);
        wait(async { tree_of(answered(installed, request).await).await })?
    }

    /// `Test.Internal.beginStub caller stub`: argument 1 is a function of requests, and 0 its entry.
    dark_test_internal_begin_stub(invocation, call) {
        let request = value::fields(call.ty(1)).first().and_then(|field| type_at(field.ty));
        let Some(request) = request else { return Err(Failure::internal("a stub that takes no request")) };
        value::make_immortal(&mut invocation.heap, call.slots(1).cast_mut(), call.ty(1));
        let entry = std::mem::transmute::<*const (), EntryFn>(call.word(0) as usize as *const ());
        world::begin_stub(Stub { function: call.word(1), call: entry, request });
        Ok(Tree::Unit)
    }

    /// `Test.Internal.beginSecret name value`
    dark_test_internal_begin_secret(_, call) {
        secrets::require_listed(call.text(0)).map_err(Failure::message)?;
        world::begin_secret(call.text(0).to_owned(), call.text(1).to_owned());
        Ok(Tree::Unit)
    }
}

async fn run_queue(installed: &'static Installed) {
    let Some(backend) = Backend::installed() else { return };
    let limits = &installed.limits;
    let budget = Budget { memory_bytes: limits.memory_bytes, time: Some(limits.run_deadline) };
    let jobs = Jobs::new(installed.app, installed.engine, backend, budget, TraceIds::new(&SystemRandom));
    queue::run_due(&backend.queue, &Rc::new(jobs), RUNS_MAX).await;
}

/// `Test.runQueue ()`
///
/// # Safety
/// Called by compiled code.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn dark_test_run_queue(context: *mut Context) {
    // SAFETY: promised by the caller.
    unsafe { run(context, |_| wait(run_queue(installed()?))) }
}

/// `Test.Internal.stopClock at`
///
/// # Safety
/// Called by compiled code.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dark_test_internal_stop_clock(_: *mut Context, at: i64) -> i64 {
    world::set_clock(at)
}

/// `Test.Internal.startClock before`
///
/// # Safety
/// Called by compiled code.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dark_test_internal_start_clock(_: *mut Context, before: i64) {
    world::set_clock(before);
}

/// `Test.Internal.endStub ()`
///
/// # Safety
/// Called by compiled code.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dark_test_internal_end_stub(_: *mut Context) {
    world::end_stub();
}

/// `Test.Internal.endSecret ()`
///
/// # Safety
/// Called by compiled code.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dark_test_internal_end_secret(_: *mut Context) {
    world::end_secret();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_request_says_why() {
        let asked = |method, path, header: (&str, &str)| {
            request(method, path, vec![(header.0.to_owned(), header.1.to_owned())], Vec::new())
        };
        let fine = asked("GET", "/a?b=1", ("x-a", "1")).expect("a request");
        assert_eq!((fine.uri().to_string().as_str(), fine.headers().len()), ("/a?b=1", 2));
        assert_eq!(asked("GET", "/", ("Host", "a.example")).expect("a request").headers()["host"], "a.example");
        assert!(asked("GET", "a", ("a", "b")).unwrap_err().contains("begins with `/`"));
        assert!(asked("G T", "/", ("a", "b")).unwrap_err().contains("not a method"));
        assert!(asked("GET", "/", ("a b", "c")).unwrap_err().contains("not a request"));
        assert!(asked("GET", "/", ("a", "b\nc")).unwrap_err().contains("not a request"));
    }
}
