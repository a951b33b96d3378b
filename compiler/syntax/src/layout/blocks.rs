//! Blocks, and the constructs that hold them: `let`, `if`, `match` and `fun`.

use super::tokens::*;
use super::{HEIGHT_MAX, Layout, LayoutProblem, Scope};
use crate::token::{T, Token};

impl Layout<'_> {
    pub(super) fn block(&mut self) {
        let outer = std::mem::take(&mut self.height);
        self.virtual_token(T::BlockOpen);
        self.nested(Self::statements);
        self.virtual_token(T::BlockClose);
        self.height = self.height.max(outer);
    }

    /// The statements of one block. The body of a `let` is a block of its own that takes the rest of the one around it,
    /// so blocks of `let` bodies are kept on a list instead of the call stack: a long file is not a deep one.
    pub(super) fn statements(&mut self) {
        let mut anchors = vec![self.token().col];
        while let Some(&anchor) = anchors.last() {
            let before = self.at;
            if matches!(self.kind(), T::Let) {
                let keyword = self.token();
                if self.let_binding() {
                    self.virtual_token(T::BlockOpen);
                    if !self.let_ends(keyword) {
                        anchors.push(self.token().col);
                        if anchors.len() > HEIGHT_MAX as usize {
                            self.give_up();
                        }
                        continue;
                    }
                    // Its body is an empty block, and the statement is complete.
                    self.virtual_token(T::BlockClose);
                }
            } else {
                self.expr(Scope::at(anchor));
            }
            let mut stuck = self.at == before;
            while let Some(&anchor) = anchors.last() {
                if !stuck && self.statement_follows(anchor) {
                    break;
                }
                stuck = false;
                anchors.pop();
                if !anchors.is_empty() {
                    self.virtual_token(T::BlockClose);
                    self.grow();
                }
            }
        }
    }

    /// Takes what stands between two statements of a block, if the block goes on.
    pub(super) fn statement_follows(&mut self, anchor: u32) -> bool {
        if matches!(self.kind(), T::Semi) {
            self.emit();
            return true;
        }
        let follows = self.token().col == anchor && self.on_new_row() && !ends_block(self.kind());
        if follows {
            self.virtual_token(T::Sep);
        }
        follows
    }

    pub(super) fn lambda(&mut self) {
        self.emit();
        let mut depth = 0u32;
        while is_pattern_token(self.kind()) {
            match self.kind() {
                T::LParen => depth += 1,
                T::RParen => depth = depth.saturating_sub(1),
                _ => {}
            }
            self.check_brackets(depth);
            self.emit();
        }
        if matches!(self.kind(), T::Arrow) {
            self.emit();
            self.block();
        }
    }

    pub(super) fn let_expr(&mut self) {
        let keyword = self.token();
        if self.let_binding() {
            if self.let_ends(keyword) {
                self.virtual_token(T::BlockOpen);
                self.virtual_token(T::BlockClose);
            } else {
                self.block();
            }
        }
    }

    /// Whether nothing stands behind the value of a `let`: the text, its brackets or its item end. In brackets that were not
    /// closed the next declaration does not belong to it either; then the brackets are the problem, not the `let`.
    pub(super) fn let_ends(&mut self, keyword: &Token) -> bool {
        let inside = self.item_column.is_some_and(|column| keyword.col > column);
        if inside && self.brackets > 0 && self.next_declaration() {
            return true;
        }
        let ends = !self.may_begin_statement() || (inside && self.brackets == 0 && self.left_of_item());
        if ends {
            self.problem(keyword.span, LayoutProblem::LetAtEnd);
        }
        ends
    }

    /// A `let` up to where its body begins; false if it has none.
    pub(super) fn let_binding(&mut self) -> bool {
        let keyword = self.token();
        self.emit();
        if matches!(self.kind(), T::Eq) {
            self.problem(keyword.span, LayoutProblem::NoName);
            self.virtual_token(T::Underscore);
        }
        self.let_head(keyword.col);
        let bound = matches!(self.kind(), T::Eq);
        if bound {
            self.emit();
            self.block();
            self.let_body_begins(keyword);
        }
        bound
    }

    /// `in`, and a look at the column of the body.
    pub(super) fn let_body_begins(&mut self, keyword: &Token) {
        if matches!(self.kind(), T::In) {
            self.emit();
        } else if self.on_new_row() && self.token().col > keyword.col && self.may_begin_statement() {
            self.problem(self.token().span, LayoutProblem::DeepBody { keyword: keyword.span });
        }
    }

    /// Everything of a `let` or `val` up to its `=`; true if a `:` stands outside parentheses.
    pub(super) fn let_head(&mut self, column: u32) -> bool {
        let (mut depth, mut angles, mut typed) = (0u32, 0u32, false);
        while !(self.is_end() || depth == 0 && matches!(self.kind(), T::Eq)) {
            if self.on_new_row() && self.token().col <= column {
                break;
            }
            match self.kind() {
                T::LParen => depth += 1,
                T::RParen => depth = depth.saturating_sub(1),
                T::Lt => angles += 1,
                T::Gt => angles = angles.saturating_sub(1),
                T::Shr => angles = angles.saturating_sub(2),
                T::Colon if depth == 0 => typed = true,
                kind if depth == 0 && typed && self.on_new_row() && starts_argument(kind) => {
                    self.problem(self.token().span, LayoutProblem::NoEquals);
                    break;
                }
                T::Let | T::Val | T::If | T::Match | T::Fun | T::Then | T::Else | T::With => break,
                _ => {}
            }
            self.check_brackets(depth + angles);
            self.type_token();
        }
        typed
    }

    pub(super) fn if_expr(&mut self) {
        let first = self.token();
        self.branches.push((first.col, first.span));
        self.if_chain(first.col);
        self.branches.pop();
    }

    pub(super) fn if_chain(&mut self, chain: u32) {
        let mut keyword = chain;
        self.emit();
        loop {
            self.expr(Scope::at(keyword));
            if !matches!(self.kind(), T::Then) {
                let missing = match self.kind() {
                    T::Eq => LayoutProblem::EqualsInCondition,
                    _ => LayoutProblem::MissingThen,
                };
                return self.problem(self.token().span, missing);
            }
            self.emit();
            self.block();
            let belongs = self.token().col >= chain || !self.on_new_row();
            match self.kind() {
                T::Elif if belongs => {
                    keyword = self.token().col;
                    self.emit();
                    self.grow();
                }
                T::Else if belongs => {
                    let row = self.token().row;
                    self.emit();
                    if !(matches!(self.kind(), T::If) && self.token().row == row) {
                        return self.block();
                    }
                    keyword = self.token().col;
                    self.emit();
                    self.grow();
                }
                _ => return,
            }
        }
    }

    pub(super) fn match_expr(&mut self) {
        let keyword = self.token();
        self.branches.push((keyword.col, keyword.span));
        self.match_parts();
        self.branches.pop();
    }

    pub(super) fn match_parts(&mut self) {
        let scope = Scope::at(self.token().col);
        self.emit();
        loop {
            self.expr(scope);
            if !matches!(self.kind(), T::Comma) {
                break;
            }
            self.emit();
        }
        if !matches!(self.kind(), T::With) {
            return self.problem(self.token().span, LayoutProblem::MissingWith);
        }
        self.emit();
        if !matches!(self.kind(), T::Or) {
            self.problem(self.token().span, LayoutProblem::FirstBar);
            return;
        }
        let (row, col) = (self.token().row, self.token().col);
        while matches!(self.kind(), T::Or) && (self.token().row == row || self.token().col == col) {
            self.emit_as(T::Bar);
            self.nested(|layout| layout.pattern(scope));
            if matches!(self.kind(), T::When) {
                self.emit();
                self.expr(scope);
            }
            if !matches!(self.kind(), T::Arrow) {
                let wrong = match self.kind() {
                    T::Dot => LayoutProblem::QualifiedCase,
                    _ => LayoutProblem::MissingArrow,
                };
                return self.problem(self.token().span, wrong);
            }
            self.emit();
            self.block();
        }
    }
}
