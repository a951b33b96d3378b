//! `Stdlib.List.sort`: by the order of every type (`value::compare`), with shorter ways for numbers and texts.

use ::std::cmp::Ordering;
use ::std::ptr::null_mut;

use dark_abi::{Context, Kind, List, SLOT_BYTES, Str, TypeInfo};

use crate::invocation::{Fault, run};
use crate::memory::Heap;
use crate::value::{Ty, compare, element, retain_slots, ty};
use crate::{list, number, text};

/// # Safety
/// Called by compiled code.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dark_list_sort(
    context: *mut Context,
    result: *mut u64,
    result_type: *const TypeInfo,
    arguments: *const *const u64,
    _: *const *const TypeInfo,
) {
    // SAFETY: promised by the caller.
    unsafe {
        let unsorted = **arguments as usize as *const List;
        *result =
            run(context, |invocation| sorted(&mut invocation.heap, unsorted, element(ty(result_type)))) as usize as u64;
    }
}

/// A new list of the same elements.
unsafe fn sorted(heap: &mut Heap, unsorted: *const List, element: Ty) -> Result<*mut List, Fault> {
    // SAFETY: promised by the caller: a list of that type.
    unsafe {
        let (len, width) = (list::len(unsorted), element.slots as usize);
        if len == 0 {
            return Ok(null_mut());
        }
        // The elements once more, and the sorting's own memory.
        heap.check_room(len.saturating_mul((width + 2) * SLOT_BYTES))?;
        let first = list::first(unsorted);
        let mut slots: Vec<u64> = Vec::with_capacity(len * width);
        if width == 1 {
            slots.extend_from_slice(::std::slice::from_raw_parts(first, len));
            sort_words(&mut slots, element);
        } else {
            let mut order: Vec<usize> = (0..len).collect();
            order.sort_by(|a, b| compare(first.add(a * width), first.add(b * width), element));
            for index in order {
                slots.extend_from_slice(::std::slice::from_raw_parts(first.add(index * width), width));
            }
        }
        retain_slots(slots.as_ptr(), len, element);
        list::make(heap, slots.as_ptr(), len, element)
    }
}

/// Sorts values of one slot. Equal numbers are the same word, or stay in their order.
unsafe fn sort_words(words: &mut [u64], element: Ty) {
    // SAFETY: promised by the caller: they are values of that type.
    unsafe {
        match element.kind {
            Kind::Unit => {}
            Kind::Bool | Kind::UInt8 | Kind::UInt16 | Kind::UInt32 | Kind::UInt64 => words.sort_unstable(),
            Kind::Int8 | Kind::Int16 | Kind::Int32 | Kind::Int64 | Kind::DateTime => {
                words.sort_unstable_by_key(|word| *word as i64);
            }
            // Small words have the order of their numbers.
            Kind::Int if words.iter().all(|word| number::is_small(*word)) => {
                words.sort_unstable_by_key(|word| *word as i64);
            }
            Kind::Int => words.sort_by(|a, b| number::compare(*a, *b)),
            Kind::Char | Kind::String => words.sort_by(|a, b| compare_texts(*a, *b)),
            _ => words.sort_by(|a, b| compare(a, b, element)),
        }
    }
}

unsafe fn compare_texts(a: u64, b: u64) -> Ordering {
    let text = |word: u64| word as usize as *const Str;
    // SAFETY: promised by the caller: both are texts.
    unsafe { text::compare(text::as_bytes(text(a)), text::as_bytes(text(b))) }
}
