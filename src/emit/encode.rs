//! Base64 into a buffer that has room, without a copy that nobody zeroizes.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

/// Bytes that one turn takes: a multiple of three, so that only the last turn pads.
const TURN: usize = 768;

/// Writes standard base64 with padding (RFC 4648 section 4). Kept for many values: it owns the
/// buffer between bytes and text.
pub(crate) struct Base64 {
    buffer: Zeroizing<[u8; base64_len(TURN)]>,
}

impl Base64 {
    pub(crate) fn new() -> Self {
        Self { buffer: Zeroizing::new([0; base64_len(TURN)]) }
    }

    /// Appends the base64 of `bytes`. The caller reserves [`base64_len`] bytes before.
    pub(crate) fn push(&mut self, out: &mut String, bytes: &[u8]) {
        for turn in bytes.chunks(TURN) {
            let written = STANDARD
                .encode_slice(turn, self.buffer.as_mut_slice())
                .ok()
                .and_then(|len| self.buffer.get(..len));
            let text = written.and_then(|ascii| std::str::from_utf8(ascii).ok());
            debug_assert!(
                text.is_some(),
                "the buffer is as long as the base64 of a turn, and base64 is ASCII"
            );
            out.push_str(text.unwrap_or_default());
        }
    }
}

/// kustomize's generators wrap base64 at this column, and count the line breaks in the hash (kyaml
/// `datamap.go`, `encodeBase64`).
pub(crate) const LINE: usize = 70;

/// How the base64 of `data` is written. Kubernetes reads both as the same bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Base64Form {
    /// On one line.
    Plain,
    /// As kustomize's secretGenerator has it, so that the hash that kustomize gives is that of a
    /// generated Secret: in lines, and with `data` even where there is none.
    Generated,
}

impl Base64Form {
    /// Appends the base64 of `bytes`, as it stands between double quotes in JSON and YAML.
    pub(crate) fn push(self, out: &mut String, base64: &mut Base64, bytes: &[u8]) {
        let len = base64_len(bytes.len());
        if self == Self::Plain || len < LINE {
            return base64.push(out, bytes);
        }
        let mut text = Zeroizing::new(String::with_capacity(len));
        base64.push(&mut text, bytes);
        let mut rest = text.as_str();
        while !rest.is_empty() {
            let (line, more) = rest.split_at_checked(LINE).unwrap_or((rest, ""));
            out.push_str(line);
            out.push_str("\\n");
            rest = more;
        }
    }
}

pub(crate) const fn base64_len(bytes: usize) -> usize {
    bytes.div_ceil(3) * 4
}

#[cfg(test)]
mod tests {
    use super::{Base64, base64_len};

    #[test]
    fn turns_join_without_padding_between() {
        // RFC 4648 section 10, and a value of several turns.
        for (bytes, expected) in
            [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy")]
        {
            let mut out = String::new();
            Base64::new().push(&mut out, bytes.as_bytes());
            assert_eq!(out, expected);
            assert_eq!(out.len(), base64_len(bytes.len()));
        }
        let mut out = String::new();
        Base64::new().push(&mut out, &[0; 2000]);
        assert_eq!(out, format!("{}AA=", "A".repeat(base64_len(2000) - 3)));
    }
}
