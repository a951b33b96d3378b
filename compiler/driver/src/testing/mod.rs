//! The tests of a project: found, built into one program, run side by side, and put in the order of their text.
//!
//! Reading order: this file, `examples` (documentation comments as tests), `expected` (errors that a test waits for),
//! `workers` (the processes that run tests), `report` (what a person or a machine reads).
//!
//! A test that does not type-check, cannot be compiled, or needs something of that kind, fails alone; the others run.

pub mod examples;
mod expected;
pub mod report;
mod workers;

use crate::compile::{self, Plan};
use crate::objects::{self, Fault};
use crate::project::Project;
use crate::queries as compile_queries;
use crate::session::{Format, Session};
use crate::timings::Timings;
use dark_diagnostics::{Diagnostic, Severity, render::Sources};
use dark_hir::def::DefKind;
use dark_hir::program::TestCase;
use dark_hir::{Def, queries};
use dark_ir::core::{AppMode, Program};
use dark_ir::lower::{Scope, value_symbol};
use dark_ir::parts;
use dark_ir::query;
use dark_source::{FileId, LineIndex};
use rustc_hash::{FxHashMap, FxHashSet};
use serde::Serialize;
use workers::{Status, Values, Verdict};

/// What became of one test.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Outcome {
    pub file: String,
    pub line: u32,
    /// The modules around it, with dots.
    pub group: String,
    /// The left side as written.
    pub name: String,
    pub status: Status,
    pub message: String,
    /// Where its file stands among those of the command line.
    #[serde(skip)]
    rank: usize,
}

/// Runs a project's tests whose group or text contains the filter. An error is a sentence.
pub fn run(project: Project, filter: Option<&str>) -> Result<Vec<Outcome>, String> {
    let settings = project.settings.to_json()?;
    let (name, cache, secrets) = (project.name.clone(), project.cache.clone(), project.secrets_file());
    let ranks: Vec<Option<usize>> = project.files.iter().map(|file| file.rank).collect();
    let session = Session::new(project);
    let timings = Timings::default();
    let plan = Plan { name, settings, mode: AppMode::Test, optimised: false, cache, secrets, timings };
    let suite = Suite { session, ranks, filter };
    let mut outcomes = suite.lost();
    let wanted: Vec<&TestCase> =
        queries::program(suite.session.db()).tests.iter().filter(|it| suite.wants(it)).collect();
    outcomes.extend(suite.run(&wanted, &plan)?);
    sort(&mut outcomes);
    Ok(outcomes)
}

/// In the order of the command line, then of the text.
pub fn sort(outcomes: &mut [Outcome]) {
    // Files of one folder stand together by name; a file's examples beside its other tests.
    outcomes.sort_by(|a, b| (a.rank, &a.file, a.line).cmp(&(b.rank, &b.file, b.line)));
}

/// Gives a verdict to the tests that need the function which no code could be made for; false if there are none.
fn judge_fault(program: &Program, built: &[Def], fault: &Fault, verdicts: &mut FxHashMap<Def, Verdict>) -> bool {
    let Some(function) = fault.function else { return false };
    let needs = parts::needing(program, function);
    let failed = built.iter().zip(&program.app.tests).filter(|(_, test)| needs.contains(&test.entry.function));
    let before = verdicts.len();
    for (def, _) in failed {
        verdicts.insert(*def, Verdict { status: Status::CompileError, message: fault.message.clone() });
    }
    verdicts.len() > before
}

struct Suite<'a> {
    session: Session,
    /// By file of the project.
    ranks: Vec<Option<usize>>,
    filter: Option<&'a str>,
}

