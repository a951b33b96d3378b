//! Rebuilding the schedule from the table when the program starts, and settling what an earlier one left: claims of a
//! dead process are given back at once, events whose worker is gone are parked, events whose worker is back released.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use tokio::sync::Notify;

use super::events::state;
use super::schedule::{Counts, Schedule};
use super::{ConsumerKey, Queue, QueueSettings};
use crate::store::{Changes, Clock, ConsumerId, Random, Store, StoreError, Tx};

/// A consumer of this program.
#[derive(Debug, Clone)]
pub struct Consumer {
    pub key: ConsumerKey,
    /// Whether this process runs its events.
    pub runs_here: bool,
}

struct Rebuilt {
    ids: Vec<(ConsumerId, Consumer)>,
    /// Consumer, number, due time, runs.
    events: Vec<(ConsumerId, i64, i64, u32)>,
}

impl Queue {
    /// Takes over the queue of the database for a program with these consumers. Blocks; for the program's start.
    pub fn start(
        store: &Store,
        settings: QueueSettings,
        consumers: Vec<Consumer>,
        clock: Arc<dyn Clock>,
        random: Arc<dyn Random>,
    ) -> Result<Arc<Queue>, StoreError> {
        let now_ms = clock.now_ms();
        let runs_max = settings.retry.runs_max();
        let rebuilt = store.write(move |tx| rebuild(tx, consumers, now_ms, runs_max)).wait()?;
        let counts = read_counts(store)?;
        let mut schedule = Schedule::default();
        for (id, consumer) in &rebuilt.ids {
            let concurrency = match consumer.key {
                _ if !consumer.runs_here => 0,
                // A cron's runs do not overlap.
                ConsumerKey::Cron(_) => 1,
                ConsumerKey::Worker(_) => settings.concurrency,
            };
            schedule.add_consumer(*id, concurrency, counts.get(id).copied().unwrap_or_default());
        }
        for (consumer, event, due_at, runs) in rebuilt.events {
            schedule.add(consumer, event, due_at, runs);
        }
        Ok(Arc::new(Queue {
            store: store.clone(),
            settings,
            clock,
            random,
            consumers: rebuilt.ids.iter().map(|(id, consumer)| (consumer.key.clone(), *id)).collect(),
            keys: rebuilt.ids.into_iter().map(|(id, consumer)| (id, consumer.key)).collect(),
            schedule: Mutex::new(schedule),
            changed: Notify::new(),
        }))
    }
}

fn rebuild(tx: &mut Tx<'_>, consumers: Vec<Consumer>, now_ms: i64, runs_max: u32) -> Result<Rebuilt, StoreError> {
    let mut ids = Vec::new();
    for consumer in consumers {
        let key = (consumer.key.kind(), consumer.key.name());
        tx.execute("INSERT INTO dark_consumer (kind, name) VALUES (?, ?) ON CONFLICT DO NOTHING", key)?;
        let mut select = tx.connection().prepare_cached("SELECT id FROM dark_consumer WHERE kind = ? AND name = ?")?;
        ids.push((ConsumerId(select.query_row(key, |row| row.get(0))?), consumer));
    }
    let known: HashMap<ConsumerId, ()> = ids.iter().map(|(id, _)| (*id, ())).collect();
    let connection = tx.connection();
    let mut select = connection.prepare("SELECT id, consumer, state, runs, due_at FROM dark_event ORDER BY id")?;
    let mut rows = select.query([])?;
    let mut events = Vec::new();
    while let Some(row) = rows.next()? {
        let (event, consumer, was): (i64, ConsumerId, i64) = (row.get(0)?, ConsumerId(row.get(1)?), row.get(2)?);
        let (runs, due_at): (u32, i64) = (row.get(3)?, row.get(4)?);
        let is = match (was, known.contains_key(&consumer)) {
            (state::PARKED, _) | (state::NO_CONSUMER, false) => was,
            (state::WAITING | state::RUNNING, false) => state::NO_CONSUMER,
            (state::RUNNING, true) if runs >= runs_max => state::PARKED,
            _ => state::WAITING,
        };
        let due_at = if was == state::WAITING { due_at } else { now_ms };
        if is == state::WAITING {
            events.push((consumer, event, due_at, runs));
        }
        if is != was {
            move_event(tx, event, consumer, (was, is), due_at)?;
        }
    }
    Ok(Rebuilt { ids, events })
}

fn move_event(
    tx: &mut Tx<'_>,
    event: i64,
    consumer: ConsumerId,
    (was, is): (i64, i64),
    due_at: i64,
) -> Result<(), StoreError> {
    let reason = match is {
        state::NO_CONSUMER => Some("no worker: the program has none of this name"),
        state::PARKED => Some("the program ended during its last run"),
        _ => None,
    };
    tx.execute(
        "UPDATE dark_event SET state = ?2, due_at = ?3, reason = coalesce(?4, reason) WHERE id = ?1",
        (event, is, due_at, reason),
    )?;
    let mut changes = Changes::default();
    for (state, by) in [(was, -1), (is, 1)] {
        match state {
            state::WAITING => changes.waiting += by,
            state::RUNNING => changes.running += by,
            _ => changes.parked += by,
        }
    }
    tx.count(consumer, changes);
    Ok(())
}

/// The stored counters of all consumers.
pub(super) fn read_counts(store: &Store) -> Result<HashMap<ConsumerId, Counts>, StoreError> {
    store.read(|reader| {
        let mut select = reader
            .connection()
            .prepare("SELECT id, emitted, done, discarded, parked, waiting, running FROM dark_consumer")?;
        let rows = select.query_map([], |row| {
            let counts = Counts {
                emitted: row.get(1)?,
                done: row.get(2)?,
                discarded: row.get(3)?,
                parked: row.get(4)?,
                waiting: row.get(5)?,
                running: row.get(6)?,
            };
            Ok((ConsumerId(row.get(0)?), counts))
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    })
}
