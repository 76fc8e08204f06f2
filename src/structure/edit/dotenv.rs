//! dotenv: values are replaced, and new keys stand at the end, with `export` where the last line
//! has it.

use super::fault::{EditFault, EditFaultKind};
use super::splice::{Splice, cut_lines, joined, line_break, line_end};
use crate::structure::dotenv::{DotenvEntry, entries, is_key};
use crate::structure::key_path::{KeyPath, Segment};
use crate::structure::write::{EncodeFaultKind, dotenv_value};

pub(super) fn set(text: &str, path: &KeyPath, value: &str) -> Result<Vec<Splice>, EditFault> {
    let unwritable = |kind| EditFault::from(EditFaultKind::Unwritable(kind));
    let value = dotenv_value(value).map_err(unwritable)?;
    let (key, entries) = (key(path)?, entries(text)?);
    if let Some(entry) = entries.iter().find(|entry| entry.key == key) {
        return Ok(vec![Splice::new(entry.token.clone(), value)]);
    }
    if !is_key(key) {
        return Err(unwritable(EncodeFaultKind::BadKey));
    }
    let ending = line_break(text);
    let Some(last) = entries.last() else {
        let before = if text.is_empty() || text.ends_with('\n') { "" } else { ending };
        return Ok(vec![Splice::insert(text.len(), joined(&[before, key, "=", &value, ending]))]);
    };
    let has_export = text.get(last.range.clone()).is_some_and(|it| has_export(it, last));
    let export = if has_export { "export " } else { "" };
    let at = line_end(text, last.range.end);
    Ok(vec![Splice::insert(at, joined(&[ending, export, key, "=", &value]))])
}

fn has_export(text: &str, entry: &DotenvEntry<'_>) -> bool {
    entry.key != "export"
        && text.starts_with("export")
        && text.strip_prefix("export").is_some_and(|rest| rest.starts_with([' ', '\t']))
}

pub(super) fn unset(text: &str, path: &KeyPath) -> Result<Vec<Splice>, EditFault> {
    let (key, entries) = (key(path)?, entries(text)?);
    let entry = entries.iter().find(|entry| entry.key == key).ok_or(EditFaultKind::Missing)?;
    Ok(vec![cut_lines(text, entry.range.clone())])
}

/// The one key that a path of a flat file has.
fn key(path: &KeyPath) -> Result<&str, EditFault> {
    match path.segments() {
        [Segment::Key(key)] => Ok(key),
        _ => Err(EditFaultKind::Through(path.before(1), "a string").into()),
    }
}
