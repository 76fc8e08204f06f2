//! From a document's tree to a Secret, field by field as the API server's decoder goes: JSON types,
//! unknown and duplicate fields, base64.
//!
//! Source: `core/v1` `Secret` and `meta/v1` `ObjectMeta`, decoded by `sigs.k8s.io/json` with
//! `fieldValidation=Strict`. Field names count by case, `null` is the same as nothing, and of
//! `data` and `stringData` the latter wins key by key.

mod fields;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::Range;

use super::fault::{DecodeFault, DecodeFaultKind};
use super::node::{JsonNode, JsonNodeKind, Member};
use super::objects::SECRET_FIELDS;
use crate::check::api::object_meta::{MoreMetadata, Owner};
use crate::check::finding::Spot;
use crate::content::Content;
use crate::content::placeholder::is_placeholder;
use crate::go::base64;
use crate::secret::Secret;
use crate::secret::bytes::SecretBytes;
use crate::secret::kind::OPAQUE;
use fields::joined;

/// What came of a manifest: as much of the Secret as could be decoded, and where everything was.
#[derive(Default)]
pub(crate) struct Decoded {
    pub secret: Secret,
    /// Metadata that specs don't have.
    pub more: MoreMetadata,
    /// What keeps the server from decoding it; nothing if it can.
    pub faults: Vec<DecodeFault>,
    /// Keys that YAML reads as something else than text, and what becomes of them.
    pub renamed: Vec<(Range<usize>, String)>,
    /// Values of `data` that are a placeholder which decodes by chance, with their keys.
    pub placeholders: Vec<(Range<usize>, String)>,
    /// Values that are a null.
    pub nulls: Vec<Null>,
    /// Data keys whose values could not be decoded.
    pub undecoded: BTreeSet<String>,
    pub places: HashMap<Spot, Range<usize>>,
    /// What messages may quote.
    pub harmless: Vec<Range<usize>>,
}

pub(crate) struct Null {
    pub range: Range<usize>,
    pub key: String,
    /// Whether it is the value of a data key, not of a label or annotation.
    pub is_data: bool,
}

/// Fields of the metadata that only the server sets.
const SERVER_FIELDS: [&str; 8] = [
    "uid",
    "resourceVersion",
    "generation",
    "creationTimestamp",
    "deletionTimestamp",
    "deletionGracePeriodSeconds",
    "selfLink",
    "managedFields",
];

impl Decoded {
    pub(crate) fn read(node: &JsonNode<'_>) -> Self {
        let mut decoded = Self::default();
        decoded.places.insert(Spot::Secret, node.range.clone());
        decoded.secret(node);
        if decoded.secret.type_.is_empty() {
            decoded.secret.type_ = OPAQUE.to_owned();
        }
        decoded
    }

    fn secret(&mut self, node: &JsonNode<'_>) {
        let mut data = BTreeMap::new();
        let mut string_data = BTreeMap::new();
        for (name, member) in self.fields(node, "", &SECRET_FIELDS) {
            let value = &member.value;
            match name {
                "apiVersion" | "kind" => {
                    self.harmless_text(value, name);
                    let spot = if name == "kind" { Spot::Kind } else { Spot::ApiVersion };
                    self.places.insert(spot, value.range.clone());
                }
                "metadata" => self.metadata(value),
                "immutable" => {
                    self.places.insert(Spot::Immutable, member.key_range.clone());
                    self.secret.immutable = self.boolean(value, name);
                    let is_word =
                        value.text().is_some_and(|text| ["true", "false"].contains(&text));
                    if is_word || matches!(value.kind, JsonNodeKind::Bool(_)) {
                        self.harmless.push(value.range.clone());
                    }
                }
                "type" => {
                    self.places.insert(Spot::Type, value.range.clone());
                    self.secret.type_ = self.harmless_text(value, name);
                }
                "data" => data = self.data(value),
                _ => string_data = self.string_data(value),
            }
        }
        // The API server decodes what `stringData` replaces too, but its value is not the one that
        // counts.
        data.append(&mut string_data);
        for (key, value) in data {
            match value {
                Some(value) => drop(self.secret.data.insert(key, value)),
                None => drop(self.undecoded.insert(key)),
            }
        }
    }

    /// Whether there may be more data than was found: it could not be read, or stands under a field
    /// that is not known.
    pub(crate) fn data_is_open(&self) -> bool {
        self.faults.iter().any(|fault| match fault.kind {
            DecodeFaultKind::Unknown { object: true, .. } => true,
            _ => ["", "data", "stringData"].contains(&fault.path.as_str()),
        })
    }

