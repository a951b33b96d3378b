//! Paths and query strings: clean-up, splitting, percent-decoding.

use std::borrow::Cow;

/// The segments of a path, decoded. `/a`, `/a/` and `//a` have the same ones; `/` has none. `None`: the path is not
/// valid (a `%` without two hex digits, or text that is not UTF-8).
pub(crate) fn segments(path: &str) -> Option<Vec<Cow<'_, str>>> {
    path.split('/').filter(|segment| !segment.is_empty()).map(decode_segment).collect()
}

fn decode_segment(segment: &str) -> Option<Cow<'_, str>> {
    match segment.contains('%') {
        true => decode(segment, false).and_then(|bytes| String::from_utf8(bytes).ok()).map(Cow::Owned),
        false => Some(Cow::Borrowed(segment)),
    }
}

/// Percent-decodes; `None` when a `%` is not followed by two hex digits. `plus_is_space` for forms and queries.
fn decode(text: &str, plus_is_space: bool) -> Option<Vec<u8>> {
    let mut bytes = text.bytes();
    let mut decoded = Vec::with_capacity(text.len());
    while let Some(byte) = bytes.next() {
        decoded.push(match byte {
            b'%' => hex(bytes.next()?)? << 4 | hex(bytes.next()?)?,
            b'+' if plus_is_space => b' ',
            byte => byte,
        });
    }
    Some(decoded)
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).map(|value| value as u8)
}

/// A name of a query or form with its value; `?p` has none, `?p=` has an empty one.
pub(crate) type Pair = (String, Option<String>);

/// The pairs of a query string or an `application/x-www-form-urlencoded` body, in order. `None`: not valid.
pub(crate) fn pairs(text: &str) -> Option<Vec<Pair>> {
    let text_of = |part: &str| decode(part, true).and_then(|bytes| String::from_utf8(bytes).ok());
    let pieces = text.split('&').filter(|piece| !piece.is_empty());
    let pair = |piece: &str| match piece.split_once('=') {
        Some((name, value)) => Some((text_of(name)?, Some(text_of(value)?))),
        None => Some((text_of(piece)?, None)),
    };
    pieces.map(pair).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slashes_are_cleaned_up() {
        for path in ["/a/b", "/a/b/", "//a//b", "/a//b///"] {
            assert_eq!(segments(path).unwrap(), ["a", "b"], "{path}");
        }
        assert!(segments("/").unwrap().is_empty());
        assert!(segments("").unwrap().is_empty());
    }

    #[test]
    fn segments_are_decoded_one_by_one() {
        assert_eq!(segments("/a%2Fb/%C3%BC/x+y").unwrap(), ["a/b", "ü", "x+y"]);
        for bad in ["/%", "/%4", "/%zz", "/%ff", "/%+1"] {
            assert_eq!(segments(bad), None, "{bad}");
        }
    }

    #[test]
    fn pairs_keep_order_repeats_and_flags() {
        let pair = |name: &str, value: Option<&str>| (name.to_owned(), value.map(str::to_owned));
        let expected = [pair("a", Some("1 2")), pair("flag", None), pair("a", Some("")), pair("t", Some("x=y"))];
        assert_eq!(pairs("a=1+2&flag&&a=&t=x=y").unwrap(), expected);
        assert_eq!(pairs("a=%e4"), None);
        assert_eq!(pairs("").unwrap(), []);
    }
}
