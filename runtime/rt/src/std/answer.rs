//! The frame of reflective externs whose results are trees of parts.

use dark_abi::{Context, TypeInfo};

use crate::invocation::{Fault, Invocation, run};
use crate::value::{self, Tree};

/// Does the work, and makes the result of the tree it gives.
///
/// # Safety
/// The context is that of the running invocation; the result has room for its type.
pub unsafe fn answer(
    context: *mut Context,
    result: *mut u64,
    result_type: *const TypeInfo,
    work: impl FnOnce(&mut Invocation) -> Result<Tree, Fault>,
) {
    // SAFETY: promised by the caller.
    unsafe {
        run(context, |invocation| {
            let tree = work(invocation)?;
            value::build(&mut invocation.heap, &tree, value::ty(result_type), result)
        });
    }
}

/// Defines reflective externs: `name(arguments) body`, where the body is a `Result<Tree, Fault>` and `arguments[i]` points
/// at the slots of argument i.
macro_rules! answers {
    ($($(#[$doc:meta])* $name:ident($arguments:ident) $body:block)*) => {$(
        $(#[$doc])*
        ///
        /// # Safety
        /// Called by compiled code, by the reflective convention.
        #[unsafe(no_mangle)]
        pub unsafe extern "C" fn $name(
            context: *mut ::dark_abi::Context,
            result: *mut u64,
            result_type: *const ::dark_abi::TypeInfo,
            arguments: *const *const u64,
            _: *const *const ::dark_abi::TypeInfo,
        ) {
            let $arguments = $crate::std::answer::Arguments(arguments);
            // SAFETY: promised by the caller.
            unsafe { $crate::std::answer::answer(context, result, result_type, |_| $body) };
        }
    )*};
}
pub(crate) use answers;

/// The arguments of a reflective extern.
#[derive(Debug, Clone, Copy)]
pub struct Arguments(pub *const *const u64);

impl Arguments {
    /// The text of an argument.
    ///
    /// # Safety
    /// There are that many arguments, and that one is a String; the same for the others below.
    pub unsafe fn text<'a>(self, index: usize) -> &'a str {
        // SAFETY: promised by the caller.
        unsafe { crate::text::as_str(value::object(*self.0.add(index))) }
    }

    /// The bytes of a blob.
    ///
    /// # Safety
    /// As `text`.
    pub unsafe fn bytes<'a>(self, index: usize) -> &'a [u8] {
        // SAFETY: promised by the caller.
        unsafe { crate::text::as_bytes(value::object(*self.0.add(index))) }
    }

    /// The first slot of an argument.
    ///
    /// # Safety
    /// As `text`.
    pub unsafe fn word(self, index: usize) -> u64 {
        // SAFETY: promised by the caller.
        unsafe { **self.0.add(index) }
    }

    /// The texts of a list.
    ///
    /// # Safety
    /// As `text`.
    pub unsafe fn texts(self, index: usize) -> Vec<String> {
        // SAFETY: promised by the caller.
        unsafe {
            let list = value::object(*self.0.add(index));
            let text = |i| crate::text::as_str(value::object(crate::list::at(list, i))).to_owned();
            (0..crate::list::len(list)).map(text).collect()
        }
    }

    /// The pairs of texts of a list.
    ///
    /// # Safety
    /// As `text`.
    pub unsafe fn pairs(self, index: usize) -> Vec<(String, String)> {
        // SAFETY: promised by the caller; a pair of texts is two slots.
        unsafe {
            let list = value::object(*self.0.add(index));
            let text = |slot| crate::text::as_str(value::object(slot)).to_owned();
            let pair = |i| {
                let slots = crate::list::at(list, i);
                (text(slots), text(slots.add(1)))
            };
            (0..crate::list::len(list)).map(pair).collect()
        }
    }
}
