//! Keys and certificates as files hold them: PEM blocks (RFC 7468) of DER (X.690), as far as they are read here.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

pub(super) const INTEGER: u8 = 0x02;
pub(super) const BIT_STRING: u8 = 0x03;
pub(super) const OBJECT_ID: u8 = 0x06;
pub(super) const SEQUENCE: u8 = 0x30;
pub(super) const VERSION: u8 = 0xa0;

/// The content of the first block with that label.
pub(super) fn block(pem: &str, label: &str) -> Option<Vec<u8>> {
    let (_, rest) = pem.split_once(&format!("-----BEGIN {label}-----"))?;
    let (body, _) = rest.split_once(&format!("-----END {label}-----"))?;
    let digits: String = body.split_ascii_whitespace().collect();
    STANDARD.decode(digits).ok()
}

/// The bits of a public key from its information (RFC 5280), which names the algorithm too.
pub(super) fn key_bits(information: &[u8]) -> Option<&[u8]> {
    let (mut key, _) = Reader(information).element(SEQUENCE)?;
    key.element(SEQUENCE)?;
    let (bits, _) = key.element(BIT_STRING)?;
    match bits.0.split_first()? {
        (0, bits) => Some(bits),
        _ => None,
    }
}

/// The rest of an encoding that is read from its start.
pub(super) struct Reader<'a>(pub(super) &'a [u8]);

impl<'a> Reader<'a> {
    /// The next element with that tag: its content, and all of it.
    pub(super) fn element(&mut self, tag: u8) -> Option<(Reader<'a>, &'a [u8])> {
        let (&found, rest) = self.0.split_first()?;
        let (&first, rest) = rest.split_first()?;
        let (len, rest) = match first {
            0..=0x7f => (usize::from(first), rest),
            0x81..=0x84 => {
                let (digits, rest) = rest.split_at_checked(usize::from(first & 0x7f))?;
                (digits.iter().fold(0, |len, digit| len << 8 | usize::from(*digit)), rest)
            }
            _ => return None,
        };
        let (content, rest) = rest.split_at_checked(len)?;
        if found != tag {
            return None;
        }
        let whole = &self.0[..self.0.len() - rest.len()];
        self.0 = rest;
        Some((Reader(content), whole))
    }

    pub(super) fn end(&self) -> Option<()> {
        self.0.is_empty().then_some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_that_lie_are_refused() {
        for bytes in [&[][..], &[0x30], &[0x30, 5, 1], &[0x30, 0x80], &[0x30, 0x84, 0xff, 0xff, 0xff, 0xff], &[0x31, 0]]
        {
            assert!(Reader(bytes).element(SEQUENCE).is_none(), "{bytes:x?}");
        }
        let (content, whole) = Reader(&[0x30, 2, 5, 0, 9]).element(SEQUENCE).expect("a sequence");
        assert_eq!((content.0, whole), (&[5, 0][..], &[0x30, 2, 5, 0][..]));
    }

    #[test]
    fn blocks_are_found_by_their_label() {
        let pem = "text\n-----BEGIN A B-----\r\nYQ==\r\n-----END A B-----";
        assert_eq!(block(pem, "A B").as_deref(), Some(&b"a"[..]));
        assert_eq!(block(pem, "A"), None);
        assert_eq!(block("-----BEGIN A-----\nYQ==", "A"), None);
    }
}
