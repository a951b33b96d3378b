//! Errors of the generated parser, in words: what stands there, what kind of thing could, and the common slips.

use crate::build::GrammarError;
use crate::token::T;
use dark_diagnostics::{Diagnostic, codes};
use dark_source::{FileId, Span};

pub fn describe(error: &GrammarError, text: &str, file: FileId) -> Diagnostic {
    let span = if error.span.is_empty() { visible(error.span, text) } else { error.span };
    let expected = |name: &str| error.expected.iter().any(|it| it.trim_matches('"') == name);
    let new = |code, title: String, label: &str| Diagnostic::new(code, title, file, span, label);
    if let Some(kind @ (T::Let | T::Val)) = &error.found
        && expected("BC")
    {
        return unexpected(kind, span, text, file);
    }
    if expected(":") && !expected("(") && matches!(error.found, Some(T::Eq)) {
        return new(codes::E0001, "`=` does not fit here".into(), "this")
            .help("a field's type is written behind `:`, as in `type Point = { x: Int }`");
    }
    let after_type = expected("TYVAR") || expected("<t");
    if after_type && matches!(error.found, Some(T::LBracket)) {
        return new(codes::E0001, "`[` does not fit here".into(), "a type belongs here")
            .help("a list of Int is the type `List<Int>`");
    }
    if expected("=") && matches!(error.found, None | Some(T::ItemSep | T::BlockOpen | T::BodyClose)) {
        return new(codes::E0005, "this declaration has no `=`".into(), "`=` and a body belong here")
            .help("write `let name (parameter: Type) : Result = body`");
    }
    if expected(":") && expected("(") && matches!(error.found, Some(T::Eq)) {
        return new(codes::E0006, "this function has no result type".into(), "`: Type` belongs in front of the `=`")
            .help("write `let name (parameter: Type) : Result = body`");
    }
    if expected(":") && expected("(") && matches!(error.found, Some(T::Arrow | T::Upper(_))) {
        return unexpected_or_missing(error, span, text, file)
            .help("the type of a result stands behind a `:`, as in `let f (x: Int) : Int = …`");
    }
    unexpected_or_missing(error, span, text, file)
}

fn unexpected_or_missing(error: &GrammarError, span: Span, text: &str, file: FileId) -> Diagnostic {
    match &error.found {
        Some(kind) if !matches!(kind, T::BlockClose | T::ItemSep | T::BodyClose | T::Sep | T::ElementSep) => {
            let it = unexpected(kind, span, text, file);
            let expects = |name: &str| error.expected.iter().any(|it| it.trim_matches('"') == name);
            match kind {
                T::Lower(_) if expects("UID") && !expects("LID") => {
                    it.help("the names of types, cases and modules begin with a capital letter")
                }
                T::Lower(_) | T::Upper(_) if expects("ESEP") && expects("}") => {
                    it.help("put a `;` between two fields, or begin a new line")
                }
                T::Upper(_) if expects("LID") && !expects("UID") => {
                    it.help("the names of functions and values begin with a small letter")
                }
                _ => it,
            }
        }
        _ => {
            let label = missing(&error.expected);
            let it = Diagnostic::new(codes::E0008, "something is missing here", file, span, label);
            match text.get(..span.end as usize).is_some_and(|before| before.ends_with(';')) {
                true => it.help("no `;` is needed: statements stand on lines of their own, in one column"),
                false => it,
            }
        }
    }
}

/// An empty span is widened to the last visible character in front of it.
fn visible(span: Span, text: &str) -> Span {
    let before = text.get(..span.start as usize).unwrap_or(text).trim_end();
    match before.char_indices().next_back() {
        Some((start, c)) => Span::new(start, start + c.len_utf8()),
        None => Span::new(0, text.chars().next().map_or(0, char::len_utf8)),
    }
}

/// The kind of thing the grammar could go on with, in one word a person knows.
fn missing(expected: &[String]) -> String {
    let has = |name: &str| expected.iter().any(|it| it.trim_matches('"') == name);
    let what = if has("fun") || has("PRE") || has("istr") {
        "an expression is missing behind this"
    } else if has("TYVAR") {
        "a type is missing behind this"
    } else if has("_") || has("LID") {
        "a name or pattern is missing behind this"
    } else if has("=") {
        "a `=` is missing behind this"
    } else {
        "the rest is missing behind this"
    };
    what.into()
}

