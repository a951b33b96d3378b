//! The Rust side of `std/db.dark` and `std/worker.dark`, and `dark_emit`.
//!
//! What these functions need of the runtime stands in one trait, `Host`: turning values into their stored JSON and
//! back, the invocation's session, waiting, failing. It is given once at start, before compiled code runs.
//!
//! A function here may not return: waiting may be cancelled, and a failure abandons the invocation. So each one
//! computes a `Result` first and fails last, when it holds nothing but the message.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, OnceLock};

use dark_abi::{Context, DbInfo, List, SLOT_BYTES, Str, TypeInfo};

use super::query::Condition;
use super::{Backend, Datastore, KEY_BYTES_MAX, Session, Written};
use crate::queue::{Job, PublicId};
use crate::store::StoreError;

/// What the runtime gives to the externs. All pointers are those of the calling convention (`dark_abi::externs`).
pub trait Host: Sync {
    /// The session of the running invocation.
    ///
    /// # Safety
    /// `context` is that of the running invocation; one borrow at a time.
    #[allow(clippy::mut_from_ref)]
    unsafe fn session(&self, context: *mut Context) -> &mut Session;

    /// The worker's run the invocation is, if it is one.
    ///
    /// # Safety
    /// As `session`.
    unsafe fn job(&self, context: *mut Context) -> Option<&Job>;

    /// A value in its stored form; the error says what cannot be stored.
    ///
    /// # Safety
    /// `slots` is a value of type `ty`.
    unsafe fn to_stored(&self, slots: *const u64, ty: *const TypeInfo) -> Result<String, String>;

    /// Makes a value of its stored form and writes its slots to `result`.
    ///
    /// # Safety
    /// `result` has room for a value of type `ty`.
    unsafe fn from_stored(
        &self,
        context: *mut Context,
        text: &str,
        ty: *const TypeInfo,
        result: *mut u64,
    ) -> Result<(), String>;

    /// Writes an `Option` of the descriptor `ty`: `None`, or `Some` of what `text` is the stored form of.
    ///
    /// # Safety
    /// As `from_stored`.
    unsafe fn option_from_stored(
        &self,
        context: *mut Context,
        text: Option<&str>,
        ty: *const TypeInfo,
        result: *mut u64,
    ) -> Result<(), String>;

    /// A new `Str`.
    ///
    /// # Safety
    /// As `session`.
    unsafe fn text(&self, context: *mut Context, text: &str) -> *mut Str;

    /// Suspends the invocation until the future is done.
    ///
    /// # Safety
    /// As `session`.
    unsafe fn wait(&self, context: *mut Context, future: Pin<Box<dyn Future<Output = ()> + '_>>);

    /// Ends the invocation with a runtime failure.
    ///
    /// # Safety
    /// As `session`.
    unsafe fn fail(&self, context: *mut Context, message: String) -> !;
}

static HOST: OnceLock<&'static dyn Host> = OnceLock::new();

/// Gives the externs their host; the first one counts.
pub fn install_host(host: &'static dyn Host) {
    let _ = HOST.set(host);
}

/// An extern's call, taken apart.
struct Call {
    host: &'static dyn Host,
    context: *mut Context,
    arguments: *const *const u64,
    argument_types: *const *const TypeInfo,
    result: *mut u64,
    result_type: *const TypeInfo,
}

impl Call {
    // SAFETY of all: the caller is compiled code that keeps to `dark_abi::externs`.

    unsafe fn argument(&self, index: usize) -> *const u64 {
        unsafe { *self.arguments.add(index) }
    }

    unsafe fn text(&self, index: usize) -> &str {
        unsafe { text_of(*self.argument(index) as *const Str) }
    }

    unsafe fn texts(&self, index: usize) -> Vec<String> {
        unsafe { texts_of(*self.argument(index) as *const List) }
    }

    /// The SQL of a query and its parameters: `(String * List<String>)`.
    unsafe fn condition(&self, index: usize) -> Result<Condition, String> {
        unsafe {
            let slots = self.argument(index);
            let sql = text_of(*slots as *const Str).to_owned();
            let parameters = texts_of(*slots.add(1) as *const List);
            Condition::new(sql, &parameters)
        }
    }

    /// The rows of a query: table and condition are the first arguments.
    unsafe fn selected(&self, limit: Option<i64>) -> Result<Vec<(String, String)>, String> {
        unsafe {
            let (table, condition) = (self.datastore(0)?, self.condition(1)?);
            self.session().select(table, &condition, limit).map_err(|error| message(&error))
        }
    }

