//! What is different between two Secrets, as data.

use std::collections::{BTreeMap, BTreeSet};

use crate::secret::Secret;
use crate::secret::bytes::SecretBytes;
use crate::secret::kind::{FILLED_BY_CLUSTER, SERVICE_ACCOUNT_TOKEN};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ChangeKind {
    Added,
    Removed,
    Changed,
    Equal,
}

impl ChangeKind {
    /// What JSON calls it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Removed => "removed",
            Self::Changed => "changed",
            Self::Equal => "equal",
        }
    }

    fn of<T: PartialEq>(before: Option<&T>, after: Option<&T>) -> Self {
        match (before, after) {
            (None, _) => Self::Added,
            (_, None) => Self::Removed,
            (Some(before), Some(after)) if before == after => Self::Equal,
            _ => Self::Changed,
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Change<'s> {
    /// The Secret as it is there; `None` when it is new.
    pub before: Option<&'s Secret>,
    /// As the spec has it; `None` when it goes away.
    pub after: Option<&'s Secret>,
    /// What is public and different: name, type, `immutable`, labels, annotations, in this order.
    pub plain: Vec<MetadataChange<'s>>,
    /// Every data key, sorted; the equal ones too.
    pub data: Vec<DataChange<'s>>,
    /// Why a server would refuse to change the Secret in place.
    pub refusals: Vec<Refusal>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct MetadataChange<'s> {
    pub field: ChangedField<'s>,
    pub before: Option<&'s str>,
    pub after: Option<&'s str>,
}

impl MetadataChange<'_> {
    pub(crate) fn kind(&self) -> ChangeKind {
        ChangeKind::of(self.before.as_ref(), self.after.as_ref())
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ChangedField<'s> {
    /// The name, where it follows from the data.
    Name,
    Type,
    /// `immutable`; not said is the same as `false`.
    Immutable,
    Label(&'s str),
    Annotation(&'s str),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct DataChange<'s> {
    pub key: &'s str,
    pub before: Option<&'s SecretBytes>,
    pub after: Option<&'s SecretBytes>,
}

impl DataChange<'_> {
    pub(crate) fn kind(&self) -> ChangeKind {
        ChangeKind::of(self.before, self.after)
    }
}

/// Why a server refuses a change in place (`ValidateSecretUpdate` in
/// `pkg/apis/core/validation/validation.go`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// The type can't be changed.
    Type,
    /// It is immutable there, and the data or `immutable` changes.
    Immutable,
}

impl Refusal {
    pub(crate) fn words(self) -> &'static str {
        match self {
            Self::Type => {
                "the API server does not change a Secret's type: delete it first, or give it \
                 another name"
            }
            Self::Immutable => {
                "it is immutable there, so the API server refuses: delete it first, or give it \
                 another name"
            }
        }
    }
}

impl<'s> Change<'s> {
    pub(crate) fn one_sided(before: Option<&'s Secret>, after: Option<&'s Secret>) -> Self {
        let plain = plain(before, after, false);
        Self { before, after, plain, data: data(before, after, false), refusals: Vec::new() }
    }

    /// What is different between two; `None` when nothing is. With `lenient`, labels and
    /// annotations that only `before` has don't count, nor does what a cluster fills in.
    pub(crate) fn between(before: &'s Secret, after: &'s Secret, lenient: bool) -> Option<Self> {
        let plain = plain(Some(before), Some(after), lenient);
        let data = data(Some(before), Some(after), lenient);
        let data_differs = data.iter().any(|datum| datum.kind() != ChangeKind::Equal);
        if plain.is_empty() && !data_differs {
            return None;
        }
        let mut refusals = Vec::new();
        // Under another name it is another Secret.
        if before.name == after.name {
            let frozen =
                before.immutable == Some(true) && (data_differs || after.immutable != Some(true));
            // One is enough: the way out is the same.
            if before.type_ != after.type_ {
                refusals.push(Refusal::Type);
            } else if frozen {
                refusals.push(Refusal::Immutable);
            }
        }
        Some(Self { before: Some(before), after: Some(after), plain, data, refusals })
    }

    pub(crate) fn kind(&self) -> ChangeKind {
        match (self.before, self.after) {
            (None, _) => ChangeKind::Added,
            (_, None) => ChangeKind::Removed,
            _ => ChangeKind::Changed,
        }
    }

    /// The Secret as the spec has it, or as it was.
    pub(crate) fn secret(&self) -> Option<&'s Secret> {
        self.after.or(self.before)
    }

    /// `NAMESPACE/NAME`.
    pub(crate) fn id(&self) -> String {
        self.secret().map(Secret::id).unwrap_or_default()
    }
}

fn plain<'s>(
    before: Option<&'s Secret>,
    after: Option<&'s Secret>,
    lenient: bool,
) -> Vec<MetadataChange<'s>> {
    let immutable = |secret: &'s Secret| (secret.immutable == Some(true)).then_some("true");
    let mut parts = vec![
        MetadataChange {
            field: ChangedField::Type,
            before: before.map(|s| s.type_.as_str()),
            after: after.map(|s| s.type_.as_str()),
        },
        MetadataChange {
            field: ChangedField::Immutable,
            before: before.and_then(immutable),
            after: after.and_then(immutable),
        },
    ];
    if let (Some(before), Some(after)) = (before, after) {
        parts.insert(
            0,
            MetadataChange {
                field: ChangedField::Name,
                before: Some(&before.name),
                after: Some(&after.name),
            },
        );
    }
    parts.extend(texts(
        before.map(|s| &s.labels),
        after.map(|s| &s.labels),
        ChangedField::Label,
        lenient,
    ));
    parts.extend(texts(
        before.map(|s| &s.annotations),
        after.map(|s| &s.annotations),
        ChangedField::Annotation,
        lenient,
    ));
    parts.retain(|part| part.before != part.after);
    parts
}

fn texts<'s>(
    before: Option<&'s BTreeMap<String, String>>,
    after: Option<&'s BTreeMap<String, String>>,
    field: fn(&'s str) -> ChangedField<'s>,
    lenient: bool,
) -> Vec<MetadataChange<'s>> {
    let get = |map: Option<&'s BTreeMap<String, String>>, key: &str| {
        map.and_then(|map| map.get(key)).map(String::as_str)
    };
    let keys: BTreeSet<&'s String> =
        before.iter().chain(&after).flat_map(|map| map.keys()).collect();
    let parts = keys.into_iter().map(|key| MetadataChange {
        field: field(key),
        before: get(before, key),
        after: get(after, key),
    });
    parts.filter(|part| !(lenient && part.after.is_none())).collect()
}

fn data<'s>(
    before: Option<&'s Secret>,
    after: Option<&'s Secret>,
    lenient: bool,
) -> Vec<DataChange<'s>> {
    let get =
        |secret: Option<&'s Secret>, key: &str| secret.and_then(|secret| secret.data.get(key));
    let keys: BTreeSet<&'s String> =
        before.iter().chain(&after).flat_map(|secret| secret.data.keys()).collect();
    let filled = lenient && after.is_some_and(|secret| secret.type_ == SERVICE_ACCOUNT_TOKEN);
    let data = keys.into_iter().map(|key| DataChange {
        key,
        before: get(before, key),
        after: get(after, key),
    });
    data.filter(|datum| {
        !(filled && datum.after.is_none() && FILLED_BY_CLUSTER.contains(&datum.key))
    })
    .collect()
}
