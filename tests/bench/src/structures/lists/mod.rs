//! Lists of elements of one word: what programs do with them, for any `Sequence`.

mod cells;
mod others;
mod own;

use std::hint::black_box;

use dark_rt::Invocation;

use super::measure::{Bench, Cell, Clock, allocated_bytes};
use super::world::{Numbers, Places, invocation};

/// A list as programs see it: an operation takes the list and gives the one after it.
trait Sequence: Sized {
    const NAME: &'static str;
    /// Whether its memory is the invocation's, not the system allocator's.
    const IN_HEAP: bool = false;
    /// Whether an element behind the others is not a copy of all.
    const PUSHES: bool = true;
    /// The longest one to which elements are put in front.
    const CONS_MAX: usize = usize::MAX;

    fn empty() -> Self;
    fn of(world: &mut Invocation, values: &[u64]) -> Self;
    fn push(self, world: &mut Invocation, value: u64) -> Self;
    fn cons(self, world: &mut Invocation, value: u64) -> Self;
    fn at(&self, index: usize) -> u64;
    fn set(self, world: &mut Invocation, index: usize, value: u64) -> Self;
    fn append(self, world: &mut Invocation, other: Self) -> Self;
    /// Each element, first to last.
    fn each(&self, visit: impl FnMut(u64));
    /// The same by first and rest until nothing is left.
    fn walk(self, world: &mut Invocation, visit: impl FnMut(u64));
    fn map(&self, world: &mut Invocation, change: impl Fn(u64) -> u64) -> Self;
    /// The same list once more.
    fn share(&self) -> Self;
    fn release(self, _: &mut Invocation) {}
}

pub fn fill(bench: &mut Bench, size: usize) -> Result<(), String> {
    measure::<own::Own>(bench, size)?;
    measure::<cells::Cells>(bench, size)?;
    measure::<others::Tree>(bench, size)?;
    measure::<others::Array>(bench, size)
}

/// A number that depends on each element and its place.
fn digest<S: Sequence>(list: &S) -> u64 {
    let mut sum = 0_u64;
    list.each(|value| sum = sum.wrapping_mul(31).wrapping_add(value));
    sum
}

fn measure<S: Sequence>(bench: &mut Bench, size: usize) -> Result<(), String> {
    let cell = |operation| Cell { operation, candidate: S::NAME, size };
    let mut numbers = Numbers::new(7);
    let values: Vec<u64> = (0..size).map(|_| numbers.next()).collect();
    let places = Places::below(size);
    let mut invocation = invocation();
    let world = &mut *invocation;

    if S::PUSHES {
        bench.measure(cell("build by push, an element"), size, |repeats, clock| {
            build(world, clock, repeats, |world| values.iter().fold(S::empty(), |list, it| list.push(world, *it)))
        })?;
    }
    if size <= S::CONS_MAX {
        bench.measure(cell("build by cons, an element"), size, |repeats, clock| {
            build(world, clock, repeats, |world| values.iter().fold(S::empty(), |list, it| list.cons(world, *it)))
        })?;
    }
    bench.measure(cell("fold, an element"), size, |repeats, clock| {
        let list = S::of(world, &values);
        let mut sum = 0_u64;
        clock.time(|| (0..repeats).for_each(|_| black_box(&list).each(|value| sum = sum.wrapping_add(value))));
        list.release(world);
        sum
    })?;
    bench.measure(cell("map, an element"), size, |repeats, clock| {
        let list = S::of(world, &values);
        let sum = build(world, clock, repeats, |world| black_box(&list).map(world, |value| value ^ 5));
        list.release(world);
        sum
    })?;
    bench.measure(cell("first and rest of a list that is kept, an element"), size, |repeats, clock| {
        let list = S::of(world, &values);
        let mut sum = 0_u64;
        clock.time(|| {
            (0..repeats).for_each(|_| list.share().walk(world, |value| sum = sum.wrapping_mul(31).wrapping_add(value)));
        });
        list.release(world);
        sum
    })?;
    bench.measure(cell("index at random"), 100, |repeats, clock| {
        let list = S::of(world, &values);
        let sum = clock.time(|| places.take(repeats * 100).fold(0_u64, |sum, at| sum.wrapping_add(list.at(at))));
        list.release(world);
        sum
    })?;
    bench.measure(cell("set at random, nobody else has the list"), 100, |repeats, clock| {
        let list = S::of(world, &values);
        let list = clock.time(|| places.take(repeats * 100).fold(list, |list, at| list.set(world, at, at as u64)));
        finish(world, list)
    })?;
    bench.measure(cell("set at random, a copy is held"), 10, |repeats, clock| {
        let list = S::of(world, &values);
        let list = clock.time(|| {
            places.take(repeats * 10).fold(list, |list, at| {
                let held = list.share();
                let changed = list.set(world, at, at as u64);
                held.release(world);
                changed
            })
        });
        finish(world, list)
    })?;
    bench.measure(cell("append of halves, nobody else has them"), 1, |repeats, clock| {
        append_own::<S>(world, clock, repeats, &values)
    })?;
    bench.measure(cell("append of halves that are kept"), 1, |repeats, clock| {
        let (left, right) = values.split_at(size / 2);
        let (left, right) = (S::of(world, left), S::of(world, right));
        let sum = build(world, clock, repeats, |world| left.share().append(world, right.share()));
        left.release(world);
        right.release(world);
        sum
    })?;
    bench.table.put(cell("memory, bytes an element"), bytes_of_an_element::<S>(&values, bench.plan.kept_elements));
    Ok(())
}

