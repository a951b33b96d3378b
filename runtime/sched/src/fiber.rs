//! One invocation's code on a stack of its own, driven as a future.
//!
//! The code runs until it ends, leaves, waits for a future, or has had its turn; then it is suspended and the event
//! loop goes on. A future it waits for stays on the code's own stack: it is polled there through a raw pointer,
//! without a box or a copy.
//!
//! **A suspended coroutine is never dropped**: unwinding through compiled code is not possible. It is told to stop by
//! resuming it with a reason; the function it is suspended in passes that on as a failure, the failure suspends for
//! good, and the stack is taken away under it. That holds for a dropped `Drive` too, which stops its code before it
//! goes. So nothing on the stack may need dropping when a failure is raised; see `wait` for how to write that.

use std::any::Any;
use std::cell::{Cell, OnceCell};
use std::future::Future;
use std::marker::PhantomPinned;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::ptr::null;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context as TaskContext, Poll};
use std::time::Instant;

use corosensei::{Coroutine, CoroutineResult, Yielder};
use dark_abi::Context;

use crate::stack::{self, PooledStack};
use crate::ticker::{self, ATTENTION, Slot};

/// Why an invocation is told to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stop {
    /// Its time is over.
    Deadline,
    /// Its stack is used up.
    Stack,
    /// Nobody wants its result any more.
    Cancelled,
    /// What it waited for had a fault.
    Fault,
}

/// How a run ended.
#[derive(Debug)]
pub enum Ended {
    /// The body returned.
    Returned,
    /// The body called `leave`.
    Left,
    /// The body panicked, with this message.
    Panicked(String),
    /// There was no stack to run it on.
    NoStack,
}

/// A future on a suspended stack.
#[derive(Clone, Copy)]
pub(crate) struct Parked {
    pub(crate) data: *mut (),
    /// True when it is ready; the result is stored beside it.
    pub(crate) poll: unsafe fn(*mut (), &mut TaskContext<'_>) -> bool,
}

enum Resume {
    Go,
    Stop(Stop),
}

enum Pause {
    Wait(Parked),
    /// Others may run before it goes on.
    Turn,
    /// Never to be resumed.
    Left,
}

/// What the code on the stack and its driver know of each other.
pub(crate) struct Running {
    yielder: Cell<*const Yielder<Resume, Pause>>,
    context: *mut Context,
    deadline: Cell<Option<Instant>>,
    /// The limit in force: the warm one until the stack is needed further down.
    limit: Cell<u64>,
    hard_limit: Cell<u64>,
    /// Set once, and then every pause ends with it.
    stop: Cell<Option<Stop>>,
}

thread_local! {
    /// The invocation this thread is running now.
    static CURRENT: Cell<*const Running> = const { Cell::new(null()) };
    static SLOT: OnceCell<Arc<Slot>> = const { OnceCell::new() };
}

impl Running {
    /// The invocation that the calling code belongs to.
    pub(crate) fn current<'a>() -> Option<&'a Running> {
        // SAFETY: set while its driver, which holds it, is resuming it.
        unsafe { CURRENT.get().as_ref() }
    }

    fn stack_limit(&self) -> &AtomicU64 {
        // SAFETY: the context outlives the run, and its limit is used as an atomic number only.
        unsafe { AtomicU64::from_ptr(&raw mut (*self.context).stack_limit) }
    }

    fn pause(&self, pause: Pause) -> Result<(), Stop> {
        if let Some(stop) = self.stop.get() {
            return Err(stop);
        }
        // SAFETY: set by the body's first step, which is below us on the stack.
        match unsafe { (*self.yielder.get()).suspend(pause) } {
            Resume::Go => Ok(()),
            Resume::Stop(stop) => {
                self.stop.set(Some(stop));
                Err(stop)
            }
        }
    }

    pub(crate) fn wait(&self, parked: Parked) -> Result<(), Stop> {
        self.pause(Pause::Wait(parked))
    }

    pub(crate) fn stop_reason(&self) -> Option<Stop> {
        self.stop.get()
    }

    pub(crate) fn lift_deadline(&self) {
        self.deadline.set(None);
    }

    fn is_late(&self) -> bool {
        self.deadline.get().is_some_and(|deadline| Instant::now() >= deadline)
    }

