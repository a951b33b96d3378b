//! Type descriptors: static data that the compiler emits for each concrete type whose values the runtime has to
//! understand: to free, compare, order, print, store, and turn into JSON and back.

use crate::{StaticSlice, StaticStr};

#[repr(u32)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Unit = 0,
    Bool = 1,
    Int8 = 2,
    UInt8 = 3,
    Int16 = 4,
    UInt16 = 5,
    Int32 = 6,
    UInt32 = 7,
    Int64 = 8,
    UInt64 = 9,
    Int128 = 10,
    UInt128 = 11,
    Int = 12,
    Float = 13,
    Char = 14,
    String = 15,
    DateTime = 16,
    Uuid = 17,
    Blob = 18,
    List = 19,
    Dict = 20,
    Tuple = 21,
    Record = 22,
    Enum = 23,
    Function = 24,
    Db = 25,
    Stream = 26,
}

impl Kind {
    /// Whether an element of a list has one byte instead of slots.
    #[inline]
    pub const fn is_packed(self) -> bool {
        matches!(self, Kind::Bool | Kind::Int8 | Kind::UInt8)
    }
}

/// Bits of `TypeInfo::flags`.
pub mod flags {
    /// The value is a pointer to a boxed object; field offsets count from the object's start.
    pub const BOXED: u32 = 1;
    /// Dropping a value may have to free something; without it a value is plain bytes.
    pub const COUNTED: u32 = 2;
    /// `Stdlib.Option.Option`: the wire form is the value or null.
    pub const OPTION: u32 = 4;
    /// `Stdlib.Result.Result`.
    pub const RESULT: u32 = 8;
    /// A secret: printed as `<redacted>`, never written as JSON.
    pub const SECRET: u32 = 16;
    /// A secret that datastores keep: its stored form has it, its wire form does not.
    pub const STORED: u32 = 32;
}

#[repr(C)]
#[derive(Debug)]
pub struct TypeInfo {
    pub kind: Kind,
    /// See `flags`.
    pub flags: u32,
    /// Slots of a value outside its box: 1 to 3.
    pub slots: u32,
    /// Bytes of the boxed object with its header (the largest case of an enum); 0 if not boxed.
    pub box_bytes: u32,
    /// As printed, with module path but without the owner, which only type arguments have: `Shop.Line`, `List<Int64>`,
    /// `Stdlib.Option.Option<Darklang.Stdlib.Http.Request>`.
    pub name: StaticStr,
    /// Element of a list or stream, value of a dict, row of a DB; else null.
    pub element: *const TypeInfo,
    /// Fields of a tuple (named "") or record, in declared order; parameters then result of a function (offset 0).
    pub fields: StaticSlice<FieldInfo>,
    /// Cases of an enum, in declared order.
    pub cases: StaticSlice<CaseInfo>,
}

impl TypeInfo {
    /// Bytes of a value that is an element of a list.
    #[inline]
    pub const fn element_bytes(&self) -> usize {
        if self.kind.is_packed() { 1 } else { self.slots as usize * crate::SLOT_BYTES }
    }

    /// A type of one slot without parts.
    pub const fn plain(kind: Kind, flags: u32, name: &'static str) -> TypeInfo {
        TypeInfo {
            kind,
            flags,
            slots: 1,
            box_bytes: 0,
            name: StaticStr::new(name),
            element: core::ptr::null(),
            fields: StaticSlice::EMPTY,
            cases: StaticSlice::EMPTY,
        }
    }
}

#[repr(C)]
#[derive(Debug)]
pub struct FieldInfo {
    pub name: StaticStr,
    pub ty: *const TypeInfo,
    /// Bytes from the value's first slot, or from the object's start when the type is boxed.
    pub offset: u32,
}

#[repr(C)]
#[derive(Debug)]
pub struct CaseInfo {
    pub name: StaticStr,
    /// Offsets as in records; the first field of an unboxed case is at 8, after the case index; of a boxed one at 8,
    /// after the header.
    pub fields: StaticSlice<FieldInfo>,
    /// Boxed types only, for a case without fields: its static object, else null.
    pub constant: *const crate::Header,
}

// SAFETY: descriptors are immutable static data.
unsafe impl Sync for TypeInfo {}
unsafe impl Sync for FieldInfo {}
unsafe impl Sync for CaseInfo {}
