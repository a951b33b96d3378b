//! Changes to a text: of its bytes, of its tokens, of its lines, and of the expressions and types in its tree.

use crate::corpus::Corpus;
use crate::random::Random;
use dark_source::{FileId, Span};
use dark_syntax::ast::{Expr, ExprKind, Item, ItemKind, Literal, Path, Type};
use dark_syntax::{Mode, parse};
use std::borrow::Cow;

/// What tokens are replaced with: every kind there is, and the beginnings of what has an end.
const WORDS: &[&str] = &[
    "let",
    "val",
    "type",
    "module",
    "in",
    "if",
    "elif",
    "then",
    "else",
    "of",
    "match",
    "with",
    "when",
    "fun",
    "true",
    "false",
    "_",
    "___",
    "x",
    "f",
    "it",
    "Some",
    "None",
    "T",
    "Dict",
    "A.B",
    "List",
    "Int",
    "String",
    "'a",
    "'",
    "1",
    "0",
    "-1",
    "2.5",
    "1e3",
    "3y",
    "128y",
    "340282366920938463463374607431768211455Z",
    "'c'",
    "'👩‍👩‍👧'",
    "\"s\"",
    "\"\"",
    "$\"{x}\"",
    "$\"{",
    "\"\"\"",
    "\"",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    "[<",
    ">]",
    "[<DB>]",
    "<",
    ">",
    ">>",
    "<=",
    "|>",
    "|",
    "||",
    "&&",
    "::",
    "->",
    "=",
    "==",
    "!=",
    ":",
    ";",
    ",",
    ".",
    "+",
    "-",
    "*",
    "/",
    "%",
    "^",
    "@",
    "++",
    "()",
    "(*)",
    "(+)",
    "//",
    "///",
    "(*",
    "*)",
    "\n",
    "\n  ",
    "\n    ",
    "\n        ",
    " ",
    "\t",
    "#",
    "error",
    "``",
    "``a b``",
    "rec",
    "and",
    "return",
    "\\",
    "\\u00e9",
    "e\u{301}",
    "\u{feff}",
    "\u{200d}",
    "\r\n",
    "\0",
    "é",
];

/// Words, numbers, runs of blanks, strings of one line, and single characters, so that joined they are the text.
pub fn split(text: &str) -> Vec<&str> {
    let mut out = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let word = |c: char| c.is_alphanumeric() || c == '_' || c == '\'';
        let length = match first {
            '"' => rest[1..].find(['"', '\n']).map_or(1, |at| at + 2),
            ' ' => rest.find(|c: char| c != ' ').unwrap_or(rest.len()),
            _ if word(first) => rest.find(|c: char| !word(c)).unwrap_or(rest.len()),
            _ => {
                let pairs = ["->", "|>", "==", "::", "++", "&&", "||", "[<", ">]", "()", "//", "(*", "*)"];
                pairs.iter().find(|pair| rest.starts_with(**pair)).map_or(first.len_utf8(), |pair| pair.len())
            }
        };
        let (token, behind) = rest.split_at(length);
        out.push(token);
        rest = behind;
    }
    out
}

