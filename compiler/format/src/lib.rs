//! One format for Dark: text in, text out. Lines of at most 88 columns where the code allows it, two blanks a level.
//!
//! What the author wrote on several lines stays on several lines; what stands on one line is broken only when it does
//! not fit. Comments, strings and numbers are kept as written. The result is read again before it is handed out: it has
//! the same tree and the same comments, and formatting it once more changes nothing. A file that does not parse is not
//! formatted at all.
//!
//! Reading order: `doc` (lines and groups), `comments` (what is not in the tree), `attributes`, `items`, `types`, `patterns`,
//! `expressions`, `calls`, `blocks`.

mod attributes;
mod blocks;
mod calls;
mod comments;
mod doc;
mod expressions;
mod items;
mod patterns;
mod types;

use dark_diagnostics::{Diagnostic, Severity};
use dark_source::FileId;
use dark_syntax::{Mode, Parse, parse};

/// How often a text is formatted until it stays as it is; comments in unusual places can need a second time.
const ROUNDS_MAX: usize = 8;

/// Why a text is left as it is.
#[derive(Debug, Clone, PartialEq)]
pub enum Unformatted {
    /// It does not parse; the errors.
    Broken(Vec<Diagnostic>),
    /// The result would not have meant the same, or would have lost a comment: a fault of the formatter.
    Unfaithful,
}

/// The text of a file in the one format. What the file is used for changes little in how it is read, so a file that is
/// wrong for its own use but right for another (a library file opened by itself) is formatted too.
pub fn format_file(text: &str, file: FileId, mode: Mode) -> Result<String, Unformatted> {
    let first = format(text, file, mode);
    if !matches!(first, Err(Unformatted::Broken(_))) {
        return first;
    }
    let others = [Mode::Package, Mode::Script, Mode::Test, Mode::Std].into_iter().filter(|it| *it != mode);
    let mut found = others.map(|mode| format(text, file, mode)).filter(Result::is_ok);
    found.next().unwrap_or(first)
}

/// The text in the one format, read for one use.
pub fn format(text: &str, file: FileId, mode: Mode) -> Result<String, Unformatted> {
    let before = parse(text, file, mode);
    let errors: Vec<Diagnostic> =
        before.diagnostics.iter().filter(|it| it.code.severity == Severity::Error).cloned().collect();
    if !errors.is_empty() {
        return Err(Unformatted::Broken(errors));
    }
    let mut out = once(text, &before);
    for _ in 0..ROUNDS_MAX {
        let after = parse(&out, file, mode);
        if !same(&before, &after) {
            return Err(Unformatted::Unfaithful);
        }
        let again = once(&out, &after);
        if again == out {
            return Ok(out);
        }
        out = again;
    }
    Err(Unformatted::Unfaithful)
}

fn once(text: &str, parsed: &Parse) -> String {
    let mut source = comments::Source::new(text, &parsed.comments);
    let doc = items::file(&mut source, &parsed.tree);
    let printed = doc::print(&doc);
    let lines = printed.trim_matches('\n');
    if lines.is_empty() { String::new() } else { format!("{lines}\n") }
}

/// The same tree, places aside, and the same comments.
fn same(before: &Parse, after: &Parse) -> bool {
    let comments = |parsed: &Parse| {
        let mut texts: Vec<String> = parsed.comments.iter().map(|it| it.text.trim_end().to_owned()).collect();
        texts.sort();
        texts
    };
    let sound = after.diagnostics.iter().all(|it| it.code.severity != Severity::Error);
    sound && comments(before) == comments(after) && before.tree.without_spans() == after.tree.without_spans()
}
