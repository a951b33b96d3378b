//! Values of any type, seen through their type descriptors.
//!
//! A value is given by a pointer to its slots and its descriptor; the layouts are drawn in `dark_abi`. Here are the
//! operations on its parts and on its reference counts; comparing, ordering and printing have files of their own.
//!
//! Nothing here recurses into objects: a value may be nested a million deep, and the stack of an invocation is small.
//! Only through tuples, records and enums that are no objects of their own there is recursion, and they are finite.

mod compare;
mod count;
mod equal;
mod make;
mod moment;
mod place;
mod repr;
#[cfg(test)]
mod tests;
mod tree;

pub use compare::compare;
pub use count::{Dead, drop_value, dup, free_boxed, free_closure, make_immortal};
pub(crate) use count::{free_dead, release_elements, retain, retain_slots};
pub use equal::{equal, equal_enough};
pub use make::{make_aggregate, make_case};
pub(crate) use moment::{MS_PER_DAY, civil_date};
pub use moment::{date_time_text, uuid_text};
pub(crate) use place::{Place, Places};
pub use repr::{field_name_text, repr, repr_within};
pub use tree::{Tree, build};

use dark_abi::{CaseInfo, FieldInfo, Header, IMMORTAL, Kind, StaticSlice, TypeInfo, flags};

/// A type descriptor.
pub type Ty = &'static TypeInfo;

/// The descriptor behind a pointer of compiled code.
///
/// # Safety
/// It points at a descriptor in static memory.
#[inline]
pub unsafe fn ty(descriptor: *const TypeInfo) -> Ty {
    // SAFETY: promised by the caller.
    unsafe { &*descriptor }
}

/// The elements of a static slice.
///
/// # Safety
/// It describes elements in static memory.
#[inline]
pub unsafe fn items<T>(slice: &StaticSlice<T>) -> &'static [T] {
    // SAFETY: promised by the caller.
    unsafe { slice.items() }
}

/// Whether a value of that type may hold something that is counted.
#[inline]
pub fn is_counted(ty: Ty) -> bool {
    ty.flags & flags::COUNTED != 0
}

/// Whether a value of that type is a pointer to a boxed tuple, record or enum case.
#[inline]
pub fn is_boxed(ty: Ty) -> bool {
    ty.flags & flags::BOXED != 0
}

/// The object a one-slot value points at.
///
/// # Safety
/// The slot holds a pointer.
#[inline]
pub unsafe fn object<T>(slots: *const u64) -> *mut T {
    // SAFETY: promised by the caller.
    unsafe { (*slots) as usize as *mut T }
}

/// Where the fields' offsets of a value count from: its object when it is boxed, else its first slot.
///
/// # Safety
/// The slots hold a value of that type, a tuple, record or enum.
#[inline]
pub unsafe fn base(slots: *const u64, ty: Ty) -> *const u8 {
    // SAFETY: a boxed value is a pointer to its object.
    if is_boxed(ty) { unsafe { object::<u8>(slots) } } else { slots.cast() }
}

/// The slots of the field at an offset.
///
/// # Safety
/// As `base`; the field belongs to the type, and to the value's case.
#[inline]
pub unsafe fn field_at(slots: *const u64, ty: Ty, offset: u32) -> *const u64 {
    // SAFETY: the field lies inside.
    unsafe { base(slots, ty).add(offset as usize).cast() }
}

/// The fields of a tuple or record.
#[inline]
pub fn fields(ty: Ty) -> &'static [FieldInfo] {
    // SAFETY: a descriptor is static data.
    unsafe { items(&ty.fields) }
}

/// The cases of an enum.
#[inline]
pub fn cases(ty: Ty) -> &'static [CaseInfo] {
    // SAFETY: a descriptor is static data.
    unsafe { items(&ty.cases) }
}

/// The element of a list, value of a dict, row of a datastore.
#[inline]
pub fn element(ty: Ty) -> Ty {
    // SAFETY: these kinds have one, in static memory.
    unsafe { &*ty.element }
}

/// Which case an enum's value is.
///
/// # Safety
/// The slots hold a value of that enum.
#[inline]
pub unsafe fn case_index(slots: *const u64, ty: Ty) -> usize {
    // SAFETY: promised by the caller.
    unsafe { if is_boxed(ty) { (*object::<Header>(slots)).word as usize } else { *slots as usize } }
}

/// The fields that a tuple, record or enum value has, by its case.
///
/// # Safety
/// The slots hold a value of that type.
#[inline]
pub(crate) unsafe fn fields_of(slots: *const u64, ty: Ty) -> &'static [FieldInfo] {
    if ty.kind != Kind::Enum {
        return fields(ty);
    }
    // SAFETY: promised by the caller.
    let index = unsafe { case_index(slots, ty) };
    // SAFETY: a descriptor is static data.
    cases(ty).get(index).map_or(&[], |case| unsafe { items(&case.fields) })
}

/// Whether an object has one reference, and may be changed by whoever holds it.
///
/// # Safety
/// It is alive.
#[inline]
pub(crate) unsafe fn is_unique(object: *const Header) -> bool {
    // SAFETY: promised by the caller.
    unsafe { (*object).count == 1 }
}

/// Whether an object is never counted or changed.
///
/// # Safety
/// It is alive.
#[inline]
pub(crate) unsafe fn is_immortal(object: *const Header) -> bool {
    // SAFETY: promised by the caller.
    unsafe { (*object).count >= IMMORTAL }
}

/// A 128-bit number of two slots.
///
/// # Safety
/// There are two slots.
#[inline]
pub unsafe fn wide(slots: *const u64) -> u128 {
    // SAFETY: promised by the caller.
    unsafe { u128::from(*slots) | u128::from(*slots.add(1)) << 64 }
}
