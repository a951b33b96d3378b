//! Where a hole of an interpolation ends, before what stands in it is read; and where a block comment does.

/// How deep the search for the end of an interpolation looks into strings inside of it; more than the layout pass allows.
const HOLES_MAX: u32 = 70;

/// The closing brace of a hole that begins at `from`: skips strings, characters, comments and braces inside.
/// `level` is how deep the search is inside of holes, and where to say that it was too deep.
pub(super) fn hole_end(text: &str, from: usize, end: usize, (level, too_deep): (u32, &mut bool)) -> Option<usize> {
    if level > HOLES_MAX {
        *too_deep = true;
        return None;
    }
    let bytes = &text.as_bytes()[..end];
    let mut depth = 0usize;
    let mut at = from;
    while at < end {
        let rest = &bytes[at..];
        if rest.starts_with(b"\"\"\"") || rest.starts_with(b"$\"\"\"") {
            let open = if rest[0] == b'$' { 4 } else { 3 };
            at = find(bytes, at + open, b"\"\"\"")? + 3;
        } else if rest[0] == b'"' || rest.starts_with(b"$\"") {
            let interpolated = rest[0] == b'$';
            at = string_end(text, at + if interpolated { 2 } else { 1 }, end, interpolated, (level, too_deep))?;
        } else if rest.starts_with(b"//") {
            at = find(bytes, at, b"\n")?;
        } else if rest.starts_with(b"(*") && !rest.starts_with(b"(*)") {
            at = comment(bytes, at)?;
        } else if rest.starts_with(b"'") {
            at = char_end(bytes, at);
        } else {
            match rest[0] {
                b'{' => depth += 1,
                b'}' if depth == 0 => return Some(at),
                b'}' => depth -= 1,
                _ => {}
            }
            at += 1;
        }
    }
    None
}

/// Behind the closing quote of a string whose first byte of content is `from`.
pub(super) fn string_end(
    text: &str,
    from: usize,
    end: usize,
    interpolated: bool,
    (level, too_deep): (u32, &mut bool),
) -> Option<usize> {
    let bytes = &text.as_bytes()[..end];
    let mut at = from;
    while at < end {
        match bytes[at] {
            b'"' => return Some(at + 1),
            b'\\' => at += 2,
            b'{' if interpolated && bytes.get(at + 1) == Some(&b'{') => at += 2,
            b'{' if interpolated => at = hole_end(text, at + 1, end, (level + 1, too_deep))? + 1,
            _ => at += 1,
        }
    }
    None
}

/// Behind a block comment: those inside nest, and `(*)` is an operator there too.
pub(super) fn comment(bytes: &[u8], start: usize) -> Option<usize> {
    let (mut depth, mut at) = (1, start + 2);
    while at < bytes.len() {
        let rest = &bytes[at..];
        if rest.starts_with(b"(*)") {
            at += 3;
        } else if rest.starts_with(b"*)") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return Some(at);
            }
        } else if rest.starts_with(b"(*") {
            depth += 1;
            at += 2;
        } else {
            at += 1;
        }
    }
    None
}

/// Behind a character literal, or behind the quote when it is none (a type variable).
pub(super) fn char_end(bytes: &[u8], at: usize) -> usize {
    let window = &bytes[at + 1..bytes.len().min(at + 40)];
    let from = if window.first() == Some(&b'\\') { 2 } else { 1 };
    match window.iter().skip(from).position(|b| *b == b'\'') {
        Some(length) if !window[..from + length].contains(&b'\n') => at + 1 + from + length + 1,
        _ => at + 1,
    }
}

pub(super) fn find(bytes: &[u8], from: usize, what: &[u8]) -> Option<usize> {
    bytes.get(from..)?.windows(what.len()).position(|window| window == what).map(|at| from + at)
}
