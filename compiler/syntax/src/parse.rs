//! The one door of this crate: text to tree, never an error. The generated parser and its error types do not leave it.

use crate::ast::{Expr, ExprKind, File, Item, ItemKind, Module};
use crate::build::{Builder, grammar_error};
use crate::checks;
use crate::diagnostics as say;
use crate::grammar::{FileParser, HoleParser};
use crate::layout::{LaidOut, LayoutProblem, layout, layout_expression};
use crate::lexer::{Comment, Cursor, Lexed, lex, lex_from};
use crate::token::{T, Token};
use dark_diagnostics::{Diagnostic, Severity};
use dark_source::{FileId, LineIndex, Span};
use std::cell::LazyCell;
use std::collections::HashSet;

/// Headers `module A` inside of each other; every later phase walks modules by recursion.
const HEADERS_MAX: usize = 64;

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
    /// All comments in order, also those that document something.
    pub comments: Vec<Comment>,
    /// Where its items begin, also those that could not be read.
    pub starts: Vec<u32>,
    /// The names that declarations would have which could not be read.
    pub lost: Vec<String>,
}

/// An expression given by itself, as `darkc eval` takes it.
#[derive(Debug, Clone, PartialEq)]
pub struct ParsedExpression {
    pub expr: Expr,
    pub diagnostics: Vec<Diagnostic>,
}

/// Parses a file.
pub fn parse(text: &str, file: FileId, mode: Mode) -> Parse {
    let mut lexed = lex(text);
    let read = std::mem::take(&mut lexed.tokens);
    let mut builder = builder(&read, &lexed.docs);
    let mut laid_out = layout(text, read, mode == Mode::Script);
    let regions = Regions::of(&laid_out);
    let tokens = std::mem::take(&mut laid_out.tokens).into_iter().map(Ok);
    let items = match FileParser::new().parse(&mut builder, tokens) {
        Ok(items) => wrap_headers(items),
        Err(error) => {
            builder.errors.push(grammar_error(error));
            Vec::new()
        }
    };
    let tree = File { items, span: Span::new(0, text.len()) };
    let mut diagnostics = reports(text, file, &lexed, &laid_out, &builder, &regions);
    let errors = diagnostics.iter().filter(|it| it.code.severity == Severity::Error);
    let broken: HashSet<usize> = errors.map(|it| regions.at(it.primary.location.span.start)).collect();
    let is_broken = |start: u32| broken.contains(&regions.at(start));
    checks::check(&tree, file, mode, text, &is_broken, &mut diagnostics);
    diagnostics.sort_by_key(|it| (it.primary.location.span.start, it.code.id));
    let mut lost = Vec::new();
    lost_names(&tree.items, text, &is_broken, &mut lost);
    Parse { tree, diagnostics, comments: lexed.comments, starts: regions.starts, lost }
}

/// The names of what could not be read, as far as its first words tell.
fn lost_names(items: &[Item], text: &str, is_broken: &dyn Fn(u32) -> bool, out: &mut Vec<String>) {
    for item in items {
        match &item.kind {
            ItemKind::Module(module) => lost_names(&module.items, text, is_broken, out),
            // What a broken `let` of a script names is not seen by the items behind it.
            ItemKind::Expr(_) if !is_broken(item.span.start) => {}
            ItemKind::Error | ItemKind::Expr(_) => {
                out.extend(text.get(item.span.start as usize..).and_then(declared_name))
            }
            _ => {}
        }
    }
}

fn declared_name(text: &str) -> Option<String> {
    let text = match text.strip_prefix("[<") {
        Some(attribute) => attribute.split_once(">]")?.1,
        None => text,
    };
    let mut words = text.split_whitespace();
    if !matches!(words.next()?, "let" | "val" | "type" | "module" | "and") {
        return None;
    }
    let name = words.find(|word| !matches!(*word, "rec" | "mutable" | "inline" | "private"))?;
    let length = name.find(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '\''))).unwrap_or(name.len());
    name.get(..length).filter(|name| !name.is_empty()).map(String::from)
}

/// Parses one expression, or statements in one column.
pub fn parse_expression(text: &str, file: FileId) -> ParsedExpression {
    let mut lexed = lex(text);
    let read = std::mem::take(&mut lexed.tokens);
    let mut builder = builder(&read, &lexed.docs);
    let mut laid_out = layout_expression(text, read);
    let regions = Regions::of(&laid_out);
    let tokens = std::mem::take(&mut laid_out.tokens).into_iter().map(Ok);
    let expr = match HoleParser::new().parse(&mut builder, tokens) {
        Ok(expr) => expr,
        Err(error) => {
            builder.errors.push(grammar_error(error));
            Expr { kind: ExprKind::Error, span: Span::new(0, text.len()) }
        }
    };
    let mut diagnostics = reports(text, file, &lexed, &laid_out, &builder, &regions);
    checks::check_expression(&expr, file, &mut diagnostics);
    ParsedExpression { expr, diagnostics }
}

/// The item of a part of a text that has nothing wrong with it; its places are those of the whole text. The part begins at
/// the beginning of a line.
pub fn parse_item(text: &str, part: Span) -> Option<Item> {
    let start = part.start as usize;
    let lexed = lex_from(text, part.range(), Cursor { at: start, ..Cursor::default() });
    let mut builder = builder(&lexed.tokens, &lexed.docs);
    let laid_out = layout(text, lexed.tokens, false);
    let items = FileParser::new().parse(&mut builder, laid_out.tokens.into_iter().map(Ok)).ok()?;
    items.into_iter().next()
}

