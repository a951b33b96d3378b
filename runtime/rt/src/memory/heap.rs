//! The heap of one invocation.

use ::std::ptr::null_mut;
use ::std::sync::Mutex;

use dark_abi::{Header, HeapHead};

use super::HeapMode;
use super::block::Blocks;
use super::pool::{self, Chunk};
use crate::invocation::{Failure, Fault};
use crate::value::Dead;

/// Objects up to here have size classes 16 bytes apart.
const SMALL_BYTES_MAX: usize = 1024;
const SMALL_CLASSES: usize = SMALL_BYTES_MAX / 16;
/// Chunks of the usual size before there are large ones: what most invocations of a server need.
const SMALL_CHUNKS: usize = 16;
/// Objects up to here lie in chunks, in four size classes between a power of two and the next.
const CHUNKED_BYTES_MAX: usize = 32 * 1024;
/// Class 0 is unused, 1 to 64 are small, 65 to 84 go up to 32 KiB.
const CLASSES: usize = SMALL_CLASSES + 1 + 4 * 5;
/// Classes below this one have their lists in the head.
const HEAD_CLASSES: usize = dark_abi::INLINE_BYTES_MAX / dark_abi::CLASS_BYTES + 1;

const _: () = assert!(dark_abi::CLASS_BYTES == 16, "the classes of `class_of`");

/// A freed object, in the list of its class.
struct FreeCell {
    next: *mut FreeCell,
}

/// Begins with what compiled code uses of it.
#[repr(C)]
pub struct Heap {
    head: HeapHead,
    /// Of the classes that compiled code leaves to the runtime; the first ones are in the head.
    free: [*mut u8; CLASSES],
    mode: HeapMode,
    reserved_bytes: usize,
    limit_bytes: usize,
    chunks: Vec<Chunk>,
    blocks: Blocks,
    /// Kept between drops, so that most of them need no memory of their own.
    pub(crate) dead: Vec<Dead>,
}

/// The size class of an object in a chunk, and its bytes.
fn class_of(bytes: usize) -> (usize, usize) {
    if bytes <= SMALL_BYTES_MAX {
        let class = bytes.max(1).div_ceil(16);
        (class, class * 16)
    } else {
        let power = (bytes - 1).ilog2();
        let step = power - 2;
        let quarters = ((bytes - 1) >> step) + 1;
        let powers = (power - SMALL_BYTES_MAX.ilog2()) as usize;
        (SMALL_CLASSES + 4 * powers + quarters - 4, quarters << step)
    }
}

/// What an object of that many bytes has in truth.
pub(crate) fn room(bytes: usize) -> usize {
    if bytes <= CHUNKED_BYTES_MAX { class_of(bytes).1 } else { bytes }
}

impl Heap {
    pub fn new(mode: HeapMode, limit_bytes: usize) -> Heap {
        Heap {
            head: HeapHead {
                live: 0,
                pooled: u64::from(mode != HeapMode::System),
                next: null_mut(),
                end: null_mut(),
                free: [null_mut(); HEAD_CLASSES],
            },
            free: [null_mut(); CLASSES],
            mode,
            reserved_bytes: 0,
            limit_bytes,
            chunks: Vec::new(),
            blocks: Blocks::new(),
            dead: Vec::new(),
        }
    }

    /// The list of freed objects of a class.
    #[inline]
    fn list(&mut self, class: usize) -> &mut *mut u8 {
        if class < HEAD_CLASSES { &mut self.head.free[class] } else { &mut self.free[class] }
    }

    /// Takes an object out of the list of its class; null if there is none.
    #[inline]
    fn reuse(&mut self, class: usize) -> *mut u8 {
        let list = self.list(class);
        let cell = list.cast::<FreeCell>();
        if !cell.is_null() {
            // SAFETY: a cell of the list is a freed object of this class.
            *list = unsafe { (*cell).next }.cast();
        }
        cell.cast()
    }

