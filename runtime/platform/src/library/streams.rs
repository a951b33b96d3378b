//! What `Http.stream` and `Http.sse` are made of: a function that sends bytes is kept until its response is answered
//! with, then it fills the pipe of its connection (`http::stream`).

use dark_abi::{Context, EntryFn, Str};
use dark_rt::value::{self, Tree};
use dark_rt::{Failure, FailureKind, Fault, Invocation, answers, run, text};

use super::wait;
use crate::http::Source;
use crate::rt_engine::locals_of;

answers! {
    /// `Http.Internal.keep entry isEvents send`: the number of a function from Unit to Unit.
    dark_http_internal_keep(invocation, call) {
        value::dup(call.slots(2), call.ty(2));
        let sources = &mut locals_of(invocation).sources;
        sources.push(Some(Source {
            entry: std::mem::transmute::<*const (), EntryFn>(call.word(0) as usize as *const ()),
            function: call.word(2),
            is_events: call.word(1) != 0,
        }));
        Ok(Tree::Int(sources.len() as i64 - 1))
    }
}

/// Waits while the pipe is full; ends the run when nobody reads.
unsafe fn send(invocation: &Invocation, bytes: &[u8]) -> Result<(), Fault> {
    // SAFETY: promised by the caller: it is the running one.
    let Some(pipe) = (unsafe { &locals_of(invocation).pipe }).clone() else {
        return Err(Failure::internal("bytes of a response that nobody has answered with"));
    };
    if pipe.is_full() {
        wait(pipe.room())?;
    }
    if pipe.is_gone() {
        return Err(Failure::new(FailureKind::Cancelled, "the client has gone"));
    }
    pipe.put(bytes);
    Ok(())
}

/// `Http.Internal.sendByte byte`
///
/// # Safety
/// Called by compiled code.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn dark_http_internal_send_byte(context: *mut Context, byte: u8) {
    // SAFETY: promised by the caller.
    unsafe { run(context, |invocation| send(invocation, &[byte])) }
}

/// `Http.Internal.sendText text`
///
/// # Safety
/// Called by compiled code.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn dark_http_internal_send_text(context: *mut Context, text: *const Str) {
    // SAFETY: promised by the caller.
    unsafe { run(context, |invocation| send(invocation, text::as_bytes(text))) }
}
