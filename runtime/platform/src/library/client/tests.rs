//! Calls of a server on loopback, with hosts that may and may not be called.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use super::checks::{RequestError, Wanted, check};
use super::egress::Allowed;
use super::{Limits, Response, connect, request, wire};

const LIMITS: Limits = Limits { time: Duration::from_secs(5), body_bytes: 1000 };

/// A server that answers its first connection with this; its port, and what it received.
async fn server(response: &'static str) -> (u16, tokio::task::JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let received = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut request = Vec::new();
        while !request.windows(4).any(|bytes| bytes == b"\r\n\r\n") {
            let mut piece = [0; 1024];
            let read = stream.read(&mut piece).await.unwrap();
            request.extend_from_slice(&piece[..read]);
        }
        stream.write_all(response.as_bytes()).await.unwrap();
        String::from_utf8(request).unwrap()
    });
    (port, received)
}

fn wanted(uri: String) -> Wanted {
    Wanted { method: "post".into(), uri, headers: vec![("X-A".into(), "b".into())], body: b"body".to_vec() }
}

/// As `request`, with hosts that may be called.
async fn call(uri: String, allowed: &str) -> Result<Response, RequestError> {
    let wanted = wanted(uri);
    let checked = check(&wanted, &Allowed::parse(allowed))?;
    let stream = connect::connect(&checked).await.map_err(|_| RequestError::NetworkError)?;
    let exchanged = wire::exchange(stream, &checked.head, &wanted.body, checked.is_head).await;
    let (head, mut incoming) = exchanged.map_err(|_| RequestError::NetworkError)?;
    let mut body = Vec::new();
    while let Some(piece) = incoming.next().await.unwrap() {
        body.extend_from_slice(&piece);
    }
    Ok(Response { head, body })
}

#[tokio::test]
async fn a_host_on_the_list_is_called() {
    let (port, received) = server("HTTP/1.1 200 OK\r\nX-B: C\r\nContent-Length: 2\r\n\r\nhi").await;
    let response = call(format!("http://mock.localhost:{port}/p?q"), "mock.localhost").await.unwrap();
    assert_eq!((response.head.status, response.body.as_slice()), (200, b"hi".as_slice()));
    let expected =
        format!("POST /p?q HTTP/1.1\r\nHost: mock.localhost:{port}\r\nX-A: b\r\nContent-Length: 4\r\n\r\nbody");
    assert_eq!(received.await.unwrap(), expected);
}

#[tokio::test]
async fn this_machine_is_not_called() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    for host in ["localhost", "127.0.0.1", "[::1]", "2130706433", "x.localhost", "[::ffff:7f00:1]"] {
        let refused = request(&wanted(format!("http://{host}:{port}/")), LIMITS).await;
        assert_eq!(refused.unwrap_err(), RequestError::InvalidHost, "{host}");
    }
    let unspecified = request(&wanted(format!("http://[::]:{port}/")), LIMITS).await;
    assert_eq!(unspecified.unwrap_err(), RequestError::NetworkError);
}

#[tokio::test]
async fn nobody_listening_is_a_network_error() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    let refused = call(format!("http://mock.localhost:{port}/"), "mock.localhost").await;
    assert_eq!(refused.unwrap_err(), RequestError::NetworkError);
}
