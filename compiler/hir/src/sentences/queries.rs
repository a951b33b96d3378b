//! What the query compiler of other hosts says about a mistake in the function of a query: it meets it before the rules of
//! the language do.

use super::{Sentence, Speaker, say};
use crate::body::lower::{BodyProblem, Lowered, lowered};
use crate::body::{Expr, ExprId, Pat};
use crate::db::Db;
use crate::def::Def;
use crate::infer::Fact;
use crate::types::Ty;

/// The sentences for everything wrong in the lambdas of queries.
pub(super) fn of_lambdas(speaker: &Speaker<'_>, lowered: &Lowered) -> Vec<Sentence> {
    let lambdas = lambdas(speaker);
    if lambdas.is_empty() {
        return Vec::new();
    }
    let spans: Vec<_> = lambdas.iter().filter_map(|id| lowered.map.exprs.get(id.index())).collect();
    let names = lowered.problems.iter().filter_map(|(span, problem)| match problem {
        BodyProblem::UnknownName { path, .. } if spans.iter().any(|it| it.contains(span.start)) => {
            Some(say(format!("This variable is not defined: {path}")))
        }
        _ => None,
    });
    let inside = |id: ExprId| lambdas.iter().any(|lambda| speaker.is_inside(id, *lambda));
    let types = speaker.inference.facts.iter().flat_map(|fact| match fact {
        Fact::Mismatch { expr, expected, found, .. } if inside(*expr) => of_types(expected, found),
        _ => Vec::new(),
    });
    names.chain(types).collect()
}

fn of_types(expected: &Ty, found: &Ty) -> Vec<Sentence> {
    let end = |start: Sentence| {
        let articles = vec!["a ".into(), "an ".into(), String::new()];
        start.text(", expected ").ty(expected).text(", but got ").one_of(articles).ty(found)
    };
    let mut out = vec![end(say("Incorrect type in ").value()), end(say("Incorrect type"))];
    if matches!(found, Ty::Named(..)) {
        out.push(say("Cannot use the entire row as a boolean result"));
        out.push(say("Cannot use the entire row directly; access its fields"));
    }
    out
}

/// How many functions a lambda may go through on its way to a query.
const HELPERS_MAX: u32 = 10;

/// The lambdas that queries are given, in their own call or by the functions that are handed them.
fn lambdas(speaker: &Speaker<'_>) -> Vec<ExprId> {
    let mut out = Vec::new();
    for expr in &speaker.body.exprs {
        let Expr::Call { function, arguments } = expr else { continue };
        let Some(Expr::Def { def, .. }) = speaker.expr(*function) else { continue };
        let asked = arguments.iter().enumerate().filter(|(index, argument)| {
            matches!(speaker.expr(**argument), Some(Expr::Lambda { .. }))
                && asks_with(speaker.db, *def, *index, HELPERS_MAX)
        });
        out.extend(asked.map(|(_, argument)| *argument));
    }
    out
}

/// Whether a query is given this argument of the function.
fn asks_with(db: &dyn Db, def: Def, index: usize, helpers: u32) -> bool {
    if def.path(db).starts_with("Darklang.Stdlib.DB.query") {
        return true;
    }
    let Some(Lowered { body, .. }) = lowered(db, def).as_ref().filter(|_| helpers > 0) else { return false };
    let Some(Pat::Bind(parameter)) = body.params.get(index).and_then(|id| body.pats.get(id.index())) else {
        return false;
    };
    let is_parameter = |id: &ExprId| matches!(body.exprs.get(id.index()), Some(Expr::Local(it)) if it == parameter);
    body.exprs.iter().any(|expr| match expr {
        Expr::Call { function, arguments } => match body.exprs.get(function.index()) {
            Some(Expr::Def { def, .. }) => {
                let mut handed = arguments.iter().enumerate().filter(|(_, argument)| is_parameter(argument));
                handed.any(|(index, _)| asks_with(db, *def, index, helpers - 1))
            }
            _ => false,
        },
        _ => false,
    })
}
