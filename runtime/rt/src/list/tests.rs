//! Lists against vectors: every operation, on lists that share buffers in all ways, in heaps of both modes.

use super::*;
use crate::testing::{Numbers, each_heap, list_of, scalar, string, tuple};
use crate::text;
use crate::value::{drop_value, dup, make_immortal, ty};
use dark_abi::{Kind, Str};

/// A list and what it should hold.
struct Twin {
    list: *mut List,
    model: Vec<u64>,
}

/// What the model's numbers are in the heap.
#[derive(Clone, Copy)]
enum Elements {
    Numbers,
    Texts,
    Pairs,
}

impl Elements {
    fn ty(self) -> Ty {
        match self {
            Elements::Numbers => scalar(Kind::Int64),
            Elements::Texts => scalar(Kind::String),
            Elements::Pairs => tuple(&[scalar(Kind::Int64), scalar(Kind::String)]),
        }
    }

    fn slots(self, heap: &mut Heap, number: u64) -> Vec<u64> {
        match self {
            Elements::Numbers => vec![number],
            Elements::Texts => vec![string(heap, &number.to_string())],
            Elements::Pairs => vec![number, string(heap, &number.to_string())],
        }
    }

    unsafe fn number(self, slots: *const u64) -> u64 {
        unsafe {
            let text = |slot: u64| text::as_str(slot as usize as *const Str).parse().expect("digits");
            match self {
                Elements::Numbers => *slots,
                Elements::Texts => text(*slots),
                Elements::Pairs => {
                    assert_eq!(text(*slots.add(1)), *slots);
                    *slots
                }
            }
        }
    }
}

unsafe fn check(twin: &Twin, elements: Elements) {
    unsafe {
        assert_eq!(len(twin.list), twin.model.len());
        for (i, expected) in twin.model.iter().enumerate() {
            assert_eq!(elements.number(at(twin.list, i)), *expected);
        }
        assert!(at(twin.list, twin.model.len()).is_null());
    }
}

/// Another reference, as compiled code takes it.
unsafe fn shared(list: *mut List) -> *mut List {
    if !list.is_null() {
        unsafe { retain(list.cast()) };
    }
    list
}

unsafe fn random_step(heap: &mut Heap, random: &mut Numbers, twins: &mut Vec<Twin>, elements: Elements, ty: Ty) {
    let chosen = random.below(twins.len());
    let Twin { mut list, mut model } = twins.swap_remove(chosen);
    // Often somebody else still has the list.
    unsafe {
        if random.below(3) == 0 {
            twins.push(Twin { list: shared(list), model: model.clone() });
        }
        match random.below(9) {
            0 | 1 => {
                let number = random.next() % 1000;
                let slots = elements.slots(heap, number);
                list = cons(heap, slots.as_ptr(), list, ty).expect("room");
                model.insert(0, number);
            }
            2 | 3 => {
                let number = random.next() % 1000;
                let slots = elements.slots(heap, number);
                list = push(heap, list, slots.as_ptr(), ty).expect("room");
                model.push(number);
            }
            4 if !model.is_empty() => {
                list = tail(heap, list).expect("room");
                model.remove(0);
            }
            5 if !model.is_empty() => {
                let (i, number) = (random.below(model.len()), random.next() % 1000);
                let slots = elements.slots(heap, number);
                list = set(heap, list, i, slots.as_ptr()).expect("room");
                model[i] = number;
            }
            6 => {
                let start = random.below(model.len() + 1);
                let count = random.below(model.len() - start + 1);
                list = slice(heap, list, start, count).expect("room");
                model = model[start..start + count].to_vec();
            }
            7 if model.len() < 200 => {
                let (right, right_model) = match random.below(4) {
                    0 => (shared(list), model.clone()),
                    1 if !twins.is_empty() => {
                        let other = twins.swap_remove(random.below(twins.len()));
                        (other.list, other.model)
                    }
                    _ if twins.is_empty() => (null_mut(), Vec::new()),
                    _ => {
                        let other = &twins[random.below(twins.len())];
                        (shared(other.list), other.model.clone())
                    }
                };
                list = append(heap, list, right).expect("room");
                model.extend(right_model);
            }
            8 => {
                release(heap, list);
                let slots: Vec<u64> = (0..3).flat_map(|number| elements.slots(heap, number)).collect();
                list = make(heap, slots.as_ptr(), 3, ty).expect("room");
                model = vec![0, 1, 2];
            }
            _ => {}
        }
    }
    twins.push(Twin { list, model });
}

