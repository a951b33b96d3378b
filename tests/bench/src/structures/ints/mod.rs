//! `Int`: what programs count and compute, for any `Number`. Those of a fixed width are left out where the numbers are too
//! large for them.

mod others;
mod own;

use std::hint::black_box;

use dark_rt::Invocation;

use super::measure::{Bench, Cell, Clock, allocated_bytes};
use super::world::{Numbers, invocation};

/// A number as programs see it.
trait Number: Sized {
    const NAME: &'static str;
    /// Whether memory beside the word is the invocation's, not the system allocator's.
    const IN_HEAP: bool = false;
    /// The widest number.
    const BITS_MAX: u32 = u32::MAX;

    fn of(world: &mut Invocation, number: i64) -> Self;
    /// The first operand is given up, the other one stays.
    fn add(self, world: &mut Invocation, other: &Self) -> Self;
    fn sub(self, world: &mut Invocation, other: &Self) -> Self;
    fn mul(self, world: &mut Invocation, other: &Self) -> Self;
    /// Of numbers that are not negative.
    fn modulo(self, world: &mut Invocation, other: &Self) -> Self;
    fn digits(&self) -> String;
    /// The same number once more.
    fn share(&self) -> Self;
    fn release(self, _: &mut Invocation) {}
}

pub fn fill(bench: &mut Bench, _: usize) -> Result<(), String> {
    measure::<own::Own>(bench)?;
    measure::<others::Checked>(bench)?;
    measure::<dashu_int::IBig>(bench)?;
    measure::<i128>(bench)?;
    measure::<i64>(bench)
}

/// Something to be computed from a few thousand numbers, and how wide it becomes.
struct Work<N> {
    name: &'static str,
    bits: u32,
    operations: usize,
    run: fn(&mut Invocation, &[N]) -> N,
}

/// How many numbers are given.
const COUNT: usize = 1000;
/// Each so many steps a number of 90 bits is made.
const LARGE_EACH: usize = 16;

fn measure<N: Number>(bench: &mut Bench) -> Result<(), String> {
    let works: [Work<N>; 8] = [
        Work { name: "sum of small numbers, a number", bits: 32, operations: COUNT, run: sum },
        Work { name: "sums between 2^62 and 2^63, a sum", bits: 63, operations: 2 * COUNT, run: wide_sums },
        Work { name: "20!, a product", bits: 62, operations: 20, run: |world, _| factorial(world, black_box(20)) },
        Work { name: "100!, a product", bits: 525, operations: 100, run: |world, _| factorial(world, black_box(100)) },
        Work {
            name: "1000!, a product",
            bits: 8530,
            operations: 1000,
            run: |world, _| factorial(world, black_box(1000)),
        },
        Work { name: "1000 Fibonacci numbers, a sum", bits: 695, operations: 1000, run: |world, _| fibonacci(world) },
        Work {
            name: "hash of small numbers, a step",
            bits: 48,
            operations: COUNT,
            run: |world, it| hash(world, it, COUNT + 1),
        },
        Work {
            name: "the same, each 16th step of 90 bits",
            bits: 91,
            operations: COUNT,
            run: |world, it| hash(world, it, LARGE_EACH),
        },
    ];
    for work in works.iter().filter(|it| it.bits <= N::BITS_MAX) {
        let cell = Cell { operation: work.name, candidate: N::NAME, size: 1 };
        let mut invocation = invocation();
        let world = &mut *invocation;
        let mut random = Numbers::new(3);
        let numbers: Vec<N> = (0..COUNT).map(|_| N::of(world, random.below(1 << 20) as i64)).collect();
        bench.measure(cell, work.operations, |repeats, clock: &mut Clock| {
            let mut last = N::of(world, 0);
            clock.time(|| {
                for _ in 0..repeats {
                    let result = (work.run)(world, black_box(&numbers));
                    std::mem::replace(&mut last, result).release(world);
                }
            });
            let digits = last.digits();
            last.release(world);
            digits.bytes().fold(0, |sum, digit| sum.wrapping_mul(31).wrapping_add(u64::from(digit)))
        })?;
    }
    let kept = bench.plan.kept_elements;
    let mut memory = |operation, bits: u32, first: i64| {
        if bits <= N::BITS_MAX {
            bench.table.put(Cell { operation, candidate: N::NAME, size: 1 }, bytes_of_a_number::<N>(kept, first));
        }
    };
    memory("memory, bytes a small number", 32, 0);
    memory("memory, bytes a number above 2^62", 63, 1 << 62);
    Ok(())
}

fn sum<N: Number>(world: &mut Invocation, numbers: &[N]) -> N {
    let start = N::of(world, 0);
    numbers.iter().fold(start, |sum, number| sum.add(world, number))
}

fn wide_sums<N: Number>(world: &mut Invocation, numbers: &[N]) -> N {
    let start = N::of(world, 3 << 61);
    let pairs = numbers.iter().zip(numbers.iter().rev());
    pairs.fold(start, |sum, (more, less)| sum.add(world, more).sub(world, less))
}

fn factorial<N: Number>(world: &mut Invocation, most: i64) -> N {
    let start = N::of(world, 1);
    (1..=most).fold(start, |product, number| {
        let number = N::of(world, number);
        let product = product.mul(world, &number);
        number.release(world);
        product
    })
}

fn fibonacci<N: Number>(world: &mut Invocation) -> N {
    let (mut before, mut last) = (N::of(world, 0), N::of(world, 1));
    for _ in 0..1000 {
        let next = before.add(world, &last);
        before = std::mem::replace(&mut last, next);
    }
    before.release(world);
    last
}

/// A hash of the numbers below a modulus of 30 bits; each so many steps it becomes its third power on the way.
fn hash<N: Number>(world: &mut Invocation, numbers: &[N], large_each: usize) -> N {
    let (factor, modulus) = (N::of(world, 31), N::of(world, 1_000_000_007));
    let mut hash = N::of(world, 7);
    for (step, number) in numbers.iter().enumerate() {
        hash = hash.mul(world, &factor).add(world, number);
        if step % large_each == large_each - 1 {
            hash = hash.modulo(world, &modulus);
            let own = hash.share();
            hash = hash.mul(world, &own).mul(world, &own);
            own.release(world);
        }
        hash = hash.modulo(world, &modulus);
    }
    hash
}

/// Of many numbers in one array, from that one on.
fn bytes_of_a_number<N: Number>(count: usize, first: i64) -> f64 {
    let mut numbers: Vec<N> = Vec::with_capacity(count);
    let mut invocation = invocation();
    let bytes = |world: &Invocation| if N::IN_HEAP { world.heap.reserved_bytes() } else { allocated_bytes() };
    let before = bytes(&invocation);
    numbers.extend((0..count as i64).map(|it| N::of(&mut invocation, first + it)));
    let after = bytes(&invocation);
    numbers.into_iter().for_each(|it| it.release(&mut invocation));
    size_of::<N>() as f64 + after.saturating_sub(before) as f64 / count as f64
}
