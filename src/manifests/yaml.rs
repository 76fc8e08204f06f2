//! YAML as kubectl and the API server read it: go-yaml v2 behind sigs.k8s.io/yaml, which makes JSON
//! of it. What plain scalars, tags, merge keys and duplicates mean is go-yaml's.

#[cfg(test)]
mod tests;

use std::{borrow::Cow, ops::Range};

use libyaml_safer::{EventData, ScalarStyle};

use super::MAX_DEPTH;
use super::node::{JsonNode, JsonNodeKind, Member};
use crate::content::BYTE_ORDER_MARK;
use crate::go::yaml::{AliasFault, Anchors, YamlError, YamlEvent, YamlEvents, refused_character};
use crate::go::yaml_scalar::{Scalar, float_as_integer, float_key, resolve};
use crate::go::{base64, time::is_yaml_timestamp};

/// Why a document is not read. Offsets are bytes of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct YamlFault {
    pub range: Range<usize>,
    pub kind: YamlFaultKind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum YamlFaultKind {
    Syntax,
    Colon,
    /// In a flow collection, a `:` right before its end or a comma: kubectl reads `a:` in
    /// `{a:, b: c}`.
    FlowColon,
    FlowQuestion,
    Quote,
    Start,
    Anchor,
    Tab,
    ControlCharacter(char),
    /// kubectl cuts the text at `---`, so that none is ever complete.
    Directive,
    Aliases,
    Key(&'static str),
    Number,
    Merge,
    Tag,
    TooDeep,
}

/// The tree of the document at `range` of a file; `None` where there are only comments.
pub(crate) fn read(
    text: &str,
    range: Range<usize>,
) -> Result<Option<JsonNode<'static>>, YamlFault> {
    let document = text.get(range.clone()).unwrap_or_default();
    // A byte order mark may stand in front of each document.
    let document = document.strip_prefix(BYTE_ORDER_MARK).unwrap_or(document);
    let start = range.end - document.len();
    let fault = |at: usize, length: usize, kind| {
        let byte = start + at;
        YamlFault { range: byte..byte + length, kind }
    };
    if let Some((at, c)) = refused_character(document) {
        return Err(fault(at, c.len_utf8(), YamlFaultKind::ControlCharacter(c)));
    }
    // go-yaml takes one further on for text, libyaml at the start of a line for nothing; people see
    // neither.
    let starts_line = |(at, _): &(usize, &str)| {
        document.get(..*at).is_some_and(|before| before.ends_with(LINE_BREAKS))
    };
    if let Some((at, _)) = document.match_indices(BYTE_ORDER_MARK).find(starts_line) {
        return Err(fault(at, 0, YamlFaultKind::ControlCharacter(BYTE_ORDER_MARK)));
    }
    let mut lines =
        document.lines().filter(|line| !line.trim().is_empty() && !line.starts_with('#'));
    if lines.next().is_some_and(|line| line.starts_with('%')) {
        let at = document.find('%').unwrap_or_default();
        return Err(fault(at, 1, YamlFaultKind::Directive));
    }
    let events = YamlEvents::new(document);
    let anchors = Anchors::new(1_000_000 + document.len().saturating_mul(100));
    YamlReader { document, start, events, anchors }.document()
}

/// What ends a line in YAML 1.1.
const LINE_BREAKS: [char; 5] = ['\n', '\r', '\u{85}', '\u{2028}', '\u{2029}'];

struct YamlReader<'d> {
    document: &'d str,
    start: usize,
    events: YamlEvents<'d>,
    anchors: Anchors<JsonNode<'static>>,
}

