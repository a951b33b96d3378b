//! The list of codes. A code and its kebab-case name never change meaning; a new one is a row in its area's
//! file below `codes/` plus `explain/<CODE>.md`.
//!
//! E00xx syntax, E01xx layout and literals, E02xx names, E03xx types, E04xx patterns, E05xx effects and platform
//! contracts, E06xx packages and projects, E09xx runtime traps, W warnings.

use std::fmt;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Severity {
    Error,
    Warning,
}

/// One row of the list. Compared by its text.
#[derive(Debug, Clone, Copy)]
pub struct Code {
    /// Such as `E0301`.
    pub id: &'static str,
    /// Such as `branch-types-differ`.
    pub name: &'static str,
    pub severity: Severity,
    /// The Markdown text of `darkc explain`.
    pub explanation: &'static str,
}

impl PartialEq for Code {
    fn eq(&self, other: &Code) -> bool {
        self.id == other.id
    }
}
impl Eq for Code {}
impl std::hash::Hash for Code {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.id.hash(state);
    }
}
impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id)
    }
}

/// Defines a constant per code and `ALL`, the list of them; the explanation is the file `explain/<CODE>.md`.
macro_rules! codes {
    ($($(#[$doc:meta])* $id:ident $severity:ident $name:literal;)*) => {
        $($(#[$doc])* pub const $id: $crate::codes::Code = $crate::codes::Code {
            id: stringify!($id),
            name: $name,
            severity: $crate::codes::Severity::$severity,
            explanation: include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/explain/", stringify!($id), ".md")),
        };)*
        pub(super) const ALL: &[$crate::codes::Code] = &[$($id),*];
    };
}

mod semantics;
mod syntax;

pub use semantics::*;
pub use syntax::*;

/// Every code, in order.
pub fn all() -> impl Iterator<Item = Code> {
    syntax::ALL.iter().chain(semantics::ALL).copied()
}

/// The code a person typed: `E0301`, `e0301` or `branch-types-differ`.
pub fn find(text: &str) -> Option<Code> {
    all().find(|code| code.id.eq_ignore_ascii_case(text) || code.name == text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn ids_and_names_are_unique_and_well_formed() {
        let mut seen = HashSet::new();
        for code in all() {
            assert!(seen.insert(code.id) && seen.insert(code.name), "{} stands twice", code.id);
            let expected = if code.severity == Severity::Error { 'E' } else { 'W' };
            assert!(code.id.starts_with(expected) && code.id.len() == 5, "{}", code.id);
            assert!(code.name.chars().all(|c| c.is_ascii_lowercase() || c == '-'), "{}", code.name);
        }
        assert!(seen.len() > 60);
    }

    #[test]
    fn each_page_begins_with_its_code() {
        for code in all() {
            assert!(code.explanation.starts_with(&format!("# {}", code.id)), "{}", code.id);
        }
    }

    #[test]
    fn a_code_is_found_by_id_in_any_case_and_by_name() {
        assert_eq!(find("E0003"), Some(E0003));
        assert_eq!(find("e0003"), Some(E0003));
        assert_eq!(find("missing-with"), Some(E0003));
        assert_eq!(find("E9999"), None);
    }
}