fn builder<'a>(tokens: &[Token], docs: &'a [String]) -> Builder<'a> {
    let behind = tokens.iter().skip(1).chain(tokens.last());
    let documented = tokens.iter().zip(behind).filter_map(|(token, next)| {
        // What stands in front of the `|` of a case documents the case.
        let start = if token.kind == T::Or { next.span.start } else { token.span.start };
        Some((start, docs.get(token.doc? as usize)?.as_str()))
    });
    Builder { docs: documented.collect(), ..Builder::default() }
}

/// A header `module A.B` takes the rest of its body. A header behind a header is inside of it, so the nesting is built
/// from the last one outwards; beyond `HEADERS_MAX` the outer ones stay empty.
fn wrap_headers(items: Vec<Item>) -> Vec<Item> {
    let mut out: Vec<Item> = Vec::new();
    let mut headers = 0;
    for mut item in items.into_iter().rev() {
        if let ItemKind::Module(Module { items: inside, header, .. }) = &mut item.kind {
            if !*header {
                *inside = wrap_headers(std::mem::take(inside));
            } else if headers < HEADERS_MAX {
                headers += 1;
                out.reverse();
                *inside = std::mem::take(&mut out);
                item.span = inside.last().map_or(item.span, |last| item.span.to(last.span));
            }
        }
        out.push(item);
    }
    out.reverse();
    out
}

/// The parts of a file between which problems do not spread: its items, also those of inner modules.
struct Regions {
    starts: Vec<u32>,
}

impl Regions {
    fn of(laid_out: &LaidOut) -> Regions {
        let begins = |kind: &T| matches!(kind, T::ItemSep | T::BodyOpen);
        let starts = laid_out.tokens.iter().filter(|(_, kind, _)| begins(kind)).map(|(start, ..)| *start).collect();
        Regions { starts }
    }

    fn at(&self, offset: u32) -> usize {
        self.starts.partition_point(|start| *start <= offset)
    }

    /// The region a problem belongs to: what is missing in front of an item's first token is missing in the item before.
    fn of_problem(&self, span: Span, missing: bool) -> usize {
        let region = self.at(span.start);
        let first = self.starts.binary_search(&span.start).is_ok();
        if missing && first { region.saturating_sub(1) } else { region }
    }
}

/// What could not be read may begin with a word of another language, on its own line or where its item begins.
fn foreign_word(text: &str, span: Span, region: usize, regions: &Regions, file: FileId) -> Option<Diagnostic> {
    let item = region.checked_sub(1).and_then(|before| regions.starts.get(before)).copied();
    let item = item.unwrap_or_else(|| text.len().saturating_sub(text.trim_start().len()) as u32);
    say::habit::on_the_line(text, span, file)
        .or_else(|| say::habit::on_the_line(text, Span { start: item, end: item }, file))
}

/// One problem, one message: what the lexer says about a line silences the layout pass there, and what either says about
/// an item silences the grammar in it.
fn reports(
    text: &str,
    file: FileId,
    lexed: &Lexed,
    laid_out: &LaidOut,
    builder: &Builder<'_>,
    regions: &Regions,
) -> Vec<Diagnostic> {
    let lines = LazyCell::new(|| LineIndex::new(text));
    let line = |span: Span| lines.position(text, span.start).line;
    let mut out: Vec<Diagnostic> =
        lexed.problems.iter().map(|problem| say::token::describe(problem.span, &problem.kind, text, file)).collect();
    let quiet: HashSet<u32> = lexed.problems.iter().map(|problem| line(problem.span)).collect();
    let mut said: HashSet<usize> = lexed.problems.iter().map(|problem| regions.at(problem.span.start)).collect();
    for (span, problem) in &laid_out.problems {
        if matches!(problem, LayoutProblem::Unexpected(T::Bad)) || quiet.contains(&line(*span)) {
            continue;
        }
        let words = say::layout::describe(*span, problem, text, file);
        if words.code.severity == Severity::Warning {
            out.push(words);
            continue;
        }
        let region = regions.of_problem(*span, true);
        let opener = match problem {
            LayoutProblem::Unclosed { span, .. } => say::habit::on_the_line(text, *span, file),
            _ => None,
        };
        match opener.or_else(|| foreign_word(text, *span, region, regions, file)) {
            Some(foreign) if said.contains(&region) => drop(foreign),
            Some(foreign) => out.push(foreign),
            None => out.push(words),
        }
        said.insert(region);
        // What follows a stray token at the beginning of an item is in the item, which is nothing without it.
        if matches!(problem, LayoutProblem::Unexpected(_)) {
            said.insert(regions.at(span.start));
        }
        if let LayoutProblem::Unclosed { span: opener, .. } = problem {
            said.insert(regions.at(opener.start));
        }
    }
    for error in &builder.errors {
        let missing = error.span.is_empty() || matches!(error.found, None | Some(T::ItemSep | T::BodyClose));
        if !matches!(error.found, Some(T::Bad)) && said.insert(regions.of_problem(error.span, missing)) {
            let words = || say::grammar::describe(error, text, file);
            let region = regions.of_problem(error.span, missing);
            out.push(foreign_word(text, error.span, region, regions, file).unwrap_or_else(words));
        }
    }
    out.extend(builder.checks.iter().map(|check| say::token::describe_check(check, file)));
    out
}
