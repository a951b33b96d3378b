//! A handler at its limit ends alone: 504 or 500 for it, ordinary answers for its neighbours and for who comes next.

use crate::app::{Folder, Running, build};
use crate::http::get;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

#[test]
fn handlers_at_their_limits_end_alone() {
    let folder = Folder::new("limits");
    let app = build("tests/apps/limits", &folder);
    let running = Running::start(&app, &folder.0);
    let port = running.port;
    let over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        // Neighbours in flight all the time, on connections of their own, so on every thread of the server.
        let neighbours: Vec<_> = (0..4).map(|_| scope.spawn(|| neighbour(port, &over))).collect();
        for path in ["/spin", "/grow", "/bottomless", "/spin"] {
            let answer = get(port, path);
            assert_eq!(answer.status, if path == "/spin" { 504 } else { 500 }, "{path}: {answer:?}");
            assert!(answer.header("x-trace-id").is_some(), "{path} carries a trace id");
            assert!(!answer.body.contains("limits.dark"), "{path} tells nothing about the source: {}", answer.body);
            assert_eq!(get(port, "/ok").body, "ok", "after {path}");
        }
        over.store(true, Ordering::Relaxed);
        for thread in neighbours {
            let (answers, slowest) = thread.join().expect("the neighbour ends");
            assert!(answers > 10, "a neighbour got only {answers} answers");
            assert!(slowest < Duration::from_millis(1000), "a neighbour waited {slowest:?}");
        }
    });
}

/// Asks again and again; how many answers came and how long the slowest took.
fn neighbour(port: u16, over: &AtomicBool) -> (usize, Duration) {
    let (mut answers, mut slowest) = (0, Duration::ZERO);
    while !over.load(Ordering::Relaxed) {
        let start = Instant::now();
        assert_eq!(get(port, "/ok").body, "ok");
        slowest = slowest.max(start.elapsed());
        answers += 1;
        std::thread::sleep(Duration::from_millis(2));
    }
    (answers, slowest)
}

#[test]
fn deep_recursion_succeeds_and_failures_are_clean() {
    let folder = Folder::new("deep");
    let app = build("tests/apps/limits", &folder);
    let running = Running::start(&app, &folder.0);
    assert_eq!(get(running.port, "/deep/1000000").body, "1000000");
    for _ in 0..20 {
        assert_eq!(get(running.port, "/bottomless").status, 500);
    }
    assert_eq!(get(running.port, "/divide/0").status, 500);
    assert_eq!(get(running.port, "/divide/1").body, "1");
    assert_eq!(get(running.port, "/divide/one").status, 404);
    assert_eq!(get(running.port, "/nothing/here").status, 404);
    assert_eq!(running.terminate(), Some(0));
}
