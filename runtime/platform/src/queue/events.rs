//! The life of an event as writes: each function runs on the writer thread and is one step of the drawing in `mod`.

use rusqlite::OptionalExtension;

use super::settings::DEPTH_MAX;
use crate::db::Collected;
use crate::store::{Changes, ConsumerId, StoreError, Tx};

/// `state` of `dark_event`.
pub(super) mod state {
    pub const WAITING: i64 = 0;
    pub const RUNNING: i64 = 1;
    /// Failed for good, until somebody says otherwise.
    pub const PARKED: i64 = 2;
    /// Its consumer is not part of the program: waits for its return.
    pub const NO_CONSUMER: i64 = 3;
}

/// An event that is about to be emitted.
#[derive(Debug, Clone)]
pub struct NewEvent {
    pub(super) consumer: ConsumerId,
    payload: String,
    depth: u32,
    emitted_at: i64,
}

impl NewEvent {
    pub(crate) fn new(consumer: ConsumerId, payload: String, depth: u32, now_ms: i64) -> NewEvent {
        NewEvent { consumer, payload, depth, emitted_at: now_ms }
    }
}

/// Events of a write that has yet to be committed.
#[derive(Debug, Default)]
pub struct Inbox {
    pub(super) events: Vec<Inserted>,
}

#[derive(Debug)]
pub(super) struct Inserted {
    pub consumer: ConsumerId,
    pub id: i64,
    pub due_at: i64,
    pub parked: bool,
    pub changes: Changes,
}

/// A claimed event: what a run needs to know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    pub consumer: ConsumerId,
    pub id: i64,
    pub(super) generation: i64,
    /// This run's number, from 1.
    pub run: u32,
    pub emitted_at: i64,
    pub due_at: i64,
    pub depth: u32,
    /// The event in its stored form.
    pub payload: String,
}

/// How a run ended.
pub enum Outcome {
    /// What it wrote and emitted.
    Done(Collected),
    Failed(Failure),
    /// Ended by us before its time, because the program stops: it does not count.
    Cut,
}

/// Why a run failed, for the log and the list of parked events.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    pub message: String,
    /// `shop.dark:12:3 in Shop.announce`, when the failure has a place.
    pub position: Option<String>,
    pub trace: String,
}

/// The id of an event that people see: a UUID of version 8 made of the database's salt and the event's number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PublicId(pub u128);

impl PublicId {
    pub fn new(salt: u64, event: i64) -> PublicId {
        let salt = u128::from(salt);
        let low = (event as u128) & ((1 << 62) - 1);
        PublicId((salt >> 16) << 80 | 8 << 76 | ((salt & 0xfff) << 64) | (2 << 62) | low)
    }
}

/// Writes a new event. One that is too deep in a chain of emits is parked at once: the chain ends, nothing is lost.
pub fn insert_event(tx: &mut Tx<'_>, event: &NewEvent, inbox: &mut Inbox) -> Result<(), StoreError> {
    let id = tx.fresh_number();
    let parked = event.depth > DEPTH_MAX;
    let reason =
        parked.then(|| format!("emitted by a chain of more than {DEPTH_MAX} emits: does a worker emit to itself?"));
    let (state, changes) = match parked {
        true => (state::PARKED, Changes { emitted: 1, parked: 1, ..Changes::default() }),
        false => (state::WAITING, Changes { emitted: 1, waiting: 1, ..Changes::default() }),
    };
    tx.execute(
        "INSERT INTO dark_event (id, consumer, state, runs, generation, emitted_at, due_at, depth, reason, payload) \
         VALUES (?1, ?2, ?3, 0, 0, ?4, ?4, ?5, ?6, ?7)",
        (id, event.consumer.0, state, event.emitted_at, event.depth, reason, &event.payload),
    )?;
    tx.count(event.consumer, changes);
    inbox.events.push(Inserted { consumer: event.consumer, id, due_at: event.emitted_at, parked, changes });
    Ok(())
}

