//! `Stdlib.Crypto`: digests, keyed digests, and bytes nobody can foretell.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use dark_abi::{Context, Str};
use md5::{Digest, Md5};
use ring::{digest, hmac};
use subtle::ConstantTimeEq;

use crate::invocation::{Failure, Fault, Invocation, run};
use crate::{number, text};

/// # Safety
/// The context is that of the running invocation.
unsafe fn blob(context: *mut Context, bytes: &[u8]) -> *mut Str {
    // SAFETY: promised by the caller.
    unsafe { run(context, |invocation| text::bytes(&mut invocation.heap, bytes)) }
}

macro_rules! digests {
    ($($name:ident = $algorithm:ident;)*) => {
        $(
            /// # Safety
            /// Called by compiled code.
            #[unsafe(no_mangle)]
            pub unsafe extern "C" fn $name(context: *mut Context, data: *const Str) -> *mut Str {
                // SAFETY: promised by the caller.
                unsafe { blob(context, digest::digest(&digest::$algorithm, text::as_bytes(data)).as_ref()) }
            }
        )*
    };
}

digests! {
    dark_crypto_sha256 = SHA256;
    dark_crypto_sha384 = SHA384;
    dark_crypto_sha512 = SHA512;
}

/// # Safety
/// Called by compiled code.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dark_crypto_md5(context: *mut Context, data: *const Str) -> *mut Str {
    // SAFETY: promised by the caller.
    unsafe { blob(context, Md5::digest(text::as_bytes(data)).as_slice()) }
}

macro_rules! keyed {
    ($($name:ident = $algorithm:ident;)*) => {
        $(
            /// # Safety
            /// Called by compiled code.
            #[unsafe(no_mangle)]
            pub unsafe extern "C" fn $name(context: *mut Context, key: *const Str, data: *const Str) -> *mut Str {
                // SAFETY: promised by the caller.
                unsafe {
                    let key = hmac::Key::new(hmac::$algorithm, text::as_bytes(key));
                    blob(context, hmac::sign(&key, text::as_bytes(data)).as_ref())
                }
            }
        )*
    };
}

keyed! {
    dark_crypto_sha256hmac = HMAC_SHA256;
    dark_crypto_sha512hmac = HMAC_SHA512;
    dark_crypto_sha1hmac = HMAC_SHA1_FOR_LEGACY_USE_ONLY;
}

/// # Safety
/// Called by compiled code.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dark_crypto_constant_time_equals(_: *mut Context, a: *const Str, b: *const Str) -> bool {
    // SAFETY: promised by the caller.
    unsafe { text::as_bytes(a).ct_eq(text::as_bytes(b)).into() }
}

/// As many random bytes as an `Int` says.
fn random(invocation: &mut Invocation, count: u64) -> Result<Vec<u8>, Fault> {
    // SAFETY: an `Int` of the caller.
    let (asked, shown) = unsafe { (number::to_i64(count), number::display(count)) };
    if shown.starts_with('-') {
        return Err(Failure::message(format!("Expected the number of bytes to be positive, but it was `{shown}`")));
    }
    let count = asked.and_then(|count| usize::try_from(count).ok()).ok_or_else(Failure::memory)?;
    invocation.heap.check_room(count)?;
    let mut bytes = vec![0; count];
    invocation.environment.random.fill(&mut bytes);
    Ok(bytes)
}

/// # Safety
/// Called by compiled code.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dark_crypto_random_bytes(context: *mut Context, count: u64) -> *mut Str {
    // SAFETY: promised by the caller.
    unsafe {
        run(context, |invocation| {
            let bytes = random(invocation, count)?;
            text::bytes(&mut invocation.heap, &bytes)
        })
    }
}

/// # Safety
/// Called by compiled code.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dark_crypto_token(context: *mut Context, bytes: u64) -> *mut Str {
    // SAFETY: promised by the caller.
    unsafe {
        run(context, |invocation| {
            let bytes = random(invocation, bytes)?;
            text::new_normal(&mut invocation.heap, &URL_SAFE_NO_PAD.encode(bytes))
        })
    }
}
