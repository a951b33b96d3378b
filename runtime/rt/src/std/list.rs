//! `Stdlib.List.sort` and `sortBy`: by the order of every type (`value::compare`). Numbers are sorted as they are; everything
//! else by the beginnings of its places in the order (`value::Places`), and compared only where these are equal.

use ::std::cmp::Ordering;
use ::std::ptr::null_mut;

use dark_abi::{Elements, Kind, List, SLOT_BYTES};

use super::answer::answers;
use crate::invocation::{Fault, Invocation};
use crate::value::{Place, Places, Ty, compare, element, retain_slots};
use crate::{list, number};

/// Elements between two looks at whether others want to run: some milliseconds of texts, and of numbers.
const RUN: usize = 1 << 15;
const NUMBERS_RUN: usize = 1 << 18;

answers! {
    /// `List.sort list`
    dark_list_sort(invocation, call) {
        let unsorted = call.word(0) as usize as *const List;
        *call.result = sorted(invocation, unsorted, element(call.result_ty()))? as usize as u64;
        Ok(())
    }

    /// `List.Internal.sortedBy keys list`: as many of both.
    dark_list_internal_sorted_by(invocation, call) {
        let (keys, unsorted) = (call.word(0) as usize as *const List, call.word(1) as usize as *const List);
        if unsorted.is_null() {
            *call.result = 0;
            return Ok(());
        }
        let values = list::elements(unsorted, element(call.result_ty()));
        let keys = list::elements(keys, element(call.ty(0)));
        let len = list::len(unsorted);
        check_room(invocation, len, values.element)?;
        let order = order(invocation, keys, len, |a, b| compare_at(values, a, b))?;
        *call.result = gathered(invocation, values, order)? as usize as u64;
        Ok(())
    }
}

/// The order of two elements.
unsafe fn compare_at(values: Elements, a: usize, b: usize) -> Ordering {
    // SAFETY: promised by the callers: there are such elements.
    unsafe { compare(values.at(a), values.at(b), values.element) }
}

/// An element by its index, with the beginning of its place.
#[derive(Clone, Copy)]
struct Entry {
    place: Place,
    index: usize,
}

/// The elements once more, and the sorting's own memory.
fn check_room(invocation: &Invocation, len: usize, element: Ty) -> Result<(), Fault> {
    let bytes = element.slots as usize * SLOT_BYTES + 2 * size_of::<Entry>();
    invocation.heap.check_room(len.saturating_mul(bytes))
}

/// A new list of the same elements.
unsafe fn sorted(invocation: &mut Invocation, unsorted: *const List, element: Ty) -> Result<*mut List, Fault> {
    // SAFETY: promised by the caller: a list of that type.
    unsafe {
        let len = list::len(unsorted);
        if len == 0 {
            return Ok(null_mut());
        }
        check_room(invocation, len, element)?;
        let values = list::elements(unsorted, element);
        if element.slots == 1 {
            let mut words: Vec<u64> = match element.kind.is_packed() {
                true => (0..len).map(|index| *values.at(index)).collect(),
                false => ::std::slice::from_raw_parts(values.at(0), len).to_vec(),
            };
            if sort_words(invocation, &mut words, element)? {
                retain_slots(words.as_ptr(), len, element);
                return list::make(&mut invocation.heap, words.as_ptr(), len, element);
            }
        }
        let order = order(invocation, values, len, |_, _| Ordering::Equal)?;
        gathered(invocation, values, order)
    }
}

/// The indexes of so many elements in the order of their keys, where `ties` decides between those with one key.
unsafe fn order(
    invocation: &mut Invocation,
    keys: Elements,
    len: usize,
    ties: impl Fn(usize, usize) -> Ordering,
) -> Result<Vec<Entry>, Fault> {
    let places = Places::of(keys.element);
    // SAFETY: promised by the caller: there are as many keys.
    let entry = |index| Entry { place: unsafe { places.place(keys.at(index)) }, index };
    let mut entries: Vec<Entry> = (0..len).map(entry).collect();
    merge_sort(invocation, &mut entries, |a, b| {
        let mut order = a.place.cmp(&b.place);
        if order.is_eq() && !places.whole {
            // SAFETY: as above.
            order = unsafe { compare_at(keys, a.index, b.index) };
        }
        order.then_with(|| ties(a.index, b.index))
    })?;
    Ok(entries)
}

/// A list of the elements in that order.
unsafe fn gathered(invocation: &mut Invocation, values: Elements, order: Vec<Entry>) -> Result<*mut List, Fault> {
    let width = values.element.slots as usize;
    let len = order.len();
    let mut slots: Vec<u64> = Vec::with_capacity(len * width);
    for entry in order {
        // SAFETY: promised by the caller.
        slots.extend_from_slice(unsafe { ::std::slice::from_raw_parts(values.at(entry.index), width) });
    }
    // SAFETY: they are the same elements.
    unsafe {
        retain_slots(slots.as_ptr(), len, values.element);
        list::make(&mut invocation.heap, slots.as_ptr(), len, values.element)
    }
}

