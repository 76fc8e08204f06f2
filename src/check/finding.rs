//! A finding about a Secret before it has a place in a text: specs and finished manifests put the
//! same finding into their own lines.

use std::collections::HashMap;

use crate::diag::{Diagnostic, Fix, diagnostic, phrases::code};
use crate::secret::Secret;
use crate::source::Span;

/// A part of a Secret that a finding points to: the whole Secret where a data key is not there. A
/// registry is counted from 0 in the docker config under its data key.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Spot {
    Secret,
    Name,
    GenerateName,
    Namespace,
    Type,
    Immutable,
    LabelKey(String),
    LabelValue(String),
    AnnotationKey(String),
    AnnotationValue(String),
    Metadata(&'static str),
    Finalizer(usize),
    Owner(usize, &'static str),
    DataKey(String),
    DataValue(String),
    Registry { data_key: &'static str, index: usize, field: RegistryField },
}

/// A key of one of the spec's `registries`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum RegistryField {
    Server,
    Username,
    Password,
}

#[derive(Clone, Debug)]
pub(crate) struct Finding {
    pub diagnostic: Diagnostic,
    /// The part to look at first, and what to say there.
    pub at: Spot,
    pub label: String,
    pub also: Vec<(Spot, String)>,
    pub edit: Option<Edit>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Edit {
    /// Another text for the part, unquoted; the title says what that does.
    Text { value: String, title: String },
    /// `trim = true` for the value, which only specs have.
    Trim,
}

impl Finding {
    pub(crate) fn new(diagnostic: Diagnostic, at: Spot) -> Self {
        Self { diagnostic, at, label: String::new(), also: Vec::new(), edit: None }
    }

    pub(crate) fn label(mut self, text: impl Into<String>) -> Self {
        self.label = text.into();
        self
    }

    pub(crate) fn also(mut self, spot: Spot, text: impl Into<String>) -> Self {
        self.also.push((spot, text.into()));
        self
    }

    pub(crate) fn edit(mut self, value: impl Into<String>, title: impl Into<String>) -> Self {
        self.edit = Some(Edit::Text { value: value.into(), title: title.into() });
        self
    }
}

/// A text that says what a Secret is: a spec, or a finished manifest.
pub(crate) trait Locate {
    /// Where the text says a part; where it says nothing of it, the whole Secret.
    fn span(&self, spot: &Spot) -> Span;

    /// A repair as a change of the text, where the text allows it.
    fn fix(&self, spot: &Spot, edit: &Edit) -> Option<Fix>;

    /// Whether a finding only follows from something that is said elsewhere, or is meant so.
    fn is_told(&self, finding: &Finding) -> bool;
}

/// What to do where that can't be written.
const TRIM: &str = "add `trim = true` to the value, as in `{ file = \"...\", trim = true }`";

/// The findings in their text. A repair that the text does not allow becomes the first help.
pub(crate) fn diagnostics(findings: Vec<Finding>, text: &impl Locate) -> Vec<Diagnostic> {
    let mut placed = Vec::with_capacity(findings.len());
    for finding in findings.into_iter().filter(|finding| !text.is_told(finding)) {
        let mut diagnostic = finding.diagnostic.at(text.span(&finding.at), finding.label);
        for (spot, label) in finding.also {
            diagnostic = diagnostic.also(text.span(&spot), label);
        }
        if let Some(edit) = finding.edit {
            match (text.fix(&finding.at, &edit), edit) {
                (Some(fix), _) => diagnostic.fixes.push(fix),
                (None, Edit::Text { title, .. }) => diagnostic.helps.insert(0, title),
                (None, Edit::Trim) => diagnostic.helps.insert(0, TRIM.to_owned()),
            }
        }
        placed.push(diagnostic);
    }
    placed
}

/// The text of a part that an edit may change into `new`, which must give no key twice.
pub(crate) fn editable<'s>(secret: &'s Secret, spot: &'s Spot, new: &str) -> Option<&'s str> {
    let key = |key: &'s String, is_taken: bool| (!is_taken).then_some(key);
    let text = match spot {
        Spot::Name => Some(&secret.name),
        Spot::Namespace => secret.namespace.as_ref(),
        Spot::Type => Some(&secret.type_),
        Spot::LabelKey(old) => key(old, secret.labels.contains_key(new)),
        Spot::LabelValue(key) => secret.labels.get(key),
        Spot::AnnotationKey(old) => key(old, secret.annotations.contains_key(new)),
        Spot::AnnotationValue(key) => secret.annotations.get(key),
        Spot::DataKey(old) => key(old, secret.data.contains_key(new)),
        _ => None,
    };
    text.map(String::as_str)
}

/// Where the first Secret of each namespace and name is.
pub(crate) type Seen = HashMap<(Option<String>, String), Span>;

/// A Secret, named at `span`, with the namespace and name of one that was seen before.
pub(crate) fn duplicate(secret: &Secret, span: Span, seen: &mut Seen) -> Option<Diagnostic> {
    let first = seen.insert((secret.namespace.clone(), secret.name.clone()), span)?;
    let diagnostic = diagnostic!(DUPLICATE_SECRET, "two Secrets are named {}", code(&secret.id()));
    Some(match first == span {
        true => diagnostic.at(span, ""),
        false => diagnostic.at(span, "the second").also(first, "the first"),
    })
}
