//! The beginning of a value's place in the order of `compare`, as two words: where those of two values differ, their order is
//! that of the values. Sorting compares these and looks at the values only where they are equal.
//!
//! What is to be read of a value is found out once for its type (`Places`): numbers, and the first bytes of texts, through
//! tuples and records, in the order in which `compare` looks at them. After Nyberg, Barclay, Cvetanovic, Gray and Lomet,
//! "AlphaSort: a RISC machine sort" (SIGMOD 1994), whose entries are such prefixes with pointers.

use dark_abi::{FieldInfo, Header, Kind};

use super::{Ty, cases, fields, is_boxed};
use crate::invocation::static_text;
use crate::{number, text};

/// The beginning of a place.
pub(crate) type Place = [u64; 2];

const WORDS: usize = 2;
const SIGN: u64 = 1 << 63;

/// What to read of the values of a type.
pub(crate) struct Places {
    parts: Vec<Part>,
    /// Values with equal places are equal.
    pub whole: bool,
}

/// Something of which a place is made.
struct Part {
    /// Bytes from the value's slots on; each further number: from the object whose pointer is there.
    way: Vec<u32>,
    kind: Kind,
    boxed: bool,
    /// Of an enum's cases: their places by name.
    ranks: Vec<u64>,
}

impl Places {
    /// Of that type.
    pub fn of(ty: Ty) -> Places {
        let mut parts = Vec::new();
        let whole = collect(ty, &[0], &mut 0, &mut parts);
        Places { parts, whole }
    }

    /// The place of a value.
    ///
    /// # Safety
    /// The slots hold a value of the type.
    pub unsafe fn place(&self, slots: *const u64) -> Place {
        let mut words = [0; WORDS];
        let mut at = 0;
        for part in &self.parts {
            // SAFETY: promised by the caller, and the parts were found in the type.
            let slots = unsafe { part.find(slots) };
            // SAFETY: a value of the part's type.
            let goes_on = unsafe { part.put(slots, &mut words[at..]) };
            at += part.words();
            if !goes_on || at >= WORDS {
                break;
            }
        }
        words
    }
}

/// Puts down what there is to read, as far as the words go; whether that is all of the value.
fn collect(ty: Ty, way: &[u32], words: &mut usize, parts: &mut Vec<Part>) -> bool {
    if *words >= WORDS {
        return ty.kind == Kind::Unit;
    }
    let mut part = |ranks| {
        let part = Part { way: way.to_vec(), kind: ty.kind, boxed: is_boxed(ty), ranks };
        *words += part.words();
        parts.push(part);
    };
    match ty.kind {
        Kind::Unit => true,
        Kind::Bool
        | Kind::UInt8
        | Kind::UInt16
        | Kind::UInt32
        | Kind::UInt64
        | Kind::Float
        | Kind::Int8
        | Kind::Int16
        | Kind::Int32
        | Kind::Int64
        | Kind::DateTime => {
            part(Vec::new());
            true
        }
        Kind::Int128 | Kind::UInt128 | Kind::Uuid => {
            part(Vec::new());
            *words <= WORDS
        }
        // Large ones have no room.
        Kind::Int => {
            part(Vec::new());
            false
        }
        Kind::Char | Kind::String => {
            part(Vec::new());
            *words = WORDS;
            false
        }
        Kind::Enum => {
            part(ranks(ty));
            // SAFETY: a descriptor is static data.
            let plain = cases(ty).iter().all(|case| unsafe { super::items(&case.fields) }.is_empty());
            if !plain {
                *words = WORDS;
            }
            plain
        }
        Kind::Tuple | Kind::Record => collect_fields(ty, way, words, parts),
        Kind::Blob | Kind::List | Kind::Dict | Kind::Function | Kind::Stream | Kind::Db => {
            *words = WORDS;
            false
        }
    }
}

