//! A PEM block, what kind of thing its label names, and what a strict reader would not forgive.

use std::{fmt, ops::Range};
use zeroize::Zeroizing;

pub(crate) struct Block {
    pub kind: BlockKind,
    /// The decoded bytes, mostly DER.
    pub contents: Zeroizing<Vec<u8>>,
    /// From the first dash of the `BEGIN` line to the last of the `END` line, in bytes of the text.
    pub range: Range<usize>,
    /// RFC 1421 headers between the `BEGIN` line and the base64.
    pub headers: Headers,
    pub leniencies: Leniencies,
}

/// Not the contents, which may be a private key.
impl fmt::Debug for Block {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} at {:?}", self.kind, self.range)
    }
}

/// What a label names. Labels that are not known are not kept: the text may be anything, so they
/// could be a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BlockKind {
    Certificate,
    /// `TRUSTED CERTIFICATE` or `X509 CERTIFICATE`: OpenSSL's own forms, which Go does not read.
    OpenSslCertificate,
    CertificateRequest,
    Pkcs8Key,
    EncryptedPkcs8Key,
    /// PKCS#1.
    RsaKey,
    /// SEC 1.
    EcKey,
    DsaKey,
    OpenSshKey,
    /// Any other private key, which Go tries to read.
    OtherKey,
    PublicKey,
    /// `EC PARAMETERS`, `DH PARAMETERS` or the like.
    Parameters,
    RevocationList,
    Pkcs7,
    Other,
}

impl BlockKind {
    pub(crate) fn of(label: &[u8]) -> Self {
        match label {
            b"CERTIFICATE" => Self::Certificate,
            b"TRUSTED CERTIFICATE" | b"X509 CERTIFICATE" => Self::OpenSslCertificate,
            b"CERTIFICATE REQUEST" | b"NEW CERTIFICATE REQUEST" => Self::CertificateRequest,
            b"PRIVATE KEY" => Self::Pkcs8Key,
            b"ENCRYPTED PRIVATE KEY" => Self::EncryptedPkcs8Key,
            b"RSA PRIVATE KEY" => Self::RsaKey,
            b"EC PRIVATE KEY" => Self::EcKey,
            b"DSA PRIVATE KEY" => Self::DsaKey,
            b"OPENSSH PRIVATE KEY" => Self::OpenSshKey,
            b"PUBLIC KEY" => Self::PublicKey,
            b"X509 CRL" => Self::RevocationList,
            b"PKCS7" | b"CMS" => Self::Pkcs7,
            _ if label.ends_with(b" PRIVATE KEY") => Self::OtherKey,
            _ if label.ends_with(b" PUBLIC KEY") => Self::PublicKey,
            _ if label.ends_with(b" PARAMETERS") => Self::Parameters,
            _ => Self::Other,
        }
    }

    /// Whether Go's `tls.X509KeyPair` takes a block of this kind for the private key.
    pub(crate) fn is_private_key(self) -> bool {
        matches!(
            self,
            Self::Pkcs8Key
                | Self::EncryptedPkcs8Key
                | Self::RsaKey
                | Self::EcKey
                | Self::DsaKey
                | Self::OpenSshKey
                | Self::OtherKey
        )
    }
}

/// What the header lines say. RFC 1421 section 4.6.1; OpenSSL writes them into passphrase-protected
/// keys of the old kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Headers {
    pub any: bool,
    /// `Proc-Type: 4,ENCRYPTED` or `DEK-Info`: the contents are encrypted.
    pub encrypted: bool,
}

impl Headers {
    pub(crate) fn add(&mut self, line: &[u8], colon: usize) {
        let (name, value) = line.split_at_checked(colon).unwrap_or_default();
        self.any = true;
        self.encrypted |= match name.trim_ascii() {
            b"DEK-Info" => true,
            b"Proc-Type" => value.ends_with(b"ENCRYPTED"),
            _ => false,
        };
    }
}

/// What Go forgives in a block and other readers may not. All false: every reader takes it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Leniencies {
    /// Lines end in CRLF. OpenSSH does not read its own keys so.
    pub crlf: bool,
    pub empty_line: bool,
    /// The `END` line is the end of the text, without a line break. OpenSSH does not read its own
    /// keys so.
    pub no_final_newline: bool,
}

impl Leniencies {
    pub(super) fn of(text: &[u8], block: Range<usize>, encoded: &[u8]) -> Self {
        let (whole, after) = text.split_at_checked(block.end).unwrap_or((text, b""));
        let whole = whole.get(block.start..).unwrap_or_default();
        // A line break right at the start stands between headers and body.
        let body = encoded
            .strip_prefix(b"\n")
            .or_else(|| encoded.strip_prefix(b"\r\n"))
            .unwrap_or(encoded);
        let mut lines = body.split(|byte| *byte == b'\n');
        Self {
            crlf: whole.windows(2).any(|pair| pair == b"\r\n"),
            empty_line: !body.is_empty() && lines.any(|line| line.trim_ascii().is_empty()),
            no_final_newline: !after.contains(&b'\n'),
        }
    }
}
