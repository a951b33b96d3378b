//! Entry points: runtime functions that only compiled code calls. The list is written once, here; codegen makes its
//! declarations from it, and the runtime a check that each of its definitions has the listed signature.
//!
//! All use the C calling convention and take the context first (not written in the list).
//! Ownership: `own` arguments are consumed, the rest is borrowed; results are owned.

/// Machine types of the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Abi {
    Void,
    Bool,
    I64,
    U64,
    U32,
    F64,
    /// A pointer to an object, a descriptor, or slots.
    Ptr,
}

#[derive(Debug, Clone, Copy)]
pub struct EntryPoint {
    pub name: &'static str,
    pub params: &'static [Abi],
    pub result: Abi,
    /// Never returns.
    pub diverges: bool,
    /// May fail: the caller writes `Context::location` first.
    pub fails: bool,
}

/// Calls `$callback!` with the list; see `ENTRY_POINTS` for the expansion into data.
#[macro_export]
macro_rules! for_each_entry_point {
    ($callback:ident) => {
        $callback! {
            // Memory.
            /// A new object of that many bytes with count 1 and word 0; fails when the memory limit is reached.
            fails dark_alloc(U64) -> Ptr;
            /// Gives an object of that many bytes back; its contents are dead already.
            dark_free(Ptr, U64) -> Void;
            /// The last reference to this counted value (by its slots) is gone: dup/drop were decided by type.
            dark_drop_value(Ptr /* slots */, Ptr /* TypeInfo */) -> Void;
            /// Count has just been found to be 1: free the object and drop what it holds. By kind of object.
            dark_free_boxed(Ptr, Ptr /* TypeInfo */) -> Void;
            dark_free_str(Ptr) -> Void;
            dark_free_list(Ptr) -> Void;
            dark_free_dict(Ptr) -> Void;
            dark_free_big(Ptr) -> Void;
            dark_free_closure(Ptr) -> Void;

            // Time, stack, failure.
            /// The stack pointer is below the limit: yields, or fails when a limit is really reached.
            fails dark_interrupt(Ptr /* SourceLocation */) -> Void;
            /// The invocation ends with this message (a `Str`, consumed).
            diverges dark_fail_message(Ptr) -> Void;
            diverges dark_fail_division_by_zero() -> Void;
            diverges dark_fail_modulus_zero() -> Void;
            diverges dark_fail_modulus_negative() -> Void;
            diverges dark_fail_negative_exponent() -> Void;
            diverges dark_fail_out_of_range() -> Void;
            /// `No matching case found for value <repr> in match expression`; the value by its slots.
            diverges dark_fail_no_match(Ptr, Ptr /* TypeInfo */) -> Void;
            /// `Cannot unwrap None`, `Cannot unwrap Error: <repr>`; the value by its slots.
            diverges dark_fail_unwrap(Ptr, Ptr /* TypeInfo */) -> Void;

            // Any type, by slots and descriptor.
            dark_equal(Ptr, Ptr, Ptr /* TypeInfo */) -> Bool;
            /// -1, 0, 1 in the order of `List.sort`.
            dark_compare(Ptr, Ptr, Ptr /* TypeInfo */) -> I64;
            /// The printed form, a `Str`.
            fails dark_repr(Ptr, Ptr /* TypeInfo */) -> Ptr;
            /// For tests: the empty `Str` when actual equals expected (floats within 1e-12 + 1e-9 relative, NaN equal to
            /// NaN, DateTime by text), else both in words.
            fails dark_test_compare(Ptr /* actual */, Ptr /* expected */, Ptr /* TypeInfo */) -> Ptr;

            // Strings.
            dark_string_equal(Ptr, Ptr) -> Bool;
            /// Consumes the left one, in place when it is unique and has room; NFC at the seam.
            fails dark_string_concat(Ptr /* own */, Ptr) -> Ptr;
            /// The same with n texts behind the first, whose addresses stand one after the other.
            fails dark_string_concat_all(Ptr /* own */, Ptr /* texts */, U64) -> Ptr;

            // Unbounded integers: the slow paths, words as in the value table. Operands are borrowed.
            fails dark_int_add(I64, I64) -> I64;
            fails dark_int_subtract(I64, I64) -> I64;
            fails dark_int_multiply(I64, I64) -> I64;
            fails dark_int_divide(I64, I64) -> I64;
            fails dark_int_modulo(I64, I64) -> I64;
            fails dark_int_power(I64, I64) -> I64;
            fails dark_int_negate(I64) -> I64;
            dark_int_compare(I64, I64) -> I64;
            /// The Int of a 128 bit integer: low and high word, signed or not.
            fails dark_int_from_wide(U64, U64, Bool) -> I64;
            /// The low 128 bits in two's complement, low word first.
            dark_int_to_wide(I64, Ptr /* result */) -> Void;
            /// A literal that does not fit a small word: decimal digits with sign, a static `Str`.
            fails dark_int_literal(Ptr) -> I64;

            // Powers of sized integers, on the value widened to 128 bit (low, high); wraps to `bits`.
            fails dark_power_i128(U64, U64, U64, U64, U32 /* bits */, Bool /* signed */, Ptr /* result */) -> Void;
            dark_float_power(F64, F64) -> F64;
            fails dark_float_modulo(F64, F64) -> F64;

            // Lists. `element` slots are passed by address, also where elements have one byte in their buffer.
            /// A list of n elements whose slots stand one after the other; elements consumed.
            fails dark_list_make(Ptr /* elements */, U64, Ptr /* TypeInfo of element */) -> Ptr;
            fails dark_list_cons(Ptr /* element, own */, Ptr /* list, own */, Ptr /* TypeInfo of element */) -> Ptr;
            fails dark_list_push(Ptr /* list, own */, Ptr /* element, own */, Ptr /* TypeInfo of element */) -> Ptr;
            /// The list without its first element; in place when unique. The list is not empty.
            fails dark_list_tail(Ptr /* own */) -> Ptr;
            fails dark_list_append(Ptr /* own */, Ptr /* own */) -> Ptr;
            /// The slots of element i, borrowed and only for reading, or null when i is out of range.
            dark_list_at(Ptr, I64) -> Ptr;
            /// Replaces element i (in range); in place when unique. The new element is consumed.
            fails dark_list_set(Ptr /* own */, I64, Ptr /* element, own */) -> Ptr;
            /// Elements start..start+len, clamped by the caller.
            fails dark_list_slice(Ptr /* own */, I64, I64) -> Ptr;

            // Dicts: ordered by key (UTF-16 code units).
            dark_dict_len(Ptr) -> I64;
            /// The slots of the value, borrowed, or null.
            dark_dict_find(Ptr, Ptr /* key */) -> Ptr;
            fails dark_dict_set(Ptr /* own */, Ptr /* key, own */, Ptr /* value, own */, Ptr /* TypeInfo of value */) -> Ptr;
            /// As `dark_dict_set`, with what `dark_dict_find` has just found for the key.
            fails dark_dict_set_found(Ptr /* own */, Ptr /* key, own */, Ptr /* value, own */, Ptr /* TypeInfo of value */, Ptr /* found */) -> Ptr;
            fails dark_dict_remove(Ptr /* own */, Ptr /* key */) -> Ptr;
            /// Entry i in key order: writes the key (a `Str`, borrowed) and returns the value's slots, borrowed; null
            /// when out of range.
            dark_dict_at(Ptr, I64, Ptr /* out: key */) -> Ptr;

            // Platform calls whose meaning depends on a declaration.
            /// Emits the event (slots, borrowed) to the worker of that static name.
            fails dark_emit(Ptr /* worker name, Str */, Ptr /* event */, Ptr /* TypeInfo */) -> Void;
            /// The events that wait for that worker, a list of that type: for tests.
            fails dark_waiting(Ptr /* worker name, Str */, Ptr /* TypeInfo */) -> Ptr;
        }
    };
}

