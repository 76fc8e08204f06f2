//! Reads YAML so that nothing changes silently: what parsers of YAML 1.1 and YAML 1.2 read
//! differently is rejected.
//!
//! The events are those of a YAML 1.1 parser, the parent of the parsers of kubectl, Argo CD, Flux
//! and PyYAML. Rejected are tags, tabs, line breaks that only 1.1 knows, and strings that are
//! indented too little for 1.2.

use libyaml_safer::{EventData, MappingStyle, ScalarStyle, SequenceStyle};
use std::{collections::HashSet, ops::Range};

use super::fault::{MAX_DEPTH, MAX_VALUES, StructureFault, StructureFaultKind};
use super::{tree::Tree, yaml_scalar};
use crate::go::yaml::{Anchors, YamlEvent, YamlEvents, refused_character};

/// Line breaks in YAML 1.1 and characters in YAML 1.2; a byte order mark between lines is nothing
/// to some readers and text to others.
const READ_DIFFERENTLY: [char; 4] = ['\u{85}', '\u{2028}', '\u{2029}', '\u{feff}'];

/// Reads a stream of at most one YAML document; no document at all is null.
pub(crate) fn read(text: &str) -> Result<Tree, StructureFault> {
    let refused = refused_character(text).map(|(at, _)| at);
    if let Some(at) = refused.or_else(|| text.find(READ_DIFFERENTLY)) {
        return Err(StructureFault::at(text, at, StructureFaultKind::ParsersDiffer));
    }
    let events = YamlEvents::new(text);
    let anchors = Anchors::new((1000 + text.len().saturating_mul(10)).min(MAX_COPIED_BYTES));
    TreeReader { text, events, anchors, read: 0, values: 0 }.stream()
}

/// How much aliases can copy.
const MAX_COPIED_BYTES: usize = 32 * 1024 * 1024;

struct TreeReader<'t> {
    text: &'t str,
    events: YamlEvents<'t>,
    anchors: Anchors<Tree>,
    read: usize,
    values: usize,
}

#[derive(Clone, Copy)]
struct Parent {
    depth: usize,
    /// The column, in bytes from 0, of the innermost block collection; none at the top.
    column: Option<usize>,
}

