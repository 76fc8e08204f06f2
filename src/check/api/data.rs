//! What the API server requires of a Secret's data: keys, size, and what the type needs.

use std::collections::BTreeSet;

use super::names;
use super::violation::{DATA_MAX, FieldPath, Rule, Violation};
use crate::check::subject::Unknown;
use crate::diag::phrases::nearest;
use crate::go::json;
use crate::secret::Secret;
use crate::secret::kind::{self, DOCKER_CFG_KEY, DOCKER_CONFIG_JSON_KEY, Kind, Requires};

/// In the server's order: keys, size, type.
pub(crate) fn violations(secret: &Secret, unknown: &Unknown) -> Vec<Violation> {
    let data = Data { secret, unknown };
    let mut found = Vec::new();
    data.keys(&mut found);
    data.size(&mut found);
    if let Some((kind, type_)) =
        kind::of_type(&secret.type_).and_then(|kind| Some((kind, kind.type_?)))
    {
        data.requires(kind, type_, &mut found);
    }
    found
}

struct Data<'a> {
    secret: &'a Secret,
    unknown: &'a Unknown,
}

impl Data<'_> {
    /// Every key of the Secret, known values or not.
    fn all_keys(&self) -> BTreeSet<&str> {
        self.secret.data.keys().chain(&self.unknown.keys).map(String::as_str).collect()
    }

    fn has(&self, key: &str) -> bool {
        self.secret.data.contains_key(key) || self.unknown.keys.contains(key)
    }

    /// The value of a key, if it is there and known.
    fn known(&self, key: &str) -> Option<&[u8]> {
        if self.unknown.keys.contains(key) {
            None
        } else {
            self.secret.data.get(key).map(|value| value.expose())
        }
    }

    fn keys(&self, found: &mut Vec<Violation>) {
        for key in self.all_keys() {
            for misfit in names::data_key(key) {
                found.push(Violation {
                    field: FieldPath::DataKey(key.into()),
                    rule: Rule::DataKey { key: key.into(), misfit },
                });
            }
        }
    }

    /// Only values count, not keys.
    fn size(&self, found: &mut Vec<Violation>) {
        let sizes = || {
            self.secret
                .data
                .iter()
                .filter(|(key, _)| !self.unknown.keys.contains(*key))
                .map(|(key, value)| (key, value.len()))
        };
        let bytes: usize = sizes().map(|(_, size)| size).sum();
        if bytes > DATA_MAX {
            let largest = sizes()
                .max_by_key(|(_, size)| *size)
                .map(|(key, _)| key.clone())
                .unwrap_or_default();
            let at_least = self.unknown.open || !self.unknown.keys.is_empty();
            found.push(Violation {
                field: FieldPath::Data,
                rule: Rule::DataTooLarge { bytes, largest, at_least },
            });
        }
    }

    fn requires(&self, kind: &Kind, type_: &'static str, found: &mut Vec<Violation>) {
        match kind.requires {
            Requires::Nothing => {}
            Requires::Annotation(key) => {
                if self.secret.annotations.get(key).is_none_or(String::is_empty) {
                    found.push(Violation {
                        field: FieldPath::Annotation(key.into()),
                        rule: Rule::ServiceAccountMissing,
                    });
                }
            }
            Requires::AllOf(keys) => keys.iter().for_each(|key| self.require(type_, key, found)),
            Requires::OneOf(keys) => self.one_of(type_, keys, found),
            Requires::NonEmpty(key) => match self.known(key) {
                Some([]) => found.push(Violation {
                    field: FieldPath::DataKey(key.into()),
                    rule: Rule::EmptyValue { type_, key },
                }),
                Some(_) => {}
                None => self.require(type_, key, found),
            },
            Requires::JsonObject(key) => match self.known(key).map(json::object) {
                Some(Err(fault)) => found.push(Violation {
                    field: FieldPath::DataKey(key.into()),
                    rule: Rule::NotJsonObject { type_, key, fault },
                }),
                Some(Ok(())) => {}
                None => self.require(type_, key, found),
            },
        }
    }

    fn require(&self, type_: &'static str, key: &'static str, found: &mut Vec<Violation>) {
        if !self.unknown.open && !self.has(key) {
            let rule = Rule::KeyMissing { type_, key, instead: self.instead(key) };
            found.push(Violation { field: FieldPath::DataKey(key.into()), rule });
        }
    }

    fn one_of(
        &self,
        type_: &'static str,
        keys: &'static [&'static str],
        found: &mut Vec<Violation>,
    ) {
        if self.unknown.open || keys.iter().any(|key| self.has(key)) {
            return;
        }
        let instead = keys.iter().find_map(|key| Some((self.instead(key)?, *key)));
        for (index, key) in keys.iter().enumerate() {
            let rule = Rule::NoneOf { type_, keys, instead: instead.clone(), first: index == 0 };
            found.push(Violation { field: FieldPath::DataKey((*key).into()), rule });
        }
    }

    /// A key of the Secret that was perhaps meant to be `key`: the same in another spelling, or
    /// that of docker's other form.
    fn instead(&self, key: &str) -> Option<String> {
        let other = match key {
            DOCKER_CFG_KEY => Some(DOCKER_CONFIG_JSON_KEY),
            DOCKER_CONFIG_JSON_KEY => Some(DOCKER_CFG_KEY),
            _ => None,
        };
        if let Some(other) = other.filter(|other| self.has(other)) {
            return Some(other.into());
        }
        // What is another key of the type is not a misspelling of this one.
        let needed = kind::of_type(&self.secret.type_).map(|kind| kind.requires);
        let candidates = self
            .all_keys()
            .into_iter()
            .filter(|name| !matches!(needed, Some(Requires::AllOf(keys)) if keys.contains(name)));
        nearest(key, candidates).map(String::from)
    }
}
