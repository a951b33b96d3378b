//! Strings, chars and blobs: one object, `Str`, with its bytes behind it.
//!
//! Text is UTF-8 in normalisation form C. Joining two such texts can only change what lies between the last boundary
//! of the left one and the first of the right one, so only that much is normalised again.
//!
//! The header's word remembers whether each byte of a text is a character: then its indexes are those of its bytes, and
//! a loop over them by index is linear.

use ::std::cmp::Ordering;
use ::std::ptr::copy_nonoverlapping;

use dark_abi::{Header, Str};
use unicode_normalization::char::canonical_combining_class;
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

use crate::invocation::{Failure, Fault};
use crate::memory::{Heap, room};
use crate::value::{is_immortal, is_unique, retain};

mod growing;

pub use growing::Growing;

const HEAD_BYTES: usize = size_of::<Str>();

/// Each byte is a character.
const PLAIN: u32 = 1;
/// Some character has several bytes.
const CLUSTERED: u32 = 2;

/// A text of one byte in static memory.
#[repr(C)]
struct Letter {
    head: Str,
    byte: [u8; 8],
}

// SAFETY: never changed.
unsafe impl Sync for Letter {}

/// The most usual texts: every ASCII character.
static LETTERS: [Letter; 128] = {
    let mut letters = [const { Letter { head: static_head(1), byte: [0; 8] } }; 128];
    let mut code = 0;
    while code < 128 {
        letters[code].byte[0] = code as u8;
        code += 1;
    }
    letters
};

const fn static_head(len: u64) -> Str {
    Str { header: Header { count: dark_abi::IMMORTAL, word: 0 }, len, capacity: len }
}

/// A new text; normalises it.
pub fn new(heap: &mut Heap, text: &str) -> Result<*mut Str, Fault> {
    if is_normal(text) {
        return new_normal(heap, text);
    }
    heap.check_room(text.len())?;
    let normal: String = text.nfc().collect();
    new_normal(heap, &normal)
}

/// A new text that is in NFC already.
pub fn new_normal(heap: &mut Heap, text: &str) -> Result<*mut Str, Fault> {
    bytes(heap, text.as_bytes())
}

/// A new blob.
pub fn bytes(heap: &mut Heap, bytes: &[u8]) -> Result<*mut Str, Fault> {
    if let [byte @ ..128] = bytes {
        return Ok((&raw const LETTERS[usize::from(*byte)].head).cast_mut());
    }
    let str = allocate(heap, bytes.len())?;
    // SAFETY: fresh, with room for the bytes.
    unsafe {
        copy_nonoverlapping(bytes.as_ptr(), data(str), bytes.len());
        (*str).len = bytes.len() as u64;
    }
    Ok(str)
}

/// A new blob, or text in NFC, of so many bytes, which are 0 until they are written.
pub fn filled(heap: &mut Heap, len: usize, fill: impl FnOnce(&mut [u8])) -> Result<*mut Str, Fault> {
    let str = allocate(heap, len)?;
    // SAFETY: fresh, with room for the bytes.
    unsafe {
        (*str).len = len as u64;
        let room = data(str);
        room.write_bytes(0, len);
        fill(::std::slice::from_raw_parts_mut(room, len));
    }
    Ok(str)
}

/// Whether a text is in NFC for certain, or after a closer look.
fn is_normal(text: &str) -> bool {
    if text.is_ascii() {
        return true;
    }
    match is_nfc_quick(text.chars()) {
        IsNormalized::Yes => true,
        IsNormalized::No => false,
        IsNormalized::Maybe => text.nfc().eq(text.chars()),
    }
}

/// An empty `Str` with room for so many bytes, and for what its size class leaves over.
fn allocate(heap: &mut Heap, len: usize) -> Result<*mut Str, Fault> {
    let bytes = room(len.checked_add(HEAD_BYTES).ok_or_else(Failure::memory)?);
    let str = heap.try_allocate(bytes)?.cast::<Str>();
    // SAFETY: fresh, and that large.
    unsafe {
        (*str).len = 0;
        (*str).capacity = (bytes - HEAD_BYTES) as u64;
    }
    Ok(str)
}

#[inline]
fn data(str: *const Str) -> *mut u8 {
    str.wrapping_add(1).cast_mut().cast()
}

/// The bytes of a text or blob. The null pointer has none.
///
/// # Safety
/// It is alive and does not change while the result is used.
#[inline]
pub unsafe fn as_bytes<'a>(str: *const Str) -> &'a [u8] {
    if str.is_null() {
        return &[];
    }
    // SAFETY: the bytes stand behind the head.
    unsafe { ::std::slice::from_raw_parts(data(str), (*str).len as usize) }
}

