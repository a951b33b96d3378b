//! Stacks for invocations: large in address space, small in memory, taken from a pool of the thread.
//!
//! Stacks are cut out of a few large mappings without reserved memory: only touched pages count, so each one may be a
//! gibibyte long and a recursion a million frames deep is no special case. The lowest page of each is a guard:
//! `MADV_GUARD_INSTALL` where the kernel has it (6.13), which leaves the mapping in one piece; else `mprotect`, of
//! which a process can have some 30,000. A pool that cannot grow says so; nothing here ends the process.
//!
//! ```text
//! base    highest address; code begins here
//!         … warm part, kept when the stack goes back …
//!         … cold part: given back to the system if it was used …
//! hard    below it compiled code may not call deeper: what is left belongs to runtime functions
//! guard   one page
//! limit   lowest address
//! ```

use std::cell::RefCell;
use std::num::NonZeroUsize;
use std::ptr::{null_mut, without_provenance_mut};

use corosensei::stack::valgrind::ValgrindStackRegistration;
use corosensei::stack::{Stack, StackPointer};

/// Room below the hard limit for the runtime's own functions, SQLite's among them.
pub const RUNTIME_ROOM_BYTES: usize = 256 * 1024;
/// What stays resident of a stack in the pool.
const WARM_BYTES: usize = 64 * 1024;
/// Stacks that stay warm in the pool of a thread; more than these are given back to the system entirely.
const WARM_STACKS: usize = 256;
/// Stacks of the first mapping; each further one has four times as many, up to the most. A script needs just one.
const MAPPING_STACKS_FIRST: usize = 1;
const MAPPING_STACKS_MAX: usize = 1024;
/// `MADV_GUARD_INSTALL`, newer than the headers in use.
const MADV_GUARD_INSTALL: libc::c_int = 102;

/// A stack in use.
pub(crate) struct PooledStack {
    base: StackPointer,
    limit: StackPointer,
    page: usize,
}

// SAFETY: the lowest page is a guard, and stacks are far longer than the least size.
unsafe impl Stack for PooledStack {
    fn base(&self) -> StackPointer {
        self.base
    }

    fn limit(&self) -> StackPointer {
        self.limit
    }
}

impl PooledStack {
    /// Below it, compiled code must stop.
    pub(crate) fn hard_limit(&self) -> u64 {
        (self.limit.get() + self.page + RUNTIME_ROOM_BYTES) as u64
    }

    /// Below it, the stack must be cooled when it is given back.
    pub(crate) fn warm_limit(&self) -> u64 {
        self.hard_limit().max((self.base.get() - WARM_BYTES) as u64)
    }

    /// Gives the memory below `from` back to the system; it reads as zero afterwards.
    fn release_below(&self, from: usize) {
        let lowest = self.limit.get() + self.page;
        // SAFETY: inside the mapping of this stack, which nobody uses; the guard page is left out.
        unsafe { libc::madvise(without_provenance_mut(lowest), from - lowest, libc::MADV_DONTNEED) };
    }
}

/// The stacks of a thread.
struct Pool {
    stack_bytes: usize,
    page: usize,
    free: Vec<PooledStack>,
    /// Places that were never used, with a guard to be set: from `next` to `end`.
    next: usize,
    end: usize,
    mapping_stacks: usize,
    made: usize,
    stacks_max: usize,
}

/// No stack can be had now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Exhausted;

impl Pool {
    fn new(sizes: StackSizes) -> Pool {
        // SAFETY: asks for a number.
        let page = usize::try_from(unsafe { libc::sysconf(libc::_SC_PAGESIZE) }).unwrap_or(4096);
        let least = 2 * (RUNTIME_ROOM_BYTES + WARM_BYTES);
        Pool {
            stack_bytes: sizes.stack_bytes.max(least).next_multiple_of(page),
            page,
            free: Vec::new(),
            next: 0,
            end: 0,
            mapping_stacks: MAPPING_STACKS_FIRST,
            made: 0,
            stacks_max: sizes.stacks_max,
        }
    }

    fn take(&mut self) -> Result<PooledStack, Exhausted> {
        match self.free.pop() {
            Some(stack) => Ok(stack),
            None => self.make(),
        }
    }

    fn make(&mut self) -> Result<PooledStack, Exhausted> {
        if self.made >= self.stacks_max {
            return Err(Exhausted);
        }
        if self.next == self.end {
            self.map()?;
        }
        let lowest = self.next;
        // SAFETY: a page inside the mapping that nobody uses.
        let guarded = unsafe {
            let page = without_provenance_mut(lowest);
            libc::madvise(page, self.page, MADV_GUARD_INSTALL) == 0
                || libc::mprotect(page, self.page, libc::PROT_NONE) == 0
        };
        if !guarded {
            return Err(Exhausted);
        }
        self.next += self.stack_bytes;
        self.made += 1;
        let (base, limit) = (NonZeroUsize::new(lowest + self.stack_bytes), NonZeroUsize::new(lowest));
        let (Some(base), Some(limit)) = (base, limit) else { return Err(Exhausted) };
        // Tells valgrind, if it watches, that this is a stack; it stays one as long as the process lives.
        std::mem::forget(ValgrindStackRegistration::new(lowest as *mut u8, self.stack_bytes));
        Ok(PooledStack { base, limit, page: self.page })
    }

