//! The tokens of JSON (RFC 8259), from a text that is UTF-8 already.

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

    /// Takes a text.
    pub fn string(&mut self) -> Result<String, Broken> {
        self.expect(b'"', "text in double quotes")?;
        let mut out = String::new();
        loop {
            let rest = &self.text[self.at..];
            let Some(end) = rest.bytes().position(|byte| matches!(byte, b'"' | b'\\' | 0..=0x1f)) else {
                self.at = self.text.len();
                return self.broken("the closing quote of a text");
            };
            out.push_str(&rest[..end]);
            self.at += end;
            match rest.as_bytes()[end] {
                b'"' => {
                    self.at += 1;
                    return Ok(out);
                }
                b'\\' => out.push(self.escape()?),
                _ => return self.broken("an escape such as `\\n` for a control character"),
            }
        }
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
            Some(b'"') => self.string().map(drop),
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
                    self.string()?;
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

impl Broken {
    /// As a predicate, with the place in the text.
    pub fn message(&self, text: &str) -> String {
        let before = &text[..self.at.min(text.len())];
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        format!("is not valid JSON: expected {} at line {line}, column {column}", self.expected)
    }
}