/// The text of a String or Char.
///
/// # Safety
/// As `as_bytes`, and it is not a blob.
#[inline]
pub unsafe fn as_str<'a>(str: *const Str) -> &'a str {
    // SAFETY: strings hold UTF-8.
    unsafe { ::std::str::from_utf8_unchecked(as_bytes(str)) }
}

/// Whether each byte of a text is a character: ASCII without CR, which may be half of one.
///
/// # Safety
/// As `as_str`.
pub unsafe fn is_plain(str: *const Str) -> bool {
    if str.is_null() {
        return true;
    }
    // SAFETY: promised by the caller; what is immortal may be read-only, or read by several threads.
    unsafe {
        let known = (*str).header.word;
        if known != 0 {
            return known == PLAIN;
        }
        let bytes = as_bytes(str);
        let plain = is_plain_ascii(bytes);
        if !is_immortal(str.cast()) {
            (*str.cast_mut()).header.word = if plain { PLAIN } else { CLUSTERED };
        }
        plain
    }
}

fn is_plain_ascii(bytes: &[u8]) -> bool {
    const ONES: u64 = 0x0101_0101_0101_0101;
    let (words, rest) = bytes.as_chunks::<8>();
    let odd = words.iter().any(|word| {
        let word = u64::from_le_bytes(*word);
        let returns = word ^ (ONES * u64::from(b'\r'));
        (word | (returns.wrapping_sub(ONES) & !returns)) & (ONES << 7) != 0
    });
    !odd && rest.iter().all(|byte| byte.is_ascii() && *byte != b'\r')
}

/// Whether two texts, or two blobs, are the same.
///
/// # Safety
/// Both are alive.
#[inline]
pub unsafe fn equal(a: *const Str, b: *const Str) -> bool {
    // SAFETY: promised by the caller.
    a == b || unsafe { as_bytes(a) == as_bytes(b) }
}

/// The first eight bytes of a text as a number: where those of two texts differ, their order is that of `compare`. Of the
/// bytes from some place on as well, if what stands in front of it is the same.
pub(crate) fn prefix(text: &[u8]) -> u64 {
    let mut bytes = [0; 8];
    let len = text.len().min(8);
    bytes[..len].copy_from_slice(&text[..len]);
    let word = u64::from_be_bytes(bytes);
    if word & 0x8080_8080_8080_8080 == 0 {
        return word;
    }
    // In UTF-16 the characters above U+FFFF come before U+E000 to U+FFFF (see `compare`).
    u64::from_be_bytes(bytes.map(|byte| match byte {
        0xee | 0xef => byte + 5,
        0xf0..=0xf4 => byte - 2,
        other => other,
    }))
}

/// The order of two UTF-8 texts by UTF-16 code units.
///
/// It differs from that of the bytes in one place: characters above U+FFFF (first byte F0 and up) begin with a
/// surrogate, and come before U+E000 to U+FFFF (first byte EE or EF).
pub fn compare(a: &[u8], b: &[u8]) -> Ordering {
    let common = a.len().min(b.len());
    let mut at = 0;
    while let (Some(x), Some(y)) = (a[at..].first_chunk::<8>(), b[at..].first_chunk::<8>()) {
        let differing = u64::from_le_bytes(*x) ^ u64::from_le_bytes(*y);
        if differing != 0 {
            at += differing.trailing_zeros() as usize / 8;
            break;
        }
        at += 8;
    }
    while at < common {
        let (x, y) = (a[at], b[at]);
        if x != y {
            let order = x.cmp(&y);
            return if x >= 0xee && y >= 0xee && (x >= 0xf0) != (y >= 0xf0) { order.reverse() } else { order };
        }
        at += 1;
    }
    a.len().cmp(&b.len())
}

/// Whether a text may end in front of this character without the two parts depending on each other.
fn is_boundary(character: char) -> bool {
    character.is_ascii()
        || (canonical_combining_class(character) == 0
            && is_nfc_quick(::std::iter::once(character)) == IsNormalized::Yes)
}