#[test]
fn random_operations_agree_with_vectors() {
    for elements in [Elements::Numbers, Elements::Texts, Elements::Pairs] {
        let ty = elements.ty();
        for seed in 1..=6 {
            each_heap(|heap| unsafe {
                let mut random = Numbers::new(seed);
                let mut twins: Vec<Twin> = (0..4).map(|_| Twin { list: null_mut(), model: Vec::new() }).collect();
                for step in 0..4000 {
                    random_step(heap, &mut random, &mut twins, elements, ty);
                    if twins.len() > 12 {
                        release(heap, twins.swap_remove(0).list);
                    }
                    if step % 16 == 0 {
                        twins.iter().for_each(|twin| check(twin, elements));
                    }
                }
                for twin in twins {
                    check(&twin, elements);
                    release(heap, twin.list);
                }
            });
        }
    }
}

#[test]
fn a_list_grows_at_both_ends_without_copying_each_time() {
    each_heap(|heap| unsafe {
        let int = scalar(Kind::Int64);
        let mut list = null_mut();
        let mut moves = 0;
        for number in 0..100_000_u64 {
            let before = if len(list) == 0 { null_mut() } else { (*list).buffer };
            list = match number % 2 {
                0 => cons(heap, &number, list, int),
                _ => push(heap, list, &number, int),
            }
            .expect("room");
            moves += usize::from((*list).buffer != before);
        }
        assert!(moves < 60, "{moves}");
        assert_eq!(*at(list, 0), 99_998);
        assert_eq!(*at(list, 99_999), 99_999);
        release(heap, list);
    });
}

#[test]
fn a_queue_needs_no_more_room_than_it_is_long() {
    each_heap(|heap| unsafe {
        let int = scalar(Kind::Int64);
        let mut list = null_mut();
        for number in 0..10_u64 {
            list = push(heap, list, &number, int).expect("room");
        }
        for number in 10..100_000_u64 {
            list = push(heap, list, &number, int).expect("room");
            list = tail(heap, list).expect("room");
            assert_eq!(*at(list, 0), number - 9);
        }
        assert!((*(*list).buffer).capacity < 100);
        release(heap, list);
    });
}

#[test]
fn a_tail_shares_and_the_longer_list_keeps_its_elements() {
    each_heap(|heap| unsafe {
        let int = scalar(Kind::Int64);
        let list = make(heap, [1, 2, 3].as_ptr(), 3, int).expect("room");
        let rest = tail(heap, shared(list)).expect("room");
        assert_eq!((*rest).buffer, (*list).buffer);
        // Its first place belongs to the longer list, so a new first element needs a copy.
        let other = cons(heap, &9, rest, int).expect("room");
        assert_ne!((*other).buffer, (*list).buffer);
        assert_eq!((*at(list, 0), *at(other, 0), *at(other, 1)), (1, 9, 2));
        release(heap, list);
        release(heap, other);
    });
}

#[test]
fn the_end_of_a_shared_buffer_is_given_to_the_first_who_asks() {
    each_heap(|heap| unsafe {
        let int = scalar(Kind::Int64);
        let mut list = null_mut();
        for number in 0..3 {
            list = push(heap, list, &number, int).expect("room");
        }
        let a = push(heap, shared(list), &7, int).expect("room");
        let b = push(heap, shared(list), &8, int).expect("room");
        assert_eq!((*a).buffer, (*list).buffer);
        assert_ne!((*b).buffer, (*list).buffer);
        assert_eq!((len(list), *at(a, 3), *at(b, 3)), (3, 7, 8));
        for list in [list, a, b] {
            release(heap, list);
        }
    });
}

#[test]
fn an_immortal_list_never_changes() {
    each_heap(|heap| unsafe {
        let texts = list_of(scalar(Kind::String));
        let text = scalar(Kind::String);
        let mut list = null_mut();
        for number in 0..3 {
            let slot = string(heap, &number.to_string());
            list = push(heap, list, &slot, text).expect("room");
        }
        let mut slot = list as usize as u64;
        make_immortal(heap, &raw mut slot, texts);
        assert_eq!(heap.live_objects(), 0);
        let more = string(heap, "more");
        let longer = push(heap, list, &more, text).expect("room");
        assert_ne!((*longer).buffer, (*list).buffer);
        assert_eq!((len(list), len(longer)), (3, 4));
        let rest = tail(heap, list).expect("room");
        release(heap, rest);
        release(heap, longer);
        release(heap, list);
    });
}

#[test]
fn lists_of_lists_drop_whole() {
    each_heap(|heap| unsafe {
        let texts = list_of(scalar(Kind::String));
        let nested = list_of(texts);
        let mut outer = null_mut();
        for number in 0..1000 {
            let slot = string(heap, &number.to_string());
            dup(&slot, ty(texts.element));
            let inner = make(heap, [slot, slot].as_ptr(), 2, ty(texts.element)).expect("room") as usize as u64;
            outer = push(heap, outer, &inner, texts).expect("room");
        }
        let slot = outer as usize as u64;
        dup(&slot, nested);
        drop_value(heap, &slot, nested);
        assert_eq!(len(outer), 1000);
        drop_value(heap, &slot, nested);
    });
}
