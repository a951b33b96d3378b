//! Exhaustiveness and reachability of `match`, for the bodies of this crate.

pub mod usefulness;

use crate::body::{Arm, Body, Expr, ExprId, Pat, PatId};
use crate::db::Db;
use crate::def::Def;
use crate::infer::Inference;
use crate::signature::type_definition;
use crate::types::lower::substitute;
use crate::types::{Ty, TypeKind};
use dark_syntax::ast::Literal;
use usefulness::{Constructor, Report, Row, Shape, Signatures, check};

/// What is to be said about one match.
#[derive(Debug, Clone, PartialEq)]
pub struct Finding {
    pub expr: ExprId,
    pub scrutinee: ExprId,
    /// As a person would write them.
    pub missing: Vec<String>,
    pub unreachable: Vec<PatId>,
}

/// Checks every match of a body whose types are known.
pub fn findings(db: &dyn Db, body: &Body, inference: &Inference) -> Vec<Finding> {
    let mut out = Vec::new();
    for (index, expr) in body.exprs.iter().enumerate() {
        let Expr::Match { scrutinee, arms } = expr else { continue };
        let Some(ty) = inference.exprs.get(scrutinee.index()) else { continue };
        let view = View { db, body, inference };
        let Report { missing, unreachable } = check(&view, ty, &view.rows(arms));
        if missing.is_empty() && unreachable.is_empty() {
            continue;
        }
        out.push(Finding {
            expr: ExprId(index as u32),
            scrutinee: *scrutinee,
            missing: missing.iter().map(|shape| view.show(shape, ty, false)).collect(),
            unreachable: unreachable.iter().filter_map(|arm| arms.get(*arm)).map(|arm| arm.pattern).collect(),
        });
    }
    out
}

struct View<'a> {
    db: &'a dyn Db,
    body: &'a Body,
    inference: &'a Inference,
}

impl View<'_> {
    fn rows(&self, arms: &[Arm]) -> Vec<Row> {
        arms.iter().map(|arm| Row { shape: self.shape(arm.pattern), guarded: arm.guard.is_some() }).collect()
    }

    fn shape(&self, id: PatId) -> Shape {
        let many = |list: &[PatId]| list.iter().map(|it| self.shape(*it)).collect::<Vec<_>>();
        match self.body.pats.get(id.index()) {
            None | Some(Pat::Missing | Pat::Wildcard | Pat::Bind(_)) => Shape::Any,
            Some(Pat::Unit) => Shape::Constructor(Constructor::Single, Vec::new()),
            Some(Pat::Literal(literal)) => Shape::Constructor(self.literal(&literal.0), Vec::new()),
            Some(Pat::Tuple(parts)) => Shape::Constructor(Constructor::Single, many(parts)),
            Some(Pat::List(parts)) => {
                many(parts).into_iter().rev().fold(Shape::Constructor(Constructor::Nil, Vec::new()), |tail, head| {
                    Shape::Constructor(Constructor::Cons, vec![head, tail])
                })
            }
            Some(Pat::Cons(head, tail)) => {
                Shape::Constructor(Constructor::Cons, vec![self.shape(*head), self.shape(*tail)])
            }
            Some(Pat::Case { arguments, .. }) => match self.inference.pattern_cases.get(&id) {
                Some((_, index)) => Shape::Constructor(Constructor::Case(*index), many(arguments)),
                None => Shape::Any,
            },
            Some(Pat::Or(alternatives)) => Shape::Or(many(alternatives)),
        }
    }

    fn literal(&self, literal: &Literal) -> Constructor {
        match literal {
            Literal::Bool(value) => Constructor::Bool(*value),
            Literal::Int(digits, _) => Constructor::Literal(digits.clone()),
            // -0.0 and 0.0 match each other.
            Literal::Float(value) => Constructor::Literal(format!("{:?}", value + 0.0)),
            Literal::String(text) => Constructor::Literal(format!("{text:?}")),
            Literal::Char(text) => Constructor::Literal(format!("'{text}'")),
        }
    }

    /// A witness as a pattern; `inside`: something with arguments needs parentheses.
    fn show(&self, shape: &Shape, ty: &Ty, inside: bool) -> String {
        let Shape::Constructor(constructor, fields) = shape else { return "_".into() };
        match (constructor, ty) {
            (Constructor::Bool(value), _) => value.to_string(),
            (Constructor::Literal(text), _) => text.clone(),
            (Constructor::Nil, _) => "[]".into(),
            (Constructor::Cons, Ty::List(element)) => {
                let parts: Vec<String> =
                    fields.iter().zip([&**element, ty]).map(|(field, ty)| self.show(field, ty, true)).collect();
                group(parts.join(" :: "), inside)
            }
            (Constructor::Single, Ty::Tuple(parts)) => {
                let parts: Vec<String> =
                    fields.iter().zip(parts.iter()).map(|(field, ty)| self.show(field, ty, false)).collect();
                format!("({})", parts.join(", "))
            }
            (Constructor::Single, _) => "()".into(),
            (Constructor::Case(index), Ty::Named(def, arguments)) => {
                self.show_case(*def, arguments, *index, fields, inside)
            }
            _ => "_".into(),
        }
    }

    fn show_case(&self, def: Def, arguments: &[Ty], index: u32, fields: &[Shape], inside: bool) -> String {
        let definition = type_definition(self.db, def).as_ref();
        let Some(case) = definition.and_then(|it| it.kind.cases().get(index as usize)) else { return "_".into() };
        let parts: Vec<String> = fields
            .iter()
            .zip(&case.fields)
            .map(|(field, ty)| self.show(field, &substitute(ty, arguments), fields.len() == 1))
            .collect();
        match parts.len() {
            0 => case.name.clone(),
            1 => group(format!("{} {}", case.name, parts[0]), inside),
            _ => format!("{}({})", case.name, parts.join(", ")),
        }
    }
}

fn group(text: String, inside: bool) -> String {
    if inside { format!("({text})") } else { text }
}

impl Signatures for View<'_> {
    type Ty = Ty;

    fn constructors(&self, ty: &Ty) -> Option<Vec<(Constructor, Vec<Ty>)>> {
        Some(match ty {
            Ty::Unit => vec![(Constructor::Single, Vec::new())],
            Ty::Bool => vec![(Constructor::Bool(true), Vec::new()), (Constructor::Bool(false), Vec::new())],
            Ty::Tuple(parts) => vec![(Constructor::Single, parts.to_vec())],
            Ty::List(element) => {
                vec![(Constructor::Nil, Vec::new()), (Constructor::Cons, vec![(**element).clone(), ty.clone()])]
            }
            Ty::Named(def, arguments) => match &type_definition(self.db, *def).as_ref()?.kind {
                TypeKind::Enum(cases) => cases
                    .iter()
                    .enumerate()
                    .map(|(index, case)| {
                        let fields = case.fields.iter().map(|field| substitute(field, arguments)).collect();
                        (Constructor::Case(index as u32), fields)
                    })
                    .collect(),
                _ => return None,
            },
            _ => return None,
        })
    }
}
