//! Whole programs from the outside: built by `darkc`, run as a person would, spoken to over HTTP, killed.
//!
//! Reading order: `app` (build, start, kill), `http` (a client that hides nothing), then the claims.

#[path = "../support/mod.rs"]
mod support;

mod app;
mod durability;
mod examples;
mod http;
mod library;
mod limits;
mod memory;
mod standalone;
mod streams;
