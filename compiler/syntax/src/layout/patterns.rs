//! Patterns of `match`, and types: tokens that are mostly copied, with brackets counted.

use super::tokens::*;
use super::{HEIGHT_MAX, Layout, LayoutProblem, NESTING_MAX, Scope};
use crate::token::T;

impl Layout<'_> {
    /// The tokens of one arm's pattern, up to `->` or `when`.
    pub(super) fn pattern(&mut self, scope: Scope) {
        let mut open: Vec<(T, Option<(u32, u32)>)> = Vec::new();
        let mut head = None;
        let mut complete = false;
        let mut chain = 0u32;
        loop {
            let token = self.token();
            match &token.kind {
                T::Upper(_) | T::ColonColon => chain += 1,
                T::Or if open.is_empty() => chain = 0,
                _ => {}
            }
            if chain > HEIGHT_MAX || self.depth as usize + open.len() > NESTING_MAX as usize {
                return self.give_up();
            }
            if open.is_empty() && matches!(token.kind, T::Arrow | T::When) || !is_pattern_token(&token.kind) {
                return;
            }
            let begins = !matches!(token.kind, T::RParen | T::RBracket | T::Comma | T::Semi | T::ColonColon | T::Or);
            let in_elements = matches!(open.last(), Some((T::LBracket | T::CtorParen, _)));
            let is_argument = head.is_some() && continues(head, token, scope);
            if begins && complete && in_elements && self.on_new_row() && !is_argument {
                self.virtual_token(T::ElementSep);
                complete = false;
            }
            if begins && !complete {
                // Only a case takes arguments.
                head = matches!(token.kind, T::Upper(_)).then_some((token.row, token.col));
            }
            match &token.kind {
                T::Upper(_) => {
                    self.emit();
                    complete = true;
                    if matches!(self.kind(), T::LParen) && !self.first_of_several(head, scope) {
                        open.push((T::CtorParen, head));
                        self.emit_as(T::CtorParen);
                        complete = false;
                    }
                }
                T::LParen | T::LBracket => {
                    open.push((token.kind.clone(), head));
                    self.emit();
                    complete = false;
                }
                T::RParen | T::RBracket => {
                    match open.pop() {
                        Some((_, outer)) => head = outer,
                        None => return,
                    }
                    self.emit();
                    complete = true;
                }
                T::Minus => self.emit_as(T::Neg),
                T::Comma | T::Semi | T::ColonColon | T::Or => {
                    self.emit();
                    complete = false;
                }
                _ => {
                    self.emit();
                    complete = true;
                }
            }
        }
    }

    /// At the `(` behind a case: it holds one of several arguments, as in `Add (Num a) (Num b)`, not all of them.
    fn first_of_several(&self, head: Option<(u32, u32)>, scope: Scope) -> bool {
        if self.token().glued {
            return false;
        }
        let mut depth = 0u32;
        for (index, token) in self.tokens.iter().enumerate().skip(self.at) {
            match &token.kind {
                T::LParen | T::LBracket => depth += 1,
                T::Comma if depth == 1 => return false,
                T::RParen | T::RBracket if depth > 1 => depth -= 1,
                T::RParen => {
                    return self.tokens.get(index + 1).is_some_and(|next| {
                        let begins = starts_argument(&next.kind) || matches!(next.kind, T::Underscore | T::Minus);
                        begins && !matches!(next.kind, T::LBrace) && continues(head, next, scope)
                    });
                }
                kind if is_pattern_token(kind) => {}
                _ => return false,
            }
        }
        false
    }

    /// One token where a type may stand: angle brackets are re-tagged.
    pub(super) fn type_token(&mut self) {
        match self.kind() {
            T::Lt => self.emit_as(T::TypeOpen),
            T::Gt => self.emit_as(T::TypeClose),
            T::Shr => {
                let span = self.token().span;
                self.out.tokens.push((span.start, T::TypeClose, span.start + 1));
                self.out.tokens.push((span.start + 1, T::TypeClose, span.end));
                self.bump();
            }
            _ => self.emit(),
        }
    }

    pub(super) fn type_arguments(&mut self) {
        let opener = self.token().span;
        let (mut depth, mut parens) = (0i32, 0u32);
        loop {
            match self.kind() {
                T::Lt => depth += 1,
                T::Gt => depth -= 1,
                T::Shr => depth -= 2,
                T::Lower(_) | T::Upper(_) | T::TyVar(_) | T::Dot | T::Comma | T::StarSign | T::Arrow => {}
                T::LParen => parens += 1,
                T::RParen if parens > 0 => parens -= 1,
                _ => return self.problem(opener, LayoutProblem::GluedLess),
            }
            self.check_brackets(depth.unsigned_abs() + parens);
            self.type_token();
            if depth <= 0 {
                return;
            }
        }
    }

    pub(super) fn type_declaration(&mut self) {
        let column = self.token().col;
        self.emit();
        let (mut depth, mut braces, mut ended) = (0i32, 0i32, false);
        while !self.is_end() {
            let kind = self.kind();
            let goes_on = matches!(kind, T::Arrow | T::StarSign | T::Dot | T::Lt | T::Or | T::Of | T::Colon | T::Comma);
            if depth <= 0 && ended && !goes_on && !matches!(kind, T::Eq) {
                return;
            }
            if self.on_new_row() && self.token().col <= column && !goes_on && depth <= 0 {
                return;
            }
            if matches!(kind, T::Let | T::Val | T::Type | T::If | T::Match | T::Fun) {
                return;
            }
            let name = matches!(kind, T::Lower(_) | T::Upper(_));
            if braces > 0 && depth == braces && name && ended && self.on_new_row() {
                self.virtual_token(T::ElementSep);
            }
            match kind {
                T::LParen | T::Lt => depth += 1,
                T::RParen | T::Gt => depth -= 1,
                T::Shr => depth -= 2,
                T::LBrace => {
                    depth += 1;
                    braces = depth;
                }
                T::RBrace => {
                    depth -= 1;
                    braces = 0;
                }
                _ => {}
            }
            self.check_brackets(depth.unsigned_abs());
            ended = matches!(kind, T::Lower(_) | T::Upper(_) | T::TyVar(_) | T::RParen | T::RBrace | T::Gt | T::Shr);
            self.type_token();
        }
    }
}
