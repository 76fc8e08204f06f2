//! Reads what was written and compares it with what was meant. A build writes nothing before this
//! has passed.
//!
//! The readers are not ours (yaml_serde, which is libyaml, and serde_json), and the comparison goes
//! along a tree that the writers don't know. Values under `data` are compared before and don't
//! reach yaml_serde, which would leave copies of them in freed memory; serde_json needs none.
//! yaml_serde resolves plain scalars by YAML 1.2, which has fewer words than the YAML 1.1 of
//! kubectl's go-yaml, so they are looked at once more, by YAML 1.1.

pub(crate) mod expected;
pub(crate) mod lines;
#[cfg(test)]
mod round_trip;

#[cfg(test)]
mod tests;

use std::thread;

use serde::de::DeserializeSeed;
use zeroize::Zeroizing;

use crate::secret::Secret;
use expected::{Check, DifferingPath, Expected, Values, tree};

/// What was written would be read as something else: a mistake in mintage, not in the spec.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mismatch {
    /// [`Secret::id`] of the Secret it is in, unless the text as a whole is wrong.
    pub secret: Option<String>,
    /// The keys that lead to the field, such as `["metadata", "labels", "app"]`; empty where no
    /// field can be named.
    pub field: Vec<String>,
}

impl Mismatch {
    fn whole() -> Self {
        Self { secret: None, field: Vec::new() }
    }

    fn within(secret: &Secret, field: Vec<String>) -> Self {
        Self { secret: Some(secret.id()), field }
    }
}

/// The line between two documents, with the newline before it.
const SEPARATOR: &str = "\n---\n";

/// Documents that a thread takes at the least: below that, starting it costs more than it saves.
const WORTH_A_THREAD: usize = 500;

/// Whether YAML readers get exactly these Secrets, in this order, out of `text`.
///
/// # Errors
/// The first field that differs, without content.
#[expect(
    clippy::disallowed_methods,
    reason = "thousands of documents; the threads end here, and keep the order"
)]
pub(crate) fn yaml(text: &str, meant: &[Secret]) -> Result<(), Mismatch> {
    if meant.is_empty() {
        return if text.is_empty() { Ok(()) } else { Err(Mismatch::whole()) };
    }
    // A string never has a raw newline in it, so these are the documents; if one had, their number
    // would tell.
    let separators: Vec<usize> = text.match_indices(SEPARATOR).map(|(at, _)| at).collect();
    if separators.len() + 1 != meant.len() {
        return Err(Mismatch::whole());
    }
    // Asking how many there are takes a look into `/sys`, which is much for one document.
    let worth = meant.len().div_ceil(WORTH_A_THREAD);
    let threads = if worth == 1 {
        1
    } else {
        thread::available_parallelism().map_or(1, usize::from).min(worth)
    };
    let share = meant.len().div_ceil(threads);
    let part = |index: usize, secrets: &[Secret]| {
        // Where the documents of this part begin, and where the newline after them ends.
        let from = (index * share)
            .checked_sub(1)
            .and_then(|before| separators.get(before))
            .map_or(0, |at| at + SEPARATOR.len());
        let to = separators.get((index + 1) * share - 1).map_or(text.len(), |at| at + 1);
        documents(text.get(from..to).unwrap_or_default(), secrets)
    };
    if threads == 1 {
        return part(0, meant);
    }
    let results: Vec<_> = thread::scope(|scope| {
        let part = &part;
        let start = |(index, secrets)| scope.spawn(move || part(index, secrets));
        let running: Vec<_> = meant.chunks(share).enumerate().map(start).collect();
        running.into_iter().map(|thread| thread.join().unwrap_or(Err(Mismatch::whole()))).collect()
    });
    results.into_iter().collect()
}

fn documents(text: &str, meant: &[Secret]) -> Result<(), Mismatch> {
    let mut skeleton = Zeroizing::new(String::with_capacity(text.len()));
    for (index, (document, secret)) in text.split(SEPARATOR).zip(meant).enumerate() {
        if index > 0 {
            skeleton.push_str("---\n");
        }
        lines::cut(document, secret, &mut skeleton)
            .map_err(|key| Mismatch::within(secret, key.into_iter().collect()))?;
    }
    let mut documents = serde_yaml::Deserializer::from_str(&skeleton);
    for secret in meant {
        let expected = tree(secret, Values::Cut);
        let wrong = DifferingPath::default();
        let document = documents.next().ok_or_else(Mismatch::whole)?;
        // The reader's own error may quote what it read; only the way to the field is kept.
        Check::new(&expected, &wrong)
            .deserialize(document)
            .map_err(|_| Mismatch::within(secret, wrong.path()))?;
    }
    if documents.next().is_some() { Err(Mismatch::whole()) } else { Ok(()) }
}

