//! Integers. Up to 64 bits with a sign (and unsigned up to 32) they are SQL integers, wider ones and `Int` are their
//! digits as text. The last argument of an operation is the kind of integer: its bits, negative when it has no sign, 0
//! for `Int`.

use std::cell::RefCell;
use std::cmp::Ordering;

use dark_rt::Fault;
use dark_rt::memory::{Heap, HeapMode};
use dark_rt::number;
use rusqlite::functions::Context;
use rusqlite::types::{Value, ValueRef};
use rusqlite::{Connection, Result};

use super::{define, failed};

/// The most that numbers of one operation may take.
const MEMORY_MAX: usize = 256 << 20;

thread_local! {
    static HEAP: RefCell<Heap> = RefCell::new(Heap::new(HeapMode::from_environment(), MEMORY_MAX));
}

pub(super) fn register(connection: &Connection) -> Result<()> {
    for operation in ["add", "subtract", "multiply", "divide", "modulo", "power"] {
        define(connection, &format!("dark_{operation}"), 3, move |context| {
            let kind = context.get::<i64>(2)?;
            let (a, b) = (digits(context, 0)?, digits(context, 1)?);
            if kind == 0 { unbounded(operation, &a, Some(&b)) } else { sized(operation, kind, &a, &b) }
        })?;
    }
    define(connection, "dark_negate", 2, |context| {
        let kind = context.get::<i64>(1)?;
        let a = digits(context, 0)?;
        if kind == 0 { unbounded("negate", &a, None) } else { sized("subtract", kind, "0", &a) }
    })?;
    define(connection, "dark_convert", 2, |context| {
        let kind = context.get::<i64>(1)?;
        let a = digits(context, 0)?;
        if kind == 0 { Ok(Value::Text(a)) } else { Ok(value(wide(&a)?, kind)) }
    })?;
    define(connection, "dark_integer_order", 2, |context| Ok(order(&digits(context, 0)?, &digits(context, 1)?) as i64))
}

/// An integer's digits. NULL stands only where nobody looks.
fn digits(context: &Context<'_>, index: usize) -> Result<String> {
    match context.get_raw(index) {
        ValueRef::Integer(number) => Ok(number.to_string()),
        ValueRef::Null => Ok("0".to_owned()),
        _ => Ok(super::text(context, index)?.to_owned()),
    }
}

/// The order of two numbers by their digits.
pub(super) fn order(a: &str, b: &str) -> Ordering {
    let magnitude = |a: &str, b: &str| a.len().cmp(&b.len()).then_with(|| a.cmp(b));
    match (a.strip_prefix('-'), b.strip_prefix('-')) {
        (None, None) => magnitude(a, b),
        (Some(_), None) => Ordering::Less,
        (None, Some(_)) => Ordering::Greater,
        (Some(a), Some(b)) => magnitude(b, a),
    }
}

/// Runs an operation of `dark_rt` on numbers of any size.
fn with_heap<T>(work: impl FnOnce(&mut Heap) -> std::result::Result<T, Fault>) -> Result<T> {
    let done = HEAP.with_borrow_mut(work);
    done.or_else(|fault| failed(fault.message))
}

fn parsed(heap: &mut Heap, digits: &str) -> std::result::Result<u64, Fault> {
    match number::parse(heap, digits)? {
        Some(word) => Ok(word),
        None => Err(dark_rt::Failure::message("What is stored must be a number")),
    }
}

fn unbounded(operation: &str, a: &str, b: Option<&str>) -> Result<Value> {
    let text = with_heap(|heap| {
        let a = parsed(heap, a)?;
        let b = parsed(heap, b.unwrap_or("0"))?;
        // SAFETY: both words were just made, and are dropped below.
        let made = unsafe {
            match operation {
                "add" => number::add(heap, a, b),
                "subtract" => number::sub(heap, a, b),
                "multiply" => number::mul(heap, a, b),
                "divide" => number::div(heap, a, b),
                "modulo" => number::modulo(heap, a, b),
                "power" => number::power(heap, a, b),
                _ => number::negate(heap, a),
            }
        };
        let text = made.map(|word| {
            // SAFETY: just made.
            let text = unsafe { number::display(word) };
            // SAFETY: as above.
            unsafe { number::drop_word(heap, word) };
            text
        });
        // SAFETY: owned here.
        unsafe {
            number::drop_word(heap, a);
            number::drop_word(heap, b);
        }
        text
    })?;
    Ok(Value::Text(text))
}

/// The low 128 bits of a number.
fn wide(digits: &str) -> Result<u128> {
    if let Ok(number) = digits.parse::<i128>() {
        return Ok(number as u128);
    }
    with_heap(|heap| {
        let word = parsed(heap, digits)?;
        // SAFETY: just made.
        let bits = unsafe { number::to_wide(word) };
        // SAFETY: as above.
        unsafe { number::drop_word(heap, word) };
        Ok(bits)
    })
}

/// Cuts to the bits of the kind: wraps.
fn cut(bits: u128, kind: i64) -> u128 {
    let unused = 128 - kind.unsigned_abs().clamp(1, 128) as u32;
    let shifted = bits << unused;
    if kind > 0 { ((shifted as i128) >> unused) as u128 } else { shifted >> unused }
}

/// The SQL value of a number of that kind.
fn value(bits: u128, kind: i64) -> Value {
    let bits = cut(bits, kind);
    match kind {
        64 | 32 | 16 | 8 | -32 | -16 | -8 => Value::Integer(bits as i64),
        kind if kind > 0 => Value::Text((bits as i128).to_string()),
        _ => Value::Text(bits.to_string()),
    }
}

fn sized(operation: &str, kind: i64, a: &str, b: &str) -> Result<Value> {
    let (a, b) = (cut(wide(a)?, kind), cut(wide(b)?, kind));
    let signed = kind > 0;
    let (x, y) = (a as i128, b as i128);
    let bits = match operation {
        "add" => a.wrapping_add(b),
        "subtract" => a.wrapping_sub(b),
        "multiply" => a.wrapping_mul(b),
        "divide" if b == 0 => return failed("Cannot divide by 0"),
        "divide" if signed => x.wrapping_div(y) as u128,
        "divide" => a / b,
        "modulo" if b == 0 => return failed("Cannot evaluate modulus against 0"),
        "modulo" if signed && y < 0 => return failed("Cannot evaluate modulus against a negative number"),
        "modulo" if signed => x.wrapping_rem_euclid(y) as u128,
        "modulo" => a % b,
        _ => match number::sized_power(a, b, kind.unsigned_abs() as u32, signed) {
            Ok(bits) => bits,
            Err(fault) => return failed(fault.message),
        },
    };
    Ok(value(bits, kind))
}
