//! Queries of datastores: those that cannot be compiled, as diagnostics, and the page about what they may do.

use crate::compile::describe;
use crate::project::Project;
use crate::session::Session;
use dark_diagnostics::{Diagnostic, codes};
use dark_hir::Database;
use dark_hir::items::{definitions, shown};
use dark_ir::core::AppMode;
use dark_ir::lower::{LowerError, Options, Scope, lower};
use dark_ir::query::{self, Problem, Reason};
use dark_source::{FileId, Location, Span};

/// What cannot be compiled of a project's queries, whether something serves them or not.
pub fn refused(session: &Session) -> Result<Vec<Diagnostic>, String> {
    refused_of(session.db()).map_err(|error| describe(session.db(), &error))
}

/// The same for any database.
pub fn refused_of(db: &Database) -> Result<Vec<Diagnostic>, LowerError> {
    let program = dark_hir::queries::program(db);
    // No datastore, no query.
    if program.dbs.is_empty() {
        return Ok(Vec::new());
    }
    // Tests that expect an error may have one.
    let expecting = program.tests.iter().filter(|test| test.expected_error.is_some()).map(|test| test.def).collect();
    let options = Options { settings: "{}".into(), mode: AppMode::Test, scope: Scope::Queries, ..Options::default() };
    let lowered = lower(db, &options, &expecting)?;
    if let Some((_, error)) = lowered.refused.into_iter().next() {
        return Err(error);
    }
    let mut program = lowered.program;
    Ok(query::run(&mut program).iter().map(|it| diagnostic(&it.problem)).collect())
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
