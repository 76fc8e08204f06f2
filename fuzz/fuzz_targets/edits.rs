//! Edits of specs and structured files. The input's first bytes choose a format and what is done;
//! the rest is the value and the text. What is set reads back, by other readers too, and everything
//! else stays: other values and their order, comments, and every byte outside of the value.
#![no_main]

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::ops::Range;

use libfuzzer_sys::fuzz_target;
use mintage::fuzzing::{in_bundle, in_spec, paths};
use serde_json::value::RawValue;
use toml_edit::{Document, Item, Value};

/// A leaf with its path; for all formats, `[0]` is an item of a list.
type Leaf = (Vec<String>, String);

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Toml,
    Json,
    Yaml,
    Dotenv,
    Spec,
}

impl Kind {
    fn format(self) -> &'static str {
        match self {
            Kind::Toml | Kind::Spec => "toml",
            Kind::Json => "json",
            Kind::Yaml => "yaml",
            Kind::Dotenv => "dotenv",
        }
    }

    /// Everything that the text holds in order, by a reader of others. None where that one does not
    /// read it.
    fn leaves(self, text: &str) -> Option<Vec<Leaf>> {
        let (mut all, mut path) = (Vec::new(), Vec::new());
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        match self {
            Kind::Toml | Kind::Spec => {
                toml_leaves(Document::parse(text).ok()?.as_item(), &mut path, &mut all);
            }
            Kind::Json => json_leaves(&serde_json::from_str(text).ok()?, &mut path, &mut all),
            Kind::Yaml => yaml_leaves(&serde_yaml::from_str(text).ok()?, &mut path, &mut all),
            Kind::Dotenv => return None,
        }
        Some(all)
    }

    fn edit(self, text: &str, path: &str, value: Option<&str>) -> Option<String> {
        match self {
            Kind::Spec => in_spec(text, path, value),
            _ => in_bundle(self.format(), text, path, value),
        }
    }
}

fn within(path: &mut Vec<String>, part: String, visit: impl FnOnce(&mut Vec<String>)) {
    path.push(part);
    visit(path);
    path.pop();
}

fn toml_leaves(item: &Item, path: &mut Vec<String>, all: &mut Vec<Leaf>) {
    if let Some(table) = item.as_table_like() {
        for (key, item) in table.iter() {
            within(path, key.to_owned(), |path| toml_leaves(item, path, all));
        }
    } else if let Some(tables) = item.as_array_of_tables() {
        for (index, table) in tables.iter().enumerate() {
            for (key, item) in table.iter() {
                path.push(format!("[{index}]"));
                within(path, key.to_owned(), |path| toml_leaves(item, path, all));
                path.pop();
            }
        }
    } else if let Some(value) = item.as_value() {
        toml_value(value, path, all);
    }
}

fn toml_value(value: &Value, path: &mut Vec<String>, all: &mut Vec<Leaf>) {
    match value {
        Value::InlineTable(table) => {
            for (key, value) in table.iter() {
                within(path, key.to_owned(), |path| toml_value(value, path, all));
            }
        }
        Value::Array(items) => {
            for (index, value) in items.iter().enumerate() {
                within(path, format!("[{index}]"), |path| toml_value(value, path, all));
            }
        }
        Value::String(text) => all.push((path.clone(), text.value().clone())),
        Value::Integer(number) => all.push((path.clone(), number.value().to_string())),
        Value::Float(number) => all.push((path.clone(), format!("{:?}", number.value()))),
        Value::Boolean(is) => all.push((path.clone(), is.value().to_string())),
        Value::Datetime(time) => all.push((path.clone(), time.value().to_string())),
    }
}

fn json_leaves(value: &serde_json::Value, path: &mut Vec<String>, all: &mut Vec<Leaf>) {
    match value {
        serde_json::Value::Object(entries) => {
            for (key, value) in entries {
                within(path, key.clone(), |path| json_leaves(value, path, all));
            }
        }
        serde_json::Value::Array(items) => {
            for (index, value) in items.iter().enumerate() {
                within(path, format!("[{index}]"), |path| json_leaves(value, path, all));
            }
        }
        serde_json::Value::String(text) => all.push((path.clone(), text.clone())),
        other => all.push((path.clone(), format!("{other:?}"))),
    }
}

