//! Who may run when: plain data without clock, database or threads. Workers take turns; each runs at most its number
//! of events at once.
//!
//! Events are claimed ahead of their start, many in one commit, so that a busy worker does not wait for the disk
//! between two of them. Only events that never ran are: should the process die, each claimed one is one run poorer, and
//! an event that has already failed must have its runs counted exactly.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::events::Job;
use crate::store::{Changes, ConsumerId};

/// Events claimed in one commit.
const CLAIM_MAX: usize = 64;
/// Runs that have ended and whose end is on its way to the disk.
const FINISHING_MAX: usize = 256;

/// Events of a consumer by state. Invariant: emitted = done + discarded + parked + waiting + running.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    pub emitted: i64,
    pub done: i64,
    pub discarded: i64,
    pub parked: i64,
    pub waiting: i64,
    pub running: i64,
}

/// What to do now.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Step {
    Start(Job),
    Claim(Vec<i64>, ConsumerId),
    /// Nothing until something changes, or until that time.
    Wait(Option<i64>),
}

#[derive(Default)]
pub(super) struct Schedule {
    consumers: BTreeMap<ConsumerId, Consumer>,
    /// The consumer whose turn was last.
    last: Option<ConsumerId>,
}

#[derive(Default)]
struct Consumer {
    concurrency: usize,
    counts: Counts,
    /// Due events by number, with how often they ran.
    ready: BTreeMap<i64, u32>,
    /// By time.
    delayed: BTreeSet<(i64, i64, u32)>,
    claimed: VecDeque<Job>,
    claiming: bool,
    running: usize,
    finishing: usize,
}

impl Schedule {
    /// `concurrency` 0: its events wait, for they are not this process's to run.
    pub(super) fn add_consumer(&mut self, id: ConsumerId, concurrency: usize, counts: Counts) {
        self.consumers.insert(id, Consumer { concurrency, counts, ..Consumer::default() });
    }

    pub(super) fn counts(&self, id: ConsumerId) -> Option<Counts> {
        self.consumers.get(&id).map(|consumer| consumer.counts)
    }

    /// Numbers that have been committed.
    pub(super) fn apply(&mut self, id: ConsumerId, changes: Changes) {
        if let Some(consumer) = self.consumers.get_mut(&id) {
            let counts = &mut consumer.counts;
            counts.emitted += changes.emitted;
            counts.done += changes.done;
            counts.discarded += changes.discarded;
            counts.parked += changes.parked;
            counts.waiting += changes.waiting;
            counts.running += changes.running;
        }
    }

    /// An event that may run from `due_at` on; its claim is committed or gone.
    pub(super) fn add(&mut self, id: ConsumerId, event: i64, due_at: i64, runs: u32) {
        if let Some(consumer) = self.consumers.get_mut(&id) {
            consumer.delayed.insert((due_at, event, runs));
        }
    }

    /// Whether an event of it waits or runs.
    pub(super) fn is_active(&self, id: ConsumerId) -> bool {
        self.consumers.get(&id).is_some_and(|consumer| {
            let waits = !consumer.ready.is_empty() || !consumer.delayed.is_empty() || !consumer.claimed.is_empty();
            waits || consumer.claiming || consumer.running + consumer.finishing > 0
        })
    }

    /// The next step at that time; the caller does it and asks again.
    pub(super) fn next(&mut self, now_ms: i64) -> Step {
        let ids: Vec<ConsumerId> = self.turns();
        for id in ids {
            let Some(consumer) = self.consumers.get_mut(&id) else { continue };
            if let Some(step) = consumer.next(id, now_ms) {
                self.last = Some(id);
                return step;
            }
        }
        let running = self.consumers.values().filter(|consumer| consumer.concurrency > 0);
        Step::Wait(running.filter_map(|consumer| consumer.delayed.first()).map(|first| first.0).min())
    }

    /// All consumers, beginning after the one that was last.
    fn turns(&self) -> Vec<ConsumerId> {
        let after = self.consumers.keys().filter(|id| self.last.is_none_or(|last| **id > last));
        let before = self.consumers.keys().filter(|id| self.last.is_some_and(|last| **id <= last));
        after.chain(before).copied().collect()
    }

    pub(super) fn claimed(&mut self, id: ConsumerId, jobs: Vec<Job>) {
        if let Some(consumer) = self.consumers.get_mut(&id) {
            consumer.claiming = false;
            consumer.claimed.extend(jobs);
        }
    }

    /// A claim that could not be written: the events are tried again from `due_at` on.
    pub(super) fn claim_failed(&mut self, id: ConsumerId, events: &[i64], due_at: i64) {
        if let Some(consumer) = self.consumers.get_mut(&id) {
            consumer.claiming = false;
            consumer.delayed.extend(events.iter().map(|event| (due_at, *event, 1)));
        }
    }

    /// A run has ended; its end is not yet committed.
    pub(super) fn ended(&mut self, id: ConsumerId) {
        if let Some(consumer) = self.consumers.get_mut(&id) {
            consumer.running = consumer.running.saturating_sub(1);
            consumer.finishing += 1;
        }
    }

    /// The end of a run is committed, or could not be.
    pub(super) fn finished(&mut self, id: ConsumerId) {
        if let Some(consumer) = self.consumers.get_mut(&id) {
            consumer.finishing = consumer.finishing.saturating_sub(1);
        }
    }

    /// Nothing waits any more.
    pub(super) fn forget_events(&mut self) {
        for consumer in self.consumers.values_mut() {
            consumer.ready.clear();
            consumer.delayed.clear();
            consumer.claimed.clear();
        }
    }

    /// Takes back everything that is claimed and has not started.
    pub(super) fn take_claimed(&mut self) -> Vec<Job> {
        self.consumers.values_mut().flat_map(|consumer| consumer.claimed.drain(..)).collect()
    }
}

impl Consumer {
    fn next(&mut self, id: ConsumerId, now_ms: i64) -> Option<Step> {
        if self.concurrency == 0 {
            return None;
        }
        while let Some(&(due_at, event, runs)) = self.delayed.first() {
            if due_at > now_ms {
                break;
            }
            self.delayed.pop_first();
            self.ready.insert(event, runs);
        }
        if self.running < self.concurrency
            && self.finishing < FINISHING_MAX
            && let Some(job) = self.claimed.pop_front()
        {
            self.running += 1;
            return Some(Step::Start(job));
        }
        let events = self.to_claim();
        if events.is_empty() {
            return None;
        }
        self.claiming = true;
        events.iter().for_each(|event| {
            self.ready.remove(event);
        });
        Some(Step::Claim(events, id))
    }

    fn to_claim(&self) -> Vec<i64> {
        // A serial worker's run begins when the one before is committed, so that it sees what that one wrote.
        let busy = self.running + if self.concurrency == 1 { self.finishing } else { 0 };
        let free = self.concurrency.saturating_sub(busy);
        if self.claiming || self.finishing >= FINISHING_MAX || self.claimed.len() >= self.concurrency {
            return Vec::new();
        }
        if self.concurrency == 1 {
            let serial = self.ready.keys().take(usize::from(free > 0 && self.claimed.is_empty()));
            return serial.copied().collect();
        }
        let ahead = self.ready.iter().take(CLAIM_MAX).take_while(|(_, runs)| **runs == 0).map(|(event, _)| *event);
        let ahead: Vec<i64> = ahead.collect();
        match ahead.is_empty() {
            // One that failed before is claimed only when it starts.
            true if free > self.claimed.len() => self.ready.keys().take(1).copied().collect(),
            _ => ahead,
        }
    }
}
