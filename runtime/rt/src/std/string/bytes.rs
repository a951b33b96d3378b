//! Texts as UTF-8 and back.

use dark_abi::{Context, List, Str};

use super::{made, shared};
use crate::invocation::run;
use crate::{list, text};

/// A text and the blob of its UTF-8 are the same object.
///
/// # Safety
/// Called by compiled code.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dark_string_to_blob(_: *mut Context, str: *const Str) -> *mut Str {
    // SAFETY: promised by the caller.
    unsafe { shared(str) }
}

/// # Safety
/// Called by compiled code.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dark_string_to_bytes(context: *mut Context, str: *const Str) -> *mut List {
    // SAFETY: promised by the caller.
    unsafe { run(context, |invocation| list::of_bytes(&mut invocation.heap, text::as_bytes(str))) }
}

/// # Safety
/// Called by compiled code; the elements are bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dark_string_internal_blob(context: *mut Context, bytes: *const List) -> *mut Str {
    // SAFETY: promised by the caller.
    unsafe { run(context, |invocation| text::bytes(&mut invocation.heap, list::bytes(bytes))) }
}

/// # Safety
/// Called by compiled code.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dark_string_internal_is_utf8(_: *mut Context, blob: *const Str) -> bool {
    // SAFETY: promised by the caller.
    ::std::str::from_utf8(unsafe { text::as_bytes(blob) }).is_ok()
}

/// One U+FFFD for each run of bytes that begins like a character and is none.
///
/// # Safety
/// Called by compiled code.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dark_string_from_blob_with_replacement(context: *mut Context, blob: *const Str) -> *mut Str {
    // SAFETY: promised by the caller.
    unsafe {
        made(context, |heap| {
            let bytes = text::as_bytes(blob);
            // A byte becomes three at most.
            heap.check_room(bytes.len())?;
            Ok(String::from_utf8_lossy(bytes).into_owned())
        })
    }
}
