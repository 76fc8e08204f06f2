//! `key = "a.b[0]"`: which value of a structured file is meant.

use std::fmt;
use toml::de::DeTable;

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Segment {
    Key(String),
    Index(usize),
}

/// A path of at least one key: keys and quotes as in a TOML dotted key, `[n]` for items of arrays.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct KeyPath {
    segments: Vec<Segment>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct KeyPathFault {
    pub at: usize,
    pub kind: KeyPathFaultKind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum KeyPathFaultKind {
    /// The text is empty, or there is no key before an index or next to a dot.
    NoKey,
    /// A character that needs quotes, or anything but `.` or `[` after a key or index.
    Unexpected,
    /// A quote is not closed, or spans lines, or has an escape that TOML does not have.
    BadQuotes,
    /// `[...]` without a closing bracket or without a whole number inside; negative numbers and `*`
    /// are not supported.
    BadIndex,
}

impl Segment {
    pub(crate) fn name(&self) -> Option<&str> {
        match self {
            Segment::Key(name) => Some(name),
            Segment::Index(_) => None,
        }
    }
}

impl KeyPath {
    /// Reads a path such as `root.password`, `users[0].name` or `tls."tls.key"`.
    /// The error is the first place that is wrong.
    pub(crate) fn parse(text: &str) -> Result<Self, KeyPathFault> {
        let mut segments = Vec::new();
        let mut rest = text;
        loop {
            rest = rest.trim_start_matches(BLANKS);
            let fault = |rest: &str, kind| KeyPathFault { at: text.len() - rest.len(), kind };
            let (name, after) = key(rest).map_err(|kind| fault(rest, kind))?;
            segments.push(Segment::Key(name));
            rest = after.trim_start_matches(BLANKS);
            while let Some(inside) = rest.strip_prefix('[') {
                let (number, after) = inside
                    .split_once(']')
                    .and_then(|(digits, after)| Some((whole_number(digits)?, after)))
                    .ok_or_else(|| fault(rest, KeyPathFaultKind::BadIndex))?;
                segments.push(Segment::Index(number));
                rest = after.trim_start_matches(BLANKS);
            }
            if rest.is_empty() {
                return Ok(KeyPath { segments });
            }
            let after = rest.strip_prefix('.');
            rest = after.ok_or_else(|| fault(rest, KeyPathFaultKind::Unexpected))?;
        }
    }

    pub(crate) fn names(&self) -> Option<Vec<String>> {
        self.segments.iter().map(|segment| segment.name().map(str::to_owned)).collect()
    }

    pub(crate) fn segments(&self) -> &[Segment] {
        &self.segments
    }

    pub(crate) fn before(&self, segment: usize) -> KeyPath {
        KeyPath { segments: self.segments.iter().take(segment).cloned().collect() }
    }

    pub(crate) fn under(mut self, segment: Segment) -> KeyPath {
        self.segments.insert(0, segment);
        self
    }

    pub(crate) fn of(segments: &[Segment]) -> KeyPath {
        KeyPath { segments: segments.to_vec() }
    }

    pub(crate) fn item(&self, number: usize) -> KeyPath {
        let mut segments = self.segments.clone();
        segments.push(Segment::Index(number));
        KeyPath { segments }
    }

    pub(crate) fn child(&self, key: &str) -> KeyPath {
        let mut segments = self.segments.clone();
        segments.push(Segment::Key(key.to_owned()));
        KeyPath { segments }
    }
}

/// The shortest way to write the path.
impl fmt::Display for KeyPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, segment) in self.segments.iter().enumerate() {
            let dot = index > 0 && matches!(segment, Segment::Key(_));
            write!(f, "{}{segment}", if dot { "." } else { "" })?;
        }
        Ok(())
    }
}

/// The step as in a path, without a dot.
impl fmt::Display for Segment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Segment::Index(number) => write!(f, "[{number}]"),
            Segment::Key(key) if !key.is_empty() && key.chars().all(is_bare) => f.write_str(key),
            // TOML has JSON's escapes.
            Segment::Key(key) => f.write_str(&serde_json::to_string(key).map_err(|_| fmt::Error)?),
        }
    }
}

fn is_bare(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '-')
}

const BLANKS: [char; 2] = [' ', '\t'];

/// The key at the start of a text, and what follows it.
fn key(text: &str) -> Result<(String, &str), KeyPathFaultKind> {
    match text.chars().next() {
        None | Some('.' | '[') => Err(KeyPathFaultKind::NoKey),
        Some(quote @ ('\'' | '"')) => {
            let mut escaped = false;
            let end = text.char_indices().skip(1).find(|(_, c)| {
                let closes = *c == quote && !escaped;
                escaped = quote == '"' && *c == '\\' && !escaped;
                closes
            });
            let (quoted, after) = text.split_at(end.map_or(text.len(), |(at, _)| at + 1));
            // As TOML reads it.
            let document = format!("{quoted} = 0");
            let table = DeTable::parse(&document).map_err(|_| KeyPathFaultKind::BadQuotes)?;
            let mut keys = table.get_ref().keys().map(|key| key.get_ref().to_string());
            keys.next().map(|key| (key, after)).ok_or(KeyPathFaultKind::BadQuotes)
        }
        Some(_) => match text.split_at(text.find(|c| !is_bare(c)).unwrap_or(text.len())) {
            ("", _) => Err(KeyPathFaultKind::Unexpected),
            (key, after) => Ok((key.to_owned(), after)),
        },
    }
}

/// Without a sign, which `parse` would take.
fn whole_number(digits: &str) -> Option<usize> {
    digits.bytes().all(|digit| digit.is_ascii_digit()).then(|| digits.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::KeyPath;

    #[test]
    fn paths_are_read_and_written() {
        for (text, written) in [
            (" root . 'password' ", "root.password"),
            ("users[0].name", "users[0].name"),
            ("a[0][12]", "a[0][12]"),
            ("\"a\\\"b\\u00e4\\n\"", "\"a\\\"bä\\n\""),
            ("''.1", "\"\".1"),
        ] {
            assert_eq!(KeyPath::parse(text).unwrap().to_string(), written, "{text}");
        }
    }
}
