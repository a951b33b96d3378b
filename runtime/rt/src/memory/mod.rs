//! The memory of an invocation: a region with a byte limit that is given back in one piece.
//!
//! Small objects are cut from chunks of 64 KiB, and of 256 KiB after the first mebibyte; a pool of the thread keeps the smaller
//! ones for the next invocation. Freed objects
//! go to a free list of their size class and are used first. Objects over 32 KiB are blocks of their own, given back
//! when they are freed. `HeapMode::System` makes every object such a block, so that valgrind and AddressSanitizer see
//! each one.
//!
//! The limit counts what the region holds of the system: chunks and blocks.

mod block;
mod heap;
mod pool;
#[cfg(test)]
mod tests;

pub use heap::Heap;
pub(crate) use heap::room;

use ::std::sync::OnceLock;

/// Where objects lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HeapMode {
    /// In chunks.
    Region,
    /// Each in a block of its own from `malloc`.
    System,
}

impl HeapMode {
    /// What `DARK_HEAP` asks for, read once: `system`, else the region.
    pub fn from_environment() -> HeapMode {
        static MODE: OnceLock<HeapMode> = OnceLock::new();
        *MODE.get_or_init(|| match ::std::env::var("DARK_HEAP").as_deref() {
            Ok("system") => HeapMode::System,
            _ => HeapMode::Region,
        })
    }
}
