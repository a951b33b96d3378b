//! The durable queue: events for workers, and the runs of crons, in the same database as the datastores.
//!
//! The table `dark_event` holds what is not finished; a finished event's row is gone. Beside it the process keeps a
//! schedule of who may run when, rebuilt from the table at start and changed only after a commit, so nothing polls and
//! nothing counts rows. Every step of an event's life is one short write:
//!
//! ```text
//! emit -> waiting -> claim (runs + 1, a new generation) -> running -> finish: the row goes, with all the run wrote
//!            ^                                               |  failed: waiting again later, at last parked
//!            +-- the process died: at the next start --------+
//! ```
//! A claim is a lease without a clock: it is held by the process that owns the database file, and the kernel takes
//! that ownership away when the process ends. `generation` is the claim's number; finishing checks that it is still
//! the same. A run that was claimed and never ended counts as a run, so an event that kills its process is parked too.
//!
//! `schedule` decides, `events` writes, `dispatch` runs, `start` rebuilds, `settings` holds the rules.
//!
//! Absent: pause and block, emitting at a time, more than one process at one database.

mod dispatch;
mod events;
mod schedule;
mod settings;
#[cfg(test)]
mod sim;
mod start;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard};

use rusqlite::OptionalExtension;
use tokio::sync::Notify;

pub(crate) use dispatch::log;
pub(crate) use dispatch::run_due;
pub use dispatch::{Runner, serve};
pub use events::{Failure, Inbox, Job, NewEvent, Outcome, PublicId, insert_event};
pub use schedule::Counts;
pub use settings::{QueueSettings, Retry};
pub use start::Consumer;

use crate::store::{Clock, Random};
use crate::store::{ConsumerId, Pending, Store, StoreError, Tx};
use schedule::Schedule;

/// Who takes events.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum ConsumerKey {
    Worker(String),
    Cron(String),
}

impl ConsumerKey {
    pub(crate) fn kind(&self) -> i64 {
        match self {
            ConsumerKey::Worker(_) => 0,
            ConsumerKey::Cron(_) => 1,
        }
    }

    pub(crate) fn name(&self) -> &str {
        match self {
            ConsumerKey::Worker(name) | ConsumerKey::Cron(name) => name,
        }
    }
}

impl std::fmt::Display for ConsumerKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            ConsumerKey::Worker(name) => write!(f, "worker {name}"),
            ConsumerKey::Cron(name) => write!(f, "cron {name}"),
        }
    }
}

/// The queue of one database.
pub struct Queue {
    store: Store,
    settings: QueueSettings,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
    consumers: HashMap<ConsumerKey, ConsumerId>,
    keys: HashMap<ConsumerId, ConsumerKey>,
    schedule: Mutex<Schedule>,
    /// A thread that waits for work is told when the schedule has changed.
    changed: Notify,
}

