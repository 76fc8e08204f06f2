//! Reads dotenv files: `KEY=VALUE` lines.
//! There is no standard, and parsers differ. This one reads what python-dotenv (without
//! interpolation) reads; it rejects what common parsers read differently.
//!
//! - A line is empty, a `#` comment, or `KEY=VALUE`, with an optional `export ` before the key and
//!   spaces around `=`. Lines end with LF or CRLF. No key is set twice.
//! - An unquoted value ends at the end of the line or at a `#` after a space; spaces around it are
//!   removed. Backslashes, quotes inside, and `$` are literal.
//! - In single quotes everything is literal. In double quotes `\n`, `\r`, `\t`, `\"`, `\\` and `\$`
//!   are the only escapes. Quoted values can span lines, which then end in LF.
//! - No variable is ever interpolated. Unlike in python-dotenv, `\$` is `$`.

use std::{collections::HashSet, ops::Range};
use zeroize::Zeroizing;

use super::fault::{StructureFault, StructureFaultKind};
use super::tree::Tree;

pub(crate) fn read(text: &str) -> Result<Tree, StructureFault> {
    let entries = entries(text)?.into_iter().map(|it| (it.key.to_owned(), Tree::String(it.value)));
    Ok(Tree::Table(entries.collect()))
}

/// A line, or the lines of a value in quotes.
pub(crate) struct DotenvEntry<'t> {
    pub key: &'t str,
    /// From its first byte, an `export` included, to the end of the value.
    pub range: Range<usize>,
    /// The value with its quotes.
    pub token: Range<usize>,
    pub value: Zeroizing<String>,
}

pub(crate) fn entries(text: &str) -> Result<Vec<DotenvEntry<'_>>, StructureFault> {
    let mut lines = DotenvReader { text, at: 0 };
    let mut entries = Vec::new();
    let mut seen = HashSet::new();
    while lines.skip_to_entry()? {
        let first = lines.at;
        let (start, key) = lines.key()?;
        if !seen.insert(key) {
            return lines.fault(start, StructureFaultKind::DuplicateKey(key.to_owned()));
        }
        let (value, token) = lines.value()?;
        entries.push(DotenvEntry { key, range: first..token.end, token, value });
    }
    Ok(entries)
}

/// `[A-Za-z_][A-Za-z0-9_.-]*`
pub(crate) fn is_key(key: &str) -> bool {
    key.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_') && key.chars().all(is_key_char)
}

fn is_key_char(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-')
}

fn is_blank(c: char) -> bool {
    matches!(c, ' ' | '\t')
}

fn is_in_line(c: char) -> bool {
    !matches!(c, '\r' | '\n')
}

struct DotenvReader<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> DotenvReader<'t> {
    fn fault<T>(&self, offset: usize, kind: StructureFaultKind) -> Result<T, StructureFault> {
        Err(StructureFault::at(self.text, offset, kind))
    }

    fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn take(&mut self, pass: impl Fn(char) -> bool) -> &'t str {
        let rest = self.rest();
        let (taken, _) = rest.split_at(rest.find(|c| !pass(c)).unwrap_or(rest.len()));
        self.at += taken.len();
        taken
    }

    /// Takes the end of a line, or of the file; says whether there was one.
    fn line_end(&mut self) -> Result<bool, StructureFault> {
        let rest = self.rest();
        if rest.starts_with('\r') && !rest.starts_with("\r\n") {
            return self.fault(self.at, StructureFaultKind::LoneCarriageReturn);
        }
        let after = rest.strip_prefix('\r').unwrap_or(rest).strip_prefix('\n');
        self.at = self.text.len() - after.unwrap_or(rest).len();
        Ok(after.is_some() || rest.is_empty())
    }

    fn skip_comment(&mut self) {
        if self.peek() == Some('#') {
            self.take(is_in_line);
        }
    }

    /// Steps over blank lines and comments; says whether there is a line left.
    fn skip_to_entry(&mut self) -> Result<bool, StructureFault> {
        while self.peek().is_some() {
            self.take(is_blank);
            self.skip_comment();
            if !self.line_end()? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// A key with an `export` before it and the `=` after it.
    fn key(&mut self) -> Result<(usize, &'t str), StructureFault> {
        if !self.rest().split(['\r', '\n']).next().is_some_and(|line| line.contains('=')) {
            return self.fault(self.at, StructureFaultKind::NoEquals);
        }
        let mut start = self.at;
        let mut key = self.take(is_key_char);
        if !self.take(is_blank).is_empty() && key == "export" {
            start = self.at;
            key = self.take(is_key_char);
            self.take(is_blank);
        }
        if !is_key(key) || self.peek() != Some('=') {
            return self.fault(start, StructureFaultKind::BadKey);
        }
        self.at += 1;
        Ok((start, key))
    }

    /// A value, and where it stands.
    fn value(&mut self) -> Result<(Zeroizing<String>, Range<usize>), StructureFault> {
        self.take(is_blank);
        if let Some(quote @ ('\'' | '"')) = self.peek() {
            return self.quoted(quote);
        }
        let start = self.at;
        let line = self.take(is_in_line);
        let comment = line.find(" #").into_iter().chain(line.find("\t#")).min();
        let (value, _) = line.split_at(comment.unwrap_or(line.len()));
        let value = value.trim_end_matches(is_blank);
        // A parser that trims or splits at all whitespace would read something else.
        let odd_blank =
            |c: char| !is_blank(c) && (c.is_whitespace() || matches!(c, '\u{1c}'..='\u{1f}'));
        if value.starts_with(['#', '`']) || value.contains(odd_blank) {
            return self.fault(start, StructureFaultKind::NeedsQuotes);
        }
        self.line_end()?;
        Ok((Zeroizing::new(value.to_owned()), start..start + value.len()))
    }

    fn quoted(&mut self, quote: char) -> Result<(Zeroizing<String>, Range<usize>), StructureFault> {
        let mut value = Zeroizing::new(String::new());
        let open = self.at;
        self.at += 1;
        while let Some(c) = self.peek() {
            let at = self.at;
            if c == '\r' {
                self.line_end()?;
                value.push('\n');
                continue;
            }
            self.at += c.len_utf8();
            if c == quote {
                let token = open..self.at;
                if !self.take(is_blank).is_empty() {
                    self.skip_comment();
                }
                if self.line_end()? {
                    return Ok((value, token));
                }
                return self.fault(self.at, StructureFaultKind::AfterQuote);
            }
            value.push(match (quote, c, self.peek()) {
                ('\'', '\\', Some('\\' | '\'')) => {
                    return self.fault(at, StructureFaultKind::Backslash);
                }
                ('"', '\\', Some(escape)) => {
                    self.at += escape.len_utf8();
                    match escape {
                        'n' => '\n',
                        'r' => '\r',
                        't' => '\t',
                        '"' | '\\' | '$' => escape,
                        _ => return self.fault(at, StructureFaultKind::Backslash),
                    }
                }
                _ => c,
            });
        }
        self.fault(open, StructureFaultKind::OpenQuote)
    }
}