    /// Whether the same is so of the metadata or the type, by the field's name.
    pub(crate) fn is_open(&self, field: &str) -> bool {
        self.faults.iter().any(|fault| {
            let path = fault.path.as_str();
            let rest = path.strip_prefix(field);
            fault.is_stray()
                || path.is_empty()
                || rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        })
    }

    /// Whether a fault's path starts so.
    pub(crate) fn has_fault_in(&self, path: &str) -> bool {
        self.faults.iter().any(|fault| fault.path.starts_with(path))
    }

    fn metadata(&mut self, node: &JsonNode<'_>) {
        const FIELDS: [&str; 15] = [
            "name",
            "generateName",
            "namespace",
            "selfLink",
            "uid",
            "resourceVersion",
            "generation",
            "creationTimestamp",
            "deletionTimestamp",
            "deletionGracePeriodSeconds",
            "labels",
            "annotations",
            "ownerReferences",
            "finalizers",
            "managedFields",
        ];
        for (name, member) in self.fields(node, "metadata", &FIELDS) {
            let (path, value) = (&format!("metadata.{name}"), &member.value);
            let range = value.range.clone();
            self.places.insert(Spot::Metadata(name), member.key_range.clone());
            // `creationTimestamp: null` is what `kubectl create --dry-run -o yaml` prints.
            let said = !matches!(&value.kind, JsonNodeKind::Null) && value.text() != Some("");
            // A negative generation is refused, which is said instead.
            let refused = matches!(&value.kind, JsonNodeKind::Number(Some(..0)));
            if said && !refused && SERVER_FIELDS.contains(&name) {
                self.more.server_fields.push(name);
            }
            match name {
                "name" => {
                    self.places.insert(Spot::Name, range);
                    self.secret.name = self.harmless_text(value, path);
                }
                "generateName" => {
                    self.places.insert(Spot::GenerateName, range);
                    self.more.generate_name = self.harmless_text(value, path);
                }
                "namespace" => {
                    self.places.insert(Spot::Namespace, range);
                    let namespace = self.harmless_text(value, path);
                    self.secret.namespace = Some(namespace).filter(|name| !name.is_empty());
                }
                "labels" => self.secret.labels = self.texts(value, path),
                "annotations" => self.secret.annotations = self.texts(value, path),
                "generation" => self.more.generation = self.integer(value, path),
                "deletionGracePeriodSeconds" => drop(self.integer(value, path)),
                "creationTimestamp" | "deletionTimestamp" => self.time(value, path),
                "finalizers" => {
                    for (index, item) in self.items(value, path).iter().enumerate() {
                        self.places.insert(Spot::Finalizer(index), item.range.clone());
                        let text = self.harmless_text(item, &format!("{path}[{index}]"));
                        self.more.finalizers.push(text);
                    }
                }
                "ownerReferences" => {
                    for (index, item) in self.items(value, path).iter().enumerate() {
                        let owner = self.owner(index, item, &format!("{path}[{index}]"));
                        self.more.owners.push(owner);
                    }
                }
                "managedFields" => {
                    for (index, item) in self.items(value, path).iter().enumerate() {
                        self.managed_fields(item, &format!("{path}[{index}]"));
                    }
                }
                // `selfLink`, `uid`, `resourceVersion`.
                _ => drop(self.text(value, path)),
            }
        }
    }

    fn owner(&mut self, index: usize, node: &JsonNode<'_>, path: &str) -> Owner {
        const FIELDS: [&str; 6] =
            ["apiVersion", "kind", "name", "uid", "controller", "blockOwnerDeletion"];
        let mut owner = Owner::default();
        // Of those that are missing.
        for field in FIELDS {
            self.places.insert(Spot::Owner(index, field), node.range.clone());
        }
        for (name, Member { value, .. }) in self.fields(node, path, &FIELDS) {
            self.places.insert(Spot::Owner(index, name), value.range.clone());
            let path = joined(path, name);
            match name {
                "apiVersion" => owner.api_version = self.harmless_text(value, &path),
                "kind" => owner.kind = self.harmless_text(value, &path),
                "name" => owner.name = self.harmless_text(value, &path),
                "uid" => owner.uid = self.harmless_text(value, &path),
                "controller" => owner.controller = self.boolean(value, &path) == Some(true),
                _ => drop(self.boolean(value, &path)),
            }
        }
        owner
    }

    /// Bookkeeping of the server, which throws away what it does not understand; only the types
    /// have to be right.
    fn managed_fields(&mut self, node: &JsonNode<'_>, path: &str) {
        const FIELDS: [&str; 7] =
            ["manager", "operation", "apiVersion", "time", "fieldsType", "fieldsV1", "subresource"];
        for (name, Member { value, .. }) in self.fields(node, path, &FIELDS) {
            let path = joined(path, name);
            match name {
                "time" => self.time(value, &path),
                "fieldsV1" => {}
                _ => drop(self.text(value, &path)),
            }
        }
    }

