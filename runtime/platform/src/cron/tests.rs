//! Crons over a simulated year, at deaths around their due second, and against the zones the compiler knows.

use std::sync::Arc;

use dark_schedule::{Zone, parse_schedule};
use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::*;
use crate::queue::{Consumer, Counts, QueueSettings};
use crate::store::Store;
use crate::store::testing::{Folder, HandClock, Seeded};

const DAY: i64 = 86_400_000;
const HOUR: i64 = 3_600_000;

fn at(text: &str) -> i64 {
    text.parse::<Timestamp>().unwrap().as_millisecond()
}

struct World {
    folder: Folder,
    clock: Arc<HandClock>,
    schedule: &'static str,
}

struct Process {
    store: Store,
    queue: Arc<Queue>,
    crons: Crons,
}

impl World {
    fn new(start: &str, schedule: &'static str) -> World {
        World { folder: Folder::new(), clock: Arc::new(HandClock::at(at(start))), schedule }
    }

    fn start(&self) -> Process {
        let store = self.folder.open();
        let consumers = vec![Consumer { key: ConsumerKey::Cron("tidy".to_owned()), runs_here: true }];
        let random = Arc::new(Seeded::new(1));
        let queue = Queue::start(&store, QueueSettings::default(), consumers, self.clock.clone(), random).unwrap();
        let crons = Crons::start(&queue, vec![("tidy".to_owned(), self.schedule.to_owned())]).unwrap();
        Process { store, queue, crons }
    }
}

impl Process {
    fn fire(&mut self) {
        tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(self.crons.fire_due());
    }

    fn counts(&self) -> Counts {
        self.queue.counts(&ConsumerKey::Cron("tidy".to_owned())).unwrap()
    }

    fn state(&self) -> CronState {
        read_crons(&self.store).unwrap().remove(0)
    }
}

#[test]
fn a_time_of_day_comes_once_a_day_for_a_year() {
    for (zone, clock) in
        [("Europe/London", "22:00"), ("Europe/London", "01:30"), ("America/New_York", "02:30"), ("UTC", "22:00")]
    {
        let schedule = parse_schedule(&format!("every day at {clock} {zone}")).unwrap();
        let zone = TimeZone::get(zone).unwrap();
        let (mut now, end) = (at("2026-01-01T00:00:00Z"), at("2027-01-01T00:00:00Z"));
        let mut days = std::collections::BTreeMap::new();
        let mut hours = std::collections::BTreeSet::new();
        loop {
            now = next_after(&schedule, 0, now).unwrap();
            if now >= end {
                break;
            }
            let local = Timestamp::from_millisecond(now).unwrap().to_zoned(zone.clone());
            *days.entry(local.date()).or_insert(0) += 1;
            hours.insert(local.time().to_string());
        }
        assert!(days.len() >= 364 && days.values().all(|times| *times == 1), "{clock}: {}", days.len());
        // 02:30 does not exist in New York on the day the clocks go forward, nor 01:30 in London.
        let moved = hours.iter().any(|time| !time.starts_with(clock));
        assert_eq!(moved, clock != "22:00", "{hours:?}");
    }
}

#[test]
fn a_time_that_comes_twice_is_the_first_and_one_that_does_not_come_is_later() {
    let schedule = parse_schedule("every day at 01:30 Europe/London").unwrap();
    let twice = next_after(&schedule, 0, at("2026-10-24T12:00:00Z")).unwrap();
    assert_eq!(twice, at("2026-10-25T00:30:00Z"));
    assert_eq!(next_after(&schedule, 0, twice), Some(at("2026-10-26T01:30:00Z")));
    let never = next_after(&schedule, 0, at("2026-03-28T12:00:00Z")).unwrap();
    assert_eq!(never, at("2026-03-29T01:30:00Z"));
}

#[test]
fn a_due_time_is_taken_once() {
    let world = World::new("2026-11-24T13:00:00Z", "Every 1hr");
    let mut process = world.start();
    let mut twin = Crons::start(&process.queue, vec![("tidy".to_owned(), "Every 1hr".to_owned())]).unwrap();
    process.fire();
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(twin.fire_due());
    assert_eq!((process.counts().emitted, process.state().skipped), (1, 0));
    assert_eq!(twin.next_due(), process.crons.next_due());
}

