//! What is different between two Secrets, as data.

use std::collections::{BTreeMap, BTreeSet};

use crate::secret::kind::{FILLED_BY_CLUSTER, SERVICE_ACCOUNT_TOKEN};
use crate::secret::{Secret, bytes::SecretBytes};
use crate::views::value::MASK;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ChangeKind {
    Added,
    Removed,
    Changed,
    Equal,
}

impl ChangeKind {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Removed => "removed",
            Self::Changed => "changed",
            Self::Equal => "equal",
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Part<'s, V> {
    pub field: Field,
    pub key: Option<&'s str>,
    pub before: Option<V>,
    pub after: Option<V>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Field {
    /// The name, where it follows from the data.
    Name,
    Type,
    /// Not said is the same as `false`.
    Immutable,
    Label,
    Annotation,
    Data,
}

impl Field {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Type => "type",
            Self::Immutable => "immutable",
            Self::Label => "label",
            Self::Annotation => "annotation",
            Self::Data => "data",
        }
    }
}

impl<V: PartialEq> Part<'_, V> {
    pub(crate) fn kind(&self) -> ChangeKind {
        match (&self.before, &self.after) {
            (before, after) if before == after => ChangeKind::Equal,
            (None, _) => ChangeKind::Added,
            (_, None) => ChangeKind::Removed,
            _ => ChangeKind::Changed,
        }
    }
}

impl Part<'_, &str> {
    /// What may be shown of it as it is there. An annotation is a value unless it is known to be
    /// harmless, or the spec says it too, which can't put secrets there.
    pub(crate) fn shown_before(&self, reveal: bool) -> Option<&str> {
        let key = self.key.unwrap_or_default();
        let is_shown = reveal
            || self.field != Field::Annotation
            || is_harmless(key)
            || self.after.is_some() && !speaks_of_secrets(key);
        self.before.map(|before| if is_shown { before } else { MASK })
    }
}

/// Domains whose annotations say where an object comes from, and who looks after it.
const HARMLESS: [&str; 12] = [
    "app.kubernetes.io/",
    "argocd.argoproj.io/",
    "cert-manager.io/",
    "config.kubernetes.io/",
    "helm.sh/",
    "internal.config.kubernetes.io/",
    "kubernetes.io/service-account.",
    "kustomize.toolkit.fluxcd.io/",
    "meta.helm.sh/",
    "mintage.dev/",
    "reflector.v1.k8s.emberstack.com/",
    "replicator.v1.mittwald.de/",
];

fn is_harmless(key: &str) -> bool {
    HARMLESS.iter().any(|domain| key.starts_with(domain)) && !speaks_of_secrets(key)
}

fn speaks_of_secrets(key: &str) -> bool {
    let key = key.to_ascii_lowercase();
    ["secret", "token", "passw", "pwd", "credential", "last-applied", "private"]
        .iter()
        .any(|word| key.contains(word))
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Change<'s> {
    /// The Secret as it is there; `None` when it is new.
    pub before: Option<&'s Secret>,
    /// As the spec has it; `None` when it goes away.
    pub after: Option<&'s Secret>,
    /// What is public and different: name, type, `immutable`, labels, annotations, in this order.
    pub plain: Vec<Part<'s, &'s str>>,
    /// Every data key, sorted; the equal ones too.
    pub data: Vec<Part<'s, &'s SecretBytes>>,
    /// Why a server would refuse to change the Secret in place (`ValidateSecretUpdate` in
    /// `pkg/apis/core/validation/validation.go`).
    pub refused: Option<&'static str>,
}

pub(crate) const TYPE: &str =
    "a Secret's type can't be changed: delete the Secret first, or rename it";
pub(crate) const IMMUTABLE: &str =
    "the existing Secret is immutable: delete it first, or rename it";

impl<'s> Change<'s> {
    /// What is different between two Secrets, or all of one. With `lenient`, labels and annotations
    /// that only `before` has don't count, nor does what a cluster fills in.
    pub(crate) fn of(before: Option<&'s Secret>, after: Option<&'s Secret>, lenient: bool) -> Self {
        let text = |field, value: fn(&'s Secret) -> Option<&'s str>| Part {
            field,
            key: None,
            before: before.and_then(value),
            after: after.and_then(value),
        };
        let mut plain = vec![
            text(Field::Type, |secret| Some(&secret.type_)),
            text(Field::Immutable, |secret| (secret.immutable == Some(true)).then_some("true")),
        ];
        if before.is_some() && after.is_some() {
            plain.insert(0, text(Field::Name, |secret| Some(&secret.name)));
        }
        let labels = entries(Field::Label, before, after, |secret| &secret.labels);
        let annotations = entries(Field::Annotation, before, after, |secret| &secret.annotations);
        for Part { field, key, before, after } in labels.into_iter().chain(annotations) {
            if !(lenient && after.is_none()) {
                let (before, after) = (before.map(String::as_str), after.map(String::as_str));
                plain.push(Part { field, key, before, after });
            }
        }
        plain.retain(|part| part.kind() != ChangeKind::Equal);
        let mut data = entries(Field::Data, before, after, |secret| &secret.data);
        if lenient && after.is_some_and(|secret| secret.type_ == SERVICE_ACCOUNT_TOKEN) {
            let is_filled =
                |key: Option<&str>| key.is_some_and(|key| FILLED_BY_CLUSTER.contains(&key));
            data.retain(|part| part.after.is_some() || !is_filled(part.key));
        }
        let data_differs = data.iter().any(|part| part.kind() != ChangeKind::Equal);
        let refused = match (before, after) {
            // Under another name it is another Secret.
            (Some(before), Some(after)) if before.name == after.name => {
                let thaws = after.immutable != Some(true);
                if before.type_ != after.type_ {
                    Some(TYPE)
                } else {
                    (before.immutable == Some(true) && (data_differs || thaws)).then_some(IMMUTABLE)
                }
            }
            _ => None,
        };
        Self { before, after, plain, data, refused }
    }

    pub(crate) fn kind(&self) -> ChangeKind {
        match (self.before, self.after) {
            (None, _) => ChangeKind::Added,
            (_, None) => ChangeKind::Removed,
            _ if self.plain.is_empty()
                && self.data.iter().all(|part| part.kind() == ChangeKind::Equal) =>
            {
                ChangeKind::Equal
            }
            _ => ChangeKind::Changed,
        }
    }

    /// The Secret as the spec has it, or as it was.
    pub(crate) fn secret(&self) -> Option<&'s Secret> {
        self.after.or(self.before)
    }

    pub(crate) fn id(&self) -> String {
        self.secret().map(Secret::id).unwrap_or_default()
    }
}

fn entries<'s, V>(
    field: Field,
    before: Option<&'s Secret>,
    after: Option<&'s Secret>,
    map: fn(&'s Secret) -> &'s BTreeMap<String, V>,
) -> Vec<Part<'s, &'s V>> {
    let (before, after) = (before.map(map), after.map(map));
    let keys: BTreeSet<&'s String> =
        before.into_iter().chain(after).flatten().map(|(key, _)| key).collect();
    let part = |key: &'s String| Part {
        field,
        key: Some(key.as_str()),
        before: before.and_then(|map| map.get(key)),
        after: after.and_then(|map| map.get(key)),
    };
    keys.into_iter().map(part).collect()
}
