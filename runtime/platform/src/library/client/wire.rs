//! HTTP/1.1 as bytes: one request, one response.
//!
//! Written here and not by hyper, because names of headers keep their letters and their order on the way out, and values
//! are given as they were received. The heads of responses are read by httparse.

use std::io;

use bytes::{Buf, Bytes, BytesMut};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

/// Headers of a response, at most, and the bytes of its head.
const HEADERS_MAX: usize = 256;
const HEAD_BYTES_MAX: usize = 256 * 1024;
/// The longest line with the length of a chunk.
const CHUNK_LINE_MAX: usize = 4096;

/// What a connection is.
pub(super) trait Stream: AsyncRead + AsyncWrite + Unpin {}
impl<T: AsyncRead + AsyncWrite + Unpin> Stream for T {}

/// The head of a response.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Head {
    pub(super) status: u16,
    /// Names in lower case. Repeated ones are joined, but for cookies.
    pub(super) headers: Vec<(String, String)>,
}

/// How the end of a body is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Framing {
    Length(u64),
    /// In chunks; so much of this one is still to come.
    Chunk(u64),
    UntilClosed,
    Ended,
}

/// A response whose body is still coming.
pub(super) struct Incoming {
    stream: Box<dyn Stream>,
    buffer: BytesMut,
    framing: Framing,
}

fn broken(what: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what)
}

/// Sends the request and reads the head of its response.
pub(super) async fn exchange(
    mut stream: Box<dyn Stream>,
    head: &str,
    body: &[u8],
    is_head: bool,
) -> io::Result<(Head, Incoming)> {
    let mut request = Vec::with_capacity(head.len() + body.len());
    request.extend_from_slice(head.as_bytes());
    request.extend_from_slice(body);
    // A server that has refused the request need not have read it: its answer counts.
    let written = stream.write_all(&request).await;
    let mut incoming = Incoming { stream, buffer: BytesMut::new(), framing: Framing::Ended };
    match incoming.head(is_head).await {
        Ok(head) => Ok((head, incoming)),
        Err(error) => Err(written.err().unwrap_or(error)),
    }
}

impl Incoming {
    /// More bytes of the connection; false at its end.
    async fn fill(&mut self) -> io::Result<bool> {
        self.buffer.reserve(16 * 1024);
        Ok(self.stream.read_buf(&mut self.buffer).await? > 0)
    }

    async fn head(&mut self, is_head: bool) -> io::Result<Head> {
        loop {
            if let Some((head, framing)) = self.take_head(is_head)? {
                // What comes in front of the response proper is passed over.
                if (100..200).contains(&head.status) && head.status != 101 {
                    continue;
                }
                self.framing = framing;
                return Ok(head);
            }
            if self.buffer.len() > HEAD_BYTES_MAX {
                return Err(broken("the head of the response is too long"));
            }
            if !self.fill().await? {
                return Err(broken("the connection ended before the response"));
            }
        }
    }

    /// The head at the beginning of the buffer, once it is complete.
    fn take_head(&mut self, is_head: bool) -> io::Result<Option<(Head, Framing)>> {
        let mut headers = [httparse::EMPTY_HEADER; HEADERS_MAX];
        let mut response = httparse::Response::new(&mut headers);
        let parsed = response.parse(&self.buffer).map_err(|_| broken("the response is not HTTP"))?;
        let httparse::Status::Complete(length) = parsed else { return Ok(None) };
        let status = response.code.unwrap_or(0);
        let framing = framing(status, response.headers, is_head)?;
        let head = Head { status, headers: joined(response.headers) };
        self.buffer.advance(length);
        Ok(Some((head, framing)))
    }

