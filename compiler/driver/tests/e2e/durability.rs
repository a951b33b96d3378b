//! Nothing is lost: writes, emits and running jobs survive `kill -9`; a failed transaction leaves nothing.

use crate::app::{Folder, Running, build, eventually};
use crate::http::{get, post};
use std::time::Duration;

#[test]
fn jobs_survive_kill_9_and_failed_transactions_leave_nothing() {
    let folder = Folder::new("jobs");
    let app = build("tests/apps/jobs", &folder);
    a_running_job_runs_again(&app, &folder);
    an_emit_is_durable(&app, &folder);
    a_failed_transaction_leaves_nothing(&app, &folder);
}

fn a_running_job_runs_again(app: &std::path::Path, folder: &Folder) {
    let first = Running::start(app, &folder.0);
    assert_eq!(post(first.port, "/emit/a", "").status, 204);
    first.wait_for_line("start a", Duration::from_secs(5));
    first.kill();
    let second = Running::start(app, &folder.0);
    second.wait_for_line("start a", Duration::from_secs(5));
    second.wait_for_line("end a", Duration::from_secs(30));
    eventually(Duration::from_secs(5), "the job's row", || get(second.port, "/done/a").status == 200);
    second.kill();
}

fn an_emit_is_durable(app: &std::path::Path, folder: &Folder) {
    for round in 0..5 {
        let first = Running::start(app, &folder.0);
        let id = format!("b{round}");
        assert_eq!(post(first.port, &format!("/emit/{id}"), "").status, 204);
        first.kill();
        let second = Running::start(app, &folder.0);
        eventually(Duration::from_secs(30), &format!("event {id} has run"), || {
            get(second.port, &format!("/done/{id}")).status == 200
        });
        second.kill();
    }
}

fn a_failed_transaction_leaves_nothing(app: &std::path::Path, folder: &Folder) {
    let running = Running::start(app, &folder.0);
    assert_eq!(post(running.port, "/both/good/1", "").body, "1");
    eventually(Duration::from_secs(30), "the good event has run", || get(running.port, "/done/job-good").status == 200);
    assert_eq!(get(running.port, "/done/row-good").status, 200);

    assert_eq!(post(running.port, "/both/bad/0", "").status, 500);
    assert_eq!(get(running.port, "/done/row-bad").status, 404);
    // An event emitted after the failed one has run; the failed one's never started.
    assert_eq!(post(running.port, "/emit/after", "").status, 204);
    eventually(Duration::from_secs(30), "the later event has run", || get(running.port, "/done/after").status == 200);
    assert_eq!(get(running.port, "/done/job-bad").status, 404);
    assert!(!running.lines_so_far().iter().any(|line| line.contains("job-bad")), "the event of the failed one ran");
}