/// Left and right as one text. Consumes the left one, and changes it in place when nobody else has it and there is
/// room; borrows the right one.
///
/// # Safety
/// Both are alive texts, not blobs.
pub unsafe fn concat(heap: &mut Heap, left: *mut Str, right: *const Str) -> Result<*mut Str, Fault> {
    // SAFETY: promised by the caller.
    unsafe {
        let (left_text, right_text) = (as_str(left), as_str(right));
        let Some(first) = right_text.chars().next() else { return Ok(left) };
        if left_text.is_empty() {
            retain(right.cast_mut().cast());
            release(heap, left);
            return Ok(right.cast_mut());
        }
        if is_boundary(first) {
            return append(heap, left, left_text.len(), ::std::iter::once(right_text.as_bytes()));
        }
        let seam_start = left_text.char_indices().rev().find(|(_, it)| is_boundary(*it)).map_or(0, |(at, _)| at);
        let seam_end =
            right_text.char_indices().find(|(_, it)| is_boundary(*it)).map_or(right_text.len(), |(at, _)| at);
        let seam: String = left_text[seam_start..].chars().chain(right_text[..seam_end].chars()).nfc().collect();
        append(heap, left, seam_start, [seam.as_bytes(), &right_text.as_bytes()[seam_end..]].into_iter())
    }
}

/// Texts one after the other as one text, as `concat` of each: the first is consumed, the others are borrowed. Memory is
/// taken once, unless letters meet at a seam.
///
/// # Safety
/// All are alive texts, not blobs.
pub unsafe fn concat_all(heap: &mut Heap, first: *mut Str, others: &[*const Str]) -> Result<*mut Str, Fault> {
    // SAFETY: promised by the caller.
    unsafe {
        if others.iter().all(|it| as_str(*it).chars().next().is_none_or(is_boundary)) {
            let kept = as_bytes(first).len();
            return append(heap, first, kept, others.iter().map(|it| as_bytes(*it)));
        }
        others.iter().try_fold(first, |whole, it| concat(heap, whole, *it))
    }
}

/// The first bytes of a text, which is consumed, and then the parts.
unsafe fn append<'a>(
    heap: &mut Heap,
    left: *mut Str,
    kept: usize,
    parts: impl Iterator<Item = &'a [u8]> + Clone,
) -> Result<*mut Str, Fault> {
    let len = parts.clone().try_fold(kept, |len, part| len.checked_add(part.len())).ok_or_else(Failure::memory)?;
    // SAFETY: promised by the caller; the parts of a unique left text do not lie in it.
    unsafe {
        let unique = is_unique(left.cast());
        let mut target = left;
        if !unique || (*left).capacity < len as u64 {
            // Who appends once to a text that nobody else has appends again.
            let room = if unique { len.max((*left).len as usize * 2) } else { len };
            target = allocate(heap, room).or_else(|fault| if room > len { allocate(heap, len) } else { Err(fault) })?;
            copy_nonoverlapping(data(left), data(target), kept);
        }
        let mut at = kept;
        for part in parts {
            copy_nonoverlapping(part.as_ptr(), data(target).add(at), part.len());
            at += part.len();
        }
        (*target).len = len as u64;
        (*target).header.word = 0;
        if target != left {
            release(heap, left);
        }
        Ok(target)
    }
}

/// Gives up a reference.
///
/// # Safety
/// It is alive, and the caller owns a reference.
pub unsafe fn release(heap: &mut Heap, str: *mut Str) {
    // SAFETY: promised by the caller.
    unsafe {
        let header = str.cast::<Header>();
        match (*header).count {
            1 => free(heap, str),
            count if count < dark_abi::IMMORTAL => (*header).count = count - 1,
            _ => {}
        }
    }
}

