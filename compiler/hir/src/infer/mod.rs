//! Type inference of one body: Hindley–Milner inside, signatures of named functions given.

use crate::body::{ExprId, LocalId, PatId};
use crate::def::Def;
use crate::types::Ty;
use rustc_hash::FxHashMap;

/// What inference found out about a body. Without a diagnostic of severity Error in any definition that a program
/// uses, no `Ty::Error` and no `Ty::Var` is left in it; `Ty::Param` refers to the definition's own generics, or, beyond
/// them, to those of a generalised local (`Generalised`).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Inference {
    /// By `ExprId`.
    pub exprs: Vec<Ty>,
    /// By `PatId`.
    pub pats: Vec<Ty>,
    /// By `LocalId`; for a generalised local its type with `Ty::Param`s.
    pub locals: Vec<Ty>,
    /// Type arguments of each use of a generic function, value or generalised local (`Expr::Def`, `Expr::Local`), in
    /// the order of its generics.
    pub instantiations: FxHashMap<ExprId, Vec<Ty>>,
    /// For `Expr::Construct`: the enum and the index of the case.
    pub cases: FxHashMap<ExprId, (Def, u32)>,
    /// For `Pat::Case`: the enum and the index of the case.
    pub pattern_cases: FxHashMap<PatId, (Def, u32)>,
    /// For `Expr::Field`: the index of the field in its record.
    pub fields: FxHashMap<ExprId, u32>,
    /// Let-bound lambdas and nested functions with a generalised type.
    pub generalised: FxHashMap<LocalId, Generalised>,
    pub facts: Vec<crate::infer::Fact>,
}

/// The type parameters a local binding got: `Ty::Param(first)` to `Ty::Param(first + count - 1)`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Generalised {
    pub first: u32,
    pub count: u32,
}

/// What is wrong, as ids and types; words are made from it in `diagnostics/`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fact {}
