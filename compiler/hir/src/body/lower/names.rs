//! Names: of values and functions, cases, records and datastores.

use super::{BodyProblem, Lowerer};
use crate::body::{Expr, ExprId};
use crate::db::Db;
use crate::def::{Def, DefKind};
use crate::items::definitions;
use crate::resolve::{Scope, is_for_tests};
use crate::types::Ty;
use dark_source::Span;
use dark_syntax::ast;

impl Lowerer<'_> {
    pub(super) fn name(&mut self, path: &ast::Path, type_args: &[ast::Type], span: Span, applied: bool) -> ExprId {
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

    fn may_call(&self, def: Def) -> bool {
        self.in_library || self.is_test || !is_for_tests(def.path(self.db))
    }

    pub(super) fn constructor(
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

    pub(super) fn construct(
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
    pub(super) fn find_case(&self, segments: &[&str]) -> Option<Def> {
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

    pub(super) fn record(
        &mut self,
        path: &ast::Path,
        type_args: &[ast::Type],
        fields: &[ast::FieldInit],
        span: Span,
    ) -> ExprId {
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
