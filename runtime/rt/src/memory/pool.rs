//! Chunks that the invocations of a thread take turns to use.

use ::std::alloc::Layout;
use ::std::cell::RefCell;

pub(super) const BYTES: usize = 64 * 1024;
/// With what the system's allocator puts in front it is a whole number of pages.
pub(super) const LARGE_BYTES: usize = 256 * 1024 - 64;
/// What a thread keeps for its next invocations: 4 MiB.
const KEPT_MAX: usize = 64;

/// The system gets it back when it is dropped; nobody uses it any more then.
pub(super) struct Chunk {
    start: *mut u8,
    bytes: usize,
}

thread_local! {
    /// Those of the usual size.
    static POOL: RefCell<Vec<Chunk>> = const { RefCell::new(Vec::new()) };
}

fn layout(bytes: usize) -> Layout {
    // SAFETY: a power of two, and one of the two sizes, which are far from half the address space.
    unsafe { Layout::from_size_align_unchecked(bytes, 64) }
}

impl Chunk {
    /// `None` when the system has none.
    pub(super) fn take(large: bool) -> Option<Chunk> {
        let kept = if large { None } else { POOL.try_with(|pool| pool.borrow_mut().pop()).ok().flatten() };
        kept.or_else(|| Chunk::new(if large { LARGE_BYTES } else { BYTES }))
    }

    fn new(bytes: usize) -> Option<Chunk> {
        // SAFETY: the layout is not empty.
        let start = unsafe { ::std::alloc::alloc(layout(bytes)) };
        (!start.is_null()).then_some(Chunk { start, bytes })
    }

    pub(super) fn start(&self) -> *mut u8 {
        self.start
    }

    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    /// Gives it back, to the thread if it can use it.
    pub(super) fn give(self) {
        if self.bytes != BYTES {
            return;
        }
        // At the thread's end, or when it has enough, the chunk is dropped.
        let _ = POOL.try_with(|pool| {
            let kept = &mut pool.borrow_mut();
            if kept.len() < KEPT_MAX {
                kept.push(self);
            }
        });
    }
}

impl Drop for Chunk {
    fn drop(&mut self) {
        // SAFETY: allocated with this layout, and nobody uses it.
        unsafe { ::std::alloc::dealloc(self.start, layout(self.bytes)) };
    }
}
