//! `key = "a.b[0]"`: which value of a structured file is meant.

use std::fmt;
use std::iter::Peekable;
use std::ops::Range;
use std::str::CharIndices;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Segment {
    Key(String),
    /// An item of an array, from 0.
    Index(usize),
}

/// A path of at least one key: keys and quotes as in a TOML dotted key, `[n]` for items of arrays.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct KeyPath {
    segments: Vec<(Segment, Range<usize>)>,
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
    /// The path begins with an index, but a file is a table.
    IndexFirst,
    NeedsQuotes,
    /// A quote is not closed, or spans lines.
    OpenQuote,
    /// An escape in double quotes that TOML does not have.
    UnknownEscape,
    /// `[...]` without a closing bracket or without a whole number inside; negative ones and `*`
    /// are not understood.
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
        Parser { text, chars: text.char_indices().peekable() }.path()
    }

    /// The keys of a path that has no indexes.
    pub(crate) fn names(&self) -> Option<Vec<String>> {
        self.segments
            .iter()
            .map(|(segment, _)| match segment {
                Segment::Key(name) => Some(name.clone()),
                Segment::Index(_) => None,
            })
            .collect()
    }

    /// The steps, each with its bytes in the text.
    pub(crate) fn segments(&self) -> &[(Segment, Range<usize>)] {
        &self.segments
    }

    /// The path up to a segment, without it.
    pub(crate) fn before(&self, segment: usize) -> KeyPath {
        KeyPath { segments: self.segments.iter().take(segment).cloned().collect() }
    }

    pub(crate) fn from(&self, segment: usize) -> &[(Segment, Range<usize>)] {
        self.segments.get(segment..).unwrap_or_default()
    }

    /// The path with one more step before it.
    pub(crate) fn under(mut self, segment: Segment) -> KeyPath {
        self.segments.insert(0, (segment, 0..0));
        self
    }

    pub(crate) fn child(&self, key: &str) -> KeyPath {
        let mut segments = self.segments.clone();
        segments.push((Segment::Key(key.to_owned()), 0..0));
        KeyPath { segments }
    }
}

/// The shortest way to write the path.
impl fmt::Display for KeyPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, (segment, _)) in self.segments.iter().enumerate() {
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
    chars: Peekable<CharIndices<'t>>,
}

