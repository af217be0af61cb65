//! The sha256 digest that names a vertex.

use std::fmt;
use std::str::FromStr;

use sha2::{Digest as _, Sha256};

use crate::error::ReadError;

/// Holds a sha256 digest; written `sha256:` and 64 hex digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest([u8; 32]);

impl Digest {
    /// Returns the digest of `bytes`.
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }
}

/// Is a digest as text.
pub(crate) struct DigestText([u8; 71]);

impl DigestText {
    pub(crate) fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl Digest {
    /// Returns it as text. Every vertex is written by its digest several times: no formatting
    /// byte by byte, and no allocation.
    pub(crate) fn text(self) -> DigestText {
        let mut text = *b"sha256:0000000000000000000000000000000000000000000000000000000000000000";
        let (pairs, _) = text[7..].as_chunks_mut();
        for (pair, byte) in pairs.iter_mut().zip(self.0) {
            *pair = DIGITS[usize::from(byte)];
        }
        DigestText(text)
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text().as_str())
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Digest {
    type Err = ReadError;

    fn from_str(text: &str) -> Result<Self, ReadError> {
        parse(text).ok_or_else(|| ReadError::BadDigest {
            text: text.to_string(),
        })
    }
}

/// The two digits of every byte: a digest is written three times for every vertex.
static DIGITS: [[u8; 2]; 256] = {
    let signs = b"0123456789abcdef";
    let mut digits = [[0; 2]; 256];
    let mut byte = 0;
    while byte < digits.len() {
        digits[byte] = [signs[byte >> 4], signs[byte & 15]];
        byte += 1;
    }
    digits
};

fn parse(text: &str) -> Option<Digest> {
    let hex = text.strip_prefix("sha256:")?.as_bytes();
    let mut bytes = [0; 32];
    if hex.len() != 64 {
        return None;
    }
    for (byte, pair) in bytes.iter_mut().zip(hex.chunks_exact(2)) {
        *byte = (nibble(pair[0])? << 4) | nibble(pair[1])?;
    }
    Some(Digest(bytes))
}

fn nibble(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_comes_back_as_it_was() {
        let text = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assert_eq!(Digest::of(b"").to_string(), text);
        assert_eq!(text.parse::<Digest>().unwrap(), Digest::of(b""));
    }

    #[test]
    fn other_text_is_refused() {
        for text in [
            "",
            "sha256:",
            "sha512:00",
            "sha256:é",
            &format!("sha256:{}", "G".repeat(64)),
        ] {
            let error = text.parse::<Digest>().unwrap_err();
            assert_eq!(
                error.to_string(),
                format!("`{text}` is not a sha256 digest")
            );
        }
    }
}
