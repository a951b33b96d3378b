//! The frame of reflective externs: `answers!` defines them, here and in the platform.

use dark_abi::{Context, Str, TypeInfo};

use crate::invocation::{Fault, Invocation, run};
use crate::memory::Heap;
use crate::value::{self, Tree, Ty};

/// What a reflective extern is called with.
#[derive(Debug, Clone, Copy)]
pub struct Call {
    pub result: *mut u64,
    pub result_type: *const TypeInfo,
    pub arguments: *const *const u64,
    pub types: *const *const TypeInfo,
}

/// What the work of a reflective extern comes to.
pub trait Answer {
    /// Puts it into the call's result.
    ///
    /// # Safety
    /// The result has room for its type, and that type fits.
    unsafe fn put(self, heap: &mut Heap, call: Call) -> Result<(), Fault>;
}

impl Answer for Tree {
    unsafe fn put(self, heap: &mut Heap, call: Call) -> Result<(), Fault> {
        // SAFETY: promised by the caller.
        unsafe { value::build(heap, &self, call.result_ty(), call.result) }
    }
}

impl Answer for *mut Str {
    unsafe fn put(self, _: &mut Heap, call: Call) -> Result<(), Fault> {
        // SAFETY: promised by the caller; a text is one slot.
        unsafe { *call.result = self as u64 };
        Ok(())
    }
}

/// The work has put its result in place.
impl Answer for () {
    unsafe fn put(self, _: &mut Heap, _: Call) -> Result<(), Fault> {
        Ok(())
    }
}

/// Does the work, and puts what it comes to into the call's result.
///
/// # Safety
/// The context is that of the running invocation; the result has room for its type.
pub unsafe fn answer<A: Answer>(
    context: *mut Context,
    call: Call,
    work: impl FnOnce(&mut Invocation, Call) -> Result<A, Fault>,
) {
    // SAFETY: promised by the caller.
    unsafe {
        run(context, |invocation| {
            let answer = work(invocation, call)?;
            answer.put(&mut invocation.heap, call)
        });
    }
}

/// Defines reflective externs: `name(invocation, call) body`, where the body is a `Result<impl Answer, Fault>`.
#[macro_export]
macro_rules! answers {
    ($($(#[$doc:meta])* $name:ident($invocation:pat_param, $call:pat_param) $body:block)*) => {$(
        $(#[$doc])*
        ///
        /// # Safety
        /// Called by compiled code, by the reflective convention.
        #[unsafe(no_mangle)]
        pub unsafe extern "C-unwind" fn $name(
            context: *mut ::dark_abi::Context,
            result: *mut u64,
            result_type: *const ::dark_abi::TypeInfo,
            arguments: *const *const u64,
            types: *const *const ::dark_abi::TypeInfo,
        ) {
            let call = $crate::std::answer::Call { result, result_type, arguments, types };
            // SAFETY: promised by the caller.
            unsafe { $crate::std::answer::answer(context, call, |$invocation, $call| $body) };
        }
    )*};
}
pub use crate::answers;

impl Call {
    /// The text of an argument.
    ///
    /// # Safety
    /// There are that many arguments, and that one is a String; the same for the others below.
    pub unsafe fn text<'a>(self, index: usize) -> &'a str {
        // SAFETY: promised by the caller.
        unsafe { crate::text::as_str(value::object(*self.arguments.add(index))) }
    }

    /// The bytes of a blob.
    ///
    /// # Safety
    /// As `text`.
    pub unsafe fn bytes<'a>(self, index: usize) -> &'a [u8] {
        // SAFETY: promised by the caller.
        unsafe { crate::text::as_bytes(value::object(*self.arguments.add(index))) }
    }

    /// The first slot of an argument.
    ///
    /// # Safety
    /// As `text`.
    pub unsafe fn word(self, index: usize) -> u64 {
        // SAFETY: promised by the caller.
        unsafe { **self.arguments.add(index) }
    }

    /// The texts of a list.
    ///
    /// # Safety
    /// As `text`.
    pub unsafe fn texts(self, index: usize) -> Vec<String> {
        // SAFETY: promised by the caller.
        unsafe {
            let list = value::object(*self.arguments.add(index));
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
            let list = value::object(*self.arguments.add(index));
            let text = |slot| crate::text::as_str(value::object(slot)).to_owned();
            let pair = |i| {
                let slots = crate::list::at(list, i);
                (text(slots), text(slots.add(1)))
            };
            (0..crate::list::len(list)).map(pair).collect()
        }
    }

    /// The slots of an argument.
    ///
    /// # Safety
    /// There are that many arguments; the same for its type.
    pub unsafe fn slots(self, index: usize) -> *const u64 {
        // SAFETY: promised by the caller.
        unsafe { *self.arguments.add(index) }
    }

    /// The type of an argument.
    ///
    /// # Safety
    /// As `slots`.
    pub unsafe fn ty(self, index: usize) -> Ty {
        // SAFETY: promised by the caller.
        unsafe { value::ty(*self.types.add(index)) }
    }

    /// The type of the result.
    ///
    /// # Safety
    /// It is that of a call.
    pub unsafe fn result_ty(self) -> Ty {
        // SAFETY: promised by the caller.
        unsafe { value::ty(self.result_type) }
    }
}
