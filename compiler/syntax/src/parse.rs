//! The one door of this crate: text to tree, never an error. The generated parser and its error types do not leave it.

use crate::ast::{Expr, ExprKind, File, Item, ItemKind, Module};
use crate::build::{Builder, grammar_error};
use crate::checks;
use crate::diagnostics as say;
use crate::grammar::{FileParser, HoleParser};
use crate::layout::{LaidOut, LayoutProblem, layout, layout_expression};
use crate::lexer::{Comment, Lexed, lex};
use crate::token::T;
use dark_diagnostics::Diagnostic;
use dark_source::{FileId, Span};

/// What a file is used for; the grammar is the same, `checks` enforces the differences.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Mode {
    /// Library and application code.
    Package,
    /// A runnable file with top-level expressions.
    Script,
    /// A test file with `a = b` lines.
    Test,
    /// The standard library: package code that may declare functions without body.
    Std,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Parse {
    pub tree: File,
    pub diagnostics: Vec<Diagnostic>,
    /// All comments but documentation comments, in order.
    pub comments: Vec<Comment>,
}

/// An expression given by itself, as `darkc eval` takes it.
#[derive(Debug, Clone, PartialEq)]
pub struct ParsedExpression {
    pub expr: Expr,
    pub diagnostics: Vec<Diagnostic>,
}

/// Parses a file.
pub fn parse(text: &str, file: FileId, mode: Mode) -> Parse {
    let lexed = lex(text, 0..text.len());
    let laid_out = layout(text, &lexed.tokens);
    let mut builder = builder(&lexed);
    let tokens = laid_out.tokens.iter().cloned().map(Ok);
    let items = match FileParser::new().parse(&mut builder, tokens) {
        Ok(items) => wrap_headers(items),
        Err(error) => {
            builder.errors.push(grammar_error(error));
            Vec::new()
        }
    };
    let tree = File { items, span: Span::new(0, text.len()) };
    let mut diagnostics = reports(text, file, &lexed, &laid_out, &builder);
    let said: Vec<Span> = diagnostics.iter().map(|it| it.primary.location.span).collect();
    let broken = |start: u32| near(text, &said, start);
    checks::check(&tree, file, mode, text, &broken, &mut diagnostics);
    diagnostics.sort_by_key(|it| (it.primary.location.span.start, it.code.id));
    Parse { tree, diagnostics, comments: lexed.comments }
}

/// Parses one expression, or statements in one column.
pub fn parse_expression(text: &str, file: FileId) -> ParsedExpression {
    let lexed = lex(text, 0..text.len());
    let laid_out = layout_expression(text, &lexed.tokens);
    let mut builder = builder(&lexed);
    let tokens = laid_out.tokens.iter().cloned().map(Ok);
    let expr = match HoleParser::new().parse(&mut builder, tokens) {
        Ok(expr) => expr,
        Err(error) => {
            builder.errors.push(grammar_error(error));
            Expr { kind: ExprKind::Error, span: Span::new(0, text.len()) }
        }
    };
    let mut diagnostics = reports(text, file, &lexed, &laid_out, &builder);
    checks::check_expression(&expr, file, &mut diagnostics);
    ParsedExpression { expr, diagnostics }
}

fn builder(lexed: &Lexed) -> Builder<'_> {
    let docs = lexed
        .tokens
        .iter()
        .filter_map(|token| Some((token.span.start, lexed.docs.get(token.doc? as usize)?.as_str())))
        .collect();
    Builder { docs, ..Builder::default() }
}

/// A header `module A.B` takes the rest of its body.
fn wrap_headers(items: Vec<Item>) -> Vec<Item> {
    let mut out: Vec<Item> = Vec::new();
    let mut rest = items.into_iter();
    while let Some(mut item) = rest.next() {
        if let ItemKind::Module(Module { items: inside, header, .. }) = &mut item.kind {
            if *header {
                *inside = wrap_headers(rest.by_ref().collect());
                item.span = inside.last().map_or(item.span, |last| item.span.to(last.span));
            } else {
                *inside = wrap_headers(std::mem::take(inside));
            }
        }
        out.push(item);
    }
    out
}

/// One problem, one message: what the lexer says about a place silences layout and grammar there, and what the layout
/// pass says silences the grammar.
fn reports(text: &str, file: FileId, lexed: &Lexed, laid_out: &LaidOut, builder: &Builder<'_>) -> Vec<Diagnostic> {
    let mut out: Vec<Diagnostic> =
        lexed.problems.iter().map(|problem| say::token::describe(problem.span, &problem.kind, text, file)).collect();
    let quiet: Vec<Span> = lexed.problems.iter().map(|problem| problem.span).collect();
    let mut said: Vec<Span> = quiet.clone();
    for (span, problem) in &laid_out.problems {
        if matches!(problem, LayoutProblem::Unexpected(T::Bad)) || same_line(text, &quiet, *span) {
            continue;
        }
        out.push(say::layout::describe(*span, problem, text, file));
        said.push(*span);
    }
    for error in &builder.errors {
        if !matches!(error.found, Some(T::Bad)) && !near(text, &said, error.span.start) {
            out.push(say::grammar::describe(error, text, file));
            said.push(error.span);
        }
    }
    out.extend(builder.checks.iter().map(|check| say::token::describe_check(check, file)));
    out
}

fn line_of(text: &str, offset: u32) -> usize {
    text.as_bytes().iter().take(offset as usize).filter(|byte| **byte == b'\n').count()
}

fn same_line(text: &str, spans: &[Span], span: Span) -> bool {
    spans.iter().any(|other| line_of(text, other.start) == line_of(text, span.start))
}

/// Something was already said about the item at `place`: what else is found there is likely a consequence.
fn near(text: &str, said: &[Span], place: u32) -> bool {
    said.iter().any(|span| {
        let (from, to) = (span.start.min(place) as usize, span.start.max(place) as usize);
        let between = text.get(from..to).unwrap_or_default();
        // Between two items stands a line that begins in the first column.
        !between.split('\n').skip(1).any(|line| line.starts_with(|c: char| !c.is_whitespace()))
    })
}
