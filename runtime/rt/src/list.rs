//! Lists: windows into buffers that several lists may share. The layout and its rule are those of `dark_abi`.
//!
//! | operation | a list nobody else has | a shared list |
//! | --- | --- | --- |
//! | first, at, len | O(1) | O(1) |
//! | tail, slice | O(1) | O(1): another window into the same buffer |
//! | cons, push | O(1) amortised | O(1) when its window reaches the buffer's end there, else a copy |
//! | append | the shorter side, amortised | as above |
//! | set | O(1) | a copy |
//!
//! Elements are given and handed out by their slots; in buffers a `Bool`, `Int8` or `UInt8` has one byte (`Kind::is_packed`).
//!
//! A buffer with only one reference may hold elements outside the list's window, left over from longer lists; they are
//! dropped when the window is next changed.

use ::std::ptr::{copy, copy_nonoverlapping, null_mut};

use dark_abi::{Buffer, Elements, Kind, List, PACKED_CAPACITY_STEP, SLOT_BYTES, TypeInfo};

use crate::invocation::{Failure, Fault};
use crate::memory::{Heap, room};
use crate::value::{Dead, Ty, free_dead, is_immortal, is_unique, release_elements, retain, retain_slots, ty};

const BUFFER_BYTES: usize = size_of::<Buffer>();
/// What a list that grows has room for at least.
const CAPACITY_MIN: u64 = 4;
/// Elements of a list that is doubled wherever it lies.
const SHORT_MAX: u64 = 128;

/// The end at which a list is to grow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    Low,
    High,
}

/// A list of so many elements whose slots stand one after the other, and which are consumed.
///
/// # Safety
/// They are values of that type.
pub unsafe fn make(heap: &mut Heap, elements: *const u64, len: usize, element: Ty) -> Result<*mut List, Fault> {
    if len == 0 {
        return Ok(null_mut());
    }
    let buffer = new_buffer(heap, len as u64, 0, len as u64, element)?;
    // SAFETY: the buffer has room.
    unsafe { write(elements, place_of(buffer, 0), len, element) };
    new_window(heap, buffer, 0, len as u64)
}

/// A list of bytes.
pub fn of_bytes(heap: &mut Heap, bytes: &[u8]) -> Result<*mut List, Fault> {
    static BYTE: TypeInfo = TypeInfo::plain(Kind::UInt8, 0, "UInt8");
    let len = bytes.len() as u64;
    if len == 0 {
        return Ok(null_mut());
    }
    let buffer = new_buffer(heap, len, 0, len, &BYTE)?;
    // SAFETY: the buffer has room.
    unsafe { copy_nonoverlapping(bytes.as_ptr(), place_of(buffer, 0), bytes.len()) };
    new_window(heap, buffer, 0, len)
}

/// How many elements.
///
/// # Safety
/// The list is null or alive.
#[inline]
pub unsafe fn len(list: *const List) -> usize {
    // SAFETY: promised by the caller.
    if list.is_null() { 0 } else { unsafe { (*list).len as usize } }
}

/// Where the first element stands; the others follow.
unsafe fn first(list: *const List) -> *const u8 {
    // SAFETY: promised by the callers: alive, and not empty.
    unsafe { place_of((*list).buffer, (*list).start) }
}

/// The elements.
///
/// # Safety
/// The list is alive, not empty, and of elements of that type.
#[inline]
pub unsafe fn elements(list: *const List, element: Ty) -> Elements {
    // SAFETY: promised by the caller.
    unsafe { Elements::of((*list).buffer, (*list).start, element) }
}

/// The bytes of elements that have one each.
///
/// # Safety
/// The list is null, or alive and of packed elements. The result lives as long as it.
#[inline]
pub unsafe fn bytes<'a>(list: *const List) -> &'a [u8] {
    if list.is_null() {
        return &[];
    }
    // SAFETY: promised by the caller.
    unsafe {
        debug_assert_eq!((*(*list).buffer).header.word, 1);
        ::std::slice::from_raw_parts(first(list), len(list))
    }
}

