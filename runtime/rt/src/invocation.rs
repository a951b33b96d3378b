//! One run of compiled code: its memory, what it may use of the outside, and how it ends early.
//!
//! Compiled code gets a pointer to the `Context` at the head of an `Invocation` and gives it back to every function of
//! the runtime. A failure is put into the invocation's slot, and then the hooks take the control flow away: on a
//! coroutine they suspend it for good. **No destructor of what lies on the stack runs after that**, so `fail` is called
//! by functions that own nothing; `run` has the shape that all of them share.

use ::std::any::Any;
use ::std::io::Write;
use ::std::panic::{AssertUnwindSafe, catch_unwind};
use ::std::sync::Arc;

use dark_abi::{Context, SourceLocation, StaticStr};

use crate::memory::{Heap, HeapMode};

/// Why an invocation was ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FailureKind {
    /// A runtime failure of the program.
    Message,
    /// The memory limit.
    Memory,
    /// The stack limit.
    Stack,
    Deadline,
    Cancelled,
    /// A fault of the runtime itself.
    Internal,
}

/// A place in Dark source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    pub file: String,
    pub line: u32,
    /// In UTF-16 units, from 1.
    pub column: u32,
    pub function: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    pub kind: FailureKind,
    pub message: String,
    /// Where the code was; filled in by `fail`.
    pub location: Option<Place>,
}

/// A failure on its way out.
pub type Fault = Box<Failure>;

impl Failure {
    pub fn new(kind: FailureKind, message: impl Into<String>) -> Fault {
        Box::new(Failure { kind, message: message.into(), location: None })
    }

    /// A runtime failure of the program.
    pub fn message(message: impl Into<String>) -> Fault {
        Failure::new(FailureKind::Message, message)
    }

    #[cold]
    pub fn memory() -> Fault {
        Failure::new(FailureKind::Memory, "memory limit exceeded")
    }

    pub fn internal(message: impl Into<String>) -> Fault {
        Failure::new(FailureKind::Internal, message)
    }

    /// A number that does not fit where it has to.
    pub fn out_of_range() -> Fault {
        Failure::message("Encountered out-of-range value for type of Int")
    }
}

/// How control flow leaves compiled code; given by whoever runs it.
pub trait Hooks: Sync {
    /// Ends the invocation, whose failure slot is filled.
    fn leave(&self, invocation: *mut Invocation) -> !;

    /// The stack pointer is below the limit: lets others run, or says why the invocation must end.
    fn interrupt(&self, invocation: *mut Invocation) -> Result<(), Fault>;
}

pub trait Clock: Send + Sync {
    /// Milliseconds since 1970-01-01T00:00:00Z.
    fn now_ms(&self) -> i64;
    /// Nanoseconds since any fixed moment.
    fn monotonic_ns(&self) -> u64;
}

pub trait Random: Send + Sync {
    /// Fills with bytes nobody can foretell.
    fn fill(&self, bytes: &mut [u8]);
}

pub trait Output: Send + Sync {
    /// What the program prints.
    fn print(&self, text: &str);
}

/// What an invocation knows of the outside.
pub struct Environment {
    pub clock: Box<dyn Clock>,
    pub random: Box<dyn Random>,
    pub output: Box<dyn Output>,
}

/// The real outside.
#[derive(Debug, Clone, Copy, Default)]
pub struct Standard;

impl Environment {
    /// The machine's clock and random numbers, and standard output.
    pub fn standard() -> Environment {
        Environment { clock: Box::new(Standard), random: Box::new(Standard), output: Box::new(Standard) }
    }
}