/// A token that no construct can use where it stands.
pub fn unexpected(kind: &T, span: Span, text: &str, file: FileId) -> Diagnostic {
    let written = text.get(span.range()).unwrap_or_default();
    let it = Diagnostic::new(codes::E0001, format!("{} does not fit here", what(kind, written)), file, span, "this");
    let before = text.get(..span.start as usize).unwrap_or_default().trim_end();
    let before = before.get(before.rfind('\n').map_or(0, |at| at + 1)..).unwrap_or_default();
    match kind {
        T::Eq if is_constructor_call(before) => it.help("a record has braces: `Point { x = 1 }`"),
        T::Eq => it.help("to compare, write `==`").help("to name a value, write `let name = value`"),
        T::Then => it.help("`then` belongs behind the condition of an `if`"),
        T::Else | T::Elif => it.help("the `else` of an `if` stands at or right of the column of its `if`"),
        T::Arrow if before.contains(" of ") => {
            it.help("a function as a field of a case needs parentheses: `of (Int -> Int)`")
        }
        T::Comma if before.contains(" of ") => {
            it.help("the fields of a case are put together with `*`: `of Int * String`")
        }
        T::Comma => it
            .help("a tuple stands in parentheses: `(a, b)`")
            .help("arguments stand behind their function without commas: `f a b`"),
        T::LParen if declares(before, "val ") => it.help("a function begins with `let`"),
        _ if crate::layout::is_operator(kind) && before.ends_with("|>") => {
            it.help(format!("an operator is a function in parentheses: `|> ({written}) 1`"))
        }
        _ if crate::layout::is_operator(kind) && before.is_empty() => {
            it.help("an operator goes on with the line above from the column of its first word, or right of it")
        }
        T::In if before.contains("for ") => {
            it.help("repeat with a function that calls itself, or with `Stdlib.List.map` and its kin")
        }
        T::Arrow => it.help("`->` belongs to `fun x -> …`, to a case `| pattern -> …`, or into a type"),
        T::Or => it.help("the `|` of a case stands in the column of the first `|` of its `match`"),
        T::RBrace if before.ends_with('{') => {
            it.help("a record has at least one field; a type with a single value is `type Name = | Name`")
        }
        T::RParen | T::RBracket | T::RBrace => it.help("nothing is open that this could close"),
        T::Upper(_) if before.contains("[<") => {
            it.help("an attribute is given texts in quotes: `[<HttpHandler(\"GET\", \"/\")>]`")
        }
        T::Lt | T::TypeOpen if before.ends_with(char::is_lowercase) && before.contains(':') => {
            it.help("the names of types begin with a capital letter: `List<Int>`")
        }
        T::Lt | T::TypeOpen => it.help("to compare, put blanks around the `<`: `a < b`"),
        T::Semi => it.help("statements stand on lines of their own, in one column"),
        T::In => it
            .help("`in` may stand behind the value of a `let`, and means nothing")
            .help("to look for an element write `Stdlib.List.member list element`"),
        T::Colon if before.contains("(lambda ") => it.help("a function without a name is written `fun x -> …`"),
        T::Shr => it.help("functions are put together by a lambda: `fun x -> g (f x)`"),
        T::With => it.help("`with` belongs to `match value with` and to `{ record with field = value }`"),
        T::Lower(_) if matches!(written, "list" | "option" | "array") => {
            it.help("the type of a list is `List<Int>`, of a value that may be missing `Option<Int>`")
        }
        T::Colon if declares(before, "val ") => it.help("a `val` is written without a type: `val name = value`"),
        T::Colon if declares(before, "let ") && !before.contains('(') => {
            it.help("a value of a module is `val name = value`; a function has parameters, at least `()`")
        }
        T::Colon if before.ends_with(')') => it.help("a result type belongs between the parameters and the `=`"),
        T::Colon => it.help("only parameters and results have types: `let f (x: Int) : Int = …`"),
        T::Let | T::Val => it.help("put the expression that uses the `let` on the next line, in the same column"),
        T::LBrace | T::UpdateBrace => {
            it.help("a record is written with its type: `Point { x = 1 }`; a changed copy `{ p with x = 1 }`")
        }
        T::Fun => it.help("as an argument a `fun` needs parentheses: `(fun x -> …)`"),
        T::If | T::Match => it.help("inside a larger expression this needs parentheses"),
        _ => it,
    }
}

/// Behind `Name(`, on one line.
fn is_constructor_call(before: &str) -> bool {
    let Some((head, _)) = before.rsplit_once('(') else { return false };
    let start = head
        .rfind(|c: char| !c.is_alphanumeric())
        .map_or(0, |at| at + head[at..].chars().next().map_or(1, char::len_utf8));
    head.get(start..).is_some_and(|name| name.starts_with(char::is_uppercase))
}

fn declares(before: &str, keyword: &str) -> bool {
    before.trim_start().starts_with(keyword)
}

/// What a token is called.
pub fn what(kind: &T, written: &str) -> String {
    match kind {
        T::End => "the end of the file".into(),
        T::Str(_) | T::StrOpen | T::StrText(_) | T::Interpolated(_) => "a string".into(),
        _ if written.is_empty() || written.len() > 30 => "this".into(),
        _ => format!("`{written}`"),
    }
}
