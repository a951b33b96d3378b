//! The order of `List.sort`: total over every type.
//!
//! Numbers by value with NaN first, text by UTF-16 code units, lists and tuples element by element, dicts and records
//! as their entries sorted by key, enums by the name of the case and then the fields.

use ::std::cmp::Ordering;

use dark_abi::{Elements, FieldInfo, Kind, List, Str};

use super::{Ty, base, case_index, cases, element, fields_of, is_boxed, object, wide};
use crate::dict::{self, Dict};
use crate::invocation::static_text;
use crate::{list, number, text};

/// The order of two values.
///
/// # Safety
/// Both are values of that type.
pub unsafe fn compare(a: *const u64, b: *const u64, ty: Ty) -> Ordering {
    let mut pending = Vec::new();
    // SAFETY: promised by the caller, and the parts of values are values.
    unsafe {
        let mut order = look(a, b, ty, &mut pending);
        while order == Ordering::Equal
            && let Some(next) = pending.pop()
        {
            order = step(next, &mut pending);
        }
        order
    }
}

/// What has still to be looked at; the last one comes first.
enum Pending {
    Values(*const u64, *const u64, Ty),
    /// So many elements; then that order decides.
    Elements(Elements, Elements, usize, Ordering),
    Entries(dict::Entries, dict::Entries, Ty),
}

unsafe fn step(next: Pending, pending: &mut Vec<Pending>) -> Ordering {
    let waiting = pending.len();
    // SAFETY: promised by the callers.
    unsafe {
        match next {
            Pending::Values(a, b, ty) => look(a, b, ty, pending),
            Pending::Elements(a, b, len, end) => {
                for i in 0..len {
                    let order = look(a.at(i), b.at(i), a.element, pending);
                    if order != Ordering::Equal {
                        return order;
                    }
                    if pending.len() > waiting {
                        let done = i + 1;
                        pending.insert(waiting, Pending::Elements(a.behind(done), b.behind(done), len - done, end));
                        return Ordering::Equal;
                    }
                }
                end
            }
            Pending::Entries(mut a, mut b, ty) => loop {
                match (a.next(), b.next()) {
                    (None, None) => return Ordering::Equal,
                    (None, Some(_)) => return Ordering::Less,
                    (Some(_), None) => return Ordering::Greater,
                    (Some((a_key, a_value)), Some((b_key, b_value))) => {
                        let keys = text::compare(text::as_bytes(a_key), text::as_bytes(b_key));
                        let order = keys.then_with(|| look(a_value, b_value, ty, pending));
                        if order != Ordering::Equal {
                            return order;
                        }
                        if pending.len() > waiting {
                            pending.insert(waiting, Pending::Entries(a, b, ty));
                            return Ordering::Equal;
                        }
                    }
                }
            },
        }
    }
}

/// NaN before everything, −0.0 equal to 0.0.
fn compare_floats(a: f64, b: f64) -> Ordering {
    a.partial_cmp(&b).unwrap_or_else(|| b.is_nan().cmp(&a.is_nan()))
}

