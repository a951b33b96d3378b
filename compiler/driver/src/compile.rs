//! From a checked session to an object and an executable.

use crate::session::{Format, Session};
use crate::{cache, link, queries, runtime};
use dark_codegen::{Cpu, Optimisation, Options, Output};
use dark_hir::Def;
use dark_ir::core::{AppMode, Program};
use dark_ir::lower::{self, LowerError, Lowered};
use dark_ir::{passes, query, verify};
use rustc_hash::FxHashSet;
use std::path::{Path, PathBuf};

/// Which compiler this is: objects of others are not used.
const COMPILER: &str = env!("DARK_COMPILER_HASH");

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
}

impl Plan {
    fn options(&self) -> Options {
        let optimisation = if self.optimised { Optimisation::Full } else { Optimisation::None };
        Options { optimisation, cpu: Cpu::Generic }
    }
}

/// What a program does when it starts, by what it declares.
pub fn mode(session: &Session) -> Result<AppMode, String> {
    let program = dark_hir::queries::program(session.db());
    if !(program.handlers.is_empty() && program.workers.is_empty() && program.crons.is_empty()) {
        return Ok(AppMode::Serve);
    }
    if !program.statements.is_empty() {
        return Ok(AppMode::Script);
    }
    if !program.tests.is_empty() {
        return Err("there is nothing to run here, but there are tests: `darkc test` runs them".into());
    }
    Err("there is nothing to run: no handler, worker or cron, and no expression at the top of a file".into())
}

/// Core of the session's program.
pub fn core(session: &Session, plan: &Plan) -> Result<Program, String> {
    let mut program = lowered(session, plan, &FxHashSet::default(), false)?.program;
    let refused = query::run(&mut program);
    if !refused.is_empty() {
        refused.iter().for_each(|it| session.print(&queries::diagnostic(&it.problem), Format::Human));
        return Err(format!("{} cannot be compiled", if refused.len() == 1 { "a query" } else { "some queries" }));
    }
    finished(&mut program, plan)?;
    Ok(program)
}

/// Runs the passes over a program whose queries are compiled.
pub fn finished(program: &mut Program, plan: &Plan) -> Result<(), String> {
    passes::run(program, if plan.optimised { passes::Effort::Full } else { passes::Effort::Needed });
    if cfg!(debug_assertions) {
        let faults = [verify::verify(program), verify::verify_counts(program)].concat();
        if !faults.is_empty() {
            return Err(format!("Core is wrong, a fault of the compiler:\n{}", faults.join("\n")));
        }
    }
    Ok(())
}

/// Core of the session's program before the passes, without the tests in `broken`, and the tests that have none.
pub fn lowered(session: &Session, plan: &Plan, broken: &FxHashSet<Def>, everything: bool) -> Result<Lowered, String> {
    let (name, settings) = (plan.name.clone(), plan.settings.clone());
    let options = lower::Options { name, settings, mode: plan.mode, everything };
    lower::lower(session.db(), &options, broken).map_err(|error| describe(session, &error))
}

/// Why something cannot be compiled, for its author.
pub fn describe(session: &Session, error: &LowerError) -> String {
    let name = |def: &Def| dark_hir::items::shown(def.path(session.db())).to_string();
    match error {
        LowerError::InfiniteTypes { def } => format!(
            "`{}` calls itself with ever larger types, so there is no end to the code it needs.\n\
             Let it call itself with the types it has, and wrap the value outside.",
            name(def)
        ),
        LowerError::UnknownIntrinsic { name } => {
            format!("the standard library names `{name}`, which this compiler does not know: a fault of darkc")
        }
        // The library's own files are not reported, so that only here it is said that one is broken.
        LowerError::Unchecked { def, what } => match session.error_in(*def) {
            Some(error) => format!("`{}` has an error: {error}", name(def)),
            None => format!("`{}` was accepted by mistake ({what}): a fault of darkc", name(def)),
        },
    }
}

/// The object of a program, from the cache if it was made before.
pub fn object(program: &Program, plan: &Plan) -> Result<PathBuf, String> {
    let options = plan.options();
    let folder = plan.cache.join("objects");
    let path = folder.join(format!("{}.o", object_key(program, &options)));
    if path.is_file() {
        cache::touch(&path);
        return Ok(path);
    }
    let bytes = emit(program, &options, Output::Object)?;
    cache::write(&path, &bytes).map_err(|error| format!("{} cannot be written: {error}", path.display()))?;
    cache::tidy(&folder);
    Ok(path)
}

fn object_key(program: &Program, options: &Options) -> String {
    let (program, options) = (format!("{program:?}"), format!("{options:?}"));
    cache::key(&[program.as_bytes(), options.as_bytes(), COMPILER.as_bytes(), dark_codegen::version().as_bytes()])
}

fn emit(program: &Program, options: &Options, output: Output) -> Result<Vec<u8>, String> {
    dark_codegen::compile(program, options, output)
        .map_err(|error| format!("no code could be made, a fault of the compiler: {error}"))
}

/// Text or bytes of a program on the way to its executable.
pub fn intermediate(program: &Program, plan: &Plan, output: Output) -> Result<Vec<u8>, String> {
    emit(program, &plan.options(), output)
}

/// An executable of the program at `target`.
pub fn executable(program: &Program, plan: &Plan, target: &Path) -> Result<(), String> {
    link::link(&object(program, plan)?, target)
}

/// An executable in the cache, linked only if it is not there yet.
pub fn cached_executable(program: &Program, plan: &Plan) -> Result<PathBuf, String> {
    let key = cache::key(&[object_key(program, &plan.options()).as_bytes(), runtime::HASH.as_bytes()]);
    let folder = plan.cache.join("programs");
    let path = folder.join(key);
    if path.is_file() {
        cache::touch(&path);
        return Ok(path);
    }
    std::fs::create_dir_all(&folder).map_err(|error| format!("{} cannot be made: {error}", folder.display()))?;
    executable(program, plan, &path)?;
    cache::tidy(&folder);
    Ok(path)
}
