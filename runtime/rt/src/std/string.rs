//! `Stdlib.String` and `Stdlib.Char`. Indexes count characters as a reader does: extended grapheme clusters (UAX #29).

use dark_abi::{Context, Kind, List, StaticSlice, StaticStr, Str, TypeInfo, flags};
use unicode_segmentation::UnicodeSegmentation;

use crate::invocation::{Failure, Fault, run};
use crate::memory::Heap;
use crate::{list, number, text, value};

const NAME: &str = "String";

/// The descriptor of the lists' elements that are made here.
static STRING: TypeInfo = TypeInfo {
    kind: Kind::String,
    flags: flags::COUNTED,
    slots: 1,
    box_bytes: 0,
    name: StaticStr { bytes: NAME.as_ptr(), len: NAME.len() },
    element: ::std::ptr::null(),
    fields: StaticSlice { first: ::std::ptr::null(), len: 0 },
    cases: StaticSlice { first: ::std::ptr::null(), len: 0 },
};

/// The text as a new object, in NFC.
///
/// # Safety
/// The context is that of the running invocation.
unsafe fn made(context: *mut Context, make: impl FnOnce(&mut Heap) -> Result<String, Fault>) -> *mut Str {
    // SAFETY: promised by the caller.
    unsafe {
        run(context, |invocation| {
            let heap = &mut invocation.heap;
            let made = make(heap)?;
            text::new(heap, &made)
        })
    }
}

/// # Safety
/// Called by compiled code.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dark_string_is_empty(_: *mut Context, s: *const Str) -> bool {
    // SAFETY: promised by the caller.
    unsafe { text::as_str(s).is_empty() }
}

/// # Safety
/// Called by compiled code.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dark_string_length(context: *mut Context, s: *const Str) -> u64 {
    // SAFETY: promised by the caller.
    unsafe {
        let s = text::as_str(s);
        // CR LF is the only cluster of several ASCII characters.
        let count = match s.is_ascii() {
            true => s.len() - s.matches("\r\n").count(),
            false => s.graphemes(true).count(),
        };
        run(context, |invocation| number::from_i64(&mut invocation.heap, count as i64))
    }
}

/// The simple case mapping: what would become several characters stays.
fn simple(c: char, mut mapped: impl Iterator<Item = char>) -> char {
    match (mapped.next(), mapped.next()) {
        (Some(one), None) => one,
        _ => c,
    }
}

/// # Safety
/// Called by compiled code.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dark_string_to_uppercase(context: *mut Context, s: *const Str) -> *mut Str {
    // SAFETY: promised by the caller.
    unsafe { made(context, |_| Ok(text::as_str(s).chars().map(|c| simple(c, c.to_uppercase())).collect())) }
}

/// # Safety
/// Called by compiled code.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dark_string_to_lowercase(context: *mut Context, s: *const Str) -> *mut Str {
    // SAFETY: promised by the caller.
    unsafe { made(context, |_| Ok(text::as_str(s).chars().map(|c| simple(c, c.to_lowercase())).collect())) }
}

/// # Safety
/// Called by compiled code.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dark_string_trim(context: *mut Context, s: *const Str) -> *mut Str {
    // SAFETY: promised by the caller.
    unsafe { made(context, |_| Ok(text::as_str(s).trim().to_owned())) }
}

/// # Safety
/// Called by compiled code.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dark_string_trim_start(context: *mut Context, s: *const Str) -> *mut Str {
    // SAFETY: promised by the caller.
    unsafe { made(context, |_| Ok(text::as_str(s).trim_start().to_owned())) }
}

/// # Safety
/// Called by compiled code.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dark_string_trim_end(context: *mut Context, s: *const Str) -> *mut Str {
    // SAFETY: promised by the caller.
    unsafe { made(context, |_| Ok(text::as_str(s).trim_end().to_owned())) }
}

/// # Safety
/// Called by compiled code.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dark_string_contains(_: *mut Context, looking_in: *const Str, searched: *const Str) -> bool {
    // SAFETY: promised by the caller.
    unsafe { text::as_str(looking_in).contains(text::as_str(searched)) }
}

/// # Safety
/// Called by compiled code.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dark_string_starts_with(_: *mut Context, subject: *const Str, prefix: *const Str) -> bool {
    // SAFETY: promised by the caller.
    unsafe { text::as_str(subject).starts_with(text::as_str(prefix)) }
}

/// # Safety
/// Called by compiled code.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dark_string_ends_with(_: *mut Context, subject: *const Str, suffix: *const Str) -> bool {
    // SAFETY: promised by the caller.
    unsafe { text::as_str(subject).ends_with(text::as_str(suffix)) }
}

/// # Safety
/// Called by compiled code.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dark_string_replace_all(
    context: *mut Context,
    s: *const Str,
    search: *const Str,
    replacement: *const Str,
) -> *mut Str {
    // SAFETY: promised by the caller.
    unsafe {
        made(context, |heap| {
            let (s, search, replacement) = (text::as_str(s), text::as_str(search), text::as_str(replacement));
            let count = s.matches(search).count();
            heap.check_room(s.len().saturating_add(count.saturating_mul(replacement.len())))?;
            if search.is_empty() {
                // Around each character.
                let inside: String = s.graphemes(true).flat_map(|it| [it, replacement]).collect();
                return Ok(format!("{replacement}{inside}"));
            }
            Ok(s.replace(search, replacement))
        })
    }
}

