//! `Stdlib.List.sort`: by the order of every type (`value::compare`), with shorter ways for numbers and texts.

use ::std::cmp::Ordering;
use ::std::ptr::null_mut;

use dark_abi::{Kind, List, SLOT_BYTES, Str};

use super::answer::answers;
use crate::invocation::{Fault, Invocation};
use crate::value::{Ty, compare, element, retain_slots};
use crate::{list, number, text};

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
}

/// A new list of the same elements.
unsafe fn sorted(invocation: &mut Invocation, unsorted: *const List, element: Ty) -> Result<*mut List, Fault> {
    // SAFETY: promised by the caller: a list of that type.
    unsafe {
        let (len, width) = (list::len(unsorted), element.slots as usize);
        if len == 0 {
            return Ok(null_mut());
        }
        // The elements once more, and the sorting's own memory.
        invocation.heap.check_room(len.saturating_mul((width + 2) * SLOT_BYTES))?;
        let first = list::first(unsorted);
        let mut slots: Vec<u64> = Vec::with_capacity(len * width);
        if width == 1 {
            slots.extend_from_slice(::std::slice::from_raw_parts(first, len));
            sort_words(invocation, &mut slots, element)?;
        } else {
            let mut order: Vec<usize> = (0..len).collect();
            merge_sort(invocation, &mut order, |a, b| compare(first.add(a * width), first.add(b * width), element))?;
            for index in order {
                slots.extend_from_slice(::std::slice::from_raw_parts(first.add(index * width), width));
            }
        }
        retain_slots(slots.as_ptr(), len, element);
        list::make(&mut invocation.heap, slots.as_ptr(), len, element)
    }
}

/// Sorts values of one slot. Equal numbers are the same word, or stay in their order.
unsafe fn sort_words(invocation: &mut Invocation, words: &mut Vec<u64>, element: Ty) -> Result<(), Fault> {
    // SAFETY: promised by the caller: they are values of that type.
    unsafe {
        match element.kind {
            Kind::Unit => Ok(()),
            Kind::Bool | Kind::UInt8 | Kind::UInt16 | Kind::UInt32 | Kind::UInt64 => {
                sort_numbers(invocation, words, |word| word)
            }
            Kind::Int8 | Kind::Int16 | Kind::Int32 | Kind::Int64 | Kind::DateTime => {
                sort_numbers(invocation, words, |word| word as i64)
            }
            // Small words have the order of their numbers.
            Kind::Int if words.iter().all(|word| number::is_small(*word)) => {
                sort_numbers(invocation, words, |word| word as i64)
            }
            Kind::Int => merge_sort(invocation, words, |a, b| number::compare(a, b)),
            Kind::Char | Kind::String => merge_sort(invocation, words, |a, b| compare_texts(a, b)),
            _ => merge_sort(invocation, words, |a, b| compare(&a, &b, element)),
        }
    }
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

unsafe fn compare_texts(a: u64, b: u64) -> Ordering {
    let text = |word: u64| word as usize as *const Str;
    // SAFETY: promised by the caller: both are texts.
    unsafe { text::compare(text::as_bytes(text(a)), text::as_bytes(text(b))) }
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
