//! `HttpClient.stream`: bodies that are read piece by piece. They belong to the invocation, which knows them by numbers.

use std::collections::HashMap;
use std::time::Duration;

use dark_abi::Context;
use dark_rt::value::Tree;
use dark_rt::{Failure, Fault, answers, number, run};

use super::checks::{RequestError, Wanted, check};
use super::egress::allowed;
use super::wire::{Head, Incoming};
use super::{begin, error_tree};
use crate::library::wait;
use crate::rt_engine::locals_of;

/// For the head of the response, and for each piece of its body.
const PIECE_WAIT: Duration = Duration::from_secs(30);

/// Bodies that are still read.
#[derive(Default)]
pub(crate) struct Bodies {
    open: HashMap<i64, Body>,
    opened: i64,
}

struct Body {
    incoming: Incoming,
    /// For the message of a failure.
    host: String,
}

async fn open(wanted: &Wanted) -> Result<(Head, Body), RequestError> {
    let checked = check(wanted, allowed())?;
    let begun = tokio::time::timeout(PIECE_WAIT, begin(&checked, &[])).await;
    let (head, incoming) = begun.unwrap_or(Err(RequestError::Timeout))?;
    Ok((head, Body { incoming, host: checked.host }))
}

/// The next piece of a body; empty at its end.
async fn read(body: &mut Body) -> Result<Vec<u8>, Fault> {
    let said = |what: &str| Failure::message(format!("The response of {} {what}", body.host));
    let (stopped, broken) = (said("has stopped coming for 30 seconds"), said("was cut before its end"));
    match tokio::time::timeout(PIECE_WAIT, body.incoming.next()).await {
        Ok(Ok(piece)) => Ok(piece.map(Vec::from).unwrap_or_default()),
        Ok(Err(_)) => Err(broken),
        Err(_) => Err(stopped),
    }
}

answers! {
    /// `HttpClient.Internal.openStream method uri headers`
    dark_http_client_internal_open_stream(invocation, call) {
        let wanted = Wanted {
            method: call.text(0).to_owned(),
            uri: call.text(1).to_owned(),
            headers: call.pairs(2),
            body: Vec::new(),
        };
        Ok(match wait(open(&wanted))? {
            Ok((head, body)) => {
                let bodies = &mut locals_of(invocation).bodies;
                bodies.opened += 1;
                bodies.open.insert(bodies.opened, body);
                let parts = [Tree::Int(head.status.into()), Tree::pairs(head.headers), Tree::Int(bodies.opened)];
                Tree::ok(Tree::Parts(parts.into()))
            }
            Err(error) => Tree::Case("Error", vec![error_tree(error)]),
        })
    }

    /// `HttpClient.Internal.readStream handle`
    dark_http_client_internal_read_stream(invocation, call) {
        let handle = number::to_i64(call.word(0)).unwrap_or(0);
        // Taken out while it is read: an invocation that ends meanwhile takes the connection with it.
        let Some(mut body) = locals_of(invocation).bodies.open.remove(&handle) else {
            return Ok(Tree::List(Vec::new()));
        };
        let piece = wait(read(&mut body))??;
        if !piece.is_empty() {
            locals_of(invocation).bodies.open.insert(handle, body);
        }
        Ok(Tree::List(piece.into_iter().map(|byte| Tree::Int(byte.into())).collect()))
    }
}

/// `HttpClient.Internal.closeStream handle`
///
/// # Safety
/// Called by compiled code.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn dark_http_client_internal_close_stream(context: *mut Context, handle: u64) {
    // SAFETY: promised by the caller.
    unsafe {
        run(context, |invocation| {
            let handle = number::to_i64(handle).unwrap_or(0);
            locals_of(invocation).bodies.open.remove(&handle);
            Ok(())
        });
    }
}
