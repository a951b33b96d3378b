//! Chunks that the invocations of a thread take turns to use.

use ::std::alloc::Layout;
use ::std::cell::RefCell;

pub(super) const CHUNK_BYTES: usize = 64 * 1024;
/// What a thread keeps for its next invocations: 4 MiB.
const KEPT_MAX: usize = 64;

struct Pool(Vec<*mut u8>);

thread_local! {
    static POOL: RefCell<Pool> = const { RefCell::new(Pool(Vec::new())) };
}

fn layout() -> Layout {
    // SAFETY: a power of two, and a size that is no larger than half the address space.
    unsafe { Layout::from_size_align_unchecked(CHUNK_BYTES, 64) }
}

/// A chunk of `CHUNK_BYTES`; null when the system has none.
pub(super) fn take() -> *mut u8 {
    let kept = POOL.try_with(|pool| pool.borrow_mut().0.pop()).ok().flatten();
    // SAFETY: the layout is not empty.
    kept.unwrap_or_else(|| unsafe { ::std::alloc::alloc(layout()) })
}

/// Gives a chunk back.
///
/// # Safety
/// It came from `take`, on any thread, and nobody uses it any more.
pub(super) unsafe fn give(chunk: *mut u8) {
    let kept = POOL.try_with(|pool| {
        let kept = &mut pool.borrow_mut().0;
        let has_room = kept.len() < KEPT_MAX;
        if has_room {
            kept.push(chunk);
        }
        has_room
    });
    if !kept.unwrap_or(false) {
        // SAFETY: allocated with this layout.
        unsafe { ::std::alloc::dealloc(chunk, layout()) };
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        for chunk in self.0.drain(..) {
            // SAFETY: allocated with this layout, and nobody uses it.
            unsafe { ::std::alloc::dealloc(chunk, layout()) };
        }
    }
}
