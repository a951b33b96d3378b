//! A few seconds of each target of the front end, with a fixed seed: the same rounds in every run. `./x fuzz` runs more.
//! The generated programs need a compiler: their short run is `compiler/driver/tests/fuzz.rs`.

use dark_fuzz::{Limit, run_here, targets};
use std::path::Path;

fn check(name: &str, rounds: u64) {
    // As deep as the stack that `darkc` gives itself.
    let work = std::thread::Builder::new().stack_size(512 << 20).spawn({
        let name = name.to_owned();
        move || {
            let mut target = targets::target(&name, Path::new("darkc")).expect("a target");
            run_here(&mut *target, 7, 0, Limit::Rounds(rounds), |_| ())
        }
    });
    let report = work.expect("a thread").join().expect("panics are findings");
    assert_eq!(report.rounds, rounds);
    assert!(report.findings.is_empty(), "{:#?}", report.findings);
}

#[test]
fn any_bytes_become_tokens_that_tile_the_text() {
    check("lexer", 1_000);
}

#[test]
fn what_layout_opens_it_closes() {
    check("layout", 1_000);
}

#[test]
fn any_text_gives_a_tree_and_what_follows_a_mistake_stays() {
    check("parser", 500);
}

#[test]
fn what_parses_is_formatted_faithfully() {
    check("formatter", 500);
}

#[test]
fn an_edit_gives_what_a_new_start_gives() {
    check("checker", 60);
}

#[test]
fn what_is_accepted_becomes_core_that_verifies() {
    check("core", 60);
}
