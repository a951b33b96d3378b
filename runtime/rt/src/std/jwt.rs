//! `Stdlib.JWT`: signatures by keys in PEM files.

use dark_abi::{Context, Str};
use ring::rand::SystemRandom;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P256_SHA256_FIXED_SIGNING, ED25519, EcdsaKeyPair, Ed25519KeyPair, KeyPair,
    RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256, RsaKeyPair, UnparsedPublicKey, VerificationAlgorithm,
};

use super::der::{block, key_bits};
use super::results::write_result;
use crate::text;

const PRIVATE: &str = "PRIVATE KEY";
const RSA_PRIVATE: &str = "RSA PRIVATE KEY";

/// What a key signs with; named in the token's header by the same words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Algorithm {
    Rs256,
    Es256,
    EdDsa,
}

impl Algorithm {
    fn named(name: &str) -> Option<Algorithm> {
        match name {
            "RS256" => Some(Algorithm::Rs256),
            "ES256" => Some(Algorithm::Es256),
            "EdDSA" => Some(Algorithm::EdDsa),
            _ => None,
        }
    }
}

/// A private key.
enum Signer {
    Rsa(RsaKeyPair),
    Ecdsa(EcdsaKeyPair),
    Ed25519(Ed25519KeyPair),
}

impl Signer {
    /// The private key of a PEM text; the error says what is wrong with it.
    fn read(algorithm: Algorithm, pem: &str) -> Result<Signer, String> {
        let key = block(pem, PRIVATE);
        let wrong = |error: ring::error::KeyRejected| format!("The private key cannot be used: {error}");
        match (algorithm, key) {
            (Algorithm::Rs256, Some(key)) => RsaKeyPair::from_pkcs8(&key).map(Signer::Rsa).map_err(wrong),
            (Algorithm::Rs256, None) => {
                let key = block(pem, RSA_PRIVATE).ok_or_else(no_key)?;
                RsaKeyPair::from_der(&key).map(Signer::Rsa).map_err(wrong)
            }
            (Algorithm::Es256, Some(key)) => {
                EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &key, &SystemRandom::new())
                    .map(Signer::Ecdsa)
                    .map_err(wrong)
            }
            (Algorithm::EdDsa, Some(key)) => {
                Ed25519KeyPair::from_pkcs8_maybe_unchecked(&key).map(Signer::Ed25519).map_err(wrong)
            }
            (Algorithm::Es256, None) if pem.contains("-----BEGIN EC PRIVATE KEY-----") => {
                Err("The private key has the older form `EC PRIVATE KEY`; `openssl pkcs8 -topk8 -nocrypt` turns it \
                     into `PRIVATE KEY`"
                    .to_owned())
            }
            (_, None) => Err(no_key()),
        }
    }

    fn sign(&self, data: &[u8]) -> Result<Vec<u8>, String> {
        let failed = |_| "The private key does not sign".to_owned();
        let random = SystemRandom::new();
        match self {
            Signer::Rsa(key) => {
                let mut signature = vec![0; key.public().modulus_len()];
                key.sign(&RSA_PKCS1_SHA256, &random, data, &mut signature).map_err(failed)?;
                Ok(signature)
            }
            Signer::Ecdsa(key) => Ok(key.sign(&random, data).map_err(failed)?.as_ref().to_vec()),
            Signer::Ed25519(key) => Ok(key.sign(data).as_ref().to_vec()),
        }
    }

    fn public(&self) -> &[u8] {
        match self {
            Signer::Rsa(key) => key.public_key().as_ref(),
            Signer::Ecdsa(key) => key.public_key().as_ref(),
            Signer::Ed25519(key) => key.public_key().as_ref(),
        }
    }
}

fn no_key() -> String {
    "No supported key formats were found. Check that the input represents the contents of a PEM-encoded key file, not \
     the path to such a file."
        .to_owned()
}

/// The bits of a public key in PEM, or of the public half of a private one.
fn public_key(algorithm: Algorithm, pem: &str) -> Option<Vec<u8>> {
    if let Some(information) = block(pem, "PUBLIC KEY") {
        return key_bits(&information).map(<[u8]>::to_vec);
    }
    if algorithm == Algorithm::Rs256
        && let Some(key) = block(pem, "RSA PUBLIC KEY")
    {
        return Some(key);
    }
    Signer::read(algorithm, pem).ok().map(|signer| signer.public().to_vec())
}

/// # Safety
/// Called by compiled code.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dark_jwt_internal_sign(
    context: *mut Context,
    algorithm: *const Str,
    pem: *const Str,
    data: *const Str,
    result: *mut u64,
) {
    // SAFETY: promised by the caller.
    unsafe {
        let (algorithm, pem, data) = (text::as_str(algorithm), text::as_str(pem), text::as_bytes(data));
        write_result(context, result, |invocation| {
            let Some(algorithm) = Algorithm::named(algorithm) else { return Ok(Err(no_key())) };
            match Signer::read(algorithm, pem).and_then(|signer| signer.sign(data)) {
                Ok(signature) => Ok(Ok(text::bytes(&mut invocation.heap, &signature)? as u64)),
                Err(error) => Ok(Err(error)),
            }
        });
    }
}

/// Whether it is the data's signature; the error says that there is no key.
///
/// # Safety
/// Called by compiled code.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dark_jwt_internal_verify(
    context: *mut Context,
    algorithm: *const Str,
    pem: *const Str,
    data: *const Str,
    signature: *const Str,
    result: *mut u64,
) {
    // SAFETY: promised by the caller.
    unsafe {
        let (data, signature) = (text::as_bytes(data), text::as_bytes(signature));
        let (algorithm, pem) = (text::as_str(algorithm), text::as_str(pem));
        write_result(context, result, |_| {
            let Some(algorithm) = Algorithm::named(algorithm) else { return Ok(Err(no_key())) };
            let Some(key) = public_key(algorithm, pem) else { return Ok(Err("Invalid public key".to_owned())) };
            let by: &dyn VerificationAlgorithm = match algorithm {
                Algorithm::Rs256 => &RSA_PKCS1_2048_8192_SHA256,
                Algorithm::Es256 => &ECDSA_P256_SHA256_FIXED,
                Algorithm::EdDsa => &ED25519,
            };
            Ok(Ok(u64::from(UnparsedPublicKey::new(by, key).verify(data, signature).is_ok())))
        });
    }
}
