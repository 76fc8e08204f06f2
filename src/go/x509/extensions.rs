//! The extensions of a certificate (RFC 5280 section 4.2) whose mistakes make Go refuse it. Name
//! constraints, policies and distribution points stand in CA certificates, which are no pair with a
//! key of ours: they are not looked into.

use std::collections::HashSet;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::CertificateFault;
use crate::go::der::{DerReader, Malformed, tag};

/// id-ce, 2.5.29: extensions are this and one more byte.
const CE: &[u8] = &[0x55, 0x1d];
/// id-pe-authorityInfoAccess, 1.3.6.1.5.5.7.1.1.
const AUTHORITY_INFO_ACCESS: &[u8] = &[0x2b, 6, 1, 5, 5, 7, 1, 1];
/// id-ad-caIssuers, 1.3.6.1.5.5.7.48.2.
const CA_ISSUERS: &[u8] = &[0x2b, 6, 1, 5, 5, 7, 48, 2];

/// id-kp-serverAuth, 1.3.6.1.5.5.7.3.1.
const SERVER_AUTH: &[u8] = &[0x2b, 6, 1, 5, 5, 7, 3, 1];
/// anyExtendedKeyUsage, 2.5.29.37.0.
const ANY_USAGE: &[u8] = &[0x55, 0x1d, 37, 0];

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum AlternativeName {
    /// A host name, possibly with `*` as its first label.
    Dns(String),
    Ip(IpAddr),
    /// A mail address, URI or anything else that does not name a server.
    Other,
}

#[derive(Debug, Default)]
pub(crate) struct Extensions {
    pub names: Vec<AlternativeName>,
    pub is_ca: Option<bool>,
    pub may_sign: Option<bool>,
    pub for_servers: Option<bool>,
    pub subject_key: Option<Vec<u8>>,
    pub authority_key: Option<Vec<u8>>,
    pub has_issuer_url: bool,
}

pub(crate) fn read(mut list: DerReader<'_>) -> Result<Extensions, CertificateFault> {
    let mut seen = HashSet::new();
    let mut found = Extensions::default();
    while !list.is_empty() {
        let mut extension = list.sequence()?;
        let oid = extension.oid()?;
        let critical = if extension.at(tag::BOOLEAN) { extension.boolean()? } else { false };
        let value = DerReader::new(extension.take(tag::OCTET_STRING)?);
        if !seen.insert(oid) {
            return Err(CertificateFault::DuplicateExtension);
        }
        one(oid, critical, value, &mut found)?;
    }
    Ok(found)
}

fn one(
    oid: &[u8],
    critical: bool,
    mut value: DerReader<'_>,
    found: &mut Extensions,
) -> Result<(), CertificateFault> {
    let (name, result) = match oid.strip_prefix(CE) {
        Some([14]) => {
            let key =
                value.take(tag::OCTET_STRING).and_then(|key| not_critical(critical).map(|()| key));
            ("subjectKeyIdentifier", key.map(|key| found.subject_key = Some(key.to_vec())))
        }
        Some([15]) => {
            ("keyUsage", value.bit_string().map(|(_, bits)| found.may_sign = Some(may_sign(bits))))
        }
        Some([17]) => ("subjectAltName", alternative_names(value).map(|names| found.names = names)),
        Some([19]) => ("basicConstraints", is_ca(value).map(|is_ca| found.is_ca = Some(is_ca))),
        Some([35]) => {
            let key = authority_key(value).and_then(|key| not_critical(critical).map(|()| key));
            ("authorityKeyIdentifier", key.map(|key| found.authority_key = key))
        }
        Some([37]) => (
            "extKeyUsage",
            for_servers(value).map(|for_servers| found.for_servers = Some(for_servers)),
        ),
        _ if oid == AUTHORITY_INFO_ACCESS => {
            let has_url =
                has_issuer_url(value).and_then(|has| not_critical(critical).map(|()| has));
            ("authorityInfoAccess", has_url.map(|has_url| found.has_issuer_url = has_url))
        }
        _ => return Ok(()),
    };
    result.map_err(|Malformed| CertificateFault::Extension(name))
}

fn not_critical(critical: bool) -> Result<(), Malformed> {
    if critical { Err(Malformed) } else { Ok(()) }
}

fn is_ca(mut value: DerReader<'_>) -> Result<bool, Malformed> {
    let mut constraints = value.sequence()?;
    let is_ca = if constraints.at(tag::BOOLEAN) { constraints.boolean()? } else { false };
    if constraints.at(tag::INTEGER) && constraints.small()? < 0 {
        return Err(Malformed);
    }
    Ok(is_ca)
}

/// keyCertSign is bit 5, counted from the left.
fn may_sign(bits: &[u8]) -> bool {
    bits.first().is_some_and(|bits| bits & 0b0000_0100 != 0)
}

fn authority_key(mut value: DerReader<'_>) -> Result<Option<Vec<u8>>, Malformed> {
    Ok(value.sequence()?.optional(tag::context(0))?.map(<[u8]>::to_vec))
}

/// Whether a URI says where to fetch the issuer's certificate.
fn has_issuer_url(mut value: DerReader<'_>) -> Result<bool, Malformed> {
    let mut descriptions = value.sequence()?;
    let mut found = false;
    while !descriptions.is_empty() {
        let mut description = descriptions.sequence()?;
        found |= description.oid()? == CA_ISSUERS && description.at(tag::context(6));
    }
    Ok(found)
}

/// Whether id-kp-serverAuth or anyExtendedKeyUsage is among the usages.
fn for_servers(mut value: DerReader<'_>) -> Result<bool, Malformed> {
    let mut usages = value.sequence()?;
    let mut found = false;
    while !usages.is_empty() {
        let usage = usages.oid()?;
        found |= usage == SERVER_AUTH || usage == ANY_USAGE;
    }
    Ok(found)
}

/// GeneralNames. Go also takes URIs apart, and refuses some; here they only have to be ASCII.
fn alternative_names(mut value: DerReader<'_>) -> Result<Vec<AlternativeName>, Malformed> {
    let mut names = Vec::new();
    let mut list = value.sequence()?;
    while !list.is_empty() {
        let element = list.element()?;
        names.push(match element.tag.checked_sub(tag::context(0)) {
            Some(1 | 6) if !element.content.is_ascii() => return Err(Malformed),
            Some(2) if element.content.is_ascii() => AlternativeName::Dns(
                std::str::from_utf8(element.content).map_err(|_| Malformed)?.to_owned(),
            ),
            Some(2) => return Err(Malformed),
            Some(7) => AlternativeName::Ip(address(element.content).ok_or(Malformed)?),
            _ => AlternativeName::Other,
        });
    }
    Ok(names)
}

fn address(bytes: &[u8]) -> Option<IpAddr> {
    if let Ok(bytes) = <[u8; 4]>::try_from(bytes) {
        return Some(Ipv4Addr::from(bytes).into());
    }
    <[u8; 16]>::try_from(bytes).ok().map(|bytes| Ipv6Addr::from(bytes).into())
}
