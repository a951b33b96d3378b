//! The database file: one SQLite database that holds the datastores, the queue and the crons, so that an emit commits
//! with the write it belongs to.
//!
//! One thread writes. It runs the requests that have come in while the last commit was on its way to the disk, each in
//! a savepoint of its own, and commits them together: one synchronised write for all of them, and a request that
//! fails does not touch its neighbours. Reading happens on the calling thread through a connection of its own.
//!
//! One process owns the file: `open` holds an advisory lock on `<file>-lock` that the kernel gives back when the
//! process ends, however it ends. Everything below may rely on being alone.
//!
//! Absent: the statements of queries, which are a matter of `db`, and PostgreSQL.

mod error;
pub(crate) mod functions;
mod open;
mod reader;
mod schema;
#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;
mod time;
mod tx;
mod writer;

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

pub use error::StoreError;
pub use reader::Reader;
pub use time::{Clock, Random, SystemClock};
pub use tx::{Changes, ConsumerId, DatastoreId, Tx};
pub use writer::Pending;

/// Where the database lives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Location {
    File(PathBuf),
    /// In memory, gone with the process: for tests and scripts.
    Memory,
}

/// What an answered write has survived.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Durability {
    /// Loss of power.
    #[default]
    Full,
    /// The end of the process; the last commits may be missing after a loss of power, never parts of one.
    Normal,
    /// Nothing is synchronised: simulations.
    None,
}

#[derive(Debug, Clone)]
pub struct Options {
    pub location: Location,
    pub durability: Durability,
}

impl Options {
    pub fn file(path: impl Into<PathBuf>) -> Options {
        Options { location: Location::File(path.into()), durability: Durability::Full }
    }

    pub fn memory() -> Options {
        Options { location: Location::Memory, durability: Durability::None }
    }
}

/// An open database. Clones share it; it closes with the last one.
#[derive(Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

struct Inner {
    /// Tells the connections of one store from those of another in a thread's cache.
    id: u64,
    target: open::Target,
    boot: i64,
    /// Part of every event's public id: ids of two databases do not meet.
    salt: u64,
    writer: writer::Writer,
    /// Held until the last clone is gone.
    _lock: Option<std::fs::File>,
}

static STORES: AtomicU64 = AtomicU64::new(0);

impl Store {
    /// Opens or creates the database. The error is a message for the person who started the program.
    pub fn open(options: &Options) -> Result<Store, StoreError> {
        let id = STORES.fetch_add(1, Ordering::Relaxed);
        let opened = open::open(options, id)?;
        let writer = writer::Writer::start(opened.connection, opened.boot, opened.target.described.clone())?;
        let inner =
            Inner { id, target: opened.target, boot: opened.boot, salt: opened.salt, writer, _lock: opened.lock };
        Ok(Store { inner: Arc::new(inner) })
    }

    /// Runs `work` on the writer thread. The answer comes after the commit that contains it; `Err` of `work` undoes
    /// what `work` wrote and nothing else.
    pub fn write<T, F>(&self, work: F) -> Pending<T>
    where
        T: Send + 'static,
        F: FnOnce(&mut Tx<'_>) -> Result<T, StoreError> + Send + 'static,
    {
        self.inner.writer.submit(work, |_| ())
    }

    /// As `write`; `after` sees the result once it is committed, on the writer thread, in the order of commits, before
    /// the answer is given. It must be short.
    pub fn write_then<T, F, A>(&self, work: F, after: A) -> Pending<T>
    where
        T: Send + 'static,
        F: FnOnce(&mut Tx<'_>) -> Result<T, StoreError> + Send + 'static,
        A: FnOnce(&T) + Send + 'static,
    {
        self.inner.writer.submit(work, after)
    }

    /// Reads on the calling thread, through its own connection.
    pub fn read<T>(&self, work: impl FnOnce(&Reader<'_>) -> Result<T, StoreError>) -> Result<T, StoreError> {
        reader::with_reader(&self.inner, work)
    }

    /// Counts the times this database was opened: tells what this process wrote from what earlier ones did.
    pub fn boot(&self) -> i64 {
        self.inner.boot
    }

    pub fn salt(&self) -> u64 {
        self.inner.salt
    }
}
