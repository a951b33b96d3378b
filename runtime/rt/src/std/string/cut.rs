//! Parts of texts: slices, pieces between separators, and what is left without white space.

use dark_abi::{Context, List, Str};

use super::search::find_all;
use super::{STRING, list_of, part};
use crate::clusters::Clusters;
use crate::invocation::run;
use crate::{number, text};

/// An index that no machine word holds is beyond one end or the other.
///
/// # Safety
/// The word is an `Int`.
unsafe fn machine(word: u64) -> i64 {
    // SAFETY: promised by the caller.
    unsafe {
        let beyond = || if number::display(word).starts_with('-') { i64::MIN } else { i64::MAX };
        number::to_i64(word).unwrap_or_else(beyond)
    }
}

/// The characters from one index up to another. Negative ones count from the end; both are clamped into the text.
fn slice(clusters: Clusters<'_>, from: i64, to: i64) -> &str {
    let text = clusters.text;
    let length = if from < 0 || to < 0 { clusters.count() as i64 } else { i64::MAX };
    let inside = |index: i64| {
        let index = if index < 0 { index.saturating_add(length) } else { index };
        usize::try_from(index.clamp(0, length)).unwrap_or(usize::MAX)
    };
    let (from, to) = (inside(from), inside(to));
    if from >= to {
        return "";
    }
    let start = clusters.offset(from);
    &text[start..start + clusters.after(start).offset(to - from)]
}

/// # Safety
/// Called by compiled code.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dark_string_slice(context: *mut Context, string: *const Str, from: u64, to: u64) -> *mut Str {
    // SAFETY: promised by the caller.
    unsafe { part(context, string, slice(Clusters::of(string), machine(from), machine(to))) }
}

/// The pieces of a text of ASCII between separators.
fn plain_pieces<'a>(text: &'a str, separator: &str) -> impl Iterator<Item = &'a str> {
    let mut matches = find_all(text, separator);
    let (mut start, mut ended) = (0, false);
    ::std::iter::from_fn(move || {
        if ended {
            return None;
        }
        let found = matches.next();
        ended = found.is_none();
        let piece = &text[start..found.unwrap_or(text.len())];
        start = found.map_or(start, |at| at + separator.len());
        Some(piece)
    })
}

/// The pieces between separators, which are whole characters; no more than so many.
fn pieces<'a>(clusters: Clusters<'a>, separator: &str, most: usize) -> Vec<&'a str> {
    let text = clusters.text;
    if clusters.is_plain() {
        return text.splitn(most, separator).collect();
    }
    let (mut out, mut start) = (Vec::new(), 0);
    let mut matches = clusters.matches(separator);
    while out.len() + 1 < most
        && let Some(found) = matches.next()
    {
        out.push(&text[start..found.at]);
        start = found.at + separator.len();
        matches.skip_match(found);
    }
    out.push(&text[start..]);
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
            let (heap, clusters, separator) = (&mut invocation.heap, Clusters::of(string), text::as_str(separator));
            if separator.is_empty() {
                return list_of(heap, clusters.iter().map(|(_, character)| character), &STRING);
            }
            if clusters.is_plain() {
                return list_of(heap, plain_pieces(clusters.text, separator), &STRING);
            }
            list_of(heap, pieces(clusters, separator, usize::MAX).into_iter(), &STRING)
        })
    }
}

/// # Safety
/// Called by compiled code.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dark_string_split_n(
    context: *mut Context,
    string: *const Str,
    separator: *const Str,
    n: u64,
) -> *mut List {
    // SAFETY: promised by the caller.
    unsafe {
        run(context, |invocation| {
            let (clusters, separator) = (Clusters::of(string), text::as_str(separator));
            // Without a separator there is nothing to split at.
            let most = if separator.is_empty() { 1 } else { usize::try_from(machine(n)).unwrap_or(1).max(1) };
            list_of(&mut invocation.heap, pieces(clusters, separator, most).into_iter(), &STRING)
        })
    }
}

