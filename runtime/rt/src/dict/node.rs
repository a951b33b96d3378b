//! The two kinds of nodes, how one moves in them, and how they are copied.

use ::std::cmp::Ordering;
use ::std::ptr::{copy, copy_nonoverlapping, null_mut};

use dark_abi::{Header, Str};

use crate::invocation::Fault;
use crate::memory::Heap;
use crate::text;
use crate::value::{Ty, retain, retain_slots};

/// Entries of a leaf, children of an inner node.
pub(super) const NODE_MAX: usize = 16;
/// Below this a node is merged with its neighbour or filled from it.
pub(super) const NODE_MIN: usize = 4;
/// Leaves of small dicts have room for so many entries at first.
const LEAF_MIN: usize = 4;

/// A key to look for.
#[derive(Clone, Copy)]
pub(super) struct Key<'a> {
    bytes: &'a [u8],
    prefix: u64,
}

impl<'a> Key<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Key<'a> {
        Key { bytes, prefix: text::prefix(bytes) }
    }

    /// Where the key stands among sorted ones, of which the beginnings are told: how many come before it, and whether the next
    /// one is the same. The numbers are halved without branches; texts are looked at where the numbers are equal.
    ///
    /// # Safety
    /// The texts are alive.
    #[inline]
    unsafe fn find_among<T>(
        &self,
        sorted: &[T],
        prefix: impl Fn(&T) -> u64,
        text_at: impl Fn(usize) -> *const Str,
    ) -> Result<usize, usize> {
        let mut low = sorted.partition_point(|it| prefix(it) < self.prefix);
        let mut high = low;
        while sorted.get(high).is_some_and(|it| prefix(it) == self.prefix) {
            high += 1;
        }
        while low < high {
            let middle = usize::midpoint(low, high);
            // SAFETY: promised by the caller.
            match unsafe { text::compare(text::as_bytes(text_at(middle)), self.bytes) } {
                Ordering::Less => low = middle + 1,
                Ordering::Greater => high = middle,
                Ordering::Equal => return Ok(middle),
            }
        }
        Err(low)
    }
}

/// A leaf or an inner node.
#[repr(C)]
pub(super) struct Node {
    pub(super) header: Header,
}

/// What an inner node holds for each child.
#[repr(C)]
#[derive(Clone, Copy)]
pub(super) struct Edge {
    pub(super) first: *const Str,
    /// Of the first key.
    pub(super) prefix: u64,
    pub(super) child: *mut Node,
    /// Entries below.
    pub(super) entries: u64,
}

const INNER_BYTES: usize = size_of::<Node>() + NODE_MAX * size_of::<Edge>();

/// A pointer to a leaf.
#[derive(Clone, Copy)]
pub(super) struct Leaf(pub(super) *mut Node);

/// A pointer to an inner node.
#[derive(Clone, Copy)]
pub(super) struct Inner(pub(super) *mut Node);

/// The methods are for pointers to nodes that are alive, and indices within them.
impl Leaf {
    pub(super) fn none() -> Leaf {
        Leaf(null_mut())
    }

    pub(super) fn is_none(self) -> bool {
        self.0.is_null()
    }

    /// An empty leaf with room for at least so many entries.
    pub(super) fn allocate(heap: &mut Heap, entries: usize, slots: usize) -> Result<Leaf, Fault> {
        let capacity = entries.next_power_of_two().clamp(LEAF_MIN, NODE_MAX);
        let node = heap.try_allocate(Leaf::bytes(capacity, slots))?.cast::<Node>();
        // SAFETY: fresh.
        unsafe { (*node).header.word = (capacity as u32) << 16 };
        Ok(Leaf(node))
    }

    fn bytes(capacity: usize, slots: usize) -> usize {
        size_of::<Node>() + capacity * (2 + slots) * 8
    }

    pub(super) unsafe fn len(self) -> usize {
        // SAFETY: see the head of the impl; so below.
        unsafe { (*self.0).header.word as usize & 0xffff }
    }

    pub(super) unsafe fn capacity(self) -> usize {
        unsafe { (*self.0).header.word as usize >> 16 }
    }

    pub(super) unsafe fn set_len(self, len: usize) {
        unsafe { (*self.0).header.word = ((self.capacity() << 16) | len) as u32 };
    }

    unsafe fn keys(self) -> *mut *mut Str {
        unsafe { self.0.add(1).cast() }
    }

    pub(super) unsafe fn key(self, i: usize) -> *mut Str {
        unsafe { *self.keys().add(i) }
    }

    unsafe fn prefixes(self) -> *mut u64 {
        unsafe { self.keys().add(self.capacity()).cast() }
    }

    pub(super) unsafe fn prefix(self, i: usize) -> u64 {
        unsafe { *self.prefixes().add(i) }
    }

    pub(super) unsafe fn value(self, i: usize, slots: usize) -> *mut u64 {
        unsafe { self.prefixes().add(self.capacity()).add(i * slots) }
    }

    /// Where the key is, or where it belongs.
    pub(super) unsafe fn search(self, key: &Key<'_>) -> Result<usize, usize> {
        unsafe {
            let prefixes = ::std::slice::from_raw_parts(self.prefixes(), self.len());
            key.find_among(prefixes, |prefix| *prefix, |i| self.key(i).cast_const())
        }
    }

