//! Layout: columns decide where blocks, statements, arguments and elements end. This pass stands between lexer and
//! grammar, looks only at tokens and their places, and emits the same tokens, some re-tagged, plus virtual ones, so that
//! an ordinary LR(1) grammar without any column logic parses the result.
//!
//! It is written as a recursive descent over the constructs that open a layout context. Each knows its *anchor* column:
//! the column of a block's first statement, of a list's element, of the keyword of `let`, `if` and `match`. A construct
//! that cannot go on with a token returns, and the construct around it looks at the token again: that is how `else`, `|`
//! and `in` find what they belong to, and why a `|>` lands in the last branch.
//!
//! Two predicates carry the rules (`continues` for arguments, `operator_continues` for operators). Everything is closed
//! at the end of the text, and after an error the pass goes on with the next line that begins an item.
//!
//! Reading order: `Layout::items`, `block`, `expr`, `operand`, then the constructs; patterns and types at the end.

use crate::ast::Operator;
use crate::lexer::{Cursor, Problem, ProblemKind, lex_from};
use crate::token::{RawPart, T, Token};
use dark_source::Span;

/// Nesting of constructs beyond which a file is refused.
const NESTING_MAX: u32 = 200;
/// Nesting of interpolations.
const HOLES_MAX: u32 = 64;
/// Height of an expression's tree, in which a chain of `let`, of operators or of fields adds its length; and length of a
/// chain of constructors in a pattern. Every later phase walks the tree by recursion and relies on this.
const HEIGHT_MAX: u32 = 1000;

/// A token for the grammar.
pub type Out = (u32, T, u32);

/// What the pass found wrong.
#[derive(Debug, Clone, PartialEq)]
pub enum LayoutProblem {
    Lexical(ProblemKind),
    /// Two statements, or an argument that needs parentheses, on one line.
    SameLine {
        what: Beginning,
    },
    /// The body of a `let` deeper than its `let`.
    DeepBody {
        keyword: Span,
    },
    /// A token no construct can use here.
    Unexpected(T),
    /// A closing bracket is missing for this opening one.
    Unclosed {
        opener: T,
        span: Span,
    },
    TooDeep,
    TooManyHoles,
    /// More than one expression between the braces of an interpolation.
    HoleRest,
    EmptyHole,
    /// `|` of the first arm is missing.
    FirstBar,
    MissingThen,
    MissingWith,
    MissingArrow,
    /// `let rec`
    Rec,
    /// A `let` at the top that declares nothing: a function without result type, or a value.
    LetWithoutBody {
        function: bool,
    },
    /// A `let` inside of an expression with nothing behind its value.
    LetAtEnd,
    /// `let f (x: T) : R` with a body but no `=`.
    NoEquals,
    /// A declaration ends with its `=`.
    NoBody,
    /// A parameter of a declared function without parentheses and type.
    BareParameter,
    /// `{ … }` that is neither a record with its type nor an update.
    BareBraces,
    /// `{ x: 1 }`
    FieldColon,
    /// `p.` with no name behind it.
    NoField,
    /// `if a = b`
    EqualsInCondition,
    /// `| Result.Ok x`
    QualifiedCase,
    /// A `|>` that reaches into the last branch of this `if` or `match`.
    PipeIntoBranch {
        keyword: Span,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Beginning {
    Lambda,
    Keyword,
    Other,
}

#[derive(Debug, Default)]
pub struct LaidOut {
    pub tokens: Vec<Out>,
    pub problems: Vec<(Span, LayoutProblem)>,
}

#[derive(Debug, Clone, Copy)]
struct Scope {
    anchor: Option<u32>,
    exact: bool,
}

impl Scope {
    fn at(column: u32) -> Scope {
        Scope { anchor: Some(column), exact: false }
    }
}

/// What an expression turned out to be, for the parentheses around it and the arguments behind it.
#[derive(Debug, Clone, Copy, Default)]
struct Shape {
    head: Option<(u32, u32)>,
    /// May take arguments.
    applicable: bool,
    /// A constructor that has no arguments yet.
    bare_constructor: bool,
    constructor: bool,
    arguments: u32,
    /// One statement without operator, pipe, comma or keyword.
    simple: bool,
    /// Takes no argument, operator, pipe or field any more.
    closed: bool,
}

/// Lays out all items of a file.
/// In a script a `let` without types at the top begins an expression that takes the rest; elsewhere it is a slip.
pub fn layout(text: &str, tokens: &[Token], script: bool) -> LaidOut {
    let mut layout = Layout { script, ..Layout::new(text, tokens, 0) };
    layout.items(0);
    layout.out
}

/// Lays out one expression, or statements in one column (`darkc eval`).
pub fn layout_expression(text: &str, tokens: &[Token]) -> LaidOut {
    let mut layout = Layout::new(text, tokens, 0);
    layout.block();
    if !layout.is_end() {
        let token = layout.token().clone();
        layout.problem(token.span, LayoutProblem::Unexpected(token.kind));
    }
    layout.out
}

struct Layout<'a> {
    text: &'a str,
    tokens: &'a [Token],
    at: usize,
    out: LaidOut,
    depth: u32,
    holes: u32,
    too_deep: bool,
    script: bool,
    /// The column of the item that is being read.
    item_column: Option<u32>,
    /// Brackets open around the token.
    brackets: u32,
    /// The `if` and `match` around the token, inside of the innermost bracket.
    branches: Vec<(u32, Span)>,
    /// At least the height of the tree of what was read last, in the construct that is being read.
    height: u32,
}

impl<'a> Layout<'a> {
    fn new(text: &'a str, tokens: &'a [Token], holes: u32) -> Layout<'a> {
        Layout {
            text,
            tokens,
            at: 0,
            out: LaidOut::default(),
            depth: 0,
            holes,
            too_deep: false,
            script: true,
            item_column: None,
            brackets: 0,
            branches: Vec::new(),
            height: 0,
        }
    }

