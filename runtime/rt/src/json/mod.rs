//! The wire form of values: JSON derived from their types, both ways. Request and answer bodies, events. Stored rows have
//! nearly the same form; `write_stored` and `read_stored` keep every value apart from every other: NaN and infinities are
//! text, and `Some` of what may be null is `{"Some": [value]}`.
//!
//! | type | JSON |
//! | --- | --- |
//! | `Unit` | null |
//! | sized integers, `Int` | a number without fraction, of any size |
//! | `Float` | a number; NaN and infinities have none |
//! | `String`, `Char` | text |
//! | `DateTime` | `"2026-11-23T09:00:00.000Z"` |
//! | `Uuid` | 8-4-4-4-12 hexadecimal digits |
//! | `Blob` | base64 |
//! | `List`, tuple | array |
//! | `Dict`, record | object; unknown fields of a record are ignored, the last of several counts |
//! | `Option` | the value or null; an absent field is `None` |
//! | other enums | `"Case"`, or `{"Case": [fields]}` |
//!
//! The forms of `Stdlib.Json` and `Stdlib.AltJson`, which are another convention, are in `library`.

pub mod library;
mod read;
mod scan;
mod write;

pub(crate) use read::{parse_moment, parse_uuid};
pub use read::{read, read_stored};
pub use write::{write, write_stored};

/// Deeper values are refused: JSON comes from anybody, and reading it must not need a deep stack.
const DEPTH_MAX: usize = 512;

/// What is wrong with a JSON text for a type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JsonProblem {
    /// From the value on: `.lines[2].price`; empty for the value itself.
    pub path: String,
    /// A predicate: `must be a number, not "x"`.
    pub message: String,
}