    /// The check in compiled code has failed, with the stack pointer at about `here`.
    pub(crate) fn interrupt(&self, here: u64) -> Result<(), Stop> {
        let asked = self.stack_limit().swap(self.limit.get(), Ordering::Relaxed) == ATTENTION;
        if here < self.hard_limit.get() {
            return Err(Stop::Stack);
        }
        if here < self.limit.get() {
            self.limit.set(self.hard_limit.get());
            self.stack_limit().store(self.hard_limit.get(), Ordering::Relaxed);
        }
        if !asked {
            return Ok(());
        }
        if let Some(stop) = self.stop.get() {
            return Err(stop);
        }
        match self.is_late() {
            true => Err(Stop::Deadline),
            false => self.pause(Pause::Turn),
        }
    }

    pub(crate) fn leave(&self) -> ! {
        loop {
            // SAFETY: as in `pause`. It is not resumed after this.
            unsafe { (*self.yielder.get()).suspend(Pause::Left) };
        }
    }
}

type Stackful = Coroutine<Resume, Pause, (), PooledStack>;

enum State {
    New,
    Waiting(Parked),
    Turn(Pin<Box<dyn Future<Output = ()>>>),
    Over,
}

/// A run as a future. Dropping it stops the code first.
pub struct Drive<'a> {
    state: State,
    coroutine: Option<Stackful>,
    running: Running,
    late: Option<Pin<Box<tokio::time::Sleep>>>,
    body: &'a mut dyn FnMut(),
    panic: Cell<Option<String>>,
    /// The coroutine points into it.
    _pinned: PhantomPinned,
}

