//! Scripts that call other servers, and scripts that are servers.

use crate::app::Folder;
use crate::http::request;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

fn built(script: &str, folder: &Folder) -> PathBuf {
    let (source, app) = (folder.0.join("script.dark"), folder.0.join("app"));
    std::fs::write(&source, script).expect("the script is written");
    let output = Command::new(env!("CARGO_BIN_EXE_darkc"))
        .args(["build", "--dev", "-o"])
        .args([&app, &source])
        .output()
        .expect("darkc runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    app
}

/// In front of the expressions that are tried.
const CALLS: &str = r#"
let shown (result: Stdlib.Result.Result<Stdlib.HttpClient.Response, Stdlib.HttpClient.RequestError>) : String =
  match result with
  | Ok response -> Stdlib.Result.withDefault (Stdlib.HttpClient.Response.text response) "?"
  | Error error -> Stdlib.HttpClient.toString error

let base = "http://mock.localhost:" ++ Stdlib.Option.withDefault (Stdlib.Env.get "MOCK_PORT") ""
"#;

/// A published key (RFC 7517).
const KEYS: &str = "HTTP/1.1 200 OK\r\nContent-Length: 114\r\n\r\n\
    {\"keys\":[{\"kty\":\"OKP\",\"use\":\"sig\",\"kid\":\"one\",\"crv\":\"Ed25519\",\
    \"x\":\"qORB_bx_t1tKdp1y17pKLlw46XoYamvy9dY9ZefeWt0\"}]}";

/// Answers each connection by its path, and closes it.
fn mock() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("its address").port();
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let mut head = Vec::new();
            let mut byte = [0];
            while !head.ends_with(b"\r\n\r\n") && stream.read(&mut byte).is_ok_and(|read| read > 0) {
                head.push(byte[0]);
            }
            let head = String::from_utf8_lossy(&head).into_owned();
            let echo = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{head}", head.len());
            let answer = match head.split(' ').nth(1) {
                Some("/moved") => "HTTP/1.1 302 Found\r\nLocation: /there\r\nContent-Length: 0\r\n\r\n",
                Some("/busy") => "HTTP/1.1 503 Busy\r\nContent-Length: 4\r\n\r\nbusy",
                Some("/keys") => KEYS,
                Some("/numbers") => "HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n[1,2,3]",
                Some("/cut") => "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc",
                Some("/events") => {
                    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nB\r\ndata: a\r\n\r\n\r\n8\r\ndata: b\n\r\n0\r\n\r\n"
                }
                _ => &echo,
            };
            let _ = stream.write_all(answer.as_bytes());
        }
    });
    port
}

