//! Reads TOML tables against the language: types, unknown and missing keys. All problems of a spec
//! in one pass.

use std::ops::Range;

use toml::Spanned as TomlSpanned;
use toml::de::{DeTable, DeValue};

use super::edit::{key_literal, string_literal};
use super::node::{Node, NodeKind, Text};
use super::shape::{Field, Shape, Table, class, integer};
use crate::diag::phrases::{all_of, code, nearest, one_of};
use crate::diag::{Diagnostic, diagnostic};
use crate::source::{FileId, Span};

/// A value of a TOML document.
pub(crate) type TomlValue<'t> = TomlSpanned<DeValue<'t>>;

/// Reads one file's tables; collects what is wrong with them and which strings may be quoted.
pub(crate) struct SpecReader {
    file: FileId,
    /// What is wrong.
    pub problems: Vec<Diagnostic>,
    /// Tokens that hold nothing secret.
    pub visible: Vec<Range<usize>>,
    /// Tokens that are templates over secrets: their expressions may be quoted, their text not.
    pub templates: Vec<Range<usize>>,
}

impl SpecReader {
    /// A reader of this file.
    pub(crate) fn new(file: FileId) -> Self {
        Self { file, problems: Vec::new(), visible: Vec::new(), templates: Vec::new() }
    }

    /// A place in this file.
    pub(crate) fn span(&self, range: Range<usize>) -> Span {
        Span::new(self.file, range)
    }

    /// Reports a problem.
    pub(crate) fn problem(&mut self, diagnostic: Diagnostic) {
        self.problems.push(diagnostic);
    }

    /// Goes through the keys of a table: `read` takes each that its definition has, and says that
    /// it did. `skip` names keys that are read elsewhere.
    pub(crate) fn keys(
        &mut self,
        toml: &DeTable<'_>,
        span: Span,
        definition: &Table,
        skip: &[&str],
        mut read: impl FnMut(&mut Self, &'static Field, Span, &TomlValue<'_>) -> bool,
    ) {
        for (key, value) in toml {
            let name = key.get_ref().as_ref();
            if skip.contains(&name) {
                continue;
            }
            let key_span = self.span(key.span());
            match definition.field(name) {
                Some(field) => {
                    let is_read = read(self, field, key_span, value);
                    debug_assert!(is_read, "no struct has {name} of {}", definition.name);
                }
                None => self.unknown_key(name, key_span, toml, definition, skip),
            }
        }
        for field in definition.fields() {
            if !field.required || toml.contains_key(field.name) {
                continue;
            }
            let message = format!("{} needs {}", definition.name, code(field.name));
            let help = format!("write `{} = {}`", field.name, field.shape.placeholder());
            let here = format!("no {} here", code(field.name));
            self.problem(diagnostic!(MISSING_KEY, "{message}").at(span, here).help(help));
        }
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
        let message = format!("{} has no key {}", definition.name, code(name));
        let diagnostic = diagnostic!(UNKNOWN_KEY, "{message}");
        self.problem(match nearest(name, known()) {
            // The key that is meant may be there already: then this one is too much, or something
            // else is meant.
            Some(near) if toml.contains_key(near) => {
                diagnostic.at(span, format!("did you mean {}?", code(near)))
            }
            Some(near) => {
                let title = format!("write {}", code(near));
                diagnostic.at(span, "unknown key").fix(span, key_literal(near), title)
            }
            None => {
                let help = format!("it takes {}", all_of(known()));
                diagnostic.at(span, "unknown key").help(help)
            }
        });
    }