impl Parser<'_> {
    fn at(&mut self) -> usize {
        self.chars.peek().map_or(self.text.len(), |(index, _)| *index)
    }

    fn next_is(&mut self, expected: char) -> bool {
        self.chars.next_if(|(_, c)| *c == expected).is_some()
    }

    fn blanks(&mut self) {
        while self.chars.next_if(|(_, c)| matches!(c, ' ' | '\t')).is_some() {}
    }

    /// A fault at the next character, or at the end.
    fn fail<T>(&mut self, kind: KeyPathFaultKind) -> Result<T, KeyPathFault> {
        let at = self.at();
        let length = self.chars.peek().map_or(0, |(_, c)| c.len_utf8());
        Err(KeyPathFault { at: at..at + length, kind })
    }

    fn path(mut self) -> Result<KeyPath, KeyPathFault> {
        let mut segments = Vec::new();
        loop {
            self.blanks();
            segments.push(self.key()?);
            self.blanks();
            while self.chars.peek().is_some_and(|(_, c)| *c == '[') {
                segments.push(self.index()?);
                self.blanks();
            }
            if self.chars.peek().is_none() {
                return Ok(KeyPath { segments });
            }
            if !self.next_is('.') {
                let bare_before =
                    self.text.get(..self.at()).is_some_and(|before| before.ends_with(is_bare));
                return self.fail(if bare_before {
                    KeyPathFaultKind::NeedsQuotes
                } else {
                    KeyPathFaultKind::NoSeparator
                });
            }
        }
    }

    fn key(&mut self) -> Result<(Segment, Range<usize>), KeyPathFault> {
        let start = self.at();
        match self.chars.peek() {
            Some((_, '[')) if start == 0 => self.fail(KeyPathFaultKind::IndexFirst),
            None | Some((_, '.' | '[')) => self.fail(KeyPathFaultKind::NoKey),
            Some((_, '\'' | '"')) => self.quoted(start),
            Some((_, c)) if is_bare(*c) => {
                let mut key = String::new();
                while let Some((_, c)) = self.chars.next_if(|(_, c)| is_bare(*c)) {
                    key.push(c);
                }
                Ok((Segment::Key(key), start..self.at()))
            }
            Some(_) => self.fail(KeyPathFaultKind::NeedsQuotes),
        }
    }

    fn quoted(&mut self, start: usize) -> Result<(Segment, Range<usize>), KeyPathFault> {
        let quote = self.chars.next().map_or('"', |(_, c)| c);
        let mut key = String::new();
        while let Some((index, c)) = self.chars.next() {
            match c {
                '\n' | '\r' => break,
                c if c == quote => return Ok((Segment::Key(key), start..index + 1)),
                '\\' if quote == '"' => key.push(self.escape(index)?),
                c => key.push(c),
            }
        }
        Err(KeyPathFault { at: start..self.at(), kind: KeyPathFaultKind::OpenQuote })
    }

    /// What follows a backslash: <https://toml.io/en/v1.0.0#string>.
    fn escape(&mut self, start: usize) -> Result<char, KeyPathFault> {
        let escaped = match self.chars.next() {
            Some((_, 'b')) => Some('\u{8}'),
            Some((_, 't')) => Some('\t'),
            Some((_, 'n')) => Some('\n'),
            Some((_, 'f')) => Some('\u{c}'),
            Some((_, 'r')) => Some('\r'),
            Some((_, c @ ('"' | '\\'))) => Some(c),
            Some((_, 'u')) => self.code_point(4),
            Some((_, 'U')) => self.code_point(8),
            _ => None,
        };
        escaped.ok_or_else(|| KeyPathFault {
            at: start..self.at(),
            kind: KeyPathFaultKind::UnknownEscape,
        })
    }

    fn code_point(&mut self, digits: usize) -> Option<char> {
        let mut code = 0;
        for _ in 0..digits {
            let (_, digit) = self.chars.next_if(|(_, c)| c.is_ascii_hexdigit())?;
            code = code * 16 + digit.to_digit(16)?;
        }
        char::from_u32(code)
    }

    fn index(&mut self) -> Result<(Segment, Range<usize>), KeyPathFault> {
        let start = self.at();
        self.chars.next();
        let mut digits = String::new();
        while let Some((_, digit)) = self.chars.next_if(|(_, c)| c.is_ascii_digit()) {
            digits.push(digit);
        }
        let closed = self.next_is(']');
        match digits.parse() {
            Ok(index) if closed => Ok((Segment::Index(index), start..self.at())),
            _ => {
                let inside = self
                    .text
                    .get(start..)
                    .and_then(|rest| rest.find(']'))
                    .map_or(self.text.len(), |length| start + length + 1);
                Err(KeyPathFault { at: start..inside, kind: KeyPathFaultKind::BadIndex })
            }
        }
    }
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
        let path = KeyPath::parse("'ä'.b[10]").unwrap();
        assert_eq!(
            path.segments().iter().map(|s| s.1.clone()).collect::<Vec<_>>(),
            [0..4, 5..6, 6..10]
        );
    }

    #[test]
    fn bad_paths_say_where() {
        use KeyPathFaultKind::{
            BadIndex, IndexFirst, NeedsQuotes, NoKey, NoSeparator, OpenQuote, UnknownEscape,
        };
        for (text, at, kind) in [
            ("", 0..0, NoKey),
            ("a.", 2..2, NoKey),
            ("a..b", 2..3, NoKey),
            (".a", 0..1, NoKey),
            ("[0]", 0..1, IndexFirst),
            ("a/b", 1..2, NeedsQuotes),
            ("a.ä", 2..4, NeedsQuotes),
            ("'a", 0..2, OpenQuote),
            ("a.\"b\n\"", 2..5, OpenQuote),
            ("\"\\x\"", 1..3, UnknownEscape),
            ("\"\\ud800\"", 1..7, UnknownEscape),
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
