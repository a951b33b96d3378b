//! Whether a definition can be compiled: neither it nor anything it needs has an error.

use crate::check::is_broken;
use crate::db::Db;
use crate::def::Def;
use crate::program::references;
use rustc_hash::FxHashSet;

/// The first definition with an error that running this one would need; itself first.
pub fn broken_need(db: &dyn Db, def: Def) -> Option<Def> {
    broken_needs(db, def).next()
}

/// All definitions with an error that running this one would need.
pub fn broken_needs(db: &dyn Db, def: Def) -> impl Iterator<Item = Def> + '_ {
    let mut seen = FxHashSet::default();
    let mut open = vec![def];
    std::iter::from_fn(move || {
        while let Some(def) = open.pop() {
            if !seen.insert(def) {
                continue;
            }
            open.extend(references(db, def));
            if is_broken(db, def) {
                return Some(def);
            }
        }
        None
    })
}
