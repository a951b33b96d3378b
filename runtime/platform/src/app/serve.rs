//! A program that serves: one event loop per core with requests and jobs, until a signal says to stop.

use std::net::SocketAddr;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;

use dark_abi::AppInfo;
use dark_sched::world::{Signals, SystemRandom, SystemSignals, bind};
use dark_sched::{StackSizes, block_on, set_stack_sizes};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinSet;

use super::arguments::{Command, Serve, help};
use super::{exit, open_database, say, say_failure, values};
use crate::cron::Crons;
use crate::db::{Backend, Roles};
use crate::descriptor::{items, text};
use crate::engine::Engine;
use crate::http::{Front, Program, Shared, TraceIds, listen, router};
use crate::jobs::Jobs;
use crate::library::client::egress;
use crate::library::client_ip;
use crate::library::secrets::Secrets;
use crate::queue::{self, Queue};
use crate::run::{Budget, detached_runs_end};
use crate::settings::Settings;
use crate::store::{self, Location};

/// Obeys the command line of a program that serves.
pub(super) fn command(app: &'static AppInfo, engine: &'static dyn Engine, command: Command) -> i32 {
    let name = text(&app.name);
    match command {
        Command::Serve(options) => match Server::start(app, engine, options) {
            Ok(server) => server.serve(),
            Err(message) => {
                say(&message);
                exit::FAILED
            }
        },
        Command::Routes => print(&routes(app)),
        Command::Help => print(&help(name)),
        Command::Version => print(&format!("{name}, built with Dark {}\n", env!("CARGO_PKG_VERSION"))),
    }
}

fn print(text: &str) -> i32 {
    match std::io::Write::write_all(&mut std::io::stdout(), text.as_bytes()) {
        Ok(()) => exit::FINE,
        Err(_) => exit::FAILED,
    }
}

/// A line for each handler.
fn routes(app: &'static AppInfo) -> String {
    let handlers = items(&app.handlers);
    let longest = handlers.iter().map(|handler| text(&handler.method).len()).max().unwrap_or(0);
    let line = |(method, route): (&str, &str)| format!("{method:longest$} {route}\n");
    handlers.iter().map(|handler| line((text(&handler.method), text(&handler.route)))).collect()
}

/// What every event loop needs; the same for all.
#[derive(Clone)]
struct Common {
    app: &'static AppInfo,
    engine: &'static dyn Engine,
    settings: Settings,
    roles: Roles,
    shared: Arc<Shared>,
}

struct Server {
    common: Common,
    sockets: Vec<std::net::TcpListener>,
    crons: Option<Crons>,
    cores: usize,
}

impl Server {
    /// All that can go wrong, before the first request.
    fn start(app: &'static AppInfo, engine: &'static dyn Engine, options: Serve) -> Result<Server, String> {
        let settings = super::settings(app)?;
        let secrets = Secrets::read(&settings.secrets)?;
        secrets.require_all()?;
        secrets.install();
        client_ip::install(settings.proxies.clone());
        egress::install(options.egress);
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let described = describe(&options.database);
        let opened = store::Options { location: options.database, durability: store::Durability::Full };
        let crons = open_database(app, engine, opened, options.roles)?;
        let budget = Budget { memory_bytes: settings.limits.memory_bytes, time: None };
        values::compute(items(&app.values), engine, budget).map_err(|failure| {
            say_failure(&failure);
            "the program's values could not be computed".to_owned()
        })?;
        raise_file_limit();
        let (address, sockets) = match options.roles.http {
            true => {
                let port = bind(options.port, cores).map_err(|error| refused_port(options.port, &error))?;
                (Some(port.address), port.sockets)
            }
            false => (None, Vec::new()),
        };
        let database = Backend::installed().map_or_else(|| "none".to_owned(), |_| described);
        say(&banner(app, address, &settings, options.roles, &database));
        let (cors, limits) = (settings.cors.clone(), settings.limits.clone());
        let shared = Arc::new(Shared { router: router(app), cors, limits, active: AtomicUsize::new(0) });
        Ok(Server { common: Common { app, engine, settings, roles: options.roles, shared }, sockets, crons, cores })
    }

