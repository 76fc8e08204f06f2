//! JSON: strings are replaced, entries added to objects as the other entries are laid out.

use std::ops::Range;

use zeroize::Zeroizing;

use super::fault::{EditFault, EditFaultKind};
use super::flow;
use super::nodes::{Entry, Found, Node, Shape, find, find_entry};
use super::splice::{Splice, begins_line, indentation, joined, line_break};
use crate::emit::scalar::{AstralEscapes, push_escaped};
use crate::go::json::{JsonReader, Token, TokenKind};
use crate::structure::key_path::KeyPath;

pub(super) fn set(text: &str, path: &KeyPath, value: &str) -> Result<Vec<Splice>, EditFault> {
    let value = string(value);
    if text.trim().is_empty() {
        let names = path.names().ok_or(EditFaultKind::Unsafe)?;
        let layout = Layout { line: Some(("\n", String::new())), unit: "  ", separator: ": " };
        let document = layout.object(&names, &value, 0);
        return Ok(vec![Splice::new(0..text.len(), joined(&[&document, "\n"]))]);
    }
    let root = nodes(text).ok_or(EditFaultKind::Unsafe)?;
    Ok(vec![match find(text, &root, path)? {
        Found::Node(node) => Splice::new(node.range.clone(), value),
        Found::Missing(table, names) => {
            let layout = Layout::of(text, table);
            let mut brackets = table.brackets();
            if layout.separator == ":" {
                brackets.comma = ",";
            }
            flow::insert(text, &brackets, &layout.entry(&names, &value, 0), "")
        }
    }])
}

pub(super) fn unset(text: &str, path: &KeyPath) -> Result<Vec<Splice>, EditFault> {
    let root = nodes(text).ok_or(EditFaultKind::Unsafe)?;
    let (table, index) = find_entry(text, &root, path)?;
    Ok(flow::remove(text, &table.brackets(), index))
}

/// A JSON string with its quotes.
fn string(text: &str) -> Zeroizing<String> {
    // An escape takes at most six bytes for one.
    let mut out = Zeroizing::new(String::with_capacity(text.len() * 6 + 2));
    out.push('"');
    push_escaped(&mut out, text, AstralEscapes::Raw);
    out.push('"');
    out
}

/// How the entries of an object are laid out.
struct Layout<'t> {
    /// The line break and the indentation of its entries, if each has its own line.
    line: Option<(&'t str, String)>,
    unit: &'t str,
    separator: &'static str,
}

impl<'t> Layout<'t> {
    fn of(text: &'t str, table: &Node) -> Self {
        let last = table.entries().last().map(|entry| entry.start);
        let own_line = last.filter(|start| begins_line(text, *start));
        let indent = own_line.map_or("", |start| indentation(text, start));
        let outer = indentation(text, table.range.start);
        let unit = indent.strip_prefix(outer).filter(|unit| !unit.is_empty()).unwrap_or("  ");
        let is_tight = |entry: &Entry| {
            text.get(..entry.node.range.start).is_some_and(|before| before.ends_with(':'))
        };
        let separator = if table.entries().first().is_some_and(is_tight) { ":" } else { ": " };
        let line = own_line.map(|_| (line_break(text), indent.to_owned()));
        Self { line, unit, separator }
    }

    /// `"a": {"b": value}`; the inner object's closing bracket is at this level.
    fn entry(&self, names: &[String], value: &str, level: usize) -> Zeroizing<String> {
        let Some((name, rest)) = names.split_first() else { return joined(&[value]) };
        if rest.is_empty() {
            return joined(&[&string(name), self.separator, value]);
        }
        joined(&[&string(name), self.separator, &self.object(rest, value, level)])
    }

    fn object(&self, names: &[String], value: &str, level: usize) -> Zeroizing<String> {
        let entry = self.entry(names, value, level + 1);
        let Some((line_break, indent)) = &self.line else { return joined(&["{", &entry, "}"]) };
        let close = format!("{line_break}{indent}{}", self.unit.repeat(level));
        joined(&["{", &close, self.unit, &entry, &close, "}"])
    }
}

/// Where everything stands in a text that is JSON.
fn nodes(text: &str) -> Option<Node> {
    let mut reader = JsonReader::new(text.as_bytes());
    let first = reader.next().ok()??;
    node(&mut reader, &first)
}

fn node(reader: &mut JsonReader<'_>, token: &Token) -> Option<Node> {
    let flow = |range: Range<usize>, shape| Node {
        range,
        shape,
        is_flow: true,
        is_anchored: false,
        column: 0,
    };
    match token.kind {
        TokenKind::ObjectStart => {
            let mut entries = Vec::new();
            loop {
                let key = reader.next().ok()??;
                let TokenKind::Key(range) = &key.kind else { break };
                let name = reader.text(range).to_string();
                let value = reader.next().ok()??;
                entries.push(Entry { name, start: key.start, node: node(reader, &value)? });
            }
            Some(flow(token.start..reader.position(), Shape::Table(entries)))
        }
        TokenKind::ArrayStart => {
            let mut items = Vec::new();
            loop {
                let item = reader.next().ok()??;
                if matches!(item.kind, TokenKind::ArrayEnd) {
                    break;
                }
                items.push(node(reader, &item)?);
            }
            Some(flow(token.start..reader.position(), Shape::Array(items)))
        }
        _ => Some(flow(token.start..reader.position(), Shape::Scalar)),
    }
}
