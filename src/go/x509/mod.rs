//! X.509 certificates, read as far and as strictly as Go's `crypto/x509` reads them, plus what
//! lints look at.

pub(crate) mod algorithm;
pub(crate) mod extensions;
pub(crate) mod private_key;
pub(crate) mod public_key;
pub(crate) mod rsa;
pub(crate) mod time;
use super::der::{DerReader, Element, Malformed, tag};
pub(crate) use extensions::AlternativeName;
use public_key::PublicKey;

/// What checks need of a certificate. None of it is secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Certificate {
    /// The subject's DER: an issuer's certificate has the subject that is `issuer` here.
    pub subject: Vec<u8>,
    pub issuer: Vec<u8>,
    /// The last common name of the subject, if it is text.
    pub common_name: Option<String>,
    /// In Unix time, the first and the last second that are valid.
    pub not_before: i64,
    pub not_after: i64,
    pub names: Vec<AlternativeName>,
    /// What basicConstraints says; nothing in certificates before version 3.
    pub is_ca: Option<bool>,
    /// Whether keyUsage lets its key sign certificates; nothing where there is no such extension,
    /// which allows every use.
    pub may_sign: Option<bool>,
    /// Whether extKeyUsage lets a server use it; nothing where there is no such extension, which
    /// allows every use.
    pub for_servers: Option<bool>,
    pub subject_key: Option<Vec<u8>>,
    pub authority_key: Option<Vec<u8>>,
    /// Whether it says where its issuer's certificate can be fetched (authorityInfoAccess), as
    /// those of public authorities do.
    pub has_issuer_url: bool,
    /// The hash of its signature, where clients no longer trust it.
    pub weak_hash: Option<&'static str>,
    pub public_key: PublicKey,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CertificateFault {
    /// Its structure is broken: cut off, damaged, or no certificate at all.
    Malformed,
    TrailingData,
    Version,
    NegativeSerial,
    /// It is signed otherwise than it says inside.
    SignatureAlgorithm,
    /// The subject or issuer holds text that its type does not allow.
    Name,
    Validity,
    PublicKey,
    DuplicateExtension,
    /// An extension is broken, or marked critical where it must not be; the name is RFC 5280's.
    Extension(&'static str),
}

impl From<Malformed> for CertificateFault {
    fn from(_: Malformed) -> Self {
        Self::Malformed
    }
}

impl Certificate {
    /// Reads one certificate (RFC 5280 section 4.1) out of DER. Signatures are not checked, nor
    /// dates against a clock.
    pub(crate) fn read(der: &[u8]) -> Result<Self, CertificateFault> {
        let mut outer = DerReader::new(der);
        let mut certificate = outer.sequence()?;
        let mut body = certificate.sequence()?;
        let version = match body.optional(tag::constructed(0))? {
            Some(version) => {
                let mut version = DerReader::new(version);
                let number = version.small()?;
                if version.is_empty() { number } else { return Err(CertificateFault::Malformed) }
            }
            None => 0,
        };
        if !(0..=2).contains(&version) {
            return Err(CertificateFault::Version);
        }
        if body.integer()?.first().is_some_and(|byte| *byte >= 0x80) {
            return Err(CertificateFault::NegativeSerial);
        }
        let algorithm = body.take(tag::SEQUENCE)?;
        if certificate.take(tag::SEQUENCE)? != algorithm {
            return Err(CertificateFault::SignatureAlgorithm);
        }
        let weak_hash = algorithm::weak_hash(DerReader::new(algorithm).oid()?);
        let issuer = body.whole(tag::SEQUENCE)?;
        check_name(issuer).map_err(|_| CertificateFault::Name)?;
        let mut validity = body.sequence()?;
        let not_before = time::read(&mut validity).map_err(|_| CertificateFault::Validity)?;
        let not_after = time::read(&mut validity).map_err(|_| CertificateFault::Validity)?;
        let subject = body.whole(tag::SEQUENCE)?;
        let common_name = check_name(subject).map_err(|_| CertificateFault::Name)?;
        let public_key =
            PublicKey::read(body.sequence()?).map_err(|_| CertificateFault::PublicKey)?;
        let mut read = Self {
            subject: subject.to_vec(),
            issuer: issuer.to_vec(),
            common_name,
            not_before,
            not_after,
            names: Vec::new(),
            is_ca: None,
            may_sign: None,
            for_servers: None,
            subject_key: None,
            authority_key: None,
            has_issuer_url: false,
            weak_hash,
            public_key,
        };
        if version > 0 {
            // Unique identifiers of issuer and subject, which nothing writes.
            body.optional(tag::context(1))?;
            body.optional(tag::context(2))?;
        }
        if version == 2
            && let Some(list) = body.optional(tag::constructed(3))?
        {
            extensions::read(DerReader::new(list).sequence()?, &mut read)?;
        }
        certificate.bit_string()?;
        if outer.is_empty() { Ok(read) } else { Err(CertificateFault::TrailingData) }
    }

    pub(crate) fn is_self_issued(&self) -> bool {
        self.subject == self.issuer
    }

    /// Whether it says that it is an authority's: one that may sign others.
    pub(crate) fn is_authority(&self) -> bool {
        self.is_ca == Some(true)
    }

    /// Whether it says that it is a server's: it names hosts, or its extended usage does.
    pub(crate) fn is_for_hosts(&self) -> bool {
        self.for_servers == Some(true)
            || self.names.iter().any(|name| *name != AlternativeName::Other)
    }

    /// Whether `other` is the certificate that this one was signed with, going by names and key
    /// identifiers as OpenSSL's `X509_check_issued` does. The signature itself is not checked.
    pub(crate) fn is_issued_by(&self, other: &Self) -> bool {
        self.issuer == other.subject
            && match (&self.authority_key, &other.subject_key) {
                (Some(wanted), Some(found)) => wanted == found,
                _ => true,
            }
    }
}

/// Checks a name (RFC 5280 section 4.1.2.4) and gives its last common name.
pub(crate) fn check_name(name: &[u8]) -> Result<Option<String>, Malformed> {
    let mut common_name = None;
    let mut name = DerReader::new(name).sequence()?;
    while !name.is_empty() {
        let mut set = DerReader::new(name.take(tag::SET)?);
        while !set.is_empty() {
            let mut attribute = set.sequence()?;
            let kind = attribute.oid()?;
            let value = attribute.element()?;
            if !is_allowed(value) {
                return Err(Malformed);
            }
            // id-at-commonName.
            if algorithm::dotted(kind) == "2.5.4.3" {
                common_name = std::str::from_utf8(value.content).ok().map(str::to_owned);
            }
        }
    }
    Ok(common_name)
}

fn is_allowed(value: Element<'_>) -> bool {
    let content = value.content;
    let mut whole = DerReader::new(value.whole);
    match value.tag {
        tag::PRINTABLE_STRING => content.iter().all(|byte| is_printable(*byte)),
        tag::UTF8_STRING => std::str::from_utf8(content).is_ok(),
        tag::IA5_STRING => content.is_ascii(),
        tag::NUMERIC_STRING => content.iter().all(|byte| matches!(byte, b'0'..=b'9' | b' ')),
        tag::BMP_STRING => is_ucs2(content),
        tag::BIT_STRING => whole.bit_string().is_ok(),
        tag::BOOLEAN => whole.boolean().is_ok(),
        tag::INTEGER => whole.small().is_ok(),
        tag::OBJECT_IDENTIFIER => whole.oid().is_ok(),
        tag::UTC_TIME | tag::GENERALIZED_TIME => time::read(&mut whole).is_ok(),
        _ => true,
    }
}

/// X.680's PrintableString, and `*` and `&`, which Go allows because real certificates have them.
fn is_printable(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b" '()+,-./:=?*&".contains(&byte)
}

/// Characters of two bytes, without surrogates and noncharacters.
fn is_ucs2(content: &[u8]) -> bool {
    let (pairs, rest) = content.as_chunks::<2>();
    rest.is_empty() && pairs.iter().all(|pair| {
            !matches!(u16::from_be_bytes(*pair), 0xd800..=0xdfff | 0xfdd0..=0xfdef | 0xfffe..)
        })
}
