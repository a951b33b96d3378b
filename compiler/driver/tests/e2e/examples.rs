//! The examples do what their READMEs say.

use crate::app::{Folder, Running, build, eventually};
use crate::http::{get, post, request};
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
