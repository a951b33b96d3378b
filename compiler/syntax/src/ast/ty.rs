//! Types as written.

use super::{Name, Path};
use dark_source::Span;

#[derive(Debug, Clone, PartialEq)]
pub struct Type {
    pub kind: TypeKind,
    pub span: Span,
}

#[derive(Debug, Clone, PartialEq)]
pub enum TypeKind {
    /// `Int`, `List<T>`, `Shop.Cart.Line`: primitives and built-in generics are not told apart here.
    Named {
        path: Path,
        arguments: Vec<Type>,
    },
    /// `'a`, or a lower-case name; the text has no apostrophe in front.
    Variable(Name),
    /// Two or more.
    Tuple(Vec<Type>),
    /// `A -> B -> C`: parameters `[A, B]`, result `C`.
    Function {
        parameters: Vec<Type>,
        result: Box<Type>,
    },
    Paren(Box<Type>),
    Error,
}
