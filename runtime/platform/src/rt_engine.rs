//! The platform's engine on `dark_rt`: invocations, values and failures of compiled programs.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

use dark_abi::{Context, TypeInfo};
use dark_rt::invocation::{Environment, Hooks, Invocation, run};
use dark_rt::{json, list, text, value};

use crate::engine::{Engine, Failure, FailureKind, JsonProblem, Place};
use crate::library::world::WorldClock;
use crate::run::Locals;

/// Values and memory of `dark_rt`, control flow of `dark_sched`.
#[derive(Debug, Default)]
pub struct RtEngine {
    live_objects: AtomicU64,
}

/// How compiled code is left and interrupted: on stacks of the scheduler.
struct SchedulerHooks;

static HOOKS: SchedulerHooks = SchedulerHooks;

impl Hooks for SchedulerHooks {
    fn leave(&self, _: *mut Invocation) -> ! {
        dark_sched::leave()
    }

    fn interrupt(&self, _: *mut Invocation) -> Result<(), dark_rt::Fault> {
        dark_sched::interrupt().map_err(|stop| raised(crate::host::stopped(stop)))
    }
}

/// What the platform keeps of an invocation, behind its own pointer.
struct LocalsPointer(*mut ());

/// What the platform keeps of the running invocation.
///
/// # Safety
/// It was begun by this engine, for a run; one borrow at a time.
#[allow(clippy::mut_from_ref, reason = "it is the invocation's, reached through it")]
pub(crate) unsafe fn locals_of(invocation: &Invocation) -> &mut Locals {
    let pointer = invocation.locals.as_ref().and_then(|locals| locals.downcast_ref::<LocalsPointer>());
    // SAFETY: every run gives its `Locals`, and they outlive it.
    match pointer.and_then(|pointer| unsafe { pointer.0.cast::<Locals>().as_mut() }) {
        Some(locals) => locals,
        None => std::process::abort(),
    }
}

fn environment() -> Arc<Environment> {
    static ENVIRONMENT: OnceLock<Arc<Environment>> = OnceLock::new();
    let make = || Arc::new(Environment { clock: Box::new(WorldClock), ..Environment::standard() });
    Arc::clone(ENVIRONMENT.get_or_init(make))
}

/// A failure of the platform as one of the runtime.
pub(crate) fn raised(failure: Failure) -> dark_rt::Fault {
    let kind = match failure.kind {
        FailureKind::Program => dark_rt::FailureKind::Message,
        FailureKind::Limit => dark_rt::FailureKind::Stack,
        FailureKind::Deadline => dark_rt::FailureKind::Deadline,
        FailureKind::Cancelled => dark_rt::FailureKind::Cancelled,
        FailureKind::Busy | FailureKind::Fault => dark_rt::FailureKind::Internal,
    };
    dark_rt::Failure::new(kind, failure.message)
}

/// A failure of the runtime as one of the platform.
fn settled(failure: dark_rt::Failure) -> Failure {
    let kind = match failure.kind {
        dark_rt::FailureKind::Message => FailureKind::Program,
        dark_rt::FailureKind::Memory | dark_rt::FailureKind::Stack => FailureKind::Limit,
        dark_rt::FailureKind::Deadline => FailureKind::Deadline,
        dark_rt::FailureKind::Cancelled => FailureKind::Cancelled,
        dark_rt::FailureKind::Internal => FailureKind::Fault,
    };
    let place =
        failure.location.map(|at| Place { file: at.file, line: at.line, column: at.column, function: at.function });
    Failure { kind, message: failure.message, place }
}

impl Engine for RtEngine {
    fn begin(&self, memory_bytes: usize, locals: *mut ()) -> *mut Context {
        let mut invocation = Invocation::new(memory_bytes, &HOOKS, environment());
        invocation.locals = Some(Box::new(LocalsPointer(locals)));
        Box::into_raw(invocation).cast()
    }

