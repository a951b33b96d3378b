//! Queries of datastores: those that cannot be compiled, as diagnostics, and the page about what they may do.

use crate::compile::{Plan, lowered};
use crate::project::Project;
use crate::session::Session;
use dark_diagnostics::{Diagnostic, codes};
use dark_hir::Def;
use dark_hir::items::{definitions, shown};
use dark_ir::core::AppMode;
use dark_ir::query::{self, Problem, Reason};
use dark_source::{FileId, Location, Span};

/// What cannot be compiled of the queries, and the tests that need it. `everything`: also what nothing serves.
pub fn refused(
    session: &Session,
    plan: &Plan,
    broken: &[Def],
    everything: bool,
) -> Result<Vec<(Diagnostic, Vec<Def>)>, String> {
    let program = dark_hir::queries::program(session.db());
    // No datastore, no query.
    if program.dbs.is_empty() {
        return Ok(Vec::new());
    }
    let mut core = lowered(session, plan, broken, everything)?;
    let tests: Vec<Def> = match plan.mode {
        AppMode::Test => program.tests.iter().map(|test| test.def).filter(|def| !broken.contains(def)).collect(),
        AppMode::Serve | AppMode::Script | AppMode::Eval => Vec::new(),
    };
    let refused = query::run(&mut core);
    let needed = |it: &query::Refused| it.tests.iter().filter_map(|test| tests.get(*test).copied()).collect();
    Ok(refused.iter().map(|it| (diagnostic(&it.problem), needed(it))).collect())
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
