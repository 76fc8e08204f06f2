//! The extensions of a certificate (RFC 5280 section 4.2) whose mistakes make Go refuse it. Name
//! constraints, policies and distribution points stand in CA certificates, which are no pair with a
//! key of ours: they are not looked into.

use std::{collections::HashSet, net::IpAddr};

use super::{Certificate, CertificateFault, algorithm::dotted};
use crate::go::der::{DerReader, Malformed, tag};

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum AlternativeName {
    /// A host name, possibly with `*` as its first label.
    Dns(String),
    Ip(IpAddr),
    /// A mail address, URI or anything else that does not name a server.
    Other,
}

pub(super) fn read(
    mut list: DerReader<'_>,
    found: &mut Certificate,
) -> Result<(), CertificateFault> {
    let mut seen = HashSet::new();
    while !list.is_empty() {
        let mut extension = list.sequence()?;
        let oid = extension.oid()?;
        let critical = extension.at(tag::BOOLEAN) && extension.boolean()?;
        let value = DerReader::new(extension.take(tag::OCTET_STRING)?);
        if !seen.insert(oid) {
            return Err(CertificateFault::DuplicateExtension);
        }
        one(oid, critical, value, found)?;
    }
    Ok(())
}

fn one(
    oid: &[u8],
    critical: bool,
    value: DerReader<'_>,
    found: &mut Certificate,
) -> Result<(), CertificateFault> {
    let (name, never_critical, result) = match dotted(oid).as_str() {
        "2.5.29.14" => ("subjectKeyIdentifier", true, subject_key(value, found)),
        "2.5.29.15" => ("keyUsage", false, key_usage(value, found)),
        "2.5.29.17" => ("subjectAltName", false, alternative_names(value, found)),
        "2.5.29.19" => ("basicConstraints", false, basic_constraints(value, found)),
        "2.5.29.35" => ("authorityKeyIdentifier", true, authority_key(value, found)),
        "2.5.29.37" => ("extKeyUsage", false, extended_usage(value, found)),
        "1.3.6.1.5.5.7.1.1" => ("authorityInfoAccess", true, authority_access(value, found)),
        _ => return Ok(()),
    };
    let is_sound = result.is_ok() && !(critical && never_critical);
    if is_sound { Ok(()) } else { Err(CertificateFault::Extension(name)) }
}

fn subject_key(mut value: DerReader<'_>, found: &mut Certificate) -> Result<(), Malformed> {
    found.subject_key = Some(value.take(tag::OCTET_STRING)?.to_vec());
    Ok(())
}

/// keyCertSign is bit 5, counted from the left.
fn key_usage(mut value: DerReader<'_>, found: &mut Certificate) -> Result<(), Malformed> {
    let (_, bits) = value.bit_string()?;
    found.may_sign = Some(bits.first().is_some_and(|bits| bits & 0b0000_0100 != 0));
    Ok(())
}

fn basic_constraints(mut value: DerReader<'_>, found: &mut Certificate) -> Result<(), Malformed> {
    let mut constraints = value.sequence()?;
    found.is_ca = Some(constraints.at(tag::BOOLEAN) && constraints.boolean()?);
    if constraints.at(tag::INTEGER) && constraints.small()? < 0 {
        return Err(Malformed);
    }
    Ok(())
}

fn authority_key(mut value: DerReader<'_>, found: &mut Certificate) -> Result<(), Malformed> {
    found.authority_key = value.sequence()?.optional(tag::context(0))?.map(<[u8]>::to_vec);
    Ok(())
}

/// Whether a URI says where to fetch the issuer's certificate (id-ad-caIssuers).
fn authority_access(mut value: DerReader<'_>, found: &mut Certificate) -> Result<(), Malformed> {
    let mut descriptions = value.sequence()?;
    while !descriptions.is_empty() {
        let mut description = descriptions.sequence()?;
        let is_issuer = dotted(description.oid()?) == "1.3.6.1.5.5.7.48.2";
        found.has_issuer_url |= is_issuer && description.at(tag::context(6));
    }
    Ok(())
}

/// Whether id-kp-serverAuth or anyExtendedKeyUsage is among the usages.
fn extended_usage(mut value: DerReader<'_>, found: &mut Certificate) -> Result<(), Malformed> {
    let mut usages = value.sequence()?;
    let mut for_servers = false;
    while !usages.is_empty() {
        let usage = dotted(usages.oid()?);
        for_servers |= matches!(usage.as_str(), "1.3.6.1.5.5.7.3.1" | "2.5.29.37.0");
    }
    found.for_servers = Some(for_servers);
    Ok(())
}

/// GeneralNames. Go also takes URIs apart, and refuses some; here they only have to be ASCII.
fn alternative_names(mut value: DerReader<'_>, found: &mut Certificate) -> Result<(), Malformed> {
    let mut list = value.sequence()?;
    while !list.is_empty() {
        let element = list.element()?;
        let text = std::str::from_utf8(element.content).ok().filter(|text| text.is_ascii());
        found.names.push(match (element.tag.checked_sub(tag::context(0)), text) {
            (Some(1 | 2 | 6), None) => return Err(Malformed),
            (Some(2), Some(text)) => AlternativeName::Dns(text.to_owned()),
            (Some(7), _) => AlternativeName::Ip(address(element.content).ok_or(Malformed)?),
            _ => AlternativeName::Other,
        });
    }
    Ok(())
}

fn address(bytes: &[u8]) -> Option<IpAddr> {
    let short = <[u8; 4]>::try_from(bytes).map(IpAddr::from);
    short.or_else(|_| <[u8; 16]>::try_from(bytes).map(IpAddr::from)).ok()
}
