//! `Stdlib.HttpServer.serve`: a function of the program answers requests, on the event loop of the invocation that calls it.
//!
//! Connections are served by the same code as those of handlers. The function and what it has captured are made values that
//! all may read; each request is an invocation of its own.

use std::convert::Infallible;
use std::net::{IpAddr, TcpListener};
use std::rc::Rc;
use std::time::Instant;

use bytes::Bytes;
use dark_abi::{Context, EntryFn, SLOTS_MAX, TypeInfo, flags};
use dark_rt::value::{self, Tree};
use dark_rt::{Failure, answers, number};
use dark_sched::world::{Signals, SystemSignals, bind};
use hyper::body::Body;
use hyper::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, SERVER, STRICT_TRANSPORT_SECURITY};
use hyper::{Request, Response, StatusCode, Uri};
use tokio::sync::{oneshot, watch};

use super::{INSTALLED, Installed, wait};
use crate::db::Backend;
use crate::descriptor::{field_named, small_int, type_at};
use crate::engine::Engine;
use crate::http::stream::{self, Begun, Head, Payload};
use crate::http::{Answers, Made, Reply, listen, of_value, read_body};
use crate::queue::log;
use crate::rt_engine::locals_of;
use crate::run::{Budget, Locals, invoke, unstoppable};

/// Ports that are taken and not served yet.
#[derive(Default)]
pub(crate) struct Listeners(Vec<Option<TcpListener>>);

const HSTS: HeaderValue = HeaderValue::from_static("max-age=31536000; includeSubDomains; preload");

/// The function that answers, and how.
struct Served {
    installed: &'static Installed,
    /// A closure that nobody counts any more.
    handler: u64,
    call: EntryFn,
    /// Of the headers' elements: pairs of texts.
    header: *const TypeInfo,
    response: &'static TypeInfo,
    body_bytes: usize,
    standard_headers: bool,
    forwarded_proto: bool,
    logs: bool,
}

/// A request's parts as texts.
struct Asked {
    url: String,
    headers: Vec<(String, String)>,
    body: Bytes,
    /// Where the list of headers is put together.
    slots: Vec<u64>,
}

impl Answers for Rc<Served> {
    async fn answer<B>(&self, request: Request<B>, peer: Option<IpAddr>) -> Result<Response<Payload>, Infallible>
    where
        B: Body<Data = Bytes> + Unpin,
    {
        let begun = Instant::now();
        let (parts, body) = request.into_parts();
        let line = format!("{} {}", parts.method, parts.uri.path_and_query().map_or("/", |path| path.as_str()));
        let mut headers = vec![("x-http-method".to_owned(), parts.method.as_str().to_owned())];
        headers.extend(texts(&parts.headers));
        let url = url(&parts.uri, &parts.headers, self.forwarded_proto);
        let reply = match read_body(body, self.body_bytes).await {
            Ok(body) => {
                let asked = Asked { url, headers, body, slots: Vec::new() };
                let (head, begun) = oneshot::channel();
                let run = run(Rc::clone(self), asked, peer, Some(head));
                let made = stream::first(unstoppable(run), begun)
                    .await
                    .unwrap_or_else(|| Err("the run has been lost".to_owned()));
                made.map(|reply| self.with_standard_headers(reply)).unwrap_or_else(|message| {
                    log(&format!("[HttpServer] {line}: {message}"));
                    plain(StatusCode::INTERNAL_SERVER_ERROR, "Internal server error")
                })
            }
            Err(refusal) if refusal.status == StatusCode::PAYLOAD_TOO_LARGE => {
                plain(refusal.status, "413 Payload Too Large")
            }
            Err(refusal) => plain(refusal.status, refusal.status.canonical_reason().unwrap_or_default()),
        };
        if self.logs {
            let took = begun.elapsed().as_millis();
            // A reader that has gone away is no reason to stop.
            let _ = std::io::Write::write_all(
                &mut std::io::stdout(),
                format!("[HttpServer] {line} {} {took}ms\n", reply.status.as_u16()).as_bytes(),
            );
        }
        Ok(reply.response())
    }
}

impl Served {
    fn with_standard_headers(&self, mut reply: Reply) -> Reply {
        if self.standard_headers {
            reply.headers.entry(SERVER).or_insert(HeaderValue::from_static("darklang"));
            reply.headers.entry(STRICT_TRANSPORT_SECURITY).or_insert(HSTS);
        }
        reply
    }

