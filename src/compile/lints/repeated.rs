//! The same secret out of two encrypted files, where one would do: sooner or later only one of them
//! is changed.

use std::collections::hash_map::Entry as Slot;
use std::collections::{HashMap, HashSet};

use super::names::is_public;
use super::strings::each_value;
use crate::compile::resolve::value::trimmed;
use crate::compile::resolve::{Evidence, Wanted};
use crate::source::Span;
use crate::spec::Spec;
use crate::spec::value::How;

/// The fewest bytes of a value that is not the same by chance.
const LEAST: usize = 8;

/// The same value twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Repeated<'e> {
    /// The first file.
    pub first: (&'e Wanted, Span),
    /// The second file.
    pub second: (&'e Wanted, Span),
    /// The table of the second's entry.
    pub entry: Span,
    /// Whether the files are the same as a whole, and not only in a value.
    pub whole: bool,
}

/// Bytes that came out of an age file.
struct Occurrence<'e> {
    bytes: &'e [u8],
    from: &'e Wanted,
    /// Where it is told.
    span: Span,
    /// Where the path is written: items of a `for-each` and environments share it.
    path: Span,
    entry: Span,
}

/// Every second occurrence, once for two files: first whole files, then values.
pub(crate) fn repeated<'e>(spec: &Spec, evidence: &'e Evidence) -> Vec<Repeated<'e>> {
    let mut files: Vec<Occurrence<'e>> = evidence
        .uses
        .iter()
        .filter(|((how, _), _)| is_encrypted(*how))
        .filter_map(|(from, used)| {
            // With `trim` or without, it is the same secret.
            let bytes = trimmed(evidence.fetched.get(from)?.as_ref().ok()?.expose());
            Some(Occurrence { bytes, from, span: used.span, path: used.span, entry: used.entry })
        })
        .collect();
    files.sort_by_key(|file| file.span);
    let keys = keys(spec);
    let values = evidence.decrypted.iter().filter_map(|value| {
        let key = value
            .data_key
            .as_deref()
            .or_else(|| keys.get(&value.span).copied())
            .unwrap_or_default();
        let path = evidence.uses.get(&value.from)?.span;
        let bytes = trimmed(value.bytes.expose());
        (!is_public(key)).then_some(Occurrence {
            bytes,
            from: &value.from,
            span: value.span,
            path,
            entry: value.entry,
        })
    });
    let mut found = Vec::new();
    let mut pairs = HashSet::new();
    pairs_of(files.into_iter(), true, &mut pairs, &mut found);
    pairs_of(values, false, &mut pairs, &mut found);
    found
}

fn pairs_of<'e>(
    occurrences: impl Iterator<Item = Occurrence<'e>>,
    whole: bool,
    pairs: &mut HashSet<(&'e Wanted, &'e Wanted)>,
    found: &mut Vec<Repeated<'e>>,
) {
    let mut firsts: HashMap<&[u8], Occurrence<'e>> = HashMap::new();
    for second in occurrences.filter(|occurrence| is_secret(occurrence.bytes)) {
        match firsts.entry(second.bytes) {
            Slot::Vacant(slot) => {
                slot.insert(second);
            }
            Slot::Occupied(slot) => {
                let first = slot.get();
                let apart = first.from != second.from && first.path != second.path;
                let pair = (first.from.min(second.from), first.from.max(second.from));
                if apart && pairs.insert(pair) {
                    let places = ((first.from, first.span), (second.from, second.span));
                    found.push(Repeated {
                        first: places.0,
                        second: places.1,
                        entry: second.entry,
                        whole,
                    });
                }
            }
        }
    }
}

/// The data keys and fields under which values stand.
fn keys(spec: &Spec) -> HashMap<Span, &str> {
    let mut keys = HashMap::new();
    for entry in &spec.entries {
        each_value(entry, &mut |key, value| {
            keys.insert(value.span, key);
        });
    }
    keys
}

fn is_encrypted(how: How) -> bool {
    matches!(how, How::Age | How::Armor)
}

/// Long enough, and no certificate or public key.
fn is_secret(bytes: &[u8]) -> bool {
    let public = [
        &b"-----BEGIN CERTIFICATE"[..],
        b"-----BEGIN PUBLIC KEY",
        b"-----BEGIN TRUSTED",
        b"ssh-",
        b"ecdsa-sha2-",
    ];
    bytes.len() >= LEAST && !public.iter().any(|start| bytes.starts_with(start))
}
