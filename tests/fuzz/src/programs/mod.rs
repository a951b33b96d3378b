//! Generated programs: well-typed by construction, so a build that fails is a finding, and so is any difference between
//! what the development build and the optimised one do, or an object that is left at the end.
//!
//! Reading order: `types`, `library` (what may be called), `expression`, `literals`, `generate` (programs and functions),
//! `expressions`, `built`, `patterns`, `engines` (builds and runs), `smaller`.

mod built;
mod engines;
mod expression;
mod expressions;
mod generate;
mod library;
mod literals;
mod patterns;
mod smaller;
mod types;

use crate::random::Random;
use crate::target::{Finding, Target};
use dark_format::format_file;
use dark_source::FileId;
use dark_syntax::Mode;
use engines::Engines;
use library::Signature;
use std::path::Path;
use std::time::Duration;

pub struct Programs {
    library: Vec<Signature>,
    engines: Engines,
    /// Of all rounds: programs, cases that failed alike, and cases that said nothing.
    built: u64,
    failures: u64,
    too_much: u64,
}

impl Programs {
    pub fn new(darkc: &Path) -> Programs {
        Programs { library: library::signatures(), engines: Engines::new(darkc), built: 0, failures: 0, too_much: 0 }
    }

    fn program(&self, random: &mut Random) -> generate::Program {
        generate::program(&self.library, random)
    }
}

/// The program as it is compiled: formatted, which is one more thing that has to work.
fn formatted(program: &generate::Program) -> Result<String, String> {
    let text = program.text();
    format_file(&text, FileId(0), Mode::Script)
        .map_err(|why| format!("a generated program is not formatted\n{why:?}\n{text}"))
}

impl Target for Programs {
    fn name(&self) -> &'static str {
        "programs"
    }

    /// An execution is a case that was run in both builds.
    fn round(&mut self, random: &mut Random, known: &dyn Fn(&Finding) -> bool) -> (u64, Option<Finding>) {
        let program = self.program(random);
        let system = random.one_in(4);
        let text = match formatted(&program) {
            Ok(text) => text,
            Err(message) => return (0, Some(Finding { message, input: program.text() })),
        };
        match self.engines.compare(&text, system) {
            Ok(comparison) => {
                self.built += 1;
                self.failures += comparison.failures;
                self.too_much += comparison.too_much;
                (comparison.cases, None)
            }
            Err(message) => {
                let finding = Finding { message, input: text };
                let small =
                    if known(&finding) { finding } else { smaller::finding(program, finding, &self.engines, system) };
                (1, Some(small))
            }
        }
    }

    fn input(&mut self, random: &mut Random) -> String {
        let program = self.program(random);
        formatted(&program).unwrap_or_else(|_| program.text())
    }

    fn check(&mut self, input: &str) -> Result<(), String> {
        self.engines.compare(input, true).map(|_| ())
    }

    fn summary(&self) -> String {
        let Programs { built, failures, too_much, .. } = self;
        format!(
            "{built} programs, {failures} cases failed alike, {too_much} took too much time or memory to say anything"
        )
    }

    /// Making a program small takes minutes.
    fn enough(&self) -> u64 {
        1
    }

    /// The work is done by other processes, and shrinking takes minutes.
    fn patience(&self) -> Duration {
        Duration::from_secs(60)
    }
}
