//! How the work of dict operations grows with the dict: for n, 2n and 4n entries in a row as many nodes an entry, as many levels
//! as the logarithm says, and as many copied nodes a change as there are levels. Counted, not timed.

use ::std::ptr::null_mut;

use dark_abi::Kind;

use super::node::NODE_MIN;
use super::*;
use crate::testing::{each_heap, scalar, string};
use crate::value::retain;

const SIZES: [u64; 3] = [1000, 2000, 4000];

fn key(number: u64) -> String {
    format!("{number:08}")
}

unsafe fn put(heap: &mut Heap, dict: *mut Dict, number: u64) -> *mut Dict {
    let key = string(heap, &key(number)) as usize as *mut Str;
    unsafe { set(heap, dict, key, &raw const number, scalar(Kind::Int64)) }.expect("room")
}

/// Ascending, descending and jumping about.
fn orders(size: u64) -> [Vec<u64>; 3] {
    [(0..size).collect(), (0..size).rev().collect(), (0..size).map(|it| it * 7919 % size).collect()]
}

/// Each level below the root has at least `NODE_MIN` times as many nodes as the one above.
fn levels_max(size: u64) -> u64 {
    u64::from(size.ilog(NODE_MIN as u64)) + 1
}

#[test]
fn nodes_are_filled_and_levels_are_as_many_as_the_logarithm() {
    for size in SIZES {
        for order in orders(size) {
            each_heap(|heap| unsafe {
                let dict = order.iter().fold(null_mut(), |dict, number| put(heap, dict, *number));
                assert!((*dict).height < levels_max(size), "{size}: {}", (*dict).height);
                // Beside the keys and the head. Leaves have four entries or more, and inner nodes four children.
                let nodes = heap.live_objects() - size - 1;
                assert!(nodes <= size / 3, "{size}: {nodes}");
                release(heap, dict);
            });
        }
    }
}

#[test]
fn a_dict_of_its_own_is_changed_without_a_new_node() {
    for size in SIZES {
        each_heap(|heap| unsafe {
            let mut dict = (0..size).fold(null_mut(), |dict, number| put(heap, dict, number));
            let before = heap.live_objects();
            for number in 0..size {
                let changed = put(heap, dict, number);
                assert_eq!((changed, heap.live_objects()), (dict, before), "{size}");
            }
            for number in 0..size {
                let objects = heap.live_objects();
                dict = remove(heap, dict, &key(number)).expect("room");
                assert!(heap.live_objects() < objects, "{size}");
            }
            assert!(dict.is_null());
        });
    }
}

#[test]
fn a_change_of_a_shared_dict_copies_a_node_of_each_level() {
    for size in SIZES {
        each_heap(|heap| unsafe {
            let dict = (0..size).fold(null_mut(), |dict, number| put(heap, dict, number * 2));
            for number in 0..size {
                let before = heap.live_objects();
                retain(dict.cast());
                // A key that is there, and one that is not, whose nodes may be split.
                let changed = put(heap, dict, number * 2 + number % 2);
                let copied = heap.live_objects() - before;
                // The head, the new key, a node of each level, and a neighbour where one was full.
                assert!(copied <= 2 + 2 * levels_max(size), "{size}: {copied}");
                release(heap, changed);
                assert_eq!(heap.live_objects(), before);
            }
            release(heap, dict);
        });
    }
}
