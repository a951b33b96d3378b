//! `let`: chains of them, nested functions, and when a name is visible in its own right side.

use super::patterns::Seen;
use super::{Binder, BodyProblem, Lowerer, unparenthesised};
use crate::body::{Expr, ExprId, LocalId, Pat, PatId};
use crate::def::DefKind;
use crate::resolve::Scope;
use crate::types::Ty;
use dark_source::Span;
use dark_syntax::ast::{self, ExprKind, ParamKind, PatternKind};

impl Lowerer<'_> {
    /// A chain of `let`s is walked in a loop, so that a long block needs no deep recursion.
    pub(super) fn lets(&mut self, expr: &ast::Expr) -> ExprId {
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
                        let mut seen = Seen::new(Binder::Parameters);
                        let params = params
                            .iter()
                            .map(|param| {
                                let ty = match (&param.ty, &param.kind) {
                                    (Some(ty), _) => Some(this.ty(ty)),
                                    (None, ParamKind::Unit) => Some(Ty::Unit),
                                    (None, ParamKind::Named(_)) => None,
                                };
                                (this.param(param, &mut seen), ty)
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
        self.pattern(pattern, &mut Seen::new(Binder::Let))
    }
}
