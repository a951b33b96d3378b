//! Running events: one `serve` on each event loop takes steps from the shared schedule. Waiting costs nothing: it ends
//! with a change of the schedule, with the time of the next event, or with the program.

use std::future::Future;
use std::io::Write;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinSet;

use super::events::{claim, complete, park, release};
use super::schedule::Step;
use super::{ConsumerKey, Failure, Job, Outcome, Queue};
use crate::cron;
use crate::db::uuid_text;
use crate::store::{Changes, ConsumerId, StoreError, Tx};

/// What runs an event's function. The real one starts it on a coroutine.
pub trait Runner: 'static {
    /// Runs the function once, within the run limit.
    fn run(&self, consumer: &ConsumerKey, job: &Job) -> impl Future<Output = Outcome>;

    /// Ends all runs now; they answer `Outcome::Cut`.
    fn cut(&self);
}

/// Runs whose commit conflicted are repeated at once, this often.
const CONFLICTS_MAX: u32 = 5;
/// How long an event stays away when its state could not be written.
const UNWRITTEN_WAIT_MS: i64 = 10_000;
/// The longest sleep: after it the clock is read anew, which may have been set.
const SLEEP_MAX: Duration = Duration::from_secs(60);
/// What runs that were told to end have to do so.
const CUT_WAIT: Duration = Duration::from_secs(1);

/// Serves the queue on this thread's event loop until `stopping` says so; then waits for its runs as long as the drain
/// lasts, ends the rest, and gives back what was claimed. Must be called inside a `LocalSet`.
pub async fn serve<R: Runner>(queue: Arc<Queue>, runner: Rc<R>, mut stopping: watch::Receiver<bool>) {
    let mut runs = JoinSet::new();
    while !*stopping.borrow() {
        let step = queue.schedule().next(queue.now_ms());
        match step {
            Step::Start(job) => {
                runs.spawn_local(run(queue.clone(), runner.clone(), job));
                // Another thread may have nothing to do.
                queue.changed.notify_one();
                tokio::task::yield_now().await;
            }
            Step::Claim(events, consumer) => {
                let queue = queue.clone();
                runs.spawn_local(async move { queue.claim(events, consumer).await });
            }
            Step::Wait(until) => {
                let wait = until.map(|until| Duration::from_millis(until.saturating_sub(queue.now_ms()).max(0) as u64));
                tokio::select! {
                    () = queue.changed.notified() => {}
                    () = sleep(wait) => {}
                    Some(_) = runs.join_next() => {}
                    changed = stopping.changed() => if changed.is_err() { break },
                }
            }
        }
        while runs.try_join_next().is_some() {}
    }
    drain(&queue, &*runner, runs).await;
}

/// Runs what is due, one event after another, until nothing is, or so many have run: for tests, whose process serves no
/// queue.
pub(crate) async fn run_due<R: Runner>(queue: &Arc<Queue>, runner: &Rc<R>, runs_max: usize) {
    for _ in 0..runs_max {
        let claimed = match queue.first_due() {
            Ok(Some(event)) => queue.store.write(move |tx| claim(tx, event)).await,
            Ok(None) => return,
            Err(error) => Err(error),
        };
        match claimed {
            Ok(Some((job, changes))) => {
                queue.schedule().apply(job.consumer, changes);
                run(queue.clone(), runner.clone(), job).await;
            }
            Ok(None) => {}
            Err(error) => return log(&format!("the queue cannot be read: {error}")),
        }
    }
}

async fn sleep(wait: Option<Duration>) {
    match wait {
        Some(wait) => tokio::time::sleep(wait.min(SLEEP_MAX)).await,
        None => std::future::pending().await,
    }
}

async fn drain<R: Runner>(queue: &Arc<Queue>, runner: &R, mut runs: JoinSet<()>) {
    queue.give_back_claimed().await;
    let all = async |runs: &mut JoinSet<()>| while runs.join_next().await.is_some() {};
    if tokio::time::timeout(queue.settings.drain, all(&mut runs)).await.is_err() {
        runner.cut();
        let _ = tokio::time::timeout(CUT_WAIT, all(&mut runs)).await;
        // What is left ends with the process; the next start gives it back.
        runs.detach_all();
    }
    // A claim that was under way when the others were given back.
    queue.give_back_claimed().await;
}

async fn run<R: Runner>(queue: Arc<Queue>, runner: Rc<R>, job: Job) {
    let Some(key) = queue.keys.get(&job.consumer).cloned() else { return };
    let mut conflicts = 0;
    let mut ended = false;
    let mut end = |queue: &Queue| {
        if !std::mem::replace(&mut ended, true) {
            queue.schedule().ended(job.consumer);
        }
    };
    let failure = loop {
        match runner.run(&key, &job).await {
            Outcome::Failed(failure) => break Some(failure),
            Outcome::Cut => {
                end(&queue);
                queue.give_back(&job).await;
                break None;
            }
            Outcome::Done(collected) => {
                // A run that cannot conflict frees its place before its end is on the disk.
                if !collected.depends_on_reads() {
                    end(&queue);
                }
                match queue.complete(&key, &job, collected).await {
                    Ok(()) => break None,
                    Err(StoreError::Conflict) if conflicts < CONFLICTS_MAX => conflicts += 1,
                    Err(error) => break Some(Failure::of_store(&error)),
                }
            }
        }
    };
    end(&queue);
    if let Some(failure) = failure {
        queue.fail(&key, &job, failure).await;
    }
    queue.schedule().finished(job.consumer);
    queue.changed.notify_one();
}

