//! Reading: each thread has a connection of its own to each store, with its statements prepared.

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::{Arc, Weak};

use rusqlite::Connection;

use super::{DatastoreId, Inner, StoreError, open, tx};

/// A thread's own connection. It sees everything that was answered before it looks.
pub struct Reader<'a> {
    connection: &'a Connection,
}

impl<'a> Reader<'a> {
    pub fn connection(&self) -> &'a Connection {
        self.connection
    }

    /// Runs `work` on one state of the database, whatever is committed meanwhile. Nothing may wait inside.
    pub fn snapshot<T>(&self, work: impl FnOnce(&Reader<'a>) -> Result<T, StoreError>) -> Result<T, StoreError> {
        // Rolled back when dropped, on every path; there is nothing to commit.
        let _transaction = self.connection.unchecked_transaction()?;
        work(self)
    }

    /// Changes whenever another connection has committed.
    pub fn commits_seen(&self) -> Result<i64, StoreError> {
        Ok(self.connection.prepare_cached("PRAGMA data_version")?.query_row([], |row| row.get(0))?)
    }

    /// The version of the last write to that datastore.
    pub fn datastore_version(&self, datastore: DatastoreId) -> Result<i64, StoreError> {
        tx::stored_version(self.connection, datastore)
    }
}

thread_local! {
    static CONNECTIONS: RefCell<HashMap<u64, (Weak<Inner>, std::rc::Rc<Connection>)>> = RefCell::new(HashMap::new());
}

pub(super) fn with_reader<T>(
    inner: &Arc<Inner>,
    work: impl FnOnce(&Reader<'_>) -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    let known = CONNECTIONS.with_borrow(|open| open.get(&inner.id).map(|(_, connection)| connection.clone()));
    let connection = match known {
        Some(connection) => connection,
        None => {
            let connection = std::rc::Rc::new(open::open_reader(&inner.target)?);
            CONNECTIONS.with_borrow_mut(|open| {
                open.retain(|_, (store, _)| store.strong_count() > 0);
                open.insert(inner.id, (Arc::downgrade(inner), connection.clone()));
            });
            connection
        }
    };
    work(&Reader { connection: &connection })
}
