//! What keeps the server from decoding a manifest, and what was probably meant.

use std::ops::Range;

use crate::content::Content;
use crate::diag::phrases::{code, nearest, one_of};
use crate::go::base64::Base64Fault;

/// What keeps the server from decoding a manifest. Holds no value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct DecodeFault {
    pub path: String,
    pub range: Range<usize>,
    pub kind: DecodeFaultKind,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum DecodeFaultKind {
    Unknown {
        /// The path of the object that it stands in; empty for the manifest. Names may have dots,
        /// so the fault's path can't be taken apart.
        parent: String,
        name: String,
        remedy: Remedy,
        object: bool,
    },
    Duplicate {
        first: Range<usize>,
    },
    Type {
        wanted: &'static str,
        found: &'static str,
        /// Whether quotes would make a string of it.
        quotes: bool,
    },
    /// An item of a list in `data` is not a byte.
    Byte,
    Base64(Base64Fault),
    /// A value of `data` that is not base64 because it stands for the value: ciphertext or a
    /// placeholder.
    StandIn(Content),
}

impl DecodeFault {
    /// Whether the field is not known, so that what it holds may be meant to stand elsewhere.
    pub(crate) fn is_stray(&self) -> bool {
        matches!(self.kind, DecodeFaultKind::Unknown { .. })
    }

    /// Whether it leaves open what the Secret holds. Unknown fields and times don't.
    pub(crate) fn hides_data(&self) -> bool {
        !self.is_stray()
            && !matches!(self.kind, DecodeFaultKind::Type { wanted: "a timestamp", .. })
    }
}

/// What to do with a field that is not known where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Remedy {
    /// Give it this name, which is near.
    Rename(&'static str),
    Help(String),
}

/// Fields of the metadata, those aside that only the server sets.
pub(crate) const METADATA_FIELDS: [&str; 7] =
    ["name", "generateName", "namespace", "labels", "annotations", "ownerReferences", "finalizers"];
pub(crate) const SERVER_FIELDS: [&str; 8] = [
    "uid",
    "resourceVersion",
    "generation",
    "creationTimestamp",
    "deletionTimestamp",
    "deletionGracePeriodSeconds",
    "selfLink",
    "managedFields",
];
/// Fields of a Secret that people write into its metadata.
const OF_SECRET: [&str; 4] = ["data", "stringData", "type", "immutable"];

impl Remedy {
    /// For a field of the object at the path `parent`, which may have the fields `known` and has
    /// those of `present`.
    pub(crate) fn of(
        name: &str,
        parent: &str,
        known: &[&'static str],
        present: &[&'static str],
    ) -> Self {
        if parent.is_empty() && METADATA_FIELDS.contains(&name) {
            return Self::Help(format!("move {} under `metadata`", code(name)));
        }
        if parent == "metadata" && OF_SECRET.contains(&name) {
            return Self::Help(format!("move it out of `metadata`: indent {} less", code(name)));
        }
        // `data.token` is not a misspelt `data`.
        match nearest(name, known.iter().copied()).filter(|_| !name.contains('.')) {
            Some(near) if present.contains(&near) => {
                Self::Help(format!("move its content to the existing {}, or remove it", code(near)))
            }
            Some(near) => Self::Rename(near),
            None => {
                let is_offered =
                    |field: &&&str| parent != "metadata" || METADATA_FIELDS.contains(*field);
                let offered = one_of(known.iter().filter(is_offered));
                Self::Help(format!("remove it, or use one of {offered}"))
            }
        }
    }
}
