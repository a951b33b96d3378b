//! `Stdlib.Http.Multipart`: the parts of a `multipart/form-data` body (RFC 7578).

use percent_encoding::percent_decode_str;

use super::answer::answers;
use crate::value::Tree;

/// More parts than a form has are an attack.
const PARTS_MAX: usize = 1000;

/// A field of the form.
#[derive(Debug, PartialEq, Eq)]
struct Part<'a> {
    name: String,
    filename: Option<String>,
    content_type: String,
    body: &'a [u8],
}

/// The parts of a body, or a sentence that names the part which is wrong.
fn parse<'a>(content_type: &str, body: &'a [u8]) -> Result<Vec<Part<'a>>, String> {
    let (kind, parameters) = header_value(content_type);
    if kind != "multipart/form-data" {
        let got = if kind.is_empty() { "no content type" } else { content_type };
        return Err(format!("expected multipart/form-data, got {got}"));
    }
    let boundary = parameter(&parameters, "boundary").filter(|boundary| !boundary.is_empty());
    let Some(boundary) = boundary else { return Err("the content type has no boundary".to_owned()) };
    // As if the first delimiter, too, stood at the start of a line.
    let delimiter = format!("\r\n--{boundary}").into_bytes();
    let mut rest = match body.strip_prefix(&delimiter[2..]) {
        Some(rest) => rest,
        None => match find(body, &delimiter) {
            Some(at) => &body[at + delimiter.len()..],
            None => return Err("the body does not contain the boundary".to_owned()),
        },
    };
    let mut parts = Vec::new();
    loop {
        if rest.starts_with(b"--") {
            return Ok(parts);
        }
        let number = parts.len() + 1;
        if number > PARTS_MAX {
            return Err(format!("there are more than {PARTS_MAX} parts"));
        }
        let padding = rest.iter().take_while(|byte| **byte == b' ' || **byte == b'\t').count();
        let Some(begun) = rest[padding..].strip_prefix(b"\r\n") else {
            return Err(format!("part {number} does not begin on a line of its own"));
        };
        let Some(end) = find(begun, &delimiter) else { return Err(format!("part {number} has no end")) };
        parts.push(part(&begun[..end]).map_err(|wrong| format!("part {number} {wrong}"))?);
        rest = &begun[end + delimiter.len()..];
    }
}

fn part(bytes: &[u8]) -> Result<Part<'_>, &'static str> {
    let (head, body) = match bytes.strip_prefix(b"\r\n") {
        Some(body) => (&[][..], body),
        None => match find(bytes, b"\r\n\r\n") {
            Some(at) => (&bytes[..at], &bytes[at + 4..]),
            None => return Err("has no empty line after its headers"),
        },
    };
    let head = std::str::from_utf8(head).map_err(|_| "has headers that are not UTF-8")?;
    let header = |wanted: &str| {
        let lines = head.split("\r\n").filter_map(|line| line.split_once(':'));
        lines.filter(|(name, _)| name.trim().eq_ignore_ascii_case(wanted)).map(|(_, value)| value.trim()).next()
    };
    let (kind, parameters) = header_value(header("content-disposition").ok_or("has no Content-Disposition")?);
    if kind != "form-data" {
        return Err("has a Content-Disposition that is not form-data");
    }
    let name = parameter(&parameters, "name").ok_or("has no name")?;
    let extended = parameter(&parameters, "filename*").and_then(|text| extended_value(&text));
    let filename = extended.or_else(|| parameter(&parameters, "filename")).map(|path| last_part(&path).to_owned());
    let default = if filename.is_some() { "application/octet-stream" } else { "text/plain" };
    let content_type = header("content-type").unwrap_or(default).to_owned();
    Ok(Part { name, filename, content_type, body })
}

/// A name without the folders in front of it, of whichever system.
fn last_part(path: &str) -> &str {
    path.rsplit(['/', '\\']).next().unwrap_or(path)
}

/// `UTF-8''na%C3%AFve.txt` (RFC 8187).
fn extended_value(text: &str) -> Option<String> {
    let mut pieces = text.splitn(3, '\'');
    let (charset, _, value) = (pieces.next()?, pieces.next()?, pieces.next()?);
    let bytes = percent_decode_str(value);
    match charset.to_ascii_lowercase().as_str() {
        "utf-8" => bytes.decode_utf8().ok().map(|text| text.into_owned()),
        "iso-8859-1" => Some(bytes.map(char::from).collect()),
        _ => None,
    }
}

type Parameters = Vec<(String, String)>;

fn parameter(parameters: &Parameters, wanted: &str) -> Option<String> {
    parameters.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.clone())
}

