//! `Stdlib.RateLimit`: token buckets by key, for all invocations of the process.

use ::std::collections::HashMap;
use ::std::sync::{LazyLock, Mutex, PoisonError};

use dark_abi::{Context, Str};

use crate::invocation::run;
use crate::{number, text};

/// Buckets that are kept; a full one is the same as none.
const BUCKETS_MAX: usize = 100_000;

static BUCKETS: LazyLock<Mutex<Buckets>> = LazyLock::new(Mutex::default);

/// Of a key that may do so much in so many seconds.
type Name = (String, u64, u64);

#[derive(Default)]
struct Buckets(HashMap<Name, Bucket>);

#[derive(Clone, Copy)]
struct Bucket {
    tokens: f64,
    at_ns: u64,
}

impl Bucket {
    /// As it is at that time.
    fn at(self, now_ns: u64, count: u64, seconds: u64) -> Bucket {
        let passed = now_ns.saturating_sub(self.at_ns) as f64 / 1e9;
        let tokens = (self.tokens + passed * count as f64 / seconds as f64).min(count as f64);
        Bucket { tokens, at_ns: now_ns }
    }
}

impl Buckets {
    fn allow(&mut self, key: &str, count: u64, seconds: u64, now_ns: u64) -> bool {
        if self.0.len() >= BUCKETS_MAX {
            self.0.retain(|(_, count, seconds), bucket| bucket.at(now_ns, *count, *seconds).tokens < *count as f64);
        }
        if self.0.len() >= BUCKETS_MAX {
            // So many keys at once are an attack by itself: the memory stays bounded.
            self.0.clear();
        }
        let full = Bucket { tokens: count as f64, at_ns: now_ns };
        let bucket = self.0.entry((key.to_owned(), count, seconds)).or_insert(full);
        *bucket = bucket.at(now_ns, count, seconds);
        let allows = bucket.tokens >= 1.0;
        if allows {
            bucket.tokens -= 1.0;
        }
        allows
    }
}

/// `RateLimit.allow key count perSeconds`
///
/// # Safety
/// Called by compiled code.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dark_rate_limit_allow(
    context: *mut Context,
    key: *const Str,
    count: u64,
    seconds: u64,
) -> bool {
    // SAFETY: promised by the caller.
    unsafe {
        run(context, |invocation| {
            // A number beyond 64 bits is as good as the largest one.
            let size = |word| number::to_i64(word).unwrap_or(i64::MAX).max(0) as u64;
            let now_ns = invocation.environment.clock.monotonic_ns();
            let mut buckets = BUCKETS.lock().unwrap_or_else(PoisonError::into_inner);
            Ok(buckets.allow(text::as_str(key), size(count), size(seconds).max(1), now_ns))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_come_back_one_by_one() {
        const SECOND: u64 = 1_000_000_000;
        let mut buckets = Buckets::default();
        let mut allow = |now| buckets.allow("a", 2, 10, now);
        assert!(allow(0) && allow(0) && !allow(0));
        assert!(!allow(4 * SECOND) && allow(5 * SECOND) && !allow(5 * SECOND));
        assert!(allow(60 * SECOND) && allow(60 * SECOND) && !allow(60 * SECOND));
        assert!(buckets.allow("b", 2, 10, 0) && !buckets.allow("a", 0, 1, 0));
    }

    #[test]
    fn the_memory_is_bounded() {
        let mut buckets = Buckets::default();
        for i in 0..BUCKETS_MAX + 10 {
            assert!(buckets.allow(&i.to_string(), 1, 1000, 0));
        }
        assert!(buckets.0.len() <= BUCKETS_MAX);
    }
}
