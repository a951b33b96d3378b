//! What stands in brackets: records, arguments of constructors, lists, updates, parentheses, interpolations.

use super::tokens::*;
use super::{HOLES_MAX, Layout, LayoutProblem, NESTING_MAX, Scope, Shape, with_texts};
use crate::lexer::{Cursor, Problem, lex_from};
use crate::token::{RawPart, T, Token};
use dark_source::Span;

impl<'a> Layout<'a> {
    /// `{ x: 1 }` behind a type's name: a record as other languages write it.
    pub(super) fn field_with_colon(&self) -> bool {
        matches!(self.peek(1).kind, T::Lower(_) | T::Upper(_)) && matches!(self.peek(2).kind, T::Colon)
    }

    pub(super) fn braces_or_arguments(&mut self, shape: &mut Shape) {
        let name = matches!(self.peek(1).kind, T::Lower(_) | T::Upper(_)) && matches!(self.peek(2).kind, T::Eq);
        match self.kind() {
            T::LBrace if matches!(self.peek(1).kind, T::RBrace) || name || self.field_with_colon() => {
                let opener = self.token();
                self.emit_as(T::RecordBrace);
                self.bracketed(|layout| layout.fields(opener));
                shape.applicable = false;
                shape.bare_constructor = false;
            }
            T::LParen if self.token().glued => {
                self.constructor_arguments();
                shape.applicable = false;
                shape.bare_constructor = false;
            }
            _ => {}
        }
    }

    pub(super) fn constructor_arguments(&mut self) {
        let opener = self.token();
        self.emit_as(T::CtorParen);
        let scope = Scope { anchor: Some(self.token().col), exact: true };
        self.bracketed(|layout| layout.elements(opener, false, |layout| layout.expr(scope)));
    }

    pub(super) fn list(&mut self) {
        let opener = self.token();
        self.emit();
        self.elements(opener, true, |layout| {
            let scope = Scope::at(layout.token().col);
            layout.expr(scope)
        });
    }

    /// Elements up to the closing bracket of `opener`, separated by commas, semicolons if allowed, or new rows.
    pub(super) fn elements(&mut self, opener: &Token, semicolons: bool, mut element: impl FnMut(&mut Self) -> Shape) {
        loop {
            if closes(&opener.kind, self.kind()) {
                self.emit();
                return;
            }
            if self.next_declaration() {
                return self.unclosed(opener);
            }
            let before = self.at;
            element(self);
            match self.kind() {
                kind if closes(&opener.kind, kind) => {}
                T::Comma => self.emit(),
                T::Semi if semicolons => self.emit(),
                _ if self.at == before || self.is_end() => return self.stuck(opener),
                _ if self.on_new_row() => self.virtual_token(T::ElementSep),
                kind if starts_argument(kind) || matches!(kind, T::Fun | T::If | T::Match | T::Let) => {
                    let what = beginning(kind);
                    self.problem(self.token().span, LayoutProblem::SameLine { what });
                    self.virtual_token(T::ElementSep);
                }
                _ => return self.stuck(opener),
            }
        }
    }

    /// Nothing between these brackets can use the token: either they are not closed, or the token does not belong there.
    fn stuck(&mut self, opener: &Token) {
        let kind = self.kind();
        let outside = matches!(
            kind,
            T::End | T::RParen | T::RBracket | T::RBrace | T::Then | T::Else | T::Elif | T::With | T::Arrow | T::When
        );
        if outside || self.next_declaration() {
            return self.unclosed(opener);
        }
        self.problem(self.token().span, LayoutProblem::Unexpected(kind.clone()));
        self.skip_to_closer();
        if closes(&opener.kind, self.kind()) {
            self.emit();
        }
    }

    /// `name = value` up to the closing brace.
    pub(super) fn fields(&mut self, opener: &Token) {
        self.elements(opener, true, |layout| {
            let scope = Scope::at(layout.token().col);
            if matches!(layout.kind(), T::Lower(_) | T::Upper(_)) {
                layout.emit();
            }
            match layout.kind() {
                T::Eq => layout.emit(),
                T::Colon => {
                    layout.problem(layout.token().span, LayoutProblem::FieldColon);
                    layout.emit_as(T::Eq);
                }
                _ => return Shape::default(),
            }
            layout.expr(scope)
        });
    }

    pub(super) fn update(&mut self, scope: Scope) {
        let opener = self.token();
        self.emit_as(T::UpdateBrace);
        if self.next_declaration() {
            return self.unclosed(opener);
        }
        self.expr(scope);
        match self.kind() {
            T::With => {
                self.emit();
                self.fields(opener);
            }
            T::Eq | T::Colon | T::RBrace | T::Semi | T::Comma | T::Or => {
                self.problem(opener.span, LayoutProblem::BareBraces);
                self.skip_to_closer();
                if matches!(self.kind(), T::RBrace) {
                    self.emit();
                }
            }
            _ => self.unclosed(opener),
        }
    }

