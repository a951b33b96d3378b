//! `Stdlib.X509`: the public key of a certificate, as it stands there.
//!
//! The certificate is only walked through (RFC 5280): who signed it, for whom and for how long is not looked at.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use dark_abi::{Context, Str};

use super::der::{self, BIT_STRING, INTEGER, OBJECT_ID, Reader, SEQUENCE, VERSION};
use super::results::write_result;
use crate::text;

const LINE_CHARS: usize = 64;

/// Algorithms of keys, as the contents of their object identifiers: RSA, elliptic curves, DSA, Ed25519.
const ALGORITHMS: [&[u8]; 4] = [
    &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01],
    &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01],
    &[0x2a, 0x86, 0x48, 0xce, 0x38, 0x04, 0x01],
    &[0x2b, 0x65, 0x70],
];

/// The subject's public key information of a certificate.
fn key_of(certificate: &[u8]) -> Option<&[u8]> {
    let mut outer = Reader(certificate);
    let (mut whole, _) = outer.element(SEQUENCE)?;
    outer.end()?;
    let (mut signed, _) = whole.element(SEQUENCE)?;
    whole.element(SEQUENCE)?;
    whole.element(BIT_STRING)?;
    whole.end()?;
    // Absent in certificates of version 1.
    signed.element(VERSION);
    signed.element(INTEGER)?;
    // Algorithm, issuer, validity, subject.
    for _ in 0..4 {
        signed.element(SEQUENCE)?;
    }
    let (mut key, encoded) = signed.element(SEQUENCE)?;
    let (mut algorithm, _) = key.element(SEQUENCE)?;
    let (id, _) = algorithm.element(OBJECT_ID)?;
    key.element(BIT_STRING)?;
    key.end()?;
    ALGORITHMS.contains(&id.0).then_some(encoded)
}

fn public_key(pem: &str) -> Option<String> {
    let certificate = der::block(pem, "CERTIFICATE")?;
    let encoded = STANDARD.encode(key_of(&certificate)?);
    let mut out = String::from("-----BEGIN PUBLIC KEY-----\n");
    for (at, digit) in encoded.chars().enumerate() {
        if at > 0 && at % LINE_CHARS == 0 {
            out.push('\n');
        }
        out.push(digit);
    }
    out.push_str("\n-----END PUBLIC KEY-----\n");
    Some(out)
}

/// # Safety
/// Called by compiled code.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dark_x509_pem_certificate_public_key(
    context: *mut Context,
    cert: *const Str,
    result: *mut u64,
) {
    // SAFETY: promised by the caller.
    unsafe {
        write_result(context, result, |invocation| match public_key(text::as_str(cert)) {
            Some(key) => Ok(Ok(text::new_normal(&mut invocation.heap, &key)? as u64)),
            None => Ok(Err("No certificates".to_owned())),
        });
    }
}
