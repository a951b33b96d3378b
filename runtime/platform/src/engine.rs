//! What the platform needs of values and memory, as a trait: the runtime's side is `dark_rt`, a test brings its own.
//!
//! Functions that make values may not return: a memory limit that is reached is a failure, and a failure abandons the
//! invocation's stack. Whoever calls them holds nothing that needs dropping.

use dark_abi::{Context, TypeInfo};

/// Why an invocation ended without a result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    pub kind: FailureKind,
    pub message: String,
    pub place: Option<Place>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FailureKind {
    /// The program's own: a division by zero, no case that matches, a failed `unwrap`.
    Program,
    /// A limit: memory or stack.
    Limit,
    /// Its time was over.
    Deadline,
    /// Nobody wanted its result any more.
    Cancelled,
    /// There was no room to run it.
    Busy,
    /// A fault of the runtime.
    Fault,
}

/// Where in Dark source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    pub file: String,
    pub line: u32,
    pub column: u32,
    /// Empty for the statements of a script, and for tests.
    pub function: String,
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}:{}", self.file, self.line, self.column)?;
        match self.function.as_str() {
            "" => Ok(()),
            name => write!(f, " in {name}"),
        }
    }
}

impl Failure {
    pub fn new(kind: FailureKind, message: impl Into<String>) -> Failure {
        Failure { kind, message: message.into(), place: None }
    }
}

/// What is wrong with a JSON text for a type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JsonProblem {
    /// From the value on: `.lines[2].price`; empty for the value itself.
    pub path: String,
    pub message: String,
}

/// The values' side of the runtime.
pub trait Engine: Sync {
    /// A new invocation with an empty heap; `locals` is what `locals` gives back.
    fn begin(&self, memory_bytes: usize, locals: *mut ()) -> *mut Context;

    /// The invocation is over: its heap is freed. The failure, if one was raised.
    ///
    /// # Safety
    /// `context` comes from `begin` and is not used afterwards.
    unsafe fn end(&self, context: *mut Context) -> Option<Failure>;

    /// # Safety
    /// `context` is that of a running invocation, here and below.
    unsafe fn locals(&self, context: *mut Context) -> *mut ();

    /// Ends the running invocation.
    ///
    /// # Safety
    /// As `locals`; nothing on the stack needs dropping.
    unsafe fn fail(&self, context: *mut Context, failure: Failure) -> !;

    /// A new `String`'s slot; the text is brought to NFC.
    ///
    /// # Safety
    /// As `locals`.
    unsafe fn text(&self, context: *mut Context, text: &str) -> u64;

    /// A new `Blob`'s slot.
    ///
    /// # Safety
    /// As `locals`.
    unsafe fn bytes(&self, context: *mut Context, bytes: &[u8]) -> u64;

    /// A new list's slot, of elements whose slots stand one after the other and are consumed.
    ///
    /// # Safety
    /// As `locals`; `element` is the elements' type.
    unsafe fn list(&self, context: *mut Context, elements: &[u64], element: *const TypeInfo) -> u64;

    /// Makes a value of its wire JSON.
    ///
    /// # Safety
    /// As `locals`; `result` has room for a value of type `ty`.
    unsafe fn read_json(
        &self,
        context: *mut Context,
        json: &str,
        ty: *const TypeInfo,
        result: *mut u64,
    ) -> Result<(), JsonProblem>;

    /// The wire JSON of a value; the error says what has none.
    ///
    /// # Safety
    /// `slots` is a value of type `ty`.
    unsafe fn write_json(&self, slots: *const u64, ty: *const TypeInfo) -> Result<String, String>;

    /// Makes a value of its stored JSON.
    ///
    /// # Safety
    /// As `read_json`.
    unsafe fn read_stored(
        &self,
        context: *mut Context,
        json: &str,
        ty: *const TypeInfo,
        result: *mut u64,
    ) -> Result<(), JsonProblem>;

    /// The stored JSON of a value; the error says what cannot be stored.
    ///
    /// # Safety
    /// As `write_json`.
    unsafe fn write_stored(&self, slots: *const u64, ty: *const TypeInfo) -> Result<String, String>;

    /// The printed form of a value.
    ///
    /// # Safety
    /// As `write_json`.
    unsafe fn repr(&self, slots: *const u64, ty: *const TypeInfo) -> String;

    /// Drops a value.
    ///
    /// # Safety
    /// As `locals`; `slots` is a value of type `ty`, owned by the caller.
    unsafe fn drop_value(&self, context: *mut Context, slots: *mut u64, ty: *const TypeInfo);

    /// Makes a value one that all threads may read for ever.
    ///
    /// # Safety
    /// As `write_json`; `context` is that of the value's invocation, which is never ended.
    unsafe fn make_immortal(&self, context: *mut Context, slots: *mut u64, ty: *const TypeInfo);

    /// Objects that were alive when their invocation returned, of all invocations so far.
    fn live_objects(&self) -> u64;
}
