//! What is judged: a Secret, and what is known around it.

use std::collections::BTreeSet;

use super::api::object_meta::MoreMetadata;
use crate::diag::Code;
use crate::secret::Secret;

#[derive(Clone, Copy, Debug)]
pub(crate) struct Subject<'a> {
    pub secret: &'a Secret,
    pub more: &'a MoreMetadata,
    pub unknown: &'a Unknown,
    pub origin: Origin,
    /// The time for expiry checks, in seconds of Unix time; without it they are not made.
    pub at: Option<i64>,
    /// Whether its name has a hash of its data by the spec's `hash-suffix`.
    pub hashed: bool,
    /// Whether the spec lists its registries, so that their names are no secret and each has a line
    /// of its own.
    pub servers: bool,
}

impl<'a> Subject<'a> {
    pub(crate) fn value(&self, key: &str) -> Option<&'a [u8]> {
        let value = self.secret.data.get(key).filter(|_| !self.unknown.keys.contains(key));
        value.map(|value| value.expose())
    }

    pub(crate) fn has(&self, key: &str) -> bool {
        self.secret.data.contains_key(key) || self.unknown.keys.contains(key)
    }

    pub(crate) fn lacks(&self, key: &str) -> bool {
        !self.unknown.open && !self.has(key)
    }
}

#[cfg(test)]
impl<'a> Subject<'a> {
    pub(crate) fn of(secret: &'a Secret, origin: Origin) -> Self {
        let (more, unknown) = (Box::leak(Box::default()), Box::leak(Box::default()));
        Self { secret, more, unknown, origin, at: None, hashed: false, servers: false }
    }
}

/// What is not known of a Secret's data in this run, because an identity is missing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Unknown {
    /// They need not be in the Secret's `data`; if they are, that value is not looked at.
    pub keys: BTreeSet<String>,
    /// Whether there may be further keys, so that none can be called missing.
    pub open: bool,
}

/// Who wrote the Secret, and so what words a help has to use.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Origin {
    #[default]
    Spec,
    Manifest,
}

impl Origin {
    /// How to say that what a lint finds is intended, before "if ...".
    pub(crate) fn allow(self, lint: &Code) -> String {
        match self {
            Self::Spec => format!("add `lint.allow = [\"{}\"]` to the Secret", lint.name),
            Self::Manifest => format!("pass `-A {}`", lint.name),
        }
    }
}
