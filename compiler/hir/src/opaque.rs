//! Opaque types (`[<Opaque>]`): only the library looks inside of their values. They are not built, read, compared or
//! written as JSON by programs. Those that are `Stored` too may lie in datastores.

use crate::db::Db;
use crate::def::Def;
use crate::signature::{marks, type_definition};
use crate::types::lower::parts;
use crate::types::{Ty, TypeKind};
use rustc_hash::FxHashSet;

/// What values of a type hold, fields of records and cases included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Held {
    /// The opaque type found first.
    opaque: Option<Def>,
    /// The first that datastores do not keep.
    unstored: Option<Def>,
}

/// The opaque type that values of the type are or hold.
pub fn opaque_part(db: &dyn Db, ty: &Ty) -> Option<Def> {
    named_in(ty).into_iter().find_map(|def| held_by(db, def).opaque)
}

/// As `opaque_part`, of those that datastores do not keep.
pub fn unstored_part(db: &dyn Db, ty: &Ty) -> Option<Def> {
    named_in(ty).into_iter().find_map(|def| held_by(db, def).unstored)
}

/// Asked for every comparison, so it is remembered for each type.
#[salsa::tracked(returns(copy))]
fn held_by(db: &dyn Db, def: Def) -> Held {
    let (mut open, mut seen, mut held) = (vec![def], FxHashSet::default(), Held::default());
    while let Some(def) = open.pop() {
        let marks = marks(db, def);
        if marks.opaque {
            held.opaque = held.opaque.or(Some(def));
            held.unstored = held.unstored.or((!marks.stored).then_some(def));
        } else if seen.insert(def)
            && let Some(definition) = type_definition(db, def).as_ref()
        {
            // Parameters stand for arguments, which are parts of the type itself.
            open.extend(inside(&definition.kind).flat_map(named_in));
        }
    }
    held
}

/// The records and enums that a type is put together from. What a function takes or gives is not held by it.
fn named_in(ty: &Ty) -> Vec<Def> {
    let (mut open, mut out) = (vec![ty], Vec::new());
    while let Some(ty) = open.pop() {
        match ty {
            Ty::Function(..) => continue,
            Ty::Named(def, _) => out.push(*def),
            _ => {}
        }
        open.extend(parts(ty));
    }
    out
}

/// The types of fields and cases.
fn inside(kind: &TypeKind) -> impl Iterator<Item = &Ty> {
    let fields = kind.fields().iter().map(|field| &field.ty);
    fields.chain(kind.cases().iter().flat_map(|case| &case.fields))
}
