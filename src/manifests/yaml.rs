//! YAML as kubectl and the API server read it: go-yaml v2 behind sigs.k8s.io/yaml, which makes JSON
//! of it.
//!
//! go-yaml v2 is a port of libyaml, and so is `libyaml-safer`, whose events are read here; what
//! plain scalars, tags, merge keys and duplicates mean is go-yaml's.

#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;
use std::panic::catch_unwind;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use libyaml_safer::{
    Encoding, Error, Event, EventData, MappingStyle, Mark, Parser, ScalarStyle, SequenceStyle,
};

use super::MAX_DEPTH;
use super::node::{JsonNode, JsonNodeKind, Member};
use crate::content::BYTE_ORDER_MARK;
use crate::go::yaml_scalar::{Scalar, float_as_integer, float_key, is_timestamp, resolve};

/// Why a document is not read. Offsets are bytes of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct YamlFault {
    pub range: Range<usize>,
    pub kind: YamlFaultKind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum YamlFaultKind {
    Syntax,
    /// A text without quotes has `: ` in it, or a line is indented too far.
    Colon,
    /// In a flow collection, a `:` with its end or a comma right behind it. kubectl makes `a:` of
    /// `{a:, b: c}`, which nobody means.
    FlowColon,
    /// In a flow collection, a `?` inside of a text without quotes.
    FlowQuestion,
    Quote,
    /// A character that no scalar without quotes may begin with.
    Start,
    /// An alias of an anchor that is not there.
    Anchor,
    /// A tab stands where only blanks may.
    Tab,
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
    Tag,
    /// Lists and objects are nested more than [`MAX_DEPTH`] deep.
    TooDeep,
}

/// The tree of the document at `range` of a file; `None` where there are only comments.
pub(crate) fn read(
    text: &str,
    range: Range<usize>,
) -> Result<Option<JsonNode<'static>>, YamlFault> {
    let document = text.get(range.clone()).unwrap_or_default();
    // A byte order mark may stand in front of each document.
    let (document, range) = match document.strip_prefix(BYTE_ORDER_MARK) {
        Some(rest) => (rest, range.end - rest.len()..range.end),
        None => (document, range),
    };
    if let Some((offset, c)) = document.char_indices().find(|(_, c)| is_refused(*c)) {
        let start = range.start + offset;
        return Err(YamlFault {
            range: start..start + c.len_utf8(),
            kind: YamlFaultKind::ControlCharacter(c),
        });
    }
    // go-yaml takes one further on for text, libyaml at the start of a line for nothing; whoever
    // reads the file sees neither.
    let starts_line = |(at, _): &(usize, &str)| {
        document.get(..*at).is_some_and(|before| before.ends_with(LINE_BREAKS))
    };
    if let Some((offset, _)) = document.match_indices(BYTE_ORDER_MARK).find(starts_line) {
        let start = range.start + offset;
        return Err(YamlFault {
            range: start..start,
            kind: YamlFaultKind::ControlCharacter(BYTE_ORDER_MARK),
        });
    }
    // Without a line break at its end, the parser gives up inside of a block.
    let parsed: Cow<'_, str> =
        if document.ends_with('\n') { document.into() } else { format!("{document}\n").into() };
    // It has a place that its authors left open, where it panics: a tag in a flow collection with a
    // comma right behind it, which go-yaml refuses. What leads there is not YAML that anybody has
    // to read.
    let read = catch_unwind(|| read_document(document, &parsed, range.start));
    read.unwrap_or(Err(YamlFault { range: range.start..range.start, kind: YamlFaultKind::Syntax }))
}

/// Reads `parsed`, which is the document that stands at byte `start` of the file, with a line break
/// at its end.
fn read_document(
    document: &str,
    parsed: &str,
    start: usize,
) -> Result<Option<JsonNode<'static>>, YamlFault> {
    let mut bytes = parsed.as_bytes();
    let mut parser = Parser::new();
    parser.set_encoding(Encoding::Utf8);
    parser.set_input_string(&mut bytes);
    let budget = 1_000_000 + document.len().saturating_mul(100);
    let mut reader =
        YamlReader { document, start, parser, anchors: HashMap::new(), flow: 0, budget };
    reader.document()
}

/// Characters that go-yaml refuses wherever they stand (`yaml_parser_update_buffer` in
/// `readerc.go`).
fn is_refused(c: char) -> bool {
    let ascii = matches!(c, '\t' | '\n' | '\r' | ' '..='~');
    let other = matches!(c, '\u{85}' | '\u{a0}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}');
    !(ascii || other || c >= '\u{10000}')
}

/// What ends a line in YAML 1.1.
const LINE_BREAKS: [char; 5] = ['\n', '\r', '\u{85}', '\u{2028}', '\u{2029}'];

