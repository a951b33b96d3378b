//! The queue under simulated time, with the process dying between any two steps. A seed replays a run exactly.
//!
//! The world here is one process at a time: a store, a queue, a hand-held clock. Dying is dropping both without
//! finishing anything; the next start finds only what was committed.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use super::schedule::Step;
use super::start::read_counts;
use super::*;
use crate::db::{Datastore, Shape, TypeShape, open_datastores};
use crate::db::{Session, Written};
use crate::store::testing::{Folder, HandClock, Seeded};

const MINUTE: i64 = 60_000;

fn worker(name: &str) -> ConsumerKey {
    ConsumerKey::Worker(name.to_owned())
}

fn failure(message: &str) -> Failure {
    Failure { message: message.to_owned(), position: None, trace: String::new() }
}

fn now<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(future)
}

struct Process {
    store: Store,
    queue: Arc<Queue>,
    table: Arc<Datastore>,
}

impl Process {
    fn start(folder: &Folder, clock: &Arc<HandClock>, random: &Arc<Seeded>, workers: &[&str]) -> Process {
        Process::start_with(folder, clock, random, workers, QueueSettings::default())
    }

    fn start_with(
        folder: &Folder,
        clock: &Arc<HandClock>,
        random: &Arc<Seeded>,
        workers: &[&str],
        settings: QueueSettings,
    ) -> Process {
        let store = folder.open();
        let consumers = workers.iter().map(|name| Consumer { key: worker(name), runs_here: true }).collect();
        let queue = Queue::start(&store, settings, consumers, clock.clone(), random.clone()).unwrap();
        let shape = TypeShape { root: Shape::Plain("Int64".to_owned()), types: BTreeMap::new() };
        let table = open_datastores(&store, vec![("Done".to_owned(), shape)]).unwrap().remove(0);
        Process { store, queue, table }
    }

    fn emit(&self, name: &str, payload: &str) {
        self.queue.emit(vec![self.queue.new_event(name, payload.to_owned(), 1).unwrap()]).wait().unwrap();
    }

    /// The next run, with its claim committed; `None` when nothing is due.
    fn next_job(&self) -> Option<Job> {
        loop {
            let step = self.queue.schedule().next(self.queue.now_ms());
            match step {
                Step::Start(job) => return Some(job),
                Step::Claim(events, consumer) => now(self.queue.clone().claim(events, consumer)),
                Step::Wait(_) => return None,
            }
        }
    }

    fn run_session(&self, job: &Job) -> Session {
        Session::for_run(self.store.clone(), self.queue.clone(), job.depth)
    }

    /// A run that counts itself in the datastore and emits on, as far as its payload says.
    fn do_job(&self, job: &Job) -> Session {
        let mut session = self.run_session(job);
        let count = session.get(&self.table, &job.payload).unwrap().map_or(0, |text| text.parse::<i64>().unwrap());
        let Ok(Written::Now(())) = session.set(&self.table, &job.payload, (count + 1).to_string()) else {
            panic!("a run collects");
        };
        if let Some(child) = job.payload.strip_prefix("parent-") {
            session.emit("a", format!("child-{child}")).unwrap().wait().unwrap();
        }
        session
    }

    fn complete(&self, job: &Job, session: Session) {
        let key = self.queue.keys[&job.consumer].clone();
        self.queue.schedule().ended(job.consumer);
        now(self.queue.complete(&key, job, session.into_collected())).unwrap();
        self.queue.schedule().finished(job.consumer);
    }

    fn fail(&self, job: &Job, message: &str) {
        let key = self.queue.keys[&job.consumer].clone();
        self.queue.schedule().ended(job.consumer);
        now(self.queue.fail(&key, job, failure(message)));
        self.queue.schedule().finished(job.consumer);
    }

    /// State and number of the stored events of all consumers.
    fn states(&self) -> BTreeMap<i64, i64> {
        let read = self.store.read(|reader| {
            let mut select = reader.connection().prepare("SELECT state, count(*) FROM dark_event GROUP BY state")?;
            Ok(select.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<rusqlite::Result<_>>()?)
        });
        read.unwrap()
    }

    /// Conservation, and the counters against a full scan and against what the process believes.
    fn check_counts(&self) {
        let mut sum = Counts::default();
        for (id, counts) in read_counts(&self.store).unwrap() {
            let Counts { emitted, done, discarded, parked, waiting, running } = counts;
            assert_eq!(emitted, done + discarded + parked + waiting + running);
            if let Some(believed) = self.queue.schedule().counts(id) {
                assert_eq!(believed, counts);
            }
            (sum.waiting, sum.running, sum.parked) =
                (sum.waiting + waiting, sum.running + running, sum.parked + parked);
        }
        let states = self.states();
        let of = |state: i64| states.get(&state).copied().unwrap_or(0);
        assert_eq!((sum.waiting, sum.running, sum.parked), (of(0), of(1), of(2) + of(3)));
    }

