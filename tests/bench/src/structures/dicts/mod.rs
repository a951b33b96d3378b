//! Dicts from text to numbers of one word: what programs do with them, for any `Map`. Keys are made before: every candidate
//! only counts them.

mod others;
mod own;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::hash::RandomState;
use std::rc::Rc;

use dark_rt::Invocation;
use imbl::shared_ptr::RcK;

use super::measure::{Bench, Cell, allocated_bytes};
use super::world::{Numbers, Places, invocation};

/// A dict as programs see it: an operation takes the dict and gives the one after it.
trait Map: Sized {
    const NAME: &'static str;
    /// Whether its memory is the invocation's, not the system allocator's.
    const IN_HEAP: bool = false;
    type Key;

    fn key(world: &mut Invocation, text: &str) -> Self::Key;
    fn empty() -> Self;
    fn len(&self) -> usize;
    fn get(&self, key: &Self::Key) -> Option<u64>;
    fn set(self, world: &mut Invocation, key: &Self::Key, value: u64) -> Self;
    fn remove(self, world: &mut Invocation, key: &Self::Key) -> Self;
    /// The entries in the order of their keys.
    fn walk(&self, visit: impl FnMut(&str, u64));
    /// The same as programs get to it, through `Dict.toList`.
    fn list(&self, visit: impl FnMut(&str, u64)) {
        self.walk(visit);
    }
    /// The same dict once more.
    fn share(&self) -> Self;
    fn release(self, _: &mut Invocation) {}
}

pub fn fill(bench: &mut Bench, size: usize) -> Result<(), String> {
    measure::<own::Own>(bench, size)?;
    measure::<imbl::GenericOrdMap<Rc<str>, u64, RcK>>(bench, size)?;
    measure::<rpds::RedBlackTreeMap<Rc<str>, u64>>(bench, size)?;
    measure::<imbl::GenericHashMap<Rc<str>, u64, RandomState, RcK>>(bench, size)?;
    measure::<BTreeMap<Rc<str>, u64>>(bench, size)?;
    measure::<HashMap<Rc<str>, u64>>(bench, size)
}

/// Different texts of 4 to 15 letters and digits in no order.
fn random_texts(size: usize) -> Vec<String> {
    const LETTERS: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz012345";
    let mut numbers = Numbers::new(11);
    let mut seen = HashSet::with_capacity(size);
    let mut texts = Vec::with_capacity(size);
    while texts.len() < size {
        let len = 4 + numbers.below(12);
        let text: String = (0..len).map(|_| char::from(LETTERS[numbers.below(32)])).collect();
        if seen.insert(text.clone()) {
            texts.push(text);
        }
    }
    texts
}

fn add(sum: u64, key: &str, value: u64) -> u64 {
    sum.wrapping_mul(31).wrapping_add(value).wrapping_add(key.len() as u64)
}

/// The sum over all entries in their order.
fn digest<M: Map>(dict: &M) -> u64 {
    let mut sum = 0;
    dict.walk(|key, value| sum = add(sum, key, value));
    sum
}

fn built<M: Map>(world: &mut Invocation, keys: &[M::Key]) -> M {
    (0_u64..).zip(keys).fold(M::empty(), |dict, (value, key)| dict.set(world, key, value))
}

