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
//! A text is checked as a whole first (`document`), so that what is no JSON is said before what does not fit. Then a
//! value is made of it by the type that is wanted (`read`, `number`), or a tree (`tree`). `problem` makes the library's
//! error value. Nothing recurses: JSON comes from anybody, and may be nested as deep as memory goes.

mod document;
mod number;
mod problem;
mod read;
#[cfg(test)]
mod tests;
mod tree;
mod write;

pub use read::parse;
pub use tree::{format, read_tree};
pub use write::serialize;

use ::std::fmt::Write;

pub use document::Document;

/// A text in quotes. Beside what JSON demands, what readers might take for something else or cannot show is escaped,
/// and everything above U+FFFF.
fn write_string(out: &mut String, text: &str) {
    out.push('"');
    let mut done = 0;
    for (at, c) in text.char_indices() {
        if !needs_escape(c) {
            continue;
        }
        out.push_str(&text[done..at]);
        done = at + c.len_utf8();
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\u{8}' => out.push_str("\\b"),
            '\t' => out.push_str("\\t"),
            '\n' => out.push_str("\\n"),
            '\u{c}' => out.push_str("\\f"),
            '\r' => out.push_str("\\r"),
            _ => {
                for unit in c.encode_utf16(&mut [0; 2]) {
                    // Writing to a string does not fail.
                    let _ = write!(out, "\\u{unit:04X}");
                }
            }
        }
    }
    out.push_str(&text[done..]);
    out.push('"');
}

fn needs_escape(c: char) -> bool {
    match c {
        '"' | '\\' => true,
        ' '..='~' => false,
        '\u{0}'..='\u{9f}' => true,
        // Spaces and separators of lines, the mark of byte order, private use, and what is no character.
        '\u{a0}' | '\u{1680}' | '\u{2000}'..='\u{200a}' | '\u{2028}' | '\u{2029}' | '\u{202f}' | '\u{205f}' => true,
        '\u{3000}' | '\u{e000}'..='\u{f8ff}' | '\u{fdd0}'..='\u{fdef}' | '\u{feff}' | '\u{fffe}'.. => true,
        _ => false,
    }
}
