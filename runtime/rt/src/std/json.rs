//! `Stdlib.Json` and `Stdlib.AltJson`: the library's JSON, by the reflective convention (`dark_abi::externs`).

use dark_abi::{Context, Str};

use super::answer::answers;
use crate::invocation::{Failure, run};
use crate::json::library::{self, Document};
use crate::text;
use crate::value::{self, Ty};

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

answers! {
    /// `Json.serialize value`
    dark_json_serialize(invocation, call) {
        library::serialize(&mut invocation.heap, call.slots(0), call.ty(0))
    }

    /// `Json.parse json`
    dark_json_parse(invocation, call) {
        let (heap, ty) = (&mut invocation.heap, call.result_ty());
        let (Some((ok, wanted)), Some((error, problem_type))) = (field_of(ty, "Ok"), field_of(ty, "Error")) else {
            return Err(Failure::internal("a Result has other cases"));
        };
        let (case, of, slots) = match library::parse(heap, call.text(0), wanted)? {
            Ok(slots) => (ok, wanted, slots),
            Err(problem) => (error, problem_type, problem.into_value(heap, problem_type)?),
        };
        value::make_case(heap, ty, case, &slots[..of.slots as usize], call.result)
    }

    /// `AltJson.Internal.read json`, of what is JSON.
    dark_alt_json_internal_read(invocation, call) {
        let (heap, ty) = (&mut invocation.heap, call.result_ty());
        let document = Document::read(heap, call.text(0))?;
        let document = document.ok_or_else(|| Failure::internal("what was JSON is none"))?;
        let slots = library::read_tree(heap, &document, ty)?;
        call.result.copy_from_nonoverlapping(slots.as_ptr(), ty.slots as usize);
        Ok(())
    }

    /// `AltJson.Internal.write json`
    dark_alt_json_internal_write(invocation, call) {
        let heap = &mut invocation.heap;
        let json = library::format(heap, call.slots(0), call.ty(0))?;
        text::new(heap, &json)
    }
}

/// `AltJson.Internal.isJson json`
///
/// # Safety
/// Called by compiled code.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dark_alt_json_internal_is_json(context: *mut Context, json: *const Str) -> bool {
    // SAFETY: promised by the caller.
    unsafe { run(context, |invocation| Ok(Document::read(&invocation.heap, text::as_str(json))?.is_some())) }
}
