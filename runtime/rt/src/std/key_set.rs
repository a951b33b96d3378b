//! What `JWT.verifyWithKeySet` needs: published keys that are kept for a while, and signatures by keys in their parts.

use ::std::collections::HashMap;
use ::std::sync::{LazyLock, Mutex, PoisonError};

use dark_abi::{Context, Str};
use ring::signature::{
    ECDSA_P256_SHA256_FIXED, ED25519, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents, UnparsedPublicKey,
};

use super::answer::answers;
use crate::invocation::run;
use crate::text;
use crate::value::Tree;

/// Addresses, and bytes of one set, that are kept.
const SETS_MAX: usize = 100;
const BYTES_MAX: usize = 1 << 20;

/// By address: the text, and when it was fetched.
static KEPT: LazyLock<Mutex<HashMap<String, (u64, String)>>> = LazyLock::new(Mutex::default);

/// Whether it is the data's signature.
fn verifies(algorithm: &str, first: &[u8], second: &[u8], data: &[u8], signature: &[u8]) -> bool {
    match algorithm {
        "RS256" => {
            // Some write a zero in front.
            let n = first.iter().position(|byte| *byte != 0).map_or(first, |start| &first[start..]);
            RsaPublicKeyComponents { n, e: second }.verify(&RSA_PKCS1_2048_8192_SHA256, data, signature).is_ok()
        }
        "ES256" if first.len() == 32 && second.len() == 32 => {
            let point = [&[4], first, second].concat();
            UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point).verify(data, signature).is_ok()
        }
        "EdDSA" => UnparsedPublicKey::new(&ED25519, first).verify(data, signature).is_ok(),
        _ => false,
    }
}

/// `JWT.Internal.verifyBy algorithm first second data signature`
///
/// # Safety
/// Called by compiled code.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dark_jwt_internal_verify_by(
    _: *mut Context,
    algorithm: *const Str,
    first: *const Str,
    second: *const Str,
    data: *const Str,
    signature: *const Str,
) -> bool {
    // SAFETY: promised by the caller: a text and blobs.
    unsafe {
        let (first, second) = (text::as_bytes(first), text::as_bytes(second));
        verifies(text::as_str(algorithm), first, second, text::as_bytes(data), text::as_bytes(signature))
    }
}

/// `JWT.Internal.keep url json`
///
/// # Safety
/// Called by compiled code.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dark_jwt_internal_keep(context: *mut Context, url: *const Str, json: *const Str) {
    // SAFETY: promised by the caller.
    unsafe {
        run(context, |invocation| {
            let (url, json) = (text::as_str(url), text::as_str(json));
            let now_ns = invocation.environment.clock.monotonic_ns();
            let mut kept = KEPT.lock().unwrap_or_else(PoisonError::into_inner);
            if kept.len() >= SETS_MAX {
                kept.clear();
            }
            if json.len() <= BYTES_MAX {
                kept.insert(url.to_owned(), (now_ns, json.to_owned()));
            }
            Ok(())
        });
    }
}

answers! {
    /// `JWT.Internal.keptKeys url maxAgeSeconds`
    dark_jwt_internal_kept_keys(invocation, call) {
        let max_age_ns = (call.word(1) as i64).max(0) as u64 * 1_000_000_000;
        let now_ns = invocation.environment.clock.monotonic_ns();
        let kept = KEPT.lock().unwrap_or_else(PoisonError::into_inner);
        let young = kept.get(call.text(0)).filter(|(at_ns, _)| now_ns.saturating_sub(*at_ns) <= max_age_ns);
        Ok(Tree::option(young.map(|(_, json)| Tree::text(json.clone()))))
    }
}

#[cfg(test)]
mod tests {
    use base64::Engine;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;

    use super::verifies;

    /// Algorithm, the two parts of a key, and a signature of `header.payload` (made with OpenSSL).
    const SIGNED: [[&str; 4]; 3] = [
        [
            "RS256",
            "oZ770a9azOi_-YIOpfCs5Zsg5tyIKZ1Xm0cZ71frQ99cofq264nhm9G_Xfm3SPHDWTMWV7nG40kTKsQIALjBjglo5zXqeMhi\
             SkxK_8A890Pr1lj9BxTO632Zljg5CoWnnrRpIOS53kpWcqQ6zJ6OnUidmP2MGKHuY1MGLkVy5A-CdWa-P2BwhdpzZ-ionctc\
             N3JjJNwsk3FCX9w3TmCHknSdywwPthFkSqqWIor62fFcaVUKpeNNTsKEInyjIzKs5DhtBg-08bALdeYsSU0T9neSFUCKgSk9\
             gEOO10c5hOHq6iesFVQY8-NmKBxwhxdoDHRhagQ-ZxKVeMtbaFPNpQ",
            "AQAB",
            "V2Q3NTbQRqkKdWHehfUgrXHP_AtyWdfK8FGvhSrRR84GR4whOOrHA00OaZrXOKwijv1by6qhDon6up8vw5TcaBQb9D6tUnI0\
             oV73fEtKPojTnpyGfVpZM74MsdrTE7wT6TYwHlemyeoRGJeJ_dOC0bU4UotOosxnGTrWkx1OxgTZwm6EJS7byh5qGxVNpB7_\
             Z56ISyXHkq8fiLsI0NU4OWxDCwVEET562IRxvSrtkJU0rs8hDWA3vUiw4LeA8SlA1hdfYR2_C2nq_GBybNA3nJpwtpfBn87A\
             TMZp5PACvpZ0B6sVirvrbRvK7C9IThJzuNXR4IjSTQl9o3Oi7jOr_w",
        ],
        [
            "ES256",
            "tFFyTLOHottmK6RUysWhEdHAsj2hp11nnDfSo7nPniE",
            "bPGNfY_kSHGF-zin5MCJqopIDcF7iaL4pGkGcfYe0bQ",
            "EDkr0WfgLcl_IOK_oG-1Be-xhtZ-wlxTIe9O5d_TsS1IQ27Wr5EoKj82k8qaOB-VduhSR7_ec7l08qHkerfFAg",
        ],
        [
            "EdDSA",
            "qORB_bx_t1tKdp1y17pKLlw46XoYamvy9dY9ZefeWt0",
            "",
            "dHHASyZ0J4k9SIDwxMJ0XN31yGOhknVchqI1ztBT7Lb30yXPWOvyynqJ5khhK-E_T9OA462DrtLHiTGiFzfbCA",
        ],
    ];

    fn bytes(text: &str) -> Vec<u8> {
        URL_SAFE_NO_PAD.decode(text).expect("base64")
    }

    #[test]
    fn keys_in_parts_verify_what_they_have_signed() {
        for [algorithm, first, second, signature] in SIGNED {
            let (first, second, signature) = (bytes(first), bytes(second), bytes(signature));
            assert!(verifies(algorithm, &first, &second, b"header.payload", &signature), "{algorithm}");
            assert!(!verifies(algorithm, &first, &second, b"header.payloae", &signature), "{algorithm}");
            assert!(!verifies(algorithm, &first, &second, b"header.payload", b""), "{algorithm}");
            assert!(!verifies(algorithm, b"", b"", b"header.payload", &signature), "{algorithm}");
            assert!(!verifies("none", &first, &second, b"header.payload", &signature), "{algorithm}");
        }
        let [algorithm, first, second, signature] = SIGNED[0];
        let zero_in_front = [&[0], &bytes(first)[..]].concat();
        assert!(verifies(algorithm, &zero_in_front, &bytes(second), b"header.payload", &bytes(signature)));
    }
}