/// Claims an event for a run; `None` when it is not there to be run any more.
pub(super) fn claim(tx: &mut Tx<'_>, id: i64) -> Result<Option<(Job, Changes)>, StoreError> {
    let generation = tx.fresh_number();
    let found = tx
        .connection()
        .prepare_cached(
            "SELECT consumer, state, runs, emitted_at, due_at, depth, payload FROM dark_event WHERE id = ?",
        )?
        .query_row([id], |row| {
            let job = Job {
                consumer: ConsumerId(row.get(0)?),
                id,
                generation,
                run: row.get::<_, u32>(2)? + 1,
                emitted_at: row.get(3)?,
                due_at: row.get(4)?,
                depth: row.get(5)?,
                payload: row.get(6)?,
            };
            Ok((job, row.get::<_, i64>(1)?))
        })
        .optional()?;
    // A running one is here again when the end of its run could not be written.
    let Some((job, was)) = found.filter(|(_, state)| matches!(*state, state::WAITING | state::RUNNING)) else {
        return Ok(None);
    };
    tx.execute(
        "UPDATE dark_event SET state = ?2, runs = ?3, generation = ?4 WHERE id = ?1",
        (id, state::RUNNING, job.run, generation),
    )?;
    let changes = match was {
        state::WAITING => Changes { waiting: -1, running: 1, ..Changes::default() },
        _ => Changes::default(),
    };
    tx.count(job.consumer, changes);
    Ok(Some((job, changes)))
}

/// The event is done: its row goes. Fails when the claim is no longer held.
pub(super) fn complete(tx: &mut Tx<'_>, job: &Job) -> Result<Changes, StoreError> {
    let deleted =
        tx.execute("DELETE FROM dark_event WHERE id = ? AND state = 1 AND generation = ?", (job.id, job.generation))?;
    held(deleted)?;
    let changes = Changes { running: -1, done: 1, ..Changes::default() };
    tx.count(job.consumer, changes);
    Ok(changes)
}

/// Back to waiting until `due_at`; `uncount` takes the run back, which was not the event's fault.
pub(super) fn release(
    tx: &mut Tx<'_>,
    job: &Job,
    due_at: i64,
    failure: Option<(&str, i64)>,
) -> Result<Changes, StoreError> {
    let (runs, reason, failed_at) = match failure {
        Some((reason, at)) => (job.run, Some(reason), Some(at)),
        None => (job.run - 1, None, None),
    };
    let updated = tx.execute(
        "UPDATE dark_event SET state = 0, runs = ?3, due_at = ?4, failed_at = coalesce(?5, failed_at), \
         reason = coalesce(?6, reason) WHERE id = ?1 AND state = 1 AND generation = ?2",
        (job.id, job.generation, runs, due_at, failed_at, reason),
    )?;
    held(updated)?;
    let changes = Changes { running: -1, waiting: 1, ..Changes::default() };
    tx.count(job.consumer, changes);
    Ok(changes)
}

/// Out of the way, with the reason, until somebody looks.
pub(super) fn park(tx: &mut Tx<'_>, job: &Job, reason: &str, at: i64) -> Result<Changes, StoreError> {
    let updated = tx.execute(
        "UPDATE dark_event SET state = ?3, failed_at = ?4, reason = ?5 WHERE id = ?1 AND state = 1 AND generation = ?2",
        (job.id, job.generation, state::PARKED, at, reason),
    )?;
    held(updated)?;
    let changes = Changes { running: -1, parked: 1, ..Changes::default() };
    tx.count(job.consumer, changes);
    Ok(changes)
}

/// What discarding an event in that state does to the numbers.
pub(super) fn discarded(was: i64) -> Changes {
    let mut changes = Changes { discarded: 1, ..Changes::default() };
    match was {
        state::WAITING => changes.waiting -= 1,
        state::RUNNING => changes.running -= 1,
        _ => changes.parked -= 1,
    }
    changes
}

fn held(changed: usize) -> Result<(), StoreError> {
    match changed {
        1 => Ok(()),
        _ => Err(StoreError::Refused("the claim on the event is no longer held".to_owned())),
    }
}
