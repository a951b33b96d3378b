//! A dict's nodes as `value::count` sees them, which frees them without recursion.

use dark_abi::{Header, Str};

use super::node::{Inner, Leaf, Node};
use super::{Dict, value_type};
use crate::memory::Heap;
use crate::value::Ty;

/// A node, and how many of its parts have been visited.
#[derive(Debug, Clone, Copy)]
pub struct DeadNode {
    node: *mut Node,
    height: u64,
    value: Ty,
    next: usize,
}

/// What a node holds.
#[derive(Debug)]
pub enum DeadPart {
    Child(DeadNode),
    Entry(*mut Str, *mut u64, Ty),
}

impl DeadNode {
    pub(super) fn new(node: *mut Node, height: u64, value: Ty) -> DeadNode {
        DeadNode { node, height, value, next: 0 }
    }

    pub(crate) fn header(&self) -> *mut Header {
        self.node.cast()
    }

    /// The next child or entry.
    ///
    /// # Safety
    /// The node is alive.
    pub(crate) unsafe fn next_part(&mut self) -> Option<DeadPart> {
        let i = self.next;
        self.next += 1;
        // SAFETY: promised by the caller.
        unsafe {
            if self.height == 0 {
                let leaf = Leaf(self.node);
                let slots = self.value.slots as usize;
                return (i < leaf.len()).then(|| DeadPart::Entry(leaf.key(i), leaf.value(i, slots), self.value));
            }
            let inner = Inner(self.node);
            (i < inner.len())
                .then(|| DeadPart::Child(DeadNode::new((*inner.edge(i)).child, self.height - 1, self.value)))
        }
    }

    /// Gives the node's memory back.
    ///
    /// # Safety
    /// Nobody uses the node afterwards.
    pub(crate) unsafe fn free_block(self, heap: &mut Heap) {
        // SAFETY: promised by the caller.
        unsafe {
            match self.height {
                0 => Leaf(self.node).free_block(heap, self.value.slots as usize),
                _ => Inner(self.node).free_block(heap),
            }
        }
    }
}

/// The root of a dict.
///
/// # Safety
/// The dict is alive.
pub(crate) unsafe fn root_of(dict: *const Dict) -> DeadNode {
    // SAFETY: promised by the caller.
    unsafe { DeadNode::new((*dict).root, (*dict).height, value_type(dict)) }
}

/// Frees a dict's head, and returns the root, of which the caller has to give up a reference.
///
/// # Safety
/// Nobody uses the dict afterwards.
pub(crate) unsafe fn free_head(heap: &mut Heap, dict: *mut Dict) -> DeadNode {
    // SAFETY: promised by the caller.
    unsafe {
        let root = root_of(dict);
        heap.free(dict.cast(), size_of::<Dict>());
        root
    }
}
