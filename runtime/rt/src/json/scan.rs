//! The tokens of JSON (RFC 8259), from a text that is UTF-8 already.

use ::std::borrow::Cow;

/// What is wrong with the text itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Broken {
    pub at: usize,
    pub expected: &'static str,
}

pub(super) struct Scanner<'a> {
    pub text: &'a str,
    pub at: usize,
}

impl<'a> Scanner<'a> {
    pub fn new(text: &'a str) -> Scanner<'a> {
        Scanner { text, at: 0 }
    }

    /// The next byte that is no white space, which stays.
    pub fn peek(&mut self) -> Option<u8> {
        let bytes = self.text.as_bytes();
        while let Some(b' ' | b'\n' | b'\r' | b'\t') = bytes.get(self.at) {
            self.at += 1;
        }
        bytes.get(self.at).copied()
    }

    pub fn broken<T>(&self, expected: &'static str) -> Result<T, Broken> {
        Err(Broken { at: self.at, expected })
    }

    /// Takes that byte, if it is the next one.
    pub fn accept(&mut self, byte: u8) -> bool {
        let is = self.peek() == Some(byte);
        self.at += usize::from(is);
        is
    }

    pub fn expect(&mut self, byte: u8, expected: &'static str) -> Result<(), Broken> {
        if self.accept(byte) { Ok(()) } else { self.broken(expected) }
    }

    /// Takes `null`, `true` or `false`.
    pub fn word(&mut self, word: &'static str) -> Result<(), Broken> {
        self.peek();
        let rest = &self.text[self.at..];
        let ends = rest.as_bytes().get(word.len()).is_none_or(|next| !next.is_ascii_alphanumeric());
        if rest.starts_with(word) && ends {
            self.at += word.len();
            return Ok(());
        }
        self.broken("a value")
    }

    /// Takes a number; its text, which is exact.
    pub fn number(&mut self) -> Result<&'a str, Broken> {
        self.peek();
        let bytes = self.text.as_bytes();
        let start = self.at;
        let digits = |scanner: &mut Scanner<'a>| {
            let from = scanner.at;
            while bytes.get(scanner.at).is_some_and(u8::is_ascii_digit) {
                scanner.at += 1;
            }
            if scanner.at == from { scanner.broken("a digit") } else { Ok(()) }
        };
        self.at += usize::from(bytes.get(self.at) == Some(&b'-'));
        if bytes.get(self.at) == Some(&b'0') {
            self.at += 1;
            if bytes.get(self.at).is_some_and(u8::is_ascii_digit) {
                return self.broken("no digit behind a leading 0");
            }
        } else {
            digits(self)?;
        }
        if bytes.get(self.at) == Some(&b'.') {
            self.at += 1;
            digits(self)?;
        }
        if let Some(b'e' | b'E') = bytes.get(self.at) {
            self.at += 1;
            self.at += usize::from(matches!(bytes.get(self.at), Some(b'+' | b'-')));
            digits(self)?;
        }
        Ok(&self.text[start..self.at])
    }

    /// Takes a text; what stands between its quotes, and whether some of it is escaped.
    pub fn quoted(&mut self) -> Result<(&'a str, bool), Broken> {
        self.expect(b'"', "text in double quotes")?;
        let (start, mut escaped) = (self.at, false);
        loop {
            self.at += plain_run(&self.text.as_bytes()[self.at..]);
            match self.text.as_bytes().get(self.at) {
                None => return self.broken("the closing quote of a text"),
                Some(b'"') => {
                    let inner = &self.text[start..self.at];
                    self.at += 1;
                    return Ok((inner, escaped));
                }
                Some(b'\\') => {
                    self.escape()?;
                    escaped = true;
                }
                Some(_) => return self.broken("an escape such as `\\n` for a control character"),
            }
        }
    }

    /// Takes a text; what it says.
    pub fn string(&mut self) -> Result<Cow<'a, str>, Broken> {
        let (inner, escaped) = self.quoted()?;
        Ok(if escaped { unescaped(inner).into() } else { inner.into() })
    }

    pub fn escape(&mut self) -> Result<char, Broken> {
        let next = self.text.as_bytes().get(self.at + 1).copied();
        let simple = match next {
            Some(b'"') => '"',
            Some(b'\\') => '\\',
            Some(b'/') => '/',
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => return self.unicode(),
            _ => return self.broken("an escape: one of \\\" \\\\ \\/ \\b \\f \\n \\r \\t \\u"),
        };
        self.at += 2;
        Ok(simple)
    }

    /// `\uXXXX`, or two of them for a character outside the first plane.
    fn unicode(&mut self) -> Result<char, Broken> {
        let first = self.unit()?;
        if !(0xd800..0xe000).contains(&first) {
            return char::from_u32(first).map_or_else(|| self.broken("a character"), Ok);
        }
        let pair = self.text[self.at..].starts_with("\\u") && first < 0xdc00;
        if pair {
            let second = self.unit()?;
            if (0xdc00..0xe000).contains(&second) {
                let scalar = 0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00);
                return char::from_u32(scalar).map_or_else(|| self.broken("a character"), Ok);
            }
        }
        self.broken("both halves of a surrogate pair")
    }

    fn unit(&mut self) -> Result<u32, Broken> {
        let digits = self.text.get(self.at + 2..self.at + 6);
        let digits = digits.filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()));
        match digits.and_then(|digits| u32::from_str_radix(digits, 16).ok()) {
            Some(unit) => {
                self.at += 6;
                Ok(unit)
            }
            None => self.broken("four hexadecimal digits behind `\\u`"),
        }
    }

    /// Passes over a value of any kind, `depth` of them at most inside each other.
    pub fn skip(&mut self, depth: usize) -> Result<(), Broken> {
        if depth == 0 {
            return self.broken("fewer values inside each other");
        }
        match self.peek() {
            Some(b'"') => self.quoted().map(drop),
            Some(b'-' | b'0'..=b'9') => self.number().map(drop),
            Some(b'n') => self.word("null"),
            Some(b't') => self.word("true"),
            Some(b'f') => self.word("false"),
            Some(b'[') => {
                self.at += 1;
                if self.accept(b']') {
                    return Ok(());
                }
                loop {
                    self.skip(depth - 1)?;
                    if !self.accept(b',') {
                        return self.expect(b']', "`,` or `]`");
                    }
                }
            }
            Some(b'{') => {
                self.at += 1;
                if self.accept(b'}') {
                    return Ok(());
                }
                loop {
                    self.peek();
                    self.quoted()?;
                    self.expect(b':', "`:`")?;
                    self.skip(depth - 1)?;
                    if !self.accept(b',') {
                        return self.expect(b'}', "`,` or `}`");
                    }
                }
            }
            _ => self.broken("a value"),
        }
    }

    /// What stands here, for a message.
    pub fn found(&mut self) -> String {
        match self.peek() {
            None => "nothing".to_owned(),
            Some(b'[') => "a list".to_owned(),
            Some(b'{') => "an object".to_owned(),
            Some(_) => {
                let rest = &self.text[self.at..];
                let mut ahead = Scanner::new(rest);
                let end = if ahead.skip(2).is_ok() { ahead.at } else { rest.len() };
                let shown = &rest[..end];
                match shown.char_indices().nth(40) {
                    Some((cut, _)) => format!("{}…", &shown[..cut]),
                    None => shown.to_owned(),
                }
            }
        }
    }
}