    fn reason(&self) -> String {
        let read = self
            .store
            .read(|reader| Ok(reader.connection().query_row("SELECT reason FROM dark_event", [], |row| row.get(0))?));
        read.unwrap()
    }
}

fn world(seed: u64) -> (Folder, Arc<HandClock>, Arc<Seeded>) {
    (Folder::new(), Arc::new(HandClock::at(1_800_000_000_000)), Arc::new(Seeded::new(seed)))
}

#[test]
fn a_failing_event_is_retried_ever_later_and_then_parked() {
    let (folder, clock, random) = world(1);
    let process = Process::start(&folder, &clock, &random, &["a"]);
    process.emit("a", "x");
    for (run, wait) in [(1, 10_000), (2, MINUTE), (3, 5 * MINUTE), (4, 30 * MINUTE)] {
        let job = process.next_job().unwrap();
        assert_eq!(job.run, run);
        process.fail(&job, "broken");
        clock.advance(wait * 79 / 100);
        assert_eq!(process.next_job(), None, "not before 80 % of the wait");
        clock.advance(wait * 42 / 100);
    }
    let job = process.next_job().unwrap();
    process.fail(&job, "broken for good");
    clock.advance(1_000 * MINUTE);
    assert_eq!(process.next_job(), None);
    assert_eq!((process.states(), process.reason()), (BTreeMap::from([(2, 1)]), "broken for good".to_owned()));
    process.check_counts();
}

#[test]
fn retry_clocks_go_on_while_the_program_is_down() {
    let (folder, clock, random) = world(2);
    let process = Process::start(&folder, &clock, &random, &["a"]);
    process.emit("a", "x");
    process.fail(&process.next_job().unwrap(), "broken");
    drop(process);
    clock.advance(1_000);
    let process = Process::start(&folder, &clock, &random, &["a"]);
    assert_eq!(process.next_job(), None);
    drop(process);
    clock.advance(12_000);
    assert_eq!(Process::start(&folder, &clock, &random, &["a"]).next_job().map(|job| job.run), Some(2));
}

#[test]
fn a_run_that_died_with_its_process_runs_again_at_once_and_leaves_nothing() {
    let (folder, clock, random) = world(3);
    let process = Process::start(&folder, &clock, &random, &["a"]);
    process.emit("a", "parent-1");
    let job = process.next_job().unwrap();
    let session = process.do_job(&job);
    drop((session, process));
    let process = Process::start(&folder, &clock, &random, &["a"]);
    assert_eq!(process.run_session(&job).keys(&process.table).unwrap(), Vec::<String>::new());
    assert_eq!(process.states(), BTreeMap::from([(0, 1)]));
    let again = process.next_job().unwrap();
    assert_eq!((again.run, again.id, &again.payload), (2, job.id, &job.payload));
    process.complete(&again, process.do_job(&again));
    assert_eq!(process.next_job().unwrap().payload, "child-1");
    process.check_counts();
}

#[test]
fn an_event_that_kills_its_process_is_parked() {
    let (folder, clock, random) = world(4);
    let first = Process::start(&folder, &clock, &random, &["a"]);
    first.emit("a", "poison");
    drop(first);
    for run in 1..=5 {
        let process = Process::start(&folder, &clock, &random, &["a"]);
        assert_eq!(process.next_job().map(|job| job.run), Some(run));
    }
    let process = Process::start(&folder, &clock, &random, &["a"]);
    assert_eq!((process.next_job(), process.states()), (None, BTreeMap::from([(2, 1)])));
    process.check_counts();
}

#[test]
fn a_lost_claim_cannot_finish() {
    let (folder, clock, random) = world(5);
    let process = Process::start(&folder, &clock, &random, &["a"]);
    process.emit("a", "x");
    let stale = process.next_job().unwrap();
    drop(process);
    let process = Process::start(&folder, &clock, &random, &["a"]);
    let job = process.next_job().unwrap();
    let late = now(process.queue.complete(&worker("a"), &stale, process.do_job(&stale).into_collected()));
    assert!(matches!(late, Err(StoreError::Refused(_))), "{late:?}");
    process.complete(&job, process.do_job(&job));
    let mut session = process.run_session(&job);
    assert_eq!(session.get(&process.table, "x").unwrap().as_deref(), Some("1"));
}

