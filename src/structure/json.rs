//! Reads JSON with `serde_json`, more strictly: no key twice at any depth, no number that would be
//! rounded.

use std::cell::RefCell;
use std::collections::HashSet;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};

use super::fault::{MAX_DEPTH, StructureFault, StructureFaultKind};
use super::tree::Tree;

/// The smallest float at which neighbours are more than 1 apart: from here on a JSON number may
/// have been a whole one, rounded.
const FIRST_ROUNDED: f64 = 9_007_199_254_740_992.0;

/// Reads one JSON value (RFC 8259).
pub(crate) fn read(text: &str) -> Result<Tree, StructureFault> {
    let found = RefCell::new(None);
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let value = Node { depth: 0, found: &found }.deserialize(&mut deserializer);
    value.and_then(|tree| deserializer.end().map(|()| tree)).map_err(|error| {
        // serde_json's own message may quote the text; only its place is taken.
        let kind = found.borrow_mut().take().unwrap_or(StructureFaultKind::Syntax);
        StructureFault::at(text, offset(text, error.line(), error.column()), kind)
    })
}

/// serde_json counts lines from 1 and bytes in a line from 1, and names the byte before the place
/// if that is a line's start.
fn offset(text: &str, line: usize, column: usize) -> usize {
    let start = match line.checked_sub(2) {
        None => 0,
        Some(breaks) => text
            .bytes()
            .enumerate()
            .filter(|(_, byte)| *byte == b'\n')
            .nth(breaks)
            .map_or(0, |(index, _)| index + 1),
    };
    start + column.saturating_sub(1)
}

/// One value at some depth; what is wrong beyond the syntax goes to `found`, because a foreign
/// error carries only text.
#[derive(Clone, Copy)]
struct Node<'a> {
    depth: usize,
    found: &'a RefCell<Option<StructureFaultKind>>,
}

impl Node<'_> {
    fn fail<T, E: Error>(&self, kind: StructureFaultKind) -> Result<T, E> {
        self.found.replace(Some(kind));
        Err(E::custom(""))
    }

    fn deeper<E: Error>(&self) -> Result<Self, E> {
        if self.depth == MAX_DEPTH {
            return self.fail(StructureFaultKind::TooDeep);
        }
        Ok(Self { depth: self.depth + 1, found: self.found })
    }
}

impl<'de> DeserializeSeed<'de> for Node<'_> {
    type Value = Tree;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Tree, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Node<'_> {
    type Value = Tree;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E: Error>(self) -> Result<Tree, E> {
        Ok(Tree::Null)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Tree, E> {
        Ok(Tree::Bool(value))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Tree, E> {
        Ok(Tree::Integer(value.into()))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Tree, E> {
        Ok(Tree::Integer(value.into()))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Tree, E> {
        if value.abs() >= FIRST_ROUNDED {
            return self.fail(StructureFaultKind::BigNumber);
        }
        Ok(Tree::Float(value))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Tree, E> {
        Ok(Tree::string(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Tree, A::Error> {
        let node = self.deeper()?;
        let mut array = Vec::new();
        while let Some(item) = items.next_element_seed(node)? {
            array.push(item);
        }
        Ok(Tree::Array(array))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Tree, A::Error> {
        let node = self.deeper()?;
        let mut table = Vec::new();
        let mut seen = HashSet::new();
        while let Some(key) = entries.next_key::<String>()? {
            if !seen.insert(key.clone()) {
                return self.fail(StructureFaultKind::DuplicateKey(key));
            }
            table.push((key, entries.next_value_seed(node)?));
        }
        Ok(Tree::Table(table))
    }
}

#[cfg(test)]
mod tests {
    use super::read;
    use crate::structure::fault::StructureFaultKind;
    use crate::structure::tree::Tree;

    #[track_caller]
    fn fails(text: &str, line: usize, column: usize, kind: StructureFaultKind) {
        let fault = read(text).unwrap_err();
        assert_eq!((fault.line, fault.column, fault.kind), (line, column, kind));
    }

    #[test]
    fn keeps_order_and_integers() {
        let tree = read(r#" {"b": 18446744073709551615, "a": [-9223372036854775808, 0.5, null, false, "é\n"]} "#).unwrap();
        let list = vec![
            Tree::Integer(i64::MIN.into()),
            Tree::Float(0.5),
            Tree::Null,
            Tree::Bool(false),
            Tree::string("é\n"),
        ];
        assert!(
            tree == Tree::Table(vec![
                ("b".into(), Tree::Integer(u64::MAX.into())),
                ("a".into(), Tree::Array(list))
            ])
        );
    }

    #[test]
    fn says_what_is_wrong_and_where() {
        fails(
            "{\"a\": {\"b\": 1,\n \"é\": 2, \"b\": 3}}",
            2,
            12,
            StructureFaultKind::DuplicateKey("b".into()),
        );
        fails(r#"{"a": 18446744073709551616}"#, 1, 26, StructureFaultKind::BigNumber);
        fails("{\"a\": 1,\n}", 2, 1, StructureFaultKind::Syntax);
        fails("{\"a\": 1} x", 1, 10, StructureFaultKind::Syntax);
        fails("", 1, 1, StructureFaultKind::Syntax);
        fails("{'a': 1}", 1, 2, StructureFaultKind::Syntax);
        fails(r#"{"a": "\ud800"}"#, 1, 14, StructureFaultKind::Syntax);
        fails(&"[".repeat(100_000), 1, 65, StructureFaultKind::TooDeep);
    }
}
