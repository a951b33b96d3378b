//! Words that other languages begin a declaration or statement with, and what Dark writes instead.

use dark_diagnostics::{Diagnostic, codes};
use dark_source::{FileId, Span};

/// What to write instead of a word of another language; `None` for words that mean nothing special elsewhere.
///
/// None of them is reserved: a name in scope wins. So this is asked only about what could not be read or resolved.
pub fn instead_of(word: &str) -> Option<&'static str> {
    Some(match word {
        "def" | "fn" | "func" | "function" | "sub" | "proc" => "a function: `let name (x: Int) : Int = x + 1`",
        "const" | "var" | "define" | "static" | "final" | "mut" | "mutable" => {
            "a value of a module: `val name = 1`; inside a function: `let name = 1`, which never changes"
        }
        "import" | "open" | "use" | "using" | "require" | "include" | "from" => {
            "nothing is imported: write the full name, such as `Stdlib.List.map`"
        }
        "class" | "struct" | "record" | "interface" | "data" | "enum" | "trait" => {
            "a record: `type Name = { field: Type }`; alternatives: `type Name = | A | B of Int`"
        }
        "return" => "the last expression of a function is its result: leave `return` out",
        "private" | "public" | "export" | "pub" => "leave it out: every declaration can be used by its full name",
        "async" | "await" => "leave it out: calls that wait let others run, without a word for it",
        "while" | "for" | "foreach" | "loop" | "do" => {
            "repeat with a function that calls itself, or with `Stdlib.List.map` and its kin"
        }
        "switch" | "case" => "choose with `match value with` and a line `| pattern -> result` for each case",
        "try" | "catch" | "throw" | "raise" => "what may fail gives a Result: look at it with `match`, or pass it on",
        "elseif" | "elsif" => "write `elif`, or `else if` on one line",
        "null" | "nil" | "undefined" => "a value that may be missing is an Option: `None` or `Some value`",
        "and" => "both of two conditions: `a && b`",
        "or" => "one of two conditions: `a || b`",
        "not" => "the opposite: `Stdlib.Bool.not a`; unequal is `!=`",
        "mod" => "the remainder: `a % b`",
        "print" | "println" | "printfn" | "console" => "print a line: `Stdlib.printLine \"text\"`",
        _ => return None,
    })
}

/// The message for a line with a syntax error that begins with such a word.
pub fn on_the_line(text: &str, error: Span, file: FileId) -> Option<Diagnostic> {
    let before = text.get(..error.start as usize)?;
    let start = before.rfind('\n').map_or(0, |at| at + 1);
    let line = text.get(start..)?.lines().next()?;
    let indentation = line.len() - line.trim_start().len();
    let rest = line.trim_start();
    let (skipped, rest) = match rest.strip_prefix("let ") {
        Some(behind) => (4, behind),
        None => (0, rest),
    };
    let length = rest.find(|c: char| !c.is_alphanumeric()).unwrap_or(rest.len());
    let (word, behind) = rest.split_at_checked(length)?;
    // A name that is bound, applied to parentheses or asked for a field is no keyword of anything.
    if skipped > 0 && !matches!(word, "mut" | "mutable")
        || !behind.starts_with([' ', '{', ':'])
        || behind.trim_start().starts_with('=')
    {
        return None;
    }
    let start = start + indentation + skipped;
    let place = Span::new(start, start + length);
    // Nothing is compared where a line begins: this goes on with the declarations above.
    if word == "and" && (line.contains(" = ") || line.trim_end().ends_with(" =")) {
        let it = Diagnostic::new(codes::E0009, "Dark has no `and`", file, place, "this word");
        return Some(it.help("declare each by itself, with `let` or `type`: they see each other in any order"));
    }
    foreign(word, place, file)
}

/// `Dark has no …`
pub fn foreign(word: &str, span: Span, file: FileId) -> Option<Diagnostic> {
    let help = instead_of(word)?;
    Some(Diagnostic::new(codes::E0009, format!("Dark has no `{word}`"), file, span, "this word").help(help))
}
