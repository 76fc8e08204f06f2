//! A comparison for programs, as one JSON object, and for the summary page of a CI run, as
//! Markdown.

use serde_json::{Map, Value, json};
use zeroize::Zeroizing;

use super::Comparison;
use super::change::{Change, ChangeKind, Part};
use super::text::{name, summary};
use crate::diag::key_names::shown_key;
use crate::diag::phrases::printable;
use crate::diag::render::json::{pretty, without_private_keys};
use crate::secret::bytes::SecretBytes;
use crate::views::value::{MASK, revealed, scalar};

/// The comparison, indented, with a line break at the end. Without `reveal` no value is in it, nor
/// anything made of one.
/// docs/diff.md lists the fields.
pub(crate) fn json(comparison: &Comparison<'_>, reveal: bool) -> Zeroizing<String> {
    let datum = |part: &Part<'_, &SecretBytes>| {
        let key = part.key.map(|key| if reveal { key } else { shown_key(key) });
        let mut out = json!({ "key": key, "change": part.kind().name() });
        for (side, value) in [("before", part.before), ("after", part.after)] {
            if let Some(value) = value.filter(|_| reveal) {
                out[side] = revealed(value);
            }
        }
        out
    };
    let change = |change: &Change<'_>| {
        let secret = change.secret();
        json!({
            "namespace": secret.and_then(|secret| secret.namespace.as_deref()),
            "name": secret.map(|secret| secret.name.as_str()),
            "change": change.kind().name(),
            "type": secret.map(|secret| secret.type_.as_str()),
            "parts": change.plain.iter().map(|part| plain(part, reveal)).collect::<Value>(),
            "data": change.data.iter().map(datum).collect::<Value>(),
            "refused": change.refused.into_iter().collect::<Value>(),
        })
    };
    let all = json!({
        "secrets": comparison.changes.iter().map(change).collect::<Value>(),
        "summary": {
            "added": comparison.count(ChangeKind::Added),
            "removed": comparison.count(ChangeKind::Removed),
            "changed": comparison.count(ChangeKind::Changed),
            "equal": comparison.equal,
            "others": comparison.others,
        },
    });
    Zeroizing::new(pretty(&if reveal { all } else { without_private_keys(all) }))
}

fn plain(part: &Part<'_, &str>, reveal: bool) -> Value {
    let mut out = Map::new();
    out.insert("field".into(), part.field.name().into());
    let key = part.key.map(|key| if reveal { key } else { shown_key(key) });
    out.extend(key.map(|key| ("key".to_owned(), key.into())));
    out.insert("before".into(), part.shown_before(reveal).into());
    out.insert("after".into(), part.after.into());
    Value::Object(out)
}

/// Most characters of a cell: GitHub takes 1 MiB a step.
const MAX_CELL: usize = 200;

/// A heading with the counts, and a table with a row for each part that is different. Values are
/// never in it: anyone who may read the repository may read that page.
pub(crate) fn markdown(comparison: &Comparison<'_>) -> String {
    let mut out = format!("### Secrets: {}\n", summary(comparison));
    let rows: Vec<String> = comparison.changes.iter().flat_map(rows).collect();
    if rows.is_empty() {
        return out;
    }
    out.push_str("\n| Secret | | Part | Before | After |\n|---|---|---|---|---|\n");
    out + &rows.concat()
}

fn rows(change: &Change<'_>) -> Vec<String> {
    let id = cell(&change.id());
    let mut rows = Vec::new();
    for part in &change.plain {
        let cells = [part.shown_before(false), part.after]
            .map(|value| value.map(|value| cell(&scalar(value))).unwrap_or_default());
        rows.push(row(&id, part, &cells));
    }
    for part in change.data.iter().filter(|part| part.kind() != ChangeKind::Equal) {
        let cells =
            [part.before, part.after].map(|value| value.map(|_| cell(MASK)).unwrap_or_default());
        rows.push(row(&id, part, &cells));
    }
    rows.extend(change.refused.map(|why| format!("| {id} | **refused** | {why} | | |\n")));
    rows
}

fn row<V: PartialEq>(id: &str, part: &Part<'_, V>, [before, after]: &[String; 2]) -> String {
    let name = cell(&name(part, false));
    format!("| {id} | {} | {name} | {before} | {after} |\n", part.kind().name())
}

/// A text as code in a cell. HTML's `<code>`, since backticks can't hold backticks in a table and a
/// `|` would end the cell.
fn cell(text: &str) -> String {
    let text = printable(text);
    let mut out = String::from("<code>");
    for (index, c) in text.chars().enumerate() {
        if index == MAX_CELL {
            out.push('…');
            break;
        }
        match c {
            'a'..='z' | 'A'..='Z' | '0'..='9' | '.' | '/' | '-' | ' ' | '…' => out.push(c),
            c if c.is_ascii() => out.push_str(&format!("&#{};", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push_str("</code>");
    out
}

#[cfg(test)]
mod tests {
    use super::cell;

    #[test]
    fn nothing_ends_a_cell() {
        assert_eq!(cell("a|b`<i>\n"), "<code>a&#124;b&#96;&#60;i&#62;&#92;n</code>");
        assert!(cell(&"x".repeat(300)).len() < 230);
    }
}
