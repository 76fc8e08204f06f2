//! Positions inside TOML strings: from an offset in the decoded text back to the byte of the file.
//!
//! A template's errors come with offsets into the decoded string; escapes and line continuations
//! move them (TOML 1.0, "String").

use std::ops::Range;

/// The range of `token`, quotes included, that decodes to `decoded`. `None` where the token does
/// not decode as expected: then the whole token is the place to point at.
pub(crate) fn raw_range(token: &str, text: &str, decoded: Range<usize>) -> Option<Range<usize>> {
    raw_ranges(token, text, &[decoded])?.pop()
}

pub(crate) fn raw_ranges(
    token: &str,
    text: &str,
    decoded: &[Range<usize>],
) -> Option<Vec<Range<usize>>> {
    let pieces = pieces(token)?;
    let close = token.len() - quote_length(token);
    let length = pieces.last().map_or(0, |piece| piece.decoded.end);
    if length != text.len() || decoded.iter().any(|range| range.end > length) {
        return None;
    }
    let raw = |range: &Range<usize>| {
        let first = pieces.partition_point(|piece| piece.decoded.end <= range.start);
        let start = pieces.get(first).map_or(close, |piece| piece.raw_offset(range.start));
        let last = pieces.partition_point(|piece| piece.decoded.end < range.end);
        let end = pieces.get(last).map_or(start, |piece| piece.raw_offset(range.end));
        start..end.max(start)
    };
    Some(decoded.iter().map(raw).collect())
}

/// How many quotes open and close the token.
pub(crate) fn quote_length(token: &str) -> usize {
    if token.len() >= 6 && (token.starts_with("\"\"\"") || token.starts_with("'''")) {
        3
    } else {
        1
    }
}

/// A part of a token: a run that is copied as it is, or an escape.
struct Piece {
    raw: Range<usize>,
    decoded: Range<usize>,
}

impl Piece {
    /// In a run, offsets move with it; an escape is one place.
    fn raw_offset(&self, decoded: usize) -> usize {
        if decoded == self.decoded.end {
            self.raw.end
        } else if self.raw.len() == self.decoded.len() {
            self.raw.start + (decoded - self.decoded.start)
        } else {
            self.raw.start
        }
    }
}

fn pieces(token: &str) -> Option<Vec<Piece>> {
    let quotes = quote_length(token);
    let end = token.len().checked_sub(quotes)?;
    let mut at = quotes;
    // The line break right after the opening quotes is not part of the text.
    if quotes == 3 {
        at += match token.as_bytes() {
            [_, _, _, b'\r', b'\n', ..] => 2,
            [_, _, _, b'\n', ..] => 1,
            _ => 0,
        };
    }
    let escapes = token.starts_with('"');
    let mut rest = token.get(at..end).filter(|_| token.starts_with(['"', '\'']))?;
    let mut pieces = Vec::new();
    let mut decoded = 0;
    while !rest.is_empty() {
        let run = if escapes { rest.find('\\').unwrap_or(rest.len()) } else { rest.len() };
        let (raw, length) = if run == 0 { escape(rest)? } else { (run, run) };
        pieces.push(Piece { raw: at..at + raw, decoded: decoded..decoded + length });
        (at, decoded, rest) = (at + raw, decoded + length, rest.get(raw..)?);
    }
    Some(pieces)
}

/// Length of the escape at the start of `rest`, and of what it decodes to.
fn escape(rest: &str) -> Option<(usize, usize)> {
    let after = rest.strip_prefix('\\')?;
    let hex = |digits: usize| {
        let code = u32::from_str_radix(rest.get(2..2 + digits)?, 16).ok()?;
        Some((2 + digits, char::from_u32(code)?.len_utf8()))
    };
    match after.chars().next()? {
        'b' | 't' | 'n' | 'f' | 'r' | 'e' | '"' | '\\' => Some((2, 1)),
        'x' => hex(2),
        'u' => hex(4),
        'U' => hex(8),
        // A backslash at the end of a line takes all white space up to the next text with it.
        c if c.is_ascii_whitespace() => {
            Some((rest.len() - after.trim_start_matches([' ', '\t', '\r', '\n']).len(), 0))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{raw_range, raw_ranges};

    fn quoted(token: &str, needle: &str) -> String {
        let document = format!("a = {token}");
        let table = toml::de::DeTable::parse(&document).unwrap();
        let text = table.get_ref().get("a").unwrap().get_ref().as_str().unwrap().to_owned();
        let start = text.find(needle).unwrap();
        token[raw_range(token, &text, start..start + needle.len()).unwrap()].to_owned()
    }

    #[test]
    fn escapes_and_continuations_move_positions() {
        for (token, needle, expected) in [
            ("\"see {{ nope }}\"", "nope", "nope"),
            ("'see \\ {{ nope }}'", "nope", "nope"),
            ("\"\"\"\n  see {{ nope }}\"\"\"", "nope", "nope"),
            ("'''\r\nsee {{ nope }}'''", "nope", "nope"),
            (r#""\t\u00e9\U0001F600\"{{ nope }}""#, "nope", "nope"),
            ("\"\"\"a \\\n    {{ nope }}\"\"\"", "nope", "nope"),
            (r#""{{ d[\"nope\"] }}""#, "\"nope\"", "\\\"nope\\\""),
        ] {
            assert_eq!(quoted(token, needle), expected, "{token}");
        }
    }

    #[test]
    fn edges() {
        let (token, text) = (r#""a\n{{ b }}\u00e9{{ c }}""#, "a\n{{ b }}é{{ c }}");
        assert_eq!(raw_ranges(token, text, &[2..9, 11..18]), Some(vec![4..11, 17..24]));
        assert_eq!(raw_ranges(token, text, &[2..9, 40..41]), None);
        assert_eq!(raw_range("\"ab\"", "ab", 2..2), Some(3..3));
        assert_eq!(raw_range("\"ab\"", "other", 0..1), None);
    }
}
