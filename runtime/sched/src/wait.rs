//! What functions called by compiled code use: waiting, checking, leaving.
//!
//! A failure abandons the stack: destructors of what lies on it do not run. So a function that waits or fails does its
//! work in an inner function that returns a `Result`, and raises the failure last, when it owns nothing any more:
//!
//! ```text
//! extern "C" fn dark_http_client_get(context: *mut Context, url: *const Str) -> *mut Str {
//!     match catch(|| get(url)) {                  // `get` owns buffers, waits with `try_wait`, returns a Result
//!         Ok(Ok(text)) => text,
//!         Ok(Err(failure)) => raise(context, failure),
//!         Err(message) => raise(context, Failure::internal(message)),
//!     }
//! }
//! ```

use std::any::Any;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::task::{Context as TaskContext, Poll};

use crate::fiber::{Parked, Running, Stop, panic_message};

/// A future with the place for its result.
struct Place<F: Future> {
    future: F,
    output: Option<F::Output>,
}

/// Suspends the running invocation until the future is done. `Err`: it must end instead, and the future is dropped.
pub fn try_wait<F: Future>(future: F) -> Result<F::Output, Stop> {
    unsafe fn poll<F: Future>(data: *mut (), cx: &mut TaskContext<'_>) -> bool {
        // SAFETY: `data` is the place below, which lies still while the invocation is suspended.
        let place = unsafe { &mut *data.cast::<Place<F>>() };
        // SAFETY: the place does not move until the future is dropped.
        match unsafe { Pin::new_unchecked(&mut place.future) }.poll(cx) {
            Poll::Ready(output) => {
                place.output = Some(output);
                true
            }
            Poll::Pending => false,
        }
    }
    let running = Running::current().ok_or(Stop::Fault)?;
    let mut place = Place { future, output: None };
    running.wait(Parked { data: (&raw mut place).cast(), poll: poll::<F> })?;
    place.output.ok_or(Stop::Fault)
}

/// What `dark_interrupt` does: others get their turn when it is over. `Err`: the invocation must end.
pub fn interrupt() -> Result<(), Stop> {
    let here = 0_u8;
    let here = &raw const here as u64;
    Running::current().ok_or(Stop::Fault)?.interrupt(here)
}

/// Ends the running invocation: its stack is abandoned and its driver told `Ended::Left`. Outside an invocation there
/// is nothing to leave, and the process ends.
pub fn leave() -> ! {
    match Running::current() {
        Some(running) => running.leave(),
        None => std::process::abort(),
    }
}

/// The running invocation may take as long as it likes from now on.
pub fn lift_deadline() {
    if let Some(running) = Running::current() {
        running.lift_deadline();
    }
}

/// Why the running invocation has been told to end, once it has.
pub fn stop_reason() -> Option<Stop> {
    Running::current().and_then(Running::stop_reason)
}

/// Whether the calling code belongs to an invocation.
pub fn is_inside() -> bool {
    Running::current().is_some()
}

/// Runs Rust code whose panic must not reach compiled code; `Err` is the panic's message.
pub fn catch<T>(work: impl FnOnce() -> T) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(work)).map_err(|payload: Box<dyn Any + Send>| panic_message(&*payload))
}
