//! What a run would say about a mistake that is found before it: the same sentences, for tests that expect them.
//!
//! A test `f 1 = error="…"` may expect a message that a language without static types gives while it runs. Here the
//! mistake is found when the test is compiled. Such a test passes if its message is the one for this mistake: fixed words
//! and types are compared, values are not known to a compiler. A mistake of another kind is no match.

mod queries;
mod template;

use crate::body::lower::{BodyProblem, lowered};
use crate::body::{Body, Expr, ExprId};
use crate::db::Db;
use crate::def::{Def, DefKind};
use crate::infer::{Because, Fact, Inference, infer};
use crate::items::{definitions, shown};
use crate::needs;
use crate::signature::{signature, type_definition};
use crate::types::Ty;
use crate::types::lower::TypeProblem;
use dark_syntax::ast::Operator;
use rustc_hash::FxHashSet;
use std::sync::Arc;
use template::Sentence;

/// Whether one of the mistakes in these definitions is what the message says.
pub fn is_said_by(db: &dyn Db, message: &str, broken: &[Def]) -> bool {
    broken.iter().any(|def| of_definition(db, *def).iter().any(|sentence| sentence.matches(db, message)))
}

/// The sentences for everything wrong in a body.
fn of_definition(db: &dyn Db, def: Def) -> Vec<Sentence> {
    let Some(lowered) = lowered(db, def) else { return Vec::new() };
    let inference = infer(db, def);
    let speaker = Speaker { db, def, body: &lowered.body, inference, parents: parents(&lowered.body) };
    let problems = lowered.problems.iter().flat_map(|(_, problem)| of_name(db, problem));
    let asked = needs::refused(db, def);
    let facts = inference.facts.iter().chain(&asked).flat_map(|fact| speaker.of_fact(fact)).collect::<Vec<_>>();
    let in_queries = queries::of_lambdas(&speaker, lowered);
    problems.chain(facts).chain(in_queries).chain(lowered.body.exprs.iter().filter_map(repeated_key)).collect()
}

fn say(text: impl Into<String>) -> Sentence {
    Sentence::default().text(text)
}

fn of_name(db: &dyn Db, problem: &BodyProblem) -> Vec<Sentence> {
    match problem {
        BodyProblem::UnknownName { path, .. } => {
            let (variable, other) = (format!("There is no variable named: {path}"), format!("{path} not found"));
            vec![say(variable), say(other), say(format!("{path} is not a valid name"))]
        }
        BodyProblem::UnknownConstructor { path } | BodyProblem::UnknownRecord { path } => {
            let variable = format!("There is no variable named: {path}");
            vec![say(format!("{path} not found")), say(variable), say(format!("{path} is not a valid name"))]
        }
        BodyProblem::TestsOnly { path } => vec![say(format!("{path} not found"))],
        BodyProblem::UnknownBuiltin { name } => vec![say(format!("Builtin.{name} not found"))],
        BodyProblem::Type(TypeProblem::Unknown { name }) => {
            vec![say(format!("{name} not found")), say(format!("{name} is not a valid name"))]
        }
        BodyProblem::UnknownCase { enum_, case } => vec![unknown_case(db, *enum_, case)],
        _ => Vec::new(),
    }
}

/// The parser finds a key that stands twice in a dict literal.
fn repeated_key(expr: &Expr) -> Option<Sentence> {
    let Expr::Dict(entries) = expr else { return None };
    let mut seen = FxHashSet::default();
    let (key, _) = entries.iter().find(|(key, _)| !seen.insert(key.as_str()))?;
    Some(say(format!("Cannot add two dictionary entries with the same key `{key}`")))
}

fn unknown_case(db: &dyn Db, enum_: Def, case: &str) -> Sentence {
    say(format!("There is no case named `{case}` in ")).one_of(names(db, enum_))
}

/// The full path of a definition, with and without its owner, and its names as a host function.
fn names(db: &dyn Db, def: Def) -> Vec<String> {
    let path = def.path(db);
    let mut out = vec![path.to_string()];
    if shown(path) != path {
        out.push(shown(path).to_string());
    }
    out.extend(definitions(db).builtin_names(def));
    out
}

