//! Values of any type by slots and descriptor, and strings.

use dark_abi::{Context, Str};

use super::Ptr;
use crate::invocation::run;
use crate::text;
use crate::value::{compare, equal, equal_enough, repr_within, ty};

#[unsafe(no_mangle)]
pub unsafe extern "C" fn dark_equal(context: *mut Context, a: Ptr, b: Ptr, descriptor: Ptr) -> bool {
    // SAFETY: see the head of the module `entry`; so below.
    unsafe { run(context, |_| Ok(equal(a.cast(), b.cast(), ty(descriptor.cast())))) }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn dark_compare(context: *mut Context, a: Ptr, b: Ptr, descriptor: Ptr) -> i64 {
    unsafe { run(context, |_| Ok(compare(a.cast(), b.cast(), ty(descriptor.cast())) as i64)) }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn dark_repr(context: *mut Context, slots: Ptr, descriptor: Ptr) -> Ptr {
    unsafe {
        run(context, |invocation| {
            let shown = repr_within(&invocation.heap, slots.cast(), ty(descriptor.cast()))?;
            Ok(text::new(&mut invocation.heap, &shown)?.cast())
        })
    }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn dark_test_compare(context: *mut Context, actual: Ptr, expected: Ptr, descriptor: Ptr) -> Ptr {
    unsafe {
        run(context, |invocation| {
            let ty = ty(descriptor.cast());
            let shown = match equal_enough(actual.cast(), expected.cast(), ty) {
                true => String::new(),
                false => {
                    let heap = &invocation.heap;
                    let expected = repr_within(heap, expected.cast(), ty)?;
                    format!("expected: {expected}\nfound:    {}", repr_within(heap, actual.cast(), ty)?)
                }
            };
            Ok(text::new(&mut invocation.heap, &shown)?.cast())
        })
    }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn dark_string_equal(_context: *mut Context, a: Ptr, b: Ptr) -> bool {
    unsafe { text::equal(a.cast(), b.cast()) }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn dark_string_concat(context: *mut Context, left: Ptr, right: Ptr) -> Ptr {
    unsafe { run(context, |invocation| Ok(text::concat(&mut invocation.heap, left.cast(), right.cast())?.cast())) }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn dark_string_concat_all(context: *mut Context, first: Ptr, others: Ptr, count: u64) -> Ptr {
    unsafe {
        let others = ::std::slice::from_raw_parts(others.cast::<*const Str>().cast_const(), count as usize);
        run(context, |invocation| Ok(text::concat_all(&mut invocation.heap, first.cast(), others)?.cast()))
    }
}
