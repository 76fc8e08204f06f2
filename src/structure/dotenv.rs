//! Reads dotenv files: `KEY=VALUE` lines.
//!
//! There is no standard, and readers differ. What this one takes is what python-dotenv (without
//! interpolation) takes for the same; what the common readers take for different things is refused
//! with a hint to quote it.
//!
//! - A line is empty, a `#` comment, or `KEY=VALUE`, with an optional `export ` before the key and
//!   blanks around `=`. Lines end with LF or CRLF.
//! - A key is `[A-Za-z_][A-Za-z0-9_.-]*` and stands once.
//! - An unquoted value goes to the end of the line or to a `#` after a blank; blanks around it do
//!   not count. Backslashes, quotes inside, and `$` are themselves.
//! - In single quotes everything is itself. In double quotes `\n`, `\r`, `\t`, `\"`, `\\` and `\$`
//!   are escapes, and no other backslash may stand. Quoted values may span lines, whose ends are
//!   then LF. After a quoted value only a comment may follow.
//! - No variable is ever interpolated: `$` stays.
//!
//! It differs from python-dotenv in that `\$` is `$`, that a byte order mark is skipped, and in
//! refusing more.

use std::collections::HashSet;

use zeroize::Zeroizing;

use super::fault::{StructureFault, StructureFaultKind};
use super::tree::Tree;

pub(crate) fn read(text: &str) -> Result<Tree, StructureFault> {
    let mut lines = DotenvReader { text, at: 0 };
    let mut entries = Vec::new();
    let mut seen = HashSet::new();
    while lines.skip_to_entry()? {
        let (start, key) = lines.key()?;
        if !seen.insert(key) {
            return Err(lines.fault(start, StructureFaultKind::DuplicateKey(key.to_owned())));
        }
        entries.push((key.to_owned(), Tree::String(lines.value()?)));
    }
    Ok(Tree::Table(entries))
}

/// Whether readers of dotenv files take this for a key.
pub(crate) fn is_key(key: &str) -> bool {
    key.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_') && key.chars().all(is_key_char)
}

fn is_key_char(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-')
}

fn is_blank(c: char) -> bool {
    matches!(c, ' ' | '\t')
}

