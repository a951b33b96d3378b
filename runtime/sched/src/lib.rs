//! dark_sched
