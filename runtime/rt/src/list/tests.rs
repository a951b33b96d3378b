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
    /// In one byte each.
    Packed(Kind),
}

impl Elements {
    fn ty(self) -> Ty {
        match self {
            Elements::Numbers => scalar(Kind::Int64),
            Elements::Texts => scalar(Kind::String),
            Elements::Pairs => tuple(&[scalar(Kind::Int64), scalar(Kind::String)]),
            Elements::Packed(kind) => scalar(kind),
        }
    }

    /// The number that there is for any number, as it stands in a slot.
    fn fit(self, number: u64) -> u64 {
        match self {
            Elements::Packed(Kind::Bool) => number % 2,
            Elements::Packed(Kind::Int8) => number as i8 as u64,
            Elements::Packed(_) => number % 256,
            _ => number,
        }
    }

    fn slots(self, heap: &mut Heap, number: u64) -> Vec<u64> {
        match self {
            Elements::Numbers | Elements::Packed(_) => vec![self.fit(number)],
            Elements::Texts => vec![string(heap, &number.to_string())],
            Elements::Pairs => vec![number, string(heap, &number.to_string())],
        }
    }

    unsafe fn number(self, slots: *const u64) -> u64 {
        unsafe {
            let text = |slot: u64| text::as_str(slot as usize as *const Str).parse().expect("digits");
            match self {
                Elements::Numbers | Elements::Packed(_) => *slots,
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
                let number = elements.fit(random.next() % 1000);
                let slots = elements.slots(heap, number);
                list = cons(heap, slots.as_ptr(), list, ty).expect("room");
                model.insert(0, number);
            }
            2 | 3 => {
                let number = elements.fit(random.next() % 1000);
                let slots = elements.slots(heap, number);
                list = push(heap, list, slots.as_ptr(), ty).expect("room");
                model.push(number);
            }
            4 if !model.is_empty() => {
                list = tail(heap, list).expect("room");
                model.remove(0);
            }
            5 if !model.is_empty() => {
                let (i, number) = (random.below(model.len()), elements.fit(random.next() % 1000));
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
                model = [0, 1, 2].map(|number| elements.fit(number)).to_vec();
            }
            _ => {}
        }
    }
    twins.push(Twin { list, model });
}

#[test]
fn random_operations_agree_with_vectors() {
    let packed = [Kind::Bool, Kind::Int8, Kind::UInt8].map(Elements::Packed);
    for elements in [Elements::Numbers, Elements::Texts, Elements::Pairs].into_iter().chain(packed) {
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
fn elements_of_one_byte_take_one_byte() {
    each_heap(|heap| unsafe {
        for (kind, slots) in [
            (Kind::Bool, [0, 1, 1, 0]),
            (Kind::UInt8, [0, 255, 128, 127]),
            (Kind::Int8, [0, -1_i64 as u64, -128_i64 as u64, 127]),
        ] {
            let ty = scalar(kind);
            let list = make(heap, slots.as_ptr(), 4, ty).expect("room");
            assert_eq!((*(*list).buffer).header.word, 1);
            assert_eq!(bytes(list), slots.map(|slot| slot as u8));
            let read: Vec<u64> = (0..4).map(|i| *at(list, i)).collect();
            assert_eq!(read, slots);
            // Each neighbour stays as it is, and so does who else has the list.
            let other = set(heap, shared(list), 1, &slots[3]).expect("room");
            let other = set(heap, other, 3, &slots[2]).expect("room");
            assert_eq!(bytes(other), [slots[0], slots[3], slots[2], slots[2]].map(|slot| slot as u8));
            assert_eq!(bytes(list), slots.map(|slot| slot as u8));
            release(heap, list);
            release(heap, other);
        }
    });
}

#[test]
fn many_bytes_need_hardly_more_memory_than_there_are() {
    each_heap(|heap| unsafe {
        let before = heap.reserved_bytes();
        let list = of_bytes(heap, &[7; 1 << 20]).expect("room");
        assert!(heap.reserved_bytes() - before < 2 << 20);
        let rest = slice(heap, shared(list), 3, 5).expect("room");
        let joined = append(heap, rest, shared(list)).expect("room");
        assert_eq!((len(joined), bytes(joined)[0], bytes(joined).len()), ((1 << 20) + 5, 7, (1 << 20) + 5));
        release(heap, joined);
        release(heap, list);
        assert_eq!(of_bytes(heap, &[]), Ok(null_mut()));
    });
}

#[test]
fn bytes_fill_the_memory_of_a_short_list_before_they_move() {
    each_heap(|heap| unsafe {
        let byte = scalar(Kind::UInt8);
        let mut list = null_mut();
        for number in 0..8_u64 {
            list = push(heap, list, &number, byte).expect("room");
        }
        assert_eq!((*(*list).buffer).capacity, 8);
        assert_eq!(bytes(list), [0, 1, 2, 3, 4, 5, 6, 7]);
        release(heap, list);
    });
}

#[test]
fn a_list_that_grows_by_itself_has_little_room_left() {
    let mut heap = Heap::new(crate::HeapMode::Region, 1 << 20);
    let ty = scalar(Kind::Int64);
    unsafe {
        for len in [10, 350, 3000] {
            let mut list = null_mut();
            for i in 0..len {
                list = push(&mut heap, list, &i, ty).expect("room");
            }
            assert!((*(*list).buffer).capacity < len * 4 / 3 + 8, "{} for {len}", (*(*list).buffer).capacity);
            assert!((0..len).all(|i| *at(list, i as usize) == i));
            release(&mut heap, list);
        }
    }
    assert_eq!(heap.live_objects(), 0);
}

#[test]
fn lists_that_come_and_go_need_no_more_and_more_memory() {
    let mut heap = Heap::new(crate::HeapMode::Region, 1 << 20);
    let ty = scalar(Kind::Int64);
    for round in 0..20_000_u64 {
        unsafe {
            let mut list = null_mut();
            for i in 0..20 + round * 7 % 60 {
                list = push(&mut heap, list, &i, ty).expect("room");
            }
            let text = text::new(&mut heap, &"x".repeat(round as usize % 300)).expect("room");
            release(&mut heap, list);
            text::release(&mut heap, text);
        }
    }
    assert!(heap.reserved_bytes() <= 128 * 1024, "{}", heap.reserved_bytes());
}

#[test]
fn an_immortal_list_of_bytes_is_copied_to_grow() {
    each_heap(|heap| unsafe {
        let byte = scalar(Kind::Int8);
        let list = make(heap, [u64::MAX, 1].as_ptr(), 2, byte).expect("room");
        let mut slot = list as usize as u64;
        make_immortal(heap, &raw mut slot, list_of(byte));
        let longer = cons(heap, &(-128_i64 as u64), list, byte).expect("room");
        assert_ne!((*longer).buffer, (*list).buffer);
        assert_eq!((bytes(list), bytes(longer)), (&[255, 1][..], &[128, 255, 1][..]));
        release(heap, longer);
    });
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
