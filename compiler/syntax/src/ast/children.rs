//! The children of an expression, listed once: searches and checks go through here.

use super::{Expr, ExprKind, StringPart};

impl Expr {
    /// The direct sub-expressions, in written order.
    pub fn children(&self) -> Vec<&Expr> {
        match &self.kind {
            ExprKind::Missing
            | ExprKind::Error
            | ExprKind::Literal(_)
            | ExprKind::Name { .. }
            | ExprKind::Section(_)
            | ExprKind::Unit => Vec::new(),
            ExprKind::Interpolation(parts) => parts
                .iter()
                .filter_map(|part| match part {
                    StringPart::Hole(hole) => Some(hole),
                    StringPart::Text(..) => None,
                })
                .collect(),
            ExprKind::Constructor { arguments, .. } => arguments.iter().collect(),
            ExprKind::Apply { function, arguments } => std::iter::once(&**function).chain(arguments).collect(),
            ExprKind::Binary { left, right, .. } => vec![left, right],
            ExprKind::Negate(inner) | ExprKind::Paren(inner) => vec![inner],
            ExprKind::Pipe { head, segments } => std::iter::once(&**head).chain(segments).collect(),
            ExprKind::Field { record, .. } => vec![record],
            ExprKind::Tuple(items) | ExprKind::List(items) | ExprKind::Statements(items) => items.iter().collect(),
            ExprKind::Record { fields, .. } | ExprKind::Dict(fields) => {
                fields.iter().map(|field| &field.value).collect()
            }
            ExprKind::RecordUpdate { record, fields } => {
                std::iter::once(&**record).chain(fields.iter().map(|field| &field.value)).collect()
            }
            ExprKind::If { condition, then, otherwise } => {
                [Some(condition), Some(then), otherwise.as_ref()].into_iter().flatten().map(|it| &**it).collect()
            }
            ExprKind::Match { scrutinees, arms } => {
                let arms = arms.iter().flat_map(|arm| arm.guard.iter().chain([&arm.body]));
                scrutinees.iter().chain(arms).collect()
            }
            ExprKind::Lambda { body, .. } => vec![body],
            ExprKind::Let { value, body, .. } | ExprKind::LetFunction { value, body, .. } => vec![value, body],
        }
    }
}