    // Looking.

    fn token(&self) -> &'a Token {
        // The list ends with `End`, and `at` never passes it.
        &self.tokens[self.at.min(self.tokens.len() - 1)]
    }

    fn kind(&self) -> &'a T {
        &self.token().kind
    }

    fn peek(&self, ahead: usize) -> &'a Token {
        &self.tokens[(self.at + ahead).min(self.tokens.len() - 1)]
    }

    fn is_end(&self) -> bool {
        matches!(self.kind(), T::End)
    }

    fn previous_end_row(&self) -> u32 {
        if self.at == 0 { 0 } else { self.tokens[self.at - 1].end_row }
    }

    /// The token begins on a later row than the previous one ends.
    fn on_new_row(&self) -> bool {
        self.at == 0 || self.token().row > self.previous_end_row()
    }

    // Emitting.

    fn emit_as(&mut self, kind: T) {
        let span = self.token().span;
        self.out.tokens.push((span.start, kind, span.end));
        self.bump();
    }

    fn emit(&mut self) {
        let kind = self.kind().clone();
        self.emit_as(kind);
    }

    fn bump(&mut self) {
        if self.at + 1 < self.tokens.len() {
            self.at += 1;
        }
    }

    /// A virtual token in front of the next real one.
    fn virtual_token(&mut self, kind: T) {
        let start = self.token().span.start;
        self.out.tokens.push((start, kind, start));
    }

    /// Notes a problem; what follows from skipping the rest of a text that is too deep is none.
    fn problem(&mut self, span: Span, problem: LayoutProblem) {
        if !self.too_deep {
            self.out.problems.push((span, problem));
        }
    }

    fn unclosed(&mut self, opener: &Token) {
        self.problem(self.token().span, LayoutProblem::Unclosed { opener: opener.kind.clone(), span: opener.span });
    }

    /// Runs a nested construct unless it is nested too deeply; then its tokens are skipped to the end of the item.
    fn nested(&mut self, run: impl FnOnce(&mut Self)) {
        self.depth += 1;
        if self.depth > NESTING_MAX {
            self.give_up();
        } else {
            run(self);
        }
        self.depth -= 1;
    }

    /// A nested construct between brackets.
    fn bracketed(&mut self, run: impl FnOnce(&mut Self)) {
        let branches = std::mem::take(&mut self.branches);
        self.brackets += 1;
        self.nested(run);
        self.brackets -= 1;
        self.branches = branches;
    }

    /// The token begins a declaration in the column of the item that is being read, or left of it: whatever is open has
    /// not been closed.
    fn next_declaration(&self) -> bool {
        let token = self.token();
        let declares = match (&token.kind, &self.peek(1).kind) {
            (T::Val, T::Lower(_)) | (T::Type, T::Upper(_)) => true,
            (T::Let, T::Lower(_)) => {
                matches!(self.peek(2).kind, T::LParen) || matches!(self.peek(2).kind, T::Lt) && self.peek(2).glued
            }
            (T::Lower(word), T::Upper(_)) => word == "module",
            _ => self.attribute_begins(),
        };
        declares && self.left_of_item()
    }

    /// On a new row, in the column of the item that is being read or left of it.
    fn left_of_item(&self) -> bool {
        self.on_new_row() && self.item_column.is_some_and(|column| self.token().col <= column)
    }

    /// Reports that the text is too deep, once, and skips the rest of it.
    fn give_up(&mut self) {
        self.problem(self.token().span, LayoutProblem::TooDeep);
        self.too_deep = true;
        while !self.is_end() {
            self.bump();
        }
    }

    /// One more level above what was read last.
    fn grow(&mut self) {
        self.height += 1;
        if self.height > HEIGHT_MAX {
            self.give_up();
        }
    }

    /// Refuses brackets nested too deeply where tokens are only copied (types, patterns of `let`).
    fn check_brackets(&mut self, depth: u32) {
        if self.depth + depth > NESTING_MAX {
            self.give_up();
        }
    }

    // Items.

    fn items(&mut self, min_column: u32) {
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
    fn resynchronise(&mut self, stuck: bool, quiet: bool, column: u32) {
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

    fn item(&mut self, column: u32) {
        let outer = self.item_column.replace(column);
        self.item_inside(column);
        self.item_column = outer;
    }

    fn item_inside(&mut self, column: u32) {
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

    fn attribute_begins(&self) -> bool {
        matches!(self.kind(), T::LBracket) && matches!(self.peek(1).kind, T::Lt) && self.peek(1).glued
    }

    fn attribute(&mut self) {
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

    fn module(&mut self, column: u32) {
        self.emit_as(T::Module);
        while matches!(self.kind(), T::Upper(_)) {
            self.emit();
            if matches!(self.kind(), T::Dot) {
                self.emit();
            }
        }
        if matches!(self.kind(), T::Eq) {
            self.emit();
            self.virtual_token(T::BodyOpen);
            self.nested(|layout| layout.items(column + 1));
            self.virtual_token(T::BodyClose);
        }
    }

    fn let_item(&mut self, attributes: bool, column: u32) {
        let keyword = self.token();
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
        if typed || attributes {
            return;
        }
        let function = bare || matches!(parameter.kind, T::LParen);
        let ends = !matches!(self.kind(), T::In) && !self.may_begin_statement();
        if ends || !self.script {
            self.problem(name, LayoutProblem::LetWithoutBody { function });
        }
        if ends || self.script {
            self.let_body_begins(keyword);
            self.block();
        }
    }

    /// The block behind the `=` of a declaration.
    fn item_body(&mut self) {
        let equals = self.tokens.get(self.at.saturating_sub(1)).map_or(self.token().span, |token| token.span);
        if self.is_end() || self.next_declaration() {
            self.problem(equals, LayoutProblem::NoBody);
            self.virtual_token(T::BlockOpen);
            self.virtual_token(T::BlockClose);
        } else {
            self.block();
        }
    }

    fn val_item(&mut self, column: u32) {
        self.emit();
        self.let_head(column);
        if matches!(self.kind(), T::Eq) {
            self.emit();
            self.item_body();
        }
    }

    fn expression_item(&mut self, column: u32) {
        let scope = Scope::at(column);
        self.expr(scope);
        if !matches!(self.kind(), T::Eq) {
            return;
        }
        self.emit_as(T::Assert);
        match self.kind() {
            T::Lower(word) if is_error_word(word) && self.error_message_follows() => {
                self.emit_as(T::ErrorWord);
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

    fn error_message_follows(&self) -> bool {
        match &self.peek(1).kind {
            T::Str(_) => true,
            T::Eq => matches!(self.peek(2).kind, T::Str(_)),
            _ => false,
        }
    }

    // Blocks.

    fn block(&mut self) {
        let outer = std::mem::take(&mut self.height);
        self.virtual_token(T::BlockOpen);
        self.nested(Self::statements);
        self.virtual_token(T::BlockClose);
        self.height = self.height.max(outer);
    }

    /// The statements of one block. The body of a `let` is a block of its own that takes the rest of the one around it,
    /// so blocks of `let` bodies are kept on a list instead of the call stack: a long file is not a deep one.
    fn statements(&mut self) {
        let mut anchors = vec![self.token().col];
        while let Some(&anchor) = anchors.last() {
            let before = self.at;
            if matches!(self.kind(), T::Let) {
                let keyword = self.token();
                if self.let_binding() {
                    self.virtual_token(T::BlockOpen);
                    if self.let_ends(keyword) {
                        self.virtual_token(T::BlockClose);
                        break;
                    }
                    anchors.push(self.token().col);
                    if anchors.len() > HEIGHT_MAX as usize {
                        self.give_up();
                    }
                    continue;
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
    fn statement_follows(&mut self, anchor: u32) -> bool {
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

    // Expressions.

    fn expr(&mut self, scope: Scope) -> Shape {
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
    fn goes_on(&mut self, shape: &mut Shape, scope: Scope) -> bool {
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
                self.pipe();
                self.next_operand(shape, scope)
            }
            kind if shape.applicable && self.argument_follows(shape, scope) => {
                if shape.bare_constructor && shape.arguments == 0 && matches!(kind, T::LParen) {
                    self.constructor_arguments();
                    shape.applicable = false;
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

    fn next_operand(&mut self, shape: &mut Shape, scope: Scope) -> bool {
        *shape = Shape::default();
        self.operand(shape, scope, false)
    }

    /// A pipe in the column of an `if` or `match` looks as if it took its result, but it belongs to the last branch.
    fn check_pipe(&mut self) {
        let token = self.token();
        let branch = self.branches.iter().find(|(column, _)| token.col <= *column);
        if let Some((_, keyword)) = branch.filter(|_| self.on_new_row()) {
            let keyword = *keyword;
            self.problem(token.span, LayoutProblem::PipeIntoBranch { keyword });
        }
    }

    fn pipe(&mut self) {
        let operator = section_operator(&self.peek(2).kind);
        let is_section = matches!(self.peek(1).kind, T::LParen) && matches!(self.peek(3).kind, T::RParen);
        match operator {
            Some(operator) if is_section && starts_argument(&self.peek(4).kind) => {
                let end = self.peek(3).span.end;
                self.out.tokens.push((self.token().span.start, T::PipeSection(operator), end));
                (0..4).for_each(|_| self.bump());
            }
            _ => self.emit(),
        }
    }

    fn argument_follows(&self, shape: &Shape, scope: Scope) -> bool {
        let token = self.token();
        let begins = match &token.kind {
            T::Minus => token.spaced && self.peek(1).glued && is_signed_number(&self.peek(1).kind),
            kind => starts_argument(kind),
        };
        begins && continues(shape.head, token, scope)
    }

    fn operator_continues(&self, scope: Scope) -> bool {
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
    fn operand(&mut self, shape: &mut Shape, scope: Scope, argument: bool) -> bool {
        let head = (self.token().row, self.token().col);
        while !argument && matches!(self.kind(), T::Minus) && !is_signed_number(&self.peek(1).kind) {
            self.emit_as(T::Pre);
            self.grow();
        }
        let mut own = Shape { head: Some(head), ..*shape };
        match self.kind() {
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
    fn name(&mut self, shape: &mut Shape) {
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

    /// `{ x: 1 }` behind a type's name: a record as other languages write it.
    fn field_with_colon(&self) -> bool {
        matches!(self.peek(1).kind, T::Lower(_) | T::Upper(_)) && matches!(self.peek(2).kind, T::Colon)
    }

    fn braces_or_arguments(&mut self, shape: &mut Shape) {
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

    fn constructor_arguments(&mut self) {
        let opener = self.token();
        self.emit_as(T::CtorParen);
        let scope = Scope { anchor: Some(self.token().col), exact: true };
        self.bracketed(|layout| layout.elements(opener, false, |layout| layout.expr(scope)));
    }

    fn list(&mut self) {
        let opener = self.token();
        self.emit();
        self.elements(opener, true, |layout| {
            let scope = Scope::at(layout.token().col);
            layout.expr(scope)
        });
    }

    /// Elements up to the closing bracket of `opener`, separated by commas, semicolons if allowed, or new rows.
    fn elements(&mut self, opener: &Token, semicolons: bool, mut element: impl FnMut(&mut Self) -> Shape) {
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
                _ if self.at == before || self.is_end() => return self.unclosed(opener),
                _ if self.on_new_row() => self.virtual_token(T::ElementSep),
                kind if starts_argument(kind) || matches!(kind, T::Fun | T::If | T::Match | T::Let) => {
                    let what = beginning(kind);
                    self.problem(self.token().span, LayoutProblem::SameLine { what });
                    self.virtual_token(T::ElementSep);
                }
                _ => return self.unclosed(opener),
            }
        }
    }

    /// `name = value` up to the closing brace.
    fn fields(&mut self, opener: &Token) {
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

    fn update(&mut self, scope: Scope) {
        let opener = self.token();
        self.emit_as(T::UpdateBrace);
        self.expr(scope);
        match self.kind() {
            T::With => {
                self.emit();
                self.fields(opener);
            }
            T::Eq | T::Colon | T::RBrace | T::Semi | T::Comma => {
                self.problem(opener.span, LayoutProblem::BareBraces);
                self.skip_braces();
            }
            _ => self.unclosed(opener),
        }
    }

    /// Skips to behind the closing brace, or to the next declaration.
    fn skip_braces(&mut self) {
        let mut depth = 1u32;
        while depth > 0 && !self.is_end() && !self.next_declaration() {
            match self.kind() {
                T::LBrace => depth += 1,
                T::RBrace => depth -= 1,
                _ => {}
            }
            self.bump();
        }
    }

    fn parenthesis(&mut self, shape: &mut Shape) {
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
                _ if self.at == before || self.is_end() || !self.may_begin_statement() => return self.unclosed(opener),
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

    fn may_begin_statement(&self) -> bool {
        let kind = self.kind();
        starts_argument(kind) || matches!(kind, T::Fun | T::If | T::Match | T::Let | T::Minus)
    }

    fn interpolation(&mut self, parts: &'a [RawPart]) {
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

    fn hole(&mut self, hole: Span, cursor: &mut Cursor) {
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
            self.out.tokens.append(&mut inner.out.tokens);
            self.out.problems.append(&mut inner.out.problems);
        }
        self.out.tokens.push((hole.end, T::HoleClose, hole.end));
    }

    fn lambda(&mut self) {
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

    fn let_expr(&mut self) {
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

    /// Reports a `let` with nothing behind its value: the text, its brackets or its item end.
    fn let_ends(&mut self, keyword: &Token) -> bool {
        let inside = self.item_column.is_some_and(|column| keyword.col > column) && self.brackets == 0;
        let ends = !self.may_begin_statement() || (inside && self.left_of_item());
        if ends {
            self.problem(keyword.span, LayoutProblem::LetAtEnd);
        }
        ends
    }

    /// A `let` up to where its body begins; false if it has none.
    fn let_binding(&mut self) -> bool {
        let keyword = self.token();
        self.emit();
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
    fn let_body_begins(&mut self, keyword: &Token) {
        if matches!(self.kind(), T::In) {
            self.emit();
        } else if self.on_new_row() && self.token().col > keyword.col && self.may_begin_statement() {
            self.problem(self.token().span, LayoutProblem::DeepBody { keyword: keyword.span });
        }
    }

    /// Everything of a `let` or `val` up to its `=`; true if a `:` stands outside parentheses.
    fn let_head(&mut self, column: u32) -> bool {
        let (mut depth, mut angles, mut typed) = (0u32, 0u32, false);
        while !self.is_end() && !(depth == 0 && matches!(self.kind(), T::Eq)) {
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

    fn if_expr(&mut self) {
        let first = self.token();
        self.branches.push((first.col, first.span));
        self.if_chain(first.col);
        self.branches.pop();
    }

    fn if_chain(&mut self, chain: u32) {
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

    fn match_expr(&mut self) {
        let keyword = self.token();
        self.branches.push((keyword.col, keyword.span));
        self.match_parts();
        self.branches.pop();
    }

    fn match_parts(&mut self) {
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

    // Patterns and types.

    /// The tokens of one arm's pattern, up to `->` or `when`.
    fn pattern(&mut self, scope: Scope) {
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
            if begins && complete && in_elements && self.on_new_row() && !continues(head, token, scope) {
                self.virtual_token(T::ElementSep);
                complete = false;
            }
            if begins && !complete {
                head = Some((token.row, token.col));
            }
            match &token.kind {
                T::Upper(_) => {
                    self.emit();
                    complete = true;
                    if matches!(self.kind(), T::LParen) {
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

    /// One token where a type may stand: angle brackets are re-tagged.
    fn type_token(&mut self) {
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

    fn type_arguments(&mut self) {
        let (mut depth, mut parens) = (0i32, 0u32);
        loop {
            match self.kind() {
                T::Lt => depth += 1,
                T::Gt => depth -= 1,
                T::Shr => depth -= 2,
                T::Lower(_) | T::Upper(_) | T::TyVar(_) | T::Dot | T::Comma | T::StarSign | T::Arrow => {}
                T::LParen => parens += 1,
                T::RParen => parens = parens.saturating_sub(1),
                _ => return,
            }
            self.check_brackets(depth.unsigned_abs() + parens);
            self.type_token();
            if depth <= 0 {
                return;
            }
        }
    }

    fn type_declaration(&mut self) {
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

/// May `token` still be an argument of the application whose head stands at `head`?
fn continues(head: Option<(u32, u32)>, token: &Token, scope: Scope) -> bool {
    let by_head = head.is_some_and(|(row, col)| token.row == row || token.col > col);
    by_head || scope.anchor.is_some_and(|anchor| if scope.exact { token.col != anchor } else { token.col > anchor })
}

fn starts_argument(kind: &T) -> bool {
    matches!(
        kind,
        T::True
            | T::False
            | T::Int(..)
            | T::Float(_)
            | T::Char(_)
            | T::Str(_)
            | T::Interpolated(_)
            | T::Lower(_)
            | T::Upper(_)
            | T::LParen
            | T::LBracket
            | T::LBrace
    )
}

fn beginning(kind: &T) -> Beginning {
    match kind {
        T::Fun => Beginning::Lambda,
        T::If | T::Match | T::Let => Beginning::Keyword,
        _ => Beginning::Other,
    }
}

fn ends_block(kind: &T) -> bool {
    matches!(
        kind,
        T::Or
            | T::RParen
            | T::RBracket
            | T::RBrace
            | T::Semi
            | T::Comma
            | T::In
            | T::Then
            | T::Else
            | T::With
            | T::Arrow
            | T::End
    )
}

fn closes(opener: &T, kind: &T) -> bool {
    matches!(
        (opener, kind),
        (T::LParen | T::CtorParen, T::RParen) | (T::LBracket, T::RBracket) | (T::LBrace, T::RBrace)
    )
}

fn is_error_word(word: &str) -> bool {
    matches!(word, "error" | "sqlerror")
}

fn is_signed_number(kind: &T) -> bool {
    use crate::ast::IntType::*;
    matches!(kind, T::Int(_, Int | Int8 | Int16 | Int32 | Int64 | Int128) | T::Float(_))
}

fn is_pattern_token(kind: &T) -> bool {
    starts_argument(kind) && !matches!(kind, T::LBrace | T::Interpolated(_))
        || matches!(
            kind,
            T::Underscore | T::Minus | T::RParen | T::RBracket | T::Comma | T::Semi | T::ColonColon | T::Or
        )
}

fn infix(kind: &T) -> Option<Operator> {
    Some(match kind {
        T::OrOr => Operator::Or,
        T::AndAnd => Operator::And,
        T::EqEq => Operator::Equal,
        T::NotEq => Operator::NotEqual,
        T::Lt => Operator::Less,
        T::Gt => Operator::Greater,
        T::Le => Operator::LessEqual,
        T::Ge => Operator::GreaterEqual,
        T::At => Operator::ListAppend,
        T::Plus => Operator::Add,
        T::Minus => Operator::Subtract,
        T::PlusPlus => Operator::Concat,
        T::StarSign => Operator::Multiply,
        T::Slash => Operator::Divide,
        T::Percent => Operator::Modulo,
        T::Caret => Operator::Power,
        T::ColonColon => Operator::Cons,
        _ => return None,
    })
}

fn section_operator(kind: &T) -> Option<Operator> {
    infix(kind).filter(|operator| *operator != Operator::Cons)
}
