//! Any text: a tree in every mode, with every place inside of the text (in a good one also of what is around it), and
//! messages that can be drawn. One broken item costs itself and at most the next one: what is declared behind them stays.

use crate::corpus::Corpus;
use crate::mutate;
use crate::random::Random;
use crate::target::Promise;
use crate::targets::{broken, outside};
use dark_diagnostics::{Diagnostic, Severity, render};
use dark_source::{FileId, Span};
use dark_syntax::ast::{Expr, File, Item, ItemKind};
use dark_syntax::{Mode, parse, parse_expression};

/// In front of the number of a line of the text above, and of what is in its place.
const CUT: &str = "\n//// line ";

/// What a text is read as, by its first line.
const USES: &[(&str, Option<Mode>)] = &[
    ("//// std\n", Some(Mode::Std)),
    ("//// package\n", Some(Mode::Package)),
    ("//// script\n", Some(Mode::Script)),
    ("//// test\n", Some(Mode::Test)),
    ("//// expression\n", None),
];

/// What a line is broken with.
const INSERTED: &[&str] = &[")", "(", "]", "[", "}", "=", "->", "|", "if", "match", "1", "let"];
const REPLACING: &[&str] = &["=", "(", "with", "{", "then", "..."];

#[derive(Debug)]
pub struct Parser {
    corpus: Corpus,
}

impl Parser {
    pub fn new() -> Parser {
        Parser { corpus: Corpus::read() }
    }

    /// A good text, and one of its lines with a token broken.
    fn recovery(&self, random: &mut Random) -> String {
        let (good, _) = self.corpus.piece(random);
        let lines: Vec<&str> = good.lines().collect();
        let at = random.below(lines.len());
        let line = lines.get(at).map_or(String::new(), |line| broken_line(line, random));
        format!("{good}{CUT}{at}\n{line}")
    }
}

fn broken_line(line: &str, random: &mut Random) -> String {
    let mut tokens = mutate::split(line);
    let at = random.below(tokens.len());
    if !tokens.is_empty() {
        match random.below(3) {
            0 => {
                tokens.remove(at);
            }
            1 => tokens.insert(at, random.pick(INSERTED).unwrap_or(&"")),
            _ => tokens[at] = random.pick(REPLACING).unwrap_or(&""),
        }
    }
    tokens.concat()
}

/// Strings, comments and names in backticks may swallow what follows, so the lines that have them are no test.
fn may_swallow(line: &str) -> bool {
    line.contains(['"', '`', '\'', '*']) || line.contains("//")
}

impl Promise for Parser {
    const NAME: &'static str = "parser";

    fn input(&mut self, random: &mut Random) -> String {
        if random.one_in(3) {
            return self.recovery(random);
        }
        let line = random.pick(USES).map_or("", |it| it.0);
        format!("{line}{}", broken(&self.corpus, random))
    }

    fn check(&mut self, input: &str) -> Result<(), String> {
        if let Some((good, edit)) = input.split_once(CUT) {
            return recovers(good, edit);
        }
        let mode = USES.iter().find(|(line, _)| input.starts_with(line)).map_or(Some(Mode::Script), |it| it.1);
        if let Some(mode) = mode {
            let parsed = parse(input, FileId(0), mode);
            places(input, &parsed.tree, &parsed.diagnostics)?;
            return messages(input, &parsed.diagnostics);
        }
        let parsed = parse_expression(input, FileId(0));
        within(input, None, &parsed.expr)?;
        messages(input, &parsed.diagnostics)
    }
}

/// In a text with errors, what is missing stands where it was looked for, and what is broken reaches to where it broke.
fn places(text: &str, tree: &File, diagnostics: &[Diagnostic]) -> Result<(), String> {
    let good = diagnostics.iter().all(|it| it.code.severity == Severity::Warning);
    tree.items.iter().try_for_each(|it| item(text, good.then_some(tree.span), it))
}

fn inside(text: &str, around: Option<Span>, span: Span, what: &str) -> Result<(), String> {
    if outside(text, span) {
        return Err(format!("{what} outside of the text: {span:?}"));
    }
    match around.filter(|around| span.start < around.start || around.end < span.end) {
        Some(around) => Err(format!("{what} at {span:?} is not inside of {around:?}")),
        None => Ok(()),
    }
}

fn item(text: &str, around: Option<Span>, it: &Item) -> Result<(), String> {
    inside(text, around, it.span, "an item")?;
    let own = around.map(|_| it.span);
    match &it.kind {
        ItemKind::Module(module) => module.items.iter().try_for_each(|inner| item(text, own, inner)),
        ItemKind::Function(function) => function.body.iter().try_for_each(|body| within(text, own, body)),
        ItemKind::Value(value) => within(text, own, &value.body),
        ItemKind::Expr(expr) => within(text, own, expr),
        ItemKind::Test(test) => within(text, own, &test.actual),
        ItemKind::Type(_) | ItemKind::Db(_) | ItemKind::Error => Ok(()),
    }
}