/// The slots of element i, for reading, or null when it is out of range.
///
/// # Safety
/// The list is null or alive.
#[inline]
pub unsafe fn at(list: *const List, i: usize) -> *const u64 {
    // SAFETY: promised by the caller.
    unsafe {
        if i >= len(list) {
            return ::std::ptr::null();
        }
        let (buffer, index) = ((*list).buffer, (*list).start + i as u64);
        if (*buffer).header.word as usize >= SLOT_BYTES {
            return place_of(buffer, index).cast();
        }
        Elements::of(buffer, index, ty((*buffer).element)).at(0)
    }
}

/// The element in front of the list; both are consumed.
///
/// # Safety
/// The list is null or alive and of elements of that type, as `slots` holds one.
pub unsafe fn cons(heap: &mut Heap, slots: *const u64, list: *mut List, element: Ty) -> Result<*mut List, Fault> {
    // SAFETY: promised by the caller.
    unsafe {
        if list.is_null() {
            return first_element(heap, slots, element, CAPACITY_MIN - 1);
        }
        let list = make_room(heap, list, End::Low, 1)?;
        write(slots, grow_low(list, 1), 1, element);
        Ok(list)
    }
}

/// The element behind the list; both are consumed.
///
/// # Safety
/// As `cons`.
pub unsafe fn push(heap: &mut Heap, list: *mut List, slots: *const u64, element: Ty) -> Result<*mut List, Fault> {
    // SAFETY: promised by the caller.
    unsafe {
        if list.is_null() {
            return first_element(heap, slots, element, 0);
        }
        let list = make_room(heap, list, End::High, 1)?;
        write(slots, grow_high(list, 1), 1, element);
        Ok(list)
    }
}

/// A list of one element, at that place of a buffer with room for more: who begins so goes on.
///
/// # Safety
/// The slots hold a value of that type, which is consumed.
unsafe fn first_element(heap: &mut Heap, slots: *const u64, element: Ty, at: u64) -> Result<*mut List, Fault> {
    let buffer = new_buffer(heap, CAPACITY_MIN, at, at + 1, element)?;
    // SAFETY: the buffer has room.
    unsafe { write(slots, place_of(buffer, at), 1, element) };
    new_window(heap, buffer, at, 1)
}

/// The list without its first element; consumed.
///
/// # Safety
/// The list is alive and not empty.
pub unsafe fn tail(heap: &mut Heap, list: *mut List) -> Result<*mut List, Fault> {
    // SAFETY: promised by the caller.
    unsafe { slice(heap, list, 1, (*list).len as usize - 1) }
}

/// Both lists one after the other, consumed.
///
/// # Safety
/// Each is null or alive; both have elements of one type.
pub unsafe fn append(heap: &mut Heap, left: *mut List, right: *mut List) -> Result<*mut List, Fault> {
    if left.is_null() {
        return Ok(right);
    }
    if right.is_null() {
        return Ok(left);
    }
    // SAFETY: promised by the caller.
    unsafe {
        let (left_len, right_len) = ((*left).len, (*right).len);
        // The longer one stays where it is, if it may be extended.
        let keep_right = right_len > left_len && can_extend(right, End::Low, left_len);
        let (kept, moved, end) = if keep_right { (right, left, End::Low) } else { (left, right, End::High) };
        let count = (*moved).len;
        let element = ty((*(*moved).buffer).element);
        let kept = make_room(heap, kept, end, count)?;
        // Only now: making room may have dropped references of a buffer that both share.
        let moves = is_sole(moved);
        if moves {
            trim(heap, moved);
        } else {
            retain_slots(first(moved).cast(), count as usize, element);
        }
        let place = match end {
            End::Low => grow_low(kept, count),
            End::High => grow_high(kept, count),
        };
        copy_nonoverlapping(first(moved), place, count as usize * element.element_bytes());
        if moves {
            let buffer = (*moved).buffer;
            heap.free(moved.cast(), size_of::<List>());
            free_buffer_block(heap, buffer);
        } else {
            release(heap, moved);
        }
        Ok(kept)
    }
}

