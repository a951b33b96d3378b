//! `Stdlib.Password`: Argon2 in its text form (PHC string format).
//!
//! Hashing takes tens of milliseconds and as many mebibytes, so it is done on a thread of the blocking pool while the
//! invocation waits.

use argon2::{Algorithm, Argon2, Params, Version};
use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD as BASE64;
use dark_abi::{Context, Str};
use dark_rt::{Failure, Fault, run, text};
use subtle::ConstantTimeEq;

use super::wait;

const SALT_BYTES: usize = 16;
const HASH_BYTES: usize = 32;
const RAW_BYTES_MAX: usize = 1024;
/// Of new hashes.
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
/// Of hashes that are checked: a stored text must not take all memory or time.
const MEMORY_KIB_MAX: u32 = 256 * 1024;
const PASSES_MAX: u32 = 64;

/// A hash and how it was made.
struct Stored {
    algorithm: Algorithm,
    version: Version,
    params: Params,
    salt: Vec<u8>,
    hash: Vec<u8>,
}

impl Stored {
    /// `$argon2id$v=19$m=…,t=…,p=…$salt$hash`; older services filled the text up with zeros.
    fn parse(text: &str) -> Option<Stored> {
        let text = text.split('\0').next()?;
        let mut parts = text.strip_prefix('$')?.split('$');
        let algorithm = Algorithm::new(parts.next()?).ok()?;
        let mut part = parts.next()?;
        let mut version = Version::V0x10;
        if let Some(number) = part.strip_prefix("v=") {
            version = Version::try_from(number.parse::<u32>().ok()?).ok()?;
            part = parts.next()?;
        }
        let (mut memory, mut passes, mut lanes) = (None, None, None);
        for parameter in part.split(',') {
            let (name, value) = parameter.split_once('=')?;
            let slot = match name {
                "m" => &mut memory,
                "t" => &mut passes,
                "p" => &mut lanes,
                _ => return None,
            };
            *slot = Some(value.parse::<u32>().ok()?);
        }
        let (salt, hash) = (BASE64.decode(parts.next()?).ok()?, BASE64.decode(parts.next()?).ok()?);
        let (memory, passes) = (memory?, passes?);
        if parts.next().is_some() || memory > MEMORY_KIB_MAX || passes > PASSES_MAX {
            return None;
        }
        let params = Params::new(memory, passes, lanes?, Some(hash.len())).ok()?;
        Some(Stored { algorithm, version, params, salt, hash })
    }

    fn is_of(&self, raw: &[u8]) -> bool {
        let mut hash = vec![0; self.hash.len()];
        let argon = Argon2::new(self.algorithm, self.version, self.params.clone());
        argon.hash_password_into(raw, &self.salt, &mut hash).is_ok() && bool::from(hash.ct_eq(&self.hash))
    }

    /// Whether it took less effort than a new one.
    fn is_weak(&self) -> bool {
        self.algorithm != Algorithm::Argon2id
            || self.version != Version::V0x13
            || self.params.m_cost() < MEMORY_KIB
            || self.params.t_cost() < PASSES
    }
}

fn hash(raw: &[u8], salt: [u8; SALT_BYTES]) -> Result<String, String> {
    let params = Params::new(MEMORY_KIB, PASSES, 1, Some(HASH_BYTES)).map_err(|error| error.to_string())?;
    let mut hash = [0; HASH_BYTES];
    let argon = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    argon.hash_password_into(raw, &salt, &mut hash).map_err(|error| error.to_string())?;
    Ok(format!("$argon2id$v=19$m={MEMORY_KIB},t={PASSES},p=1${}${}", BASE64.encode(salt), BASE64.encode(hash)))
}

/// The bytes of a password that is short enough.
///
/// # Safety
/// It is alive.
unsafe fn raw_bytes(raw: *const Str) -> Result<Vec<u8>, Fault> {
    // SAFETY: promised by the caller.
    let bytes = unsafe { text::as_bytes(raw) };
    if bytes.len() > RAW_BYTES_MAX {
        return Err(Failure::message(format!("A password has at most {RAW_BYTES_MAX} bytes, not {}", bytes.len())));
    }
    Ok(bytes.to_vec())
}

/// Does the work on a thread for such work, while others go on.
fn aside<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Fault> {
    wait(tokio::task::spawn_blocking(work))?.map_err(|error| Failure::internal(format!("hashing failed: {error}")))
}

/// # Safety
/// Called by compiled code.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn dark_password_internal_hash(context: *mut Context, raw: *const Str) -> *mut Str {
    // SAFETY: promised by the caller.
    unsafe {
        run(context, |invocation| {
            let raw = raw_bytes(raw)?;
            let mut salt = [0; SALT_BYTES];
            invocation.environment.random.fill(&mut salt);
            let made = aside(move || hash(&raw, salt))?.map_err(Failure::internal)?;
            text::new_normal(&mut invocation.heap, &made)
        })
    }
}

/// # Safety
/// Called by compiled code.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn dark_password_internal_check(
    context: *mut Context,
    hash: *const Str,
    raw: *const Str,
) -> bool {
    // SAFETY: promised by the caller.
    unsafe {
        run(context, |_| {
            // No hash is made of a longer text, and clients send what they like.
            let raw = text::as_bytes(raw);
            match Stored::parse(text::as_str(hash)) {
                Some(stored) if raw.len() <= RAW_BYTES_MAX => {
                    let raw = raw.to_vec();
                    aside(move || stored.is_of(&raw))
                }
                _ => Ok(false),
            }
        })
    }
}

/// # Safety
/// Called by compiled code.
#[unsafe(no_mangle)]
pub unsafe extern "C-unwind" fn dark_password_internal_needs_rehash(_: *mut Context, hash: *const Str) -> bool {
    // SAFETY: promised by the caller.
    unsafe { Stored::parse(text::as_str(hash)).is_none_or(|stored| stored.is_weak()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_is_checked_by_what_it_says() {
        let made = hash(b"open sesame", [7; SALT_BYTES]).expect("a hash");
        let stored = Stored::parse(&made).expect("its own form");
        assert!(stored.is_of(b"open sesame") && !stored.is_of(b"open") && !stored.is_weak());
    }

    #[test]
    fn other_costs_and_filled_up_texts_are_read() {
        // The example of the reference implementation: `echo -n password | argon2 somesalt -t 2 -m 16 -p 4 -l 24`.
        let reference = "$argon2i$v=19$m=65536,t=2,p=4$c29tZXNhbHQ$RdescudvJCsgt3ub+b+dWRWJTmaaJObG";
        let stored = Stored::parse(&format!("{reference}\0\0\0")).expect("a form of old");
        assert!(stored.is_of(b"password") && stored.is_weak());
    }

    #[test]
    fn broken_texts_are_no_hashes() {
        for text in [
            "",
            "?",
            "$argon2id$v=19$m=65536,t=2,p=4$c29tZXNhbHQ",
            "$argon2id$v=19$m=65536,t=2$c29tZXNhbHQ$RdescudvJCsgt3ub",
            "$argon2id$v=19$m=4294967295,t=2,p=1$c29tZXNhbHQ$RdescudvJCsgt3ub",
            "$argon2id$v=19$m=65536,t=4294967295,p=1$c29tZXNhbHQ$RdescudvJCsgt3ub",
            "$scrypt$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$RdescudvJCsgt3ub",
        ] {
            assert!(Stored::parse(text).is_none(), "{text}");
        }
    }
}
