//! What one invocation reads and writes.
//!
//! Outside a transaction a write goes to the writer at once and is durable when answered. In a transaction, and in a
//! worker's run as a whole, writes and emits are collected here, and reads look here first. The commit checks on the
//! writer thread that everything the transactions read is unchanged, then writes all of it: no database transaction
//! is open while Dark code runs, and a failed invocation leaves nothing because it is simply dropped.
//!
//! A row that was read is remembered with its version, a scan with the version of its datastore. Reads of a worker's
//! run outside transactions are not checked: a run may take minutes and would hardly ever finish beside writers.

use std::collections::BTreeMap;
use std::sync::Arc;

use rusqlite::{Connection, OptionalExtension, ToSql, params_from_iter};

use super::{Datastore, VALUE_BYTES_MAX, check_key, is_key};
use crate::queue::{Inbox, NewEvent, Queue, insert_event};
use crate::store::{DatastoreId, Pending, Reader, Store, StoreError, Tx};

/// No parameters.
const NOTHING: &[i64] = &[];

/// Where a write is: noted here, or on its way to the disk.
pub enum Written<T> {
    Now(T),
    Later(Pending<T>),
}

impl<T> Written<T> {
    /// Waits until it is there, on an event loop.
    pub async fn settle(self) -> Result<T, StoreError> {
        match self {
            Written::Now(value) => Ok(value),
            Written::Later(pending) => pending.await,
        }
    }

    /// Blocks until it is there: for tests and code without an event loop.
    pub fn wait(self) -> Result<T, StoreError> {
        match self {
            Written::Now(value) => Ok(value),
            Written::Later(pending) => pending.wait(),
        }
    }
}

/// Writes and emits that commit together, with what they depend on.
#[derive(Default)]
pub struct Collected {
    tables: BTreeMap<DatastoreId, Overlay>,
    events: Vec<NewEvent>,
}

struct Overlay {
    datastore: Arc<Datastore>,
    /// Everything stored is deleted before the rows are written.
    cleared: bool,
    /// `None`: deleted.
    rows: BTreeMap<String, Option<String>>,
    /// Rows that transactions read: version, or absent.
    read: BTreeMap<String, Option<i64>>,
    /// The datastore's version, when a transaction read all of it.
    scanned: Option<i64>,
}

/// How to take back a change of the collection.
enum Undo {
    Row { datastore: DatastoreId, key: String, before: Option<Option<String>> },
    Clear { datastore: DatastoreId, cleared: bool, rows: BTreeMap<String, Option<String>> },
}

/// The collection's state at the begin of a transaction.
struct Mark {
    undo: usize,
    events: usize,
}

pub struct Session {
    store: Store,
    queue: Arc<Queue>,
    /// How many emits led to this run: 0 in a handler.
    depth: u32,
    /// A worker's run: collects from begin to end.
    run: bool,
    collected: Collected,
    /// Open transactions, the outermost first.
    marks: Vec<Mark>,
    undo: Vec<Undo>,
}

impl Session {
    /// For a handler, a cron's test, a script: each write is durable when answered.
    pub fn new(store: Store, queue: Arc<Queue>) -> Session {
        Session {
            store,
            queue,
            depth: 0,
            run: false,
            collected: Collected::default(),
            marks: Vec::new(),
            undo: Vec::new(),
        }
    }

    /// For a run of a worker or cron: all of it commits with the run's end.
    pub fn for_run(store: Store, queue: Arc<Queue>, depth: u32) -> Session {
        Session { run: true, depth, ..Session::new(store, queue) }
    }

    pub fn in_transaction(&self) -> bool {
        !self.marks.is_empty()
    }

    /// What a worker's run leaves for its end.
    pub fn into_collected(self) -> Collected {
        self.collected
    }

    fn collecting(&self) -> bool {
        self.run || self.in_transaction()
    }

    // Reading. Under what cannot be a key there is no row, whoever asks: keys often come from addresses.

    pub fn get(&mut self, datastore: &Arc<Datastore>, key: &str) -> Result<Option<String>, StoreError> {
        if !is_key(key) {
            return Ok(None);
        }
        if let Some(own) = self.own_row(datastore.id, key) {
            return Ok(own);
        }
        let store = self.store.clone();
        let row: Option<(String, i64)> = store.read(|reader| {
            let mut select = reader.connection().prepare_cached(&datastore.sql.get)?;
            Ok(select.query_row([key], |row| Ok((row.get(0)?, row.get(1)?))).optional()?)
        })?;
        let (value, version) = row.unzip();
        self.note_read(datastore, key, version);
        Ok(value)
    }

