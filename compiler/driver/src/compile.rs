//! From a checked session to an object and an executable.

use crate::link::Place;
use crate::objects::{Fault, Names};
use crate::session::{Format, Session};
use crate::timings::Timings;
use crate::{cache, link, queries, runtime, unchanged};
use dark_codegen::{Cpu, Optimisation, Options, Output};
use dark_hir::def::DefKind;
use dark_hir::{Database, Def};
use dark_ir::core::{AppMode, Program};
use dark_ir::lower::{self, LowerError, Lowered, Scope};
use dark_ir::parts::{self, Grain};
use dark_ir::{passes, query, verify};
use rustc_hash::FxHashSet;
use std::path::{Path, PathBuf};

/// What to build and how.
#[derive(Debug, Clone)]
pub struct Plan {
    pub name: String,
    /// JSON.
    pub settings: String,
    pub mode: AppMode,
    pub optimised: bool,
    /// Where objects are kept.
    pub cache: PathBuf,
    /// The file of secrets that the program is started with.
    pub secrets: Option<PathBuf>,
    pub timings: Timings,
}

impl Plan {
    pub fn options(&self) -> Options {
        let optimisation = if self.optimised { Optimisation::Full } else { Optimisation::None };
        Options { optimisation, cpu: Cpu::Generic }
    }
}

/// What a program does when it starts, by what it declares.
pub fn mode(session: &Session) -> Result<AppMode, String> {
    let db = session.db();
    let program = dark_hir::queries::program(db);
    let file = |def: &Def| dark_hir::items::source(db, *def).map(|(file, _)| file);
    // A script that stands beside a server is run; a file that has both serves.
    let script = program.statements.first().and_then(file);
    let mut served = program.handlers.iter().chain(&program.workers).chain(&program.crons);
    if served.any(|def| script.is_none() || file(def) == script) {
        return Ok(AppMode::Serve);
    }
    if !program.statements.is_empty() || program.main().is_some() {
        return Ok(AppMode::Script);
    }
    if let Some(message) = no_main(session, &program.mains) {
        return Err(message);
    }
    if !program.tests.is_empty() {
        return Err("there is nothing to run here, but there are tests: `darkc test` runs them".into());
    }
    Err("there is nothing to run: no handler, worker or cron, no expression at the top of a file, and no function `main`"
        .into())
}

/// Why none of the functions called `main` begins the program.
fn no_main(session: &Session, mains: &[dark_hir::program::Main]) -> Option<String> {
    let db = session.db();
    let name = |main: &dark_hir::program::Main| format!("`{}`", dark_hir::items::shown(main.def.path(db)));
    let fitting: Vec<String> = mains.iter().filter(|main| main.fits).map(name).collect();
    if fitting.len() > 1 {
        let own = dark_hir::Project::try_get(db).map(|project| project.module(db)).unwrap_or_default();
        return Some(format!(
            "several functions are called `main`: {}; the one of the project's own module, `{own}.main`, would begin the \
             program",
            fitting.join(", ")
        ));
    }
    let other = mains.first()?;
    Some(format!(
        "{} cannot begin a program: it takes `()` or `(args: List<String>)`, and answers Unit, Int or Int64",
        name(other)
    ))
}

/// Core of the session's program.
pub fn core(session: &Session, plan: &Plan) -> Result<Program, String> {
    let mut program = lowered(session, plan, &FxHashSet::default(), Scope::Served)?.program;
    let refused = plan.timings.step("queries", || query::run(&mut program));
    if !refused.is_empty() {
        refused.iter().for_each(|it| session.print(&queries::diagnostic(&it.problem), Format::Human));
        return Err(format!("{} cannot be compiled", if refused.len() == 1 { "a query" } else { "some queries" }));
    }
    finished(&mut program, plan)?;
    Ok(program)
}

/// Runs the passes over a program whose queries are compiled.
pub fn finished(program: &mut Program, plan: &Plan) -> Result<(), String> {
    let effort = if plan.optimised { passes::Effort::Full } else { passes::Effort::Needed };
    plan.timings.step("passes", || passes::run(program, effort));
    if cfg!(debug_assertions) {
        let faults = [verify::verify(program), verify::verify_counts(program)].concat();
        if !faults.is_empty() {
            return Err(format!("Core is wrong, a fault of the compiler:\n{}", faults.join("\n")));
        }
    }
    Ok(())
}

