//! `Stdlib.String`: making texts and taking them apart. Searching (`search`), cutting (`cut`), letters (`letters`, with
//! `Stdlib.Char`), bytes (`bytes`) and what is shown (`display`) have files of their own.
//!
//! Indexes count characters as a reader does (`clusters`). Parts of a text in NFC, cut between characters, are in NFC.

mod bytes;
mod cut;
mod display;
mod letters;
mod search;

use dark_abi::{Context, Kind, List, Str, TypeInfo, flags};

use crate::clusters::Clusters;
use crate::invocation::{Failure, Fault, run};
use crate::memory::Heap;
use crate::text::Growing;
use crate::value::Ty;
use crate::{list, number, text, value};

/// The descriptors of the lists' elements that are made here.
static STRING: TypeInfo = TypeInfo::plain(Kind::String, flags::COUNTED, "String");
static CHAR: TypeInfo = TypeInfo::plain(Kind::Char, flags::COUNTED, "Char");

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

/// A part of a text, cut between characters; the text itself when it is the whole.
///
/// # Safety
/// As `made`; the part lies in the text, which is alive.
unsafe fn part(context: *mut Context, whole: *const Str, part: &str) -> *mut Str {
    // SAFETY: promised by the caller.
    unsafe {
        if part.len() == text::as_bytes(whole).len() {
            return shared(whole);
        }
        run(context, |invocation| text::new_normal(&mut invocation.heap, part))
    }
}

/// Another reference to an object.
///
/// # Safety
/// It is alive.
unsafe fn shared(str: *const Str) -> *mut Str {
    // SAFETY: promised by the caller.
    unsafe { value::retain(str.cast_mut().cast()) };
    str.cast_mut()
}

/// A list of texts or characters, which are in NFC.
fn list_of<'a>(heap: &mut Heap, pieces: impl Iterator<Item = &'a str>, element: Ty) -> Result<*mut List, Fault> {
    let mut made: Vec<u64> = Vec::new();
    let gather = || -> Result<(), Fault> {
        for piece in pieces {
            made.push(text::new_normal(heap, piece)? as u64);
        }
        Ok(())
    };
    if let Err(fault) = gather() {
        for str in made {
            // SAFETY: owned here.
            unsafe { text::release(heap, str as *mut Str) };
        }
        return Err(fault);
    }
    // SAFETY: texts, which are consumed.
    unsafe { list::make(heap, made.as_ptr(), made.len(), element) }
}

/// The texts of a list of texts or characters.
///
/// # Safety
/// It is alive.
unsafe fn elements<'a>(list: *const List) -> impl Iterator<Item = &'a str> + Clone {
    // SAFETY: promised by the caller.
    unsafe { (0..list::len(list)).map(move |i| text::as_str(value::object(list::at(list, i)))) }
}

/// # Safety
/// Called by compiled code.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dark_string_is_empty(_: *mut Context, s: *const Str) -> bool {
    // SAFETY: promised by the caller.
    unsafe { text::as_bytes(s).is_empty() }
}

/// # Safety
/// Called by compiled code.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dark_string_length(context: *mut Context, s: *const Str) -> u64 {
    // SAFETY: promised by the caller.
    unsafe { run(context, |invocation| number::from_i64(&mut invocation.heap, Clusters::of(s).count() as i64)) }
}

/// # Safety
/// Called by compiled code.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dark_string_to_list(context: *mut Context, s: *const Str) -> *mut List {
    // SAFETY: promised by the caller.
    unsafe {
        run(context, |invocation| {
            list_of(&mut invocation.heap, Clusters::of(s).iter().map(|(_, character)| character), &CHAR)
        })
    }
}

/// # Safety
/// Called by compiled code; the elements are characters.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dark_string_from_list(context: *mut Context, lst: *const List) -> *mut Str {
    // SAFETY: promised by the caller.
    unsafe { joined(context, lst, "") }
}

/// # Safety
/// Called by compiled code; the elements are texts.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dark_string_join(context: *mut Context, l: *const List, separator: *const Str) -> *mut Str {
    // SAFETY: promised by the caller.
    unsafe { joined(context, l, text::as_str(separator)) }
}

/// # Safety
/// As `made`, and `elements`.
unsafe fn joined(context: *mut Context, list: *const List, separator: &str) -> *mut Str {
    // SAFETY: promised by the caller.
    unsafe {
        run(context, |invocation| {
            let heap = &mut invocation.heap;
            let parts = elements(list);
            let separators = list::len(list).saturating_sub(1).saturating_mul(separator.len());
            let bytes = parts.clone().map(str::len).fold(separators, usize::saturating_add);
            heap.check_room(bytes)?;
            let mut out = Growing::new(heap, bytes);
            for (i, part) in parts.enumerate() {
                if i > 0 {
                    out.push_str(separator);
                }
                out.push_str(part);
            }
            out.finish()
        })
    }
}

/// # Safety
/// Called by compiled code.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dark_string_reverse(context: *mut Context, string: *const Str) -> *mut Str {
    // SAFETY: promised by the caller.
    unsafe {
        made(context, |_| {
            let clusters = Clusters::of(string);
            if clusters.is_plain() {
                return Ok(clusters.text.chars().rev().collect());
            }
            let mut characters: Vec<&str> = clusters.iter().map(|(_, character)| character).collect();
            characters.reverse();
            Ok(characters.concat())
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

/// A text of one character as that character, and back: the same object.
///
/// # Safety
/// Called by compiled code.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dark_string_internal_as_char(_: *mut Context, string: *const Str) -> *mut Str {
    // SAFETY: promised by the caller.
    unsafe { shared(string) }
}

/// # Safety
/// Called by compiled code.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dark_char_to_string(_: *mut Context, c: *const Str) -> *mut Str {
    // SAFETY: promised by the caller.
    unsafe { shared(c) }
}
