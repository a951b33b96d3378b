//! What definitions need: whether one can be compiled (neither it nor anything it needs has an error), and which values
//! it reads.

use crate::check::is_broken;
use crate::db::Db;
use crate::def::{Def, DefKind};
use crate::program::references;
use rustc_hash::{FxHashMap, FxHashSet};

/// For each of the definitions that cannot be compiled: the definition with an error that it needs; itself first.
pub fn broken_causes(db: &dyn Db, roots: &[Def]) -> FxHashMap<Def, Def> {
    let users = users(db, roots);
    let mut causes = FxHashMap::default();
    let mut open = Vec::new();
    for &def in users.keys().filter(|def| is_broken(db, **def)) {
        causes.insert(def, def);
        open.push(def);
    }
    // In an order that is the same in every run.
    open.sort_by_key(|def| std::cmp::Reverse(def.path(db).to_string()));
    while let Some(def) = open.pop() {
        let cause = causes[&def];
        for &user in &users[&def] {
            causes.entry(user).or_insert_with(|| {
                open.push(user);
                cause
            });
        }
    }
    causes
}

/// What of all that the roots need, themselves included, needs a wanted definition.
pub fn needing(db: &dyn Db, roots: &[Def], wanted: impl Fn(Def) -> bool) -> FxHashSet<Def> {
    let users = users(db, roots);
    let mut open: Vec<Def> = users.keys().copied().filter(|def| wanted(*def)).collect();
    let mut found: FxHashSet<Def> = open.iter().copied().collect();
    while let Some(def) = open.pop() {
        open.extend(users[&def].iter().copied().filter(|user| found.insert(*user)));
    }
    found
}

/// Everything the roots need, each with what names it.
fn users(db: &dyn Db, roots: &[Def]) -> FxHashMap<Def, Vec<Def>> {
    let mut users: FxHashMap<Def, Vec<Def>> = roots.iter().map(|root| (*root, Vec::new())).collect();
    let mut open = roots.to_vec();
    while let Some(def) = open.pop() {
        for needed in references(db, def) {
            users
                .entry(needed)
                .or_insert_with(|| {
                    open.push(needed);
                    Vec::new()
                })
                .push(def);
        }
    }
    users
}

/// The values that running a definition reads, itself included.
pub fn needed_values(db: &dyn Db, root: Def) -> FxHashSet<Def> {
    let (mut seen, mut open) = (FxHashSet::from_iter([root]), vec![root]);
    while let Some(def) = open.pop() {
        open.extend(references(db, def).into_iter().filter(|needed| seen.insert(*needed)));
    }
    seen.retain(|def| def.kind(db) == DefKind::Value);
    seen
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
