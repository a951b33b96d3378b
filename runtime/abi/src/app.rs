//! The application descriptor: one static per executable, exported as `dark_app`, that lists what the runtime serves.

use crate::{Context, SourceLocation, StaticSlice, StaticStr, TypeInfo};

/// A compiled function behind the C calling convention: reads its arguments' slots in order from `arguments` and owns
/// them, writes its result's slots to `result`.
pub type EntryFn = unsafe extern "C" fn(context: *mut Context, arguments: *const u64, result: *mut u64);

#[repr(C)]
#[derive(Debug)]
pub struct Entry {
    /// Qualified name as printed: `Shop.addItem`.
    pub name: StaticStr,
    pub call: EntryFn,
    pub params: StaticSlice<ParamInfo>,
    pub result: *const TypeInfo,
    pub location: *const SourceLocation,
}

#[repr(C)]
#[derive(Debug)]
pub struct ParamInfo {
    pub name: StaticStr,
    pub ty: *const TypeInfo,
    pub source: ParamSource,
}

/// What an HTTP handler's parameter is filled from. Decided by the compiler (see docs/http.md).
#[repr(u32)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ParamSource {
    /// Not a handler's parameter: the event of a worker, an ordinary argument.
    Plain = 0,
    /// A route variable of the same name.
    RouteVariable = 1,
    /// The whole request, `Stdlib.Http.Request`.
    Request = 2,
    /// `body: T`, from JSON or a form.
    BodyTyped = 3,
    /// `body: String`
    BodyText = 4,
    /// `body: Blob`
    BodyBytes = 5,
    /// `query: R`
    Query = 6,
    /// `headers: R`
    Headers = 7,
    /// `()`
    Unit = 8,
}

#[repr(C)]
#[derive(Debug)]
pub struct HandlerInfo {
    pub method: StaticStr,
    /// As declared: `/todos/:id`.
    pub route: StaticStr,
    pub entry: Entry,
}

#[repr(C)]
#[derive(Debug)]
pub struct WorkerInfo {
    /// The queue's name: the function's qualified name, or the attribute's argument.
    pub name: StaticStr,
    pub entry: Entry,
}

#[repr(C)]
#[derive(Debug)]
pub struct CronInfo {
    pub name: StaticStr,
    /// The schedule as declared, checked by the compiler: `every day at 09:00 Europe/London`.
    pub schedule: StaticStr,
    pub entry: Entry,
}

#[repr(C)]
#[derive(Debug)]
pub struct DbInfo {
    /// Qualified name: `Shop.Todos`, the table's name.
    pub name: StaticStr,
    pub row: *const TypeInfo,
}

/// A `val` declaration: computed once, before anything else runs, in the order of the list.
#[repr(C)]
#[derive(Debug)]
pub struct ValueInfo {
    pub entry: Entry,
    /// Where compiled code reads the slots from.
    pub slots: *mut u64,
}

/// One test of a test file: runs `actual`; the comparison with `expected` is compiled into the entry, whose result is
/// a `String`, empty when they are equal, else both values in words.
#[repr(C)]
#[derive(Debug)]
pub struct TestInfo {
    pub entry: Entry,
    /// Dotted module path inside the file.
    pub group: StaticStr,
    /// The source text of the test's left side.
    pub text: StaticStr,
    /// For `= error="…"`: the message; else a null pointer.
    pub expected_error: StaticStr,
    /// The first thing on the line, for reports.
    pub location: *const SourceLocation,
}

#[repr(C)]
#[derive(Debug)]
pub struct AppInfo {
    /// `ABI_VERSION` of the compiler.
    pub abi_version: u32,
    /// What the executable does when it starts, a `Mode`.
    pub mode: Mode,
    pub name: StaticStr,
    /// Settings from `dark.toml` as JSON (limits, CORS); `{}` without one.
    pub settings: StaticStr,
    pub values: StaticSlice<ValueInfo>,
    pub handlers: StaticSlice<HandlerInfo>,
    pub workers: StaticSlice<WorkerInfo>,
    pub crons: StaticSlice<CronInfo>,
    pub dbs: StaticSlice<DbInfo>,
    pub tests: StaticSlice<TestInfo>,
    /// The script's statements in order, or `main`, or the expression of `eval`; one entry each.
    pub entries: StaticSlice<Entry>,
}

#[repr(u32)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Serve handlers, workers and crons.
    Serve = 0,
    /// Run `entries` in order; the last one's value (Unit, Int, Int64) is the exit code.
    Script = 1,
    /// Run the only entry, print its value in its printed form.
    Eval = 2,
    /// Run `tests`.
    Test = 3,
}

// SAFETY: immutable static data, but for `ValueInfo::slots`, which is written before threads start.
unsafe impl Sync for AppInfo {}
unsafe impl Sync for Entry {}
unsafe impl Sync for ParamInfo {}
unsafe impl Sync for HandlerInfo {}
unsafe impl Sync for WorkerInfo {}
unsafe impl Sync for CronInfo {}
unsafe impl Sync for DbInfo {}
unsafe impl Sync for ValueInfo {}
unsafe impl Sync for TestInfo {}
