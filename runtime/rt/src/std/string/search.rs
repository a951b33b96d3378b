//! Finding and replacing texts in texts. What the names with `Egc` find begins and ends between characters; the others
//! compare code units, and may find a part of a character.

use dark_abi::{Context, Str};

use super::{made, shared};
use crate::clusters::Clusters;
use crate::invocation::run;
use crate::{number, text};

/// What functions that find nothing give to the library.
const ABSENT: i64 = -1;

/// Where a text that is not empty is found first.
fn find(text: &str, wanted: &str) -> Option<usize> {
    match wanted.as_bytes() {
        [byte] => memchr::memchr(*byte, text.as_bytes()),
        wanted => memchr::memmem::find(text.as_bytes(), wanted),
    }
}

/// Where a text that is not empty is found, each behind the end of the one before.
pub(super) fn find_all(text: &str, wanted: &str) -> impl Iterator<Item = usize> {
    let mut from = 0;
    ::std::iter::from_fn(move || {
        let at = from + find(&text[from..], wanted)?;
        from = at + wanted.len();
        Some(at)
    })
}

/// # Safety
/// Called by compiled code.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dark_string_contains(_: *mut Context, looking_in: *const Str, searched: *const Str) -> bool {
    // SAFETY: promised by the caller.
    unsafe { find(text::as_str(looking_in), text::as_str(searched)).is_some() }
}

/// Whether there is a boundary between characters.
fn is_boundary(clusters: Clusters<'_>, at: usize) -> bool {
    if clusters.is_plain() {
        return true;
    }
    let mut cursor = unicode_segmentation::GraphemeCursor::new(at, clusters.text.len(), true);
    cursor.is_boundary(clusters.text, 0).unwrap_or(true)
}

/// # Safety
/// Called by compiled code.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dark_string_starts_with(_: *mut Context, subject: *const Str, prefix: *const Str) -> bool {
    // SAFETY: promised by the caller.
    unsafe {
        let (subject, prefix) = (Clusters::of(subject), text::as_str(prefix));
        subject.text.starts_with(prefix) && is_boundary(subject, prefix.len())
    }
}

/// # Safety
/// Called by compiled code.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dark_string_ends_with(_: *mut Context, subject: *const Str, suffix: *const Str) -> bool {
    // SAFETY: promised by the caller.
    unsafe {
        let (subject, suffix) = (Clusters::of(subject), text::as_str(suffix));
        subject.text.ends_with(suffix) && is_boundary(subject, subject.text.len() - suffix.len())
    }
}

/// The number of UTF-16 code units.
fn units(text: &str) -> usize {
    text.bytes().map(|byte| usize::from(byte & 0xc0 != 0x80) + usize::from(byte >= 0xf0)).sum()
}

/// # Safety
/// The context is that of the running invocation.
unsafe fn index(context: *mut Context, found: Option<usize>) -> u64 {
    let index = found.map_or(ABSENT, |index| index as i64);
    // SAFETY: promised by the caller.
    unsafe { run(context, |invocation| number::from_i64(&mut invocation.heap, index)) }
}

/// # Safety
/// Called by compiled code.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dark_string_internal_index_of(
    context: *mut Context,
    s: *const Str,
    wanted: *const Str,
) -> u64 {
    // SAFETY: promised by the caller.
    unsafe {
        let (s, wanted) = (text::as_str(s), text::as_str(wanted));
        index(context, find(s, wanted).map(|at| units(&s[..at])))
    }
}

/// # Safety
/// Called by compiled code.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dark_string_internal_last_index_of(
    context: *mut Context,
    s: *const Str,
    wanted: *const Str,
) -> u64 {
    // SAFETY: promised by the caller.
    unsafe {
        let (s, wanted) = (text::as_str(s), text::as_str(wanted));
        index(context, s.rfind(wanted).map(|at| units(&s[..at])))
    }
}

fn index_of_clusters(s: Clusters<'_>, wanted: &str) -> Option<usize> {
    match (wanted.is_empty(), s.is_plain()) {
        (true, _) => Some(0),
        (false, true) => find(s.text, wanted),
        (false, false) => s.matches(wanted).next().map(|found| found.index),
    }
}

