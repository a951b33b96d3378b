//! The ten integer modules of the library that have a size. They differ in a name and a range, so they are written once,
//! in `integer.dark`: `cargo xtask integers` makes `std/int8.dark` … `std/uint128.dark` of it, `tidy` compares.
//!
//! The template is cut into items at blank lines. An item that begins with `//? …` is meant for those modules only that
//! have each of these properties, or, with `each`, is written once for each type whose numbers it converts.

use dark_format::format;
use dark_source::FileId;
use dark_syntax::Mode;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

const TEMPLATE: &str = include_str!("integer.dark");

#[derive(Clone, Copy, PartialEq, Eq)]
struct Integer {
    name: &'static str,
    suffix: &'static str,
    bits: u32,
    signed: bool,
}

const fn integer(name: &'static str, suffix: &'static str, bits: u32, signed: bool) -> Integer {
    Integer { name, suffix, bits, signed }
}

const INTEGERS: [Integer; 10] = [
    integer("Int8", "y", 8, true),
    integer("UInt8", "uy", 8, false),
    integer("Int16", "s", 16, true),
    integer("UInt16", "us", 16, false),
    integer("Int32", "l", 32, true),
    integer("UInt32", "ul", 32, false),
    integer("Int64", "L", 64, true),
    integer("UInt64", "UL", 64, false),
    integer("Int128", "Q", 128, true),
    integer("UInt128", "Z", 128, false),
];

impl Integer {
    /// How far down it goes, without the sign.
    fn depth(self) -> u128 {
        if self.signed { 1 << (self.bits - 1) } else { 0 }
    }

    fn highest(self) -> u128 {
        u128::MAX >> (128 - self.bits + u32::from(self.signed))
    }

    fn lowest_text(self) -> String {
        if self.signed { format!("-{}", self.depth()) } else { "0".into() }
    }

    /// Every number of the other type is one of this type.
    fn holds(self, other: Integer) -> bool {
        self.depth() >= other.depth() && self.highest() >= other.highest()
    }

    fn has(self, property: &str) -> bool {
        match property {
            "signed" => self.signed,
            "unsigned" => !self.signed,
            "narrow" => self.bits < 128,
            "64" => self.bits == 64,
            "in-int64" => integer("Int64", "L", 64, true).holds(self),
            "beyond-int64" => !self.has("in-int64"),
            _ => false,
        }
    }

    /// Whether the module has a conversion from the other type, of the kind `wider` (total) or `narrower` (partial).
    fn converts(self, from: Integer, kind: &str) -> bool {
        // The widest types only take what always fits.
        from != self && if kind == "wider" { self.holds(from) } else { !self.holds(from) && self.bits < 128 }
    }

    fn fill(self, item: &str) -> String {
        let builtin = self.name.to_lowercase();
        let (not_one, all_bits) = if self.signed {
            ("-2".into(), "-1".into())
        } else {
            ((self.highest() - 1).to_string(), self.highest().to_string())
        };
        item.replace("$T", self.name)
            .replace("$s", self.suffix)
            .replace("$b", &builtin)
            .replace("$BITS", &self.bits.to_string())
            .replace("$LOWEST", &self.lowest_text())
            .replace("$HIGHEST", &self.highest().to_string())
            .replace("$NOT_ONE", &not_one)
            .replace("$ALL_BITS", &all_bits)
    }

    fn fill_conversion(self, item: &str, from: Integer) -> String {
        let mut misfits = Vec::new();
        let mut misfit = String::new();
        if self.highest() < from.highest() {
            misfits.push(format!("i > {}{}", self.highest(), from.suffix));
            misfit = (self.highest() + 1).to_string();
        }
        if self.depth() < from.depth() {
            misfits.insert(0, format!("i < {}{}", self.lowest_text(), from.suffix));
            misfit = format!("-{}", self.depth() + 1);
        }
        let item = item.replace("$MISFITS", &misfits.join(" || ")).replace("$MISFIT", &misfit);
        self.fill(&item.replace("$F", from.name).replace("$f", from.suffix))
    }

    /// The text of the module, formatted: names of the types differ in length.
    fn module(self) -> Result<String, String> {
        let mut items = Vec::new();
        for item in TEMPLATE.trim_end().split("\n\n") {
            let Some((condition, item)) = item.strip_prefix("//? ").and_then(|rest| rest.split_once('\n')) else {
                items.push(self.fill(item));
                continue;
            };
            match condition.strip_prefix("each ") {
                Some(kind) => {
                    let kind = kind.trim_end_matches(" source");
                    let sources = INTEGERS.into_iter().filter(|from| self.converts(*from, kind));
                    items.extend(sources.map(|from| self.fill_conversion(item, from)));
                }
                None if condition.split(' ').all(|property| self.has(property)) => items.push(self.fill(item)),
                None => {}
            }
        }
        // Comments name the types by their sound: "an Int8", "a UInt8".
        let text = items.join("\n\n").replace(" a Int", " an Int") + "\n";
        format(&text, FileId(0), Mode::Std).map_err(|error| format!("the template, for {}: {error:?}", self.name))
    }

    fn path(self, root: &Path) -> PathBuf {
        root.join(format!("std/{}.dark", self.name.to_lowercase()))
    }
}

/// Writes the modules.
pub fn run(root: &Path) -> ExitCode {
    for integer in INTEGERS {
        let path = integer.path(root);
        let written = integer
            .module()
            .and_then(|text| fs::write(&path, text).map_err(|error| format!("{}: {error}", path.display())));
        if let Err(message) = written {
            eprintln!("{message}");
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}

/// Modules that are not what the template says.
pub fn check(root: &Path, problems: &mut Vec<String>) {
    for integer in INTEGERS {
        let path = integer.path(root);
        if fs::read_to_string(&path).is_ok_and(|text| integer.module().is_ok_and(|it| text == it)) {
            continue;
        }
        let name = integer.name.to_lowercase();
        problems.push(format!(
            "std/{name}.dark: differs from its template; change integer.dark and run `cargo xtask integers`"
        ));
    }
}
