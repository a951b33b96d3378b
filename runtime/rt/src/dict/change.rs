//! Setting and removing entries.
//!
//! Both go down from the root, making each node on the way their own, and write the edges anew on the way back. The
//! recursion is as deep as the tree is high: at most 32 levels for any number of entries that fits memory.

use ::std::ptr::{copy_nonoverlapping, null_mut};

use dark_abi::Str;

use super::node::{Edge, Inner, Key, Leaf, NODE_MAX, NODE_MIN, Node};
use super::{DeadNode, Dict, SHARES_NODES, find, release, value_type};
use crate::invocation::Fault;
use crate::memory::Heap;
use crate::text;
use crate::value::{Dead, Ty, free_dead, is_immortal, is_unique, release_elements, retain};

/// The dict with that entry in place of one with the same key. Dict, key and value are consumed.
///
/// # Safety
/// The dict is null or alive, with values of that type; the slots hold one.
pub unsafe fn set(
    heap: &mut Heap,
    dict: *mut Dict,
    key: *mut Str,
    value: *const u64,
    value_ty: Ty,
) -> Result<*mut Dict, Fault> {
    // SAFETY: promised by the caller.
    unsafe {
        if dict.is_null() {
            let leaf = Leaf::allocate(heap, 1, value_ty.slots as usize)?;
            leaf.write(0, key, value, value_ty.slots as usize);
            leaf.set_len(1);
            return new_head(heap, leaf.0, 0, 1, value_ty);
        }
        let dict = own_head(heap, dict)?;
        let wanted = Key::new(text::as_bytes(key));
        let mut entry = Entry { key, wanted, value, ty: value_ty, is_new: false };
        let (root, split) = insert(heap, (*dict).root, (*dict).height, &mut entry)?;
        (*dict).root = root.child;
        (*dict).len += u64::from(entry.is_new);
        if let Some(right) = split {
            let inner = Inner::allocate(heap)?;
            inner.edge(0).write(root);
            inner.edge(1).write(right);
            inner.set_len(2);
            (*dict).root = inner.0;
            (*dict).height += 1;
        }
        Ok(dict)
    }
}

/// As `set`, where `find` has found that place for the key just now, or null. A dict that shares nothing is not searched
/// again.
///
/// # Safety
/// As `set`, and the dict is what it was when the place was found.
pub unsafe fn set_found(
    heap: &mut Heap,
    dict: *mut Dict,
    key: *mut Str,
    value: *const u64,
    value_ty: Ty,
    place: *mut u64,
) -> Result<*mut Dict, Fault> {
    // SAFETY: promised by the caller.
    unsafe {
        if place.is_null() || !is_unique(dict.cast()) || (*dict).header.word == SHARES_NODES {
            return set(heap, dict, key, value, value_ty);
        }
        let slots = value_ty.slots as usize;
        let mut before = [0; dark_abi::SLOTS_MAX];
        copy_nonoverlapping(place, before.as_mut_ptr(), slots);
        copy_nonoverlapping(value, place, slots);
        release_elements(heap, before.as_ptr(), 1, value_ty);
        text::release(heap, key);
        Ok(dict)
    }
}

/// The dict without the entry of that key, if it has one. The dict is consumed.
///
/// # Safety
/// The dict is null or alive.
pub unsafe fn remove(heap: &mut Heap, dict: *mut Dict, key: &str) -> Result<*mut Dict, Fault> {
    // SAFETY: promised by the caller.
    unsafe {
        if find(dict, key).is_null() {
            return Ok(dict);
        }
        if (*dict).len == 1 {
            release(heap, dict);
            return Ok(null_mut());
        }
        let dict = own_head(heap, dict)?;
        let value_ty = value_type(dict);
        let root = take_out(heap, (*dict).root, (*dict).height, &Key::new(key.as_bytes()), value_ty)?;
        (*dict).root = root.child;
        (*dict).len -= 1;
        while (*dict).height > 0 && Inner((*dict).root).len() == 1 {
            let inner = Inner((*dict).root);
            (*dict).root = (*inner.edge(0)).child;
            (*dict).height -= 1;
            inner.free_block(heap);
        }
        Ok(dict)
    }
}

