//! Types that do not fit, with the reason for what was expected.

use super::names::{elsewhere, foreign_constructor, list, meant_elsewhere, unknown_case};
use super::suggest::{either, near};
use crate::body::{Body, Expr, ExprId, OPEN_TYPE, PatId, SourceMap};
use crate::db::Db;
use crate::def::{Def, DefKind};
use crate::infer::{Because, Fact, Inference};
use crate::items::{definitions, shown};
use crate::signature::{location, signature, type_definition};
use crate::types::display::{Printer, article};
use crate::types::lower::map;
use crate::types::{Generics, Ty, TypeKind};
use dark_diagnostics::{Diagnostic, codes};
use dark_source::{FileId, Span};
use dark_syntax::ast::{IntType, Literal, Operator};

/// The use of a type that holds itself with ever larger arguments.
pub fn endless(db: &dyn Db, found: Def, span: Span, file: FileId) -> Diagnostic {
    let title = format!("the type `{}` holds itself with ever larger types", shown(found.path(db)));
    let it = Diagnostic::new(codes::E0322, title, file, span, "there is no end to this type");
    let it = match location(db, found) {
        Some(place) => it.because(place.file, place.span, "declared here"),
        None => it,
    };
    it.help("let it hold itself with the types it has")
}

/// A body with everything needed to speak about it.
pub struct View<'a> {
    db: &'a dyn Db,
    def: Def,
    module: &'a [String],
    body: &'a Body,
    map: &'a SourceMap,
    file: FileId,
    /// The names of the definition's type parameters, and behind them those of its nested functions.
    generics: Generics,
    declared: u32,
}

