//! The syntax tree: what was written, complete enough to check, to format and to complete in.
//!
//! Every node carries its span (bytes of the file). What could not be parsed is an `Error` or `Missing` node, so a
//! broken file still gives a tree. Nothing here is resolved: `Some x` and `todos` are just names.
//! Comments and blank lines are not in the tree; they stand in `Parse::comments`.
//!
//! Reading order: this file (files and declarations), `expr`, `pattern`, `ty`.

mod children;
mod expr;
mod pattern;
mod spans;
mod ty;

pub use expr::*;
pub use pattern::*;
pub use ty::*;

use dark_source::Span;

/// A name as written. Double backticks are removed from `text`; the blank identifier `___` has an empty text.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Name {
    pub text: String,
    pub span: Span,
}

/// A dotted name such as `Stdlib.List.map`; never empty.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Path {
    pub segments: Vec<Name>,
    pub span: Span,
}

#[derive(Debug, Clone, PartialEq)]
pub struct File {
    /// Items in the order written; a header `module A.B` (no `=`) is a `Module` item that holds the rest of its body.
    pub items: Vec<Item>,
    pub span: Span,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Item {
    /// The joined `///` lines above, if any.
    pub doc: Option<String>,
    pub attributes: Vec<Attribute>,
    pub kind: ItemKind,
    pub span: Span,
}

#[derive(Debug, Clone, PartialEq)]
pub enum ItemKind {
    Module(Module),
    Function(Function),
    Value(Value),
    Type(TypeDecl),
    /// `[<DB>] type Name = T`. The `[<DB>]` is not repeated in `Item::attributes`; other attributes are there.
    Db(Db),
    /// A bare expression of a script or test file.
    Expr(Expr),
    Test(Test),
    /// A declaration that could not be parsed; its diagnostics are in `Parse`.
    Error,
}

/// `[<Name>]`, `[<Name("a", "b")>]`, `[<Name "a">]`; several in one bracket pair are separated by `;`.
#[derive(Debug, Clone, PartialEq)]
pub struct Attribute {
    pub name: Name,
    /// Literals only.
    pub arguments: Vec<Expr>,
    pub span: Span,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Module {
    pub path: Path,
    /// True for `module A.B` without `=`, which wraps the rest of the file.
    pub header: bool,
    pub items: Vec<Item>,
}

/// `let name<'a> (p: T) … : R = body`. The historic handler form `let _handler _req = body` (only under an attribute)
/// has bare parameters and no result type.
#[derive(Debug, Clone, PartialEq)]
pub struct Function {
    pub name: Name,
    pub type_params: Vec<Name>,
    pub params: Vec<Param>,
    /// `None` only in the historic handler form, for extern declarations never, and for nested functions that omit it.
    pub result: Option<Type>,
    /// `None` for extern declarations of the standard library, which have no `= body`.
    pub body: Option<Expr>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Param {
    pub kind: ParamKind,
    pub ty: Option<Type>,
    pub span: Span,
}

#[derive(Debug, Clone, PartialEq)]
pub enum ParamKind {
    /// `()`
    Unit,
    /// `(name: T)`, and `_` with the text `_`.
    Named(Name),
}

#[derive(Debug, Clone, PartialEq)]
pub struct Value {
    pub name: Name,
    pub body: Expr,
}

#[derive(Debug, Clone, PartialEq)]
pub struct TypeDecl {
    pub name: Name,
    pub type_params: Vec<Name>,
    pub definition: TypeDefinition,
}

#[derive(Debug, Clone, PartialEq)]
pub enum TypeDefinition {
    Alias(Type),
    Record(Vec<FieldDecl>),
    Enum(Vec<CaseDecl>),
    /// A primitive of the standard library, declared without a right-hand side (`std/` only).
    Extern,
    Error,
}

#[derive(Debug, Clone, PartialEq)]
pub struct FieldDecl {
    pub doc: Option<String>,
    pub name: Name,
    pub ty: Type,
    pub span: Span,
}

#[derive(Debug, Clone, PartialEq)]
pub struct CaseDecl {
    pub doc: Option<String>,
    pub name: Name,
    pub fields: Vec<CaseField>,
    pub span: Span,
}

#[derive(Debug, Clone, PartialEq)]
pub struct CaseField {
    pub label: Option<Name>,
    pub ty: Type,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Db {
    pub name: Name,
    pub ty: Type,
}

/// `actual = expected`, `actual = error="…"` of a test file.
#[derive(Debug, Clone, PartialEq)]
pub struct Test {
    pub actual: Expr,
    pub expected: Expected,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Expected {
    Value(Expr),
    /// `error="message"`: evaluation must fail with exactly this message.
    Error(String, Span),
    SqlError(String, Span),
}
