//! Types that hold themselves with ever larger arguments: `type Nest<'a> = | End | More of Nest<List<'a>>`. Each list of
//! arguments is a type of its own for the compiler, so there is no end to them. To declare one is no mistake yet, to use it is.
//!
//! Parameters are the places of a graph. An arrow goes from a parameter to that of a type which is written with it in the
//! definition; it grows if the argument is more than the parameter itself. There is no end exactly if a circle has an arrow
//! that grows: Viroli, "On the recursive generation of parametric types", 2000, and Kennedy, Pierce, "On decidability of
//! nominal subtyping with variance", FOOL/WOOD 2007.

use crate::body::lower::Lowered;
use crate::body::{Expr, ExprId};
use crate::db::Db;
use crate::def::Def;
use crate::infer::Inference;
use crate::signature::type_definition;
use crate::types::lower::parts;
use crate::types::{Ty, TypeDefinition};
use rustc_hash::FxHashSet;

/// A type without an end that is part of this one, or that its parts hold.
pub fn endless_part(db: &dyn Db, ty: &Ty) -> Option<Def> {
    let mut open = vec![ty];
    while let Some(ty) = open.pop() {
        if let Ty::Named(def, _) = ty
            && let Some(found) = held_by(db, *def)
        {
            return Some(found);
        }
        open.extend(parts(ty));
    }
    None
}

/// Where a body makes or names a value of such a type, first.
pub fn used(db: &dyn Db, lowered: &Lowered, inference: &Inference) -> Option<(ExprId, Def)> {
    let makes = |(id, expr): (ExprId, &Expr)| {
        let found = match expr {
            Expr::Construct { .. } | Expr::Record { .. } => endless_part(db, inference.exprs.get(id.index())?),
            Expr::Def { type_args, .. } => type_args.iter().find_map(|ty| endless_part(db, ty)),
            _ => None,
        };
        Some((id, found?))
    };
    (0..).map(ExprId).zip(&lowered.body.exprs).find_map(makes)
}

/// A parameter of a type.
type Place = (Def, u32);

/// Asked for every type that a program names, so it is remembered for each.
#[salsa::tracked(returns(copy))]
fn held_by(db: &dyn Db, def: Def) -> Option<Def> {
    let (mut arrows, mut open, mut seen) = (Vec::new(), vec![def], FxHashSet::default());
    while let Some(def) = open.pop() {
        if seen.insert(def)
            && let Some(definition) = type_definition(db, def).as_ref()
        {
            inside(definition).for_each(|ty| follow(def, ty, &mut arrows, &mut open));
        }
    }
    let circle = |(from, to, grows): &&(Place, Place, bool)| *grows && reaches(&arrows, *to, *from);
    arrows.iter().find(circle).map(|(from, ..)| from.0)
}

/// The arrows from the parameters of a type through a type in its definition, and the types to look at next.
fn follow(owner: Def, ty: &Ty, arrows: &mut Vec<(Place, Place, bool)>, open: &mut Vec<Def>) {
    if let Ty::Named(def, arguments) = ty {
        open.push(*def);
        for (to, argument) in (0..).zip(arguments.iter()) {
            let is_itself = matches!(argument, Ty::Param(_));
            let parameters = parameters_in(argument).into_iter();
            arrows.extend(parameters.map(|from| ((owner, from), (*def, to), !is_itself)));
        }
    }
    parts(ty).into_iter().for_each(|part| follow(owner, part, arrows, open));
}

fn parameters_in(ty: &Ty) -> Vec<u32> {
    let (mut open, mut out) = (vec![ty], Vec::new());
    while let Some(ty) = open.pop() {
        match ty {
            Ty::Param(index) => out.push(*index),
            _ => open.extend(parts(ty)),
        }
    }
    out
}

fn reaches(arrows: &[(Place, Place, bool)], from: Place, to: Place) -> bool {
    let (mut open, mut seen) = (vec![from], FxHashSet::default());
    while let Some(at) = open.pop() {
        if at == to {
            return true;
        }
        if seen.insert(at) {
            open.extend(arrows.iter().filter(|(start, ..)| *start == at).map(|(_, end, _)| *end));
        }
    }
    false
}

/// The types of fields and cases.
fn inside(definition: &TypeDefinition) -> impl Iterator<Item = &Ty> {
    let fields = definition.kind.fields().iter().map(|field| &field.ty);
    fields.chain(definition.kind.cases().iter().flat_map(|case| &case.fields))
}
