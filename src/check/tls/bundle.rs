//! The certificates of one value, with the place of each: what lints look at.

use super::{Certificate, CertificateFault, certificate_blocks};
use crate::go::pem::Pem;

/// A value such as `tls.crt`, read.
#[derive(Debug)]
pub(crate) struct Bundle {
    /// Its blocks, and what is no block.
    pub pem: Pem,
    /// Its certificates in their order.
    pub certificates: Vec<Listed>,
    /// Where its lines start, in bytes.
    lines: Vec<usize>,
}

/// A certificate of a bundle.
#[derive(Clone, Debug)]
pub(crate) struct Listed {
    /// Counted from 1.
    pub position: usize,
    /// What its block encodes: equal bytes are the same certificate.
    pub der: Vec<u8>,
    /// What it says.
    pub certificate: Result<Certificate, CertificateFault>,
}

impl Bundle {
    /// Reads a text, as far as Go reads PEM.
    pub(crate) fn read(text: &[u8]) -> Self {
        let pem = Pem::read(text);
        let certificates = certificate_blocks(&pem)
            .enumerate()
            .map(|(index, block)| Listed {
                position: index + 1,
                der: block.contents.to_vec(),
                certificate: Certificate::read(&block.contents),
            })
            .collect();
        let breaks = text
            .iter()
            .enumerate()
            .filter(|(_, byte)| **byte == b'\n')
            .map(|(offset, _)| offset + 1);
        Self { pem, certificates, lines: std::iter::once(0).chain(breaks).collect() }
    }

    /// Those that can be read, with their positions.
    pub(crate) fn readable(&self) -> impl Iterator<Item = (usize, &Certificate)> {
        self.certificates
            .iter()
            .filter_map(|listed| Some((listed.position, listed.certificate.as_ref().ok()?)))
    }

    /// The line, from 1, of a byte of the text.
    pub(crate) fn line(&self, offset: usize) -> usize {
        self.lines.partition_point(|start| *start <= offset)
    }

    /// Whether the very same certificate stands before this one.
    pub(crate) fn is_repeated(&self, position: usize) -> bool {
        let this = self.certificates.iter().find(|listed| listed.position == position);
        this.is_some_and(|this| self.first_of(this) < position)
    }

    /// Where the certificate stands first.
    pub(crate) fn first_of(&self, listed: &Listed) -> usize {
        self.certificates
            .iter()
            .find(|other| other.der == listed.der)
            .map_or(listed.position, |other| other.position)
    }

    /// Whether it holds the very same certificate.
    pub(crate) fn holds(&self, der: &[u8]) -> bool {
        self.certificates.iter().any(|listed| listed.der == der)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_counted_from_one() {
        let bundle = Bundle::read(b"a\nb\n\nc");
        assert_eq!([0, 1, 2, 3, 4, 5].map(|offset| bundle.line(offset)), [1, 1, 2, 2, 3, 4]);
    }
}
