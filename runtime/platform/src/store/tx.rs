//! What a request may do on the writer thread, and what is settled once a commit instead of once a request.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::Connection;

use super::StoreError;

/// A row of `dark_datastore`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DatastoreId(pub i64);

/// A row of `dark_consumer`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ConsumerId(pub i64);

/// Differences of a consumer's counters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Changes {
    pub emitted: i64,
    pub done: i64,
    pub discarded: i64,
    pub parked: i64,
    pub waiting: i64,
    pub running: i64,
}

impl Changes {
    pub fn add(&mut self, other: Changes) {
        self.emitted += other.emitted;
        self.done += other.done;
        self.discarded += other.discarded;
        self.parked += other.parked;
        self.waiting += other.waiting;
        self.running += other.running;
    }
}

/// Bits of a version below the number of the opening.
const VERSION_BITS: u32 = 40;

/// What all requests of the writer share.
pub(super) struct Shared {
    next_version: i64,
    /// The last version written to a datastore, by this process.
    versions: BTreeMap<DatastoreId, i64>,
}

impl Shared {
    pub(super) fn new(boot: i64) -> Shared {
        Shared { next_version: boot << VERSION_BITS, versions: BTreeMap::new() }
    }

    /// After a commit that failed the stored versions are the true ones again.
    pub(super) fn forget_versions(&mut self) {
        self.versions.clear();
    }
}

/// What requests leave to be written with the commit.
#[derive(Default)]
pub(super) struct Settlement {
    pub(super) touched: BTreeSet<DatastoreId>,
    pub(super) changes: BTreeMap<ConsumerId, Changes>,
}

impl Settlement {
    pub(super) fn merge(&mut self, other: Settlement) {
        self.touched.extend(other.touched);
        for (consumer, changes) in other.changes {
            self.changes.entry(consumer).or_default().add(changes);
        }
    }

    /// Writes the counters and the versions of the datastores: once a commit, however many requests it holds.
    pub(super) fn write(&self, connection: &Connection, shared: &Shared) -> rusqlite::Result<()> {
        for (id, changes) in &self.changes {
            let mut update = connection.prepare_cached(
                "UPDATE dark_consumer SET emitted = emitted + ?2, done = done + ?3, discarded = discarded + ?4, \
                 parked = parked + ?5, waiting = waiting + ?6, running = running + ?7 WHERE id = ?1",
            )?;
            let Changes { emitted, done, discarded, parked, waiting, running } = *changes;
            update.execute((id.0, emitted, done, discarded, parked, waiting, running))?;
        }
        for id in &self.touched {
            if let Some(version) = shared.versions.get(id) {
                connection
                    .prepare_cached("UPDATE dark_datastore SET version = ?2 WHERE id = ?1")?
                    .execute((id.0, version))?;
            }
        }
        Ok(())
    }
}

/// A request's view of the database while it runs on the writer thread.
pub struct Tx<'a> {
    connection: &'a Connection,
    shared: &'a mut Shared,
    pub(super) settlement: Settlement,
}

impl<'a> Tx<'a> {
    pub(super) fn new(connection: &'a Connection, shared: &'a mut Shared) -> Tx<'a> {
        Tx { connection, shared, settlement: Settlement::default() }
    }

    pub fn connection(&self) -> &'a Connection {
        self.connection
    }

    /// Runs a cached statement; the number of rows it changed.
    pub fn execute(&self, sql: &str, values: impl rusqlite::Params) -> Result<usize, StoreError> {
        Ok(self.connection.prepare_cached(sql)?.execute(values)?)
    }

    /// A number never given out before by this database, greater than all earlier ones.
    pub fn fresh_number(&mut self) -> i64 {
        self.shared.next_version += 1;
        self.shared.next_version
    }

    /// The version for a write to that datastore, which from now on is its latest.
    pub fn write_version(&mut self, datastore: DatastoreId) -> i64 {
        let version = self.fresh_number();
        self.shared.versions.insert(datastore, version);
        self.settlement.touched.insert(datastore);
        version
    }

    /// The version of the last write to that datastore.
    pub fn datastore_version(&self, datastore: DatastoreId) -> Result<i64, StoreError> {
        match self.shared.versions.get(&datastore) {
            Some(version) => Ok(*version),
            None => stored_version(self.connection, datastore),
        }
    }

    /// Changes a consumer's counters together with this request.
    pub fn count(&mut self, consumer: ConsumerId, changes: Changes) {
        self.settlement.changes.entry(consumer).or_default().add(changes);
    }
}

pub(super) fn stored_version(connection: &Connection, datastore: DatastoreId) -> Result<i64, StoreError> {
    let mut select = connection.prepare_cached("SELECT version FROM dark_datastore WHERE id = ?")?;
    Ok(select.query_row([datastore.0], |row| row.get(0))?)
}
