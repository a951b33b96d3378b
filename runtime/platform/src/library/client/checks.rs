//! What is looked at before anything is resolved or sent: method, headers and URL. The first thing that is wrong is the
//! answer.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use percent_encoding::percent_decode_str;
use url::{Host, Url};

use super::egress::{Allowed, is_refused_host};
use dark_rt::std::http::is_token;

/// `HttpClient.RequestError`
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RequestError {
    UnsupportedProtocol,
    InvalidHost,
    InvalidUri,
    InvalidRequest,
    Timeout,
    EmptyKey,
    InvalidContentType,
    NetworkError,
    BadMethod,
}

/// What a call asks for.
#[derive(Debug)]
pub(super) struct Wanted {
    pub(super) method: String,
    pub(super) uri: String,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Vec<u8>,
}

/// A request that may be sent.
#[derive(Debug)]
pub(super) struct Checked {
    pub(super) is_tls: bool,
    /// A name in lower case, or an address without brackets.
    pub(super) host: String,
    pub(super) port: u16,
    /// On the list of hosts that may be called.
    pub(super) is_allowed: bool,
    pub(super) is_head: bool,
    /// Request line, headers, empty line.
    pub(super) head: String,
}

/// Methods that are written in capitals, however they are given.
const METHODS: &[&str] = &["GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH", "QUERY"];

/// How the bytes travel is not the caller's to say.
const OURS: &[&str] = &["host", "connection", "content-length", "transfer-encoding"];

pub(super) fn check(wanted: &Wanted, allowed: &Allowed) -> Result<Checked, RequestError> {
    let headers: Vec<(&str, &str)> = wanted.headers.iter().map(|(name, value)| (name.trim(), value.as_str())).collect();
    if headers.iter().any(|(name, _)| name.is_empty()) {
        return Err(RequestError::EmptyKey);
    }
    if !is_token(wanted.method.as_bytes()) {
        return Err(RequestError::BadMethod);
    }
    // A path is the address of a file.
    if wanted.uri.starts_with('/') {
        return Err(unless_metadata(&headers, RequestError::UnsupportedProtocol));
    }
    let url = Url::parse(&wanted.uri).map_err(|_| RequestError::InvalidUri)?;
    let port = url.port_or_known_default().unwrap_or(0);
    let (host, is_refused) = match url.host() {
        Some(host) => (name_of(&host), is_refused_host(&host)),
        None => (String::new(), false),
    };
    let is_allowed = allowed.has(&host, port);
    if is_refused && !is_allowed {
        return Err(RequestError::InvalidHost);
    }
    if !matches!(url.scheme(), "http" | "https") {
        return Err(unless_metadata(&headers, RequestError::UnsupportedProtocol));
    }
    if asks_for_metadata(&headers) {
        return Err(RequestError::InvalidRequest);
    }
    let is_type = |name: &str| name.eq_ignore_ascii_case("content-type");
    if headers.iter().any(|(name, value)| is_type(name) && !is_media_type(value)) {
        return Err(RequestError::InvalidContentType);
    }
    let is_fine = |(name, value): &(&str, &str)| {
        let is_ours = OURS.iter().any(|ours| name.eq_ignore_ascii_case(ours));
        is_token(name.as_bytes()) && !is_ours && !value.bytes().any(|byte| byte.is_ascii_control() && byte != b'\t')
    };
    if !headers.iter().all(is_fine) {
        return Err(RequestError::InvalidRequest);
    }
    let known = METHODS.iter().find(|known| known.eq_ignore_ascii_case(&wanted.method));
    let method = known.map_or(wanted.method.as_str(), |known| known);
    let head = head(method, &url, &wanted.uri, &headers, wanted.body.len());
    Ok(Checked { is_tls: url.scheme() == "https", host, port, is_allowed, is_head: method == "HEAD", head })
}

fn name_of(host: &Host<&str>) -> String {
    match host {
        Host::Domain(name) => name.trim_end_matches('.').to_lowercase(),
        Host::Ipv4(address) => address.to_string(),
        Host::Ipv6(address) => address.to_string(),
    }
}

