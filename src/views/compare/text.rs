//! A comparison for people: a line a part, marked `+`, `-` and `~` as in diffs; values masked, or
//! shown on request.

use zeroize::Zeroizing;

use super::lines::{Line, side_by_side};
use super::{Change, ChangeKind, ChangedField, Comparison, DataChange, MASK, MetadataChange};
use crate::diag::phrases::{plural, printable};
use crate::diag::private_keys::hidden;
use crate::emit::scalar::push_scalar;
use crate::secret::bytes::SecretBytes;
use crate::views::value::{DisplayedValue, shown};

#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct DiffStyle {
    pub color: bool,
    pub reveal: bool,
}

/// Lines of text around a difference.
const CONTEXT: usize = 3;

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
    let count = |kind| comparison.changes.iter().filter(|change| change.kind() == kind).count();
    let mut summary = if comparison.changes.is_empty() {
        format!("no difference in {}", plural(comparison.equal, "Secret"))
    } else {
        let (added, removed, changed) =
            (count(ChangeKind::Added), count(ChangeKind::Removed), count(ChangeKind::Changed));
        format!("{added} added, {removed} removed, {changed} changed, {} equal", comparison.equal)
    };
    if comparison.others > 0 {
        summary.push_str(&format!(
            "; {} of the cluster not compared",
            plural(comparison.others, "other Secret")
        ));
    }
    if comparison.unplaced > 0 {
        summary.push_str(&format!(
            "; {} without a namespace in the spec are there in one, so name it: `--namespace`",
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
        let type_ = change.secret().map_or("", |secret| secret.type_.as_str());
        let head = match change.kind() {
            ChangeKind::Changed => printable(&change.id()),
            _ => format!("{} ({})", printable(&change.id()), printable(type_)),
        };
        self.line(change.kind(), 0, &head);
        // The type of a Secret that comes or goes stands beside its name.
        let one_sided = change.kind() != ChangeKind::Changed;
        for part in
            change.plain.iter().filter(|part| !(one_sided && part.field == ChangedField::Type))
        {
            self.line(part.kind(), 4, &plain(part));
        }
        for datum in &change.data {
            self.datum(datum);
        }
        for refusal in &change.refusals {
            self.text.push_str("    ! ");
            self.text.push_str(refusal.words());
            self.text.push('\n');
        }
        self.text.push('\n');
    }

    fn datum(&mut self, datum: &DataChange<'_>) {
        let key = format!("data {}", printable(datum.key));
        if !self.style.reveal || datum.kind() == ChangeKind::Equal {
            let value = match datum.kind() {
                ChangeKind::Changed => format!("{MASK} -> {MASK} (another value)"),
                ChangeKind::Equal => format!("{MASK} (same value)"),
                ChangeKind::Added | ChangeKind::Removed => MASK.to_owned(),
            };
            return self.line(datum.kind(), 4, &format!("{key}: {value}"));
        }
        let (before, after) = (datum.before.map(shown), datum.after.map(shown));
        let lines = |side: &Option<DisplayedValue<'_>>| match side {
            Some(DisplayedValue::Text(text)) => text.contains('\n'),
            _ => false,
        };
        if lines(&before) || lines(&after) {
            self.line(datum.kind(), 4, &format!("{key}:"));
            let (before, after) = (one_text(before.as_ref()), one_text(after.as_ref()));
            return self.lines(before, after, datum.kind());
        }
        let values: Vec<Zeroizing<String>> =
            [datum.before, datum.after].into_iter().flatten().map(one_line).collect();
        let values = Zeroizing::new(
            values.iter().map(|value| value.as_str()).collect::<Vec<_>>().join(" -> "),
        );
        self.line(datum.kind(), 4, &Zeroizing::new(format!("{key}: {}", *values)));
    }

    /// A text of several lines, as far as it changes.
    fn lines(&mut self, before: &str, after: &str, kind: ChangeKind) {
        let lines = side_by_side(before, after);
        let differs: Vec<usize> = lines
            .iter()
            .enumerate()
            .filter(|(_, line)| !matches!(line, Line::Same(_)))
            .map(|(index, _)| index)
            .collect();
        let near = |index: usize| {
            let next = differs.partition_point(|other| *other + CONTEXT < index);
            differs.get(next).is_some_and(|other| *other <= index + CONTEXT)
        };
        let ends_differ =
            kind == ChangeKind::Changed && before.ends_with('\n') != after.ends_with('\n');
        let mut left_out = 0;
        for (index, line) in lines.iter().enumerate() {
            if !near(index) {
                left_out += 1;
                continue;
            }
            self.left_out(&mut left_out);
            let (kind, text) = match line {
                Line::Same(text) => (ChangeKind::Equal, text),
                Line::Old(text) => (ChangeKind::Removed, text),
                Line::New(text) => (ChangeKind::Added, text),
            };
            self.line(kind, 6, text.trim_end_matches('\n'));
            if ends_differ && !text.ends_with('\n') {
                self.text.push_str("      \\ no line break at the end\n");
            }
        }
        self.left_out(&mut left_out);
    }

    fn left_out(&mut self, count: &mut usize) {
        if *count > 0 {
            self.text.push_str(&format!("        ... {}\n", plural(*count, "equal line")));
        }
        *count = 0;
    }

    fn line(&mut self, kind: ChangeKind, indent: usize, text: &str) {
        let (mark, color) = match kind {
            ChangeKind::Added => ('+', "\u{1b}[32m"),
            ChangeKind::Removed => ('-', "\u{1b}[31m"),
            ChangeKind::Changed => ('~', "\u{1b}[33m"),
            ChangeKind::Equal => (' ', ""),
        };
        let color = if self.style.color { color } else { "" };
        self.text.push_str(color);
        self.text.extend(std::iter::repeat_n(' ', indent));
        self.text.push(mark);
        self.text.push(' ');
        self.text.push_str(text);
        if !color.is_empty() {
            self.text.push_str("\u{1b}[0m");
        }
        self.text.push('\n');
    }
}

