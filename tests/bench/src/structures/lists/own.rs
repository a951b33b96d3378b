//! The runtime's lists: windows into buffers. The in-line parts are those of `compiler/codegen/src/lists.rs`.

use std::ptr::null_mut;

use dark_abi::{Buffer, List};
use dark_rt::{Invocation, list, value};

use super::super::world::{INT64, LIST, made};
use super::Sequence;

pub struct Own(*mut List);

impl Own {
    fn elements(&self) -> &[u64] {
        if self.0.is_null() {
            return &[];
        }
        // SAFETY: alive, not empty, and of elements of one word, which stand one after the other.
        unsafe { std::slice::from_raw_parts(slot((*self.0).buffer, (*self.0).start), list::len(self.0)) }
    }
}

/// Whether nobody else has the list.
unsafe fn is_sole(list: *const List) -> bool {
    // SAFETY: promised by the caller: null or alive.
    unsafe { !list.is_null() && (*list).header.count == 1 }
}

/// The word of an element, by its index in the buffer.
unsafe fn slot(buffer: *mut Buffer, index: u64) -> *mut u64 {
    // SAFETY: promised by the caller: the index is within the capacity.
    unsafe { buffer.add(1).cast::<u64>().add(index as usize) }
}

/// The place of one more element, by which the list has grown, if it can in place.
unsafe fn room_behind<'l>(list: *mut List) -> Option<&'l mut u64> {
    // SAFETY: promised by the caller: null or alive.
    unsafe {
        if !is_sole(list) {
            return None;
        }
        let buffer = (*list).buffer;
        let high = (*buffer).high;
        if (*list).start + (*list).len != high || high >= (*buffer).capacity {
            return None;
        }
        (*list).len += 1;
        (*buffer).high = high + 1;
        Some(&mut *slot(buffer, high))
    }
}

/// As `room_behind`, in front of the elements.
unsafe fn room_in_front<'l>(list: *mut List) -> Option<&'l mut u64> {
    // SAFETY: promised by the caller: null or alive.
    unsafe {
        if !is_sole(list) {
            return None;
        }
        let (buffer, start) = ((*list).buffer, (*list).start);
        if (*buffer).header.count >= dark_abi::IMMORTAL || start != (*buffer).low || start == 0 {
            return None;
        }
        (*list).start = start - 1;
        (*list).len += 1;
        (*buffer).low = start - 1;
        Some(&mut *slot(buffer, start - 1))
    }
}

impl Sequence for Own {
    const NAME: &'static str = "Dark";
    const IN_HEAP: bool = true;

    fn empty() -> Own {
        Own(null_mut())
    }

    fn of(world: &mut Invocation, values: &[u64]) -> Own {
        values.iter().fold(Own::empty(), |list, value| list.push(world, *value))
    }

    fn push(self, world: &mut Invocation, value: u64) -> Own {
        // SAFETY: the list is null or alive and of `Int64`s; so below.
        if let Some(place) = unsafe { room_behind(self.0) } {
            *place = value;
            return self;
        }
        // SAFETY: as above.
        Own(made(unsafe { list::push(&mut world.heap, self.0, &raw const value, &INT64) }))
    }

    fn cons(self, world: &mut Invocation, value: u64) -> Own {
        // SAFETY: see `push`.
        if let Some(place) = unsafe { room_in_front(self.0) } {
            *place = value;
            return self;
        }
        // SAFETY: see `push`.
        Own(made(unsafe { list::cons(&mut world.heap, &raw const value, self.0, &INT64) }))
    }

    fn at(&self, index: usize) -> u64 {
        self.elements()[index]
    }

    fn set(self, world: &mut Invocation, index: usize, value: u64) -> Own {
        // SAFETY: see `push`; the places are below the length.
        unsafe {
            if is_sole(self.0) && (*(*self.0).buffer).header.count == 1 {
                *slot((*self.0).buffer, (*self.0).start + index as u64) = value;
                return self;
            }
        }
        // SAFETY: as above.
        Own(made(unsafe { list::set(&mut world.heap, self.0, index, &raw const value) }))
    }

    fn append(self, world: &mut Invocation, other: Own) -> Own {
        // SAFETY: see `push`.
        Own(made(unsafe { list::append(&mut world.heap, self.0, other.0) }))
    }

    fn each(&self, visit: impl FnMut(u64)) {
        self.elements().iter().copied().for_each(visit);
    }

    fn walk(self, world: &mut Invocation, mut visit: impl FnMut(u64)) {
        let mut rest = self.0;
        while !rest.is_null() {
            // SAFETY: see `push`; it is not empty.
            unsafe {
                visit(*slot((*rest).buffer, (*rest).start));
                if is_sole(rest) && (*rest).len > 1 {
                    (*rest).start += 1;
                    (*rest).len -= 1;
                } else {
                    rest = made(list::tail(&mut world.heap, rest));
                }
            }
        }
    }

    fn map(&self, world: &mut Invocation, change: impl Fn(u64) -> u64) -> Own {
        self.elements().iter().fold(Own::empty(), |list, value| list.push(world, change(*value)))
    }

    fn share(&self) -> Own {
        if !self.0.is_null() {
            let word = self.0 as u64;
            // SAFETY: the word is a list that is alive.
            unsafe { value::dup(&raw const word, &LIST) };
        }
        Own(self.0)
    }

    fn release(self, world: &mut Invocation) {
        // SAFETY: null or alive, and its reference is given up.
        unsafe { list::release(&mut world.heap, self.0) };
    }
}
