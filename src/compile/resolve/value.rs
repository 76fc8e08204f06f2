//! One value at a time: from what the spec says to bytes.

use super::fetch::display;
use super::messages::GENERATE;
use super::resolver::{Got, Missing, Resolver};
use crate::compile::budget::VALUE_BYTES;
use crate::compile::run::Place;
use crate::secret::bytes::SecretBytes;
use crate::source::Span;
use crate::spec::generate::Generate;
use crate::spec::node::{Node, NodeKind, Text};
use crate::spec::value::{Source, Value};
use crate::structure::{self, KeyPath, Tree};

impl Resolver<'_, '_> {
    pub(crate) fn value(&mut self, value: &Value, place: &Place<'_>) -> Got {
        if self.run.budget.is_exhausted() {
            return Err(Missing::Failed);
        }
        let bytes = self.unpaid(value, place)?;
        self.paid(bytes, value.span, place)
    }

    /// Counts bytes towards what the run may make.
    pub(crate) fn paid(&mut self, bytes: SecretBytes, span: Span, place: &Place<'_>) -> Got {
        self.pay(VALUE_BYTES + bytes.len(), span, place)?;
        Ok(bytes)
    }

    pub(crate) fn pay(&mut self, bytes: usize, span: Span, place: &Place<'_>) -> Got<()> {
        if self.run.budget.is_exhausted() {
            return Err(Missing::Failed);
        }
        if self.run.budget.made(bytes) {
            return Ok(());
        }
        let exceeded = self.run.budget.too_much_made().at(span, "");
        self.fail(exceeded, place)
    }

    fn unpaid(&mut self, value: &Value, place: &Place<'_>) -> Got {
        let modifiers = &value.modifiers;
        let mut bytes = match &value.source {
            Source::Template(text) => self.template(text, place)?,
            Source::Literal(text) => SecretBytes::from(text.as_str()),
            Source::Base64(text) => {
                let encoded = self.template(text, place)?;
                self.decode(&encoded, text.span, place)?
            }
            Source::Tree(format, node) => {
                let tree = self.tree_of(node, place)?;
                structure::write(*format, &tree).or_else(|fault| {
                    let problem = structure::messages::unwritable(*format, &fault);
                    self.fail(problem.at(node.span, ""), place)
                })?
            }
            Source::Concat(parts) => self.concat(parts, place)?,
            Source::Fetch(_) | Source::Named(_) => self.read(value, place)?,
        };
        if modifiers.decode {
            bytes = self.decode(&bytes, value.span, place)?;
        }
        if modifiers.template {
            bytes = self.rendered(&bytes, value, place)?;
        }
        self.note_ciphertext(&bytes, value, place, true);
        Ok(if modifiers.trim { trimmed(bytes.expose()).into() } else { bytes })
    }

    /// What a file gives to a value: all its bytes, or what `key` selects.
    fn read(&mut self, value: &Value, place: &Place<'_>) -> Got {
        let mut reading = self.reading(value, place)?;
        // What the value itself decodes is selected first.
        reading.decode &= matches!(value.source, Source::Named(_));
        let file = display(&reading.wanted);
        let bytes = match &value.modifiers.key {
            None => self.bytes(&reading, place)?,
            Some(key) => {
                let tree = self.tree(&reading, place)?;
                let text = self.run.text(key, place).ok_or(Missing::Failed)?;
                let selected = match KeyPath::parse(&text) {
                    Err(fault) => Err(structure::messages::bad_key_path(&text, &fault)),
                    Ok(path) => match structure::select(&tree, &path) {
                        Err(_) if value.modifiers.optional => return Err(Missing::Absent),
                        Err(fault) => {
                            let problem = structure::messages::no_such_key(&file, &path, &fault);
                            let help = is_generated(&reading.generate, &path);
                            Err(problem.maybe_help(help.then(|| GENERATE.to_owned())))
                        }
                        Ok(selected) => selected
                            .plain_text()
                            .map_err(|_| structure::messages::not_a_scalar(&file, &path, selected)),
                    },
                };
                selected.or_else(|problem| self.fail(problem.at(key.span, ""), place))?
            }
        };
        // A template is still to be rendered.
        if !value.modifiers.template {
            self.note_decrypted(&reading.wanted, value.span, None, &bytes, place);
        }
        Ok(bytes)
    }

    fn concat(&mut self, parts: &[Value], place: &Place<'_>) -> Got {
        let parts: Vec<Got> = parts.iter().map(|part| self.value(part, place)).collect();
        let worst = parts.iter().filter_map(|part| part.as_ref().err()).max();
        if let Some(missing) = worst.filter(|missing| **missing != Missing::Absent) {
            return Err(*missing);
        }
        let parts: Vec<SecretBytes> = parts.into_iter().flatten().collect();
        let mut out = Vec::with_capacity(parts.iter().map(|part| part.len() + 1).sum());
        for (index, part) in parts.iter().enumerate() {
            out.extend_from_slice(part.expose());
            let is_text = !part.is_empty() && part.expose_str().is_some();
            if index + 1 < parts.len() && is_text && !part.expose().ends_with(b"\n") {
                out.push(b'\n');
            }
        }
        Ok(SecretBytes::new(out))
    }

    /// A tree of the spec with its strings rendered; all faults in it are reported.
    fn tree_of(&mut self, node: &Node, place: &Place<'_>) -> Got<Tree> {
        Ok(match &node.kind {
            NodeKind::Bool(value) => Tree::Bool(*value),
            NodeKind::Integer(value) => Tree::Integer(i128::from(*value)),
            NodeKind::Float(value) => Tree::Float(*value),
            NodeKind::Datetime(value) => Tree::Datetime(value.clone()),
            NodeKind::String(value) => {
                let text = Text { value: value.clone(), span: node.span };
                let bytes = self.template(&text, place)?;
                self.pay(bytes.len(), node.span, place)?;
                Tree::string(bytes.expose_str().unwrap_or_default())
            }
            NodeKind::Array(nodes) => {
                let trees: Vec<Got<Tree>> =
                    nodes.iter().map(|node| self.tree_of(node, place)).collect();
                Tree::Array(trees.into_iter().collect::<Got<_>>()?)
            }
            NodeKind::Table(entries) => {
                let trees: Vec<Got<(String, Tree)>> = entries
                    .iter()
                    .map(|(key, node)| Ok((key.value.clone(), self.tree_of(node, place)?)))
                    .collect();
                Tree::Table(trees.into_iter().collect::<Got<_>>()?)
            }
        })
    }
}

/// Whether `mintage generate` makes the value of this path.
fn is_generated(generate: &[Generate], path: &KeyPath) -> bool {
    let is_it = |key: &Text| KeyPath::parse(&key.value).is_ok_and(|key| key == *path);
    generate.iter().any(|one| one.key.as_ref().is_none_or(is_it))
}

pub(crate) fn trimmed(mut bytes: &[u8]) -> &[u8] {
    while let [rest @ .., b'\n' | b'\r'] = bytes {
        bytes = rest;
    }
    bytes
}
