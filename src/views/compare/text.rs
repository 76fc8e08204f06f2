//! A comparison for people: a line a part, marked `+`, `-` and `~` as in diffs; values masked, or
//! shown on request.

use similar::{Algorithm, ChangeTag, DiffOp, capture_diff_slices, group_diff_ops};
use zeroize::Zeroizing;

use super::Comparison;
use super::change::{Change, ChangeKind, Field, Part};
use crate::diag::key_names::shown_key;
use crate::diag::phrases::{plural, printable};
use crate::secret::bytes::SecretBytes;
use crate::views::value::{DisplayedValue, MASK, one_line, scalar, shown};

#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct DiffStyle {
    pub color: bool,
    pub reveal: bool,
}

const CONTEXT: usize = 3;

/// Most lines of two texts that are compared; of more, all count as replaced. The work grows with
/// their square where nothing is equal.
const MAX_LINES: usize = 20_000;

/// The comparison as text: a block for each Secret that is different, and a last line that counts.
pub(crate) fn render(comparison: &Comparison<'_>, style: DiffStyle) -> Zeroizing<String> {
    let mut out = Out { text: Zeroizing::new(String::new()), style };
    for change in &comparison.changes {
        out.change(change);
    }
    out.text.push_str(&summary(comparison));
    out.text.push('\n');
    out.text
}

pub(crate) fn summary(comparison: &Comparison<'_>) -> String {
    let mut summary = if comparison.changes.is_empty() {
        format!("no difference in {}", plural(comparison.equal, "Secret"))
    } else {
        format!(
            "{} added, {} removed, {} changed, {} unchanged",
            comparison.count(ChangeKind::Added),
            comparison.count(ChangeKind::Removed),
            comparison.count(ChangeKind::Changed),
            comparison.equal
        )
    };
    if comparison.others > 0 {
        let others = plural(comparison.others, "other Secret");
        let were = if comparison.others == 1 { "was" } else { "were" };
        summary.push_str(&format!("; {others} in the cluster {were} not compared"));
    }
    if comparison.unplaced > 0 {
        summary.push_str(&format!(
            "; {} without a namespace in the spec already exist in one: pass it with `--namespace`",
            plural(comparison.unplaced, "Secret")
        ));
    }
    summary
}

struct Out {
    text: Zeroizing<String>,
    style: DiffStyle,
}

impl Out {
    fn change(&mut self, change: &Change<'_>) {
        let (kind, id) = (change.kind(), printable(&change.id()));
        // The type of a Secret that comes or goes stands beside its name.
        let one_sided = kind != ChangeKind::Changed;
        match change.secret().filter(|_| one_sided) {
            Some(secret) => self.line(kind, 0, &format!("{id} ({})", printable(&secret.type_))),
            None => self.line(kind, 0, &id),
        }
        for part in &change.plain {
            if !(one_sided && part.field == Field::Type) {
                let before = part.shown_before(self.style.reveal);
                let values = [before, part.after].into_iter().flatten().map(|value| {
                    if part.field == Field::Immutable { value.to_owned() } else { scalar(value) }
                });
                let values = values.collect::<Vec<_>>().join(" -> ");
                self.line(part.kind(), 4, &format!("{}: {values}", name(part, self.style.reveal)));
            }
        }
        for part in &change.data {
            self.datum(part);
        }
        if let Some(why) = change.refused {
            self.text.push_str(&format!("    ! {why}\n"));
        }
        self.text.push('\n');
    }

