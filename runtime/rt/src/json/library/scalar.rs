//! Values without parts, from what JSON has for them.

use dark_abi::Kind;

use super::number;
use super::read::Slots;
use crate::clusters::Clusters;
use crate::invocation::Fault;
use crate::json::{parse_moment, parse_uuid};
use crate::memory::Heap;
use crate::text;
use crate::value::Ty;

/// A value of JSON without parts; a number as it is written, a text as what it says.
#[derive(Debug, Clone, Copy)]
pub(super) enum Token<'a> {
    Null,
    Bool(bool),
    Number(&'a str),
    Text(&'a str),
}

/// The value, if it fits. Types that have no such values fit nothing.
pub(super) fn read(heap: &mut Heap, token: Token<'_>, ty: Ty) -> Result<Option<Slots>, Fault> {
    let one = |word: u64| [word, 0, 0];
    let two = |word: u128| [word as u64, (word >> 64) as u64, 0];
    let (number, said) = match token {
        Token::Number(raw) => (Some(raw), None),
        Token::Text(said) => (None, Some(said)),
        _ => (None, None),
    };
    let signed = |bits| number.and_then(|raw| number::signed(raw, bits));
    let unsigned = |bits| number.and_then(|raw| number::unsigned(raw, bits));
    Ok(match ty.kind {
        Kind::Unit => matches!(token, Token::Null).then(|| one(0)),
        Kind::Bool => match token {
            Token::Bool(is) => Some(one(u64::from(is))),
            _ => None,
        },
        Kind::Int8 => signed(8).map(|it| one(it as u64)),
        Kind::Int16 => signed(16).map(|it| one(it as u64)),
        Kind::Int32 => signed(32).map(|it| one(it as u64)),
        Kind::Int64 => signed(64).map(|it| one(it as u64)),
        Kind::Int128 => signed(128).map(|it| two(it as u128)),
        Kind::UInt8 => unsigned(8).map(|it| one(it as u64)),
        Kind::UInt16 => unsigned(16).map(|it| one(it as u64)),
        Kind::UInt32 => unsigned(32).map(|it| one(it as u64)),
        Kind::UInt64 => unsigned(64).map(|it| one(it as u64)),
        Kind::UInt128 => unsigned(128).map(two),
        Kind::Int => match number {
            Some(raw) => int(heap, raw)?.map(one),
            None => None,
        },
        Kind::Float => {
            let float: Option<f64> = number.and_then(|raw| raw.parse().ok()).or_else(|| special_float(said?));
            float.map(|it| one(it.to_bits()))
        }
        Kind::String => match said {
            Some(said) => Some(one(text::new(heap, said)? as u64)),
            None => None,
        },
        Kind::Char => match said {
            Some(said) => char(heap, said)?.map(one),
            None => None,
        },
        Kind::DateTime => said.and_then(moment).map(|ms| one(ms as u64)),
        Kind::Uuid => said.and_then(parse_uuid).map(two),
        _ => None,
    })
}

fn int(heap: &mut Heap, raw: &str) -> Result<Option<u64>, Fault> {
    match number::short(raw) {
        Some(number) => crate::number::from_i64(heap, number).map(Some),
        None => match number::exact(raw) {
            Some(digits) => crate::number::parse(heap, &digits),
            None => Ok(None),
        },
    }
}

fn char(heap: &mut Heap, read: &str) -> Result<Option<u64>, Fault> {
    let made = text::new(heap, read)?;
    // SAFETY: just made, and given back here if it is not kept.
    unsafe {
        if Clusters::of(made).count() == 1 {
            return Ok(Some(made as u64));
        }
        text::release(heap, made);
    }
    Ok(None)
}

fn special_float(text: &str) -> Option<f64> {
    match text {
        "NaN" => Some(f64::NAN),
        "Infinity" => Some(f64::INFINITY),
        "-Infinity" => Some(f64::NEG_INFINITY),
        _ => None,
    }
}

/// A date and time in one of the two forms that `DateTime.parse` takes.
fn moment(text: &str) -> Option<i64> {
    let fits = (text.len() == 20 || (text.len() == 24 && text.as_bytes()[19] == b'.'))
        && text.as_bytes()[10] == b'T'
        && text.ends_with('Z')
        && !text.starts_with("0000");
    fits.then(|| parse_moment(text))?
}
