//! One field of a manifest at a time, as the server's decoder takes it: objects, lists, texts,
//! numbers, times.

use std::{collections::HashMap, ops::Range};

use super::Decoded;
use crate::diag::key_names::shown_key;
use crate::go::time;
use crate::manifests::fault::{DecodeFault, DecodeFaultKind, Remedy};
use crate::manifests::node::{JsonNode, JsonNodeKind, Member};
use crate::manifests::{mask, messages};

impl Decoded {
    /// The known fields of a struct, the last of each; what is unknown, twice there, or no object,
    /// is a fault.
    pub(super) fn fields<'n, 't>(
        &mut self,
        node: &'n JsonNode<'t>,
        path: &str,
        known: &[&'static str],
    ) -> Vec<(&'static str, &'n Member<'t>)> {
        let mut found = Vec::with_capacity(known.len());
        let mut unknown = Vec::new();
        for member in self.entries(node, path, "an object", known) {
            match known.iter().find(|name| **name == member.key) {
                Some(name) => found.push((*name, member)),
                None => unknown.push(member),
            }
        }
        let present: Vec<&'static str> = found.iter().map(|(name, ..)| *name).collect();
        for Member { key, key_range, value, .. } in unknown {
            let name = shown_key(key).to_owned();
            let remedy = Remedy::of(&name, path, known, &present);
            let object = matches!(value.kind, JsonNodeKind::Object(_));
            let full = joined(path, &name);
            let kind = DecodeFaultKind::Unknown { parent: path.to_owned(), name, remedy, object };
            self.fault(full, key_range.clone(), kind);
        }
        found
    }

    pub(super) fn entries<'n, 't>(
        &mut self,
        node: &'n JsonNode<'t>,
        path: &str,
        wanted: &'static str,
        known: &[&str],
    ) -> Vec<&'n Member<'t>> {
        if !matches!(node.kind, JsonNodeKind::Null | JsonNodeKind::Object(_)) {
            self.wrong_type(path.to_owned(), node, wanted);
        }
        let members = node.members();
        let mut entries: Vec<&Member<'t>> = Vec::with_capacity(members.len());
        let mut index_of: HashMap<&str, usize> = HashMap::with_capacity(members.len());
        for member in members {
            if known.contains(&member.key.as_ref()) || mask::is_named(member) {
                self.harmless.push(member.key_range.clone());
            } else {
                self.unnamed.push(member.key.to_string());
            }
            if member.renamed {
                self.remarks.push((member.key_range.clone(), messages::renamed(&member.key)));
            }
            let index = *index_of.entry(&member.key).or_insert(entries.len());
            let Some(last) = entries.get_mut(index) else {
                entries.push(member);
                continue;
            };
            // What a merge key brings in may be said again: that is what it is for.
            if !last.merged && !member.merged {
                let kind = DecodeFaultKind::Duplicate { first: last.key_range.clone() };
                self.fault(joined(path, &member.key), member.key_range.clone(), kind);
            }
            *last = member;
        }
        entries
    }

    /// The value of a node that is of the type `wanted`, if it is; a null is the same as nothing.
    fn typed<T: Default>(
        &mut self,
        value: Option<T>,
        node: &JsonNode<'_>,
        path: &str,
        wanted: &'static str,
    ) -> T {
        if value.is_none() && !node.is_null() {
            self.wrong_type(path.to_owned(), node, wanted);
        }
        value.unwrap_or_default()
    }

    pub(super) fn items<'n, 't>(
        &mut self,
        node: &'n JsonNode<'t>,
        path: &str,
    ) -> &'n [JsonNode<'t>] {
        let items = match &node.kind {
            JsonNodeKind::Array(items) => Some(items.as_slice()),
            _ => None,
        };
        self.typed(items, node, path, "a list")
    }

    pub(super) fn text(&mut self, node: &JsonNode<'_>, path: &str) -> String {
        self.typed(node.text().map(str::to_owned), node, path, "a string")
    }

    pub(super) fn boolean(&mut self, node: &JsonNode<'_>, path: &str) -> Option<bool> {
        let value =
            if let JsonNodeKind::Bool(value) = node.kind { Some(Some(value)) } else { None };
        self.typed(value, node, path, "a boolean")
    }

    pub(super) fn integer(&mut self, node: &JsonNode<'_>, path: &str) -> i64 {
        let value = if let JsonNodeKind::Number(value) = node.kind { value } else { None };
        self.typed(value, node, path, "an integer")
    }

    pub(super) fn time(&mut self, node: &JsonNode<'_>, path: &str) {
        let time = node.text().filter(|text| time::parse(text.as_bytes()).is_some());
        self.typed(time, node, path, "a timestamp");
    }

    pub(super) fn harmless_text(&mut self, node: &JsonNode<'_>, path: &str) -> String {
        // Nobody knows what a list or an object here was meant to be.
        if node.is_scalar() {
            self.harmless.push(node.range.clone());
        }
        match node.name() {
            Some(name) => name.into_owned(),
            None => self.text(node, path),
        }
    }

    pub(super) fn wrong_type(&mut self, path: String, node: &JsonNode<'_>, wanted: &'static str) {
        let scalar = matches!(node.kind, JsonNodeKind::Bool(_) | JsonNodeKind::Number(_));
        let quotes = scalar && node.plain && wanted.ends_with("string");
        let kind = DecodeFaultKind::Type { wanted, found: node.class(), quotes };
        self.fault(path, node.range.clone(), kind);
    }

    pub(super) fn fault(&mut self, path: String, range: Range<usize>, kind: DecodeFaultKind) {
        self.faults.push(DecodeFault { path, range, kind });
    }
}

/// The path of a field of the object at a path; that of the manifest is empty.
pub(super) fn joined(path: &str, name: &str) -> String {
    let name = shown_key(name);
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}
