//! YAML as kubectl and the API server read it: go-yaml v2 behind sigs.k8s.io/yaml, which makes JSON of it.
//!
//! Events with positions come from `saphyr-parser`; what plain scalars, tags, merge keys and duplicates mean is go-yaml's. A descendant of
//! libyaml, which go-yaml v2 is a port of, reads the text too: what it refuses, go-yaml refuses.

use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use saphyr_parser::{Event, Marker, Parser, ScalarStyle, Span, StrInput, Tag};
use serde::Deserialize as _;
use serde::de::IgnoredAny;

use super::MAX_DEPTH;
use super::node::{Member, Node, NodeKind};
use super::yaml_scalar::{Scalar, float_as_integer, float_key, resolve};

/// Why a document is not read. Offsets are bytes of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct YamlFault {
    /// Where.
    pub range: Range<usize>,
    /// Why.
    pub kind: YamlFaultKind,
}

/// Why a document is not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum YamlFaultKind {
    /// It is not YAML.
    Syntax,
    /// A text without quotes has `: ` in it.
    Colon,
    /// A tab stands where only blanks may.
    Tab,
    /// A raw control character.
    ControlCharacter(char),
    /// A `%` directive; kubectl cuts the text at `---`, so that none is ever complete.
    Directive,
    /// Aliases make too much of it, or an alias stands for itself.
    Aliases,
    /// A key that JSON does not have: a null, a list or an object.
    Key(&'static str),
    /// A number that JSON does not have: infinite, or "not a number".
    Number,
    /// A merge key with something else than objects.
    Merge,
    /// A tag that its value does not fit.
    Tag,
    /// Lists and objects are nested more than [`MAX_DEPTH`] deep.
    TooDeep,
}

/// The tree of the document at `range` of a file; `None` where there are only comments.
pub(super) fn read(text: &str, range: Range<usize>) -> Result<Option<Node<'_>>, YamlFault> {
    let document = text.get(range.clone()).unwrap_or_default();
    if let Some((offset, c)) = document.char_indices().find(|(_, c)| is_refused(*c)) {
        let start = range.start + offset;
        return Err(YamlFault { range: start..start + c.len_utf8(), kind: YamlFaultKind::ControlCharacter(c) });
    }
    if !document.contains(LINE_BREAKS) {
        return read_document(document, document, range.start);
    }
    // As many characters as before, so that positions stay.
    let replaced = document.replace(LINE_BREAKS, "\n");
    read_document(document, &replaced, range.start).map(|node| node.map(Node::into_owned))
}

/// Characters that end a line in YAML 1.1, but not in YAML 1.2, by which the parser goes.
const LINE_BREAKS: [char; 3] = ['\u{85}', '\u{2028}', '\u{2029}'];

/// Reads `parsed`, which has as many characters as the document that stands at byte `start` of the file.
fn read_document<'t>(document: &str, parsed: &'t str, start: usize) -> Result<Option<Node<'t>>, YamlFault> {
    let mut reader = Reader {
        document,
        start,
        offsets: Offsets::new(document),
        parser: Parser::new_from_str(parsed),
        anchors: HashMap::new(),
        budget: 1000 + document.len().saturating_mul(10),
    };
    let node = reader.document()?;
    if node.is_some() {
        reader.second_reading()?;
    }
    Ok(node)
}

