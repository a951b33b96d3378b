//! From checked definitions to Core. The only place of this crate that reads the database.
//!
//! Everything is specialised: starting from what the program serves, each function is lowered once for every list of
//! concrete type arguments it is used with (`instance`), until nothing new is asked for. A generic function that asks for
//! itself with ever larger types would never end, and so would a type that holds itself so; type arguments nested deeper
//! than `NESTING_MAX` are refused.
//!
//! Reading order: this file (instances, values, roots), `types`, `function` (one under construction), `expressions` with
//! `calls`, `closures` and `values`, `matching` (patterns), `apply` (functions as values).

mod apply;
mod calls;
mod closures;
mod expressions;
mod function;
mod matching;
mod types;
mod values;

use crate::core::{
    App, AppMode, Cron, Db as CoreDb, DbId, Entry, Expr, Extern, ExternId, Function, FunctionId, Global, GlobalId,
    Handler, Location, Program, Test, Worker,
};
use crate::intrinsics::Intrinsic;
use crate::layout::compute_layouts;
use crate::types::{Scalar, Type, TypeId, Types};
use dark_hir::items::shown;
use dark_hir::queries;
use dark_hir::types::lower::parts;
use dark_hir::types::{Binding, Role, Ty};
use dark_hir::{Database, Def};
use dark_source::{FileId, LineIndex, Span};
use rustc_hash::{FxHashMap, FxHashSet};
use std::borrow::Cow;
use std::sync::Arc;

/// Type arguments nested deeper than this mean that specialisation does not end.
const NESTING_MAX: usize = 40;
/// So do type arguments with more parts than this; nominal types count once.
const PARTS_MAX: usize = 4000;

/// What to compile.
#[derive(Debug, Clone, Default)]
pub struct Options {
    pub name: String,
    /// JSON.
    pub settings: String,
    pub mode: AppMode,
    pub scope: Scope,
}

/// Where lowering starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Scope {
    /// From what the program serves.
    #[default]
    Served,
    /// Also from all functions of the project that have no type parameters and no errors, served or not: to check them.
    Everything,
    /// From those functions and tests alone that need a query: to check the queries.
    Queries,
}

/// Why a checked program cannot be compiled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LowerError {
    /// A generic function, or a generic type, needs itself with ever larger types.
    InfiniteTypes { def: Def },
    /// An intrinsic no one knows: a fault in `std/`.
    UnknownIntrinsic { name: String },
    /// Something the checker should have refused.
    Unchecked { def: Def, what: &'static str },
}

/// Core of a program, and the tests that have none.
#[derive(Debug)]
pub struct Lowered {
    pub program: Program,
    /// Tests that need something that cannot be compiled, and, of a program of tests, what serves and does; they are not in
    /// the program.
    pub refused: Vec<(Def, LowerError)>,
}

/// Lowers the program of the database. Definitions with errors must not be reachable; tests in `broken` are left out, and so
/// is what serves beside tests.
pub fn lower(db: &Database, options: &Options, broken: &FxHashSet<Def>) -> Result<Lowered, LowerError> {
    let mut lower = Lower::new(db);
    let mut app =
        App { name: options.name.clone(), settings: options.settings.clone(), mode: options.mode, ..App::default() };
    let mut refused = Vec::new();
    let mut left_out = Cow::Borrowed(broken);
    match options.scope {
        Scope::Served => lower.roots(options.mode, broken, &mut app, &mut refused)?,
        Scope::Everything => {
            lower.roots(options.mode, broken, &mut app, &mut refused)?;
            lower.plain(&everything(db), &mut app)?;
        }
        Scope::Queries => {
            let program = queries::program(db);
            program.dbs.iter().for_each(|def| {
                lower.db_id(*def);
            });
            let tests: Vec<Def> = program.tests.iter().map(|case| case.def).collect();
            let all = everything(db);
            let needing = queries::needing(db, &[all.clone(), tests.clone()].concat(), |def| runs_query(db, def));
            lower.plain(&all.into_iter().filter(|def| needing.contains(def)).collect::<Vec<_>>(), &mut app)?;
            left_out.to_mut().extend(tests.into_iter().filter(|def| !needing.contains(def)));
        }
    }
    lower.drain()?;
    if options.mode == AppMode::Test {
        lower.tests(&left_out, &mut app, &mut refused);
    }
    app.values = lower.values_in_order();
    let mut functions = Vec::with_capacity(lower.functions.len());
    for function in lower.functions {
        match function {
            Some(function) => functions.push(function),
            None => return Err(LowerError::UnknownIntrinsic { name: "an unfinished function".into() }),
        }
    }
    let layouts = compute_layouts(&lower.types);
    lower.types.set_layouts(layouts);
    let program =
        Program { types: lower.types, functions, externs: lower.externs, globals: lower.globals, dbs: lower.dbs, app };
    Ok(Lowered { program, refused })
}

