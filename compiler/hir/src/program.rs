//! What a program consists of: handlers, workers, crons, datastores, values in the order they are computed, statements,
//! tests, and the functions it may begin with.

use crate::body::Expr;
use crate::body::lower::body;
use crate::db::{Db, FileKind, Project, parse};
use crate::def::{Def, DefKind};
use crate::items::{definitions, item_at, items, root_module, shown};
use crate::signature::signature;
use crate::types::{Param, Role, Ty};
use dark_source::Location;
use dark_syntax::ast::{Expected, IntType, ItemKind};
use rustc_hash::{FxHashMap, FxHashSet};
use std::collections::VecDeque;

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Program {
    pub handlers: Vec<Def>,
    pub workers: Vec<Def>,
    pub crons: Vec<Def>,
    pub dbs: Vec<Def>,
    /// `val`s, each behind those it needs.
    pub values: Vec<Def>,
    pub statements: Vec<Def>,
    pub tests: Vec<TestCase>,
    /// Functions called `main`, those of the project's own module first.
    pub mains: Vec<Main>,
}

/// A function that a program without handlers and statements begins with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Main {
    pub def: Def,
    /// Whether it stands in the project's own module.
    pub own: bool,
    /// Whether its type is one that a program can begin with.
    pub fits: bool,
}

