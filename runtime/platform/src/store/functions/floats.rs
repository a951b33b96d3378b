//! Floats. SQLite has no NaN, and JSON no infinities: those are the texts `NaN`, `Infinity`, `-Infinity`.

use rusqlite::functions::Context;
use rusqlite::types::{Value, ValueRef};
use rusqlite::{Connection, Result};

use super::{define, failed, text};

pub(super) fn register(connection: &Connection) -> Result<()> {
    let unary: [(&str, fn(f64) -> f64); 7] = [
        ("negate", |x| -x),
        ("sqrt", f64::sqrt),
        ("floor", f64::floor),
        ("ceiling", f64::ceil),
        ("round", f64::round_ties_even),
        ("truncate", f64::trunc),
        ("absolute", f64::abs),
    ];
    for (name, operation) in unary {
        define(connection, &format!("dark_float_{name}"), 1, move |context| Ok(value(operation(float(context, 0)?))))?;
    }
    let binary: [(&str, fn(f64, f64) -> f64); 5] = [
        ("add", |a, b| a + b),
        ("subtract", |a, b| a - b),
        ("multiply", |a, b| a * b),
        ("divide", |a, b| a / b),
        ("power", f64::powf),
    ];
    for (name, operation) in binary {
        define(connection, &format!("dark_float_{name}"), 2, move |context| {
            Ok(value(operation(float(context, 0)?, float(context, 1)?)))
        })?;
    }
    let comparisons: [(&str, fn(&f64, &f64) -> bool); 3] =
        [("equal", f64::eq), ("less", f64::lt), ("less_equal", f64::le)];
    for (name, comparison) in comparisons {
        define(connection, &format!("dark_float_{name}"), 2, move |context| {
            Ok(comparison(&float(context, 0)?, &float(context, 1)?))
        })?;
    }
    define(connection, "dark_float_modulo", 2, |context| {
        match dark_rt::number::float_modulo(float(context, 0)?, float(context, 1)?) {
            Ok(rest) => Ok(value(rest)),
            Err(fault) => failed(fault.message),
        }
    })?;
    // Saturates; NaN is 0.
    define(connection, "dark_float_to_int64", 1, |context| Ok(float(context, 0)? as i64))?;
    define(connection, "dark_float_of_int64", 1, |context| Ok(context.get::<i64>(0)? as f64))?;
    define(connection, "dark_float_json", 1, |context| {
        let number = float(context, 0)?;
        Ok(match named(number) {
            Some(name) => format!("\"{name}\""),
            None => format!("{number:?}"),
        })
    })
}

/// A Float argument. NULL stands only where nobody looks.
fn float(context: &Context<'_>, index: usize) -> Result<f64> {
    Ok(match context.get_raw(index) {
        ValueRef::Real(number) => number,
        ValueRef::Integer(number) => number as f64,
        ValueRef::Null => 0.0,
        _ => match text(context, index)? {
            "NaN" => f64::NAN,
            "Infinity" => f64::INFINITY,
            "-Infinity" => f64::NEG_INFINITY,
            other => return failed(format!("What is stored must be a number, not \"{other}\"")),
        },
    })
}

fn named(number: f64) -> Option<&'static str> {
    match number {
        _ if number.is_nan() => Some("NaN"),
        f64::INFINITY => Some("Infinity"),
        f64::NEG_INFINITY => Some("-Infinity"),
        _ => None,
    }
}

fn value(number: f64) -> Value {
    match named(number) {
        Some(name) => Value::Text(name.to_owned()),
        None => Value::Real(number),
    }
}
