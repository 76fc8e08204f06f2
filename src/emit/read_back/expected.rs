//! What a reader is to find, and the comparison while it reads: nothing of what was read is kept.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use zeroize::Zeroizing;

use crate::secret::Secret;
use crate::secret::bytes::SecretBytes;

pub(crate) enum Expected<'a> {
    Text(&'a str),
    Bool(bool),
    Base64(&'a [u8]),
    List(Vec<Expected<'a>>),
    /// Exactly these keys in this order.
    Map(Vec<(&'a str, Expected<'a>)>),
}

#[derive(Clone, Copy)]
pub(crate) enum Values {
    Base64,
    /// Empty strings; they were compared before.
    Cut,
}

/// A Secret as Kubernetes lays it out.
pub(crate) fn tree(secret: &Secret, values: Values) -> Expected<'_> {
    let metadata = [
        Some(("name", Expected::Text(&secret.name))),
        secret.namespace.as_deref().map(|namespace| ("namespace", Expected::Text(namespace))),
        texts("labels", &secret.labels),
        texts("annotations", &secret.annotations),
    ];
    let value = |value| match values {
        Values::Base64 => Expected::Base64(SecretBytes::expose(value)),
        Values::Cut => Expected::Text(""),
    };
    let data = || secret.data.iter().map(|(key, bytes)| (key.as_str(), value(bytes))).collect();
    let fields = [
        Some(("apiVersion", Expected::Text("v1"))),
        Some(("kind", Expected::Text("Secret"))),
        Some(("metadata", Expected::Map(metadata.into_iter().flatten().collect()))),
        secret.immutable.map(|immutable| ("immutable", Expected::Bool(immutable))),
        Some(("type", Expected::Text(&secret.type_))),
        (!secret.data.is_empty()).then(|| ("data", Expected::Map(data()))),
    ];
    Expected::Map(fields.into_iter().flatten().collect())
}

fn texts<'a>(
    field: &'a str,
    texts: &'a BTreeMap<String, String>,
) -> Option<(&'a str, Expected<'a>)> {
    let map = || {
        Expected::Map(
            texts.iter().map(|(key, value)| (key.as_str(), Expected::Text(value))).collect(),
        )
    };
    (!texts.is_empty()).then(|| (field, map()))
}

/// The way to the field that differed, innermost key first.
#[derive(Default)]
pub(crate) struct DifferingPath(RefCell<Vec<String>>);

impl DifferingPath {
    fn under(&self, key: impl ToString) {
        self.0.borrow_mut().push(key.to_string());
    }

    /// The keys from the top.
    pub(crate) fn path(&self) -> Vec<String> {
        self.0.borrow().iter().rev().cloned().collect()
    }
}

/// Reads one value and compares it. Its errors say nothing; [`DifferingPath`] says where.
#[derive(Clone, Copy)]
pub(crate) struct Check<'a> {
    expected: &'a Expected<'a>,
    wrong: &'a DifferingPath,
}

impl<'a> Check<'a> {
    pub(crate) fn new(expected: &'a Expected<'a>, wrong: &'a DifferingPath) -> Self {
        Self { expected, wrong }
    }
}

impl<'de> DeserializeSeed<'de> for Check<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        // Not `deserialize_str`: yaml_serde would then give a plain `true` as a string too.
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Check<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("what was meant")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<(), E> {
        same(match self.expected {
            Expected::Text(meant) => text == *meant,
            Expected::Base64(meant) => is_base64_of(text, meant),
            _ => false,
        })
    }

    fn visit_bool<E: Error>(self, bool: bool) -> Result<(), E> {
        same(matches!(self.expected, Expected::Bool(meant) if bool == *meant))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        let Expected::List(meant) = self.expected else { return same(false) };
        for (index, expected) in meant.iter().enumerate() {
            let item = items.next_element_seed(Check { expected, ..self });
            item.and_then(|item| same(item.is_some())).inspect_err(|_| self.wrong.under(index))?;
        }
        same(items.next_element::<IgnoredAny>()?.is_none())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<(), A::Error> {
        let Expected::Map(meant) = self.expected else { return same(false) };
        for (key, expected) in meant {
            let name = Expected::Text(key);
            let found = entries.next_key_seed(Check { expected: &name, ..self });
            let value = found.and_then(|found| same(found.is_some()));
            value
                .and_then(|()| entries.next_value_seed(Check { expected, ..self }))
                .inspect_err(|_| self.wrong.under(key))?;
        }
        same(entries.next_key::<IgnoredAny>()?.is_none())
    }
}

fn same<E: Error>(same: bool) -> Result<(), E> {
    if same { Ok(()) } else { Err(E::custom("")) }
}

/// Whether `text` is the base64 of `meant`, with padding and no blanks.
pub(crate) fn is_base64_of(text: &str, meant: &[u8]) -> bool {
    // Room for what the text can hold at most, so that a longer value is seen as such.
    let mut bytes = Zeroizing::new(vec![0; text.len().div_ceil(4) * 3]);
    let length = STANDARD.decode_slice(text, &mut bytes);
    length.ok().and_then(|length| bytes.get(..length)) == Some(meant)
}
