//! YAML: scalars are replaced in their style where it can hold the value, entries added to blocks
//! and flow mappings.

use zeroize::Zeroizing;

use super::fault::{EditFault, EditFaultKind};
use super::flow;
use super::nodes::{Entry, Found, Node, Shape, find, find_entry};
use super::splice::{Splice, begins_line, cut_lines, joined, line_break, line_end};
use crate::emit::scalar::{push_key, push_quoted, push_scalar, push_text};
use crate::go::yaml::{YamlEvent, YamlEvents};
use crate::structure::key_path::KeyPath;
use libyaml_safer::{EventData, MappingStyle, SequenceStyle};

pub(super) fn set(text: &str, path: &KeyPath, value: &str) -> Result<Vec<Splice>, EditFault> {
    let root = nodes(text).ok_or(EditFaultKind::Unsafe)?;
    let Some(root) = root else {
        let names = path.names().ok_or(EditFaultKind::Unsafe)?;
        let block = block(&names, value, 0, 2, line_break(text));
        let ended = text.is_empty() || text.ends_with('\n');
        let before = if ended { "" } else { line_break(text) };
        let entry = joined(&[before, &block, line_break(text)]);
        return Ok(vec![Splice::insert(text.len(), entry)]);
    };
    let step = step(&root).unwrap_or(2);
    Ok(vec![match find(text, &root, path)? {
        Found::Node(node) => replacement(text, node, value),
        Found::Missing(table, names) if table.is_flow => {
            let keys: Vec<String> = names.iter().map(|name| key(name)).collect();
            let entry = flow::nested(&keys, &scalar(value), ": ", "");
            flow::insert(text, &table.brackets(), &entry, "")
        }
        Found::Missing(table, names) => {
            let last = table.entries().last().ok_or(EditFaultKind::Unsafe)?;
            let column = column(text, last.start);
            let line_break = line_break(text);
            let entry = block(&names, value, column, step, line_break);
            let at = line_end(text, last.node.range.end);
            Splice::insert(at, joined(&[line_break, &" ".repeat(column), &entry]))
        }
    }])
}

pub(super) fn unset(text: &str, path: &KeyPath) -> Result<Vec<Splice>, EditFault> {
    let root = nodes(text).ok_or(EditFaultKind::Unsafe)?.ok_or(EditFaultKind::Missing)?;
    let (table, index) = find_entry(text, &root, path)?;
    if table.is_flow {
        return Ok(flow::remove(text, &table.brackets(), index));
    }
    let entry = table.entries().get(index).ok_or(EditFaultKind::Missing)?;
    let range = entry.start..entry.node.range.end.max(entry.start);
    let token = text.get(entry.node.range.clone()).unwrap_or_default();
    let comment = if token.starts_with(['|', '>']) { comment_of_block(token) } else { "" };
    if table.entries().len() == 1 {
        // A mapping without entries would be null.
        return Ok(vec![Splice::new(range, joined(&["{}", comment]))]);
    }
    if !comment.is_empty() {
        return Ok(vec![Splice::new(range, joined(&[comment.trim_start()]))]);
    }
    // The first entry may stand behind a dash.
    if let Some(next) = table.entries().get(index + 1)
        && !begins_line(text, entry.start)
        && text.get(range.end..next.start).is_some_and(|gap| gap.trim().is_empty())
    {
        return Ok(vec![Splice::cut(entry.start..next.start)]);
    }
    Ok(vec![cut_lines(text, range)])
}

/// A value in the place of a scalar.
fn replacement(text: &str, node: &Node, value: &str) -> Splice {
    let token = text.get(node.range.clone()).unwrap_or_default();
    let range = node.range.clone();
    if token.is_empty() {
        return Splice::insert(range.start, joined(&[" ", &styled(value, node, text)]));
    }
    if token.starts_with(['|', '>']) {
        let comment = comment_of_block(token);
        let new = styled(value, node, text);
        let (head, lines) = new.split_at(new.find(['\r', '\n']).unwrap_or(new.len()));
        return Splice::new(range, joined(&[head, comment, lines]));
    }
    let is_simple = value.bytes().all(|byte| matches!(byte, b' '..=b'~') && byte != b'\'');
    if token.starts_with('\'') && is_simple {
        return Splice::new(range, joined(&["'", value, "'"]));
    }
    if token.starts_with('"') && !value.trim_end_matches('\n').contains('\n') {
        return Splice::new(range, quoted(value));
    }
    Splice::new(range, styled(value, node, text))
}

/// A comment may stand in the first line of a block; with the blank before it.
fn comment_of_block(token: &str) -> &str {
    let first = token.lines().next().unwrap_or_default();
    let (_, comment) = first.split_at(first.find(" #").unwrap_or(first.len()));
    comment
}

/// A value where `node` stands: over several lines where it has several and stands in a block.
fn styled(value: &str, node: &Node, text: &str) -> Zeroizing<String> {
    if node.is_flow { scalar(value) } else { lines(value, node.column + 2, line_break(text)) }
}

fn buffer(value: &str, indent: usize) -> Zeroizing<String> {
    // An escape takes at most six bytes for one.
    let breaks = value.bytes().filter(|byte| *byte == b'\n').count() + 2;
    Zeroizing::new(String::with_capacity(value.len() * 6 + breaks * (indent + 2) + 8))
}

fn quoted(value: &str) -> Zeroizing<String> {
    let mut out = buffer(value, 0);
    push_quoted(&mut out, value);
    out
}

fn scalar(value: &str) -> Zeroizing<String> {
    let mut out = buffer(value, 0);
    push_scalar(&mut out, value);
    out
}

