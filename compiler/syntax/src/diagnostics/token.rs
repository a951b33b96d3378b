//! Problems of single tokens, and of literals.

use crate::ast::IntType;
use crate::build::Check;
use crate::lexer::{ProblemKind, code_digits};
use dark_diagnostics::{Diagnostic, codes};
use dark_source::{FileId, Span};

pub fn describe(span: Span, kind: &ProblemKind, text: &str, file: FileId) -> Diagnostic {
    let new = |code, title: &str, label: &str| Diagnostic::new(code, title, file, span, label);
    match kind {
        ProblemKind::Character(c) => character(*c, span, text, file),
        ProblemKind::OpenString => new(codes::E0101, "this string has no end", "the string begins here")
            .help("close it with `\"`; a string of several lines is best written as `\"\"\"…\"\"\"`"),
        ProblemKind::OpenComment => new(codes::E0102, "this comment has no end", "the comment begins here")
            .help("close it with `*)`; comments nest, so each `(*` needs its own `*)`"),
        ProblemKind::OpenBackticks => new(codes::E0103, "this quoted name has no end", "the name begins here")
            .help("close it with two backticks on the same line"),
        ProblemKind::Escape(c) => escape(c, span, text, file),
        ProblemKind::StrayBrace => new(codes::E0105, "a single `}` in an interpolated string", "nothing is open here")
            .help("write `}}` for a brace in the text"),
        ProblemKind::OpenHole => new(codes::E0106, "this interpolation has no end", "opened here")
            .help("close it with `}`; write `{{` for a brace in the text"),
        ProblemKind::DeepHole => new(codes::E0123, "this is nested too deeply", "more than 64 interpolations")
            .help("give inner parts a name with `let`"),
        ProblemKind::BadCharLiteral => {
            new(codes::E0107, "a character is exactly one character", "this is none, or more than one")
                .help("text of another length is a String, in double quotes: \"…\"")
        }
        ProblemKind::KeywordName => {
            let word = text.get(span.range()).unwrap_or_default();
            let quoted = format!("``{word}``");
            new(codes::E0017, &format!("`{word}` is a word of the language"), "used as a name")
                .help(format!("take another name, or put it between double backticks: {quoted}"))
                .fix(super::layout::replace(file, span, &quoted))
        }
        ProblemKind::NumberTail(tail) => number_tail(tail, span, text, file),
        ProblemKind::FloatRange => new(codes::E0109, "this Float is out of range", "the exponent is too big")
            .note("exponents go from -400 to 400"),
    }
}

fn escape(c: &str, span: Span, text: &str, file: FileId) -> Diagnostic {
    let new = |title: &str, label: &str| Diagnostic::new(codes::E0104, title, file, span, label);
    let Some(digits) = code_digits(c) else {
        return new(&format!("`\\{c}` is no escape"), "this stands for nothing")
            .help("for a backslash write `\\\\`, or use a raw string: `\"\"\"…\"\"\"`")
            .note("escapes are \\n \\t \\r \\a \\b \\v \\f \\0 \\\\ \\\" \\' \\/ \\{ \\} \\xHH \\uHHHH \\UHHHHHHHH");
    };
    let behind = text.get(span.end as usize..).unwrap_or_default();
    let there = behind.bytes().take_while(u8::is_ascii_hexdigit).count();
    if there >= digits {
        let code = &behind[..digits];
        return new(&format!("`\\{c}{code}` is no character"), "no character has this code")
            .help("a character beyond U+FFFF is one escape of eight digits: `\\U0001f600`");
    }
    new(&format!("`\\{c}` needs {digits} digits"), "the code of a character, in base 16, belongs behind this")
        .help("fill up with zeros, without braces: `\\x41`, `\\u00e9`, `\\U0001f600`")
}

