//! A few generated programs, built both ways and run, with a fixed seed. `./x fuzz programs` runs more.

use dark_fuzz::{Limit, run_here, targets};
use std::path::Path;

#[test]
fn generated_programs_do_the_same_in_both_builds_and_free_everything() {
    let mut target = targets::target("programs", Path::new(env!("CARGO_BIN_EXE_darkc"))).expect("a target");
    let report = run_here(&mut *target, 7, 0, Limit::Rounds(2), |_| ());
    assert!(report.findings.is_empty(), "{:#?}", report.findings);
    assert!(report.executions > 30, "{} cases", report.executions);
}
