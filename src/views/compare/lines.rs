//! The lines of two texts side by side: which stay, go and come. A longest common subsequence, with
//! a bound on the work.

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Line<'t> {
    Same(&'t str),
    Old(&'t str),
    New(&'t str),
}

/// Most pairs of lines that are compared; above that, all between the common ends counts as
/// replaced.
const MAX_PAIRS: usize = 4_000_000;

/// The lines of both texts, each once, in order. Texts are cut with their line breaks.
pub(crate) fn side_by_side<'t>(before: &'t str, after: &'t str) -> Vec<Line<'t>> {
    let old: Vec<&str> = before.split_inclusive('\n').collect();
    let new: Vec<&str> = after.split_inclusive('\n').collect();
    let head = old.iter().zip(&new).take_while(|(old, new)| old == new).count();
    let room = old.len().min(new.len()) - head;
    let tail = old
        .iter()
        .rev()
        .zip(new.iter().rev())
        .take(room)
        .take_while(|(old, new)| old == new)
        .count();
    let middle =
        |lines: &[&'t str]| lines.get(head..lines.len() - tail).unwrap_or_default().to_vec();
    let mut lines: Vec<Line<'t>> = old.iter().take(head).map(|line| Line::Same(line)).collect();
    push_middle(&middle(&old), &middle(&new), &mut lines);
    lines.extend(old.iter().skip(old.len() - tail).map(|line| Line::Same(line)));
    lines
}

fn push_middle<'t>(old: &[&'t str], new: &[&'t str], lines: &mut Vec<Line<'t>>) {
    let columns = new.len() + 1;
    if old.is_empty() || new.is_empty() || old.len().saturating_mul(new.len()) > MAX_PAIRS {
        lines.extend(old.iter().map(|line| Line::Old(line)));
        lines.extend(new.iter().map(|line| Line::New(line)));
        return;
    }
    // How many lines the rests from here have in common, row by row.
    let mut common = vec![0_u32; (old.len() + 1) * columns];
    let at = |common: &[u32], row: usize, column: usize| {
        common.get(row * columns + column).copied().unwrap_or_default()
    };
    for (row, line) in old.iter().enumerate().rev() {
        for (column, other) in new.iter().enumerate().rev() {
            let best = if line == other {
                at(&common, row + 1, column + 1) + 1
            } else {
                at(&common, row + 1, column).max(at(&common, row, column + 1))
            };
            if let Some(slot) = common.get_mut(row * columns + column) {
                *slot = best;
            }
        }
    }
    let (mut row, mut column) = (0, 0);
    loop {
        match (old.get(row), new.get(column)) {
            (Some(line), Some(other)) if line == other => {
                lines.push(Line::Same(line));
                (row, column) = (row + 1, column + 1);
            }
            (Some(line), other)
                if other.is_none()
                    || at(&common, row + 1, column) >= at(&common, row, column + 1) =>
            {
                lines.push(Line::Old(line));
                row += 1;
            }
            (_, Some(line)) => {
                lines.push(Line::New(line));
                column += 1;
            }
            (_, None) => return,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn shown(before: &str, after: &str) -> String {
        let mark = |line: &Line<'_>| match line {
            Line::Same(text) => format!(" {text}"),
            Line::Old(text) => format!("-{text}"),
            Line::New(text) => format!("+{text}"),
        };
        side_by_side(before, after).iter().map(mark).collect()
    }

    #[test]
    fn each_line_once() {
        assert_eq!(shown("a\nb\nc\n", "a\nx\nc\nd\n"), " a\n-b\n+x\n c\n+d\n");
        assert_eq!(shown("a\n", "a\na\n"), " a\n+a\n");
        assert_eq!(shown("a\n", "a"), "-a\n+a");
        assert_eq!(shown("", ""), "");
    }

    proptest! {
        #![proptest_config(crate::unit::support::tried(256, module_path!()))]
        #[test]
        fn both_texts_come_back(before in "[ab\n]{0,20}", after in "[ab\n]{0,20}") {
            let lines = side_by_side(&before, &after);
            let (mut old, mut new) = (String::new(), String::new());
            for line in &lines {
                if let Line::Same(text) | Line::Old(text) = line {
                    old.push_str(text);
                }
                if let Line::Same(text) | Line::New(text) = line {
                    new.push_str(text);
                }
            }
            prop_assert_eq!(old, before);
            prop_assert_eq!(new, after);
        }
    }
}
