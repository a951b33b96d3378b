//! dark_rt: what values are made of while a program runs.
//!
//! Memory of an invocation and its failure (`memory`, `invocation`), the objects (`text` with its
//! `clusters`, `list`, `dict`, `number`),
//! values seen through their type descriptors (`value`), JSON in its three forms (`json`), the entry points that
//! compiled code calls (`entry`), and the std functions written in Rust, a file a module (`std`).
//!
//! Ownership is counted: a function *consumes* or *borrows* what its documentation says, and results are owned by the
//! caller. Rust code that can fail returns a `Fault`; only the outermost function, which owns nothing any more, turns
//! that into the end of the invocation, because no destructor runs after that.
//!
//! Absent: stacks, waiting and deadlines (`dark_sched`), services (`dark_platform`).
#![recursion_limit = "512"]

pub mod clusters;
pub mod dict;
pub mod entry;
pub mod invocation;
pub mod json;
pub mod list;
pub mod memory;
pub mod number;
pub mod std;
#[cfg(test)]
pub(crate) mod testing;
pub mod text;
pub mod value;

pub use invocation::{
    Clock, Environment, Failure, FailureKind, Fault, Hooks, Invocation, Output, Place, Random, Standard, fail, run,
};
pub use memory::{Heap, HeapMode};
pub use value::Ty;
