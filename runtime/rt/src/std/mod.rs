//! Functions of the standard library that are written in Rust, a file a module of `std/`.
//!
//! The declaration there decides name and signature (`dark_abi::externs`). Each borrows its arguments, and its result is the
//! caller's.

mod float;
mod http;
mod int;
mod integers;
mod math;
mod output;
mod string;
