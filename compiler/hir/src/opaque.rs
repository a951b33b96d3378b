//! Opaque types (`[<Opaque>]`): only the library looks inside of their values. They are not built, read, compared or
//! written as JSON by programs. Those that are `Stored` too may lie in datastores.

use crate::db::Db;
use crate::def::Def;
use crate::signature::{marks, type_definition};
use crate::types::lower::parts;
use crate::types::{Ty, TypeKind};
use rustc_hash::FxHashSet;

/// The opaque type that values of the type are or hold, fields of records and cases included.
pub fn opaque_part(db: &dyn Db, ty: &Ty) -> Option<Def> {
    opaque_part_where(db, ty, &|_| true)
}

/// As `opaque_part`, of those that datastores do not keep.
pub fn unstored_part(db: &dyn Db, ty: &Ty) -> Option<Def> {
    opaque_part_where(db, ty, &|def| !marks(db, def).stored)
}

fn opaque_part_where(db: &dyn Db, ty: &Ty, wanted: &dyn Fn(Def) -> bool) -> Option<Def> {
    let (mut open, mut seen) = (vec![ty.clone()], FxHashSet::default());
    while let Some(ty) = open.pop() {
        // What a function gives is not held by it.
        if matches!(ty, Ty::Function(..)) {
            continue;
        }
        open.extend(parts(&ty).into_iter().cloned());
        let Ty::Named(def, _) = ty else { continue };
        if marks(db, def).opaque {
            if wanted(def) {
                return Some(def);
            }
            continue;
        }
        if seen.insert(def)
            && let Some(definition) = type_definition(db, def).as_ref()
        {
            open.extend(inside(&definition.kind));
        }
    }
    None
}

/// The types of fields and cases. Parameters in them stand for arguments, which are parts of the type itself.
fn inside(kind: &TypeKind) -> Vec<Ty> {
    let fields = kind.fields().iter().map(|field| field.ty.clone());
    fields.chain(kind.cases().iter().flat_map(|case| case.fields.iter().cloned())).collect()
}
