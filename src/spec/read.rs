//! Reads TOML tables against the language: types, unknown and missing keys. All problems of a spec
//! in one pass.

use std::{borrow::Cow, ops::Range};

use toml::Spanned as TomlSpanned;
use toml::de::{DeTable, DeValue};

use super::edit::{key_literal, string_literal};
use super::node::{Node, NodeKind, Text};
use super::shape::{Field, Key, Presence, Table, class, integer};
use crate::diag::phrases::{all_of, code, nearest, one_of};
use crate::diag::{Diagnostic, diagnostic};
use crate::source::{FileId, Span};

pub(crate) type TomlValue<'t> = TomlSpanned<DeValue<'t>>;

pub(crate) struct TomlEntry<'v> {
    pub field: &'static Field,
    pub key: Span,
    pub value: &'v TomlValue<'v>,
}

/// Reads one file's tables; collects what is wrong with them and which strings may be quoted.
pub(crate) struct SpecReader {
    file: FileId,
    pub problems: Vec<Diagnostic>,
    /// Tokens that hold nothing secret.
    pub visible: Vec<Range<usize>>,
    /// Tokens that are templates over secrets: their expressions may be quoted, their text not.
    pub templates: Vec<Range<usize>>,
}

impl SpecReader {
    pub(crate) fn new(file: FileId) -> Self {
        Self { file, problems: Vec::new(), visible: Vec::new(), templates: Vec::new() }
    }

    pub(crate) fn span(&self, range: Range<usize>) -> Span {
        Span::new(self.file, range)
    }