/// Characters that go-yaml refuses wherever they stand (`yaml_parser_update_buffer` in `readerc.go`).
fn is_refused(c: char) -> bool {
    !matches!(c, '\t' | '\n' | '\r' | ' '..='~' | '\u{85}' | '\u{a0}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..)
}

/// From counts of characters, which the parser gives, to bytes.
struct Offsets {
    /// The byte of every 64th character; empty for a text of ASCII, where both are the same.
    blocks: Vec<usize>,
}

const BLOCK: usize = 64;

impl Offsets {
    fn new(text: &str) -> Self {
        let blocks = if text.is_ascii() { Vec::new() } else { text.char_indices().step_by(BLOCK).map(|(byte, _)| byte).collect() };
        Self { blocks }
    }

    fn byte(&self, text: &str, index: usize) -> usize {
        if self.blocks.is_empty() {
            return index.min(text.len());
        }
        let start = self.blocks.get(index / BLOCK).copied().unwrap_or(text.len());
        let rest = text.get(start..).unwrap_or_default();
        rest.char_indices().nth(index % BLOCK).map_or(text.len(), |(byte, _)| start + byte)
    }
}

struct Reader<'d, 't> {
    document: &'d str,
    /// The document's first byte in the file.
    start: usize,
    offsets: Offsets,
    parser: Parser<'t, StrInput<'t>>,
    /// Finished nodes that have an anchor, with their weight.
    anchors: HashMap<usize, (Node<'t>, usize)>,
    /// How much weight (a node is 1, and a byte of a string is 1) aliases may still copy.
    budget: usize,
}

impl<'t> Reader<'_, 't> {
    fn byte(&self, mark: &Marker) -> usize {
        self.start + self.offsets.byte(self.document, mark.index())
    }

    fn range(&self, span: &Span) -> Range<usize> {
        let start = self.byte(&span.start);
        start..self.byte(&span.end).max(start)
    }

    fn fault(&self, span: &Span, kind: YamlFaultKind) -> YamlFault {
        YamlFault { range: self.range(span), kind }
    }

    /// The character at a place where the parser gave up says most; its message may quote the text.
    fn syntax(&self, byte: usize) -> YamlFault {
        let (before, rest) = self.document.split_at_checked(byte - self.start).unwrap_or((self.document, ""));
        let indent = before.rsplit('\n').next().unwrap_or_default();
        let line = format!("{indent}{}", rest.lines().next().unwrap_or_default());
        let kind = match rest.chars().next() {
            Some('\t') => YamlFaultKind::Tab,
            _ if indent.contains('\t') && indent.trim().is_empty() => YamlFaultKind::Tab,
            _ if has_two_colons(&line) => YamlFaultKind::Colon,
            Some('%') if self.document.get(..byte - self.start).is_some_and(|before| before.is_empty() || before.ends_with('\n')) => {
                YamlFaultKind::Directive
            }
            _ => YamlFaultKind::Syntax,
        };
        YamlFault { range: byte..byte, kind }
    }

    fn next(&mut self) -> Result<(Event<'t>, Span), YamlFault> {
        match self.parser.next_event() {
            Some(Ok(next)) => Ok(next),
            Some(Err(error)) => Err(self.syntax(self.byte(error.marker()))),
            None => Ok((Event::StreamEnd, Span::empty(Marker::new(0, 1, 0)))),
        }
    }

    /// The first document: go-yaml does not look behind `...`.
    fn document(&mut self) -> Result<Option<Node<'t>>, YamlFault> {
        let directive = self.document.lines().find(|line| !line.trim().is_empty() && !line.starts_with('#'));
        if directive.is_some_and(|line| line.starts_with('%')) {
            let offset = self.document.find('%').unwrap_or_default();
            return Err(YamlFault { range: self.start + offset..self.start + offset + 1, kind: YamlFaultKind::Directive });
        }
        loop {
            match self.next()? {
                (Event::StreamEnd, _) => return Ok(None),
                (Event::DocumentStart(_), _) => {
                    let (event, span) = self.next()?;
                    let node = self.node(event, &span, 0)?;
                    // What follows on the same level is a fault of syntax.
                    self.next()?;
                    return Ok(Some(node));
                }
                _ => {}
            }
        }
    }

    fn second_reading(&self) -> Result<(), YamlFault> {
        // Documents behind `...` are not read.
        let read = serde_yaml::Deserializer::from_str(self.document).next().map(IgnoredAny::deserialize);
        let Some(Err(error)) = read else { return Ok(()) };
        let byte = error.location().map_or(0, |location| location.index().min(self.document.len()));
        let byte = (0..=byte).rev().find(|byte| self.document.is_char_boundary(*byte)).unwrap_or_default();
        Err(self.syntax(self.start + byte))
    }

    /// The node that begins with `event`.
    fn node(&mut self, event: Event<'t>, span: &Span, depth: usize) -> Result<Node<'t>, YamlFault> {
        match event {
            Event::SequenceStart(..) | Event::MappingStart(..) if depth == MAX_DEPTH => Err(self.fault(span, YamlFaultKind::TooDeep)),
            Event::Alias(id) => {
                // An anchor whose node is not finished holds the alias itself.
                let found = self.anchors.get(&id).filter(|(_, weight)| *weight <= self.budget).cloned();
                let (mut node, weight) = found.ok_or_else(|| self.fault(span, YamlFaultKind::Aliases))?;
                self.budget -= weight;
                node.range = self.range(span);
                Ok(node)
            }
            Event::Scalar(text, style, anchor, tag) => {
                let plain = style == ScalarStyle::Plain;
                let kind = self.scalar(text, plain, tag.as_deref(), span)?;
                let node = Node { kind, range: self.range(span), plain };
                self.anchored(anchor, node, span)
            }
            Event::SequenceStart(anchor, _) => {
                let items = self.sequence(depth + 1)?;
                self.anchored(anchor, Node::new(NodeKind::Array(items), self.range(span)), span)
            }
            Event::MappingStart(anchor, _) => {
                let members = self.mapping(depth + 1)?;
                self.anchored(anchor, Node::new(NodeKind::Object(members), self.range(span)), span)
            }
            // No other event can begin a node.
            _ => Err(self.fault(span, YamlFaultKind::Syntax)),
        }
    }

    fn scalar(&self, text: Cow<'t, str>, plain: bool, tag: Option<&Tag>, span: &Span) -> Result<NodeKind<'t>, YamlFault> {
        let misfit = || self.fault(span, YamlFaultKind::Tag);
        let core = tag.and_then(core_tag);
        let resolved = match core {
            Some("str") => Scalar::Text,
            Some("binary") => {
                let bytes = STANDARD.decode(text.as_bytes()).map_err(|_| misfit())?;
                return Ok(NodeKind::String(Cow::Owned(String::from_utf8_lossy(&bytes).into_owned())));
            }
            Some(_) => resolve(&text),
            // Tags of one's own mean nothing, but keep a scalar from being resolved; so do quotes.
            None if tag.is_some() || !plain => Scalar::Text,
            None => resolve(&text),
        };
        let resolved = match (core, resolved) {
            (Some("null"), Scalar::Null) | (Some("bool"), Scalar::Bool(_)) | (Some("int"), Scalar::Integer(_)) => resolved,
            (Some("float"), Scalar::Integer(_) | Scalar::Float(_)) | (None | Some("str"), _) => resolved,
            (Some("timestamp"), Scalar::Text) => resolved,
            _ => return Err(misfit()),
        };
        Ok(match resolved {
            Scalar::Null => NodeKind::Null,
            Scalar::Bool(value) => NodeKind::Bool(value),
            Scalar::Integer(value) => NodeKind::Number(i64::try_from(value).ok()),
            Scalar::Float(value) if !value.is_finite() => return Err(self.fault(span, YamlFaultKind::Number)),
            Scalar::Float(value) => NodeKind::Number(float_as_integer(value)),
            Scalar::Text => NodeKind::String(text),
        })
    }

    fn sequence(&mut self, depth: usize) -> Result<Vec<Node<'t>>, YamlFault> {
        let mut items = Vec::new();
        loop {
            match self.next()? {
                (Event::SequenceEnd, _) => return Ok(items),
                (event, span) => items.push(self.node(event, &span, depth)?),
            }
        }
    }

    fn mapping(&mut self, depth: usize) -> Result<Vec<Member<'t>>, YamlFault> {
        let mut members = Vec::new();
        loop {
            let (event, span) = self.next()?;
            if matches!(event, Event::MappingEnd) {
                return Ok(members);
            }
            let merge = matches!(&event, Event::Scalar(text, ScalarStyle::Plain, _, None) if text == "<<");
            let key_range = self.range(&span);
            let typed = matches!(&event, Event::Scalar(text, ScalarStyle::Plain, _, None) if resolve(text) != Scalar::Text);
            let key = self.key(event, &span)?;
            let (event, span) = self.next()?;
            let value = self.node(event, &span, depth)?;
            if merge {
                self.merge(value, &span, &mut members)?;
            } else {
                members.push(Member { key, key_range, value, merged: false, renamed: typed });
            }
        }
    }

    /// Every field of the objects that `<<` names.
    fn merge(&self, value: Node<'t>, span: &Span, members: &mut Vec<Member<'t>>) -> Result<(), YamlFault> {
        match value.kind {
            NodeKind::Object(merged) => {
                members.extend(merged.into_iter().map(|member| Member { merged: true, ..member }));
                Ok(())
            }
            // Of several, the first counts.
            NodeKind::Array(items) => items.into_iter().rev().try_for_each(|item| match item.kind {
                NodeKind::Object(_) => self.merge(item, span, members),
                _ => Err(self.fault(span, YamlFaultKind::Merge)),
            }),
            _ => Err(self.fault(span, YamlFaultKind::Merge)),
        }
    }

    /// A key, as sigs.k8s.io/yaml writes it into JSON.
    fn key(&mut self, event: Event<'t>, span: &Span) -> Result<Cow<'t, str>, YamlFault> {
        let fault = |kind| YamlFault { range: self.range(span), kind };
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                let plain = style == ScalarStyle::Plain;
                let resolved = if plain && tag.is_none() { resolve(&text) } else { Scalar::Text };
                let key = match resolved {
                    Scalar::Null => return Err(fault(YamlFaultKind::Key("null"))),
                    Scalar::Bool(value) => Cow::Owned(value.to_string()),
                    Scalar::Integer(value) => Cow::Owned(value.to_string()),
                    Scalar::Float(value) => Cow::Owned(float_key(value)),
                    Scalar::Text => text,
                };
                let node = Node::new(NodeKind::String(key.clone()), self.range(span));
                self.anchored(anchor, node, span)?;
                Ok(key)
            }
            Event::Alias(_) => match self.node(event, span, 0)?.kind {
                NodeKind::String(text) => Ok(text),
                _ => Err(YamlFault { range: self.range(span), kind: YamlFaultKind::Key("an alias of no string") }),
            },
            Event::SequenceStart(..) => Err(fault(YamlFaultKind::Key("a list"))),
            _ => Err(fault(YamlFaultKind::Key("an object"))),
        }
    }

    fn anchored(&mut self, anchor: usize, node: Node<'t>, span: &Span) -> Result<Node<'t>, YamlFault> {
        if anchor > 0 {
            let weight = weight(&node);
            self.budget = self.budget.checked_sub(weight).ok_or_else(|| self.fault(span, YamlFaultKind::Aliases))?;
            self.anchors.insert(anchor, (node.clone(), weight));
        }
        Ok(node)
    }
}

