//! `Stdlib.HttpClient`: a call suspends its invocation; what goes wrong is a value.
//!
//! In reading order: `checks` looks at what is asked before anything is sent, `egress` says whom a program may call,
//! `connect` makes the connection and `wire` speaks HTTP/1.1. Each call has a connection of its own.

mod checks;
mod connect;
pub(crate) mod egress;
mod stream;
#[cfg(test)]
mod tests;
mod wire;

use std::time::Duration;

use dark_abi::{Context, TypeInfo};
use dark_rt::std::answer::{Call, answer};
use dark_rt::value::Tree;
use dark_rt::{Fault, answers, number};
use url::Url;

use super::{wait, world};
use checks::{Checked, RequestError, Wanted, check};
use egress::allowed;
pub(crate) use stream::Bodies;

/// A whole response.
#[derive(Debug)]
struct Response {
    head: wire::Head,
    body: Vec<u8>,
}

/// What a call may use.
#[derive(Debug, Clone, Copy)]
struct Limits {
    time: Duration,
    body_bytes: usize,
}

async fn request(wanted: &Wanted, limits: Limits) -> Result<Response, RequestError> {
    let checked = check(wanted, allowed())?;
    let exchange = async {
        let (head, mut incoming) = begin(&checked, &wanted.body).await?;
        let mut body = Vec::new();
        while let Some(piece) = incoming.next().await.map_err(|error| network(&error))? {
            if body.len() + piece.len() > limits.body_bytes {
                return Err(RequestError::NetworkError);
            }
            body.extend_from_slice(&piece);
        }
        Ok(Response { head, body })
    };
    tokio::time::timeout(limits.time, exchange).await.unwrap_or(Err(RequestError::Timeout))
}

/// Sends the request and waits for the head of its response.
async fn begin(checked: &Checked, body: &[u8]) -> Result<(wire::Head, wire::Incoming), RequestError> {
    let connecting = tokio::time::timeout(connect::CONNECT_WAIT, connect::connect(checked));
    let stream = connecting.await.map_err(|_| RequestError::Timeout)?.map_err(|error| network(&error))?;
    let sent = wire::exchange(stream, &checked.head, body, checked.is_head).await;
    sent.map_err(|error| network(&error))
}

fn network(error: &std::io::Error) -> RequestError {
    match error.kind() {
        std::io::ErrorKind::TimedOut => RequestError::Timeout,
        _ => RequestError::NetworkError,
    }
}

/// As `HttpClient.RequestError`.
fn error_tree(error: RequestError) -> Tree {
    let plain = |name| Tree::Case(name, Vec::new());
    let url = |name| Tree::Case("BadUrl", vec![Tree::Case(name, Vec::new())]);
    let header = |name| Tree::Case("BadHeader", vec![Tree::Case(name, Vec::new())]);
    match error {
        RequestError::UnsupportedProtocol => url("UnsupportedProtocol"),
        RequestError::InvalidHost => url("InvalidHost"),
        RequestError::InvalidUri => url("InvalidUri"),
        RequestError::InvalidRequest => url("InvalidRequest"),
        RequestError::EmptyKey => header("EmptyKey"),
        RequestError::InvalidContentType => header("InvalidContentType"),
        RequestError::Timeout => plain("Timeout"),
        RequestError::NetworkError => plain("NetworkError"),
        RequestError::BadMethod => plain("BadMethod"),
    }
}

/// `HttpClient.Internal.send method uri headers body timeoutMs maxBodyBytes`
///
/// # Safety
/// Called by compiled code, by the reflective convention.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn dark_http_client_internal_send(
    context: *mut Context,
    result: *mut u64,
    result_type: *const TypeInfo,
    arguments: *const *const u64,
    types: *const *const TypeInfo,
) {
    let call = Call { result, result_type, arguments, types };
    // SAFETY: promised by the caller. A stub runs outside of the frame, for it may not return.
    unsafe {
        match world::stub() {
            Some(stub) => stub.answer(context, call),
            None => answer(context, call, |_, call| sent(call)),
        }
    }
}

/// Sends what a call of `send` says.
unsafe fn sent(call: Call) -> Result<Tree, Fault> {
    // SAFETY: promised by the caller.
    let (wanted, milliseconds, bytes) = unsafe {
        let wanted = Wanted {
            method: call.text(0).to_owned(),
            uri: call.text(1).to_owned(),
            headers: call.pairs(2),
            body: call.bytes(3).to_vec(),
        };
        (wanted, number::to_i64(call.word(4)), number::to_i64(call.word(5)))
    };
    let small = |number: Option<i64>| number.map_or(u64::MAX >> 1, |it| u64::try_from(it).unwrap_or(0));
    let limits = Limits {
        time: Duration::from_millis(small(milliseconds).min(24 * 3600 * 1000)),
        body_bytes: usize::try_from(small(bytes)).unwrap_or(usize::MAX),
    };
    Ok(match wait(request(&wanted, limits))? {
        Ok(response) => Tree::ok(Tree::Parts(vec![
            Tree::Int(i64::from(response.head.status)),
            Tree::pairs(response.head.headers),
            Tree::Bytes(response.body),
        ])),
        Err(error) => Tree::Case("Error", vec![error_tree(error)]),
    })
}

/// `HttpClient.Internal.isStubbed ()`
///
/// # Safety
/// Called by compiled code.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dark_http_client_internal_is_stubbed(_: *mut Context) -> u8 {
    u8::from(world::stub().is_some())
}

answers! {
    /// `HttpClient.Internal.redirected from location`: the address, and whether it has the origin of the first.
    dark_http_client_internal_redirected(_, call) {
        let from = Url::parse(call.text(0)).ok();
        let place = from.as_ref().and_then(|from| Some((from, from.join(call.text(1)).ok()?)));
        let pair = |(from, to): (&Url, Url)| {
            let is_same = from.origin() == to.origin();
            Tree::Parts(vec![Tree::text(String::from(to)), Tree::Bool(is_same)])
        };
        Ok(Tree::option(place.map(pair)))
    }
}
