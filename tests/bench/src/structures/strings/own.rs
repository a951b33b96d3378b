//! The runtime's texts, through the functions that compiled code calls.

use dark_abi::{Context, List, Str};
use dark_rt::{Invocation, text, value};

use super::super::world::{STRING, TEXTS, made};
use super::Text;

unsafe extern "C" {
    fn dark_string_slice(context: *mut Context, string: *const Str, from: u64, to: u64) -> *mut Str;
    fn dark_string_split(context: *mut Context, string: *const Str, separator: *const Str) -> *mut List;
    fn dark_string_join(context: *mut Context, list: *const List, separator: *const Str) -> *mut Str;
}

pub struct Own(*mut Str);

/// The `Int` of an index.
fn int(index: usize) -> u64 {
    (index as u64) << 1 | 1
}

impl Text for Own {
    const NAME: &'static str = "Dark";
    const IN_HEAP: bool = true;

    fn new(world: &mut Invocation, text: &str) -> Own {
        Own(made(text::new(&mut world.heap, text)))
    }

    fn append(self, world: &mut Invocation, piece: &Own) -> Own {
        // SAFETY: both are texts that are alive; so below.
        Own(made(unsafe { text::concat(&mut world.heap, self.0, piece.0) }))
    }

    /// As `String.charAt`: a slice of one character.
    fn at(&self, world: &mut Invocation, index: usize) -> char {
        let character = self.slice(world, index, index + 1);
        // SAFETY: see `append`.
        let found = unsafe { text::as_str(character.0) }.chars().next();
        character.release(world);
        found.unwrap_or_default()
    }

    fn slice(&self, world: &mut Invocation, from: usize, to: usize) -> Own {
        // SAFETY: see `append`; the context is that of the invocation.
        Own(unsafe { dark_string_slice(world.as_context(), self.0, int(from), int(to)) })
    }

    fn separated(&self, world: &mut Invocation, before: &Own, after: &Own) -> Own {
        let context = world.as_context();
        // SAFETY: see `slice`; the list is of texts, and given up.
        unsafe {
            let pieces = dark_string_split(context, self.0, before.0);
            let joined = dark_string_join(context, pieces, after.0);
            let word = pieces as u64;
            value::drop_value(&mut world.heap, &raw const word, &TEXTS);
            Own(joined)
        }
    }

    fn content(&self) -> String {
        // SAFETY: see `append`.
        unsafe { text::as_str(self.0) }.to_owned()
    }

    fn share(&self) -> Own {
        let word = self.0 as u64;
        // SAFETY: the word is a text that is alive.
        unsafe { value::dup(&raw const word, &STRING) };
        Own(self.0)
    }

    fn release(self, world: &mut Invocation) {
        // SAFETY: alive, and its reference is given up.
        unsafe { text::release(&mut world.heap, self.0) };
    }
}
