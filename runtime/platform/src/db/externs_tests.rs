//! The externs as compiled code calls them, with texts as rows and a host that only notes what it is asked to make.

use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind};

use dark_abi::{Header, IMMORTAL, Kind, StaticSlice, StaticStr};

use super::externs::*;
use super::*;
use crate::queue::{ConsumerKey, Job, QueueSettings};
use crate::store::Options;
use crate::store::testing::{HandClock, Seeded};
use dark_abi::{Context, DbInfo, Str, TypeInfo};
use std::future::Future;
use std::pin::Pin;
use std::ptr::{null, null_mut};
use std::sync::Arc;

thread_local! {
    static SESSION: RefCell<Option<&'static mut Session>> = const { RefCell::new(None) };
    /// The last value that was made, in its stored form.
    static MADE: RefCell<Option<String>> = const { RefCell::new(None) };
}

struct NotingHost;

impl Host for NotingHost {
    unsafe fn session(&self, _: *mut Context) -> &mut Session {
        let session: *mut Session = SESSION.with_borrow_mut(|session| &raw mut **session.as_mut().unwrap());
        unsafe { &mut *session }
    }

    unsafe fn job(&self, _: *mut Context) -> Option<&Job> {
        None
    }

    unsafe fn to_stored(&self, slots: *const u64, _: *const TypeInfo) -> Result<String, String> {
        Ok(serde_json::to_string(text(unsafe { *slots })).unwrap())
    }

    unsafe fn from_stored(&self, _: *mut Context, text: &str, _: *const TypeInfo, _: *mut u64) -> Result<(), String> {
        MADE.set(Some(text.to_owned()));
        Ok(())
    }

    unsafe fn option_from_stored(
        &self,
        _: *mut Context,
        text: Option<&str>,
        _: *const TypeInfo,
        _: *mut u64,
    ) -> Result<(), String> {
        MADE.set(text.map(str::to_owned));
        Ok(())
    }

    unsafe fn text(&self, _: *mut Context, text: &str) -> *mut Str {
        str_object(text) as *mut Str
    }

    unsafe fn wait(&self, _: *mut Context, future: Pin<Box<dyn Future<Output = ()> + '_>>) {
        tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(future);
    }

    unsafe fn fail(&self, _: *mut Context, message: String) -> ! {
        std::panic::panic_any(message)
    }
}

/// A `Str` in memory that is never given back.
fn str_object(text: &str) -> u64 {
    let mut words = vec![0_u64; size_of::<Str>() / 8 + text.len().div_ceil(8)];
    let object = words.as_mut_ptr().cast::<Str>();
    let header = Header { count: IMMORTAL, word: 0 };
    let len = text.len() as u64;
    unsafe {
        object.write(Str { header, len, capacity: len });
        object.cast::<u8>().add(size_of::<Str>()).copy_from(text.as_ptr(), text.len());
    }
    words.leak().as_ptr() as u64
}

fn text<'a>(object: u64) -> &'a str {
    let object = object as *const Str;
    unsafe {
        let bytes = std::slice::from_raw_parts(object.cast::<u8>().add(size_of::<Str>()), (*object).len as usize);
        std::str::from_utf8(bytes).unwrap()
    }
}

/// A list of texts, in the middle of its buffer.
fn list_object(texts: &[&str]) -> u64 {
    let mut words = vec![0_u64; 5 + 1 + texts.len()];
    for (place, text) in words.iter_mut().skip(6).zip(texts) {
        *place = str_object(text);
    }
    let header = Header { count: IMMORTAL, word: 8 };
    let buffer = words.leak().as_mut_ptr().cast::<dark_abi::Buffer>();
    let high = 1 + texts.len() as u64;
    unsafe { buffer.write(dark_abi::Buffer { header, element: null(), capacity: high, low: 1, high }) };
    let header = Header { count: IMMORTAL, word: 0 };
    let list = dark_abi::List { header, buffer, start: 1, len: texts.len() as u64 };
    Box::leak(Box::new(list)) as *const dark_abi::List as u64
}

fn static_str(text: &'static str) -> StaticStr {
    StaticStr { bytes: text.as_ptr(), len: text.len() }
}

type Extern =
    unsafe extern "C-unwind" fn(*mut Context, *mut u64, *const TypeInfo, *const *const u64, *const *const TypeInfo);

/// Calls a reflective extern; the first result slot and the value made, or the failure.
fn call(function: Extern, arguments: &[u64]) -> Result<(u64, Option<String>), String> {
    let pointers: Vec<*const u64> = arguments.iter().map(|slot| slot as *const u64).collect();
    let types = vec![null(); arguments.len()];
    let mut result = [0_u64; 3];
    MADE.set(None);
    let run = || unsafe { function(null_mut(), result.as_mut_ptr(), null(), pointers.as_ptr(), types.as_ptr()) };
    match catch_unwind(AssertUnwindSafe(run)) {
        Ok(()) => Ok((result[0], MADE.take())),
        Err(message) => Err(*message.downcast::<String>().unwrap()),
    }
}

