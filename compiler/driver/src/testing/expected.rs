//! Where an expected error meets an error of the compiler.
//!
//! Some of what Dark's test files expect to fail while running is refused here before anything runs. Such a test passes
//! if a message says exactly what it expects; `dark_hir::sentences` knows the words that other messages have at run time.

use super::workers::{Status, Verdict};
use dark_diagnostics::Diagnostic;

/// What a test comes to that has these errors.
pub fn judge(expected: Option<&str>, errors: &[&Diagnostic]) -> Verdict {
    if let Some(expected) = expected
        && errors.iter().any(|error| error.title == expected)
    {
        return Verdict { status: Status::Pass, message: String::new() };
    }
    let found: Vec<String> = errors.iter().map(|it| format!("error[{}]: {}", it.code.id, it.title)).collect();
    let message = match expected {
        Some(expected) => format!("expected the error: {expected}\nfound when compiling: {}", found.join("\n")),
        None => found.join("\n"),
    };
    Verdict { status: Status::CompileError, message }
}