/// Gives up a reference to a node.
///
/// # Safety
/// It is alive, and the caller owns a reference.
pub(super) unsafe fn release_node(heap: &mut Heap, node: DeadNode) {
    // SAFETY: promised by the caller.
    unsafe {
        let header = node.header();
        if is_unique(header) {
            free_dead(heap, Dead::Node(node));
        } else if !is_immortal(header) {
            (*header).count -= 1;
        }
    }
}

unsafe fn new_head(heap: &mut Heap, root: *mut Node, height: u64, len: u64, value: Ty) -> Result<*mut Dict, Fault> {
    let dict = heap.try_allocate(size_of::<Dict>())?.cast::<Dict>();
    // SAFETY: fresh, and that large.
    unsafe {
        (*dict).value = value;
        ((*dict).root, (*dict).height, (*dict).len) = (root, height, len);
    }
    Ok(dict)
}

/// The dict with a head that nobody else has.
unsafe fn own_head(heap: &mut Heap, dict: *mut Dict) -> Result<*mut Dict, Fault> {
    // SAFETY: promised by the callers.
    unsafe {
        if is_unique(dict.cast()) {
            return Ok(dict);
        }
        let head = new_head(heap, (*dict).root, (*dict).height, (*dict).len, value_type(dict))?;
        retain((*dict).root.cast());
        (*head).header.word = SHARES_NODES;
        if !is_immortal(dict.cast()) {
            (*dict).header.word = SHARES_NODES;
        }
        release(heap, dict);
        Ok(head)
    }
}

/// A leaf that nobody else has, with room for so many entries; the given one is consumed.
unsafe fn own_leaf(heap: &mut Heap, leaf: Leaf, entries: usize, value: Ty) -> Result<Leaf, Fault> {
    // SAFETY: promised by the callers.
    unsafe {
        if !is_unique(leaf.0.cast()) {
            let copy = leaf.copied(heap, entries, value)?;
            copy.retain_entries(value);
            release_node(heap, DeadNode::new(leaf.0, 0, value));
            return Ok(copy);
        }
        if leaf.capacity() >= entries {
            return Ok(leaf);
        }
        let larger = leaf.copied(heap, entries, value)?;
        leaf.free_block(heap, value.slots as usize);
        Ok(larger)
    }
}

/// An inner node that nobody else has; the given one is consumed.
unsafe fn own_inner(heap: &mut Heap, inner: Inner, height: u64, value: Ty) -> Result<Inner, Fault> {
    // SAFETY: promised by the callers.
    unsafe {
        if is_unique(inner.0.cast()) {
            return Ok(inner);
        }
        let copy = Inner::allocate(heap)?;
        let len = inner.len();
        inner.copy_to(0, copy, 0, len);
        copy.set_len(len);
        for i in 0..len {
            retain((*copy.edge(i)).child.cast());
        }
        release_node(heap, DeadNode::new(inner.0, height, value));
        Ok(copy)
    }
}

unsafe fn leaf_edge(leaf: Leaf) -> Edge {
    // SAFETY: promised by the callers.
    unsafe { Edge { first: leaf.key(0), prefix: leaf.prefix(0), child: leaf.0, entries: leaf.len() as u64 } }
}

unsafe fn inner_edge(inner: Inner) -> Edge {
    // SAFETY: promised by the callers.
    unsafe {
        let first = inner.edge(0);
        Edge { first: (*first).first, prefix: (*first).prefix, child: inner.0, entries: inner.entries() }
    }
}

/// What `set` puts in.
struct Entry<'a> {
    key: *mut Str,
    wanted: Key<'a>,
    value: *const u64,
    ty: Ty,
    /// There was no entry with that key.
    is_new: bool,
}