    unsafe fn stored(&self, index: usize) -> Result<String, String> {
        unsafe { self.host.to_stored(self.argument(index), *self.argument_types.add(index)) }
    }

    unsafe fn datastore(&self, index: usize) -> Result<&'static Arc<Datastore>, String> {
        unsafe {
            let info = &*(*self.argument(index) as *const DbInfo);
            let name = std::slice::from_raw_parts(info.name.bytes, info.name.len);
            let name = std::str::from_utf8(name).unwrap_or_default();
            let backend = Backend::installed().ok_or("The program has no database open")?;
            backend.datastore(name).ok_or_else(|| format!("Database not found: {name}"))
        }
    }

    #[allow(clippy::mut_from_ref, reason = "it is the invocation's, reached through its context")]
    unsafe fn session(&self) -> &mut Session {
        unsafe { self.host.session(self.context) }
    }

    /// Waits for a write.
    unsafe fn settle<T>(&self, written: Result<Written<T>, StoreError>) -> Result<T, String> {
        unsafe { settle(self.host, self.context, written) }.map_err(|error| message(&error))
    }

    unsafe fn word(&self, word: u64) -> Result<(), String> {
        unsafe { *self.result = word };
        Ok(())
    }

    /// A small `Int`.
    unsafe fn int(&self, number: i64) -> Result<(), String> {
        unsafe { self.word(((number << 1) | 1) as u64) }
    }

    unsafe fn new_text(&self, text: &str) -> Result<(), String> {
        unsafe { self.word(self.host.text(self.context, text) as u64) }
    }

    unsafe fn value(&self, text: &str) -> Result<(), String> {
        unsafe { self.host.from_stored(self.context, text, self.result_type, self.result) }
    }

    unsafe fn option(&self, text: Option<&str>) -> Result<(), String> {
        unsafe { self.host.option_from_stored(self.context, text, self.result_type, self.result) }
    }
}

unsafe fn texts_of(list: *const List) -> Vec<String> {
    // SAFETY: a list of texts, alive as long as the call that borrowed it.
    unsafe {
        let Some(list) = list.as_ref() else { return Vec::new() };
        let elements = list.buffer.cast::<u8>().add(size_of::<dark_abi::Buffer>()).cast::<u64>();
        let element = |i: u64| *elements.add((list.start + i) as usize);
        (0..list.len).map(|i| text_of(element(i) as *const Str).to_owned()).collect()
    }
}

unsafe fn text_of<'a>(text: *const Str) -> &'a str {
    // SAFETY: a `Str` is its head and `len` bytes of UTF-8, alive as long as the call that borrowed it.
    unsafe {
        let bytes = text.cast::<u8>().add(size_of::<Str>());
        std::str::from_utf8_unchecked(std::slice::from_raw_parts(bytes, (*text).len as usize))
    }
}

unsafe fn settle<T>(
    host: &dyn Host,
    context: *mut Context,
    written: Result<Written<T>, StoreError>,
) -> Result<T, StoreError> {
    match written? {
        Written::Now(value) => Ok(value),
        Written::Later(pending) => {
            let mut answer = Err(StoreError::Closed);
            // SAFETY: the context is the running invocation's.
            unsafe { host.wait(context, Box::pin(async { answer = pending.await })) };
            answer
        }
    }
}

fn message(error: &StoreError) -> String {
    match error {
        StoreError::Refused(message) => message.clone(),
        other => format!("The datastore could not do it: {other}"),
    }
}

/// The stored form of a list of values.
fn list_text(values: impl IntoIterator<Item = String>) -> String {
    let values: Vec<String> = values.into_iter().collect();
    format!("[{}]", values.join(","))
}

/// The stored form of a list of texts.
fn texts_text(texts: &[String]) -> Result<String, String> {
    serde_json::to_string(texts).map_err(|error| error.to_string())
}

/// The stored form of a dict.
fn dict_text(rows: impl IntoIterator<Item = (String, String)>) -> Result<String, String> {
    let entry = |(key, value): (String, String)| Ok(format!("{}:{value}", serde_json::to_string(&key)?));
    let entries: Result<Vec<String>, serde_json::Error> = rows.into_iter().map(entry).collect();
    entries.map(|entries| format!("{{{}}}", entries.join(","))).map_err(|error| error.to_string())
}

