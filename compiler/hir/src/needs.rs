//! What generic functions of a project ask of the types that they are used with: that values can be compared, or written as
//! JSON, by the function itself or by one that it calls. Library functions say so in their signatures (`[<Compares>]`,
//! `[<Json>]`), and inference asks there. For others it is found out here, from their bodies, behind inference: signatures are
//! all that one body sees of another while types are found.

use crate::body::lower::lowered;
use crate::body::{Expr, ExprId, OPEN_TYPE};
use crate::db::Db;
use crate::def::Def;
use crate::infer::{Fact, infer};
use crate::opaque::opaque_part;
use crate::signature::{is_of_library, signature};
use crate::types::Ty;
use crate::types::lower::{any, parts};
use dark_syntax::ast::Operator;

/// By the numbers of type parameters.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct Needs {
    compared: Vec<u32>,
    json: Vec<u32>,
}

impl Needs {
    /// The order in which parameters were found would depend on who was asked first.
    fn in_order(mut self) -> Needs {
        self.compared.sort_unstable();
        self.json.sort_unstable();
        self
    }
}

/// Functions that call each other in a circle begin with asking for nothing, and are looked at again until none of them asks
/// for more: what a function asks for only grows with what the others do, and there are only so many parameters.
#[salsa::tracked(cycle_initial = |_, _, _| Needs::default())]
fn needs(db: &dyn Db, def: Def) -> Needs {
    let Some(signature) = signature(db, def).as_ref() else { return Needs::default() };
    let mut out = Needs { compared: signature.compared.clone(), json: signature.json.clone() };
    if signature.generics.names.is_empty() || is_of_library(db, def) {
        return out;
    }
    let Some(lowered) = lowered(db, def).as_ref() else { return out };
    let inference = infer(db, def);
    loop {
        let before = out.clone();
        for (id, expr) in (0..).map(ExprId).zip(&lowered.body.exprs) {
            match expr {
                Expr::Def { def: callee, .. } => {
                    let Some(types) = inference.instantiations.get(&id) else { continue };
                    // A call of itself may hand its parameters on in other places.
                    let asked = if *callee == def { &before } else { needs(db, *callee) };
                    asked.compared.iter().for_each(|at| own_parameters(types.get(*at as usize), &mut out.compared));
                    asked.json.iter().for_each(|at| own_parameters(types.get(*at as usize), &mut out.json));
                }
                Expr::Binary { operator: Operator::Equal | Operator::NotEqual, left, .. } => {
                    own_parameters(inference.exprs.get(left.index()), &mut out.compared);
                }
                _ => {}
            }
        }
        if out == before {
            return out.in_order();
        }
    }
}

/// Adds the type parameters in a type.
fn own_parameters(ty: Option<&Ty>, out: &mut Vec<u32>) {
    let mut open: Vec<&Ty> = ty.into_iter().collect();
    while let Some(ty) = open.pop() {
        match ty {
            Ty::Param(index) if *index < OPEN_TYPE && !out.contains(index) => out.push(*index),
            _ => open.extend(parts(ty)),
        }
    }
}

/// Where a body uses generic functions of the project with types that cannot do what these ask for.
pub fn refused(db: &dyn Db, def: Def) -> Vec<Fact> {
    let Some(lowered) = lowered(db, def).as_ref().filter(|_| !is_of_library(db, def)) else { return Vec::new() };
    let inference = infer(db, def);
    let mut out = Vec::new();
    for (expr, used) in (0..).map(ExprId).zip(&lowered.body.exprs) {
        let Expr::Def { def: callee, .. } = used else { continue };
        let Some(types) = inference.instantiations.get(&expr).filter(|_| !is_of_library(db, *callee)) else { continue };
        let asked = needs(db, *callee);
        let of = |indices: &[u32]| -> Vec<Ty> {
            indices.iter().filter_map(|index| types.get(*index as usize)).cloned().collect()
        };
        for found in of(&asked.compared) {
            let opaque = opaque_part(db, &found);
            if opaque.is_some() || any(&found, &|part| matches!(part, Ty::Function(..))) {
                out.push(Fact::NotComparable { expr, found, opaque });
            }
        }
        for found in of(&asked.json) {
            if let Some(opaque) = opaque_part(db, &found) {
                out.push(Fact::NoJson { expr, found, opaque });
            }
        }
    }
    out
}
