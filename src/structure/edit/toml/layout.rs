//! Where the headers, pairs and values of a TOML document stand.

use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;

use toml_parser::Source;
use toml_parser::parser::{Event, EventKind, RecursionGuard, parse_document};

use super::super::flow::Brackets;
use crate::structure::key_path::{KeyPath, Segment};

/// As deep as `toml` itself goes.
const MAX_DEPTH: u32 = 80;

pub(crate) struct Layout<'t> {
    pub text: &'t str,
    pub statements: Vec<Statement>,
}

/// A header or a pair of a key and a value, outside of all brackets.
pub(crate) struct Statement {
    /// From the first byte of the header or key to the last of the header or value.
    pub range: Range<usize>,
    /// From the document's root.
    pub path: Vec<Segment>,
    /// The value of a pair; none for a header.
    pub value: Option<Value>,
    /// How many segments of the path are those of the header above.
    pub under: usize,
    /// Where the keys of a pair begin.
    keys: Vec<usize>,
}

pub(crate) struct Value {
    pub range: Range<usize>,
    pub shape: Shape,
}

pub(crate) enum Shape {
    Scalar,
    Array(Vec<Value>),
    Table(Vec<Pair>),
}

/// The paths of tables that are written as headers or with dotted keys, by the first byte of the
/// header, or of the key that makes them.
pub(crate) type Tables = HashMap<usize, KeyPath>;

/// The path and the range of each value, by its first byte.
pub(crate) type Places = HashMap<usize, (KeyPath, Range<usize>)>;

/// In an inline table.
pub(crate) struct Pair {
    pub start: usize,
    pub path: Vec<Segment>,
    pub value: Value,
}

impl Value {
    pub(crate) fn pairs(&self) -> &[Pair] {
        match &self.shape {
            Shape::Table(pairs) => pairs,
            _ => &[],
        }
    }

    pub(crate) fn brackets(&self) -> Brackets {
        let entries = self.pairs().iter().map(|pair| pair.start..pair.value.range.end);
        Brackets { range: self.range.clone(), entries: entries.collect(), comma: ", " }
    }

    /// The items of an array as entries.
    pub(crate) fn item_brackets(&self) -> Brackets {
        let entries = match &self.shape {
            Shape::Array(items) => items.iter().map(|item| item.range.clone()).collect(),
            _ => Vec::new(),
        };
        Brackets { range: self.range.clone(), entries, comma: ", " }
    }

    /// Where this value and those inside of it stand, with the paths that begin with `path`.
    fn note_places(&self, path: Vec<Segment>, places: &mut Places) {
        match &self.shape {
            Shape::Scalar => {}
            Shape::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    item.note_places([&*path, &[Segment::Index(index)]].concat(), places);
                }
            }
            Shape::Table(pairs) => {
                for pair in pairs {
                    pair.value.note_places([&*path, &*pair.path].concat(), places);
                }
            }
        }
        places.insert(self.range.start, (KeyPath::of(&path), self.range.clone()));
    }

    /// The path from this value to one that begins at a byte.
    fn path_to(&self, at: usize) -> Option<Vec<Segment>> {
        if self.range.start == at {
            return Some(Vec::new());
        }
        let under = |head: &[Segment], value: &Value| Some([head, &value.path_to(at)?].concat());
        match &self.shape {
            Shape::Scalar => None,
            Shape::Array(items) => items
                .iter()
                .enumerate()
                .find_map(|(index, item)| under(&[Segment::Index(index)], item)),
            Shape::Table(pairs) => pairs.iter().find_map(|pair| under(&pair.path, &pair.value)),
        }
    }
}

impl<'t> Layout<'t> {
    /// Of a text that is TOML.
    pub(crate) fn of(text: &'t str) -> Option<Self> {
        let source = Source::new(text);
        let tokens = source.lex().into_vec();
        let mut events: Vec<Event> = Vec::new();
        parse_document(&tokens, &mut RecursionGuard::new(&mut events, MAX_DEPTH), &mut ());
        events.retain(|event| !matches!(event.kind(), EventKind::Whitespace | EventKind::Newline));
        events.retain(|event| event.kind() != EventKind::Comment);
        let mut reader = LayoutReader { source, events: events.iter().peekable() };
        Some(Layout { text, statements: reader.statements()? })
    }

    /// The path of the value or header that begins at a byte.
    pub(crate) fn path_at(&self, at: usize) -> Option<KeyPath> {
        let found = self.statements.iter().find_map(|it| match &it.value {
            None => (it.range.start == at).then(|| it.path.clone()),
            Some(value) => Some([&*it.path, &value.path_to(at)?].concat()),
        });
        found.map(|path| KeyPath::of(&path))
    }

    /// Where all values stand, by their first bytes.
    pub(crate) fn places(&self) -> Places {
        let mut places = HashMap::new();
        for statement in &self.statements {
            if let Some(value) = &statement.value {
                value.note_places(statement.path.clone(), &mut places);
            }
        }
        places
    }

    /// Where tables stand that are not in brackets.
    pub(crate) fn tables(&self) -> Tables {
        let mut tables = HashMap::new();
        for statement in &self.statements {
            if statement.value.is_none() {
                tables.insert(statement.range.start, KeyPath::of(&statement.path));
            }
            let dotted = statement.keys.split_last().map_or(&[][..], |(_, dotted)| dotted);
            for (index, start) in dotted.iter().enumerate() {
                let path = statement.path.get(..=statement.under + index).unwrap_or_default();
                tables.insert(*start, KeyPath::of(path));
            }
        }
        tables
    }

