//! Trees and hash tables, whose versions share nodes (`imbl`, `rpds`) or are copied (the standard library). Nothing is counted
//! with atomic operations.

use std::collections::{BTreeMap, HashMap};
use std::hash::RandomState;
use std::rc::Rc;

use dark_rt::Invocation;
use imbl::shared_ptr::RcK;
use imbl::{GenericHashMap, GenericOrdMap};
use rpds::RedBlackTreeMap;

use super::Map;

type Text = Rc<str>;

/// Where the operations have these names; entries of a map that is not in order are sorted for a walk.
macro_rules! map {
    ($name:literal, $map:ty, $set:ident, $remove:ident, $walk:ident) => {
        impl Map for $map {
            const NAME: &'static str = $name;
            type Key = Text;

            fn key(_: &mut Invocation, text: &str) -> Text {
                text.into()
            }

            fn empty() -> Self {
                Self::default()
            }

            fn len(&self) -> usize {
                self.iter().len()
            }

            fn get(&self, key: &Text) -> Option<u64> {
                self.get(key).copied()
            }

            fn set(mut self, _: &mut Invocation, key: &Text, value: u64) -> Self {
                self.$set(key.clone(), value);
                self
            }

            fn remove(mut self, _: &mut Invocation, key: &Text) -> Self {
                <$map>::$remove(&mut self, key);
                self
            }

            fn walk(&self, visit: impl FnMut(&str, u64)) {
                $walk(self.iter(), visit);
            }

            fn share(&self) -> Self {
                self.clone()
            }
        }
    };
}

fn in_order<'m>(entries: impl Iterator<Item = (&'m Text, &'m u64)>, mut visit: impl FnMut(&str, u64)) {
    entries.for_each(|(key, value)| visit(key, *value));
}

fn sorted<'m>(entries: impl Iterator<Item = (&'m Text, &'m u64)>, mut visit: impl FnMut(&str, u64)) {
    let mut entries: Vec<(&Text, &u64)> = entries.collect();
    entries.sort_unstable_by_key(|(key, _)| *key);
    entries.into_iter().for_each(|(key, value)| visit(key, *value));
}

map!("B+ tree (imbl)", GenericOrdMap<Text, u64, RcK>, insert, remove, in_order);
map!("red-black tree (rpds)", RedBlackTreeMap<Text, u64>, insert_mut, remove_mut, in_order);
map!("hash trie (imbl)", GenericHashMap<Text, u64, RandomState, RcK>, insert, remove, sorted);
map!("BTreeMap, mutable", BTreeMap<Text, u64>, insert, remove, in_order);
map!("HashMap, mutable", HashMap<Text, u64>, insert, remove, sorted);
