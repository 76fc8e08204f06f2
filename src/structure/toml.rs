//! Reads TOML with the `toml` crate, dates as the text that stands in the file.

use toml::Spanned;
use toml::de::{DeTable, DeValue, Error};
use toml_parser::Source;
use zeroize::Zeroizing;

use super::fault::{MAX_DEPTH, MAX_VALUES, StructureFault, StructureFaultKind};
use super::tree::Tree;

/// Reads a TOML document. TOML leaves it open which line end a multi-line string gets from a file
/// with CRLF; it is LF, as in Python's tomllib, so that values do not depend on the editor.
pub(crate) fn read(text: &str) -> Result<Tree, StructureFault> {
    let unix = Zeroizing::new(text.replace("\r\n", "\n"));
    // Every value has a separator: a comma, a line break, the next header.
    if Source::new(&unix).lex().nth(2 * MAX_VALUES).is_some() {
        return Err(StructureFault::at("", 0, StructureFaultKind::TooManyValues));
    }
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
