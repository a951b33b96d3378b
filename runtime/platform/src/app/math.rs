//! The C library's functions of numbers that the runtime and SQLite call. They lie in a library of their own, which is loaded when
//! one of them is called first: most programs call none, and loading it takes a third of a mebibyte and a tenth of the time
//! of a start.

use std::ffi::{CStr, c_void};
use std::mem::transmute;
use std::ptr::null_mut;
use std::sync::atomic::{AtomicPtr, Ordering};

/// Where it is not a library of its own, the functions are found without it.
const LIBRARY: &CStr = c"libm.so.6";

#[cold]
fn find(name: &CStr) -> *mut c_void {
    // SAFETY: two texts that end; the library is never unloaded.
    let found = unsafe {
        let library = libc::dlopen(LIBRARY.as_ptr(), libc::RTLD_NOW | libc::RTLD_LOCAL);
        libc::dlsym(if library.is_null() { libc::RTLD_DEFAULT } else { library }, name.as_ptr())
    };
    if found.is_null() {
        super::say(&format!("the C library of this machine has no function `{}`", name.to_string_lossy()));
        std::process::abort();
    }
    found
}

macro_rules! found_when_called {
    ($($name:ident($($argument:ident),+);)+) => {$(
        /// The C library's function of that name.
        #[unsafe(no_mangle)]
        pub extern "C" fn $name($($argument: f64),+) -> f64 {
            const NAME: &CStr = match CStr::from_bytes_with_nul(concat!(stringify!($name), "\0").as_bytes()) {
                Ok(name) => name,
                Err(_) => panic!("no name"),
            };
            static FOUND: AtomicPtr<c_void> = AtomicPtr::new(null_mut());
            let mut found = FOUND.load(Ordering::Relaxed);
            if found.is_null() {
                found = find(NAME);
                FOUND.store(found, Ordering::Relaxed);
            }
            // SAFETY: the function of that name is of this type.
            let function: extern "C" fn($(number!($argument)),+) -> f64 = unsafe { transmute(found) };
            function($($argument),+)
        }
    )+};
}

macro_rules! number {
    ($argument:ident) => {
        f64
    };
}

found_when_called! {
    acos(x);
    asin(x);
    atan(x);
    atan2(y, x);
    cos(x);
    cosh(x);
    log(x);
    pow(x, y);
    sin(x);
    sinh(x);
    tan(x);
    tanh(x);
}
