//! The database side of a program as one thing: its store, datastores, queue and crons, opened from what the compiler
//! lists in `AppInfo`. A program that declares none of them opens no file.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

use crate::descriptor::{items, text};
use dark_abi::AppInfo;

use super::{Datastore, Session, describe, open_datastores};
use crate::cron::Crons;
use crate::queue::{Consumer, ConsumerKey, Job, Queue, QueueSettings};
use crate::store::{Clock, Options, Random, Store, StoreError};

/// Which services this process runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Roles {
    pub http: bool,
    pub worker: bool,
    pub cron: bool,
}

impl Roles {
    pub const ALL: Roles = Roles { http: true, worker: true, cron: true };

    /// Reads `http,worker,cron`, any of them.
    pub fn parse(text: &str) -> Result<Roles, String> {
        let mut roles = Roles { http: false, worker: false, cron: false };
        for role in text.split(',').map(str::trim).filter(|role| !role.is_empty()) {
            match role {
                "http" => roles.http = true,
                "worker" => roles.worker = true,
                "cron" => roles.cron = true,
                _ => return Err(format!("`{role}` is not a role: write any of http,worker,cron")),
            }
        }
        match roles == (Roles { http: false, worker: false, cron: false }) {
            true => Err("no role is named: write any of http,worker,cron".to_owned()),
            false => Ok(roles),
        }
    }
}

/// What an app declares, in plain terms.
#[derive(Debug, Default)]
pub struct Declared {
    pub datastores: Vec<(String, super::TypeShape)>,
    pub workers: Vec<String>,
    /// Name and schedule.
    pub crons: Vec<(String, String)>,
}

impl Declared {
    /// From the descriptor.
    ///
    /// # Safety
    /// `app` was made by the compiler, with all it refers to.
    pub unsafe fn of_app(app: &AppInfo) -> Declared {
        // SAFETY: static and complete, as promised by the caller.
        unsafe {
            let datastores = items(&app.dbs).iter().map(|db| (text(&db.name).to_owned(), describe(db.row))).collect();
            let workers = items(&app.workers).iter().map(|worker| text(&worker.name).to_owned()).collect();
            let crons = items(&app.crons)
                .iter()
                .map(|cron| (text(&cron.name).to_owned(), text(&cron.schedule).to_owned()))
                .collect();
            Declared { datastores, workers, crons }
        }
    }

    pub fn is_empty(&self) -> bool {
        self.datastores.is_empty() && self.workers.is_empty() && self.crons.is_empty()
    }

    fn consumers(&self, roles: Roles) -> Vec<Consumer> {
        let workers = self.workers.iter().map(|name| (ConsumerKey::Worker(name.clone()), roles.worker));
        let crons = self.crons.iter().map(|(name, _)| (ConsumerKey::Cron(name.clone()), roles.cron));
        workers.chain(crons).map(|(key, runs_here)| Consumer { key, runs_here }).collect()
    }
}

/// What to open a program's database with.
pub struct Setup {
    pub options: Options,
    pub settings: QueueSettings,
    pub roles: Roles,
    pub clock: Arc<dyn Clock>,
    pub random: Arc<dyn Random>,
}

/// An open database with all that a program declares in it.
pub struct Backend {
    pub store: Store,
    pub queue: Arc<Queue>,
    datastores: HashMap<String, Arc<Datastore>>,
    random: Arc<dyn Random>,
    /// The time and count of the last ordered key.
    last_key: AtomicU64,
}

static INSTALLED: OnceLock<Arc<Backend>> = OnceLock::new();

impl Backend {
    /// Opens the database; `None` when nothing declared needs one. The crons are there when this process runs them:
    /// their `serve` belongs on one event loop. Blocks; for the program's start.
    pub fn open(declared: Declared, setup: Setup) -> Result<Option<(Arc<Backend>, Option<Crons>)>, StoreError> {
        if declared.is_empty() {
            return Ok(None);
        }
        let store = Store::open(&setup.options)?;
        let consumers = declared.consumers(setup.roles);
        let opened = open_datastores(&store, declared.datastores)?;
        let random = setup.random;
        let queue = Queue::start(&store, setup.settings, consumers, setup.clock, random.clone())?;
        let crons = match setup.roles.cron {
            true => Some(Crons::start(&queue, declared.crons)?),
            false => None,
        };
        let datastores = opened.into_iter().map(|datastore| (datastore.name.clone(), datastore)).collect();
        Ok(Some((Arc::new(Backend { store, queue, datastores, random, last_key: AtomicU64::new(0) }), crons)))
    }

    /// Makes it the one that compiled code talks to; the first call counts.
    pub fn install(self: &Arc<Self>) {
        let _ = INSTALLED.set(self.clone());
    }