    /// A new object of that many bytes, with count 1 and word 0 and the rest not initialised; null at the limit.
    #[inline]
    pub fn allocate(&mut self, bytes: usize) -> *mut u8 {
        if bytes <= SMALL_BYTES_MAX {
            let (class, class_bytes) = class_of(bytes);
            let freed = self.reuse(class);
            let object = if !freed.is_null() {
                freed
            } else if self.head.end as usize - self.head.next as usize >= class_bytes {
                let object = self.head.next;
                // SAFETY: the chunk has that much left.
                self.head.next = unsafe { object.add(class_bytes) };
                object
            } else {
                self.allocate_slowly(bytes)
            };
            return self.count_new(object);
        }
        let object = self.allocate_slowly(bytes);
        self.count_new(object)
    }

    #[inline]
    fn count_new(&mut self, object: *mut u8) -> *mut u8 {
        if !object.is_null() {
            self.head.live += 1;
            // SAFETY: new, aligned to 16 bytes, and at least that large.
            unsafe { object.cast::<Header>().write(Header { count: 1, word: 0 }) };
        }
        object
    }

    #[cold]
    fn allocate_slowly(&mut self, bytes: usize) -> *mut u8 {
        if self.mode == HeapMode::System || bytes > CHUNKED_BYTES_MAX {
            return self.allocate_block(bytes);
        }
        let (class, class_bytes) = class_of(bytes);
        let freed = self.reuse(class);
        if !freed.is_null() {
            return freed;
        }
        if (self.head.end as usize - self.head.next as usize) < class_bytes && !self.add_chunk() {
            return null_mut();
        }
        let object = self.head.next;
        // SAFETY: the chunk has that much left.
        self.head.next = unsafe { object.add(class_bytes) };
        object
    }

    fn allocate_block(&mut self, bytes: usize) -> *mut u8 {
        let cost = Blocks::cost(bytes);
        if !self.has_room(cost) {
            return null_mut();
        }
        let block = self.blocks.take(bytes);
        if !block.is_null() {
            self.reserved_bytes += cost;
        }
        block
    }

    fn add_chunk(&mut self) -> bool {
        // Large objects leave more of a small chunk unused.
        let large = self.chunks.len() >= SMALL_CHUNKS && self.has_room(pool::LARGE_BYTES);
        if !large && !self.has_room(pool::BYTES) {
            return false;
        }
        let Some(chunk) = Chunk::take(large) else { return false };
        self.keep_rest();
        self.reserved_bytes += chunk.bytes();
        self.head.next = chunk.start();
        // SAFETY: the end of the chunk.
        self.head.end = unsafe { chunk.start().add(chunk.bytes()) };
        self.chunks.push(chunk);
        true
    }

    /// What a chunk has left when the next one is begun serves as free objects.
    fn keep_rest(&mut self) {
        loop {
            let rest = self.head.end as usize - self.head.next as usize;
            let bytes = (rest & !15).min(SMALL_BYTES_MAX);
            if bytes == 0 {
                return;
            }
            let rest = self.head.next;
            // SAFETY: the chunk has that much left.
            unsafe {
                self.put(rest, bytes / 16);
                self.head.next = rest.add(bytes);
            }
        }
    }

    /// Puts an object into the list of its class.
    ///
    /// # Safety
    /// It is of that class, and nobody uses it.
    #[inline]
    unsafe fn put(&mut self, object: *mut u8, class: usize) {
        let list = self.list(class);
        // SAFETY: at least 16 bytes that nobody uses.
        unsafe { object.cast::<FreeCell>().write(FreeCell { next: list.cast() }) };
        *list = object;
    }

    /// Takes an object of that many bytes back.
    ///
    /// # Safety
    /// It came from `allocate` of this heap with the same number, and nobody uses it any more.
    #[inline]
    pub unsafe fn free(&mut self, object: *mut u8, bytes: usize) {
        self.head.live = self.head.live.wrapping_sub(1);
        if self.mode == HeapMode::System || bytes > CHUNKED_BYTES_MAX {
            // SAFETY: such an object is a block.
            self.reserved_bytes -= unsafe { self.blocks.give(object) };
            return;
        }
        // SAFETY: promised by the caller.
        unsafe { self.put(object, class_of(bytes).0) };
    }