fn backend() -> Arc<Backend> {
    let shape = TypeShape { root: Shape::Plain("String".to_owned()), types: Default::default() };
    let declared = Declared {
        datastores: vec![("Shop.Rows".to_owned(), shape)],
        workers: vec!["Shop.ship".to_owned()],
        crons: Vec::new(),
    };
    let setup = Setup {
        options: Options::memory(),
        settings: QueueSettings::default(),
        roles: Roles::ALL,
        clock: Arc::new(HandClock::at(1_700_000_000_000)),
        random: Arc::new(Seeded::new(3)),
    };
    Backend::open(declared, setup).unwrap().unwrap().0
}

#[test]
fn compiled_code_reads_writes_commits_and_emits() {
    let backend = backend();
    backend.install();
    install_host(&NotingHost);
    SESSION.set(Some(Box::leak(Box::new(backend.session()))));
    assert_eq!(describe_string().root, Shape::Plain("String".to_owned()));
    let info = DbInfo { name: static_str("Shop.Rows"), row: null() };
    let table = &info as *const DbInfo as u64;
    let t = str_object;
    let made = |text: &str| Ok((0, Some(text.to_owned())));

    assert_eq!(call(dark_db_get, &[t("a"), table]), Ok((0, None)));
    assert_eq!(call(dark_db_set, &[t("one"), t("a"), table]), made("\"one\""));
    assert_eq!(call(dark_db_set, &[t("t\"wo"), t("b"), table]), made("\"t\\\"wo\""));
    assert_eq!(call(dark_db_get, &[t("a"), table]), made("\"one\""));
    assert_eq!(call(dark_db_get_all, &[table]), made("[\"one\",\"t\\\"wo\"]"));
    assert_eq!(call(dark_db_keys, &[table]), made("[\"a\",\"b\"]"));
    assert_eq!(call(dark_db_get_all_with_keys, &[table]), made("{\"a\":\"one\",\"b\":\"t\\\"wo\"}"));
    assert_eq!(call(dark_db_get_many, &[list_object(&["b", "a"]), table]), made("[\"t\\\"wo\",\"one\"]"));
    assert_eq!(call(dark_db_get_many, &[list_object(&["b", "x"]), table]), Ok((0, None)));
    assert_eq!(call(dark_db_get_many, &[0, table]), made("[]"));
    assert_eq!(call(dark_db_get_existing, &[list_object(&["x", "a", "a"]), table]), made("[\"one\",\"one\"]"));
    assert_eq!(call(dark_db_get_many_with_keys, &[list_object(&["x", "a"]), table]), made("{\"a\":\"one\"}"));
    assert_eq!(call(dark_db_contains, &[t("a"), table]), Ok((1, None)));
    assert_eq!(call(dark_db_set_if_absent, &[t("new"), t("a"), table]), Ok((0, None)));
    assert_eq!(call(dark_db_count, &[table]), Ok((2 << 1 | 1, None)));
    let (key, _) = call(dark_db_add, &[t("three"), table]).unwrap();
    assert_eq!(text(key).len(), 36);
    assert_eq!(call(dark_db_delete_many, &[list_object(&["a", "x"]), table]), Ok((1 << 1 | 1, None)));
    assert!(call(dark_db_set, &[t("one"), t(""), table]).unwrap_err().contains("is empty"));

    let context = null_mut();
    let waiting = || backend.queue.counts(&ConsumerKey::Worker("Shop.ship".to_owned())).unwrap().waiting;
    let rows = || backend.session().count(backend.datastore("Shop.Rows").unwrap()).unwrap();
    let conflict_in_between = |tries_left| unsafe {
        dark_db_internal_begin_transaction(context);
        call(dark_db_count, &[table]).unwrap();
        call(dark_db_delete_all, &[table]).unwrap();
        dark_emit(context, t("Shop.ship") as *const Str, &t("event"), null());
        let table = backend.datastore("Shop.Rows").unwrap();
        backend.session().set(table, "other", "1".to_owned()).unwrap().wait().unwrap();
        catch_unwind(AssertUnwindSafe(|| dark_db_internal_commit_transaction(context, tries_left)))
    };
    assert_eq!(conflict_in_between(1).unwrap(), 0);
    let given_up = *conflict_in_between(0).unwrap_err().downcast::<String>().unwrap();
    assert!(given_up.contains("given up"), "{given_up}");
    assert_eq!((waiting(), rows()), (0, 3));
    unsafe {
        dark_db_internal_begin_transaction(context);
        call(dark_db_delete_all, &[table]).unwrap();
        dark_emit(context, t("Shop.ship") as *const Str, &t("event"), null());
        assert_eq!(dark_db_internal_commit_transaction(context, 5), 1);
    }
    assert_eq!((waiting(), rows()), (1, 0));
    let unknown = catch_unwind(|| unsafe { dark_emit(context, t("Shop.gone") as *const Str, &t("event"), null()) });
    assert!(unknown.unwrap_err().downcast::<String>().unwrap().contains("no worker named Shop.gone"));
}

/// A descriptor as the compiler would make it.
fn describe_string() -> TypeShape {
    let none = || StaticSlice { first: null(), len: 0 };
    let info = TypeInfo {
        kind: Kind::String,
        flags: 0,
        slots: 1,
        box_bytes: 0,
        name: static_str("String"),
        element: null(),
        fields: none(),
        cases: StaticSlice { first: null(), len: 0 },
    };
    unsafe { describe(&info) }
}
