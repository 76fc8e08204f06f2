//! From a document's tree to a Secret, field by field as the API server's decoder goes: JSON types,
//! unknown and duplicate fields, base64.
//!
//! Source: `core/v1` `Secret` and `meta/v1` `ObjectMeta`, decoded by `sigs.k8s.io/json` with
//! `fieldValidation=Strict`. Field names count by case, `null` is the same as nothing, and of
//! `data` and `stringData` the latter wins key by key.

mod fields;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::Range;

use super::fault::{DecodeFault, DecodeFaultKind, METADATA_FIELDS, SERVER_FIELDS};
use super::node::{JsonNode, JsonNodeKind, Member};
use super::objects::SECRET_FIELDS;
use crate::check::api::object_meta::{MoreMetadata, Owner};
use crate::check::{content::messages::placeholder, finding::Spot, subject::Origin};
use crate::content::{Content, placeholder::is_placeholder};
use crate::diag::{Diagnostic, phrases::code};
use crate::go::base64;
use crate::secret::{Secret, bytes::SecretBytes, kind::OPAQUE};
use fields::joined;

/// What came of a manifest: as much of the Secret as could be decoded, and where everything was.
#[derive(Default)]
pub(crate) struct Decoded {
    pub secret: Secret,
    pub more: MoreMetadata,
    pub faults: Vec<DecodeFault>,
    /// What else is to be said of it: keys that YAML reads as something else than text, values of
    /// `data` that are a placeholder which decodes by chance.
    pub remarks: Vec<(Range<usize>, Diagnostic)>,
    pub nulls: Vec<Null>,
    /// Data keys whose values could not be decoded, or are such a placeholder.
    pub undecoded: BTreeSet<String>,
    pub places: HashMap<Spot, Range<usize>>,
    /// What messages may quote.
    pub harmless: Vec<Range<usize>>,
    /// Keys that messages must not name.
    pub unnamed: Vec<String>,
}

pub(crate) struct Null {
    pub range: Range<usize>,
    pub key: String,
    /// Whether it is the value of a data key, not of a label or annotation.
    pub is_data: bool,
}

impl Decoded {
    pub(crate) fn read(node: &JsonNode<'_>) -> Self {
        let mut decoded = Self::default();
        decoded.secret(node);
        if decoded.secret.type_.is_empty() {
            decoded.secret.type_ = OPAQUE.to_owned();
        }
        decoded
    }

    fn secret(&mut self, node: &JsonNode<'_>) {
        let mut data = BTreeMap::new();
        let mut string_data = BTreeMap::new();
        for (name, Member { key_range, value, .. }) in self.fields(node, "", &SECRET_FIELDS) {
            match name {
                "apiVersion" | "kind" => drop(self.harmless_text(value, name)),
                "metadata" => self.metadata(value),
                "immutable" => {
                    self.place(Spot::Immutable, key_range);
                    self.secret.immutable = self.boolean(value, name);
                    let is_word = matches!(value.text(), Some("true" | "false"));
                    if is_word || matches!(value.kind, JsonNodeKind::Bool(_)) {
                        self.harmless.push(value.range.clone());
                    }
                }
                "type" => {
                    self.place(Spot::Type, &value.range);
                    self.secret.type_ = self.harmless_text(value, name);
                }
                "data" => data = self.values(value, name),
                _ => string_data = self.values(value, name),
            }
        }
        // The API server decodes what `stringData` replaces too, but its value is not the one that
        // counts.
        self.undecoded.retain(|key| !string_data.contains_key(key));
        data.append(&mut string_data);
        for (key, value) in data {
            match value {
                Some(value) => drop(self.secret.data.insert(key, value)),
                None => drop(self.undecoded.insert(key)),
            }
        }
    }

