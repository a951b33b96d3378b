//! Functions of the standard library that need more than values: time, files of their own, the network.
//!
//! A file a module of `std/`. Those that wait suspend their invocation (`wait`); their results are trees of parts
//! (`dark_rt::value::Tree`).

pub(crate) mod client;
mod password;
mod schedule;
pub(crate) mod secrets;
mod server;
mod sleep;
pub(crate) mod sqlite;

use std::future::Future;
use std::sync::OnceLock;

use dark_sched::try_wait;

use crate::engine::Engine;
use crate::host::stopped;
use crate::rt_engine::raised;
use crate::settings::Limits;

pub(crate) use server::Listeners;

/// What runs that a library function begins are made with.
struct Installed {
    engine: &'static dyn Engine,
    limits: Limits,
}

static INSTALLED: OnceLock<Installed> = OnceLock::new();

/// Gives the library the program's engine and limits; the first ones count.
pub(crate) fn install(engine: &'static dyn Engine, limits: Limits) {
    let _ = INSTALLED.set(Installed { engine, limits });
}

/// Suspends the running invocation until the future is done. The error ends the invocation.
fn wait<F: Future>(future: F) -> Result<F::Output, dark_rt::Fault> {
    try_wait(future).map_err(|stop| raised(stopped(stop)))
}
