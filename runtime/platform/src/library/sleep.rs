//! `Stdlib.sleep` and `Builtin.timeSleep`.

use std::time::Duration;

use dark_abi::Context;
use dark_rt::{number, run};

use super::wait;

/// Waiting that long is waiting for ever; timers count no further.
const LONGEST: Duration = Duration::from_secs(100 * 365 * 24 * 3600);

/// `Stdlib.sleep`
///
/// # Safety
/// Called by compiled code.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn dark_sleep(context: *mut Context, ms: u64) {
    // SAFETY: promised by the caller.
    unsafe {
        run(context, |_| {
            let duration = match number::to_i64(ms) {
                Some(ms) => Duration::from_millis(u64::try_from(ms).unwrap_or(0)),
                None if number::display(ms).starts_with('-') => Duration::ZERO,
                None => LONGEST,
            };
            sleep(duration)
        });
    }
}

/// `Stdlib.Retry.Internal.pause`, which is `Builtin.timeSleep`
///
/// # Safety
/// Called by compiled code.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn dark_retry_internal_pause(context: *mut Context, ms: f64) {
    // SAFETY: promised by the caller.
    unsafe { run(context, |_| sleep(milliseconds(ms))) }
}

/// What is no length of time is none.
fn milliseconds(ms: f64) -> Duration {
    match ms > 0.0 {
        true => Duration::try_from_secs_f64(ms / 1000.0).unwrap_or(LONGEST),
        false => Duration::ZERO,
    }
}

fn sleep(duration: Duration) -> Result<(), dark_rt::Fault> {
    if duration.is_zero() { Ok(()) } else { wait(tokio::time::sleep(duration.min(LONGEST))) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_length_of_time_is_none() {
        for none in [0.0, -1.0, f64::NAN, f64::NEG_INFINITY] {
            assert_eq!(milliseconds(none), Duration::ZERO, "{none}");
        }
        assert_eq!(milliseconds(1.5), Duration::from_micros(1500));
        assert_eq!(milliseconds(f64::INFINITY), LONGEST);
    }
}
