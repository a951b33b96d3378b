//! `Stdlib.Float`

use dark_abi::{Context, Str};

use crate::invocation::run;
use crate::{number, text};

/// # Safety
/// Called by compiled code.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dark_float_to_string(context: *mut Context, f: f64) -> *mut Str {
    // SAFETY: promised by the caller.
    unsafe { run(context, |invocation| text::new_normal(&mut invocation.heap, &number::float_text(f))) }
}