/// Defines reflective externs: `name(call) body`, where the body is a `Result<(), String>`.
macro_rules! externs {
    ($($(#[$doc:meta])* $name:ident($call:ident) $body:block)*) => {$(
        $(#[$doc])*
        ///
        /// # Safety
        /// Called by compiled code only, as `dark_abi::externs` says.
        #[unsafe(no_mangle)]
        pub unsafe extern "C-unwind" fn $name(
            context: *mut Context,
            result: *mut u64,
            result_type: *const TypeInfo,
            arguments: *const *const u64,
            argument_types: *const *const TypeInfo,
        ) {
            let Some(host) = HOST.get().copied() else { std::process::abort() };
            let $call = Call { host, context, arguments, argument_types, result, result_type };
            // SAFETY: as above.
            let outcome: Result<(), String> = unsafe { (|| $body)() };
            if let Err(message) = outcome {
                // SAFETY: nothing but the message is alive here.
                unsafe { host.fail(context, message) }
            }
        }
    )*};
}

externs! {
    /// `set value key table`
    dark_db_set(call) {
        let (table, value) = (call.datastore(2)?, call.stored(0)?);
        let written = call.session().set(table, call.text(1), value.clone());
        call.settle(written)?;
        // The value again, a reference of its own: made anew, for the argument is only borrowed.
        call.value(&value)
    }

    /// `Internal.trySet value key table`
    dark_db_internal_try_set(call) {
        let (table, value) = (call.datastore(2)?, call.stored(0)?);
        let key = call.text(1);
        if key.is_empty() || key.len() > KEY_BYTES_MAX {
            return call.word(if key.is_empty() { 1 } else { 2 });
        }
        let written = call.session().set(table, key, value);
        match settle(call.host, call.context, written) {
            Ok(()) => call.word(0),
            Err(StoreError::Full) => call.word(3),
            Err(error) => Err(message(&error)),
        }
    }

    /// `get key table`
    dark_db_get(call) {
        let row = call.session().get(call.datastore(1)?, call.text(0)).map_err(|error| message(&error))?;
        call.option(row.as_deref())
    }

    /// `getMany keys table`
    dark_db_get_many(call) {
        let rows = call.session().get_many(call.datastore(1)?, &call.texts(0)).map_err(|error| message(&error))?;
        let all: Option<Vec<String>> = rows.into_iter().collect();
        call.option(all.map(list_text).as_deref())
    }

    /// `getExisting keys table`
    dark_db_get_existing(call) {
        let rows = call.session().get_many(call.datastore(1)?, &call.texts(0)).map_err(|error| message(&error))?;
        call.value(&list_text(rows.into_iter().flatten()))
    }

    /// `getManyWithKeys keys table`
    dark_db_get_many_with_keys(call) {
        let keys = call.texts(0);
        let rows = call.session().get_many(call.datastore(1)?, &keys).map_err(|error| message(&error))?;
        let found = keys.into_iter().zip(rows).filter_map(|(key, row)| Some((key, row?)));
        call.value(&dict_text(found)?)
    }

    /// `contains key table`
    dark_db_contains(call) {
        let there = call.session().contains(call.datastore(1)?, call.text(0)).map_err(|error| message(&error))?;
        call.word(u64::from(there))
    }

    /// `add value table`
    dark_db_add(call) {
        let (table, value) = (call.datastore(1)?, call.stored(0)?);
        let backend = Backend::installed().ok_or("The program has no database open")?;
        let key = backend.ordered_key();
        let written = call.session().set(table, &key, value);
        call.settle(written)?;
        call.new_text(&key)
    }

    /// `setIfAbsent value key table`
    dark_db_set_if_absent(call) {
        let (table, value) = (call.datastore(2)?, call.stored(0)?);
        let written = call.session().set_if_absent(table, call.text(1), value);
        let set = call.settle(written)?;
        call.word(u64::from(set))
    }

    /// `setMany rows table`
    dark_db_set_many(call) {
        let (table, stored) = (call.datastore(1)?, call.stored(0)?);
        let rows: std::collections::BTreeMap<String, Box<serde_json::value::RawValue>> =
            serde_json::from_str(&stored).map_err(|error| error.to_string())?;
        let rows = rows.into_iter().map(|(key, value)| (key, String::from(Box::<str>::from(value)))).collect();
        let written = call.session().set_many(table, rows);
        call.settle(written)?;
        call.word(0)
    }

    /// `delete key table`
    dark_db_delete(call) {
        let written = call.session().delete(call.datastore(1)?, call.text(0));
        call.settle(written)?;
        call.word(0)
    }

    /// `deleteMany keys table`
    dark_db_delete_many(call) {
        let written = call.session().delete_many(call.datastore(1)?, call.texts(0));
        let deleted = call.settle(written)?;
        call.int(deleted)
    }

    /// `deleteAll table`
    dark_db_delete_all(call) {
        let written = call.session().delete_all(call.datastore(0)?);
        call.settle(Ok(written))?;
        call.word(0)
    }

    /// `getAll table`
    dark_db_get_all(call) {
        let rows = call.session().scan(call.datastore(0)?).map_err(|error| message(&error))?;
        call.value(&list_text(rows.into_iter().map(|(_, value)| value)))
    }

    /// `getAllWithKeys table`
    dark_db_get_all_with_keys(call) {
        let rows = call.session().scan(call.datastore(0)?).map_err(|error| message(&error))?;
        call.value(&dict_text(rows)?)
    }

    /// `Internal.parameter value`
    dark_db_internal_parameter(call) {
        let (slots, ty) = (call.argument(0), *call.argument_types);
        let stored = || call.stored(0);
        let parameter = super::query::parameter(slots, ty, stored)?;
        call.new_text(&parameter)
    }

    /// `Internal.descriptor list`
    dark_db_internal_descriptor(call) {
        let list = &**call.argument_types;
        call.new_text(&format!("i{}", list.element as usize))?;
        Ok(())
    }

    /// `Internal.select table condition limit`
    dark_db_internal_select(call) {
        let limit = *call.argument(2) as i64;
        let rows = call.selected(Some(limit).filter(|limit| *limit >= 0))?;
        let pairs: Result<Vec<String>, serde_json::Error> = rows
            .into_iter()
            .map(|(key, value)| Ok(format!("[{},{value}]", serde_json::to_string(&key)?)))
            .collect();
        call.value(&list_text(pairs.map_err(|error| error.to_string())?))
    }

    /// `Internal.selectValues table condition`
    dark_db_internal_select_values(call) {
        let rows = call.selected(None)?;
        call.value(&list_text(rows.into_iter().map(|(_, value)| value)))
    }

    /// `Internal.selectDict table condition`
    dark_db_internal_select_dict(call) {
        let rows = call.selected(None)?;
        call.value(&dict_text(rows)?)
    }

    /// `Internal.selectKeys table condition`
    dark_db_internal_select_keys(call) {
        let table = call.datastore(0)?;
        let condition = call.condition(1)?;
        let keys = call.session().select_keys(table, &condition).map_err(|error| message(&error))?;
        call.value(&texts_text(&keys)?)
    }

    /// `Internal.selectCount table condition`
    dark_db_internal_select_count(call) {
        let table = call.datastore(0)?;
        let condition = call.condition(1)?;
        let count = call.session().select_count(table, &condition).map_err(|error| message(&error))?;
        call.int(count)
    }

    /// `count table`
    dark_db_count(call) {
        let count = call.session().count(call.datastore(0)?).map_err(|error| message(&error))?;
        call.int(count)
    }

    /// `keys table`
    dark_db_keys(call) {
        let keys = call.session().keys(call.datastore(0)?).map_err(|error| message(&error))?;
        call.value(&texts_text(&keys)?)
    }
}

fn host() -> &'static dyn Host {
    match HOST.get().copied() {
        Some(host) => host,
        // Compiled code runs before the program was set up: nothing sensible can be done.
        None => std::process::abort(),
    }
}

/// `generateKey ()`
///
/// # Safety
/// Called by compiled code only.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn dark_db_generate_key(context: *mut Context) -> *mut Str {
    // SAFETY: the context is the running invocation's.
    match Backend::installed() {
        Some(backend) => unsafe { host().text(context, &backend.random_key()) },
        None => unsafe { host().fail(context, "The program has no database open".to_owned()) },
    }
}