    /// Moves the entries from `from` on to `to`, within the leaf.
    pub(super) unsafe fn shift(self, from: usize, to: usize, slots: usize) {
        unsafe {
            let count = self.len() - from;
            copy(self.keys().add(from), self.keys().add(to), count);
            copy(self.prefixes().add(from), self.prefixes().add(to), count);
            copy(self.value(from, slots), self.value(to, slots), count * slots);
        }
    }

    /// Copies the bits of so many entries into another leaf.
    pub(super) unsafe fn copy_to(self, from: usize, target: Leaf, to: usize, count: usize, slots: usize) {
        unsafe {
            copy_nonoverlapping(self.keys().add(from), target.keys().add(to), count);
            copy_nonoverlapping(self.prefixes().add(from), target.prefixes().add(to), count);
            copy_nonoverlapping(self.value(from, slots), target.value(to, slots), count * slots);
        }
    }

    /// Writes an entry over what was there.
    pub(super) unsafe fn write(self, i: usize, key: *mut Str, value: *const u64, slots: usize) {
        unsafe {
            *self.keys().add(i) = key;
            *self.prefixes().add(i) = text::prefix(text::as_bytes(key));
            copy_nonoverlapping(value, self.value(i, slots), slots);
        }
    }

    /// The same entries in a leaf with room for so many.
    pub(super) unsafe fn copied(self, heap: &mut Heap, entries: usize, value: Ty) -> Result<Leaf, Fault> {
        let slots = value.slots as usize;
        unsafe {
            let len = self.len();
            let copy = Leaf::allocate(heap, entries.max(len), slots)?;
            self.copy_to(0, copy, 0, len, slots);
            copy.set_len(len);
            Ok(copy)
        }
    }

    /// Takes another reference to each key and value.
    pub(super) unsafe fn retain_entries(self, value: Ty) {
        unsafe {
            let len = self.len();
            for i in 0..len {
                retain(self.key(i).cast());
            }
            retain_slots(self.value(0, value.slots as usize), len, value);
        }
    }

    pub(super) unsafe fn free_block(self, heap: &mut Heap, slots: usize) {
        unsafe { heap.free(self.0.cast(), Leaf::bytes(self.capacity(), slots)) };
    }
}

/// The methods are for pointers to nodes that are alive, and indices within them.
impl Inner {
    pub(super) fn allocate(heap: &mut Heap) -> Result<Inner, Fault> {
        Ok(Inner(heap.try_allocate(INNER_BYTES)?.cast::<Node>()))
    }

    pub(super) unsafe fn len(self) -> usize {
        // SAFETY: see the head of the impl; so below.
        unsafe { (*self.0).header.word as usize }
    }

    pub(super) unsafe fn set_len(self, len: usize) {
        unsafe { (*self.0).header.word = len as u32 };
    }

    pub(super) unsafe fn edge(self, i: usize) -> *mut Edge {
        unsafe { self.0.add(1).cast::<Edge>().add(i) }
    }

    /// The child below which the key is or belongs.
    pub(super) unsafe fn search(self, key: &Key<'_>) -> usize {
        unsafe {
            // The first child takes what comes before its first key.
            let edges = ::std::slice::from_raw_parts(self.edge(1), self.len() - 1);
            match key.find_among(edges, |edge| edge.prefix, |i| edges[i].first) {
                Ok(same) => same + 1,
                Err(before) => before,
            }
        }
    }

    pub(super) unsafe fn shift(self, from: usize, to: usize) {
        unsafe { copy(self.edge(from), self.edge(to), self.len() - from) };
    }

    pub(super) unsafe fn copy_to(self, from: usize, target: Inner, to: usize, count: usize) {
        unsafe { copy_nonoverlapping(self.edge(from), target.edge(to), count) };
    }

    pub(super) unsafe fn entries(self) -> u64 {
        unsafe { (0..self.len()).map(|i| (*self.edge(i)).entries).sum() }
    }

    pub(super) unsafe fn free_block(self, heap: &mut Heap) {
        unsafe { heap.free(self.0.cast(), INNER_BYTES) };
    }
}

/// The leaf in which the key is or belongs.
///
/// # Safety
/// The node is alive and of that height.
pub(super) unsafe fn descend_by_key(mut node: *mut Node, height: u64, key: &Key<'_>) -> Leaf {
    for _ in 0..height {
        let inner = Inner(node);
        // SAFETY: promised by the caller.
        node = unsafe { (*inner.edge(inner.search(key))).child };
    }
    Leaf(node)
}

/// The leaf of entry i, and its place there.
///
/// # Safety
/// The node is alive and of that height, and has such an entry.
pub(super) unsafe fn descend_by_index(mut node: *mut Node, height: u64, i: usize) -> (Leaf, usize) {
    let mut left = i as u64;
    for _ in 0..height {
        let inner = Inner(node);
        let mut child = 0;
        // SAFETY: promised by the caller.
        unsafe {
            while left >= (*inner.edge(child)).entries {
                left -= (*inner.edge(child)).entries;
                child += 1;
            }
            node = (*inner.edge(child)).child;
        }
    }
    (Leaf(node), left as usize)
}
