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
    /// The candidates, best first.
    pub fn candidates(&self, segments: &[&str]) -> Vec<String> {
        let name = segments.join(".");
        let mut out: Vec<String> =
            (1..=self.module.len()).rev().map(|length| format!("{}.{name}", self.module[..length].join("."))).collect();
        out.push(name.clone());
        if segments.first() == Some(&"Stdlib") {
            out.push(format!("Darklang.{name}"));
        }
        match segments {
            ["Result"] | ["Result", "Result"] => out.push("Darklang.Stdlib.Result.Result".into()),
            ["Option"] | ["Option", "Option"] => out.push("Darklang.Stdlib.Option.Option".into()),
            _ => {}
        }
        out
    }

    pub fn find(&self, db: &dyn Db, kinds: &[DefKind], segments: &[&str]) -> Option<Def> {
        let definitions = definitions(db);
        let last = segments.last()?;
        // `member_v0` means `member`.
        let plain = last.strip_suffix("_v0").map(|plain| {
            let mut segments = segments.to_vec();
            segments.pop();
            segments.push(plain);
            segments
        });
        let candidates = self.candidates(segments);
        let open = candidates.iter().filter(|path| self.may_see(path));
        let found = open.into_iter().find_map(|path| kinds.iter().find_map(|kind| definitions.get(*kind, path)));
        found.or_else(|| plain.and_then(|plain| self.find(db, kinds, &plain)))
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
        self.candidates(segments).into_iter().find(|path| definitions.has_module(path))
    }
}

/// Whether a path leads to the library's own parts: `Stdlib.Primitive` and the modules named `Internal`.
pub fn is_private(path: &str) -> bool {
    path.strip_prefix("Darklang.Stdlib.").is_some_and(|path| {
        path == "Primitive" || path.starts_with("Primitive.") || path.split('.').any(|part| part == "Internal")
    })
}