/// One row to a value. The three row forms are: `name(…) -> T;`, `fails name(…) -> T;`, `diverges name(…) -> T;`.
macro_rules! entry_point_table {
    (@row $diverges:literal $fails:literal $name:ident ($($param:ident)*) $result:ident) => {
        EntryPoint { name: stringify!($name), params: &[$(Abi::$param),*], result: Abi::$result, diverges: $diverges, fails: $fails }
    };
    (@all [$($done:expr,)*]) => {
        /// The list as data.
        pub const ENTRY_POINTS: &[EntryPoint] = &[$($done),*];
    };
    (@all [$($done:expr,)*] $(#[$doc:meta])* fails $name:ident ($($param:ident),*) -> $result:ident; $($rest:tt)*) => {
        entry_point_table! { @all [$($done,)* entry_point_table!(@row false true $name ($($param)*) $result),] $($rest)* }
    };
    (@all [$($done:expr,)*] $(#[$doc:meta])* diverges $name:ident ($($param:ident),*) -> $result:ident; $($rest:tt)*) => {
        entry_point_table! { @all [$($done,)* entry_point_table!(@row true true $name ($($param)*) $result),] $($rest)* }
    };
    (@all [$($done:expr,)*] $(#[$doc:meta])* $name:ident ($($param:ident),*) -> $result:ident; $($rest:tt)*) => {
        entry_point_table! { @all [$($done,)* entry_point_table!(@row false false $name ($($param)*) $result),] $($rest)* }
    };
    ($($rows:tt)*) => {
        entry_point_table! { @all [] $($rows)* }
    };
}

for_each_entry_point!(entry_point_table);

/// The row of that name.
pub fn entry_point(name: &str) -> Option<&'static EntryPoint> {
    ENTRY_POINTS.iter().find(|row| row.name == name)
}
