//! Types, signatures and type definitions as plain data.

pub mod display;
pub mod lower;

use crate::def::Def;
use dark_syntax::ast::IntType;
use std::sync::Arc;

/// A type. Aliases are expanded. `Var` occurs only while one body is inferred, never in a result.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Ty {
    Unit,
    Bool,
    Int(IntType),
    Float,
    Char,
    String,
    DateTime,
    Uuid,
    Blob,
    List(Arc<Ty>),
    /// Keys are strings.
    Dict(Arc<Ty>),
    Stream(Arc<Ty>),
    Db(Arc<Ty>),
    Tuple(Arc<[Ty]>),
    /// Curried: `A -> B -> C` is `Function(A, Function(B, C))`.
    Function(Arc<Ty>, Arc<Ty>),
    /// A record or enum with its type arguments.
    Named(Def, Arc<[Ty]>),
    /// A type parameter of the definition at hand, rigid in its body: index into `Generics`.
    Param(u32),
    Var(InferVar),
    /// Something already reported; fits anything.
    Error,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct InferVar(pub u32);

/// The type parameters of a definition, without apostrophes: declared ones first, then undeclared ones in order of
/// first appearance. This order is the order of explicit type arguments.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Generics {
    pub names: Vec<String>,
}

/// What callers see of a function.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Signature {
    pub generics: Generics,
    /// `()` parameters have type Unit and an empty name.
    pub params: Vec<Param>,
    pub result: Ty,
    pub binding: Binding,
    /// Type parameters whose values the function compares or sorts: no functions.
    pub compared: Vec<u32>,
    /// Type parameters whose values the function writes as JSON or reads from it: no opaque types.
    pub json: Vec<u32>,
    pub role: Role,
    /// Queries may use it on rows: the database knows it by this name (`[<Sql>]`).
    pub sql: Option<String>,
    /// What it does with the elements of a list, one after the other (`[<Fuses>]`).
    pub fuses: Option<String>,
}

impl Signature {
    /// Whether its first argument is the name of a worker: each worker has a queue of its own.
    pub fn names_a_worker(&self) -> bool {
        matches!(&self.binding, Binding::Intrinsic(name) if name == "emit" || name == "waiting")
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Param {
    pub name: String,
    pub ty: Ty,
}

/// Where a function's code comes from.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Binding {
    Dark,
    /// `[<Extern>]`: a Rust function; see `dark_abi::externs`.
    Extern(Extern),
    /// `[<Intrinsic "name">]`: emitted inline; the name is resolved once, by `dark_ir::intrinsics`.
    Intrinsic(String),
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Extern {
    pub symbol: String,
    pub pure_: bool,
    pub fails: bool,
    /// Per parameter: whether the extern takes ownership of the argument.
    pub consumes: Vec<bool>,
}

/// What attributes make of a function.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Role {
    Plain,
    HttpHandler { method: String, route: String, params: Vec<ParamSource> },
    Worker { name: String },
    Cron { name: String, schedule: String },
}

/// What a handler's parameter is filled from; the same list as `dark_abi::ParamSource`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ParamSource {
    RouteVariable,
    Request,
    BodyTyped,
    BodyText,
    BodyBytes,
    Query,
    Headers,
    Unit,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct TypeDefinition {
    pub generics: Generics,
    pub kind: TypeKind,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum TypeKind {
    Record(Vec<Field>),
    Enum(Vec<Case>),
    Alias(Ty),
    /// Could not be understood; reported.
    Error,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Field {
    pub name: String,
    pub ty: Ty,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Case {
    pub name: String,
    pub fields: Vec<Ty>,
    pub labels: Vec<Option<String>>,
}
