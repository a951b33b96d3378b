//! Queries of datastores: those that cannot be compiled, as diagnostics, and the page about what they may do.

use crate::compile::{Plan, lowered};
use crate::project::Project;
use crate::session::Session;
use dark_diagnostics::{Diagnostic, codes};
use dark_hir::items::{definitions, shown};
use dark_ir::query::{self, Problem, Reason};
use dark_source::{FileId, Location, Span};
use rustc_hash::FxHashSet;

/// What cannot be compiled of a project's queries, whether something serves them or not.
pub fn refused(session: &Session, plan: &Plan) -> Result<Vec<Diagnostic>, String> {
    // No datastore, no query.
    if dark_hir::queries::program(session.db()).dbs.is_empty() {
        return Ok(Vec::new());
    }
    let mut core = lowered(session, plan, &FxHashSet::default(), true)?.program;
    Ok(query::run(&mut core).iter().map(|it| diagnostic(&it.problem)).collect())
}

/// The problem as people see it.
pub fn diagnostic(problem: &Problem) -> Diagnostic {
    let code = match problem.reason {
        Reason::UnknownFunction | Reason::UnknownCall => codes::E0521,
        _ => codes::E0520,
    };
    let nowhere = Location { file: FileId::default(), span: Span::default() };
    let place = problem.place.unwrap_or(nowhere);
    let reason = &problem.reason;
    let found = Diagnostic::new(code, reason.title(), place.file, place.span, reason.label()).help(reason.help());
    match problem.inside.is_empty() {
        true => found,
        false => found.note(format!("found inside of `{}`", problem.inside.join("`, called by `"))),
    }
}

/// What stands in front of the list of functions.
const PAGE: &str = include_str!("../templates/queries.md");

/// The page of `darkc explain queries`.
pub fn page() -> String {
    let session = Session::new(Project::empty());
    let db = session.db();
    let known = definitions(db)
        .all()
        .filter(|def| dark_hir::queries::signature(db, *def).as_ref().is_some_and(|signature| signature.sql.is_some()));
    let mut names: Vec<String> = known.map(|def| format!("    {}\n", shown(def.path(db)))).collect();
    names.sort();
    format!("{PAGE}\n{}", names.concat())
}