#[test]
fn events_wait_for_the_return_of_their_worker() {
    let (folder, clock, random) = world(6);
    let process = Process::start(&folder, &clock, &random, &["a", "b"]);
    process.emit("b", "x");
    process.emit("b", "y");
    let job = process.next_job().unwrap();
    drop((job, process));
    let process = Process::start(&folder, &clock, &random, &["a"]);
    assert_eq!((process.next_job(), process.states()), (None, BTreeMap::from([(3, 2)])));
    assert!(process.queue.new_event("b", "z".to_owned(), 1).is_err());
    process.check_counts();
    drop(process);
    let process = Process::start(&folder, &clock, &random, &["a", "b"]);
    let first = process.next_job().unwrap();
    let second = process.next_job().unwrap();
    assert_eq!((first.payload.as_str(), second.payload.as_str()), ("x", "y"));
    process.check_counts();
}

#[test]
fn a_serial_worker_keeps_the_order_and_a_busy_one_does_not_starve_others() {
    let (folder, clock, random) = world(7);
    let settings = QueueSettings { concurrency: 1, ..QueueSettings::default() };
    let process = Process::start_with(&folder, &clock, &random, &["a", "b"], settings);
    (0..20).for_each(|n| process.emit("a", &n.to_string()));
    process.emit("b", "only");
    let mut order = Vec::new();
    while let Some(job) = process.next_job() {
        let beside = process.next_job();
        for job in beside.iter().chain([&job]) {
            process.complete(job, process.do_job(job));
        }
        order.extend([Some(job), beside].into_iter().flatten().map(|job| job.payload));
    }
    assert!(order.iter().position(|payload| payload == "only").unwrap() <= 1, "{order:?}");
    order.retain(|payload| payload != "only");
    assert_eq!(order, (0..20).map(|n| n.to_string()).collect::<Vec<_>>());
}

#[test]
fn workers_take_turns() {
    let (folder, clock, random) = world(10);
    let process = Process::start(&folder, &clock, &random, &["a", "b"]);
    for name in ["a", "a", "b", "b"] {
        process.emit(name, name);
    }
    let order: Vec<String> = std::iter::from_fn(|| process.next_job()).map(|job| job.payload).collect();
    assert_eq!(order, ["a", "b", "a", "b"]);
}

#[test]
fn at_most_four_runs_of_a_worker_at_once() {
    let (folder, clock, random) = world(8);
    let process = Process::start(&folder, &clock, &random, &["a"]);
    (0..10).for_each(|n| process.emit("a", &n.to_string()));
    let running: Vec<Job> = std::iter::from_fn(|| process.next_job()).collect();
    assert_eq!(running.len(), 4);
    process.complete(&running[0], process.do_job(&running[0]));
    assert!(process.next_job().is_some());
    assert_eq!(process.next_job(), None);
}

#[test]
fn a_chain_of_emits_without_end_is_parked() {
    let (folder, clock, random) = world(9);
    let process = Process::start(&folder, &clock, &random, &["a"]);
    process.emit("a", "parent-parent");
    let mut runs = 0;
    while let Some(job) = process.next_job() {
        runs += 1;
        let mut session = process.run_session(&job);
        session.emit("a", "again".to_owned()).unwrap().wait().unwrap();
        process.complete(&job, session);
    }
    assert_eq!((runs, process.states()), (1000, BTreeMap::from([(2, 1)])));
    assert!(process.reason().contains("does a worker emit to itself?"));
    process.check_counts();
}

/// Random work, failures and deaths; at the end every event that was answered for is done once or parked.
fn random_life(seed: u64) {
    let (folder, clock, random) = world(seed);
    let mut process = Process::start(&folder, &clock, &random, &["a", "b"]);
    let mut emitted = Vec::new();
    let mut held: Vec<Job> = Vec::new();
    for step in 0..300 {
        match random.below(10) {
            0..=2 => {
                let payload = format!("{}-{step}", ["parent", "plain"][random.below(2) as usize]);
                process.emit(["a", "b"][random.below(2) as usize], &payload);
                emitted.push(payload);
            }
            3..=5 => held.extend(process.next_job()),
            6 | 7 if !held.is_empty() => {
                let job = held.swap_remove(random.below(held.len() as u64) as usize);
                let session = process.do_job(&job);
                process.complete(&job, session);
            }
            8 if !held.is_empty() => {
                let job = held.swap_remove(random.below(held.len() as u64) as usize);
                drop(process.do_job(&job));
                process.fail(&job, "by chance");
            }
            9 if random.below(4) == 0 => {
                // Death, perhaps with an emit nobody waits for.
                let unanswered = process.queue.new_event("a", format!("plain-unanswered-{step}"), 1).unwrap();
                drop(process.queue.emit(vec![unanswered]));
                held.clear();
                drop(process);
                process = Process::start(&folder, &clock, &random, &["a", "b"]);
            }
            _ => clock.advance(random.below(60_000) as i64),
        }
        process.check_counts();
    }
    drop(process);
    let process = Process::start(&folder, &clock, &random, &["a", "b"]);
    for _ in 0..200 {
        while let Some(job) = process.next_job() {
            process.complete(&job, process.do_job(&job));
        }
        clock.advance(10 * MINUTE);
    }
    process.check_counts();
    let mut session = Session::new(process.store.clone(), process.queue.clone());
    let parked = process.states().values().sum::<i64>();
    let done: BTreeMap<String, String> = session.scan(&process.table).unwrap().into_iter().collect();
    assert!(done.values().all(|count| count == "1"), "a completed run is completed once: {done:?}");
    let missing = emitted.iter().filter(|payload| !done.contains_key(*payload)).count() as i64;
    assert!(missing <= parked, "seed {seed}: {missing} missing, {parked} parked");
    for payload in done.keys() {
        if let Some(number) = payload.strip_prefix("parent-") {
            let child = done.contains_key(&format!("child-{number}"));
            assert!(child || parked > 0, "seed {seed}: the emit of {payload} is gone");
        }
    }
}

