//! Functions of the standard library that need more than values: time, files of their own, the network.
//!
//! A file a module of `std/`. Those that wait suspend their invocation (`wait`); their results are trees of parts
//! (`dark_rt::value::Tree`).

pub(crate) mod client;
mod sleep;
pub(crate) mod sqlite;

use std::future::Future;

use dark_sched::try_wait;

use crate::host::stopped;
use crate::rt_engine::raised;

/// Suspends the running invocation until the future is done. The error ends the invocation.
fn wait<F: Future>(future: F) -> Result<F::Output, dark_rt::Fault> {
    try_wait(future).map_err(|stop| raised(stopped(stop)))
}
