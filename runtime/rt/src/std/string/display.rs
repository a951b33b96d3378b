//! Texts for other readers: terminals, HTML, addresses; and random ones.

use dark_abi::{Context, Str};
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthChar;

use super::made;
use crate::invocation::{Failure, run};
use crate::{number, text};

/// The columns of a terminal that a text takes.
pub(crate) fn width(text: &str) -> usize {
    // Printable ASCII takes a column each.
    if text.bytes().all(|byte| (b' '..0x7f).contains(&byte)) {
        return text.len();
    }
    text.graphemes(true).map(cluster_width).sum()
}

fn cluster_width(cluster: &str) -> usize {
    let is_flag_part = |c: &char| ('\u{1f1e6}'..='\u{1f1ff}').contains(c);
    let widest = cluster.chars().map(scalar_width).max().unwrap_or(0);
    let is_flag = cluster.chars().filter(is_flag_part).count() >= 2;
    if is_flag || (widest == 1 && cluster.contains('\u{fe0f}')) { 2 } else { widest }
}

/// Format characters, which the table of widths gives a column when some terminals do, take none.
fn scalar_width(c: char) -> usize {
    match c {
        '\u{ad}'
        | '\u{600}'..='\u{605}'
        | '\u{6dd}'
        | '\u{70f}'
        | '\u{890}'..='\u{891}'
        | '\u{8e2}'
        | '\u{110bd}'
        | '\u{110cd}' => 0,
        _ => c.width().unwrap_or(0),
    }
}

/// # Safety
/// Called by compiled code.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dark_string_display_width(context: *mut Context, s: *const Str) -> u64 {
    // SAFETY: promised by the caller.
    unsafe { run(context, |invocation| number::from_i64(&mut invocation.heap, width(text::as_str(s)) as i64)) }
}

/// # Safety
/// Called by compiled code.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dark_string_internal_has_control(_: *mut Context, s: *const Str) -> bool {
    // SAFETY: promised by the caller.
    unsafe { text::as_str(s) }.chars().any(char::is_control)
}

fn html(out: &mut text::Growing, text: &str) {
    let mut done = 0;
    for (at, byte) in text.bytes().enumerate() {
        let escaped = match byte {
            b'<' => "&lt;",
            b'>' => "&gt;",
            b'&' => "&amp;",
            b'"' => "&quot;",
            b'\'' => "&#x27;",
            _ => continue,
        };
        out.push_str(&text[done..at]);
        out.push_str(escaped);
        done = at + 1;
    }
    out.push_str(&text[done..]);
}

/// # Safety
/// Called by compiled code.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dark_string_html_escape(context: *mut Context, text: *const Str) -> *mut Str {
    // SAFETY: promised by the caller.
    unsafe {
        run(context, |invocation| {
            let text = text::as_str(text);
            let mut out = text::Growing::new(&mut invocation.heap, text.len() + text.len() / 2);
            html(&mut out, text);
            out.finish()
        })
    }
}

/// The part of an address that names something: small letters, digits and hyphens.
fn slug(text: &str) -> String {
    let is_joint = |c: char| c == '-' || c == '_' || c.is_whitespace();
    let lower = text.to_lowercase();
    let kept: String = lower
        .chars()
        .filter(|&c| c != '\u{b}' && (c.is_ascii_lowercase() || c.is_ascii_digit() || is_joint(c)))
        .collect();
    let mut out = String::new();
    let mut joint = false;
    for c in kept.trim().chars() {
        if !is_joint(c) {
            out.push(c);
        } else if !joint {
            out.push('-');
        }
        joint = is_joint(c);
    }
    out
}

/// # Safety
/// Called by compiled code.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dark_string_internal_slugify(context: *mut Context, text: *const Str) -> *mut Str {
    // SAFETY: promised by the caller.
    unsafe { made(context, |_| Ok(slug(text::as_str(text)))) }
}

const LETTERS_AND_DIGITS: &[u8; 62] = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

/// So many letters and digits, each as likely as the others: bytes too high to be fair are drawn again.
fn random(length: usize, fill: impl Fn(&mut [u8])) -> String {
    let fair = 256 / LETTERS_AND_DIGITS.len() * LETTERS_AND_DIGITS.len();
    let mut out = String::with_capacity(length);
    let mut bytes = [0; 256];
    while out.len() < length {
        fill(&mut bytes);
        let drawn = bytes.iter().map(|byte| usize::from(*byte)).filter(|byte| *byte < fair);
        out.extend(
            drawn.take(length - out.len()).map(|it| char::from(LETTERS_AND_DIGITS[it % LETTERS_AND_DIGITS.len()])),
        );
    }
    out
}

/// # Safety
/// Called by compiled code, with a length that is not negative.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dark_string_internal_random(context: *mut Context, length: u64) -> *mut Str {
    // SAFETY: promised by the caller.
    unsafe {
        run(context, |invocation| {
            let length = number::to_i64(length).and_then(|length| usize::try_from(length).ok());
            let length = length.ok_or_else(Failure::memory)?;
            invocation.heap.check_room(length)?;
            let made = random(length, |bytes| invocation.environment.random.fill(bytes));
            text::new_normal(&mut invocation.heap, &made)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn widths_are_those_of_terminals() {
        for (text, expected) in [
            ("", 0),
            ("abc", 3),
            ("a\tb\u{7f}", 2),
            ("añ漢🇨🇭", 6),
            ("e\u{301}", 1),
            ("👩\u{200d}👩\u{200d}👧", 2),
            ("❤\u{fe0f}", 2),
            ("❤", 1),
            ("·", 1),
            ("ＡＢ", 4),
            ("\u{ad}\u{200b}\u{feff}", 0),
        ] {
            assert_eq!(width(text), expected, "{text:?}");
        }
    }

    #[test]
    fn slugs_have_one_hyphen_between_words() {
        for (text, expected) in [
            ("_Hej, Då!_", "-hej-d-"),
            ("  Some  Title\t2 ", "some-title-2"),
            ("a\u{b}b", "ab"),
            ("!-!", "-"),
            ("!?", ""),
            ("a - b__c", "a-b-c"),
        ] {
            assert_eq!(slug(text), expected, "{text:?}");
        }
    }

    #[test]
    fn random_texts_have_every_letter() {
        let next = ::std::cell::Cell::new(0_u8);
        let fill = |bytes: &mut [u8]| {
            bytes.fill_with(|| {
                next.set(next.get().wrapping_add(1));
                next.get()
            });
        };
        let made = random(62 * 4, fill);
        for letter in LETTERS_AND_DIGITS {
            assert_eq!(made.bytes().filter(|it| it == letter).count(), 4);
        }
    }
}