fn unless_metadata(headers: &[(&str, &str)], error: RequestError) -> RequestError {
    if asks_for_metadata(headers) { RequestError::InvalidRequest } else { error }
}

/// Whether it is a request for a cloud's metadata, whose servers want these headers.
fn asks_for_metadata(headers: &[(&str, &str)]) -> bool {
    let is = |(name, value): &(&str, &str), wanted: &str, text: &str| {
        name.eq_ignore_ascii_case(wanted) && value.trim().eq_ignore_ascii_case(text)
    };
    headers.iter().any(|it| is(it, "Metadata-Flavor", "Google") || is(it, "X-Google-Metadata-Request", "True"))
}

/// `type/subtype`, with parameters.
fn is_media_type(text: &str) -> bool {
    let mut parts = text.split(';').map(str::trim);
    let Some((main, sub)) = parts.next().and_then(|kind| kind.split_once('/')) else { return false };
    let is_parameter = |part: &str| {
        let quoted = |value: &str| value.len() > 1 && value.starts_with('"') && value.ends_with('"');
        part.is_empty()
            || part.split_once('=').is_some_and(|(name, value)| {
                is_token(name.trim().as_bytes()) && (is_token(value.trim().as_bytes()) || quoted(value.trim()))
            })
    };
    is_token(main.as_bytes()) && is_token(sub.as_bytes()) && parts.all(is_parameter)
}

/// The head of the request: the host, the caller's headers in their order and letters, and how long the body is.
fn head(method: &str, url: &Url, uri: &str, headers: &[(&str, &str)], body_bytes: usize) -> String {
    let mut head = format!("{method} {}{} HTTP/1.1\r\nHost: {}", url.path(), query(uri), url.host_str().unwrap_or(""));
    if let Some(port) = url.port() {
        head.push_str(&format!(":{port}"));
    }
    head.push_str("\r\n");
    let mut add = |name: &str, value: &str| head.push_str(&format!("{name}: {value}\r\n"));
    let is_type = |name: &str| name.eq_ignore_ascii_case("content-type");
    for (name, value) in headers.iter().filter(|(name, _)| !is_type(name)) {
        add(name, value);
    }
    let has_authorization = headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("authorization"));
    if !url.username().is_empty() && !has_authorization {
        let decoded = |text| percent_decode_str(text).collect::<Vec<u8>>();
        let both = [decoded(url.username()), decoded(url.password().unwrap_or(""))].join(&b':');
        add("Authorization", &format!("Basic {}", STANDARD.encode(both)));
    }
    for (_, value) in headers.iter().filter(|(name, _)| is_type(name)) {
        add("Content-Type", value);
    }
    add("Content-Length", &body_bytes.to_string());
    head.push_str("\r\n");
    head
}

