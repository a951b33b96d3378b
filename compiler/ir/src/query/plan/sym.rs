//! What is known of a value while a query is planned.

use crate::core::{FunctionId, Location, Operand};
use crate::query::sql::Sql;
use crate::query::types::Step;
use crate::types::TypeId;
use std::sync::Arc;

/// A value.
#[derive(Debug, Clone)]
pub enum Sym {
    /// Computed before the query. `from`: a captured function, by its place among the captures.
    Const {
        operand: Operand,
        ty: TypeId,
        from: Option<Vec<usize>>,
    },
    /// A part of JSON: of the row, or of a parameter.
    Path {
        base: Sql,
        steps: Vec<Step>,
        ty: TypeId,
    },
    Sql {
        sql: Sql,
        ty: TypeId,
    },
    /// A tuple, record or case of parts that are not all known before.
    Parts {
        ty: TypeId,
        case: u32,
        parts: Vec<Sym>,
    },
    List {
        ty: TypeId,
        items: Vec<Sym>,
    },
    /// A function whose code is known. `operand`: the closure itself, when it does not depend on the row.
    Closure {
        function: FunctionId,
        captures: Vec<Sym>,
        operand: Option<Operand>,
        ty: TypeId,
    },
    Either {
        condition: Sql,
        then: Box<Sym>,
        otherwise: Box<Sym>,
    },
    /// The end of the query with a failure.
    Fail {
        value: Option<Box<Sym>>,
        message: Arc<str>,
        location: Location,
        ty: TypeId,
    },
}

impl Sym {
    pub fn ty(&self) -> TypeId {
        match self {
            Sym::Const { ty, .. }
            | Sym::Path { ty, .. }
            | Sym::Sql { ty, .. }
            | Sym::Parts { ty, .. }
            | Sym::List { ty, .. }
            | Sym::Closure { ty, .. }
            | Sym::Fail { ty, .. } => *ty,
            Sym::Either { then, .. } => then.ty(),
        }
    }

    /// The operand of what is known before the query.
    pub fn operand(&self) -> Option<Operand> {
        match self {
            Sym::Const { operand, .. } => Some(operand.clone()),
            Sym::Closure { operand, .. } => operand.clone(),
            _ => None,
        }
    }

    pub fn is_closure(&self) -> bool {
        matches!(self, Sym::Closure { .. })
    }
}
