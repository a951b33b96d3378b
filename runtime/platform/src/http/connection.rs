//! One connection from its first byte to its last: HTTP/1.1, or HTTP/2 when the client begins with its preface.

use std::convert::Infallible;
use std::future::Future;
use std::io;
use std::net::IpAddr;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use dark_sched::world::Accepted;
use hyper::body::Body;
use hyper::server::conn::{http1, http2};
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadBuf};
use tokio::sync::watch;

use super::answer::{Answers, HEADERS_MAX};
use super::stream::Payload;

/// How long a client may take over the head of a request.
const HEAD_WAIT: Duration = Duration::from_secs(10);
/// Bytes of a request's head, at most.
const HEAD_BYTES_MAX: usize = 32 * 1024;
/// Streams of an HTTP/2 connection that are open at once.
const STREAMS_MAX: u32 = 200;
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
const TOO_SLOW: &[u8] = b"HTTP/1.1 408 Request Timeout\r\nconnection: close\r\ncontent-length: 0\r\n\r\n";

/// Serves a connection until it ends, or until it is idle once `stopping` says so.
pub(crate) async fn serve<S, A>(accepted: Accepted<S>, front: Rc<A>, stopping: watch::Receiver<bool>)
where
    S: AsyncRead + AsyncWrite + Unpin + 'static,
    A: Answers,
{
    let Accepted { mut stream, peer } = accepted;
    let begin = match tokio::time::timeout(HEAD_WAIT, Begin::read(&mut stream)).await {
        Ok(Ok(begin)) => begin,
        Ok(Err(_)) => return,
        Err(_) => return refuse_slow(stream).await,
    };
    let is_http2 = begin.is_http2;
    let stream = TokioIo::new(Begun { begin: begin.bytes, taken: 0, stream });
    match is_http2 {
        true => serve_http2(stream, peer, front, stopping).await,
        false => serve_http1(stream, peer, front, stopping).await,
    }
}

async fn refuse_slow<S: AsyncWrite + Unpin>(mut stream: S) {
    // The client may be gone.
    let _ = stream.write_all(TOO_SLOW).await;
    let _ = stream.shutdown().await;
}

async fn stopped(mut stopping: watch::Receiver<bool>) {
    // A sender that is gone has stopped as well.
    let _ = stopping.wait_for(|stopping| *stopping).await;
}

/// The answer; what it streams of events ends when the server stops.
async fn answer<A, B>(
    front: Rc<A>,
    request: Request<B>,
    peer: Option<IpAddr>,
    stopping: Rc<watch::Receiver<bool>>,
) -> Result<Response<Payload>, Infallible>
where
    A: Answers,
    B: Body<Data = Bytes> + Unpin,
{
    let response = front.answer(request, peer).await?;
    Ok(response.map(|body| body.until(|| stopped(stopping.as_ref().clone()))))
}

async fn serve_http1<S, A>(
    stream: TokioIo<Begun<S>>,
    peer: Option<IpAddr>,
    front: Rc<A>,
    stopping: watch::Receiver<bool>,
) where
    S: AsyncRead + AsyncWrite + Unpin + 'static,
    A: Answers,
{
    let stop = Rc::new(stopping.clone());
    let service = service_fn(move |request| answer(front.clone(), request, peer, stop.clone()));
    // No `pipeline_flush`: with it, answers to requests that cannot be read are never sent.
    let mut connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_WAIT)
        .max_headers(HEADERS_MAX)
        .max_header_size(HEAD_BYTES_MAX)
        .serve_connection(stream, service);
    let ended = tokio::select! {
        biased;
        ended = &mut connection => ended,
        () = stopped(stopping) => {
            Pin::new(&mut connection).graceful_shutdown();
            (&mut connection).await
        }
    };
    // What is wrong with a request has been answered; a connection that breaks is the client's matter.
    if ended.is_err_and(|error| error.is_timeout()) {
        let parts = connection.into_parts();
        // Without a byte of a request it was just idle.
        if !parts.read_buf.is_empty() {
            refuse_slow(parts.io.into_inner().stream).await;
        }
    }
}

async fn serve_http2<S, A>(
    stream: TokioIo<Begun<S>>,
    peer: Option<IpAddr>,
    front: Rc<A>,
    stopping: watch::Receiver<bool>,
) where
    S: AsyncRead + AsyncWrite + Unpin + 'static,
    A: Answers,
{
    let stop = Rc::new(stopping.clone());
    let service = service_fn(move |request| answer(front.clone(), request, peer, stop.clone()));
    let mut connection = http2::Builder::new(LocalExecutor)
        .timer(TokioTimer::new())
        .max_header_list_size(HEAD_BYTES_MAX as u32)
        .max_concurrent_streams(STREAMS_MAX)
        .keep_alive_interval(Duration::from_secs(30))
        .serve_connection(stream, service);
    tokio::select! {
        biased;
        _ = &mut connection => return,
        () = stopped(stopping) => {}
    }
    Pin::new(&mut connection).graceful_shutdown();
    let _ = connection.await;
}

/// Runs the tasks of HTTP/2 on this event loop.
#[derive(Clone)]
struct LocalExecutor;

impl<F> hyper::rt::Executor<F> for LocalExecutor
where
    F: Future + 'static,
    F::Output: 'static,
{
    fn execute(&self, future: F) {
        tokio::task::spawn_local(future);
    }
}

/// The first bytes of a connection.
struct Begin {
    bytes: Vec<u8>,
    is_http2: bool,
}

impl Begin {
    /// Reads until it is certain which protocol the client speaks.
    async fn read<S: AsyncRead + Unpin>(stream: &mut S) -> io::Result<Begin> {
        let mut bytes = Vec::with_capacity(1024);
        loop {
            let read = stream.read_buf(&mut bytes).await?;
            let known = bytes.len().min(PREFACE.len());
            let agrees = bytes.get(..known) == PREFACE.get(..known);
            if !agrees || read == 0 || known == PREFACE.len() {
                return Ok(Begin { is_http2: agrees && known == PREFACE.len(), bytes });
            }
        }
    }
}

/// A connection of which the first bytes have been read.
struct Begun<S> {
    begin: Vec<u8>,
    taken: usize,
    stream: S,
}

impl<S: AsyncRead + Unpin> AsyncRead for Begun<S> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = &mut *self;
        match this.begin.get(this.taken..) {
            Some(rest) if !rest.is_empty() => {
                let count = rest.len().min(buffer.remaining());
                buffer.put_slice(rest.get(..count).unwrap_or_default());
                this.taken += count;
                if this.taken == this.begin.len() {
                    this.begin = Vec::new();
                    this.taken = 0;
                }
                Poll::Ready(Ok(()))
            }
            _ => Pin::new(&mut this.stream).poll_read(cx, buffer),
        }
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Begun<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        parts: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(cx, parts)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}
