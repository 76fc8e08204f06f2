//! Where a recipient was most likely mistyped. Bech32's checksum can tell the place of a single
//! mistake in a short key (BIP 173, "Checksum design"); what should stand there is not said, since a
//! correction that is wrong would be a key of somebody else.

use std::ops::Range;

use super::recipient::human_part;

const CHARACTERS: &str = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";

/// Longest text in which mistakes are searched. The checksum tells places apart up to 1,023
/// characters; post-quantum recipients have 1,959.
const MAX_SEARCHED: usize = 200;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mistake {
    /// The character at this byte is not one that recipients have.
    Foreign(usize),
    /// The one at this byte should be another.
    Wrong(usize),
    /// This one and the next changed places.
    Swapped(usize),
    /// One is missing before this byte.
    Missing(usize),
    /// The one at this byte is too much.
    Extra(usize),
}

impl Mistake {
    /// The bytes of the text to point at.
    pub(crate) fn range(self) -> Range<usize> {
        match self {
            Self::Foreign(at) | Self::Wrong(at) | Self::Extra(at) => at..at + 1,
            Self::Swapped(at) => at..at + 2,
            Self::Missing(at) => at.saturating_sub(1)..at,
        }
    }

    pub(crate) fn words(self, text: &str) -> String {
        match self {
            Self::Foreign(at) => {
                let is_upper = text.as_bytes().get(at).is_some_and(u8::is_ascii_uppercase);
                let why = if is_upper { "is in upper case" } else { "does not occur in recipients" };
                format!("character {} {why}", at + 1)
            }
            Self::Wrong(at) => format!("character {} is probably wrong", at + 1),
            Self::Swapped(at) => {
                format!("characters {} and {} are probably swapped", at + 1, at + 2)
            }
            Self::Missing(at) => format!("a character is probably missing after character {at}"),
            Self::Extra(at) => format!("character {} is probably one too many", at + 1),
        }
    }
}

/// The one mistake that explains why `text`, which begins with `age1`, is not a recipient. `None`
/// if there are several, or it can't be told.
pub(crate) fn find(text: &str) -> Option<Mistake> {
    if !text.is_ascii() {
        return None;
    }
    let separator = text.rfind('1')?;
    let is_foreign = |c: char| c.is_ascii_uppercase() || !CHARACTERS.contains(c);
    let (_, data) = text.split_at(separator + 1);
    let foreign = data.find(is_foreign).map(|at| separator + 1 + at);
    let foreign = foreign.or(text.find(|c: char| c.is_ascii_uppercase()));
    if let Some(at) = foreign {
        return Some(Mistake::Foreign(at));
    }
    if text.len() > MAX_SEARCHED {
        return None;
    }
    let start = separator + 1;
    let explanations = (start..=text.len()).flat_map(|at| at_place(text, at));
    let mut found: Vec<Mistake> = explanations.collect();
    // One of two that are alike can be either.
    found.dedup_by_key(|mistake| std::mem::discriminant(mistake));
    match found.as_slice() {
        [one] => Some(*one),
        _ => None,
    }
}

/// Mistakes at one place that explain the text.
fn at_place(text: &str, at: usize) -> Vec<Mistake> {
    let bytes = text.as_bytes();
    let (before, rest) = bytes.split_at(at);
    let is_whole = |parts: &[&[u8]]| {
        let text = String::from_utf8(parts.concat()).unwrap_or_default();
        human_part(&text).is_some_and(|human| has_its_length(&human, text.len()))
    };
    let mut found = Vec::new();
    if let Some((here, after)) = rest.split_first() {
        let others = CHARACTERS.bytes().filter(|other| other != here);
        if others.into_iter().any(|other| is_whole(&[before, &[other], after])) {
            found.push(Mistake::Wrong(at));
        }
        if is_whole(&[before, after]) {
            found.push(Mistake::Extra(at));
        }
        if let Some((next, after)) = after.split_first()
            && next != here
            && is_whole(&[before, &[*next, *here], after])
        {
            found.push(Mistake::Swapped(at));
        }
    }
    if CHARACTERS.bytes().any(|missing| is_whole(&[before, &[missing], rest])) {
        found.push(Mistake::Missing(at));
    }
    found
}

/// Native recipients have 32 bytes, those of P-256 keys in hardware 33.
fn has_its_length(human: &str, length: usize) -> bool {
    match human {
        "age" => length == 62,
        "age1tag" => length == 67,
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p";

    #[test]
    fn single_mistakes_are_found() {
        let start = 4;
        for at in (start..KEY.len()).step_by(9) {
            let (before, rest) = KEY.split_at(at);
            let (here, after) = rest.split_at(1);
            let other = if here == "q" { "p" } else { "q" };
            let text = format!("{before}{other}{after}");
            assert_eq!(find(&text), Some(Mistake::Wrong(at)), "{text}");
            let found = find(&format!("{before}{after}"));
            assert!(matches!(found, Some(Mistake::Missing(_))), "{at}: {found:?}");
            let found = find(&format!("{before}z{rest}"));
            assert!(matches!(found, Some(Mistake::Extra(_))), "{at}: {found:?}");
            assert_eq!(find(&format!("{before}b{after}")), Some(Mistake::Foreign(at)));
        }
    }

    #[test]
    fn what_has_several_mistakes_has_no_place() {
        assert_eq!(find(&KEY.replace("hjy5", "qqqq")), None);
        assert_eq!(find(&KEY[..40]), None);
        assert_eq!(find("age1é"), None);
        assert_eq!(find("age1"), None);
        assert_eq!(find(&KEY.replacen("ql", "lq", 1)), Some(Mistake::Swapped(4)));
        let upper = KEY.replacen("age1q", "age1Q", 1);
        assert!(find(&upper).unwrap().words(&upper).contains("upper case"));
    }
}