/// Puts an entry below a node, which is consumed: the edge to the changed node, and that to its new neighbour on the
/// right when it had to be split.
unsafe fn insert(
    heap: &mut Heap,
    node: *mut Node,
    height: u64,
    entry: &mut Entry<'_>,
) -> Result<(Edge, Option<Edge>), Fault> {
    // SAFETY: promised by the callers.
    unsafe {
        if height == 0 {
            return insert_into_leaf(heap, Leaf(node), entry);
        }
        let inner = own_inner(heap, Inner(node), height, entry.ty)?;
        let i = inner.search(&entry.wanted);
        let (edge, split) = insert(heap, (*inner.edge(i)).child, height - 1, entry)?;
        inner.edge(i).write(edge);
        let Some(new) = split else { return Ok((inner_edge(inner), None)) };
        let len = inner.len();
        if len < NODE_MAX {
            inner.shift(i + 1, i + 2);
            inner.edge(i + 1).write(new);
            inner.set_len(len + 1);
            return Ok((inner_edge(inner), None));
        }
        let right = Inner::allocate(heap)?;
        let kept = split_point(i + 1, len);
        inner.copy_to(kept, right, 0, len - kept);
        right.set_len(len - kept);
        inner.set_len(kept);
        let (target, place) = if i < kept { (inner, i + 1) } else { (right, i + 1 - kept) };
        target.shift(place, place + 1);
        target.edge(place).write(new);
        target.set_len(target.len() + 1);
        Ok((inner_edge(inner), Some(inner_edge(right))))
    }
}

/// How many of a full node's parts stay on the left when one comes in at a place: most when it comes last, so that
/// ascending keys do not leave half-empty nodes behind.
fn split_point(place: usize, len: usize) -> usize {
    if place == len { len - NODE_MIN } else { len / 2 }
}

unsafe fn insert_into_leaf(heap: &mut Heap, leaf: Leaf, entry: &mut Entry<'_>) -> Result<(Edge, Option<Edge>), Fault> {
    let slots = entry.ty.slots as usize;
    // SAFETY: promised by the callers.
    unsafe {
        let len = leaf.len();
        let place = match leaf.search(&entry.wanted) {
            Ok(i) => {
                let leaf = own_leaf(heap, leaf, len, entry.ty)?;
                let old = leaf.value(i, slots);
                release_elements(heap, old, 1, entry.ty);
                old.copy_from_nonoverlapping(entry.value, slots);
                text::release(heap, entry.key);
                return Ok((leaf_edge(leaf), None));
            }
            Err(place) => place,
        };
        entry.is_new = true;
        let leaf = own_leaf(heap, leaf, (len + 1).min(NODE_MAX), entry.ty)?;
        if len < NODE_MAX {
            put(leaf, place, entry);
            return Ok((leaf_edge(leaf), None));
        }
        let right = Leaf::allocate(heap, NODE_MAX, slots)?;
        let kept = split_point(place, len);
        leaf.copy_to(kept, right, 0, len - kept, slots);
        right.set_len(len - kept);
        leaf.set_len(kept);
        if place < kept {
            put(leaf, place, entry);
        } else {
            put(right, place - kept, entry);
        }
        Ok((leaf_edge(leaf), Some(leaf_edge(right))))
    }
}

/// Puts an entry into a leaf that has room.
unsafe fn put(leaf: Leaf, place: usize, entry: &Entry<'_>) {
    let slots = entry.ty.slots as usize;
    // SAFETY: promised by the callers.
    unsafe {
        leaf.shift(place, place + 1, slots);
        leaf.write(place, entry.key, entry.value, slots);
        leaf.set_len(leaf.len() + 1);
    }
}