/// One change of the bytes; what is no UTF-8 any more becomes U+FFFD.
pub fn bytes(text: &str, random: &mut Random) -> String {
    let mut bytes = text.as_bytes().to_vec();
    let at = random.below(bytes.len() + 1);
    match random.below(5) {
        0 => bytes.truncate(at),
        1 => bytes.insert(at, random.below(256) as u8),
        2 if at < bytes.len() => {
            bytes.remove(at);
        }
        3 if at < bytes.len() => bytes[at] ^= 1 << random.below(8),
        _ => {
            let end = (at + random.below(40)).min(bytes.len());
            let copy = bytes[at..end].to_vec();
            let to = random.below(bytes.len() + 1);
            bytes.splice(to..to, copy);
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// A few changes of tokens.
pub fn tokens(text: &str, corpus: &Corpus, random: &mut Random) -> String {
    let mut list: Vec<Cow<'_, str>> = split(text).into_iter().map(Cow::Borrowed).collect();
    for _ in 0..=random.below(4) {
        let (at, other) = (random.below(list.len()), random.below(list.len()));
        match random.below(8) {
            _ if list.is_empty() => list.push(word(random)),
            0 => drop(list.remove(at)),
            1 => list.insert(at, word(random)),
            2 => list[at] = word(random),
            3 => list.swap(at, other),
            4 => list.insert(at, list[other].clone()),
            5 => list[at] = list[other].clone(),
            6 => drop(list.drain(at..(at + random.below(12)).min(list.len()))),
            _ => {
                let (piece, _) = corpus.piece(random);
                let pieces = split(&piece);
                let from = random.below(pieces.len());
                let some = pieces[from..].iter().take(1 + random.below(20)).map(|it| Cow::Owned((*it).to_owned()));
                list.splice(at..at, some.collect::<Vec<_>>());
            }
        }
    }
    list.concat()
}

fn word(random: &mut Random) -> Cow<'static, str> {
    Cow::Borrowed(random.pick(WORDS).unwrap_or(&""))
}

/// One blank or line end changed, or a comment put there.
pub fn lines(text: &str, random: &mut Random) -> String {
    let places: Vec<usize> = text.match_indices([' ', '\n']).map(|(at, _)| at).collect();
    let Some(&at) = random.pick(&places) else { return text.to_owned() };
    let (before, behind) = (&text[..at], &text[at + 1..]);
    let indent = " ".repeat(random.below(14));
    let rest = behind.trim_start_matches(' ');
    match random.below(9) {
        0 | 1 => format!("{before}\n{indent}{rest}"),
        2 | 3 => format!("{before} {rest}"),
        4 => format!("{before} // note\n{indent}{rest}"),
        5 => format!("{before}\n// alone\n{indent}{rest}"),
        6 => format!("{before} (* inside *) {rest}"),
        7 => format!("{before}\n\n\n{indent}{rest}"),
        _ => format!("{before} /// documents\n{indent}{rest}"),
    }
}

/// Some expression or type in the place of another one, so that what parses goes on to parse.
pub fn tree(text: &str, mode: Mode, corpus: &Corpus, random: &mut Random) -> String {
    let (donor, donor_mode) = match random.below(3) {
        0 => corpus.piece(random),
        _ => (text.to_owned(), mode),
    };
    let (to, from) = (Places::of(text, mode), Places::of(&donor, donor_mode));
    let types = random.one_in(5);
    let (to, mut from) = if types { (to.types, from.types) } else { (to.exprs, from.exprs) };
    let Some((to, like)) = random.pick(&to) else { return text.to_owned() };
    if !random.one_in(3) && from.iter().any(|it| it.1 == *like) {
        from.retain(|it| it.1 == *like);
    }
    let Some((from, _)) = random.pick(&from) else { return text.to_owned() };
    let (before, behind) = (&text[..to.start as usize], &text[to.end as usize..]);
    let part = &donor[from.range()];
    match random.below(4) {
        0 if !types => format!("{before}(let it = {part} in it){behind}"),
        1 if !types => format!("{before}(if true then {} else {part}){behind}", &text[to.range()]),
        _ => format!("{before}({part}){behind}"),
    }
}

/// Where expressions and types of a text stand that lie on one line, and what each is probably like.
struct Places {
    exprs: Vec<(Span, String)>,
    types: Vec<(Span, String)>,
}

/// Equal for expressions that probably have one type, so that in the place of each other they are still accepted.
fn likeness(it: &Expr) -> String {
    let path = |path: &Path| path.segments.iter().map(|it| it.text.as_str()).collect::<Vec<_>>().join(".");
    match &it.kind {
        ExprKind::Literal(Literal::Int(_, ty)) => format!("{ty:?}"),
        ExprKind::Literal(Literal::String(_)) | ExprKind::Interpolation(_) => "text".into(),
        ExprKind::Literal(literal) => format!("{:?}", std::mem::discriminant(literal)),
        ExprKind::Name { path: it, .. } | ExprKind::Constructor { path: it, .. } => path(it),
        ExprKind::Apply { function, .. } => format!("{}()", likeness(function)),
        ExprKind::Field { field, .. } => format!(".{}", field.text),
        ExprKind::Binary { operator, .. } => operator.text().into(),
        ExprKind::Paren(inner) => likeness(inner),
        kind => format!("{:?}", std::mem::discriminant(kind)),
    }
}

impl Places {
    fn of(text: &str, mode: Mode) -> Places {
        let mut places = Places { exprs: Vec::new(), types: Vec::new() };
        parse(text, FileId(0), mode).tree.items.iter().for_each(|it| places.item(it));
        let one_line = |span: &Span| text.get(span.range()).is_some_and(|it| !it.is_empty() && !it.contains('\n'));
        places.exprs.retain(|it| one_line(&it.0));
        places.types.retain(|it| one_line(&it.0));
        places
    }

    fn item(&mut self, item: &Item) {
        match &item.kind {
            ItemKind::Module(module) => module.items.iter().for_each(|it| self.item(it)),
            ItemKind::Function(function) => {
                let types = function.params.iter().filter_map(|it| it.ty.as_ref()).chain(&function.result);
                types.for_each(|it| self.ty(it));
                function.body.iter().for_each(|it| self.expr(it));
            }
            ItemKind::Value(value) => self.expr(&value.body),
            ItemKind::Expr(expr) => self.expr(expr),
            ItemKind::Test(test) => self.expr(&test.actual),
            ItemKind::Db(db) => self.ty(&db.ty),
            ItemKind::Type(_) | ItemKind::Error => {}
        }
    }

    fn expr(&mut self, expr: &Expr) {
        self.exprs.push((expr.span, likeness(expr)));
        expr.children().into_iter().for_each(|it| self.expr(it));
    }

    fn ty(&mut self, ty: &Type) {
        self.types.push((ty.span, String::new()));
    }
}