/// Whether JSON readers get a `List` of exactly these Secrets, in this order, out of `text`.
///
/// # Errors
/// The first field that differs, without content.
pub(crate) fn json(text: &str, meant: &[Secret]) -> Result<(), Mismatch> {
    let expected = Expected::Map(vec![
        ("apiVersion", Expected::Text("v1")),
        ("kind", Expected::Text("List")),
        (
            "items",
            Expected::List(meant.iter().map(|secret| tree(secret, Values::Base64)).collect()),
        ),
    ]);
    let wrong = DifferingPath::default();
    let mut reader = serde_json::Deserializer::from_str(text);
    let read = Check::new(&expected, &wrong).deserialize(&mut reader).and_then(|()| reader.end());
    read.map_err(|_| {
        let path = wrong.path();
        // `items`, an index, then the way inside that Secret.
        let index = path.get(1).and_then(|index| index.parse::<usize>().ok());
        match index.and_then(|index| meant.get(index)) {
            Some(secret) => Mismatch::within(secret, path.into_iter().skip(2).collect()),
            None => Mismatch { secret: None, field: path },
        }
    })
}

/// Whether JSON readers get exactly this Secret out of `text`.
///
/// # Errors
/// The first field that differs, without content.
pub(crate) fn json_object(text: &str, meant: &Secret) -> Result<(), Mismatch> {
    let expected = tree(meant, Values::Base64);
    let wrong = DifferingPath::default();
    let mut reader = serde_json::Deserializer::from_str(text);
    let read = Check::new(&expected, &wrong).deserialize(&mut reader).and_then(|()| reader.end());
    read.map_err(|_| Mismatch::within(meant, wrong.path()))
}

/// Whether this token, as it is written, is a string.
pub(crate) fn is_plain_string(token: &str) -> bool {
    if let Some(inside) = token.strip_prefix('"') {
        return inside.ends_with('"');
    }
    !is_word(token) && !is_numeric(token) && !has_indicator(token)
}

/// bool, null, merge, value.
fn is_word(token: &str) -> bool {
    const WORDS: [&str; 9] = ["y", "n", "yes", "no", "on", "off", "true", "false", "null"];
    WORDS.iter().any(|word| token.eq_ignore_ascii_case(word))
        || matches!(token, "" | "~" | "<<" | "=")
}

/// Anything that int, float (with `.inf` and `.nan`) or timestamp could match: it starts with a
/// digit, after a sign and a point.
fn is_numeric(token: &str) -> bool {
    let unsigned = token.strip_prefix(['+', '-']).unwrap_or(token);
    let digits = unsigned.strip_prefix('.').unwrap_or(unsigned);
    digits.starts_with(|c: char| c.is_ascii_digit())
        || (digits.len() < unsigned.len()
            && ["inf", "nan"].iter().any(|word| digits.eq_ignore_ascii_case(word)))
}

fn has_indicator(token: &str) -> bool {
    token.starts_with(|c| "-?:,[]{}#&*!|>'\"%@` \t".contains(c))
        || token.ends_with([':', ' ', '\t'])
        || token.contains(": ")
        || token.contains(" #")
        || token
            .chars()
            .any(|c| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}'))
}

#[cfg(test)]
mod plain_tests {
    use super::is_plain_string;

    #[test]
    fn yaml_1_1_has_many_words() {
        let others = "y No ~ null 0x1F 0b11 1_000 +1 -.5 .inf -.NaN 1:30 2001-01-01 << = -x a:";
        for other in others.split(' ').chain(["", "- a", "a: b", "a #b"]) {
            assert!(!is_plain_string(other), "{other}");
        }
        for string in "a Opaque x1 tls.crt \"1\" nope a:b a#b .env _1".split(' ') {
            assert!(is_plain_string(string), "{string}");
        }
    }
}
