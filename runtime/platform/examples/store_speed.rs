//! Measures the store and the queue on this machine's disk: `cargo run --release -p dark_platform --example store_speed`.

use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, Instant};

use dark_platform::db::{Backend, Declared, Roles, Setup, Shape, TypeShape};
use dark_platform::queue::{ConsumerKey, Job, Outcome, QueueSettings, Runner, serve};
use dark_platform::store::{Options, Random, SystemClock};

struct Numbers(std::sync::atomic::AtomicU64);

impl Random for Numbers {
    fn next_u64(&self) -> u64 {
        self.0
            .fetch_add(0x9e37_79b9_7f4a_7c15, std::sync::atomic::Ordering::Relaxed)
            .wrapping_mul(0x94d0_49bb_1331_11eb)
    }
}

/// A worker that writes one row.
struct OneRow(Arc<Backend>);

impl Runner for OneRow {
    async fn run(&self, _: &ConsumerKey, job: &Job) -> Outcome {
        let mut session = self.0.session_for(job);
        if let Some(table) = self.0.datastore("Rows") {
            let _ = session.set(table, &job.payload, "{\"done\":true}".to_owned());
        }
        Outcome::Done(session.into_collected())
    }

    fn cut(&self) {}
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = std::env::temp_dir().join(format!("dark-speed-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let declared = Declared {
        datastores: vec![(
            "Rows".to_owned(),
            TypeShape { root: Shape::Plain("Int64".to_owned()), types: Default::default() },
        )],
        workers: vec!["work".to_owned()],
        crons: Vec::new(),
    };
    let setup = Setup {
        options: Options::file(folder.join("app.db")),
        settings: QueueSettings::default(),
        roles: Roles::ALL,
        clock: Arc::new(SystemClock),
        random: Arc::new(Numbers(1.into())),
    };
    let Some((backend, _)) = Backend::open(declared, setup)? else { return Ok(()) };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build()?;
    let result = tokio::task::LocalSet::new().block_on(&runtime, measure(backend));
    std::fs::remove_dir_all(&folder)?;
    result
}

async fn measure(backend: Arc<Backend>) -> Result<(), Box<dyn std::error::Error>> {
    let table = backend.datastore("Rows").ok_or("no table")?.clone();
    for writers in [1, 16, 128, 512] {
        let start = Instant::now();
        let mut tasks = tokio::task::JoinSet::new();
        let each = 20_000 / writers.max(20);
        for writer in 0..writers {
            let (backend, table) = (backend.clone(), table.clone());
            tasks.spawn_local(async move {
                for n in 0..each {
                    let value =
                        format!("{{\"title\":\"a row of about a hundred bytes, as in a todo list\",\"n\":{n}}}");
                    if let Ok(dark_platform::db::Written::Later(pending)) =
                        backend.session().set(&table, &format!("{writer}-{n}"), value)
                    {
                        let _ = pending.await;
                    }
                }
            });
        }
        while tasks.join_next().await.is_some() {}
        report(&format!("set, {writers} at once"), writers * each, start.elapsed());
    }
    let start = Instant::now();
    for n in 0..100_000 {
        backend.session().get(&table, &format!("{}-{n}", n % 128))?;
    }
    report("get", 100_000, start.elapsed());

    let jobs = 50_000;
    let start = Instant::now();
    let mut emits = Vec::new();
    for n in 0..jobs {
        emits.push(backend.queue.emit(vec![backend.queue.new_event("work", n.to_string(), 1)?]));
    }
    for emit in emits {
        emit.await?;
    }
    report("emit", jobs, start.elapsed());
    let (stop, stopping) = tokio::sync::watch::channel(false);
    let start = Instant::now();
    let serving = tokio::task::spawn_local(serve(backend.queue.clone(), Rc::new(OneRow(backend.clone())), stopping));
    let key = ConsumerKey::Worker("work".to_owned());
    let done = || backend.queue.counts(&key).map_or(0, |counts| counts.done);
    while done() < jobs as i64 {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    report("run, with a row each", jobs, start.elapsed());

    let mut waits = Vec::new();
    for n in 0..300 {
        let before = done();
        let start = Instant::now();
        backend.queue.emit(vec![backend.queue.new_event("work", format!("idle-{n}"), 1)?]).await?;
        while done() == before {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        waits.push(start.elapsed());
    }
    waits.sort();
    println!("emit to committed end, idle: p50 {:?}, p99 {:?}", waits[150], waits[297]);
    stop.send(true)?;
    serving.await?;
    Ok(())
}

fn report(what: &str, count: usize, took: Duration) {
    println!("{what}: {:.0} a second", count as f64 / took.as_secs_f64());
}
