//! The certificates of one value, with the place of each: what lints look at.

use std::collections::BTreeSet;

use super::{Certificate, CertificateFault, certificate_blocks};
use crate::go::pem::Pem;

#[derive(Debug)]
pub(crate) struct Bundle {
    pub pem: Pem,
    pub certificates: Vec<Listed>,
    /// Where its lines start, in bytes.
    lines: Vec<usize>,
}

#[derive(Clone, Debug)]
pub(crate) struct Listed {
    pub position: usize,
    /// What its block encodes: equal bytes are the same certificate.
    der: Vec<u8>,
    pub is_repeated: bool,
    pub certificate: Result<Certificate, CertificateFault>,
}

impl Bundle {
    pub(crate) fn read(text: &[u8]) -> Self {
        let pem = Pem::read(text);
        let mut seen = BTreeSet::new();
        let certificates = certificate_blocks(&pem)
            .enumerate()
            .map(|(index, block)| Listed {
                position: index + 1,
                der: block.contents.to_vec(),
                is_repeated: !seen.insert(block.contents.to_vec()),
                certificate: Certificate::read(&block.contents),
            })
            .collect();
        let breaks = text.iter().enumerate().filter(|(_, byte)| **byte == b'\n');
        let lines = std::iter::once(0).chain(breaks.map(|(offset, _)| offset + 1)).collect();
        Self { pem, certificates, lines }
    }

    /// Those that can be read, each once, and not those that stand in `other` too.
    pub(crate) fn single(
        &self,
        other: Option<&Self>,
    ) -> impl Iterator<Item = (usize, &Certificate)> {
        let others = other.into_iter().flat_map(|other| &other.certificates);
        let elsewhere: BTreeSet<&Vec<u8>> = others.map(|listed| &listed.der).collect();
        self.certificates
            .iter()
            .filter(move |listed| !listed.is_repeated && !elsewhere.contains(&listed.der))
            .filter_map(|listed| Some((listed.position, listed.certificate.as_ref().ok()?)))
    }

    /// The line, from 1, of a byte of the text.
    pub(crate) fn line(&self, offset: usize) -> usize {
        self.lines.partition_point(|start| *start <= offset)
    }
}
