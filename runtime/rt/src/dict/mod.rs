//! Dicts: maps from text to values of one type, ordered by key in UTF-16 code units.
//!
//! A dict is a B+ tree. Leaves hold the entries; inner nodes hold, for each child, its first key and how many entries
//! are below it, so that an entry is found by key and by number in O(log n). All leaves are equally deep.
//!
//! Nodes are counted. An operation that changes a dict makes the nodes on its way its own: a node that nobody else has
//! is changed in place, a shared one is copied. So a dict that has one reference is never copied, and a change to a
//! shared one costs O(log n).
//!
//! ```text
//! Dict  | Header | value: *TypeInfo | len | root | height (0: the root is a leaf)
//! leaf  | Header (word = entries + capacity × 65536) | keys … | their prefixes … | value slots …
//! inner | Header (word = children) | (first key, its prefix, child, entries below it) …
//! ```
//!
//! A prefix is the beginning of a key as a number: a search compares numbers in one or two lines of the cache and looks at the
//! texts only where these are equal.
//!
//! Invariant: no node is empty; the null pointer is the empty dict. First keys in inner nodes are not counted: the leaf
//! below holds them, and whoever changes a node writes its parent's edge anew.

mod change;
mod dead;
#[cfg(test)]
mod growth;
mod node;
#[cfg(test)]
mod tests;

pub use change::{remove, set, set_found};
pub use dead::{DeadNode, DeadPart};
pub(crate) use dead::{free_head, root_of};

use dark_abi::{Header, Str, TypeInfo};

use crate::memory::Heap;
use crate::value::{Ty, is_immortal, is_unique};
use node::{Key, Leaf, Node, descend_by_index, descend_by_key};

#[repr(C)]
pub struct Dict {
    /// Its word says whether another dict may have some of the nodes, below whatever node.
    header: Header,
    value: *const TypeInfo,
    len: u64,
    root: *mut Node,
    height: u64,
}

/// See `Dict::header`.
const SHARES_NODES: u32 = 1;

/// How many entries.
///
/// # Safety
/// The dict is null or alive.
#[inline]
pub unsafe fn len(dict: *const Dict) -> usize {
    // SAFETY: promised by the caller.
    if dict.is_null() { 0 } else { unsafe { (*dict).len as usize } }
}

/// The slots of a key's value, borrowed, or null.
///
/// # Safety
/// The dict is null or alive.
pub unsafe fn find(dict: *const Dict, key: &str) -> *const u64 {
    if dict.is_null() {
        return ::std::ptr::null();
    }
    // SAFETY: promised by the caller.
    unsafe {
        let key = Key::new(key.as_bytes());
        let leaf = descend_by_key((*dict).root, (*dict).height, &key);
        match leaf.search(&key) {
            Ok(i) => leaf.value(i, slots_of(dict)),
            Err(_) => ::std::ptr::null(),
        }
    }
}

/// Entry i in key order: its key and the slots of its value, both borrowed.
///
/// # Safety
/// The dict is null or alive.
pub unsafe fn at(dict: *const Dict, i: usize) -> Option<(*const Str, *const u64)> {
    // SAFETY: promised by the caller.
    unsafe {
        if i >= len(dict) {
            return None;
        }
        let (leaf, i) = descend_by_index((*dict).root, (*dict).height, i);
        Some((leaf.key(i).cast_const(), leaf.value(i, slots_of(dict)).cast_const()))
    }
}

/// The entries in key order, borrowed.
///
/// # Safety
/// The dict is null, or alive and not changed while the result is used.
pub unsafe fn entries(dict: *const Dict) -> Entries {
    Entries { dict, next: 0, leaf: Leaf::none(), at: 0 }
}

/// See `entries`. Each step is O(1) but for one in a leaf's length.
pub struct Entries {
    dict: *const Dict,
    next: usize,
    leaf: Leaf,
    at: usize,
}

impl Iterator for Entries {
    type Item = (*const Str, *const u64);

    fn next(&mut self) -> Option<Self::Item> {
        // SAFETY: promised by the caller of `entries`.
        unsafe {
            if self.next >= len(self.dict) {
                return None;
            }
            if self.leaf.is_none() || self.at >= self.leaf.len() {
                let dict = self.dict;
                (self.leaf, self.at) = descend_by_index((*dict).root, (*dict).height, self.next);
            }
            let entry =
                (self.leaf.key(self.at).cast_const(), self.leaf.value(self.at, slots_of(self.dict)).cast_const());
            self.next += 1;
            self.at += 1;
            Some(entry)
        }
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        // SAFETY: promised by the caller of `entries`.
        let left = unsafe { len(self.dict) } - self.next;
        (left, Some(left))
    }
}

/// Gives up a reference.
///
/// # Safety
/// The dict is null or alive, and the caller owns a reference.
pub unsafe fn release(heap: &mut Heap, dict: *mut Dict) {
    // SAFETY: promised by the caller.
    unsafe {
        if dict.is_null() || is_immortal(dict.cast()) {
            return;
        }
        if is_unique(dict.cast()) {
            free(heap, dict);
        } else {
            (*dict).header.count -= 1;
        }
    }
}

/// Frees a dict that nobody refers to.
///
/// # Safety
/// It came from this heap, and nobody uses it afterwards.
pub unsafe fn free(heap: &mut Heap, dict: *mut Dict) {
    // SAFETY: promised by the caller.
    unsafe {
        let root = free_head(heap, dict);
        change::release_node(heap, root);
    }
}

/// Slots per value.
#[inline]
unsafe fn slots_of(dict: *const Dict) -> usize {
    // SAFETY: promised by the callers.
    unsafe { (*(*dict).value).slots as usize }
}

/// The type of the values.
#[inline]
unsafe fn value_type(dict: *const Dict) -> Ty {
    // SAFETY: promised by the callers.
    unsafe { crate::value::ty((*dict).value) }
}
