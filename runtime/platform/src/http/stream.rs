//! Answers whose bytes are sent as they are made: `Http.stream` and `Http.sse`.
//!
//! Such a response has a header that no response can send, with the number of a function that the invocation keeps. The
//! head is answered, then the function runs in the same invocation and fills a pipe that the connection empties. All is on
//! one event loop: the connection takes what there is when the invocation waits or its turn is over.

use std::cell::{Cell, RefCell};
use std::fmt;
use std::io;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context as TaskContext, Poll, Waker};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use dark_abi::{Context, EntryFn, SLOTS_MAX};
use http_body_util::Full;
use hyper::body::{Body, Frame, SizeHint};
use tokio::sync::{Notify, oneshot};
use tokio::time::{Instant, Sleep, sleep};

use super::answer::{Counted, Reply};
use crate::engine::Engine;
use crate::run::Locals;

/// The header that stands for the bytes to come. HTTP has no names with a colon.
pub(crate) const MARK: &str = ":stream";
/// The invocation waits while the connection has so much to send.
const PIPE_BYTES: usize = 64 * 1024;
/// Silence on a stream of events after which a comment is sent, so that nobody between takes it for dead.
const PING_AFTER: Duration = Duration::from_secs(15);
const PING: &[u8] = b": ping\n\n";

/// A function that sends the bytes of a response, until somebody answers with it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Source {
    pub(crate) entry: EntryFn,
    /// A closure from Unit to Unit that nobody else owns.
    pub(crate) function: u64,
    pub(crate) is_events: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Open,
    Ended,
    /// The run has failed: the client must not take what it has for all.
    Cut,
}

/// Between an invocation and its connection.
#[derive(Debug)]
pub(crate) struct Pipe {
    bytes: RefCell<BytesMut>,
    state: Cell<State>,
    reader: RefCell<Option<Waker>>,
    /// The connection has taken something, or is gone.
    taken: Notify,
    /// Who drives the run.
    driver: RefCell<Option<Waker>>,
    is_gone: Cell<bool>,
}

impl Pipe {
    fn new() -> Rc<Pipe> {
        Rc::new(Pipe {
            bytes: RefCell::default(),
            state: Cell::new(State::Open),
            reader: RefCell::default(),
            taken: Notify::new(),
            driver: RefCell::default(),
            is_gone: Cell::new(false),
        })
    }

    fn wake_reader(&self) {
        if let Some(waker) = self.reader.take() {
            waker.wake();
        }
    }

    fn end(&self, state: State) {
        if self.state.get() == State::Open {
            self.state.set(state);
            self.wake_reader();
        }
    }

    /// Whether nobody reads any more.
    pub(crate) fn is_gone(&self) -> bool {
        self.is_gone.get()
    }

    /// Whether the invocation has to wait before it sends more.
    pub(crate) fn is_full(&self) -> bool {
        !self.is_gone() && self.bytes.borrow().len() >= PIPE_BYTES
    }

    pub(crate) fn put(&self, bytes: &[u8]) {
        self.bytes.borrow_mut().extend_from_slice(bytes);
        self.wake_reader();
    }

    /// Until there is room, or nobody reads any more.
    pub(crate) async fn room(&self) {
        while self.is_full() {
            self.taken.notified().await;
        }
    }
}

/// The connection's end of a pipe.
#[derive(Debug)]
pub(crate) struct Incoming {
    pipe: Rc<Pipe>,
    events: Option<Events>,
    /// It is a request that is being answered, as long as it is sent.
    counted: Option<Counted>,
}

/// A stream of events has no end of its own.
struct Events {
    ping: Pin<Box<Sleep>>,
    /// Resolves when the server stops; clients connect again elsewhere.
    stopped: Option<Pin<Box<dyn Future<Output = ()>>>>,
}

impl fmt::Debug for Events {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Events")
    }
}

impl Incoming {
    fn new(pipe: Rc<Pipe>, is_events: bool) -> Incoming {
        let events = is_events.then(|| Events { ping: Box::pin(sleep(PING_AFTER)), stopped: None });
        Incoming { pipe, events, counted: None }
    }

    pub(crate) fn count(&mut self, counted: Counted) {
        self.counted = Some(counted);
    }

    fn poll(&mut self, cx: &mut TaskContext<'_>) -> Poll<Option<io::Result<Bytes>>> {
        let bytes = self.pipe.bytes.borrow_mut().split().freeze();
        if !bytes.is_empty() {
            self.pipe.taken.notify_waiters();
            self.silence_begins();
            return Poll::Ready(Some(Ok(bytes)));
        }
        match self.pipe.state.get() {
            State::Ended => return Poll::Ready(None),
            State::Cut => return Poll::Ready(Some(Err(io::Error::other("the run that makes the body has failed")))),
            State::Open => {}
        }
        *self.pipe.reader.borrow_mut() = Some(cx.waker().clone());
        let Some(events) = &mut self.events else { return Poll::Pending };
        if events.stopped.as_mut().is_some_and(|stopped| stopped.as_mut().poll(cx).is_ready()) {
            events.stopped = None;
            self.pipe.end(State::Ended);
            return Poll::Ready(None);
        }
        if events.ping.as_mut().poll(cx).is_ready() {
            self.silence_begins();
            return Poll::Ready(Some(Ok(Bytes::from_static(PING))));
        }
        Poll::Pending
    }

