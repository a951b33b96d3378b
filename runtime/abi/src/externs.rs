//! How compiled code calls a std function written in Rust.
//!
//! The declaration in `std/*.dark` decides the machine signature; nothing else is written down.
//!
//! **Symbol**: `dark_` + the module path below `Stdlib` and the name, in snake case: `Stdlib.String.length` is
//! `dark_string_length`, `Stdlib.Http.Request.header` is `dark_http_request_header`, `Builtin.unwrap` is
//! `dark_builtin_unwrap`.
//!
//! **Direct**: no type variable in the signature. `extern "C" fn(*mut Context, arguments…) -> R`: each slot of each
//! argument is one C argument (`Bool` as u8, iN as declared, i128 as two u64 low first, Float as f64, else u64 or a
//! pointer; records, tuples and enums their slots as u64 (Float fields of tuples and records as f64)); `Unit`
//! parameters are not passed. The result: `Unit` is nothing, one slot is returned as it is, more are written to a
//! `*mut u64` passed as the last argument.
//!
//! **Reflective**: some type variable in the signature.
//! `extern "C" fn(*mut Context, result: *mut u64, result_type: *const TypeInfo, arguments: *const *const u64,
//! argument_types: *const *const TypeInfo)`: everything through memory; `arguments[i]` points at the slots of
//! argument i, `Unit` ones included. `Json.parse<T>` finds T in `result_type`.
//!
//! **Ownership**: an extern borrows its arguments; the caller still owns them afterwards. It owns those named in
//! `[<Consumes "p">]`. The result belongs to the caller.
//!
//! **Failure**: `[<Fails>]` on the declaration makes the caller write `Context::location` first; such a function may
//! not return (see `dark_fail` in the runtime). A function that waits is `[<Fails>]` too: it may be cancelled.

/// The signature of a reflective extern.
pub type ReflectiveFn = unsafe extern "C" fn(
    context: *mut crate::Context,
    result: *mut u64,
    result_type: *const crate::TypeInfo,
    arguments: *const *const u64,
    argument_types: *const *const crate::TypeInfo,
);