impl<'a> View<'a> {
    pub fn new(
        db: &'a dyn Db,
        def: Def,
        module: &'a [String],
        body: &'a Body,
        map: &'a SourceMap,
        file: FileId,
    ) -> View<'a> {
        let mut generics = signature(db, def).as_ref().map(|it| it.generics.clone()).unwrap_or_default();
        let declared = generics.names.len() as u32;
        generics.names.extend(body.open_types.iter().cloned());
        View { db, def, module, body, map, file, generics, declared }
    }

    fn show(&self, ty: &Ty) -> String {
        let named = map(ty, &mut |ty| match ty {
            Ty::Param(index) => index.checked_sub(OPEN_TYPE).map(|index| Ty::Param(self.declared + index)),
            _ => None,
        });
        Printer { db: self.db, module: self.module, generics: &self.generics }.show(&named)
    }

    /// `an Int`
    fn a(&self, ty: &Ty) -> String {
        let text = self.show(ty);
        match ty {
            Ty::Function(..) => format!("a function {text}"),
            Ty::Unit => "Unit, written `()`".into(),
            _ => format!("{} {text}", article(&text)),
        }
    }

    fn span(&self, id: ExprId) -> Span {
        self.map.exprs.get(id.index()).copied().unwrap_or_default()
    }

    fn name_span(&self, id: ExprId) -> Span {
        self.map.names.get(id.index()).copied().flatten().unwrap_or_else(|| self.span(id))
    }

    fn pat_span(&self, id: PatId) -> Span {
        self.map.pats.get(id.index()).copied().unwrap_or_default()
    }

    fn new_at(&self, code: codes::Code, title: String, span: Span, label: String) -> Diagnostic {
        Diagnostic::new(code, title, self.file, span, label)
    }

    pub fn describe(&self, fact: &Fact) -> Diagnostic {
        match fact {
            Fact::Mismatch { expr, expected, found, because } => self.mismatch(*expr, expected, found, because),
            Fact::PatternMismatch { pat, expected, found } => {
                let title = format!("this pattern is for {}, the value is {}", self.a(found), self.a(expected));
                self.new_at(codes::E0402, title, self.pat_span(*pat), format!("a pattern for {}", self.a(found)))
                    .help(format!("write a pattern for {}", self.a(expected)))
            }
            Fact::MatchedFunction { expr, found } => self.matched_function(*expr, found),
            Fact::NotAFunction { expr, found, takes, given } => self.not_a_function(*expr, found, *takes, *given),
            Fact::NotNumeric { operand, operator, found, .. } => self.not_numeric(*operand, *operator, found),
            Fact::NotComparable { expr, found, opaque } => self.not_comparable(*expr, found, *opaque),
            Fact::Opaque { expr, opaque } => {
                let name = shown(opaque.path(self.db));
                let title = format!("nobody sees what is in a `{name}`");
                self.new_at(codes::E0321, title, self.name_span(*expr), "looks inside".into())
                    .help(format!("use the functions of `{}`", module_of_type(name)))
            }
            Fact::NoJson { expr, found, opaque } => {
                let name = shown(opaque.path(self.db));
                let title = format!("a `{name}` has no JSON form");
                let label = match matches!(found, Ty::Named(def, _) if def == opaque) {
                    true => "reads or writes it as JSON".into(),
                    false => format!("{} holds one", self.a(found)),
                };
                self.new_at(codes::E0320, title, self.span(*expr), label)
                    .help("copy what may be seen into a record of its own, and use that")
            }
            Fact::UnknownField { expr, field, found } => self.unknown_field(*expr, field, found),
            Fact::NotARecord { expr, found } => self.not_a_record(*expr, found),
            Fact::UnclearRecord { expr, field } => {
                let title = format!("which record has the field `{field}` here?");
                self.new_at(codes::E0307, title, self.name_span(*expr), "nothing says what this value is".into())
                    .help("give the value a type: `let f (value: Type) : Result = …`")
            }
            Fact::UnknownCase { expr, case } => {
                let title = format!("`{case}` is no case of an enum and no datastore");
                let it = self.new_at(codes::E0206, title, self.name_span(*expr), "not found".into());
                if let Some(help) = foreign_constructor(case) {
                    return it.help(help);
                }
                let elsewhere = elsewhere(self.db, case);
                let names: Vec<&str> = elsewhere.iter().map(String::as_str).collect();
                match names.is_empty() {
                    true => it.help(format!("write the enum in front: `Type.{case}`")),
                    false => meant_elsewhere(it, &names),
                }
            }
            Fact::UnknownPatternCase { pat, case, found } => self.unknown_pattern_case(*pat, case, found),
            Fact::CaseArity { expr, enum_, case, found, is_function } => {
                if *is_function {
                    return self.case_as_function(*expr, *enum_, *case);
                }
                self.arity(*enum_, *case, *found, self.span(*expr), codes::E0308)
            }
            Fact::PatternArity { pat, enum_, case, found } => {
                self.arity(*enum_, *case, *found, self.pat_span(*pat), codes::E0403)
            }
            Fact::MissingFields { expr, record, fields } => {
                let names: Vec<&str> = fields.iter().map(String::as_str).collect();
                let title = format!("this {} has no {}", self.show(record), either(&names));
                self.new_at(codes::E0309, title, self.name_span(*expr), format!("missing: {}", list(&names)))
                    .help("a record needs every field exactly once")
            }
            Fact::RepeatedField { expr, field } => {
                let title = format!("the field `{field}` stands twice");
                self.new_at(codes::E0309, title, self.name_span(*expr), "in this record".into())
                    .help("a record needs every field exactly once")
            }
            Fact::TypeArguments { expr, def, expected, found } => {
                let name = shown(def.path(self.db));
                let title = format!("`{name}` takes {expected} type arguments, not {found}");
                self.new_at(codes::E0203, title, self.span(*expr), "here".into())
                    .help("leave them out to have all of them found")
            }
            Fact::NotUnwrappable { expr, found } => {
                let title = format!("{} cannot be unwrapped", self.a(found));
                self.new_at(codes::E0311, title, self.span(*expr), format!("this is {}", self.a(found)))
                    .help("`Builtin.unwrap` takes an Option or a Result; any other value is there already")
            }
            Fact::WithoutWorker { expr, def } => {
                let path = shown(def.path(self.db));
                let name = path.rsplit('.').next().unwrap_or(path);
                let title = format!("`{name}` needs its worker here");
                let rest = if name == "emit" { " event" } else { "" };
                self.new_at(codes::E0510, title, self.span(*expr), "used as a value".into())
                    .help(format!(
                        "name the worker: `fun{} -> {path} sendMail{rest}`",
                        if rest.is_empty() { " ()" } else { rest }
                    ))
                    .note("each worker has a queue of its own, so it must be known before the program runs")
            }
            Fact::NotAWorker { expr } => {
                let title = "this has to name a worker".to_string();
                self.new_at(codes::E0510, title, self.span(*expr), "this names no worker".into())
                    .help("mark the function `[<Worker>]` and name it here: `Stdlib.Worker.emit sendMail event`")
            }
        }
    }

    /// The end of a script that is no exit code.
    pub fn exit_problem(&self, inference: &Inference) -> Option<Diagnostic> {
        let ty = inference.exprs.get(self.body.root.index())?;
        if matches!(ty, Ty::Unit | Ty::Error | Ty::Int(IntType::Int | IntType::Int64)) {
            return None;
        }
        let title = format!("this script ends with {}, not with an exit code", self.a(ty));
        let span = self.tail_span(self.body.root);
        let it = self.new_at(codes::E0319, title, span, format!("this is {}", self.a(ty)));
        Some(
            it.help("end with `0`, or with a line that prints")
                .note("the exit code is an Int, an Int64, or `()` for 0"),
        )
    }

    fn mismatch(&self, expr: ExprId, expected: &Ty, found: &Ty, because: &Because) -> Diagnostic {
        let span = self.span(expr);
        let (want, have) = (self.a(expected), self.a(found));
        let here = format!("this is {have}");
        let it = match because {
            Because::Result => {
                let title = format!("this function returns {want}, not {have}");
                let it = self.new_at(codes::E0303, title, span, here);
                self.declared(it, self.def, &format!("its declared result is {}", self.show(expected)))
            }
            Because::Argument { call, index, def } => self.argument(span, expected, found, *call, *index, *def),
            Because::Branch { first, is_match } => {
                let (what, word) = if *is_match { ("cases", "match") } else { ("branches", "if") };
                let title = format!("the {what} of this `{word}` have different types");
                self.new_at(codes::E0301, title, self.tail_span(expr), here)
                    .because(self.file, self.tail_span(*first), format!("this is {want}, so the whole `{word}` is"))
                    .note(format!("all {what} of a `{word}` must have the same type"))
            }
            Because::Element { first } => self
                .new_at(codes::E0302, "the elements have different types".into(), span, here)
                .because(self.file, self.span(*first), format!("this is {want}, so all of them must be"))
                .help("to keep values of several types, declare an enum with a case for each"),
            Because::Part { is_list } => {
                let what = if *is_list { "an element of this list" } else { "this part of the tuple" };
                self.new_at(codes::E0302, format!("{what} is {want}, not {have}"), span, here)
            }
            Because::Operand { operator, other } => {
                let title = format!("the sides of `{}` have different types", operator.text());
                self.new_at(codes::E0304, title, span, here)
                    .because(self.file, self.span(*other), format!("this is {want}"))
                    .note("both sides must have the same type; nothing is converted by itself")
            }
            Because::Operator { operator } => {
                let title = format!("`{}` needs {want}, not {have}", operator.text());
                self.new_at(codes::E0304, title, span, here)
            }
            Because::Condition => {
                let title = format!("a condition is a Bool, not {have}");
                let it = self.new_at(codes::E0305, title, span, here);
                truthy(it, found)
            }
            Because::Guard => {
                truthy(self.new_at(codes::E0305, format!("a guard is a Bool, not {have}"), span, here), found)
            }
            Because::Statement => {
                let title = format!("the value of this line is lost: {have}");
                let it = self.new_at(codes::E0312, title, span, here);
                let it = match self.statement_behind(expr) {
                    _ if matches!(found, Ty::Function(..)) => it.help(
                        "to call the function, put its arguments on the same line, or further right on the next lines",
                    ),
                    Some(next) if self.is_negative(next) => it
                        .because(self.file, self.span(next), "a negative number, on a line of its own")
                        .help("to subtract, put the `-` at the end of the line before, or further right"),
                    _ => it.help("to use it, name it: `let name = …`; to drop it: `let _ = …`"),
                };
                it.note("only the last line of a block is its value; the others must be Unit")
            }
            Because::NoElse => {
                let title = "this `if` has no `else`, so it has no value".to_string();
                self.new_at(codes::E0313, title, span, here)
                    .help("add `else` and the other value")
                    .note("without `else` the `then` must be Unit")
            }
            Because::Interpolation => {
                let title = format!("an interpolation holds a String, not {have}");
                let it = self.new_at(codes::E0314, title, span, here);
                match self.is_behind_dollar(expr) {
                    true => it.note("a `$` in front of `{` is text: the value alone is `{value}`"),
                    false => it,
                }
            }
            Because::Field { name } => {
                let title = format!("the field `{name}` is {want}, not {have}");
                self.new_at(codes::E0315, title, span, here)
            }
            Because::CaseField { index } => {
                let title = format!("field {} of this case is {want}, not {have}", index + 1);
                self.new_at(codes::E0315, title, span, here)
            }
            Because::Annotation => self.new_at(codes::E0303, format!("this is {have}, not {want}"), span, here),
            Because::Test => {
                let title = "the two sides of this test have different types".to_string();
                self.new_at(codes::E0316, title, span, here).note(format!("the left side is {want}"))
            }
        };
        self.conversion(it, expr, expected, found)
    }

    /// Whether the text in front of a hole ends with `$`, as in JavaScript.
    fn is_behind_dollar(&self, hole: ExprId) -> bool {
        let ends_so = |id: &ExprId| match self.body.exprs.get(id.index()) {
            Some(Expr::Literal(literal)) => matches!(&literal.0, Literal::String(text) if text.ends_with('$')),
            _ => false,
        };
        self.body.exprs.iter().any(|expr| match expr {
            Expr::Interpolation(parts) => parts.windows(2).any(|pair| pair[1] == hole && ends_so(&pair[0])),
            _ => false,
        })
    }

    /// What stands on the line behind a statement.
    fn statement_behind(&self, id: ExprId) -> Option<ExprId> {
        self.body.exprs.iter().find_map(|expr| match expr {
            Expr::Statements(list) => {
                let index = list.iter().position(|it| *it == id)?;
                list.get(index + 1).copied()
            }
            _ => None,
        })
    }

    fn is_negative(&self, id: ExprId) -> bool {
        match self.body.exprs.get(id.index()) {
            Some(Expr::Negate(_)) => true,
            Some(Expr::Literal(literal)) => match &literal.0 {
                Literal::Int(digits, _) => digits.to_string().starts_with('-'),
                Literal::Float(number) => number.is_sign_negative(),
                _ => false,
            },
            _ => false,
        }
    }

    /// The last expression of a block: where its value is.
    fn tail_span(&self, id: ExprId) -> Span {
        match self.body.exprs.get(id.index()) {
            Some(Expr::Let { body, .. } | Expr::LetFunction { body, .. }) => self.tail_span(*body),
            Some(Expr::Statements(list)) => list.last().map_or_else(|| self.span(id), |last| self.tail_span(*last)),
            _ => self.span(id),
        }
    }

    fn declared(&self, it: Diagnostic, def: Def, text: &str) -> Diagnostic {
        match location(self.db, def) {
            Some(place) => it.because(place.file, place.span, text),
            None => it,
        }
    }

    fn argument(
        &self,
        span: Span,
        expected: &Ty,
        found: &Ty,
        call: ExprId,
        index: usize,
        def: Option<Def>,
    ) -> Diagnostic {
        let here = format!("this is {}", self.a(found));
        let Some(def) = def else {
            let title = format!("the {} argument is {}, not {}", ordinal(index), self.a(expected), self.a(found));
            return self.new_at(codes::E0317, title, span, here);
        };
        let name = shown(def.path(self.db)).rsplit('.').next().unwrap_or_default();
        let title = format!("`{name}` wants {} here, not {}", self.a(expected), self.a(found));
        let mut it = self.new_at(codes::E0317, title, span, here);
        if self.has_commas(call, index, found) {
            it = it.help(format!("arguments stand behind the function, without commas: `{name} a b`"));
        } else if let Some(operator) = self.piped_operator(call).filter(|_| index == 0) {
            let sign = operator.text();
            it = it.help(format!("`|>` takes all to its left; for its last operand alone: `a {sign} (b |> {name})`"));
        } else if index == 0 && self.is_piped(call) {
            it = it.help(format!(
                "a pipe hands on its value as the first argument; elsewhere: `|> (fun it -> {name} … it)`"
            ));
        } else if index > 0 && matches!(expected, Ty::Function(..)) && !matches!(found, Ty::Function(..)) {
            it = it.help("the function stands behind what it works on, as the last argument");
        }
        let param = signature(self.db, def).as_ref().and_then(|it| it.params.get(index));
        match param {
            Some(param) if !param.name.is_empty() => {
                let ty =
                    Printer { db: self.db, module: self.module, generics: &generics_of(self.db, def) }.show(&param.ty);
                it.note(format!("the {} parameter of `{name}` is `{}: {ty}`", ordinal(index), param.name))
            }
            _ => it,
        }
    }

    fn matched_function(&self, expr: ExprId, found: &Ty) -> Diagnostic {
        let title = "a function cannot be taken apart by cases".to_string();
        let it = self.new_at(codes::E0402, title, self.span(expr), format!("this is {}", self.a(found)));
        let Some(Expr::Call { function, arguments }) = self.body.exprs.get(expr.index()) else {
            return it.help("call it first, and match on what it returns");
        };
        let callee = match self.body.exprs.get(function.index()) {
            Some(Expr::Def { def, .. }) => signature(self.db, *def).as_ref().map(|it| (*def, it)),
            _ => None,
        };
        let missing = callee.and_then(|(def, signature)| Some((def, signature.params.get(arguments.len())?)));
        match missing {
            Some((def, param)) if !param.name.is_empty() => {
                let printer = Printer { db: self.db, module: self.module, generics: &generics_of(self.db, def) };
                let (name, ty) = (shown(def.path(self.db)), printer.show(&param.ty));
                let name = name.rsplit('.').next().unwrap_or(name);
                it.help(format!("`{name}` waits for one more argument: `{}: {ty}`", param.name))
            }
            _ => it.help("the call waits for one more argument"),
        }
    }

    /// `f(a, b)`: a tuple in the place of several arguments.
    fn has_commas(&self, call: ExprId, index: usize, found: &Ty) -> bool {
        let argument = match self.body.exprs.get(call.index()) {
            Some(Expr::Call { arguments, .. }) if arguments.len() == 1 => arguments.get(index),
            _ => None,
        };
        let argument = argument.and_then(|id| self.body.exprs.get(id.index()));
        matches!((argument, found), (Some(Expr::Tuple(_)), Ty::Tuple(_)))
    }

    /// Whether a call is written as a pipe: its first argument stands in front of the function.
    fn is_piped(&self, call: ExprId) -> bool {
        match self.body.exprs.get(call.index()) {
            Some(Expr::Call { function, arguments, .. }) => {
                arguments.first().is_some_and(|first| self.span(*first).start < self.span(*function).start)
            }
            _ => false,
        }
    }

    /// The operator whose result is piped into a call.
    fn piped_operator(&self, call: ExprId) -> Option<Operator> {
        let Some(Expr::Call { arguments, .. }) = self.body.exprs.get(call.index()) else { return None };
        let first = arguments.first().filter(|_| self.is_piped(call))?;
        match self.body.exprs.get(first.index()) {
            Some(Expr::Binary { operator, .. }) => Some(*operator),
            _ => None,
        }
    }

    /// Whether the fact at an index only follows from another one: one problem, one message.
    pub fn follows(&self, facts: &[Fact], index: usize) -> bool {
        let (before, Some(Fact::Mismatch { expr, because, found, .. })) = (facts.get(..index), facts.get(index)) else {
            return false;
        };
        // An earlier argument of the same call stands in its place.
        let shifted = |it: &Fact| match (because, it) {
            (
                Because::Argument { call, .. },
                Fact::Mismatch { because: Because::Argument { call: other, .. }, expected, .. },
            ) => other == call && !matches!(found, Ty::Var(_)) && alike(expected, found),
            _ => false,
        };
        // `a || b |> f`: all to the left of the pipe is wrong for `f`, and its last operand would be right.
        let piped = |it: &Fact| match (because, it) {
            (
                Because::Operator { .. },
                Fact::Mismatch { expr: argument, because: Because::Argument { .. }, expected, .. },
            ) => expected == found && self.is_operand(*expr, *argument),
            _ => false,
        };
        before.into_iter().flatten().any(shifted) || facts.iter().any(piped)
    }

    fn is_operand(&self, expr: ExprId, of: ExprId) -> bool {
        let of = self.body.exprs.get(of.index());
        matches!(of, Some(Expr::Binary { left, right, .. }) if *left == expr || *right == expr)
    }

    /// How to get from one type to the other, for the conversions people look for.
    fn conversion(&self, it: Diagnostic, expr: ExprId, expected: &Ty, found: &Ty) -> Diagnostic {
        let _ = expr;
        match (expected, found) {
            (Ty::String, Ty::Int(_) | Ty::Float | Ty::Bool | Ty::Char) => {
                let name = self.show(found);
                it.help(format!("turn it into text: `Stdlib.{name}.toString value`"))
            }
            (Ty::Int(IntType::Int), Ty::Int(_)) => {
                it.help(format!("turn it into an Int: `Stdlib.{}.toInt value`", self.show(found)))
            }
            (Ty::Int(IntType::Int64), Ty::Int(IntType::Int)) => it
                .help("an Int64 number is written with an L: `1L`; from an Int: `Stdlib.Int.toInt64 value`, an Option"),
            (Ty::Int(IntType::Int), Ty::Float) => it.help("turn it into an Int: `Stdlib.Float.round value`"),
            (Ty::Float, Ty::Int(_)) => it.help(format!(
                "a Float number is written `1.0`; from a variable: `Stdlib.{}.toFloat value`",
                self.show(found)
            )),
            (Ty::Int(_) | Ty::Float, Ty::String) => {
                it.help(format!("read it as a number: `Stdlib.{}.parse text`, a Result", self.show(expected)))
            }
            (Ty::Blob, Ty::List(_)) => it.help("bytes as a Blob: `Stdlib.Blob.fromList bytes`"),
            (Ty::Blob, Ty::String) => it.help("text as bytes: `Stdlib.Blob.fromString text`"),
            (Ty::String, Ty::Blob) => it.help("bytes as text: `Stdlib.Blob.toString blob`, a Result"),
            (Ty::List(_), Ty::Blob) => it.help("the bytes of a Blob: `Stdlib.Blob.toList blob`"),
            (inner, Ty::Named(def, arguments)) if is_option(self.db, *def) && arguments.first() == Some(inner) => {
                it.help(MISSING)
            }
            (inner, Ty::Named(def, arguments)) if is_result(self.db, *def) && arguments.first() == Some(inner) => {
                it.help(FAILED)
            }
            (Ty::Named(def, arguments), inner) if is_option(self.db, *def) && arguments.first() == Some(inner) => {
                it.help("wrap it: `Some value`")
            }
            (_, Ty::Function(_, result)) if **result == *expected => {
                it.help("the function is not called yet: give it its argument")
            }
            _ => it,
        }
    }

    fn not_a_function(&self, expr: ExprId, found: &Ty, takes: usize, given: usize) -> Diagnostic {
        let span = self.span(expr);
        if takes == 0 {
            let title = format!("this is {}, not a function", self.a(found));
            let it = self.new_at(codes::E0318, title, span, "has an argument behind it".into());
            match found {
                Ty::List(_) => {
                    return it.help("the element at an index: `Stdlib.List.getAt list 0`, which is an Option");
                }
                Ty::Dict(_) => {
                    return it.help("the value of a key: `Stdlib.Dict.get dict \"key\"`, which is an Option");
                }
                _ => {}
            }
            return it.help("for two expressions, put them on lines of their own; for an operator, put it in between");
        }
        let plural = if takes == 1 { "" } else { "s" };
        let title = format!("this function takes {takes} argument{plural}, not {given}");
        self.new_at(codes::E0318, title, span, format!("is {}", self.a(found)))
            .help("an argument that is a call needs parentheses: `f (g x)`")
    }

    fn not_comparable(&self, expr: ExprId, found: &Ty, opaque: Option<Def>) -> Diagnostic {
        let label = format!("compares {}", self.a(found));
        let new = |title| self.new_at(codes::E0304, title, self.span(expr), label);
        match opaque {
            Some(opaque) => {
                let name = shown(opaque.path(self.db));
                let it = new(format!("a `{name}` cannot be compared"));
                it.help(format!("use the functions of `{}`, or compare other parts", module_of_type(name)))
            }
            None => new("functions cannot be compared".into()).help("compare what the functions return"),
        }
    }

    fn not_numeric(&self, operand: ExprId, operator: Option<Operator>, found: &Ty) -> Diagnostic {
        let sign = operator.map_or("-", Operator::text);
        let title = format!("`{sign}` needs numbers, not {}", self.a(found));
        let it = self.new_at(codes::E0304, title, self.span(operand), format!("this is {}", self.a(found)));
        match (operator, found) {
            (Some(Operator::Add), Ty::String) => it.help("to join text write `++`, or `$\"{a}{b}\"`"),
            (Some(Operator::Add), Ty::List(_)) => it.help("to join lists write `@`"),
            (_, Ty::Named(def, _)) if is_option(self.db, *def) => it.help(MISSING),
            (_, Ty::Named(def, _)) if is_result(self.db, *def) => it.help(FAILED),
            (_, Ty::Function(..)) => it.help("the function is not called yet: give it its argument"),
            (Some(Operator::Less | Operator::Greater | Operator::LessEqual | Operator::GreaterEqual), Ty::DateTime) => {
                it.help("write `Stdlib.DateTime.lessThan a b`")
            }
            _ => it,
        }
    }

    fn not_a_record(&self, expr: ExprId, found: &Ty) -> Diagnostic {
        let title = format!("{} has no fields", self.a(found));
        let it = self.new_at(codes::E0306, title, self.span(expr), format!("this is {}", self.a(found)));
        let field = match self.body.exprs.get(expr.index()) {
            Some(Expr::Field { field, .. }) => field.as_str(),
            _ => "",
        };
        let module = match found {
            Ty::List(_) => "List".into(),
            Ty::Dict(_) => "Dict".into(),
            _ => self.show(found),
        };
        let function = format!("Darklang.Stdlib.{module}.{field}");
        let it = match found {
            _ if definitions(self.db).get(DefKind::Function, &function).is_some() => {
                it.help(format!("it is a function: `Stdlib.{module}.{field} value`"))
            }
            Ty::Dict(_) => {
                it.help(format!("the value of a key: `Stdlib.Dict.get dict \"{field}\"`, which is an Option"))
            }
            _ => it.help("what a module offers is a function: `Stdlib.List.length list`, not `list.length`"),
        };
        it.note("only records have fields")
    }

    fn unknown_field(&self, expr: ExprId, field: &str, found: &Ty) -> Diagnostic {
        let title = format!("{} has no field `{field}`", self.show(found));
        let it = self.new_at(codes::E0306, title, self.name_span(expr), "not found".into());
        let Ty::Named(def, _) = found else { return it };
        let Some(definition) = type_definition(self.db, *def) else { return it };
        let fields: Vec<&str> = definition.kind.fields().iter().map(|field| field.name.as_str()).collect();
        let close = near(field, fields.iter().copied());
        let it = match close.is_empty() {
            false => it.help(format!("did you mean {}?", either(&close))),
            true => it.help(format!("its fields are {}", list(&fields))),
        };
        self.declared(it, *def, "declared here")
    }

    fn unknown_pattern_case(&self, pat: PatId, case: &str, found: &Ty) -> Diagnostic {
        let span = self.pat_span(pat);
        match found {
            Ty::Named(def, _)
                if matches!(type_definition(self.db, *def).as_ref().map(|it| &it.kind), Some(TypeKind::Enum(_))) =>
            {
                unknown_case(self.db, *def, case, span, self.file)
            }
            Ty::Var(_) | Ty::Error => self
                .new_at(codes::E0206, format!("there is no case named `{case}`"), span, "not found".into())
                .help("declare an enum with this case, or give the value a type"),
            _ => {
                let title = format!("`{case}` is a case of an enum, the value is {}", self.a(found));
                self.new_at(codes::E0402, title, span, "cannot match".into())
            }
        }
    }

    /// A case with fields, bare where a function is wanted.
    fn case_as_function(&self, expr: ExprId, enum_: Def, case: u32) -> Diagnostic {
        let (name, fields) = self.case_named(enum_, case);
        let title = format!("the case `{name}` is no function");
        let given = given_names(fields);
        let it = self.new_at(codes::E0308, title, self.span(expr), "a function is wanted here".into()).help(format!(
            "write `fun {} -> {}`",
            given.join(" "),
            with_fields(&name, &given)
        ));
        self.declared(it, enum_, "declared here")
    }

    /// A case's name, and how many fields it has.
    fn case_named(&self, enum_: Def, case: u32) -> (String, usize) {
        let definition = type_definition(self.db, enum_).as_ref();
        let declared = definition.and_then(|it| it.kind.cases().get(case as usize));
        declared.map_or(("?".into(), 0), |it| (it.name.clone(), it.fields.len()))
    }

    fn arity(&self, enum_: Def, case: u32, found: usize, span: Span, code: codes::Code) -> Diagnostic {
        let (name, expected) = self.case_named(enum_, case);
        let fields = if expected == 1 { "1 field".to_string() } else { format!("{expected} fields") };
        let title = format!("`{name}` has {fields}, not {found}");
        let it = self.new_at(code, title, span, format!("{found} here"));
        let it = match (expected, found) {
            (0, _) => it.help(format!("write `{name}`")),
            (1, 2..) => it.help(format!("for a tuple as the field, put it in its own parentheses: `{name}((a, b))`")),
            _ => it.help(format!("write `{}`", with_fields(&name, &given_names(expected)))),
        };
        self.declared(it, enum_, "declared here")
    }
}

