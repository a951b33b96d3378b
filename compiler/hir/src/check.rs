//! Everything there is to say about a file: facts of all queries, turned into words with their spans.

use crate::body::SourceMap;
use crate::body::lower::lowered;
use crate::db::{Db, FileKind, SourceFile, parse};
use crate::def::{Def, DefKind};
use crate::diagnostics::{attributes, handlers, names, patterns, types};
use crate::infer::infer;
use crate::items::{Entry, definitions, item_at, item_in, item_of, items, lost};
use crate::program::{ends_script, program, value_circle, values};
use crate::signature::{is_circular, location};
use crate::types::Ty;
use crate::types::lower::TypeLowerer;
use crate::{endless, matching, needs, secrets};
use dark_diagnostics::{Diagnostic, Severity, codes};
use dark_source::{FileId, Span};
use dark_syntax::ast::{Item, ItemKind, TypeDefinition};

/// What there is to say about a file, by place. That the name of a declaration is not found which could not be read is not
/// worth saying: it follows from what is wrong with the declaration.
#[salsa::tracked]
pub fn diagnostics(db: &dyn Db, file: SourceFile) -> Vec<Diagnostic> {
    let follows = |it: &Diagnostic| {
        let unknown = [codes::E0201, codes::E0202, codes::E0206].contains(&it.code);
        let name = file.text(db).get(it.primary.location.span.range()).filter(|_| unknown);
        name.is_some_and(|name| name.split('.').any(|segment| lost(db).contains(segment.trim())))
    };
    findings(db, file).iter().filter(|it| !follows(it)).cloned().collect()
}

/// All diagnostics of a file, by place.
#[salsa::tracked]
fn findings(db: &dyn Db, file: SourceFile) -> Vec<Diagnostic> {
    let parsed = parse(db, file);
    let mut out = parsed.diagnostics.clone();
    values(db, file);
    for entry in items(db, file) {
        out.extend(of_entry(db, file, entry));
    }
    for (other, place, first) in definitions(db).repeated() {
        if *other == file
            && let Some(item) = item_at(&parsed.tree, place)
        {
            out.push(names::repeated(db, item, *first, file.id(db)));
        }
    }
    out.extend(handlers::ties(db, file));
    out.sort_by_key(|it| (it.primary.location.span.start, it.code.id));
    out.dedup();
    out
}

/// What is wrong with a program that runs as a script: its last value is the exit code.
pub fn exit_problems(db: &dyn Db) -> Vec<Diagnostic> {
    let ends = program(db).statements.iter().filter(|def| ends_script(db, **def) && !is_broken(db, **def));
    ends.filter_map(|def| {
        let (file, _) = crate::items::source(db, *def).filter(|(file, _)| file.kind(db) == FileKind::Script)?;
        let lowered = lowered(db, *def).as_ref()?;
        let module = crate::items::module_of(db, *def);
        types::View::new(db, *def, &module, &lowered.body, &lowered.map, file.id(db)).exit_problem(infer(db, *def))
    })
    .collect()
}

/// True if the definition, or the syntax of its file, has an error: it must not be compiled.
pub fn is_broken(db: &dyn Db, def: Def) -> bool {
    let Some((file, place)) = crate::items::source(db, def) else { return true };
    if file.carried(db) {
        return is_spoilt(db, def);
    }
    if !findings(db, file).iter().any(|it| it.code.severity == Severity::Error) {
        return false;
    }
    let Some(item) = item_at(&parse(db, file).tree, &place) else { return true };
    let errors = findings(db, file).iter().filter(|it| it.code.severity == Severity::Error);
    let inside = |it: &Diagnostic| item.span.contains(it.primary.location.span.start);
    syntax_errors_in(db, file, item).next().is_some() || errors.into_iter().any(inside)
}

/// Whether something in a definition of the library is wrong here: the project may have put types of its own in the place
/// of those that it uses.
#[salsa::tracked(returns(copy))]
fn is_spoilt(db: &dyn Db, def: Def) -> bool {
    let Some((file, place)) = crate::items::source(db, def) else { return true };
    let Some(entry) = items(db, file).iter().find(|entry| entry.place == place) else { return true };
    // Its own name where the project has taken it.
    let entry = Entry { def, ..entry.clone() };
    of_entry(db, file, &entry).iter().any(|it| it.code.severity == Severity::Error)
}

/// Errors in the syntax of a definition, of which nothing else may be left.
pub fn syntax_errors(db: &dyn Db, def: Def) -> Vec<&Diagnostic> {
    let Some((file, item)) = item_of(db, def) else { return Vec::new() };
    syntax_errors_in(db, file, item).collect()
}

