//! `let` from its head to its body, also as other languages write it: what is reported is read as what it means.

use super::tokens::*;
use super::{Layout, LayoutProblem};
use crate::token::{T, Token};

impl Layout<'_> {
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
        if ends && self.on_new_row() && infix(self.kind()).is_some() {
            self.problem(self.token().span, LayoutProblem::OperatorLeft { keyword: keyword.span });
        } else if ends && matches!(self.kind(), T::Comma) {
            self.problem(self.token().span, LayoutProblem::Unexpected(T::Comma));
        } else if ends {
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
        self.nested_let_head(keyword.col);
        let bound = matches!(self.kind(), T::Eq);
        if bound {
            self.emit();
            self.block_behind();
            self.let_body_begins(keyword);
        }
        bound
    }

    /// The head of a `let` inside of an expression. What other languages write there is reported, and read as what it
    /// means.
    fn nested_let_head(&mut self, column: u32) {
        let pattern = matches!(self.kind(), T::Lower(_) | T::Underscore | T::LParen);
        match &self.peek(1).kind {
            T::Colon if pattern => {
                self.emit();
                self.problem(self.token().span, LayoutProblem::TypedLet);
                self.skip_type();
            }
            T::Lower(_) | T::Underscore if matches!(self.kind(), T::Lower(_)) => {
                self.emit();
                self.bare_parameters();
                self.let_head(column);
            }
            _ if pattern && self.bare_tuple() => {
                self.problem(self.token().span, LayoutProblem::BareTuple);
                self.virtual_token(T::LParen);
                self.let_head(column);
                self.virtual_token(T::RParen);
            }
            _ => {
                self.let_head(column);
            }
        }
    }

    /// Names that stand where parameters do: each gets its parentheses.
    fn bare_parameters(&mut self) {
        self.problem(self.token().span, LayoutProblem::BareNestedParameter);
        while matches!(self.kind(), T::Lower(_) | T::Underscore) {
            self.virtual_token(T::LParen);
            self.emit();
            self.virtual_token(T::RParen);
        }
    }

    /// A comma outside of brackets in front of the `=` in this row.
    fn bare_tuple(&self) -> bool {
        let (mut depth, mut comma) = (0u32, false);
        for token in self.tokens.get(self.at..).unwrap_or_default() {
            match token.kind {
                _ if token.row != self.token().row => return false,
                T::LParen => depth += 1,
                T::RParen => depth = depth.saturating_sub(1),
                T::Comma if depth == 0 => comma = true,
                T::Eq => return comma && depth == 0,
                T::Lower(_) | T::Underscore | T::Comma => {}
                _ => return false,
            }
        }
        false
    }

    /// Leaves out a `:` and the type behind it.
    pub(super) fn skip_type(&mut self) {
        let mut depth = 0i32;
        loop {
            self.bump();
            match self.kind() {
                T::LParen | T::Lt => depth += 1,
                T::RParen | T::Comma if depth <= 0 => return,
                T::RParen | T::Gt => depth -= 1,
                T::Shr => depth -= 2,
                T::Lower(_) | T::Upper(_) | T::TyVar(_) | T::Dot | T::StarSign | T::Arrow | T::Comma => {}
                _ => return,
            }
        }
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
        let named = matches!(self.kind(), T::Lower(_));
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
                T::Comma if named && !typed && depth == 1 && angles == 0 && self.parameter_follows() => {
                    self.problem(self.token().span, LayoutProblem::CommaParameters);
                    self.virtual_token(T::RParen);
                    self.virtual_token(T::LParen);
                    self.bump();
                    continue;
                }
                kind if typed
                    && depth + angles == 0
                    && self.on_new_row()
                    && starts_argument(kind)
                    && !self.type_wanted() =>
                {
                    self.problem(self.token().span, LayoutProblem::NoEquals);
                    break;
                }
                T::LBrace if typed && depth + angles == 0 => {
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

    /// `name:` behind a comma.
    fn parameter_follows(&self) -> bool {
        matches!(self.peek(1).kind, T::Lower(_) | T::Underscore) && matches!(self.peek(2).kind, T::Colon)
    }

    /// The token before this one leaves a type unfinished: the row may break behind it.
    fn type_wanted(&self) -> bool {
        let before = self.at.checked_sub(1).map(|at| &self.tokens[at].kind);
        matches!(before, Some(T::Colon | T::Arrow | T::StarSign | T::Dot))
    }
}
