//! Items of a file or module body: attributes, declarations, tests and bare expressions; and going on after an error.

use super::tokens::*;
use super::{Beginning, Layout, LayoutProblem, Scope};
use crate::token::{T, Token};

impl Layout<'_> {
    pub(super) fn items(&mut self, min_column: u32) {
        let mut first = true;
        while !self.is_end() && self.token().col >= min_column {
            if !first {
                self.virtual_token(T::ItemSep);
            }
            first = false;
            let before = self.at;
            let problems = self.out.problems.len();
            let column = self.token().col;
            self.item(column);
            if self.is_end() || self.token().col < min_column && self.on_new_row() {
                break;
            }
            let wrong = self.out.problems.len() > problems;
            if self.at == before || !self.on_new_row() || (wrong && self.token().col > column) {
                self.resynchronise(self.at == before, wrong, column);
            }
        }
    }

    /// After something that does not fit: reports it, unless the item has a problem already, and goes on at the next row
    /// that begins at or left of the item.
    pub(super) fn resynchronise(&mut self, stuck: bool, quiet: bool, column: u32) {
        let token = self.token().clone();
        let problem = match &token.kind {
            T::Fun if !stuck => LayoutProblem::SameLine { what: Beginning::Lambda },
            T::If | T::Match | T::Let if !stuck => LayoutProblem::SameLine { what: Beginning::Keyword },
            kind if !stuck && starts_argument(kind) => LayoutProblem::SameLine { what: Beginning::Other },
            kind => LayoutProblem::Unexpected(kind.clone()),
        };
        if !quiet {
            self.problem(token.span, problem);
        }
        self.bump();
        let closer = |kind: &T| matches!(kind, T::RParen | T::RBracket | T::RBrace);
        while !self.is_end() && (!self.on_new_row() || self.token().col > column || closer(self.kind())) {
            self.bump();
        }
    }

    pub(super) fn item(&mut self, column: u32) {
        let outer = self.item_column.replace(column);
        self.item_inside(column);
        self.item_column = outer;
    }

    pub(super) fn item_inside(&mut self, column: u32) {
        let mut attributes = false;
        while self.attribute_begins() {
            attributes = true;
            self.attribute();
        }
        match (self.kind(), &self.peek(1).kind) {
            (T::Type, _) => self.type_declaration(),
            (T::Lower(word), T::Upper(_)) if word == "module" => self.module(column),
            (T::Let, _) => self.let_item(attributes, column),
            (T::Val, _) => self.val_item(column),
            _ => self.expression_item(column),
        }
    }

    pub(super) fn attribute_begins(&self) -> bool {
        matches!(self.kind(), T::LBracket) && matches!(self.peek(1).kind, T::Lt) && self.peek(1).glued
    }

    pub(super) fn attribute(&mut self) {
        let opener = self.token();
        self.emit_as(T::AttrOpen);
        self.bump();
        while !self.is_end() {
            if matches!(self.kind(), T::Gt) && matches!(self.peek(1).kind, T::RBracket) && self.peek(1).glued {
                self.emit_as(T::AttrClose);
                self.bump();
                return;
            }
            let minus = matches!(self.kind(), T::Minus) && is_signed_number(&self.peek(1).kind);
            match self.kind() {
                T::Let | T::Val | T::Type => break,
                _ if minus => self.emit_as(T::Neg),
                _ => self.emit(),
            }
        }
        self.unclosed(&Token { kind: T::AttrOpen, ..opener.clone() });
        self.virtual_token(T::AttrClose);
    }

    pub(super) fn module(&mut self, column: u32) {
        self.emit_as(T::Module);
        while matches!(self.kind(), T::Upper(_)) {
            self.emit();
            // What follows without a dot is the first item below a header.
            if !matches!(self.kind(), T::Dot) {
                break;
            }
            self.emit();
        }
        if matches!(self.kind(), T::Eq) {
            self.emit();
            if self.is_end() || self.token().col <= column {
                let equals = self.tokens.get(self.at.saturating_sub(1)).map_or(self.token().span, |it| it.span);
                self.problem(equals, LayoutProblem::EmptyModule);
            }
            self.virtual_token(T::BodyOpen);
            self.nested(|layout| layout.items(column + 1));
            self.virtual_token(T::BodyClose);
        }
    }

    pub(super) fn let_item(&mut self, attributes: bool, column: u32) {
        let keyword = self.token();
        let problems = self.out.problems.len();
        self.emit();
        let rec = matches!(self.kind(), T::Lower(word) if word == "rec") && matches!(self.peek(1).kind, T::Lower(_));
        if rec {
            self.problem(self.token().span, LayoutProblem::Rec);
        }
        let name = self.token().span;
        let parameter = self.peek(1);
        let bare = matches!(parameter.kind, T::Lower(_) | T::Underscore);
        let typed = self.let_head(column);
        if typed && bare && !attributes && !rec {
            self.problem(parameter.span, LayoutProblem::BareParameter);
        }
        if !matches!(self.kind(), T::Eq) {
            return;
        }
        self.emit();
        self.item_body();
        if attributes && !typed && !bare && self.out.problems.len() == problems {
            self.problem(name, LayoutProblem::LetWithoutBody { function: true });
        }
        if typed || attributes {
            return;
        }
        let function = bare || matches!(parameter.kind, T::LParen);
        let ends = !matches!(self.kind(), T::In) && !self.may_begin_statement();
        // With something wrong inside of its value, nobody knows what is behind it.
        if (ends || !self.script) && self.out.problems.len() == problems {
            self.problem(name, LayoutProblem::LetWithoutBody { function });
        }
        if ends || self.script {
            self.let_body_begins(keyword);
            self.block();
        }
    }

    /// The block behind the `=` of a declaration.
    pub(super) fn item_body(&mut self) {
        let equals = self.tokens.get(self.at.saturating_sub(1)).map_or(self.token().span, |token| token.span);
        if self.is_end() || self.next_declaration() {
            self.problem(equals, LayoutProblem::NoBody);
            self.virtual_token(T::BlockOpen);
            self.virtual_token(T::BlockClose);
        } else {
            self.block();
        }
    }

    pub(super) fn val_item(&mut self, column: u32) {
        self.emit();
        self.let_head(column);
        if matches!(self.kind(), T::Eq) {
            self.emit();
            self.item_body();
        }
    }

    pub(super) fn expression_item(&mut self, column: u32) {
        let scope = Scope::at(column);
        self.expr(scope);
        if !matches!(self.kind(), T::Eq) {
            return;
        }
        self.emit_as(T::Assert);
        match self.kind() {
            // The expected value is not written yet.
            _ if self.next_declaration() => {}
            T::Lower(word) if is_error_word(word) && self.error_message_follows() => {
                self.emit_as(T::ErrorWord(word == "sqlerror"));
                if matches!(self.kind(), T::Eq) {
                    self.emit();
                }
                self.emit();
            }
            _ => {
                self.expr(scope);
            }
        }
    }

    pub(super) fn error_message_follows(&self) -> bool {
        match &self.peek(1).kind {
            T::Str(_) => true,
            T::Eq => matches!(self.peek(2).kind, T::Str(_)),
            _ => false,
        }
    }
}
