//! What `Stdlib.Http` needs of the runtime.

use dark_abi::{Context, TypeInfo};

use crate::invocation::{Failure, run};
use crate::{json, text, value};

/// `Stdlib.Http.Internal.wireJson`: the value as it is sent to clients.
///
/// # Safety
/// Called by compiled code, by the reflective convention.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dark_http_internal_wire_json(
    context: *mut Context,
    result: *mut u64,
    _result_type: *const TypeInfo,
    arguments: *const *const u64,
    argument_types: *const *const TypeInfo,
) {
    // SAFETY: promised by the caller.
    unsafe {
        let str = run(context, |invocation| {
            let written = json::write(*arguments, value::ty(*argument_types)).map_err(Failure::message)?;
            text::new(&mut invocation.heap, &written)
        });
        *result = str as u64;
    }
}