    /// The next piece of the body; `None` at its end.
    pub(super) async fn next(&mut self) -> io::Result<Option<Bytes>> {
        loop {
            match self.framing {
                Framing::Ended | Framing::Length(0) => return Ok(None),
                Framing::Chunk(0) => {
                    if !self.chunk_begins().await? {
                        self.framing = Framing::Ended;
                        return Ok(None);
                    }
                }
                Framing::Length(_) | Framing::Chunk(_) | Framing::UntilClosed => {
                    if !self.buffer.is_empty() {
                        return self.piece().map(Some);
                    }
                    match (self.fill().await?, self.framing) {
                        (true, _) => {}
                        (false, Framing::UntilClosed) => self.framing = Framing::Ended,
                        (false, _) => return Err(broken("the connection ended within the body")),
                    }
                }
            }
        }
    }

    /// What is in the buffer, as far as it belongs to the body.
    fn piece(&mut self) -> io::Result<Bytes> {
        let have = self.buffer.len() as u64;
        let taken = match &mut self.framing {
            Framing::Length(left) | Framing::Chunk(left) => {
                let taken = have.min(*left);
                *left -= taken;
                taken
            }
            Framing::UntilClosed | Framing::Ended => have,
        };
        let piece = self.buffer.split_to(usize::try_from(taken).unwrap_or(usize::MAX).min(self.buffer.len()));
        // The line break behind a chunk is read with the next length.
        Ok(piece.freeze())
    }

    /// Reads the line with the length of the next chunk; false when it was the last.
    async fn chunk_begins(&mut self) -> io::Result<bool> {
        loop {
            // The line break that ends the chunk before.
            let start = if self.buffer.starts_with(b"\r\n") { 2 } else { 0 };
            if let Some(end) = memchr::memchr(b'\n', &self.buffer[start..]) {
                let line = &self.buffer[start..start + end];
                let digits = line.split(|byte| *byte == b';').next().unwrap_or(line).trim_ascii();
                let text = std::str::from_utf8(digits).map_err(|_| broken("a chunk without a length"))?;
                let is_hex = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_hexdigit());
                let length = u64::from_str_radix(text, 16).ok().filter(|_| is_hex);
                let length = length.ok_or_else(|| broken("a chunk without a length"))?;
                self.buffer.advance(start + end + 1);
                self.framing = Framing::Chunk(length);
                return Ok(length > 0);
            }
            if self.buffer.len() > CHUNK_LINE_MAX {
                return Err(broken("a chunk without a length"));
            }
            if !self.fill().await? {
                return Err(broken("the connection ended within the body"));
            }
        }
    }
}

fn named<'a>(headers: &'a [httparse::Header<'a>], name: &'a str) -> impl Iterator<Item = &'a [u8]> {
    headers.iter().filter(move |header| header.name.eq_ignore_ascii_case(name)).map(|header| header.value.trim_ascii())
}

fn framing(status: u16, headers: &[httparse::Header<'_>], is_head: bool) -> io::Result<Framing> {
    if is_head || status < 200 || status == 204 || status == 304 {
        return Ok(Framing::Ended);
    }
    if let Some(last) = named(headers, "transfer-encoding").last() {
        let is_chunked = last.rsplit(|byte| *byte == b',').next().unwrap_or(last).trim_ascii();
        return Ok(if is_chunked.eq_ignore_ascii_case(b"chunked") { Framing::Chunk(0) } else { Framing::UntilClosed });
    }
    let mut length = None;
    for value in named(headers, "content-length") {
        let number = std::str::from_utf8(value).ok().filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()));
        let number = number.and_then(|text| text.parse().ok()).ok_or_else(|| broken("a length that is no number"))?;
        if length.is_some_and(|known: u64| known != number) {
            return Err(broken("two lengths"));
        }
        length = Some(number);
    }
    Ok(length.map_or(Framing::UntilClosed, Framing::Length))
}

