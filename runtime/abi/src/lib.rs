//! What the compiler and the runtime share, and the only thing they share: layouts, type descriptors, the
//! application descriptor and the list of entry points. No dependencies, no code that allocates.
//!
//! # Values
//!
//! A Dark value is one to three **slots**; in memory a slot is 8 bytes, in a register it has its natural type.
//!
//! | Dark type | slots | register type | in memory |
//! | --- | --- | --- | --- |
//! | `Unit` | 1 | i64, always 0 | 0 |
//! | `Bool` | 1 | i1 | 0 or 1 in 8 bytes |
//! | `Int8` … `Int64`, `UInt8` … `UInt64` | 1 | iN | sign- or zero-extended to 8 bytes |
//! | `Int128`, `UInt128` | 2 | i128 | low word, high word |
//! | `Int` | 1 | i64 | odd: the number is `word >> 1` (63 bits, signed); even: pointer to a `BigInt` object |
//! | `Float` | 1 | double | its bits |
//! | `DateTime` | 1 | i64 | milliseconds since 1970-01-01T00:00:00Z |
//! | `Uuid` | 2 | i128 | low word, high word of the big-endian number |
//! | `String`, `Char`, `Blob`, `List`, `Dict`, `Stream`, functions | 1 | ptr | pointer to an object; empty list and dict: null |
//! | `DB<T>` | 1 | ptr | pointer to a static `DbInfo` |
//! | tuple, record of at most 3 slots | their sum | struct of the fields' registers, in order | the fields' slots, in order |
//! | enum of at most 3 slots | 1 + most of any case | struct of i64 | case index, then the case's field slots, unused ones 0 |
//! | any other tuple, record, enum, and every type that contains itself | 1 | ptr | pointer to a boxed object |
//!
//! A type "contains itself" when it is reached from itself through fields of tuples, records and enums only; lists,
//! dicts and functions are pointers and break the circle.
//!
//! # Objects
//!
//! Every object begins with a `Header`. A count at or above `IMMORTAL` is never changed: literals, constants and the
//! values of `val` declarations, which all threads read, have it. Counts are not atomic: an object belongs to the
//! invocation that made it.
//!
//! ```text
//! boxed tuple, record  | Header | slots of field 0 | slots of field 1 | …
//! boxed enum case      | Header (word = case index) | slots of field 0 | …      a case without fields is a static object
//! Str                  | Header | len in bytes | capacity | bytes …             UTF-8 in NFC (String, Char), bytes (Blob)
//! List                 | Header | buffer: *Buffer | start | len |               a window into a shared buffer
//! Buffer               | Header (word = bytes per element) | element: *TypeInfo | capacity | low | high | elements …
//! Dict                 | see `Dict` in the runtime: compiled code never looks inside
//! BigInt               | see `BigInt` in the runtime
//! Closure              | Header (word = number of parameters) | code | captures: *TypeInfo (a tuple) | capture slots …
//! Stream               | a closure without code, whose one capture is where its elements come from; it changes
//! ```
//!
//! The elements of a buffer stand one after the other, each in its slots; but a `Bool`, `Int8` or `UInt8` has one byte there,
//! the lowest of its slot (`Kind::is_packed`). Elsewhere, in tuples, records, dicts and captures, it has a slot.
//!
//! Reading order: `object`, `types`, `app`, `context`, `entry_points`, `externs`.
#![no_std]
#![recursion_limit = "512"]

pub mod app;
pub mod context;
pub mod entry_points;
pub mod externs;
pub mod object;
pub mod types;

pub use app::*;
pub use context::*;
pub use object::*;
pub use types::*;

/// Changes whenever a layout or an entry point changes; the runtime refuses an `AppInfo` of another version.
pub const ABI_VERSION: u32 = 3;
