//! The same secret out of two encrypted files, where one would do: sooner or later only one of them
//! is changed.

use std::collections::{HashMap, HashSet};

use super::names::is_public;
use crate::compile::resolve::value::trimmed;
use crate::compile::resolve::{Evidence, ValueUse, Wanted};
use crate::source::Span;
use crate::spec::Spec;

/// The fewest bytes of a value that is not the same by chance.
const LEAST: usize = 8;

#[derive(Clone, Copy, Debug)]
pub(crate) struct Repeated<'e> {
    pub first: (&'e Wanted, Span),
    pub second: (&'e Wanted, Span),
    /// The table of the second's entry.
    pub entry: Span,
    /// Whether the files are the same as a whole, and not only in a value.
    pub whole: bool,
}

/// Bytes that came out of an age file, and where that is told.
struct Occurrence<'e> {
    bytes: &'e [u8],
    from: &'e Wanted,
    used: ValueUse,
    whole: bool,
}

/// Every second occurrence, once for two files: first whole files, then values.
pub(crate) fn repeated<'e>(spec: &Spec, evidence: &'e Evidence) -> Vec<Repeated<'e>> {
    let mut occurrences = Vec::new();
    for (from, used) in &evidence.uses {
        if let (true, Some(Ok(bytes))) = (from.0.is_encrypted(), evidence.fetched.get(from)) {
            let bytes = bytes.expose();
            occurrences.push(Occurrence { bytes, from, used: *used, whole: true });
        }
    }
    occurrences.sort_by_key(|file| file.used.span);
    let mut keys: HashMap<Span, &str> = HashMap::new();
    for entry in &spec.entries {
        entry.each_value(&mut |key, value| {
            keys.insert(value.span, key);
        });
    }
    for value in &evidence.decrypted {
        let key = value.data_key.as_deref().or_else(|| keys.get(&value.used.span).copied());
        if !is_public(key.unwrap_or_default()) {
            let (bytes, from) = (value.bytes.expose(), &value.from);
            occurrences.push(Occurrence { bytes, from, used: value.used, whole: false });
        }
    }

    // Items of a `for-each` and environments share the place of a path.
    let path = |from: &Wanted| evidence.uses.get(from).map(|used| used.span);
    let mut firsts: HashMap<(&[u8], bool), (&Wanted, Span)> = HashMap::new();
    let mut pairs = HashSet::new();
    let mut found = Vec::new();
    for Occurrence { bytes, from, used, whole } in occurrences {
        // With `trim` or without, it is the same secret.
        let bytes = trimmed(bytes);
        if !is_secret(bytes) {
            continue;
        }
        let second = (from, used.span);
        let first = *firsts.entry((bytes, whole)).or_insert(second);
        let number = |from: &Wanted| evidence.fetched.number(from);
        if number(first.0) != number(from)
            && path(first.0) != path(from)
            && pairs.insert((first.0.min(from), first.0.max(from)))
        {
            found.push(Repeated { first, second, entry: used.entry, whole });
        }
    }
    found
}

fn is_secret(bytes: &[u8]) -> bool {
    let public = [
        "-----BEGIN CERTIFICATE",
        "-----BEGIN PUBLIC KEY",
        "-----BEGIN TRUSTED",
        "ssh-",
        "ecdsa-sha2-",
    ];
    bytes.len() >= LEAST && !public.iter().any(|start| bytes.starts_with(start.as_bytes()))
}
