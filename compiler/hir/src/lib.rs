//! Meaning: names resolved, types inferred, everything cached by salsa, one query a definition.
//!
//! Nothing cached above `parse` holds a byte offset; ids do, and spans are looked up when a message is rendered
//! (`source_map`). So an edit inside one function re-checks that function only.
//!
//! Reading order: `db` (the page of queries), `def`, `items`, `resolve`, `types`, `signature`, `role`, `body`, `infer`,
//! `matching`, `opaque`, `endless`, `needs`, `secrets`, `check`, `program`, `diagnostics`, `sentences`.

pub mod body;
pub mod check;
pub mod db;
pub mod def;
mod diagnostics;
mod endless;
pub mod infer;
pub mod items;
pub mod matching;
mod needs;
pub mod opaque;
pub mod program;
pub mod reachable;
pub mod resolve;
mod role;
pub mod secrets;
pub mod sentences;
pub mod signature;
pub mod types;

pub use db::{Database, Db, FileKind, Project, Settings, SourceFile};
pub use def::{Def, DefKind};

/// The queries other crates ask, by one short path.
pub mod queries {
    pub use crate::body::lower::{body, lowered, source_map};
    pub use crate::check::{diagnostics, exit_problems, syntax_errors};
    pub use crate::db::parse;
    pub use crate::infer::infer;
    pub use crate::items::{definitions, items};
    pub use crate::program::{program, values};
    pub use crate::reachable::{broken_causes, broken_needs, needed_values, needing};
    pub use crate::signature::{docs, location, members, row_type, signature, type_definition};
}