/// The query as it is given, with its question mark; only what cannot be in a request line is encoded.
fn query(uri: &str) -> String {
    let uri = uri.trim();
    let uri = uri.split_once('#').map_or(uri, |(address, _)| address);
    let Some((_, query)) = uri.split_once('?') else { return String::new() };
    let mut text = String::from("?");
    for byte in query.bytes() {
        match byte {
            b'!'..=b'~' => text.push(char::from(byte)),
            b'\t' | b'\n' | b'\r' => {}
            _ => text.push_str(&format!("%{byte:02X}")),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checked(method: &str, uri: &str, headers: &[(&str, &str)]) -> Result<Checked, RequestError> {
        let headers = headers.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect();
        let wanted = Wanted { method: method.to_owned(), uri: uri.to_owned(), headers, body: Vec::new() };
        check(&wanted, &Allowed::parse("allowed.localhost,10.0.0.1"))
    }

    fn error(method: &str, uri: &str, headers: &[(&str, &str)]) -> RequestError {
        checked(method, uri, headers).unwrap_err()
    }

    fn sent(uri: &str, headers: &[(&str, &str)]) -> String {
        checked("get", uri, headers).unwrap().head
    }

    #[test]
    fn the_first_thing_wrong_is_the_answer() {
        use RequestError::*;
        assert_eq!(error("", "", &[(" ", "x")]), EmptyKey);
        assert_eq!(error("", "", &[]), BadMethod);
        assert_eq!(error(" get ", "http://a", &[]), BadMethod);
        assert_eq!(error("🎉", "http://a", &[]), BadMethod);
        for uri in ["", "localhost", "http://", "http://a b/", "::"] {
            assert_eq!(error("GET", uri, &[]), InvalidUri, "{uri}");
        }
        for uri in [
            "http://localhost",
            "ftp://localhost",
            "http://0",
            "http://2130706433/",
            "http://0x7f.1",
            "http://[::ffff:127.0.0.1]",
        ] {
            assert_eq!(error("GET", uri, &[("Metadata-Flavor", "Google")]), InvalidHost, "{uri}");
        }
        assert_eq!(error("GET", "http://a", &[("metadata-flavor ", " google ")]), InvalidRequest);
        assert_eq!(error("GET", "ftp://a", &[("X-Google-Metadata-Request", "true")]), InvalidRequest);
        for uri in ["ftp://a", "/etc/passwd", "file:///etc/passwd", "mailto:a@b"] {
            assert_eq!(error("GET", uri, &[("content-type", "x")]), UnsupportedProtocol, "{uri}");
        }
        for kind in ["", "text", "text/", "a b/c", "text/plain; x"] {
            assert_eq!(error("GET", "http://a", &[("content-type", kind)]), InvalidContentType, "{kind}");
        }
        for header in [("a b", "1"), ("a", "1\r\nb: 2"), ("Host", "x"), ("content-length", "0"), ("ä", "1")] {
            assert_eq!(error("GET", "http://a", &[header]), InvalidRequest, "{header:?}");
        }
    }

    #[test]
    fn the_head_has_the_callers_letters_and_order() {
        let headers = [("content-type", "text/plain;charset=utf-8"), (" x-A ", "1"), ("B", " 2")];
        let expected = "GET /b?c%20=[]&d HTTP/1.1\r\nHost: h.example:81\r\nx-A: 1\r\nB:  2\r\nContent-Type: text/plain;charset=utf-8\r\nContent-Length: 0\r\n\r\n";
        assert_eq!(sent("http://h.example:81/a/../b?c%20=[]&d#e?f", &headers), expected);
    }

    #[test]
    fn other_characters_are_encoded() {
        let line = |uri| sent(uri, &[]).lines().next().unwrap().to_owned();
        assert_eq!(line("http://h"), "GET / HTTP/1.1");
        assert_eq!(line("http://h/ü b"), "GET /%C3%BC%20b HTTP/1.1");
        assert_eq!(line("http://h/a/?"), "GET /a/? HTTP/1.1");
        assert_eq!(line("http://h/?q=ü x"), "GET /?q=%C3%BC%20x HTTP/1.1");
    }

    #[test]
    fn names_and_passwords_become_basic_authorization() {
        assert!(sent("http://u:p%40@h/", &[]).contains("\r\nAuthorization: Basic dTpwQA==\r\n"));
        let own = sent("http://u:p@h/", &[("authorization", "bearer x")]);
        assert!(own.contains("\r\nauthorization: bearer x\r\n") && !own.contains("Basic"));
    }

    #[test]
    fn methods_are_written_in_capitals_when_they_are_known() {
        let method = |method| checked(method, "http://h", &[]).unwrap().head.split(' ').next().unwrap().to_owned();
        assert_eq!([method("pOsT"), method("purge")], ["POST", "purge"]);
    }

    #[test]
    fn hosts_on_the_list_may_be_called() {
        assert!(checked("GET", "http://allowed.localhost:1/", &[]).unwrap().is_allowed);
        assert!(checked("GET", "http://10.0.0.1/", &[]).unwrap().is_allowed);
        assert!(!checked("GET", "http://[::]/", &[]).unwrap().is_allowed);
    }
}