/// Replaces element i, which exists. List and new element are consumed.
///
/// # Safety
/// The list is alive and longer than i; the slots hold a value of its elements' type.
pub unsafe fn set(heap: &mut Heap, list: *mut List, i: usize, slots: *const u64) -> Result<*mut List, Fault> {
    // SAFETY: promised by the caller.
    unsafe {
        let list = if is_sole(list) { list } else { copied(heap, list, 0, 0)? };
        let element = ty((*(*list).buffer).element);
        let place = place_of((*list).buffer, (*list).start + i as u64);
        release_elements(heap, place.cast(), 1, element);
        write(slots, place, 1, element);
        Ok(list)
    }
}

/// So many elements from a start on; the list is consumed.
///
/// # Safety
/// The list is null or alive. Numbers outside are cut to what there is.
pub unsafe fn slice(heap: &mut Heap, list: *mut List, start: usize, count: usize) -> Result<*mut List, Fault> {
    // SAFETY: promised by the caller.
    unsafe {
        let whole = len(list);
        let start = start.min(whole);
        let count = count.min(whole - start);
        if count == whole {
            return Ok(list);
        }
        if count == 0 {
            release(heap, list);
            return Ok(null_mut());
        }
        let start = (*list).start + start as u64;
        if !is_unique(list.cast()) {
            let buffer = (*list).buffer;
            let window = allocate_window(heap, buffer, start, count as u64)?;
            retain(buffer.cast());
            release(heap, list);
            return Ok(window);
        }
        ((*list).start, (*list).len) = (start, count as u64);
        if is_unique((*list).buffer.cast()) {
            trim(heap, list);
        }
        Ok(list)
    }
}

/// Gives up a reference.
///
/// # Safety
/// The list is null or alive, and the caller owns a reference.
pub unsafe fn release(heap: &mut Heap, list: *mut List) {
    // SAFETY: promised by the caller.
    unsafe {
        if list.is_null() || is_immortal(list.cast()) {
            return;
        }
        if is_unique(list.cast()) {
            free(heap, list);
        } else {
            (*list).header.count -= 1;
        }
    }
}

/// Frees a list that nobody refers to.
///
/// # Safety
/// It came from this heap, and nobody uses it afterwards.
pub unsafe fn free(heap: &mut Heap, list: *mut List) {
    // SAFETY: promised by the caller.
    unsafe {
        let buffer = (*list).buffer;
        heap.free(list.cast(), size_of::<List>());
        release_buffer(heap, buffer);
    }
}

unsafe fn release_buffer(heap: &mut Heap, buffer: *mut Buffer) {
    // SAFETY: promised by the callers.
    unsafe {
        if is_unique(buffer.cast()) {
            free_dead(heap, Dead::Buffer(buffer, (*buffer).low));
        } else if !is_immortal(buffer.cast()) {
            (*buffer).header.count -= 1;
        }
    }
}

/// Where the element at that index of a buffer stands.
///
/// # Safety
/// The index is within the buffer's capacity.
#[inline]
unsafe fn place_of(buffer: *mut Buffer, index: u64) -> *mut u8 {
    // SAFETY: promised by the caller.
    unsafe { buffer.add(1).cast::<u8>().add(index as usize * (*buffer).header.word as usize) }
}

/// Writes so many values, whose slots stand one after the other, as elements of a buffer.
#[inline]
unsafe fn write(slots: *const u64, place: *mut u8, count: usize, element: Ty) {
    // SAFETY: promised by the callers: there is room, and values have their slots.
    unsafe {
        if element.kind.is_packed() {
            for i in 0..count {
                *place.add(i) = *slots.add(i) as u8;
            }
        } else {
            copy_nonoverlapping(slots, place.cast(), count * element.slots as usize);
        }
    }
}

