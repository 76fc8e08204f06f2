//! Whether a new text of a file has a value of the old one: those who could read the old one know
//! it still.

use crate::secret::bytes::SecretBytes;
use crate::structure::{self, Format, Tree};

/// Whether no value of the old text is in the new one. Where the format can't tell values apart,
/// the text is one value.
pub(crate) fn every_value(
    format: Option<Format>,
    before: &SecretBytes,
    after: &SecretBytes,
) -> bool {
    let format = format.filter(|format| *format != Format::Text);
    let trees = format.and_then(|format| {
        let read = |text: &SecretBytes| structure::read(format, text.expose()).ok();
        Some((read(before)?, read(after)?))
    });
    match trees {
        Some((before, after)) => {
            let (mut old, mut new) = (Vec::new(), Vec::new());
            leaves(&before, &mut old);
            leaves(&after, &mut new);
            !old.iter().any(|value| new.contains(value))
        }
        None => before != after,
    }
}

fn leaves<'t>(tree: &'t Tree, found: &mut Vec<&'t Tree>) {
    match tree {
        Tree::Table(entries) => entries.iter().for_each(|(_, value)| leaves(value, found)),
        Tree::Array(items) => items.iter().for_each(|value| leaves(value, found)),
        value => found.push(value),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_that_stays_is_known() {
        let changed =
            |format, before: &str, after: &str| every_value(format, &before.into(), &after.into());
        let toml = Some(Format::Toml);
        assert!(changed(toml, "a = 'x'\nb = 'y'", "a = 'z'"));
        assert!(!changed(toml, "a = 'x'\nb = 'y'", "a = 'z'\nc = 'y'"));
        assert!(!changed(toml, "a = 'x'", "b.c = ['x']"));
        assert!(changed(None, "a = 'x'", "a = 'y'"));
        assert!(!changed(None, "x", "x"));
    }
}
