//! Random numbers.

use std::sync::atomic::{AtomicU64, Ordering};

pub trait Random: Send + Sync {
    fn next_u64(&self) -> u64;
}

/// The kernel's generator: nobody can foresee its numbers, so they may be part of keys and tokens.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemRandom;

impl Random for SystemRandom {
    fn next_u64(&self) -> u64 {
        let mut bytes = [0_u8; 8];
        let mut filled = 0;
        while filled < bytes.len() {
            let rest = bytes.len() - filled;
            // SAFETY: the rest of the array. For so few bytes the call fails only when a signal comes.
            let got = unsafe { libc::getrandom(bytes.as_mut_ptr().add(filled).cast(), rest, 0) };
            filled += usize::try_from(got).unwrap_or(0).min(rest);
        }
        u64::from_ne_bytes(bytes)
    }
}

/// A seed gives the same numbers again (splitmix64).
#[derive(Debug)]
pub struct Seeded(AtomicU64);

impl Seeded {
    pub fn new(seed: u64) -> Seeded {
        Seeded(AtomicU64::new(seed))
    }
}

impl Random for Seeded {
    fn next_u64(&self) -> u64 {
        const STEP: u64 = 0x9e37_79b9_7f4a_7c15;
        let state = self.0.fetch_add(STEP, Ordering::Relaxed).wrapping_add(STEP);
        let z = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_replays_and_the_system_does_not() {
        let numbers = |random: &dyn Random| [0; 8].map(|_| random.next_u64());
        assert_eq!(numbers(&Seeded::new(7)), numbers(&Seeded::new(7)));
        assert_ne!(numbers(&Seeded::new(7)), numbers(&Seeded::new(8)));
        assert_ne!(numbers(&SystemRandom), numbers(&SystemRandom));
    }
}
