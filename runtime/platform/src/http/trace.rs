//! The number of a request: in its answer, in every line about it.

use std::cell::Cell;
use std::fmt;

use dark_sched::world::Random;

/// 128 bits, written as 32 hex digits.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct TraceId(u128);

impl fmt::Display for TraceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

impl fmt::Debug for TraceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Makes trace ids: unlike each other, not secret. A seeded start replays them.
pub(crate) struct TraceIds {
    start: u64,
    next: Cell<u64>,
}

impl TraceIds {
    pub(crate) fn new(random: &dyn Random) -> TraceIds {
        TraceIds { start: random.next_u64(), next: Cell::new(random.next_u64()) }
    }

    pub(crate) fn next(&self) -> TraceId {
        let count = self.next.get().wrapping_add(1);
        self.next.set(count);
        // The finalizer of MurmurHash: neighbours look unlike, and no two counts give the same number.
        let mixed = (count ^ (count >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
        let mixed = (mixed ^ (mixed >> 33)).wrapping_mul(0xc4ce_b9fe_1a85_ec53);
        TraceId(u128::from(self.start) << 64 | u128::from(mixed ^ (mixed >> 33)))
    }
}

impl TraceId {
    /// The 32 hex digits, without formatting machinery: every answer has them.
    pub(crate) fn digits(self) -> [u8; 32] {
        let mut digits = [0; 32];
        for (place, digit) in digits.iter_mut().enumerate() {
            let value = (self.0 >> (124 - 4 * place)) as u8 & 0xf;
            *digit = if value < 10 { b'0' + value } else { b'a' + value - 10 };
        }
        digits
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use dark_sched::world::Seeded;

    #[test]
    fn ids_differ_replay_and_have_32_digits() {
        let ids = |seed| {
            let ids = TraceIds::new(&Seeded::new(seed));
            [ids.next(), ids.next(), ids.next()]
        };
        assert_eq!(ids(1), ids(1));
        assert_ne!(ids(1), ids(2));
        let [first, second, _] = ids(1);
        assert_ne!(first, second);
        assert_eq!(first.to_string().as_bytes(), first.digits());
    }
}
