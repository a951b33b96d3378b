//! Meaning: names resolved, types inferred, everything cached by salsa, one query a definition.
//!
//! Nothing cached above `parse` holds a byte offset; ids do, and spans are looked up when a message is rendered
//! (`source_map`). So an edit inside one function re-checks that function only.
//!
//! Reading order: `def`, `types`, `body`, `infer`, `db`.

pub mod body;
pub mod def;
pub mod infer;
pub mod types;
