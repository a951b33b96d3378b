//! What a test has put in place of the outside: a clock that stands, functions that answer in place of other servers, and
//! values of secrets. Each test begins with the real outside.

use std::cell::RefCell;
use std::sync::atomic::{AtomicI64, Ordering};

use dark_abi::{Context, EntryFn, SLOTS_MAX, TypeInfo};
use dark_rt::std::answer::Call;
use dark_rt::value::{self, Tree};
use dark_rt::{Standard, run};
use dark_sched::world::SystemClock;

/// Says that the clock of the machine counts: no `DateTime` is that early.
const RUNS: i64 = i64::MIN;

static STANDS_AT: AtomicI64 = AtomicI64::new(RUNS);

thread_local! {
    /// The innermost one last.
    static STUBS: RefCell<Vec<Stub>> = const { RefCell::new(Vec::new()) };

    /// Names and values, the innermost one last.
    static SECRETS: RefCell<Vec<(String, String)>> = const { RefCell::new(Vec::new()) };
}

/// The machine's clock, unless a test has stopped it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct WorldClock;

impl WorldClock {
    fn or(now_ms: impl FnOnce() -> i64) -> i64 {
        match STANDS_AT.load(Ordering::Relaxed) {
            RUNS => now_ms(),
            stands_at => stands_at,
        }
    }
}

impl dark_sched::world::Clock for WorldClock {
    fn now_ms(&self) -> i64 {
        WorldClock::or(|| dark_sched::world::Clock::now_ms(&SystemClock))
    }
}

impl dark_rt::Clock for WorldClock {
    fn now_ms(&self) -> i64 {
        WorldClock::or(|| dark_rt::Clock::now_ms(&Standard))
    }

    fn monotonic_ns(&self) -> u64 {
        Standard.monotonic_ns()
    }
}

/// Sets what the clock does, and gives what it did before.
pub(crate) fn set_clock(to: i64) -> i64 {
    STANDS_AT.swap(to, Ordering::Relaxed)
}

/// A function that answers in place of servers. It is a closure that nobody counts any more.
#[derive(Clone, Copy)]
pub(crate) struct Stub {
    pub(crate) function: u64,
    pub(crate) call: EntryFn,
    pub(crate) request: &'static TypeInfo,
}

impl Stub {
    /// Answers `HttpClient.Internal.send` with what the function results in, which has the same type.
    ///
    /// # Safety
    /// It is a call of `send`.
    pub(crate) unsafe fn answer(self, context: *mut Context, call: Call) {
        let mut slots = [0_u64; SLOTS_MAX + 1];
        slots[0] = self.function;
        // SAFETY: promised by the caller. Nothing needs dropping when the function is called, for it may not return.
        unsafe {
            run(context, |invocation| {
                let request = Tree::Parts(vec![
                    Tree::text(call.text(0)),
                    Tree::text(call.text(1)),
                    Tree::pairs(call.pairs(2)),
                    Tree::Bytes(call.bytes(3).to_vec()),
                ]);
                value::build(&mut invocation.heap, &request, self.request, slots.as_mut_ptr().add(1))
            });
            (self.call)(context, slots.as_ptr(), call.result);
        }
    }
}

pub(crate) fn begin_stub(stub: Stub) {
    STUBS.with_borrow_mut(|stubs| stubs.push(stub));
}

pub(crate) fn end_stub() {
    STUBS.with_borrow_mut(Vec::pop);
}

/// The one that answers now.
pub(crate) fn stub() -> Option<Stub> {
    STUBS.with_borrow(|stubs| stubs.last().copied())
}

pub(crate) fn begin_secret(name: String, value: String) {
    SECRETS.with_borrow_mut(|secrets| secrets.push((name, value)));
}

pub(crate) fn end_secret() {
    SECRETS.with_borrow_mut(Vec::pop);
}

/// The value that a test has given to a secret.
pub(crate) fn secret(name: &str) -> Option<String> {
    SECRETS.with_borrow(|secrets| secrets.iter().rev().find(|(known, _)| known == name).map(|(_, value)| value.clone()))
}

/// The real outside again, for the next test.
pub(crate) fn reset() {
    set_clock(RUNS);
    STUBS.with_borrow_mut(Vec::clear);
    SECRETS.with_borrow_mut(Vec::clear);
}
