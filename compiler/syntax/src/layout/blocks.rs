//! Blocks, and the constructs that hold them: `if`, `match` and `fun`; `let` is in `lets`.

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

    /// A block behind a `=`, `then`, `else` or `->`. In front of the next declaration it is empty: there somebody has not
    /// written it yet, and what follows is not its content.
    pub(super) fn block_behind(&mut self) {
        if self.next_declaration() {
            self.virtual_token(T::BlockOpen);
            self.virtual_token(T::BlockClose);
        } else {
            self.block();
        }
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
        while is_pattern_token(self.kind()) || depth > 0 && matches!(self.kind(), T::Colon) {
            match self.kind() {
                T::Colon => {
                    self.problem(self.token().span, LayoutProblem::TypedLambda);
                    self.skip_type();
                    continue;
                }
                T::LParen => depth += 1,
                T::RParen => depth = depth.saturating_sub(1),
                _ => {}
            }
            self.check_brackets(depth);
            self.emit();
        }
        if matches!(self.kind(), T::LBrace) {
            self.problem(self.token().span, LayoutProblem::RecordParameter);
            self.bump();
            self.skip_to_closer();
            if matches!(self.kind(), T::RBrace) {
                self.bump();
            }
            self.virtual_token(T::Underscore);
        }
        if matches!(self.kind(), T::Arrow) {
            self.emit();
            self.block_behind();
        }
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
            self.block_behind();
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
                        return self.block_behind();
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
        self.arms(scope);
    }

    /// `function | A -> …` is read as a `match` on a value that nobody knows.
    pub(super) fn foreign_function(&mut self) {
        let scope = Scope::at(self.token().col);
        self.problem(self.token().span, LayoutProblem::ForeignFunction);
        self.emit_as(T::Match);
        for kind in [T::LParen, T::RParen, T::With] {
            self.virtual_token(kind);
        }
        self.arms(scope);
    }

    fn arms(&mut self, scope: Scope) {
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
                    T::Dot
                        if matches!(
                            self.tokens.get(self.at.saturating_sub(1)),
                            Some(Token { kind: T::Upper(_), .. })
                        ) =>
                    {
                        LayoutProblem::QualifiedCase
                    }
                    _ => LayoutProblem::MissingArrow,
                };
                return self.problem(self.token().span, wrong);
            }
            self.emit();
            self.block_behind();
        }
    }
}
