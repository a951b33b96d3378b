//! Examples in documentation comments as tests: an indented `expr == value` is the test `expr = value`.
//!
//! The examples of one module become a text in test mode, each on the line it has in its file, so that reports name the
//! right place. An indented line that is no comparison is an illustration and is not run.

use crate::project::File;
use dark_hir::FileKind;
use dark_source::FileId;
use dark_syntax::Mode;
use dark_syntax::ast::{ExprKind, Item, ItemKind, Operator};
use std::collections::BTreeMap;
use std::ops::Range;

/// Files of examples for a file, one a module.
pub fn of(file: &File) -> Vec<File> {
    let mode = if file.kind == FileKind::Std { Mode::Std } else { Mode::Package };
    let items = dark_syntax::parse(&file.text, FileId(0), mode).tree.items;
    let modules = modules(&file.text, &items);
    let mut texts: BTreeMap<&[String], Vec<(usize, String)>> = BTreeMap::new();
    for block in blocks(&file.text) {
        let module = innermost(&modules, block.line);
        texts.entry(module).or_default().extend(examples(&block));
    }
    let files = texts.into_iter().filter(|(_, lines)| !lines.is_empty()).map(|(module, lines)| File {
        path: file.path.clone(),
        name: file.name.clone(),
        text: text(module, &lines),
        kind: FileKind::Examples,
        rank: file.rank,
    });
    files.collect()
}

/// Modules with their lines, outer ones first. What stands above the header belongs to the header's module.
fn modules(text: &str, items: &[Item]) -> Vec<(Range<usize>, Vec<String>)> {
    fn walk(text: &str, items: &[Item], outer: &[String], out: &mut Vec<(Range<usize>, Vec<String>)>) {
        for item in items {
            if let ItemKind::Module(module) = &item.kind {
                let mut path = outer.to_vec();
                path.extend(module.path.segments.iter().map(|segment| segment.text.clone()));
                let line = |at: u32| text.get(..at as usize).map_or(0, |before| before.matches('\n').count());
                let first = if module.header && outer.is_empty() { 0 } else { line(item.span.start) };
                let end = if module.header { usize::MAX } else { line(item.span.end) + 1 };
                out.push((first..end, path.clone()));
                walk(text, &module.items, &path, out);
            }
        }
    }
    let mut out = Vec::new();
    walk(text, items, &[], &mut out);
    out
}

fn innermost(modules: &[(Range<usize>, Vec<String>)], line: usize) -> &[String] {
    modules.iter().rev().find(|(lines, _)| lines.contains(&line)).map_or(&[], |(_, path)| path)
}

/// Indented lines of a documentation comment that follow each other, without the indentation.
struct Block<'a> {
    /// From 0.
    line: usize,
    lines: Vec<&'a str>,
}

fn blocks(text: &str) -> Vec<Block<'_>> {
    let mut out: Vec<Block<'_>> = Vec::new();
    let mut open = false;
    for (number, line) in text.lines().enumerate() {
        let code = line.trim_start().strip_prefix("///").and_then(|rest| rest.strip_prefix("     "));
        match (code.filter(|code| !code.trim().is_empty()), out.last_mut()) {
            (Some(code), Some(block)) if open => block.lines.push(code),
            (Some(code), _) => out.push(Block { line: number, lines: vec![code] }),
            (None, _) => {}
        }
        open = code.is_some();
    }
    out
}

/// The tests of a block: lines with their numbers.
fn examples(block: &Block) -> Vec<(usize, String)> {
    let mut out = Vec::new();
    let mut at = 0;
    while at < block.lines.len() {
        let more = block.lines[at + 1..].iter().take_while(|line| line.starts_with(' ')).count();
        let lines = &block.lines[at..=at + more];
        if let Some(test) = as_test(&lines.join("\n")) {
            out.extend(test.lines().enumerate().map(|(index, line)| (block.line + at + index, line.to_owned())));
        }
        at += more + 1;
    }
    out
}

/// `a == b` as `a = b`. A comparison that cannot be read stays as it is: as a test it fails and says why.
fn as_test(text: &str) -> Option<String> {
    let parsed = dark_syntax::parse_expression(text, FileId(0));
    let at = match &parsed.expr.kind {
        ExprKind::Binary { operator: Operator::Equal, operator_span, .. } => operator_span.start as usize,
        _ if !parsed.diagnostics.is_empty() && !is_declaration(text) => text.find(" == ")? + 1,
        _ => return None,
    };
    let (left, right) = (text.get(..at)?, text.get(at + 2..)?);
    Some(format!("{left}= {right}"))
}

fn is_declaration(text: &str) -> bool {
    ["let ", "type ", "val ", "module ", "[<"].iter().any(|word| text.starts_with(word))
}

/// The header, and each line where it was.
fn text(module: &[String], lines: &[(usize, String)]) -> String {
    let mut out = match module {
        [] => String::new(),
        module => format!("module {}", module.join(".")),
    };
    let mut at = 0;
    for (number, line) in lines {
        // The header takes the first line.
        while at < *number || (at == 0 && !module.is_empty()) {
            out.push('\n');
            at += 1;
        }
        out.push_str(line);
    }
    out.push('\n');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<String> {
        let kind = FileKind::Package;
        let file = File { path: "a.dark".into(), name: "a.dark".into(), text: text.into(), kind, rank: Some(0) };
        of(&file).into_iter().map(|file| file.text).collect()
    }

    #[test]
    fn comparisons_become_tests_on_their_lines() {
        let text = "module Shop\n\n/// Twice.\n///\n///     twice 1 == 2\n///     twice 2\n///       == 4\nlet twice (n: Int) : Int = n * 2\n";
        assert_eq!(found(text), ["module Shop\n\n\n\ntwice 1 =  2\ntwice 2\n  =  4\n"]);
    }

    #[test]
    fn inner_modules_have_texts_of_their_own() {
        let text = "module Shop =\n  module Cart =\n    /// One.\n    ///\n    ///     one == 1\n    val one = 1\n";
        assert_eq!(found(text), ["module Shop.Cart\n\n\n\none =  1\n"]);
    }

    #[test]
    fn illustrations_are_no_tests() {
        assert!(
            found("/// How to use it:\n///\n///     let x = f 1 == 2\n///     print x\nlet f (n: Int) : Int = n\n")
                .is_empty()
        );
        assert_eq!(found("/// Broken:\n///\n///     f ( == 2\nlet f (n: Int) : Int = n\n"), ["\n\nf ( =  2\n"]);
    }
}
