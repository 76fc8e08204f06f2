//! Base64 without a copy that stays in freed memory.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

/// Standard base64 with padding (RFC 4648 section 4).
pub(crate) fn base64(bytes: &[u8]) -> Zeroizing<String> {
    let mut ascii = Zeroizing::new(vec![0; base64_len(bytes.len())]);
    let written = STANDARD.encode_slice(bytes, &mut ascii);
    debug_assert_eq!(written.ok(), Some(ascii.len()));
    Zeroizing::new(String::from_utf8(std::mem::take(&mut *ascii)).unwrap_or_default())
}

pub(crate) const fn base64_len(bytes: usize) -> usize {
    bytes.div_ceil(3) * 4
}

/// kustomize's generators wrap base64 at this column, and count the line breaks in the hash (kyaml
/// `datamap.go`, `encodeBase64`).
const LINE: usize = 70;

/// How the base64 of `data` is written. Kubernetes reads both as the same bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Base64Form {
    Plain,
    /// As kustomize's secretGenerator has it, so that the hash that kustomize gives is that of a
    /// generated Secret: in lines, and with `data` even where there is none.
    Generated,
}

impl Base64Form {
    /// Appends the base64 of `bytes`, as it stands in double quotes in JSON and YAML.
    pub(crate) fn push(self, out: &mut String, bytes: &[u8]) {
        let text = base64(bytes);
        out.push('"');
        if self == Self::Plain || text.len() < LINE {
            out.push_str(&text);
        } else {
            let mut rest = text.as_str();
            while !rest.is_empty() {
                let (line, more) = rest.split_at_checked(LINE).unwrap_or((rest, ""));
                out.extend([line, "\\n"]);
                rest = more;
            }
        }
        out.push('"');
    }
}
