//! A text while it is written: in the heap where it stays, so that nothing is copied at its end.

use ::std::fmt;
use ::std::ptr::copy_nonoverlapping;

use dark_abi::Str;

use super::{HEAD_BYTES, LETTERS, allocate, as_str, data, free, is_normal, new};
use crate::invocation::{Failure, Fault};
use crate::memory::Heap;

/// What finds no room is left out, and the text is refused at its end.
pub struct Growing<'h> {
    heap: &'h mut Heap,
    /// Null when there was no room for it.
    str: *mut Str,
}

impl<'h> Growing<'h> {
    /// An empty text with room for so many bytes.
    pub fn new(heap: &'h mut Heap, bytes: usize) -> Growing<'h> {
        let str = allocate(heap, bytes).unwrap_or(::std::ptr::null_mut());
        Growing { heap, str }
    }

    /// Whether something was left out.
    #[inline]
    pub fn is_refused(&self) -> bool {
        self.str.is_null()
    }

    #[inline]
    pub fn push_str(&mut self, text: &str) {
        // SAFETY: the text is owned here, and has room when `grow` says so.
        unsafe {
            if !self.str.is_null() && (*self.str).capacity - (*self.str).len < text.len() as u64 {
                self.grow(text.len());
            }
            if !self.str.is_null() {
                let len = (*self.str).len as usize;
                copy_nonoverlapping(text.as_ptr(), data(self.str).add(len), text.len());
                (*self.str).len = (len + text.len()) as u64;
            }
        }
    }

    pub fn push(&mut self, c: char) {
        self.push_str(c.encode_utf8(&mut [0; 4]));
    }

    /// Makes room for so many bytes more, and as many again as there are.
    #[cold]
    fn grow(&mut self, more: usize) {
        // SAFETY: owned here.
        unsafe {
            let len = (*self.str).len as usize;
            let wanted = len.saturating_add(more);
            let grown = self.resize(wanted.max(len.saturating_mul(2)));
            if !grown && !self.resize(wanted) {
                free(self.heap, self.str);
                self.str = ::std::ptr::null_mut();
            }
        }
    }

    /// Whether there is room for so many bytes now.
    fn resize(&mut self, bytes: usize) -> bool {
        let Some(bytes) = bytes.checked_add(HEAD_BYTES) else { return false };
        // SAFETY: owned here; the object is as large as its capacity says.
        unsafe {
            let before = HEAD_BYTES + (*self.str).capacity as usize;
            let moved = self.heap.resize(self.str.cast(), before, HEAD_BYTES + (*self.str).len as usize, bytes);
            if moved.is_null() {
                return false;
            }
            self.str = moved.cast();
            (*self.str).capacity = (bytes - HEAD_BYTES) as u64;
        }
        true
    }

    /// The heap it is written in.
    pub fn heap(&self) -> &Heap {
        self.heap
    }

    /// The text, in NFC, without much room behind it.
    pub fn finish(mut self) -> Result<*mut Str, Fault> {
        if self.str.is_null() {
            return Err(Failure::memory());
        }
        // SAFETY: owned here.
        unsafe {
            let text = as_str(self.str);
            if let [byte @ ..128] = text.as_bytes() {
                return Ok((&raw const LETTERS[usize::from(*byte)].head).cast_mut());
            }
            if !is_normal(text) {
                return new(self.heap, text);
            }
            let (len, room) = (text.len(), (*self.str).capacity as usize - text.len());
            if room > 64 + len / 4 {
                self.resize(len);
            }
        }
        Ok(::std::mem::replace(&mut self.str, ::std::ptr::null_mut()))
    }
}

impl Drop for Growing<'_> {
    fn drop(&mut self) {
        if !self.str.is_null() {
            // SAFETY: owned here.
            unsafe { free(self.heap, self.str) };
        }
    }
}

impl fmt::Write for Growing<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.push_str(text);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::each_heap;
    use crate::text::release;

    #[test]
    fn what_is_pushed_is_there() {
        each_heap(|heap| unsafe {
            for (pieces, times) in [(&["x"][..], 1), (&["ab", "", "é"], 1), (&["0123456789"], 20_000), (&[], 1)] {
                let before = heap.live_objects();
                let mut text = Growing::new(heap, 3);
                for piece in ::std::iter::repeat_n(pieces, times).flatten() {
                    text.push_str(piece);
                }
                let made = text.finish().expect("room");
                assert_eq!(as_str(made), pieces.concat().repeat(times));
                assert!((*made).capacity as usize <= as_str(made).len() * 5 / 4 + 64);
                release(heap, made);
                assert_eq!(heap.live_objects(), before);
            }
        });
    }

    #[test]
    fn the_end_is_normal() {
        each_heap(|heap| unsafe {
            let mut text = Growing::new(heap, 0);
            "e\u{301}".chars().for_each(|c| text.push(c));
            let made = text.finish().expect("room");
            assert_eq!(as_str(made), "é");
            release(heap, made);
        });
    }

    #[test]
    fn what_finds_no_room_is_refused() {
        let mut heap = Heap::new(crate::HeapMode::Region, 1 << 20);
        let mut text = Growing::new(&mut heap, 0);
        let piece = "x".repeat(1000);
        for _ in 0..2000 {
            text.push_str(&piece);
        }
        assert!(text.is_refused());
        assert!(text.finish().is_err());
        assert_eq!(heap.live_objects(), 0);
    }
}