/// The first word of a header's value in lower case, and its parameters.
fn header_value(text: &str) -> (String, Parameters) {
    let (kind, mut rest) = text.split_once(';').unwrap_or((text, ""));
    let mut parameters = Vec::new();
    while !rest.trim().is_empty() {
        let (name, after) = rest.split_once('=').unwrap_or((rest, ""));
        let after = after.trim_start();
        let (value, left) = match after.strip_prefix('"') {
            Some(quoted) => quoted_value(quoted),
            None => {
                let (value, left) = after.split_once(';').unwrap_or((after, ""));
                (value.trim().to_owned(), left)
            }
        };
        parameters.push((name.trim().trim_start_matches(';').trim().to_ascii_lowercase(), value));
        rest = left;
    }
    (kind.trim().to_ascii_lowercase(), parameters)
}

/// What stands before the closing quote, and what after the semicolon behind it. A backslash is one, as in paths, unless a
/// quote follows; browsers write quotes and line breaks as percent codes.
fn quoted_value(text: &str) -> (String, &str) {
    let mut value = String::new();
    let mut at = 0;
    let bytes = text.as_bytes();
    while at < bytes.len() && bytes[at] != b'"' {
        let escaped = bytes[at] == b'\\' && bytes.get(at + 1) == Some(&b'"');
        let start = at + usize::from(escaped);
        let length = text[start..].chars().next().map_or(1, char::len_utf8);
        value.push_str(&text[start..start + length]);
        at = start + length;
    }
    for (code, meaning) in [("%22", "\""), ("%0D", "\r"), ("%0A", "\n")] {
        value = value.replace(code, meaning);
    }
    let rest = text.get(at + 1..).unwrap_or("");
    (value, rest.split_once(';').map_or("", |(_, rest)| rest))
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    memchr::memmem::find(bytes, wanted)
}

answers! {
    /// `Multipart.Internal.parts contentType body`
    dark_http_multipart_internal_parts(_, call) {
        let tree = |part: Part<'_>| {
            let filename = Tree::option(part.filename.map(Tree::Text));
            Tree::Parts(vec![Tree::Text(part.name), filename, Tree::Text(part.content_type), Tree::Bytes(part.body.to_vec())])
        };
        let parts = parse(call.text(0), call.bytes(1));
        Ok(parts.map_or_else(Tree::error, |parts| Tree::ok(Tree::List(parts.into_iter().map(tree).collect()))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TYPE: &str = "multipart/form-data; boundary=\"x y\"";

    fn only(head: &str) -> Result<(String, Option<String>, String), String> {
        let body = format!("--x y\r\n{head}\r\n\r\nbody\r\n--x y--\r\n");
        let parts = parse(TYPE, body.as_bytes())?;
        let [part] = &parts[..] else { panic!("{parts:?}") };
        assert_eq!(part.body, b"body");
        Ok((part.name.clone(), part.filename.clone(), part.content_type.clone()))
    }

    #[test]
    fn file_names_lose_their_folders_and_codes() {
        let named =
            |filename: &str| only(&format!("Content-Disposition: form-data; name=f; {filename}")).unwrap().1.unwrap();
        assert_eq!(named(r#"filename="a.txt""#), "a.txt");
        assert_eq!(named(r#"filename="C:\dir\a.txt""#), "a.txt");
        assert_eq!(named(r#"filename="../../a.txt""#), "a.txt");
        assert_eq!(named(r#"filename="a\"b.txt""#), "a\"b.txt");
        assert_eq!(named(r#"filename="a%22b;c.txt""#), "a\"b;c.txt");
        assert_eq!(named("filename=x; filename*=UTF-8''na%C3%AFve.txt"), "naïve.txt");
        assert_eq!(named("filename*=iso-8859-1'en'%E4.txt"), "ä.txt");
        assert_eq!(named("filename=ü.txt; filename*=koi8-r''x"), "ü.txt");
    }

    #[test]
    fn what_is_wrong_names_the_part() {
        assert_eq!(only("Content-Type: text/css").unwrap_err(), "part 1 has no Content-Disposition");
        assert_eq!(only("Content-Disposition: form-data").unwrap_err(), "part 1 has no name");
        assert_eq!(parse(TYPE, b"--x y\r\n\r\nabc").unwrap_err(), "part 1 has no end");
        assert_eq!(parse(TYPE, b"nothing").unwrap_err(), "the body does not contain the boundary");
        assert!(parse("multipart/form-data", b"").is_err());
    }

    #[test]
    fn a_preamble_is_skipped_and_a_form_may_be_empty() {
        assert_eq!(parse(TYPE, b"--x y--").unwrap(), []);
        let body = b"hello\r\n--x y\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n\r\n--x y--";
        let parts = parse(TYPE, body).unwrap();
        assert_eq!(parts, [Part { name: "a".into(), filename: None, content_type: "text/plain".into(), body: b"" }]);
    }

    #[test]
    fn too_many_parts_are_refused() {
        let part = "--x y\r\nContent-Disposition: form-data; name=a\r\n\r\n1\r\n";
        let body = |count: usize| format!("{}--x y--", part.repeat(count));
        assert_eq!(parse(TYPE, body(PARTS_MAX).as_bytes()).unwrap().len(), PARTS_MAX);
        assert!(parse(TYPE, body(PARTS_MAX + 1).as_bytes()).is_err());
    }
}