fn within(text: &str, around: Option<Span>, expr: &Expr) -> Result<(), String> {
    inside(text, around, expr.span, "an expression")?;
    let own = around.map(|_| expr.span);
    expr.children().into_iter().try_for_each(|child| within(text, own, child))
}

struct OneFile<'a>(&'a str);

impl render::Sources for OneFile<'_> {
    fn path(&self, _: FileId) -> &str {
        "fuzz.dark"
    }

    fn text(&self, _: FileId) -> &str {
        self.0
    }
}

fn messages(text: &str, diagnostics: &[Diagnostic]) -> Result<(), String> {
    for diagnostic in diagnostics {
        let edits = diagnostic.fixes.iter().flat_map(|fix| &fix.edits).map(|edit| edit.location.span);
        let labels = diagnostic.secondary.iter().chain([&diagnostic.primary]).map(|label| label.location.span);
        if let Some(span) = labels.chain(edits).find(|span| outside(text, *span)) {
            return Err(format!("{} speaks about {span:?}, outside of the text", diagnostic.code));
        }
    }
    // Drawing is the slow part.
    if let Some(first) = diagnostics.first().filter(|_| text.len().is_multiple_of(8)) {
        render::human(first, &OneFile(text), false);
    }
    Ok(())
}

/// Names of what a text declares, in order, those inside of modules too.
fn declared(items: &[Item], out: &mut Vec<String>) {
    for item in items {
        match &item.kind {
            ItemKind::Module(module) => declared(&module.items, out),
            ItemKind::Function(it) => out.push(format!("let {}", it.name.text)),
            ItemKind::Value(it) => out.push(format!("val {}", it.name.text)),
            ItemKind::Type(it) => out.push(format!("type {}", it.name.text)),
            ItemKind::Db(it) => out.push(format!("db {}", it.name.text)),
            ItemKind::Expr(_) | ItemKind::Test(_) | ItemKind::Error => {}
        }
    }
}

/// The items of a file, those behind a header too.
fn top(items: &[Item]) -> Vec<&Item> {
    let mut out = Vec::new();
    for item in items {
        match &item.kind {
            ItemKind::Module(module) if module.header => out.extend(top(&module.items)),
            _ => out.push(item),
        }
    }
    out
}

/// Whether the body of a declaration begins in its column or left of it: what stands in that column is part of the body
/// then, so a break in it takes what follows along.
fn body_is_left(text: &str, item: &Item) -> bool {
    let column = |at: u32| {
        let before = text.get(..at as usize).unwrap_or_default();
        before.len() - before.rfind('\n').map_or(0, |it| it + 1)
    };
    let body = match &item.kind {
        ItemKind::Module(module) => return module.items.iter().any(|it| body_is_left(text, it)),
        ItemKind::Function(it) => it.body.as_ref(),
        ItemKind::Value(it) => Some(&it.body),
        _ => None,
    };
    body.is_some_and(|body| column(body.span.start) <= column(item.span.start))
}

fn recovers(good: &str, edit: &str) -> Result<(), String> {
    let Some((at, line)) = edit.split_once('\n').and_then(|(at, line)| Some((at.parse::<usize>().ok()?, line))) else {
        return Ok(());
    };
    let mut lines: Vec<&str> = good.lines().collect();
    let before = parse(good, FileId(0), Mode::Std);
    let usable = |line: &str| !may_swallow(line) && !line.contains('\n');
    // What begins a line further left may belong to something else, and so may the lines behind it.
    let indent = |line: &str| line.len() - line.trim_start().len();
    let fits = |old: &&str| usable(old) && usable(line) && indent(old) == indent(line) && indent(old) < old.len();
    let left = before.tree.items.iter().any(|it| body_is_left(good, it));
    if !before.diagnostics.is_empty() || left || !lines.get(at).is_some_and(fits) {
        return Ok(());
    }
    let start: usize = lines[..at].iter().map(|it| it.len() + 1).sum();
    lines[at] = line;
    let bad = lines.join("\n");
    let after = parse(&bad, FileId(0), Mode::Std);
    places(&bad, &after.tree, &after.diagnostics)?;
    messages(&bad, &after.diagnostics)?;
    // Declarations behind the broken one and the next.
    let behind = top(&before.tree.items).into_iter().filter(|it| it.span.start as usize > start);
    let (mut kept, mut wanted) = (Vec::new(), Vec::new());
    declared(&after.tree.items, &mut kept);
    behind.skip(1).for_each(|it| declared(std::slice::from_ref(it), &mut wanted));
    match wanted.iter().find(|name| !kept.contains(name)) {
        Some(name) => Err(format!("what follows a broken line is lost\n`{name}` is not in {kept:?} of\n{bad}")),
        None => Ok(()),
    }
}
