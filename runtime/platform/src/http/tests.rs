//! The server from outside: bytes in, bytes out, over connections within the process and a paused clock.

use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use bytes::Bytes;
use dark_sched::world::{Random, Seeded, SimulatedNetwork};
use hyper::StatusCode;
use hyper::header::{ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue};
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::answer::{Front, Handlers, Received, Reply, Shared};
use super::refusal::Refusal;
use super::router::{Router, Target};
use super::trace::TraceIds;
use super::{Cors, listen, stream};
use crate::settings::Limits;

/// Handlers that say what they got.
struct Echo;

const ROUTES: [(&str, &str); 11] = [
    ("GET", "/"),
    ("GET", "/u/:id"),
    ("POST", "/echo"),
    ("GET", "/slow"),
    ("GET", "/both"),
    ("HEAD", "/both"),
    ("OPTIONS", "/own"),
    ("GET", "/cors"),
    ("GET", "/fail"),
    ("GET", "/events"),
    ("GET", "/bytes"),
];

impl Handlers for Echo {
    async fn handle(&self, target: Target, variables: Vec<String>, request: Received) -> Result<Reply, Refusal> {
        let mut reply = Reply::default();
        match ROUTES[target].1 {
            "/slow" => tokio::time::sleep(Duration::from_secs(20)).await,
            "/events" => reply.stream = Some(stream::open(b"data: 1\n\n", true)),
            "/bytes" => reply.stream = Some(stream::open(b"one", false)),
            "/fail" => return Err(Refusal::of(StatusCode::INTERNAL_SERVER_ERROR)),
            "/cors" => {
                reply.headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("https://own.example"));
            }
            "/echo" => {
                reply.body = request.body;
                return Ok(reply);
            }
            _ => {}
        }
        let text = format!("{} {} {}", request.method, ROUTES[target].1, variables.join(","));
        reply.body = Bytes::from(text);
        Ok(reply)
    }
}

struct Server {
    network: SimulatedNetwork,
    stop: watch::Sender<bool>,
    shared: Arc<Shared>,
    served: JoinHandle<()>,
}

impl Server {
    /// To be called on an event loop with local tasks.
    fn start(limits: Limits) -> Server {
        let mut router = Router::default();
        ROUTES.iter().enumerate().for_each(|(target, (method, route))| router.add(method, route, target));
        let shared = Arc::new(Shared { router, cors: Cors::default(), limits, active: AtomicUsize::new(0) });
        let traces = TraceIds::new(&Seeded::new(1));
        let front = Rc::new(Front { shared: shared.clone(), handlers: Rc::new(Echo), traces });
        let (network, listener) = SimulatedNetwork::new();
        let (stop, stopping) = watch::channel(false);
        let served = tokio::task::spawn_local(listen::serve(listener, front, stopping));
        Server { network, stop, shared, served }
    }

    fn connect(&self) -> DuplexStream {
        self.network.connect().unwrap()
    }

    /// Sends bytes and reads until the server closes the connection.
    async fn talk(&self, request: &[u8]) -> String {
        let mut stream = self.connect();
        // A server that has refused stops reading.
        let _ = stream.write_all(request).await;
        read_all(stream).await
    }

    /// The answer to one request of HTTP/1.1.
    async fn ask(&self, line: &str, headers: &[&str], body: &str) -> String {
        let headers: String = headers.iter().map(|header| format!("{header}\r\n")).collect();
        let length = if body.is_empty() { String::new() } else { format!("content-length: {}\r\n", body.len()) };
        let request = format!("{line} HTTP/1.1\r\nhost: t\r\nconnection: close\r\n{headers}{length}\r\n{body}");
        self.talk(request.as_bytes()).await
    }
}

async fn read_all(mut stream: DuplexStream) -> String {
    let mut bytes = Vec::new();
    let _ = stream.read_to_end(&mut bytes).await;
    String::from_utf8_lossy(&bytes).into_owned()
}

fn status(answer: &str) -> &str {
    answer.strip_prefix("HTTP/1.1 ").and_then(|rest| rest.get(..3)).unwrap_or("none")
}

fn body(answer: &str) -> &str {
    answer.split_once("\r\n\r\n").map_or("", |(_, body)| body)
}