/// Frees a text or blob that nobody refers to.
///
/// # Safety
/// It came from this heap, and nobody uses it afterwards.
pub unsafe fn free(heap: &mut Heap, str: *mut Str) {
    // SAFETY: promised by the caller.
    unsafe { heap.free(str.cast(), HEAD_BYTES + (*str).capacity as usize) };
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::each_heap;

    #[test]
    fn what_is_joined_is_normal() {
        let cases = [
            ("a", "b"),
            ("e", "\u{301}"),
            ("", "\u{301}x"),
            ("x", ""),
            ("\u{1100}", "\u{1161}\u{11a8}"),
            ("a\u{323}", "\u{307}"),
            ("a\u{307}b", "\u{323}\u{301}tail"),
            ("ключ", "👩\u{200d}👧"),
        ];
        each_heap(|heap| {
            for (left, right) in cases {
                let expected: String = format!("{left}{right}").nfc().collect();
                let l = new(heap, left).expect("room");
                let r = new(heap, right).expect("room");
                unsafe {
                    let joined = concat(heap, l, r).expect("room");
                    assert_eq!(as_str(joined), expected);
                    release(heap, joined);
                    release(heap, r);
                }
            }
        });
    }

    #[test]
    fn many_texts_join_as_one_after_the_other() {
        let pieces = ["", "x", "e", "\u{301}", "\u{1100}", "\u{1161}\u{11a8}", "a\u{323}", "\u{307}tail", "ключ"];
        each_heap(|heap| unsafe {
            let texts = pieces.map(|piece| new(heap, piece).expect("room"));
            for first in texts {
                for number in 0..pieces.len().pow(3) {
                    let others = [1, 9, 81].map(|power| texts[number / power % pieces.len()].cast_const());
                    let expected: String = [as_str(first)].into_iter().chain(others.map(|it| as_str(it))).collect();
                    retain(first.cast());
                    let joined = concat_all(heap, first, &others).expect("room");
                    assert_eq!(as_str(joined), expected.nfc().collect::<String>());
                    release(heap, joined);
                }
            }
            for text in texts {
                release(heap, text);
            }
        });
    }

    #[test]
    fn many_texts_join_in_place_where_there_is_room() {
        each_heap(|heap| unsafe {
            let mut text = new(heap, "x").expect("room");
            let more = new(heap, "0123456789").expect("room");
            let mut moves = 0;
            for _ in 0..1000 {
                let grown = concat_all(heap, text, &[more, more, more]).expect("room");
                moves += usize::from(grown != text);
                text = grown;
            }
            assert_eq!(as_bytes(text).len(), 30_001);
            assert!(moves < 20, "{moves}");
            release(heap, text);
            release(heap, more);
        });
    }

    #[test]
    fn a_shared_text_does_not_change() {
        each_heap(|heap| unsafe {
            let left = new(heap, "left").expect("room");
            let right = new(heap, "right").expect("room");
            retain(left.cast());
            let joined = concat(heap, left, right).expect("room");
            assert_eq!((as_str(left), as_str(joined)), ("left", "leftright"));
            for str in [left, right, joined] {
                release(heap, str);
            }
        });
    }

    #[test]
    fn a_text_grows_in_place_most_of_the_time() {
        each_heap(|heap| unsafe {
            let mut text = new(heap, "x").expect("room");
            let more = new(heap, "0123456789").expect("room");
            let mut moves = 0;
            for _ in 0..10_000 {
                let grown = concat(heap, text, more).expect("room");
                moves += usize::from(grown != text);
                text = grown;
            }
            assert_eq!(as_bytes(text).len(), 100_001);
            assert!(moves < 20, "{moves}");
            release(heap, text);
            release(heap, more);
        });
    }

    #[test]
    fn the_bytes_that_are_moved_grow_with_the_text() {
        each_heap(|heap| unsafe {
            let more = new(heap, "0123456789").expect("room");
            for joins in [1000, 2000, 4000] {
                let mut text = new(heap, "x").expect("room");
                let mut moved = 0;
                for _ in 0..joins {
                    let length = as_bytes(text).len();
                    let grown = concat(heap, text, more).expect("room");
                    moved += if grown == text { 0 } else { length };
                    text = grown;
                }
                assert!(moved <= 2 * as_bytes(text).len(), "{joins}: {moved}");
                release(heap, text);
            }
            release(heap, more);
        });
    }

    #[test]
    fn plain_is_ascii_without_cr() {
        for length in 0..30 {
            let plain: Vec<u8> = (0..length).map(|at| [b'a', 0, 0x7f, b'\n', 0x0c, 0x0e][at % 6]).collect();
            assert!(is_plain_ascii(&plain));
            for at in 0..length {
                for byte in [b'\r', 0x80, 0x8d, 0xff] {
                    let mut bytes = plain.clone();
                    bytes[at] = byte;
                    assert!(!is_plain_ascii(&bytes), "{bytes:?}");
                }
            }
        }
    }

    #[test]
    fn the_order_is_that_of_utf16_units() {
        let texts = [
            "",
            "a",
            "ab",
            "b",
            "z",
            "é",
            "\u{d7ff}",
            "\u{1f600}",
            "\u{1f601}x",
            "\u{e000}",
            "\u{ffff}",
            "中",
            "12345678\u{e000}",
            "12345678\u{1f600}",
        ];
        for a in texts {
            for b in texts {
                let expected = a.encode_utf16().cmp(b.encode_utf16());
                assert_eq!(compare(a.as_bytes(), b.as_bytes()), expected, "{a:?} {b:?}");
            }
        }
    }
}