/// Frees a buffer whose elements are dropped or moved.
///
/// # Safety
/// Nobody uses it afterwards.
pub(crate) unsafe fn free_buffer_block(heap: &mut Heap, buffer: *mut Buffer) {
    // SAFETY: promised by the caller.
    unsafe {
        let bytes = BUFFER_BYTES + (*buffer).capacity as usize * (*buffer).header.word as usize;
        heap.free(buffer.cast(), bytes);
    }
}

/// How many elements of one type a buffer's capacity is a multiple of.
fn capacity_step(element: Ty) -> u64 {
    if element.kind.is_packed() { PACKED_CAPACITY_STEP as u64 } else { 1 }
}

/// What a buffer with so many places at least takes of the heap.
fn buffer_bytes(capacity: u64, element: Ty) -> Option<usize> {
    let capacity = capacity.checked_next_multiple_of(capacity_step(element))?;
    let bytes = usize::try_from(capacity).ok()?.checked_mul(element.element_bytes())?;
    Some(room(bytes.checked_add(BUFFER_BYTES)?))
}

/// How many places a buffer of that many bytes has; `None`: as many as one likes.
fn places(bytes: usize, element: Ty) -> Option<u64> {
    let places = (bytes - BUFFER_BYTES).checked_div(element.element_bytes())? as u64;
    Some(places - places % capacity_step(element))
}

fn new_buffer(heap: &mut Heap, capacity: u64, low: u64, high: u64, element: Ty) -> Result<*mut Buffer, Fault> {
    let bytes = buffer_bytes(capacity, element).ok_or_else(Failure::memory)?;
    let buffer = heap.try_allocate(bytes)?.cast::<Buffer>();
    let capacity = places(bytes, element).unwrap_or(capacity);
    // SAFETY: fresh, and that large.
    unsafe {
        (*buffer).header.word = element.element_bytes() as u32;
        (*buffer).element = element;
        ((*buffer).capacity, (*buffer).low, (*buffer).high) = (capacity, low, high);
    }
    Ok(buffer)
}

/// A window into a new buffer, which is given back when there is no memory for the window.
fn new_window(heap: &mut Heap, buffer: *mut Buffer, start: u64, len: u64) -> Result<*mut List, Fault> {
    allocate_window(heap, buffer, start, len).inspect_err(|_| {
        // SAFETY: nobody else knows the buffer.
        unsafe { free_buffer_block(heap, buffer) };
    })
}

fn allocate_window(heap: &mut Heap, buffer: *mut Buffer, start: u64, len: u64) -> Result<*mut List, Fault> {
    let list = heap.try_allocate(size_of::<List>())?.cast::<List>();
    // SAFETY: fresh, and that large.
    unsafe {
        (*list).buffer = buffer;
        ((*list).start, (*list).len) = (start, len);
    }
    Ok(list)
}

/// Whether nobody else can see the list or its buffer.
#[inline]
unsafe fn is_sole(list: *const List) -> bool {
    // SAFETY: promised by the callers.
    unsafe { is_unique(list.cast()) && is_unique((*list).buffer.cast()) }
}

/// Drops the elements of a list's buffer that lie outside its window. Nobody else has the buffer.
unsafe fn trim(heap: &mut Heap, list: *mut List) {
    // SAFETY: promised by the callers.
    unsafe {
        let buffer = (*list).buffer;
        let (start, end) = ((*list).start, (*list).start + (*list).len);
        let (low, high) = ((*buffer).low, (*buffer).high);
        ((*buffer).low, (*buffer).high) = (start, end);
        let element = ty((*buffer).element);
        release_elements(heap, place_of(buffer, low).cast(), (start - low) as usize, element);
        release_elements(heap, place_of(buffer, end).cast(), (high - end) as usize, element);
    }
}

