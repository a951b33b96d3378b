//! The tables of our own. `user_version` is the number of the last step that was applied; a database of a newer
//! program is refused, an older one is brought up to date before anything else runs.

use rusqlite::{Connection, Transaction};

/// "Dark" in ASCII: `application_id` of our databases.
pub(super) const APPLICATION_ID: i32 = 0x4461_726b;

/// Step n brings version n to n + 1. A published step never changes.
const STEPS: &[&str] = &["
    CREATE TABLE dark_meta (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;

    -- One row a datastore; `type` is the structural text of the row's type, `version` changes with every write to it.
    CREATE TABLE dark_datastore (
        id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, type TEXT NOT NULL, version INTEGER NOT NULL
    );

    -- Who takes events: workers (kind 0) and crons (kind 1), with the number of their events in each state.
    -- Invariant: emitted = done + discarded + parked + waiting + running.
    CREATE TABLE dark_consumer (
        id INTEGER PRIMARY KEY, kind INTEGER NOT NULL, name TEXT NOT NULL,
        emitted INTEGER NOT NULL DEFAULT 0, done INTEGER NOT NULL DEFAULT 0, discarded INTEGER NOT NULL DEFAULT 0,
        parked INTEGER NOT NULL DEFAULT 0, waiting INTEGER NOT NULL DEFAULT 0, running INTEGER NOT NULL DEFAULT 0,
        UNIQUE (kind, name)
    );

    -- Events that are not finished. state: 0 waiting, 1 running, 2 parked. `runs` counts claims; `generation` is the
    -- claim's number, which a finishing run must still hold. `payload` stands last: scans do not read it.
    CREATE TABLE dark_event (
        id INTEGER PRIMARY KEY, consumer INTEGER NOT NULL, state INTEGER NOT NULL, runs INTEGER NOT NULL,
        generation INTEGER NOT NULL, emitted_at INTEGER NOT NULL, due_at INTEGER NOT NULL, depth INTEGER NOT NULL,
        failed_at INTEGER, reason TEXT, payload TEXT NOT NULL
    );

    -- Times in milliseconds since 1970 UTC; null: never.
    CREATE TABLE dark_cron (
        name TEXT PRIMARY KEY, schedule TEXT NOT NULL, anchor INTEGER NOT NULL, next_at INTEGER NOT NULL,
        last_due_at INTEGER, last_end_at INTEGER, last_error TEXT,
        runs INTEGER NOT NULL DEFAULT 0, failures INTEGER NOT NULL DEFAULT 0, skipped INTEGER NOT NULL DEFAULT 0
    ) WITHOUT ROWID;
"];

/// What stands in the file before we touch it.
pub(super) enum Found {
    Empty,
    Ours {
        version: i64,
    },
    /// Made by a newer program than this one.
    Newer {
        version: i64,
    },
    Foreign,
}

pub(super) fn inspect(connection: &Connection) -> rusqlite::Result<Found> {
    let number = |pragma: &str| connection.query_row(&format!("PRAGMA {pragma}"), [], |row| row.get::<_, i64>(0));
    let version = number("user_version")?;
    let tables: i64 = connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    Ok(match number("application_id")? == i64::from(APPLICATION_ID) {
        true if version > STEPS.len() as i64 => Found::Newer { version },
        true => Found::Ours { version },
        false if tables == 0 && version == 0 => Found::Empty,
        false => Found::Foreign,
    })
}

/// Applies the steps from `version` on.
pub(super) fn upgrade(transaction: &Transaction<'_>, version: i64) -> rusqlite::Result<()> {
    for step in STEPS.iter().skip(version.max(0) as usize) {
        transaction.execute_batch(step)?;
    }
    transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
    transaction.pragma_update(None, "user_version", STEPS.len() as i64)
}

/// Counts this opening and reads, or at first makes, the database's salt.
pub(super) fn begin_boot(transaction: &Transaction<'_>) -> rusqlite::Result<(i64, u64)> {
    transaction.execute("INSERT OR IGNORE INTO dark_meta VALUES ('boot', 0), ('salt', random())", [])?;
    transaction.execute("UPDATE dark_meta SET value = value + 1 WHERE name = 'boot'", [])?;
    let value = |name: &str| {
        transaction.query_row("SELECT value FROM dark_meta WHERE name = ?", [name], |row| row.get::<_, i64>(0))
    };
    Ok((value("boot")?, value("salt")? as u64))
}
