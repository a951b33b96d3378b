//! Failures of the program that compiled code finds itself.

use dark_abi::{Context, Kind, flags};

use super::Ptr;
use crate::invocation::{Failure, Fault, Invocation, fail};
use crate::value::{Ty, base, cases, fields_of, items, repr_within, ty};
use crate::{number, text};

#[unsafe(no_mangle)]
pub unsafe extern "C" fn dark_fail_message(context: *mut Context, message: Ptr) -> ! {
    // SAFETY: see the head of the module `entry`; so below.
    unsafe {
        let fault = Failure::message(text::as_str(message.cast()));
        text::release(&mut Invocation::from_context(context).heap, message.cast());
        fail(context, fault)
    }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn dark_fail_division_by_zero(context: *mut Context) -> ! {
    unsafe { fail(context, Failure::message(number::DIVISION_BY_ZERO)) }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn dark_fail_modulus_zero(context: *mut Context) -> ! {
    unsafe { fail(context, Failure::message(number::MODULUS_ZERO)) }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn dark_fail_modulus_negative(context: *mut Context) -> ! {
    unsafe { fail(context, Failure::message(number::MODULUS_NEGATIVE)) }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn dark_fail_negative_exponent(context: *mut Context) -> ! {
    unsafe { fail(context, Failure::message(number::NEGATIVE_EXPONENT)) }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn dark_fail_out_of_range(context: *mut Context) -> ! {
    unsafe { fail(context, Failure::out_of_range()) }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn dark_fail_no_match(context: *mut Context, value: Ptr, descriptor: Ptr) -> ! {
    unsafe {
        let fault = no_match(context, value.cast(), ty(descriptor.cast())).unwrap_or_else(|fault| fault);
        fail(context, fault)
    }
}

unsafe fn no_match(context: *mut Context, value: *const u64, ty: Ty) -> Result<Fault, Fault> {
    let shown = unsafe { repr_within(&Invocation::from_context(context).heap, value, ty)? };
    Ok(Failure::message(format!("No matching case found for value {shown} in match expression")))
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn dark_fail_unwrap(context: *mut Context, value: Ptr, descriptor: Ptr) -> ! {
    unsafe {
        let fault = unwrapped(context, value.cast(), ty(descriptor.cast())).unwrap_or_else(|fault| fault);
        fail(context, fault)
    }
}

/// A Result's payload, else the name of the case, which is `None`.
unsafe fn unwrapped(context: *mut Context, value: *const u64, ty: Ty) -> Result<Fault, Fault> {
    unsafe {
        let heap = &Invocation::from_context(context).heap;
        if ty.kind == Kind::Enum && ty.flags & flags::RESULT != 0 {
            let payload = match fields_of(value, ty).first() {
                Some(field) => {
                    let slots = base(value, ty).add(field.offset as usize).cast();
                    repr_within(heap, slots, crate::value::ty(field.ty))?
                }
                None => "()".to_owned(),
            };
            return Ok(Failure::message(format!("Cannot unwrap Error: {payload}")));
        }
        if ty.kind == Kind::Enum && cases(ty).iter().any(|case| items(&case.fields).is_empty()) {
            return Ok(Failure::message("Cannot unwrap None"));
        }
        let shown = repr_within(heap, value, ty)?;
        Ok(Failure::message(format!("Can only unwrap Options and Results, yet got {shown}")))
    }
}