impl Program {
    /// Where the program begins: the `main` of the project's own module, else the only one there is.
    pub fn main(&self) -> Option<Def> {
        let fitting = || self.mains.iter().filter(|main| main.fits);
        let own = fitting().find(|main| main.own);
        own.or_else(|| fitting().next().filter(|_| fitting().count() == 1)).map(|main| main.def)
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TestCase {
    pub def: Def,
    /// The modules around it, with dots.
    pub group: String,
    /// The left side as written.
    pub text: String,
    pub expected_error: Option<String>,
    pub location: Location,
}

/// The program of all files but the standard library.
#[salsa::tracked]
pub fn program(db: &dyn Db) -> Program {
    let mut out = Program::default();
    let Some(project) = Project::try_get(db) else { return out };
    let mut values = Vec::new();
    for &file in project.files(db).iter().filter(|file| file.kind(db) != FileKind::Std) {
        for entry in items(db, file) {
            match entry.def.kind(db) {
                DefKind::Function => {
                    function(db, entry.def, &mut out);
                    if entry.name == "main" && matches!(file.kind(db), FileKind::Package | FileKind::Script) {
                        let own = entry.module == root_module(db, file);
                        out.mains.push(Main { def: entry.def, own, fits: begins(db, entry.def) });
                    }
                }
                DefKind::Db => out.dbs.push(entry.def),
                DefKind::Value => values.push(entry.def),
                DefKind::Statement => out.statements.push(entry.def),
                DefKind::Test => out.tests.extend(test(db, file, entry)),
                DefKind::Type => {}
            }
        }
    }
    order(db, &values, &mut out);
    out
}

/// Whether a statement is the last of its file: its value is the exit code.
pub fn ends_script(db: &dyn Db, statement: Def) -> bool {
    let Some((file, _)) = crate::items::source(db, statement) else { return true };
    let statements = items(db, file).iter().filter(|entry| entry.def.kind(db) == DefKind::Statement);
    file.kind(db) != FileKind::Script || statements.last().is_none_or(|last| last.def == statement)
}

fn function(db: &dyn Db, def: Def, out: &mut Program) {
    match signature(db, def).as_ref().map(|it| &it.role) {
        Some(Role::HttpHandler { .. }) => out.handlers.push(def),
        Some(Role::Worker { .. }) => out.workers.push(def),
        Some(Role::Cron { .. }) => out.crons.push(def),
        Some(Role::Plain) | None => {}
    }
}

/// Whether a program can begin with the function: it takes nothing or the words of the command line, and answers nothing
/// or the exit code.
fn begins(db: &dyn Db, def: Def) -> bool {
    let Some(signature) = signature(db, def) else { return false };
    let takes = match signature.params.as_slice() {
        [Param { ty: Ty::Unit, .. }] => true,
        [Param { ty: Ty::List(element), .. }] => **element == Ty::String,
        _ => false,
    };
    let answers = matches!(signature.result, Ty::Unit | Ty::Int(IntType::Int | IntType::Int64));
    takes && answers && signature.role == Role::Plain && signature.generics.names.is_empty()
}

fn test(db: &dyn Db, file: crate::db::SourceFile, entry: &crate::items::Entry) -> Option<TestCase> {
    let item = item_at(&parse(db, file).tree, &entry.place)?;
    let ItemKind::Test(test) = &item.kind else { return None };
    let expected_error = match &test.expected {
        Expected::Value(_) => None,
        Expected::Error(text, _) | Expected::SqlError(text, _) => Some(text.clone()),
    };
    let text = file.text(db).get(test.actual.span.range()).unwrap_or_default().to_string();
    let location = Location { file: file.id(db), span: item.span };
    let group = shown(&entry.module.join(".")).to_string();
    Some(TestCase { def: entry.def, group, text, expected_error, location })
}

/// Each value behind those it needs, through functions too.
fn order(db: &dyn Db, values: &[Def], out: &mut Program) {
    let standard = definitions(db).all().filter(|def| def.kind(db) == DefKind::Value);
    let mut all: Vec<Def> = standard.filter(|def| !values.contains(def)).collect();
    all.sort_by_key(|def| def.path(db).to_string());
    all.extend(values);
    let mut done = FxHashSet::default();
    let mut ordered = Vec::new();
    for value in all {
        visit(value, &|def| references(db, def), &mut done, &mut ordered);
    }
    out.values = ordered.into_iter().filter(|def| def.kind(db) == DefKind::Value).collect();
}

/// Looks at the types of the values that a file's definitions name, in an order that never goes deep.
pub fn values(db: &dyn Db, file: crate::db::SourceFile) {
    for value in values_in_order(db, file) {
        crate::infer::infer(db, value);
    }
}

/// The values that a file's definitions name, and those that these name, each behind what it needs. Whoever looks at
/// their types in this order never goes deep.
fn values_in_order(db: &dyn Db, file: crate::db::SourceFile) -> Vec<Def> {
    let needed =
        |def: Def| -> Vec<Def> { references(db, def).into_iter().filter(|it| it.kind(db) == DefKind::Value).collect() };
    let (mut done, mut ordered) = (FxHashSet::default(), Vec::new());
    for entry in items(db, file) {
        visit(entry.def, &needed, &mut done, &mut ordered);
    }
    ordered.retain(|def| def.kind(db) == DefKind::Value);
    ordered
}

/// Depth first; every definition behind those it needs. The way is kept in a vector: chains may be longer than the
/// stack is deep.
fn visit(from: Def, needed: &impl Fn(Def) -> Vec<Def>, done: &mut FxHashSet<Def>, ordered: &mut Vec<Def>) {
    if done.contains(&from) {
        return;
    }
    let mut way = vec![(from, needed(from).into_iter())];
    let mut on_way = FxHashSet::from_iter([from]);
    while let Some((def, rest)) = way.last_mut() {
        match rest.next() {
            // Functions may call each other; values that need each other are found by `value_circle`.
            Some(next) if done.contains(&next) || on_way.contains(&next) => {}
            Some(next) => {
                on_way.insert(next);
                way.push((next, needed(next).into_iter()));
            }
            None => {
                let def = *def;
                way.pop();
                on_way.remove(&def);
                done.insert(def);
                ordered.push(def);
            }
        }
    }
}

/// The shortest way from a value back to itself through what it needs, both ends included; empty if there is none.
#[salsa::tracked]
pub fn value_circle(db: &dyn Db, value: Def) -> Vec<Def> {
    let mut reached_from: FxHashMap<Def, Def> = FxHashMap::default();
    let mut open = VecDeque::from([value]);
    while let Some(def) = open.pop_front() {
        for next in references(db, def) {
            if next == value {
                let mut way = vec![value, def];
                let mut at = def;
                while let Some(&before) = reached_from.get(&at) {
                    way.push(before);
                    at = before;
                }
                way.reverse();
                return way;
            }
            if let std::collections::hash_map::Entry::Vacant(entry) = reached_from.entry(next) {
                entry.insert(def);
                open.push_back(next);
            }
        }
    }
    Vec::new()
}

/// What a definition's body names.
pub(crate) fn references(db: &dyn Db, def: Def) -> Vec<Def> {
    let Some(body) = body(db, def) else { return Vec::new() };
    body.exprs
        .iter()
        .filter_map(|expr| match expr {
            Expr::Def { def, .. } => Some(*def),
            _ => None,
        })
        .collect()
}