struct DotenvReader<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> DotenvReader<'t> {
    fn fault(&self, offset: usize, kind: StructureFaultKind) -> StructureFault {
        StructureFault::at(self.text, offset, kind)
    }

    fn fail<T>(&self, kind: StructureFaultKind) -> Result<T, StructureFault> {
        Err(self.fault(self.at, kind))
    }

    fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn take(&mut self, pass: impl Fn(char) -> bool) -> &'t str {
        let rest = self.rest();
        let length = rest.find(|c| !pass(c)).unwrap_or(rest.len());
        self.at += length;
        rest.get(..length).unwrap_or_default()
    }

    /// Takes the end of a line, or of the file; says whether there was one.
    fn line_end(&mut self) -> Result<bool, StructureFault> {
        let rest = self.rest();
        if rest.starts_with('\r') && !rest.starts_with("\r\n") {
            return self.fail(StructureFaultKind::LoneCarriageReturn);
        }
        let line = rest.strip_prefix('\r').unwrap_or(rest);
        let after = line.strip_prefix('\n');
        self.at = self.text.len() - after.unwrap_or(rest).len();
        Ok(after.is_some() || rest.is_empty())
    }

    fn skip_comment(&mut self) {
        if self.peek() == Some('#') {
            self.take(|c| !matches!(c, '\r' | '\n'));
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

    fn value(&mut self) -> Result<Zeroizing<String>, StructureFault> {
        self.take(is_blank);
        match self.peek() {
            Some(quote @ ('\'' | '"')) => self.quoted(quote),
            _ => self.unquoted(),
        }
    }

    /// A key with what may stand before it and the `=` behind it.
    fn key(&mut self) -> Result<(usize, &'t str), StructureFault> {
        let line = self.rest().split(['\r', '\n']).next().unwrap_or_default();
        if !line.contains('=') {
            return self.fail(StructureFaultKind::NoEquals);
        }
        let mut start = self.at;
        let mut key = self.take(is_key_char);
        let blanks = self.take(is_blank);
        if key == "export" && !blanks.is_empty() {
            start = self.at;
            key = self.take(is_key_char);
            self.take(is_blank);
        }
        if !is_key(key) || self.peek() != Some('=') {
            return Err(self.fault(start, StructureFaultKind::BadKey));
        }
        self.at += 1;
        Ok((start, key))
    }

    fn unquoted(&mut self) -> Result<Zeroizing<String>, StructureFault> {
        let start = self.at;
        let line = self.take(|c| !matches!(c, '\r' | '\n'));
        let comment = line.find(" #").into_iter().chain(line.find("\t#")).min();
        let (value, _) = line.split_at(comment.unwrap_or(line.len()));
        let value = value.trim_end_matches(is_blank);
        // A reader that trims or splits at every white space would read something else.
        let odd_blank =
            |c: char| !is_blank(c) && (c.is_whitespace() || matches!(c, '\u{1c}'..='\u{1f}'));
        if value.starts_with(['#', '`']) || value.contains(odd_blank) {
            return Err(self.fault(start, StructureFaultKind::NeedsQuotes));
        }
        self.line_end()?;
        Ok(Zeroizing::new(value.to_owned()))
    }

    fn quoted(&mut self, quote: char) -> Result<Zeroizing<String>, StructureFault> {
        let mut value = Zeroizing::new(String::new());
        let open = self.at;
        self.at += 1;
        while let Some(c) = self.quoted_char()? {
            let c = match (c, self.peek()) {
                (c, _) if c == quote => return self.close(value),
                ('\\', Some('\\' | '\'')) if quote == '\'' => {
                    return Err(self.fault(self.at - 1, StructureFaultKind::Backslash));
                }
                ('\\', Some(escape)) if quote == '"' => {
                    let Some(c) = unescaped(escape) else {
                        return Err(self.fault(self.at - 1, StructureFaultKind::Backslash));
                    };
                    self.at += 1;
                    c
                }
                (c, _) => c,
            };
            value.push(c);
        }
        Err(self.fault(open, StructureFaultKind::OpenQuote))
    }

    /// The next character inside quotes, CRLF as LF.
    fn quoted_char(&mut self) -> Result<Option<char>, StructureFault> {
        if self.peek() == Some('\r') {
            self.line_end()?;
            return Ok(Some('\n'));
        }
        let next = self.peek();
        self.at += next.map_or(0, char::len_utf8);
        Ok(next)
    }

    /// What may follow a quoted value: the end of the line, or a comment after a blank.
    fn close(&mut self, value: Zeroizing<String>) -> Result<Zeroizing<String>, StructureFault> {
        let blanks = self.take(is_blank);
        if !blanks.is_empty() {
            self.skip_comment();
        }
        if !self.line_end()? {
            return self.fail(StructureFaultKind::AfterQuote);
        }
        Ok(value)
    }
}

/// What a backslash and this stand for in double quotes.
fn unescaped(escape: char) -> Option<char> {
    match escape {
        'n' => Some('\n'),
        'r' => Some('\r'),
        't' => Some('\t'),
        '"' | '\\' | '$' => Some(escape),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::read;
    use crate::structure::fault::StructureFaultKind;
    use crate::structure::tree::Tree;

    #[test]
    fn reads_values() {
        for (text, values) in [
            (
                "# x\n\nA=1\n  export B = b c # d\r\nC=\nD='a b' # c\nE=\"\"",
                &[("A", "1"), ("B", "b c"), ("C", ""), ("D", "a b"), ("E", "")][..],
            ),
            (
                "A=a#b\nB=a\"b'c\nC=a\\nb\nD=$X ${Y}\nexport=x",
                &[("A", "a#b"), ("B", "a\"b'c"), ("C", "a\\nb"), ("D", "$X ${Y}"), ("export", "x")],
            ),
            (r#"A='a\nb"$x'"#, &[("A", r#"a\nb"$x"#)]),
            (r#"A="a\nb\r\t\"\\\$x$y'""#, &[("A", "a\nb\r\t\"\\$x$y'")]),
            ("A='1\n2\n'\nB=\"1\r\n2\"\r\nC=3", &[("A", "1\n2\n"), ("B", "1\n2"), ("C", "3")]),
            ("A-b.c_1=x y  \t# z", &[("A-b.c_1", "x y")]),
        ] {
            let values = values.iter().map(|(key, value)| (key.to_string(), Tree::string(*value)));
            assert!(read(text).unwrap() == Tree::Table(values.collect()), "{text}");
        }
    }

    #[test]
    fn says_what_is_wrong_and_where() {
        for (text, line, column, kind) in [
            ("A=1\nhunter2", 2, 1, StructureFaultKind::NoEquals),
            ("A: 1\n", 1, 1, StructureFaultKind::NoEquals),
            ("1A=1", 1, 1, StructureFaultKind::BadKey),
            ("export 1A=1", 1, 8, StructureFaultKind::BadKey),
            ("export =1", 1, 8, StructureFaultKind::BadKey),
            ("A B=1", 1, 1, StructureFaultKind::BadKey),
            ("'A'=1", 1, 1, StructureFaultKind::BadKey),
            ("É=1", 1, 1, StructureFaultKind::BadKey),
            ("=1", 1, 1, StructureFaultKind::BadKey),
            ("A=1\n A=2", 2, 2, StructureFaultKind::DuplicateKey("A".into())),
            ("A='x\ny", 1, 3, StructureFaultKind::OpenQuote),
            ("A=\"x\\", 1, 3, StructureFaultKind::OpenQuote),
            ("A='x'y", 1, 6, StructureFaultKind::AfterQuote),
            ("A='x'#y", 1, 6, StructureFaultKind::AfterQuote),
            ("A='x\\'y'", 1, 5, StructureFaultKind::Backslash),
            ("A='x\\\\y'", 1, 5, StructureFaultKind::Backslash),
            ("A=\"x\\d\"", 1, 5, StructureFaultKind::Backslash),
            ("A= #x", 1, 4, StructureFaultKind::NeedsQuotes),
            ("A=`x`", 1, 3, StructureFaultKind::NeedsQuotes),
            ("A=x\u{a0}", 1, 3, StructureFaultKind::NeedsQuotes),
            ("A=x\rB=y", 1, 4, StructureFaultKind::LoneCarriageReturn),
            ("A='x\ry'", 1, 5, StructureFaultKind::LoneCarriageReturn),
        ] {
            let fault = read(text).unwrap_err();
            assert_eq!((fault.line, fault.column, fault.kind), (line, column, kind), "{text}");
        }
    }
}
