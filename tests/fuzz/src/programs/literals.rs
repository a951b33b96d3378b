//! Literals, and the smallest value of a type.

use crate::programs::expression::Expr;
use crate::programs::generate::Generator;
use crate::programs::types::{INTEGERS, Shape, Ty};
use crate::random::Random;

/// Texts that are awkward: clusters of several code points, normal forms, right to left, line ends, quotes.
const TEXTS: &[&str] = &[
    "",
    "a",
    "abc",
    "A b",
    "żółw",
    "e\u{301}",
    "\u{301}x",
    "👩‍👩‍👧",
    "🇵🇱🇩🇪",
    "각",
    "\u{1100}\u{1161}\u{11a8}",
    "\r\n",
    "x\ny",
    "\t",
    " ",
    "\u{a0} ",
    "ß",
    "İ",
    "ﬁ",
    "Σς",
    "日本",
    "𝔘",
    "\u{200d}",
    "\u{fe0f}",
    "שלום",
    "12",
    "-7",
    "1.5",
    "a,b,,c",
    "{}",
    "\"",
    "\\",
    "//",
    "\u{0}",
    "\u{7f}",
    "\u{ffff}",
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
];
const CHARS: &[&str] = &["a", "Z", "0", "é", "👩‍👩‍👧", "🇵🇱", "각", "ß", "\\n", "\\'", " ", "日", "𝔘", "e\u{301}"];
const FLOATS: &[&str] = &[
    "0.0",
    "-0.0",
    "1.0",
    "-1.0",
    "0.1",
    "1.5",
    "-2.25",
    "3.0e8",
    "1.0e-7",
    "1.0e300",
    "-1.0e300",
    "123456789.125",
    "4.9e-324",
    "0.30000000000000004",
];

/// A text as it stands between quotes.
fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\0' => out.push_str("\\0"),
            c if c.is_control() || matches!(c, '\u{200d}' | '\u{fe0f}' | '\u{ffff}') => {
                out.push_str(&format!("\\u{:04x}", c as u32));
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

pub fn text(random: &mut Random) -> String {
    quoted(random.pick(TEXTS).unwrap_or(&""))
}

/// A number of that type, near its ends as often as near zero.
pub fn integer(which: usize, random: &mut Random) -> String {
    let it = &INTEGERS[which];
    if it.bits == 0 {
        let digits = match random.below(10) {
            0 => "9223372036854775807".into(),
            1 => "9223372036854775808".into(),
            2 => "4611686018427387904".into(),
            3 => "340282366920938463463374607431768211456".into(),
            4 => random.next_u64().to_string(),
            _ => random.below(20).to_string(),
        };
        let negative = random.one_in(3) && digits != "0";
        return if negative { format!("-{digits}") } else { digits };
    }
    let highest = u128::MAX >> (128 - it.bits + u32::from(it.signed));
    let lowest = if it.signed { highest + 1 } else { 0 };
    let (negative, digits) = match random.below(8) {
        0 => (false, highest),
        1 => (it.signed, lowest),
        2 => (false, highest - random.below(3) as u128),
        3 => (it.signed, (random.next_u64() as u128) & highest),
        4 => (false, ((random.next_u64() as u128) << 64 | random.next_u64() as u128) & highest),
        _ => (it.signed && random.one_in(3), random.below(20) as u128),
    };
    let sign = if negative && digits != 0 { "-" } else { "" };
    format!("{sign}{digits}{}", it.suffix)
}

/// A number that is no size to be afraid of.
pub fn small_integer(which: usize, random: &mut Random) -> String {
    let it = &INTEGERS[which];
    let sign = if it.signed && random.one_in(5) { "-" } else { "" };
    format!("{sign}{}{}", 1 + random.below(6), it.suffix)
}

/// A literal that a pattern may be too; `None` for types that have none.
pub fn literal(ty: &Ty, random: &mut Random) -> Option<String> {
    Some(match ty {
        Ty::Unit => "()".into(),
        Ty::Bool => if random.one_in(2) { "true" } else { "false" }.into(),
        Ty::Int(which) => integer(*which, random),
        Ty::Float => random.pick(FLOATS).unwrap_or(&"0.0").to_string(),
        Ty::Char => format!("'{}'", random.pick(CHARS).unwrap_or(&"a")),
        Ty::String => text(random),
        _ => return None,
    })
}

/// In parentheses if it begins with a minus, which next to something else is another thing.
pub fn as_argument(literal: String) -> String {
    if literal.starts_with('-') { format!("({literal})") } else { literal }
}

impl Generator<'_> {
    /// The smallest value of a type there is; a variable's comes from the parameters around.
    pub fn smallest(&mut self, ty: &Ty) -> Expr {
        if let Some(literal) = literal(ty, self.random) {
            return Expr::text(ty.clone(), as_argument(literal));
        }
        let found = self.scope.iter().rev().find(|(_, it)| it == ty).map(|(name, _)| name.clone());
        let ty = ty.clone();
        match &ty {
            _ if found.is_some() => Expr::text(ty, found.unwrap_or_default()),
            Ty::Blob => Expr::text(ty, format!("(Stdlib.Blob.fromString {})", text(self.random))),
            Ty::Tuple(parts) => {
                let with: Vec<Expr> = parts.iter().map(|it| self.smallest(it)).collect();
                Expr::filled(ty, &format!("({})", vec!["{}"; with.len()].join(", ")), with)
            }
            Ty::List(_) => Expr::text(ty, "[]"),
            Ty::Dict(_) => Expr::text(ty, "(Dict { })"),
            Ty::Option(_) => Expr::text(ty, "None"),
            Ty::Result(ok, _) => {
                let with = vec![self.smallest(ok)];
                Expr::filled(ty, "(Ok({}))", with)
            }
            Ty::Stream(_) => Expr::text(ty, "(Stdlib.Stream.fromList [])"),
            Ty::Function(params, result) => {
                let with = vec![self.smallest(result)];
                Expr::filled(ty.clone(), &format!("(fun{} -> {{}})", " _".repeat(params.len())), with)
            }
            Ty::Declared(number, arguments) => {
                let declaration = self.declared[*number].clone();
                match declaration.shape {
                    Shape::Record(fields) => {
                        let with = fields.iter().map(|it| self.smallest(&it.with(arguments))).collect();
                        self.record(&ty, with)
                    }
                    Shape::Enum(cases) => {
                        let fields = cases.first().cloned().unwrap_or_default();
                        let with = fields.iter().map(|it| self.smallest(&it.with(arguments))).collect();
                        self.case(&ty, 0, with)
                    }
                }
            }
            _ => Expr::text(ty, "()"),
        }
    }

    /// A value of a record type from its fields, in order.
    pub fn record(&self, ty: &Ty, fields: Vec<Expr>) -> Expr {
        let Ty::Declared(number, _) = ty else { return Expr::text(ty.clone(), "()") };
        let inits: Vec<String> = (0..fields.len()).map(|at| format!("f{number}_{at} = {{}}")).collect();
        Expr::filled(ty.clone(), &format!("(T{number} {{ {} }})", inits.join("; ")), fields)
    }

    pub fn case(&self, ty: &Ty, case: usize, fields: Vec<Expr>) -> Expr {
        let Ty::Declared(number, _) = ty else { return Expr::text(ty.clone(), "()") };
        let list = match fields.len() {
            0 => String::new(),
            count => format!("({})", vec!["{}"; count].join(", ")),
        };
        Expr::filled(ty.clone(), &format!("T{number}.C{number}_{case}{list}"), fields)
    }
}
