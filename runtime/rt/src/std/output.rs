//! `Stdlib.print` and `Stdlib.printLine`.

use dark_abi::{Context, Str};

use crate::invocation::run;
use crate::text;

/// # Safety
/// Called by compiled code.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dark_print(context: *mut Context, str: *const Str) {
    // SAFETY: promised by the caller.
    unsafe {
        run(context, |invocation| {
            invocation.environment.output.print(text::as_str(str));
            Ok(())
        });
    }
}

/// # Safety
/// Called by compiled code.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dark_print_line(context: *mut Context, str: *const Str) {
    // SAFETY: promised by the caller.
    unsafe {
        run(context, |invocation| {
            // In one piece, so that lines of several threads do not mix.
            invocation.environment.output.print(&format!("{}\n", text::as_str(str)));
            Ok(())
        });
    }
}