fn header<'a>(answer: &'a str, name: &str) -> Option<&'a str> {
    let head = answer.split("\r\n\r\n").next().unwrap_or_default();
    head.lines().filter_map(|line| line.split_once(": ")).find(|(known, _)| *known == name).map(|(_, value)| value)
}

/// Runs a test on an event loop whose clock jumps when nothing else is to be done.
fn with_server(limits: Limits, test: impl AsyncFnOnce(Server)) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build().unwrap();
    tokio::task::LocalSet::new().block_on(&runtime, async { test(Server::start(limits)).await });
}

#[test]
fn paths_are_cleaned_up_and_routed() {
    with_server(Limits::default(), async |server| {
        for path in ["/u/7", "/u/7/", "//u//7"] {
            let answer = server.ask(&format!("GET {path}"), &[], "").await;
            assert_eq!((status(&answer), body(&answer)), ("200", "GET /u/:id 7"), "{path}");
        }
        assert_eq!(body(&server.ask("GET /u/a/b%20c", &[], "").await), "GET /u/:id a/b c");
        assert_eq!(status(&server.ask("GET /u/", &[], "").await), "404");
        assert_eq!(status(&server.ask("GET /u/%zz", &[], "").await), "400");
        assert_eq!(status(&server.ask("DELETE /u/7", &[], "").await), "404");
    });
}

#[test]
fn head_is_served_by_get_or_its_own_handler() {
    with_server(Limits::default(), async |server| {
        let got = server.ask("GET /u/7", &[], "").await;
        let answer = server.ask("HEAD /u/7", &[], "").await;
        assert_eq!((status(&answer), body(&answer)), ("200", ""));
        assert_eq!(header(&answer, "content-length"), Some("13"));
        assert_eq!(header(&got, "content-length"), Some("12"), "{got}");
        let answer = server.ask("HEAD /both", &[], "").await;
        assert_eq!(header(&answer, "content-length"), Some("11"), "the handler of HEAD says its method");
    });
}

#[test]
fn options_without_a_handler_are_answered() {
    with_server(Limits::default(), async |server| {
        let asked = ["origin: http://localhost:3000", "access-control-request-headers: x-one, x-two"];
        let answer = server.ask("OPTIONS /anything", &asked, "").await;
        assert_eq!(status(&answer), "200");
        assert_eq!(header(&answer, "access-control-allow-origin"), Some("http://localhost:3000"));
        assert_eq!(header(&answer, "access-control-allow-headers"), Some("x-one, x-two"));
        assert!(header(&answer, "access-control-allow-methods").is_some_and(|methods| methods.contains("PATCH")));
        let own = server.ask("OPTIONS /own", &[], "").await;
        assert_eq!(body(&own), "OPTIONS /own ");
    });
}

#[test]
fn every_answer_has_its_trace_and_who_may_read_it() {
    with_server(Limits::default(), async |server| {
        let mut traces = Vec::new();
        for path in ["/", "/missing", "/fail", "/%zz", "/favicon.ico"] {
            let answer = server.ask(&format!("GET {path}"), &[], "").await;
            assert_eq!(header(&answer, "access-control-allow-origin"), Some("*"), "{path}");
            traces.push(header(&answer, "x-trace-id").unwrap().to_owned());
        }
        traces.sort();
        traces.dedup();
        assert_eq!(traces.len(), 5);
        let answer = server.ask("GET /cors", &["origin: http://localhost:8000"], "").await;
        assert_eq!(header(&answer, "access-control-allow-origin"), Some("https://own.example"));
    });
}

