//! The texts of JSON strings as Go decodes them.

use zeroize::Zeroizing;

/// The text of a string whose syntax is right: escapes resolved; bytes that are not UTF-8 and
/// halves of surrogate pairs become U+FFFD.
pub(crate) fn unquote(raw: &[u8]) -> Zeroizing<String> {
    // Nothing grows in decoding but an invalid byte, to three; with room for that, no copy of the
    // text is left behind by a reallocation.
    let mut out = Zeroizing::new(String::with_capacity(raw.len().saturating_mul(3)));
    let mut rest = raw;
    while let Some(at) = rest.iter().position(|byte| *byte == b'\\') {
        let (plain, escape) = rest.split_at(at);
        push_lossy(&mut out, plain);
        let (c, used) = unescape(escape);
        out.push(c);
        (_, rest) = escape.split_at(used.min(escape.len()));
    }
    push_lossy(&mut out, rest);
    out
}

/// Each invalid byte becomes one U+FFFD, as in Go; other decoders join some of them.
fn push_lossy(out: &mut String, bytes: &[u8]) {
    for chunk in bytes.utf8_chunks() {
        out.push_str(chunk.valid());
        out.extend(chunk.invalid().iter().map(|_| char::REPLACEMENT_CHARACTER));
    }
}

/// The character of an escape, and how many bytes the escape has.
fn unescape(escape: &[u8]) -> (char, usize) {
    let c = match escape.get(1) {
        Some(b'b') => '\u{8}',
        Some(b'f') => '\u{c}',
        Some(b'n') => '\n',
        Some(b'r') => '\r',
        Some(b't') => '\t',
        Some(b'u') => return unescape_unicode(escape),
        Some(other) => char::from(*other),
        None => char::REPLACEMENT_CHARACTER,
    };
    (c, 2)
}

fn unescape_unicode(escape: &[u8]) -> (char, usize) {
    let unit = |at: usize| {
        let digits = escape.get(at..)?.strip_prefix(b"\\u")?.get(..4)?;
        u16::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
    };
    let Some(first) = unit(0) else { return (char::REPLACEMENT_CHARACTER, 2) };
    if let Some(second) = unit(6)
        && let Some(Ok(c)) = char::decode_utf16([first, second]).next()
        && c.len_utf16() == 2
    {
        return (c, 12);
    }
    (char::from_u32(first.into()).unwrap_or(char::REPLACEMENT_CHARACTER), 6)
}

#[cfg(test)]
mod tests {
    use super::unquote;

    #[test]
    fn strings_as_go_decodes_them() {
        let cases: [(&[u8], &str); 5] = [
            (b"plain \xc3\xa9\xff\xe2\x82", "plain é\u{fffd}\u{fffd}\u{fffd}"),
            (br#"\"\\\/\b\f\n\r\t\u0041\u00e9"#, "\"\\/\u{8}\u{c}\n\r\tAé"),
            (br"\ud83d\ude00\ud83d", "😀\u{fffd}"),
            (br"\ud83d\u0041\ude00\ud83d\ude00", "\u{fffd}A\u{fffd}😀"),
            (br"\u0041\\u0041", "A\\u0041"),
        ];
        for (raw, text) in cases {
            assert_eq!(unquote(raw).as_str(), text, "{raw:?}");
        }
    }
}
