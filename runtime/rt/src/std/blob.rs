//! `Stdlib.Blob` and `Stdlib.Base64`.

use base64::Engine;
use base64::alphabet::{STANDARD as ALPHABET, URL_SAFE as URL_ALPHABET};
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use dark_abi::{Context, List, Str};

use super::results::write_result;
use crate::invocation::{Failure, Fault, run};
use crate::memory::Heap;
use crate::{list, number, text, value};

/// Bits that no byte needs are ignored when reading.
const CONFIG: GeneralPurposeConfig = GeneralPurposeConfig::new()
    .with_decode_allow_trailing_bits(true)
    .with_decode_padding_mode(DecodePaddingMode::RequireCanonical);
const STANDARD: GeneralPurpose = GeneralPurpose::new(&ALPHABET, CONFIG);
const URL: GeneralPurpose = GeneralPurpose::new(&URL_ALPHABET, CONFIG);

/// Both alphabets, padding or not; `None` for everything else, blanks included. `skips` are left out, but count when
/// missing padding is made up for.
fn decode(text: &str, skips: &[char]) -> Option<Vec<u8>> {
    // What most texts are.
    if text.len().is_multiple_of(4)
        && let Ok(bytes) = STANDARD.decode(text)
    {
        return Some(bytes);
    }
    let padding = match text.encode_utf16().count() % 4 {
        2 => "==",
        3 => "=",
        _ => "",
    };
    let mut digits: String = text
        .chars()
        .filter(|c| !skips.contains(c))
        .map(|c| match c {
            '-' => '+',
            '_' => '/',
            other => other,
        })
        .collect();
    digits.push_str(padding);
    STANDARD.decode(digits).ok()
}

/// # Safety
/// Called by compiled code.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dark_base64_decode(context: *mut Context, s: *const Str, result: *mut u64) {
    // SAFETY: promised by the caller.
    unsafe {
        write_result(context, result, |invocation| match decode(text::as_str(s), &[]) {
            Some(bytes) => Ok(Ok(text::bytes(&mut invocation.heap, &bytes)? as u64)),
            None => Ok(Err("Not a valid base64 string".to_owned())),
        });
    }
}

fn encoded(heap: &mut Heap, alphabet: &GeneralPurpose, bytes: &[u8]) -> Result<*mut Str, Fault> {
    let len = base64::encoded_len(bytes.len(), true).ok_or_else(Failure::memory)?;
    let mut written = Ok(0);
    let text = text::filled(heap, len, |room| written = alphabet.encode_slice(bytes, room))?;
    match written {
        Ok(_) => Ok(text),
        Err(_) => Err(Failure::internal("base64 has another length")),
    }
}

/// # Safety
/// Called by compiled code.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dark_base64_encode(context: *mut Context, bytes: *const Str) -> *mut Str {
    // SAFETY: promised by the caller.
    unsafe { run(context, |invocation| encoded(&mut invocation.heap, &STANDARD, text::as_bytes(bytes))) }
}

/// # Safety
/// Called by compiled code.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dark_base64_url_encode(context: *mut Context, bytes: *const Str) -> *mut Str {
    // SAFETY: promised by the caller.
    unsafe { run(context, |invocation| encoded(&mut invocation.heap, &URL, text::as_bytes(bytes))) }
}

/// # Safety
/// Called by compiled code.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dark_blob_from_base64(context: *mut Context, s: *const Str, result: *mut u64) {
    // SAFETY: promised by the caller.
    unsafe {
        write_result(context, result, |invocation| match decode(text::as_str(s), &[' ', '\t', '\r', '\n']) {
            Some(bytes) => Ok(Ok(text::bytes(&mut invocation.heap, &bytes)? as u64)),
            None => {
                Ok(Err("Invalid base64 string: The input is not a valid Base-64 string as it contains a non-base 64 \
                            character, more than two padding characters, or an illegal character among the padding \
                            characters."
                    .to_owned()))
            }
        });
    }
}

/// # Safety
/// Called by compiled code.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dark_blob_length(context: *mut Context, blob: *const Str) -> u64 {
    // SAFETY: promised by the caller.
    unsafe { run(context, |invocation| number::from_i64(&mut invocation.heap, text::as_bytes(blob).len() as i64)) }
}

/// # Safety
/// Called by compiled code; the elements are blobs.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dark_blob_concat(context: *mut Context, blobs: *const List) -> *mut Str {
    // SAFETY: promised by the caller.
    unsafe {
        run(context, |invocation| {
            let parts: Vec<&[u8]> =
                (0..list::len(blobs)).map(|i| text::as_bytes(value::object(list::at(blobs, i)))).collect();
            invocation.heap.check_room(parts.iter().map(|part| part.len()).sum())?;
            text::bytes(&mut invocation.heap, &parts.concat())
        })
    }
}

/// A number as a place in something that long, 0 or the end if it is outside.
///
/// # Safety
/// The word is an `Int`.
unsafe fn clamped(word: u64, len: usize) -> usize {
    // SAFETY: promised by the caller.
    match unsafe { number::to_i64(word) } {
        Some(place) => usize::try_from(place).unwrap_or(0).min(len),
        // What no machine word holds is beyond one end or the other.
        // SAFETY: as above.
        None if unsafe { number::display(word) }.starts_with('-') => 0,
        None => len,
    }
}

