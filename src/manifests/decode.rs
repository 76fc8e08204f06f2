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
use super::node::{JsonNode, JsonNodeKind};
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
    /// Values of `data` and `stringData` that are a null.
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
    /// Whose keys these are.
    pub map: Map,
}

impl Null {
    /// Whether it is the value of a data key.
    pub(crate) fn is_data(&self) -> bool {
        matches!(self.map, Map::Data | Map::StringData)
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Map {
    Data,
    StringData,
    Labels,
    Annotations,
}

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
        const FIELDS: [&str; 7] =
            ["apiVersion", "kind", "metadata", "immutable", "data", "stringData", "type"];
        let mut data = BTreeMap::new();
        let mut string_data = BTreeMap::new();
        for (name, key, value) in self.fields(node, "", &FIELDS) {
            match name {
                "apiVersion" | "kind" => {
                    self.harmless_text(value, name);
                    let spot = if name == "kind" { Spot::Kind } else { Spot::ApiVersion };
                    self.places.insert(spot, value.range.clone());
                }
                "metadata" => self.metadata(value),
                "immutable" => {
                    self.places.insert(Spot::Immutable, key);
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
        for (key, value) in string_data {
            data.insert(key, value);
        }
        self.undecoded =
            data.iter().filter(|(_, value)| value.is_none()).map(|(key, _)| key.clone()).collect();
        self.secret.data =
            data.into_iter().filter_map(|(key, value)| Some((key, value?))).collect();
    }

    /// Whether there may be more data than was found: it could not be read, or stands under a field
    /// that nobody knows.
    pub(crate) fn data_is_open(&self) -> bool {
        let is_object = |fault: &DecodeFault| {
            matches!(fault.kind, DecodeFaultKind::Unknown { object: true, .. })
        };
        self.faults.iter().any(|fault| {
            is_object(fault) || ["", "data", "stringData"].contains(&fault.path.as_str())
        })
    }

    /// Whether the same is so of the metadata.
    pub(crate) fn metadata_is_open(&self) -> bool {
        let is_inside =
            |path: &str| path.is_empty() || path == "metadata" || path.starts_with("metadata.");
        self.faults.iter().any(|fault| fault.is_stray() || is_inside(&fault.path))
    }

    /// Whether the same is so of the type.
    pub(crate) fn type_is_open(&self) -> bool {
        self.faults
            .iter()
            .any(|fault| fault.is_stray() || ["", "type"].contains(&fault.path.as_str()))
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
        for (name, key, value) in self.fields(node, "metadata", &FIELDS) {
            let path = format!("metadata.{name}");
            let range = value.range.clone();
            match name {
                "name" => {
                    self.places.insert(Spot::Name, range);
                    self.secret.name = self.harmless_text(value, &path);
                }
                "generateName" => {
                    self.places.insert(Spot::GenerateName, range);
                    self.more.generate_name = self.harmless_text(value, &path);
                }
                "namespace" => {
                    self.places.insert(Spot::Namespace, range);
                    self.secret.namespace = Some(self.harmless_text(value, &path))
                        .filter(|namespace| !namespace.is_empty());
                }
                "labels" => {
                    self.secret.labels = self.texts(value, &path, Map::Labels);
                }
                "annotations" => {
                    self.places.insert(Spot::Metadata(name), key);
                    self.secret.annotations = self.texts(value, &path, Map::Annotations);
                }
                _ => {
                    self.places.insert(Spot::Metadata(name), key);
                    // `creationTimestamp: null` is what `kubectl create --dry-run -o yaml` prints.
                    let said =
                        !matches!(&value.kind, JsonNodeKind::Null) && value.text() != Some("");
                    // A negative generation is refused, which is said instead.
                    let refused = matches!(&value.kind, JsonNodeKind::Number(Some(..0)));
                    if said && !refused && SERVER_FIELDS.contains(&name) {
                        self.more.server_fields.push(name);
                    }
                    self.other_metadata(name, value, &path);
                }
            }
        }
    }

    fn other_metadata(&mut self, name: &str, value: &JsonNode<'_>, path: &str) {
        match name {
            "selfLink" | "uid" => drop(self.text(value, path)),
            "resourceVersion" => drop(self.text(value, path)),
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
            _ => {
                for (index, item) in self.items(value, path).iter().enumerate() {
                    self.managed_fields(item, &format!("{path}[{index}]"));
                }
            }
        }
    }

    fn owner(&mut self, index: usize, node: &JsonNode<'_>, path: &str) -> Owner {
        const FIELDS: [&str; 6] =
            ["apiVersion", "kind", "name", "uid", "controller", "blockOwnerDeletion"];
        let mut owner = Owner::default();
        for field in FIELDS {
            self.places.insert(Spot::Owner(index, field), node.range.clone());
        }
        for (name, _, value) in self.fields(node, path, &FIELDS) {
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
        for (name, _, value) in self.fields(node, path, &FIELDS) {
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
        for (key, key_range, value) in self.entries(node, "data", "an object of base64 strings") {
            self.data_place(key, key_range, value, Map::Data);
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
        for (key, key_range, value) in self.entries(node, "stringData", "an object of strings") {
            self.data_place(key, key_range, value, Map::StringData);
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

    fn data_place(&mut self, key: &str, key_range: Range<usize>, value: &JsonNode<'_>, map: Map) {
        self.places.insert(Spot::DataKey(key.to_owned()), key_range);
        self.places.insert(Spot::DataValue(key.to_owned()), value.range.clone());
        self.null(key, value, map);
    }

    fn null(&mut self, key: &str, value: &JsonNode<'_>, map: Map) {
        if matches!(value.kind, JsonNodeKind::Null) {
            self.nulls.push(Null { range: value.range.clone(), key: key.to_owned(), map });
        }
    }

    fn texts(&mut self, node: &JsonNode<'_>, path: &str, map: Map) -> BTreeMap<String, String> {
        let labels = map == Map::Labels;
        let key_spot = if labels { Spot::LabelKey } else { Spot::AnnotationKey };
        let value_spot = if labels { Spot::LabelValue } else { Spot::AnnotationValue };
        let mut texts = BTreeMap::new();
        for (key, key_range, value) in self.entries(node, path, "an object of strings") {
            self.places.insert(key_spot(key.to_owned()), key_range);
            self.places.insert(value_spot(key.to_owned()), value.range.clone());
            self.null(key, value, map);
            let path = joined(path, key);
            let text =
                if labels { self.harmless_text(value, &path) } else { self.text(value, &path) };
            texts.insert(key.to_owned(), text);
        }
        texts
    }
}
