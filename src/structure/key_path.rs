//! `key = "a.b[0]"`: which value of a structured file is meant.

use std::fmt;
use std::ops::Range;

use toml::de::DeTable;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Segment {
    Key(String),
    /// An item of an array, from 0.
    Index(usize),
}

/// A path of at least one key: keys and quotes as in a TOML dotted key, `[n]` for items of arrays.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct KeyPath {
    segments: Vec<Segment>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct KeyPathFault {
    pub at: Range<usize>,
    pub kind: KeyPathFaultKind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum KeyPathFaultKind {
    /// Nothing stands where a key has to: the text is empty, or two dots meet, or one is first or
    /// last.
    NoKey,
    NeedsQuotes,
    /// A quote is not closed, or spans lines, or has an escape that TOML does not have.
    BadQuotes,
    /// `[...]` without a closing bracket or without a whole number inside, or before any key;
    /// negative numbers and `*` are not understood.
    BadIndex,
    /// Something other than `.` or `[` after a key or index.
    NoSeparator,
}

impl KeyPath {
    /// Reads a path such as `root.password`, `users[0].name` or `tls."tls.key"`.
    ///
    /// # Errors
    /// The first place that is wrong.
    pub(crate) fn parse(text: &str) -> Result<Self, KeyPathFault> {
        Parser { text, at: 0 }.path()
    }

    /// The keys of a path that has no indexes.
    pub(crate) fn names(&self) -> Option<Vec<String>> {
        let name = |segment: &Segment| match segment {
            Segment::Key(name) => Some(name.clone()),
            Segment::Index(_) => None,
        };
        self.segments.iter().map(name).collect()
    }

    pub(crate) fn segments(&self) -> &[Segment] {
        &self.segments
    }

    /// The path up to a segment, without it.
    pub(crate) fn before(&self, segment: usize) -> KeyPath {
        KeyPath { segments: self.segments.iter().take(segment).cloned().collect() }
    }

    /// The path with one more step before it.
    pub(crate) fn under(mut self, segment: Segment) -> KeyPath {
        self.segments.insert(0, segment);
        self
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
            Segment::Key(key) => write_key(f, key),
        }
    }
}

fn write_key(f: &mut fmt::Formatter<'_>, key: &str) -> fmt::Result {
    if !key.is_empty() && key.chars().all(is_bare) {
        return f.write_str(key);
    }
    f.write_str("\"")?;
    for c in key.chars() {
        match c {
            '"' | '\\' => write!(f, "\\{c}")?,
            '\n' => f.write_str("\\n")?,
            '\t' => f.write_str("\\t")?,
            c if c.is_control() => write!(f, "\\u{:04X}", u32::from(c))?,
            c => write!(f, "{c}")?,
        }
    }
    f.write_str("\"")
}

fn is_bare(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '-')
}