/// What JSON and text call a public part.
pub(crate) fn field(field: ChangedField<'_>) -> String {
    match field {
        ChangedField::Name => "name".to_owned(),
        ChangedField::Type => "type".to_owned(),
        ChangedField::Immutable => "immutable".to_owned(),
        ChangedField::Label(key) => format!("label {}", printable(key)),
        ChangedField::Annotation(key) => format!("annotation {}", printable(key)),
    }
}

fn plain(part: &MetadataChange<'_>) -> String {
    let mut text = format!("{}: ", field(part.field));
    for (index, value) in [part.before, part.after].into_iter().flatten().enumerate() {
        text.push_str(if index == 0 { "" } else { " -> " });
        match part.field {
            ChangedField::Immutable => text.push_str(value),
            _ => push_scalar(&mut text, &hidden(value)),
        }
    }
    text
}

fn one_text<'t>(side: Option<&'t DisplayedValue<'_>>) -> &'t str {
    match side {
        Some(DisplayedValue::Text(text)) => text,
        Some(DisplayedValue::Base64(text)) => text,
        None => "",
    }
}

fn one_line(value: &SecretBytes) -> Zeroizing<String> {
    let mut out = Zeroizing::new(String::with_capacity(2 * value.len() + 40));
    match shown(value) {
        DisplayedValue::Text(text) => push_scalar(&mut out, text),
        DisplayedValue::Base64(text) => {
            out.push_str("base64 ");
            out.push_str(&text);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secret::Secret;

    fn revealed(before: &str, after: &[u8]) -> String {
        let secret = |value: SecretBytes| Secret {
            name: "a".into(),
            type_: "Opaque".into(),
            data: [("k".into(), value)].into(),
            ..Secret::default()
        };
        let (before, after) = (secret(before.into()), secret(after.into()));
        let change = Change::between(&before, &after, false).into_iter().collect();
        let comparison = Comparison { changes: change, ..Comparison::default() };
        let text = render(&comparison, DiffStyle { color: false, reveal: true });
        text.lines()
            .skip(1)
            .take_while(|line| !line.is_empty())
            .map(|line| format!("{}\n", line.strip_prefix("    ").unwrap_or(line)))
            .collect()
    }

    #[test]
    fn lines_around_a_difference() {
        let before = "1\n2\n3\n4\n5\n6\n7\n8\n9\n";
        let after = before.replace('5', "five");
        let expected = "~ data k:\n    ... 1 equal line\n    2\n    3\n    4\n  - 5\n  + five\n    \
            6\n    7\n    8\n    ... 1 equal line\n";
        assert_eq!(revealed(before, after.as_bytes()), expected);
    }

    #[test]
    fn a_line_break_at_the_end_is_seen() {
        assert_eq!(
            revealed("a", b"a\n"),
            "~ data k:\n  - a\n  \\ no line break at the end\n  + a\n"
        );
        assert_eq!(revealed("a\nb", b"a\nc"), "~ data k:\n    a\n  - b\n  + c\n");
    }

    #[test]
    fn what_is_no_text_and_what_steers_a_terminal() {
        assert_eq!(revealed("a b", b"\xff"), "~ data k: \"a b\" -> base64 /w==\n");
        assert_eq!(revealed("\u{1b}[2J", b"a"), "~ data k: base64 G1sySg== -> a\n");
    }
}
