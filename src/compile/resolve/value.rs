//! One value at a time: from what the spec says to bytes.

use minijinja::value::Value as Scope;

use super::fetch::Wanted;
use super::files::display;
use super::resolver::{Got, Resolver};
use crate::compile::render::Place;
use crate::secret::bytes::SecretBytes;
use crate::source::Span;
use crate::spec::node::{Node, NodeKind, Text};
use crate::spec::value::{From as FileFrom, Source, Value, WholeFile};
use crate::structure::{self, Format, KeyPath, Tree};

/// Leaves the function with what became of something, unless it has bytes.
macro_rules! bytes {
    ($got:expr) => {
        match $got {
            Got::Bytes(bytes) => bytes,
            other => return other,
        }
    };
}

impl Resolver<'_, '_, '_> {
    /// The bytes of a value.
    pub(crate) fn value(&mut self, value: &Value, scope: &Scope, place: &Place<'_>) -> Got {
        let modifiers = &value.modifiers;
        let bytes = match &value.source {
            Source::Template(text) => bytes!(self.template(text, scope, place)),
            Source::Literal(text) => SecretBytes::from(text.as_str()),
            Source::Base64(text) => {
                let encoded = bytes!(self.template(text, scope, place));
                bytes!(self.decode(&encoded, text.span, place))
            }
            Source::Tree(format, node) => bytes!(self.tree(*format, node, scope, place)),
            Source::Concat(parts) => bytes!(self.concat(parts, scope, place)),
            Source::Fetch(fetch) => {
                let Some(what) = self.renderer.metadata(&fetch.what, scope, place) else {
                    return Got::Failed;
                };
                let wanted = (fetch.how, what);
                let format = modifiers.format.as_ref().map(|format| format.value);
                let bytes = bytes!(self.fetched_value(
                    &wanted,
                    fetch.what.span,
                    format,
                    value,
                    None,
                    scope,
                    place
                ));
                self.note_value(&wanted, value, bytes, place)
            }
            Source::Named(name) => {
                let Some(source) = self.named(name, scope, place) else { return Got::Failed };
                let FileFrom::Fetch(fetch) = &source.from else { return Got::Failed };
                let Some(what) = self.renderer.metadata(&fetch.what, &self.scope, place) else {
                    return Got::Failed;
                };
                let format = source.format.as_ref().map(|format| format.value);
                let wanted = (fetch.how, what);
                let bytes = bytes!(self.fetched_value(
                    &wanted,
                    fetch.what.span,
                    format,
                    value,
                    Some(source),
                    scope,
                    place
                ));
                self.note_value(&wanted, value, bytes, place)
            }
        };
        let bytes =
            if modifiers.decode { bytes!(self.decode(&bytes, value.span, place)) } else { bytes };
        let bytes = if modifiers.template {
            bytes!(self.rendered_bytes(&bytes, value, scope, place))
        } else {
            bytes
        };
        self.note_ciphertext(bytes.expose(), value, (scope, place), true);
        Got::Bytes(if modifiers.trim { trimmed(bytes.expose()).into() } else { bytes })
    }

    /// Remembers where the bytes of a value came from, unless they are a template that is still to
    /// be rendered.
    fn note_value(
        &mut self,
        from: &Wanted,
        value: &Value,
        bytes: SecretBytes,
        place: &Place<'_>,
    ) -> SecretBytes {
        if !value.modifiers.template {
            self.note_decrypted(from, value.span, None, &bytes, place);
        }
        bytes
    }

    /// What a file gives to a value: all its bytes, or what `key` selects.
    #[allow(clippy::too_many_arguments, reason = "one step of `value`, apart only for length")]
    pub(crate) fn fetched_value(
        &mut self,
        wanted: &Wanted,
        span: Span,
        format: Option<Format>,
        value: &Value,
        source: Option<&WholeFile>,
        scope: &Scope,
        place: &Place<'_>,
    ) -> Got {
        let optional = value.modifiers.optional || source.is_some_and(|source| source.optional);
        let decode = source.is_some_and(|source| source.decode);
        if let Err(got) = self.available(wanted, span, optional, Some(value.span), place) {
            return got;
        }
        let Some(key) = &value.modifiers.key else {
            let Some(Ok(bytes)) = self.fetched.get(wanted) else { return Got::Failed };
            let bytes = bytes.clone();
            return if decode { self.decode(&bytes, span, place) } else { Got::Bytes(bytes) };
        };
        let parsed = match self.parsed(wanted, span, format, decode, place) {
            Ok(parsed) => parsed,
            Err(got) => return got,
        };
        let Ok(tree) = parsed.as_ref() else { return Got::Failed };
        let Some(path_text) = self.renderer.metadata(key, scope, place) else { return Got::Failed };
        let path = match KeyPath::parse(&path_text) {
            Ok(path) => path,
            Err(fault) => {
                self.report(
                    structure::messages::bad_key_path(&path_text, &fault).at(key.span, ""),
                    place,
                );
                return Got::Failed;
            }
        };
        match structure::select(tree, &path) {
            Ok(selected) => match selected.plain_text() {
                Ok(bytes) => Got::Bytes(bytes),
                Err(_) => {
                    self.report(
                        structure::messages::not_a_scalar(&display(wanted), &path, selected)
                            .at(key.span, ""),
                        place,
                    );
                    Got::Failed
                }
            },
            Err(_) if value.modifiers.optional => Got::Absent,
            Err(fault) => {
                let file = display(wanted);
                self.report(
                    structure::messages::no_such_key(&file, &path, &fault).at(key.span, ""),
                    place,
                );
                Got::Failed
            }
        }
    }

    pub(crate) fn concat(&mut self, parts: &[Value], scope: &Scope, place: &Place<'_>) -> Got {
        let mut joined: Vec<SecretBytes> = Vec::with_capacity(parts.len());
        let mut worst = None;
        for part in parts {
            match self.value(part, scope, place) {
                Got::Bytes(bytes) => joined.push(bytes),
                Got::Absent => {}
                Got::Unknown => worst = worst.or(Some(Got::Unknown)),
                Got::Failed => worst = Some(Got::Failed),
            }
        }
        if let Some(worst) = worst {
            return worst;
        }
        let mut out = Vec::with_capacity(joined.iter().map(|part| part.len() + 1).sum());
        let last = joined.len().saturating_sub(1);
        for (index, part) in joined.iter().enumerate() {
            out.extend_from_slice(part.expose());
            let text = !part.is_empty() && part.expose_str().is_some();
            if index < last && text && !part.expose().ends_with(b"\n") {
                out.push(b'\n');
            }
        }
        Got::Bytes(SecretBytes::new(out))
    }

    pub(crate) fn tree(
        &mut self,
        format: Format,
        node: &Node,
        scope: &Scope,
        place: &Place<'_>,
    ) -> Got {
        let tree = match self.tree_of(node, scope, place) {
            Ok(tree) => tree,
            Err(got) => return got,
        };
        match structure::write(format, &tree) {
            Ok(bytes) => Got::Bytes(bytes),
            Err(fault) => {
                self.report(
                    structure::messages::unwritable(format, &fault).at(node.span, ""),
                    place,
                );
                Got::Failed
            }
        }
    }

    /// A tree of the spec with its strings rendered; all faults in it are reported.
    pub(crate) fn tree_of(
        &mut self,
        node: &Node,
        scope: &Scope,
        place: &Place<'_>,
    ) -> Result<Tree, Got> {
        Ok(match &node.kind {
            NodeKind::Bool(value) => Tree::Bool(*value),
            NodeKind::Integer(value) => Tree::Integer(i128::from(*value)),
            NodeKind::Float(value) => Tree::Float(*value),
            NodeKind::Datetime(value) => Tree::Datetime(value.clone()),
            NodeKind::String(value) => {
                let text = Text { value: value.clone(), span: node.span };
                match self.template(&text, scope, place) {
                    Got::Bytes(bytes) => Tree::string(bytes.expose_str().unwrap_or_default()),
                    other => return Err(other),
                }
            }
            NodeKind::Array(nodes) => {
                let trees: Vec<Result<Tree, Got>> =
                    nodes.iter().map(|node| self.tree_of(node, scope, place)).collect();
                Tree::Array(trees.into_iter().collect::<Result<_, _>>()?)
            }
            NodeKind::Table(entries) => {
                let trees: Vec<Result<(String, Tree), Got>> = entries
                    .iter()
                    .map(|(key, node)| Ok((key.value.clone(), self.tree_of(node, scope, place)?)))
                    .collect();
                Tree::Table(trees.into_iter().collect::<Result<_, _>>()?)
            }
        })
    }
}

/// Without the last line breaks.
pub(crate) fn trimmed(mut bytes: &[u8]) -> &[u8] {
    while let [rest @ .., b'\n' | b'\r'] = bytes {
        bytes = rest;
    }
    bytes
}
