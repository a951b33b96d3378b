//! Upper and lower case by Unicode's simple mappings, one code point for one, and `Stdlib.Char`.

use dark_abi::{Context, Str};

use super::{made, shared};
use crate::invocation::run;
use crate::{number, text};

/// What becomes several code points in a full mapping stays, unless it has a simple one. The dotless i, the long s and
/// the dotted I are not mapped either: nothing maps back to them.
fn upper(c: char) -> char {
    match c {
        'ı' | 'ſ' => c,
        // Greek letters with an iota below, whose capitals have it at their side.
        '\u{1f80}'..='\u{1f87}' | '\u{1f90}'..='\u{1f97}' | '\u{1fa0}'..='\u{1fa7}' => moved(c, 8),
        '\u{1fb3}' | '\u{1fc3}' | '\u{1ff3}' => moved(c, 9),
        _ => only(c, c.to_uppercase()),
    }
}

fn lower(c: char) -> char {
    only(c, c.to_lowercase())
}

fn moved(c: char, by: u32) -> char {
    char::from_u32(u32::from(c) + by).unwrap_or(c)
}

fn only(c: char, mut mapped: impl Iterator<Item = char>) -> char {
    match (mapped.next(), mapped.next()) {
        (Some(one), None) => one,
        _ => c,
    }
}

fn text_upper(text: &str) -> String {
    if text.is_ascii() { text.to_ascii_uppercase() } else { text.chars().map(upper).collect() }
}

fn text_lower(text: &str) -> String {
    if text.is_ascii() { text.to_ascii_lowercase() } else { text.chars().map(lower).collect() }
}

/// # Safety
/// Called by compiled code.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dark_string_to_uppercase(context: *mut Context, s: *const Str) -> *mut Str {
    // SAFETY: promised by the caller.
    unsafe { made(context, |_| Ok(text_upper(text::as_str(s)))) }
}

/// # Safety
/// Called by compiled code.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dark_string_to_lowercase(context: *mut Context, s: *const Str) -> *mut Str {
    // SAFETY: promised by the caller.
    unsafe { made(context, |_| Ok(text_lower(text::as_str(s)))) }
}

/// # Safety
/// Called by compiled code.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dark_char_to_uppercase(context: *mut Context, c: *const Str) -> *mut Str {
    // SAFETY: promised by the caller.
    unsafe { mapped(context, c, text_upper) }
}

/// # Safety
/// Called by compiled code.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dark_char_to_lowercase(context: *mut Context, c: *const Str) -> *mut Str {
    // SAFETY: promised by the caller.
    unsafe { mapped(context, c, text_lower) }
}

/// A mark may become a letter; what would be two characters stays.
///
/// # Safety
/// As `made`.
unsafe fn mapped(context: *mut Context, c: *const Str, map: impl FnOnce(&str) -> String) -> *mut Str {
    // SAFETY: promised by the caller.
    unsafe {
        let mapped = map(text::as_str(c));
        if crate::clusters::Clusters::new(&mapped).count() == 1 { made(context, |_| Ok(mapped)) } else { shared(c) }
    }
}

/// # Safety
/// Called by compiled code.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dark_char_is_lowercase(_: *mut Context, c: *const Str) -> bool {
    // SAFETY: promised by the caller.
    let c = unsafe { text::as_str(c) };
    text_upper(c) != c && text_lower(c) == c
}

/// # Safety
/// Called by compiled code.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dark_char_is_uppercase(_: *mut Context, c: *const Str) -> bool {
    // SAFETY: promised by the caller.
    let c = unsafe { text::as_str(c) };
    text_lower(c) != c && text_upper(c) == c
}

/// # Safety
/// Called by compiled code.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dark_char_is_digit(_: *mut Context, c: *const Str) -> bool {
    // SAFETY: promised by the caller.
    matches!(unsafe { text::as_bytes(c) }, [b'0'..=b'9'])
}

/// # Safety
/// Called by compiled code.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dark_char_is_ascii_letter(_: *mut Context, c: *const Str) -> bool {
    // SAFETY: promised by the caller.
    matches!(unsafe { text::as_bytes(c) }, [b'a'..=b'z' | b'A'..=b'Z'])
}

/// # Safety
/// Called by compiled code.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dark_char_is_ascii(_: *mut Context, c: *const Str) -> bool {
    // SAFETY: promised by the caller. CR LF is one character.
    unsafe { text::as_bytes(c) }.is_ascii()
}

/// The first code point.
///
/// # Safety
/// Called by compiled code.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dark_char_internal_codepoint(context: *mut Context, c: *const Str) -> u64 {
    // SAFETY: promised by the caller.
    unsafe {
        let first = text::as_str(c).chars().next().map_or(0, u32::from);
        run(context, |invocation| number::from_i64(&mut invocation.heap, i64::from(first)))
    }
}

/// # Safety
/// The word is an `Int`.
unsafe fn scalar(codepoint: u64) -> Option<char> {
    // SAFETY: promised by the caller.
    let number = unsafe { number::to_i64(codepoint) }?;
    char::from_u32(u32::try_from(number).ok()?)
}

/// # Safety
/// Called by compiled code.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dark_char_internal_is_codepoint(_: *mut Context, codepoint: u64) -> bool {
    // SAFETY: promised by the caller.
    unsafe { scalar(codepoint) }.is_some()
}

/// # Safety
/// Called by compiled code, with a code point.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dark_char_internal_from_codepoint(context: *mut Context, codepoint: u64) -> *mut Str {
    // SAFETY: promised by the caller.
    unsafe { made(context, |_| Ok(scalar(codepoint).map_or_else(String::new, String::from))) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_mappings_are_one_to_one() {
        assert_eq!(text_upper("straße ŉ և ﬁ ıſ"), "STRAßE ŉ և ﬁ ıſ");
        assert_eq!(text_upper("ᾳ ᾀ ᾧ ῃ ῳ ΐ"), "ᾼ ᾈ ᾯ ῌ ῼ ΐ");
        assert_eq!(text_lower("ΟΣ İ ẞ ᾼ"), "οσ İ ß ᾳ");
        assert_eq!((text_upper("ǆ"), text_upper("ǅ"), text_lower("ǅ")), ("Ǆ".into(), "Ǆ".into(), "ǆ".into()));
        assert_eq!((text_upper("ა"), text_lower("Ა")), ("Ა".into(), "ა".into()));
        assert_eq!(text_upper("α\u{345}"), "ΑΙ");
        assert_eq!(text_upper("𐐨"), "𐐀");
    }
}
