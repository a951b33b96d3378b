//! Text to tree. Pure: no database, no paths, no clock; any bytes give a tree and diagnostics.
//!
//! Reading order: `ast`, `token`, `layout`, `grammar.lalrpop`, `build`, `recover`, `parse`.

pub mod ast;
