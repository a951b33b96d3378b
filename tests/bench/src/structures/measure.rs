//! Measuring one candidate in one operation: processor time of this thread, and the memory that values keep.

use std::time::Duration;

use super::table::Table;

/// How long to measure.
#[derive(Debug, Clone, Copy)]
pub struct Plan {
    pub rounds: usize,
    /// A round takes at least this long in what is measured.
    round_min: Duration,
    /// When the rounds of an operation have taken this long with what prepares them, no further one begins.
    rounds_max: Duration,
    pub size_max: usize,
    /// Elements over all copies of a structure whose memory is asked for.
    pub kept_elements: usize,
}

impl Plan {
    pub const FULL: Plan = Plan {
        rounds: 5,
        round_min: Duration::from_millis(10),
        rounds_max: Duration::from_millis(1200),
        size_max: usize::MAX,
        kept_elements: 1_000_000,
    };

    pub const QUICK: Plan = Plan {
        rounds: 3,
        round_min: Duration::from_millis(3),
        rounds_max: Duration::from_millis(300),
        size_max: 10_000,
        kept_elements: 1_000_000,
    };

    #[cfg(test)]
    pub const SMOKE: Plan =
        Plan { rounds: 1, round_min: Duration::ZERO, rounds_max: Duration::ZERO, size_max: 100, kept_elements: 1_000 };
}

/// Adds up the processor time of what is measured, and leaves out what prepares and checks it.
#[derive(Debug, Default)]
pub struct Clock {
    spent: Duration,
}

impl Clock {
    pub fn time<T>(&mut self, work: impl FnOnce() -> T) -> T {
        let start = processor_time();
        let done = work();
        self.spent += processor_time().saturating_sub(start);
        done
    }
}

/// Of this thread.
fn processor_time() -> Duration {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: the pointer is to memory of this frame, of the type that the call writes. The clock exists.
    unsafe { libc::clock_gettime(libc::CLOCK_THREAD_CPUTIME_ID, &mut time) };
    Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
}

/// Bytes that the system's allocator has given out, with what it needs itself.
pub fn allocated_bytes() -> usize {
    // SAFETY: it only reads.
    let info = unsafe { libc::mallinfo2() };
    info.uordblks + info.hblkhd
}

/// The figures of one structure while they are taken.
pub struct Bench {
    pub plan: Plan,
    pub table: Table,
}

/// Where a figure belongs.
#[derive(Debug, Clone, Copy)]
pub struct Cell {
    pub operation: &'static str,
    pub candidate: &'static str,
    pub size: usize,
}

impl Bench {
    pub fn new(plan: Plan) -> Bench {
        Bench { plan, table: Table::default() }
    }

    /// Measures so many operations a repeat. The work is given how often to do it and a clock for the part that counts; it
    /// gives a sum over what came of it, the same for the same number of repeats.
    pub fn measure(
        &mut self,
        cell: Cell,
        operations: usize,
        mut work: impl FnMut(usize, &mut Clock) -> u64,
    ) -> Result<(), String> {
        let start = processor_time();
        let mut run = |repeats: usize| {
            let mut clock = Clock::default();
            let sum = work(repeats, &mut clock);
            (clock.spent, sum)
        };
        let (mut spent, sum) = run(1);
        self.table.check(cell, sum)?;
        let (mut repeats, mut round, mut expected) = (1, processor_time().saturating_sub(start), sum);
        // What is prepared and not measured may take longer than what is: then there are fewer repeats.
        while spent < self.plan.round_min && round < self.plan.rounds_max / 8 {
            let missing = self.plan.round_min.as_nanos() * 5 / 4 / spent.as_nanos().max(1_000);
            repeats *= usize::try_from(missing).unwrap_or(usize::MAX).clamp(2, 50);
            let before = processor_time();
            (spent, expected) = run(repeats);
            round = processor_time().saturating_sub(before);
        }
        let mut best = spent;
        for _ in 1..self.plan.rounds {
            if processor_time().saturating_sub(start) > self.plan.rounds_max {
                break;
            }
            let (spent, sum) = run(repeats);
            if sum != expected {
                return Err(format!("{cell:?} computes {sum} once and {expected} another time"));
            }
            best = best.min(spent);
        }
        self.table.put(cell, best.as_nanos() as f64 / (repeats * operations) as f64);
        Ok(())
    }
}