/// What stands between the quotes of a text that `quoted` has taken, with its escapes as what they stand for.
pub(super) fn unescaped(inner: &str) -> String {
    let mut out = String::with_capacity(inner.len());
    let mut scanner = Scanner::new(inner);
    while let Some(plain) = memchr::memchr(b'\\', &inner.as_bytes()[scanner.at..]) {
        out.push_str(&inner[scanner.at..scanner.at + plain]);
        scanner.at += plain;
        match scanner.escape() {
            Ok(character) => out.push(character),
            Err(_) => break,
        }
    }
    out.push_str(&inner[scanner.at..]);
    out
}

/// How many bytes there are before a quote, a backslash, a control character or the end.
fn plain_run(bytes: &[u8]) -> usize {
    const ONES: u64 = 0x0101_0101_0101_0101;
    let is_plain = |byte: &u8| !matches!(byte, b'"' | b'\\' | 0..=0x1f);
    let (words, rest) = bytes.as_chunks::<8>();
    for (index, word) in words.iter().enumerate() {
        let word = u64::from_le_bytes(*word);
        // The highest bit of each byte that is less than so much; the lowest of them is right.
        let below = |word: u64, least: u8| word.wrapping_sub(ONES * u64::from(least)) & !word;
        let quotes = below(word ^ (ONES * u64::from(b'"')), 1);
        let slashes = below(word ^ (ONES * u64::from(b'\\')), 1);
        let found = (quotes | slashes | below(word, 0x20)) & (ONES << 7);
        if found != 0 {
            return index * 8 + found.trailing_zeros() as usize / 8;
        }
    }
    bytes.len() - rest.len() + rest.iter().position(|byte| !is_plain(byte)).unwrap_or(rest.len())
}

impl Broken {
    /// As a predicate, with the place in the text.
    pub fn message(&self, text: &str) -> String {
        let before = &text[..self.at.min(text.len())];
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        format!("is not valid JSON: expected {} at line {line}, column {column}", self.expected)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_end_at_the_first_byte_that_is_not_plain() {
        for length in 0..40 {
            let plain: Vec<u8> =
                (0..length).map(|at| [b'a', 0x7f, 0x80, 0xff, b' ', b'!', b'#', b']'][at % 8]).collect();
            assert_eq!(plain_run(&plain), length);
            for at in 0..length {
                for byte in [b'"', b'\\', 0, 0x1f] {
                    let mut bytes = plain.clone();
                    bytes[at] = byte;
                    assert_eq!(plain_run(&bytes), at, "{bytes:?}");
                }
            }
        }
    }

    #[test]
    fn texts_say_what_their_escapes_stand_for() {
        let read = |text: &str| Scanner::new(text).string().map(Cow::into_owned).map_err(|broken| broken.at);
        assert_eq!(read("\"plain and é\" rest"), Ok("plain and é".to_owned()));
        assert_eq!(read("\"a\\n\\\"\\\\b\\ud83d\\ude00\\u00e9\""), Ok("a\n\"\\b😀é".to_owned()));
        assert_eq!(read("\"12345678\\x\""), Err(9));
        assert_eq!(read("\"tab\t\""), Err(4));
        assert_eq!(read("\"open"), Err(5));
    }
}