/// Who looks at the type of an expression.
enum Checked {
    /// The expression around.
    Here(Sentence),
    /// It may, and others around it do.
    Further(Option<Sentence>),
    Not,
}

struct Speaker<'a> {
    db: &'a dyn Db,
    def: Def,
    body: &'a Body,
    inference: &'a Inference,
    parents: Vec<Option<ExprId>>,
}

impl Speaker<'_> {
    fn of_fact(&self, fact: &Fact) -> Vec<Sentence> {
        match fact {
            Fact::Mismatch { expr, expected, found, because } => self.mismatch(*expr, expected, found, because),
            Fact::PatternMismatch { .. } | Fact::PatternArity { .. } => {
                vec![deconstruction(), say("No matching case found for value ").value().text(" in match expression")]
            }
            Fact::UnknownPatternCase { .. } => {
                vec![say("No matching case found for value ").value().text(" in match expression")]
            }
            Fact::NotAFunction { expr, found, takes, given } => self.not_a_function(*expr, found, *takes, *given),
            Fact::NotNumeric { expr, operand, operator, found } => self.not_numeric(*expr, *operand, *operator, found),
            Fact::NotComparable { found, .. } => vec![equality(found, found)],
            Fact::UnknownField { expr, field, .. } => match self.expr(*expr) {
                Some(Expr::Field { .. }) => vec![say(format!("Tried to access field `{field}`, but it doesn't exist"))],
                _ => {
                    vec![say(format!("No field named `{field}`")), say(format!("No field named `{field}` in ")).value()]
                }
            },
            Fact::NotARecord { found, .. } => {
                vec![say("Attempting to perform field access of ").a(found).text(", but this only works with records")]
            }
            Fact::CaseArity { enum_, case, found, .. } => self.case_arity(*enum_, *case, *found),
            Fact::MissingFields { fields, .. } => fields
                .iter()
                .flat_map(|field| {
                    let text = format!("Missing field `{field}`");
                    [say(text.clone()), say(text + " in ").value()]
                })
                .collect(),
            Fact::RepeatedField { field, .. } => {
                let text = format!("Duplicate field `{field}`");
                vec![say(text.clone()), say(text + " in ").value()]
            }
            Fact::TypeArguments { def, expected, found, .. } => {
                vec![Sentence::default().one_of(names(self.db, *def)).text(format!(
                    " expects {}, but got {}",
                    count(*expected, "type argument"),
                    count(*found, "type argument")
                ))]
            }
            Fact::NotUnwrappable { .. } => vec![say("Can only unwrap Options and Results, yet got ").value()],
            Fact::UnknownCase { case, .. } => {
                vec![say(format!("There is no variable named: {case}")), say(format!("{case} not found"))]
            }
            Fact::MatchedFunction { .. }
            | Fact::UnclearRecord { .. }
            | Fact::NotAWorker { .. }
            | Fact::WithoutWorker { .. }
            | Fact::Opaque { .. }
            | Fact::NoJson { .. } => Vec::new(),
        }
    }

    fn expr(&self, id: ExprId) -> Option<&Expr> {
        self.body.exprs.get(id.index())
    }

    fn type_of(&self, id: ExprId) -> Ty {
        self.inference.exprs.get(id.index()).cloned().unwrap_or(Ty::Error)
    }

    fn parent(&self, id: ExprId) -> Option<ExprId> {
        self.parents.get(id.index()).copied().flatten()
    }

    fn mismatch(&self, expr: ExprId, expected: &Ty, found: &Ty, because: &Because) -> Vec<Sentence> {
        match because {
            Because::Result => vec![self.result(expected, found)],
            Because::Argument { call, index, def } => self.wrong_argument(expr, *call, *index, *def, expected, found),
            Because::Element { .. } | Because::Part { .. } => {
                [vec![self.element(expr, expected, found)], self.around(expr)].concat()
            }
            Because::Operand { operator, .. } => self.operand(*operator, expected, found),
            Because::Operator { operator } => self.operator(*operator, found),
            Because::Condition | Because::Guard => vec![condition(found)],
            Because::Statement => vec![say("First expression must be of type Unit, but got ").value()],
            Because::Interpolation => {
                let start = || {
                    say("Expected String in string interpolation, got ").a(found).text(" (").value().text(") instead")
                };
                vec![start(), start().text(". Try wrapping it with `").value().text("`.")]
            }
            Because::Field { name } => vec![record_field(expected, found, name)],
            Because::CaseField { index } => {
                [self.case_field(expr, *index, expected, found), self.around(expr)].concat()
            }
            Because::Branch { .. } | Because::NoElse | Because::Annotation | Because::Test => self.around(expr),
        }
    }

    fn result(&self, expected: &Ty, found: &Ty) -> Sentence {
        let start = Sentence::default().one_of(names(self.db, self.def)).text("'s return value expects ").ty(expected);
        start.text(", but got ").one_of(articles()).ty(found).text(" (").value().text(")")
    }

    /// A wrong argument, or a wrong result of a lambda that is one: nothing looks at that but a condition.
    fn wrong_argument(
        &self,
        expr: ExprId,
        call: ExprId,
        index: usize,
        def: Option<Def>,
        expected: &Ty,
        found: &Ty,
    ) -> Vec<Sentence> {
        let argument = match self.expr(call) {
            Some(Expr::Call { arguments, .. }) => arguments.get(index).copied(),
            _ => None,
        };
        if argument != Some(expr) && self.is_in_lambda(expr, call) {
            return if *expected == Ty::Bool { vec![condition(found)] } else { Vec::new() };
        }
        let mut out = self.too_many(call);
        match def {
            Some(def) => out.push(self.argument(def, index, expected, found)),
            // A lambda whose parameter is a pattern.
            None if matches!(expected, Ty::Tuple(_) | Ty::Unit) => out.push(deconstruction()),
            None => {}
        }
        out
    }

    /// A call with more arguments than its function has parameters: a general result may be a function too.
    fn too_many(&self, call: ExprId) -> Vec<Sentence> {
        let Some(Expr::Call { function, arguments }) = self.expr(call) else { return Vec::new() };
        let takes = match self.expr(*function) {
            Some(Expr::Def { def, .. }) => signature(self.db, *def).as_ref().map(|it| it.params.len()),
            Some(Expr::Lambda { params, .. }) => Some(params.len()),
            _ => None,
        };
        match takes {
            Some(takes) if takes < arguments.len() => self.arity(*function, takes, arguments.len()),
            _ => Vec::new(),
        }
    }

    fn is_in_lambda(&self, expr: ExprId, below: ExprId) -> bool {
        let mut at = Some(expr);
        while let Some(id) = at.filter(|id| *id != below) {
            if id != expr && matches!(self.expr(id), Some(Expr::Lambda { .. })) {
                return true;
            }
            at = self.parent(id);
        }
        false
    }

    fn is_inside(&self, expr: ExprId, outer: ExprId) -> bool {
        std::iter::successors(Some(expr), |id| self.parent(*id)).any(|id| id == outer)
    }

    fn argument(&self, def: Def, index: usize, expected: &Ty, found: &Ty) -> Sentence {
        let name = signature(self.db, def).as_ref().and_then(|it| it.params.get(index)).map(|it| it.name.clone());
        let called = match name.unwrap_or_default().as_str() {
            "" | "_" => vec!["unit".to_string(), "_".to_string()],
            name => vec![name.to_string()],
        };
        Sentence::default()
            .one_of(names(self.db, def))
            .text(format!("'s {} parameter `", ordinal(index + 1)))
            .one_of(called)
            .text("` expects ")
            .ty(expected)
            .text(", but got ")
            .one_of(articles())
            .ty(found)
            .text(" (")
            .value()
            .text(")")
    }

    fn element(&self, expr: ExprId, expected: &Ty, found: &Ty) -> Sentence {
        let start = say("Cannot add ").a(found).text(" (").value();
        match self.parent(expr).and_then(|id| self.expr(id)) {
            Some(Expr::Dict(entries)) => {
                let key = entries.iter().find(|(_, value)| *value == expr).map(|(key, _)| key.clone());
                let end = format!(". Failed at key `{}`.", key.unwrap_or_default());
                start.text(") to a dict of ").ty(expected).text(end)
            }
            Some(Expr::List(items)) => {
                let index = items.iter().position(|it| *it == expr).unwrap_or_default();
                start.text(") to a list of ").ty(expected).text(format!(". Failed at index {index}."))
            }
            _ => start.text(") to a tuple of ").ty(expected),
        }
    }

    /// What is said about the expressions around, which have the wrong type as well: up to the first that is checked by
    /// itself.
    fn around(&self, expr: ExprId) -> Vec<Sentence> {
        let (mut at, mut out) = (expr, Vec::new());
        loop {
            let Some(parent) = self.parent(at) else {
                out.extend(signature(self.db, self.def).as_ref().map(|it| self.result(&it.result, &Ty::Error)));
                return out;
            };
            let Some(outer) = self.expr(parent) else { return out };
            match self.checked_by(at, outer) {
                Checked::Here(sentence) => {
                    out.push(sentence);
                    return out;
                }
                Checked::Further(sentence) => out.extend(sentence),
                Checked::Not => return out,
            }
            at = parent;
        }
    }

    /// How the expression around looks at the type of this one.
    fn checked_by(&self, at: ExprId, outer: &Expr) -> Checked {
        let own = self.type_of(at);
        match outer {
            Expr::Call { function, arguments } => {
                match (self.expr(*function), arguments.iter().position(|it| *it == at)) {
                    (Some(Expr::Def { def, .. }), Some(index)) => {
                        Checked::Here(self.argument(*def, index, &own, &Ty::Error))
                    }
                    _ => Checked::Not,
                }
            }
            Expr::Record { fields, .. } => match fields.iter().find(|(_, value)| *value == at) {
                Some((name, _)) => Checked::Here(record_field(&own, &Ty::Error, name)),
                None => Checked::Not,
            },
            // What a type parameter stands for is not looked at.
            Expr::Construct { .. } => Checked::Further(None),
            Expr::Binary { operator: Operator::Equal | Operator::NotEqual, left, right } if *right == at => {
                Checked::Here(equality(&self.type_of(*left), &Ty::Error))
            }
            Expr::Binary { operator: Operator::ListAppend, left, .. } => {
                let append = definitions(self.db).get(DefKind::Function, "Darklang.Stdlib.List.append");
                let index = usize::from(*left != at);
                append.map_or(Checked::Not, |def| Checked::Here(self.argument(def, index, &own, &Ty::Error)))
            }
            Expr::List(_) | Expr::Dict(_) => Checked::Further(Some(self.element(at, &own, &Ty::Error))),
            Expr::Tuple(_) | Expr::If { .. } | Expr::Match { .. } | Expr::Statements(_) => Checked::Further(None),
            Expr::Let { body, .. } | Expr::LetFunction { body, .. } if *body == at => Checked::Further(None),
            _ => Checked::Not,
        }
    }

    fn operand(&self, operator: Operator, expected: &Ty, found: &Ty) -> Vec<Sentence> {
        match operator {
            Operator::Equal | Operator::NotEqual => vec![equality(expected, found)],
            Operator::ListAppend => definitions(self.db)
                .get(DefKind::Function, "Darklang.Stdlib.List.append")
                .map(|def| self.argument(def, 1, expected, found))
                .into_iter()
                .collect(),
            _ => vec![numeric(expected, found)],
        }
    }

    fn operator(&self, operator: Operator, found: &Ty) -> Vec<Sentence> {
        match operator {
            Operator::And => vec![say("&& only supports Booleans")],
            Operator::Or => vec![say("|| only supports Booleans")],
            Operator::ListAppend => definitions(self.db)
                .get(DefKind::Function, "Darklang.Stdlib.List.append")
                .map(|def| self.argument(def, 0, &Ty::List(Arc::new(Ty::Error)), found))
                .into_iter()
                .collect(),
            Operator::Concat => {
                let append = definitions(self.db).get(DefKind::Function, "Darklang.Stdlib.String.append");
                append
                    .iter()
                    .flat_map(|def| [0, 1].map(|index| self.argument(*def, index, &Ty::String, found)))
                    .collect()
            }
            _ => Vec::new(),
        }
    }

    fn not_numeric(&self, expr: ExprId, operand: ExprId, operator: Option<Operator>, found: &Ty) -> Vec<Sentence> {
        match (self.expr(expr), operator) {
            (Some(Expr::Binary { right, .. }), Some(_)) if operand != *right => {
                vec![numeric(found, &self.type_of(*right)), numeric(found, found)]
            }
            _ => vec![numeric(found, found)],
        }
    }

    fn not_a_function(&self, function: ExprId, found: &Ty, takes: usize, given: usize) -> Vec<Sentence> {
        if takes == 0 {
            let start = say("Expected something we could apply to, such as a lambda or function, but got ");
            return vec![start.a(found).text(" (").value().text(")")];
        }
        self.arity(function, takes, given)
    }

    fn arity(&self, function: ExprId, takes: usize, given: usize) -> Vec<Sentence> {
        let name = match self.expr(function) {
            Some(Expr::Def { def, .. }) => Sentence::default().one_of(names(self.db, *def)),
            _ => Sentence::default().value(),
        };
        vec![name.text(format!(" expects {}, but got {}", count(takes, "argument"), count(given, "argument")))]
    }

    fn case_name(&self, enum_: Def, case: u32) -> (String, usize) {
        let definition = type_definition(self.db, enum_).as_ref();
        let case = definition.and_then(|it| it.kind.cases().get(case as usize));
        case.map(|it| (it.name.clone(), it.fields.len())).unwrap_or_default()
    }

    fn case_arity(&self, enum_: Def, case: u32, found: usize) -> Vec<Sentence> {
        let (name, expected) = self.case_name(enum_, case);
        let start = say(format!("Expected {} in ", count(expected, "field"))).one_of(names(self.db, enum_));
        vec![start.text(format!(".`{name}`, but got {found}"))]
    }

    fn case_field(&self, expr: ExprId, index: usize, expected: &Ty, found: &Ty) -> Vec<Sentence> {
        let case = self.parent(expr).and_then(|id| self.inference.cases.get(&id));
        let Some((name, _)) = case.map(|(enum_, case)| self.case_name(*enum_, *case)) else { return Vec::new() };
        let end = format!(" for field {index} in `{name}`, but got ");
        let start = say("Failed to create enum. Expected ").ty(expected).text(end);
        vec![start.one_of(articles()).ty(found).text(" (").value().text(")")]
    }
}

