//! From a written name to a definition (language reference, "Names and resolution").
//!
//! For segments *s* in module m₁…mₖ the candidates are m₁…mₖ·s, m₁…mₖ₋₁·s, …, s itself; then, if *s* begins with
//! `Stdlib`, `Darklang`·s; then the standard Result and Option by their short names. There is no import.

use crate::db::Db;
use crate::def::{Def, DefKind};
use crate::items::definitions;

/// Where a name is looked up from.
#[derive(Debug, Clone, Copy)]
pub struct Scope<'a> {
    pub module: &'a [String],
}

impl Scope<'_> {
    /// The first candidate that `look` accepts, best first.
    fn first<T>(&self, segments: &[&str], mut look: impl FnMut(&str) -> Option<T>) -> Option<T> {
        let name = segments.join(".");
        let mut path = String::new();
        for length in (1..=self.module.len()).rev() {
            path.clear();
            for part in &self.module[..length] {
                path.push_str(part);
                path.push('.');
            }
            path.push_str(&name);
            if let Some(found) = look(&path) {
                return Some(found);
            }
        }
        if let Some(found) = look(&name) {
            return Some(found);
        }
        match segments {
            ["Stdlib", ..] => look(&format!("Darklang.{name}")),
            ["Result"] | ["Result", "Result"] => look("Darklang.Stdlib.Result.Result"),
            ["Option"] | ["Option", "Option"] => look("Darklang.Stdlib.Option.Option"),
            _ => None,
        }
    }

    /// The candidates, best first.
    pub fn candidates(&self, segments: &[&str]) -> Vec<String> {
        let mut out = Vec::new();
        self.first(segments, |path| {
            out.push(path.to_owned());
            None::<()>
        });
        out
    }

    pub fn find(&self, db: &dyn Db, kinds: &[DefKind], segments: &[&str]) -> Option<Def> {
        let definitions = definitions(db);
        let known = |path: &str| kinds.iter().find_map(|kind| definitions.get(*kind, path));
        let found = self.first(segments, |path| {
            known(path).filter(|def| self.may_see(path) || !definitions.is_of_library(db, *def))
        });
        // `member_v0` means `member`.
        found.or_else(|| {
            let (last, qualifier) = segments.split_last()?;
            let plain = last.strip_suffix("_v0")?;
            self.find(db, kinds, &[qualifier, &[plain]].concat())
        })
    }

    /// The library's own parts trust their caller, so that only the library may name them.
    fn may_see(&self, path: &str) -> bool {
        !is_private(path) || matches!(self.module, [owner, library, ..] if owner == "Darklang" && library == "Stdlib")
    }

    /// A type: record, enum or alias. A module and a type inside it may share a name, so `Option` finds `Option.Option`.
    pub fn find_type(&self, db: &dyn Db, segments: &[&str]) -> Option<Def> {
        self.find(db, &[DefKind::Type], segments)
    }

    /// A module's full path.
    pub fn find_module(&self, db: &dyn Db, segments: &[&str]) -> Option<String> {
        let definitions = definitions(db);
        self.first(segments, |path| definitions.has_module(path).then(|| path.to_owned()))
    }
}

/// Whether a path leads to the library's own parts: `Stdlib.Primitive` and the modules named `Internal`.
pub fn is_private(path: &str) -> bool {
    path.strip_prefix("Darklang.Stdlib.").is_some_and(|path| {
        path == "Primitive" || path.starts_with("Primitive.") || path.split('.').any(|part| part == "Internal")
    })
}

/// Whether a path leads to what only tests may call: `Stdlib.Test`, `Builtin.testRuntimeError` and the like.
pub fn is_for_tests(path: &str) -> bool {
    ["Darklang.Stdlib.Test.", "Darklang.Stdlib.Testing."].iter().any(|module| path.starts_with(module))
}