struct YamlReader<'d> {
    document: &'d str,
    /// The document's first byte in the file.
    start: usize,
    parser: Parser<&'d mut &'d [u8]>,
    /// Finished nodes that have an anchor, with their weight.
    anchors: HashMap<String, (JsonNode<'static>, usize)>,
    /// How many flow collections, `{}` and `[]`, are open.
    flow: usize,
    /// How much weight (a node is 1, and a byte of a string is 1) aliases may still copy.
    budget: usize,
}

impl YamlReader<'_> {
    fn byte(&self, mark: &Mark) -> usize {
        let index = usize::try_from(mark.index).unwrap_or(usize::MAX).min(self.document.len());
        let boundary = (0..=index).rev().find(|index| self.document.is_char_boundary(*index));
        self.start + boundary.unwrap_or_default()
    }

    fn range(&self, event: &Event) -> Range<usize> {
        let start = self.byte(&event.start_mark);
        start..self.byte(&event.end_mark).max(start)
    }

    fn fault(&self, event: &Event, kind: YamlFaultKind) -> YamlFault {
        YamlFault { range: self.range(event), kind }
    }

    /// What the parser stumbled over; its problems are a fixed vocabulary, and quote nothing.
    fn syntax(&self, error: &Error) -> YamlFault {
        let byte = error
            .problem_mark()
            .or_else(|| error.context_mark())
            .map_or(self.start, |mark| self.byte(&mark));
        let (before, rest) =
            self.document.split_at_checked(byte - self.start).unwrap_or((self.document, ""));
        let indent = before.rsplit('\n').next().unwrap_or_default();
        let kind = match error.problem() {
            _ if rest.starts_with('\t') || (indent.contains('\t') && indent.trim().is_empty()) => {
                YamlFaultKind::Tab
            }
            "mapping values are not allowed in this context" => YamlFaultKind::Colon,
            "found unexpected ':'" => YamlFaultKind::FlowColon,
            "found unexpected end of stream" => YamlFaultKind::Quote,
            "found character that cannot start any token" => YamlFaultKind::Start,
            _ => YamlFaultKind::Syntax,
        };
        YamlFault { range: byte..byte, kind }
    }

    fn next(&mut self) -> Result<Event, YamlFault> {
        match self.parser.parse() {
            Ok(event) => Ok(event),
            Err(error) => Err(self.syntax(&error)),
        }
    }

    /// The first document: go-yaml does not look behind `...`.
    fn document(&mut self) -> Result<Option<JsonNode<'static>>, YamlFault> {
        let directive =
            self.document.lines().find(|line| !line.trim().is_empty() && !line.starts_with('#'));
        if directive.is_some_and(|line| line.starts_with('%')) {
            let offset = self.document.find('%').unwrap_or_default();
            return Err(YamlFault {
                range: self.start + offset..self.start + offset + 1,
                kind: YamlFaultKind::Directive,
            });
        }
        loop {
            match self.next()?.data {
                EventData::StreamEnd => return Ok(None),
                EventData::DocumentStart { .. } => {
                    let event = self.next()?;
                    let node = self.node(event, 0)?;
                    // What follows on the same level is a fault of syntax.
                    self.next()?;
                    return Ok(Some(node));
                }
                _ => {}
            }
        }
    }

    fn node(&mut self, event: Event, depth: usize) -> Result<JsonNode<'static>, YamlFault> {
        let range = self.range(&event);
        match &event.data {
            EventData::SequenceStart { .. } | EventData::MappingStart { .. }
                if depth == MAX_DEPTH =>
            {
                Err(self.fault(&event, YamlFaultKind::TooDeep))
            }
            EventData::Alias { anchor } => {
                let (mut node, weight) = self
                    .anchors
                    .get(anchor)
                    .cloned()
                    .ok_or_else(|| self.fault(&event, YamlFaultKind::Anchor))?;
                self.budget = self
                    .budget
                    .checked_sub(weight)
                    .ok_or_else(|| self.fault(&event, YamlFaultKind::Aliases))?;
                node.range = range;
                Ok(node)
            }
            EventData::Scalar { .. } => self.scalar(event),
            EventData::SequenceStart { anchor, style, .. } => {
                let items = self
                    .in_flow(*style == SequenceStyle::Flow, |reader| reader.sequence(depth + 1))?;
                self.anchored(anchor.as_ref(), JsonNode::new(JsonNodeKind::Array(items), range))
            }
            EventData::MappingStart { anchor, style, .. } => {
                let members =
                    self.in_flow(*style == MappingStyle::Flow, |reader| reader.mapping(depth + 1))?;
                self.anchored(anchor.as_ref(), JsonNode::new(JsonNodeKind::Object(members), range))
            }
            // No other event can begin a node.
            _ => Err(self.fault(&event, YamlFaultKind::Syntax)),
        }
    }

    fn in_flow<T>(
        &mut self,
        flow: bool,
        read: impl FnOnce(&mut Self) -> Result<T, YamlFault>,
    ) -> Result<T, YamlFault> {
        self.flow += usize::from(flow);
        let inside = read(self)?;
        self.flow -= usize::from(flow);
        Ok(inside)
    }

    fn scalar(&mut self, event: Event) -> Result<JsonNode<'static>, YamlFault> {
        let range = self.range(&event);
        let fault = |kind| YamlFault { range: range.clone(), kind };
        let folded = event.start_mark.line != event.end_mark.line;
        let to_the_end =
            usize::try_from(event.end_mark.index).is_ok_and(|end| end > self.document.len());
        let EventData::Scalar { anchor, tag, mut value, style, plain_implicit, .. } = event.data
        else {
            return Err(fault(YamlFaultKind::Syntax));
        };
        // The line break that the document does not have is no part of a block.
        if to_the_end
            && matches!(style, ScalarStyle::Literal | ScalarStyle::Folded)
            && value.ends_with('\n')
        {
            value.pop();
        }
        let plain = style == ScalarStyle::Plain;
        // go-yaml ends the scalar there, and finds a key where none may stand.
        if plain && self.flow > 0 && value.contains('?') {
            return Err(fault(YamlFaultKind::FlowQuestion));
        }
        let kind = scalar(value, plain_implicit, tag.as_deref())
            .and_then(Resolved::value)
            .map_err(fault)?;
        self.anchored(anchor.as_ref(), JsonNode { kind, range, plain, folded })
    }

    fn sequence(&mut self, depth: usize) -> Result<Vec<JsonNode<'static>>, YamlFault> {
        let mut items = Vec::new();
        loop {
            let event = self.next()?;
            if matches!(event.data, EventData::SequenceEnd) {
                return Ok(items);
            }
            items.push(self.node(event, depth)?);
        }
    }

    fn mapping(&mut self, depth: usize) -> Result<Vec<Member<'static>>, YamlFault> {
        let mut members = Vec::new();
        loop {
            let event = self.next()?;
            if matches!(event.data, EventData::MappingEnd) {
                return Ok(members);
            }
            let merges = match &event.data {
                EventData::Scalar { value, plain_implicit, tag, .. } => {
                    value == "<<"
                        && (*plain_implicit || tag.as_deref().and_then(core_tag) == Some("merge"))
                }
                _ => false,
            };
            let key_range = self.range(&event);
            let (key, renamed) = self.key(event)?;
            let event = self.next()?;
            let value_range = self.range(&event);
            let value = self.node(event, depth)?;
            if merges {
                merge(value, &value_range, &mut members)?;
            } else {
                members.push(Member { key, key_range, value, merged: false, renamed });
            }
        }
    }

    /// A key, as sigs.k8s.io/yaml writes it into JSON, and whether it was something else than text
    /// before.
    fn key(&mut self, event: Event) -> Result<(Cow<'static, str>, bool), YamlFault> {
        let range = self.range(&event);
        let fault = |kind| YamlFault { range: range.clone(), kind };
        let folded = event.start_mark.line != event.end_mark.line;
        match event.data {
            EventData::Scalar { anchor, tag, value, plain_implicit, style, .. } => {
                if style == ScalarStyle::Plain && self.flow > 0 && value.contains('?') {
                    return Err(fault(YamlFaultKind::FlowQuestion));
                }
                let resolved = scalar(value, plain_implicit, tag.as_deref()).map_err(fault)?;
                // An alias of it stands for the value, not for the key that JSON makes of it.
                if anchor.is_some() {
                    let kind = resolved.clone().value().map_err(fault)?;
                    self.anchored(anchor.as_ref(), JsonNode::new(kind, range.clone()))?;
                }
                let renamed = resolved.scalar != Scalar::Text;
                let key = resolved.key().ok_or_else(|| fault(YamlFaultKind::Key("null")))?;
                // Behind a `?`. With the break the key is as wrong as with a blank, and is found to
                // be more than a name.
                Ok((if folded { key.replace(' ', "\n") } else { key }.into(), renamed))
            }
            EventData::Alias { .. } => match self.node(event, 0)?.kind {
                JsonNodeKind::String(text) => Ok((text, false)),
                _ => Err(fault(YamlFaultKind::Key("an alias of no string"))),
            },
            EventData::SequenceStart { .. } => Err(fault(YamlFaultKind::Key("a list"))),
            _ => Err(fault(YamlFaultKind::Key("an object"))),
        }
    }

    fn anchored(
        &mut self,
        anchor: Option<&String>,
        node: JsonNode<'static>,
    ) -> Result<JsonNode<'static>, YamlFault> {
        if let Some(anchor) = anchor {
            let weight = weight(&node);
            let fault = || YamlFault { range: node.range.clone(), kind: YamlFaultKind::Aliases };
            self.budget = self.budget.checked_sub(weight).ok_or_else(fault)?;
            self.anchors.insert(anchor.clone(), (node.clone(), weight));
        }
        Ok(node)
    }
}

