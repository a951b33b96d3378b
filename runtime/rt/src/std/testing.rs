//! What the host functions for tests need: a failure with any message, and a counter of each test's own.

use dark_abi::{Context, Str};

use crate::invocation::{Failure, run};
use crate::text;

/// # Safety
/// Called by compiled code.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dark_testing_internal_fail(context: *mut Context, message: *const Str) {
    // SAFETY: promised by the caller.
    unsafe { run(context, |_| Err(Failure::message(text::as_str(message)))) }
}

/// # Safety
/// Called by compiled code.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dark_testing_internal_count(context: *mut Context) {
    // SAFETY: promised by the caller.
    unsafe {
        run(context, |invocation| {
            invocation.side_effects += 1;
            Ok(())
        });
    }
}

/// # Safety
/// Called by compiled code.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dark_testing_internal_counted(context: *mut Context) -> i64 {
    // SAFETY: promised by the caller.
    unsafe { run(context, |invocation| Ok(invocation.side_effects)) }
}
