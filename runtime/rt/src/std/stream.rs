//! `Stdlib.Stream`: the one kind of value that changes. What is done with the source of a stream is written in Dark; here
//! are the place that holds it, and bytes out of elements.

use ::std::ptr::{copy_nonoverlapping, null};

use dark_abi::{Closure, Context, Header, IMMORTAL, List, SLOT_BYTES, Str, TypeInfo};

use crate::invocation::{Failure, run};
use crate::value::ty;
use crate::{list, text};

/// A new stream with that source.
///
/// # Safety
/// Called by compiled code.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dark_stream_internal_make(
    context: *mut Context,
    result: *mut u64,
    _: *const TypeInfo,
    arguments: *const *const u64,
    argument_types: *const *const TypeInfo,
) {
    // SAFETY: promised by the caller.
    unsafe {
        *result = run(context, |invocation| {
            let source_type = *argument_types;
            let slots = ty(source_type).slots as usize;
            let bytes = size_of::<Closure>() + slots * SLOT_BYTES;
            let stream = invocation.heap.try_allocate(bytes)?.cast::<Closure>();
            stream.write(Closure { header: Header { count: 1, word: 0 }, code: null(), captures: source_type });
            copy_nonoverlapping(*arguments, stream.add(1).cast(), slots);
            Ok(stream as usize as u64)
        });
    }
}

/// Gives a stream another source; the result is the one it had.
///
/// # Safety
/// Called by compiled code.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dark_stream_internal_swap(
    context: *mut Context,
    result: *mut u64,
    source_type: *const TypeInfo,
    arguments: *const *const u64,
    _: *const *const TypeInfo,
) {
    // SAFETY: promised by the caller.
    unsafe {
        let stream = **arguments as usize as *mut Closure;
        if (*stream).header.count >= IMMORTAL {
            run::<()>(context, |_: &mut crate::Invocation| {
                Err(Failure::message(
                    "A stream in a `val` belongs to all invocations and cannot be read: make it in a function",
                ))
            });
        }
        let slots = ty(source_type).slots as usize;
        let source = stream.add(1).cast::<u64>();
        copy_nonoverlapping(source, result, slots);
        copy_nonoverlapping(*arguments.add(1), source, slots);
    }
}

/// A Blob of bytes.
///
/// # Safety
/// Called by compiled code.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dark_stream_internal_blob_of(context: *mut Context, bytes: *const List) -> *mut Str {
    // SAFETY: promised by the caller: each element is a byte.
    unsafe { run(context, |invocation| text::bytes(&mut invocation.heap, list::bytes(bytes))) }
}
