//! Values of any type, from their stored JSON and the descriptor of their type, which comes as its address.

use std::cell::RefCell;

use dark_abi::{SLOTS_MAX, TypeInfo};
use dark_rt::json;
use dark_rt::memory::{Heap, HeapMode};
use dark_rt::value::{self, Ty};
use rusqlite::functions::Context;
use rusqlite::{Connection, Result};

use super::{define, failed, text};

/// The most that values of one comparison may take.
const MEMORY_MAX: usize = 256 << 20;

thread_local! {
    static HEAP: RefCell<Heap> = RefCell::new(Heap::new(HeapMode::from_environment(), MEMORY_MAX));
}

pub(super) fn register(connection: &Connection) -> Result<()> {
    define(connection, "dark_equal", 3, |context| {
        let ty = descriptor(context, 2)?;
        HEAP.with_borrow_mut(|heap| {
            let a = read(heap, text(context, 0)?, ty)?;
            let b = match read(heap, text(context, 1)?, ty) {
                Ok(b) => b,
                Err(error) => {
                    release(heap, &a, ty);
                    return Err(error);
                }
            };
            // SAFETY: both are values of that type.
            let equal = unsafe { value::equal(a.as_ptr(), b.as_ptr(), ty) };
            release(heap, &a, ty);
            release(heap, &b, ty);
            Ok(equal)
        })
    })?;
    define(connection, "dark_list_member", 3, |context| {
        let ty = descriptor(context, 2)?;
        let elements: Vec<Box<serde_json::value::RawValue>> = match serde_json::from_str(text(context, 0)?) {
            Ok(elements) => elements,
            Err(error) => return failed(format!("What is stored must be a list: {error}")),
        };
        HEAP.with_borrow_mut(|heap| {
            let wanted = read(heap, text(context, 1)?, ty)?;
            let mut found = Ok(false);
            for element in elements {
                found = read(heap, element.get(), ty).map(|element| {
                    // SAFETY: both are values of that type.
                    let equal = unsafe { value::equal(element.as_ptr(), wanted.as_ptr(), ty) };
                    release(heap, &element, ty);
                    equal
                });
                if !matches!(found, Ok(false)) {
                    break;
                }
            }
            release(heap, &wanted, ty);
            found
        })
    })?;
    define(connection, "dark_no_match", 2, |context| {
        let ty = descriptor(context, 1)?;
        let shown: Result<String> = HEAP.with_borrow_mut(|heap| {
            let found = read(heap, text(context, 0)?, ty)?;
            // SAFETY: a value of that type.
            let shown = unsafe { value::repr(found.as_ptr(), ty) };
            release(heap, &found, ty);
            Ok(shown)
        });
        failed::<bool>(format!("No matching case found for value {} in match expression", shown?))
    })?;
    define(connection, "dark_fail", 1, |context| failed::<bool>(text(context, 0)?))?;
    define(connection, "dark_moment", 1, |context| {
        let stored = text(context, 0)?;
        match stored.parse::<jiff::Timestamp>() {
            Ok(moment) => Ok(moment.as_millisecond()),
            Err(_) if stored.is_empty() => Ok(0),
            Err(_) => failed(format!("What is stored must be a date and time, not \"{stored}\"")),
        }
    })
}

fn descriptor(context: &Context<'_>, index: usize) -> Result<Ty> {
    match context.get::<i64>(index)? {
        0 => failed("A query without the type of its values, a fault of the compiler"),
        // SAFETY: the address of a descriptor in the program's static data, bound by `parameter`.
        address => Ok(unsafe { value::ty(address as usize as *const TypeInfo) }),
    }
}

fn read(heap: &mut Heap, text: &str, ty: Ty) -> Result<[u64; SLOTS_MAX]> {
    let mut slots = [0; SLOTS_MAX];
    // SAFETY: there is room for any value.
    match unsafe { json::read_stored(heap, text, ty, slots.as_mut_ptr()) } {
        Ok(Ok(())) => Ok(slots),
        Ok(Err(problem)) => failed(format!("What is stored does not fit: `{}` {}", problem.path, problem.message)),
        Err(fault) => failed(fault.message),
    }
}

fn release(heap: &mut Heap, slots: &[u64; SLOTS_MAX], ty: Ty) {
    // SAFETY: a value of that type, made by `read`.
    unsafe { value::drop_value(heap, slots.as_ptr(), ty) }
}