    /// The elements of a list; those that are wrong are left out.
    pub(crate) fn list<T>(
        &mut self,
        name: &str,
        shape: &Shape,
        value: &TomlValue<'_>,
        mut read: impl FnMut(&mut Self, &TomlValue<'_>) -> Option<T>,
    ) -> Option<Vec<T>> {
        match value.get_ref() {
            DeValue::Array(array) => {
                Some(array.iter().filter_map(|element| read(self, element)).collect())
            }
            _ => self.wrong_type(name, shape, value),
        }
    }

    /// What a table with free names holds; what is wrong is left out.
    pub(crate) fn map<T>(
        &mut self,
        name: &str,
        shape: &Shape,
        value: &TomlValue<'_>,
        mut read: impl FnMut(&mut Self, &Text, &TomlValue<'_>) -> Option<T>,
    ) -> Option<Vec<(Text, T)>> {
        let DeValue::Table(table) = value.get_ref() else {
            return self.wrong_type(name, shape, value);
        };
        let mut entries = Vec::new();
        for (key, element) in table {
            let key = self.key(key);
            if let Some(element) = read(self, &key, element) {
                entries.push((key, element));
            }
        }
        Some(entries)
    }

    /// A key of a table with free names.
    pub(crate) fn key(&self, key: &TomlSpanned<std::borrow::Cow<'_, str>>) -> Text {
        Text { value: key.get_ref().to_string(), span: self.span(key.span()) }
    }

    /// A string; `visible` unless it may be secret.
    pub(crate) fn text(
        &mut self,
        name: &str,
        shape: &Shape,
        value: &TomlValue<'_>,
        visible: bool,
    ) -> Option<Text> {
        match value.get_ref() {
            DeValue::String(text) => {
                if visible {
                    self.visible.push(value.span());
                } else {
                    self.templates.push(value.span());
                }
                Some(Text { value: text.to_string(), span: self.span(value.span()) })
            }
            _ => self.wrong_type(name, shape, value),
        }
    }

    /// One of the words that are `known`.
    pub(crate) fn word(
        &mut self,
        name: &str,
        known: &[&str],
        value: &TomlValue<'_>,
    ) -> Option<Text> {
        let text = self.text(name, &Shape::Text, value, true)?;
        if known.contains(&text.value.as_str()) {
            return Some(text);
        }
        let message = format!("{} does not take {}", code(name), code(&text.value));
        let diagnostic = diagnostic!(INVALID_VALUE, "{message}").at(text.span, "not known");
        let diagnostic = respelt(diagnostic, &text, known.iter().copied());
        let all = one_of(known.iter().map(|word| format!("\"{word}\"")));
        let help = if diagnostic.fixes.is_empty() {
            format!("write {all}")
        } else {
            format!("it takes {all}")
        };
        self.problem(diagnostic.help(help));
        None
    }

    /// Plain data, or the tree of a structured value.
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
                    self.problem(
                        diagnostic!(INVALID_VALUE, "an integer of more than 64 bits")
                            .at(span, "too large")
                            .help("write it as a string"),
                    );
                    return None;
                }
            },
            DeValue::Float(float) => match float.as_str().parse() {
                Ok(float) => NodeKind::Float(float),
                Err(_) => NodeKind::Float(f64::NAN),
            },
            DeValue::Datetime(date) => NodeKind::Datetime(date.to_string()),
            DeValue::Array(array) => NodeKind::Array(
                array.iter().filter_map(|element| self.node(element, visible)).collect(),
            ),
            DeValue::Table(table) => NodeKind::Table(
                table
                    .iter()
                    .filter_map(|(key, element)| {
                        Some((self.key(key), self.node(element, visible)?))
                    })
                    .collect(),
            ),
        };
        if visible && !matches!(kind, NodeKind::Array(_) | NodeKind::Table(_)) {
            self.visible.push(value.span());
        }
        Some(Node { kind, span })
    }

    /// Reports a value of the wrong TOML type.
    pub(crate) fn wrong_type<T>(
        &mut self,
        name: &str,
        shape: &Shape,
        value: &TomlValue<'_>,
    ) -> Option<T> {
        let found = class(value.get_ref());
        let message = format!("{} takes {}, not {found}", code(name), shape.expects());
        let help = format!("write `{} = {}`", key_literal(name), shape.placeholder());
        let span = self.span(value.span());
        self.problem(diagnostic!(WRONG_TYPE, "{message}").at(span, found).help(help));
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
