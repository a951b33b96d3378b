//! The objects of a program: its parts compiled on all cores, each kept in the cache under a name that all which decides its
//! code goes into (`dark_ir::parts::content`, the options, the compiler).

use crate::cache;
use crate::compile::Plan;
use dark_codegen::{CodegenError, Compiler, Options, Output};
use dark_ir::core::{FunctionId, Program};
use dark_ir::parts::{self, Grain, Part};
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

/// Which compiler this is: objects of others are not used.
const COMPILER: &str = env!("DARK_COMPILER_HASH");

/// Functions in a part of a fast build: fewer means that an edit compiles less, more that there is less to link.
const DEV_FUNCTIONS: u64 = 32;
/// Functions in a part of a large optimised program.
const OPTIMISED_FUNCTIONS: u64 = 64;
/// Optimised programs of so many nodes or fewer are one part.
const WHOLE_NODES_MAX: usize = 20_000;

/// Files kept of a project's objects.
const KEPT_MAX: usize = 8_000;

/// Why there are no objects.
#[derive(Debug)]
pub struct Fault {
    pub message: String,
    /// The function that no code could be made for, if it is one.
    pub function: Option<FunctionId>,
}

impl From<String> for Fault {
    fn from(message: String) -> Fault {
        Fault { message, function: None }
    }
}

impl From<Fault> for String {
    fn from(fault: Fault) -> String {
        fault.message
    }
}

impl From<CodegenError> for Fault {
    fn from(error: CodegenError) -> Fault {
        let message = format!("no code could be made, a fault of the compiler: {error}");
        Fault { message, function: error.function }
    }
}

/// Names of a program's objects in the cache.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Names(pub Vec<String>);

impl Names {
    /// A name for what is linked of them.
    pub fn together(&self) -> String {
        let parts: Vec<&[u8]> = self.0.iter().map(|name| name.as_bytes()).collect();
        cache::key(&parts)
    }

    /// The files, if all are there and whole.
    pub fn files(&self, plan: &Plan) -> Option<Vec<PathBuf>> {
        self.0.iter().map(|name| Some(file(plan, name)).filter(|path| cache::is_sealed(path))).collect()
    }
}

fn file(plan: &Plan, name: &str) -> PathBuf {
    plan.cache.join("objects").join(format!("{name}.o"))
}

/// The parts that a program is compiled in.
fn split(program: &Program, plan: &Plan) -> Vec<Part> {
    match plan.optimised {
        false => parts::split(program, Grain::Functions(DEV_FUNCTIONS)),
        true if parts::weight(program) <= WHOLE_NODES_MAX => parts::split(program, Grain::Whole),
        true => parts::split(program, Grain::Functions(OPTIMISED_FUNCTIONS)),
    }
}

/// Compiles what is not in the cache.
pub fn make(program: &Program, plan: &Plan) -> Result<Names, Fault> {
    let options = plan.options();
    let parts = plan.timings.step("split", || split(program, plan));
    let keys =
        plan.timings.step("name", || on_all_cores(&parts, |part| Ok::<String, Fault>(key(program, part, &options))))?;
    let mut missing: Vec<(&Part, &String)> = plan.timings.step("look up", || {
        let known = on_all_cores(&keys, |key| Ok::<bool, Fault>(cache::is_sealed(&file(plan, key))))?;
        Ok::<_, Fault>(parts.iter().zip(&keys).zip(known).filter(|(_, known)| !known).map(|(it, _)| it).collect())
    })?;
    plan.timings.cached(parts.len() - missing.len());
    // The largest first: what is begun last keeps one core busy alone.
    missing.sort_by_cached_key(|(part, _)| std::cmp::Reverse(parts::nodes(program, &part.own)));
    plan.timings.step("code", || {
        let begin = || Compiler::new(&options);
        on_all_cores_with(&missing, begin, |compiler, (part, key)| {
            let compiler = compiler.as_ref().map_err(CodegenError::clone)?;
            let bytes = plan.timings.part(&part.name, || compiler.compile(program, part, Output::Object))?;
            let path = file(plan, key);
            cache::write_sealed(&path, &bytes)
                .map_err(|error| Fault::from(format!("{} cannot be written: {error}", path.display())))
        })
    })?;
    if !missing.is_empty() {
        cache::tidy(&plan.cache.join("objects"), KEPT_MAX);
    }
    Ok(Names(keys))
}

fn key(program: &Program, part: &Part, options: &Options) -> String {
    let (content, options) = (parts::content(program, part), format!("{options:?}"));
    cache::key(&[&content, options.as_bytes(), COMPILER.as_bytes(), dark_codegen::version().as_bytes()])
}

/// Does the work for each of the items; results in their order, or the first error.
fn on_all_cores<T: Sync, R: Send, E: Send>(items: &[T], work: impl Fn(&T) -> Result<R, E> + Sync) -> Result<Vec<R>, E> {
    on_all_cores_with(items, || (), |(), item| work(item))
}

/// As `on_all_cores`, with something that each core begins with.
fn on_all_cores_with<S, T: Sync, R: Send, E: Send>(
    items: &[T],
    begin: impl Fn() -> S + Sync,
    work: impl Fn(&mut S, &T) -> Result<R, E> + Sync,
) -> Result<Vec<R>, E> {
    let cores = std::thread::available_parallelism().map_or(1, usize::from).min(items.len());
    let (next, done) = (AtomicUsize::new(0), Mutex::new(Vec::with_capacity(items.len())));
    let run = || {
        let mut state = None;
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            let Some(item) = items.get(at) else { return };
            let result = work(state.get_or_insert_with(&begin), item);
            if result.is_err() {
                // Nothing more is begun.
                next.store(items.len(), Ordering::Relaxed);
            }
            done.lock().unwrap_or_else(PoisonError::into_inner).push((at, result));
        }
    };
    std::thread::scope(|scope| {
        for _ in 1..cores {
            // Where no thread can be had, this one does everything.
            let _ = std::thread::Builder::new().stack_size(crate::STACK_BYTES).spawn_scoped(scope, run);
        }
        run();
    });
    let mut done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
    done.sort_by_key(|(at, _)| *at);
    done.into_iter().map(|(_, result)| result).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_come_in_order_and_the_first_error_ends_it() {
        let items: Vec<u32> = (0..100).collect();
        assert_eq!(on_all_cores(&items, |it| Ok::<u32, ()>(it * 2)), Ok(items.iter().map(|it| it * 2).collect()));
        assert_eq!(on_all_cores(&items, |it| if *it == 7 { Err(*it) } else { Ok(()) }), Err(7));
        assert_eq!(on_all_cores(&[] as &[u32], |it| Ok::<u32, ()>(*it)), Ok(Vec::new()));
    }
}
