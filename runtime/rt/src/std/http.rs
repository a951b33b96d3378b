//! What `Stdlib.Http` needs of the runtime.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use dark_abi::{Context, List, Str, TypeInfo};

use super::answer::answers;
use super::url::decoded;
use crate::invocation::{Failure, run};
use crate::value::Tree;
use crate::{json, list, text, value};

/// `Stdlib.Http.Internal.wireJson`: the value as it is sent to clients.
///
/// # Safety
/// Called by compiled code, by the reflective convention.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dark_http_internal_wire_json(
    context: *mut Context,
    result: *mut u64,
    _result_type: *const TypeInfo,
    arguments: *const *const u64,
    argument_types: *const *const TypeInfo,
) {
    // SAFETY: promised by the caller.
    unsafe {
        let str = run(context, |invocation| {
            let written = json::write(*arguments, value::ty(*argument_types)).map_err(Failure::message)?;
            text::new(&mut invocation.heap, &written)
        });
        *result = str as u64;
    }
}

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
    /// `Stdlib.Http.Internal.utf8 body`
    dark_http_internal_utf8(arguments) {
        let text = ::std::str::from_utf8(arguments.bytes(0));
        Ok(text.map_or_else(|_| Tree::error(NOT_UTF8), |text| Tree::ok(Tree::text(text))))
    }

    /// `Stdlib.Http.Internal.formFields body`
    dark_http_internal_form_fields(arguments) {
        let text = ::std::str::from_utf8(arguments.bytes(0));
        Ok(text.map_or_else(|_| Tree::error(NOT_UTF8), |text| Tree::ok(form_fields(text))))
    }
}
