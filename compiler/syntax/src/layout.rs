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
//! Reading order: this file (problems, the state, nesting), `items`, `blocks`, `lets`, `expressions`, `brackets`, `patterns`, `tokens`.

mod blocks;
mod brackets;
mod expressions;
mod items;
mod lets;
mod patterns;
mod tokens;

use crate::lexer::ProblemKind;
use crate::token::{T, Token};
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
    /// `a<b`: type arguments that do not end.
    GluedLess,
    /// `let = 1`
    NoName,
    /// `let f (x: T) : R` with a body but no `=`.
    NoEquals,
    /// A declaration ends with its `=`.
    NoBody,
    /// A parameter of a declared function without parentheses and type.
    BareParameter,
    /// `module A =` with nothing deeper behind it.
    EmptyModule,
    /// A line that begins with an operator, left of what it would go on with.
    OperatorLeft {
        keyword: Span,
    },
    /// `.5`
    PointNumber,
    /// `let x: T = …` inside of an expression.
    TypedLet,
    /// `let a, b = …`
    BareTuple,
    /// `let f x = …` inside of an expression.
    BareNestedParameter,
    /// `fun (x: T) -> …`
    TypedLambda,
    /// `fun { x } -> …`
    RecordParameter,
    /// `(x: T, y: U)`
    CommaParameters,
    /// `function | A -> …`
    ForeignFunction,
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

/// Whether a token is an operator between two operands.
pub fn is_operator(kind: &T) -> bool {
    tokens::infix(kind).is_some()
}

/// Lays out all items of a file.
/// In a script a `let` without types at the top begins an expression that takes the rest; elsewhere it is a slip.
pub fn layout(text: &str, tokens: Vec<Token>, script: bool) -> LaidOut {
    let mut layout = Layout { script, ..Layout::new(text, &tokens, 0) };
    layout.items(0);
    let (out, moved) = (layout.out, layout.moved);
    with_texts(out, &moved, tokens)
}

/// Lays out one expression, or statements in one column (`darkc eval`).
pub fn layout_expression(text: &str, tokens: Vec<Token>) -> LaidOut {
    let mut layout = Layout::new(text, &tokens, 0);
    layout.block();
    if !layout.is_end() {
        let token = layout.token().clone();
        layout.problem(token.span, LayoutProblem::Unexpected(token.kind));
    }
    let (out, moved) = (layout.out, layout.moved);
    with_texts(out, &moved, tokens)
}

/// Moves the texts of tokens to where these were emitted.
fn with_texts(mut out: LaidOut, moved: &[(usize, usize)], mut tokens: Vec<Token>) -> LaidOut {
    for &(to, from) in moved {
        if let (Some((_, kind, _)), Some(token)) = (out.tokens.get_mut(to), tokens.get_mut(from)) {
            std::mem::swap(kind, &mut token.kind);
        }
    }
    out
}

struct Layout<'a> {
    text: &'a str,
    tokens: &'a [Token],
    at: usize,
    out: LaidOut,
    /// Tokens with a text that were emitted as `T::Bad`, and where they come from: texts are not copied.
    moved: Vec<(usize, usize)>,
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
            // A fourth is virtual.
            out: LaidOut { tokens: Vec::with_capacity(tokens.len() + tokens.len() / 4), problems: Vec::new() },
            moved: Vec::with_capacity(tokens.len() / 2),
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
        let kind = match self.kind() {
            T::Lower(_) | T::Upper(_) | T::TyVar(_) | T::Int(..) | T::Char(_) | T::Str(_) => {
                self.moved.push((self.out.tokens.len(), self.at));
                T::Bad
            }
            kind => kind.clone(),
        };
        self.emit_as(kind);
    }

    fn bump(&mut self) {
        if self.at + 1 < self.tokens.len() {
            self.at += 1;
        }
    }

    /// A virtual token: what closes stands behind the last real token, everything else in front of the next one, so
    /// that spans of the tree hold no white space at their ends.
    fn virtual_token(&mut self, kind: T) {
        let behind = self.at.checked_sub(1).and_then(|at| self.tokens.get(at)).map_or(0, |token| token.span.end);
        let at = match kind {
            T::BlockClose | T::BodyClose => behind,
            _ => self.token().span.start,
        };
        self.out.tokens.push((at, kind, at));
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
}

#[cfg(test)]
mod tests;
