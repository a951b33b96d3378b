//! The invocation context: the first argument of every compiled function. Only its head is known to compiled code.

/// The head of the runtime's own context structure.
#[repr(C)]
#[derive(Debug)]
pub struct Context {
    /// Every function compares its stack pointer with this at entry, every loop at its back-edge; below it, it calls
    /// `dark_interrupt`. The runtime sets it to the lowest usable address of the stack, and to `u64::MAX` from another
    /// thread to get the invocation's attention. Read and written with relaxed atomic operations.
    pub stack_limit: u64,
    /// Where in Dark source the code now is; written before each call that can fail.
    pub location: *const SourceLocation,
}

/// Objects of up to this many bytes are allocated and freed by compiled code itself.
pub const INLINE_BYTES_MAX: usize = 128;

/// Size classes are this many bytes apart; class 1 is the smallest.
pub const CLASS_BYTES: usize = 16;

/// The head of the heap, which lies behind the context.
#[repr(C)]
#[derive(Debug)]
pub struct HeapHead {
    /// Objects that are allocated and not freed.
    pub live: u64,
    /// 0: every object is a block of its own, and only the runtime frees.
    pub pooled: u64,
    /// The unused rest of the newest chunk.
    pub next: *mut u8,
    pub end: *mut u8,
    /// Freed objects by size class: each begins with the address of the next one.
    pub free: [*mut u8; INLINE_BYTES_MAX / CLASS_BYTES + 1],
}

/// What compiled code sees of an invocation.
#[repr(C)]
#[derive(Debug)]
pub struct InvocationHead {
    pub context: Context,
    pub heap: HeapHead,
}

/// A place in Dark source, for messages. Static data.
#[repr(C)]
#[derive(Debug)]
pub struct SourceLocation {
    pub file: crate::StaticStr,
    /// From 1.
    pub line: u32,
    /// From 1, in UTF-16 units.
    pub column: u32,
    /// The function it stands in, qualified, as printed.
    pub function: crate::StaticStr,
}

// SAFETY: immutable static data.
unsafe impl Sync for SourceLocation {}
