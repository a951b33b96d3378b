//! The values of `val` declarations: computed once, before anything else runs, read by all threads afterwards.

use dark_abi::ValueInfo;

use crate::db::Backend;
use crate::engine::{Engine, Failure, FailureKind};
use crate::run::{Budget, Locals, invoke_for_ever};

/// Computes values in their order.
pub(crate) fn compute(
    values: &'static [ValueInfo],
    engine: &'static dyn Engine,
    budget: Budget,
) -> Result<(), Failure> {
    if values.is_empty() {
        return Ok(());
    }
    // As old as the program, like the values.
    let locals = Box::leak(Box::new(Locals::default()));
    locals.session = Backend::installed().map(|backend| backend.session());
    let body = |context| {
        for value in values {
            // SAFETY: the entry has no arguments; the slots are static and nobody else is running.
            unsafe {
                (value.entry.call)(context, std::ptr::null(), value.slots);
                engine.make_immortal(context, value.slots, value.entry.result);
            }
        }
    };
    let computed = dark_sched::block_on(invoke_for_ever(engine, budget, locals, body));
    computed.map_err(|error| Failure::new(FailureKind::Fault, format!("no event loop: {error}")))?
}
