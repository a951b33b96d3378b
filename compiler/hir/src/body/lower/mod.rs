//! From syntax to `Body`: names resolved, sugar removed, spans kept apart.

mod calls;
mod lets;
mod names;
mod patterns;

use self::patterns::{Seen, is_blank};
use super::{Body, Expr, ExprId, HirLiteral, Local, LocalId, OPEN_TYPE, Pat, PatId, SourceMap};
use crate::db::{Db, FileKind};
use crate::def::Def;
use crate::items::{item_of, module_of};
use crate::types::Ty;
use crate::types::lower::{TypeLowerer, TypeProblem, map};
use dark_source::Span;
use dark_syntax::ast::{self, ExprKind, ItemKind, ParamKind, StringPart};
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
    /// A name bound twice in one pattern or one list of parameters.
    BoundTwice {
        name: String,
        first: Span,
        binder: Binder,
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

/// What binds names together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Binder {
    Parameters,
    Let,
    Match,
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
            let mut seen = Seen::new(Binder::Parameters);
            for param in &function.params {
                let pat = self.param(param, &mut seen);
                self.body.params.push(pat);
            }
        }
        Some(self.expr(body))
    }

    fn param(&mut self, param: &ast::Param, seen: &mut Seen) -> PatId {
        match &param.kind {
            ParamKind::Unit => self.add_pat(Pat::Unit, param.span),
            ParamKind::Named(name) if name.text == "_" => self.add_pat(Pat::Wildcard, param.span),
            ParamKind::Named(name) => {
                let local = self.bind_once(name, seen);
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
                let mut seen = Seen::new(Binder::Parameters);
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
}

fn unparenthesised(expr: &ast::Expr) -> &ast::Expr {
    match &expr.kind {
        ExprKind::Paren(inner) => unparenthesised(inner),
        _ => expr,
    }
}
