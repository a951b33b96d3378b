//! Cells of one element in the runtime's heap, counted as its objects are: what lists would be in the manner of ML.

use std::ptr::null_mut;

use dark_abi::Header;
use dark_rt::{Heap, Invocation};

use super::Sequence;

#[repr(C)]
struct Link {
    header: Header,
    value: u64,
    rest: *mut Link,
}

/// The cells from here on; null when there is none. Whoever has it owns a reference.
pub struct Cells(*mut Link);

fn link(heap: &mut Heap, value: u64, rest: *mut Link) -> *mut Link {
    let cell = heap.allocate(size_of::<Link>()).cast::<Link>();
    assert!(!cell.is_null(), "the heap has room");
    // SAFETY: fresh, and that large; its header is written.
    unsafe { ((*cell).value, (*cell).rest) = (value, rest) };
    cell
}

impl Cells {
    fn iter(&self) -> impl Iterator<Item = *mut Link> {
        let mut next = self.0;
        std::iter::from_fn(move || {
            let cell = next;
            // SAFETY: cells are alive as long as the list, and end with null; so below.
            (!cell.is_null()).then(|| {
                next = unsafe { (*cell).rest };
                cell
            })
        })
    }

    /// New cells for so many of the first ones, changed, and then the rest that is given.
    fn copied(
        &self,
        heap: &mut Heap,
        count: usize,
        change: impl Fn(u64) -> u64,
        rest: impl FnOnce(&mut Heap, *mut Link) -> *mut Link,
    ) -> Cells {
        let mut first = null_mut();
        let mut hole: *mut *mut Link = &raw mut first;
        let mut cells = self.iter();
        for cell in cells.by_ref().take(count) {
            unsafe {
                let copy = link(heap, change((*cell).value), null_mut());
                *hole = copy;
                hole = &raw mut (*copy).rest;
            }
        }
        let left = cells.next().unwrap_or(null_mut());
        unsafe { *hole = rest(heap, left) };
        Cells(first)
    }
}

unsafe fn retain(cell: *mut Link) -> *mut Link {
    if !cell.is_null() {
        unsafe { (*cell).header.count += 1 };
    }
    cell
}

impl Sequence for Cells {
    const NAME: &'static str = "cells";
    const IN_HEAP: bool = true;
    const PUSHES: bool = false;

    fn empty() -> Cells {
        Cells(null_mut())
    }

    fn of(world: &mut Invocation, values: &[u64]) -> Cells {
        values.iter().rev().fold(Cells::empty(), |list, value| list.cons(world, *value))
    }

    fn push(self, world: &mut Invocation, value: u64) -> Cells {
        let last = Cells::empty().cons(world, value);
        self.append(world, last)
    }

    fn cons(self, world: &mut Invocation, value: u64) -> Cells {
        Cells(link(&mut world.heap, value, self.0))
    }

    fn at(&self, index: usize) -> u64 {
        self.iter().nth(index).map_or(0, |cell| unsafe { (*cell).value })
    }

    fn set(mut self, world: &mut Invocation, index: usize, value: u64) -> Cells {
        // In place as far as nobody else has the cells; from there on they are copied up to the element.
        let mut own = 0;
        let mut hole: *mut *mut Link = &raw mut self.0;
        unsafe {
            while own <= index && (*(*hole)).header.count == 1 {
                if own == index {
                    (*(*hole)).value = value;
                    return self;
                }
                hole = &raw mut (*(*hole)).rest;
                own += 1;
            }
            let shared = Cells(*hole);
            let copy = shared.copied(
                &mut world.heap,
                index - own,
                |it| it,
                |heap, element| link(heap, value, retain((*element).rest)),
            );
            shared.release(world);
            *hole = copy.0;
        }
        self
    }

    fn append(mut self, world: &mut Invocation, other: Cells) -> Cells {
        let mut hole: *mut *mut Link = &raw mut self.0;
        unsafe {
            while !(*hole).is_null() && (*(*hole)).header.count == 1 {
                hole = &raw mut (*(*hole)).rest;
            }
            let shared = Cells(*hole);
            *hole = shared.copied(&mut world.heap, usize::MAX, |it| it, |_, _| other.0).0;
            shared.release(world);
        }
        self
    }

    fn each(&self, mut visit: impl FnMut(u64)) {
        self.iter().for_each(|cell| visit(unsafe { (*cell).value }));
    }

    fn walk(self, world: &mut Invocation, mut visit: impl FnMut(u64)) {
        let mut cell = self.0;
        while !cell.is_null() {
            unsafe {
                visit((*cell).value);
                let rest = (*cell).rest;
                if (*cell).header.count == 1 {
                    world.heap.free(cell.cast(), size_of::<Link>());
                } else {
                    retain(rest);
                    (*cell).header.count -= 1;
                }
                cell = rest;
            }
        }
    }

    fn map(&self, world: &mut Invocation, change: impl Fn(u64) -> u64) -> Cells {
        self.copied(&mut world.heap, usize::MAX, change, |_, _| null_mut())
    }

    fn share(&self) -> Cells {
        Cells(unsafe { retain(self.0) })
    }

    fn release(self, world: &mut Invocation) {
        let mut cell = self.0;
        unsafe {
            while !cell.is_null() && (*cell).header.count == 1 {
                let rest = (*cell).rest;
                world.heap.free(cell.cast(), size_of::<Link>());
                cell = rest;
            }
            if !cell.is_null() {
                (*cell).header.count -= 1;
            }
        }
    }
}