/// Builds a list again and again; the time is with the drop of all but the last.
fn build<S: Sequence>(
    world: &mut Invocation,
    clock: &mut Clock,
    repeats: usize,
    build: impl Fn(&mut Invocation) -> S,
) -> u64 {
    let mut last = S::empty();
    clock.time(|| {
        for _ in 0..repeats {
            let built = build(world);
            std::mem::replace(&mut last, built).release(world);
        }
    });
    finish(world, last)
}

fn finish<S: Sequence>(world: &mut Invocation, list: S) -> u64 {
    let sum = digest(&list);
    list.release(world);
    sum
}

/// Pairs of halves are made a million elements at a time, and appended together.
fn append_own<S: Sequence>(world: &mut Invocation, clock: &mut Clock, repeats: usize, values: &[u64]) -> u64 {
    let (left, right) = values.split_at(values.len() / 2);
    let batch = (1_000_000 / values.len()).max(1);
    let (mut sum, mut done) = (0_u64, 0);
    while done < repeats {
        let count = batch.min(repeats - done);
        let pairs: Vec<(S, S)> = (0..count).map(|_| (S::of(world, left), S::of(world, right))).collect();
        let mut joined: Vec<S> = Vec::with_capacity(count);
        clock.time(|| joined.extend(pairs.into_iter().map(|(left, right)| left.append(world, right))));
        sum = joined.into_iter().fold(sum, |sum, list| sum.wrapping_add(finish(world, list)));
        done += count;
    }
    sum
}

/// Of lists that are built as programs build them, until they have so many elements together.
fn bytes_of_an_element<S: Sequence>(values: &[u64], elements: usize) -> f64 {
    let copies = (elements / values.len()).max(1);
    let mut lists: Vec<S> = Vec::with_capacity(copies);
    let mut invocation = invocation();
    let bytes = |world: &Invocation| if S::IN_HEAP { world.heap.reserved_bytes() } else { allocated_bytes() };
    let before = bytes(&invocation);
    for _ in 0..copies {
        let world = &mut *invocation;
        lists.push(match S::PUSHES {
            true => values.iter().fold(S::empty(), |list, it| list.push(world, *it)),
            false => S::of(world, values),
        });
    }
    let after = bytes(&invocation);
    lists.into_iter().for_each(|list| list.release(&mut invocation));
    after.saturating_sub(before) as f64 / (copies * values.len()) as f64
}
