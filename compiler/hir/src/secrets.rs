//! Secrets: names that code asks for and the settings do not declare, and every place where a secret's text comes out.
//!
//! A function with `[<Declared>]` takes the name of a secret, written out; one with `[<Reveals>]` gives the text of one.

use crate::body::lower::lowered;
use crate::body::{Body, Expr, ExprId, SourceMap};
use crate::db::{Db, FileKind, Project, Settings};
use crate::def::{Def, DefKind};
use crate::diagnostics::suggest::near;
use crate::items::items;
use crate::signature::{Marks, marks};
use dark_diagnostics::{Diagnostic, codes};
use dark_source::{FileId, Location};
use dark_syntax::ast::Literal;

/// What a program does with secrets at some place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Use {
    /// Asks for the secret of that name.
    Gets(String),
    /// Takes the text out of one.
    Reveals,
}

/// Every use in the project's own files, in their order.
pub fn uses(db: &dyn Db) -> Vec<(Location, Use)> {
    let files = Project::try_get(db).map(|project| project.files(db)).unwrap_or_default();
    let mut out = Vec::new();
    for file in files.iter().filter(|file| file.kind(db) != FileKind::Std) {
        for entry in items(db, *file) {
            if matches!(entry.def.kind(db), DefKind::Type | DefKind::Db) {
                continue;
            }
            if let Some(lowered) = lowered(db, entry.def) {
                out.extend(of_body(db, &lowered.body, &lowered.map, file.id(db)));
            }
        }
    }
    out.sort_by_key(|(location, _)| (location.file, location.span.start));
    out
}

fn of_body(db: &dyn Db, body: &Body, map: &SourceMap, file: FileId) -> Vec<(Location, Use)> {
    let at = |id: ExprId| Location { file, span: map.exprs.get(id.index()).copied().unwrap_or_default() };
    let gets = marked(db, body, |it| it.declared).into_iter().filter_map(|function| {
        let (_, name) = asked(body, function)?;
        Some((at(function), Use::Gets(name.to_string())))
    });
    let reveals = marked(db, body, |it| it.reveals).into_iter().map(|function| (at(function), Use::Reveals));
    gets.chain(reveals).collect()
}

/// The names that a body asks for and the settings do not declare, and names that are not written out.
pub(crate) fn undeclared(db: &dyn Db, body: &Body, map: &SourceMap, file: FileId) -> Vec<Diagnostic> {
    let span = |id: ExprId| map.exprs.get(id.index()).copied().unwrap_or_default();
    let Some(declared) = Settings::try_get(db).map(|settings| settings.secrets(db)) else { return Vec::new() };
    let problem = |function: ExprId| match asked(body, function) {
        Some((_, name)) if declared.iter().any(|known| known == name) => None,
        Some((argument, name)) => {
            let title = format!("there is no secret `{name}`");
            let it = Diagnostic::new(codes::E0511, title, file, span(argument), "not declared");
            Some(match near(name, declared.iter().map(String::as_str)).first() {
                Some(near) => it.help(format!("did you mean \"{near}\"?")),
                None => it
                    .help(format!("add it to `secrets` in the dark.toml of the project: `secrets = [\"{name}\"]`"))
                    .help("a script by itself has no settings: put a file dark.toml with that line beside it"),
            })
        }
        None => {
            let title = "the name of a secret is written out";
            let it = Diagnostic::new(codes::E0511, title, file, span(function), "its name is not known here");
            Some(it.help("give it a text in quotes, in a call for each secret"))
        }
    };
    marked(db, body, |it| it.declared).into_iter().filter_map(problem).collect()
}

/// Where a body names a function of that kind.
fn marked(db: &dyn Db, body: &Body, wanted: fn(Marks) -> bool) -> Vec<ExprId> {
    let is_wanted = |def: Def| def.kind(db) == DefKind::Function && wanted(marks(db, def));
    let ids = (0..).map(ExprId).zip(&body.exprs);
    ids.filter(|(_, expr)| matches!(expr, Expr::Def { def, .. } if is_wanted(*def))).map(|(id, _)| id).collect()
}

/// The first argument of the call of that function, if it is a text in quotes.
fn asked(body: &Body, function: ExprId) -> Option<(ExprId, &str)> {
    let argument = body.exprs.iter().find_map(|expr| match expr {
        Expr::Call { function: called, arguments } if *called == function => arguments.first().copied(),
        _ => None,
    })?;
    match body.exprs.get(argument.index())? {
        Expr::Literal(literal) => match &literal.0 {
            Literal::String(name) => Some((argument, name)),
            _ => None,
        },
        _ => None,
    }
}
