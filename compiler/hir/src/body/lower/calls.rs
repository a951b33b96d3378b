//! Calls, pipes and operators.

use super::{BodyProblem, Lowerer};
use crate::body::{Expr, ExprId, Pat};
use crate::def::DefKind;
use crate::resolve::Scope;
use dark_source::Span;
use dark_syntax::ast::{self, ExprKind, Operator};

impl Lowerer<'_> {
    pub(super) fn binary(
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
    pub(super) fn section(&mut self, operator: Operator, span: Span) -> ExprId {
        let [left, right] = ["a", "b"].map(|name| self.add_local(name, span));
        let params = vec![self.add_pat(Pat::Bind(left), span), self.add_pat(Pat::Bind(right), span)];
        let (left, right) = (self.add(Expr::Local(left), span), self.add(Expr::Local(right), span));
        let body = self.add_named(Expr::Binary { operator, left, right }, span, span);
        self.add(Expr::Lambda { params, body }, span)
    }

    pub(super) fn pipe(&mut self, head: &ast::Expr, segments: &[ast::Expr]) -> ExprId {
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

    pub(super) fn apply(
        &mut self,
        function: &ast::Expr,
        first: Option<ExprId>,
        arguments: &[ast::Expr],
        span: Span,
    ) -> ExprId {
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
}
