//! Objects that are blocks of the system's own allocator, in a list so that a region can give them all back.

use ::std::ptr::null_mut;

/// Stands in front of the object; its size keeps the object aligned to 16 bytes.
#[repr(C, align(16))]
struct Head {
    previous: *mut Head,
    next: *mut Head,
    bytes: usize,
}

const HEAD_BYTES: usize = size_of::<Head>();

pub(super) struct Blocks {
    first: *mut Head,
}

impl Blocks {
    pub(super) const fn new() -> Blocks {
        Blocks { first: null_mut() }
    }

    /// What a block of that many bytes takes from the limit.
    pub(super) fn cost(bytes: usize) -> usize {
        bytes.saturating_add(HEAD_BYTES)
    }

    /// A block of that many bytes; null when the system has none.
    pub(super) fn take(&mut self, bytes: usize) -> *mut u8 {
        // SAFETY: any size may be asked for.
        let head = unsafe { libc::malloc(Blocks::cost(bytes)) }.cast::<Head>();
        if head.is_null() {
            return null_mut();
        }
        // SAFETY: fresh memory, large enough; the list's heads are alive.
        unsafe {
            head.write(Head { previous: null_mut(), next: self.first, bytes });
            if let Some(next) = self.first.as_mut() {
                next.previous = head;
            }
            self.first = head;
            head.cast::<u8>().add(HEAD_BYTES)
        }
    }

    /// A block with the same beginning and so many bytes; null when the system has none, and then it stays as it is.
    ///
    /// # Safety
    /// It came from `take` of this list.
    pub(super) unsafe fn resize(&mut self, block: *mut u8, bytes: usize) -> *mut u8 {
        // SAFETY: the head stands in front of the block, and its neighbours are alive.
        unsafe {
            let head = libc::realloc(block.sub(HEAD_BYTES).cast(), Blocks::cost(bytes)).cast::<Head>();
            if head.is_null() {
                return null_mut();
            }
            (*head).bytes = bytes;
            match (*head).previous.as_mut() {
                Some(previous) => previous.next = head,
                None => self.first = head,
            }
            if let Some(next) = (*head).next.as_mut() {
                next.previous = head;
            }
            head.cast::<u8>().add(HEAD_BYTES)
        }
    }

    /// Gives a block back; what it took from the limit.
    ///
    /// # Safety
    /// It came from `take` of this list.
    pub(super) unsafe fn give(&mut self, block: *mut u8) -> usize {
        // SAFETY: the head stands in front of the block, and its neighbours are alive.
        unsafe {
            let head = block.sub(HEAD_BYTES).cast::<Head>();
            let Head { previous, next, bytes } = head.read();
            match previous.as_mut() {
                Some(previous) => previous.next = next,
                None => self.first = next,
            }
            if let Some(next) = next.as_mut() {
                next.previous = previous;
            }
            libc::free(head.cast());
            Blocks::cost(bytes)
        }
    }
}

impl Drop for Blocks {
    fn drop(&mut self) {
        let mut head = self.first;
        while !head.is_null() {
            // SAFETY: each head of the list is alive until here.
            unsafe {
                let next = (*head).next;
                libc::free(head.cast());
                head = next;
            }
        }
    }
}
