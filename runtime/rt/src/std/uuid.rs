//! `Stdlib.Uuid`

use dark_abi::{Context, Str};

use crate::invocation::run;
use crate::json::parse_uuid;
use crate::text;
use crate::value::uuid_text;

/// # Safety
/// Called by compiled code; the result has two slots.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dark_uuid_generate(context: *mut Context, result: *mut u64) {
    // SAFETY: promised by the caller.
    unsafe {
        let number = run(context, |invocation| {
            let mut bytes = [0; 16];
            invocation.environment.random.fill(&mut bytes);
            // Version 4, variant 1 (RFC 9562).
            bytes[6] = bytes[6] & 0x0f | 0x40;
            bytes[8] = bytes[8] & 0x3f | 0x80;
            Ok(u128::from_be_bytes(bytes))
        });
        *result = number as u64;
        *result.add(1) = (number >> 64) as u64;
    }
}

/// The form with hyphens, also in braces, and the digits alone.
fn parse(text: &str) -> Option<u128> {
    let bare = text.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')).unwrap_or(text);
    if bare.len() == text.len() && text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return u128::from_str_radix(text, 16).ok();
    }
    parse_uuid(bare)
}

/// # Safety
/// Called by compiled code; the result has three slots.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dark_uuid_parse(_: *mut Context, uuid: *const Str, result: *mut u64) {
    // SAFETY: promised by the caller.
    unsafe {
        let number = parse(text::as_str(uuid));
        // `Error` of the only case of `ParseError` is 1 and zeros.
        *result = u64::from(number.is_none());
        *result.add(1) = number.unwrap_or(0) as u64;
        *result.add(2) = (number.unwrap_or(0) >> 64) as u64;
    }
}

/// # Safety
/// Called by compiled code.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dark_uuid_to_string(context: *mut Context, low: u64, high: u64) -> *mut Str {
    let number = u128::from(high) << 64 | u128::from(low);
    // SAFETY: promised by the caller.
    unsafe { run(context, |invocation| text::new_normal(&mut invocation.heap, &uuid_text(number))) }
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn three_forms_are_read() {
        let number = Some(0xaabb_ccdd_0011_2233_4455_6677_8899_aabb);
        for text in [
            "AABBCCDD-0011-2233-4455-66778899AABB",
            "{aabbccdd-0011-2233-4455-66778899aabb}",
            "aabbccdd00112233445566778899aabb",
        ] {
            assert_eq!(parse(text), number, "{text}");
        }
        for wrong in ["", "{}", "{aabbccdd00112233445566778899aabb}", "+abbccdd00112233445566778899aabb", "éabb"] {
            assert_eq!(parse(wrong), None, "{wrong}");
        }
    }
}