/// # Safety
/// Called by compiled code.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dark_blob_slice(context: *mut Context, blob: *const Str, start: u64, length: u64) -> *mut Str {
    // SAFETY: promised by the caller.
    unsafe {
        run(context, |invocation| {
            let bytes = text::as_bytes(blob);
            let rest = &bytes[clamped(start, bytes.len())..];
            text::bytes(&mut invocation.heap, &rest[..clamped(length, rest.len())])
        })
    }
}

const HEX_DIGITS: &[u8; 16] = b"0123456789ABCDEF";

fn hex(bytes: &[u8]) -> String {
    bytes
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 15])
        .map(|digit| char::from(HEX_DIGITS[usize::from(digit)]))
        .collect()
}

fn unhex(digits: &str) -> Result<Vec<u8>, &'static str> {
    if !digits.encode_utf16().count().is_multiple_of(2) {
        return Err("its length is not a multiple of 2.");
    }
    let digits: Option<Vec<u8>> =
        digits.chars().map(|c| c.to_digit(16).and_then(|digit| u8::try_from(digit).ok())).collect();
    let digits = digits.ok_or("it contains a non-hex character.")?;
    Ok(digits.chunks_exact(2).map(|pair| pair[0] << 4 | pair[1]).collect())
}

/// # Safety
/// Called by compiled code.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dark_blob_to_hex(context: *mut Context, blob: *const Str) -> *mut Str {
    // SAFETY: promised by the caller.
    unsafe { run(context, |invocation| text::new_normal(&mut invocation.heap, &hex(text::as_bytes(blob)))) }
}

/// # Safety
/// Called by compiled code.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dark_blob_from_hex(context: *mut Context, s: *const Str, result: *mut u64) {
    // SAFETY: promised by the caller.
    unsafe {
        write_result(context, result, |invocation| match unhex(text::as_str(s)) {
            Ok(bytes) => Ok(Ok(text::bytes(&mut invocation.heap, &bytes)? as u64)),
            Err(why) => Ok(Err(format!("Invalid hex string: The input is not a valid hex string as {why}"))),
        });
    }
}

/// # Safety
/// Called by compiled code.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dark_blob_to_string(context: *mut Context, blob: *const Str, result: *mut u64) {
    // SAFETY: promised by the caller.
    unsafe {
        write_result(context, result, |invocation| {
            let bytes = text::as_bytes(blob);
            match ::std::str::from_utf8(bytes) {
                Ok(text) => Ok(Ok(text::new(&mut invocation.heap, text)? as u64)),
                Err(error) => Ok(Err(untranslatable(bytes, &error))),
            }
        });
    }
}

/// Which bytes are no text, and where.
fn untranslatable(bytes: &[u8], error: &::std::str::Utf8Error) -> String {
    let start = error.valid_up_to();
    let end = error.error_len().map_or(bytes.len(), |len| start + len);
    let shown: String = bytes[start..end].iter().map(|byte| format!("[{byte:02X}]")).collect();
    format!("Invalid UTF-8: Unable to translate bytes {shown} at index {start} from specified code page to Unicode.")
}

/// # Safety
/// Called by compiled code.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dark_blob_from_string(context: *mut Context, s: *const Str) -> *mut Str {
    // SAFETY: promised by the caller.
    unsafe { run(context, |invocation| text::bytes(&mut invocation.heap, text::as_bytes(s))) }
}

/// # Safety
/// Called by compiled code.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dark_blob_to_list(context: *mut Context, blob: *const Str) -> *mut List {
    // SAFETY: promised by the caller.
    unsafe { run(context, |invocation| list::of_bytes(&mut invocation.heap, text::as_bytes(blob))) }
}

/// # Safety
/// Called by compiled code; the elements are `UInt8`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dark_blob_from_list(context: *mut Context, bytes: *const List) -> *mut Str {
    // SAFETY: promised by the caller.
    unsafe { run(context, |invocation| text::bytes(&mut invocation.heap, list::bytes(bytes))) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_read_with_and_without_padding() {
        for text in ["YQ==", "YQ", "YQ=", "YR=="] {
            assert_eq!(decode(text, &[]).as_deref(), Some(&b"a"[..]), "{text}");
        }
        assert_eq!(decode("-_8", &[]), decode("+/8=", &[]));
        for text in ["Y", "=", "====", "Y===", "YQ==YQ==", "Y Q=", "YQ==\n", "Yé=="] {
            assert_eq!(decode(text, &[]), None, "{text}");
        }
        assert_eq!(decode("YW\nJj", &['\n']), Some(b"abc".to_vec()));
    }

    #[test]
    fn hexadecimal_digits_are_read_back() {
        assert_eq!(unhex("00ffAb"), Ok(vec![0, 255, 171]));
        assert_eq!(hex(&[0, 255, 171]), "00FFAB");
        assert!(unhex("0").is_err_and(|why| why.contains("multiple")));
        assert!(unhex("0x").is_err_and(|why| why.contains("non-hex")));
    }
}