impl Failure {
    fn of_store(error: &StoreError) -> Failure {
        let message = match error {
            StoreError::Conflict => "the data it reads was changed by others in each of its tries".to_owned(),
            other => other.to_string(),
        };
        Failure { message, position: None, trace: String::new() }
    }
}

impl Queue {
    pub(super) async fn claim(self: Arc<Self>, events: Vec<i64>, consumer: ConsumerId) {
        let ids = events.clone();
        let claimed = self
            .store
            .write(move |tx| {
                let mut jobs = Vec::new();
                let mut changes = Changes::default();
                for id in ids {
                    if let Some((job, change)) = claim(tx, id)? {
                        changes.add(change);
                        jobs.push(job);
                    }
                }
                Ok((jobs, changes))
            })
            .await;
        match claimed {
            Ok((jobs, changes)) => {
                let mut schedule = self.schedule();
                schedule.apply(consumer, changes);
                schedule.claimed(consumer, jobs);
            }
            Err(error) => {
                log(&format!("the queue could not claim {} events: {error}", events.len()));
                self.schedule().claim_failed(consumer, &events, self.now_ms() + UNWRITTEN_WAIT_MS);
            }
        }
        self.changed.notify_one();
    }

    /// The run's writes and emits, and the end of its event, in one commit.
    pub(super) async fn complete(
        self: &Arc<Self>,
        key: &ConsumerKey,
        job: &Job,
        collected: crate::db::Collected,
    ) -> Result<(), StoreError> {
        let (key, done, now_ms) = (key.clone(), job.clone(), self.now_ms());
        let changes = self
            .write(move |tx, inbox| {
                collected.apply(tx, inbox)?;
                if let ConsumerKey::Cron(name) = &key {
                    cron::record_end(tx, name, now_ms, None)?;
                }
                complete(tx, &done)
            })
            .await?;
        self.schedule().apply(job.consumer, changes);
        Ok(())
    }

    /// A failed run: waits for its next one or is parked, and is never silent.
    pub(super) async fn fail(self: &Arc<Self>, key: &ConsumerKey, job: &Job, failure: Failure) {
        let now_ms = self.now_ms();
        let wait_ms = match key {
            ConsumerKey::Worker(_) => self.settings.retry.wait_ms(job.run, &*self.random),
            ConsumerKey::Cron(_) => None,
        };
        let due_at = wait_ms.map(|wait| now_ms + wait);
        log_failure(key, job, &failure, wait_ms, self);
        let (failed, reason, cron) = (job.clone(), failure.message, key.clone());
        let written = self
            .store
            .write(move |tx: &mut Tx<'_>| match (&cron, due_at) {
                // A cron's next run is the next one of its schedule.
                (ConsumerKey::Cron(name), _) => {
                    cron::record_end(tx, name, now_ms, Some(&reason))?;
                    complete(tx, &failed)
                }
                (_, Some(due_at)) => release(tx, &failed, due_at, Some((&reason, now_ms))),
                (_, None) => park(tx, &failed, &reason, now_ms),
            })
            .await;
        self.settle(job, written, due_at);
    }

    /// A run that did not happen, or was cut, is given back and not counted.
    pub(super) async fn give_back(self: &Arc<Self>, job: &Job) {
        let (cut, now_ms) = (job.clone(), self.now_ms());
        let written = self.store.write(move |tx| release(tx, &cut, now_ms, None)).await;
        self.settle(job, written, Some(now_ms));
    }

    async fn give_back_claimed(self: &Arc<Self>) {
        let jobs = self.schedule().take_claimed();
        for job in jobs {
            self.give_back(&job).await;
        }
    }

    fn settle(&self, job: &Job, written: Result<Changes, StoreError>, due_at: Option<i64>) {
        match written {
            Ok(changes) => {
                let mut schedule = self.schedule();
                schedule.apply(job.consumer, changes);
                if let Some(due_at) = due_at {
                    schedule.add(job.consumer, job.id, due_at, job.run);
                }
            }
            Err(error) => {
                log(&format!("the queue could not write the end of a run, which will be repeated: {error}"));
                let due_at = self.now_ms() + UNWRITTEN_WAIT_MS;
                self.schedule().add(job.consumer, job.id, due_at, job.run);
            }
        }
        self.changed.notify_one();
    }
}

fn log_failure(key: &ConsumerKey, job: &Job, failure: &Failure, wait_ms: Option<i64>, queue: &Queue) {
    let place = failure.position.as_ref().map(|position| format!(" at {position}")).unwrap_or_default();
    let next = match (key, wait_ms) {
        (ConsumerKey::Cron(_), _) => "runs again as scheduled".to_owned(),
        (_, Some(wait)) => format!("runs again in {:.1} s", wait as f64 / 1000.0),
        (_, None) => "parked".to_owned(),
    };
    let event = uuid_text(super::PublicId::new(queue.store.salt(), job.id).0);
    let trace = if failure.trace.is_empty() { String::new() } else { format!(" trace {}", failure.trace) };
    log(&format!(
        "{key} failed{place}: {} (run {} of {}, event {event}{trace}; {next})",
        failure.message,
        job.run,
        queue.settings.retry.runs_max()
    ));
}

/// A line on stderr; a closed one is no reason to stop.
pub(crate) fn log(line: &str) {
    let _ = writeln!(std::io::stderr(), "{line}");
}