    fn place(&mut self, spot: Spot, range: &Range<usize>) {
        self.places.insert(spot, range.clone());
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

    pub(crate) fn has_fault_in(&self, path: &str) -> bool {
        self.faults.iter().any(|fault| fault.path.starts_with(path))
    }

    fn metadata(&mut self, node: &JsonNode<'_>) {
        let known = [METADATA_FIELDS.as_slice(), &SERVER_FIELDS].concat();
        for (name, Member { key_range, value, .. }) in self.fields(node, "metadata", &known) {
            let path = &format!("metadata.{name}");
            self.place(Spot::Metadata(name), key_range);
            // `creationTimestamp: null` is what `kubectl create --dry-run -o yaml` prints.
            let said = !value.is_null() && value.text() != Some("");
            // A negative generation is refused, which is said instead.
            let refused = matches!(&value.kind, JsonNodeKind::Number(Some(..0)));
            if said && !refused && SERVER_FIELDS.contains(&name) {
                self.more.server_fields.push(name);
            }
            match name {
                "name" => {
                    self.place(Spot::Name, &value.range);
                    self.secret.name = self.harmless_text(value, path);
                }
                "generateName" => {
                    self.place(Spot::GenerateName, &value.range);
                    self.more.generate_name = self.harmless_text(value, path);
                }
                "namespace" => {
                    self.place(Spot::Namespace, &value.range);
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
                        self.place(Spot::Finalizer(index), &item.range);
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
            self.place(Spot::Owner(index, field), &node.range);
        }
        for (name, Member { value, .. }) in self.fields(node, path, &FIELDS) {
            self.place(Spot::Owner(index, name), &value.range);
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

    /// `data` or `stringData`; nothing for values that can't be decoded.
    fn values(
        &mut self,
        node: &JsonNode<'_>,
        field: &str,
    ) -> BTreeMap<String, Option<SecretBytes>> {
        let is_encoded = field == "data";
        let (wanted, wanted_value) = match is_encoded {
            true => ("an object of base64 strings", "a base64 string"),
            false => ("an object of strings", "a string"),
        };
        let mut values = BTreeMap::new();
        for Member { key, key_range, value, .. } in self.entries(node, field, wanted, &[]) {
            let (key, path) = (key.to_string(), joined(field, key));
            self.place(Spot::DataKey(key.clone()), key_range);
            self.place(Spot::DataValue(key.clone()), &value.range);
            self.null(&key, value, true);
            let bytes = match &value.kind {
                JsonNodeKind::Null => Some(SecretBytes::default()),
                JsonNodeKind::String(text) if is_encoded => self.base64(text, &key, path, value),
                JsonNodeKind::String(text) => Some(SecretBytes::from(text.as_ref())),
                // Go takes a list of numbers for bytes too.
                JsonNodeKind::Array(items) if is_encoded => self.bytes(items, &path),
                _ => {
                    self.wrong_type(path, value, wanted_value);
                    None
                }
            };
            values.insert(key, bytes);
        }
        values
    }

    fn base64(
        &mut self,
        text: &str,
        key: &str,
        path: String,
        value: &JsonNode<'_>,
    ) -> Option<SecretBytes> {
        match base64::decode(text.as_bytes()) {
            Ok(bytes) => {
                // A word such as `changeme` is base64 by chance.
                if bytes.expose_str().is_none() && is_placeholder(text) {
                    let remark = placeholder(&code(key), Origin::Manifest);
                    self.remarks.push((value.range.clone(), remark));
                    self.undecoded.insert(key.to_owned());
                }
                Some(bytes)
            }
            Err(fault) => {
                let content = Content::of(text.as_bytes());
                let is_stand_in = content.is_ciphertext() || content == Content::Placeholder;
                let kind = match is_stand_in {
                    true => DecodeFaultKind::StandIn(content),
                    false => DecodeFaultKind::Base64(fault),
                };
                self.fault(path, value.range.clone(), kind);
                None
            }
        }
    }

    fn bytes(&mut self, items: &[JsonNode<'_>], path: &str) -> Option<SecretBytes> {
        let mut bytes = Vec::with_capacity(items.len());
        for item in items {
            let byte = match &item.kind {
                JsonNodeKind::Null => Some(0),
                JsonNodeKind::Number(number) => number.and_then(|number| u8::try_from(number).ok()),
                _ => None,
            };
            let Some(byte) = byte else {
                self.fault(path.to_owned(), item.range.clone(), DecodeFaultKind::Byte);
                return None;
            };
            bytes.push(byte);
        }
        Some(SecretBytes::new(bytes))
    }

    fn texts(&mut self, node: &JsonNode<'_>, path: &str) -> BTreeMap<String, String> {
        let is_label = path == "metadata.labels";
        let mut texts = BTreeMap::new();
        for Member { key, key_range, value, .. } in
            self.entries(node, path, "an object of strings", &[])
        {
            let (key, path) = (key.to_string(), joined(path, key));
            self.null(&key, value, false);
            let text = if is_label {
                self.place(Spot::LabelKey(key.clone()), key_range);
                self.place(Spot::LabelValue(key.clone()), &value.range);
                self.harmless_text(value, &path)
            } else {
                self.place(Spot::AnnotationKey(key.clone()), key_range);
                self.place(Spot::AnnotationValue(key.clone()), &value.range);
                self.text(value, &path)
            };
            texts.insert(key, text);
        }
        texts
    }

    fn null(&mut self, key: &str, value: &JsonNode<'_>, is_data: bool) {
        if value.is_null() {
            self.nulls.push(Null { range: value.range.clone(), key: key.to_owned(), is_data });
        }
    }
}