/// The functions and statements of the project.
fn everything(db: &Database) -> Vec<Def> {
    let functions = dark_hir::items::definitions(db)
        .all()
        .filter(|def| def.kind(db) == dark_hir::def::DefKind::Function && !def.path(db).starts_with("Darklang."));
    functions.chain(queries::program(db).statements.iter().copied()).collect()
}

/// Whether it is the intrinsic that all queries end in.
fn runs_query(db: &Database, def: Def) -> bool {
    let signature = queries::signature(db, def).as_ref();
    signature.is_some_and(|it| match &it.binding {
        Binding::Intrinsic(name) => Intrinsic::from_name(name) == Some(Intrinsic::QueryExpression),
        Binding::Dark | Binding::Extern(_) => false,
    })
}

/// A function, value, statement or test with the types that take the place of its parameters.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Instance {
    pub def: Def,
    pub arguments: Vec<Ty>,
}

pub(crate) struct Lower<'a> {
    pub db: &'a Database,
    pub types: Types,
    /// Finished ones, and holes for those in the queue.
    pub functions: Vec<Option<Function>>,
    instances: FxHashMap<Instance, FunctionId>,
    queue: Vec<(FunctionId, Instance)>,
    pub externs: Vec<Extern>,
    extern_index: FxHashMap<(String, Vec<TypeId>, TypeId), ExternId>,
    pub globals: Vec<Global>,
    /// With the types that uses gave it.
    global_index: FxHashMap<Def, Vec<(Vec<Ty>, GlobalId)>>,
    pub dbs: Vec<CoreDb>,
    db_index: FxHashMap<Def, DbId>,
    /// Synthesised functions by symbol: wrappers, `apply`, partial applications.
    pub synthesised: FxHashMap<String, FunctionId>,
    /// Records and enums by their arguments.
    nominals: FxHashMap<(Def, Arc<[Ty]>), TypeId>,
    /// A type that holds itself with ever larger arguments, if one was met since the last look.
    endless: Option<Def>,
    /// All of them.
    endless_types: FxHashSet<Def>,
    /// The records and enums whose parts are being lowered, outer ones first.
    defining: Vec<Def>,
    /// Path, text and lines of files.
    lines: FxHashMap<FileId, (Arc<str>, &'a str, LineIndex)>,
}

