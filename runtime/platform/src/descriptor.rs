//! Reading what the compiler emits: static texts and lists, and values by their type.
//!
//! Everything here trusts the compiler: descriptors are static and complete, and slots hold a value of the type that
//! stands beside them. Reading does not change counts.

use dark_abi::{Elements, Header, Kind, List, StaticSlice, StaticStr, Str, TypeInfo, flags};

/// The elements of a static list.
pub(crate) fn items<T>(list: &StaticSlice<T>) -> &'static [T] {
    // SAFETY: descriptors are static.
    unsafe { list.items() }
}

/// A static text.
pub(crate) fn text(text: &StaticStr) -> &'static str {
    // SAFETY: descriptors are static.
    unsafe { text.text() }
}

/// The type a pointer of a descriptor leads to.
pub(crate) fn type_at(ty: *const TypeInfo) -> Option<&'static TypeInfo> {
    // SAFETY: null, or static data.
    unsafe { ty.as_ref() }
}

pub(crate) fn is_option(ty: &TypeInfo) -> bool {
    ty.flags & flags::OPTION != 0
}

/// What an `Option` may hold: the field of the case that has one.
pub(crate) fn option_of(ty: &TypeInfo) -> Option<&'static TypeInfo> {
    let case = items(&ty.cases).iter().find(|case| case.fields.len == 1)?;
    type_at(items(&case.fields).first()?.ty)
}

/// The bytes of a `String`, `Char` or `Blob`.
///
/// # Safety
/// `slot` is such a value; the result lives as long as it.
pub(crate) unsafe fn bytes_of<'a>(slot: u64) -> &'a [u8] {
    // SAFETY: the object's bytes stand behind its head.
    unsafe {
        let object = slot as *const Str;
        match object.as_ref() {
            Some(head) => std::slice::from_raw_parts(object.add(1).cast(), head.len as usize),
            None => &[],
        }
    }
}

/// The text of a `String`.
///
/// # Safety
/// As `bytes_of`.
pub(crate) unsafe fn text_of<'a>(slot: u64) -> &'a str {
    // SAFETY: as promised by the caller.
    std::str::from_utf8(unsafe { bytes_of(slot) }).unwrap_or_default()
}

/// A small `Int`; `None` for one that does not fit 63 bits.
pub(crate) fn small_int(slot: u64) -> Option<i64> {
    (slot & 1 == 1).then_some(slot as i64 >> 1)
}

/// The slots of each element of a `List`.
///
/// # Safety
/// `slot` is a list; the result lives as long as it.
pub(crate) unsafe fn elements_of<'a>(slot: u64) -> impl Iterator<Item = *const u64> + 'a {
    // SAFETY: the empty list is null; the window lies inside the buffer.
    let list = unsafe { (slot as *const List).as_ref() };
    let elements = list.and_then(|list| unsafe {
        let element = type_at((*list.buffer).element)?;
        Some((Elements::of(list.buffer, list.start, element), list.len as usize))
    });
    // SAFETY: each index lies in the window.
    elements.into_iter().flat_map(|(elements, len)| (0..len).map(move |index| unsafe { elements.at(index) }))
}

/// The slots of a field that stands at `offset` of a value.
///
/// # Safety
/// `slots` is a value of type `ty`, and `offset` one of its fields.
pub(crate) unsafe fn field_at(slots: *const u64, ty: &TypeInfo, offset: u32) -> *const u64 {
    // SAFETY: a boxed value's slot leads to the object that offsets count from.
    let start = match ty.flags & flags::BOXED {
        0 => slots.cast::<u8>(),
        _ => unsafe { *slots as *const u8 },
    };
    start.wrapping_add(offset as usize).cast()
}

/// The slots of a record's field, with its type.
///
/// # Safety
/// `slots` is a value of type `ty`.
pub(crate) unsafe fn field_named(
    slots: *const u64,
    ty: &TypeInfo,
    name: &str,
) -> Option<(*const u64, &'static TypeInfo)> {
    let field = items(&ty.fields).iter().find(|field| text(&field.name) == name)?;
    // SAFETY: a field of the value's type.
    Some((unsafe { field_at(slots, ty, field.offset) }, type_at(field.ty)?))
}

/// The case an enum value is of: its name, and its first field if it has one.
///
/// # Safety
/// `slots` is a value of the enum type `ty`.
pub(crate) unsafe fn case_of(
    slots: *const u64,
    ty: &TypeInfo,
) -> Option<(&'static str, Option<(*const u64, &'static TypeInfo)>)> {
    if ty.kind != Kind::Enum {
        return None;
    }
    // SAFETY: the index stands in the first slot, or in the word of the object's head.
    let index = unsafe {
        match ty.flags & flags::BOXED {
            0 => *slots as usize,
            _ => (*(*slots as *const Header)).word as usize,
        }
    };
    let case = items(&ty.cases).get(index)?;
    let field = items(&case.fields).first();
    // SAFETY: a field of the case the value is of.
    let field = field.and_then(|field| Some((unsafe { field_at(slots, ty, field.offset) }, type_at(field.ty)?)));
    Some((text(&case.name), field))
}