#[test]
fn nothing_is_lost_whenever_the_process_dies() {
    (100..130).for_each(random_life);
}

/// A runner whose runs take a while, fail once, or go on until they are cut.
struct TestRunner {
    process: Process,
    running: Cell<usize>,
    most: Cell<usize>,
    seen: RefCell<Vec<(String, u32)>>,
    cut: Notify,
}

impl Runner for TestRunner {
    async fn run(&self, _: &ConsumerKey, job: &Job) -> Outcome {
        self.running.set(self.running.get() + 1);
        self.most.set(self.most.get().max(self.running.get()));
        self.seen.borrow_mut().push((job.payload.clone(), job.run));
        let outcome = match job.payload.as_str() {
            "endless" => {
                self.cut.notified().await;
                Outcome::Cut
            }
            "once" if job.run == 1 => Outcome::Failed(failure("the first time")),
            _ => {
                tokio::time::sleep(Duration::from_millis(5)).await;
                Outcome::Done(self.process.do_job(job).into_collected())
            }
        };
        self.running.set(self.running.get() - 1);
        outcome
    }

    fn cut(&self) {
        self.cut.notify_waiters();
    }
}

#[test]
fn serving_runs_everything_and_stops_in_order() {
    let folder = Folder::new();
    let clock: Arc<dyn Clock> = Arc::new(crate::store::SystemClock);
    let store = folder.open();
    let retry = Retry { waits_ms: vec![30], jitter_percent: 20 };
    let settings = QueueSettings { retry, drain: Duration::from_millis(200), ..QueueSettings::default() };
    let consumers = vec![Consumer { key: worker("a"), runs_here: true }];
    let queue = Queue::start(&store, settings, consumers, clock, Arc::new(Seeded::new(1))).unwrap();
    let shape = TypeShape { root: Shape::Plain("Int64".to_owned()), types: BTreeMap::new() };
    let table = open_datastores(&store, vec![("Done".to_owned(), shape)]).unwrap().remove(0);
    let runner = Rc::new(TestRunner {
        process: Process { store, queue: queue.clone(), table },
        running: Cell::new(0),
        most: Cell::new(0),
        seen: RefCell::default(),
        cut: Notify::new(),
    });
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let (stop, stopping) = watch_channel();
    tokio::task::LocalSet::new().block_on(&runtime, async {
        let serving = tokio::task::spawn_local(serve(queue.clone(), runner.clone(), stopping));
        for n in 0..40 {
            queue.emit(vec![queue.new_event("a", n.to_string(), 1).unwrap()]).await.unwrap();
        }
        queue.emit(vec![queue.new_event("a", "once".to_owned(), 1).unwrap()]).await.unwrap();
        let done = async || {
            while queue.counts(&worker("a")).unwrap().done < 41 {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(20), done()).await.unwrap();
        queue.emit(vec![queue.new_event("a", "endless".to_owned(), 1).unwrap()]).await.unwrap();
        while runner.running.get() == 0 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        stop.send(true).unwrap();
        serving.await.unwrap();
    });
    assert_eq!(runner.most.get(), 4);
    let runs = |payload: &str| runner.seen.borrow().iter().filter(|(seen, _)| seen == payload).count();
    assert_eq!((runs("once"), runs("7"), runs("endless")), (2, 1, 1));
    let counts = queue.counts(&worker("a")).unwrap();
    assert_eq!(counts, Counts { emitted: 42, done: 41, waiting: 1, ..Counts::default() });
    runner.process.check_counts();
}

fn watch_channel() -> (tokio::sync::watch::Sender<bool>, tokio::sync::watch::Receiver<bool>) {
    tokio::sync::watch::channel(false)
}
