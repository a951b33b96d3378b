//! The C `main` of every executable.

use std::ffi::{CStr, c_char, c_int};

use dark_abi::AppInfo;

use crate::rt_engine::RtEngine;

unsafe extern "C" {
    /// What the compiler has put into this executable.
    static dark_app: AppInfo;
}

/// Runs the program that is linked to this runtime.
///
/// # Safety
/// Called once, by the C library, with the arguments of the process.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn main(count: c_int, arguments: *const *const c_char) -> c_int {
    // A peer that goes away is an error of that write, not of the process.
    // SAFETY: nothing else runs yet.
    unsafe { libc::signal(libc::SIGPIPE, libc::SIG_IGN) };
    let count = usize::try_from(count).unwrap_or(0);
    let arguments: Vec<String> = (1..count)
        // SAFETY: the C library passes that many texts.
        .map(|index| unsafe { CStr::from_ptr(*arguments.add(index)) }.to_string_lossy().into_owned())
        .collect();
    // As old as the process.
    let engine: &'static RtEngine = Box::leak(Box::default());
    // SAFETY: static data of the compiler.
    super::run(unsafe { &*(&raw const dark_app) }, engine, &arguments)
}
