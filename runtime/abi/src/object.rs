//! Heap objects that compiled code looks into. Layouts are drawn in `lib.rs`.

use crate::TypeInfo;

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
    /// By kind of object: case index, number of parameters, slots per element, what the runtime knows of a text; else 0.
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
