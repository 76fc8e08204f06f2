//! What of a spec may be quoted when it does not parse, so that nobody knows which of its strings
//! are secret.
//!
//! Everything is masked but what is surely not a value: table headers, keys before their `=`, and
//! the punctuation around values as long as it is where TOML wants it. From the first thing on a
//! line that is not, the rest of the line is masked. Where even the ends of multi-line strings are
//! in doubt, the rest of the file is.

#[cfg(test)]
mod tests;
pub(crate) mod tokens;

use std::iter::once;
use std::ops::Range;

use tokens::{blanks, find_quote, is_bare, is_number_or_bool, is_scalar, key_end};

/// The first words of the language's own table headers: never secret, and surely the end of an
/// array that was left open.
const TABLES: &[&str] = &[
    "opaque",
    "basic-auth",
    "ssh-auth",
    "tls",
    "dockerconfigjson",
    "dockercfg",
    "service-account-token",
    "bootstrap-token",
    "custom",
    "vars",
    "defaults",
    "environments",
    "recipients",
    "encrypt",
    "sources",
    "lint",
];

const KEY_BYTES: usize = 64;
/// The longest key that is shown when its `=` follows at once, as a base64 line's would.
const TIGHT_KEY_BYTES: usize = 32;

/// The byte ranges of a broken spec that must never be quoted: sorted, apart from each other, none
/// over a line break.
pub(crate) fn mask_broken_toml(text: &str) -> Vec<Range<usize>> {
    let mut scanner = Scanner { certain: true, ..Scanner::default() };
    let mut masked = Vec::new();
    let mut start = 0;
    for whole in text.split_inclusive('\n') {
        let line =
            whole.strip_suffix('\n').map_or(whole, |line| line.strip_suffix('\r').unwrap_or(line));
        scanner.line(line.as_bytes());
        let mut at = 0;
        for shown in scanner.shown.drain(..).chain(once(line.len()..line.len())) {
            if at < shown.start {
                masked.push(start + at..start + shown.start);
            }
            at = shown.end;
        }
        start += whole.len();
    }
    masked
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Bracket {
    Array,
    Table,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Expect {
    #[default]
    Value,
    Key,
    /// A comma, a closing bracket or the end of the line.
    After,
}

/// Something that is not where TOML wants it: the rest of the line is masked.
struct NotToml;

#[derive(Debug, Default)]
struct Scanner {
    /// What of the current line may be quoted, in order.
    shown: Vec<Range<usize>>,
    open: Vec<Bracket>,
    /// The least number of open brackets in this line so far.
    lowest: usize,
    expect: Expect,
    /// The quote of the multi-line string that is open.
    string: Option<u8>,
    /// Nothing was wrong so far.
    certain: bool,
    /// Nothing is known any more.
    lost: bool,
}

impl Scanner {
    fn line(&mut self, line: &[u8]) {
        if self.lost {
            return;
        }
        self.lowest = self.open.len();
        let mut at = 0;
        if let Err(NotToml) = self.statement(line, &mut at) {
            self.certain = false;
            // Which quotes open and which close is then anyone's guess.
            let rest = line.get(at..).unwrap_or_default();
            self.lost |= rest.windows(3).any(|three| three == b"\"\"\"" || three == b"'''");
            self.open.truncate(self.lowest);
            self.expect =
                if self.open.last() == Some(&Bracket::Table) { Expect::Key } else { Expect::Value };
        }
    }

    /// Scans a line from `at`, which stays behind all that was understood.
    fn statement(&mut self, line: &[u8], at: &mut usize) -> Result<(), NotToml> {
        if let Some(quote) = self.string {
            self.string_end(line, at, quote)?;
            return self.value(line, at);
        }
        let start = blanks(line, 0);
        if self.header(line, start) {
            self.open.clear();
            return Ok(());
        }
        if self.open.is_empty() {
            match line.get(start) {
                None | Some(b'#') => return Ok(()),
                Some(_) => self.key(line, at)?,
            }
        }
        self.value(line, at)
    }

    fn header(&mut self, line: &[u8], start: usize) -> bool {
        let brackets = line.iter().skip(start).take_while(|byte| **byte == b'[').count();
        if !matches!(brackets, 1 | 2) {
            return false;
        }
        let name = blanks(line, start + brackets);
        let Some(end) = key_end(line, name).filter(|end| end - name <= KEY_BYTES) else {
            return false;
        };
        let known = TABLES.iter().any(|table| {
            let rest = line.get(name..).unwrap_or_default().strip_prefix(table.as_bytes());
            rest.is_some_and(|rest| !rest.first().is_some_and(|byte| is_bare(*byte)))
        });
        let close = blanks(line, end);
        let closed = line.iter().skip(close).take_while(|byte| **byte == b']').count();
        let complete = closed == brackets
            && matches!(line.get(blanks(line, close + closed)), None | Some(b'#'));
        if known && closed <= 2 {
            self.certain &= complete;
        } else if !(complete && self.certain && self.open.is_empty()) {
            return false;
        }
        self.show(0..close + closed);
        true
    }

    /// Takes a key and its `=`, and shows them if they are surely that.
    fn key(&mut self, line: &[u8], at: &mut usize) -> Result<(), NotToml> {
        let start = blanks(line, *at);
        let end = key_end(line, start).ok_or(NotToml)?;
        let equals = blanks(line, end);
        if line.get(equals) != Some(&b'=') || line.get(equals + 1) == Some(&b'=') {
            return Err(NotToml);
        }
        let last = blanks(line, equals + 1) == line.len();
        let key = line.get(start..end).unwrap_or_default();
        let surely = if end < equals {
            key.len() <= KEY_BYTES && (self.certain || !last)
        } else {
            // Base64 has upper case, and its `=` mostly ends the line.
            let plain = |byte: &u8| byte.is_ascii_lowercase() || matches!(byte, b'-' | b'_' | b'.');
            !last && key.len() <= TIGHT_KEY_BYTES && key.iter().all(plain)
        };
        if !surely {
            return Err(NotToml);
        }
        let end = if last { line.len() } else { equals + 1 };
        self.show(*at..end);
        *at = end;
        self.expect = Expect::Value;
        if last && self.open.is_empty() { Err(NotToml) } else { Ok(()) }
    }

    /// Takes the rest of a line, inside of a value or after it.
    fn value(&mut self, line: &[u8], at: &mut usize) -> Result<(), NotToml> {
        loop {
            let next = blanks(line, *at);
            self.show(*at..next);
            *at = next;
            let Some(&byte) = line.get(next) else { return Ok(()) };
            match (self.expect, byte) {
                (_, b'#') => {
                    *at = line.len();
                    return Ok(());
                }
                (Expect::Value, b'"' | b'\'') => self.string_start(line, at, byte)?,
                (Expect::Value, b'[') => self.push(Bracket::Array, Expect::Value, at),
                (Expect::Value, b'{') => self.push(Bracket::Table, Expect::Key, at),
                (Expect::Value | Expect::After, b']') => self.pop(Bracket::Array, at)?,
                (Expect::Key | Expect::After, b'}') => self.pop(Bracket::Table, at)?,
                (Expect::Value, _) => {
                    let end = line
                        .iter()
                        .skip(next)
                        .position(|byte| !is_scalar(*byte))
                        .map_or(line.len(), |length| next + length);
                    if !is_number_or_bool(line.get(next..end).unwrap_or_default())
                        || !self.may_end(line, end)
                    {
                        return Err(NotToml);
                    }
                    *at = end;
                    self.expect = Expect::After;
                }
                (Expect::Key, _) => self.key(line, at)?,
                (Expect::After, b',') => {
                    self.expect = match self.open.last().ok_or(NotToml)? {
                        Bracket::Array => Expect::Value,
                        Bracket::Table => Expect::Key,
                    };
                    self.show(next..next + 1);
                    *at += 1;
                }
                (Expect::After, _) => return Err(NotToml),
            }
        }
    }

    /// Takes an opening quote and what belongs to it in this line.
    fn string_start(&mut self, line: &[u8], at: &mut usize, quote: u8) -> Result<(), NotToml> {
        let open = *at;
        if line.get(open..open + 3) == Some(&[quote; 3]) {
            self.show(open..open + 3);
            *at = open + 3;
            self.string = Some(quote);
            return self.string_end(line, at, quote);
        }
        self.show(open..open + 1);
        *at = open + 1;
        let close = find_quote(line, open + 1, quote)
            .filter(|close| self.may_end(line, close + 1))
            .ok_or(NotToml)?;
        self.show(close..close + 1);
        *at = close + 1;
        self.expect = Expect::After;
        Ok(())
    }

    /// Takes a line of a multi-line string, to its closing quotes if they are in it.
    fn string_end(&mut self, line: &[u8], at: &mut usize, quote: u8) -> Result<(), NotToml> {
        let mut from = *at;
        let (close, quotes) = loop {
            let Some(close) = find_quote(line, from, quote) else {
                *at = line.len();
                return Ok(());
            };
            match line.iter().skip(close).take_while(|byte| **byte == quote).count() {
                quotes @ (1 | 2) => from = close + quotes,
                quotes => break (close, quotes),
            }
        };
        let end = close + quotes;
        // Quotes after an `=` rather open a string: then those that should have closed this one are
        // missing.
        let opens =
            line.get(..close).unwrap_or_default().trim_ascii_end().ends_with(b"=") && close > *at;
        if quotes > 5 || opens || !self.may_end(line, end) {
            self.lost = true;
            return Err(NotToml);
        }
        self.show(end - 3..end);
        *at = end;
        self.string = None;
        self.expect = Expect::After;
        Ok(())
    }

    /// Whether a value can end before `end`: what follows is a comment, the end of the line, or
    /// punctuation that fits.
    fn may_end(&self, line: &[u8], end: usize) -> bool {
        match line.get(blanks(line, end)) {
            None | Some(b'#') => true,
            Some(b',') => !self.open.is_empty(),
            Some(b']') => self.open.last() == Some(&Bracket::Array),
            Some(b'}') => self.open.last() == Some(&Bracket::Table),
            Some(_) => false,
        }
    }

    fn push(&mut self, bracket: Bracket, expect: Expect, at: &mut usize) {
        self.open.push(bracket);
        self.expect = expect;
        self.show(*at..*at + 1);
        *at += 1;
    }

    fn pop(&mut self, bracket: Bracket, at: &mut usize) -> Result<(), NotToml> {
        self.open.pop_if(|open| *open == bracket).ok_or(NotToml)?;
        self.lowest = self.lowest.min(self.open.len());
        self.expect = Expect::After;
        self.show(*at..*at + 1);
        *at += 1;
        Ok(())
    }

    fn show(&mut self, range: Range<usize>) {
        self.shown.push(range);
    }
}
