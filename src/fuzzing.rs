//! The edits of texts, for the fuzz target `edits`: only `cargo fuzz` compiles this file.

use crate::secret::bytes::SecretBytes;
use crate::spec::edit::values;
use crate::structure::key_path::Segment;
use crate::structure::{Format, KeyPath, Tree, edit, read};

/// A key path as mintage writes it, and its parts; `[0]` is an item of a list.
pub type Path = (String, Vec<String>);

/// The paths of all values of a text, tables and lists included, and of new keys in every table.
pub fn paths(format: &str, text: &str) -> Option<Vec<Path>> {
    let tree = read(Format::from_name(format)?, text.as_bytes()).ok()?;
    let mut found = Vec::new();
    collect(&tree, &KeyPath::default(), &mut found);
    Some(found.iter().map(|path| (path.to_string(), parts(path))).collect())
}

fn collect(tree: &Tree, here: &KeyPath, found: &mut Vec<KeyPath>) {
    if !here.segments().is_empty() {
        found.push(here.clone());
    }
    match tree {
        Tree::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                collect(item, &here.item(index), found);
            }
        }
        Tree::Table(entries) => {
            for (key, value) in entries {
                collect(value, &here.child(key), found);
            }
            found.push(here.child("new"));
            found.push(here.child("new 1").child("x"));
        }
        _ => {}
    }
}

fn parts(path: &KeyPath) -> Vec<String> {
    let part = |segment: &Segment| match segment {
        Segment::Key(name) => name.clone(),
        Segment::Index(index) => format!("[{index}]"),
    };
    path.segments().iter().map(part).collect()
}

/// A key of a structured text with a new value, or without the key.
pub fn in_bundle(format: &str, text: &str, path: &str, value: Option<&str>) -> Option<String> {
    let (format, path) = (Format::from_name(format)?, KeyPath::parse(path).ok()?);
    let text = SecretBytes::from(text);
    let edited = match value {
        Some(value) => edit::set(format, &text, &path, &SecretBytes::from(value)),
        None => edit::unset(format, &text, &path),
    };
    edited.ok()?.expose_str().map(str::to_owned)
}

/// A value of a spec, as TOML writes it, in place of what was there, or nothing in place of it.
pub fn in_spec(text: &str, path: &str, value: Option<&str>) -> Option<String> {
    let path = KeyPath::parse(path).ok()?;
    let edited = match value {
        Some(value) => values::set_value(text, &path, value),
        None => values::remove_value(text, &path),
    };
    Some(edited.ok()?.to_string())
}
