//! How certificates are written down: what Go reads and other readers don't, and the reverse.
//! `tests/unit/tls_lints.rs` has OpenSSL read each form.
//!
//! CRLF, long lines, blanks inside the base64 and text between the blocks are read by all of Go,
//! OpenSSL 3 and Python (`ssl`, `cryptography`): nothing is said about them.

use super::bundle::Bundle;
use crate::go::pem::{BlockKind, PemFault};

/// What readers disagree about. Lines count from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CertificateFormFault {
    /// An empty line inside a block: OpenSSL, Python's `ssl` and `cryptography` refuse the whole
    /// file, Go reads on.
    EmptyLine {
        /// Where the block starts.
        line: usize,
    },
    /// A header (RFC 1421) inside a block: OpenSSL and Python's `ssl` refuse the whole file, and Go
    /// leaves the block out where it looks for authorities (`CertPool.AppendCertsFromPEM`).
    Header {
        /// Where the block starts.
        line: usize,
    },
    /// Something that begins like a block and that Go passes over. OpenSSL does too where the
    /// `BEGIN` line is not in order, and refuses the file where what follows is not; a byte order
    /// mark is nothing to it.
    PassedOver {
        /// The first of them.
        fault: PemFault,
        /// How many more there are.
        more: usize,
    },
    /// A `TRUSTED CERTIFICATE` or `X509 CERTIFICATE`: OpenSSL reads it, Go passes over it.
    OpenSslForm {
        /// Where the block starts.
        line: usize,
    },
    /// A private key: readers of certificates pass over it, but the value is one that gets shown
    /// and copied.
    PrivateKey {
        /// Where the block starts.
        line: usize,
    },
    /// The last line has no end, so that another PEM file put behind it breaks both.
    NoFinalNewline,
}

/// The faults of a bundle that has a certificate; each kind once, at its first place.
pub(crate) fn faults(bundle: &Bundle) -> Vec<CertificateFormFault> {
    if bundle.certificates.is_empty() {
        return Vec::new();
    }
    let blocks = &bundle.pem.blocks;
    let of_kind = |is: &dyn Fn(BlockKind) -> bool| {
        blocks.iter().find(|block| is(block.kind)).map(|block| bundle.line(block.range.start))
    };
    let certificates = || blocks.iter().filter(|block| block.kind == BlockKind::Certificate);
    let header =
        certificates().find(|block| block.headers.any).map(|block| bundle.line(block.range.start));
    let empty = certificates()
        .find(|block| block.leniencies.empty_line)
        .map(|block| bundle.line(block.range.start));
    let passed_over = bundle
        .pem
        .faults
        .split_first()
        .map(|(fault, more)| CertificateFormFault::PassedOver { fault: *fault, more: more.len() });
    let ends = blocks.last().is_none_or(|block| !block.leniencies.no_final_newline);
    [
        passed_over,
        of_kind(&|kind| kind == BlockKind::OpenSslCertificate)
            .map(|line| CertificateFormFault::OpenSslForm { line }),
        empty.map(|line| CertificateFormFault::EmptyLine { line }),
        header.map(|line| CertificateFormFault::Header { line }),
        of_kind(&BlockKind::is_private_key).map(|line| CertificateFormFault::PrivateKey { line }),
        (!ends).then_some(CertificateFormFault::NoFinalNewline),
    ]
    .into_iter()
    .flatten()
    .collect()
}
