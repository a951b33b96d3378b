//! Functions of the standard library that need more than values: time, files of their own, the network.
//!
//! A file a module of `std/`. Those that wait suspend their invocation (`wait`); their results are trees of parts
//! (`dark_rt::value::Tree`).

pub(crate) mod client;
pub(crate) mod client_ip;
pub(crate) mod log;
mod password;
mod schedule;
pub(crate) mod secrets;
mod server;
mod sleep;
pub(crate) mod sqlite;
mod streams;
mod test;
pub(crate) mod world;

use std::future::Future;
use std::sync::OnceLock;

use dark_abi::AppInfo;
use dark_sched::try_wait;

use crate::engine::Engine;
use crate::host::stopped;
use crate::http::Cors;
use crate::rt_engine::raised;
use crate::settings::{Limits, Settings};

pub(crate) use server::Listeners;

/// What runs that a library function begins are made with.
struct Installed {
    app: &'static AppInfo,
    engine: &'static dyn Engine,
    limits: Limits,
    cors: Cors,
}

static INSTALLED: OnceLock<Installed> = OnceLock::new();

/// Gives the library the program; the first one counts.
pub(crate) fn install(app: &'static AppInfo, engine: &'static dyn Engine, settings: Settings) {
    let _ = INSTALLED.set(Installed { app, engine, limits: settings.limits, cors: settings.cors });
}

/// Suspends the running invocation until the future is done. The error ends the invocation.
fn wait<F: Future>(future: F) -> Result<F::Output, dark_rt::Fault> {
    try_wait(future).map_err(|stop| raised(stopped(stop)))
}
