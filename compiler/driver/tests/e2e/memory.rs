//! The examples under valgrind: no request makes them touch memory that is not their own.

use crate::app::{Folder, Running, build, eventually};
use crate::http::{get, post, request};
use std::time::Duration;

/// Runs an example, asks, and stops it.
fn under_valgrind(example: &str, ask: impl Fn(u16)) {
    let folder = Folder::new(&format!("valgrind-{example}"));
    let app = build(&format!("examples/{example}"), &folder);
    let running = Running::start_under_valgrind(&app, &folder.0);
    ask(running.port);
    assert_eq!(running.terminate(), Some(0), "{example} under valgrind");
}

#[test]
#[ignore = "needs valgrind: ./x test includes it"]
fn examples_touch_no_memory_that_is_not_their_own() {
    under_valgrind("hello", |port| {
        assert_eq!(get(port, "/").body, "Hello, world!");
        assert_eq!(get(port, "/hello/Ada").body, "Hello, Ada!");
        assert_eq!(get(port, "/nothing/here").status, 404);
    });
    under_valgrind("todo", |port| {
        let created = post(port, "/todos", r#"{"title":"walk the dog","order":3}"#);
        assert_eq!(created.status, 201, "{created:?}");
        assert_eq!(post(port, "/todos", r#"{"title":7}"#).status, 400);
        assert_eq!(post(port, "/todos", "{").status, 400);
        assert!(get(port, "/todos").body.contains("walk the dog"));
        assert_eq!(request(port, "DELETE", "/todos", &[], "").status, 204);
        assert_eq!(get(port, "/todos").body, "[]");
    });
    under_valgrind("signup", |port| {
        assert_eq!(post(port, "/users", r#"{"email":"ada@example.com","name":"Ada"}"#).status, 201);
        eventually(Duration::from_secs(60), "the worker has welcomed Ada", || {
            get(port, "/users/ada@example.com").body.contains(r#""welcomed":true"#)
        });
    });
}
