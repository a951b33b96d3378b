//! What functions of this folder answer with: `Option` and `Result` in their slots, and lists of plain elements.
//!
//! A value of one slot makes an `Option` or `Result` of two: the case's index, in declared order, and the value.

use dark_abi::{Context, Kind, List, Str, TypeInfo, flags};

use crate::invocation::{Fault, Invocation, run};
use crate::memory::Heap;
use crate::{list, text};

const SOME_OR_OK: u64 = 0;
const NONE_OR_ERROR: u64 = 1;

static STRING: TypeInfo = TypeInfo::plain(Kind::String, flags::COUNTED, "String");

/// `Ok` of a value of one slot, or `Error` of a text.
///
/// # Safety
/// The context is that of the running invocation; the result has two slots.
pub(super) unsafe fn write_result(
    context: *mut Context,
    result: *mut u64,
    make: impl FnOnce(&mut Invocation) -> Result<Result<u64, String>, Fault>,
) {
    // SAFETY: promised by the caller.
    unsafe {
        let (case, value) = run(context, |invocation| match make(invocation)? {
            Ok(value) => Ok((SOME_OR_OK, value)),
            Err(error) => Ok((NONE_OR_ERROR, text::new(&mut invocation.heap, &error)? as u64)),
        });
        *result = case;
        *result.add(1) = value;
    }
}

/// `Some` of a value of one slot, or `None`.
///
/// # Safety
/// As `write_result`.
pub(super) unsafe fn write_option(
    context: *mut Context,
    result: *mut u64,
    make: impl FnOnce(&mut Invocation) -> Result<Option<u64>, Fault>,
) {
    // SAFETY: promised by the caller.
    unsafe {
        let value = run(context, make);
        *result = if value.is_some() { SOME_OR_OK } else { NONE_OR_ERROR };
        *result.add(1) = value.unwrap_or(0);
    }
}

/// A list of texts.
pub(super) fn texts<T: AsRef<str>>(heap: &mut Heap, pieces: impl Iterator<Item = T>) -> Result<*mut List, Fault> {
    let mut made: Vec<u64> = Vec::new();
    for piece in pieces {
        match text::new(heap, piece.as_ref()) {
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