/// `Internal.beginTransaction ()`
///
/// # Safety
/// Called by compiled code only.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn dark_db_internal_begin_transaction(context: *mut Context) {
    // SAFETY: the context is the running invocation's.
    unsafe { host().session(context) }.begin();
}

/// `Internal.commitTransaction triesLeft`
///
/// # Safety
/// Called by compiled code only.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn dark_db_internal_commit_transaction(context: *mut Context, tries_left: i64) -> u8 {
    let host = host();
    // SAFETY: the context is the running invocation's.
    let committed = unsafe {
        let written = host.session(context).commit();
        settle(host, context, Ok(written))
    };
    let failure = match committed {
        Ok(()) => return 1,
        Err(StoreError::Conflict) if tries_left > 0 => return 0,
        Err(StoreError::Conflict) => {
            "The transaction was given up: what it reads was changed by others in each of its 6 tries".to_owned()
        }
        Err(error) => message(&error),
    };
    // SAFETY: nothing but the message is alive here.
    unsafe { host.fail(context, failure) }
}

/// `Internal.rollBackTransaction ()`
///
/// # Safety
/// Called by compiled code only.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn dark_db_internal_roll_back_transaction(context: *mut Context) {
    // SAFETY: the context is the running invocation's.
    unsafe { host().session(context) }.roll_back();
}