    fn silence_begins(&mut self) {
        if let Some(events) = &mut self.events {
            events.ping.as_mut().reset(Instant::now() + PING_AFTER);
        }
    }
}

impl Drop for Incoming {
    fn drop(&mut self) {
        self.pipe.is_gone.set(true);
        self.pipe.taken.notify_waiters();
        if let Some(waker) = self.pipe.driver.take() {
            waker.wake();
        }
    }
}

/// The body of an answer.
#[derive(Debug)]
pub(crate) enum Payload {
    Whole(Full<Bytes>),
    Stream(Incoming),
}

impl Payload {
    /// Ends a stream of events when that resolves.
    pub(crate) fn until<F: Future<Output = ()> + 'static>(mut self, stopped: impl FnOnce() -> F) -> Payload {
        if let Payload::Stream(Incoming { events: Some(events), .. }) = &mut self {
            events.stopped = Some(Box::pin(stopped()));
        }
        self
    }
}

impl Body for Payload {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(self: Pin<&mut Self>, cx: &mut TaskContext<'_>) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        match self.get_mut() {
            Payload::Whole(body) => Pin::new(body).poll_frame(cx).map_err(|never| match never {}),
            Payload::Stream(incoming) => incoming.poll(cx).map_ok(Frame::data),
        }
    }

    fn is_end_stream(&self) -> bool {
        match self {
            Payload::Whole(body) => body.is_end_stream(),
            Payload::Stream(_) => false,
        }
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Payload::Whole(body) => body.size_hint(),
            Payload::Stream(_) => SizeHint::default(),
        }
    }
}

/// The pipe of a run, once it sends.
pub(crate) type Begun = RefCell<Option<Rc<Pipe>>>;

/// Where the head of an answer goes before its run is over.
pub(crate) type Head = Option<oneshot::Sender<Reply>>;

/// Answers with the head, and runs the function that sends the rest. Runs on the invocation's stack.
///
/// # Safety
/// `context` is that of the running invocation.
pub(crate) unsafe fn send(
    engine: &dyn Engine,
    context: *mut Context,
    number: usize,
    mut reply: Reply,
    head: &mut Head,
    begun: &Begun,
) -> Result<(), &'static str> {
    // SAFETY: every run gives its `Locals`, and they outlive it; the reference ends before compiled code runs.
    let source = unsafe {
        let locals = &mut *engine.locals(context).cast::<Locals>();
        let source = locals.sources.get_mut(number).and_then(Option::take);
        let source = source.ok_or("this response was sent already, or is of another run")?;
        let pipe = Pipe::new();
        reply.stream = Some(Incoming::new(Rc::clone(&pipe), source.is_events));
        *begun.borrow_mut() = Some(Rc::clone(&pipe));
        locals.pipe = Some(pipe);
        source
    };
    // From here on the run takes as long as the client stays. A client that is gone already ends it at its first byte.
    dark_sched::lift_deadline();
    if let Some(head) = head.take() {
        let _ = head.send(reply);
    }
    let mut result = [0_u64; SLOTS_MAX];
    // SAFETY: the entry's arguments are the function and Unit.
    unsafe { (source.entry)(context, [source.function, 0].as_ptr(), result.as_mut_ptr()) };
    end(begun, State::Ended);
    Ok(())
}

/// Cuts the stream of a run that did not come to its end.
pub(crate) fn cut(begun: &Begun) {
    end(begun, State::Cut);
}

/// Whether nobody reads what a run sends any more.
pub(crate) fn is_gone(begun: &Begun) -> bool {
    begun.borrow().as_ref().is_some_and(|pipe| pipe.is_gone())
}

fn end(begun: &Begun, state: State) {
    if let Some(pipe) = &*begun.borrow() {
        pipe.end(state);
    }
}

/// Drives a run to its end; `None` when nobody reads what it sends any more, and then it is stopped.
pub(crate) async fn while_read<T>(run: impl Future<Output = T>, begun: &Begun) -> Option<T> {
    let mut run = std::pin::pin!(run);
    std::future::poll_fn(|cx| {
        if let Poll::Ready(done) = run.as_mut().poll(cx) {
            return Poll::Ready(Some(done));
        }
        match &*begun.borrow() {
            Some(pipe) if pipe.is_gone() => Poll::Ready(None),
            Some(pipe) => {
                *pipe.driver.borrow_mut() = Some(cx.waker().clone());
                Poll::Pending
            }
            None => Poll::Pending,
        }
    })
    .await
}

/// The answer of a run: what it has come to, or its head when that goes first. The run goes on then.
pub(crate) async fn first<E>(
    run: impl Future<Output = Option<Result<Reply, E>>>,
    mut head: oneshot::Receiver<Reply>,
) -> Option<Result<Reply, E>> {
    let mut run = std::pin::pin!(run);
    tokio::select! {
        biased;
        Ok(reply) = &mut head => Some(Ok(reply)),
        answer = &mut run => match head.try_recv() {
            Ok(reply) => Some(Ok(reply)),
            Err(_) => answer,
        },
    }
}

/// A stream that nobody sends on any more, for tests of connections: its bytes so far, and whether it is one of events.
#[cfg(test)]
pub(crate) fn open(bytes: &[u8], is_events: bool) -> Incoming {
    let pipe = Pipe::new();
    pipe.put(bytes);
    Incoming::new(pipe, is_events)
}
