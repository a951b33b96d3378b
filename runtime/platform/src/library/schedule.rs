//! `Stdlib.Cron`: the schedules of crons, for programs.

use dark_abi::{Context, Str};
use dark_rt::{run, text};
use dark_schedule::parse_schedule;

use crate::cron::next_after;

/// `Ok` is 0 and the instant, `Error` 1 and a text.
///
/// # Safety
/// Called by compiled code; the result has two slots.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn dark_cron_next(context: *mut Context, expr: *const Str, after: i64, result: *mut u64) {
    // SAFETY: promised by the caller.
    unsafe {
        let (case, value) = run(context, |invocation| match next(text::as_str(expr), after) {
            Ok(instant) => Ok((0, instant as u64)),
            Err(error) => Ok((1, text::new(&mut invocation.heap, &error)? as u64)),
        });
        *result = case;
        *result.add(1) = value;
    }
}

fn next(expr: &str, after: i64) -> Result<i64, String> {
    let schedule = parse_schedule(expr).map_err(|error| error.to_string())?;
    next_after(&schedule, after, after).ok_or_else(|| format!("\"{expr}\" is not due again before the calendar ends"))
}