    /// Makes the request, calls the function. Runs on the invocation's stack.
    ///
    /// # Safety
    /// `context` is that of the running invocation.
    unsafe fn call(
        &self,
        context: *mut Context,
        asked: &mut Asked,
        head: &mut Head,
        pipe: &Begun,
    ) -> Result<Reply, String> {
        let engine: &dyn Engine = self.installed.engine;
        let mut result = [0_u64; SLOTS_MAX];
        // SAFETY: promised by the caller; a request is its url, its headers and its body, one slot each.
        let made = unsafe {
            let url = engine.text(context, &asked.url);
            for (name, value) in &asked.headers {
                asked.slots.push(engine.text(context, name));
                asked.slots.push(engine.text(context, value));
            }
            let headers = engine.list(context, &asked.slots, self.header);
            let body = engine.bytes(context, &asked.body);
            (self.call)(context, [self.handler, url, headers, body].as_ptr(), result.as_mut_ptr());
            let code = field_named(result.as_ptr(), self.response, "statusCode").and_then(|(slot, _)| small_int(*slot));
            if code.is_none_or(|code| i32::try_from(code).is_err()) {
                return Ok(plain(StatusCode::INTERNAL_SERVER_ERROR, "Application error: statusCode out of range"));
            }
            let made = of_value(engine, result.as_ptr(), self.response);
            engine.drop_value(context, result.as_mut_ptr(), self.response);
            made
        };
        match made {
            Made::Reply(reply) => Ok(reply),
            // SAFETY: promised by the caller.
            Made::Stream(reply, source) => unsafe {
                let sent = stream::send(engine, context, source, reply, head, pipe);
                sent.map(|()| Reply::default()).map_err(str::to_owned)
            },
            Made::Refusal(refusal) => Ok(plain(refusal.status, "")),
            Made::Failure(message) => Err(message),
        }
    }
}

async fn run(served: Rc<Served>, mut asked: Asked, peer: Option<IpAddr>, mut head: Head) -> Result<Reply, String> {
    let limits = &served.installed.limits;
    let budget = Budget { memory_bytes: limits.memory_bytes, time: Some(limits.deadline) };
    let session = Backend::installed().map(|backend| backend.session());
    let mut locals = Locals { session, client: peer, ..Locals::default() };
    let pipe = Begun::default();
    // SAFETY: the context is the invocation's.
    let body = |context| unsafe { served.call(context, &mut asked, &mut head, &pipe) };
    let run = invoke(served.installed.engine, budget, &mut locals, body);
    match stream::while_read(run, &pipe).await.unwrap_or_else(|| Ok(Ok(Reply::default()))) {
        Ok(made) => made,
        // That a client goes is no failure.
        Err(_) if stream::is_gone(&pipe) => Ok(Reply::default()),
        Err(failure) => {
            stream::cut(&pipe);
            let place = failure.place.map(|place| format!(" at {place}")).unwrap_or_default();
            Err(format!("{}{place}", failure.message))
        }
    }
}

fn plain(status: StatusCode, text: &'static str) -> Reply {
    let mut headers = HeaderMap::new();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    Reply { status, headers, body: Bytes::from_static(text.as_bytes()), stream: None }
}

fn texts(headers: &HeaderMap) -> impl Iterator<Item = (String, String)> {
    let text = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    headers.iter().map(move |(name, value): (&HeaderName, &HeaderValue)| (name.as_str().to_owned(), text(value)))
}

/// The address the client asked for. A proxy's word that it was TLS means its port, too.
fn url(uri: &Uri, headers: &HeaderMap, forwarded_proto: bool) -> String {
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let host = header("host").or(uri.authority().map(|authority| authority.as_str())).unwrap_or("localhost");
    let path = uri.path_and_query().map_or("/", |path| path.as_str());
    if forwarded_proto && header("x-forwarded-proto").is_some_and(|proto| proto.eq_ignore_ascii_case("https")) {
        let name = match host.rsplit_once(':') {
            Some((name, port)) if port.bytes().all(|digit| digit.is_ascii_digit()) => name,
            _ => host,
        };
        return format!("https://{name}{path}");
    }
    format!("http://{host}{path}")
}

fn refused_port(port: u16, error: &std::io::Error) -> String {
    match error.kind() {
        std::io::ErrorKind::AddrInUse => format!(
            "port {port} is already in use — something else is listening there. Stop it, or serve on another port."
        ),
        _ => format!("couldn't listen on port {port}: {error}"),
    }
}

