//! Protobuf, written straight into a buffer.
//!
//! For what there is thousands of: building a generated message first would copy every text. A
//! field that holds its default is left out, as proto3 and Go do it.

/// The wire types that definitions use (protobuf's encoding guide, "Message Structure").
const VARINT: u32 = 0;
const LEN: u32 = 2;

/// Writes a message at the end of a buffer.
pub(crate) struct Wire<'a>(pub(crate) &'a mut Vec<u8>);

impl Wire<'_> {
    /// Writes a number; a negative one takes ten bytes.
    pub(crate) fn int(&mut self, field: u32, value: i64) {
        if value != 0 {
            self.key(field, VARINT);
            self.varint(value.cast_unsigned());
        }
    }

    /// Writes a truth.
    pub(crate) fn flag(&mut self, field: u32, value: impl Into<i64>) {
        self.int(field, value.into());
    }

    /// Writes a text.
    pub(crate) fn text(&mut self, field: u32, value: &str) {
        if !value.is_empty() {
            self.element(field, value.as_bytes());
        }
    }

    /// Writes an element of a list of bytes or an encoded message, empty or not.
    pub(crate) fn element(&mut self, field: u32, value: &[u8]) {
        self.key(field, LEN);
        self.varint(value.len() as u64);
        self.0.extend_from_slice(value);
    }

    /// Writes an element of a list of texts that is given in parts.
    pub(crate) fn joined<const N: usize>(&mut self, field: u32, parts: [&str; N]) {
        self.key(field, LEN);
        self.varint(parts.iter().map(|part| part.len() as u64).sum());
        for part in parts {
            self.0.extend_from_slice(part.as_bytes());
        }
    }

    /// Writes a message, empty or not, that is mostly shorter than 128 bytes.
    pub(crate) fn message(&mut self, field: u32, write: impl FnOnce(&mut Wire<'_>)) {
        let start = self.start(field, 1);
        write(&mut Wire(self.0));
        self.end(start, 1);
    }

    /// Writes a message that is mostly longer.
    pub(crate) fn long_message(&mut self, field: u32, write: impl FnOnce(&mut Wire<'_>)) {
        let start = self.start(field, 2);
        write(&mut Wire(self.0));
        self.end(start, 2);
    }

    /// Leaves room for a length of `guess` bytes; returns where that is.
    fn start(&mut self, field: u32, guess: usize) -> usize {
        self.key(field, LEN);
        let start = self.0.len();
        self.0.extend_from_slice(&[0; 2][..guess]);
        start
    }

    /// Writes the length of the message behind `start`, which moves if the guess was wrong.
    fn end(&mut self, start: usize, guess: usize) {
        let end = self.0.len();
        let from = start + guess;
        let (length, n) = varint((end - from) as u64);
        if n > guess {
            self.0.extend_from_slice(&length[guess..n]);
        }
        if n != guess {
            self.0.copy_within(from..end, start + n);
            self.0.truncate(start + n + end - from);
        }
        self.0[start..start + n].copy_from_slice(&length[..n]);
    }

    fn key(&mut self, field: u32, wire_type: u32) {
        self.varint(u64::from(field << 3 | wire_type));
    }

    fn varint(&mut self, value: u64) {
        match u8::try_from(value) {
            Ok(short @ ..0x80) => self.0.push(short),
            _ => {
                let (bytes, n) = varint(value);
                self.0.extend_from_slice(&bytes[..n]);
            }
        }
    }
}

/// Returns the bytes of a number, and how many there are.
fn varint(mut value: u64) -> ([u8; 10], usize) {
    let mut bytes = [0; 10];
    let mut n = 0;
    while value >= 0x80 {
        bytes[n] = (value & 0x7f) as u8 | 0x80;
        value >>= 7;
        n += 1;
    }
    bytes[n] = value as u8;
    (bytes, n + 1)
}

#[cfg(test)]
mod tests {
    use buildkit_proto::pb;
    use prost::Message as _;

    use super::*;

    #[test]
    fn a_message_is_written_as_the_generated_code_writes_it() {
        for length in [0, 1, 127, 128, 300, 20_000] {
            let expected = pb::Input {
                digest: "x".repeat(length),
                index: -1,
            };
            let expected = pb::Op {
                inputs: vec![expected],
                ..pb::Op::default()
            };
            let mut bytes = Vec::new();
            Wire(&mut bytes).message(1, |input| {
                input.text(1, &"x".repeat(length));
                input.int(2, -1);
            });
            assert_eq!(bytes, expected.encode_to_vec(), "{length} bytes");
            let mut bytes = Vec::new();
            Wire(&mut bytes).long_message(1, |input| {
                input.text(1, &"x".repeat(length));
                input.int(2, -1);
            });
            assert_eq!(bytes, expected.encode_to_vec(), "{length} bytes");
        }
    }
}