    /// `data`: base64, or a list of numbers, which Go takes for bytes too. Nothing for values that
    /// are neither.
    fn data(&mut self, node: &JsonNode<'_>) -> BTreeMap<String, Option<SecretBytes>> {
        let mut data = BTreeMap::new();
        for member in self.entries(node, "data", "an object of base64 strings") {
            self.data_place(member);
            let (key, value) = (member.key.as_ref(), &member.value);
            let path = joined("data", key);
            let bytes = match &value.kind {
                JsonNodeKind::Null => Some(SecretBytes::default()),
                JsonNodeKind::String(text) => match base64::decode(text.as_bytes()) {
                    // A word such as `changeme` is base64 by chance.
                    Ok(bytes) if bytes.expose_str().is_none() && is_placeholder(text) => {
                        self.placeholders.push((value.range.clone(), key.to_owned()));
                        None
                    }
                    Ok(bytes) => Some(bytes),
                    Err(fault) => {
                        let content = Content::of(text.as_bytes());
                        let kind = if content.is_ciphertext() || content == Content::Placeholder {
                            DecodeFaultKind::StandIn(content)
                        } else {
                            DecodeFaultKind::Base64(fault)
                        };
                        self.fault(path, value.range.clone(), kind);
                        None
                    }
                },
                JsonNodeKind::Array(items) => self.bytes(items, &path),
                _ => {
                    self.wrong_type(path, value, "a base64 string");
                    None
                }
            };
            data.insert(key.to_owned(), bytes);
        }
        data
    }

    fn bytes(&mut self, items: &[JsonNode<'_>], path: &str) -> Option<SecretBytes> {
        let mut bytes = Vec::with_capacity(items.len());
        for item in items {
            match &item.kind {
                JsonNodeKind::Null => bytes.push(0),
                JsonNodeKind::Number(Some(number)) if u8::try_from(*number).is_ok() => {
                    bytes.extend(u8::try_from(*number))
                }
                JsonNodeKind::Number(_) => {
                    self.fault(path.to_owned(), item.range.clone(), DecodeFaultKind::Byte);
                    return None;
                }
                _ => {
                    self.wrong_type(path.to_owned(), item, "a number from 0 to 255");
                    return None;
                }
            }
        }
        Some(SecretBytes::new(bytes))
    }

    fn string_data(&mut self, node: &JsonNode<'_>) -> BTreeMap<String, Option<SecretBytes>> {
        let mut data = BTreeMap::new();
        for member in self.entries(node, "stringData", "an object of strings") {
            self.data_place(member);
            let (key, value) = (member.key.as_ref(), &member.value);
            let text = match &value.kind {
                JsonNodeKind::Null => Some(SecretBytes::default()),
                JsonNodeKind::String(text) => Some(SecretBytes::from(text.as_ref())),
                _ => {
                    self.wrong_type(joined("stringData", key), value, "a string");
                    None
                }
            };
            data.insert(key.to_owned(), text);
        }
        data
    }

    fn data_place(&mut self, member: &Member<'_>) {
        let (key, value) = (member.key.to_string(), &member.value);
        self.null(&key, value, true);
        self.places.insert(Spot::DataKey(key.clone()), member.key_range.clone());
        self.places.insert(Spot::DataValue(key), value.range.clone());
    }

    fn null(&mut self, key: &str, value: &JsonNode<'_>, is_data: bool) {
        if matches!(value.kind, JsonNodeKind::Null) {
            self.nulls.push(Null { range: value.range.clone(), key: key.to_owned(), is_data });
        }
    }

    /// `labels` or `annotations`.
    fn texts(&mut self, node: &JsonNode<'_>, path: &str) -> BTreeMap<String, String> {
        let is_label = path == "metadata.labels";
        let mut texts = BTreeMap::new();
        for member in self.entries(node, path, "an object of strings") {
            let (key, value) = (member.key.to_string(), &member.value);
            let path = joined(path, &key);
            let (key_spot, value_spot, text) = if is_label {
                let text = self.harmless_text(value, &path);
                (Spot::LabelKey(key.clone()), Spot::LabelValue(key.clone()), text)
            } else {
                let text = self.text(value, &path);
                (Spot::AnnotationKey(key.clone()), Spot::AnnotationValue(key.clone()), text)
            };
            self.places.insert(key_spot, member.key_range.clone());
            self.places.insert(value_spot, value.range.clone());
            self.null(&key, value, false);
            texts.insert(key, text);
        }
        texts
    }
}