/// # Safety
/// Called by compiled code; the elements are texts.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dark_string_join(context: *mut Context, l: *const List, separator: *const Str) -> *mut Str {
    // SAFETY: promised by the caller.
    unsafe {
        made(context, |heap| {
            let parts: Vec<&str> = (0..list::len(l)).map(|i| text::as_str(value::object(list::at(l, i)))).collect();
            let separator = text::as_str(separator);
            let bytes: usize = parts.iter().map(|part| part.len() + separator.len()).sum();
            heap.check_room(bytes)?;
            Ok(parts.join(separator))
        })
    }
}

/// The pieces of a text between separators, both seen as characters.
fn pieces<'a>(string: &'a str, separator: &str) -> Vec<&'a str> {
    let clusters: Vec<(usize, &str)> = string.grapheme_indices(true).collect();
    if separator.is_empty() {
        return clusters.into_iter().map(|(_, cluster)| cluster).collect();
    }
    let wanted: Vec<&str> = separator.graphemes(true).collect();
    let (mut out, mut start, mut at) = (Vec::new(), 0, 0);
    while at + wanted.len() <= clusters.len() {
        let matches = clusters[at..at + wanted.len()].iter().map(|(_, it)| it).eq(wanted.iter());
        if matches {
            out.push(&string[start..clusters[at].0]);
            at += wanted.len();
            start = clusters.get(at).map_or(string.len(), |(place, _)| *place);
        } else {
            at += 1;
        }
    }
    out.push(&string[start..]);
    out
}

/// # Safety
/// Called by compiled code.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dark_string_split(
    context: *mut Context,
    string: *const Str,
    separator: *const Str,
) -> *mut List {
    // SAFETY: promised by the caller.
    unsafe {
        run(context, |invocation| {
            let heap = &mut invocation.heap;
            texts(heap, &pieces(text::as_str(string), text::as_str(separator)))
        })
    }
}

/// A list of texts.
fn texts(heap: &mut Heap, pieces: &[&str]) -> Result<*mut List, Fault> {
    let mut made: Vec<u64> = Vec::with_capacity(pieces.len());
    for piece in pieces {
        match text::new(heap, piece) {
            Ok(str) => made.push(str as u64),
            Err(fault) => {
                for str in made {
                    // SAFETY: owned here.
                    unsafe { text::release(heap, str as *mut Str) };
                }
                return Err(fault);
            }
        }
    }
    // SAFETY: texts, which are consumed.
    unsafe { list::make(heap, made.as_ptr(), made.len(), &STRING) }
}

/// # Safety
/// Called by compiled code.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dark_string_reverse(context: *mut Context, string: *const Str) -> *mut Str {
    // SAFETY: promised by the caller.
    unsafe { made(context, |_| Ok(text::as_str(string).graphemes(true).rev().collect())) }
}

/// An index where negative ones count from the end, inside of the text.
///
/// # Safety
/// The word is an `Int`.
unsafe fn clamped(word: u64, length: usize) -> usize {
    let length = length as i64;
    // SAFETY: promised by the caller.
    let index = unsafe { number::to_i64(word) };
    // What no machine word holds is beyond one end or the other.
    // SAFETY: as above.
    let index =
        index.unwrap_or_else(|| if unsafe { number::display(word) }.starts_with('-') { i64::MIN } else { i64::MAX });
    let index = if index < 0 { index.saturating_add(length) } else { index };
    index.clamp(0, length) as usize
}

/// # Safety
/// Called by compiled code.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dark_string_slice(context: *mut Context, string: *const Str, from: u64, to: u64) -> *mut Str {
    // SAFETY: promised by the caller.
    unsafe {
        made(context, |_| {
            let string = text::as_str(string);
            let length = string.graphemes(true).count();
            let (from, to) = (clamped(from, length), clamped(to, length));
            Ok(string.graphemes(true).skip(from).take(to.saturating_sub(from)).collect())
        })
    }
}

/// # Safety
/// Called by compiled code.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dark_string_repeat(context: *mut Context, string: *const Str, count: u64) -> *mut Str {
    // SAFETY: promised by the caller.
    unsafe {
        made(context, |heap| {
            let count = number::to_i64(count).and_then(|count| i32::try_from(count).ok());
            let Some(count) = count else { return Err(Failure::out_of_range()) };
            let (string, count) = (text::as_str(string), usize::try_from(count).unwrap_or(0));
            heap.check_room(string.len().saturating_mul(count))?;
            Ok(string.repeat(count))
        })
    }
}

/// # Safety
/// Called by compiled code.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dark_string_to_blob(context: *mut Context, str: *const Str) -> *mut Str {
    // SAFETY: promised by the caller.
    unsafe { run(context, |invocation| text::bytes(&mut invocation.heap, text::as_bytes(str))) }
}

/// `Stdlib.Char.toString`
///
/// # Safety
/// Called by compiled code.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dark_char_to_string(context: *mut Context, c: *const Str) -> *mut Str {
    // SAFETY: promised by the caller.
    unsafe { run(context, |invocation| text::new_normal(&mut invocation.heap, text::as_str(c))) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn separators_match_whole_characters() {
        assert_eq!(pieces("a-b", "-"), ["a", "b"]);
        assert_eq!(pieces("", "-"), [""]);
        assert_eq!(pieces("", ""), [] as [&str; 0]);
        assert_eq!(pieces("-a-", "-"), ["", "a", ""]);
        assert_eq!(pieces("aaa", "aa"), ["", "a"]);
        assert_eq!(pieces("👍🏽a", "👍"), ["👍🏽a"]);
        assert_eq!(pieces("a\r\nb", "\n"), ["a\r\nb"]);
        assert_eq!(pieces("ab", ""), ["a", "b"]);
    }

    #[test]
    fn case_mappings_keep_the_number_of_characters() {
        let upper = |s: &str| s.chars().map(|c| simple(c, c.to_uppercase())).collect::<String>();
        assert_eq!(upper("straße é"), "STRAßE É");
    }
}
