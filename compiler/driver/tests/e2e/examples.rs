//! The examples do what their READMEs say.

use crate::app::{Folder, Running, build, eventually, repository};
use crate::http::{get, post, request};
use std::process::Command;
use std::time::Duration;

/// The value of a text field of a flat JSON object.
fn text_field(json: &str, name: &str) -> String {
    let start = json.find(&format!("\"{name}\":")).unwrap_or_else(|| panic!("`{name}` in {json}"));
    let rest = json[start..].split_once(':').map(|(_, rest)| rest.trim_start()).unwrap_or_default();
    let rest = rest.strip_prefix('"').unwrap_or_else(|| panic!("`{name}` is text in {json}"));
    rest.split('"').next().unwrap_or_default().into()
}

#[test]
fn todo_creates_lists_patches_and_deletes_and_keeps_its_data() {
    let folder = Folder::new("todo");
    let app = build("examples/todo", &folder);
    let running = Running::start(&app, &folder.0);
    let port = running.port;
    assert_eq!(get(port, "/todos").body, "[]");

    let created = post(port, "/todos", r#"{"title":"walk the dog"}"#);
    assert!(created.status == 200 || created.status == 201, "{created:?}");
    assert!(created.body.contains(r#""completed":false"#), "{}", created.body);
    let url = text_field(&created.body, "url");
    assert!(url.starts_with(&format!("http://127.0.0.1:{port}/todos/")), "an absolute url: {url}");
    let path = url.split_once("127.0.0.1").and_then(|(_, rest)| rest.find('/').map(|at| rest[at..].to_string()));
    let path = path.expect("a path in the url");

    assert_eq!(text_field(&get(port, &path).body, "title"), "walk the dog");
    let patched =
        request(port, "PATCH", &path, &[("content-type", "application/json")], r#"{"completed":true,"order":7}"#);
    assert_eq!(patched.status, 200, "{patched:?}");
    assert!(patched.body.contains(r#""completed":true"#) && patched.body.contains(r#""order":7"#), "{}", patched.body);
    assert_eq!(text_field(&patched.body, "title"), "walk the dog");

    let wrong = post(port, "/todos", r#"{"title":7}"#);
    assert_eq!(wrong.status, 400);
    assert_eq!(wrong.header("content-type"), Some("application/problem+json"));
    assert!(wrong.body.contains("title"), "{}", wrong.body);
    assert_eq!(get(port, "/todos/nobody").status, 404);

    let preflight = request(port, "OPTIONS", "/todos", &[("origin", "https://todobackend.com")], "");
    assert_eq!(preflight.status, 200);
    let listed = request(port, "GET", "/todos", &[("origin", "https://todobackend.com")], "");
    assert_eq!(listed.header("access-control-allow-origin"), Some("*"), "{listed:?}");

    running.kill();
    let again = Running::start(&app, &folder.0);
    assert!(get(again.port, "/todos").body.contains("walk the dog"), "the data is there after kill -9");
    let deleted = request(again.port, "DELETE", &path, &[], "");
    assert!(deleted.status == 200 || deleted.status == 204, "{deleted:?}");
    assert_eq!(get(again.port, &path).status, 404);
    post(again.port, "/todos", r#"{"title":"another"}"#);
    let cleared = request(again.port, "DELETE", "/todos", &[], "");
    assert!(cleared.status == 200 || cleared.status == 204, "{cleared:?}");
    assert_eq!(get(again.port, "/todos").body, "[]");
}

#[test]
fn signup_stores_a_user_and_its_worker_runs() {
    let folder = Folder::new("signup");
    let app = build("examples/signup", &folder);
    let running = Running::start(&app, &folder.0);
    let created = post(running.port, "/users", r#"{"email":"ada@example.com","name":"Ada"}"#);
    assert!(created.status == 200 || created.status == 201, "{created:?}");
    eventually(Duration::from_secs(5), "the worker has welcomed Ada", || {
        get(running.port, "/users/ada@example.com").body.contains(r#""welcomed":true"#)
    });
}

#[test]
fn examples_pass_their_own_tests() {
    for (example, least) in [("shortener", 15), ("blog", 10), ("bot", 15), ("conduit", 25)] {
        let folder = repository().join("examples").join(example);
        let output = Command::new(env!("CARGO_BIN_EXE_darkc")).arg("test").arg(&folder).output().expect("darkc runs");
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success(), "{example}:\n{said}{}", String::from_utf8_lossy(&output.stderr));
        let passed = said.lines().last().and_then(|line| line.split(' ').next()?.parse::<u32>().ok());
        assert!(passed.is_some_and(|passed| passed >= least), "{example}: {said}");
    }
}

#[test]
fn the_shortener_redirects_and_counts() {
    let folder = Folder::new("shortener");
    let app = build("examples/shortener", &folder);
    let running = Running::start(&app, &folder.0);
    let port = running.port;
    let welcome = post(port, "/api/owners", r#"{"name":"Ada"}"#);
    let bearer = format!("Bearer {}", text_field(&welcome.body, "token"));
    let headers = [("content-type", "application/json"), ("authorization", bearer.as_str())];

    let draft = r#"{"url":"https://example.com/a?b=1","slug":"first","hours":2}"#;
    assert_eq!(post(port, "/api/links", draft).status, 401);
    let created = request(port, "POST", "/api/links", &headers, draft);
    assert_eq!((created.status, created.header("location")), (201, Some("/api/links/first")), "{created:?}");
    assert_eq!(request(port, "POST", "/api/links", &headers, draft).status, 409);
    let wrong = request(port, "POST", "/api/links", &headers, r#"{"url":"nope"}"#);
    assert!(wrong.status == 422 && wrong.body.contains("url must be an http or https URL"), "{wrong:?}");

    for _ in 0..3 {
        let followed = request(port, "GET", "/first", &[("referer", "https://news.example/x")], "");
        assert_eq!((followed.status, followed.header("location")), (307, Some("https://example.com/a?b=1")));
    }
    eventually(Duration::from_secs(5), "three clicks are counted", || {
        let shown = request(port, "GET", "/api/links/first", &headers, "").body;
        shown.contains(r#""referrer":"news.example","clicks":3"#)
    });
    assert_eq!(request(port, "DELETE", "/api/links/first", &headers, "").status, 204);
    assert_eq!(get(port, "/first").status, 404);
}

#[test]
fn the_blog_publishes_what_its_author_writes() {
    let folder = Folder::new("blog");
    let app = build("examples/blog", &folder);
    let running = Running::start(&app, &folder.0);
    let port = running.port;
    let form = [("content-type", "application/x-www-form-urlencoded")];
    let send = |path: &str, headers: &[(&str, &str)], body: &str| {
        request(port, "POST", path, &[&form, headers].concat(), body)
    };
    assert_eq!(send("/login", &[], "name=ada&password=short").status, 401);
    let signed_in = send("/login", &[], "name=ada&password=long+enough");
    let cookie = signed_in.header("set-cookie").and_then(|it| it.split(';').next()).unwrap_or_default().to_owned();
    assert!(signed_in.status == 303 && cookie.starts_with("session="), "{signed_in:?}");

    let post = "title=Hello%2C+World!&text=Some+**text**+with+%3Cb%3E";
    assert_eq!(send("/posts", &[], post).header("location"), Some("/login"));
    let published = send("/posts", &[("cookie", &cookie)], post);
    assert_eq!(published.header("location"), Some("/posts/hello-world"), "{published:?}");
    assert_eq!(send("/posts", &[("cookie", &cookie)], post).header("location"), Some("/posts/hello-world-2"));

    assert_eq!(send("/posts/hello-world/comments", &[], "name=Bob&text=").status, 422);
    assert_eq!(send("/posts/hello-world/comments", &[], "name=Bob&text=*nice*").status, 303);
    let page = get(port, "/posts/hello-world").body;
    for part in ["Some <strong>text</strong> with &lt;b&gt;", "Bob says", "<em>nice</em>"] {
        assert!(page.contains(part), "{part} in {page}");
    }
    assert!(get(port, "/feed.xml").body.contains("<title>Hello, World!</title>"));
}

#[test]
fn conduit_answers_every_operation_of_its_interface() {
    let folder = Folder::new("conduit");
    let app = build("examples/conduit", &folder);
    let running = Running::start_with(&app, &folder.0, &[("TOKEN_KEY", "only for tests")]);
    let output = Command::new("sh")
        .arg(repository().join("examples/conduit/walk.sh"))
        .arg(format!("http://127.0.0.1:{}", running.port))
        .output()
        .expect("a shell");
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
    assert!(said.ends_with("all is well\n"), "{said}");
}