/// Sorts numbers of one slot, which are the same word where they are equal; whether they are such.
fn sort_words(invocation: &mut Invocation, words: &mut Vec<u64>, element: Ty) -> Result<bool, Fault> {
    match element.kind {
        Kind::Unit => {}
        Kind::Bool | Kind::UInt8 | Kind::UInt16 | Kind::UInt32 | Kind::UInt64 => {
            sort_numbers(invocation, words, |word| word)?;
        }
        Kind::Int8 | Kind::Int16 | Kind::Int32 | Kind::Int64 | Kind::DateTime => {
            sort_numbers(invocation, words, |word| word as i64)?;
        }
        // Small words have the order of their numbers.
        Kind::Int if words.iter().all(|word| number::is_small(*word)) => {
            sort_numbers(invocation, words, |word| word as i64)?;
        }
        _ => return Ok(false),
    }
    Ok(true)
}

fn sort_numbers<K: Ord>(
    invocation: &mut Invocation,
    words: &mut Vec<u64>,
    key: impl Fn(u64) -> K,
) -> Result<(), Fault> {
    if words.len() <= NUMBERS_RUN {
        words.sort_unstable_by_key(|word| key(*word));
        return Ok(());
    }
    for run in words.chunks_mut(NUMBERS_RUN) {
        run.sort_unstable_by_key(|word| key(*word));
        invocation.pause()?;
    }
    merge_runs(invocation, words, NUMBERS_RUN, |a, b| key(a).cmp(&key(b)))
}

/// Stable, and lets others run meanwhile.
fn merge_sort<T: Copy>(
    invocation: &mut Invocation,
    items: &mut Vec<T>,
    order: impl Fn(T, T) -> Ordering,
) -> Result<(), Fault> {
    if items.len() <= RUN {
        items.sort_by(|a, b| order(*a, *b));
        return Ok(());
    }
    for run in items.chunks_mut(RUN) {
        run.sort_by(|a, b| order(*a, *b));
        invocation.pause()?;
    }
    merge_runs(invocation, items, RUN, order)
}

/// Merges sorted runs of that length, two at a time, until one is left.
fn merge_runs<T: Copy>(
    invocation: &mut Invocation,
    items: &mut Vec<T>,
    run: usize,
    order: impl Fn(T, T) -> Ordering,
) -> Result<(), Fault> {
    let mut run = run;
    let mut merged: Vec<T> = Vec::with_capacity(items.len());
    while run < items.len() {
        merged.clear();
        for pair in items.chunks(run * 2) {
            let (mut left, mut right) = pair.split_at(run.min(pair.len()));
            while let ([a, left_rest @ ..], [b, right_rest @ ..]) = (left, right) {
                if order(*b, *a) == Ordering::Less {
                    merged.push(*b);
                    right = right_rest;
                } else {
                    merged.push(*a);
                    left = left_rest;
                }
                if merged.len().is_multiple_of(RUN) {
                    invocation.pause()?;
                }
            }
            merged.extend_from_slice(left);
            merged.extend_from_slice(right);
        }
        ::std::mem::swap(items, &mut merged);
        run *= 2;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::invocation::{Environment, Failure, FailureKind, Hooks};
    use crate::memory::{Heap, HeapMode};
    use ::std::sync::Arc;
    use ::std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

    /// Lets it go on so many times.
    struct Patient(AtomicUsize);

    impl Hooks for Patient {
        fn leave(&self, _: *mut Invocation) -> ! {
            ::std::process::abort()
        }

        fn interrupt(&self, _: *mut Invocation) -> Result<(), Fault> {
            match self.0.fetch_update(Relaxed, Relaxed, |left| left.checked_sub(1)) {
                Ok(_) => Ok(()),
                Err(_) => Err(Failure::new(FailureKind::Deadline, "the time is up")),
            }
        }
    }

    fn invocation(patience: usize) -> Box<Invocation> {
        let hooks: &'static Patient = Box::leak(Box::new(Patient(AtomicUsize::new(patience))));
        let heap = Heap::new(HeapMode::Region, 1 << 20);
        Invocation::with_heap(heap, hooks, Arc::new(Environment::standard()))
    }

    #[test]
    fn a_long_sort_ends_when_the_time_is_up() {
        let mut numbers: Vec<u64> = (0..4 * NUMBERS_RUN as u64).rev().collect();
        assert!(sort_numbers(&mut invocation(2), &mut numbers, |it| it).is_err());
        assert!(sort_numbers(&mut invocation(usize::MAX), &mut numbers, |it| it).is_ok());
        assert!(numbers.is_sorted());
    }

    #[test]
    fn runs_are_merged_in_order_and_stay_stable() {
        let mut invocation = invocation(usize::MAX);
        for len in [0, 1, RUN - 1, RUN, RUN + 1, 5 * RUN + 7] {
            // The second half says where a number stood.
            let mut pairs: Vec<(u64, usize)> =
                (0..len).map(|i| ((i as u64).wrapping_mul(0x9e37_79b9) % 97, i)).collect();
            let mut expected = pairs.clone();
            expected.sort();
            merge_sort(&mut invocation, &mut pairs, |a, b| a.0.cmp(&b.0)).expect("it goes on");
            assert!(pairs == expected, "{len} elements");
        }
    }
}
