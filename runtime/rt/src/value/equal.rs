//! Structural equality.
//!
//! Two notions: that of `==`, where floats follow IEEE even inside containers, and that of test files, where floats
//! are equal within a small tolerance and NaN is equal to itself.

use dark_abi::{Elements, Kind, List, Str};

use super::{Ty, base, case_index, element, fields_of, is_boxed, object, wide};
use crate::dict::{self, Dict};
use crate::{list, number, text};

/// Whether two values are equal in the sense of `==`.
///
/// # Safety
/// Both are values of that type.
pub unsafe fn equal(a: *const u64, b: *const u64, ty: Ty) -> bool {
    // SAFETY: promised by the caller.
    unsafe { equal_by(a, b, ty, |a, b| a == b) }
}

/// Whether two values are equal in the sense of test files.
///
/// # Safety
/// Both are values of that type.
pub unsafe fn equal_enough(a: *const u64, b: *const u64, ty: Ty) -> bool {
    // SAFETY: promised by the caller.
    unsafe { equal_by(a, b, ty, is_close) }
}

/// Absolute 1e-12 plus relative 1e-9; NaN equal to NaN, an infinity to itself.
fn is_close(a: f64, b: f64) -> bool {
    let difference = (a - b).abs();
    // An infinite difference would be within a part of an infinite number.
    a == b
        || (a.is_nan() && b.is_nan())
        || (difference.is_finite() && difference <= 1e-12 + 1e-9 * a.abs().max(b.abs()))
}

/// Pairs that have still to be looked at.
enum Pending {
    Values(*const u64, *const u64, Ty),
    /// So many elements.
    Elements(Elements, Elements, usize),
    Entries(dict::Entries, dict::Entries, Ty),
}

/// What a look at one pair says.
enum Seen {
    Equal,
    Different,
    /// It depends on the parts, which have been put to the pending ones.
    Parts,
}

unsafe fn equal_by(a: *const u64, b: *const u64, ty: Ty, floats: impl Fn(f64, f64) -> bool + Copy) -> bool {
    let mut pending = Vec::new();
    // SAFETY: promised by the callers, and the parts of values are values.
    unsafe {
        match look(a, b, ty, floats, &mut pending) {
            Seen::Equal => return true,
            Seen::Different => return false,
            Seen::Parts => {}
        }
        while let Some(next) = pending.pop() {
            if !step(next, floats, &mut pending) {
                return false;
            }
        }
    }
    true
}

/// Looks at pending pairs until one has parts; whether none was found different.
unsafe fn step(next: Pending, floats: impl Fn(f64, f64) -> bool + Copy, pending: &mut Vec<Pending>) -> bool {
    // SAFETY: promised by the callers.
    unsafe {
        match next {
            Pending::Values(a, b, ty) => !matches!(look(a, b, ty, floats, pending), Seen::Different),
            Pending::Elements(a, b, len) => {
                let waiting = pending.len();
                for i in 0..len {
                    match look(a.at(i), b.at(i), a.element, floats, pending) {
                        Seen::Equal => {}
                        Seen::Different => return false,
                        Seen::Parts => {
                            let done = i + 1;
                            pending.insert(waiting, Pending::Elements(a.behind(done), b.behind(done), len - done));
                            return true;
                        }
                    }
                }
                true
            }
            Pending::Entries(mut a, mut b, ty) => {
                let waiting = pending.len();
                while let (Some((a_key, a_value)), Some((b_key, b_value))) = (a.next(), b.next()) {
                    if text::as_bytes(a_key) != text::as_bytes(b_key) {
                        return false;
                    }
                    match look(a_value, b_value, ty, floats, pending) {
                        Seen::Equal => {}
                        Seen::Different => return false,
                        Seen::Parts => {
                            pending.insert(waiting, Pending::Entries(a, b, ty));
                            return true;
                        }
                    }
                }
                true
            }
        }
    }
}

fn seen(equal: bool) -> Seen {
    if equal { Seen::Equal } else { Seen::Different }
}

unsafe fn look(
    a: *const u64,
    b: *const u64,
    ty: Ty,
    floats: impl Fn(f64, f64) -> bool + Copy,
    pending: &mut Vec<Pending>,
) -> Seen {
    // SAFETY: promised by the callers.
    unsafe {
        match ty.kind {
            Kind::Unit => Seen::Equal,
            Kind::Bool | Kind::Int8 | Kind::UInt8 | Kind::Int16 | Kind::UInt16 | Kind::Int32 | Kind::UInt32 => {
                seen(*a == *b)
            }
            Kind::Int64 | Kind::UInt64 | Kind::DateTime | Kind::Function | Kind::Stream | Kind::Db => seen(*a == *b),
            Kind::Int128 | Kind::UInt128 | Kind::Uuid => seen(wide(a) == wide(b)),
            Kind::Int => seen(number::equal(*a, *b)),
            Kind::Float => seen(floats(f64::from_bits(*a), f64::from_bits(*b))),
            Kind::Char | Kind::String | Kind::Blob => seen(text::equal(object::<Str>(a), object::<Str>(b))),
            Kind::List => {
                let (a, b) = (object::<List>(a), object::<List>(b));
                let len = list::len(a);
                if len != list::len(b) {
                    return Seen::Different;
                }
                if len == 0 {
                    return Seen::Equal;
                }
                let element = element(ty);
                if element.kind.is_packed() {
                    return seen(list::bytes(a) == list::bytes(b));
                }
                pending.push(Pending::Elements(list::elements(a, element), list::elements(b, element), len));
                Seen::Parts
            }
            Kind::Dict => {
                let (a, b) = (object::<Dict>(a), object::<Dict>(b));
                if dict::len(a) != dict::len(b) {
                    return Seen::Different;
                }
                pending.push(Pending::Entries(dict::entries(a), dict::entries(b), element(ty)));
                Seen::Parts
            }
            Kind::Tuple | Kind::Record | Kind::Enum => {
                if ty.kind == Kind::Enum && case_index(a, ty) != case_index(b, ty) {
                    return Seen::Different;
                }
                let fields = fields_of(a, ty);
                let (a_base, b_base) = (base(a, ty), base(b, ty));
                let mut result = Seen::Equal;
                for field in fields {
                    let field_ty = super::ty(field.ty);
                    let (a, b) = (a_base.add(field.offset as usize).cast(), b_base.add(field.offset as usize).cast());
                    if is_boxed(field_ty) {
                        pending.push(Pending::Values(a, b, field_ty));
                        result = Seen::Parts;
                        continue;
                    }
                    match look(a, b, field_ty, floats, pending) {
                        Seen::Equal => {}
                        Seen::Different => return Seen::Different,
                        Seen::Parts => result = Seen::Parts,
                    }
                }
                result
            }
        }
    }
}