    /// The one that compiled code talks to.
    pub fn installed() -> Option<&'static Arc<Backend>> {
        INSTALLED.get()
    }

    pub fn datastore(&self, name: &str) -> Option<&Arc<Datastore>> {
        self.datastores.get(name)
    }

    /// For a handler, a script, a test.
    pub fn session(&self) -> Session {
        Session::new(self.store.clone(), self.queue.clone())
    }

    /// For a run of a worker or cron; its `into_collected` goes into `Outcome::Done`.
    pub fn session_for(&self, job: &Job) -> Session {
        Session::for_run(self.store.clone(), self.queue.clone(), job.depth)
    }

    /// A random UUID (version 4) as text.
    pub fn random_key(&self) -> String {
        let bits = u128::from(self.random.next_u64()) << 64 | u128::from(self.random.next_u64());
        uuid_text(with_version(bits, 4))
    }

    /// A UUID of version 7 as text: sorts by the time it was made, behind every key this process made before. Within a
    /// millisecond, and when the clock goes backwards, the 12 bits below the time count (RFC 9562, 6.2, method 1).
    pub fn ordered_key(&self) -> String {
        let now = (self.queue.now_ms() as u64 & ((1 << 48) - 1)) << 12;
        let next = |last: u64| now.max(last + 1);
        let last = self.last_key.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |last| Some(next(last)));
        let stamp = next(last.unwrap_or_default());
        let (time, counter) = (u128::from(stamp >> 12) << 80, u128::from(stamp & 0xfff) << 64);
        uuid_text(with_version(time | counter | u128::from(self.random.next_u64()), 7))
    }

    /// Empties all datastores and the queue: each test begins so.
    pub fn clear(&self) -> Result<(), StoreError> {
        let datastores: Vec<Arc<Datastore>> = self.datastores.values().cloned().collect();
        let clear = self.store.write(move |tx| {
            for datastore in &datastores {
                tx.write_version(datastore.id);
                tx.execute(&datastore.sql.delete_all, [])?;
            }
            Ok(())
        });
        clear.wait()?;
        self.queue.clear()
    }
}

fn with_version(bits: u128, version: u128) -> u128 {
    bits & !(0xf << 76) & !(0x3 << 62) | version << 76 | 0x2 << 62
}

/// The 36 characters of a UUID.
pub(crate) fn uuid_text(id: u128) -> String {
    let hex = format!("{id:032x}");
    [0..8, 8..12, 12..16, 16..20, 20..32].map(|part| hex.get(part).unwrap_or_default()).join("-")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::{Shape, TypeShape};
    use crate::store::testing::{Folder, HandClock, Seeded};

    fn setup(folder: &Folder, roles: Roles) -> Setup {
        Setup {
            options: folder.options(),
            settings: QueueSettings::default(),
            roles,
            clock: Arc::new(HandClock::at(1_700_000_000_000)),
            random: Arc::new(Seeded::new(5)),
        }
    }

    fn declared() -> Declared {
        let shape = TypeShape { root: Shape::Plain("Int64".to_owned()), types: Default::default() };
        Declared {
            datastores: vec![("Shop.Rows".to_owned(), shape)],
            workers: vec!["Shop.ship".to_owned()],
            crons: vec![("Shop.tidy".to_owned(), "every day at 09:00".to_owned())],
        }
    }

    #[test]
    fn a_program_without_data_opens_no_file() {
        let folder = Folder::new();
        assert!(Backend::open(Declared::default(), setup(&folder, Roles::ALL)).unwrap().is_none());
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[test]
    fn roles_decide_what_runs() {
        assert_eq!(Roles::parse("http, worker"), Ok(Roles { http: true, worker: true, cron: false }));
        assert!(Roles::parse("htpp").unwrap_err().contains("http,worker,cron"));
        assert!(Roles::parse("").is_err());
        let folder = Folder::new();
        let (_, crons) = Backend::open(declared(), setup(&folder, Roles::parse("http").unwrap())).unwrap().unwrap();
        assert!(crons.is_none());
    }

    #[test]
    fn clearing_leaves_nothing() {
        let folder = Folder::new();
        let (backend, crons) = Backend::open(declared(), setup(&folder, Roles::ALL)).unwrap().unwrap();
        assert!(crons.is_some_and(|crons| crons.next_due().is_some()));
        let table = backend.datastore("Shop.Rows").unwrap();
        let mut session = backend.session();
        session.set(table, "a", "1".to_owned()).unwrap().wait().unwrap();
        session.emit("Shop.ship", "1".to_owned()).unwrap().wait().unwrap();
        backend.clear().unwrap();
        assert_eq!(session.count(table).unwrap(), 0);
        let counts = backend.queue.counts(&ConsumerKey::Worker("Shop.ship".to_owned())).unwrap();
        assert_eq!((counts.waiting, counts.discarded), (0, 1));
    }

    #[test]
    fn keys_are_uuids_and_ordered_ones_sort() {
        let folder = Folder::new();
        let (backend, _) = Backend::open(declared(), setup(&folder, Roles::ALL)).unwrap().unwrap();
        let (random, ordered) = (backend.random_key(), backend.ordered_key());
        assert_eq!((random.len(), random.get(14..15), ordered.get(14..15)), (36, Some("4"), Some("7")));
        assert!(ordered.starts_with("018bcfe5-6800-7"), "{ordered}");
        assert_ne!(random, backend.random_key());
        // The clock of this test stands still; the count goes on into the next milliseconds.
        let keys: Vec<String> = (0..10_000).map(|_| backend.ordered_key()).collect();
        assert!(ordered < keys[0] && keys.is_sorted_by(|a, b| a < b));
    }
}