    /// Skips to the bracket that closes the innermost open one, or to the next declaration.
    pub(super) fn skip_to_closer(&mut self) {
        let mut depth = 0u32;
        while !self.is_end() && !self.next_declaration() {
            match self.kind() {
                T::LParen | T::LBracket | T::LBrace => depth += 1,
                T::RParen | T::RBracket | T::RBrace if depth == 0 => return,
                T::RParen | T::RBracket | T::RBrace => depth -= 1,
                _ => {}
            }
            self.bump();
        }
    }

    pub(super) fn parenthesis(&mut self, shape: &mut Shape) {
        let opener = self.token();
        shape.constructor = false;
        shape.bare_constructor = false;
        shape.applicable = false;
        if matches!(self.peek(1).kind, T::RParen) {
            self.emit();
            self.emit();
            return;
        }
        if let (Some(operator), T::RParen) = (section_operator(&self.peek(1).kind), &self.peek(2).kind) {
            let end = self.peek(2).span.end;
            self.out.tokens.push((opener.span.start, T::Section(operator), end));
            (0..3).for_each(|_| self.bump());
            shape.applicable = true;
            return;
        }
        self.emit();
        let scope = Scope { anchor: Some(self.token().col), exact: true };
        let mut simple = true;
        loop {
            if self.next_declaration() {
                return self.unclosed(opener);
            }
            let before = self.at;
            let inner = self.expr(scope);
            simple &= inner.simple;
            match self.kind() {
                T::RParen => {
                    self.emit();
                    if simple {
                        shape.applicable = if inner.arguments > 0 { !inner.constructor } else { inner.applicable };
                        shape.bare_constructor = inner.arguments == 0 && inner.bare_constructor;
                        shape.constructor = inner.constructor;
                    }
                    return;
                }
                T::Comma => self.emit(),
                // `(x -> x + 1)` is closed further on.
                T::Arrow if self.branches.is_empty() => {
                    self.problem(self.token().span, LayoutProblem::Unexpected(T::Arrow));
                    self.skip_to_closer();
                    if matches!(self.kind(), T::RParen) {
                        self.emit();
                    }
                    return;
                }
                _ if self.at == before || self.is_end() || !self.may_begin_statement() => return self.stuck(opener),
                kind => {
                    if !self.on_new_row() {
                        let what = beginning(kind);
                        self.problem(self.token().span, LayoutProblem::SameLine { what });
                    }
                    self.virtual_token(T::Sep);
                }
            }
            simple = false;
        }
    }

    pub(super) fn may_begin_statement(&self) -> bool {
        let kind = self.kind();
        starts_argument(kind) || matches!(kind, T::Fun | T::If | T::Match | T::Let | T::Minus)
    }

    pub(super) fn interpolation(&mut self, parts: &'a [RawPart]) {
        let token = self.token();
        let span = token.span;
        let mut cursor = Cursor { at: span.start as usize, row: token.row, col: token.col };
        self.out.tokens.push((span.start, T::StrOpen, span.start));
        for part in parts {
            match part {
                RawPart::Text(text, span) => {
                    self.out.tokens.push((span.start, T::StrText(text.clone()), span.end));
                }
                RawPart::Hole(hole) => self.hole(*hole, &mut cursor),
            }
        }
        self.out.tokens.push((span.end, T::StrClose, span.end));
        self.bump();
    }

    pub(super) fn hole(&mut self, hole: Span, cursor: &mut Cursor) {
        self.out.tokens.push((hole.start, T::HoleOpen, hole.start));
        if self.holes >= HOLES_MAX || self.depth >= NESTING_MAX {
            self.problem(hole, LayoutProblem::TooManyHoles);
        } else {
            cursor.advance(self.text, hole.start as usize);
            let lexed = lex_from(self.text, hole.range(), *cursor);
            let lexical = |Problem { span, kind }| (span, LayoutProblem::Lexical(kind));
            self.out.problems.extend(lexed.problems.into_iter().map(lexical));
            let mut inner = Layout::new(self.text, &lexed.tokens, self.holes + 1);
            inner.depth = self.depth + 1;
            let scope = Scope::at(inner.token().col);
            if inner.is_end() {
                inner.problem(hole, LayoutProblem::EmptyHole);
            } else {
                inner.expr(scope);
            }
            if !inner.is_end() {
                inner.problem(inner.token().span, LayoutProblem::HoleRest);
            }
            self.height = self.height.max(inner.height + 1);
            if inner.too_deep {
                self.too_deep = true;
                self.give_up();
            }
            let (out, moved) = (inner.out, inner.moved);
            let mut out = with_texts(out, &moved, lexed.tokens);
            self.out.tokens.append(&mut out.tokens);
            self.out.problems.append(&mut out.problems);
        }
        self.out.tokens.push((hole.end, T::HoleClose, hole.end));
    }
}
