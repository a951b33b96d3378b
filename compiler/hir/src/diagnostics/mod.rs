//! The words for facts of this crate. Facts come in, a `Diagnostic` goes out.

pub mod attributes;
pub mod handlers;
mod hosts;
pub mod names;
pub mod patterns;
pub mod suggest;
pub mod types;
