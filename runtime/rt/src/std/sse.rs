//! `Stdlib.HttpClient.Sse`: bytes of a line as text.

use dark_abi::{Context, List, Str};

use crate::invocation::run;
use crate::{list, text};

/// The bytes as text; what is not UTF-8 becomes U+FFFD.
fn line(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes)).into_owned()
}

/// `Sse.Internal.text`
///
/// # Safety
/// Called by compiled code.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dark_http_client_sse_internal_text(context: *mut Context, bytes: *const List) -> *mut Str {
    // SAFETY: promised by the caller; each element is a byte.
    unsafe { run(context, |invocation| text::new(&mut invocation.heap, &line(list::bytes(bytes)))) }
}

#[cfg(test)]
mod tests {
    use super::line;

    #[test]
    fn marks_are_dropped_and_broken_bytes_replaced() {
        assert_eq!(line(b"\xef\xbb\xbfdata: a"), "data: a");
        assert_eq!(line(b"a\xffb"), "a\u{fffd}b");
        assert_eq!(line(b""), "");
    }
}
