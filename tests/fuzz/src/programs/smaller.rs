//! Making a program that shows something small: cases, functions and types go, then expressions become a part of
//! themselves of the same type, or a literal. What no longer compiles is another finding and is not taken.

use crate::programs::engines::Engines;
use crate::programs::expression::{Expr, Part};
use crate::programs::formatted;
use crate::programs::generate::Program;
use crate::programs::types::{INTEGERS, Ty};
use crate::target::Finding;
use std::time::{Duration, Instant};

const TIME_MAX: Duration = Duration::from_secs(420);

struct Smaller<'a> {
    engines: &'a Engines,
    system: bool,
    kind: String,
    best: Program,
    finding: Finding,
    end: Instant,
}

pub fn finding(program: Program, finding: Finding, engines: &Engines, system: bool) -> Finding {
    let kind = finding.kind();
    let end = Instant::now() + TIME_MAX;
    let mut smaller = Smaller { engines, system, kind, best: program, finding, end };
    smaller.cases();
    loop {
        let before = smaller.finding.input.len();
        smaller.functions();
        smaller.types();
        smaller.expressions();
        if smaller.finding.input.len() >= before || Instant::now() > end {
            return smaller.finding;
        }
    }
}

impl Smaller<'_> {
    /// Takes the program if it shows the same.
    fn takes(&mut self, program: Program) -> bool {
        if Instant::now() > self.end {
            return false;
        }
        let Ok(input) = formatted(&program) else { return false };
        let Err(message) = self.engines.compare(&input, self.system) else { return false };
        let finding = Finding { message, input };
        let same = finding.kind() == self.kind;
        if same {
            (self.best, self.finding) = (program, finding);
        }
        same
    }

    /// Halves of the cases first.
    fn cases(&mut self) {
        let mut size = self.best.cases.len().div_ceil(2);
        while size > 0 {
            for at in (0..self.best.cases.len()).step_by(size) {
                let mut program = self.best.clone();
                let end = (at + size).min(program.cases.len());
                let gone = program.cases[at..end].iter_mut().filter_map(Option::take).count();
                if gone > 0 {
                    self.takes(program);
                }
            }
            size /= 2;
        }
    }

    /// Later functions call earlier ones, so the last go first.
    fn functions(&mut self) {
        let mut size = self.best.functions.len().div_ceil(2);
        while size > 0 {
            for at in (0..self.best.functions.len()).step_by(size).rev() {
                let mut program = self.best.clone();
                let end = (at + size).min(program.functions.len());
                let gone = program.functions[at..end].iter_mut().filter_map(Option::take).count();
                if gone > 0 {
                    self.takes(program);
                }
            }
            size /= 2;
        }
    }

    fn types(&mut self) {
        for at in (0..self.best.types.len()).rev() {
            let mut program = self.best.clone();
            if program.types[at].take().is_some() {
                self.takes(program);
            }
        }
    }

    fn expressions(&mut self) {
        let mut body = 0;
        while let Some(size) = self.size(body) {
            let mut at = 0;
            // Sizes change under way; places behind the end are none.
            while at < size && Instant::now() < self.end {
                if !self.expression(body, at) {
                    at += 1;
                }
            }
            body += 1;
        }
    }

    fn size(&mut self, body: usize) -> Option<usize> {
        bodies(&mut self.best).get(body).map(|it| it.size())
    }

    /// Tries to make one expression smaller.
    fn expression(&mut self, body: usize, at: usize) -> bool {
        let mut program = self.best.clone();
        let Some(expr) = bodies(&mut program).into_iter().nth(body).and_then(|it| it.at_mut(at)) else { return false };
        let expr = expr.clone();
        let size = expr.size();
        let mut tries: Vec<Expr> = plain(&expr.ty).into_iter().filter(|it| it.parts != expr.parts).collect();
        if size > 1 {
            tries.extend(expr.below().into_iter().filter(|it| it.ty == expr.ty).take(6).cloned());
        } else if !matches!(expr.parts.as_slice(), [Part::Text(text)] if text.len() > 3) {
            return false;
        }
        for smaller in tries {
            let mut program = self.best.clone();
            if let Some(place) = bodies(&mut program).into_iter().nth(body).and_then(|it| it.at_mut(at)) {
                *place = smaller;
            }
            if self.takes(program) {
                return true;
            }
        }
        false
    }
}

fn bodies(program: &mut Program) -> Vec<&mut Expr> {
    let functions = program.functions.iter_mut().flatten().flat_map(|it| &mut it.parts).map(|it| &mut it.1);
    functions.chain(program.cases.iter_mut().flatten()).collect()
}

/// The plainest value of a type, if it needs nothing else.
fn plain(ty: &Ty) -> Option<Expr> {
    let text = match ty {
        Ty::Unit => "()".to_owned(),
        Ty::Bool => "true".to_owned(),
        Ty::Int(which) => format!("1{}", INTEGERS[*which].suffix),
        Ty::Float => "1.0".to_owned(),
        Ty::Char => "'a'".to_owned(),
        Ty::String => "\"\"".to_owned(),
        Ty::List(_) => "[]".to_owned(),
        Ty::Dict(_) => "(Dict { })".to_owned(),
        Ty::Option(_) => "None".to_owned(),
        _ => return None,
    };
    Some(Expr::text(ty.clone(), text))
}
