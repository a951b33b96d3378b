//! The functions that compiled code calls besides those of the standard library: the list is
//! `dark_abi::entry_points`, which also says what each does and what it consumes.
//!
//! They are thin: each turns machine words into the types of this crate and calls it. Every pointer comes from compiled
//! code that the checker has seen, and is what the list says; that is the contract each `unsafe` here relies on.
//!
//! Absent: `dark_emit` and `dark_waiting`, which need the platform.
#![allow(clippy::missing_safety_doc)]

mod any;
mod collections;
mod failure;
mod memory;
mod numbers;
#[cfg(test)]
mod tests;

pub use any::*;
pub use collections::*;
pub use failure::*;
pub use memory::*;
pub use numbers::*;

/// A pointer to an object, a descriptor, or slots.
pub type Ptr = *mut u8;

/// The Rust type of a machine type of the list.
macro_rules! machine_type {
    (Void) => {
        ()
    };
    (Bool) => {
        bool
    };
    (I64) => {
        i64
    };
    (U64) => {
        u64
    };
    (U32) => {
        u32
    };
    (F64) => {
        f64
    };
    (Ptr) => {
        Ptr
    };
}

/// Refuses to compile unless each function of the list is defined here with the listed signature.
macro_rules! check_signatures {
    () => {};
    ($(#[$doc:meta])* fails dark_emit($($param:ident),*) -> $result:ident; $($rest:tt)*) => {
        check_signatures! { $($rest)* }
    };
    ($(#[$doc:meta])* fails dark_waiting($($param:ident),*) -> $result:ident; $($rest:tt)*) => {
        check_signatures! { $($rest)* }
    };
    ($(#[$doc:meta])* diverges $name:ident($($param:ident),*) -> $result:ident; $($rest:tt)*) => {
        const _: unsafe extern "C" fn(*mut ::dark_abi::Context $(, machine_type!($param))*) -> ! = $name;
        check_signatures! { $($rest)* }
    };
    ($(#[$doc:meta])* fails $name:ident($($param:ident),*) -> $result:ident; $($rest:tt)*) => {
        const _: unsafe extern "C" fn(*mut ::dark_abi::Context $(, machine_type!($param))*) -> machine_type!($result)
            = $name;
        check_signatures! { $($rest)* }
    };
    ($(#[$doc:meta])* $name:ident($($param:ident),*) -> $result:ident; $($rest:tt)*) => {
        const _: unsafe extern "C" fn(*mut ::dark_abi::Context $(, machine_type!($param))*) -> machine_type!($result)
            = $name;
        check_signatures! { $($rest)* }
    };
}

::dark_abi::for_each_entry_point!(check_signatures);