    unsafe fn end(&self, context: *mut Context) -> Option<Failure> {
        // SAFETY: it comes from `begin`, by the caller's promise.
        let mut invocation = unsafe { Box::from_raw(context.cast::<Invocation>()) };
        let failure = invocation.failure.take().map(settled);
        if failure.is_none() {
            self.live_objects.fetch_add(invocation.heap.live_objects(), Ordering::Relaxed);
        }
        failure
    }

    unsafe fn locals(&self, context: *mut Context) -> *mut () {
        // SAFETY: by the caller's promise.
        let invocation = unsafe { Invocation::from_context(context) };
        let pointer = invocation.locals.as_ref().and_then(|locals| locals.downcast_ref::<LocalsPointer>());
        pointer.map_or(std::ptr::null_mut(), |pointer| pointer.0)
    }

    unsafe fn fail(&self, context: *mut Context, failure: Failure) -> ! {
        // SAFETY: by the caller's promise.
        unsafe { dark_rt::fail(context, raised(failure)) }
    }

    unsafe fn text(&self, context: *mut Context, text: &str) -> u64 {
        // SAFETY: by the caller's promise.
        unsafe { run(context, |invocation| text::new(&mut invocation.heap, text)) as u64 }
    }

    unsafe fn bytes(&self, context: *mut Context, bytes: &[u8]) -> u64 {
        // SAFETY: by the caller's promise.
        unsafe { run(context, |invocation| text::bytes(&mut invocation.heap, bytes)) as u64 }
    }

    unsafe fn list(&self, context: *mut Context, elements: &[u64], element: *const TypeInfo) -> u64 {
        // SAFETY: by the caller's promise.
        unsafe {
            let ty = value::ty(element);
            let count = elements.len() / ty.slots.max(1) as usize;
            run(context, |invocation| list::make(&mut invocation.heap, elements.as_ptr(), count, ty)) as u64
        }
    }

    unsafe fn read_json(
        &self,
        context: *mut Context,
        json: &str,
        ty: *const TypeInfo,
        result: *mut u64,
    ) -> Result<(), JsonProblem> {
        // SAFETY: by the caller's promise.
        let read = unsafe { run(context, |invocation| json::read(&mut invocation.heap, json, value::ty(ty), result)) };
        read.map_err(|problem| JsonProblem { path: problem.path, message: problem.message })
    }

    unsafe fn write_json(&self, slots: *const u64, ty: *const TypeInfo) -> Result<String, String> {
        // SAFETY: by the caller's promise.
        unsafe { json::write(slots, value::ty(ty)) }
    }

    unsafe fn read_stored(
        &self,
        context: *mut Context,
        json: &str,
        ty: *const TypeInfo,
        result: *mut u64,
    ) -> Result<(), JsonProblem> {
        // SAFETY: by the caller's promise.
        let read =
            unsafe { run(context, |invocation| json::read_stored(&mut invocation.heap, json, value::ty(ty), result)) };
        read.map_err(|problem| JsonProblem { path: problem.path, message: problem.message })
    }

    unsafe fn write_stored(&self, slots: *const u64, ty: *const TypeInfo) -> Result<String, String> {
        // SAFETY: by the caller's promise.
        unsafe { json::write_stored(slots, value::ty(ty)) }
    }

    unsafe fn repr(&self, slots: *const u64, ty: *const TypeInfo) -> String {
        // SAFETY: by the caller's promise.
        unsafe { value::repr(slots, value::ty(ty)) }
    }

    unsafe fn drop_value(&self, context: *mut Context, slots: *mut u64, ty: *const TypeInfo) {
        // SAFETY: by the caller's promise.
        unsafe { value::drop_value(&mut Invocation::from_context(context).heap, slots, value::ty(ty)) }
    }

    unsafe fn make_immortal(&self, context: *mut Context, slots: *mut u64, ty: *const TypeInfo) {
        // SAFETY: by the caller's promise.
        unsafe { value::make_immortal(&mut Invocation::from_context(context).heap, slots, value::ty(ty)) }
    }

    fn live_objects(&self) -> u64 {
        self.live_objects.load(Ordering::Relaxed)
    }
}