fn deconstruction() -> Sentence {
    say("Could not deconstruct value ").value().text(" into pattern ").value()
}

/// In front of a type: messages differ in whether it has its article.
fn articles() -> Vec<String> {
    vec!["a ".into(), "an ".into(), String::new()]
}

fn record_field(expected: &Ty, found: &Ty, name: &str) -> Sentence {
    let end = format!(" for field `{name}`, but got ");
    let start =
        Sentence::default().one_of(vec!["Failed to create record. ".into(), "Failed to update record. ".into()]);
    start.text("Expected ").ty(expected).text(end).value().text(" (").a(found).text(")")
}

fn condition(found: &Ty) -> Sentence {
    say("Encountered a condition that must be a Bool, but got ").a(found).text(" (").value().text(")")
}

fn equality(left: &Ty, right: &Ty) -> Sentence {
    say("Cannot perform equality check on ").ty(left).text(" and ").ty(right)
}

fn numeric(left: &Ty, right: &Ty) -> Sentence {
    say("Cannot perform numeric operation on ").ty(left).text(" and ").ty(right)
}

fn count(number: usize, what: &str) -> String {
    format!("{number} {what}{}", if number == 1 { "" } else { "s" })
}

/// `1st`, `2nd`, by the last digit.
fn ordinal(number: usize) -> String {
    let ending = match number % 10 {
        1 => "st",
        2 => "nd",
        3 => "rd",
        _ => "th",
    };
    format!("{number}{ending}")
}

/// The expression around each one.
fn parents(body: &Body) -> Vec<Option<ExprId>> {
    let mut out = vec![None; body.exprs.len()];
    for (index, expr) in body.exprs.iter().enumerate() {
        for child in expr.children() {
            if let Some(slot) = out.get_mut(child.index()) {
                *slot = Some(ExprId(index as u32));
            }
        }
    }
    out
}
