//! The children of an expression, listed once: searches and checks go through here.

use super::{Expr, ExprKind, StringPart};

impl Expr {
    /// The direct sub-expressions, in written order.
    pub fn children(&self) -> Vec<&Expr> {
        let mut out = Vec::new();
        self.add_children(&mut out);
        out
    }

    /// The same behind what is there already.
    pub fn add_children<'a>(&'a self, out: &mut Vec<&'a Expr>) {
        match &self.kind {
            ExprKind::Missing
            | ExprKind::Error
            | ExprKind::Literal(_)
            | ExprKind::Name { .. }
            | ExprKind::Section(_)
            | ExprKind::Unit => {}
            ExprKind::Interpolation(parts) => out.extend(parts.iter().filter_map(|part| match part {
                StringPart::Hole(hole) => Some(hole),
                StringPart::Text(..) => None,
            })),
            ExprKind::Constructor { arguments, .. } => out.extend(arguments),
            ExprKind::Apply { function, arguments } => {
                out.push(function);
                out.extend(arguments);
            }
            ExprKind::Binary { left, right, .. } => out.extend([&**left, &**right]),
            ExprKind::Negate(inner) | ExprKind::Paren(inner) => out.push(inner),
            ExprKind::Pipe { head, segments } => {
                out.push(head);
                out.extend(segments);
            }
            ExprKind::Field { record, .. } => out.push(record),
            ExprKind::Tuple(items) | ExprKind::List(items) | ExprKind::Statements(items) => out.extend(items),
            ExprKind::Record { fields, .. } | ExprKind::Dict(fields) => {
                out.extend(fields.iter().map(|field| &field.value));
            }
            ExprKind::RecordUpdate { record, fields } => {
                out.push(record);
                out.extend(fields.iter().map(|field| &field.value));
            }
            ExprKind::If { condition, then, otherwise } => {
                out.extend([&**condition, &**then]);
                out.extend(otherwise.as_deref());
            }
            ExprKind::Match { scrutinees, arms } => {
                out.extend(scrutinees);
                out.extend(arms.iter().flat_map(|arm| arm.guard.iter().chain([&arm.body])));
            }
            ExprKind::Lambda { body, .. } => out.push(body),
            ExprKind::Let { value, body, .. } | ExprKind::LetFunction { value, body, .. } => {
                out.extend([&**value, &**body]);
            }
        }
    }
}
