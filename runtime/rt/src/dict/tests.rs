//! Dicts against `BTreeMap`: every operation, with sharing, in heaps of both modes; growth; and the tree's invariants.

use ::std::collections::BTreeMap;
use ::std::ptr::null_mut;

use dark_abi::Kind;

use super::node::{Inner, NODE_MAX, Node};
use super::*;
use crate::testing::{Numbers, dict_of, each_heap, scalar, string, tuple};
use crate::text;
use crate::value::{drop_value, dup, make_immortal, retain};

type Model = BTreeMap<Vec<u16>, u64>;

fn units(key: &str) -> Vec<u16> {
    key.encode_utf16().collect()
}

unsafe fn put(heap: &mut Heap, dict: *mut Dict, key: &str, number: u64, value: Ty) -> *mut Dict {
    let found = unsafe { find(dict, key) }.cast_mut();
    let key = string(heap, key) as usize as *mut Str;
    let mut slots = vec![number];
    if value.slots == 2 {
        slots.push(string(heap, &number.to_string()));
    }
    match number % 2 {
        0 => unsafe { set_found(heap, dict, key, slots.as_ptr(), value, found) }.expect("room"),
        _ => unsafe { set(heap, dict, key, slots.as_ptr(), value) }.expect("room"),
    }
}

/// The entries below a node, after a look at what every node promises.
unsafe fn check_node(node: *mut Node, height: u64, first: &str) -> u64 {
    unsafe {
        if height == 0 {
            let leaf = Leaf(node);
            assert!(leaf.len() >= 1 && leaf.len() <= leaf.capacity() && leaf.capacity() <= NODE_MAX);
            assert_eq!(text::as_str(leaf.key(0)), first);
            return leaf.len() as u64;
        }
        let inner = Inner(node);
        assert!(inner.len() >= 1 && inner.len() <= NODE_MAX);
        assert_eq!(text::as_str((*inner.edge(0)).first), first);
        let mut all = 0;
        for i in 0..inner.len() {
            let edge = *inner.edge(i);
            let below = check_node(edge.child, height - 1, text::as_str(edge.first));
            assert_eq!(below, edge.entries);
            all += below;
        }
        all
    }
}

unsafe fn check(dict: *const Dict, model: &Model) {
    unsafe {
        assert_eq!(len(dict), model.len());
        if let Some((first, _)) = at(dict, 0) {
            let all = check_node((*dict).root, (*dict).height, text::as_str(first));
            assert_eq!(all as usize, model.len());
        }
        let found: Vec<(Vec<u16>, u64)> =
            entries(dict).map(|(key, value)| (units(text::as_str(key)), *value)).collect();
        let expected: Vec<(Vec<u16>, u64)> = model.iter().map(|(key, value)| (key.clone(), *value)).collect();
        assert_eq!(found, expected);
        for (i, (key, value)) in expected.iter().enumerate() {
            let key = String::from_utf16(key).expect("text");
            assert_eq!(*find(dict, &key), *value);
            let (at_key, at_value) = at(dict, i).expect("in range");
            assert_eq!((text::as_str(at_key), *at_value), (key.as_str(), *value));
        }
        assert!(at(dict, model.len()).is_none());
    }
}

unsafe fn shared(dict: *mut Dict) -> *mut Dict {
    if !dict.is_null() {
        unsafe { retain(dict.cast()) };
    }
    dict
}

fn random_key(random: &mut Numbers, keys: usize) -> String {
    let number = random.below(keys);
    match number % 5 {
        0 => format!("\u{1f600}{number}"),
        1 => format!("\u{e000}{number}"),
        _ => number.to_string(),
    }
}

/// One operation on a dict that others may have too.
unsafe fn random_step(
    heap: &mut Heap,
    random: &mut Numbers,
    twins: &mut Vec<(*mut Dict, Model)>,
    value: Ty,
    keys: usize,
) {
    let chosen = random.below(twins.len());
    let (mut dict, mut model) = twins.swap_remove(chosen);
    unsafe {
        if random.below(20) == 0 {
            twins.push((shared(dict), model.clone()));
        }
        // Long phases of growing and of shrinking.
        let grows = random.below(100) < if keys.is_multiple_of(2) { 60 } else { 45 };
        let key = random_key(random, keys);
        if grows {
            let number = random.next() % 1000;
            dict = put(heap, dict, &key, number, value);
            model.insert(units(&key), number);
        } else {
            dict = remove(heap, dict, &key).expect("room");
            model.remove(&units(&key));
        }
        assert_eq!(find(dict, &key).is_null(), !grows);
    }
    twins.push((dict, model));
}