/// Takes the entry of that key, which exists, out of what is below a node, which is consumed: the edge to the changed
/// node, which may be too small now. A leaf does not become empty but as the only one.
unsafe fn take_out(heap: &mut Heap, node: *mut Node, height: u64, key: &Key<'_>, value: Ty) -> Result<Edge, Fault> {
    let slots = value.slots as usize;
    // SAFETY: promised by the callers.
    unsafe {
        if height == 0 {
            let leaf = own_leaf(heap, Leaf(node), Leaf(node).len(), value)?;
            if let Ok(i) = leaf.search(key) {
                text::release(heap, leaf.key(i));
                release_elements(heap, leaf.value(i, slots), 1, value);
                leaf.shift(i + 1, i, slots);
                leaf.set_len(leaf.len() - 1);
            }
            return Ok(leaf_edge(leaf));
        }
        let inner = own_inner(heap, Inner(node), height, value)?;
        let i = inner.search(key);
        let edge = take_out(heap, (*inner.edge(i)).child, height - 1, key, value)?;
        inner.edge(i).write(edge);
        let len = if height == 1 { Leaf(edge.child).len() } else { Inner(edge.child).len() };
        if len < NODE_MIN && inner.len() > 1 {
            let left = if i + 1 < inner.len() { i } else { i - 1 };
            balance(heap, inner, left, height - 1, value)?;
        }
        Ok(inner_edge(inner))
    }
}

/// Makes two neighbours, children of a height of a node of our own, one or equally large.
unsafe fn balance(heap: &mut Heap, parent: Inner, left: usize, height: u64, value: Ty) -> Result<(), Fault> {
    // SAFETY: promised by the caller.
    unsafe {
        let (left_edge, right_edge) = (parent.edge(left), parent.edge(left + 1));
        let merged = if height == 0 {
            let (a, b) = (Leaf((*left_edge).child), Leaf((*right_edge).child));
            let (a_len, b_len) = (a.len(), b.len());
            let a = own_leaf(heap, a, (a_len + b_len).min(NODE_MAX), value)?;
            (*left_edge).child = a.0;
            let b = own_leaf(heap, b, (a_len + b_len).div_ceil(2).min(NODE_MAX), value)?;
            (*right_edge).child = b.0;
            let merged = balance_leaves(heap, a, b, value.slots as usize);
            left_edge.write(leaf_edge(a));
            if !merged {
                right_edge.write(leaf_edge(b));
            }
            merged
        } else {
            let a = own_inner(heap, Inner((*left_edge).child), height, value)?;
            (*left_edge).child = a.0;
            let b = own_inner(heap, Inner((*right_edge).child), height, value)?;
            (*right_edge).child = b.0;
            let merged = balance_inners(heap, a, b);
            left_edge.write(inner_edge(a));
            if !merged {
                right_edge.write(inner_edge(b));
            }
            merged
        };
        if merged {
            parent.shift(left + 2, left + 1);
            parent.set_len(parent.len() - 1);
        }
        Ok(())
    }
}

/// Whether the right one is gone.
unsafe fn balance_leaves(heap: &mut Heap, a: Leaf, b: Leaf, slots: usize) -> bool {
    // SAFETY: both are our own and have room.
    unsafe {
        let (a_len, b_len) = (a.len(), b.len());
        let all = a_len + b_len;
        if all <= NODE_MAX {
            b.copy_to(0, a, a_len, b_len, slots);
            a.set_len(all);
            b.free_block(heap, slots);
            return true;
        }
        let half = all / 2;
        if a_len < half {
            let count = half - a_len;
            b.copy_to(0, a, a_len, count, slots);
            b.shift(count, 0, slots);
        } else {
            let count = a_len - half;
            b.shift(0, count, slots);
            a.copy_to(half, b, 0, count, slots);
        }
        a.set_len(half);
        b.set_len(all - half);
        false
    }
}

/// Whether the right one is gone.
unsafe fn balance_inners(heap: &mut Heap, a: Inner, b: Inner) -> bool {
    // SAFETY: both are our own.
    unsafe {
        let (a_len, b_len) = (a.len(), b.len());
        let all = a_len + b_len;
        if all <= NODE_MAX {
            b.copy_to(0, a, a_len, b_len);
            a.set_len(all);
            b.free_block(heap);
            return true;
        }
        let half = all / 2;
        if a_len < half {
            let count = half - a_len;
            b.copy_to(0, a, a_len, count);
            b.shift(count, 0);
        } else {
            let count = a_len - half;
            b.shift(0, count);
            a.copy_to(half, b, 0, count);
        }
        a.set_len(half);
        b.set_len(all - half);
        false
    }
}