/// The order of two values as far as it can be told without their parts, which are put to the pending ones.
unsafe fn look(a: *const u64, b: *const u64, ty: Ty, pending: &mut Vec<Pending>) -> Ordering {
    // SAFETY: promised by the callers.
    unsafe {
        match ty.kind {
            Kind::Unit => Ordering::Equal,
            Kind::Bool | Kind::UInt8 | Kind::UInt16 | Kind::UInt32 | Kind::UInt64 => (*a).cmp(&*b),
            Kind::Int8 | Kind::Int16 | Kind::Int32 | Kind::Int64 | Kind::DateTime => (*a as i64).cmp(&(*b as i64)),
            Kind::Int128 => (wide(a) as i128).cmp(&(wide(b) as i128)),
            Kind::UInt128 | Kind::Uuid => wide(a).cmp(&wide(b)),
            Kind::Int => number::compare(*a, *b),
            Kind::Float => compare_floats(f64::from_bits(*a), f64::from_bits(*b)),
            Kind::Char | Kind::String => {
                text::compare(text::as_bytes(object::<Str>(a)), text::as_bytes(object::<Str>(b)))
            }
            Kind::Blob => text::as_bytes(object::<Str>(a)).cmp(text::as_bytes(object::<Str>(b))),
            // None of them is sortable; the checker says so.
            Kind::Function | Kind::Stream | Kind::Db => (*a).cmp(&*b),
            Kind::List => {
                let (a, b) = (object::<List>(a), object::<List>(b));
                let element = element(ty);
                match element.kind {
                    Kind::Int8 => {
                        let numbers = |list| list::bytes(list).iter().map(|byte| *byte as i8);
                        return numbers(a).cmp(numbers(b));
                    }
                    kind if kind.is_packed() => return list::bytes(a).cmp(list::bytes(b)),
                    _ => {}
                }
                let (a_len, b_len) = (list::len(a), list::len(b));
                let common = a_len.min(b_len);
                if common == 0 {
                    return a_len.cmp(&b_len);
                }
                let (a, b) = (list::elements(a, element), list::elements(b, element));
                pending.push(Pending::Elements(a, b, common, a_len.cmp(&b_len)));
                Ordering::Equal
            }
            Kind::Dict => {
                let (a, b) = (object::<Dict>(a), object::<Dict>(b));
                pending.push(Pending::Entries(dict::entries(a), dict::entries(b), element(ty)));
                Ordering::Equal
            }
            Kind::Tuple => compare_fields(a, b, ty, fields_of(a, ty), pending),
            Kind::Record => compare_fields(a, b, ty, fields_of(a, ty), pending),
            Kind::Enum => {
                let (a_case, b_case) = (case_index(a, ty), case_index(b, ty));
                if a_case == b_case {
                    return compare_fields(a, b, ty, fields_of(a, ty), pending);
                }
                let name = |index: usize| cases(ty).get(index).map_or("", |case| static_text(&case.name));
                text::compare(name(a_case).as_bytes(), name(b_case).as_bytes())
            }
        }
    }
}

/// Puts the fields to the pending ones, after those that can be told at once and come first.
unsafe fn compare_fields(
    a: *const u64,
    b: *const u64,
    ty: Ty,
    fields: &'static [FieldInfo],
    pending: &mut Vec<Pending>,
) -> Ordering {
    let waiting = pending.len();
    // SAFETY: promised by the callers.
    unsafe {
        let (a_base, b_base) = (base(a, ty), base(b, ty));
        let mut visit = |field: &'static FieldInfo| {
            let field_ty = super::ty(field.ty);
            let (a, b) = (a_base.add(field.offset as usize).cast(), b_base.add(field.offset as usize).cast());
            // What comes after pending parts waits for them; boxed values always wait, so that nothing recurses.
            if pending.len() > waiting || is_boxed(field_ty) {
                pending.insert(waiting, Pending::Values(a, b, field_ty));
                return Ordering::Equal;
            }
            look(a, b, field_ty, pending)
        };
        if ty.kind != Kind::Record {
            return fields.iter().map(&mut visit).find(|order| order.is_ne()).unwrap_or(Ordering::Equal);
        }
        in_name_order(fields, visit)
    }
}

/// Visits a record's fields sorted by name until one is not equal.
fn in_name_order(fields: &'static [FieldInfo], mut visit: impl FnMut(&'static FieldInfo) -> Ordering) -> Ordering {
    // SAFETY: a descriptor is static data.
    let name = |field: &FieldInfo| unsafe { static_text(&field.name) };
    let before = |a: &FieldInfo, b: &FieldInfo| text::compare(name(a).as_bytes(), name(b).as_bytes());
    if fields.is_sorted_by(|a, b| before(a, b).is_lt()) {
        return fields.iter().map(visit).find(|order| order.is_ne()).unwrap_or(Ordering::Equal);
    }
    let mut sorted: Vec<&'static FieldInfo> = fields.iter().collect();
    sorted.sort_by(|a, b| before(a, b));
    sorted.into_iter().map(&mut visit).find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
}