    /// Whether nothing stands under a header, not even a comment, and no table inside of it.
    pub(crate) fn is_bare(&self, header: usize) -> bool {
        let Some(statement) = self.statements.get(header) else { return false };
        let end = self.statements.get(header + 1).map_or(self.text.len(), |next| next.range.start);
        let blank = self.text.get(statement.range.end..end).is_some_and(|it| it.trim().is_empty());
        blank && self.inside(&statement.path).next().is_none()
    }

    pub(crate) fn pair(&self, path: &[Segment]) -> Option<(&Statement, &Value)> {
        let found = self.statements.iter().find(|it| it.value.is_some() && it.path == path)?;
        Some((found, found.value.as_ref()?))
    }

    /// The pair whose value has something at a longer path in brackets, and the rest of the path.
    pub(crate) fn around<'p>(&self, path: &'p [Segment]) -> Option<(&Value, &'p [Segment])> {
        self.statements.iter().find_map(|it| {
            let rest = path.strip_prefix(it.path.as_slice())?;
            (!rest.is_empty()).then_some((it.value.as_ref()?, rest))
        })
    }

    /// The statements that make something inside of a path.
    pub(crate) fn inside<'s>(&'s self, path: &'s [Segment]) -> impl Iterator<Item = &'s Statement> {
        let is_inside = |it: &Statement| it.path.len() > path.len() && it.path.starts_with(path);
        self.statements.iter().filter(move |it| is_inside(it))
    }

    pub(crate) fn header(&self, path: &[Segment]) -> Option<usize> {
        self.statements.iter().position(|it| it.value.is_none() && it.path == path)
    }

    /// The pairs between a header and the next one; without a header, those at the top.
    pub(crate) fn body(&self, header: Option<usize>) -> &[Statement] {
        let from = header.map_or(0, |header| header + 1);
        let rest = self.statements.get(from..).unwrap_or_default();
        let length = rest.iter().position(|it| it.value.is_none()).unwrap_or(rest.len());
        rest.get(..length).unwrap_or_default()
    }
}

struct LayoutReader<'t, 'e> {
    source: Source<'t>,
    events: std::iter::Peekable<std::slice::Iter<'e, Event>>,
}

impl LayoutReader<'_, '_> {
    fn statements(&mut self) -> Option<Vec<Statement>> {
        let mut statements = Vec::new();
        let mut header: Vec<Segment> = Vec::new();
        // How many items each array of tables has so far.
        let mut counts: HashMap<KeyPath, usize> = HashMap::new();
        while let Some(event) = self.events.peek().copied() {
            let start = event.span().start();
            let kind = event.kind();
            if kind == EventKind::SimpleKey {
                let (keys, path, value) = self.pair()?;
                let path = header.iter().cloned().chain(path).collect();
                let (range, under) = (start..value.range.end, header.len());
                statements.push(Statement { range, path, value: Some(value), under, keys });
                continue;
            }
            self.events.next();
            let is_array = match kind {
                EventKind::StdTableOpen => false,
                EventKind::ArrayTableOpen => true,
                _ => return None,
            };
            let (_, keys) = self.keys()?;
            let end = self.events.next()?.span().end();
            let mut path = KeyPath::default();
            for (index, key) in keys.iter().enumerate() {
                path = path.child(key.name()?);
                let is_last = index + 1 == keys.len();
                if is_last && is_array {
                    *counts.entry(path.clone()).or_default() += 1;
                }
                if let Some(count) = counts.get(&path) {
                    path = path.item(count - 1);
                }
            }
            header = path.segments().to_vec();
            let under = header.len();
            statements.push(Statement {
                range: start..end,
                path: header.clone(),
                value: None,
                under,
                keys: Vec::new(),
            });
        }
        Some(statements)
    }

    /// Keys with dots between them, and where they begin.
    fn keys(&mut self) -> Option<(Vec<usize>, Vec<Segment>)> {
        let (mut starts, mut keys) = (Vec::new(), Vec::new());
        while let Some(event) = self.events.peek() {
            match event.kind() {
                EventKind::SimpleKey => {
                    let raw = self.source.get(*event)?;
                    let mut name = Cow::Borrowed("");
                    raw.decode_key(&mut name, &mut ());
                    starts.push(event.span().start());
                    keys.push(Segment::Key(name.into_owned()));
                }
                EventKind::KeySep => {}
                _ => break,
            }
            self.events.next();
        }
        Some((starts, keys))
    }

    fn pair(&mut self) -> Option<(Vec<usize>, Vec<Segment>, Value)> {
        let (starts, keys) = self.keys()?;
        let separator = self.events.next()?;
        (separator.kind() == EventKind::KeyValSep).then_some(())?;
        Some((starts, keys, self.value()?))
    }

    fn value(&mut self) -> Option<Value> {
        let event = self.events.next()?;
        let start = event.span().start();
        match event.kind() {
            EventKind::Scalar => {
                Some(Value { range: start..event.span().end(), shape: Shape::Scalar })
            }
            EventKind::ArrayOpen => {
                let mut items = Vec::new();
                loop {
                    match self.events.peek()?.kind() {
                        EventKind::ArrayClose => break,
                        EventKind::ValueSep => drop(self.events.next()),
                        _ => items.push(self.value()?),
                    }
                }
                let end = self.events.next()?.span().end();
                Some(Value { range: start..end, shape: Shape::Array(items) })
            }
            EventKind::InlineTableOpen => {
                let mut pairs = Vec::new();
                loop {
                    let event = self.events.peek()?;
                    match event.kind() {
                        EventKind::InlineTableClose => break,
                        EventKind::ValueSep => drop(self.events.next()),
                        _ => {
                            let start = event.span().start();
                            let (_, path, value) = self.pair()?;
                            pairs.push(Pair { start, path, value });
                        }
                    }
                }
                let end = self.events.next()?.span().end();
                Some(Value { range: start..end, shape: Shape::Table(pairs) })
            }
            _ => None,
        }
    }
}
