//! `Stdlib.Diff`: which lines two texts have in common, in linear memory (Myers' algorithm).

use ::std::collections::HashMap;

use dark_abi::{Context, Kind, List, TypeInfo};
use similar::{Algorithm, DiffOp, capture_diff_slices};

use crate::invocation::run;
use crate::{list, text, value};

static INT64: TypeInfo = TypeInfo::plain(Kind::Int64, 0, "Int64");

/// What becomes of a line.
const SAME: i64 = 0;
const REMOVED: i64 = 1;
const ADDED: i64 = 2;

/// The indexes of the lines in the longest common sequence. Found from the end, so that lines match late.
fn common(old: &[&str], new: &[&str]) -> Vec<(usize, usize)> {
    let mut numbers: HashMap<&str, (u32, bool, bool)> = HashMap::new();
    for (lines, is_new) in [(old, false), (new, true)] {
        for line in lines {
            let next = u32::try_from(numbers.len()).unwrap_or(u32::MAX);
            let known = numbers.entry(line).or_insert((next, false, false));
            known.1 |= !is_new;
            known.2 |= is_new;
        }
    }
    // A line that only one text has is in no common sequence.
    let shared = |lines: &[&str]| -> (Vec<usize>, Vec<u32>) {
        let known = lines.iter().enumerate().rev().filter_map(|(index, line)| match numbers.get(line) {
            Some((number, true, true)) => Some((index, *number)),
            _ => None,
        });
        known.unzip()
    };
    let ((old_places, old), (new_places, new)) = (shared(old), shared(new));
    let mut pairs = Vec::new();
    for op in capture_diff_slices(Algorithm::Myers, &old, &new) {
        if let DiffOp::Equal { old_index, new_index, len } = op {
            pairs.extend((0..len).map(|i| (old_places[old_index + i], new_places[new_index + i])));
        }
    }
    pairs.reverse();
    pairs
}

/// One number for each line of the result, the removed ones before the added ones.
fn steps(old: &[&str], new: &[&str]) -> Vec<i64> {
    let mut steps = Vec::with_capacity(old.len() + new.len());
    let (mut i, mut j) = (0, 0);
    let mut pass = |steps: &mut Vec<i64>, old_end: usize, new_end: usize| {
        steps.extend(::std::iter::repeat_n(REMOVED, old_end - i));
        steps.extend(::std::iter::repeat_n(ADDED, new_end - j));
        (i, j) = (old_end + 1, new_end + 1);
    };
    for (old_index, new_index) in common(old, new) {
        pass(&mut steps, old_index, new_index);
        steps.push(SAME);
    }
    pass(&mut steps, old.len(), new.len());
    steps
}

/// # Safety
/// Called by compiled code; the elements are texts.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dark_diff_internal_steps(
    context: *mut Context,
    old: *const List,
    new: *const List,
) -> *mut List {
    // SAFETY: promised by the caller.
    unsafe {
        run(context, |invocation| {
            let heap = &mut invocation.heap;
            let lines = |list: *const List| -> Vec<&str> {
                (0..list::len(list)).map(|i| text::as_str(value::object(list::at(list, i)))).collect()
            };
            // The tables of the lines, and what is made of them.
            heap.check_room(list::len(old).saturating_add(list::len(new)).saturating_mul(128))?;
            let steps: Vec<u64> = steps(&lines(old), &lines(new)).into_iter().map(|step| step as u64).collect();
            list::make(heap, steps.as_ptr(), steps.len(), &INT64)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Numbers;

    /// The length of the longest common sequence, by the table.
    fn longest(old: &[&str], new: &[&str]) -> usize {
        let mut above = vec![0; old.len() + 1];
        for line in new {
            let mut row = vec![0; old.len() + 1];
            for (i, known) in old.iter().enumerate() {
                row[i + 1] = if known == line { above[i] + 1 } else { above[i + 1].max(row[i]) };
            }
            above = row;
        }
        above[old.len()]
    }

    #[test]
    fn as_many_lines_as_possible_stay() {
        let mut numbers = Numbers::new(11);
        for _ in 0..3000 {
            let words = ["a", "b", "c", "d"];
            let mut lines = |most| (0..numbers.below(most)).map(|_| words[numbers.below(4)]).collect::<Vec<_>>();
            let (old, new) = (lines(12), lines(12));
            let steps = steps(&old, &new);
            let count = |kind| steps.iter().filter(|step| **step == kind).count();
            assert_eq!(count(SAME), longest(&old, &new), "{old:?} {new:?}");
            assert_eq!((count(SAME) + count(REMOVED), count(SAME) + count(ADDED)), (old.len(), new.len()));
            assert!(!steps.windows(2).any(|two| two == [ADDED, REMOVED]), "{steps:?}");
        }
    }
}
