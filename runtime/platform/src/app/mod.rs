//! A built program from its start to its exit code: arguments, settings, database, values, and then by its mode.
//!
//! `arguments` reads the command line, `serve` runs a server, `script` statements and expressions, `testing` tests; `entry`
//! is the C `main` of every executable, `math` what it needs of another library.

mod arguments;
#[cfg(feature = "entry")]
mod entry;
#[cfg(feature = "entry")]
mod math;
mod script;
mod serve;
mod testing;
mod values;

use std::io::Write;
use std::sync::Arc;

use dark_abi::{ABI_VERSION, AppInfo, Mode};
use dark_sched::world::SystemRandom;

use crate::db::{Backend, Declared, Roles, Setup};
use crate::descriptor::text;
use crate::engine::{Engine, Failure};
use crate::host::EngineHost;
use crate::library::client_ip;
use crate::library::secrets::Secrets;
use crate::library::world::WorldClock;
use crate::queue::QueueSettings;
use crate::settings::Settings;
use crate::store;
use arguments::Environment;

/// Exit codes.
pub(crate) mod exit {
    pub(crate) const FINE: i32 = 0;
    /// The program failed, or a test did.
    pub(crate) const FAILED: i32 = 1;
    pub(crate) const USAGE: i32 = 2;
    /// Not the program's fault.
    pub(crate) const FAULT: i32 = 3;
}

/// Runs the program; its exit code. Does not return while it serves.
pub fn run(app: &'static AppInfo, engine: &'static dyn Engine, arguments: &[String]) -> i32 {
    if app.abi_version != ABI_VERSION {
        say(&format!(
            "this program was built for version {} of the runtime, and has version {ABI_VERSION}: build it again",
            app.abi_version
        ));
        return exit::FAULT;
    }
    // What is wrong with the settings is said where they are needed.
    crate::library::install(app, engine, settings(app).unwrap_or_default());
    let name = text(&app.name);
    match app.mode {
        Mode::Serve => match arguments::parse(name, arguments, &Environment::read()) {
            Ok(command) => serve::command(app, engine, command),
            Err(message) => usage(&message, &arguments::help(name)),
        },
        Mode::Script => prepared(app, engine, |app, engine, settings| script::run(app, engine, settings, arguments)),
        Mode::Eval => prepared(app, engine, script::eval),
        Mode::Test => match arguments::parse_tests(arguments) {
            Ok(without) => {
                prepared(app, engine, move |app, engine, settings| testing::run(app, engine, settings, &without))
            }
            Err(message) => usage(&message, "This is a program of tests; `darkc test` starts it."),
        },
    }
}

fn usage(message: &str, help: &str) -> i32 {
    say(&format!("{message}\n\n{}", help.trim_end()));
    exit::USAGE
}

/// With settings, and a database in memory if the program has data.
fn prepared(
    app: &'static AppInfo,
    engine: &'static dyn Engine,
    work: impl FnOnce(&'static AppInfo, &'static dyn Engine, &Settings) -> i32,
) -> i32 {
    let opened = settings(app).and_then(|settings| {
        let roles = Roles { http: false, worker: false, cron: false };
        Secrets::read(&settings.secrets)?.install();
        client_ip::install(settings.proxies.clone());
        open_database(app, engine, store::Options::memory(), roles)?;
        Ok(settings)
    });
    match opened {
        Ok(settings) => work(app, engine, &settings),
        Err(message) => {
            say(&message);
            exit::FAILED
        }
    }
}

fn settings(app: &AppInfo) -> Result<Settings, String> {
    Settings::parse(text(&app.settings))
}

fn queue_settings(app: &AppInfo) -> Result<QueueSettings, String> {
    let json =
        serde_json::from_str(text(&app.settings)).map_err(|error| format!("the settings of dark.toml: {error}"))?;
    Ok(QueueSettings { run_limit: settings(app)?.limits.run_deadline, ..QueueSettings::from_json(&json)? })
}

/// Opens what the program declares and gives it to the externs; the crons, when this process runs them.
fn open_database(
    app: &AppInfo,
    engine: &'static dyn Engine,
    options: store::Options,
    roles: Roles,
) -> Result<Option<crate::cron::Crons>, String> {
    // SAFETY: `app` was made by the compiler.
    let declared = unsafe { Declared::of_app(app) };
    let (clock, random) = (Arc::new(WorldClock), Arc::new(SystemRandom));
    let setup = Setup { options, settings: queue_settings(app)?, roles, clock, random };
    let Some((backend, crons)) = Backend::open(declared, setup).map_err(|error| error.to_string())? else {
        return Ok(None);
    };
    backend.install();
    crate::db::externs::install_host(Box::leak(Box::new(EngineHost(engine))));
    Ok(crons)
}

/// A line for the person who started the program; a closed stderr is no reason to stop.
pub(crate) fn say(line: &str) {
    let _ = writeln!(std::io::stderr(), "{line}");
}

/// A failure of a program that is run from a terminal.
pub(crate) fn say_failure(failure: &Failure) {
    match &failure.place {
        Some(place) => say(&format!("Error: {}\n   at {place}", failure.message)),
        None => say(&format!("Error: {}", failure.message)),
    }
}
