//! From a request to its answer: limits, route, handler, and the headers that every answer has.

use std::convert::Infallible;
use std::fmt;
use std::future::Future;
use std::net::IpAddr;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use bytes::Bytes;
use http_body_util::Full;
use hyper::body::Body;
use hyper::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, ORIGIN, RETRY_AFTER};
use hyper::{Method, Request, Response, StatusCode, Uri};

use super::path::segments;
use super::refusal::Refusal;
use super::router::{Match, Router, Target};
use super::stream::{Incoming, Payload};
use super::trace::{TraceId, TraceIds};
use super::{Cors, body};
use crate::settings::Limits;

/// Header lines of a request, at most.
pub(crate) const HEADERS_MAX: usize = 100;
const FAVICON: &[u8] = include_bytes!("favicon.png");
const X_TRACE_ID: HeaderName = HeaderName::from_static("x-trace-id");

/// A request that has arrived.
pub(crate) struct Received {
    pub(crate) method: Method,
    pub(crate) uri: Uri,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    pub(crate) from: Origin,
}

/// Which request it is, and whose.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Origin {
    pub(crate) trace: TraceId,
    pub(crate) peer: Option<IpAddr>,
}

/// What a handler has made of it.
#[derive(Debug, Default)]
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    /// In place of the body: what is sent as it is made.
    pub(crate) stream: Option<Incoming>,
}

impl Reply {
    pub(crate) fn response(self) -> Response<Payload> {
        let body = self.stream.map_or_else(|| Payload::Whole(Full::new(self.body)), Payload::Stream);
        let mut response = Response::new(body);
        *response.status_mut() = self.status;
        *response.headers_mut() = self.headers;
        response
    }
}

/// The program's handlers, by their number.
pub(crate) trait Handlers: 'static {
    fn handle(
        &self,
        target: Target,
        variables: Vec<String>,
        request: Received,
    ) -> impl Future<Output = Result<Reply, Refusal>>;
}

/// What all event loops share.
pub(crate) struct Shared {
    pub(crate) router: Router,
    pub(crate) cors: Cors,
    pub(crate) limits: Limits,
    /// Requests that are being answered.
    pub(crate) active: AtomicUsize,
}

/// An event loop's side of the server.
pub(crate) struct Front<H> {
    pub(crate) shared: Arc<Shared>,
    pub(crate) handlers: Rc<H>,
    pub(crate) traces: TraceIds,
}

/// Counts a request as long as it lives.
struct Active<'a>(&'a AtomicUsize);

impl<'a> Active<'a> {
    fn enter(count: &'a AtomicUsize, most: usize) -> Option<Active<'a>> {
        let active = Active(count);
        (count.fetch_add(1, Ordering::Relaxed) < most).then_some(active)
    }

    /// Goes on counting while something of the request lives longer than this.
    fn keep(self, shared: Arc<Shared>) -> Counted {
        std::mem::forget(self);
        Counted(shared)
    }
}

/// A request that counts beyond its head.
pub(crate) struct Counted(Arc<Shared>);

impl fmt::Debug for Counted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Counted")
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        drop(Active(&self.0.active));
    }
}

impl Drop for Active<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// What connections ask.
pub(crate) trait Answers: 'static {
    fn answer<B>(
        &self,
        request: Request<B>,
        peer: Option<IpAddr>,
    ) -> impl Future<Output = Result<Response<Payload>, Infallible>>
    where
        B: Body<Data = Bytes> + Unpin;
}

impl<H: Handlers> Answers for Front<H> {
    async fn answer<B>(&self, request: Request<B>, peer: Option<IpAddr>) -> Result<Response<Payload>, Infallible>
    where
        B: Body<Data = Bytes> + Unpin,
    {
        let trace = self.traces.next();
        let (parts, body) = request.into_parts();
        let origin = parts.headers.get(ORIGIN).cloned();
        let reply = match Active::enter(&self.shared.active, self.shared.limits.requests) {
            Some(active) => {
                let mut reply = self.reply(parts, body, Origin { trace, peer }).await;
                if let Ok(Reply { stream: Some(stream), .. }) = &mut reply {
                    stream.count(active.keep(Arc::clone(&self.shared)));
                }
                reply
            }
            None => Err(Refusal::with(StatusCode::SERVICE_UNAVAILABLE, "too many requests at once")),
        };
        let reply = reply.unwrap_or_else(|refusal| refused(&refusal, trace));
        let mut response = reply.response();
        self.shared.cors.apply(origin.as_ref(), response.headers_mut());
        // Hex digits are valid in a header.
        if let Ok(value) = HeaderValue::from_bytes(&trace.digits()) {
            response.headers_mut().insert(X_TRACE_ID, value);
        }
        Ok(response)
    }
}

impl<H: Handlers> Front<H> {
    async fn reply<B>(&self, parts: hyper::http::request::Parts, body: B, from: Origin) -> Result<Reply, Refusal>
    where
        B: Body<Data = Bytes> + Unpin,
    {
        if parts.headers.len() > HEADERS_MAX {
            return Err(Refusal::of(StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE));
        }
        let invalid = || Refusal::with(StatusCode::BAD_REQUEST, "the path is not valid percent-encoded UTF-8");
        let path = segments(parts.uri.path()).ok_or_else(invalid)?;
        let Some(Match { target, variables }) = self.find(&parts.method, &path) else {
            return self.without_handler(&parts, &path);
        };
        drop(path);
        let body = body::read(body, self.shared.limits.body_bytes).await?;
        let request = Received { method: parts.method, uri: parts.uri, headers: parts.headers, body, from };
        self.handlers.handle(target, variables, request).await
    }

    /// A handler of that method; for HEAD without one, that of GET.
    fn find(&self, method: &Method, path: &[std::borrow::Cow<'_, str>]) -> Option<Match> {
        let found = self.shared.router.find(method.as_str(), path);
        found.or_else(|| (method == Method::HEAD).then(|| self.shared.router.find("GET", path)).flatten())
    }

    /// What is answered where no handler is.
    fn without_handler(
        &self,
        parts: &hyper::http::request::Parts,
        path: &[std::borrow::Cow<'_, str>],
    ) -> Result<Reply, Refusal> {
        let mut reply = Reply::default();
        match parts.method {
            Method::OPTIONS => {
                self.shared.cors.preflight(&parts.headers, &mut reply.headers);
                Ok(reply)
            }
            Method::GET | Method::HEAD if matches!(path, [only] if only == "favicon.ico") => {
                reply.headers.insert(CONTENT_TYPE, HeaderValue::from_static("image/png"));
                reply.body = Bytes::from_static(FAVICON);
                Ok(reply)
            }
            _ => Err(Refusal::of(StatusCode::NOT_FOUND)),
        }
    }
}

fn refused(refusal: &Refusal, trace: TraceId) -> Reply {
    let mut headers = HeaderMap::new();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    if refusal.status == StatusCode::SERVICE_UNAVAILABLE {
        headers.insert(RETRY_AFTER, HeaderValue::from_static("1"));
    }
    Reply { status: refusal.status, headers, body: refusal.document(&trace.to_string()), stream: None }
}