/// A scalar, and what it is resolved to, which its tag is known to fit.
#[derive(Clone, Debug)]
struct Resolved {
    text: String,
    scalar: Scalar,
}

impl Resolved {
    fn value(self) -> Result<JsonNodeKind<'static>, YamlFaultKind> {
        match self.scalar {
            Scalar::Null => Ok(JsonNodeKind::Null),
            Scalar::Bool(value) => Ok(JsonNodeKind::Bool(value)),
            Scalar::Integer(value) => Ok(JsonNodeKind::Number(i64::try_from(value).ok())),
            Scalar::Float(value) if !value.is_finite() => Err(YamlFaultKind::Number),
            Scalar::Float(value) => Ok(JsonNodeKind::Number(float_as_integer(value))),
            Scalar::Text => Ok(JsonNodeKind::String(Cow::Owned(self.text))),
        }
    }

    /// As a key of a JSON object, which can't be null.
    fn key(self) -> Option<String> {
        match self.scalar {
            Scalar::Null => None,
            Scalar::Bool(value) => Some(value.to_string()),
            Scalar::Integer(value) => Some(value.to_string()),
            Scalar::Float(value) => Some(float_key(value)),
            Scalar::Text => Some(self.text),
        }
    }
}

/// What a scalar is; `implicit` where it is plain and without a tag, or has the tag `!`.
fn scalar(text: String, implicit: bool, tag: Option<&str>) -> Result<Resolved, YamlFaultKind> {
    let core = tag.and_then(core_tag).filter(|tag| RESOLVED_TAGS.contains(tag));
    let resolved = match core {
        Some("binary") => {
            let bytes = STANDARD.decode(text.as_bytes()).map_err(|_| YamlFaultKind::Tag)?;
            return Ok(Resolved {
                text: String::from_utf8_lossy(&bytes).into_owned(),
                scalar: Scalar::Text,
            });
        }
        Some("str") => Scalar::Text,
        Some(_) => resolve(&text),
        // Other tags mean nothing, but keep a scalar from being resolved; so do quotes.
        None if tag.is_some() || !implicit => Scalar::Text,
        None => resolve(&text),
    };
    let fits = match core {
        None | Some("str") => true,
        Some("timestamp") => resolved == Scalar::Text && is_timestamp(&text),
        Some("null") => resolved == Scalar::Null,
        Some("bool") => matches!(resolved, Scalar::Bool(_)),
        Some("int") => matches!(resolved, Scalar::Integer(_)),
        // What only fits without a sign is not made a float.
        Some("float") => match resolved {
            Scalar::Integer(value) => i64::try_from(value).is_ok(),
            resolved => matches!(resolved, Scalar::Float(_)),
        },
        Some(_) => false,
    };
    if fits { Ok(Resolved { text, scalar: resolved }) } else { Err(YamlFaultKind::Tag) }
}