/// Whether a line has the form `key: text: more`, without quotes or brackets.
fn has_two_colons(line: &str) -> bool {
    let Some((_, text)) = line.split_once(": ") else { return false };
    let text = text.trim_start();
    !text.starts_with(['"', '\'', '{', '[', '|', '>', '&', '*', '!', '#']) && (text.contains(": ") || text.ends_with(':'))
}

/// The name of a tag of YAML's own, `!!NAME`.
fn core_tag(tag: &Tag) -> Option<&str> {
    (tag.handle == "tag:yaml.org,2002:" || tag.handle == "!!").then_some(tag.suffix.as_str())
}

fn weight(node: &Node<'_>) -> usize {
    match &node.kind {
        NodeKind::String(text) => 1 + text.len(),
        NodeKind::Array(items) => 1 + items.iter().map(weight).sum::<usize>(),
        NodeKind::Object(members) => 1 + members.iter().map(|member| member.key.len() + weight(&member.value)).sum::<usize>(),
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Map, Value};

    use super::*;

    fn value(node: &Node<'_>) -> Value {
        match &node.kind {
            NodeKind::Null => Value::Null,
            NodeKind::Bool(value) => (*value).into(),
            // Which number it is matters nowhere but for integers.
            NodeKind::Number(number) => number.map_or("a number".into(), Value::from),
            NodeKind::String(text) => text.as_ref().into(),
            NodeKind::Array(items) => items.iter().map(value).collect(),
            NodeKind::Object(members) => {
                Value::Object(members.iter().map(|member| (member.key.to_string(), value(&member.value))).collect())
            }
        }
    }

    fn tree(text: &str) -> Result<Value, YamlFaultKind> {
        match read(text, 0..text.len()) {
            Ok(node) => Ok(node.map_or(Value::Null, |node| value(&node))),
            Err(fault) => Err(fault.kind),
        }
    }

    /// What sigs.k8s.io/yaml said of a text: a value, or that it does not read it.
    fn recorded(becomes: &Value, plain_ok: bool) -> Option<Value> {
        match becomes {
            Value::String(text)
                if !plain_ok && (text.starts_with("yaml: ") || text.starts_with("unsupported map key") || text.starts_with("json: ")) =>
            {
                None
            }
            Value::Number(number) if number.as_i64().is_none() => Some("a number".into()),
            other => Some(other.clone()),
        }
    }

    #[test]
    fn scalars_are_read_as_kubernetes_reads_them() {
        let mut tried = 0;
        let mut disagreements = Vec::new();
        for line in include_str!("../../tests/readers/yaml_scalars.jsonl").lines() {
            let row: Value = serde_json::from_str(line).unwrap();
            let text = row["string"].as_str().unwrap();
            tried += 1;
            let ours = tree(&format!("m:\n  k: {text}\n")).ok();
            let theirs = recorded(&row["value_becomes"], row["plain_value_ok"].as_bool().unwrap());
            let mut expected = theirs
                .clone()
                .map(|value| Value::Object(Map::from_iter([("m".to_string(), Value::Object(Map::from_iter([("k".to_string(), value)])))])));
            // Where the text changed the structure, the whole tree is recorded.
            if row["value_becomes"].is_object() {
                expected = theirs;
            }
            let big = row["value_becomes"].as_f64().is_some_and(|value| value.abs() >= 9.0e15);
            if ours != expected && !big {
                disagreements.push(format!("value {text:?}: {ours:?} instead of {expected:?}"));
            }
            let key = tree(&format!("m:\n  {text}: v\n  z: w\n"))
                .ok()
                .and_then(|tree| tree["m"].as_object()?.keys().find(|key| *key != "z").cloned());
            let theirs =
                recorded(&row["key_becomes"], row["plain_key_ok"].as_bool().unwrap()).and_then(|key| key.as_str().map(String::from));
            if key != theirs {
                disagreements.push(format!("key {text:?}: {key:?} instead of {theirs:?}"));
            }
        }
        assert!(disagreements.is_empty(), "{} of {tried}:\n{}", disagreements.len(), disagreements.join("\n"));
        assert_eq!(tried, 171);
    }
}
