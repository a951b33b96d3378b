//! dark_sched: invocations as tasks of an event loop.
//!
//! Compiled code runs on stacks of its own (`stack`), driven as futures (`fiber`) on one event loop per thread
//! (`event_loop`). It is suspended when it waits and when it has run for a slice (`ticker`), and ended at its deadline,
//! at the end of its stack, or when nobody wants its result (`wait` is how its runtime functions take part in that).
//! `world` holds time, chance, signals and connections as traits, so that a test can hold them in its hand.
//!
//! Absent: memory limits (the heap's matter), what a failure says, what a service does with one.

mod event_loop;
mod fiber;
mod stack;
#[cfg(test)]
mod tests;
mod ticker;
mod wait;
pub mod world;

pub use event_loop::block_on;
pub use fiber::{Drive, Ended, Stop};
pub use stack::{Exhausted, RUNTIME_ROOM_BYTES, StackSizes, set_stack_sizes};
pub use ticker::TICK;
pub use wait::{catch, interrupt, is_inside, leave, lift_deadline, stop_reason, try_wait};