fn measure<M: Map>(bench: &mut Bench, size: usize) -> Result<(), String> {
    let cell = |operation| Cell { operation, candidate: M::NAME, size };
    let texts = random_texts(size);
    let places = Places::below(size);
    let mut invocation = invocation();
    let world = &mut *invocation;
    let keys: Vec<M::Key> = texts.iter().map(|text| M::key(world, text)).collect();

    let mut last = None;
    bench.measure(cell("build from random keys, an entry"), size, |repeats, clock| {
        clock.time(|| {
            for _ in 0..repeats {
                let dict: M = built(world, &keys);
                if let Some(before) = last.replace(dict) {
                    M::release(before, world);
                }
            }
        });
        last.as_ref().map_or(0, digest)
    })?;
    let mut dict = last.unwrap_or_else(M::empty);

    let sum_of = |dict: &M, places: &mut dyn Iterator<Item = usize>| {
        places.fold(0_u64, |sum, at| sum.wrapping_mul(3).wrapping_add(dict.get(&keys[at]).unwrap_or(1 << 60)))
    };
    bench.measure(cell("get"), 100, |repeats, clock| clock.time(|| sum_of(&dict, &mut places.take(repeats * 100))))?;
    let alike: Vec<M::Key> = (0..size).map(|it| M::key(world, &format!("customer-{:07}", it * 7919 % size))).collect();
    let of_alike: M = built(world, &alike);
    bench.measure(cell("get, keys that begin alike"), 100, |repeats, clock| {
        clock.time(|| {
            let found = places.take(repeats * 100).map(|at| of_alike.get(&alike[at]).unwrap_or(1 << 60));
            found.fold(0_u64, |sum, value| sum.wrapping_mul(3).wrapping_add(value))
        })
    })?;
    of_alike.release(world);
    bench.measure(cell("walk in order, an entry"), size, |repeats, clock| {
        let mut sum = 0;
        clock.time(|| (0..repeats).for_each(|_| dict.walk(|key, value| sum = add(sum, key, value))));
        sum
    })?;
    bench.measure(cell("the same through `Dict.toList`, an entry"), size, |repeats, clock| {
        let mut sum = 0;
        clock.time(|| (0..repeats).for_each(|_| dict.list(|key, value| sum = add(sum, key, value))));
        sum
    })?;
    // What is set depends on the key alone, so that it is the same however often it is set.
    bench.measure(cell("set of a key that is there"), 100, |repeats, clock| {
        let changing = std::mem::replace(&mut dict, M::empty());
        dict = clock
            .time(|| places.take(repeats * 100).fold(changing, |dict, at| dict.set(world, &keys[at], at as u64 * 3)));
        sum_of(&dict, &mut places.take(100))
    })?;
    bench.measure(cell("set of a key that is there, a copy is held"), 10, |repeats, clock| {
        let changing = std::mem::replace(&mut dict, M::empty());
        dict = clock.time(|| {
            places.take(repeats * 10).fold(changing, |dict, at| {
                let held = dict.share();
                let changed = dict.set(world, &keys[at], at as u64 * 5);
                held.release(world);
                changed
            })
        });
        sum_of(&dict, &mut places.take(10))
    })?;
    let removed = (size / 2).min(1000);
    bench.measure(cell("remove"), removed, |repeats, clock| {
        let mut sum = 0_u64;
        for repeat in 0..repeats {
            let start = repeat * removed % (size - removed);
            let taken = &keys[start..start + removed];
            let changing = std::mem::replace(&mut dict, M::empty());
            let less = clock.time(|| taken.iter().fold(changing, |dict, key| dict.remove(world, key)));
            let missing = taken.iter().filter(|key| less.get(key).is_none()).count();
            sum = sum.wrapping_add((less.len() + missing) as u64);
            dict = taken.iter().fold(less, |dict, key| dict.set(world, key, 1));
        }
        sum
    })?;
    dict.release(world);
    bench
        .table
        .put(cell("memory without keys, bytes an entry"), bytes_of_an_entry::<M>(&texts, bench.plan.kept_elements));
    Ok(())
}

/// Of dicts that are built as above, until they have so many entries together.
fn bytes_of_an_entry<M: Map>(texts: &[String], entries: usize) -> f64 {
    let copies = (entries / texts.len()).max(1);
    let mut dicts: Vec<M> = Vec::with_capacity(copies);
    let mut invocation = invocation();
    let world = &mut *invocation;
    let keys: Vec<M::Key> = texts.iter().map(|text| M::key(world, text)).collect();
    let bytes = |world: &Invocation| if M::IN_HEAP { world.heap.reserved_bytes() } else { allocated_bytes() };
    let before = bytes(world);
    dicts.extend((0..copies).map(|_| built(world, &keys)));
    let after = bytes(world);
    dicts.into_iter().for_each(|dict| dict.release(world));
    after.saturating_sub(before) as f64 / (copies * texts.len()) as f64
}
