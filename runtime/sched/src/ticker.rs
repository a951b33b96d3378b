//! The ticker: one thread that gets the attention of invocations that run for too long without a pause.
//!
//! Each event loop has a slot, which holds the address of the running invocation's stack limit while it runs. When the
//! ticker sees the same run at two of its ticks, it sets the limit to the highest number; the next check in compiled
//! code then calls `dark_interrupt`. While nothing runs the ticker sleeps without a clock and costs nothing.
//!
//! Invariant: a limit is written only while the slot holds it. The ticker takes the address out of the slot, writes,
//! and then marks the slot as done; a loop that finds its address taken waits for the mark, a few nanoseconds.

use std::ptr::{null_mut, without_provenance_mut};
use std::sync::atomic::{AtomicBool, AtomicPtr, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock};
use std::thread::Thread;
use std::time::Duration;

/// An invocation is interrupted after one to two of these.
pub const TICK: Duration = Duration::from_millis(5);
/// Ticks without anything running, after which the ticker sleeps.
const IDLE_TICKS_MAX: u32 = 20;

/// A stack limit that makes the next check call the runtime.
pub(crate) const ATTENTION: u64 = u64::MAX;

/// The ticker has the address and is about to write through it.
fn taken() -> *mut AtomicU64 {
    without_provenance_mut(8)
}

/// The ticker has written; nothing more happens until the next run.
fn done() -> *mut AtomicU64 {
    without_provenance_mut(16)
}

#[derive(Default)]
pub(crate) struct Slot {
    limit: AtomicPtr<AtomicU64>,
    /// Counts the runs of this event loop.
    run: AtomicU64,
}

impl Slot {
    /// A slot for this thread's event loop, known to the ticker.
    pub(crate) fn register() -> Arc<Slot> {
        let slot = Arc::new(Slot::default());
        slots().push(slot.clone());
        slot
    }

    /// A run begins, whose limit is at this address.
    #[inline]
    pub(crate) fn enter(&self, limit: *mut AtomicU64) {
        let run = self.run.load(Ordering::Relaxed);
        self.run.store(run.wrapping_add(1), Ordering::Relaxed);
        self.limit.store(limit, Ordering::SeqCst);
        if PARKED.load(Ordering::SeqCst) {
            wake();
        }
    }

    /// The run has ended or waits; afterwards the ticker does not touch its limit.
    #[inline]
    pub(crate) fn leave(&self) {
        if self.limit.swap(null_mut(), Ordering::SeqCst) == taken() {
            while self.limit.load(Ordering::SeqCst) != done() {
                std::thread::yield_now();
            }
            self.limit.store(null_mut(), Ordering::SeqCst);
        }
    }

    fn is_running(&self) -> bool {
        !self.limit.load(Ordering::SeqCst).is_null()
    }

    /// Whether something runs; asks it for attention when it is the run that was seen before.
    fn tick(&self, seen: &mut u64) -> bool {
        let limit = self.limit.load(Ordering::SeqCst);
        if limit.is_null() || limit == done() {
            return !limit.is_null();
        }
        let run = self.run.load(Ordering::Relaxed);
        if std::mem::replace(seen, run) == run {
            let taken = self.limit.compare_exchange(limit, taken(), Ordering::SeqCst, Ordering::SeqCst);
            if taken.is_ok() {
                // SAFETY: the slot held the address, and its owner waits for the mark before it lets it die.
                unsafe { (*limit).store(ATTENTION, Ordering::Relaxed) };
                self.limit.store(done(), Ordering::SeqCst);
            }
        }
        true
    }
}

static PARKED: AtomicBool = AtomicBool::new(false);
static TICKER: OnceLock<Option<Thread>> = OnceLock::new();
static SLOTS: Mutex<Vec<Arc<Slot>>> = Mutex::new(Vec::new());

fn slots() -> MutexGuard<'static, Vec<Arc<Slot>>> {
    SLOTS.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
}

#[cold]
fn wake() {
    if PARKED.swap(false, Ordering::SeqCst)
        && let Some(Some(thread)) = TICKER.get()
    {
        thread.unpark();
    }
}

/// Starts the ticker unless it has been started; false when the system has no thread for it.
pub(crate) fn start() -> bool {
    let thread = TICKER.get_or_init(|| {
        let builder = std::thread::Builder::new().name("dark-ticker".to_owned()).stack_size(64 * 1024);
        builder.spawn(run).ok().map(|handle| handle.thread().clone())
    });
    thread.is_some()
}

fn run() {
    let mut seen: Vec<u64> = Vec::new();
    let mut idle_ticks = 0;
    loop {
        std::thread::sleep(TICK);
        let mut slots = slots();
        // A slot that only this list knows belongs to a thread that has ended.
        if slots.iter().any(|slot| Arc::strong_count(slot) == 1) {
            slots.retain(|slot| Arc::strong_count(slot) > 1);
            seen.clear();
        }
        seen.resize(slots.len(), u64::MAX);
        let running = slots.iter().zip(&mut seen).map(|(slot, seen)| slot.tick(seen)).fold(false, |any, it| any | it);
        drop(slots);
        idle_ticks = if running { 0 } else { idle_ticks + 1 };
        if idle_ticks >= IDLE_TICKS_MAX {
            park();
            idle_ticks = 0;
        }
    }
}

fn park() {
    PARKED.store(true, Ordering::SeqCst);
    if slots().iter().any(|slot| slot.is_running()) {
        PARKED.store(false, Ordering::SeqCst);
    }
    while PARKED.load(Ordering::SeqCst) {
        std::thread::park();
    }
}
