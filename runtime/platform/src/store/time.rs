//! Time and chance as the services see them: the scheduler's traits, so that a program has one of each.

pub use dark_sched::world::{Clock, Random, SystemClock};