impl Queue {
    fn schedule(&self) -> MutexGuard<'_, Schedule> {
        lock(&self.schedule)
    }

    pub fn store(&self) -> &Store {
        &self.store
    }

    pub fn now_ms(&self) -> i64 {
        self.clock.now_ms()
    }

    pub(crate) fn consumer(&self, key: &ConsumerKey) -> Option<ConsumerId> {
        self.consumers.get(key).copied()
    }

    /// Whether an event of it waits or runs.
    pub(crate) fn is_active(&self, consumer: ConsumerId) -> bool {
        self.schedule().is_active(consumer)
    }

    /// The numbers of a consumer, in constant time.
    pub fn counts(&self, key: &ConsumerKey) -> Option<Counts> {
        self.schedule().counts(self.consumer(key)?)
    }

    /// An event for a worker, not yet emitted.
    pub fn new_event(&self, worker: &str, payload: String, depth: u32) -> Result<NewEvent, StoreError> {
        let key = ConsumerKey::Worker(worker.to_owned());
        let consumer = self.consumer(&key).ok_or_else(|| {
            StoreError::Refused(format!("There is no worker named {worker}: mark a function with [<Worker>]"))
        })?;
        Ok(NewEvent::new(consumer, payload, depth, self.now_ms()))
    }

    /// Emits events; durable when answered.
    pub fn emit(self: &Arc<Self>, events: Vec<NewEvent>) -> Pending<()> {
        self.write(move |tx, inbox| events.iter().try_for_each(|event| insert_event(tx, event, inbox)))
    }

    /// A write that may bring events: the schedule takes them in when they are committed.
    pub(crate) fn write<T: Send + 'static>(
        self: &Arc<Self>,
        work: impl FnOnce(&mut Tx<'_>, &mut Inbox) -> Result<T, StoreError> + Send + 'static,
    ) -> Pending<T> {
        let inbox = Arc::new(Mutex::new(Inbox::default()));
        // Weak: what waits for the disk does not keep the queue, and with it the store, alive.
        let (filled, queue) = (inbox.clone(), Arc::downgrade(self));
        let work = move |tx: &mut Tx<'_>| {
            let mut events = Inbox::default();
            let value = work(tx, &mut events)?;
            *lock(&filled) = events;
            Ok(value)
        };
        self.store.write_then(work, move |_| {
            if let Some(queue) = queue.upgrade() {
                queue.take_in(std::mem::take(&mut *lock(&inbox)));
            }
        })
    }

    /// The events that wait for a worker, in the order they were emitted.
    pub(crate) fn waiting(&self, worker: &str) -> Result<Vec<String>, StoreError> {
        let Some(consumer) = self.consumer(&ConsumerKey::Worker(worker.to_owned())) else { return Ok(Vec::new()) };
        self.store.read(|reader| {
            let sql = "SELECT payload FROM dark_event WHERE consumer = ? AND state = ? ORDER BY id";
            let mut select = reader.connection().prepare_cached(sql)?;
            let rows = select.query_map((consumer.0, events::state::WAITING), |row| row.get(0))?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        })
    }

    /// The event that has been due for longest.
    fn first_due(&self) -> Result<Option<i64>, StoreError> {
        let now_ms = self.now_ms();
        self.store.read(|reader| {
            let sql = "SELECT id FROM dark_event WHERE state = ? AND due_at <= ? ORDER BY due_at, id LIMIT 1";
            let mut select = reader.connection().prepare_cached(sql)?;
            Ok(select.query_row((events::state::WAITING, now_ms), |row| row.get(0)).optional()?)
        })
    }

    /// Discards everything that waits or is parked, with the numbers to show for it; nothing may be running.
    pub(crate) fn clear(&self) -> Result<(), StoreError> {
        let discarded = self.store.write(|tx| {
            let connection = tx.connection();
            let mut select = connection.prepare_cached("SELECT consumer, state FROM dark_event")?;
            let rows = select.query_map([], |row| Ok((ConsumerId(row.get(0)?), row.get::<_, i64>(1)?)))?;
            let rows: Vec<(ConsumerId, i64)> = rows.collect::<rusqlite::Result<_>>()?;
            tx.execute("DELETE FROM dark_event", [])?;
            let discarded = rows.into_iter().map(|(consumer, state)| (consumer, events::discarded(state)));
            let discarded: Vec<_> = discarded.collect();
            discarded.iter().for_each(|(consumer, changes)| tx.count(*consumer, *changes));
            Ok(discarded)
        });
        let discarded = discarded.wait()?;
        let mut schedule = self.schedule();
        schedule.forget_events();
        discarded.into_iter().for_each(|(consumer, changes)| schedule.apply(consumer, changes));
        Ok(())
    }

    /// Puts committed events on the schedule and wakes who waits for them.
    fn take_in(&self, inbox: Inbox) {
        let mut schedule = self.schedule();
        let mut woken = 0;
        for event in inbox.events {
            schedule.apply(event.consumer, event.changes);
            if !event.parked {
                schedule.add(event.consumer, event.id, event.due_at, 0);
                woken += 1;
            }
        }
        drop(schedule);
        for _ in 0..woken.min(WOKEN_MAX) {
            self.changed.notify_one();
        }
    }
}

/// More threads than this do not wait for work.
const WOKEN_MAX: usize = 64;

/// A fault of another thread while it held the lock does not lose what is inside.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
}