/// Core of the session's program before the passes, without the tests in `broken`, and the tests that have none.
pub fn lowered(session: &Session, plan: &Plan, broken: &FxHashSet<Def>, scope: Scope) -> Result<Lowered, String> {
    let (name, settings) = (plan.name.clone(), plan.settings.clone());
    let options = lower::Options { name, settings, mode: plan.mode, scope };
    let lowered = plan.timings.step("lower", || lower::lower(session.db(), &options, broken));
    lowered.map_err(|error| describe(session.db(), &error))
}

/// Why something cannot be compiled, for its author.
pub fn describe(db: &Database, error: &LowerError) -> String {
    let name = |def: &Def| dark_hir::items::shown(def.path(db)).to_string();
    match error {
        LowerError::InfiniteTypes { def } if def.kind(db) == DefKind::Type => format!(
            "the type `{}` holds itself with ever larger types, so there is no end to the code it needs.\n\
             Let it hold itself with the types it has.",
            name(def)
        ),
        LowerError::InfiniteTypes { def } => format!(
            "`{}` calls itself with ever larger types, so there is no end to the code it needs.\n\
             Let it call itself with the types it has, and wrap the value outside.",
            name(def)
        ),
        LowerError::UnknownIntrinsic { name } => {
            format!("the standard library names `{name}`, which this compiler does not know: a fault of darkc")
        }
        LowerError::Unchecked { def, what } => {
            format!("`{}` was accepted by mistake ({what}): a fault of darkc", name(def))
        }
    }
}

/// Text or bytes of a program on the way to its executable.
pub fn intermediate(program: &Program, plan: &Plan, output: Output) -> Result<Vec<u8>, String> {
    let whole = parts::split(program, Grain::Whole);
    let Some(whole) = whole.first() else { return Err("a program without parts: a fault of darkc".into()) };
    dark_codegen::compile(program, whole, &plan.options(), output).map_err(|error| Fault::from(error).into())
}

/// An executable of objects at `target`, which nobody looks at in between.
pub fn link_to(names: &Names, plan: &Plan, target: &Path) -> Result<(), String> {
    let runtime = plan.timings.step("runtime", || runtime::file_for(plan.optimised))?;
    if unchanged::is_linked(plan, names, &runtime, target) {
        return Ok(());
    }
    let own = cache::own_name(target);
    link(names, plan, &runtime, &own)?;
    std::fs::rename(&own, target).map_err(|error| format!("{} cannot be written: {error}", target.display()))?;
    unchanged::linked(plan, names, &runtime, target);
    Ok(())
}

/// Links what is in the cache.
fn link(names: &Names, plan: &Plan, runtime: &Path, own: &Path) -> Result<(), String> {
    let Some(files) = names.files(plan) else {
        return Err(format!("objects have gone from {} while they were used; build again", plan.cache.display()));
    };
    // A program that answers strangers lies where nobody can foretell. Moving one costs at each start: its pointers are
    // written, on pages of its own.
    let place = if plan.optimised && plan.mode != AppMode::Serve { Place::Fixed } else { Place::Chance };
    plan.timings.step("link", || link::program(&files, runtime, place, own))
}

/// Programs that are kept.
const KEPT_MAX: usize = 40;

/// An executable in the cache, linked only if it is not there yet.
pub fn cached_executable(names: &Names, plan: &Plan) -> Result<PathBuf, String> {
    let runtime = runtime::file_for(plan.optimised)?;
    let key = cache::key(&[names.together().as_bytes(), runtime.as_os_str().as_encoded_bytes()]);
    let folder = plan.cache.join("programs");
    let path = folder.join(key);
    if cache::is_sealed(&path) {
        return Ok(path);
    }
    std::fs::create_dir_all(&folder).map_err(|error| format!("{} cannot be made: {error}", folder.display()))?;
    let own = cache::own_name(&path);
    link(names, plan, &runtime, &own)?;
    cache::seal(&own, &path).map_err(|error| format!("{} cannot be written: {error}", path.display()))?;
    cache::tidy(&folder, KEPT_MAX);
    Ok(path)
}
