//! Positions inside TOML strings: from an offset in the decoded text back to the byte of the file.
//!
//! A template's errors come with offsets into the decoded string; escapes and line continuations
//! move them (TOML 1.0, "String").

use std::ops::Range;

/// The range of `token`, quotes included, that decodes to `decoded`. `None` where the token does
/// not decode as expected: then the whole token is the place to point at.
pub(crate) fn raw_range(token: &str, text: &str, decoded: Range<usize>) -> Option<Range<usize>> {
    let pieces = Pieces::new(token)?;
    let mut at = 0;
    let (mut start, mut end) = (None, None);
    for piece in pieces {
        let (raw, length) = piece?;
        if start.is_none() && at + length > decoded.start {
            start = Some(raw.start + offset_in(&raw, length, decoded.start - at));
        }
        if decoded.end > at && decoded.end <= at + length {
            end = Some(if decoded.end == at + length {
                raw.end
            } else {
                raw.start + offset_in(&raw, length, decoded.end - at)
            });
        }
        at += length;
    }
    if at != text.len() {
        return None;
    }
    let close = token.len() - quote_length(token);
    let start = start.unwrap_or(close);
    Some(start..end.unwrap_or(start).max(start))
}

/// The same for many ranges, which are sorted and neither touch nor are empty.
pub(crate) fn raw_ranges(
    token: &str,
    text: &str,
    decoded: &[Range<usize>],
) -> Option<Vec<Range<usize>>> {
    let mut out = Vec::with_capacity(decoded.len());
    let mut at = 0;
    let mut start = None;
    for piece in Pieces::new(token)? {
        let (raw, length) = piece?;
        while let Some(range) = decoded.get(out.len()) {
            if start.is_none() && at + length > range.start {
                start = Some(raw.start + offset_in(&raw, length, range.start - at));
            }
            let Some(from) = start.filter(|_| range.end <= at + length) else { break };
            let end = if range.end == at + length {
                raw.end
            } else {
                raw.start + offset_in(&raw, length, range.end - at)
            };
            out.push(from..end.max(from));
            start = None;
        }
        at += length;
    }
    (at == text.len() && out.len() == decoded.len()).then_some(out)
}

/// Inside a run that is copied as it is, offsets move with it; an escape is one place.
fn offset_in(raw: &Range<usize>, length: usize, offset: usize) -> usize {
    if raw.len() == length { offset } else { 0 }
}

/// How many quotes open and close the token.
pub(crate) fn quote_length(token: &str) -> usize {
    if token.len() >= 6 && (token.starts_with("\"\"\"") || token.starts_with("'''")) {
        3
    } else {
        1
    }
}

/// The parts of a token: bytes of the token, and how many bytes they decode to.
struct Pieces<'a> {
    token: &'a str,
    at: usize,
    end: usize,
    escapes: bool,
}

impl<'a> Pieces<'a> {
    fn new(token: &'a str) -> Option<Self> {
        let quotes = quote_length(token);
        if token.len() < 2 * quotes || !token.starts_with(['"', '\'']) {
            return None;
        }
        let mut at = quotes;
        // The line break right after the opening quotes is not part of the text.
        if quotes == 3 {
            at += match token.as_bytes() {
                [_, _, _, b'\r', b'\n', ..] => 2,
                [_, _, _, b'\n', ..] => 1,
                _ => 0,
            };
        }
        Some(Self { token, at, end: token.len() - quotes, escapes: token.starts_with('"') })
    }
}

impl Iterator for Pieces<'_> {
    type Item = Option<(Range<usize>, usize)>;

    fn next(&mut self) -> Option<Self::Item> {
        let rest = self.token.get(self.at..self.end)?;
        let first = rest.chars().next()?;
        let start = self.at;
        if self.escapes && first == '\\' {
            let Some((raw, decoded)) = escape(rest) else {
                self.at = self.end;
                return Some(None);
            };
            self.at += raw;
            return Some(Some((start..self.at, decoded)));
        }
        let run = if self.escapes { rest.find('\\').unwrap_or(rest.len()) } else { rest.len() };
        self.at += run;
        Some(Some((start..self.at, run)))
    }
}

/// Length of the escape at the start of `rest`, and of what it decodes to.
fn escape(rest: &str) -> Option<(usize, usize)> {
    let after = rest.strip_prefix('\\')?;
    let kind = after.chars().next()?;
    let hex = |digits: usize| {
        let code = u32::from_str_radix(rest.get(2..2 + digits)?, 16).ok()?;
        Some((2 + digits, char::from_u32(code)?.len_utf8()))
    };
    match kind {
        'b' | 't' | 'n' | 'f' | 'r' | 'e' | '"' | '\\' => Some((2, 1)),
        'x' => hex(2),
        'u' => hex(4),
        'U' => hex(8),
        // A backslash at the end of a line takes all white space up to the next text with it.
        c if c.is_ascii_whitespace() => {
            let skipped = after
                .bytes()
                .take_while(|byte| matches!(byte, b' ' | b'\t' | b'\r' | b'\n'))
                .count();
            Some((1 + skipped, 0))
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
        let range = start..start + needle.len();
        let raw = raw_range(token, &text, range.clone()).unwrap();
        assert_eq!(raw_ranges(token, &text, &[range]), Some(vec![raw.clone()]));
        token[raw].to_owned()
    }

    #[test]
    fn several_at_once() {
        let (token, text) = (r#""a\n{{ b }}\u00e9{{ c }}""#, "a\n{{ b }}é{{ c }}");
        let raw = raw_ranges(token, text, &[2..9, 11..18]).unwrap();
        assert_eq!(
            raw.into_iter().map(|range| token[range].to_owned()).collect::<Vec<_>>(),
            ["{{ b }}", "{{ c }}"]
        );
        assert_eq!(raw_ranges(token, text, &[2..9, 40..41]), None);
    }

    #[test]
    fn plain_and_literal_strings() {
        assert_eq!(quoted("\"see {{ nope }}\"", "nope"), "nope");
        assert_eq!(quoted("'see \\ {{ nope }}'", "nope"), "nope");
        assert_eq!(quoted("\"\"\"\n  see {{ nope }}\"\"\"", "nope"), "nope");
        assert_eq!(quoted("'''\r\nsee {{ nope }}'''", "nope"), "nope");
    }

    #[test]
    fn escapes_and_continuations_move_positions() {
        assert_eq!(quoted(r#""\t\u00e9\U0001F600\"{{ nope }}""#, "nope"), "nope");
        assert_eq!(quoted("\"\"\"a \\\n    {{ nope }}\"\"\"", "nope"), "nope");
        assert_eq!(quoted(r#""{{ d[\"nope\"] }}""#, "\"nope\""), "\\\"nope\\\"");
    }

    #[test]
    fn the_end_of_the_text_is_the_closing_quote() {
        assert_eq!(raw_range("\"ab\"", "ab", 2..2), Some(3..3));
        assert_eq!(raw_range("\"ab\"", "other", 0..1), None);
    }
}