    /// Serves until a signal comes; the exit code.
    fn serve(self) -> i32 {
        let (stop, stopping) = watch::channel(false);
        let mut sockets = self.sockets.into_iter();
        let first = (sockets.next(), self.crons);
        let mut threads = Vec::new();
        for core in 1..self.cores {
            let (common, socket, stopping) = (self.common.clone(), sockets.next(), stopping.clone());
            let thread = std::thread::Builder::new().name(format!("dark-core-{core}"));
            match thread.spawn(move || block_on(serve_core(common, socket, None, stopping))) {
                Ok(thread) => threads.push(thread),
                // The others do its work; the kernel must not send connections to a socket nobody serves.
                Err(error) => say(&format!("a thread could not be started: {error}")),
            }
        }
        let served = block_on(async {
            let mut signals = SystemSignals::catch()?;
            let core = tokio::task::spawn_local(serve_core(self.common, first.0, first.1, stopping));
            signals.end().await;
            say("stopping: finishing what is under way");
            stop.send_replace(true);
            let others = tokio::task::spawn_blocking(move || {
                threads.into_iter().filter_map(|thread| thread.join().err()).count()
            });
            tokio::select! {
                (core, others) = async { (core.await, others.await) } => {
                    let fine = core.is_ok() && others.is_ok_and(|failed| failed == 0);
                    Ok::<i32, std::io::Error>(if fine { exit::FINE } else { exit::FAULT })
                }
                // Somebody does not want to wait.
                () = signals.end() => Ok(exit::FAILED),
            }
        });
        match served.and_then(|served| served) {
            Ok(code) => code,
            Err(error) => {
                say(&format!("the event loop could not be started: {error}"));
                exit::FAULT
            }
        }
    }
}

/// One event loop's part.
async fn serve_core(
    common: Common,
    socket: Option<std::net::TcpListener>,
    crons: Option<Crons>,
    stopping: watch::Receiver<bool>,
) {
    let Common { app, engine, settings, roles, shared } = common;
    let limits = settings.limits;
    set_stack_sizes(StackSizes { stack_bytes: limits.stack_bytes, ..StackSizes::default() });
    let mut services = JoinSet::new();
    let listener = socket.map(TcpListener::from_std).transpose().unwrap_or_else(|error| {
        say(&format!("a socket could not be listened on: {error}"));
        None
    });
    if let Some(listener) = listener {
        let budget = Budget { memory_bytes: limits.memory_bytes, time: Some(limits.deadline) };
        let handlers = Rc::new(Program { app, engine, budget });
        let front = Rc::new(Front { shared, handlers, traces: TraceIds::new(&SystemRandom) });
        services.spawn_local(listen::serve(listener, front, stopping.clone()));
    }
    if let Some(backend) = Backend::installed().filter(|_| roles.worker || roles.cron) {
        let budget = Budget { memory_bytes: limits.memory_bytes, time: Some(limits.run_deadline) };
        let jobs = Rc::new(Jobs::new(app, engine, backend, budget, TraceIds::new(&SystemRandom)));
        let queue: Arc<Queue> = backend.queue.clone();
        services.spawn_local(queue::serve(queue, jobs, stopping.clone()));
    }
    if let Some(crons) = crons {
        services.spawn_local(crons.serve(stopping));
    }
    while services.join_next().await.is_some() {}
    detached_runs_end(limits.deadline).await;
}

fn describe(database: &Location) -> String {
    match database {
        Location::File(path) => path.display().to_string(),
        Location::Memory => "in memory".to_owned(),
    }
}

fn banner(app: &AppInfo, address: Option<SocketAddr>, settings: &Settings, roles: Roles, database: &str) -> String {
    let address =
        address.map_or_else(|| "no port".to_owned(), |address| format!("http://localhost:{}", address.port()));
    let named = [("http", roles.http), ("worker", roles.worker), ("cron", roles.cron)];
    let roles: Vec<&str> = named.into_iter().filter(|(_, has)| *has).map(|(name, _)| name).collect();
    let (name, limits, roles) = (text(&app.name), &settings.limits, roles.join(","));
    format!("{name}: {address} (limits: {limits}; roles: {roles}; database: {database})")
}

fn refused_port(port: u16, error: &std::io::Error) -> String {
    match error.kind() {
        std::io::ErrorKind::AddrInUse => {
            format!("port {port} is in use by another program: stop that one, or choose another with --port")
        }
        std::io::ErrorKind::PermissionDenied => {
            format!("port {port} needs special rights: choose one above 1023 with --port")
        }
        _ => format!("port {port} cannot be opened ({error}): choose another with --port"),
    }
}

/// Allows as many connections as the system lets this user have.
fn raise_file_limit() {
    let mut limit = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
    // SAFETY: reads and writes the structure given. Where it fails, the old limit stays.
    unsafe {
        if libc::getrlimit(libc::RLIMIT_NOFILE, &mut limit) == 0 && limit.rlim_cur < limit.rlim_max {
            limit.rlim_cur = limit.rlim_max;
            libc::setrlimit(libc::RLIMIT_NOFILE, &limit);
        }
    }
}
