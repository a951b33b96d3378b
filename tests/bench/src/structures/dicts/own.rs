//! The runtime's dicts: B+ trees with the beginnings of their keys.

use std::ptr::null_mut;

use dark_abi::Str;
use dark_rt::dict::{self, Dict};
use dark_rt::{Invocation, text, value};

use super::super::world::{DICT, INT64, STRING, made};
use super::Map;

pub struct Own(*mut Dict);

/// Its keys are the heap's: they go with it.
pub struct Key(*mut Str);

impl Key {
    fn text(&self) -> &str {
        // SAFETY: a text that is alive; keys are not changed.
        unsafe { text::as_str(self.0) }
    }
}

impl Map for Own {
    const NAME: &'static str = "Dark";
    const IN_HEAP: bool = true;
    type Key = Key;

    fn key(world: &mut Invocation, text: &str) -> Key {
        Key(made(text::new(&mut world.heap, text)))
    }

    fn empty() -> Own {
        Own(null_mut())
    }

    fn len(&self) -> usize {
        // SAFETY: the dict is null or alive, and its values are `Int64`s; so below.
        unsafe { dict::len(self.0) }
    }

    fn get(&self, key: &Key) -> Option<u64> {
        // SAFETY: see `len`; what is found is one slot.
        unsafe { dict::find(self.0, key.text()).as_ref().copied() }
    }

    fn set(self, world: &mut Invocation, key: &Key, value: u64) -> Own {
        let word = key.0 as u64;
        // SAFETY: see `len`; the key is counted once more for the dict.
        unsafe {
            value::dup(&raw const word, &STRING);
            Own(made(dict::set(&mut world.heap, self.0, key.0, &raw const value, &INT64)))
        }
    }

    fn remove(self, world: &mut Invocation, key: &Key) -> Own {
        // SAFETY: see `len`.
        Own(made(unsafe { dict::remove(&mut world.heap, self.0, key.text()) }))
    }

    fn walk(&self, mut visit: impl FnMut(&str, u64)) {
        // SAFETY: see `len`; nothing changes meanwhile.
        unsafe { dict::entries(self.0).for_each(|(key, value)| visit(text::as_str(key), *value)) };
    }

    /// Key and value are asked for by number, each by itself.
    fn list(&self, mut visit: impl FnMut(&str, u64)) {
        for i in 0..self.len() {
            // SAFETY: see `len`.
            unsafe {
                let (key, value) = (dict::at(self.0, i), dict::at(self.0, i));
                if let (Some((key, _)), Some((_, value))) = (std::hint::black_box(key), value) {
                    visit(text::as_str(key), *value);
                }
            }
        }
    }

    fn share(&self) -> Own {
        if !self.0.is_null() {
            let word = self.0 as u64;
            // SAFETY: the word is a dict that is alive.
            unsafe { value::dup(&raw const word, &DICT) };
        }
        Own(self.0)
    }

    fn release(self, world: &mut Invocation) {
        // SAFETY: null or alive, and its reference is given up.
        unsafe { dict::release(&mut world.heap, self.0) };
    }
}
