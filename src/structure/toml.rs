//! Reads TOML with the `toml` crate, dates as the text that stands in the file.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeInteger, DeTable, DeValue, Error};
use zeroize::Zeroizing;

use super::fault::{MAX_DEPTH, StructureFault, StructureFaultKind};
use super::tree::Tree;

/// Reads a TOML document. TOML leaves it open which line end a multi-line string gets from a file
/// with CRLF; it is LF, as in Python's tomllib, so that values do not depend on the editor.
pub(crate) fn read(text: &str) -> Result<Tree, StructureFault> {
    let unix = Zeroizing::new(if text.contains("\r\n") {
        text.replace("\r\n", "\n")
    } else {
        String::new()
    });
    read_lines(if unix.is_empty() { text } else { &unix })
}

fn read_lines(text: &str) -> Result<Tree, StructureFault> {
    let document = DeTable::parse(text).map_err(|error| syntax(text, &error))?;
    table(text, document.get_ref(), 1)
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
    let fail = |kind| Err(StructureFault::at(text, item.span().start, kind));
    match item.get_ref() {
        DeValue::Array(_) | DeValue::Table(_) if depth == MAX_DEPTH => {
            fail(StructureFaultKind::TooDeep)
        }
        DeValue::Array(items) => Ok(Tree::Array(
            items.iter().map(|item| value(text, item, depth + 1)).collect::<Result<_, _>>()?,
        )),
        DeValue::Table(entries) => table(text, entries, depth + 1),
        DeValue::String(string) => Ok(Tree::string(string.as_ref())),
        DeValue::Boolean(boolean) => Ok(Tree::Bool(*boolean)),
        DeValue::Datetime(datetime) => {
            Ok(Tree::Datetime(written(text, item.span()).unwrap_or_else(|| datetime.to_string())))
        }
        DeValue::Integer(digits) => {
            integer(digits).map_or_else(|| fail(StructureFaultKind::BigNumber), Ok)
        }
        DeValue::Float(digits) => match digits.as_str().parse::<f64>() {
            Ok(float) => Ok(Tree::Float(float)),
            Err(_) => fail(StructureFaultKind::BigNumber),
        },
    }
}

fn written(text: &str, span: Range<usize>) -> Option<String> {
    text.get(span).map(str::to_owned)
}

fn integer(digits: &DeInteger<'_>) -> Option<Tree> {
    i64::from_str_radix(digits.as_str(), digits.radix())
        .ok()
        .map(|integer| Tree::Integer(integer.into()))
}

#[cfg(test)]
mod tests {
    use super::read;
    use crate::structure::fault::StructureFaultKind;
    use crate::structure::tree::Tree;

    #[test]
    fn reads_every_kind() {
        let text = "b = 0x1F\na.c = [1, -2, 1_000]\nf = 1.5\nd = 1979-05-27 07:32:00Z\nt = true\ns \
            = '''\nx\\'''\ni = -inf\n[[l]]\nx = {y = '1'}\n";
        let tree = read(text).unwrap();
        assert_eq!(tree.get("b"), Some(&Tree::Integer(31)));
        let list = Tree::Array(vec![Tree::Integer(1), Tree::Integer(-2), Tree::Integer(1000)]);
        assert_eq!(tree.get("a").and_then(|a| a.get("c")), Some(&list));
        assert_eq!(tree.get("f"), Some(&Tree::Float(1.5)));
        assert_eq!(tree.get("d"), Some(&Tree::Datetime("1979-05-27 07:32:00Z".into())));
        assert_eq!(tree.get("t"), Some(&Tree::Bool(true)));
        assert_eq!(tree.get("s"), Some(&Tree::string("x\\")));
        assert_eq!(tree.get("i"), Some(&Tree::Float(f64::NEG_INFINITY)));
        assert_eq!(
            tree.entries().iter().map(|(key, _)| key.as_str()).collect::<Vec<_>>(),
            ["b", "a", "f", "d", "t", "s", "i", "l"]
        );
    }

    #[test]
    fn line_ends_are_line_feeds() {
        let tree = read("a = '''x\r\ny'''\r\nb = \"x\\r\\ny\"\r\n").unwrap();
        assert_eq!(tree.get("a"), Some(&Tree::string("x\ny")));
        assert_eq!(tree.get("b"), Some(&Tree::string("x\r\ny")));
        let fault = read("a = 1\r\nb = x\r\n").unwrap_err();
        assert_eq!((fault.line, fault.column), (2, 5));
    }

    #[test]
    fn says_what_is_wrong_and_where() {
        for (text, line, column, kind) in [
            ("a = 1\n[b]\né = 1", 3, 1, StructureFaultKind::Syntax),
            ("a = 1\n\"a\" = 2", 2, 1, StructureFaultKind::DuplicateKey("a".into())),
            ("a = 9223372036854775808", 1, 5, StructureFaultKind::BigNumber),
            ("a = hunter2", 1, 5, StructureFaultKind::Syntax),
            ("a = \"hunter2\n", 1, 13, StructureFaultKind::Syntax),
        ] {
            let fault = read(text).unwrap_err();
            assert_eq!((fault.line, fault.column, fault.kind), (line, column, kind), "{text}");
        }
        let deep = format!("a = {}{}", "[".repeat(64), "]".repeat(64));
        assert_eq!(read(&deep).unwrap_err().kind, StructureFaultKind::TooDeep);
    }

    #[test]
    fn depth_is_bounded() {
        read(&format!("a = {}", "[".repeat(200_000))).unwrap_err();
        read(&format!("a = {}", "{a=".repeat(200_000))).unwrap_err();
        read(&format!("{}a = 1", "a.".repeat(100_000))).unwrap_err();
        read(&format!("[{}a]", "a.".repeat(100_000))).unwrap_err();
    }
}
