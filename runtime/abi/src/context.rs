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