impl<'a> Drive<'a> {
    /// Runs `body`, once, until the deadline. What `body` has captured is not on the stack and so survives a failure.
    ///
    /// # Safety
    /// `context` is valid as long as the result, and nobody else writes its `stack_limit`. When `leave` is called
    /// nothing on the stack between `body` and that call needs dropping.
    pub unsafe fn new(context: *mut Context, deadline: Option<Instant>, body: &'a mut dyn FnMut()) -> Drive<'a> {
        let running = Running {
            yielder: Cell::new(null()),
            context,
            deadline: Cell::new(deadline),
            limit: Cell::new(0),
            hard_limit: Cell::new(0),
            stop: Cell::new(None),
        };
        Drive {
            state: State::New,
            coroutine: None,
            running,
            late: None,
            body,
            panic: Cell::new(None),
            _pinned: PhantomPinned,
        }
    }

    /// Makes the coroutine; it does not run yet. Called when `self` has its final address.
    fn begin(&mut self) -> Result<(), stack::Exhausted> {
        if !ticker::start() {
            return Err(stack::Exhausted);
        }
        let stack = stack::take()?;
        self.running.limit.set(stack.warm_limit());
        self.running.hard_limit.set(stack.hard_limit());
        self.running.stack_limit().store(stack.warm_limit(), Ordering::Relaxed);
        let (running, panic) = (&raw const self.running, &raw const self.panic);
        let body: *mut (dyn FnMut() + '_) = &raw mut *self.body;
        let run = move |yielder: &Yielder<Resume, Pause>, _: Resume| {
            // SAFETY: `self` is pinned, and outlives the coroutine, which it stops before it goes.
            let (running, panic, body) = unsafe { (&*running, &*panic, &mut *body) };
            running.yielder.set(yielder);
            if let Err(payload) = catch_unwind(AssertUnwindSafe(body)) {
                panic.set(Some(panic_message(&*payload)));
            }
        };
        // SAFETY: what `run` borrows is valid until the coroutine is over.
        self.coroutine = Some(unsafe { Coroutine::with_stack_unchecked(stack, run) });
        Ok(())
    }

    /// Lets the code run until its next pause.
    fn resume(&mut self, with: Resume) -> Option<Ended> {
        let Some(coroutine) = &mut self.coroutine else { return Some(Ended::NoStack) };
        let outer = CURRENT.replace(&raw const self.running);
        SLOT.with(|slot| slot.get_or_init(Slot::register).enter(self.running.stack_limit().as_ptr().cast()));
        let paused = coroutine.resume(with);
        SLOT.with(|slot| slot.get_or_init(Slot::register).leave());
        CURRENT.set(outer);
        match paused {
            CoroutineResult::Yield(Pause::Wait(parked)) => self.state = State::Waiting(parked),
            // The timer and the sockets get their turn before this one.
            CoroutineResult::Yield(Pause::Turn) => self.state = State::Turn(Box::pin(tokio::task::yield_now())),
            CoroutineResult::Yield(Pause::Left) => return Some(self.end(Ended::Left)),
            CoroutineResult::Return(()) => {
                let ended = self.panic.take().map_or(Ended::Returned, Ended::Panicked);
                return Some(self.end(ended));
            }
        }
        None
    }

    /// Gives the stack back.
    fn end(&mut self, ended: Ended) -> Ended {
        self.state = State::Over;
        if let Some(mut coroutine) = self.coroutine.take() {
            // SAFETY: either it has returned, or it has left, which promises that nothing needs dropping.
            unsafe { coroutine.force_reset() };
            let deep = self.running.limit.get() == self.running.hard_limit.get();
            stack::give(coroutine.into_stack(), deep);
        }
        ended
    }

    /// Whether the deadline has passed while waiting; if not, the task is woken when it does.
    fn poll_late(&mut self, cx: &mut TaskContext<'_>) -> bool {
        let Some(deadline) = self.running.deadline.get() else { return false };
        let late = self.late.get_or_insert_with(|| Box::pin(tokio::time::sleep_until(deadline.into())));
        late.as_mut().poll(cx).is_ready()
    }

    /// Polls what the code waits for; the word to resume with when there is one.
    fn poll_parked(&mut self, parked: Parked, cx: &mut TaskContext<'_>) -> Option<Resume> {
        // SAFETY: it lies on the suspended stack, where it stays until the code is resumed.
        match catch_unwind(AssertUnwindSafe(|| unsafe { (parked.poll)(parked.data, cx) })) {
            Ok(true) => Some(Resume::Go),
            Ok(false) if self.poll_late(cx) => Some(Resume::Stop(Stop::Deadline)),
            Ok(false) => None,
            Err(_) => Some(Resume::Stop(Stop::Fault)),
        }
    }
}

impl Future for Drive<'_> {
    type Output = Ended;

    fn poll(self: Pin<&mut Self>, cx: &mut TaskContext<'_>) -> Poll<Ended> {
        // SAFETY: nothing is moved out of it.
        let this = unsafe { self.get_unchecked_mut() };
        loop {
            let with = match &mut this.state {
                State::New => match this.begin() {
                    Ok(()) => Resume::Go,
                    Err(stack::Exhausted) => return Poll::Ready(this.end(Ended::NoStack)),
                },
                State::Waiting(parked) => {
                    let parked = *parked;
                    match this.poll_parked(parked, cx) {
                        Some(with) => with,
                        None => return Poll::Pending,
                    }
                }
                State::Turn(turn) => match turn.as_mut().poll(cx) {
                    Poll::Ready(()) if this.running.is_late() => Resume::Stop(Stop::Deadline),
                    Poll::Ready(()) => Resume::Go,
                    Poll::Pending => return Poll::Pending,
                },
                State::Over => return Poll::Ready(Ended::Left),
            };
            if let Some(ended) = this.resume(with) {
                return Poll::Ready(ended);
            }
        }
    }
}

impl Drop for Drive<'_> {
    fn drop(&mut self) {
        if matches!(self.state, State::Waiting(_) | State::Turn(_)) {
            self.running.stop.set(Some(Stop::Cancelled));
            // Compiled code that goes on for a while is stopped at its next check.
            self.running.limit.set(ATTENTION);
            self.running.stack_limit().store(ATTENTION, Ordering::Relaxed);
            // With the reason set it does not pause again: this ends it.
            self.resume(Resume::Stop(Stop::Cancelled));
            if !matches!(self.state, State::Over) {
                self.end(Ended::Left);
            }
        }
    }
}

pub(crate) fn panic_message(payload: &(dyn Any + Send)) -> String {
    match (payload.downcast_ref::<&str>(), payload.downcast_ref::<String>()) {
        (Some(text), _) => (*text).to_owned(),
        (_, Some(text)) => text.clone(),
        _ => "a panic without a message".to_owned(),
    }
}
