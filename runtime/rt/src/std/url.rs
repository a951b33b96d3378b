//! `Stdlib.Url`: percent-encoding, queries, and the parts of an address as RFC 3986 has them.

use ::std::fmt::Display;

use dark_abi::{Context, Str};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

use super::answer::answers;
use crate::invocation::run;
use crate::text;
use crate::value::Tree;

/// All but the unreserved characters.
const COMPONENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The text of percent-encoded UTF-8; what is not UTF-8 becomes U+FFFD, and a `%` without two digits stays.
pub fn decoded(text: &str, plus_is_space: bool) -> String {
    let spaced = if plus_is_space { text.replace('+', " ") } else { text.to_owned() };
    percent_decode_str(&spaced).decode_utf8_lossy().into_owned()
}

/// What `Url.parse` says is wrong, or the parts.
fn parts(text: &str) -> Result<Tree, String> {
    if let Some(wrong) = text.chars().find(|c| !is_allowed(*c)) {
        return Err(format!("`{}` must be percent-encoded in a URL", wrong.escape_debug()));
    }
    let bytes = text.as_bytes();
    for (at, _) in text.match_indices('%') {
        let digits = bytes.get(at + 1..at + 3).is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit));
        if !digits {
            return Err("a % in a URL is followed by two hexadecimal digits".to_owned());
        }
    }
    let (text, fragment) = cut(text, '#');
    let (text, query) = cut(text, '?');
    let Some((scheme, rest)) = text.split_once(':').filter(|(scheme, _)| is_scheme(scheme)) else {
        return Err("a URL begins with its scheme, like https:".to_owned());
    };
    let (authority, path) = match rest.strip_prefix("//") {
        Some(rest) => {
            let end = rest.find('/').unwrap_or(rest.len());
            (Some(&rest[..end]), &rest[end..])
        }
        None => (None, rest),
    };
    let (user, host, port) = match authority {
        Some(authority) => authority_parts(authority)?,
        None => (None, None, None),
    };
    let part = |part: &str| Tree::text(part);
    Ok(Tree::Parts(vec![
        Tree::text(scheme.to_ascii_lowercase()),
        Tree::option(user.map(part)),
        Tree::option(host.map(|host| Tree::text(host.to_lowercase()))),
        Tree::option(port.map(|port| Tree::Int(i64::from(port)))),
        part(path),
        Tree::option(query.map(part)),
        Tree::option(fragment.map(part)),
    ]))
}

fn cut(text: &str, at: char) -> (&str, Option<&str>) {
    text.split_once(at).map_or((text, None), |(before, after)| (before, Some(after)))
}

fn is_allowed(c: char) -> bool {
    c.is_ascii_alphanumeric() || "-._~:/?#[]@!$&'()*+,;=%".contains(c)
}

fn is_scheme(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c))
}

/// User information, host and port.
type Authority<'a> = (Option<&'a str>, Option<&'a str>, Option<u16>);

fn authority_parts(text: &str) -> Result<Authority<'_>, String> {
    let (user, place) = match text.rsplit_once('@') {
        Some((user, place)) => (Some(user), place),
        None => (None, text),
    };
    let end = match place.strip_prefix('[') {
        Some(literal) => match literal.find(']') {
            Some(end) => end + 2,
            None => return Err("the [ of an address in a URL has no ]".to_owned()),
        },
        None => place.find(':').unwrap_or(place.len()),
    };
    let (host, after) = place.split_at(end);
    let port = match after.strip_prefix(':') {
        Some("") => None,
        Some(digits) if digits.bytes().all(|digit| digit.is_ascii_digit()) => {
            Some(digits.parse().map_err(|_| format!("{digits} is not a port: ports are numbers from 0 to 65535"))?)
        }
        None if after.is_empty() => None,
        _ => {
            return Err(format!(
                "`{}` is not a port: ports are numbers from 0 to 65535",
                after.trim_start_matches(':')
            ));
        }
    };
    Ok((user, Some(host), port))
}

/// `Url.Internal.encode`
///
/// # Safety
/// Called by compiled code.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dark_url_internal_encode(context: *mut Context, s: *const Str) -> *mut Str {
    // SAFETY: promised by the caller.
    unsafe { made(context, utf8_percent_encode(text::as_str(s), COMPONENT)) }
}

/// `Url.Internal.decode`
///
/// # Safety
/// Called by compiled code.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dark_url_internal_decode(context: *mut Context, s: *const Str) -> *mut Str {
    // SAFETY: promised by the caller.
    unsafe { made(context, decoded(text::as_str(s), false)) }
}

/// `Url.Internal.decodeForm`: a part of a query or form, where a plus is a blank.
///
/// # Safety
/// Called by compiled code.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dark_url_internal_decode_form(context: *mut Context, s: *const Str) -> *mut Str {
    // SAFETY: promised by the caller.
    unsafe { made(context, decoded(text::as_str(s), true)) }
}

/// # Safety
/// The context is that of the running invocation.
unsafe fn made(context: *mut Context, text: impl Display) -> *mut Str {
    // SAFETY: promised by the caller.
    unsafe { run(context, |invocation| text::new(&mut invocation.heap, &text.to_string())) }
}

answers! {
    /// `Url.parse s`
    dark_url_internal_parts(_, call) {
        Ok(parts(call.text(0)).map_or_else(Tree::error, Tree::ok))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn authorities_are_taken_apart() {
        assert_eq!(authority_parts("u:p@h.x:81"), Ok((Some("u:p"), Some("h.x"), Some(81))));
        assert_eq!(authority_parts("[::1]:8"), Ok((None, Some("[::1]"), Some(8))));
        assert_eq!(authority_parts(""), Ok((None, Some(""), None)));
        assert_eq!(authority_parts("h:"), Ok((None, Some("h"), None)));
        for wrong in ["h:x", "h:65536", "[::1", "[::1]x"] {
            assert!(authority_parts(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn what_is_not_a_code_stays() {
        assert_eq!(decoded("a%20b+c%", false), "a b+c%");
        assert_eq!(decoded("a%20b+c%zz", true), "a b c%zz");
        assert_eq!(decoded("%ff", false), "\u{fffd}");
    }
}
