//! Memory, and the stack's limit.

use dark_abi::{Context, SourceLocation};

use super::Ptr;
use crate::invocation::{Failure, Invocation, fail, run};
use crate::value::{drop_value, free_boxed, free_closure, ty};
use crate::{dict, list, number, text};

#[unsafe(no_mangle)]
pub unsafe extern "C" fn dark_alloc(context: *mut Context, bytes: u64) -> Ptr {
    // SAFETY: see the head of the module; so below.
    unsafe {
        let object = Invocation::from_context(context).heap.allocate(bytes as usize);
        if object.is_null() {
            fail(context, Failure::memory());
        }
        object
    }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn dark_free(context: *mut Context, object: Ptr, bytes: u64) {
    unsafe { Invocation::from_context(context).heap.free(object, bytes as usize) };
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn dark_drop_value(context: *mut Context, slots: Ptr, descriptor: Ptr) {
    unsafe {
        run(context, |invocation| {
            drop_value(&mut invocation.heap, slots.cast(), ty(descriptor.cast()));
            Ok(())
        });
    }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn dark_free_boxed(context: *mut Context, object: Ptr, descriptor: Ptr) {
    unsafe {
        run(context, |invocation| {
            free_boxed(&mut invocation.heap, object, ty(descriptor.cast()));
            Ok(())
        });
    }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn dark_free_str(context: *mut Context, str: Ptr) {
    unsafe { text::free(&mut Invocation::from_context(context).heap, str.cast()) };
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn dark_free_list(context: *mut Context, list: Ptr) {
    unsafe {
        run(context, |invocation| {
            list::free(&mut invocation.heap, list.cast());
            Ok(())
        });
    }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn dark_free_dict(context: *mut Context, dict: Ptr) {
    unsafe {
        run(context, |invocation| {
            dict::free(&mut invocation.heap, dict.cast());
            Ok(())
        });
    }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn dark_free_big(context: *mut Context, number: Ptr) {
    unsafe { number::free(&mut Invocation::from_context(context).heap, number) };
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn dark_free_closure(context: *mut Context, closure: Ptr) {
    unsafe {
        run(context, |invocation| {
            free_closure(&mut invocation.heap, closure.cast());
            Ok(())
        });
    }
}

/// No reference to the invocation is held while others run.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dark_interrupt(context: *mut Context, location: Ptr) {
    unsafe {
        let hooks = Invocation::from_context(context).hooks;
        if let Err(fault) = hooks.interrupt(context.cast()) {
            if !location.is_null() {
                (*context).location = location.cast::<SourceLocation>();
            }
            fail(context, fault);
        }
    }
}