fn last_index_of_clusters(s: Clusters<'_>, wanted: &str) -> Option<usize> {
    match (wanted.is_empty(), s.is_plain()) {
        (true, _) => Some(s.count()),
        (false, true) => s.text.rfind(wanted),
        (false, false) => s.matches(wanted).last().map(|found| found.index),
    }
}

/// # Safety
/// Called by compiled code.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dark_string_internal_index_of_egc(
    context: *mut Context,
    s: *const Str,
    wanted: *const Str,
) -> u64 {
    // SAFETY: promised by the caller.
    unsafe { index(context, index_of_clusters(Clusters::of(s), text::as_str(wanted))) }
}

/// # Safety
/// Called by compiled code.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dark_string_internal_last_index_of_egc(
    context: *mut Context,
    s: *const Str,
    wanted: *const Str,
) -> u64 {
    // SAFETY: promised by the caller.
    unsafe { index(context, last_index_of_clusters(Clusters::of(s), text::as_str(wanted))) }
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
        let (clusters, search, replacement) = (Clusters::of(s), text::as_str(search), text::as_str(replacement));
        if search.is_empty() {
            // It is found around each character.
            return made(context, |heap| {
                let count = clusters.count() + 1;
                heap.check_room(clusters.text.len().saturating_add(count.saturating_mul(replacement.len())))?;
                let mut out = String::from(replacement);
                for (_, character) in clusters.iter() {
                    out.push_str(character);
                    out.push_str(replacement);
                }
                Ok(out)
            });
        }
        let text = clusters.text;
        let count = find_all(text, search).count();
        if count == 0 {
            return shared(s);
        }
        run(context, |invocation| {
            let heap = &mut invocation.heap;
            let bytes = (text.len() - count * search.len()).saturating_add(count.saturating_mul(replacement.len()));
            heap.check_room(bytes)?;
            let (mut out, mut done) = (text::Growing::new(heap, bytes), 0);
            for at in find_all(text, search) {
                out.push_str(&text[done..at]);
                out.push_str(replacement);
                done = at + search.len();
            }
            out.push_str(&text[done..]);
            out.finish()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_found_one_behind_the_other() {
        for text in ["", "aaaa", "a-b--c", "éxé", "abababa"] {
            for wanted in ["a", "aa", "-", "--", "é", "aba", "longer than all"] {
                let expected: Vec<usize> = text.match_indices(wanted).map(|(at, _)| at).collect();
                assert_eq!(find_all(text, wanted).collect::<Vec<_>>(), expected, "{text:?} {wanted:?}");
            }
            assert_eq!(find(text, ""), text.find(""));
        }
    }

    #[test]
    fn units_are_those_of_utf16() {
        for text in ["", "abc", "é", "😀", "a😀é中\u{10ffff}"] {
            assert_eq!(units(text), text.encode_utf16().count(), "{text}");
        }
    }

    #[test]
    fn searches_by_character_do_not_find_parts_of_one() {
        let (first, last) = (
            |s, wanted| index_of_clusters(Clusters::new(s), wanted),
            |s, wanted| last_index_of_clusters(Clusters::new(s), wanted),
        );
        assert_eq!(first("😀!", "!"), Some(1));
        assert_eq!(first("👍🏽", "🏽"), None);
        assert_eq!(first("a\r\nb", "\n"), None);
        assert_eq!(last("a\r\nb\n", "\n"), Some(3));
        assert_eq!(last("aaa", "aa"), Some(1));
        assert_eq!(last("ééé", "éé"), Some(1));
        assert_eq!((first("", ""), last("", ""), last("a\r\n", "")), (Some(0), Some(0), Some(2)));
    }

    #[test]
    fn ends_of_texts_are_compared_by_character() {
        let clusters = Clusters::new("👍🏽a\r\n");
        assert!(
            is_boundary(clusters, 0) && is_boundary(clusters, "👍🏽".len()) && is_boundary(clusters, clusters.text.len())
        );
        assert!(!is_boundary(clusters, "👍".len()) && !is_boundary(clusters, clusters.text.len() - 1));
    }
}
