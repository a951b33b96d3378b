//! The words for what lexer, layout, grammar and checks found. Facts come in, a `Diagnostic` goes out.

pub mod grammar;
pub mod habit;
pub mod item;
pub mod layout;
pub mod token;