/// Entry point: emits the event to the worker of that name.
///
/// # Safety
/// Called by compiled code only.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn dark_emit(
    context: *mut Context,
    worker: *const Str,
    event: *const u64,
    ty: *const TypeInfo,
) {
    let host = host();
    // SAFETY: the context is the running invocation's, the event is of that type.
    let emitted = unsafe {
        host.to_stored(event, ty).and_then(|payload| {
            let written = host.session(context).emit(text_of(worker), payload);
            settle(host, context, written).map_err(|error| match error {
                StoreError::Full => "queue is full".to_owned(),
                other => message(&other),
            })
        })
    };
    if let Err(failure) = emitted {
        // SAFETY: nothing but the message is alive here.
        unsafe { host.fail(context, failure) }
    }
}

/// Entry point: the events that wait for the worker of that name, a list of that type.
///
/// # Safety
/// Called by compiled code only.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn dark_waiting(
    context: *mut Context,
    worker: *const Str,
    ty: *const TypeInfo,
) -> *const List {
    let (host, mut list) = (host(), 0);
    // SAFETY: the context is the running invocation's, the result has room for a list.
    let read = unsafe {
        let waiting = Backend::installed().ok_or_else(|| "The program has no database open".to_owned());
        let waiting = waiting.and_then(|it| it.queue.waiting(text_of(worker)).map_err(|error| message(&error)));
        waiting.and_then(|payloads| host.from_stored(context, &list_text(payloads), ty, &raw mut list))
    };
    if let Err(failure) = read {
        // SAFETY: nothing but the message is alive here.
        unsafe { host.fail(context, failure) }
    }
    list as *const List
}

/// The run, or a failure: the functions below are called after `isRun` only.
unsafe fn run_of<'a>(context: *mut Context) -> &'a Job {
    let host = host();
    // SAFETY: the context is the running invocation's.
    match unsafe { host.job(context) } {
        Some(job) => job,
        None => unsafe { host.fail(context, "This is not the run of a worker".to_owned()) },
    }
}

/// `Internal.isRun ()`
///
/// # Safety
/// Called by compiled code only.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn dark_worker_internal_is_run(context: *mut Context) -> u8 {
    // SAFETY: the context is the running invocation's.
    u8::from(unsafe { host().job(context) }.is_some())
}

/// `Internal.runId ()`
///
/// # Safety
/// Called by compiled code only.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn dark_worker_internal_run_id(context: *mut Context, result: *mut u64) {
    // SAFETY: the context is the running invocation's, and the result has two slots: low word, high word.
    unsafe {
        let salt = Backend::installed().map_or(0, |backend| backend.store.salt());
        let id = PublicId::new(salt, run_of(context).id).0;
        *result = id as u64;
        *result.byte_add(SLOT_BYTES) = (id >> 64) as u64;
    }
}

/// `Internal.runAttempt ()`
///
/// # Safety
/// Called by compiled code only.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn dark_worker_internal_run_attempt(context: *mut Context) -> i64 {
    // SAFETY: the context is the running invocation's.
    i64::from(unsafe { run_of(context) }.run)
}

/// `Internal.runEmittedAt ()`
///
/// # Safety
/// Called by compiled code only.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn dark_worker_internal_run_emitted_at(context: *mut Context) -> i64 {
    // SAFETY: the context is the running invocation's.
    unsafe { run_of(context) }.emitted_at
}

/// `Internal.runDueAt ()`
///
/// # Safety
/// Called by compiled code only.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn dark_worker_internal_run_due_at(context: *mut Context) -> i64 {
    // SAFETY: the context is the running invocation's.
    unsafe { run_of(context) }.due_at
}
