//! The second reading of a YAML text, by a YAML 1.1 reader: does it find the tree that the first
//! one found?

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};

use super::fault::{StructureFault, StructureFaultKind};
use super::tree::Tree;

/// Fails at the first place where `serde_yaml` reads something else than `tree`, or nothing at all.
pub(crate) fn readers_agree(text: &str, tree: &Tree) -> Result<(), StructureFault> {
    Same(tree).deserialize(serde_yaml::Deserializer::from_str(text)).map_err(|error| {
        // Its message may quote the text.
        let place = error
            .location()
            .map_or((1, 1), |location| (location.line().max(1), location.column().max(1)));
        StructureFault { line: place.0, column: place.1, kind: StructureFaultKind::ReadersDiffer }
    })
}

/// The tree that has to be found.
struct Same<'a>(&'a Tree);

impl Same<'_> {
    fn verdict<E: Error>(&self, same: bool) -> Result<(), E> {
        if same { Ok(()) } else { Err(E::custom("")) }
    }
}

impl<'de> DeserializeSeed<'de> for Same<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Same<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("what the other reader found")
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        self.verdict(matches!(self.0, Tree::Null))
    }

    fn visit_none<E: Error>(self) -> Result<(), E> {
        self.visit_unit()
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<(), E> {
        self.verdict(matches!(self.0, Tree::Bool(other) if *other == value))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<(), E> {
        self.verdict(matches!(self.0, Tree::Integer(other) if *other == value.into()))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<(), E> {
        self.verdict(matches!(self.0, Tree::Integer(other) if *other == value.into()))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<(), E> {
        let same = |other: f64| other == value || other.is_nan() && value.is_nan();
        self.verdict(matches!(self.0, Tree::Float(other) if same(*other)))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<(), E> {
        self.verdict(matches!(self.0, Tree::String(other) if other.as_str() == value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        let Tree::Array(array) = self.0 else { return self.verdict(false) };
        for item in array {
            let found = items.next_element_seed(Same(item))?.is_some();
            self.verdict(found)?;
        }
        let end = items.next_element::<serde::de::IgnoredAny>()?.is_none();
        self.verdict(end)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<(), A::Error> {
        let Tree::Table(table) = self.0 else { return self.verdict(false) };
        for (key, value) in table {
            let found = entries.next_key_seed(Key(key))?.is_some();
            self.verdict(found)?;
            entries.next_value_seed(Same(value))?;
        }
        let end = entries.next_key::<serde::de::IgnoredAny>()?.is_none();
        self.verdict(end)
    }
}

/// The key that has to be found.
struct Key<'a>(&'a str);

impl<'de> DeserializeSeed<'de> for Key<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Key<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the key that the other reader found")
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<(), E> {
        if self.0 == value { Ok(()) } else { Err(E::custom("")) }
    }
}
