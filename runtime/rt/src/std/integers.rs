//! `toString` of the integer modules.

use dark_abi::{Context, Str};

use crate::invocation::run;
use crate::{number, text};

/// # Safety
/// Called by compiled code.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dark_int_to_string(context: *mut Context, int: u64) -> *mut Str {
    // SAFETY: promised by the caller.
    unsafe { run(context, |invocation| number::text(&mut invocation.heap, int)) }
}

macro_rules! to_string {
    ($($name:ident($ty:ty);)*) => {
        $(
            /// # Safety
            /// Called by compiled code.
            #[unsafe(no_mangle)]
            pub unsafe extern "C" fn $name(context: *mut Context, int: $ty) -> *mut Str {
                // SAFETY: promised by the caller.
                unsafe { run(context, |invocation| text::new_normal(&mut invocation.heap, itoa::Buffer::new().format(int))) }
            }
        )*
    };
}

to_string! {
    dark_int8_to_string(i8);
    dark_uint8_to_string(u8);
    dark_int16_to_string(i16);
    dark_uint16_to_string(u16);
    dark_int32_to_string(i32);
    dark_uint32_to_string(u32);
    dark_int64_to_string(i64);
    dark_uint64_to_string(u64);
}

/// # Safety
/// Called by compiled code.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dark_int128_to_string(context: *mut Context, low: u64, high: u64) -> *mut Str {
    let int = (u128::from(high) << 64 | u128::from(low)) as i128;
    // SAFETY: promised by the caller.
    unsafe { run(context, |invocation| text::new_normal(&mut invocation.heap, itoa::Buffer::new().format(int))) }
}

/// # Safety
/// Called by compiled code.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dark_uint128_to_string(context: *mut Context, low: u64, high: u64) -> *mut Str {
    let int = u128::from(high) << 64 | u128::from(low);
    // SAFETY: promised by the caller.
    unsafe { run(context, |invocation| text::new_normal(&mut invocation.heap, itoa::Buffer::new().format(int))) }
}