fn yaml_leaves(value: &serde_yaml::Value, path: &mut Vec<String>, all: &mut Vec<Leaf>) {
    match value {
        serde_yaml::Value::Mapping(entries) => {
            for (key, value) in entries {
                let key = key.as_str().map_or_else(|| format!("{key:?}"), str::to_owned);
                within(path, key, |path| yaml_leaves(value, path, all));
            }
        }
        serde_yaml::Value::Sequence(items) => {
            for (index, value) in items.iter().enumerate() {
                within(path, format!("[{index}]"), |path| yaml_leaves(value, path, all));
            }
        }
        serde_yaml::Value::String(text) => all.push((path.clone(), text.clone())),
        other => all.push((path.clone(), format!("{other:?}"))),
    }
}

/// Where a value stands, as others see it.
fn place(kind: Kind, text: &str, path: &[String]) -> Option<Range<usize>> {
    match kind {
        Kind::Toml | Kind::Spec => {
            let document = Document::parse(text).ok()?;
            let mut item = document.as_item();
            for part in path {
                item = match part.strip_prefix('[').and_then(|part| part.strip_suffix(']')) {
                    Some(index) if !item.is_table_like() => {
                        item.get(index.parse::<usize>().ok()?)?
                    }
                    _ => item.get(part.as_str())?,
                };
            }
            item.as_value()?.span()
        }
        Kind::Json => {
            let mut raw: &RawValue = serde_json::from_str(text).ok()?;
            for part in path {
                raw = if raw.get().starts_with('[') {
                    let items: Vec<&RawValue> = serde_json::from_str(raw.get()).ok()?;
                    let index = part.trim_start_matches('[').trim_end_matches(']');
                    items.get(index.parse::<usize>().ok()?).copied()?
                } else {
                    let entries: std::collections::HashMap<Cow<'_, str>, &RawValue> =
                        serde_json::from_str(raw.get()).ok()?;
                    entries.get(part.as_str()).copied()?
                };
            }
            let start = raw.get().as_ptr() as usize - text.as_ptr() as usize;
            Some(start..start + raw.get().len())
        }
        Kind::Yaml | Kind::Dotenv => None,
    }
}

/// The bytes that a change touched, from both ends.
fn touched(before: &str, after: &str) -> (Range<usize>, Range<usize>) {
    let (a, b) = (before.as_bytes(), after.as_bytes());
    let start = a.iter().zip(b).take_while(|(a, b)| a == b).count();
    let rest = a[start..].iter().rev().zip(b[start..].iter().rev());
    let end = rest.take_while(|(a, b)| a == b).count();
    (start..a.len() - end, start..b.len() - end)
}

