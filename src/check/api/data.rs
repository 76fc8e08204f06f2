//! What the API server requires of a Secret's data: keys, size, and what the type needs.

use std::collections::BTreeSet;

use super::{DATA_MAX, REQUIRED, Refused, TOO_LONG, messages, names, repair};
use crate::check::{finding::Spot, registry::messages::not_json, subject::Subject};
use crate::diag::phrases::nearest;
use crate::go::json;
use crate::secret::kind::{self, DOCKER_CFG_KEY, DOCKER_CONFIG_JSON_KEY, Requires};

/// In the server's order: keys, size, type.
pub(super) fn check(subject: &Subject<'_>, refused: &mut Refused) {
    for key in all_keys(subject) {
        for misfit in names::data_key(key) {
            let (found, at) = (messages::data_key(key, &misfit), Spot::DataKey(key.to_owned()));
            refused.invalid(&path(key), at, found).repair(repair::data_key(key));
        }
    }
    size(subject, refused);
    if let Some(kind) = kind::of_type(&subject.secret.type_) {
        requires(subject, &kind.requires, refused);
    }
}

fn all_keys<'a>(subject: &Subject<'a>) -> BTreeSet<&'a str> {
    subject.secret.data.keys().chain(&subject.unknown.keys).map(String::as_str).collect()
}

fn path(key: &str) -> String {
    format!("data[{key}]")
}

fn size(subject: &Subject<'_>, refused: &mut Refused) {
    let sizes = || {
        let keys = subject.secret.data.keys();
        keys.filter_map(|key| Some((subject.value(key)?.len(), key)))
    };
    let bytes: usize = sizes().map(|(size, _)| size).sum();
    if let Some((_, largest)) = sizes().max_by_key(|(size, _)| *size)
        && bytes > DATA_MAX
    {
        let is_all = !subject.unknown.open && subject.unknown.keys.is_empty();
        let found = messages::data_too_large(bytes, largest, is_all);
        refused.add(TOO_LONG, "data", Spot::DataKey(largest.clone()), found);
    }
}

fn requires(subject: &Subject<'_>, requires: &Requires, refused: &mut Refused) {
    let at = |key: &str| Spot::DataKey(key.to_owned());
    let type_ = &subject.secret.type_;
    match *requires {
        Requires::Nothing => {}
        Requires::Annotation(key) => {
            if subject.secret.annotations.get(key).is_none_or(String::is_empty) {
                let (path, at) =
                    (format!("metadata.annotations[{key}]"), Spot::AnnotationKey(key.into()));
                refused.add(REQUIRED, &path, at, messages::no_account());
            }
        }
        Requires::AllOf(keys) => keys.iter().for_each(|key| require(subject, key, refused)),
        Requires::OneOf(keys) => one_of(subject, keys, refused),
        Requires::NonEmpty(key) => match subject.value(key) {
            Some([]) => {
                refused.add(REQUIRED, &path(key), at(key), messages::empty(type_, key));
            }
            Some(_) => {}
            None => require(subject, key, refused),
        },
        Requires::JsonObject(key) => match subject.value(key).map(json::object) {
            Some(Err(fault)) => {
                refused.invalid(&path(key), at(key), not_json(type_, key, &fault));
            }
            Some(Ok(())) => {}
            None => require(subject, key, refused),
        },
    }
}

fn require(subject: &Subject<'_>, key: &str, refused: &mut Refused) {
    if !subject.lacks(key) {
        return;
    }
    // What was perhaps meant stands under another name.
    let near = near(subject, key);
    let found = messages::key_missing(&subject.secret.type_, key, near);
    let at = Spot::DataKey(near.unwrap_or(key).to_owned());
    let is_spelling = near.is_some_and(|near| near.eq_ignore_ascii_case(key));
    refused.add(REQUIRED, &path(key), at, found).repair(is_spelling.then(|| key.to_owned()));
}

/// The server reports it at each of the keys.
fn one_of(subject: &Subject<'_>, keys: &[&'static str], refused: &mut Refused) {
    let Some((first, others)) = keys.split_first() else { return };
    if !keys.iter().all(|key| subject.lacks(key)) {
        return;
    }
    let near = keys.iter().find_map(|key| Some((near(subject, key)?, *key)));
    let found = messages::none_of(&subject.secret.type_, keys, near);
    let at = Spot::DataKey(near.map_or(*first, |(near, _)| near).to_owned());
    refused.add(REQUIRED, &path(first), at, found);
    for key in others {
        refused.again(REQUIRED, &path(key));
    }
}

/// A key that was perhaps meant to be `key`: another spelling, or that of docker's other form.
fn near<'a>(subject: &Subject<'a>, key: &str) -> Option<&'a str> {
    let other = match key {
        DOCKER_CFG_KEY => DOCKER_CONFIG_JSON_KEY,
        DOCKER_CONFIG_JSON_KEY => DOCKER_CFG_KEY,
        _ => "",
    };
    let keys = all_keys(subject);
    if let Some(other) = keys.get(other).filter(|other| !other.is_empty()) {
        return Some(other);
    }
    // What is another key of the type is not a misspelling of this one.
    let needed = kind::of_type(&subject.secret.type_).map(|kind| kind.requires);
    let is_needed =
        |name: &&str| matches!(needed, Some(Requires::AllOf(keys)) if keys.contains(name));
    nearest(key, keys.into_iter().filter(|name| !is_needed(name)))
}
