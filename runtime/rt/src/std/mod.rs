//! Functions of the standard library that are written in Rust, a file a module of `std/`.
//!
//! The declaration there decides name and signature (`dark_abi::externs`). Each borrows its arguments, and its result is the
//! caller's.

pub mod answer;
mod blob;
mod crypto;
mod date_time;
mod der;
mod diff;
mod env;
mod float;
pub mod http;
mod int;
mod integers;
mod json;
mod jwt;
mod key_set;
mod list;
mod math;
mod multipart;
mod output;
mod rate_limit;
mod regex;
mod results;
mod sse;
mod stream;
mod string;
mod testing;
mod url;
mod uuid;
mod x509;
