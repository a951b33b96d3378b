//! From syntax to `Body`: names resolved, sugar removed, spans kept apart.

use super::{Arm, Body, Expr, ExprId, HirLiteral, Local, LocalId, OPEN_TYPE, Pat, PatId, SourceMap};
use crate::db::{Db, FileKind};
use crate::def::{Def, DefKind};
use crate::items::{definitions, item_of, module_of};
use crate::resolve::Scope;
use crate::types::Ty;
use crate::types::lower::{TypeLowerer, TypeProblem, map};
use dark_source::Span;
use dark_syntax::ast::{self, ExprKind, ItemKind, MatchPatternKind, Operator, ParamKind, PatternKind, StringPart};
use std::sync::Arc;

/// A lowered body, its spans, and what is wrong with its names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lowered {
    pub body: Arc<Body>,
    pub map: SourceMap,
    pub problems: Vec<(Span, BodyProblem)>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BodyProblem {
    Type(TypeProblem),
    /// A lower-case name, with its qualifier.
    UnknownName {
        path: String,
        /// The names of parameters and `let`s that are visible there.
        locals: Vec<String>,
    },
    /// An upper-case name that is neither a case nor a datastore.
    UnknownConstructor {
        path: String,
    },
    /// A case that its enum does not have.
    UnknownCase {
        enum_: Def,
        case: String,
    },
    UnknownRecord {
        path: String,
    },
    /// A record literal of a type that is no record.
    NotARecord {
        def: Def,
    },
    /// A name bound twice in one pattern.
    BoundTwice {
        name: String,
        first: Span,
    },
    /// Alternatives of an or-pattern that bind different names.
    OrBindings {
        name: String,
    },
    /// `::` as an operator.
    ConsOperator,
    /// What only test files may call.
    TestsOnly {
        path: String,
    },
    /// A Builtin used outside the standard library that does not exist.
    UnknownBuiltin {
        name: String,
    },
    /// A nested function with the name of a function outside, which it hides from itself.
    Shadows {
        name: String,
        def: Def,
    },
}

#[salsa::tracked]
pub fn lowered(db: &dyn Db, def: Def) -> Option<Lowered> {
    let (_, item) = item_of(db, def)?;
    let module = module_of(db, def);
    let mut lowerer = Lowerer::new(db, &module, def);
    let root = match &item.kind {
        ItemKind::Function(function) => lowerer.function(function)?,
        ItemKind::Value(value) => lowerer.expr(&value.body),
        ItemKind::Expr(expr) => lowerer.expr(expr),
        ItemKind::Test(test) => lowerer.test(test),
        ItemKind::Module(_) | ItemKind::Type(_) | ItemKind::Db(_) | ItemKind::Error => return None,
    };
    Some(lowerer.finish(root))
}

/// The resolved body of a function, value, statement or test.
#[salsa::tracked(returns(clone))]
pub fn body(db: &dyn Db, def: Def) -> Option<Arc<Body>> {
    lowered(db, def).as_ref().map(|lowered| Arc::clone(&lowered.body))
}

/// Where its nodes stand.
#[salsa::tracked]
pub fn source_map(db: &dyn Db, def: Def) -> Option<SourceMap> {
    lowered(db, def).as_ref().map(|lowered| lowered.map.clone())
}

struct Lowerer<'a> {
    db: &'a dyn Db,
    module: &'a [String],
    def: Def,
    body: Body,
    map: SourceMap,
    problems: Vec<(Span, BodyProblem)>,
    /// Names in scope, innermost last.
    names: Vec<(String, LocalId)>,
    generics: Vec<String>,
    /// Whether the definition is the library's own.
    in_library: bool,
    /// Whether it stands in a test file.
    is_test: bool,
    /// How many nested functions are around.
    nested: u32,
    /// Type variables of the nested functions around.
    open_types: Vec<(String, u32)>,
}