    /// The object with another number of bytes, of which the first ones are kept; null at the limit, and then it stays as
    /// it is. Blocks mostly grow where they are.
    ///
    /// # Safety
    /// As `free`; as many bytes are kept as both have.
    pub unsafe fn resize(&mut self, object: *mut u8, bytes: usize, kept: usize, wanted: usize) -> *mut u8 {
        let mode = self.mode;
        let is_block = |bytes| mode == HeapMode::System || bytes > CHUNKED_BYTES_MAX;
        // SAFETY: promised by the caller.
        unsafe {
            if self.stretch(object, bytes, wanted) {
                return object;
            }
            if !(is_block(bytes) && is_block(wanted)) {
                let moved = self.allocate(wanted);
                if !moved.is_null() {
                    moved.copy_from_nonoverlapping(object, kept);
                    self.free(object, bytes);
                }
                return moved;
            }
            if !self.has_room(wanted.saturating_sub(bytes)) {
                return null_mut();
            }
            let moved = self.blocks.resize(object, wanted);
            if !moved.is_null() {
                self.reserved_bytes = self.reserved_bytes - Blocks::cost(bytes) + Blocks::cost(wanted);
            }
            moved
        }
    }

    /// Gives an object another number of bytes where it lies, if it is the last one of the newest chunk and there is room.
    /// Not if a freed object has that size: one class would lose its objects to another again and again, and the heap grow
    /// without end.
    ///
    /// # Safety
    /// As `free`.
    pub unsafe fn stretch(&mut self, object: *mut u8, bytes: usize, wanted: usize) -> bool {
        if self.mode == HeapMode::System || bytes.max(wanted) > CHUNKED_BYTES_MAX {
            return false;
        }
        let start = object as usize;
        let (class, class_bytes) = class_of(wanted);
        let end = start + class_bytes;
        let is_last = start + class_of(bytes).1 == self.head.next as usize && end <= self.head.end as usize;
        let fits = is_last && self.list(class).is_null();
        if fits {
            // SAFETY: inside the chunk.
            self.head.next = unsafe { object.add(end - start) };
        }
        fits
    }

    /// Like `allocate`, with the failure for the limit.
    #[inline]
    pub fn try_allocate(&mut self, bytes: usize) -> Result<*mut u8, Fault> {
        let object = self.allocate(bytes);
        if object.is_null() { Err(Failure::memory()) } else { Ok(object) }
    }

    /// Whether so many bytes more would be within the limit.
    pub fn has_room(&self, bytes: usize) -> bool {
        bytes <= self.limit_bytes.saturating_sub(self.reserved_bytes)
    }

    /// Fails when so many bytes more would not be within the limit. For memory outside the region that is about to
    /// become an object.
    pub fn check_room(&self, bytes: usize) -> Result<(), Fault> {
        if self.has_room(bytes) { Ok(()) } else { Err(Failure::memory()) }
    }

    /// Objects that are allocated and not freed.
    pub fn live_objects(&self) -> u64 {
        self.head.live
    }

    /// What the region holds of the system.
    pub fn reserved_bytes(&self) -> usize {
        self.reserved_bytes
    }

    pub fn limit_bytes(&self) -> usize {
        self.limit_bytes
    }

    /// An object has become immortal: it is no longer this invocation's.
    pub(crate) fn forget_object(&mut self) {
        self.head.live = self.head.live.wrapping_sub(1);
    }

    /// Keeps all objects for the rest of the process; for the values of `val` declarations.
    pub fn keep_for_ever(self) {
        static KEPT: Mutex<Vec<Kept>> = Mutex::new(Vec::new());
        KEPT.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).push(Kept { _heap: self });
    }
}

/// A heap that nobody changes any more; held so that leak checkers see its objects as reachable.
struct Kept {
    _heap: Heap,
}

// SAFETY: never read.
unsafe impl Send for Kept {}

impl Drop for Heap {
    fn drop(&mut self) {
        self.chunks.drain(..).for_each(Chunk::give);
    }
}
