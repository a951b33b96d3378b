//! How the work of list operations grows with the list, in elements that are moved to another buffer: n, 2n and 4n elements
//! in a row may cost so many moves an element, whatever n is. Counted, not timed.

use super::*;
use crate::testing::{each_heap, scalar};
use dark_abi::Kind;

const SIZES: [u64; 3] = [1000, 2000, 4000];

/// Counts what is moved: a list whose elements stand elsewhere than before had all of them moved.
struct Counted {
    list: *mut List,
    moves: u64,
}

impl Counted {
    fn new() -> Counted {
        Counted { list: null_mut(), moves: 0 }
    }

    fn step(&mut self, change: impl FnOnce(*mut List) -> *mut List) {
        unsafe {
            let before = if self.list.is_null() { null_mut() } else { (*self.list).buffer };
            self.list = change(self.list);
            if !self.list.is_null() && (*self.list).buffer != before {
                self.moves += (*self.list).len;
            }
        }
    }
}

/// The sizes, with elements of a slot and of a byte.
fn cases() -> impl Iterator<Item = (u64, Ty)> {
    [Kind::Int64, Kind::UInt8].into_iter().flat_map(|kind| SIZES.map(|size| (size, scalar(kind))))
}

#[test]
fn an_element_at_either_end_costs_two_moves_on_average() {
    each_heap(|heap| {
        for (size, ty) in cases() {
            for end in [End::Low, End::High] {
                let mut counted = Counted::new();
                for value in 0..size {
                    counted.step(|list| unsafe {
                        match end {
                            End::Low => cons(heap, &raw const value, list, ty),
                            End::High => push(heap, list, &raw const value, ty),
                        }
                        .expect("room")
                    });
                }
                assert!(counted.moves <= 2 * size, "{size} at {end:?}: {}", counted.moves);
                unsafe { release(heap, counted.list) };
            }
        }
    });
}

#[test]
fn a_queue_moves_each_element_a_few_times() {
    each_heap(|heap| {
        for (size, ty) in cases() {
            let mut counted = Counted::new();
            for value in 0..size {
                counted.step(|list| unsafe { push(heap, list, &raw const value, ty).expect("room") });
                if value >= 100 {
                    counted.step(|list| unsafe { tail(heap, list).expect("room") });
                }
            }
            // Within a buffer elements slide, which the buffer's address does not show: the memory does not grow.
            assert!(counted.moves <= 2 * size, "{size}: {}", counted.moves);
            assert!(unsafe { (*(*counted.list).buffer).capacity } <= 1000, "{size}");
            unsafe { release(heap, counted.list) };
        }
    });
}

#[test]
fn taking_apart_and_changing_in_place_move_nothing() {
    each_heap(|heap| {
        for (size, ty) in cases() {
            let mut counted = Counted::new();
            for value in 0..size {
                counted.step(|list| unsafe { push(heap, list, &raw const value, ty).expect("room") });
            }
            counted.moves = 0;
            for index in 0..size as usize {
                let value = 7;
                counted.step(|list| unsafe { set(heap, list, index, &raw const value).expect("room") });
            }
            for left in (1..size as usize).rev() {
                counted.step(|list| unsafe {
                    match left % 2 {
                        0 => tail(heap, list).expect("room"),
                        _ => slice(heap, list, 0, left).expect("room"),
                    }
                });
            }
            assert_eq!(counted.moves, 0, "{size}");
            unsafe { release(heap, counted.list) };
        }
    });
}

#[test]
fn joining_moves_the_shorter_side() {
    each_heap(|heap| {
        for (size, ty) in cases() {
            for left in [true, false] {
                let mut counted = Counted::new();
                for value in 0..size {
                    let one = unsafe { make(heap, &raw const value, 1, ty).expect("room") };
                    counted.step(|list| unsafe {
                        if left {
                            append(heap, one, list).expect("room")
                        } else {
                            append(heap, list, one).expect("room")
                        }
                    });
                }
                assert!(counted.moves <= 2 * size, "{size}: {}", counted.moves);
                unsafe { release(heap, counted.list) };
            }
        }
    });
}
