//! The inside of a definition: resolved and desugared, ids instead of names, no spans (they are in `SourceMap`), no
//! types (they are in `infer::Inference`).
//!
//! Desugared here: pipes (`x |> f a` is `Call f [x, a]`), parentheses, sections (`(+)` is a `Lambda`), string
//! interpolation stays, several scrutinees are a tuple, nested functions are `LetFunction`, `if` without `else` keeps
//! `None`. Operators stay one node, because their meaning depends on the operand type.

pub mod lower;

use crate::def::Def;
use crate::types::Ty;
use dark_source::Span;
use dark_syntax::ast::{Literal, Operator};

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),*) => {
        $($(#[$doc])* #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)] pub struct $name(pub u32);
        impl $name { pub fn index(self) -> usize { self.0 as usize } })*
    };
}

ids! {
    /// An expression of one body.
    ExprId,
    /// A pattern of one body.
    PatId,
    /// A parameter or local binding of one body.
    LocalId
}

/// `Ty::Param`s from here on are the type variables of nested functions, which inference finds.
pub const OPEN_TYPE: u32 = 1 << 24;

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Body {
    pub exprs: Vec<Expr>,
    pub pats: Vec<Pat>,
    pub locals: Vec<Local>,
    /// One per parameter of the signature (`Pat::Wildcard` for `_` and unit).
    pub params: Vec<PatId>,
    /// The names of the type variables of nested functions; `Ty::Param(OPEN_TYPE)` is the first.
    pub open_types: Vec<String>,
    pub root: ExprId,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Local {
    pub name: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Expr {
    /// Not there or not understood; reported elsewhere.
    Missing,
    Literal(HirLiteral),
    /// Concatenation of Strings.
    Interpolation(Vec<ExprId>),
    Local(LocalId),
    /// A function or `val` as a value or as a callee, with explicit type arguments or none.
    Def {
        def: Def,
        type_args: Vec<Ty>,
    },
    /// A datastore.
    Db(Def),
    /// The function before its first argument; `arguments` is never empty.
    Call {
        function: ExprId,
        arguments: Vec<ExprId>,
    },
    /// `enum_` is known when the path says so (`Shape.Circle`, or `Some None Ok Error`); else inference finds it
    /// (`Inference::cases`).
    Construct {
        enum_: Option<Def>,
        type_args: Vec<Ty>,
        case: String,
        arguments: Vec<ExprId>,
    },
    Record {
        record: Def,
        type_args: Vec<Ty>,
        fields: Vec<(String, ExprId)>,
    },
    RecordUpdate {
        record: ExprId,
        fields: Vec<(String, ExprId)>,
    },
    Dict(Vec<(String, ExprId)>),
    Field {
        record: ExprId,
        field: String,
    },
    Binary {
        operator: Operator,
        left: ExprId,
        right: ExprId,
    },
    Negate(ExprId),
    Unit,
    Tuple(Vec<ExprId>),
    List(Vec<ExprId>),
    If {
        condition: ExprId,
        then: ExprId,
        otherwise: Option<ExprId>,
    },
    Match {
        scrutinee: ExprId,
        arms: Vec<Arm>,
    },
    Lambda {
        params: Vec<PatId>,
        body: ExprId,
    },
    Let {
        pattern: PatId,
        value: ExprId,
        body: ExprId,
    },
    /// `let f (x: T) : R = value`: `local` is visible in `value` as well. Types as written, if written.
    LetFunction {
        local: LocalId,
        params: Vec<(PatId, Option<Ty>)>,
        result: Option<Ty>,
        value: ExprId,
        body: ExprId,
    },
    /// All but the last must be Unit.
    Statements(Vec<ExprId>),
    /// `actual = expected` of a test file: Bool. For `= error="…"` the body is the actual side alone.
    TestEqual {
        actual: ExprId,
        expected: ExprId,
    },
}

impl Expr {
    /// The expressions directly inside, in the order they stand.
    pub fn children(&self) -> Vec<ExprId> {
        match self {
            Expr::Missing | Expr::Literal(_) | Expr::Local(_) | Expr::Def { .. } | Expr::Db(_) | Expr::Unit => {
                Vec::new()
            }
            Expr::Interpolation(parts) | Expr::Tuple(parts) | Expr::List(parts) | Expr::Statements(parts) => {
                parts.clone()
            }
            Expr::Call { function, arguments } => std::iter::once(*function).chain(arguments.iter().copied()).collect(),
            Expr::Construct { arguments, .. } => arguments.clone(),
            Expr::Record { fields, .. } | Expr::Dict(fields) => fields.iter().map(|(_, value)| *value).collect(),
            Expr::RecordUpdate { record, fields } => {
                std::iter::once(*record).chain(fields.iter().map(|(_, value)| *value)).collect()
            }
            Expr::Field { record, .. } => vec![*record],
            Expr::Binary { left, right, .. } => vec![*left, *right],
            Expr::Negate(inner) => vec![*inner],
            Expr::If { condition, then, otherwise } => [*condition, *then].into_iter().chain(*otherwise).collect(),
            Expr::Match { scrutinee, arms } => {
                let inside = arms.iter().flat_map(|arm| arm.guard.into_iter().chain([arm.body]));
                std::iter::once(*scrutinee).chain(inside).collect()
            }
            Expr::Lambda { body, .. } => vec![*body],
            Expr::Let { value, body, .. } | Expr::LetFunction { value, body, .. } => vec![*value, *body],
            Expr::TestEqual { actual, expected } => vec![*actual, *expected],
        }
    }
}

/// A literal that can be compared (floats by their bits).
#[derive(Debug, Clone)]
pub struct HirLiteral(pub Literal);

impl PartialEq for HirLiteral {
    fn eq(&self, other: &HirLiteral) -> bool {
        match (&self.0, &other.0) {
            (Literal::Float(a), Literal::Float(b)) => a.to_bits() == b.to_bits(),
            (a, b) => a == b,
        }
    }
}
impl Eq for HirLiteral {}
impl std::hash::Hash for HirLiteral {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        std::mem::discriminant(&self.0).hash(state);
        match &self.0 {
            Literal::Int(digits, ty) => (digits, ty).hash(state),
            Literal::Float(value) => value.to_bits().hash(state),
            Literal::Bool(value) => value.hash(state),
            Literal::String(text) | Literal::Char(text) => text.hash(state),
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Arm {
    pub pattern: PatId,
    pub guard: Option<ExprId>,
    pub body: ExprId,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Pat {
    Missing,
    Wildcard,
    Bind(LocalId),
    Unit,
    Literal(HirLiteral),
    Tuple(Vec<PatId>),
    List(Vec<PatId>),
    Cons(PatId, PatId),
    /// The enum comes from the scrutinee's type (`Inference::pattern_cases`).
    Case {
        case: String,
        arguments: Vec<PatId>,
    },
    /// Every alternative binds the same locals.
    Or(Vec<PatId>),
}

/// Where the nodes of a body stand in their file. A query of its own, so that moving a body does not change it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SourceMap {
    pub exprs: Vec<Span>,
    pub pats: Vec<Span>,
    /// Where each local is bound.
    pub locals: Vec<Span>,
    /// Spans of the names of fields, cases and operators, where a node has one, by `ExprId`.
    pub names: Vec<Option<Span>>,
}