/// As a literal block if the value has lines, with the line breaks of the document.
fn lines(value: &str, indent: usize, line_break: &str) -> Zeroizing<String> {
    let mut out = buffer(value, indent);
    push_text(&mut out, value, indent);
    if line_break == "\n" {
        return out;
    }
    let parts: Vec<&str> = out.split('\n').collect();
    let mut broken = buffer(value, indent);
    for (index, part) in parts.iter().enumerate() {
        broken.push_str(if index == 0 { "" } else { line_break });
        broken.push_str(part);
    }
    broken
}

fn key(name: &str) -> String {
    let mut out = String::new();
    push_scalar(&mut out, name);
    out
}

/// An entry with tables around the value, its first key at `column`, without the indentation of
/// the first line.
fn block(
    names: &[String],
    value: &str,
    column: usize,
    step: usize,
    line_break: &str,
) -> Zeroizing<String> {
    let mut head = String::new();
    let mut indent = column;
    for (index, name) in names.iter().enumerate() {
        if index > 0 {
            indent += step;
            head.push_str(line_break);
            head.push_str(&" ".repeat(indent));
        }
        push_key(&mut head, name, indent);
    }
    joined(&[&head, " ", &lines(value, indent + step, line_break)])
}

/// How far the document indents a mapping in a mapping.
fn step(node: &Node) -> Option<usize> {
    match &node.shape {
        Shape::Scalar => None,
        Shape::Array(items) => items.iter().find_map(step),
        Shape::Table(entries) => entries.iter().find_map(|entry| {
            let inner = entry.node.entries().first().filter(|_| !entry.node.is_flow);
            let own = inner.and_then(|inner| inner.node.column.checked_sub(entry.node.column));
            own.filter(|step| *step > 0).or_else(|| step(&entry.node))
        }),
    }
}

fn column(text: &str, at: usize) -> usize {
    at - super::splice::line_start(text, at)
}

/// Where everything stands in a text that is YAML; no node if there is no document in it.
fn nodes(text: &str) -> Option<Option<Node>> {
    let mut reader = NodeReader { text, events: YamlEvents::new(text) };
    loop {
        let event = reader.events.next().ok()?;
        match event.data {
            EventData::StreamEnd => return Some(None),
            EventData::DocumentStart { .. } => {
                let event = reader.events.next().ok()?;
                let root = reader.node(event, 0)?;
                let is_nothing = matches!(root.shape, Shape::Scalar) && root.range.is_empty();
                return Some(Some(root).filter(|_| !is_nothing));
            }
            _ => {}
        }
    }
}

struct NodeReader<'t> {
    text: &'t str,
    events: YamlEvents<'t>,
}

impl NodeReader<'_> {
    /// `column` is that of the keys or dashes around it.
    fn node(&mut self, event: YamlEvent, around: usize) -> Option<Node> {
        let is_anchored = event.anchor().is_some() || matches!(event.data, EventData::Alias { .. });
        let is_flow = event.in_flow
            || matches!(
                event.data,
                EventData::SequenceStart { style: SequenceStyle::Flow, .. }
                    | EventData::MappingStart { style: MappingStyle::Flow, .. }
            );
        let start = event.range.start;
        // The end of a block is that of what stands last in it.
        let (shape, end) = match &event.data {
            EventData::SequenceStart { .. } => {
                let inside = if is_flow { around } else { column(self.text, start) };
                let mut items = Vec::new();
                loop {
                    let event = self.events.next().ok()?;
                    if matches!(event.data, EventData::SequenceEnd) {
                        let last = items.last().map(|item: &Node| item.range.end);
                        break (
                            Shape::Array(items),
                            last.filter(|_| !is_flow).unwrap_or(event.range.end),
                        );
                    }
                    items.push(self.node(event, inside)?);
                }
            }
            EventData::MappingStart { .. } => {
                let mut entries: Vec<Entry> = Vec::new();
                loop {
                    let event = self.events.next().ok()?;
                    if matches!(event.data, EventData::MappingEnd) {
                        let last = entries.last().map(|entry| entry.node.range.end);
                        break (
                            Shape::Table(entries),
                            last.filter(|_| !is_flow).unwrap_or(event.range.end),
                        );
                    }
                    let EventData::Scalar { value, .. } = &event.data else { return None };
                    let (name, start) = (value.clone(), event.range.start);
                    let inside = if is_flow { around } else { column(self.text, start) };
                    let event = self.events.next().ok()?;
                    entries.push(Entry { name, start, node: self.node(event, inside)? });
                }
            }
            EventData::Scalar { .. } => (Shape::Scalar, self.scalar_end(&event)),
            EventData::Alias { .. } => (Shape::Scalar, event.range.end),
            _ => return None,
        };
        Some(Node { range: start..end.max(start), shape, is_flow, is_anchored, column: around })
    }

    /// Of a block, without the line break at its end, or with all of them if they count.
    fn scalar_end(&self, event: &YamlEvent) -> usize {
        if !event.is_block_scalar() {
            return event.range.end;
        }
        let token = self.text.get(event.range.clone()).unwrap_or_default();
        let keeps = token.lines().next().is_some_and(|first| {
            first.split('#').next().is_some_and(|header| header.contains('+'))
        });
        let ended = token.trim_end_matches([' ', '\r', '\n']);
        if !keeps {
            return event.range.start + ended.len();
        }
        let token = token.trim_end_matches(' ');
        let token = token.strip_suffix('\n').unwrap_or(token);
        event.range.start + token.strip_suffix('\r').unwrap_or(token).len()
    }
}
