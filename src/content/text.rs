//! Encodings of texts.

/// What some editors write before a text, and again before each that is pasted into it.
pub(crate) const BYTE_ORDER_MARK: char = '\u{feff}';

/// Fewest characters by which UTF-16 is told without a byte order mark.
const FEWEST: usize = 4;
const LOOKED_AT: usize = 64;

pub(crate) fn has_byte_order_mark(bytes: &[u8]) -> bool {
    bytes.starts_with(b"\xEF\xBB\xBF")
}

pub(super) fn without_mark(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes)
}

/// Whether bytes are a text in UTF-16: PowerShell before version 6 turns everything into it that
/// passes `>`. Without a byte order mark, only what starts in ASCII.
pub(super) fn is_utf16(bytes: &[u8]) -> bool {
    let (big_endian, rest) = byte_order(bytes);
    if rest.len() % 2 != 0 {
        return false;
    }
    let units = rest.chunks_exact(2).map(|unit| match (unit, big_endian) {
        ([high, low], true) | ([low, high], false) => u16::from_be_bytes([*high, *low]),
        _ => 0,
    });
    if rest.len() < bytes.len() {
        return char::decode_utf16(units)
            .all(|c| c.is_ok_and(|c| c != '\0' && (!c.is_control() || c.is_ascii_whitespace())));
    }
    let is_ascii = |unit: u16| matches!(unit, 0x20..=0x7E | 0x09 | 0x0A | 0x0D);
    rest.len() >= 2 * FEWEST && units.take(LOOKED_AT).all(is_ascii)
}

/// Whether UTF-16 is big-endian, and the bytes without their byte order mark.
fn byte_order(bytes: &[u8]) -> (bool, &[u8]) {
    match bytes {
        [0xFF, 0xFE, rest @ ..] => (false, rest),
        [0xFE, 0xFF, rest @ ..] => (true, rest),
        _ => (bytes.starts_with(&[0]), bytes),
    }
}

/// The lower bytes of the first characters of what may be UTF-16.
pub(super) fn start_of_utf16(bytes: &[u8], characters: usize) -> Vec<u8> {
    let (big_endian, rest) = byte_order(bytes);
    let units = rest.chunks_exact(2).take(characters);
    units.filter_map(|unit| if big_endian { unit.last() } else { unit.first() }).copied().collect()
}

/// Whether bytes are UTF-8 without control characters.
pub(super) fn plain(bytes: &[u8]) -> Option<&str> {
    let text = std::str::from_utf8(bytes).ok()?;
    (!text.chars().any(|c| c.is_control() && !c.is_ascii_whitespace())).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::is_utf16;

    #[test]
    fn utf16_is_told_from_bytes() {
        let little =
            |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<_>>();
        let big = |text: &str| text.encode_utf16().flat_map(u16::to_be_bytes).collect::<Vec<_>>();
        for bytes in
            [little("\u{feff}grüße\r\n"), big("\u{feff}p"), little("hunter2\n"), big("hunter2\n")]
        {
            assert!(is_utf16(&bytes), "{bytes:?}");
        }
        for bytes in [
            b"hunter2!".as_slice(),
            b"",
            b"\xFF\xFE\x00",
            b"\xFF\xFE\x00\xD8",
            b"\xFF\xFE\x00\x00\x01\x00",
            b"a\0b\0",
            &[0; 16],
            b"\x01\0\x02\0\x03\0\x04\0",
        ] {
            assert!(!is_utf16(bytes), "{bytes:?}");
        }
    }
}
