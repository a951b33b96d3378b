//! Answers that are sent as they are made: whole, longer than a deadline, cut when they fail, and over when nobody reads.

use crate::app::{Folder, Running, build};
use crate::http::{get, request, try_request};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

#[test]
fn streams_are_sent_as_they_are_made() {
    let folder = Folder::new("streams");
    let app = build("tests/apps/streams", &folder);
    let running = Running::start(&app, &folder.0);
    let port = running.port;

    let bytes = get(port, "/bytes");
    assert_eq!((bytes.status, bytes.header("content-type")), (200, Some("text/plain")));
    assert!(bytes.body.len() == 200_000 && bytes.body.bytes().all(|byte| byte == b'A'));

    let events = get(port, "/events");
    assert_eq!(events.header("content-type"), Some("text/event-stream"));
    let expected = |n: u32| format!("event: tick\nid: {n}\ndata: one\ndata: two\n\n");
    assert_eq!(events.body, expected(1) + &expected(2));

    let odd = "data: a\ndata: b\ndata: c\ndata: \n\nevent: a id: 9\ndata: \n\n";
    assert_eq!(get(port, "/odd").body, odd);

    let cut = try_request(port, "GET", "/fails", &[], "");
    assert!(cut.is_err(), "half of a body is no answer: {cut:?}");
    assert_eq!(request(port, "HEAD", "/endless", &[], "").status, 200);
    assert_eq!(request(port, "GET", "/client", &[("X-Forwarded-For", "6.6.6.6, 203.0.113.9")], "").body, "203.0.113.9");
    assert_eq!(get(port, "/client").body, "127.0.0.1");

    first_event_comes_at_once(port);
    assert_eq!(get(port, "/").body, "ready");
    assert_eq!(running.terminate(), Some(0), "streams that nobody reads do not hold up the end");
}

/// And then the client goes.
fn first_event_comes_at_once(port: u16) {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).expect("a connection");
    stream.write_all(b"GET /endless HTTP/1.1\r\nhost: a\r\n\r\n").expect("the request is sent");
    let (begun, mut read, mut buffer) = (Instant::now(), Vec::new(), [0; 4096]);
    while !String::from_utf8_lossy(&read).contains("id: 3\n") {
        let count = stream.read(&mut buffer).expect("more comes");
        assert!(count > 0, "the stream has no end");
        read.extend_from_slice(&buffer[..count]);
    }
    assert!(begun.elapsed() < Duration::from_secs(5), "events wait for nothing");
}