    pub fn contains(&mut self, datastore: &Arc<Datastore>, key: &str) -> Result<bool, StoreError> {
        if !is_key(key) {
            return Ok(false);
        }
        if let Some(own) = self.own_row(datastore.id, key) {
            return Ok(own.is_some());
        }
        let store = self.store.clone();
        let version = store.read(|reader| row_version(reader.connection(), datastore, key))?;
        self.note_read(datastore, key, version);
        Ok(version.is_some())
    }

    /// The values in the order of the keys, all of one moment.
    pub fn get_many(&mut self, datastore: &Arc<Datastore>, keys: &[String]) -> Result<Vec<Option<String>>, StoreError> {
        let store = self.store.clone();
        store.read(|reader| reader.snapshot(|_| keys.iter().map(|key| self.get(datastore, key)).collect()))
    }

    /// All rows in the order of their keys (by bytes).
    pub fn scan(&mut self, datastore: &Arc<Datastore>) -> Result<Vec<(String, String)>, StoreError> {
        let stored = self.scan_stored(datastore, &datastore.sql.scan, NOTHING, |row| Ok((row.get(0)?, row.get(1)?)))?;
        let Some(overlay) = self.collected.tables.get(&datastore.id).filter(|overlay| overlay.changes_rows()) else {
            return Ok(stored);
        };
        let mut rows: BTreeMap<String, String> = stored.into_iter().collect();
        for (key, value) in &overlay.rows {
            match value {
                Some(value) => rows.insert(key.clone(), value.clone()),
                None => rows.remove(key),
            };
        }
        Ok(rows.into_iter().collect())
    }

    pub fn keys(&mut self, datastore: &Arc<Datastore>) -> Result<Vec<String>, StoreError> {
        let mut keys = self.scan_stored(datastore, &datastore.sql.keys, NOTHING, |row| row.get(0))?;
        if let Some(overlay) = self.collected.tables.get(&datastore.id).filter(|overlay| overlay.changes_rows()) {
            keys.retain(|key| !overlay.rows.contains_key(key));
            keys.extend(overlay.rows.iter().filter(|(_, value)| value.is_some()).map(|(key, _)| key.clone()));
            keys.sort_unstable();
        }
        Ok(keys)
    }

    pub fn count(&mut self, datastore: &Arc<Datastore>) -> Result<i64, StoreError> {
        if self.collected.tables.get(&datastore.id).is_some_and(Overlay::changes_rows) {
            return Ok(self.keys(datastore)?.len() as i64);
        }
        let counts = self.scan_stored(datastore, &datastore.sql.count, NOTHING, |row| row.get(0))?;
        Ok(counts.into_iter().next().unwrap_or(0))
    }

    pub(super) fn store(&self) -> &Store {
        &self.store
    }

    /// The rows this session changed, when there are any: `None` is deleted.
    pub(super) fn own_rows(&self, datastore: &Datastore) -> Option<BTreeMap<String, Option<String>>> {
        let overlay = self.collected.tables.get(&datastore.id).filter(|overlay| overlay.changes_rows())?;
        Some(overlay.rows.clone())
    }