/// The lines of a text: LF and CR LF end one. A line break at the end begins an empty last line.
fn lines(text: &str) -> impl Iterator<Item = &str> {
    let mut lines = text.split('\n').peekable();
    ::std::iter::from_fn(move || {
        let line = lines.next()?;
        // A CR before the end of the text ends no line.
        Some(if lines.peek().is_some() { line.strip_suffix('\r').unwrap_or(line) } else { line })
    })
}

/// # Safety
/// Called by compiled code.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dark_string_split_on_newline(context: *mut Context, str: *const Str) -> *mut List {
    // SAFETY: promised by the caller.
    unsafe {
        run(context, |invocation| {
            let text = text::as_str(str);
            let shown = if text.is_empty() { 0 } else { usize::MAX };
            list_of(&mut invocation.heap, lines(text).take(shown), &STRING)
        })
    }
}

/// # Safety
/// Called by compiled code.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dark_string_trim(context: *mut Context, s: *const Str) -> *mut Str {
    // SAFETY: promised by the caller.
    unsafe { part(context, s, text::as_str(s).trim()) }
}

/// # Safety
/// Called by compiled code.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dark_string_trim_start(context: *mut Context, s: *const Str) -> *mut Str {
    // SAFETY: promised by the caller.
    unsafe { part(context, s, text::as_str(s).trim_start()) }
}

/// # Safety
/// Called by compiled code.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dark_string_trim_end(context: *mut Context, s: *const Str) -> *mut Str {
    // SAFETY: promised by the caller.
    unsafe { part(context, s, text::as_str(s).trim_end()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn separators_match_whole_characters() {
        let split = |text, separator| pieces(Clusters::new(text), separator, usize::MAX);
        assert_eq!(split("a-b", "-"), ["a", "b"]);
        assert_eq!(split("", "-"), [""]);
        assert_eq!(split("-a-", "-"), ["", "a", ""]);
        assert_eq!(split("aaa", "aa"), ["", "a"]);
        assert_eq!(split("é-é-", "-"), ["é", "é", ""]);
        assert_eq!(split("👍🏽a", "👍"), ["👍🏽a"]);
        assert_eq!(split("a\r\nb", "\n"), ["a\r\nb"]);
        for (text, separator) in
            [("a-b", "-"), ("", "-"), ("-a-", "-"), ("aaa", "aa"), ("a, b, , c", ", "), ("abc", "x")]
        {
            assert_eq!(plain_pieces(text, separator).collect::<Vec<_>>(), split(text, separator));
        }
        assert_eq!(pieces(Clusters::new("é-é-é"), "-", 2), ["é", "é-é"]);
        assert_eq!(pieces(Clusters::new("a-b-c"), "-", 2), ["a", "b-c"]);
    }

    #[test]
    fn slices_count_from_either_end() {
        for text in ["hello", "h\u{e9}llo", "he\r\no", "🇨🇭🇩🇪a👍🏽\u{301}"] {
            let clusters = Clusters::new(text);
            let all: Vec<&str> = clusters.iter().map(|(_, it)| it).collect();
            let length = all.len() as i64;
            for from in -7..8 {
                for to in -7..8 {
                    let inside =
                        |index: i64| (if index < 0 { index + length } else { index }).clamp(0, length) as usize;
                    let (start, end) = (inside(from), inside(to));
                    let expected = if start < end { all[start..end].concat() } else { String::new() };
                    assert_eq!(slice(clusters, from, to), expected, "{text:?} {from} {to}");
                }
            }
            assert_eq!(slice(clusters, i64::MIN, i64::MAX), text);
        }
    }

    #[test]
    fn lines_end_with_lf_or_cr_lf() {
        let all = |text| lines(text).collect::<Vec<_>>();
        assert_eq!(all("a\r\nb\nc"), ["a", "b", "c"]);
        assert_eq!(all("a\n\r\n"), ["a", "", ""]);
        assert_eq!(all("a\rb\r"), ["a\rb\r"]);
    }
}