#[test]
fn days_of_the_week_are_kept() {
    let schedule = parse_schedule("every monday and friday at 08:30 Asia/Tokyo").unwrap();
    let first = next_after(&schedule, 0, at("2026-11-24T00:00:00Z")).unwrap();
    let second = next_after(&schedule, 0, first).unwrap();
    assert_eq!((first, second), (at("2026-11-26T23:30:00Z"), at("2026-11-29T23:30:00Z")));
}

#[test]
fn an_interval_does_not_drift() {
    let schedule = parse_schedule("every 7 minutes").unwrap();
    let anchor = 1_000_000;
    let late = 90_000;
    let mut due = anchor;
    for run in 1..10_000 {
        due = next_after(&schedule, anchor, due + late).unwrap();
        assert_eq!(due, anchor + run * 420_000);
    }
    assert_eq!(next_after(&schedule, anchor, anchor - 1), Some(anchor));
}

#[test]
fn a_cron_with_an_interval_runs_at_once_and_then_by_it() {
    let world = World::new("2026-11-24T13:00:00Z", "every 10 minutes");
    let mut process = world.start();
    process.fire();
    assert_eq!(process.counts().emitted, 1);
    process.fire();
    assert_eq!((process.counts().emitted, process.state().next_at), (1, at("2026-11-24T13:10:00Z")));
}

#[test]
fn a_due_time_that_passed_while_down_is_made_up_for_once() {
    let world = World::new("2026-11-24T13:00:00Z", "every day at 09:00");
    let mut process = world.start();
    process.fire();
    assert_eq!(process.counts().emitted, 0);
    drop(process);
    world.clock.advance(5 * DAY);
    let mut process = world.start();
    process.fire();
    assert_eq!((process.counts().emitted, process.state().next_at), (1, at("2026-11-30T09:00:00Z")));
}

#[test]
fn a_restart_at_the_due_second_brings_one_event() {
    let world = World::new("2026-11-24T08:59:59Z", "every day at 09:00");
    drop(world.start());
    world.clock.set(at("2026-11-24T09:00:00Z"));
    for trial in 0..50 {
        let mut process = world.start();
        match trial % 3 {
            0 => process.fire(),
            // Death while the commit is on its way: it stands or it does not.
            1 => {
                let due = process.crons.next_due().unwrap();
                let cron = &process.crons.crons[0];
                let now_ms = process.queue.now_ms();
                if due <= now_ms {
                    let mut fire = std::pin::pin!(cron.fire(&process.queue, due, now_ms));
                    let waker = std::task::Waker::noop();
                    let _ = fire.as_mut().poll(&mut std::task::Context::from_waker(waker));
                }
            }
            _ => {}
        }
        drop(process);
        world.clock.advance(10);
    }
    let process = world.start();
    assert_eq!((process.counts().emitted, process.state().next_at), (1, at("2026-11-25T09:00:00Z")));
}

#[test]
fn a_due_time_during_a_run_is_skipped_and_counted() {
    let world = World::new("2026-11-24T13:00:00Z", "Every 1hr");
    let mut process = world.start();
    process.fire();
    world.clock.advance(HOUR);
    process.fire();
    world.clock.advance(HOUR);
    process.fire();
    let state = process.state();
    assert_eq!((process.counts().emitted, state.skipped), (1, 2));
    assert_eq!((state.last_due_at, state.next_at), (Some(at("2026-11-24T13:00:00Z")), at("2026-11-24T16:00:00Z")));
}

#[test]
fn a_changed_schedule_begins_anew() {
    let mut world = World::new("2026-11-24T13:00:00Z", "every day at 09:00");
    drop(world.start());
    world.schedule = "every day at 14:00";
    assert_eq!(world.start().state().next_at, at("2026-11-24T14:00:00Z"));
}

#[test]
fn every_zone_of_the_parser_can_be_computed_with() {
    let unknown: Vec<&str> = Zone::all().map(Zone::name).filter(|name| TimeZone::get(name).is_err()).collect();
    assert_eq!(unknown, Vec::<&str>::new());
}
