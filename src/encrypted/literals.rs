//! Secrets that stand in a spec in plain text, and the files that they can be moved to.

use std::collections::{BTreeMap, BTreeSet};

use crate::compile::lints::plaintext::in_spec;
use crate::compile::resolve::value::trimmed;
use crate::diag::codes;
use crate::diag::lint_levels::LintLevel;
use crate::go::base64;
use crate::secret::bytes::SecretBytes;
use crate::source::Span;
use crate::spec::edit::values::Pairs;
use crate::spec::value::{Source, Value};
use crate::spec::{Entry, Spec, edit::string_literal};
use crate::template::Engine;

/// A literal, and the file that it moves to.
pub(crate) struct Move {
    /// Which Secret and key it is, as the spec calls them.
    pub secret: String,
    pub key: String,
    pub path: String,
    pub plain: SecretBytes,
}

/// A literal that can be moved, and what comes in its place.
pub(crate) struct Moved {
    pub span: Span,
    pub pairs: Pairs,
    pub what: Move,
}

/// The values of a spec that are nothing but a literal, by where it stands.
pub(crate) type Literals<'s> = BTreeMap<Span, (&'s Entry, &'s str, &'s Value)>;

pub(crate) fn literals(spec: &Spec) -> Literals<'_> {
    let mut literals = Literals::new();
    for entry in &spec.entries {
        entry.each_value(&mut |key, value| {
            if let Some(span) = literal_span(value) {
                literals.insert(span, (entry, key, value));
            }
        });
    }
    literals
}

/// Where the secrets of the spec stand in plain text that are reported.
pub(crate) fn found(spec: &Spec) -> BTreeSet<Span> {
    let allows = |entry: Option<&Entry>| {
        let own = entry.and_then(|entry| entry.lint.get(&codes::PLAINTEXT_SECRET));
        own.or(spec.lint.get(&codes::PLAINTEXT_SECRET)) == Some(LintLevel::Allow)
    };
    let found = in_spec(spec).into_iter().filter(|one| !allows(one.entry));
    found.map(|one| one.span).collect()
}

/// How one of what was found can be moved, if it is a whole value.
pub(crate) fn movable(
    found: &Span,
    literals: &Literals<'_>,
    names: &mut NewFiles<'_>,
) -> Option<Moved> {
    let (entry, key, value) = literals.get(found)?;
    let plain = bytes(value)?;
    let name = entry.names.name.get().map_or("", |name| &name.value);
    let path = names.path(&without_templates(name), key);
    let mut pairs = vec![("age", string_literal(&path))];
    if value.modifiers.override_ {
        pairs.push(("override", "true".to_owned()));
    }
    let what = Move { secret: name.to_owned(), key: (*key).to_owned(), path, plain };
    Some(Moved { span: value.span, pairs, what })
}

/// Names for new files that no other has.
pub(crate) struct NewFiles<'t> {
    /// Whether a path is in use.
    is_taken: &'t dyn Fn(&str) -> bool,
    /// The next number of files that would have the same name.
    next: BTreeMap<String, usize>,
    given: BTreeSet<String>,
}

/// More numbers than are tried where something is in the way of all files.
const MAX_TRIES: usize = 1000;

impl<'t> NewFiles<'t> {
    pub(crate) fn new(is_taken: &'t dyn Fn(&str) -> bool) -> Self {
        Self { is_taken, next: BTreeMap::new(), given: BTreeSet::new() }
    }

    fn path(&mut self, secret: &str, key: &str) -> String {
        let stem = format!("secrets/{secret}/{}", key.trim_start_matches('.'));
        let next = self.next.entry(stem.clone()).or_insert(1);
        let mut path = String::new();
        for _ in 0..MAX_TRIES {
            path = match *next {
                1 => format!("{stem}.age"),
                number => format!("{stem}-{number}.age"),
            };
            *next += 1;
            if !self.given.contains(&path) && !(self.is_taken)(&path) {
                break;
            }
        }
        self.given.insert(path.clone());
        path
    }
}

fn literal_span(value: &Value) -> Option<Span> {
    match &value.source {
        Source::Template(text) | Source::Base64(text) if !Engine::is_template(&text.value) => {
            Some(text.span)
        }
        Source::Literal(_) => Some(value.span),
        _ => None,
    }
}

fn bytes(value: &Value) -> Option<SecretBytes> {
    let mut bytes = match &value.source {
        Source::Template(text) => SecretBytes::from(text.value.as_str()),
        Source::Literal(text) => SecretBytes::from(text.as_str()),
        Source::Base64(text) => base64::decode(text.value.as_bytes()).ok()?,
        _ => return None,
    };
    if value.modifiers.decode {
        bytes = base64::decode(bytes.expose()).ok()?;
    }
    // It would be rendered as a template.
    if value.modifiers.template {
        return None;
    }
    Some(if value.modifiers.trim { trimmed(bytes.expose()).into() } else { bytes })
}

/// One file for all Secrets of an entry.
fn without_templates(name: &str) -> String {
    let mut out = String::new();
    let mut rest = name;
    while let Some((before, after)) = rest.split_once("{{") {
        out.push_str(before);
        rest = after.split_once("}}").map_or("", |(_, after)| after);
    }
    out.push_str(rest);
    let is_usable = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_');
    let kept: String = out.chars().filter(|c| is_usable(*c)).collect();
    let kept = kept.trim_matches(['-', '.']);
    if kept.is_empty() { "values".to_owned() } else { kept.to_owned() }
}

/// The age files that a spec names as they are written.
pub(crate) fn named_files(spec: &Spec) -> BTreeSet<String> {
    let mut named = BTreeSet::new();
    let mut note = |value: &Value| {
        if let Source::Fetch(fetch) = &value.source {
            named.insert(fetch.what.value.clone());
        }
    };
    for (_, source) in spec.sources() {
        note(source);
    }
    for entry in &spec.entries {
        entry.each_value(&mut |_, value| note(value));
    }
    named
}
