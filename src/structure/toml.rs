//! Reads TOML with the `toml` crate, dates as the text that stands in the file.

use toml::Spanned;
use toml::de::{DeTable, DeValue, Error};
use zeroize::Zeroizing;

use super::fault::{MAX_DEPTH, StructureFault, StructureFaultKind};
use super::tree::Tree;

/// Reads a TOML document. TOML leaves it open which line end a multi-line string gets from a file
/// with CRLF; it is LF, as in Python's tomllib, so that values do not depend on the editor.
pub(crate) fn read(text: &str) -> Result<Tree, StructureFault> {
    let unix = Zeroizing::new(text.replace("\r\n", "\n"));
    let document = DeTable::parse(&unix).map_err(|error| syntax(&unix, &error))?;
    table(&unix, document.get_ref(), 1)
}

/// toml's message may quote the text; its place and whether it is a duplicate key are taken.
fn syntax(text: &str, error: &Error) -> StructureFault {
    let span = error.span().unwrap_or(0..0);
    let duplicate = (error.message() == "duplicate key").then(|| text.get(span.clone())).flatten();
    let kind = match duplicate {
        Some(key) => StructureFaultKind::DuplicateKey(key.trim_matches(['"', '\'']).to_owned()),
        None => StructureFaultKind::Syntax,
    };
    StructureFault::at(text, span.start, kind)
}

fn table(text: &str, entries: &DeTable<'_>, depth: usize) -> Result<Tree, StructureFault> {
    let entries = entries
        .iter()
        .map(|(key, item)| Ok((key.get_ref().to_string(), value(text, item, depth)?)));
    Ok(Tree::Table(entries.collect::<Result<_, _>>()?))
}

fn value(text: &str, item: &Spanned<DeValue<'_>>, depth: usize) -> Result<Tree, StructureFault> {
    let fault = |kind| StructureFault::at(text, item.span().start, kind);
    Ok(match item.get_ref() {
        DeValue::Array(_) | DeValue::Table(_) if depth == MAX_DEPTH => {
            return Err(fault(StructureFaultKind::TooDeep));
        }
        DeValue::Array(items) => {
            let items = items.iter().map(|item| value(text, item, depth + 1));
            Tree::Array(items.collect::<Result<_, _>>()?)
        }
        DeValue::Table(entries) => table(text, entries, depth + 1)?,
        DeValue::String(string) => Tree::string(string.as_ref()),
        DeValue::Boolean(boolean) => Tree::Bool(*boolean),
        DeValue::Datetime(datetime) => {
            let written = text.get(item.span()).map(str::to_owned);
            Tree::Datetime(written.unwrap_or_else(|| datetime.to_string()))
        }
        DeValue::Integer(digits) => {
            let integer = i64::from_str_radix(digits.as_str(), digits.radix());
            Tree::Integer(integer.map_err(|_| fault(StructureFaultKind::BigNumber))?.into())
        }
        DeValue::Float(digits) => {
            let float = digits.as_str().parse();
            Tree::Float(float.map_err(|_| fault(StructureFaultKind::BigNumber))?)
        }
    })
}

#[cfg(test)]
mod tests {
    use super::read;
    use crate::structure::fault::StructureFaultKind;
    use crate::structure::tree::Tree;

    #[test]
    fn line_ends_are_line_feeds_and_dates_are_as_written() {
        let tree = read("a = '''x\r\ny'''\r\nb = \"x\\r\\ny\"\r\nd = 1979-05-27 07:32:00Z\n");
        let tree = tree.unwrap();
        assert_eq!(tree.get("a"), Some(&Tree::string("x\ny")));
        assert_eq!(tree.get("b"), Some(&Tree::string("x\r\ny")));
        assert_eq!(tree.get("d"), Some(&Tree::Datetime("1979-05-27 07:32:00Z".into())));
    }

    #[test]
    fn says_what_is_wrong_and_where() {
        for (text, line, column, kind) in [
            ("a = 1\r\nb = x\r\n", 2, 5, StructureFaultKind::Syntax),
            ("a = 1\n[b]\né = 1", 3, 1, StructureFaultKind::Syntax),
            ("a = 1\n\"a\" = 2", 2, 1, StructureFaultKind::DuplicateKey("a".into())),
            ("a = 9223372036854775808", 1, 5, StructureFaultKind::BigNumber),
            ("a = \"hunter2\n", 1, 13, StructureFaultKind::Syntax),
        ] {
            let fault = read(text).unwrap_err();
            assert_eq!((fault.line, fault.column, fault.kind), (line, column, kind), "{text}");
        }
    }

    #[test]
    fn depth_is_bounded() {
        let deep = format!("a = {}{}", "[".repeat(64), "]".repeat(64));
        assert_eq!(read(&deep).unwrap_err().kind, StructureFaultKind::TooDeep);
        for text in ["a = ".to_owned() + &"[".repeat(200_000), "a.".repeat(100_000) + "a = 1"] {
            read(&text).unwrap_err();
        }
    }
}
