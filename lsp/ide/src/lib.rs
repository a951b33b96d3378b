//! Editor features in an editor's terms: files, offsets, ranges, plain structs. No protocol types, no input or output,
//! no LLVM. Each feature is one file that ends with its tests.
//!
//! Reading order: `analysis` (the project and its files), `locate` (what stands at an offset, by syntax), `target`
//! (what it means), `hover`, `definition`, `completion`, `format`.

mod analysis;
mod completion;
mod definition;
mod format;
mod hover;
mod locate;
mod target;
#[cfg(test)]
mod testing;

pub use analysis::Analysis;
pub use completion::{Completion, CompletionKind, Completions};
pub use dark_hir::{Database, FileKind};
pub use definition::Target;
pub use hover::Hover;
