//! Tuples, records and enum cases from the slots of their fields.

use dark_abi::Header;

use super::{Ty, cases, is_boxed};
use crate::invocation::{Failure, Fault};
use crate::memory::Heap;

/// A tuple or record of the fields' slots, in declared order, which are consumed.
///
/// # Safety
/// They are values of the fields' types; the result has room for the type's slots.
pub unsafe fn make_aggregate(heap: &mut Heap, ty: Ty, field_slots: &[u64], result: *mut u64) -> Result<(), Fault> {
    // SAFETY: promised by the caller.
    unsafe {
        if is_boxed(ty) {
            *result = boxed(heap, ty, 0, field_slots)?;
        } else {
            result.copy_from_nonoverlapping(field_slots.as_ptr(), field_slots.len().min(ty.slots as usize));
        }
    }
    Ok(())
}

/// The case of that index, of its fields' slots, which are consumed.
///
/// # Safety
/// They are values of the fields' types; the result has room for the type's slots.
pub unsafe fn make_case(
    heap: &mut Heap,
    ty: Ty,
    index: usize,
    field_slots: &[u64],
    result: *mut u64,
) -> Result<(), Fault> {
    let Some(case) = cases(ty).get(index) else {
        return Err(Failure::internal("an enum has no case of that index"));
    };
    // SAFETY: promised by the caller.
    unsafe {
        if is_boxed(ty) {
            *result = match case.constant.is_null() {
                true => boxed(heap, ty, index, field_slots)?,
                false => case.constant as usize as u64,
            };
            return Ok(());
        }
        let slots = ty.slots as usize;
        result.write_bytes(0, slots);
        *result = index as u64;
        let fields = field_slots.len().min(slots.saturating_sub(1));
        result.add(1).copy_from_nonoverlapping(field_slots.as_ptr(), fields);
    }
    Ok(())
}

unsafe fn boxed(heap: &mut Heap, ty: Ty, word: usize, field_slots: &[u64]) -> Result<u64, Fault> {
    let bytes = ty.box_bytes as usize;
    let object = heap.try_allocate(bytes)?;
    let fields = field_slots.len().min((bytes - size_of::<Header>()) / 8);
    // SAFETY: fresh, and that large.
    unsafe {
        (*object.cast::<Header>()).word = u32::try_from(word).unwrap_or(0);
        object.cast::<u64>().add(1).copy_from_nonoverlapping(field_slots.as_ptr(), fields);
    }
    Ok(object as usize as u64)
}