fn exercise(kind: Kind, text: &str, choice: usize, value: Option<&str>) -> Option<String> {
    let all = paths(kind.format(), text)?;
    let (path, parts) = &all[choice % all.len()];
    let quoted = value.map(|value| match kind {
        Kind::Spec => match value.len() % 3 {
            0 => "{ age = \"x.age\" }".to_owned(),
            1 => "{ value = 'v', trim = true }".to_owned(),
            _ => "'''\nline\nline'''".to_owned(),
        },
        _ => value.to_owned(),
    });
    let edited = kind.edit(text, path, quoted.as_deref())?;
    let existing: BTreeSet<_> = paths(kind.format(), text)?.into_iter().collect();
    let after: Vec<_> = paths(kind.format(), &edited).expect("mintage reads what it writes");
    if value.is_some() {
        assert!(after.iter().any(|(_, found)| found == parts), "{path} in {text:?}: {edited:?}");
    }
    let is_table =
        all.iter().any(|(_, other)| other.len() > parts.len() && other.starts_with(parts));
    let has_leaves = |leaves: Vec<Leaf>| leaves.iter().any(|(found, _)| found.starts_with(parts));
    let is_value = place(kind, text, parts).is_some();
    let is_there = is_table || is_value || kind.leaves(text).is_some_and(has_leaves);
    if let Some(mut before) = kind.leaves(text) {
        let mut found =
            kind.leaves(&edited).unwrap_or_else(|| panic!("{path} in {text:?}: {edited:?}"));
        if let (Some(value), false) = (value, kind == Kind::Spec) {
            let set = found.iter().find(|(other, _)| other == parts);
            assert_eq!(
                set.map(|(_, found)| found.as_str()),
                Some(value),
                "{path} in {text:?}: {edited:?}"
            );
        }
        before.retain(|(other, _)| !other.starts_with(parts));
        found.retain(|(other, _)| !other.starts_with(parts));
        // A table of TOML may be written in parts: order counts within each format's own rules.
        if matches!(kind, Kind::Toml | Kind::Spec) {
            before.sort();
            found.sort();
        }
        assert_eq!(before, found, "{path} in {text:?}: {edited:?}");
    }
    let (old, new) = touched(text, &edited);
    let (gone, come) = (&text.as_bytes()[old.clone()], &edited.as_bytes()[new]);
    let is_blank = |bytes: &[u8]| bytes.iter().all(|b| b.is_ascii_whitespace() || *b == b',');
    match value {
        // Nothing goes where nothing was.
        Some(_)
            if !existing.is_empty() && !is_there && kind != Kind::Yaml && kind != Kind::Dotenv =>
        {
            if kind.leaves(text).is_some() && !gone.is_empty() {
                let gone = String::from_utf8_lossy(gone);
                assert!(
                    is_blank(gone.as_bytes()) || gone.trim().is_empty() || is_empty_table(&gone),
                    "{path} in {text:?}: {edited:?}"
                );
            }
        }
        // Only the value changes.
        Some(_) => {
            if let Some(place) = place(kind, text, parts) {
                // What both have in common at the edges may be on either side.
                let slack = text.len().min(edited.len());
                let outside = old.start < place.start
                    && old.end > old.start
                    && place.start - old.start > slack;
                assert!(
                    !outside && old.end <= place.end.max(old.start),
                    "{path} in {text:?}: {edited:?}"
                );
                assert!(old.start >= place.start, "{path} in {text:?}: {edited:?}");
            }
        }
        // Something goes, and nothing comes.
        None => {
            assert!(is_blank(come) || come.len() <= gone.len(), "{path} in {text:?}: {edited:?}")
        }
    }
    // Comments on lines of their own, of the formats that have them, where no string could have
    // them instead.
    let is_plain = !text.contains(['|', '>', '\'', '"', '`']);
    if is_plain && kind != Kind::Json && !value.is_some_and(|value| value.contains('#')) {
        let comments = |text: &str| {
            let lines =
                text.split(['\n', '\r']).map(str::trim).filter(|line| line.starts_with('#'));
            lines.map(str::to_owned).collect::<Vec<_>>()
        };
        let found = comments(&edited);
        // A value that is removed takes along what stands between its lines.
        let gone = String::from_utf8_lossy(gone);
        let is_value = |line: &&str| !line.trim().is_empty() && !line.trim().starts_with('#');
        let (first, last) = (
            gone.lines().position(|line| is_value(&line)),
            gone.lines().rev().position(|line| is_value(&line)),
        );
        let inside: Vec<String> = match (first, last, value) {
            // So does a value of a spec that is replaced, which may be a list.
            (Some(first), Some(last), _) if value.is_none() || kind == Kind::Spec => {
                let until = gone.lines().count() - last;
                comments(&gone.lines().take(until).skip(first).collect::<Vec<_>>().join("\n"))
            }
            _ => Vec::new(),
        };
        for comment in comments(text) {
            let is_kept = found.contains(&comment) || inside.contains(&comment);
            assert!(is_kept, "{comment}: {path} in {text:?}: {edited:?}");
        }
    }
    Some(edited)
}

fn is_empty_table(text: &str) -> bool {
    text.chars().all(|c| c.is_whitespace() || "{}".contains(c))
}

fuzz_target!(|data: &[u8]| {
    let [kind, first, second, how, length, rest @ ..] = data else { return };
    let kind = [Kind::Toml, Kind::Json, Kind::Yaml, Kind::Dotenv, Kind::Spec][*kind as usize % 5];
    let Ok(rest) = std::str::from_utf8(rest) else { return };
    let Some((value, text)) = rest.split_at_checked(*length as usize % 16) else { return };
    let step = |text: &str, choice: u8, is_set: bool| {
        exercise(kind, text, choice as usize, is_set.then_some(value))
    };
    if let Some(edited) = step(text, *first, how & 1 == 0) {
        step(&edited, *second, how & 2 == 0);
    }
});
