//! Heap objects that compiled code looks into. Layouts are drawn in `lib.rs`.

use crate::{Kind, TypeInfo};

/// The count from which on an object is never counted and never freed.
pub const IMMORTAL: u32 = 0x8000_0000;

/// The most slots a value has outside a box.
pub const SLOTS_MAX: usize = 3;

/// Bytes per slot.
pub const SLOT_BYTES: usize = 8;

#[repr(C)]
#[derive(Debug)]
pub struct Header {
    /// References; `IMMORTAL` and above: not counted.
    pub count: u32,
    /// By kind of object: case index, number of parameters, bytes per element, what the runtime knows of a text; else 0.
    pub word: u32,
}

/// String, Char and Blob. `capacity` bytes follow, of which `len` are used. A static literal has `capacity == len`.
#[repr(C)]
#[derive(Debug)]
pub struct Str {
    pub header: Header,
    pub len: u64,
    pub capacity: u64,
}

/// A window into a buffer; never empty (the empty list is the null pointer).
#[repr(C)]
#[derive(Debug)]
pub struct List {
    pub header: Header,
    pub buffer: *mut Buffer,
    /// Index of the first element in the buffer.
    pub start: u64,
    pub len: u64,
}

/// Elements `low..high` are alive and owned by the buffer. A list whose window begins at `low` (ends at `high`) may
/// be extended in place there even when the buffer is shared: nobody else can see those places.
#[repr(C)]
#[derive(Debug)]
pub struct Buffer {
    pub header: Header,
    pub element: *const TypeInfo,
    /// In elements.
    pub capacity: u64,
    pub low: u64,
    pub high: u64,
}

/// The capacity of a buffer of packed elements is a multiple of this, because its memory is one anyway.
pub const PACKED_CAPACITY_STEP: usize = 8;

/// The slot of each byte that stands for a packed element: zero- and sign-extended.
static SLOTS: [u64; 256] = slots_of_bytes(false);
static SIGNED_SLOTS: [u64; 256] = slots_of_bytes(true);

const fn slots_of_bytes(signed: bool) -> [u64; 256] {
    let mut slots = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        slots[byte] = if signed { byte as u8 as i8 as u64 } else { byte as u64 };
        byte += 1;
    }
    slots
}

/// Elements that stand one after the other in a buffer.
#[derive(Debug, Clone, Copy)]
pub struct Elements {
    pub first: *const u8,
    pub element: &'static TypeInfo,
}

impl Elements {
    /// The elements of a buffer from an index on.
    ///
    /// # Safety
    /// The buffer is alive and of elements of that type, and so are the elements that are read.
    #[inline]
    pub unsafe fn of(buffer: *const Buffer, start: u64, element: &'static TypeInfo) -> Elements {
        // SAFETY: promised by the caller.
        let first = unsafe { buffer.add(1).cast::<u8>().add(start as usize * element.element_bytes()) };
        Elements { first, element }
    }

    /// The slots of an element, for reading: those of a packed one are static.
    ///
    /// # Safety
    /// There is such an element.
    #[inline]
    pub unsafe fn at(self, index: usize) -> *const u64 {
        // SAFETY: promised by the caller; elements of several bytes are aligned to their slots.
        unsafe {
            let place = self.first.add(index * self.element.element_bytes());
            match self.element.kind {
                Kind::Int8 => &raw const SIGNED_SLOTS[*place as usize],
                kind if kind.is_packed() => &raw const SLOTS[*place as usize],
                _ => place.cast(),
            }
        }
    }

    /// What is left behind so many of them.
    ///
    /// # Safety
    /// There are as many.
    #[inline]
    pub unsafe fn behind(self, count: usize) -> Elements {
        // SAFETY: promised by the caller.
        Elements { first: unsafe { self.first.add(count * self.element.element_bytes()) }, ..self }
    }
}

/// Captured slots follow. `code` has the signature `tailcc R (Context*, Closure*, parameters…)` and owns all of them,
/// the closure included.
#[repr(C)]
#[derive(Debug)]
pub struct Closure {
    pub header: Header,
    pub code: *const (),
    /// A tuple descriptor (not boxed) of the captured values. Its name is that of the function the closure stands for, empty
    /// for a lambda.
    pub captures: *const TypeInfo,
}

/// Bytes in static memory.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct StaticStr {
    pub bytes: *const u8,
    pub len: usize,
}

impl StaticStr {
    pub const fn new(text: &'static str) -> StaticStr {
        StaticStr { bytes: text.as_ptr(), len: text.len() }
    }

    /// # Safety
    /// The bytes are UTF-8 in static memory, as the compiler writes them; null where there are none.
    pub unsafe fn text(&self) -> &'static str {
        if self.bytes.is_null() {
            return "";
        }
        // SAFETY: promised by the caller.
        unsafe { core::str::from_utf8_unchecked(core::slice::from_raw_parts(self.bytes, self.len)) }
    }
}

/// Elements in static memory.
#[repr(C)]
#[derive(Debug)]
pub struct StaticSlice<T> {
    pub first: *const T,
    pub len: usize,
}

impl<T> StaticSlice<T> {
    pub const EMPTY: StaticSlice<T> = StaticSlice { first: core::ptr::null(), len: 0 };

    /// # Safety
    /// The elements lie in static memory; null where there are none.
    #[inline]
    pub unsafe fn items(&self) -> &'static [T] {
        if self.first.is_null() {
            return &[];
        }
        // SAFETY: promised by the caller.
        unsafe { core::slice::from_raw_parts(self.first, self.len) }
    }
}
