//! Expressions: operands, dotted names, arguments, pipes and operators, and how far each goes.

use super::tokens::*;
use super::{Layout, LayoutProblem, Scope, Shape};
use crate::token::{T, Token};

impl Layout<'_> {
    pub(super) fn expr(&mut self, scope: Scope) -> Shape {
        let mut shape = Shape { simple: true, ..Shape::default() };
        let keyword = match self.kind() {
            T::Let => Some(Self::let_expr as fn(&mut Self)),
            T::If => Some(Self::if_expr as fn(&mut Self)),
            T::Match => Some(Self::match_expr as fn(&mut Self)),
            _ => None,
        };
        let outer = std::mem::take(&mut self.height);
        if let Some(run) = keyword {
            self.nested(run);
            shape = Shape { closed: true, ..Shape::default() };
        } else if self.operand(&mut shape, scope, false) {
            while self.goes_on(&mut shape, scope) {}
        }
        self.grow();
        self.height = self.height.max(outer);
        shape
    }

    /// Behind a complete operand: takes one more field, argument, pipe or operator with its operand.
    pub(super) fn goes_on(&mut self, shape: &mut Shape, scope: Scope) -> bool {
        if shape.closed {
            return false;
        }
        match self.kind() {
            T::Dot if matches!(self.peek(1).kind, T::Lower(_) | T::Upper(_)) => {
                self.emit_as(T::FieldDot);
                self.emit();
                self.grow();
                shape.applicable = true;
                shape.bare_constructor = false;
                true
            }
            T::Dot => {
                self.problem(self.token().span, LayoutProblem::NoField);
                self.bump();
                true
            }
            T::PipeOp => {
                self.check_pipe();
                self.pipe(scope);
                self.next_operand(shape, scope)
            }
            kind if shape.applicable && self.argument_follows(shape, scope) => {
                if shape.bare_constructor && shape.arguments == 0 && matches!(kind, T::LParen) {
                    // `T.Y (a) b`: more arguments may follow; all become fields.
                    self.constructor_arguments();
                } else {
                    self.operand(shape, scope, true);
                }
                shape.arguments += 1;
                true
            }
            kind => match infix(kind) {
                Some(operator) if self.operator_continues(scope) => {
                    self.emit_as(T::Op(operator));
                    self.grow();
                    self.next_operand(shape, scope)
                }
                _ => false,
            },
        }
    }

    pub(super) fn next_operand(&mut self, shape: &mut Shape, scope: Scope) -> bool {
        *shape = Shape::default();
        self.operand(shape, scope, false)
    }

    /// A pipe in the column of an `if` or `match` looks as if it took its result, but it belongs to the last branch.
    pub(super) fn check_pipe(&mut self) {
        let token = self.token();
        let branch = self.branches.iter().find(|(column, _)| token.col <= *column);
        if let Some((_, keyword)) = branch.filter(|_| self.on_new_row()) {
            let keyword = *keyword;
            self.problem(token.span, LayoutProblem::PipeIntoBranch { keyword });
        }
    }

    /// The operand of `|> (op)` continues the section as an argument does.
    pub(super) fn pipe(&mut self, scope: Scope) {
        let operator = section_operator(&self.peek(2).kind);
        let head = (self.peek(1).row, self.peek(1).col);
        let is_section = matches!(self.peek(1).kind, T::LParen) && matches!(self.peek(3).kind, T::RParen);
        match operator {
            Some(operator)
                if is_section && starts_argument(&self.peek(4).kind) && continues(Some(head), self.peek(4), scope) =>
            {
                let end = self.peek(3).span.end;
                self.out.tokens.push((self.token().span.start, T::PipeSection(operator), end));
                (0..4).for_each(|_| self.bump());
            }
            _ => self.emit(),
        }
    }

    pub(super) fn argument_follows(&self, shape: &Shape, scope: Scope) -> bool {
        let token = self.token();
        let begins = match &token.kind {
            T::Minus => token.spaced && self.peek(1).glued && is_signed_number(&self.peek(1).kind),
            kind => starts_argument(kind),
        };
        begins && continues(shape.head, token, scope)
    }

    pub(super) fn operator_continues(&self, scope: Scope) -> bool {
        let token = self.token();
        let Some(anchor) = scope.anchor else { return true };
        if token.row == self.previous_end_row() {
            return true;
        }
        let minus = matches!(token.kind, T::Minus);
        match (scope.exact, minus) {
            (true, true) => token.col != anchor,
            (true, false) => true,
            (false, true) => token.col > anchor,
            (false, false) => token.col >= anchor,
        }
    }

    /// One operand or argument; false if none begins here.
    pub(super) fn operand(&mut self, shape: &mut Shape, scope: Scope, argument: bool) -> bool {
        let head = (self.token().row, self.token().col);
        while !argument && matches!(self.kind(), T::Minus) && !is_signed_number(&self.peek(1).kind) {
            self.emit_as(T::Pre);
            self.grow();
        }
        let mut own = Shape { head: Some(head), ..*shape };
        match self.kind() {
            T::Dot if matches!(self.peek(1), Token { kind: T::Int(..), glued: true, .. }) => {
                self.problem(self.token().span.to(self.peek(1).span), LayoutProblem::PointNumber);
                self.bump();
                self.emit();
                own.applicable = false;
            }
            T::Minus => {
                self.emit_as(T::Neg);
                self.emit();
                own.applicable = false;
            }
            T::True | T::False | T::Int(..) | T::Float(_) | T::Char(_) | T::Str(_) => {
                self.emit();
                own.applicable = false;
            }
            T::Interpolated(parts) => {
                self.interpolation(parts);
                own.applicable = false;
            }
            T::Lower(word) if !argument && word == "function" && matches!(self.peek(1).kind, T::Or) => {
                self.virtual_token(T::LParen);
                self.nested(Self::foreign_function);
                self.virtual_token(T::RParen);
                own.closed = true;
            }
            T::Lower(_) | T::Upper(_) => self.name(&mut own),
            T::LParen => self.bracketed(|layout| layout.parenthesis(&mut own)),
            T::LBracket => {
                self.bracketed(Self::list);
                own.applicable = false;
            }
            T::LBrace => {
                self.bracketed(|layout| layout.update(scope));
                own.applicable = false;
            }
            T::Fun if !argument => {
                self.nested(Self::lambda);
                own.applicable = true;
            }
            _ => return false,
        }
        if !argument {
            *shape = own;
        }
        true
    }

    /// A dotted name with its type arguments, braces or glued parenthesis.
    pub(super) fn name(&mut self, shape: &mut Shape) {
        shape.applicable = true;
        shape.bare_constructor = false;
        let mut upper;
        loop {
            upper = matches!(self.kind(), T::Upper(_));
            self.emit();
            let more = matches!(self.kind(), T::Dot) && matches!(self.peek(1).kind, T::Lower(_) | T::Upper(_));
            if !(upper && more) {
                break;
            }
            self.emit();
        }
        if matches!(self.kind(), T::Lt) && self.token().glued {
            self.type_arguments();
            let more = matches!(self.kind(), T::Dot) && matches!(self.peek(1).kind, T::Upper(_));
            if upper && more {
                self.emit();
                self.emit();
            }
        }
        if upper {
            shape.constructor = true;
            shape.bare_constructor = true;
            self.braces_or_arguments(shape);
        } else {
            shape.constructor = false;
        }
    }
}
