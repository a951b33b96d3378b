//! Making a finding small: parts of its text are left out while it still shows the same.
//!
//! After Zeller, Hildebrandt, "Simplifying and isolating failure-inducing input", IEEE TSE 28(2), 2002: first halves of the
//! lines, then quarters, down to single lines; then the same with tokens, and with characters.

use crate::mutate;
use crate::target::Finding;
use std::time::{Duration, Instant};

/// Shrinking is for people who read; it may not take longer than finding.
const TIME_MAX: Duration = Duration::from_secs(30);

/// The smallest text that `same` still accepts; `same` gives the finding of a smaller one.
pub fn finding(first: Finding, mut same: impl FnMut(&str) -> Option<Finding>) -> Finding {
    let mut best = first;
    let end = Instant::now() + TIME_MAX;
    loop {
        let before = best.input.len();
        for cut in [lines, tokens, characters] {
            best = without_parts(best, cut, &mut same, end);
        }
        if best.input.len() == before || Instant::now() > end {
            return best;
        }
    }
}

fn lines(text: &str) -> Vec<String> {
    text.split_inclusive('\n').map(str::to_owned).collect()
}

fn tokens(text: &str) -> Vec<String> {
    mutate::split(text).into_iter().map(str::to_owned).collect()
}

/// Long texts are small enough when no token can go.
fn characters(text: &str) -> Vec<String> {
    if text.len() > 400 { Vec::new() } else { text.chars().map(String::from).collect() }
}

fn without_parts(
    first: Finding,
    cut: fn(&str) -> Vec<String>,
    same: &mut impl FnMut(&str) -> Option<Finding>,
    end: Instant,
) -> Finding {
    let mut best = first;
    let mut parts = cut(&best.input);
    let mut size = parts.len() / 2;
    while size > 0 {
        let mut at = 0;
        while at < parts.len() {
            if Instant::now() > end {
                return best;
            }
            let rest = [&parts[..at], &parts[(at + size).min(parts.len())..]].concat();
            match same(&rest.concat()) {
                Some(smaller) => {
                    best = smaller;
                    parts = rest;
                }
                None => at += size,
            }
        }
        size /= 2;
    }
    best
}
