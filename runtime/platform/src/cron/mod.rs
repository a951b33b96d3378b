//! Crons: functions that run by the clock.
//!
//! When a cron is due, one commit moves its stored time forward, if that still holds the due time, and puts an event
//! for it on the queue. So a due time brings exactly one event, whatever dies when; and the event runs at least once,
//! like a worker's. A run that fails is logged and recorded, and not repeated: the next due time is its retry.
//!
//! While a run of a cron waits or goes on, its due times are skipped and counted. Times that passed while the program
//! was down are made up for by one run at the start. Next times are computed from the schedule, never from the last
//! run, so nothing drifts. Waiting is one timer for all crons.

mod next;
mod table;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use dark_schedule::{Schedule, parse_schedule};
use tokio::sync::watch;

pub use next::next_after;
pub(crate) use table::record_end;
pub use table::{CronState, read_crons};

use crate::queue::{ConsumerKey, Queue};
use crate::store::{ConsumerId, StoreError};

/// The event a cron's function gets is nothing.
const NO_EVENT: &str = "null";
/// The longest sleep: after it the clock is read anew, which may have been set.
const SLEEP_MAX: Duration = Duration::from_secs(60);
/// A due time that could not be written is tried again after this.
const UNWRITTEN_WAIT_MS: i64 = 5_000;

struct Cron {
    name: String,
    schedule: Schedule,
    consumer: ConsumerId,
    /// Where the intervals of `Schedule::Every` count from.
    anchor_ms: i64,
}

/// The crons of a program, with the times they are next due.
pub struct Crons {
    queue: Arc<Queue>,
    crons: Vec<Cron>,
    /// Due times, earliest first, with the index of the cron.
    due: BTreeSet<(i64, usize)>,
}

impl Crons {
    /// Reads and updates the stored times of these crons (name and schedule). A new cron with an interval is due at
    /// once, one with a time of day at that time.
    pub fn start(queue: &Arc<Queue>, declared: Vec<(String, String)>) -> Result<Crons, StoreError> {
        let now_ms = queue.now_ms();
        let mut crons = Vec::new();
        let mut due = BTreeSet::new();
        for (name, text) in declared {
            let refused = |message| StoreError::Refused(format!("the cron {name}: {message}"));
            let schedule = parse_schedule(&text).map_err(refused)?;
            let consumer = queue.consumer(&ConsumerKey::Cron(name.clone()));
            let consumer = consumer.ok_or_else(|| refused("it is not among the queue's consumers".to_owned()))?;
            let (stored_name, stored_schedule) = (name.clone(), schedule.clone());
            let (anchor_ms, next_ms) =
                queue.store().write(move |tx| table::open_cron(tx, &stored_name, &stored_schedule, now_ms)).wait()?;
            due.insert((next_ms, crons.len()));
            crons.push(Cron { name, schedule, consumer, anchor_ms });
        }
        Ok(Crons { queue: queue.clone(), crons, due })
    }

    /// When something is next due.
    pub fn next_due(&self) -> Option<i64> {
        self.due.first().map(|(due, _)| *due)
    }

    /// Fires what is due now.
    pub async fn fire_due(&mut self) {
        let now_ms = self.queue.now_ms();
        while let Some(&(due_ms, index)) = self.due.first().filter(|(due_ms, _)| *due_ms <= now_ms) {
            self.due.pop_first();
            let Some(cron) = self.crons.get(index) else { continue };
            let next_ms = match cron.fire(&self.queue, due_ms, now_ms).await {
                Ok(next_ms) => next_ms,
                Err(error) => {
                    crate::queue::log(&format!("the cron {} could not be started: {error}", cron.name));
                    // The stored time still stands.
                    now_ms + UNWRITTEN_WAIT_MS
                }
            };
            self.due.insert((next_ms, index));
        }
    }

    /// Fires crons until `stopping` says so. Without crons it only waits for that.
    pub async fn serve(mut self, mut stopping: watch::Receiver<bool>) {
        while !*stopping.borrow() {
            let wait = self.next_due().map(|due| due.saturating_sub(self.queue.now_ms()).max(0) as u64);
            let timer = async {
                match wait {
                    Some(wait) => tokio::time::sleep(Duration::from_millis(wait).min(SLEEP_MAX)).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                () = timer => self.fire_due().await,
                changed = stopping.changed() => if changed.is_err() { return },
            }
        }
    }
}

impl Cron {
    /// One commit: the stored time moves on if it is due, and the event is there. Answers when it is due next.
    async fn fire(&self, queue: &Arc<Queue>, due_ms: i64, now_ms: i64) -> Result<i64, StoreError> {
        let next_ms = next_after(&self.schedule, self.anchor_ms, now_ms.max(due_ms))
            .ok_or_else(|| StoreError::Refused("its schedule has no further time".to_owned()))?;
        let overlaps = queue.is_active(self.consumer);
        let (name, consumer) = (self.name.clone(), self.consumer);
        queue.write(move |tx, inbox| table::fire(tx, inbox, &name, consumer, (now_ms, next_ms), overlaps)).await
    }
}
