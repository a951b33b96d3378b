//! What `Stdlib.Http` needs of the runtime.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use dark_abi::{Context, List, Str};

use super::answer::answers;
use super::url::decoded;
use crate::invocation::{Failure, run};
use crate::value::Tree;
use crate::{json, list, text, value};

/// `Stdlib.Http.Internal.raise`: ends the run with a message.
///
/// # Safety
/// Called by compiled code.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dark_http_internal_raise(context: *mut Context, message: *const Str) {
    // SAFETY: promised by the caller.
    unsafe { run(context, |_| Err(Failure::message(text::as_str(message)))) }
}

/// `Stdlib.Http.Internal.hash`
///
/// # Safety
/// Called by compiled code.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dark_http_internal_hash(context: *mut Context, body: *const Str) -> *mut Str {
    // SAFETY: promised by the caller.
    unsafe {
        run(context, |invocation| {
            let hash = blake3::hash(text::as_bytes(body)).to_hex();
            text::new_normal(&mut invocation.heap, &hash[..32])
        })
    }
}

/// `Stdlib.Http.Internal.hasControls`
///
/// # Safety
/// Called by compiled code.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dark_http_internal_has_controls(_: *mut Context, text: *const Str) -> bool {
    // SAFETY: promised by the caller.
    unsafe { text::as_bytes(text).iter().any(|byte| byte.is_ascii_control() && *byte != b'\t') }
}

/// `Stdlib.Http.Internal.isToken`
///
/// # Safety
/// Called by compiled code.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dark_http_internal_is_token(_: *mut Context, text: *const Str) -> bool {
    // SAFETY: promised by the caller.
    unsafe { is_token(text::as_bytes(text)) }
}

/// `Stdlib.Http.Cookies.Internal.isValue`: printable ASCII without blanks, quotes, commas, semicolons and backslashes.
///
/// # Safety
/// Called by compiled code.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dark_http_cookies_internal_is_value(_: *mut Context, value: *const Str) -> bool {
    // SAFETY: promised by the caller.
    let bytes = unsafe { text::as_bytes(value) };
    bytes.iter().all(|byte| byte.is_ascii_graphic() && !b"\",;\\".contains(byte))
}

/// `Stdlib.Http.Cookies.Internal.isAttribute`: printable ASCII without semicolons.
///
/// # Safety
/// Called by compiled code.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dark_http_cookies_internal_is_attribute(_: *mut Context, value: *const Str) -> bool {
    // SAFETY: promised by the caller.
    let bytes = unsafe { text::as_bytes(value) };
    bytes.iter().all(|byte| (b' '..=b'~').contains(byte) && *byte != b';')
}

/// `Stdlib.HttpClient.Internal.base64`
///
/// # Safety
/// Called by compiled code.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dark_http_client_internal_base64(context: *mut Context, text: *const Str) -> *mut Str {
    // SAFETY: promised by the caller.
    unsafe {
        run(context, |invocation| {
            let encoded = STANDARD.encode(text::as_bytes(text));
            text::new_normal(&mut invocation.heap, &encoded)
        })
    }
}

/// `Stdlib.Http.Multipart.Internal.joined`: blobs one after the other.
///
/// # Safety
/// Called by compiled code.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dark_http_multipart_internal_joined(context: *mut Context, blobs: *const List) -> *mut Str {
    // SAFETY: promised by the caller; the elements are blobs.
    unsafe {
        run(context, |invocation| {
            let blob = |i| text::as_bytes(value::object(list::at(blobs, i)));
            let bytes: Vec<&[u8]> = (0..list::len(blobs)).map(blob).collect();
            invocation.heap.check_room(bytes.iter().map(|piece| piece.len()).sum())?;
            text::bytes(&mut invocation.heap, &bytes.concat())
        })
    }
}

/// A token of RFC 9110: the name of a header or cookie, a method.
pub fn is_token(bytes: &[u8]) -> bool {
    let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(byte);
    !bytes.is_empty() && bytes.iter().all(is_part)
}

const NOT_UTF8: &str = "body is not UTF-8";

/// The fields of a form's body, in order.
fn form_fields(body: &str) -> Tree {
    let pieces = body.split('&').filter(|piece| !piece.is_empty());
    Tree::pairs(pieces.map(|piece| {
        let (name, value) = piece.split_once('=').unwrap_or((piece, ""));
        (decoded(name, true), decoded(value, true))
    }))
}

answers! {
    /// `Stdlib.Http.Internal.readWire json`: the value of what clients send.
    dark_http_internal_read_wire(invocation, call) {
        let (heap, ty) = (&mut invocation.heap, call.result_ty());
        let Some(wanted) = value::cases(ty).first().and_then(|case| value::items(&case.fields).first()) else {
            return Err(crate::Failure::internal("what is read is a Result"));
        };
        let wanted = value::ty(wanted.ty);
        let mut slots = vec![0; wanted.slots as usize];
        match json::read(heap, call.text(0), wanted, slots.as_mut_ptr())? {
            Ok(()) => value::make_case(heap, ty, 0, &slots, call.result),
            Err(problem) => {
                let place = if problem.path.is_empty() { "The value" } else { problem.path.trim_start_matches('.') };
                let message = text::new(heap, &format!("{place} {}", problem.message))?;
                value::make_case(heap, ty, 1, &[message as u64], call.result)
            }
        }
    }

    /// `Stdlib.Http.Internal.wireJson value`: as it is sent to clients.
    dark_http_internal_wire_json(invocation, call) {
        let written = json::write(call.slots(0), call.ty(0)).map_err(Failure::message)?;
        text::new(&mut invocation.heap, &written)
    }

    /// `Stdlib.Http.Internal.utf8 body`
    dark_http_internal_utf8(_, call) {
        let text = ::std::str::from_utf8(call.bytes(0));
        Ok(text.map_or_else(|_| Tree::error(NOT_UTF8), |text| Tree::ok(Tree::text(text))))
    }

    /// `Stdlib.Http.Internal.formFields body`
    dark_http_internal_form_fields(_, call) {
        let text = ::std::str::from_utf8(call.bytes(0));
        Ok(text.map_or_else(|_| Tree::error(NOT_UTF8), |text| Tree::ok(form_fields(text))))
    }
}
