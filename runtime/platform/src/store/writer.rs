//! The writer thread: requests come in through a channel and are committed in groups.
//!
//! ```text
//! wait for a request -> BEGIN -> each request that is here: SAVEPOINT, run, RELEASE (or ROLLBACK TO) -> counters
//! and versions -> COMMIT -> what follows a commit, answers -> again
//! ```
//! While one group is on its way to the disk the next one collects, so the busier it gets the larger the groups are.

use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::Mutex;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::task::{Context, Poll};
use std::thread::JoinHandle;

use rusqlite::Connection;
use tokio::sync::oneshot;

use super::tx::{Settlement, Shared};
use super::{StoreError, Tx};

/// Requests of one commit: bounds how long the first of them waits for the last.
const GROUP_MAX: usize = 512;

pub(super) struct Writer {
    /// Taken when the store closes: the thread ends when it has answered everything sent before.
    requests: Mutex<Option<Sender<Box<dyn Request>>>>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

/// The answer to come. Dropping it does not take the request back.
pub struct Pending<T> {
    answer: oneshot::Receiver<Result<T, StoreError>>,
}

impl<T> Future for Pending<T> {
    type Output = Result<T, StoreError>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        Pin::new(&mut self.answer).poll(context).map(|answer| answer.unwrap_or(Err(StoreError::Closed)))
    }
}

impl<T> Pending<T> {
    /// Blocks the thread until the answer is there: for start-up and shut-down, never on an event loop.
    pub fn wait(self) -> Result<T, StoreError> {
        self.answer.blocking_recv().unwrap_or(Err(StoreError::Closed))
    }
}

trait Request: Send {
    /// Runs the request; false: what it wrote has to be undone.
    fn run(&mut self, tx: &mut Tx<'_>) -> bool;
    /// Gives the answer: the request's own, or the reason why the commit that should have held it failed.
    fn finish(self: Box<Self>, failed: Option<StoreError>);
}

struct TypedRequest<T, F, A> {
    work: Option<F>,
    outcome: Result<T, StoreError>,
    after: A,
    answer: oneshot::Sender<Result<T, StoreError>>,
}

impl<T, F, A> Request for TypedRequest<T, F, A>
where
    T: Send,
    F: FnOnce(&mut Tx<'_>) -> Result<T, StoreError> + Send,
    A: FnOnce(&T) + Send,
{
    fn run(&mut self, tx: &mut Tx<'_>) -> bool {
        if let Some(work) = self.work.take() {
            // A fault in one request must not end the thread that all depend on.
            self.outcome = catch_unwind(AssertUnwindSafe(|| work(tx)))
                .unwrap_or_else(|_| Err(StoreError::Failed("an internal fault in a write".to_owned())));
        }
        self.outcome.is_ok()
    }

    fn finish(self: Box<Self>, failed: Option<StoreError>) {
        let TypedRequest { outcome, after, answer, .. } = *self;
        let outcome = match (failed, outcome) {
            (Some(error), Ok(_)) => Err(error),
            (_, outcome) => outcome,
        };
        if let Ok(value) = &outcome {
            after(value);
        }
        // Whoever asked may have been cancelled meanwhile; the write stands.
        let _ = answer.send(outcome);
    }
}

impl Writer {
    pub(super) fn start(connection: Connection, boot: i64, described: String) -> Result<Writer, StoreError> {
        let (sender, receiver) = channel();
        let thread = std::thread::Builder::new()
            .name("dark-writer".to_owned())
            .spawn(move || serve(&connection, Shared::new(boot), &receiver))
            .map_err(|error| StoreError::Unusable(format!("no thread to write {described} with: {error}")))?;
        Ok(Writer { requests: Mutex::new(Some(sender)), thread: Mutex::new(Some(thread)) })
    }

    pub(super) fn submit<T, F, A>(&self, work: F, after: A) -> Pending<T>
    where
        T: Send + 'static,
        F: FnOnce(&mut Tx<'_>) -> Result<T, StoreError> + Send + 'static,
        A: FnOnce(&T) + Send + 'static,
    {
        let (answer, pending) = oneshot::channel();
        let request = TypedRequest { work: Some(work), outcome: Err(StoreError::Closed), after, answer };
        if let Ok(requests) = self.requests.lock()
            && let Some(requests) = requests.as_ref()
        {
            // A thread that is gone drops the request, and with it the sender of the answer: `Closed`.
            let _ = requests.send(Box::new(request));
        }
        Pending { answer: pending }
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        if let Ok(requests) = self.requests.get_mut() {
            requests.take();
        }
        // The last clone may go on the writer thread itself, in what follows a commit: nobody waits for himself.
        if let Ok(thread) = self.thread.get_mut()
            && let Some(thread) = thread.take()
            && thread.thread().id() != std::thread::current().id()
        {
            let _ = thread.join();
        }
    }
}

fn serve(connection: &Connection, mut shared: Shared, requests: &Receiver<Box<dyn Request>>) {
    while let Ok(first) = requests.recv() {
        let mut group = Vec::new();
        let failed = run_group(connection, &mut shared, first, requests, &mut group).err();
        if failed.is_some() {
            if !connection.is_autocommit() {
                let _ = connection.execute_batch("ROLLBACK");
            }
            shared.forget_versions();
        }
        for request in group {
            let _ = catch_unwind(AssertUnwindSafe(|| request.finish(failed.clone())));
        }
    }
}

/// Runs what is here and commits it. On an error nothing of the group is in the database.
fn run_group(
    connection: &Connection,
    shared: &mut Shared,
    first: Box<dyn Request>,
    requests: &Receiver<Box<dyn Request>>,
    group: &mut Vec<Box<dyn Request>>,
) -> Result<(), StoreError> {
    let execute = |sql: &str| connection.prepare_cached(sql).and_then(|mut statement| statement.execute([]));
    let mut next = Some(first);
    let begun = execute("BEGIN IMMEDIATE");
    let mut settlement = Settlement::default();
    while let Some(request) = next {
        let request = group.push_mut(request);
        if let Err(error) = &begun {
            return Err(StoreError::Failed(error.to_string()));
        }
        execute("SAVEPOINT request")?;
        let mut tx = Tx::new(connection, shared);
        let kept = request.run(&mut tx);
        let mut left = std::mem::take(&mut tx.settlement);
        if !kept {
            // Versions already given out stay given out: the stored ones follow, or readers would never agree.
            left.changes.clear();
        }
        settlement.merge(left);
        if kept {
            execute("RELEASE request")?;
        } else if connection.is_autocommit() {
            // A full disk makes SQLite undo the whole transaction, the neighbours' part too.
            return Err(StoreError::Full);
        } else {
            execute("ROLLBACK TO request")?;
            execute("RELEASE request")?;
        }
        next = if group.len() < GROUP_MAX { requests.try_recv().ok() } else { None };
    }
    settlement.write(connection, shared)?;
    execute("COMMIT")?;
    Ok(())
}
