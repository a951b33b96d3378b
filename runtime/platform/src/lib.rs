//! dark_platform

pub mod cron;
pub mod db;
pub mod queue;
pub mod store;
