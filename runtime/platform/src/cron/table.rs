//! The stored side of a cron: when it is due, and how its last run went.

use dark_schedule::Schedule;
use rusqlite::OptionalExtension;

use super::{NO_EVENT, next_after};
use crate::queue::{Inbox, NewEvent, insert_event};
use crate::store::{ConsumerId, Store, StoreError, Tx};

/// What is known of a cron, for people. Times in milliseconds since 1970 UTC.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CronState {
    pub name: String,
    /// The schedule in words.
    pub schedule: String,
    pub next_at: i64,
    pub last_due_at: Option<i64>,
    pub last_end_at: Option<i64>,
    /// Why the last run failed.
    pub last_error: Option<String>,
    pub runs: i64,
    pub failures: i64,
    /// Due times that passed while a run went on.
    pub skipped: i64,
}

/// Anchor and next due time. A stored time that has passed stands: it is due now, once.
pub(super) fn open_cron(
    tx: &mut Tx<'_>,
    name: &str,
    schedule: &Schedule,
    now_ms: i64,
) -> Result<(i64, i64), StoreError> {
    let stored = tx
        .connection()
        .query_row("SELECT schedule, anchor, next_at FROM dark_cron WHERE name = ?", [name], |row| {
            Ok((row.get::<_, String>(0)?, row.get(1)?, row.get(2)?))
        })
        .optional()?;
    let text = schedule.to_string();
    if let Some((stored, anchor, next_at)) = stored
        && stored == text
    {
        return Ok((anchor, next_at));
    }
    let first = match schedule {
        Schedule::Every { .. } => Some(now_ms),
        Schedule::At { .. } => next_after(schedule, now_ms, now_ms),
    };
    let first = first.ok_or_else(|| StoreError::Refused(format!("the cron {name} is never due")))?;
    tx.execute(
        "INSERT INTO dark_cron (name, schedule, anchor, next_at) VALUES (?1, ?2, ?3, ?4) \
         ON CONFLICT (name) DO UPDATE SET schedule = ?2, anchor = ?3, next_at = ?4",
        (name, &text, now_ms, first),
    )?;
    Ok((now_ms, first))
}

/// Compare and set: fires only if the stored time is due. Answers when the cron is due next.
pub(super) fn fire(
    tx: &mut Tx<'_>,
    inbox: &mut Inbox,
    name: &str,
    consumer: ConsumerId,
    (now_ms, next_ms): (i64, i64),
    overlaps: bool,
) -> Result<i64, StoreError> {
    let mut select = tx.connection().prepare_cached("SELECT next_at FROM dark_cron WHERE name = ?")?;
    let due_ms: i64 = select.query_row([name], |row| row.get(0))?;
    if due_ms > now_ms {
        return Ok(due_ms);
    }
    if overlaps {
        tx.execute("UPDATE dark_cron SET next_at = ?2, skipped = skipped + 1 WHERE name = ?1", (name, next_ms))?;
        return Ok(next_ms);
    }
    tx.execute("UPDATE dark_cron SET next_at = ?2, last_due_at = ?3 WHERE name = ?1", (name, next_ms, due_ms))?;
    insert_event(tx, &NewEvent::new(consumer, NO_EVENT.to_owned(), 0, now_ms), inbox)?;
    Ok(next_ms)
}

/// How a run went, in the commit that ends its event.
pub(crate) fn record_end(tx: &Tx<'_>, name: &str, now_ms: i64, error: Option<&str>) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE dark_cron SET last_end_at = ?2, last_error = ?3, runs = runs + 1, failures = failures + ?4 \
         WHERE name = ?1",
        (name, now_ms, error, i64::from(error.is_some())),
    )?;
    Ok(())
}

/// All crons that the database knows, by name.
pub fn read_crons(store: &Store) -> Result<Vec<CronState>, StoreError> {
    store.read(|reader| {
        let mut select = reader.connection().prepare_cached(
            "SELECT name, schedule, next_at, last_due_at, last_end_at, last_error, runs, failures, skipped \
             FROM dark_cron ORDER BY name",
        )?;
        let rows = select.query_map([], |row| {
            Ok(CronState {
                name: row.get(0)?,
                schedule: row.get(1)?,
                next_at: row.get(2)?,
                last_due_at: row.get(3)?,
                last_end_at: row.get(4)?,
                last_error: row.get(5)?,
                runs: row.get(6)?,
                failures: row.get(7)?,
                skipped: row.get(8)?,
            })
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    })
}
