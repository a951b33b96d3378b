//! Functions of the library on text: the library's own, called with values of an invocation that is there for them.
//!
//! A function's declaration in `std/` says `[<Sql>]`; here it stands in the table by the name of its symbol.

use std::cell::RefCell;
use std::sync::Arc;

use dark_abi::Str;
use dark_rt::invocation::{Environment, Hooks, Invocation};
use dark_rt::{number, text as objects};
use rusqlite::types::Value;
use rusqlite::{Connection, Result};

use super::{define, failed, text};

/// The context of `INVOCATION`.
type Call = *mut dark_abi::Context;

// SAFETY: these are the functions of `dark_rt` with these names, as `dark_abi::externs` says.
unsafe extern "C" {
    fn dark_string_is_empty(context: Call, s: *const Str) -> bool;
    fn dark_string_length(context: Call, s: *const Str) -> u64;
    fn dark_string_to_uppercase(context: Call, s: *const Str) -> *mut Str;
    fn dark_string_to_lowercase(context: Call, s: *const Str) -> *mut Str;
    fn dark_string_trim(context: Call, s: *const Str) -> *mut Str;
    fn dark_string_trim_start(context: Call, s: *const Str) -> *mut Str;
    fn dark_string_trim_end(context: Call, s: *const Str) -> *mut Str;
    fn dark_string_reverse(context: Call, s: *const Str) -> *mut Str;
    fn dark_string_contains(context: Call, s: *const Str, searched: *const Str) -> bool;
    fn dark_string_starts_with(context: Call, s: *const Str, prefix: *const Str) -> bool;
    fn dark_string_ends_with(context: Call, s: *const Str, suffix: *const Str) -> bool;
    fn dark_string_replace_all(context: Call, s: *const Str, from: *const Str, to: *const Str) -> *mut Str;
    fn dark_char_to_string(context: Call, c: *const Str) -> *mut Str;
    fn dark_char_to_uppercase(context: Call, c: *const Str) -> *mut Str;
    fn dark_char_to_lowercase(context: Call, c: *const Str) -> *mut Str;
}

/// What a function takes (texts) and gives.
#[derive(Clone, Copy)]
enum Function {
    Text(unsafe extern "C" fn(Call, *const Str) -> *mut Str),
    Text3(unsafe extern "C" fn(Call, *const Str, *const Str, *const Str) -> *mut Str),
    Bool(unsafe extern "C" fn(Call, *const Str) -> bool),
    Bool2(unsafe extern "C" fn(Call, *const Str, *const Str) -> bool),
    Int(unsafe extern "C" fn(Call, *const Str) -> u64),
}

/// By symbol. The library's declarations with `[<Sql>]` are these and those of `values` (`tests` compares them).
const FUNCTIONS: [(&str, Function); 15] = [
    ("dark_string_is_empty", Function::Bool(dark_string_is_empty)),
    ("dark_string_length", Function::Int(dark_string_length)),
    ("dark_string_to_uppercase", Function::Text(dark_string_to_uppercase)),
    ("dark_string_to_lowercase", Function::Text(dark_string_to_lowercase)),
    ("dark_string_trim", Function::Text(dark_string_trim)),
    ("dark_string_trim_start", Function::Text(dark_string_trim_start)),
    ("dark_string_trim_end", Function::Text(dark_string_trim_end)),
    ("dark_string_reverse", Function::Text(dark_string_reverse)),
    ("dark_string_contains", Function::Bool2(dark_string_contains)),
    ("dark_string_starts_with", Function::Bool2(dark_string_starts_with)),
    ("dark_string_ends_with", Function::Bool2(dark_string_ends_with)),
    ("dark_string_replace_all", Function::Text3(dark_string_replace_all)),
    ("dark_char_to_string", Function::Text(dark_char_to_string)),
    ("dark_char_to_uppercase", Function::Text(dark_char_to_uppercase)),
    ("dark_char_to_lowercase", Function::Text(dark_char_to_lowercase)),
];

/// An invocation that nothing ends: its memory has no limit, so nothing it does can fail.
struct Endless;

static ENDLESS: Endless = Endless;

impl Hooks for Endless {
    fn leave(&self, _: *mut Invocation) -> ! {
        // Memory without a limit was exhausted, or the runtime has a fault: there is no frame to go back to.
        std::process::abort()
    }

    fn interrupt(&self, _: *mut Invocation) -> std::result::Result<(), dark_rt::Fault> {
        Ok(())
    }
}

thread_local! {
    static INVOCATION: RefCell<Box<Invocation>> =
        RefCell::new(Invocation::new(usize::MAX / 2, &ENDLESS, Arc::new(Environment::standard())));
}

pub(super) fn register(connection: &Connection) -> Result<()> {
    for (name, function) in FUNCTIONS {
        let count = match function {
            Function::Text(_) | Function::Bool(_) | Function::Int(_) => 1,
            Function::Bool2(_) => 2,
            Function::Text3(_) => 3,
        };
        define(connection, name, count, move |context| {
            let arguments: Result<Vec<&str>> = (0..count as usize).map(|index| text(context, index)).collect();
            call(function, &arguments?)
        })?;
    }
    // Joined text is brought to NFC, as everywhere.
    define(connection, "dark_concat", 2, |context| {
        let joined = format!("{}{}", text(context, 0)?, text(context, 1)?);
        INVOCATION.with_borrow_mut(|invocation| {
            let heap = &mut invocation.heap;
            match objects::new(heap, &joined) {
                Ok(object) => Ok(taken(heap, object)),
                Err(fault) => failed(fault.message),
            }
        })
    })
}

/// The text of an object, which is given back.
fn taken(heap: &mut dark_rt::Heap, object: *mut Str) -> String {
    // SAFETY: alive, and owned by the caller.
    unsafe {
        let text = objects::as_str(object).to_owned();
        objects::release(heap, object);
        text
    }
}

fn call(function: Function, arguments: &[&str]) -> Result<Value> {
    INVOCATION.with_borrow_mut(|invocation| {
        let made: std::result::Result<Vec<*mut Str>, dark_rt::Fault> =
            arguments.iter().map(|text| objects::new(&mut invocation.heap, text)).collect();
        let texts = match made {
            Ok(texts) => texts,
            Err(fault) => return failed(fault.message),
        };
        let context = invocation.as_context();
        // SAFETY: the texts are alive, and there are as many as the function takes: `register` counts them. What is
        // given belongs to the caller.
        let value = unsafe {
            match function {
                Function::Text(f) => Value::Text(taken(&mut invocation.heap, f(context, texts[0]))),
                Function::Text3(f) => {
                    Value::Text(taken(&mut invocation.heap, f(context, texts[0], texts[1], texts[2])))
                }
                Function::Bool(f) => Value::Integer(i64::from(f(context, texts[0]))),
                Function::Bool2(f) => Value::Integer(i64::from(f(context, texts[0], texts[1]))),
                Function::Int(f) => {
                    let word = f(context, texts[0]);
                    let digits = number::display(word);
                    number::drop_word(&mut invocation.heap, word);
                    Value::Text(digits)
                }
            }
        };
        for text in texts {
            // SAFETY: made above.
            unsafe { objects::release(&mut invocation.heap, text) };
        }
        Ok(value)
    })
}
