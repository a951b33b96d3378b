//! The event loop of a thread. Invocations stay on the thread they began on, so tasks are local and need no locks.

use std::future::Future;
use std::io;

use tokio::runtime::Builder;
use tokio::task::LocalSet;

/// Runs a future on a new event loop of this thread, until it is done. Tasks it has spawned end with it.
pub fn block_on<F: Future>(future: F) -> io::Result<F::Output> {
    let runtime = Builder::new_current_thread().enable_all().build()?;
    Ok(LocalSet::new().block_on(&runtime, future))
}