fn character(c: char, span: Span, text: &str, file: FileId) -> Diagnostic {
    let line = text.get(span.range().start..).and_then(|rest| rest.lines().next()).unwrap_or_default();
    let written = text.get(span.range()).unwrap_or_default();
    let before = text.get(..span.range().start).unwrap_or_default();
    if written == "!" && before.ends_with("let") {
        return Diagnostic::new(codes::E0100, "Dark has no `let!`", file, span, "leave this out")
            .help("calls wait by themselves: `let name = call`");
    }
    if let Some(help) = foreign_operator(written) {
        let title = format!("`{written}` means nothing in Dark");
        let it = Diagnostic::new(codes::E0100, title, file, span, "this operator").help(help);
        let ours = match written {
            "<>" | "!==" => "!=",
            "===" => "==",
            "**" => "^",
            "&" => "&&",
            _ => return it,
        };
        return it.fix(super::layout::replace(file, span, ours));
    }
    let title = match c {
        '\u{fffd}' => "this is no text".to_string(),
        '\\' => "`\\` means nothing in Dark".to_string(),
        c => format!("`{}` means nothing in Dark", c.escape_debug()),
    };
    let it = Diagnostic::new(codes::E0100, title, file, span, "this character");
    match c {
        '#' => it.help("comments begin with `//`"),
        '?' => it.help("a choice is written `if condition then a else b`; a missing value is an Option: `None`"),
        '`' => it.help("text is written in double quotes: \"…\", with values in it as $\"… {value} …\""),
        '\\' => it.help("a function without a name is written `fun x -> …`"),
        '$' if line.starts_with('$') => it.help("text with values in it is written $\"… {value} …\""),
        '“' | '”' | '„' => it.help("use straight double quotes: \""),
        '‘' | '’' => it.help("use a straight apostrophe: '"),
        '\u{a0}' => it.help("this is a no-break space; replace it by an ordinary one"),
        _ => it,
    }
}

fn foreign_operator(written: &str) -> Option<&'static str> {
    Some(match written {
        "=>" => "a function without a name is `fun x -> …`, a case `| pattern -> …`; at least is `>=`",
        "<>" | "!==" => "unequal is written `!=`",
        "===" => "equal is written `==`",
        "**" => "a power is written `^`",
        "<-" => "values never change: name a new one, `let total = total + 1`",
        "+=" | "-=" | "*=" | "/=" => "values never change: name a new one, `let total = total + 1`",
        "!" => "the opposite is `Stdlib.Bool.not value`; unequal is `!=`",
        "&" => "both of two conditions: `a && b`",
        "<<" | "~~~" | "|||" => "bits are changed by functions of the number's module, such as `Stdlib.Int64`",
        "..." => {
            "lists are joined with `@`: `[ 1 ] @ rest`, and taken apart with `first :: rest`; a changed copy of a record is `{ p with x = 1 }`"
        }
        _ => return None,
    })
}

fn number_tail(tail: &str, span: Span, text: &str, file: FileId) -> Diagnostic {
    let written = text.get(span.range()).unwrap_or_default();
    let it = Diagnostic::new(codes::E0108, format!("`{written}` is no number"), file, span, "a number goes wrong here");
    let digits: String = written.chars().filter(char::is_ascii_digit).collect();
    match tail {
        "I" => it.help(format!("an Int has no suffix: `{digits}`")),
        _ if tail.starts_with('_') => it.help(format!("digits are not separated: `{digits}`")),
        _ if tail.starts_with(['x', 'X', 'b', 'o']) && written.starts_with('0') => {
            it.help("numbers are written in decimal digits")
        }
        _ => it.help(
            "the suffixes are y uy (8 bit), s us (16), l ul (32), L UL (64), Q Z (128); without one it is an Int",
        ),
    }
}

pub fn describe_check(check: &Check, file: FileId) -> Diagnostic {
    match check {
        Check::OutOfRange(ty, span) => {
            let (name, range) = range(*ty);
            Diagnostic::new(codes::E0110, format!("this number does not fit {name}"), file, *span, "too big")
                .help("use a wider type, or an Int, which has no bounds and no suffix")
                .note(format!("{name} goes {range}"))
        }
        Check::DuplicateDictKey { name, first, second } => {
            Diagnostic::new(codes::E0111, format!("the key `{name}` stands twice in this Dict"), file, *second, "again")
                .because(file, *first, "here first")
                .help("a key has one value: remove one of the two")
        }
    }
}

fn range(ty: IntType) -> (&'static str, &'static str) {
    match ty {
        IntType::Int => ("Int", "without bounds"),
        IntType::Int8 => ("an Int8", "from -128 to 127"),
        IntType::UInt8 => ("a UInt8", "from 0 to 255"),
        IntType::Int16 => ("an Int16", "from -32768 to 32767"),
        IntType::UInt16 => ("a UInt16", "from 0 to 65535"),
        IntType::Int32 => ("an Int32", "from -2147483648 to 2147483647"),
        IntType::UInt32 => ("a UInt32", "from 0 to 4294967295"),
        IntType::Int64 => ("an Int64", "from -9223372036854775808 to 9223372036854775807"),
        IntType::UInt64 => ("a UInt64", "from 0 to 18446744073709551615"),
        IntType::Int128 => ("an Int128", "from -(2^127) to 2^127 - 1"),
        IntType::UInt128 => ("a UInt128", "from 0 to 2^128 - 1"),
    }
}