    /// Maps room for more stacks. Mappings live as long as the process.
    fn map(&mut self) -> Result<(), Exhausted> {
        let mut stacks = self.mapping_stacks;
        loop {
            let bytes = stacks.checked_mul(self.stack_bytes).ok_or(Exhausted)?;
            let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_NORESERVE | libc::MAP_STACK;
            // SAFETY: a new mapping at a place the kernel chooses.
            let start = unsafe { libc::mmap(null_mut(), bytes, libc::PROT_READ | libc::PROT_WRITE, flags, -1, 0) };
            if start != libc::MAP_FAILED {
                // SAFETY: the mapping just made. A huge page per stack would cost 2 MiB for a few bytes.
                unsafe { libc::madvise(start, bytes, libc::MADV_NOHUGEPAGE) };
                self.next = start as usize;
                self.end = self.next + bytes;
                self.mapping_stacks = (self.mapping_stacks * 4).min(MAPPING_STACKS_MAX);
                return Ok(());
            }
            // The address space may be limited: fewer at a time.
            match stacks {
                1 => return Err(Exhausted),
                _ => stacks /= 4,
            }
            stacks = stacks.max(1);
        }
    }

    /// Takes a stack back; `deep`: it was used below its warm limit.
    fn give(&mut self, stack: PooledStack, deep: bool) {
        match self.free.len() >= WARM_STACKS {
            true => stack.release_below(stack.base.get()),
            false if deep => stack.release_below(stack.warm_limit() as usize),
            false => {}
        }
        self.free.push(stack);
    }
}

/// How large stacks are, and how many of them a thread may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StackSizes {
    /// Address space of each.
    pub stack_bytes: usize,
    pub stacks_max: usize,
}

impl Default for StackSizes {
    fn default() -> StackSizes {
        StackSizes { stack_bytes: 1 << 30, stacks_max: 32_000 }
    }
}

thread_local! {
    static POOL: RefCell<Pool> = RefCell::new(Pool::new(StackSizes::default()));
}

/// Sets the sizes for this thread, before its first invocation.
pub fn set_stack_sizes(sizes: StackSizes) {
    POOL.with_borrow_mut(|pool| *pool = Pool::new(sizes));
}

pub(crate) fn take() -> Result<PooledStack, Exhausted> {
    POOL.try_with(|pool| pool.borrow_mut().take()).unwrap_or(Err(Exhausted))
}

pub(crate) fn give(stack: PooledStack, deep: bool) {
    // At the thread's end the pool is gone already; the memory stays mapped, which nobody will notice.
    let _ = POOL.try_with(|pool| pool.borrow_mut().give(stack, deep));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pool_has_an_end_and_takes_back() {
        let mut pool = Pool::new(StackSizes { stack_bytes: 1 << 20, stacks_max: 40 });
        let mut stacks: Vec<PooledStack> = (0..40).map(|_| pool.take().unwrap()).collect();
        assert_eq!(pool.take().err(), Some(Exhausted));
        let last = stacks.pop().unwrap();
        let base = last.base;
        pool.give(last, false);
        assert_eq!(pool.take().unwrap().base, base);
    }

    #[test]
    fn a_deep_stack_is_given_back_to_the_system() {
        let mut pool = Pool::new(StackSizes { stack_bytes: 4 << 20, stacks_max: 1 });
        let stack = pool.take().unwrap();
        let (deep, warm) = (stack.base.get() - (1 << 20), stack.base.get() - 4096);
        let byte = |address: usize| std::ptr::with_exposed_provenance_mut::<u8>(address);
        unsafe {
            byte(deep).write(7);
            byte(warm).write(7);
            pool.give(stack, true);
            assert_eq!((byte(deep).read(), byte(warm).read()), (0, 7));
        }
    }

    #[test]
    fn a_hundred_thousand_stacks_fit() {
        let mut pool = Pool::new(StackSizes { stack_bytes: 1 << 20, stacks_max: 100_000 });
        let stacks: Vec<_> = (0..100_000).map_while(|_| pool.take().ok()).collect();
        // Without the newer guard there is room for some 30,000.
        assert!(stacks.len() == 100_000 || stacks.len() > 10_000, "{}", stacks.len());
    }
}
