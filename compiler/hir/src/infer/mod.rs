//! Type inference of one body: Hindley–Milner inside, signatures of named functions given.

mod calls;
mod expr;
mod lets;
mod pattern;
mod postponed;
mod table;

use crate::body::{ExprId, LocalId, PatId};
use crate::db::Db;
use crate::def::{Def, DefKind};
use crate::types::Ty;
use dark_syntax::ast::Operator;
use rustc_hash::FxHashMap;

/// The types of one body. Values that need each other are reported where the program is put together.
#[salsa::tracked(cycle_result = |_, _, _| Inference::default())]
pub fn infer(db: &dyn Db, def: Def) -> Inference {
    expr::infer_body(db, def).unwrap_or_default()
}

/// The type of a `val`, all that others see of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ValueType {
    pub ty: Ty,
    /// The parameters of the type that each use decides.
    pub open: Option<Generalised>,
}

impl ValueType {
    const BROKEN: ValueType = ValueType { ty: Ty::Error, open: None };
}

#[salsa::tracked(returns(clone), cycle_result = |_, _, _| ValueType::BROKEN)]
pub fn value_type(db: &dyn Db, def: Def) -> ValueType {
    debug_assert_eq!(def.kind(db), DefKind::Value);
    let Some(body) = crate::body::lower::body(db, def) else { return ValueType::BROKEN };
    let inference = infer(db, def);
    let ty = inference.exprs.get(body.root.index()).cloned().unwrap_or(Ty::Error);
    ValueType { ty, open: inference.value }
}

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
    /// Of a `val`: what its type leaves to each use.
    pub value: Option<Generalised>,
    pub facts: Vec<Fact>,
}

/// The type parameters a local binding got: `Ty::Param(first)` to `Ty::Param(first + count - 1)`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Generalised {
    pub first: u32,
    pub count: u32,
}

/// What is wrong, as ids and types; words are made from it in `diagnostics/`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fact {
    Mismatch {
        expr: ExprId,
        expected: Ty,
        found: Ty,
        because: Because,
    },
    /// A pattern of another type than the value.
    PatternMismatch {
        pat: PatId,
        expected: Ty,
        found: Ty,
    },
    /// Applied, but no function; `function` is what it was before the arguments, `given` how many there are.
    /// A match takes a function apart.
    MatchedFunction {
        expr: ExprId,
        found: Ty,
    },
    NotAFunction {
        expr: ExprId,
        found: Ty,
        takes: usize,
        given: usize,
    },
    NotNumeric {
        expr: ExprId,
        operand: ExprId,
        operator: Option<Operator>,
        found: Ty,
    },
    /// `==` on functions, or on what holds a value of that opaque type.
    NotComparable {
        expr: ExprId,
        found: Ty,
        opaque: Option<Def>,
    },
    /// Builds or looks inside of a type that only the library may look into.
    Opaque {
        expr: ExprId,
        opaque: Def,
    },
    /// Asks for the JSON of what holds a value of an opaque type.
    NoJson {
        expr: ExprId,
        found: Ty,
        opaque: Def,
    },
    UnknownField {
        expr: ExprId,
        field: String,
        found: Ty,
    },
    /// Field access on something that has no fields.
    NotARecord {
        expr: ExprId,
        found: Ty,
    },
    /// Nothing says which record this is.
    UnclearRecord {
        expr: ExprId,
        field: String,
    },
    UnknownCase {
        expr: ExprId,
        case: String,
    },
    UnknownPatternCase {
        pat: PatId,
        case: String,
        found: Ty,
    },
    CaseArity {
        expr: ExprId,
        enum_: Def,
        case: u32,
        found: usize,
        /// Whether a function is wanted there.
        is_function: bool,
    },
    PatternArity {
        pat: PatId,
        enum_: Def,
        case: u32,
        found: usize,
    },
    MissingFields {
        expr: ExprId,
        record: Ty,
        fields: Vec<String>,
    },
    RepeatedField {
        expr: ExprId,
        field: String,
    },
    TypeArguments {
        expr: ExprId,
        def: Def,
        expected: usize,
        found: usize,
    },
    /// `Builtin.unwrap` of something that is no Option or Result.
    NotUnwrappable {
        expr: ExprId,
        found: Ty,
    },
    /// The argument that has to name a worker names none.
    NotAWorker {
        expr: ExprId,
    },
    /// A function that needs a worker's name, without one behind it.
    WithoutWorker {
        expr: ExprId,
        def: Def,
    },
}

/// Why a type is expected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Because {
    /// The declared result of the function.
    Result,
    /// Of the function whose arguments these are; `index` from 0.
    Argument {
        call: ExprId,
        index: usize,
        def: Option<Def>,
    },
    /// An earlier branch of the same `if` or `match`.
    Branch {
        first: ExprId,
        is_match: bool,
    },
    Element {
        first: ExprId,
    },
    /// A list or tuple whose type is known from outside.
    Part {
        is_list: bool,
    },
    Operand {
        operator: Operator,
        other: ExprId,
    },
    /// An operator whose operands have one fixed type.
    Operator {
        operator: Operator,
    },
    Condition,
    Guard,
    /// A statement that is not the last.
    Statement,
    /// An `if` without `else`.
    NoElse,
    Interpolation,
    Field {
        name: String,
    },
    CaseField {
        index: usize,
    },
    /// The annotation of a nested function.
    Annotation,
    /// The two sides of a test.
    Test,
}
