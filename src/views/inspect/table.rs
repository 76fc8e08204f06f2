//! The Secrets of specs as a table that fits a terminal, and as JSON.

use serde_json::{Value, json};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::{Hash, Inspected, ValueOrigin, needs, opens};
use crate::diag::phrases::printable;
use crate::diag::render::json::without_private_keys;

const HEAD: [&str; 7] = ["NAMESPACE", "NAME", "TYPE", "KEYS", "SOURCES", "NEEDS", "OPENS"];
const GAP: usize = 2;
/// No column is made narrower than this.
const NARROWEST: usize = 6;

/// A table with a line for each Secret; `width` is that of the terminal, without one nothing is
/// cut.
pub(crate) fn table(secrets: &[Inspected], width: Option<usize>) -> String {
    let rows: Vec<[String; 7]> =
        secrets.iter().map(|inspected| row(inspected).map(|cell| printable(&cell))).collect();
    let head = HEAD.map(str::to_owned);
    let mut widths = [0; 7];
    for row in std::iter::once(&head).chain(&rows) {
        for (column, cell) in widths.iter_mut().zip(row) {
            *column = (*column).max(cell.width());
        }
    }
    if let Some(width) = width {
        narrow(&mut widths, width);
    }
    let mut out = String::new();
    for row in std::iter::once(&head).chain(&rows) {
        let mut line = String::new();
        for (cell, width) in row.iter().zip(widths) {
            let cell = cut(cell, width);
            line.push_str(&cell);
            line.extend(std::iter::repeat_n(' ', width - cell.width().min(width) + GAP));
        }
        out.push_str(line.trim_end());
        out.push('\n');
    }
    out
}

fn row(inspected: &Inspected) -> [String; 7] {
    let secret = &inspected.secret;
    let mut keys: Vec<&str> = inspected.keys.iter().map(|key| key.name.as_str()).collect();
    keys.extend(inspected.more_keys.then_some("..."));
    let mut sources: Vec<String> = inspected.files.keys().map(ValueOrigin::words).collect();
    if inspected.keys.iter().any(|key| key.from.is_empty()) {
        sources.push("inline".to_owned());
    }
    [
        secret.namespace.clone().unwrap_or_else(|| "-".to_owned()),
        name(inspected),
        secret.type_.clone(),
        dash(keys.join(",")),
        dash(sources.join(", ")),
        dash(needs(&inspected.files)),
        opens(&inspected.files).map_or("-", |opens| opens.name()).to_owned(),
    ]
}

/// The name, with `*` for a hash that is not known.
pub(crate) fn name(inspected: &Inspected) -> String {
    let more = if inspected.hash == Hash::Unknown { "-*" } else { "" };
    format!("{}{more}", inspected.secret.name)
}

fn dash(text: String) -> String {
    if text.is_empty() { "-".to_owned() } else { text }
}

/// Makes columns narrower until all fit, or none can give more. Keys and sources give first, then
/// the type: a name is what people copy.
fn narrow(widths: &mut [usize; 7], width: usize) {
    let room = width.saturating_sub(GAP * (HEAD.len() - 1));
    for (columns, least) in [(3..5, 2 * NARROWEST), (2..5, 2 * NARROWEST), (0..7, NARROWEST)] {
        while widths.iter().sum::<usize>() > room {
            let widest =
                widths.get_mut(columns.clone()).and_then(|columns| columns.iter_mut().max());
            let Some(widest) = widest.filter(|widest| **widest > least) else { break };
            *widest -= 1;
        }
    }
}

/// A cell that is no wider than `width`, with an ellipsis where something is missing.
fn cut(cell: &str, width: usize) -> String {
    if cell.width() <= width {
        return cell.to_owned();
    }
    let mut out = String::new();
    let mut used = 0;
    for c in cell.chars() {
        used += c.width().unwrap_or(0);
        // One column is for the ellipsis.
        if used >= width {
            break;
        }
        out.push(c);
    }
    out.push('…');
    out
}

/// The same for programs: an array with an object for each Secret.
pub(crate) fn json(secrets: &[Inspected]) -> Value {
    let one = |inspected: &Inspected| {
        let secret = &inspected.secret;
        let keys = inspected.keys.iter().map(|key| {
            let from: Vec<_> = key.from.iter().map(ValueOrigin::words).collect();
            json!({ "key": key.name, "from": from })
        });
        json!({
            "namespace": secret.namespace,
            "name": name(inspected),
            "type": secret.type_,
            "keys": keys.collect::<Vec<_>>(),
            "moreKeys": inspected.more_keys,
            "files": files(inspected),
        })
    };
    without_private_keys(secrets.iter().map(one).collect())
}

/// What the values come out of: `source`, `recipients` with how many there are of each kind,
/// `opens`.
pub(crate) fn files(inspected: &Inspected) -> Value {
    let file = |(origin, state): (&ValueOrigin, &super::State)| {
        let mut recipients = serde_json::Map::new();
        for (addressee, count) in &state.addressees {
            let entry =
                recipients.entry(super::recipient_kind(addressee)).or_insert_with(|| 0.into());
            *entry = (entry.as_u64().unwrap_or_default() + *count as u64).into();
        }
        json!({ "source": origin.words(), "recipients": recipients, "opens": state.opens.name() })
    };
    inspected.files.iter().map(file).collect()
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

    #[test]
    fn names_are_cut_last() {
        let mut widths = [9, 10, 20, 100, 50, 5, 5];
        narrow(&mut widths, 101);
        assert_eq!(widths, [9, 10, 20, 20, 20, 5, 5]);
        narrow(&mut widths, 80);
        assert_eq!(widths, [9, 10, 15, 12, 12, 5, 5]);
        let mut widths = [50; 7];
        narrow(&mut widths, 1);
        assert_eq!(widths, [NARROWEST; 7]);
    }
}