impl Suite<'_> {
    fn rank(&self, file: FileId) -> Option<usize> {
        self.ranks.get(self.session.own_index(file)?).copied().flatten()
    }

    fn wants(&self, test: &TestCase) -> bool {
        self.rank(test.location.file).is_some() && self.matches(&test.group, &test.text)
    }

    fn matches(&self, group: &str, name: &str) -> bool {
        self.filter.is_none_or(|filter| format!("{group} {name}").contains(filter))
    }

    fn run(&self, wanted: &[&TestCase], plan: &Plan) -> Result<Vec<Outcome>, String> {
        let db = self.session.db();
        let roots: Vec<Def> = wanted.iter().map(|test| test.def).collect();
        let causes = queries::broken_causes(db, &roots);
        let mut verdicts: FxHashMap<Def, Verdict> = FxHashMap::default();
        for test in wanted {
            if let Some(&cause) = causes.get(&test.def) {
                verdicts.insert(test.def, self.refused(test, cause));
            }
        }
        while let Some((program, built)) = self.core(wanted, plan, &mut verdicts)? {
            let names = match objects::make(&program, plan) {
                Ok(names) => names,
                // A fault of the compiler fails the tests that need the function; the others run.
                Err(fault) if judge_fault(&program, &built, &fault, &mut verdicts) => continue,
                Err(fault) => return Err(fault.message),
            };
            let executable = compile::cached_executable(&names, plan)?;
            let values = values(&self.session, &program, &built);
            let ran = workers::run(&executable, plan.secrets.as_deref(), built.len(), &values)?;
            verdicts.extend(built.into_iter().zip(ran));
            break;
        }
        Ok(wanted.iter().filter_map(|test| Some(self.outcome(test, verdicts.remove(&test.def)?))).collect())
    }

    /// Core of the tests without a verdict, and which they are. Those that turn out to have none get their verdict.
    fn core(
        &self,
        wanted: &[&TestCase],
        plan: &Plan,
        verdicts: &mut FxHashMap<Def, Verdict>,
    ) -> Result<Option<(Program, Vec<Def>)>, String> {
        let all = queries::program(self.session.db()).tests.iter().map(|test| test.def);
        let names: FxHashSet<Def> = wanted.iter().map(|test| test.def).collect();
        let mut left_out: FxHashSet<Def> = all.filter(|def| !names.contains(def)).collect();
        loop {
            left_out.extend(verdicts.keys().copied());
            if wanted.iter().all(|test| left_out.contains(&test.def)) {
                return Ok(None);
            }
            let lowered = compile::lowered(&self.session, plan, &left_out, Scope::Served)?;
            for (def, error) in &lowered.refused {
                let message = compile::describe(self.session.db(), error);
                if def.kind(self.session.db()) != DefKind::Test {
                    eprintln!("darkc: {message}");
                    left_out.insert(*def);
                    continue;
                }
                verdicts.insert(*def, Verdict { status: Status::CompileError, message });
            }
            let mut program = lowered.program;
            let is_built = |test: &&&TestCase| !left_out.contains(&test.def) && !verdicts.contains_key(&test.def);
            let built: Vec<&TestCase> = wanted.iter().filter(is_built).copied().collect();
            let refused = query::run(&mut program);
            if refused.is_empty() {
                compile::finished(&mut program, plan)?;
                return Ok(Some((program, built.into_iter().map(|test| test.def).collect())));
            }
            // Tests run beside a handler whose query is no good.
            for refused in refused.iter().filter(|it| it.tests.is_empty()) {
                self.session.print(&compile_queries::diagnostic(&refused.problem), Format::Human);
                let serving = self.served(&refused.served);
                if serving.is_empty() {
                    return Err("a query cannot be compiled".into());
                }
                left_out.extend(serving);
            }
            for refused in &refused {
                left_out.extend(self.served(&refused.served));
                let diagnostic = compile_queries::diagnostic(&refused.problem);
                for test in refused.tests.iter().filter_map(|number| built.get(*number)) {
                    let verdict = || expected::judge(test.expected_error.as_deref(), &[&diagnostic]);
                    verdicts.entry(test.def).or_insert_with(verdict);
                }
            }
        }
    }

    /// The handlers, workers and crons of these names.
    fn served(&self, names: &[String]) -> Vec<Def> {
        let db = self.session.db();
        let program = queries::program(db);
        let all = program.handlers.iter().chain(&program.workers).chain(&program.crons).copied();
        all.filter(|def| names.iter().any(|name| name == dark_hir::items::shown(def.path(db)))).collect()
    }

    /// What a test with an error, or that needs a definition with one, comes to.
    fn refused(&self, test: &TestCase, cause: Def) -> Verdict {
        let db = self.session.db();
        let expected = test.expected_error.as_deref();
        let broken: Vec<Def> = queries::broken_needs(db, test.def).collect();
        if expected.is_some_and(|message| dark_hir::sentences::is_said_by(db, message, &broken)) {
            return Verdict { status: Status::Pass, message: String::new() };
        }
        if cause != test.def {
            let name = dark_hir::items::shown(cause.path(db));
            return Verdict { status: Status::CompileError, message: format!("`{name}` has an error") };
        }
        let is_own = |error: &&Diagnostic| {
            let at = &error.primary.location;
            at.file == test.location.file && test.location.span.contains(at.span.start)
        };
        let own: Vec<&Diagnostic> = self.errors().filter(is_own).collect();
        match own.is_empty() {
            // What is left of the test ends in front of its error.
            true => expected::judge(expected, &queries::syntax_errors(db, test.def)),
            false => expected::judge(expected, &own),
        }
    }

    fn errors(&self) -> impl Iterator<Item = &Diagnostic> {
        self.session.diagnostics().filter(|it| it.code.severity == Severity::Error)
    }

    fn outcome(&self, test: &TestCase, verdict: Verdict) -> Outcome {
        let at = test.location;
        self.outcome_at(at.file, at.span.start, &test.group, &test.text, verdict)
    }

    fn outcome_at(&self, file: FileId, start: u32, group: &str, name: &str, verdict: Verdict) -> Outcome {
        let text = self.session.text(file);
        Outcome {
            file: self.session.path(file).to_owned(),
            line: LineIndex::new(text).position(text, start).line + 1,
            group: group.to_owned(),
            name: name.to_owned(),
            status: verdict.status,
            message: verdict.message,
            rank: self.rank(file).unwrap_or(usize::MAX),
        }
    }

    /// Lines whose syntax is so broken that no test is left of them: each counts as a test that failed. Errors of other
    /// declarations are said on standard error.
    fn lost(&self) -> Vec<Outcome> {
        let db = self.session.db();
        let tests = &queries::program(db).tests;
        let mut lost: Vec<Outcome> = Vec::new();
        for error in self.errors() {
            let at = error.primary.location;
            let text = self.session.text(at.file);
            let line = line_at(text, at.span.start);
            let on_line = |test: &TestCase| {
                let (start, end) = (test.location.span.start as usize, test.location.span.end as usize);
                test.location.file == at.file && start <= line.end && line.start <= end
            };
            if tests.iter().any(on_line) {
                continue;
            }
            if self.rank(at.file).is_none() || !error.code.id.starts_with("E00") && !error.code.id.starts_with("E01") {
                self.session.print(error, Format::Human);
                continue;
            }
            let name = text.get(line).unwrap_or_default().trim();
            let outcome = self.outcome_at(at.file, at.span.start, "", name, expected::judge(None, &[error]));
            let known = lost.iter().any(|it| (&it.file, it.line) == (&outcome.file, outcome.line));
            if !known && self.matches("", name) {
                lost.push(outcome);
            }
        }
        lost
    }
}