/// Names in lower case; values of one name with commas between them, but a pair for each cookie.
fn joined(headers: &[httparse::Header<'_>]) -> Vec<(String, String)> {
    let mut all: Vec<(String, String)> = Vec::new();
    for header in headers {
        let name = header.name.to_ascii_lowercase();
        let value = match std::str::from_utf8(header.value) {
            Ok(text) => text.to_owned(),
            // As headers were read before UTF-8.
            Err(_) => header.value.iter().map(|byte| char::from(*byte)).collect(),
        };
        match all.iter_mut().find(|(known, _)| *known == name && name != "set-cookie") {
            Some((_, known)) => {
                known.push_str(", ");
                known.push_str(&value);
            }
            None => all.push((name, value)),
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::duplex;

    /// What the client makes of a server that sends this and closes.
    async fn answered(response: &str, is_head: bool) -> io::Result<(Head, Vec<u8>)> {
        let (near, mut far) = duplex(64);
        let response = response.to_owned();
        let server = async move {
            let mut request = [0; 18];
            far.read_exact(&mut request).await.unwrap();
            // The client need not want all of it.
            let _ = far.write_all(response.as_bytes()).await;
        };
        let client = async {
            let (head, mut incoming) = exchange(Box::new(near), "GET / HTTP/1.1\r\n\r\n", b"", is_head).await?;
            let mut body = Vec::new();
            while let Some(piece) = incoming.next().await? {
                body.extend_from_slice(&piece);
            }
            Ok((head, body))
        };
        tokio::join!(client, server).0
    }

    async fn body(response: &str) -> String {
        String::from_utf8(answered(response, false).await.unwrap().1).unwrap()
    }

    #[tokio::test]
    async fn a_body_ends_where_its_head_says() {
        assert_eq!(body("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabcdef").await, "abc");
        assert_eq!(body("HTTP/1.1 200 OK\r\n\r\nabc").await, "abc");
        assert_eq!(body("HTTP/1.0 200\r\nContent-Length: 0\r\n\r\nabc").await, "");
        assert_eq!(body("HTTP/1.1 204 No\r\nContent-Length: 3\r\n\r\nabc").await, "");
        let chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, Chunked\r\n\r\n";
        assert_eq!(
            body(&format!("{chunked}3\r\nabc\r\nA;x=1\r\n0123456789\r\n0\r\nTrailer: 1\r\n\r\n")).await,
            "abc0123456789"
        );
        assert_eq!(body(&format!("{chunked}0\r\n\r\n")).await, "");
        let long = "x".repeat(100_000);
        assert_eq!(body(&format!("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n{long}")).await, long);
    }

    #[tokio::test]
    async fn a_head_request_has_no_body() {
        let (head, body) = answered("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc", true).await.unwrap();
        assert_eq!((head.headers, body), (vec![("content-length".to_owned(), "3".to_owned())], Vec::new()));
    }

    #[tokio::test]
    async fn values_are_kept_and_repeats_joined() {
        let response = "HTTP/1.1 301 Moved\r\nLOCATION: file:////X\r\nA: One\r\nSet-Cookie: a=1\r\na: Two\r\nSet-Cookie: b=2\r\nContent-Length: 0\r\n\r\n";
        let (head, _) = answered(response, false).await.unwrap();
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let expected = [
            pair("location", "file:////X"),
            pair("a", "One, Two"),
            pair("set-cookie", "a=1"),
            pair("set-cookie", "b=2"),
            pair("content-length", "0"),
        ];
        assert_eq!((head.status, head.headers), (301, expected.to_vec()));
    }

    #[tokio::test]
    async fn provisional_responses_are_passed_over() {
        let response = "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na";
        let (head, body) = answered(response, false).await.unwrap();
        assert_eq!((head.status, body), (200, b"a".to_vec()));
    }

    #[tokio::test]
    async fn what_is_cut_or_no_http_is_an_error() {
        for response in [
            "",
            "HTTP/1.1 200 OK\r\n",
            "SSH-2.0-x\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nab",
            "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\nab",
            "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nab",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n+3\r\nabc\r\n0\r\n\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\r\n",
        ] {
            assert!(answered(response, false).await.is_err(), "{response}");
        }
    }
}