async fn serve(listener: TcpListener, served: Served) -> Result<(), String> {
    let broken = |error: std::io::Error| format!("couldn't listen: {error}");
    let listener = tokio::net::TcpListener::from_std(listener).map_err(broken)?;
    let mut signals = SystemSignals::catch().map_err(broken)?;
    let (stop, stopping) = watch::channel(false);
    let mut serving = std::pin::pin!(listen::serve(listener, Rc::new(Rc::new(served)), stopping));
    tokio::select! {
        () = &mut serving => {}
        () = signals.end() => {
            stop.send_replace(true);
            serving.await;
        }
    }
    Ok(())
}

answers! {
    /// `HttpServer.Internal.listen port maxBodyBytes`: the number of a port that is taken.
    dark_http_server_internal_listen(invocation, call) {
        let port = number::to_i64(call.word(0)).and_then(|port| u16::try_from(port).ok());
        let is_negative = number::to_i64(call.word(1)).is_none_or(|bytes| bytes < 0);
        let Some(port) = port.filter(|_| !is_negative) else { return Err(Failure::out_of_range()) };
        let taken = bind(port, 1).map(|bound| bound.sockets.into_iter().next());
        Ok(match taken {
            Ok(socket) => {
                let listeners = &mut locals_of(invocation).listeners;
                listeners.0.push(socket);
                Tree::ok(Tree::Int(listeners.0.len() as i64 - 1))
            }
            Err(error) => Tree::error(refused_port(port, &error)),
        })
    }

    /// `HttpServer.Internal.serve listener maxBodyBytes standardHeaders forwardedProto logs caller handler`: argument 6 is a
    /// function from requests to responses, and 5 its entry.
    dark_http_server_internal_serve(invocation, call) {
        let unfit = || Failure::internal("a handler that does not take requests and give responses");
        let [request, response] = value::fields(call.ty(6)) else { return Err(unfit()) };
        let (Some(request), Some(response)) = (type_at(request.ty), type_at(response.ty)) else { return Err(unfit()) };
        let headers =
            value::fields(request).iter().find_map(|field| type_at(field.ty).filter(|ty| !ty.element.is_null()));
        let (Some(headers), 3, 0) = (headers, request.slots, request.flags & flags::BOXED) else {
            return Err(unfit());
        };
        let Some(installed) = INSTALLED.get() else { return Err(unfit()) };
        let place = locals_of(invocation).listeners.0.get_mut(call.word(0) as usize);
        let Some(listener) = place.and_then(Option::take) else {
            return Ok(Tree::error("the port is served already"));
        };
        value::make_immortal(&mut invocation.heap, call.slots(6).cast_mut(), call.ty(6));
        let served = Served {
            installed,
            handler: call.word(6),
            call: std::mem::transmute::<*const (), EntryFn>(call.word(5) as usize as *const ()),
            header: headers.element,
            response,
            body_bytes: number::to_i64(call.word(1)).and_then(|it| usize::try_from(it).ok()).unwrap_or(usize::MAX),
            standard_headers: call.word(2) != 0,
            forwarded_proto: call.word(3) != 0,
            logs: call.word(4) != 0,
        };
        Ok(wait(serve(listener, served))?
            .map_or_else(|error: String| Tree::error(error), |()| Tree::ok(Tree::Unit)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(uri: &str, headers: &[(&'static str, &'static str)], forwarded: bool) -> String {
        let headers = headers
            .iter()
            .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)))
            .collect();
        url(&uri.parse().unwrap(), &headers, forwarded)
    }

    #[test]
    fn a_proxys_word_changes_scheme_and_port() {
        let host = ("host", "h:8080");
        assert_eq!(asked("/a%20b?c", &[host], true), "http://h:8080/a%20b?c");
        assert_eq!(asked("/a", &[host, ("x-forwarded-proto", "https")], true), "https://h/a");
        assert_eq!(asked("/a", &[host, ("x-forwarded-proto", "http")], true), "http://h:8080/a");
        assert_eq!(asked("/a", &[host, ("x-forwarded-proto", "https")], false), "http://h:8080/a");
    }

    #[test]
    fn a_port_in_use_says_what_to_do() {
        let error = std::io::Error::from(std::io::ErrorKind::AddrInUse);
        assert!(refused_port(80, &error).starts_with("port 80 is already in use — something else"));
        let error = std::io::Error::from(std::io::ErrorKind::PermissionDenied);
        assert!(refused_port(80, &error).starts_with("couldn't listen on port 80: "));
    }
}