    /// Goes through the keys of a table: `read` takes each that its definition has, and says that
    /// it did. `skip` names keys that are read elsewhere. Gives the key that says where bytes come
    /// from.
    pub(crate) fn keys(
        &mut self,
        toml: &DeTable<'_>,
        span: Span,
        definition: &Table,
        skip: &[&str],
        mut read: impl FnMut(&mut Self, &TomlEntry<'_>) -> bool,
    ) -> Option<Text> {
        let before = self.problems.len();
        for (key, value) in toml {
            let name = key.get_ref().as_ref();
            if skip.contains(&name) {
                continue;
            }
            let key = self.span(key.span());
            match definition.field(name) {
                Some(field) => {
                    let is_read = read(self, &TomlEntry { field, key, value });
                    debug_assert!(is_read, "no struct has {name} of {}", definition.name);
                }
                None => self.unknown_key(name, key, toml, definition, skip),
            }
        }
        let is_sound = self.problems.len() == before;
        for field in definition.fields() {
            if field.presence != Presence::Required || toml.contains_key(field.name) {
                continue;
            }
            self.problems.push(
                diagnostic!(MISSING_KEY, "{} needs {}", definition.name, code(field.name))
                    .at(span, "")
                    .help(format!("write `{} = {}`", field.name, field.shape.placeholder())),
            );
        }
        if is_sound { self.one_source(toml, span, definition) } else { None }
    }

    fn unknown_key(
        &mut self,
        name: &str,
        span: Span,
        toml: &DeTable<'_>,
        definition: &Table,
        more: &[&str],
    ) {
        let known = || definition.fields().map(|field| field.name).chain(more.iter().copied());
        let diagnostic =
            diagnostic!(UNKNOWN_KEY, "{} has no key {}", definition.name, code(name)).at(span, "");
        self.problems.push(match nearest(name, known()) {
            // The key that is meant may be there already: then this one is too much, or something
            // else is meant.
            Some(near) if toml.contains_key(near) => {
                let near = code(near);
                diagnostic.help(format!("remove it, or merge it into {near}, which is already set"))
            }
            Some(near) => diagnostic.fix(span, key_literal(near), format!("write {}", code(near))),
            None => diagnostic.help(format!("use one of {}", one_of(known()))),
        });
    }

    /// A table that says where bytes come from says it once.
    fn one_source(&mut self, toml: &DeTable<'_>, span: Span, definition: &Table) -> Option<Text> {
        let Table { name, .. } = definition;
        let (presence, choices) = definition.choices();
        let given = toml.keys().filter(|key| choices.contains(&key.get_ref().as_ref()));
        let mut given: Vec<Text> = given.map(|key| self.key(key)).collect();
        given.sort_by_key(|key| key.span);
        self.problems.push(match given.as_slice() {
            [one] => return Some(one.clone()),
            [] if choices.is_empty() => return None,
            [] if presence == Presence::Recipe => {
                diagnostic!(MISSING_KEY, "{name} does not say what to generate")
                    .at(span, "")
                    .help(format!("add one of {}", one_of(choices)))
            }
            [] => diagnostic!(MISSING_KEY, "{name} has no source")
                .at(span, "")
                .help(format!("add one of {}", one_of(choices))),
            [first, second, ..] => {
                let all = all_of(given.iter().map(|key| &key.value));
                diagnostic!(CONFLICTING_KEYS, "{name} can have only one of {all}")
                    .at(second.span, "")
                    .also(first.span, "")
                    .help(match choices.contains(&"concat") {
                        true => "keep one; to join several values, use `concat = [...]`",
                        false => "keep one",
                    })
            }
        });
        None
    }

    pub(crate) fn key(&self, key: &TomlSpanned<Cow<'_, str>>) -> Text {
        Text { value: key.get_ref().to_string(), span: self.span(key.span()) }
    }

    pub(crate) fn table<'v, 't>(
        &mut self,
        key: Key<'_>,
        value: &'v TomlValue<'t>,
    ) -> Option<&'v DeTable<'t>> {
        match value.get_ref() {
            DeValue::Table(table) => Some(table),
            _ => self.wrong_type(key, value),
        }
    }

    /// A string; `visible` unless it may be secret.
    pub(crate) fn text(
        &mut self,
        key: Key<'_>,
        value: &TomlValue<'_>,
        visible: bool,
    ) -> Option<Text> {
        let DeValue::String(text) = value.get_ref() else { return self.wrong_type(key, value) };
        let tokens = if visible { &mut self.visible } else { &mut self.templates };
        tokens.push(value.span());
        Some(Text { value: text.to_string(), span: self.span(value.span()) })
    }

    pub(crate) fn word(
        &mut self,
        key: Key<'_>,
        known: &[&str],
        value: &TomlValue<'_>,
    ) -> Option<Text> {
        let text = self.text(key, value, true)?;
        if known.contains(&text.value.as_str()) {
            return Some(text);
        }
        let all = one_of(known.iter().map(|word| format!("\"{word}\"")));
        let diagnostic =
            diagnostic!(INVALID_VALUE, "{} can't be {}", code(key.name), code(&text.value))
                .at(text.span, "")
                .help(format!("use {all}"));
        self.problems.push(respelt(diagnostic, &text, known.iter().copied()));
        None
    }

    pub(crate) fn node(&mut self, value: &TomlValue<'_>, visible: bool) -> Option<Node> {
        let span = self.span(value.span());
        let kind = match value.get_ref() {
            DeValue::String(text) => {
                if !visible {
                    self.templates.push(value.span());
                }
                NodeKind::String(text.to_string())
            }
            DeValue::Boolean(boolean) => NodeKind::Bool(*boolean),
            DeValue::Integer(_) => match integer(value.get_ref()) {
                Some(integer) => NodeKind::Integer(integer),
                None => {
                    self.problems.push(
                        diagnostic!(INVALID_VALUE, "the integer does not fit in 64 bits")
                            .at(span, "")
                            .help("write it as a string"),
                    );
                    return None;
                }
            },
            DeValue::Float(float) => NodeKind::Float(float.as_str().parse().unwrap_or(f64::NAN)),
            DeValue::Datetime(date) => NodeKind::Datetime(date.to_string()),
            DeValue::Array(array) => NodeKind::Array(
                array.iter().filter_map(|element| self.node(element, visible)).collect(),
            ),
            DeValue::Table(table) => NodeKind::Table(self.node_entries(table, visible)),
        };
        if visible && !matches!(kind, NodeKind::Array(_) | NodeKind::Table(_)) {
            self.visible.push(value.span());
        }
        Some(Node { kind, span })
    }

    pub(crate) fn node_entries(&mut self, table: &DeTable<'_>, visible: bool) -> Vec<(Text, Node)> {
        let entry = |(key, value)| Some((self.key(key), self.node(value, visible)?));
        table.iter().filter_map(entry).collect()
    }

    pub(crate) fn wrong_type<T>(&mut self, key: Key<'_>, value: &TomlValue<'_>) -> Option<T> {
        let Key { name, shape, .. } = key;
        let found = class(value.get_ref());
        self.problems.push(
            diagnostic!(WRONG_TYPE, "{} must be {}, not {found}", code(name), shape.expects())
                .at(self.span(value.span()), "")
                .help(format!("write `{} = {}`", key_literal(name), shape.placeholder())),
        );
        None
    }
}

/// With the known word that is nearest to a string of the spec as a repair, if one is near enough.
/// Not for templates.
pub(crate) fn respelt<'a>(
    diagnostic: Diagnostic,
    text: &Text,
    known: impl IntoIterator<Item = &'a str>,
) -> Diagnostic {
    match nearest(&text.value, known) {
        Some(near) => {
            diagnostic.fix(text.span, string_literal(near), format!("write {}", code(near)))
        }
        None => diagnostic,
    }
}