impl YamlReader<'_> {
    fn next(&mut self) -> Result<YamlEvent, YamlFault> {
        let mut event = self.events.next().map_err(|error| self.syntax(&error))?;
        event.range = self.start + event.range.start..self.start + event.range.end;
        // go-yaml ends the scalar there, and finds a key where none may stand.
        if event.in_flow
            && let EventData::Scalar { value, style: ScalarStyle::Plain, .. } = &event.data
            && value.contains('?')
        {
            return Err(YamlFault { range: event.range, kind: YamlFaultKind::FlowQuestion });
        }
        Ok(event)
    }

    fn syntax(&self, error: &YamlError) -> YamlFault {
        let (before, rest) =
            self.document.split_at_checked(error.at).unwrap_or((self.document, ""));
        let indent = before.rsplit('\n').next().unwrap_or_default();
        let kind = match error.problem {
            _ if rest.starts_with('\t') || (indent.contains('\t') && indent.trim().is_empty()) => {
                YamlFaultKind::Tab
            }
            "mapping values are not allowed in this context" => YamlFaultKind::Colon,
            "found unexpected ':'" => YamlFaultKind::FlowColon,
            "found unexpected end of stream" => YamlFaultKind::Quote,
            "found character that cannot start any token" => YamlFaultKind::Start,
            _ => YamlFaultKind::Syntax,
        };
        let byte = self.start + error.at;
        YamlFault { range: byte..byte, kind }
    }

    /// The first document: go-yaml does not look behind `...`.
    fn document(&mut self) -> Result<Option<JsonNode<'static>>, YamlFault> {
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

    fn node(&mut self, event: YamlEvent, depth: usize) -> Result<JsonNode<'static>, YamlFault> {
        let range = event.range.clone();
        let fault = |kind| YamlFault { range: range.clone(), kind };
        let kind = match &event.data {
            EventData::Alias { anchor } => {
                let node = self.anchors.copy(anchor).map_err(|alias| fault(alias.into()))?;
                return Ok(JsonNode { range, ..node });
            }
            EventData::Scalar { tag, value, plain_implicit, .. } => {
                scalar(value, *plain_implicit, tag.as_deref())
                    .and_then(Resolved::value)
                    .map_err(fault)?
            }
            EventData::SequenceStart { .. } | EventData::MappingStart { .. }
                if depth == MAX_DEPTH =>
            {
                return Err(fault(YamlFaultKind::TooDeep));
            }
            EventData::SequenceStart { .. } => {
                self.anchors.begin(event.anchor());
                let mut items = Vec::new();
                loop {
                    let item = self.next()?;
                    if item.data == EventData::SequenceEnd {
                        break JsonNodeKind::Array(items);
                    }
                    items.push(self.node(item, depth + 1)?);
                }
            }
            EventData::MappingStart { .. } => {
                self.anchors.begin(event.anchor());
                JsonNodeKind::Object(self.mapping(depth + 1)?)
            }
            // No other event can begin a node.
            _ => return Err(fault(YamlFaultKind::Syntax)),
        };
        let is_scalar = matches!(event.data, EventData::Scalar { .. });
        let plain = matches!(event.data, EventData::Scalar { style: ScalarStyle::Plain, .. });
        let folded = is_scalar && event.folded;
        let node = JsonNode { kind, range: range.clone(), plain, folded };
        self.anchors.end(event.anchor(), node, weight).map_err(|alias| fault(alias.into()))
    }

    fn mapping(&mut self, depth: usize) -> Result<Vec<Member<'static>>, YamlFault> {
        let mut members = Vec::new();
        loop {
            let event = self.next()?;
            if event.data == EventData::MappingEnd {
                return Ok(members);
            }
            let merges = match &event.data {
                EventData::Scalar { value, plain_implicit, tag, .. } => {
                    value == "<<"
                        && (*plain_implicit || tag.as_deref().and_then(core_tag) == Some("merge"))
                }
                _ => false,
            };
            let key_range = event.range.clone();
            let (key, renamed) = self.key(event)?;
            let event = self.next()?;
            let value_range = event.range.clone();
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
    fn key(&mut self, event: YamlEvent) -> Result<(Cow<'static, str>, bool), YamlFault> {
        let range = event.range.clone();
        let fault = |kind| YamlFault { range: range.clone(), kind };
        match &event.data {
            EventData::Scalar { tag, value, plain_implicit, .. } => {
                let resolved = scalar(value, *plain_implicit, tag.as_deref()).map_err(fault)?;
                // An alias of it stands for the value, not for the key that JSON makes of it.
                if event.anchor().is_some() {
                    let kind = resolved.clone().value().map_err(fault)?;
                    let node = JsonNode::new(kind, range.clone());
                    let node = self.anchors.end(event.anchor(), node, weight);
                    node.map_err(|alias| fault(alias.into()))?;
                }
                let renamed = resolved.scalar != Scalar::Text;
                let key = resolved.key().ok_or_else(|| fault(YamlFaultKind::Key("null")))?;
                // After a `?`. With the break the key is as wrong as with a space, and is found to
                // be more than a name.
                Ok((if event.folded { key.replace(' ', "\n") } else { key }.into(), renamed))
            }
            EventData::Alias { .. } => match self.node(event, 0)?.kind {
                JsonNodeKind::String(text) => Ok((text, false)),
                _ => Err(fault(YamlFaultKind::Key("an alias of no string"))),
            },
            EventData::SequenceStart { .. } => Err(fault(YamlFaultKind::Key("a list"))),
            _ => Err(fault(YamlFaultKind::Key("an object"))),
        }
    }
}

impl From<AliasFault> for YamlFaultKind {
    fn from(fault: AliasFault) -> Self {
        match fault {
            AliasFault::Unknown => Self::Anchor,
            AliasFault::TooMuch => Self::Aliases,
        }
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
///
/// Of YAML's own tags, go-yaml compares these with the value (`resolvableTag` in `resolve.go`).
fn scalar(text: &str, implicit: bool, tag: Option<&str>) -> Result<Resolved, YamlFaultKind> {
    let scalar = match tag.and_then(core_tag) {
        Some("binary") => {
            let bytes = base64::decode(text.as_bytes()).map_err(|_| YamlFaultKind::Tag)?;
            let text = String::from_utf8_lossy(bytes.expose()).into_owned();
            return Ok(Resolved { text, scalar: Scalar::Text });
        }
        Some(core @ ("bool" | "int" | "float" | "null" | "timestamp")) => {
            let scalar = resolve(text);
            let fits = match (core, scalar) {
                ("null", Scalar::Null) | ("bool", Scalar::Bool(_)) => true,
                ("int", Scalar::Integer(_)) | ("float", Scalar::Float(_)) => true,
                // What only fits without a sign is not made a float.
                ("float", Scalar::Integer(value)) => i64::try_from(value).is_ok(),
                ("timestamp", Scalar::Text) => is_yaml_timestamp(text),
                _ => false,
            };
            fits.then_some(scalar).ok_or(YamlFaultKind::Tag)?
        }
        // Other tags mean nothing, but keep a scalar from being resolved; so do quotes.
        _ if tag.is_some() || !implicit => Scalar::Text,
        _ => resolve(text),
    };
    Ok(Resolved { text: text.to_owned(), scalar })
}

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
