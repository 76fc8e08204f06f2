//! The Secrets of specs as a table, and as JSON.

use std::{collections::BTreeSet, iter};

use serde_json::{Value, json};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::{Inspected, words};
use crate::diag::key_names::shown_key;
use crate::diag::{phrases::printable, render::json::without_private_keys};
use crate::views::columns::columns;

const HEAD: [&str; 7] = ["NAMESPACE", "NAME", "TYPE", "KEYS", "SOURCES", "NEEDS", "OPENS"];
/// On a terminal, lists of keys and of sources take no more columns than this.
const WIDEST_LIST: usize = 32;

/// A table with a line for each Secret. On a terminal long lists are cut.
pub(crate) fn table(secrets: &[Inspected], is_terminal: bool) -> String {
    let mut rows: Vec<[String; 7]> =
        iter::once(HEAD.map(str::to_owned)).chain(secrets.iter().map(row)).collect();
    for row in &mut rows {
        if let [_, _, _, keys, sources, ..] = row
            && is_terminal
        {
            *keys = cut(keys, WIDEST_LIST);
            *sources = cut(sources, WIDEST_LIST);
        }
    }
    columns(&rows)
}

fn row(inspected: &Inspected) -> [String; 7] {
    let secret = &inspected.secret;
    let mut keys: Vec<&str> = inspected.keys.iter().map(|key| shown_key(&key.name)).collect();
    keys.extend(inspected.more_keys.then_some("..."));
    let mut sources: Vec<String> = inspected.files.keys().map(words).collect();
    if inspected.keys.iter().any(|key| key.from.is_empty()) {
        sources.push("inline".to_owned());
    }
    let kinds: BTreeSet<&String> =
        inspected.files.values().flat_map(|state| state.recipients.keys()).collect();
    let needs: Vec<&str> = kinds.into_iter().map(String::as_str).collect();
    // The worst of what is known about the files.
    let opens = inspected.files.values().map(|state| state.opens).max();
    let row = [
        secret.namespace.clone().unwrap_or_default(),
        inspected.name(),
        secret.type_.clone(),
        keys.join(","),
        sources.join(", "),
        needs.join("+"),
        opens.map_or("", |opens| opens.name()).to_owned(),
    ];
    row.map(|cell| if cell.is_empty() { "-".to_owned() } else { printable(&cell) })
}

/// A cell that is no wider than `width`, with an ellipsis where something is missing.
fn cut(cell: &str, width: usize) -> String {
    if cell.width() <= width {
        return cell.to_owned();
    }
    let mut used = 0;
    // One column is for the ellipsis.
    let fits = |c: &char| {
        used += c.width().unwrap_or(0);
        used < width
    };
    cell.chars().take_while(fits).chain(['…']).collect()
}

/// The same for programs: an array with an object for each Secret.
pub(crate) fn json(secrets: &[Inspected]) -> Value {
    let one = |inspected: &Inspected| {
        let secret = &inspected.secret;
        let keys = inspected.keys.iter().map(|key| {
            let from: Value = key.from.iter().map(words).collect();
            json!({ "key": shown_key(&key.name), "from": from })
        });
        json!({
            "namespace": secret.namespace,
            "name": inspected.name(),
            "type": secret.type_,
            "keys": keys.collect::<Value>(),
            "moreKeys": inspected.more_keys,
            "files": files(inspected),
        })
    };
    without_private_keys(secrets.iter().map(one).collect())
}

pub(crate) fn files(inspected: &Inspected) -> Value {
    let files = inspected.files.iter().map(|(origin, state)| {
        json!({
            "source": words(origin),
            "recipients": state.recipients,
            "opens": state.opens.name(),
        })
    });
    files.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_cut_by_columns_of_the_terminal() {
        assert_eq!(cut("abcdef", 6), "abcdef");
        assert_eq!(cut("abcdef", 5), "abcd…");
        // Each of these takes two columns, so that the third does not fit beside the ellipsis.
        assert_eq!(cut("秘密鍵束", 6), "秘密…");
    }
}
