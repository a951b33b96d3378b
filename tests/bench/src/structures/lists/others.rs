//! A tree of chunks that versions share, and the standard library's array, which has to be copied for each version.

use dark_rt::Invocation;
use imbl::GenericVector;
use imbl::shared_ptr::RcK;

use super::Sequence;

/// A relaxed radix balanced tree, counted without atomic operations.
pub struct Tree(GenericVector<u64, RcK>);

impl Sequence for Tree {
    const NAME: &'static str = "RRB tree";

    fn empty() -> Tree {
        Tree(GenericVector::new())
    }

    fn of(_: &mut Invocation, values: &[u64]) -> Tree {
        Tree(values.iter().copied().collect())
    }

    fn push(mut self, _: &mut Invocation, value: u64) -> Tree {
        self.0.push_back(value);
        self
    }

    fn cons(mut self, _: &mut Invocation, value: u64) -> Tree {
        self.0.push_front(value);
        self
    }

    fn at(&self, index: usize) -> u64 {
        self.0[index]
    }

    fn set(mut self, _: &mut Invocation, index: usize, value: u64) -> Tree {
        self.0.set(index, value);
        self
    }

    fn append(mut self, _: &mut Invocation, other: Tree) -> Tree {
        self.0.append(other.0);
        self
    }

    fn each(&self, mut visit: impl FnMut(u64)) {
        // Its own way to the elements that stand together.
        self.0.leaves().for_each(|leaf| leaf.iter().for_each(|value| visit(*value)));
    }

    fn walk(mut self, _: &mut Invocation, mut visit: impl FnMut(u64)) {
        while let Some(value) = self.0.pop_front() {
            visit(value);
        }
    }

    fn map(&self, _: &mut Invocation, change: impl Fn(u64) -> u64) -> Tree {
        Tree(self.0.leaves().flatten().map(|value| change(*value)).collect())
    }

    fn share(&self) -> Tree {
        Tree(self.0.clone())
    }
}

/// `Vec`: no persistent structure is better at what it does in place.
pub struct Array(Vec<u64>);

impl Sequence for Array {
    const NAME: &'static str = "Vec, mutable";
    const CONS_MAX: usize = 10_000;

    fn empty() -> Array {
        Array(Vec::new())
    }

    fn of(_: &mut Invocation, values: &[u64]) -> Array {
        Array(values.to_vec())
    }

    fn push(mut self, _: &mut Invocation, value: u64) -> Array {
        self.0.push(value);
        self
    }

    fn cons(mut self, _: &mut Invocation, value: u64) -> Array {
        self.0.insert(0, value);
        self
    }

    fn at(&self, index: usize) -> u64 {
        self.0[index]
    }

    fn set(mut self, _: &mut Invocation, index: usize, value: u64) -> Array {
        self.0[index] = value;
        self
    }

    fn append(mut self, _: &mut Invocation, mut other: Array) -> Array {
        self.0.append(&mut other.0);
        self
    }

    fn each(&self, visit: impl FnMut(u64)) {
        self.0.iter().copied().for_each(visit);
    }

    /// Of a copy, because a version of its own is what the others have.
    fn walk(self, _: &mut Invocation, mut visit: impl FnMut(u64)) {
        let mut rest = self.0.as_slice();
        while let Some((first, others)) = rest.split_first() {
            visit(*first);
            rest = others;
        }
    }

    fn map(&self, _: &mut Invocation, change: impl Fn(u64) -> u64) -> Array {
        Array(self.0.iter().map(|value| change(*value)).collect())
    }

    fn share(&self) -> Array {
        Array(self.0.clone())
    }
}