impl TreeReader<'_> {
    fn fault(&self, event: &YamlEvent, kind: StructureFaultKind) -> StructureFault {
        StructureFault::at(self.text, event.range.start, kind)
    }

    fn next(&mut self) -> Result<YamlEvent, StructureFault> {
        let event = self
            .events
            .next()
            .map_err(|error| StructureFault::at(self.text, error.at, StructureFaultKind::Syntax))?;
        let has_tag = match &event.data {
            EventData::Scalar { tag, .. }
            | EventData::SequenceStart { tag, .. }
            | EventData::MappingStart { tag, .. } => tag.is_some(),
            _ => false,
        };
        if has_tag {
            return Err(self.fault(&event, StructureFaultKind::Tag));
        }
        let gap = self.read..event.range.start;
        self.read = self.read.max(event.range.end);
        if self.has_odd_gap(gap, &event) {
            return Err(self.fault(&event, StructureFaultKind::ParsersDiffer));
        }
        Ok(event)
    }

    /// Whether parsers differ about what stands before an event: a tab as indentation, a comment
    /// without a space before it; in a flow collection a `?`, or a `-` alone.
    fn has_odd_gap(&self, gap: Range<usize>, event: &YamlEvent) -> bool {
        let (before, rest) = self.split(event.range.start);
        if event.in_flow && rest.get(..event.range.len()) == Some("-") {
            return true;
        }
        let blanks = before.trim_end_matches([' ', '\t']).len();
        if !event.in_flow
            && !event.range.is_empty()
            && before.get(blanks..).is_some_and(|blanks| blanks.starts_with('\t'))
        {
            return true;
        }
        let mut start = gap.start;
        for line in before.get(gap).unwrap_or_default().split_inclusive('\n') {
            let (marks, _) = line.split_at(line.find('#').unwrap_or(line.len()));
            let (before, comment) = self.split(start + marks.len());
            let joined = comment.starts_with('#')
                && !(before.is_empty() || before.ends_with([' ', '\t', '\n']));
            if joined || (event.in_flow && marks.contains('?')) {
                return true;
            }
            start += line.len();
        }
        false
    }

    fn split(&self, at: usize) -> (&str, &str) {
        self.text.split_at_checked(at).unwrap_or((self.text, ""))
    }

    fn column(&self, at: usize) -> usize {
        let (before, _) = self.split(at);
        at - before.rfind('\n').map_or(0, |line_break| line_break + 1)
    }

    fn stream(&mut self) -> Result<Tree, StructureFault> {
        let mut document = None;
        loop {
            let event = self.next()?;
            match event.data {
                EventData::StreamEnd => return Ok(document.unwrap_or(Tree::Null)),
                EventData::DocumentStart { .. } if document.is_some() => {
                    return Err(self.fault(&event, StructureFaultKind::SeveralDocuments));
                }
                EventData::DocumentStart { .. } => {
                    let event = self.next()?;
                    document = Some(self.node(event, Parent { depth: 0, column: None })?);
                }
                _ => {}
            }
        }
    }

    fn node(&mut self, event: YamlEvent, parent: Parent) -> Result<Tree, StructureFault> {
        self.values += 1;
        if self.values > MAX_VALUES {
            return Err(self.fault(&event, StructureFaultKind::TooManyValues));
        }
        let fault = |kind| StructureFault::at(self.text, event.range.start, kind);
        let is_odd = |end| !event.in_flow && self.is_outdented(&event, end, parent);
        let tree = match &event.data {
            EventData::Alias { anchor } => {
                return self.anchors.copy(anchor).map_err(|_| fault(StructureFaultKind::Alias));
            }
            EventData::Scalar { value, style: ScalarStyle::Plain, .. } => {
                yaml_scalar::resolve(value).map_err(fault)?
            }
            EventData::Scalar { .. } if is_odd(event.range.end) => {
                return Err(fault(StructureFaultKind::ParsersDiffer));
            }
            EventData::Scalar { value, .. } => Tree::string(value.as_str()),
            EventData::SequenceStart { .. } | EventData::MappingStart { .. } => {
                if parent.depth == MAX_DEPTH {
                    return Err(fault(StructureFaultKind::TooDeep));
                }
                self.anchors.begin(event.anchor());
                let (tree, end) = self.collection(&event, parent)?;
                let is_flow = matches!(
                    event.data,
                    EventData::SequenceStart { style: SequenceStyle::Flow, .. }
                        | EventData::MappingStart { style: MappingStyle::Flow, .. }
                );
                if is_flow && !event.in_flow && self.is_outdented(&event, end, parent) {
                    return Err(self.fault(&event, StructureFaultKind::ParsersDiffer));
                }
                tree
            }
            // No other event can begin a node.
            _ => return Err(fault(StructureFaultKind::Syntax)),
        };
        let tree = self.anchors.end(event.anchor(), tree, weight);
        tree.map_err(|_| self.fault(&event, StructureFaultKind::Alias))
    }

    /// The list or table that `event` begins, and where it ends.
    fn collection(
        &mut self,
        event: &YamlEvent,
        parent: Parent,
    ) -> Result<(Tree, usize), StructureFault> {
        let mut place = Parent { depth: parent.depth + 1, ..parent };
        let mut items = Vec::new();
        let mut entries = Vec::new();
        let mut seen = HashSet::new();
        let is_array = matches!(event.data, EventData::SequenceStart { .. });
        loop {
            let event = self.next()?;
            match event.data {
                EventData::SequenceEnd => return Ok((Tree::Array(items), event.range.end)),
                EventData::MappingEnd => return Ok((Tree::Table(entries), event.range.end)),
                _ if is_array => {
                    if !event.in_flow {
                        let (before, _) = self.split(event.range.start);
                        // Not a dash in a comment.
                        place.column = before.rsplit('\n').find_map(|line| {
                            let text = line.trim_start_matches([' ', '\t', '-']);
                            line.get(..line.len() - text.len())?.rfind('-')
                        });
                    }
                    items.push(self.node(event, place)?);
                }
                _ => {
                    if !event.in_flow && entries.is_empty() {
                        place.column = Some(self.column(event.range.start));
                    }
                    let key = self.key(&event)?;
                    let value = self.next()?;
                    if !seen.insert(key.clone()) {
                        // Without a value it may be one: `{password: hunter2, hunter2}`.
                        let has_value = !is_nothing(&value.data)
                            && !entries
                                .iter()
                                .any(|(it, value)| *it == key && *value == Tree::Null);
                        let key = if has_value { key } else { String::new() };
                        return Err(self.fault(&event, StructureFaultKind::DuplicateKey(key)));
                    }
                    entries.push((key, self.node(value, place)?));
                }
            }
        }
    }

    /// Whether YAML 1.2 wants lines of a text in quotes, a block or a flow collection indented
    /// further than they are, or a line break at the end.
    fn is_outdented(&self, event: &YamlEvent, end: usize, parent: Parent) -> bool {
        let (_, after) = self.split(end);
        let Some(column) = parent.column else { return event.beyond_end };
        let mut lines = self.text.get(event.range.start..end).unwrap_or_default().lines();
        if event.is_block_scalar() {
            let begun = lines.next().is_some_and(|line| {
                line.split('#').next().is_some_and(|line| line.contains(['|', '>']))
            });
            let comment = after.trim_start_matches(' ');
            return event.beyond_end
                || !begun
                || self.column(event.range.start) <= column
                || (comment.starts_with('#') && after.len() - comment.len() > column);
        }
        lines.skip(1).any(|line| {
            let text = line.trim_start_matches(' ');
            !text.trim_ascii().is_empty() && line.len() - text.len() <= column
        })
    }

    fn key(&mut self, event: &YamlEvent) -> Result<String, StructureFault> {
        let EventData::Scalar { value, style, .. } = &event.data else {
            return Err(self.fault(event, StructureFaultKind::KeyNotText));
        };
        if *style == ScalarStyle::Plain {
            if value == "<<" {
                return Err(self.fault(event, StructureFaultKind::MergeKey));
            }
            if !matches!(yaml_scalar::resolve(value), Ok(Tree::String(_))) {
                return Err(self.fault(event, StructureFaultKind::KeyNotText));
            }
        }
        if event.folded {
            return Err(self.fault(event, StructureFaultKind::ParsersDiffer));
        }
        let key = self.anchors.end(event.anchor(), Tree::string(value.as_str()), weight);
        key.map_err(|_| self.fault(event, StructureFaultKind::Alias))?;
        Ok(value.clone())
    }
}

/// Whether nothing stands where a value could.
fn is_nothing(data: &EventData) -> bool {
    matches!(data, EventData::Scalar { value, style: ScalarStyle::Plain, .. } if value.is_empty())
}

fn weight(tree: &Tree) -> usize {
    match tree {
        Tree::String(text) => 1 + text.len(),
        Tree::Array(items) => 1 + items.iter().map(weight).sum::<usize>(),
        Tree::Table(entries) => {
            1 + entries.iter().map(|(key, value)| key.len() + weight(value)).sum::<usize>()
        }
        _ => 1,
    }
}
