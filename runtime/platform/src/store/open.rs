//! Opening the file: the lock, the settings of the connection, the version, and a message for each way it goes wrong.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{ErrorKind, Read, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, ErrorCode, OpenFlags};

use super::schema::{self, Found};
use super::{Durability, Location, Options, StoreError};

/// What further connections to the same database are opened with.
pub(super) struct Target {
    uri: String,
    pub(super) described: String,
}

pub(super) struct Opened {
    pub(super) connection: Connection,
    pub(super) target: Target,
    pub(super) boot: i64,
    pub(super) salt: u64,
    pub(super) lock: Option<File>,
}

const FLAGS: OpenFlags = OpenFlags::SQLITE_OPEN_NO_MUTEX.union(OpenFlags::SQLITE_OPEN_URI);
/// In memory a reader meets the writer's lock for the moment of a commit.
const BUSY: Duration = Duration::from_secs(5);
/// Statements each connection keeps prepared.
const STATEMENTS: usize = 128;

pub(super) fn open(options: &Options, id: u64) -> Result<Opened, StoreError> {
    let (target, lock) = match &options.location {
        Location::Memory => {
            // The address space of names is the process: the number tells stores apart.
            let uri = format!("file:/dark-{}-{id}?vfs=memdb", std::process::id());
            (Target { uri, described: "the database in memory".to_owned() }, None)
        }
        Location::File(path) => {
            let lock = take_lock(path)?;
            (Target { uri: file_uri(path), described: format!("the database {}", path.display()) }, Some(lock))
        }
    };
    let explained = |error: rusqlite::Error| explain(error, &target.described);
    let flags = FLAGS | OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE;
    let mut connection = Connection::open_with_flags(&target.uri, flags).map_err(explained)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    connection.busy_timeout(BUSY).map_err(explained)?;
    let version = match schema::inspect(&connection).map_err(explained)? {
        Found::Empty => 0,
        Found::Ours { version } => version,
        Found::Newer { version } => {
            return Err(StoreError::Unusable(format!(
                "{} was written by a newer version of Dark (format {version}): run the program built with that \
                 version, or give this one a database of its own with --database",
                target.described
            )));
        }
        Found::Foreign => {
            return Err(StoreError::Unusable(format!(
                "{} belongs to another program: it is an SQLite database, but not of Dark; name another file with \
                 --database",
                target.described
            )));
        }
    };
    let (boot, salt) = prepare(&mut connection, options, version).map_err(explained)?;
    Ok(Opened { connection, target, boot, salt, lock })
}

/// Settings, tables and the number of this opening.
fn prepare(connection: &mut Connection, options: &Options, version: i64) -> rusqlite::Result<(i64, u64)> {
    if matches!(options.location, Location::File(_)) {
        connection.query_row("PRAGMA journal_mode = WAL", [], |_| Ok(()))?;
    }
    let synchronous = match options.durability {
        Durability::Full => "FULL",
        Durability::Normal => "NORMAL",
        Durability::None => "OFF",
    };
    connection.pragma_update(None, "synchronous", synchronous)?;
    let transaction = connection.transaction()?;
    schema::upgrade(&transaction, version)?;
    let begun = schema::begin_boot(&transaction)?;
    transaction.commit()?;
    Ok(begun)
}

/// A connection that can only read.
pub(super) fn open_reader(target: &Target) -> Result<Connection, StoreError> {
    let explained = |error: rusqlite::Error| explain(error, &target.described);
    // Read-write, because a reader of a WAL takes part in its index; `query_only` forbids the rest.
    let flags = FLAGS | OpenFlags::SQLITE_OPEN_READ_WRITE;
    let connection = Connection::open_with_flags(&target.uri, flags).map_err(explained)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    connection.busy_timeout(BUSY).map_err(explained)?;
    connection.pragma_update(None, "query_only", true).map_err(explained)?;
    super::functions::register(&connection).map_err(explained)?;
    Ok(connection)
}

/// Every byte that has a meaning in a URI is escaped.
fn file_uri(path: &Path) -> String {
    let mut uri = String::from("file:");
    for byte in path.as_os_str().as_encoded_bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'.' | b'-' | b'_' | b'~' => uri.push(char::from(*byte)),
            _ => uri.push_str(&format!("%{byte:02X}")),
        }
    }
    uri
}

fn lock_path(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push("-lock");
    PathBuf::from(name)
}

/// Takes the advisory lock that says: this process owns the database. The file stays; the lock does not.
fn take_lock(path: &Path) -> Result<File, StoreError> {
    let lock_path = lock_path(path);
    let file = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(&lock_path);
    let mut file = file.map_err(|error| cannot_create(path, &error))?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            let mut owner = String::new();
            let known = file.read_to_string(&mut owner).is_ok() && !owner.trim().is_empty();
            let owner = if known { format!(" (process {})", owner.trim()) } else { String::new() };
            return Err(StoreError::Unusable(format!(
                "the database {} is in use by another running program{owner}: stop that one first, or give this one a \
                 database of its own with --database",
                path.display()
            )));
        }
        Err(TryLockError::Error(error)) => {
            return Err(StoreError::Unusable(format!(
                "the file {} cannot be locked ({error}): put the database on a local disk with --database",
                lock_path.display()
            )));
        }
    }
    // The number is only for the message above; a database is usable without it.
    let _ = file.set_len(0).and_then(|()| write!(file, "{}", std::process::id()));
    Ok(file)
}

fn cannot_create(path: &Path, error: &std::io::Error) -> StoreError {
    let path = path.display();
    StoreError::Unusable(match error.kind() {
        ErrorKind::NotFound => {
            format!("the folder of the database {path} does not exist: create it, or name another file with --database")
        }
        ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => format!(
            "the folder of the database {path} cannot be written to: change its permissions, or name another file \
             with --database"
        ),
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => {
            format!("no room for the database {path}: free some space on its disk, then start again")
        }
        _ => format!("the database {path} cannot be opened ({error}): name another file with --database"),
    })
}

fn explain(error: rusqlite::Error, described: &str) -> StoreError {
    StoreError::Unusable(match error.sqlite_error_code() {
        Some(ErrorCode::NotADatabase) => format!(
            "{described} is not a database: the file holds something else, or is encrypted; name another file with \
             --database"
        ),
        Some(ErrorCode::DatabaseCorrupt) => {
            format!("{described} is damaged ({error}): restore it from a backup, or start with a new file")
        }
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
            format!("{described} is locked by another program that has it open: close that one, then start again")
        }
        Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied) => format!(
            "{described} cannot be written to: change the permissions of the file and its folder, or name another \
             file with --database"
        ),
        Some(ErrorCode::DiskFull) => {
            format!("{described} has no room left: free some space on its disk, then start again")
        }
        _ => format!("{described} cannot be opened ({error}): check the path and its permissions"),
    })
}