#[test]
fn a_failure_shows_its_trace_and_nothing_else() {
    with_server(Limits::default(), async |server| {
        let answer = server.ask("GET /fail", &[], "").await;
        let trace = header(&answer, "x-trace-id").unwrap();
        assert_eq!(header(&answer, "content-type"), Some("application/problem+json"));
        let expected =
            format!(r#"{{"type":"about:blank","title":"Internal Server Error","status":500,"traceId":"{trace}"}}"#);
        assert_eq!(body(&answer), expected);
    });
}

#[test]
fn bodies_over_the_limit_are_refused_announced_or_not() {
    with_server(Limits { body_bytes: 1000, ..Limits::default() }, async |server| {
        let fits = "a".repeat(1000);
        assert_eq!(body(&server.ask("POST /echo", &[], &fits).await), fits);
        assert_eq!(status(&server.ask("POST /echo", &[], &"a".repeat(1001)).await), "413");
        let chunked = |bytes: usize| {
            let data = "a".repeat(bytes);
            let head = "POST /echo HTTP/1.1\r\nhost: t\r\nconnection: close\r\ntransfer-encoding: chunked\r\n\r\n";
            format!("{head}{bytes:x}\r\n{data}\r\n0\r\n\r\n")
        };
        assert_eq!(status(&server.talk(chunked(1000).as_bytes()).await), "200");
        assert_eq!(status(&server.talk(chunked(1001).as_bytes()).await), "413");
    });
}

#[test]
fn slow_heads_are_408_and_idle_connections_just_end() {
    with_server(Limits::default(), async |server| {
        assert_eq!(status(&server.talk(b"GET / HTTP/1.1\r\nhost:").await), "408");
        assert_eq!(status(&server.talk(b"").await), "408");
        let mut kept = server.connect();
        kept.write_all(b"GET / HTTP/1.1\r\nhost: t\r\n\r\n").await.unwrap();
        let answers = read_all(kept).await;
        assert_eq!((status(&answers), answers.matches("HTTP/1.1").count()), ("200", 1));
    });
}

#[test]
fn slow_bodies_are_408() {
    with_server(Limits::default(), async |server| {
        let answer = server.talk(b"POST /echo HTTP/1.1\r\nhost: t\r\ncontent-length: 10\r\n\r\nabc").await;
        assert_eq!(status(&answer), "408");
    });
}

#[test]
fn heads_have_limits() {
    with_server(Limits::default(), async |server| {
        let many = vec!["x-a: b"; 101];
        assert_eq!(status(&server.ask("GET /", &many, "").await), "431");
        assert_eq!(status(&server.talk(b"\x01 / HTTP/1.1\r\nhost: t\r\n\r\n").await), "400");
        let long = format!("x-a: {}", "b".repeat(33 * 1024));
        assert_eq!(status(&server.ask("GET /", &[&long], "").await), "431");
        assert_eq!(status(&server.ask("GET /", &["x-a: b"; 90], "").await), "200");
    });
}

#[test]
fn too_many_requests_at_once_get_503() {
    with_server(Limits { requests: 2, ..Limits::default() }, async |server| {
        let slow = b"GET /slow HTTP/1.1\r\nhost: t\r\nconnection: close\r\n\r\n";
        let mut streams = [server.connect(), server.connect()];
        for stream in &mut streams {
            stream.write_all(slow).await.unwrap();
        }
        // Idle connections do not count.
        let _idle: Vec<DuplexStream> = (0..100).map(|_| server.connect()).collect();
        tokio::time::sleep(Duration::from_secs(1)).await;
        let answer = server.ask("GET /", &[], "").await;
        assert_eq!((status(&answer), header(&answer, "retry-after")), ("503", Some("1")));
        for stream in streams {
            assert_eq!(status(&read_all(stream).await), "200");
        }
        assert_eq!(status(&server.ask("GET /", &[], "").await), "200");
        assert_eq!(server.shared.active.load(Ordering::Relaxed), 0);
    });
}

#[test]
fn stopping_finishes_what_is_under_way_and_takes_no_more() {
    with_server(Limits::default(), async |server| {
        let mut slow = server.connect();
        slow.write_all(b"GET /slow HTTP/1.1\r\nhost: t\r\n\r\n").await.unwrap();
        let idle = server.connect();
        tokio::time::sleep(Duration::from_secs(1)).await;
        server.stop.send(true).unwrap();
        tokio::time::sleep(Duration::from_secs(1)).await;
        assert!(server.network.connect().is_err());
        let answer = read_all(slow).await;
        assert_eq!((status(&answer), header(&answer, "connection")), ("200", Some("close")));
        server.served.await.unwrap();
        drop(idle);
    });
}

#[test]
fn the_icon_is_there_and_other_files_are_not() {
    with_server(Limits::default(), async |server| {
        let answer = server.ask("GET /favicon.ico", &[], "").await;
        assert_eq!((status(&answer), header(&answer, "content-type")), ("200", Some("image/png")));
        for path in ["/robots.txt", "/sitemap.xml", "/a/favicon.ico"] {
            assert_eq!(status(&server.ask(&format!("GET {path}"), &[], "").await), "404", "{path}");
        }
    });
}

#[test]
fn requests_in_a_row_are_answered_in_their_order() {
    with_server(Limits::default(), async |server| {
        let two = b"GET /u/1 HTTP/1.1\r\nhost: t\r\n\r\nGET /u/2 HTTP/1.1\r\nhost: t\r\nconnection: close\r\n\r\n";
        let answers = server.talk(two).await;
        let (first, second) = (answers.find("/u/:id 1").unwrap(), answers.find("/u/:id 2").unwrap());
        assert!(first < second);
    });
}

#[test]
fn http2_is_spoken_on_the_same_port() {
    with_server(Limits::default(), async |server| {
        let stream = hyper_util::rt::TokioIo::new(server.connect());
        let (mut client, connection) =
            hyper::client::conn::http2::handshake(hyper_util::rt::TokioExecutor::new(), stream).await.unwrap();
        tokio::task::spawn_local(connection);
        let body = http_body_util::Full::new(Bytes::from_static(b"two"));
        let request = hyper::Request::post("http://t/echo").body(body).unwrap();
        let answer = client.send_request(request).await.unwrap();
        assert_eq!((answer.status(), answer.version()), (StatusCode::OK, hyper::Version::HTTP_2));
        assert_eq!(answer.headers()["x-trace-id"].len(), 32);
        let bytes = http_body_util::BodyExt::collect(answer.into_body()).await.unwrap().to_bytes();
        assert_eq!(bytes, "two");
    });
}

#[test]
fn what_is_sent_as_it_is_made_counts_until_its_end() {
    with_server(Limits { requests: 1, ..Limits::default() }, async |server| {
        let mut stream = server.connect();
        stream.write_all(b"GET /bytes HTTP/1.1\r\nhost: t\r\n\r\n").await.unwrap();
        tokio::time::sleep(Duration::from_secs(1)).await;
        assert_eq!(status(&server.ask("GET /", &[], "").await), "503");
        drop(stream);
        tokio::time::sleep(Duration::from_secs(1)).await;
        assert_eq!(status(&server.ask("GET /", &[], "").await), "200");
        assert_eq!(server.shared.active.load(Ordering::Relaxed), 0);
    });
}

#[test]
fn streams_of_events_end_when_the_server_stops() {
    with_server(Limits::default(), async |server| {
        let mut stream = server.connect();
        stream.write_all(b"GET /events HTTP/1.1\r\nhost: t\r\n\r\n").await.unwrap();
        tokio::time::sleep(Duration::from_secs(1)).await;
        let before = tokio::time::Instant::now();
        server.stop.send(true).unwrap();
        let answer = read_all(stream).await;
        assert!(answer.contains("data: 1\n\n") && answer.ends_with("0\r\n\r\n"), "{answer}");
        assert!(before.elapsed() < Duration::from_secs(2));
    });
}

#[test]
fn no_bytes_bring_the_server_down() {
    let random = Seeded::new(11);
    let pieces: [&[u8]; 12] = [
        b"GET ",
        b"POST /echo",
        b" HTTP/1.1\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"host: t\r\n",
        b"content-length: 99999999999999999999\r\n",
        b"transfer-encoding: chunked\r\n",
        b"\r\n",
        b"\r\n\r\n",
        b"ffffffffffffffff\r\n",
        b"\0\0\x04\x01\x25\0\0\0\x01",
        b"%00%ff/../:x",
    ];
    with_server(Limits { body_bytes: 1000, ..Limits::default() }, async |server| {
        for _ in 0..2_000 {
            let mut bytes = Vec::new();
            for _ in 0..1 + random.next_u64() % 8 {
                match random.next_u64() % 4 {
                    0 => bytes.extend(random.next_u64().to_ne_bytes()),
                    _ => bytes.extend_from_slice(pieces[(random.next_u64() % 12) as usize]),
                }
            }
            server.talk(&bytes).await;
        }
        assert_eq!(status(&server.ask("GET /", &[], "").await), "200");
        assert!(!server.served.is_finished());
        assert_eq!(server.shared.active.load(Ordering::Relaxed), 0);
    });
}
