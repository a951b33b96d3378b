//! What the query compiler of other hosts says about a mistake in the function of a query: it meets it before the rules of
//! the language do.

use super::{Sentence, Speaker, say};
use crate::body::lower::{BodyProblem, Lowered};
use crate::body::{Expr, ExprId};
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

/// The lambdas that queries are given.
fn lambdas(speaker: &Speaker<'_>) -> Vec<ExprId> {
    let is_query = |id: &ExprId| match speaker.expr(*id) {
        Some(Expr::Def { def, .. }) => def.path(speaker.db).starts_with("Darklang.Stdlib.DB.query"),
        _ => false,
    };
    let calls = speaker.body.exprs.iter().filter_map(|expr| match expr {
        Expr::Call { function, arguments } if is_query(function) => Some(arguments),
        _ => None,
    });
    calls.flatten().copied().filter(|id| matches!(speaker.expr(*id), Some(Expr::Lambda { .. }))).collect()
}