#[test]
fn random_operations_agree_with_a_tree_map() {
    let int = scalar(Kind::Int64);
    for value in [int, tuple(&[int, scalar(Kind::String)])] {
        for keys in [7, 100, 501] {
            each_heap(|heap| unsafe {
                let mut random = Numbers::new(keys as u64);
                let mut twins = vec![(null_mut(), Model::new())];
                for step in 0..20_000 {
                    random_step(heap, &mut random, &mut twins, value, keys);
                    if twins.len() > 6 {
                        let (dict, model) = twins.swap_remove(0);
                        check(dict, &model);
                        release(heap, dict);
                    }
                    if step % 1000 == 0 {
                        twins.iter().for_each(|(dict, model)| check(*dict, model));
                    }
                }
                for (dict, model) in twins {
                    check(dict, &model);
                    release(heap, dict);
                }
            });
        }
    }
}

#[test]
fn a_dict_grows_and_shrinks_in_every_order() {
    let int = scalar(Kind::Int64);
    let count = 20_000_u64;
    // Ascending, descending, and jumping about.
    let orders: [fn(u64, u64) -> u64; 3] = [|i, _| i, |i, n| n - 1 - i, |i, n| i * 7919 % n];
    for order in orders {
        each_heap(|heap| unsafe {
            let mut dict = null_mut();
            for i in 0..count {
                let number = order(i, count);
                dict = put(heap, dict, &format!("{number:06}"), number, int);
            }
            assert_eq!(len(dict), count as usize);
            assert!((*dict).height <= 5, "{}", (*dict).height);
            for i in [0, 1, 777, count - 1] {
                assert_eq!(*find(dict, &format!("{i:06}")), i);
                assert_eq!(at(dict, i as usize).map(|(_, value)| *value), Some(i));
            }
            for i in 0..count {
                let number = order(i, count);
                dict = remove(heap, dict, &format!("{number:06}")).expect("room");
                assert!(find(dict, &format!("{number:06}")).is_null());
            }
            assert!(dict.is_null());
        });
    }
}

#[test]
fn a_change_to_a_shared_dict_copies_one_path_only() {
    each_heap(|heap| unsafe {
        let int = scalar(Kind::Int64);
        let mut dict = null_mut();
        for number in 0..10_000 {
            dict = put(heap, dict, &number.to_string(), number, int);
        }
        let before = heap.live_objects();
        let other = put(heap, shared(dict), "500", 1, int);
        // A head, and a node a level.
        assert!(heap.live_objects() - before <= 8);
        assert_eq!((*find(dict, "500"), *find(other, "500")), (500, 1));
        let same = put(heap, other, "501", 2, int);
        assert_eq!(same, other);
        release(heap, dict);
        release(heap, same);
    });
}

#[test]
fn an_immortal_dict_never_changes() {
    each_heap(|heap| unsafe {
        let int = scalar(Kind::Int64);
        let mut dict = null_mut();
        for number in 0..100 {
            dict = put(heap, dict, &number.to_string(), number, int);
        }
        let mut slot = dict as usize as u64;
        make_immortal(heap, &raw mut slot, dict_of(int));
        assert_eq!(heap.live_objects(), 0);
        let longer = put(heap, dict, "more", 1, int);
        let shorter = remove(heap, dict, "5").expect("room");
        assert_eq!((len(dict), len(longer), len(shorter)), (100, 101, 99));
        release(heap, longer);
        release(heap, shorter);
        release(heap, dict);
    });
}

#[test]
fn dicts_of_dicts_drop_whole() {
    each_heap(|heap| unsafe {
        let inner_ty = dict_of(scalar(Kind::String));
        let outer_ty = dict_of(inner_ty);
        let mut outer = null_mut();
        for number in 0..500_u64 {
            let text = string(heap, "text");
            let key = string(heap, "key") as usize as *mut Str;
            let inner = set(heap, null_mut(), key, &text, scalar(Kind::String)).expect("room") as usize as u64;
            let key = string(heap, &number.to_string()) as usize as *mut Str;
            outer = set(heap, outer, key, &inner, inner_ty).expect("room");
        }
        let slot = outer as usize as u64;
        dup(&slot, outer_ty);
        drop_value(heap, &slot, outer_ty);
        assert_eq!(len(outer), 500);
        drop_value(heap, &slot, outer_ty);
    });
}

#[test]
fn a_dict_four_times_as_large_is_at_most_a_level_higher() {
    // Finding, setting and removing look at one node of each level, at most five keys of sixteen in it.
    each_heap(|heap| unsafe {
        let value = scalar(Kind::Int64);
        for scattered in [1, 7919] {
            let mut heights = Vec::new();
            for size in [1000, 4000, 16000] {
                let mut dict = null_mut();
                for i in 0..size {
                    dict = put(heap, dict, &format!("key{:06}", i * scattered % 1_000_003), i, value);
                }
                assert_eq!(len(dict), size as usize);
                heights.push((*dict).height);
                release(heap, dict);
            }
            assert!(heights[0] <= 4, "{heights:?}");
            assert!(heights.windows(2).all(|pair| pair[1] <= pair[0] + 1), "{heights:?}");
        }
    });
}