/// The line around a place of a text.
fn line_at(text: &str, at: u32) -> std::ops::Range<usize> {
    let at = at as usize;
    let start = text.get(..at).and_then(|before| before.rfind('\n')).map_or(0, |it| it + 1);
    let end = text.get(at..).and_then(|rest| rest.find('\n')).map_or(text.len(), |it| at + it);
    start..end
}

/// Which tests and values need each value of the program.
fn values(session: &Session, program: &Program, tests: &[Def]) -> Values {
    let db = session.db();
    let numbers: FxHashMap<&str, usize> = program
        .app
        .values
        .iter()
        .enumerate()
        .filter_map(|(number, id)| Some((program.globals.get(id.0 as usize)?.symbol.as_str(), number)))
        .collect();
    let mut out = Values { names: vec![String::new(); numbers.len()], ..Values::default() };
    if numbers.is_empty() {
        return out;
    }
    let number_of = |def: &Def| numbers.get(value_symbol(db, *def).as_str()).copied();
    let needs = |def: Def| -> Vec<usize> { queries::needed_values(db, def).iter().filter_map(number_of).collect() };
    out.tests = tests.iter().map(|test| needs(*test)).collect();
    out.values = vec![Vec::new(); numbers.len()];
    for def in &queries::program(db).values {
        if let Some(number) = number_of(def) {
            out.names[number] = dark_hir::items::shown(def.path(db)).to_owned();
            out.values[number] = needs(*def);
        }
    }
    out
}