/// Whether the list may be extended by so many elements without a copy, or has to be copied to grow anyway.
unsafe fn can_extend(list: *const List, end: End, count: u64) -> bool {
    // SAFETY: promised by the callers.
    unsafe { is_sole(list) || has_room(list, end, count) }
}

/// Whether the places next to the window are free, there are so many, and nobody else can see them.
unsafe fn has_room(list: *const List, end: End, count: u64) -> bool {
    // SAFETY: promised by the callers.
    unsafe {
        let buffer = (*list).buffer;
        if is_immortal(buffer.cast()) {
            return false;
        }
        match end {
            End::Low => (*list).start == (*buffer).low && (*buffer).low >= count,
            End::High => (*list).start + (*list).len == (*buffer).high && (*buffer).capacity - (*buffer).high >= count,
        }
    }
}

/// The list, consumed, as one whose window nobody else has and next to which so many places are free.
unsafe fn make_room(heap: &mut Heap, list: *mut List, end: End, count: u64) -> Result<*mut List, Fault> {
    // SAFETY: promised by the callers.
    unsafe {
        if is_sole(list) {
            trim(heap, list);
        }
        if has_room(list, end, count) {
            if is_unique(list.cast()) {
                return Ok(list);
            }
            let buffer = (*list).buffer;
            let window = allocate_window(heap, buffer, (*list).start, (*list).len)?;
            retain(buffer.cast());
            release(heap, list);
            return Ok(window);
        }
        let len = (*list).len;
        let grown = len.max(count).max(CAPACITY_MIN);
        let other_gap = other_gap(list, end).min(len);
        let (low_gap, high_gap) = if end == End::Low { (grown, other_gap) } else { (other_gap, grown) };
        if !is_sole(list) {
            return copied(heap, list, low_gap, high_gap);
        }
        let buffer = (*list).buffer;
        // Twice the places it needs are there, only at the other end: as many steps as it is long have led there.
        if len.saturating_add(count).saturating_mul(2) <= (*buffer).capacity {
            slide(list, end, count);
            return Ok(list);
        }
        if end == End::High && stretched(heap, list, count) {
            return Ok(list);
        }
        if end == End::High && low_gap == (*buffer).low {
            enlarged(heap, list, high_gap)
        } else {
            moved(heap, list, low_gap, high_gap)
        }
    }
}

/// The list with so many places at its high end, in a buffer that stays where it is if it can; nobody else has it or its
/// buffer.
unsafe fn enlarged(heap: &mut Heap, list: *mut List, high_gap: u64) -> Result<*mut List, Fault> {
    // SAFETY: promised by the callers.
    unsafe {
        let buffer = (*list).buffer;
        let element = ty((*buffer).element);
        let wanted = (*buffer).high.saturating_add(high_gap);
        let before = buffer_bytes((*buffer).capacity, element).ok_or_else(Failure::memory)?;
        let after = buffer_bytes(wanted, element).ok_or_else(Failure::memory)?;
        let kept = BUFFER_BYTES + (*buffer).high as usize * element.element_bytes();
        let larger = heap.resize(buffer.cast(), before, kept, after).cast::<Buffer>();
        if larger.is_null() {
            return Err(Failure::memory());
        }
        (*larger).capacity = places(after, element).unwrap_or(wanted);
        (*list).buffer = larger;
        Ok(list)
    }
}

/// Whether the buffer of a list was given more places at its high end where it lies; nobody else has the list or its buffer.
/// As it does not move, a quarter more is enough, but for a short one, which would ask again after a few elements.
unsafe fn stretched(heap: &mut Heap, list: *mut List, count: u64) -> bool {
    // SAFETY: promised by the callers.
    unsafe {
        let buffer = (*list).buffer;
        let element = ty((*buffer).element);
        let len = (*list).len;
        let more = if len <= SHORT_MAX { len } else { len / 4 };
        let wanted = (*buffer).high.saturating_add(count.max(more).max(CAPACITY_MIN));
        let before = buffer_bytes((*buffer).capacity, element);
        let (Some(before), Some(after)) = (before, buffer_bytes(wanted, element)) else { return false };
        let Some(capacity) = places(after, element) else { return false };
        let stretched = heap.stretch(buffer.cast(), before, after);
        if stretched {
            (*buffer).capacity = capacity;
        }
        stretched
    }
}

