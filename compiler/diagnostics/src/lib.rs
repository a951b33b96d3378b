//! What the compiler has to say to a person: one `Diagnostic` value that feeds the terminal, `--format short`,
//! `--format json` and the language server. Words are chosen where the facts are (each crate's `diagnostics/`);
//! this crate holds the value, the list of codes with their explanations, and the renderers.
//!
//! Reading order: `diagnostic`, `codes`, `render`.

pub mod codes;
mod diagnostic;
pub mod render;

pub use codes::{Code, Severity};
pub use diagnostic::{Diagnostic, Edit, Fix, Label};