    /// Rows of the stored table, none if this session deleted them all. Remembers the datastore's version.
    pub(super) fn scan_stored<T>(
        &mut self,
        datastore: &Arc<Datastore>,
        sql: &str,
        parameters: &[impl ToSql],
        read: impl FnMut(&rusqlite::Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Vec<T>, StoreError> {
        if self.collected.tables.get(&datastore.id).is_some_and(|overlay| overlay.cleared) {
            return Ok(Vec::new());
        }
        let (rows, version) = self.store.read(|reader| {
            reader.snapshot(|reader| {
                let version = reader.datastore_version(datastore.id)?;
                let mut select = reader.connection().prepare_cached(sql)?;
                let rows: rusqlite::Result<Vec<T>> = select.query_map(params_from_iter(parameters), read)?.collect();
                Ok((rows?, version))
            })
        })?;
        if self.in_transaction() {
            self.overlay(datastore).scanned.get_or_insert(version);
        }
        Ok(rows)
    }

    /// What this session itself made of the row: `Some(None)` is deleted, `None` nothing.
    fn own_row(&self, datastore: DatastoreId, key: &str) -> Option<Option<String>> {
        let overlay = self.collected.tables.get(&datastore)?;
        overlay.rows.get(key).cloned().or(overlay.cleared.then_some(None))
    }

    fn note_read(&mut self, datastore: &Arc<Datastore>, key: &str, version: Option<i64>) {
        if self.in_transaction() {
            // The first version counts: had it changed since, the commit finds out.
            self.overlay(datastore).read.entry(key.to_owned()).or_insert(version);
        }
    }

    fn overlay(&mut self, datastore: &Arc<Datastore>) -> &mut Overlay {
        self.collected.tables.entry(datastore.id).or_insert_with(|| Overlay {
            datastore: datastore.clone(),
            cleared: false,
            rows: BTreeMap::new(),
            read: BTreeMap::new(),
            scanned: None,
        })
    }

    // Writing.

    pub fn set(&mut self, datastore: &Arc<Datastore>, key: &str, value: String) -> Result<Written<()>, StoreError> {
        self.set_many(datastore, vec![(key.to_owned(), value)])
    }

    pub fn set_many(
        &mut self,
        datastore: &Arc<Datastore>,
        rows: Vec<(String, String)>,
    ) -> Result<Written<()>, StoreError> {
        for (key, value) in &rows {
            check_key(&datastore.name, key).map_err(StoreError::Refused)?;
            check_value(datastore, value)?;
        }
        if self.collecting() {
            for (key, value) in rows {
                self.put(datastore, key, Some(value));
            }
            return Ok(Written::Now(()));
        }
        let datastore = datastore.clone();
        Ok(Written::Later(self.store.write(move |tx| {
            let version = tx.write_version(datastore.id);
            for (key, value) in &rows {
                tx.execute(&datastore.sql.set, (key, value, version))?;
            }
            Ok(())
        })))
    }

    /// True: the row was not there and now is.
    pub fn set_if_absent(
        &mut self,
        datastore: &Arc<Datastore>,
        key: &str,
        value: String,
    ) -> Result<Written<bool>, StoreError> {
        check_key(&datastore.name, key).map_err(StoreError::Refused)?;
        check_value(datastore, &value)?;
        let key = key.to_owned();
        if self.collecting() {
            if self.checked(|session| session.contains(datastore, &key))? {
                return Ok(Written::Now(false));
            }
            self.put(datastore, key, Some(value));
            return Ok(Written::Now(true));
        }
        let datastore = datastore.clone();
        Ok(Written::Later(self.store.write(move |tx| {
            let version = tx.write_version(datastore.id);
            Ok(tx.execute(&datastore.sql.insert, (&key, &value, version))? == 1)
        })))
    }

    /// How many of them existed.
    pub fn delete_many(
        &mut self,
        datastore: &Arc<Datastore>,
        mut keys: Vec<String>,
    ) -> Result<Written<i64>, StoreError> {
        keys.retain(|key| is_key(key));
        if self.collecting() {
            let mut deleted = 0;
            for key in keys {
                deleted += i64::from(self.checked(|session| session.contains(datastore, &key))?);
                self.put(datastore, key, None);
            }
            return Ok(Written::Now(deleted));
        }
        let datastore = datastore.clone();
        Ok(Written::Later(self.store.write(move |tx| {
            tx.write_version(datastore.id);
            let mut deleted = 0;
            for key in &keys {
                deleted += tx.execute(&datastore.sql.delete, [key])? as i64;
            }
            Ok(deleted)
        })))
    }

    pub fn delete(&mut self, datastore: &Arc<Datastore>, key: &str) -> Result<Written<()>, StoreError> {
        if !is_key(key) {
            return Ok(Written::Now(()));
        }
        if self.collecting() {
            self.put(datastore, key.to_owned(), None);
            return Ok(Written::Now(()));
        }
        let (datastore, key) = (datastore.clone(), key.to_owned());
        Ok(Written::Later(self.store.write(move |tx| {
            tx.write_version(datastore.id);
            tx.execute(&datastore.sql.delete, [&key]).map(|_| ())
        })))
    }

    pub fn delete_all(&mut self, datastore: &Arc<Datastore>) -> Written<()> {
        if self.collecting() {
            let undoable = self.in_transaction();
            let overlay = self.overlay(datastore);
            let (cleared, rows) = (overlay.cleared, std::mem::take(&mut overlay.rows));
            overlay.cleared = true;
            if undoable {
                self.undo.push(Undo::Clear { datastore: datastore.id, cleared, rows });
            }
            return Written::Now(());
        }
        let datastore = datastore.clone();
        Written::Later(self.store.write(move |tx| {
            tx.write_version(datastore.id);
            tx.execute(&datastore.sql.delete_all, []).map(|_| ())
        }))
    }

    /// Queues an event for a worker; with what else is collected, or durable when answered.
    pub fn emit(&mut self, worker: &str, payload: String) -> Result<Written<()>, StoreError> {
        let event = self.queue.new_event(worker, payload, self.depth + 1)?;
        if self.collecting() {
            self.collected.events.push(event);
            return Ok(Written::Now(()));
        }
        Ok(Written::Later(self.queue.emit(vec![event])))
    }

    fn put(&mut self, datastore: &Arc<Datastore>, key: String, value: Option<String>) {
        let undoable = self.in_transaction();
        let before = self.overlay(datastore).rows.insert(key.clone(), value);
        if undoable {
            self.undo.push(Undo::Row { datastore: datastore.id, key, before });
        }
    }

    /// Runs a read whose result decides a write of the same step: it is checked at the commit even in a worker's run
    /// outside transactions.
    fn checked<T>(&mut self, read: impl FnOnce(&mut Session) -> T) -> T {
        self.begin();
        let result = read(self);
        self.leave();
        result
    }

    // Transactions.

    /// Opens a transaction, inside another one a part of it.
    pub fn begin(&mut self) {
        self.marks.push(Mark { undo: self.undo.len(), events: self.collected.events.len() });
    }

    /// Ends the innermost transaction. The outermost of a handler is committed: `Conflict` means that something it
    /// read has changed, that nothing of it was written, and that it may be tried again.
    pub fn commit(&mut self) -> Written<()> {
        self.leave();
        if self.collecting() {
            return Written::Now(());
        }
        let collected = std::mem::take(&mut self.collected);
        Written::Later(self.queue.write(move |tx, inbox| collected.apply(tx, inbox)))
    }

    /// Undoes the innermost transaction. What it read stays noted: its outcome may have decided what comes.
    pub fn roll_back(&mut self) {
        let Some(mark) = self.marks.last() else { return };
        self.collected.events.truncate(mark.events);
        for undo in self.undo.drain(mark.undo..).rev().collect::<Vec<_>>() {
            match undo {
                Undo::Row { datastore, key, before } => {
                    if let Some(overlay) = self.collected.tables.get_mut(&datastore) {
                        match before {
                            Some(value) => overlay.rows.insert(key, value),
                            None => overlay.rows.remove(&key),
                        };
                    }
                }
                Undo::Clear { datastore, cleared, rows } => {
                    if let Some(overlay) = self.collected.tables.get_mut(&datastore) {
                        (overlay.cleared, overlay.rows) = (cleared, rows);
                    }
                }
            }
        }
        self.leave();
        if !self.collecting() {
            self.collected = Collected::default();
        }
    }

    fn leave(&mut self) {
        self.marks.pop();
        if self.marks.is_empty() {
            self.undo.clear();
        }
    }

    /// Whether something a transaction of this session read has changed since. A failure may then have come from
    /// rows of different moments, and running again is fair.
    pub fn is_stale(&self) -> Result<bool, StoreError> {
        self.store.read(|reader| reader.snapshot(|reader| self.collected.is_stale(reader)))
    }
}

impl Overlay {
    fn changes_rows(&self) -> bool {
        self.cleared || !self.rows.is_empty()
    }

    fn is_unchanged(&self, connection: &Connection, version: i64) -> Result<bool, StoreError> {
        if self.scanned.is_some_and(|scanned| scanned != version) {
            return Ok(false);
        }
        for (key, read) in &self.read {
            if row_version(connection, &self.datastore, key)? != *read {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

impl Collected {
    pub fn is_empty(&self) -> bool {
        self.tables.is_empty() && self.events.is_empty()
    }

    /// Whether the commit may end in a conflict.
    pub fn depends_on_reads(&self) -> bool {
        self.tables.values().any(|overlay| overlay.scanned.is_some() || !overlay.read.is_empty())
    }

    fn is_stale(&self, reader: &Reader<'_>) -> Result<bool, StoreError> {
        for (id, overlay) in &self.tables {
            if !overlay.is_unchanged(reader.connection(), reader.datastore_version(*id)?)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Checks and writes everything, on the writer thread.
    pub(crate) fn apply(&self, tx: &mut Tx<'_>, inbox: &mut Inbox) -> Result<(), StoreError> {
        for (id, overlay) in &self.tables {
            let version = tx.datastore_version(*id)?;
            if !overlay.is_unchanged(tx.connection(), version)? {
                return Err(StoreError::Conflict);
            }
        }
        for (id, overlay) in self.tables.iter().filter(|(_, overlay)| overlay.changes_rows()) {
            let sql = &overlay.datastore.sql;
            let version = tx.write_version(*id);
            if overlay.cleared {
                tx.execute(&sql.delete_all, [])?;
            }
            for (key, value) in &overlay.rows {
                match value {
                    Some(value) => tx.execute(&sql.set, (key, value, version))?,
                    None => tx.execute(&sql.delete, [key])?,
                };
            }
        }
        self.events.iter().try_for_each(|event| insert_event(tx, event, inbox))
    }
}

fn row_version(connection: &Connection, datastore: &Datastore, key: &str) -> Result<Option<i64>, StoreError> {
    Ok(connection.prepare_cached(&datastore.sql.version)?.query_row([key], |row| row.get(0)).optional()?)
}

fn check_value(datastore: &Datastore, value: &str) -> Result<(), StoreError> {
    match value.len() {
        len if len > VALUE_BYTES_MAX => Err(StoreError::Refused(format!(
            "The row for {} has {len} bytes as JSON; a row has at most {VALUE_BYTES_MAX}",
            datastore.name
        ))),
        _ => Ok(()),
    }
}