impl<'a> Lower<'a> {
    fn new(db: &'a Database) -> Lower<'a> {
        let mut types = Types::default();
        // Constants have these types without naming them.
        for ty in [Type::Unit, Type::Bool, Type::Int, Type::Float, Type::String, Type::Sized(Scalar::Int64)] {
            types.intern(ty);
        }
        Lower {
            db,
            types,
            functions: Vec::new(),
            instances: FxHashMap::default(),
            queue: Vec::new(),
            externs: Vec::new(),
            extern_index: FxHashMap::default(),
            globals: Vec::new(),
            global_index: FxHashMap::default(),
            dbs: Vec::new(),
            db_index: FxHashMap::default(),
            synthesised: FxHashMap::default(),
            nominals: FxHashMap::default(),
            endless: None,
            endless_types: FxHashSet::default(),
            defining: Vec::new(),
            lines: FxHashMap::default(),
        }
    }

    /// The function of an instance; queued when it is new.
    pub fn instance(&mut self, def: Def, arguments: Vec<Ty>) -> Result<FunctionId, LowerError> {
        if arguments.iter().any(is_endless) {
            return Err(LowerError::InfiniteTypes { def });
        }
        let instance = Instance { def, arguments };
        if let Some(id) = self.instances.get(&instance) {
            return Ok(*id);
        }
        let id = self.reserve();
        self.instances.insert(instance.clone(), id);
        self.queue.push((id, instance));
        Ok(id)
    }

    /// A place for a function that comes later.
    pub fn reserve(&mut self) -> FunctionId {
        self.functions.push(None);
        FunctionId((self.functions.len() - 1) as u32)
    }

    pub fn extern_id(&mut self, declared: Extern) -> ExternId {
        let key = (declared.symbol.clone(), declared.params.clone(), declared.result);
        if let Some(id) = self.extern_index.get(&key) {
            return *id;
        }
        let id = ExternId(self.externs.len() as u32);
        self.externs.push(declared);
        self.extern_index.insert(key, id);
        id
    }

    /// The value of a `val`, one for each list of types that uses give it.
    pub fn global(&mut self, def: Def, types: Vec<Ty>) -> Result<GlobalId, LowerError> {
        let of_def = self.global_index.entry(def).or_default();
        if let Some((_, id)) = of_def.iter().find(|(known, _)| *known == types) {
            return Ok(*id);
        }
        let value = dark_hir::infer::value_type(self.db, def);
        // Parameters in front of the value's own are those of generalised locals.
        let mut arguments = vec![Ty::Unit; value.open.map_or(0, |open| open.first as usize)];
        arguments.extend(types.iter().cloned());
        let ty = self.ty(&value.ty, &arguments);
        let init = self.instance(def, arguments)?;
        let id = GlobalId(self.globals.len() as u32);
        let mut symbol = value_symbol(self.db, def);
        if !types.is_empty() {
            symbol.push('$');
            symbol.push_str(&crate::print::type_name(&self.types, ty));
        }
        self.globals.push(Global { symbol, ty, init });
        self.global_index.entry(def).or_default().push((types, id));
        Ok(id)
    }

    pub fn db_id(&mut self, def: Def) -> DbId {
        if let Some(id) = self.db_index.get(&def) {
            return *id;
        }
        let row = self.ty(&queries::row_type(self.db, def), &[]);
        let path = def.path(self.db);
        // Two test files may call their datastores the same; each has a table of its own.
        let taken = self.dbs.iter().any(|db| db.name == shown(path));
        let name = if taken { path } else { shown(path) }.to_string();
        let id = DbId(self.dbs.len() as u32);
        self.dbs.push(CoreDb { symbol: format!("dark_db${name}"), name, row });
        self.db_index.insert(def, id);
        id
    }

    /// Values that are used, each behind those it needs.
    fn values_in_order(&self) -> Vec<GlobalId> {
        let values = queries::program(self.db).values.iter();
        values.filter_map(|def| self.global_index.get(def)).flatten().map(|(_, id)| *id).collect()
    }

    /// A place in a file for messages.
    pub fn location(&mut self, file: FileId, span: Span) -> Location {
        let db = self.db;
        let (path, text, lines) = self.lines.entry(file).or_insert_with(|| {
            let source = dark_hir::db::file(db, file);
            let path = source.map_or("?", |source| source.path(db));
            let text = source.map_or("", |source| source.text(db));
            (Arc::from(path), text, LineIndex::new(text))
        });
        let at = lines.position(text, span.start);
        Location { file: Arc::clone(path), line: at.line + 1, column: at.column + 1, function: None }
    }

    fn roots(
        &mut self,
        mode: AppMode,
        left_out: &FxHashSet<Def>,
        app: &mut App,
        refused: &mut Vec<(Def, LowerError)>,
    ) -> Result<(), LowerError> {
        let program = queries::program(self.db);
        for def in program.dbs.iter().filter(|_| mode != AppMode::Eval) {
            self.db_id(*def);
        }
        if matches!(mode, AppMode::Serve | AppMode::Test) {
            let served: Vec<Def> =
                program.handlers.iter().chain(&program.workers).chain(&program.crons).copied().collect();
            // Tests run beside a handler with an error; a test that needs it has been told so.
            let beside_tests = mode == AppMode::Test;
            let broken = if beside_tests { queries::broken_causes(self.db, &served) } else { Default::default() };
            for def in served.into_iter().filter(|def| !broken.contains_key(def) && !left_out.contains(def)) {
                match self.beside(|lower| lower.served(def)) {
                    Ok(served) => served.add_to(app),
                    Err(error) if beside_tests => refused.push((def, error)),
                    Err(error) => return Err(error),
                }
            }
        }
        if matches!(mode, AppMode::Script | AppMode::Eval) {
            // A program without statements begins with its `main`.
            let main = program.main().filter(|_| mode == AppMode::Script && program.statements.is_empty());
            for def in program.statements.iter().copied().chain(main) {
                app.entries.push(self.entry(def)?);
            }
        }
        Ok(())
    }

    /// Lowers everything that was asked for.
    fn drain(&mut self) -> Result<(), LowerError> {
        while let Some((id, instance)) = self.queue.pop() {
            let function = self.function(&instance)?;
            self.functions[id.0 as usize] = Some(function);
            self.check_types()?;
        }
        self.check_types()
    }

    /// Types are lowered without a result to hand a mistake on with; here it is said.
    fn check_types(&mut self) -> Result<(), LowerError> {
        match self.endless.take() {
            Some(def) => Err(LowerError::InfiniteTypes { def }),
            None => Ok(()),
        }
    }

    /// Those of the functions that can be lowered by themselves.
    fn plain(&mut self, functions: &[Def], app: &mut App) -> Result<(), LowerError> {
        let broken = queries::broken_causes(self.db, functions);
        for &def in functions {
            let signature = queries::signature(self.db, def);
            let plain = signature.as_ref().is_none_or(|it| it.generics.names.is_empty() && it.binding == Binding::Dark);
            if plain && !broken.contains_key(&def) {
                app.entries.push(self.entry(def)?);
            }
        }
        Ok(())
    }

    /// Each test with all it needs, one after the other.
    fn tests(&mut self, broken: &FxHashSet<Def>, app: &mut App, refused: &mut Vec<(Def, LowerError)>) {
        for case in queries::program(self.db).tests.iter().filter(|case| !broken.contains(&case.def)) {
            match self.beside(|lower| lower.entry(case.def)) {
                Ok(entry) => {
                    let location = self.location(case.location.file, case.location.span);
                    app.tests.push(Test {
                        entry,
                        group: case.group.clone(),
                        text: case.text.clone(),
                        expected_error: case.expected_error.clone(),
                        location,
                    });
                }
                Err(error) => refused.push((case.def, error)),
            }
        }
    }

    /// Lowers something with all it needs; what cannot be lowered takes back what it began.
    fn beside<T>(&mut self, lower: impl FnOnce(&mut Self) -> Result<T, LowerError>) -> Result<T, LowerError> {
        let (functions, globals) = (self.functions.len(), self.globals.len());
        let made = lower(self).and_then(|made| self.drain().map(|()| made));
        if made.is_err() {
            self.take_back(functions, globals);
        }
        made
    }

    /// Forgets the functions and values from these numbers on. Types and externs stay: they need nothing.
    fn take_back(&mut self, functions: usize, globals: usize) {
        self.functions.truncate(functions);
        self.globals.truncate(globals);
        self.queue.clear();
        self.instances.retain(|_, id| (id.0 as usize) < functions);
        self.synthesised.retain(|_, id| (id.0 as usize) < functions);
        self.global_index.values_mut().for_each(|made| made.retain(|(_, id)| (id.0 as usize) < globals));
    }

    fn served(&mut self, def: Def) -> Result<Served, LowerError> {
        let Some(signature) = queries::signature(self.db, def) else { return Ok(Served::Nothing) };
        let mut entry = self.entry(def)?;
        Ok(match &signature.role {
            Role::HttpHandler { method, route, params } => {
                for (param, source) in entry.params.iter_mut().zip(params) {
                    param.1 = Some(*source);
                }
                Served::Handler(Handler { method: method.clone(), route: route.clone(), entry })
            }
            Role::Worker { name } => Served::Worker(Worker { name: name.clone(), entry }),
            Role::Cron { name, schedule } => {
                Served::Cron(Cron { name: name.clone(), schedule: schedule.clone(), entry })
            }
            Role::Plain => Served::Nothing,
        })
    }

    fn entry(&mut self, def: Def) -> Result<Entry, LowerError> {
        let function = self.instance(def, Vec::new())?;
        let params = queries::signature(self.db, def)
            .as_ref()
            .map(|it| it.params.iter().map(|param| (param.name.clone(), None)).collect())
            .unwrap_or_default();
        Ok(Entry { name: shown(def.path(self.db)).to_string(), function, params })
    }

    /// A function that was put together here, not lowered from text.
    pub fn synthesise(
        &mut self,
        symbol: String,
        make: impl FnOnce(&mut Self, FunctionId) -> Result<Function, LowerError>,
    ) -> Result<FunctionId, LowerError> {
        if let Some(id) = self.synthesised.get(&symbol) {
            return Ok(*id);
        }
        let id = self.reserve();
        self.synthesised.insert(symbol, id);
        let function = make(self, id)?;
        self.functions[id.0 as usize] = Some(function);
        Ok(id)
    }
}

/// What answers or runs by itself.
enum Served {
    Handler(Handler),
    Worker(Worker),
    Cron(Cron),
    Nothing,
}

impl Served {
    fn add_to(self, app: &mut App) {
        match self {
            Served::Handler(it) => app.handlers.push(it),
            Served::Worker(it) => app.workers.push(it),
            Served::Cron(it) => app.crons.push(it),
            Served::Nothing => {}
        }
    }
}

/// The symbol of a `val`.
pub fn value_symbol(db: &Database, def: Def) -> String {
    format!("dark_value${}", symbol_path(def.path(db)))
}

/// The part of a symbol that names a definition: its path, short for the library.
pub(crate) fn symbol_path(path: &str) -> &str {
    path.strip_prefix("Darklang.").unwrap_or(path)
}

/// Whether a type is larger than anybody writes. Looks at no more parts than allowed.
pub(crate) fn is_endless(ty: &Ty) -> bool {
    let mut open = vec![(ty, 1)];
    let mut seen = 0;
    while let Some((ty, depth)) = open.pop() {
        seen += 1;
        if depth > NESTING_MAX || seen > PARTS_MAX {
            return true;
        }
        open.extend(parts(ty).into_iter().map(|part| (part, depth + 1)));
    }
    false
}

/// Statements in front of an expression, innermost last.
#[derive(Debug)]
pub(crate) enum Statement {
    Let(crate::core::Var, crate::core::Op),
    LetExpr(crate::core::Var, Expr),
    /// Goes on only if the condition holds; else jumps.
    Guard(crate::core::Operand, crate::core::Label),
    /// Goes on only in that case; else jumps.
    GuardCase(crate::core::Operand, u32, crate::core::Label),
}

/// The expression with statements in front.
pub(crate) fn wrap(statements: Vec<Statement>, end: Expr) -> Expr {
    statements.into_iter().rev().fold(end, |body, statement| {
        let body = Box::new(body);
        let jump = |label| Expr::Jump { label, arguments: Vec::new() };
        match statement {
            Statement::Let(var, op) => Expr::Let { var, op, body },
            Statement::LetExpr(var, value) => Expr::LetExpr { var, value: Box::new(value), body },
            Statement::Guard(condition, label) => Expr::If { condition, then: body, otherwise: Box::new(jump(label)) },
            Statement::GuardCase(scrutinee, case, label) => {
                Expr::Switch { scrutinee, cases: vec![(case, *body)], default: Some(Box::new(jump(label))) }
            }
        }
    })
}
