//! How certificates are written down: what Go reads and other readers don't, and the reverse.
//! `tests/unit/tls_lints.rs` has OpenSSL read each form.
//!
//! CRLF, long lines, blanks inside the base64 and text between the blocks are read by all of Go,
//! OpenSSL 3 and Python (`ssl`, `cryptography`): nothing is said about them.

use super::bundle::Bundle;
use crate::go::pem::{Block, BlockKind, PemFault};

/// What readers disagree about. Lines count from 1, and are those where a block starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CertificateFormFault {
    /// An empty line inside a block: OpenSSL, Python's `ssl` and `cryptography` refuse the whole
    /// file, Go reads on.
    EmptyLine { line: usize },
    /// A header (RFC 1421) inside a block: OpenSSL and Python's `ssl` refuse the whole file, and Go
    /// leaves the block out where it looks for authorities (`CertPool.AppendCertsFromPEM`).
    Header { line: usize },
    /// Something that begins like a block and that Go passes over; the first of them. OpenSSL does
    /// too where the `BEGIN` line is not in order, and refuses the file where what follows is not;
    /// a byte order mark is nothing to it.
    PassedOver { fault: PemFault },
    /// A `TRUSTED CERTIFICATE` or `X509 CERTIFICATE`: OpenSSL reads it, Go passes over it.
    OpenSslForm { line: usize },
    /// Readers of certificates pass over it, but the value is one that gets shown and copied.
    PrivateKey { line: usize },
    /// The last line has no end, so that another PEM file put behind it breaks both.
    NoFinalNewline,
}

/// The faults of a bundle that has a certificate; each kind once, at its first place.
pub(crate) fn faults(bundle: &Bundle) -> Vec<CertificateFormFault> {
    use CertificateFormFault::{EmptyLine, Header, OpenSslForm, PassedOver, PrivateKey};
    if bundle.certificates.is_empty() {
        return Vec::new();
    }
    let first = |is: fn(&Block) -> bool| {
        let block = bundle.pem.blocks.iter().find(|block| is(block));
        block.map(|block| bundle.line(block.range.start))
    };
    let has_end = bundle.pem.blocks.last().is_none_or(|block| !block.leniencies.no_final_newline);
    [
        bundle.pem.faults.first().map(|fault| PassedOver { fault: *fault }),
        first(|block| block.kind == BlockKind::OpenSslCertificate).map(|line| OpenSslForm { line }),
        first(|block| block.kind == BlockKind::Certificate && block.leniencies.empty_line)
            .map(|line| EmptyLine { line }),
        first(|block| block.kind == BlockKind::Certificate && block.headers.any)
            .map(|line| Header { line }),
        first(|block| block.kind.is_private_key()).map(|line| PrivateKey { line }),
        (!has_end).then_some(CertificateFormFault::NoFinalNewline),
    ]
    .into_iter()
    .flatten()
    .collect()
}
