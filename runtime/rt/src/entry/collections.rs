//! Lists and dicts.

use ::std::ptr::null_mut;

use dark_abi::{Context, Str};

use super::Ptr;
use crate::invocation::run;
use crate::value::ty;
use crate::{dict, list, text};

/// A count or index of compiled code; a negative one is out of range like a huge one.
fn index(number: i64) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn dark_list_make(context: *mut Context, elements: Ptr, len: u64, element: Ptr) -> Ptr {
    // SAFETY: see the head of the module `entry`; so below.
    unsafe {
        run(context, |invocation| {
            Ok(list::make(&mut invocation.heap, elements.cast(), len as usize, ty(element.cast()))?.cast())
        })
    }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn dark_list_cons(context: *mut Context, slots: Ptr, list: Ptr, element: Ptr) -> Ptr {
    unsafe {
        run(context, |invocation| {
            Ok(list::cons(&mut invocation.heap, slots.cast(), list.cast(), ty(element.cast()))?.cast())
        })
    }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn dark_list_push(context: *mut Context, list: Ptr, slots: Ptr, element: Ptr) -> Ptr {
    unsafe {
        run(context, |invocation| {
            Ok(list::push(&mut invocation.heap, list.cast(), slots.cast(), ty(element.cast()))?.cast())
        })
    }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn dark_list_tail(context: *mut Context, list: Ptr) -> Ptr {
    unsafe { run(context, |invocation| Ok(list::tail(&mut invocation.heap, list.cast())?.cast())) }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn dark_list_append(context: *mut Context, left: Ptr, right: Ptr) -> Ptr {
    unsafe { run(context, |invocation| Ok(list::append(&mut invocation.heap, left.cast(), right.cast())?.cast())) }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn dark_list_at(_context: *mut Context, list: Ptr, i: i64) -> Ptr {
    unsafe { list::at(list.cast(), index(i)).cast_mut().cast() }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn dark_list_set(context: *mut Context, list: Ptr, i: i64, slots: Ptr) -> Ptr {
    unsafe {
        run(context, |invocation| Ok(list::set(&mut invocation.heap, list.cast(), index(i), slots.cast())?.cast()))
    }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn dark_list_slice(context: *mut Context, list: Ptr, start: i64, len: i64) -> Ptr {
    unsafe {
        run(context, |invocation| Ok(list::slice(&mut invocation.heap, list.cast(), index(start), index(len))?.cast()))
    }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn dark_dict_len(_context: *mut Context, dict: Ptr) -> i64 {
    unsafe { dict::len(dict.cast()) as i64 }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn dark_dict_find(_context: *mut Context, dict: Ptr, key: Ptr) -> Ptr {
    unsafe { dict::find(dict.cast(), text::as_str(key.cast())).cast_mut().cast() }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn dark_dict_set(context: *mut Context, dict: Ptr, key: Ptr, value: Ptr, value_type: Ptr) -> Ptr {
    unsafe {
        run(context, |invocation| {
            let value_type = ty(value_type.cast());
            Ok(dict::set(&mut invocation.heap, dict.cast(), key.cast(), value.cast(), value_type)?.cast())
        })
    }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn dark_dict_set_found(
    context: *mut Context,
    dict: Ptr,
    key: Ptr,
    value: Ptr,
    value_type: Ptr,
    found: Ptr,
) -> Ptr {
    unsafe {
        run(context, |invocation| {
            let (heap, value_type) = (&mut invocation.heap, ty(value_type.cast()));
            Ok(dict::set_found(heap, dict.cast(), key.cast(), value.cast(), value_type, found.cast())?.cast())
        })
    }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn dark_dict_remove(context: *mut Context, dict: Ptr, key: Ptr) -> Ptr {
    unsafe {
        run(context, |invocation| Ok(dict::remove(&mut invocation.heap, dict.cast(), text::as_str(key.cast()))?.cast()))
    }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn dark_dict_at(_context: *mut Context, dict: Ptr, i: i64, key: Ptr) -> Ptr {
    unsafe {
        match dict::at(dict.cast(), index(i)) {
            Some((found, value)) => {
                key.cast::<*const Str>().write(found);
                value.cast_mut().cast()
            }
            None => null_mut(),
        }
    }
}