/// `a`, `b`, `c`
fn given_names(count: usize) -> Vec<String> {
    (0..count).map(|index| char::from(b'a' + (index % 26) as u8).to_string()).collect()
}

fn with_fields(case: &str, fields: &[String]) -> String {
    format!("{case}({})", fields.join(", "))
}

fn generics_of(db: &dyn Db, def: Def) -> Generics {
    signature(db, def).as_ref().map(|it| it.generics.clone()).unwrap_or_default()
}

const MISSING: &str = "an Option may be missing: `match value with | Some x -> … | None -> …`, or \
                       `Stdlib.Option.withDefault value other`";
const FAILED: &str = "a Result may be an error: `match value with | Ok x -> … | Error problem -> …`, or \
                      `Stdlib.Result.withDefault value other`";

fn is_result(db: &dyn Db, def: Def) -> bool {
    def.path(db) == "Darklang.Stdlib.Result.Result"
}

/// Whether two types may turn out to be the same.
fn alike(one: &Ty, other: &Ty) -> bool {
    match (one, other) {
        (Ty::Var(_), _) | (_, Ty::Var(_)) => true,
        (Ty::List(one), Ty::List(other)) | (Ty::Dict(one), Ty::Dict(other)) => alike(one, other),
        (Ty::Function(from, to), Ty::Function(other_from, other_to)) => alike(from, other_from) && alike(to, other_to),
        _ => one == other,
    }
}

fn is_option(db: &dyn Db, def: Def) -> bool {
    def.path(db) == "Darklang.Stdlib.Option.Option"
}

fn truthy(it: Diagnostic, found: &Ty) -> Diagnostic {
    match found {
        Ty::Int(_) => it.help("compare: `value != 0`"),
        Ty::String => it.help("compare: `text != \"\"`"),
        Ty::List(_) => it.help("ask: `Stdlib.List.isEmpty list`"),
        Ty::Named(..) => it.help("use `match` to look inside"),
        _ => it,
    }
}

fn ordinal(index: usize) -> String {
    match index {
        0 => "first".into(),
        1 => "second".into(),
        2 => "third".into(),
        3 => "fourth".into(),
        _ => format!("{}th", index + 1),
    }
}

/// The module of a type's functions, which has the type's name: that of `Stdlib.Secret.Secret` is `Stdlib.Secret`.
fn module_of_type(name: &str) -> &str {
    name.rsplit_once('.').map_or(name, |(module, _)| module)
}
