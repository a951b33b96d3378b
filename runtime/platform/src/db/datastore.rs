//! The table behind a datastore: its name, its statements, and the check of its type at start.

use std::sync::Arc;

use rusqlite::OptionalExtension;

use super::shape::TypeShape;
use crate::store::{DatastoreId, Store, StoreError, Tx};

/// The longest key, in bytes of UTF-8.
pub const KEY_BYTES_MAX: usize = 1024;
/// The largest row, in bytes of its JSON text.
pub const VALUE_BYTES_MAX: usize = 64 * 1024 * 1024;

/// An open datastore.
#[derive(Debug)]
pub struct Datastore {
    pub id: DatastoreId,
    /// As declared: `Shop.Todos`.
    pub name: String,
    pub(super) sql: Statements,
}

/// The statements of one table, made once.
#[derive(Debug)]
pub(super) struct Statements {
    /// The table's name.
    pub table: String,
    pub get: String,
    pub version: String,
    pub scan: String,
    pub keys: String,
    pub count: String,
    pub set: String,
    pub insert: String,
    pub delete: String,
    pub delete_all: String,
}

impl Datastore {
    fn new(id: i64, name: &str) -> Datastore {
        let table = table_name(id, name);
        let sql = Statements {
            get: format!("SELECT value, version FROM {table} WHERE key = ?"),
            version: format!("SELECT version FROM {table} WHERE key = ?"),
            scan: format!("SELECT key, value FROM {table} ORDER BY key"),
            keys: format!("SELECT key FROM {table} ORDER BY key"),
            count: format!("SELECT count(*) FROM {table}"),
            set: format!(
                "INSERT INTO {table} (key, value, version) VALUES (?1, ?2, ?3) \
                 ON CONFLICT (key) DO UPDATE SET value = ?2, version = ?3"
            ),
            insert: format!(
                "INSERT INTO {table} (key, value, version) VALUES (?1, ?2, ?3) ON CONFLICT (key) DO NOTHING"
            ),
            delete: format!("DELETE FROM {table} WHERE key = ?"),
            delete_all: format!("DELETE FROM {table}"),
            table,
        };
        Datastore { id: DatastoreId(id), name: name.to_owned(), sql }
    }
}

/// The number makes it unique (SQLite does not tell letter case apart), the rest is for people who look inside.
fn table_name(id: i64, name: &str) -> String {
    let readable: String = name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).take(64).collect();
    format!("rows_{id}_{readable}")
}

/// Whether there can be a row under the key: keys are never empty and not longer than the limit.
pub fn is_key(key: &str) -> bool {
    (1..=KEY_BYTES_MAX).contains(&key.len())
}

/// What cannot be written, and why.
pub fn check_key(datastore: &str, key: &str) -> Result<(), String> {
    match key.len() {
        0 => Err(format!("The key for {datastore} is empty; a key has 1 to {KEY_BYTES_MAX} bytes")),
        len if len > KEY_BYTES_MAX => {
            Err(format!("The key for {datastore} has {len} bytes; a key has at most {KEY_BYTES_MAX}"))
        }
        _ => Ok(()),
    }
}

/// Opens the datastores of a program, creating tables that are missing. A type that no longer fits the rows which are
/// there is refused with the difference; nothing is changed then.
pub fn open_datastores(store: &Store, declared: Vec<(String, TypeShape)>) -> Result<Vec<Arc<Datastore>>, StoreError> {
    let open = move |tx: &mut Tx<'_>| -> Result<Vec<Arc<Datastore>>, StoreError> {
        declared.iter().map(|(name, shape)| open_datastore(tx, name, shape)).collect()
    };
    store.write(open).wait()
}

fn open_datastore(tx: &mut Tx<'_>, name: &str, shape: &TypeShape) -> Result<Arc<Datastore>, StoreError> {
    let text = |error: serde_json::Error| StoreError::Failed(format!("the type of {name} cannot be kept: {error}"));
    let described = serde_json::to_string(shape).map_err(text)?;
    let stored: Option<(i64, String)> = tx
        .connection()
        .query_row("SELECT id, type FROM dark_datastore WHERE name = ?", [name], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let Some((id, stored)) = stored else {
        tx.execute("INSERT INTO dark_datastore (name, type, version) VALUES (?, ?, 0)", (name, &described))?;
        let datastore = Datastore::new(tx.connection().last_insert_rowid(), name);
        // Rows stand in the tree of their keys: one look-up a read, and scans run in key order.
        tx.execute(
            &format!(
                "CREATE TABLE {} (key TEXT PRIMARY KEY, value TEXT NOT NULL, version INTEGER NOT NULL) WITHOUT ROWID",
                table_name(datastore.id.0, name)
            ),
            [],
        )?;
        return Ok(Arc::new(datastore));
    };
    let datastore = Datastore::new(id, name);
    if stored != described {
        let old: TypeShape = serde_json::from_str(&stored).map_err(text)?;
        if let Some(difference) = old.difference(shape)
            && tx.connection().prepare(&format!("{} LIMIT 1", datastore.sql.keys))?.exists([])?
        {
            return Err(StoreError::Unusable(format!(
                "the datastore {name} holds rows that do not fit its type any more: {difference}. Adding fields of \
                 type Option needs nothing; for other changes give the new type a datastore of its own and copy the \
                 rows, or empty this one with the program that wrote it"
            )));
        }
        tx.execute("UPDATE dark_datastore SET type = ?2 WHERE id = ?1", (id, &described))?;
    }
    Ok(Arc::new(datastore))
}
