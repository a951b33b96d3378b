//! dark_platform

pub mod cron;
pub mod db;
pub mod http;
pub mod queue;
pub mod settings;
pub mod store;