    fn datum(&mut self, part: &Part<'_, &SecretBytes>) {
        let (kind, name) = (part.kind(), name(part, self.style.reveal));
        if !self.style.reveal || kind == ChangeKind::Equal {
            let value = match kind {
                ChangeKind::Changed => format!("{MASK} -> {MASK} (changed)"),
                ChangeKind::Equal => format!("{MASK} (unchanged)"),
                ChangeKind::Added | ChangeKind::Removed => MASK.to_owned(),
            };
            return self.line(kind, 4, &format!("{name}: {value}"));
        }
        let sides = [part.before, part.after].map(|value| value.map(shown));
        let has_lines = |side: &Option<DisplayedValue<'_>>| match side {
            Some(DisplayedValue::Text(text)) => text.contains('\n'),
            _ => false,
        };
        if sides.iter().any(has_lines) {
            self.line(kind, 4, &format!("{name}:"));
            let [before, after] = &sides;
            return self.lines(text_of(before), text_of(after), kind);
        }
        let values: Vec<Zeroizing<String>> =
            [part.before, part.after].into_iter().flatten().map(one_line).collect();
        let mut line = Zeroizing::new(String::with_capacity(
            name.len() + 8 + values.iter().map(|value| value.len()).sum::<usize>(),
        ));
        line.extend([name.as_str(), ": "]);
        for (index, value) in values.iter().enumerate() {
            line.extend([if index == 0 { "" } else { " -> " }, value.as_str()]);
        }
        self.line(kind, 4, &line);
    }

    fn lines(&mut self, before: &str, after: &str, kind: ChangeKind) {
        let old: Vec<&str> = before.split_inclusive('\n').collect();
        let new: Vec<&str> = after.split_inclusive('\n').collect();
        let operations = if old.len() + new.len() > MAX_LINES {
            let (old_len, new_len) = (old.len(), new.len());
            vec![DiffOp::Replace { old_index: 0, old_len, new_index: 0, new_len }]
        } else {
            capture_diff_slices(Algorithm::Myers, &old, &new)
        };
        let ends_differ =
            kind == ChangeKind::Changed && before.ends_with('\n') != after.ends_with('\n');
        let mut done = 0;
        for group in group_diff_ops(operations, CONTEXT) {
            for operation in group {
                self.left_out(operation.old_range().start - done);
                done = operation.old_range().end;
                for change in operation.iter_changes(&old, &new) {
                    let kind = match change.tag() {
                        ChangeTag::Equal => ChangeKind::Equal,
                        ChangeTag::Delete => ChangeKind::Removed,
                        ChangeTag::Insert => ChangeKind::Added,
                    };
                    let text = change.value();
                    self.line(kind, 6, text.trim_end_matches('\n'));
                    if ends_differ && !text.ends_with('\n') {
                        self.text.push_str("      \\ no line break at the end\n");
                    }
                }
            }
        }
        self.left_out(old.len() - done);
    }

    fn left_out(&mut self, count: usize) {
        if count > 0 {
            self.text.push_str(&format!("        ... {}\n", plural(count, "unchanged line")));
        }
    }

    fn line(&mut self, kind: ChangeKind, indent: usize, text: &str) {
        let (mark, color) = match kind {
            ChangeKind::Added => ("+ ", "\u{1b}[32m"),
            ChangeKind::Removed => ("- ", "\u{1b}[31m"),
            ChangeKind::Changed => ("~ ", "\u{1b}[33m"),
            ChangeKind::Equal => ("  ", ""),
        };
        let color = if self.style.color { color } else { "" };
        let reset = if color.is_empty() { "" } else { "\u{1b}[0m" };
        self.text.push_str(color);
        self.text.extend(std::iter::repeat_n(' ', indent));
        self.text.extend([mark, text, reset, "\n"]);
    }
}

pub(crate) fn name<V>(part: &Part<'_, V>, reveal: bool) -> String {
    match part.key.map(|key| if reveal { key } else { shown_key(key) }) {
        Some(key) => format!("{} {}", part.field.name(), printable(key)),
        None => part.field.name().to_owned(),
    }
}

fn text_of<'t>(side: &'t Option<DisplayedValue<'_>>) -> &'t str {
    match side {
        Some(DisplayedValue::Text(text)) => text,
        Some(DisplayedValue::Base64(text)) => text,
        None => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secret::Secret;

    fn revealed(before: &str, after: &[u8]) -> String {
        let secret = |value: SecretBytes| Secret {
            name: "a".into(),
            data: [("k".into(), value)].into(),
            ..Secret::default()
        };
        let (before, after) = (secret(before.into()), secret(after.into()));
        let changes = vec![Change::of(Some(&before), Some(&after), false)];
        let comparison = Comparison { changes, ..Comparison::default() };
        let text = render(&comparison, DiffStyle { color: false, reveal: true });
        let lines: Vec<&str> = text.lines().skip(1).take_while(|line| !line.is_empty()).collect();
        lines.join("\n").replace("\n    ", "\n")
    }

    #[test]
    fn lines_around_a_difference() {
        let before = "1\n2\n3\n4\n5\n6\n7\n8\n9\n";
        let after = before.replace('5', "five");
        let expected = "    ~ data k:\n    ... 1 unchanged line\n    2\n    3\n    4\n  - 5\n  + \
            five\n    6\n    7\n    8\n    ... 1 unchanged line";
        assert_eq!(revealed(before, after.as_bytes()), expected);
        let expected = "    ~ data k:\n  - a\n  \\ no line break at the end\n  + a";
        assert_eq!(revealed("a", b"a\n"), expected);
        assert_eq!(revealed("a\nb", b"a\nc"), "    ~ data k:\n    a\n  - b\n  + c");
        assert_eq!(revealed("a b", b"\xff"), "    ~ data k: \"a b\" -> base64 /w==");
    }
}
