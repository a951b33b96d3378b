//! Datastores: tables of JSON documents keyed by text, typed by the Dark type of their rows.
//!
//! `datastore` opens the tables and compares their types with what is stored, `session` is what one invocation reads
//! and writes, `shape` describes types, `backend` opens all of it for a program, `externs` is the Rust side of `std/db.dark`,
//!
//! `query` runs what the compiler made of a query's function.
//!
//! Absent: indexes, migrations.

mod backend;
mod datastore;
pub mod externs;
#[cfg(test)]
mod externs_tests;
mod query;
mod session;
mod shape;
#[cfg(test)]
mod tests;

pub(crate) use backend::uuid_text;
pub use backend::{Backend, Declared, Roles, Setup};
pub use datastore::{Datastore, KEY_BYTES_MAX, VALUE_BYTES_MAX, check_key, is_key, open_datastores};
pub use session::{Collected, Session, Written};
pub use shape::{Definition, Shape, TypeShape, describe};
