//! Files that hold keys and certificates in binary form.

/// A container, or ASN.1 of another kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Container {
    /// PKCS#12, `.p12` or `.pfx`: RFC 7292.
    Pkcs12,
    /// A Java keystore, JKS or JCEKS.
    JavaKeystore,
    /// PKCS#7, `.p7b`: RFC 2315.
    Pkcs7,
    /// Another SEQUENCE in DER, as certificates and keys are.
    Der,
}

/// The OIDs of PKCS#7's content types, but for the last number.
const PKCS7: &[u8] = b"\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x07";
/// An INTEGER 3: the version with which PKCS#12 starts.
const VERSION_3: &[u8] = b"\x02\x01\x03\x30";

pub(super) fn of(bytes: &[u8]) -> Option<Container> {
    if bytes.starts_with(b"\xFE\xED\xFE\xED") || bytes.starts_with(b"\xCE\xCE\xCE\xCE") {
        return Some(Container::JavaKeystore);
    }
    let (length, body) = sequence(bytes)?;
    if body.starts_with(VERSION_3) && body.windows(PKCS7.len()).take(32).any(|at| at == PKCS7) {
        return Some(Container::Pkcs12);
    }
    if body.starts_with(PKCS7) {
        return Some(Container::Pkcs7);
    }
    (length == Some(body.len())).then_some(Container::Der)
}

/// The length that a SEQUENCE says, and what follows its header. Of indefinite length in BER, as
/// some programs write containers.
fn sequence(bytes: &[u8]) -> Option<(Option<usize>, &[u8])> {
    Some(match bytes {
        [0x30, 0x80, body @ ..] => (None, body),
        [0x30, length @ 0..=0x7F, body @ ..] => (Some(usize::from(*length)), body),
        [0x30, 0x81, length, body @ ..] => (Some(usize::from(*length)), body),
        [0x30, 0x82, high, low, body @ ..] => {
            (Some(usize::from(u16::from_be_bytes([*high, *low]))), body)
        }
        [0x30, 0x83, high, middle, low, body @ ..] => {
            (usize::try_from(u32::from_be_bytes([0, *high, *middle, *low])).ok(), body)
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::{Container, of};

    #[test]
    fn containers_are_told_apart() {
        let pkcs12 = b"\x30\x82\x0A\x2A\x02\x01\x03\x30\x82\x09\xF0\x06\x09\x2A\x86\x48\x86\xF7\
            \x0D\x01\x07\x01\xA0";
        assert_eq!(of(pkcs12), Some(Container::Pkcs12));
        let pkcs7 = b"\x30\x82\x01\x00\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x07\x02\xA0";
        assert_eq!(of(pkcs7), Some(Container::Pkcs7));
        assert_eq!(of(b"\xFE\xED\xFE\xED\0\0\0\x02"), Some(Container::JavaKeystore));
        assert_eq!(of(b"\x30\x03\x02\x01\x03"), Some(Container::Der));
        assert_eq!(of(b"\x30\x03\x02\x01"), None);
    }
}
