//! A comparison as Markdown, for the summary page of a CI run. Values are never in it: whoever may
//! read the repository may read that page.

use std::fmt::Write;

use super::text::{field, summary};
use super::{Change, ChangeKind, Comparison, MASK};
use crate::diag::phrases::{number, printable};
use crate::diag::private_keys::hidden;
use crate::emit::scalar::push_scalar;

/// Most rows of the table, and most characters of a cell: GitHub takes 1 MiB a step.
const MAX_ROWS: usize = 1000;
const MAX_CELL: usize = 200;

/// A heading with the counts, and a table with a row for each part that is different.
pub(crate) fn render(comparison: &Comparison<'_>) -> String {
    let mut out = format!("### Secrets: {}\n", summary(comparison));
    let rows: Vec<String> = comparison.changes.iter().flat_map(rows).collect();
    if rows.is_empty() {
        return out;
    }
    out.push_str("\n| Secret | | Part | Before | After |\n|---|---|---|---|---|\n");
    rows.iter().take(MAX_ROWS).for_each(|row| out.push_str(row));
    if rows.len() > MAX_ROWS {
        // Writing into a String does not fail.
        let _ = writeln!(
            out,
            "\nand {} more rows; `mintage diff` shows all of them",
            number(rows.len() - MAX_ROWS)
        );
    }
    out
}

fn rows(change: &Change<'_>) -> Vec<String> {
    let id = cell(&change.id());
    let row = |kind: ChangeKind, part: &str, before: &str, after: &str| {
        format!("| {id} | {} | {part} | {before} | {after} |\n", kind.name())
    };
    let mut rows = Vec::new();
    for part in &change.plain {
        let value =
            |value: Option<&str>| value.map(|value| cell(&scalar(value))).unwrap_or_default();
        rows.push(row(
            part.kind(),
            &cell(&field(part.field)),
            &value(part.before),
            &value(part.after),
        ));
    }
    for datum in change.data.iter().filter(|datum| datum.kind() != ChangeKind::Equal) {
        let mask = |there: bool| if there { cell(MASK) } else { String::new() };
        rows.push(row(
            datum.kind(),
            &cell(&format!("data {}", datum.key)),
            &mask(datum.before.is_some()),
            &mask(datum.after.is_some()),
        ));
    }
    rows.extend(
        change
            .refusals
            .iter()
            .map(|refusal| format!("| {id} | **refused** | {} | | |\n", refusal.words())),
    );
    rows
}

/// A value as YAML writes it on one line.
fn scalar(value: &str) -> String {
    let mut out = String::new();
    push_scalar(&mut out, &hidden(value));
    out
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
        assert_eq!(cell("***"), "<code>&#42;&#42;&#42;</code>");
        assert!(cell(&"x".repeat(300)).len() < 230);
    }
}
