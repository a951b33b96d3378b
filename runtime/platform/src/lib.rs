//! dark_platform: what a built program is besides its own code: command line, server, datastores, queue and crons.
//!
//! In reading order: `app` is the program from its start to its exit code, `settings` its limits, `http` the server,
//! `db` and `store` the datastores, `queue` and `cron` what runs later. `descriptor` reads what the compiler emits.

pub mod app;
pub mod cron;
pub mod db;
mod descriptor;
pub mod engine;
mod host;
pub mod http;
mod jobs;
mod library;
pub mod queue;
pub mod rt_engine;
mod run;
pub mod settings;
pub mod store;
#[cfg(test)]
mod test_types;