struct Parser<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Parser<'t> {
    fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn skip_blanks(&mut self) {
        self.at = self.text.len() - self.rest().trim_start_matches([' ', '\t']).len();
    }

    /// A fault at the next character, or at the end.
    fn fault(&self, kind: KeyPathFaultKind) -> KeyPathFault {
        let length = self.rest().chars().next().map_or(0, char::len_utf8);
        KeyPathFault { at: self.at..self.at + length, kind }
    }

    fn path(mut self) -> Result<KeyPath, KeyPathFault> {
        let mut segments = Vec::new();
        loop {
            self.skip_blanks();
            segments.push(Segment::Key(self.key()?));
            self.skip_blanks();
            while self.rest().starts_with('[') {
                segments.push(Segment::Index(self.index()?));
                self.skip_blanks();
            }
            if self.rest().is_empty() {
                return Ok(KeyPath { segments });
            }
            if !self.rest().starts_with('.') {
                let after_bare = self.text.get(..self.at).is_some_and(|key| key.ends_with(is_bare));
                return Err(self.fault(if after_bare {
                    KeyPathFaultKind::NeedsQuotes
                } else {
                    KeyPathFaultKind::NoSeparator
                }));
            }
            self.at += 1;
        }
    }

    fn key(&mut self) -> Result<String, KeyPathFault> {
        let rest = self.rest();
        match rest.chars().next() {
            Some('[') if self.at == 0 => Err(self.fault(KeyPathFaultKind::BadIndex)),
            None | Some('.' | '[') => Err(self.fault(KeyPathFaultKind::NoKey)),
            Some(quote @ ('\'' | '"')) => {
                let length = quoted_length(rest, quote);
                let quoted = rest.get(..length.unwrap_or(rest.len())).unwrap_or_default();
                let at = self.at..self.at + quoted.len();
                self.at = at.end;
                unquote(quoted).ok_or(KeyPathFault { at, kind: KeyPathFaultKind::BadQuotes })
            }
            Some(_) => {
                let (key, _) = rest.split_at(rest.find(|c| !is_bare(c)).unwrap_or(rest.len()));
                if key.is_empty() {
                    return Err(self.fault(KeyPathFaultKind::NeedsQuotes));
                }
                self.at += key.len();
                Ok(key.to_owned())
            }
        }
    }

    fn index(&mut self) -> Result<usize, KeyPathFault> {
        let rest = self.rest();
        let length = rest.find(']').map_or(rest.len(), |end| end + 1);
        let at = self.at..self.at + length;
        self.at = at.end;
        rest.get(..length)
            .and_then(|index| index.strip_prefix('[')?.strip_suffix(']'))
            .filter(|digits| digits.bytes().all(|digit| digit.is_ascii_digit()))
            .and_then(|digits| digits.parse().ok())
            .ok_or(KeyPathFault { at, kind: KeyPathFaultKind::BadIndex })
    }
}

/// The length of the quoted key at the start of a text, with its quotes.
fn quoted_length(text: &str, quote: char) -> Option<usize> {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        if c == quote && !escaped {
            return Some(at + 1);
        }
        escaped = quote == '"' && c == '\\' && !escaped;
    }
    None
}

/// A quoted key, as TOML reads it.
fn unquote(quoted: &str) -> Option<String> {
    let document = format!("{quoted} = 0");
    let table = DeTable::parse(&document).ok()?;
    let key = table.get_ref().keys().next()?.get_ref().to_string();
    Some(key)
}

#[cfg(test)]
mod tests {
    use super::{KeyPath, KeyPathFault, KeyPathFaultKind};

    #[test]
    fn paths_are_read_and_written() {
        for (text, written) in [
            ("root.password", "root.password"),
            (" root . 'password' ", "root.password"),
            ("users[0].name", "users[0].name"),
            ("a[0][12]", "a[0][12]"),
            ("\"tls.crt\"", "\"tls.crt\""),
            ("\"a\\\"b\\u00e4\\n\"", "\"a\\\"bä\\n\""),
            ("''.1", "\"\".1"),
        ] {
            assert_eq!(KeyPath::parse(text).unwrap().to_string(), written, "{text}");
        }
    }

    #[test]
    fn bad_paths_say_where() {
        use KeyPathFaultKind::{BadIndex, BadQuotes, NeedsQuotes, NoKey, NoSeparator};
        for (text, at, kind) in [
            ("", 0..0, NoKey),
            ("a.", 2..2, NoKey),
            ("a..b", 2..3, NoKey),
            (".a", 0..1, NoKey),
            ("[0]", 0..1, BadIndex),
            ("a/b", 1..2, NeedsQuotes),
            ("a.ä", 2..4, NeedsQuotes),
            ("'a", 0..2, BadQuotes),
            ("a.\"b\n\"", 2..6, BadQuotes),
            ("\"\\q\"", 0..4, BadQuotes),
            ("\"\\ud800\"", 0..8, BadQuotes),
            ("a[-1]", 1..5, BadIndex),
            ("a[*].b", 1..4, BadIndex),
            ("a[0", 1..3, BadIndex),
            ("a[99999999999999999999]", 1..23, BadIndex),
            ("a[0]b", 4..5, NoSeparator),
            ("'a'b", 3..4, NoSeparator),
        ] {
            assert_eq!(KeyPath::parse(text), Err(KeyPathFault { at, kind }), "{text}");
        }
    }
}