/// The lines that the script prints with that expression at its end.
fn printed(name: &str, expression: &str, allowed: &str) -> String {
    let folder = Folder::new(name);
    let script = format!("{CALLS}{expression}\n");
    let output = Command::new(built(&script, &folder))
        .env("MOCK_PORT", mock().to_string())
        .env("ALLOW_EGRESS", allowed)
        .output()
        .expect("the script runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn a_script_calls_a_server_that_is_on_the_list() {
    let calls = r#"
Stdlib.printLine (shown (Stdlib.HttpClient.get (base ++ "/a/../b?c") [ ("X-Y", "Z") ]))
Stdlib.printLine (shown (Stdlib.HttpClient.send "POST" (base ++ "/moved") { Stdlib.HttpClient.defaults with redirects = 1 }))
Stdlib.printLine (shown (Stdlib.HttpClient.send "GET" (base ++ "/busy") { Stdlib.HttpClient.defaults with retries = 1 }))
Stdlib.printLine (shown (Stdlib.HttpClient.get (base ++ "/cut") []))
let events =
  Stdlib.Result.map (Stdlib.HttpClient.stream "GET" (base ++ "/events") []) (fun response ->
    Stdlib.List.map (Stdlib.Stream.toList (Stdlib.HttpClient.Sse.parse response.body)) (fun event -> event.data))
Stdlib.printLine (Stdlib.toRepr events)
"#;
    let text = printed("calls", calls, "mock.localhost").replace('\r', "");
    let host = text.lines().find(|line| line.starts_with("Host: mock.localhost:")).expect("the host is sent");
    let expected = format!(
        "GET /b?c HTTP/1.1\n{host}\nX-Y: Z\nContent-Length: 0\n\n\nGET /there HTTP/1.1\n{host}\nContent-Length: 0\n\n\nbusy\nNetwork Error\nOk([\"a\", \"b\"])\n"
    );
    assert_eq!(text, expected);
}

#[test]
fn tokens_are_verified_by_published_keys() {
    let calls = r#"
let key = Stdlib.JWT.Key.EdDSA "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIE14b6Jpwpc02/vXRPPeYwkA/yH4du5fruSnM/ES2ZmC\n-----END PRIVATE KEY-----\n"
let token = Stdlib.Result.withDefault (Stdlib.JWT.sign key (Dict { sub = "ada" })) ""
let named = Stdlib.String.base64UrlEncode "{\"alg\":\"EdDSA\",\"kid\":\"two\"}" ++ Stdlib.String.dropFirst token 36
let claims = fun path -> fun token -> Stdlib.JWT.verifyWithKeySet<Dict<String>> (base ++ path) token Stdlib.JWT.checks
Stdlib.printLine (Stdlib.toRepr (claims "/keys" token))
Stdlib.printLine (Stdlib.toRepr (claims "/keys" (Stdlib.String.dropLast token 4 ++ "AAAA")))
Stdlib.printLine (Stdlib.toRepr (claims "/keys" named))
Stdlib.printLine (Stdlib.toRepr (claims "/keys" "a.b"))
Stdlib.printLine (Stdlib.toRepr (Stdlib.Result.isError (claims "/busy" token)))
Stdlib.printLine (Stdlib.toRepr (Stdlib.HttpClient.getJson<List<Int>> (base ++ "/numbers") []))
Stdlib.printLine (Stdlib.toRepr (Stdlib.HttpClient.getJson<List<String>> (base ++ "/numbers") []))
Stdlib.printLine (Stdlib.toRepr (Stdlib.HttpClient.getJson<List<Int>> (base ++ "/busy") []))
"#;
    let text = printed("keys", calls, "mock.localhost");
    let lines: Vec<&str> = text.lines().collect();
    let expected = [
        "Ok({ sub: \"ada\" })",
        "Error(Stdlib.JWT.Error.BadSignature)",
        "Error(Stdlib.JWT.Error.BadSignature)",
        "Error(Stdlib.JWT.Error.Malformed)",
        "true",
        "Ok([1, 2, 3])",
        "Error(\"[0] must be text, not 1\")",
        "Error(\"the server answered with status 503\")",
    ];
    assert_eq!(lines, expected);
}

#[test]
fn a_script_does_not_call_this_machine() {
    let text = printed("refused", "Stdlib.printLine (shown (Stdlib.HttpClient.get base []))", "other.localhost");
    assert_eq!(text, "Invalid host\n");
}

const SERVER: &str = r#"
let handler =
  fun req ->
    if Stdlib.Http.Request.path req == "/fail" then
      Stdlib.Http.text (Stdlib.Int.toString (1 / 0))
    else
      let _ = Stdlib.sleep 20
      Stdlib.Http.success req.body
let port = Builtin.unwrap (Stdlib.Int.parse (Builtin.unwrap (Stdlib.Env.get "PORT")))
let config = { Stdlib.HttpServer.Config.defaults port with maxBodyBytes = 100; logRequests = false }
match Stdlib.HttpServer.serve config handler (fun () -> Stdlib.printLine "listening") with
| Ok _ -> Stdlib.printLine "ended"
| Error error -> Stdlib.printLine error
"#;

fn start(app: &PathBuf, port: u16) -> (Child, BufReader<std::process::ChildStdout>) {
    let mut child = Command::new(app)
        .env("PORT", port.to_string())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("the script starts");
    let out = BufReader::new(child.stdout.take().expect("its standard output"));
    (child, out)
}

#[test]
fn a_script_serves_until_it_is_told_to_stop() {
    let folder = Folder::new("serves");
    let app = built(SERVER, &folder);
    let port = TcpListener::bind("127.0.0.1:0").and_then(|it| it.local_addr()).expect("a free port").port();
    let (mut child, mut out) = start(&app, port);
    let mut line = String::new();
    out.read_line(&mut line).expect("a line");
    assert_eq!(line, "listening\n");
    std::thread::scope(|scope| {
        let asked: Vec<_> = (0..64)
            .map(|number| scope.spawn(move || (number, request(port, "POST", "/", &[], &format!("body {number}")))))
            .collect();
        for thread in asked {
            let (number, answer) = thread.join().expect("an answer");
            assert_eq!((answer.status, answer.body.as_str()), (200, format!("body {number}").as_str()));
            assert_eq!(answer.header("server"), Some("darklang"));
        }
    });
    assert_eq!(request(port, "GET", "/fail", &[], "").body, "Internal server error");
    assert_eq!(request(port, "POST", "/", &[], &"x".repeat(101)).status, 413);
    let (mut second, mut refused) = start(&app, port);
    let mut line = String::new();
    refused.read_line(&mut line).expect("a line");
    assert!(line.starts_with(&format!("port {port} is already in use")), "{line}");
    second.wait().expect("it ends");
    let told = Command::new("kill").args(["-TERM", &child.id().to_string()]).status();
    assert!(told.is_ok_and(|status| status.success()));
    let mut rest = String::new();
    out.read_to_string(&mut rest).expect("the rest");
    assert_eq!((rest.as_str(), child.wait().expect("it ends").code()), ("ended\n", Some(0)));
}
