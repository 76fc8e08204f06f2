//! Secrets that stand in a spec in plain text, and the files that they can be moved to.

use std::collections::BTreeSet;

use zeroize::Zeroizing;

use crate::compile::lints::plaintext::in_spec;
use crate::compile::resolve::value::trimmed;
use crate::diag::codes;
use crate::diag::lint_levels::LintLevel;
use crate::go::base64;
use crate::secret::bytes::SecretBytes;
use crate::source::Span;
use crate::spec::edit::values::{path_at, set_value};
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
    /// As TOML writes it.
    pub literal: String,
    pub what: Move,
}

impl Moved {
    /// The spec's text without this literal, however it is written.
    pub(crate) fn out_of(&self, text: &str) -> Option<Zeroizing<String>> {
        set_value(text, &path_at(text, self.span)?, &self.literal).ok()
    }
}

/// Secrets of the spec in plain text that are reported, by where they stand.
pub(crate) fn found(spec: &Spec) -> Vec<(Span, Option<&Entry>)> {
    let allows = |entry: Option<&Entry>| {
        let own = entry.and_then(|entry| entry.lint.get(&codes::PLAINTEXT_SECRET));
        own.or(spec.lint.get(&codes::PLAINTEXT_SECRET)) == Some(LintLevel::Allow)
    };
    let found = in_spec(spec).into_iter().filter(|one| !allows(one.entry));
    let mut found: Vec<_> = found.map(|one| (one.span, one.entry)).collect();
    found.sort_by_key(|(span, _)| *span);
    found.dedup_by_key(|(span, _)| *span);
    found
}

/// How one of what was found can be moved, if it is a whole value. `taken` says which paths are in
/// use.
pub(crate) fn movable(
    (span, entry): (Span, Option<&Entry>),
    taken: &mut dyn FnMut(&str) -> bool,
) -> Option<Moved> {
    let entry = entry?;
    let mut of = None;
    entry.each_value(&mut |key, value| {
        if literal_span(value) == Some(span) {
            of = Some((key, value));
        }
    });
    let (key, value) = of?;
    let plain = bytes(value)?;
    let name = entry.names.name.get().map_or("", |name| &name.value);
    let secret = without_templates(name);
    let path = new_path(&secret, key, taken);
    let mut literal = format!("{{ age = {}", string_literal(&path));
    if value.modifiers.override_ {
        literal.push_str(", override = true");
    }
    literal.push_str(" }");
    let what = Move { secret: name.to_owned(), key: key.to_owned(), path, plain };
    Some(Moved { span: value.span, literal, what })
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

fn new_path(secret: &str, key: &str, taken: &mut dyn FnMut(&str) -> bool) -> String {
    let file = key.trim_start_matches('.');
    let numbers = (1..).map(|number| match number {
        1 => format!("secrets/{secret}/{file}.age"),
        _ => format!("secrets/{secret}/{file}-{number}.age"),
    });
    let mut numbers = numbers.take(1000);
    let fallback = format!("secrets/{secret}/{file}-1000.age");
    numbers.find(|path| !taken(path)).unwrap_or(fallback)
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