/// The free places at the end where the list does not grow.
unsafe fn other_gap(list: *const List, end: End) -> u64 {
    // SAFETY: promised by the callers.
    unsafe {
        let buffer = (*list).buffer;
        match end {
            End::Low => (*buffer).capacity - (*buffer).high,
            End::High => (*buffer).low,
        }
    }
}

/// Moves the elements within their buffer, so that the free places are at that end but for a quarter.
unsafe fn slide(list: *mut List, end: End, count: u64) {
    // SAFETY: nobody else has the list or its buffer, which has no elements outside the window.
    unsafe {
        let buffer = (*list).buffer;
        let len = (*list).len;
        let free = (*buffer).capacity - len;
        let other = (free / 4).min(free - count);
        let start = if end == End::Low { free - other } else { other };
        let bytes = len as usize * (*buffer).header.word as usize;
        copy(place_of(buffer, (*list).start), place_of(buffer, start), bytes);
        (*list).start = start;
        ((*buffer).low, (*buffer).high) = (start, start + len);
    }
}

/// A new list with the same elements and with gaps; the old one, which others see too, is consumed.
unsafe fn copied(heap: &mut Heap, list: *mut List, low_gap: u64, high_gap: u64) -> Result<*mut List, Fault> {
    // SAFETY: promised by the callers.
    unsafe {
        let len = (*list).len;
        let element = ty((*(*list).buffer).element);
        let copy = with_gaps(heap, list, low_gap, high_gap)?;
        retain_slots(first(copy).cast(), len as usize, element);
        release(heap, list);
        Ok(copy)
    }
}

/// The list in a larger buffer; nobody else has it or its buffer.
unsafe fn moved(heap: &mut Heap, list: *mut List, low_gap: u64, high_gap: u64) -> Result<*mut List, Fault> {
    // SAFETY: promised by the callers.
    unsafe {
        let larger = with_gaps(heap, list, low_gap, high_gap)?;
        free_buffer_block(heap, (*list).buffer);
        heap.free(list.cast(), size_of::<List>());
        Ok(larger)
    }
}

/// A list with the bits of the same elements, and with gaps.
unsafe fn with_gaps(heap: &mut Heap, list: *mut List, low_gap: u64, high_gap: u64) -> Result<*mut List, Fault> {
    // SAFETY: promised by the callers.
    unsafe {
        let len = (*list).len;
        let element = ty((*(*list).buffer).element);
        let capacity = len.saturating_add(low_gap).saturating_add(high_gap);
        let buffer = new_buffer(heap, capacity, low_gap, low_gap + len, element)?;
        copy_nonoverlapping(first(list), place_of(buffer, low_gap), len as usize * element.element_bytes());
        new_window(heap, buffer, low_gap, len)
    }
}

/// Adds places in front of a list that has room there; where they begin.
unsafe fn grow_low(list: *mut List, count: u64) -> *mut u8 {
    // SAFETY: promised by the callers.
    unsafe {
        let buffer = (*list).buffer;
        (*list).start -= count;
        (*list).len += count;
        (*buffer).low -= count;
        place_of(buffer, (*list).start)
    }
}

/// Adds places behind a list that has room there; where they begin.
unsafe fn grow_high(list: *mut List, count: u64) -> *mut u8 {
    // SAFETY: promised by the callers.
    unsafe {
        let buffer = (*list).buffer;
        let place = place_of(buffer, (*buffer).high);
        (*list).len += count;
        (*buffer).high += count;
        place
    }
}

#[cfg(test)]
mod growth;
#[cfg(test)]
mod tests;