fn collect_fields(ty: Ty, way: &[u32], words: &mut usize, parts: &mut Vec<Part>) -> bool {
    let mut sorted: Vec<&'static FieldInfo> = fields(ty).iter().collect();
    if ty.kind == Kind::Record {
        // SAFETY: a descriptor is static data.
        let name = |field: &FieldInfo| unsafe { static_text(&field.name) };
        sorted.sort_by(|a, b| text::compare(name(a).as_bytes(), name(b).as_bytes()));
    }
    let mut whole = true;
    for field in sorted {
        let mut inner = way.to_vec();
        match inner.last_mut() {
            Some(last) if !is_boxed(ty) => *last += field.offset,
            _ => inner.push(field.offset),
        }
        // SAFETY: a descriptor is static data.
        whole &= collect(unsafe { super::ty(field.ty) }, &inner, words, parts);
    }
    whole
}

/// The places of an enum's cases in the order of their names.
fn ranks(ty: Ty) -> Vec<u64> {
    // SAFETY: a descriptor is static data.
    let name = |index: usize| unsafe { static_text(&cases(ty)[index].name) };
    let mut order: Vec<usize> = (0..cases(ty).len()).collect();
    order.sort_by(|a, b| text::compare(name(*a).as_bytes(), name(*b).as_bytes()));
    let mut ranks = vec![0; order.len()];
    (0..).zip(order).for_each(|(rank, index)| ranks[index] = rank);
    ranks
}

impl Part {
    /// The words of a place that it takes; a text takes what is left.
    fn words(&self) -> usize {
        if matches!(self.kind, Kind::Int128 | Kind::UInt128 | Kind::Uuid) { 2 } else { 1 }
    }

    /// The slots of the part of a value.
    unsafe fn find(&self, slots: *const u64) -> *const u64 {
        let mut at: *const u8 = slots.cast();
        for (depth, offset) in self.way.iter().enumerate() {
            if depth > 0 {
                // SAFETY: the way goes through boxed objects.
                at = unsafe { *at.cast::<*const u8>() };
            }
            // SAFETY: the offset lies inside.
            at = unsafe { at.add(*offset as usize) };
        }
        at.cast()
    }

    /// Writes the beginning of its place; whether what follows may be looked at.
    unsafe fn put(&self, slots: *const u64, words: &mut [u64]) -> bool {
        // SAFETY: promised by the caller.
        unsafe {
            let word = *slots;
            match self.kind {
                Kind::Int8 | Kind::Int16 | Kind::Int32 | Kind::Int64 | Kind::DateTime => words[0] = word ^ SIGN,
                Kind::Float => words[0] = float_place(f64::from_bits(word)),
                Kind::Int if number::is_small(word) => {
                    // 63 bits: neither 0 nor `u64::MAX`.
                    words[0] = number::small(word) as u64 ^ SIGN;
                }
                Kind::Int => {
                    let negative = number::compare(word, number::small_zero()).is_lt();
                    words[0] = if negative { 0 } else { u64::MAX };
                    return false;
                }
                Kind::Char | Kind::String => {
                    let bytes = text::as_bytes(super::object(slots));
                    words[0] = text::prefix(bytes);
                    if let ([_, next, ..], Some(rest)) = (words, bytes.get(8..)) {
                        *next = text::prefix(rest);
                    }
                }
                Kind::Int128 | Kind::UInt128 | Kind::Uuid => {
                    let sign = if self.kind == Kind::Int128 { SIGN } else { 0 };
                    words[0] = *slots.add(1) ^ sign;
                    if let [_, next, ..] = words {
                        *next = word;
                    }
                }
                Kind::Enum => {
                    let case = if self.boxed { (*super::object::<Header>(slots)).word as usize } else { word as usize };
                    words[0] = self.ranks.get(case).copied().unwrap_or(0);
                }
                _ => words[0] = word,
            }
        }
        true
    }
}

/// NaN before everything, both zeros in one place.
fn float_place(number: f64) -> u64 {
    if number.is_nan() {
        return 0;
    }
    let bits = (number + 0.0).to_bits();
    if bits & SIGN == 0 { bits | SIGN } else { !bits }
}