/// Errors in the syntax of an item: from its start to the next one's. What is missing where the next one begins is missing
/// here, and what does not fit there was behind this one.
fn syntax_errors_in<'db>(db: &'db dyn Db, file: SourceFile, item: &Item) -> impl Iterator<Item = &'db Diagnostic> {
    // What `darkc` carries has none.
    let parsed = Some(file).filter(|file| !file.carried(db)).map(|file| parse(db, file));
    let begin = item.span.start;
    let starts = parsed.into_iter().flat_map(|parsed| parsed.starts.iter().copied());
    let end = starts.filter(|start| *start > begin).min().unwrap_or(u32::MAX);
    parsed.into_iter().flat_map(|parsed| &parsed.diagnostics).filter(move |it| {
        let at = it.primary.location.span;
        let is_behind = at.start == end && (at.is_empty() || it.code == codes::E0001);
        it.code.severity == Severity::Error && begin <= at.start && (at.start < end || is_behind)
    })
}

fn of_entry(db: &dyn Db, file: SourceFile, entry: &Entry) -> Vec<Diagnostic> {
    let id = file.id(db);
    let mut out = Vec::new();
    let Some(item) = item_in(db, file, entry.def, &entry.place) else { return out };
    attributes::check(item, file.kind(db) == FileKind::Std, id, &mut out);
    let mut lowerer = TypeLowerer::new(db, &entry.module, Vec::new(), false);
    match &item.kind {
        ItemKind::Function(function) => {
            lowerer.implicit = true;
            for written in function.params.iter().filter_map(|param| param.ty.as_ref()).chain(&function.result) {
                let ty = lowerer.lower(written);
                out.extend(endless(db, &ty, written.span, id));
            }
            handlers::check(db, entry.def, item, function, id, &mut out);
        }
        ItemKind::Type(decl) => {
            lowerer.generics = decl.type_params.iter().map(|name| name.text.clone()).collect();
            match &decl.definition {
                TypeDefinition::Alias(ty) => {
                    lowerer.lower(ty);
                    if is_circular(db, entry.def) {
                        out.push(names::alias_of_itself(&decl.name, id));
                    }
                }
                TypeDefinition::Record(fields) => fields.iter().for_each(|field| {
                    lowerer.lower(&field.ty);
                }),
                TypeDefinition::Enum(cases) => {
                    cases.iter().flat_map(|case| &case.fields).for_each(|field| {
                        lowerer.lower(&field.ty);
                    });
                }
                TypeDefinition::Extern | TypeDefinition::Error => {}
            }
            names::repeated_members(&decl.definition, id, &mut out);
        }
        ItemKind::Db(decl) => {
            let row = lowerer.lower(&decl.ty);
            out.extend(endless(db, &row, decl.ty.span, id));
            handlers::check_row(db, &row, decl, id, &mut out);
        }
        ItemKind::Value(value) => {
            let way = value_circle(db, entry.def);
            if !way.is_empty() && !way.iter().any(|it| is_earlier_value(db, *it, entry.def)) {
                out.push(names::value_of_itself(db, &value.name, way, id));
            }
        }
        ItemKind::Expr(_) | ItemKind::Test(_) | ItemKind::Module(_) | ItemKind::Error => {}
    }
    let problems = std::mem::take(&mut lowerer.problems);
    out.extend(problems.iter().map(|(span, problem)| names::type_problem(db, &entry.module, *span, problem, id)));
    // What is left of a body with broken syntax says nothing about what was meant.
    if syntax_errors_in(db, file, item).next().is_none() {
        body(db, entry, id, &mut out);
    }
    out
}

/// What is wrong with the use of a type.
fn endless(db: &dyn Db, ty: &Ty, span: Span, id: FileId) -> Option<Diagnostic> {
    endless::endless_part(db, ty).map(|found| types::endless(db, found, span, id))
}

/// One message a circle: at the value that stands first.
fn is_earlier_value(db: &dyn Db, def: Def, than: Def) -> bool {
    def.kind(db) == DefKind::Value && location(db, def) < location(db, than)
}

fn body(db: &dyn Db, entry: &Entry, id: FileId, out: &mut Vec<Diagnostic>) {
    let def = entry.def;
    if matches!(def.kind(db), DefKind::Type | DefKind::Db) {
        return;
    }
    let Some(lowered) = lowered(db, def) else { return };
    let before = out.len();
    for (span, problem) in &lowered.problems {
        out.push(names::body_problem(db, &entry.module, *span, problem, id));
    }
    let inference = infer(db, def);
    let view = types::View::new(db, def, &entry.module, &lowered.body, &lowered.map, id);
    let facts = &inference.facts;
    let own = facts.iter().enumerate().filter(|(index, _)| !view.follows(facts, *index));
    out.extend(own.map(|(_, fact)| view.describe(fact)));
    if let Some((expr, found)) = endless::used(db, lowered, inference) {
        let span = lowered.map.exprs.get(expr.index()).copied().unwrap_or_default();
        out.push(types::endless(db, found, span, id));
    }
    out.extend(needs::refused(db, def).iter().map(|fact| view.describe(fact)));
    out.extend(secrets::undeclared(db, &lowered.body, &lowered.map, id));
    // Warnings about a body that has errors would be guesses.
    if out[before..].iter().all(|it| it.code.severity == Severity::Warning) {
        let map: &SourceMap = &lowered.map;
        for finding in matching::findings(db, &lowered.body, inference) {
            patterns::describe(&finding, map, id, out);
        }
    }
}
