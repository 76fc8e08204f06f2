//! Distinguished names: whether their values are what their types allow, as Go checks it.

use crate::go::der::{Element, Malformed, Reader, tag};
use super::time;

/// id-at-commonName, 2.5.4.3.
const COMMON_NAME: &[u8] = &[0x55, 4, 3];

/// Checks a name (RFC 5280 section 4.1.2.4) and gives its last common name.
pub(crate) fn check(name: &[u8]) -> Result<Option<String>, Malformed> {
    let mut common_name = None;
    let mut name = Reader::new(name).sequence()?;
    while !name.is_empty() {
        let mut set = Reader::new(name.take(tag::SET)?);
        while !set.is_empty() {
            let mut attribute = set.sequence()?;
            let kind = attribute.oid()?;
            let value = attribute.element()?;
            if !is_allowed(value) {
                return Err(Malformed);
            }
            if kind == COMMON_NAME {
                common_name = std::str::from_utf8(value.content).ok().map(str::to_owned);
            }
        }
    }
    Ok(common_name)
}

/// Whether a value holds what its type allows.
fn is_allowed(value: Element<'_>) -> bool {
    let content = value.content;
    let mut whole = Reader::new(value.whole);
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
    matches!(byte, b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'\''..=b')' | b'+'..=b'/' | b' ' | b':' | b'=' | b'?' | b'*' | b'&')
}

/// Characters of two bytes, without surrogates and noncharacters.
fn is_ucs2(content: &[u8]) -> bool {
    let (pairs, rest) = content.as_chunks::<2>();
    rest.is_empty() && pairs.iter().all(|pair| !matches!(u16::from_be_bytes(*pair), 0xd800..=0xdfff | 0xfdd0..=0xfdef | 0xfffe..))
}