impl Clock for Standard {
    fn now_ms(&self) -> i64 {
        let now = ::std::time::SystemTime::now().duration_since(::std::time::UNIX_EPOCH);
        now.map_or(0, |since| i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
    }

    fn monotonic_ns(&self) -> u64 {
        static START: ::std::sync::OnceLock<::std::time::Instant> = ::std::sync::OnceLock::new();
        u64::try_from(START.get_or_init(::std::time::Instant::now).elapsed().as_nanos()).unwrap_or(u64::MAX)
    }
}

impl Random for Standard {
    fn fill(&self, bytes: &mut [u8]) {
        let mut filled = 0;
        while filled < bytes.len() {
            let rest = &mut bytes[filled..];
            // SAFETY: the rest of the slice.
            let got = unsafe { libc::getrandom(rest.as_mut_ptr().cast(), rest.len(), 0) };
            filled += usize::try_from(got).unwrap_or(0);
        }
    }
}

impl Output for Standard {
    fn print(&self, text: &str) {
        // A reader that has gone away is no failure of the program.
        let _ = ::std::io::stdout().lock().write_all(text.as_bytes());
    }
}

/// See the head of the file. Its address does not change while compiled code runs.
#[repr(C)]
pub struct Invocation {
    /// What compiled code sees.
    pub context: Context,
    pub heap: Heap,
    pub failure: Option<Failure>,
    pub hooks: &'static dyn Hooks,
    pub environment: Arc<Environment>,
    /// The platform's own data.
    pub locals: Option<Box<dyn Any>>,
    /// How often `Builtin.testIncrementSideEffectCounter` was called.
    pub side_effects: i64,
}

const _: () = assert!(
    ::std::mem::offset_of!(Invocation, heap) == ::std::mem::offset_of!(dark_abi::InvocationHead, heap),
    "compiled code finds the heap behind the context"
);

impl Invocation {
    /// With the heap that `DARK_HEAP` asks for.
    pub fn new(memory_limit_bytes: usize, hooks: &'static dyn Hooks, environment: Arc<Environment>) -> Box<Invocation> {
        let heap = Heap::new(HeapMode::from_environment(), memory_limit_bytes);
        Invocation::with_heap(heap, hooks, environment)
    }

    pub fn with_heap(heap: Heap, hooks: &'static dyn Hooks, environment: Arc<Environment>) -> Box<Invocation> {
        let context = Context { stack_limit: 0, location: ::std::ptr::null() };
        Box::new(Invocation { context, heap, failure: None, hooks, environment, locals: None, side_effects: 0 })
    }

    /// What compiled code gets.
    pub fn as_context(&mut self) -> *mut Context {
        (&raw mut *self).cast()
    }

    /// Lets others run if it is their turn, or says why the invocation must end. For what takes long outside of
    /// compiled code.
    pub fn pause(&mut self) -> Result<(), Fault> {
        let hooks = self.hooks;
        hooks.interrupt(&raw mut *self)
    }

    /// The invocation of a context.
    ///
    /// # Safety
    /// The context is the head of an invocation that is alive and not borrowed otherwise.
    pub unsafe fn from_context<'a>(context: *mut Context) -> &'a mut Invocation {
        // SAFETY: the invocation begins with its context.
        unsafe { &mut *context.cast::<Invocation>() }
    }
}

/// Text in static memory.
///
/// # Safety
/// It is UTF-8 in static memory, as the compiler writes it.
pub unsafe fn static_text(text: &StaticStr) -> &'static str {
    // SAFETY: promised by the caller.
    unsafe { text.text() }
}

fn place(location: *const SourceLocation) -> Option<Place> {
    // SAFETY: null or static data.
    let location = unsafe { location.as_ref() }?;
    // SAFETY: static data of the compiler.
    let (file, function) = unsafe { (static_text(&location.file), static_text(&location.function)) };
    Some(Place { file: file.to_owned(), line: location.line, column: location.column, function: function.to_owned() })
}

/// Ends the invocation with a failure. The caller owns nothing that needs dropping.
///
/// # Safety
/// The context is that of the running invocation.
#[cold]
#[allow(clippy::boxed_local, reason = "faults travel in a box, because results with them are returned everywhere")]
pub unsafe fn fail(context: *mut Context, fault: Fault) -> ! {
    let hooks = {
        // SAFETY: promised by the caller.
        let invocation = unsafe { Invocation::from_context(context) };
        let mut failure = *fault;
        if failure.location.is_none() {
            failure.location = place(invocation.context.location);
        }
        invocation.failure = Some(failure);
        invocation.hooks
    };
    hooks.leave(context.cast())
}

/// The body of a function that compiled code calls: does the work, and fails when that has given everything back. A
/// panic, which is a fault of the runtime, does not reach compiled code.
///
/// # Safety
/// The context is that of the running invocation.
#[inline]
pub unsafe fn run<T>(context: *mut Context, work: impl FnOnce(&mut Invocation) -> Result<T, Fault>) -> T {
    // SAFETY: promised by the caller.
    let invocation = unsafe { Invocation::from_context(context) };
    match catch_unwind(AssertUnwindSafe(|| work(invocation))) {
        Ok(Ok(value)) => value,
        // SAFETY: as above.
        Ok(Err(fault)) => unsafe { fail(context, fault) },
        Err(payload) => {
            let text = match (payload.downcast_ref::<&str>(), payload.downcast_ref::<String>()) {
                (Some(text), _) => (*text).to_owned(),
                (_, Some(text)) => text.clone(),
                _ => "a panic without a message".to_owned(),
            };
            drop(payload);
            // SAFETY: as above.
            unsafe { fail(context, Failure::internal(text)) }
        }
    }
}
