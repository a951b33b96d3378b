//! `Stdlib.Json` and `Stdlib.AltJson`: the library's JSON, by the reflective convention (`dark_abi::externs`).

use dark_abi::{Context, Str, TypeInfo};

use crate::invocation::{Failure, run};
use crate::json::library::{self, Document};
use crate::text;
use crate::value::{self, Ty};

/// # Safety
/// Called by compiled code.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dark_json_serialize(
    context: *mut Context,
    result: *mut u64,
    _result_type: *const TypeInfo,
    arguments: *const *const u64,
    argument_types: *const *const TypeInfo,
) {
    // SAFETY: promised by the caller.
    unsafe {
        let made = run(context, |invocation| {
            let heap = &mut invocation.heap;
            let json = library::serialize(heap, *arguments, value::ty(*argument_types))?;
            text::new(heap, &json)
        });
        *result = made as u64;
    }
}

/// The type of the only field of a case.
fn field_of(ty: Ty, case: &str) -> Option<(usize, Ty)> {
    // SAFETY: a descriptor is static data.
    unsafe {
        let named = |name| crate::invocation::static_text(name) == case;
        let index = value::cases(ty).iter().position(|case| named(&case.name))?;
        let field = value::items(&value::cases(ty)[index].fields).first()?;
        Some((index, value::ty(field.ty)))
    }
}

/// # Safety
/// Called by compiled code.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dark_json_parse(
    context: *mut Context,
    result: *mut u64,
    result_type: *const TypeInfo,
    arguments: *const *const u64,
    _argument_types: *const *const TypeInfo,
) {
    // SAFETY: promised by the caller.
    unsafe {
        run(context, |invocation| {
            let (heap, ty) = (&mut invocation.heap, value::ty(result_type));
            let json = text::as_str(value::object::<Str>(*arguments));
            let (Some((ok, wanted)), Some((error, problem_type))) = (field_of(ty, "Ok"), field_of(ty, "Error")) else {
                return Err(Failure::internal("a Result has other cases"));
            };
            let (case, of, slots) = match library::parse(heap, json, wanted)? {
                Ok(slots) => (ok, wanted, slots),
                Err(problem) => (error, problem_type, problem.into_value(heap, problem_type)?),
            };
            value::make_case(heap, ty, case, &slots[..of.slots as usize], result)
        });
    }
}

/// # Safety
/// Called by compiled code.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dark_alt_json_internal_is_json(context: *mut Context, json: *const Str) -> bool {
    // SAFETY: promised by the caller.
    unsafe { run(context, |invocation| Ok(Document::read(&invocation.heap, text::as_str(json))?.is_some())) }
}

/// # Safety
/// Called by compiled code, with what is JSON.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dark_alt_json_internal_read(
    context: *mut Context,
    result: *mut u64,
    result_type: *const TypeInfo,
    arguments: *const *const u64,
    _argument_types: *const *const TypeInfo,
) {
    // SAFETY: promised by the caller.
    unsafe {
        run(context, |invocation| {
            let (heap, ty) = (&mut invocation.heap, value::ty(result_type));
            let document = Document::read(heap, text::as_str(value::object::<Str>(*arguments)))?;
            let document = document.ok_or_else(|| Failure::internal("what was JSON is none"))?;
            let slots = library::read_tree(heap, &document, ty)?;
            result.copy_from_nonoverlapping(slots.as_ptr(), ty.slots as usize);
            Ok(())
        });
    }
}

/// # Safety
/// Called by compiled code.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dark_alt_json_internal_write(
    context: *mut Context,
    result: *mut u64,
    _result_type: *const TypeInfo,
    arguments: *const *const u64,
    argument_types: *const *const TypeInfo,
) {
    // SAFETY: promised by the caller.
    unsafe {
        let made = run(context, |invocation| {
            let heap = &mut invocation.heap;
            let json = library::format(heap, *arguments, value::ty(*argument_types))?;
            text::new(heap, &json)
        });
        *result = made as u64;
    }
}
