//! The smallest parts of TOML, found in the bytes of one line.

use super::KEY_BYTES;

/// The first byte from `at` that is not a blank.
pub(crate) fn blanks(line: &[u8], at: usize) -> usize {
    at + line.iter().skip(at).take_while(|byte| matches!(byte, b' ' | b'\t')).count()
}

pub(crate) fn is_bare(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')
}

/// Where a dotted key from `start` ends, without blanks after it. Quoted parts with escapes are not
/// taken for keys.
pub(crate) fn key_end(line: &[u8], start: usize) -> Option<usize> {
    let mut at = start;
    loop {
        let end = match line.get(at)? {
            quote @ (b'"' | b'\'') => {
                let length =
                    line.iter().skip(at + 1).position(|byte| byte == quote || *byte == b'\\')?;
                let close = at + 1 + length;
                if line.get(close) != Some(quote) {
                    return None;
                }
                close + 1
            }
            _ => at + line.iter().skip(at).take_while(|byte| is_bare(**byte)).count(),
        };
        // Not past what could be shown: a line is not searched again and again.
        if end == at || end - start > KEY_BYTES {
            return None;
        }
        let dot = blanks(line, end);
        if line.get(dot) != Some(&b'.') {
            return Some(end);
        }
        at = blanks(line, dot + 1);
    }
}

/// The next quote from `from` that no backslash escapes; only in basic strings do backslashes
/// escape.
pub(crate) fn find_quote(line: &[u8], from: usize, quote: u8) -> Option<usize> {
    let mut at = from;
    loop {
        match line.get(at)? {
            b'\\' if quote == b'"' => at += 2,
            byte if *byte == quote => return Some(at),
            _ => at += 1,
        }
    }
}

pub(crate) fn is_scalar(byte: u8) -> bool {
    is_bare(byte) || matches!(byte, b'+' | b'.' | b':')
}

/// Whether a word is no more than a number, a date or a bool; in doubt not.
pub(crate) fn is_number_or_bool(token: &[u8]) -> bool {
    let unsigned = token.strip_prefix(b"+").or(token.strip_prefix(b"-")).unwrap_or(token);
    let digits = |byte: &u8| {
        byte.is_ascii_digit()
            || matches!(byte, b'_' | b'.' | b':' | b'+' | b'-' | b'e' | b'E' | b'T' | b'Z')
    };
    match unsigned {
        b"true" | b"false" | b"inf" | b"nan" => true,
        [b'0', b'x' | b'o' | b'b', rest @ ..] => {
            rest.iter().all(|byte| byte.is_ascii_hexdigit() || *byte == b'_')
        }
        [first, ..] => first.is_ascii_digit() && unsigned.iter().all(digits),
        [] => false,
    }
}
