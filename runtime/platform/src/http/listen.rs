//! Taking connections until the program stops, and then letting what is under way finish.

use std::rc::Rc;
use std::time::Duration;

use dark_sched::world::Listener;
use tokio::sync::watch;
use tokio::task::JoinSet;

use super::answer::Answers;
use super::connection;
use crate::queue::log;

/// What is under way when the program stops may take this long.
pub const DRAIN: Duration = Duration::from_secs(28);
/// How long no connection is taken after taking one has failed: for want of a file descriptor, mostly.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// Serves connections on this event loop until `stopping` says so; then until they are done, or the drain is over.
pub(crate) async fn serve<L: Listener, A: Answers>(mut listener: L, front: Rc<A>, mut stopping: watch::Receiver<bool>) {
    let mut connections = JoinSet::new();
    let mut failing = false;
    while !*stopping.borrow() {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok(accepted) => {
                    failing = false;
                    connections.spawn_local(connection::serve(accepted, front.clone(), stopping.clone()));
                }
                Err(error) => {
                    // Once for a row of failures.
                    if !std::mem::replace(&mut failing, true) {
                        log(&format!("a connection could not be taken: {error}"));
                    }
                    tokio::time::sleep(ACCEPT_PAUSE).await;
                }
            },
            Some(_) = connections.join_next() => {}
            changed = stopping.changed() => if changed.is_err() { break },
        }
    }
    // From here on the kernel refuses new ones.
    drop(listener);
    let all = async { while connections.join_next().await.is_some() {} };
    if tokio::time::timeout(DRAIN, all).await.is_err() {
        log("some requests did not finish in time and are cut");
    }
}
