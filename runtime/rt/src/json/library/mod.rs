//! JSON as `Stdlib.Json` and `Stdlib.AltJson` read and write it.
//!
//! | type | JSON |
//! | --- | --- |
//! | `Unit` | null |
//! | integers | a number of any size |
//! | `Float` | a number; NaN and infinities are text |
//! | `String`, `Char`, `DateTime`, `Uuid` | text |
//! | `List`, tuple | array |
//! | `Dict`, record | object, its keys in ascending order |
//! | enum | `{"Case":[fields]}`, whatever the case |
//!
//! A text that is right becomes a value of the type that is wanted in one walk (`direct`, `scalar`, `number`). Any other one
//! is checked as a whole first (`document`), so that what is no JSON is said before what does not fit; then `read` finds what
//! that is, and `problem` makes the library's error value of it. A document also becomes a tree (`tree`). Nothing recurses
//! far: JSON comes from anybody, and may be nested as deep as memory goes.

mod direct;
mod document;
mod number;
mod problem;
mod read;
mod scalar;
#[cfg(test)]
mod tests;
mod tree;
mod write;

pub use read::parse;
pub use tree::{format, read_tree};
pub use write::serialize;

use ::std::fmt::{self, Write};

pub use document::Document;

/// A text in quotes. Beside what JSON demands, what readers might take for something else or cannot show is escaped,
/// and everything above U+FFFF.
fn write_string(out: &mut impl Write, text: &str) -> fmt::Result {
    out.write_char('"')?;
    let mut rest = text;
    loop {
        let (plain, other) = rest.split_at(plain_run(rest.as_bytes()));
        out.write_str(plain)?;
        let Some(first) = other.chars().next() else { break };
        rest = &other[first.len_utf8()..];
        write_character(out, first)?;
    }
    out.write_char('"')
}

/// How many bytes there are that stand for themselves: printable ASCII but for quotes and backslashes.
fn plain_run(bytes: &[u8]) -> usize {
    let is_plain = |byte: &u8| PLAIN[usize::from(*byte)];
    let (eights, rest) = bytes.as_chunks::<8>();
    let words = eights.iter().take_while(|eight| eight.iter().all(is_plain)).count();
    let rest = eights.get(words).map_or(rest, |eight| eight);
    words * 8 + rest.iter().take_while(|byte| is_plain(byte)).count()
}

static PLAIN: [bool; 256] = {
    let mut plain = [false; 256];
    let mut byte = 0x20;
    while byte < 0x7f {
        plain[byte] = byte != b'"' as usize && byte != b'\\' as usize;
        byte += 1;
    }
    plain
};

fn write_character(out: &mut impl Write, c: char) -> fmt::Result {
    match c {
        '"' => out.write_str("\\\""),
        '\\' => out.write_str("\\\\"),
        '\u{8}' => out.write_str("\\b"),
        '\t' => out.write_str("\\t"),
        '\n' => out.write_str("\\n"),
        '\u{c}' => out.write_str("\\f"),
        '\r' => out.write_str("\\r"),
        _ if !needs_escape(c) => out.write_char(c),
        _ => {
            for unit in c.encode_utf16(&mut [0; 2]) {
                write!(out, "\\u{unit:04X}")?;
            }
            Ok(())
        }
    }
}

/// Whether a character other than the printable ones of ASCII is written as its number.
fn needs_escape(c: char) -> bool {
    match c {
        '\u{0}'..='\u{9f}' => true,
        // Spaces and separators of lines, the mark of byte order, private use, and what is no character.
        '\u{a0}' | '\u{1680}' | '\u{2000}'..='\u{200a}' | '\u{2028}' | '\u{2029}' | '\u{202f}' | '\u{205f}' => true,
        '\u{3000}' | '\u{e000}'..='\u{f8ff}' | '\u{fdd0}'..='\u{fdef}' | '\u{feff}' | '\u{fffe}'.. => true,
        _ => false,
    }
}