impl<'a> Lowerer<'a> {
    fn new(db: &'a dyn Db, module: &'a [String], def: Def) -> Lowerer<'a> {
        let body = Body {
            exprs: Vec::new(),
            pats: Vec::new(),
            locals: Vec::new(),
            params: Vec::new(),
            root: ExprId(0),
            open_types: Vec::new(),
        };
        let generics = crate::signature::signature(db, def).as_ref().map(|it| it.generics.names.clone());
        let kind = crate::items::source(db, def).map(|(file, _)| file.kind(db));
        Lowerer {
            db,
            module,
            def,
            body,
            map: SourceMap::default(),
            problems: Vec::new(),
            names: Vec::new(),
            generics: generics.unwrap_or_default(),
            in_library: kind == Some(FileKind::Std),
            is_test: matches!(kind, Some(FileKind::Test | FileKind::Examples)),
            nested: 0,
            open_types: Vec::new(),
        }
    }

    fn finish(mut self, root: ExprId) -> Lowered {
        self.body.root = root;
        Lowered { body: Arc::new(self.body), map: self.map, problems: self.problems }
    }

    fn problem(&mut self, span: Span, problem: BodyProblem) {
        self.problems.push((span, problem));
    }

    // Nodes.

    fn add(&mut self, expr: Expr, span: Span) -> ExprId {
        let id = ExprId(self.body.exprs.len() as u32);
        self.body.exprs.push(expr);
        self.map.exprs.push(span);
        self.map.names.push(None);
        id
    }

    fn add_named(&mut self, expr: Expr, span: Span, name: Span) -> ExprId {
        let id = self.add(expr, span);
        self.map.names[id.index()] = Some(name);
        id
    }

    fn add_pat(&mut self, pat: Pat, span: Span) -> PatId {
        let id = PatId(self.body.pats.len() as u32);
        self.body.pats.push(pat);
        self.map.pats.push(span);
        id
    }

    fn add_local(&mut self, name: &str, span: Span) -> LocalId {
        let id = LocalId(self.body.locals.len() as u32);
        self.body.locals.push(Local { name: name.into() });
        self.map.locals.push(span);
        id
    }

    fn bind(&mut self, name: &str, span: Span) -> LocalId {
        let local = self.add_local(name, span);
        self.names.push((name.to_string(), local));
        local
    }

    fn local(&self, name: &str) -> Option<LocalId> {
        self.names.iter().rev().find(|(it, _)| it == name).map(|(_, local)| *local)
    }

    /// Runs with the names in scope restored afterwards.
    fn scoped<T>(&mut self, run: impl FnOnce(&mut Self) -> T) -> T {
        let depth = self.names.len();
        let result = run(self);
        self.names.truncate(depth);
        result
    }

    // Definitions.

    fn function(&mut self, function: &ast::Function) -> Option<ExprId> {
        let body = function.body.as_ref()?;
        let historic = function.result.is_none();
        if historic {
            let signature = crate::signature::signature(self.db, self.def).as_ref()?.clone();
            for param in &signature.params {
                let local = self.bind(&param.name, function.name.span);
                let pat = self.add_pat(Pat::Bind(local), function.name.span);
                self.body.params.push(pat);
            }
        } else {
            for param in &function.params {
                let pat = self.param(param);
                self.body.params.push(pat);
            }
        }
        Some(self.expr(body))
    }

    fn param(&mut self, param: &ast::Param) -> PatId {
        match &param.kind {
            ParamKind::Unit => self.add_pat(Pat::Unit, param.span),
            ParamKind::Named(name) if name.text == "_" => self.add_pat(Pat::Wildcard, param.span),
            ParamKind::Named(name) => {
                let local = self.bind(&name.text, name.span);
                self.add_pat(Pat::Bind(local), name.span)
            }
        }
    }

    fn test(&mut self, test: &ast::Test) -> ExprId {
        let actual = self.scoped(|this| this.expr(&test.actual));
        match &test.expected {
            ast::Expected::Value(expected) => {
                let expected = self.scoped(|this| this.expr(expected));
                self.add(Expr::TestEqual { actual, expected }, test.actual.span)
            }
            ast::Expected::Error(..) | ast::Expected::SqlError(..) => actual,
        }
    }

    // Expressions.

    fn expr(&mut self, expr: &ast::Expr) -> ExprId {
        let span = expr.span;
        match &expr.kind {
            ExprKind::Missing | ExprKind::Error => self.add(Expr::Missing, span),
            ExprKind::Literal(literal) => self.add(Expr::Literal(HirLiteral(literal.clone())), span),
            ExprKind::Interpolation(parts) => self.interpolation(parts, span),
            ExprKind::Name { path, type_args } => self.name(path, type_args, span, false),
            ExprKind::Constructor { path, type_args, arguments } => self.constructor(path, type_args, arguments, span),
            ExprKind::Apply { function, arguments } => self.apply(function, None, arguments, span),
            ExprKind::Binary { operator, operator_span, left, right } => {
                self.binary(*operator, *operator_span, left, right, span)
            }
            ExprKind::Negate(inner) => {
                let inner = self.expr(inner);
                self.add(Expr::Negate(inner), span)
            }
            ExprKind::Section(operator) => self.section(*operator, span),
            ExprKind::Pipe { head, segments } => self.pipe(head, segments),
            ExprKind::Field { record, field } => {
                let record = self.expr(record);
                self.add_named(Expr::Field { record, field: field.text.clone() }, span, field.span)
            }
            ExprKind::Paren(inner) => self.expr(inner),
            ExprKind::Unit => self.add(Expr::Unit, span),
            ExprKind::Tuple(items) => {
                let items = self.exprs(items);
                self.add(Expr::Tuple(items), span)
            }
            ExprKind::List(items) => {
                let items = self.exprs(items);
                self.add(Expr::List(items), span)
            }
            ExprKind::Record { path, type_args, fields } => self.record(path, type_args, fields, span),
            ExprKind::RecordUpdate { record, fields } => {
                let record = self.expr(record);
                let fields = self.fields(fields);
                self.add(Expr::RecordUpdate { record, fields }, span)
            }
            ExprKind::Dict(fields) => {
                let fields = self.fields(fields);
                self.add(Expr::Dict(fields), span)
            }
            ExprKind::If { condition, then, otherwise } => {
                let condition = self.expr(condition);
                let then = self.scoped(|this| this.expr(then));
                let otherwise = otherwise.as_ref().map(|it| self.scoped(|this| this.expr(it)));
                self.add(Expr::If { condition, then, otherwise }, span)
            }
            ExprKind::Match { scrutinees, arms } => self.match_(scrutinees, arms, span),
            ExprKind::Lambda { params, body } => self.scoped(|this| {
                let mut seen = Vec::new();
                let kept = params.iter().filter(|param| !is_blank(param) || params.len() == 1);
                let params = kept.map(|param| this.pattern(param, &mut seen)).collect();
                let body = this.expr(body);
                this.add(Expr::Lambda { params, body }, span)
            }),
            ExprKind::Let { .. } | ExprKind::LetFunction { .. } => self.lets(expr),
            ExprKind::Statements(list) => {
                let list = self.exprs(list);
                self.add(Expr::Statements(list), span)
            }
        }
    }

    fn exprs(&mut self, list: &[ast::Expr]) -> Vec<ExprId> {
        list.iter().map(|expr| self.scoped(|this| this.expr(expr))).collect()
    }

    fn fields(&mut self, fields: &[ast::FieldInit]) -> Vec<(String, ExprId)> {
        fields.iter().map(|field| (field.name.text.clone(), self.scoped(|this| this.expr(&field.value)))).collect()
    }

    fn interpolation(&mut self, parts: &[StringPart], span: Span) -> ExprId {
        let parts = parts
            .iter()
            .map(|part| match part {
                StringPart::Text(text, span) => {
                    self.add(Expr::Literal(HirLiteral(ast::Literal::String(text.clone()))), *span)
                }
                StringPart::Hole(hole) => self.scoped(|this| this.expr(hole)),
            })
            .collect();
        self.add(Expr::Interpolation(parts), span)
    }

    /// A chain of `let`s is walked in a loop, so that a long block needs no deep recursion.
    fn lets(&mut self, expr: &ast::Expr) -> ExprId {
        enum Pending {
            Let(PatId, ExprId, Span),
            Function(LocalId, Vec<(PatId, Option<Ty>)>, Option<Ty>, ExprId, Span),
        }
        let depth = self.names.len();
        let mut pending = Vec::new();
        let mut at = expr;
        loop {
            match &at.kind {
                ExprKind::Let { pattern, value, body } => {
                    let value = self.let_value(pattern, value);
                    let pattern = self.let_pattern(pattern, value);
                    pending.push(Pending::Let(pattern, value, at.span));
                    at = body;
                }
                ExprKind::LetFunction { name, params, result, value, body } => {
                    let local = self.bind(&name.text, name.span);
                    self.nested += 1;
                    let (variables, before) = (self.open_types.len(), self.body.exprs.len());
                    let (params, result, value) = self.scoped(|this| {
                        let params = params
                            .iter()
                            .map(|param| {
                                let ty = match (&param.ty, &param.kind) {
                                    (Some(ty), _) => Some(this.ty(ty)),
                                    (None, ParamKind::Unit) => Some(Ty::Unit),
                                    (None, ParamKind::Named(_)) => None,
                                };
                                (this.param(param), ty)
                            })
                            .collect();
                        let result = result.as_ref().map(|ty| this.ty(ty));
                        (params, result, this.expr(value))
                    });
                    self.nested -= 1;
                    self.open_types.truncate(variables);
                    self.shadowing(name, local, before);
                    pending.push(Pending::Function(local, params, result, value, at.span));
                    at = body;
                }
                _ => break,
            }
        }
        let mut body = self.expr(at);
        self.names.truncate(depth);
        for it in pending.into_iter().rev() {
            body = match it {
                Pending::Let(pattern, value, span) => self.add(Expr::Let { pattern, value, body }, span),
                Pending::Function(local, params, result, value, span) => {
                    self.add(Expr::LetFunction { local, params, result, value, body }, span)
                }
            };
        }
        body
    }

    /// A nested function that calls itself by the name of a function outside.
    fn shadowing(&mut self, name: &ast::Name, local: LocalId, before: usize) {
        let calls_itself = self.body.exprs[before..].contains(&Expr::Local(local));
        let scope = Scope { module: self.module };
        if calls_itself && let Some(def) = scope.find(self.db, &[DefKind::Function], &[&name.text]) {
            self.problem(name.span, BodyProblem::Shadows { name: name.text.clone(), def });
        }
    }

    /// A let-bound name is visible in its own right side only when that is a lambda and the name is not bound already.
    fn let_value(&mut self, pattern: &ast::Pattern, value: &ast::Expr) -> ExprId {
        let recursive = match (&pattern.kind, &unparenthesised(value).kind) {
            (PatternKind::Name(name), ExprKind::Lambda { .. }) => self.local(&name.text).is_none().then_some(name),
            _ => None,
        };
        match recursive {
            Some(name) => {
                let depth = self.names.len();
                self.bind(&name.text, name.span);
                let value = self.expr(value);
                self.names.truncate(depth);
                value
            }
            None => self.scoped(|this| this.expr(value)),
        }
    }

    /// The pattern of a `let`; a recursive lambda keeps the local that its own body refers to.
    fn let_pattern(&mut self, pattern: &ast::Pattern, value: ExprId) -> PatId {
        let is_lambda = matches!(self.body.exprs.get(value.index()), Some(Expr::Lambda { .. }));
        if let (PatternKind::Name(name), true) = (&pattern.kind, is_lambda) {
            let own = self.map.locals.iter().position(|span| *span == name.span).map(|index| LocalId(index as u32));
            let local = own.unwrap_or_else(|| self.add_local(&name.text, name.span));
            self.names.push((name.text.clone(), local));
            return self.add_pat(Pat::Bind(local), pattern.span);
        }
        self.pattern(pattern, &mut Vec::new())
    }

    fn binary(
        &mut self,
        operator: Operator,
        operator_span: Span,
        left: &ast::Expr,
        right: &ast::Expr,
        span: Span,
    ) -> ExprId {
        if operator == Operator::Cons {
            self.problem(operator_span, BodyProblem::ConsOperator);
            return self.add(Expr::Missing, span);
        }
        // A long chain of operators leans to the left; walk it in a loop.
        let mut rights = vec![(operator, operator_span, right, span)];
        let mut at = left;
        while let ExprKind::Binary { operator, operator_span, left, right } = &at.kind
            && *operator != Operator::Cons
        {
            rights.push((*operator, *operator_span, right, at.span));
            at = left;
        }
        let mut left = self.expr(at);
        for (operator, operator_span, right, span) in rights.into_iter().rev() {
            let right = self.expr(right);
            left = self.add_named(Expr::Binary { operator, left, right }, span, operator_span);
        }
        left
    }

    /// `(+)` is `fun a b -> a + b`.
    fn section(&mut self, operator: Operator, span: Span) -> ExprId {
        let [left, right] = ["a", "b"].map(|name| self.add_local(name, span));
        let params = vec![self.add_pat(Pat::Bind(left), span), self.add_pat(Pat::Bind(right), span)];
        let (left, right) = (self.add(Expr::Local(left), span), self.add(Expr::Local(right), span));
        let body = self.add_named(Expr::Binary { operator, left, right }, span, span);
        self.add(Expr::Lambda { params, body }, span)
    }

    fn pipe(&mut self, head: &ast::Expr, segments: &[ast::Expr]) -> ExprId {
        let mut value = self.expr(head);
        for segment in segments {
            let span = head.span.to(segment.span);
            value = match &segment.kind {
                ExprKind::Apply { function, arguments } => match (&function.kind, &arguments[..]) {
                    (ExprKind::Section(operator), [right]) => {
                        let right = self.expr(right);
                        let operator = *operator;
                        self.add_named(Expr::Binary { operator, left: value, right }, span, function.span)
                    }
                    _ => self.apply(function, Some(value), arguments, span),
                },
                ExprKind::Constructor { path, type_args, arguments } => {
                    self.construct(path, type_args, Some(value), arguments, span)
                }
                _ => self.apply(segment, Some(value), &[], span),
            };
        }
        value
    }

    /// `a and b` reads like a call of `a`; the word is what is wrong with it.
    fn word_for_operator<'e>(&self, arguments: &'e [ast::Expr]) -> Option<&'e ast::Expr> {
        let scope = Scope { module: self.module };
        arguments.iter().find(|argument| match &argument.kind {
            ExprKind::Name { path, .. } => match &path.segments[..] {
                [word] if matches!(word.text.as_str(), "and" | "or" | "mod") => {
                    let kinds = [DefKind::Value, DefKind::Function];
                    self.local(&word.text).is_none() && scope.find(self.db, &kinds, &[&word.text]).is_none()
                }
                _ => false,
            },
            _ => false,
        })
    }

    fn apply(&mut self, function: &ast::Expr, first: Option<ExprId>, arguments: &[ast::Expr], span: Span) -> ExprId {
        if let Some(word) = self.word_for_operator(arguments) {
            return self.expr(word);
        }
        let function = match &function.kind {
            ExprKind::Name { path, type_args } => self.name(path, type_args, function.span, true),
            _ => self.expr(function),
        };
        let mut list: Vec<ExprId> = first.into_iter().collect();
        list.extend(self.exprs(arguments));
        self.add(Expr::Call { function, arguments: list }, span)
    }

    fn name(&mut self, path: &ast::Path, type_args: &[ast::Type], span: Span, applied: bool) -> ExprId {
        let segments: Vec<&str> = path.segments.iter().map(|segment| segment.text.as_str()).collect();
        if let [name] = segments[..]
            && type_args.is_empty()
            && let Some(local) = self.local(name)
        {
            return self.add(Expr::Local(local), span);
        }
        let kinds: &[DefKind] =
            if applied { &[DefKind::Function, DefKind::Value] } else { &[DefKind::Value, DefKind::Function] };
        let scope = Scope { module: self.module };
        let found = scope.find(self.db, kinds, &segments);
        let found = found.map(|def| if self.in_library { definitions(self.db).of_library(def) } else { def });
        match found.filter(|def| self.may_call(*def)) {
            Some(def) => {
                let explicit = !type_args.is_empty();
                let type_args = type_args.iter().map(|ty| self.ty(ty)).collect();
                let name = path.segments.last().map_or(span, |segment| segment.span);
                let id = self.add_named(Expr::Def { def, type_args }, span, name);
                // `f<T>` without arguments is `f<T> ()`.
                if explicit && !applied && takes_unit(self.db, def) {
                    let unit = self.add(Expr::Unit, span);
                    return self.add(Expr::Call { function: id, arguments: vec![unit] }, span);
                }
                id
            }
            None => {
                let path_text = segments.join(".");
                let problem = match segments[..] {
                    _ if found.is_some() => BodyProblem::TestsOnly { path: path_text },
                    ["Builtin", name] => BodyProblem::UnknownBuiltin { name: name.into() },
                    _ => {
                        let locals = self.names.iter().map(|(name, _)| name.to_string()).collect();
                        BodyProblem::UnknownName { path: path_text, locals }
                    }
                };
                self.problem(path.span, problem);
                self.add(Expr::Missing, span)
            }
        }
    }

    /// `Stdlib.Test` and `Builtin.testRuntimeError` and the like are for tests alone.
    fn may_call(&self, def: Def) -> bool {
        let for_tests = ["Darklang.Stdlib.Test.", "Darklang.Stdlib.Testing."];
        self.in_library || self.is_test || !for_tests.iter().any(|module| def.path(self.db).starts_with(module))
    }

    fn constructor(
        &mut self,
        path: &ast::Path,
        type_args: &[ast::Type],
        arguments: &[ast::Expr],
        span: Span,
    ) -> ExprId {
        let segments: Vec<&str> = path.segments.iter().map(|segment| segment.text.as_str()).collect();
        if arguments.is_empty() && type_args.is_empty() {
            if let [name] = segments[..]
                && let Some(local) = self.local(name)
            {
                return self.add(Expr::Local(local), span);
            }
            let scope = Scope { module: self.module };
            let case = self.find_case(&segments);
            if case.is_none()
                && let Some(db) = scope.find(self.db, &[DefKind::Db], &segments)
            {
                return self.add_named(Expr::Db(db), span, path.span);
            }
        }
        self.construct(path, type_args, None, arguments, span)
    }

    fn construct(
        &mut self,
        path: &ast::Path,
        type_args: &[ast::Type],
        first: Option<ExprId>,
        arguments: &[ast::Expr],
        span: Span,
    ) -> ExprId {
        let segments: Vec<&str> = path.segments.iter().map(|segment| segment.text.as_str()).collect();
        let mut list: Vec<ExprId> = first.into_iter().collect();
        list.extend(self.exprs(arguments));
        let type_args: Vec<Ty> = type_args.iter().map(|ty| self.ty(ty)).collect();
        let case = segments.last().copied().unwrap_or_default().to_string();
        let name = path.segments.last().map_or(span, |segment| segment.span);
        let enum_ = self.find_case(&segments);
        if enum_.is_none() {
            match self.enum_of(&segments) {
                Some(enum_) => self.problem(name, BodyProblem::UnknownCase { enum_, case }),
                // A bare case name is found by the expected type, later.
                None if segments.len() == 1 => {
                    return self.add_named(
                        Expr::Construct { enum_: None, type_args, case, arguments: list },
                        span,
                        name,
                    );
                }
                None => self.problem(path.span, BodyProblem::UnknownConstructor { path: segments.join(".") }),
            }
            return self.add(Expr::Missing, span);
        }
        self.add_named(Expr::Construct { enum_, type_args, case, arguments: list }, span, name)
    }

    /// The enum that `Type.Case` or a bare standard case names.
    fn find_case(&self, segments: &[&str]) -> Option<Def> {
        let (case, way) = segments.split_last()?;
        let scope = Scope { module: self.module };
        let enum_ = match (way, *case) {
            ([], "Some" | "None") => scope.find_type(self.db, &["Stdlib", "Option", "Option"]),
            ([], "Ok" | "Error") => scope.find_type(self.db, &["Stdlib", "Result", "Result"]),
            ([], _) => None,
            _ => scope.find_type(self.db, way),
        }?;
        has_case(self.db, enum_, case).then_some(enum_)
    }

    fn enum_of(&self, segments: &[&str]) -> Option<Def> {
        let (_, way) = segments.split_last()?;
        (Scope { module: self.module }).find_type(self.db, way)
    }

    fn record(&mut self, path: &ast::Path, type_args: &[ast::Type], fields: &[ast::FieldInit], span: Span) -> ExprId {
        let segments: Vec<&str> = path.segments.iter().map(|segment| segment.text.as_str()).collect();
        let fields = self.fields(fields);
        let found = (Scope { module: self.module }).find_type(self.db, &segments);
        let Some(record) = found else {
            self.problem(path.span, BodyProblem::UnknownRecord { path: segments.join(".") });
            return self.add(Expr::Missing, span);
        };
        let type_args = type_args.iter().map(|ty| self.ty(ty)).collect();
        self.add_named(Expr::Record { record, type_args, fields }, span, path.span)
    }

    fn match_(&mut self, scrutinees: &[ast::Expr], arms: &[ast::MatchArm], span: Span) -> ExprId {
        let scrutinee = match scrutinees {
            [only] => self.expr(only),
            several => {
                let items = self.exprs(several);
                self.add(Expr::Tuple(items), span)
            }
        };
        let arms = arms
            .iter()
            .map(|arm| {
                self.scoped(|this| {
                    let pattern = this.match_pattern(&arm.pattern, &mut Vec::new());
                    let guard = arm.guard.as_ref().map(|guard| this.expr(guard));
                    Arm { pattern, guard, body: this.expr(&arm.body) }
                })
            })
            .collect();
        self.add(Expr::Match { scrutinee, arms }, span)
    }

    /// Type variables that the definition does not have are those of a nested function: found by inference.
    fn ty(&mut self, ty: &ast::Type) -> Ty {
        let known = self.generics.len();
        let mut generics = self.generics.clone();
        generics.extend(self.open_types.iter().map(|(name, _)| name.clone()));
        let mut types = TypeLowerer::new(self.db, self.module, generics, self.nested > 0);
        let lowered = types.lower(ty);
        for name in types.generics.iter().skip(known + self.open_types.len()) {
            self.open_types.push((name.clone(), self.body.open_types.len() as u32));
            self.body.open_types.push(name.clone());
        }
        let lowered = map(&lowered, &mut |ty| match ty {
            Ty::Param(index) => {
                let (_, open) = self.open_types.get((*index as usize).checked_sub(known)?)?;
                Some(Ty::Param(OPEN_TYPE + open))
            }
            _ => None,
        });
        let problems = types.problems.into_iter().map(|(span, problem)| (span, BodyProblem::Type(problem)));
        self.problems.extend(problems);
        lowered
    }

    // Patterns.

    /// Binds a name once in a pattern; names that begin with `_` may be repeated.
    fn bind_once(&mut self, name: &ast::Name, seen: &mut Vec<(String, Span, LocalId)>) -> LocalId {
        if let Some((_, first, _)) = seen.iter().find(|(it, ..)| *it == name.text)
            && !name.text.starts_with('_')
        {
            let first = *first;
            self.problem(name.span, BodyProblem::BoundTwice { name: name.text.clone(), first });
        }
        let local = self.bind(&name.text, name.span);
        seen.push((name.text.clone(), name.span, local));
        local
    }

    fn pattern(&mut self, pattern: &ast::Pattern, seen: &mut Vec<(String, Span, LocalId)>) -> PatId {
        let pat = match &pattern.kind {
            PatternKind::Name(name) => Pat::Bind(self.bind_once(name, seen)),
            PatternKind::Wildcard => Pat::Wildcard,
            PatternKind::Unit => Pat::Unit,
            PatternKind::Tuple(parts) => Pat::Tuple(parts.iter().map(|part| self.pattern(part, seen)).collect()),
            PatternKind::Error => Pat::Missing,
        };
        self.add_pat(pat, pattern.span)
    }

    fn match_pattern(&mut self, pattern: &ast::MatchPattern, seen: &mut Vec<(String, Span, LocalId)>) -> PatId {
        let pat = match &pattern.kind {
            MatchPatternKind::Wildcard => Pat::Wildcard,
            MatchPatternKind::Name(name) => Pat::Bind(self.bind_once(name, seen)),
            MatchPatternKind::Unit => Pat::Unit,
            MatchPatternKind::Literal(literal) => Pat::Literal(HirLiteral(literal.clone())),
            MatchPatternKind::Tuple(parts) => {
                Pat::Tuple(parts.iter().map(|part| self.match_pattern(part, seen)).collect())
            }
            MatchPatternKind::List(parts) => {
                Pat::List(parts.iter().map(|part| self.match_pattern(part, seen)).collect())
            }
            MatchPatternKind::Cons(head, tail) => {
                let head = self.match_pattern(head, seen);
                Pat::Cons(head, self.match_pattern(tail, seen))
            }
            MatchPatternKind::Case { name, arguments } => {
                let arguments = arguments.iter().map(|argument| self.match_pattern(argument, seen)).collect();
                Pat::Case { case: name.text.clone(), arguments }
            }
            MatchPatternKind::Or(alternatives) => self.or_pattern(alternatives, pattern.span, seen),
            MatchPatternKind::Error => Pat::Missing,
        };
        self.add_pat(pat, pattern.span)
    }

    /// All alternatives bind the locals of the first one.
    fn or_pattern(
        &mut self,
        alternatives: &[ast::MatchPattern],
        span: Span,
        seen: &mut Vec<(String, Span, LocalId)>,
    ) -> Pat {
        let before = seen.len();
        let mut ids = Vec::new();
        let mut first: Vec<(String, Span, LocalId)> = Vec::new();
        for (index, alternative) in alternatives.iter().enumerate() {
            let depth = self.names.len();
            let mut own = seen[..before].to_vec();
            let start = self.body.pats.len();
            ids.push(self.match_pattern(alternative, &mut own));
            let bound = own.split_off(before);
            if index == 0 {
                first = bound;
                seen.extend(first.iter().cloned());
                continue;
            }
            self.names.truncate(depth);
            for (name, _, local) in &bound {
                match first.iter().find(|(it, ..)| it == name) {
                    Some((_, _, target)) => self.rename(start, *local, *target),
                    None if name.starts_with('_') => {}
                    None => self.problem(alternative.span, BodyProblem::OrBindings { name: name.clone() }),
                }
            }
            if let Some((name, ..)) =
                first.iter().find(|(name, ..)| !name.starts_with('_') && !bound.iter().any(|(it, ..)| it == name))
            {
                let name = name.clone();
                self.problem(span, BodyProblem::OrBindings { name });
            }
        }
        Pat::Or(ids)
    }

    fn rename(&mut self, from_pat: usize, old: LocalId, new: LocalId) {
        for pat in &mut self.body.pats[from_pat..] {
            if *pat == Pat::Bind(old) {
                *pat = Pat::Bind(new);
            }
        }
    }
}

fn unparenthesised(expr: &ast::Expr) -> &ast::Expr {
    match &expr.kind {
        ExprKind::Paren(inner) => unparenthesised(inner),
        _ => expr,
    }
}

/// `___`, which a list of parameters does not count.
fn is_blank(pattern: &ast::Pattern) -> bool {
    matches!(&pattern.kind, PatternKind::Name(name) if name.text.is_empty())
}

fn takes_unit(db: &dyn Db, def: Def) -> bool {
    let signature = crate::signature::signature(db, def).as_ref();
    signature.is_some_and(|it| it.params.len() == 1 && it.params[0].ty == Ty::Unit)
}

fn has_case(db: &dyn Db, def: Def, case: &str) -> bool {
    let definition = crate::signature::type_definition(db, def).as_ref();
    definition.is_some_and(|it| match &it.kind {
        // A record or enum may be constructed through an alias.
        crate::types::TypeKind::Alias(Ty::Named(target, _)) => has_case(db, *target, case),
        kind => kind.cases().iter().any(|it| it.name == case),
    })
}
