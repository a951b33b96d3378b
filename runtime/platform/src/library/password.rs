//! `Stdlib.Password`: Argon2 in its text form (PHC string format).
//!
//! Hashing takes tens of milliseconds and as many mebibytes, so it is done on a thread of the blocking pool while the
//! invocation waits, by as many at once as there are cores, in memory that goes back to the system with the hash.

use std::ptr::{NonNull, null_mut};
use std::sync::{Arc, LazyLock};

use argon2::{Algorithm, Argon2, Block, Params, Version};
use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD as BASE64;
use dark_abi::{Context, Str};
use dark_rt::{Failure, Fault, run, text};
use subtle::ConstantTimeEq;
use tokio::sync::Semaphore;
use tokio::task::JoinError;

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
        fill(&argon, raw, &self.salt, &mut hash).is_ok() && bool::from(hash.ct_eq(&self.hash))
    }

    /// Whether it took less effort than a new one.
    fn is_weak(&self) -> bool {
        self.algorithm != Algorithm::Argon2id
            || self.version != Version::V0x13
            || self.params.m_cost() < MEMORY_KIB
            || self.params.t_cost() < PASSES
    }
}

/// The memory that a hash is made in: tens of mebibytes. Taken from the heap, each thread that has ever made a hash would
/// keep as much.
struct Memory {
    start: NonNull<Block>,
    blocks: usize,
}

impl Memory {
    fn new(blocks: usize) -> Option<Memory> {
        let bytes = blocks.checked_mul(size_of::<Block>())?;
        let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS;
        // SAFETY: memory of its own, wherever there is room.
        let start = unsafe { libc::mmap(null_mut(), bytes, libc::PROT_READ | libc::PROT_WRITE, flags, -1, 0) };
        if start == libc::MAP_FAILED {
            return None;
        }
        Some(Memory { start: NonNull::new(start.cast())?, blocks })
    }
}

impl AsMut<[Block]> for Memory {
    fn as_mut(&mut self) -> &mut [Block] {
        // SAFETY: a block is words, for which zeros are fine; pages are aligned more than it needs.
        unsafe { std::slice::from_raw_parts_mut(self.start.as_ptr(), self.blocks) }
    }
}

impl Drop for Memory {
    fn drop(&mut self) {
        // SAFETY: the whole of what was mapped, which nobody else knows.
        unsafe { libc::munmap(self.start.as_ptr().cast(), self.blocks * size_of::<Block>()) };
    }
}

/// The hash of the text.
fn fill(argon: &Argon2<'_>, raw: &[u8], salt: &[u8], hash: &mut [u8]) -> Result<(), String> {
    let memory = Memory::new(argon.params().block_count()).ok_or("there is no memory for a hash")?;
    argon.hash_password_into_with_memory(raw, salt, hash, memory).map_err(|error| error.to_string())
}

fn hash(raw: &[u8], salt: [u8; SALT_BYTES]) -> Result<String, String> {
    let params = Params::new(MEMORY_KIB, PASSES, 1, Some(HASH_BYTES)).map_err(|error| error.to_string())?;
    let mut hash = [0; HASH_BYTES];
    let argon = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    fill(&argon, raw, &salt, &mut hash)?;
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

/// More at once than there are cores would only hold each other up, and take the memory of all.
static TURNS: LazyLock<Arc<Semaphore>> =
    LazyLock::new(|| Arc::new(Semaphore::new(std::thread::available_parallelism().map_or(1, usize::from))));

/// Does the work on a thread for such work when it is its turn, while others go on.
fn aside<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Fault> {
    wait(in_turn(TURNS.clone(), work))?.map_err(|error| Failure::internal(format!("hashing failed: {error}")))
}

async fn in_turn<T: Send + 'static>(
    turns: Arc<Semaphore>,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, JoinError> {
    // The turn goes along: it ends with the work, even if nobody waits for that any more.
    let turn = turns.acquire_owned().await;
    tokio::task::spawn_blocking(move || {
        let _turn = turn;
        work()
    })
    .await
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
    fn the_memory_of_a_hash_goes_back() {
        const THREADS: usize = 8;
        let resident = || {
            let status = std::fs::read_to_string("/proc/self/status").expect("Linux");
            let line = status.lines().find_map(|line| line.strip_prefix("RssAnon:")).expect("its memory");
            line.trim().trim_end_matches(" kB").parse::<u32>().expect("a number")
        };
        let before = resident();
        let made = std::sync::Barrier::new(THREADS + 1);
        std::thread::scope(|scope| {
            for n in 0..THREADS {
                let made = &made;
                scope.spawn(move || {
                    hash(b"open sesame", [n as u8; SALT_BYTES]).expect("a hash");
                    // Twice: what all have made, and what is left of it while the threads are there.
                    made.wait();
                    made.wait();
                });
            }
            made.wait();
            let kept = resident().saturating_sub(before);
            made.wait();
            assert!(kept < THREADS as u32 * MEMORY_KIB / 2, "{kept} KiB");
        });
    }

    #[tokio::test]
    async fn hashes_are_made_in_turn() {
        use std::sync::atomic::{AtomicUsize, Ordering};
        let (turns, now) = (Arc::new(Semaphore::new(2)), Arc::new(AtomicUsize::new(0)));
        let works = (0..8).map(|_| {
            let now = now.clone();
            tokio::spawn(in_turn(turns.clone(), move || {
                let others = now.fetch_add(1, Ordering::SeqCst);
                std::thread::sleep(std::time::Duration::from_millis(2));
                now.fetch_sub(1, Ordering::SeqCst);
                others
            }))
        });
        for work in works.collect::<Vec<_>>() {
            let others = work.await.expect("it ends").expect("it ends well");
            assert!(others < 2, "{others} at the same time");
        }
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