/// YAML's own tags that go-yaml compares with the value (`resolvableTag` in `resolve.go`), and the
/// one that it decodes.
const RESOLVED_TAGS: [&str; 7] = ["str", "bool", "int", "float", "null", "timestamp", "binary"];

/// Every field of the objects that `<<` names.
fn merge(
    value: JsonNode<'static>,
    range: &Range<usize>,
    members: &mut Vec<Member<'static>>,
) -> Result<(), YamlFault> {
    match value.kind {
        JsonNodeKind::Object(merged) => {
            members.extend(merged.into_iter().map(|member| Member { merged: true, ..member }));
            Ok(())
        }
        // Of several, the first counts.
        JsonNodeKind::Array(items) => {
            items.into_iter().rev().try_for_each(|item| match item.kind {
                JsonNodeKind::Object(_) => merge(item, range, members),
                _ => Err(YamlFault { range: range.clone(), kind: YamlFaultKind::Merge }),
            })
        }
        _ => Err(YamlFault { range: range.clone(), kind: YamlFaultKind::Merge }),
    }
}

/// The name of a tag of YAML's own, `!!NAME`.
fn core_tag(tag: &str) -> Option<&str> {
    tag.strip_prefix("tag:yaml.org,2002:")
}

fn weight(node: &JsonNode<'_>) -> usize {
    match &node.kind {
        JsonNodeKind::String(text) => 1 + text.len(),
        JsonNodeKind::Array(items) => 1 + items.iter().map(weight).sum::<usize>(),
        JsonNodeKind::Object(members) => {
            1 + members.iter().map(|member| member.key.len() + weight(&member.value)).sum::<usize>()
        }
        _ => 1,
    }
}
