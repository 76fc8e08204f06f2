//! YAML's events as kubectl's parser finds them: go-yaml v2 is a port of libyaml, and so is
//! `libyaml-safer`.

use libyaml_safer::{Encoding, EventData, MappingStyle, Mark, Parser, ScalarStyle, SequenceStyle};
use std::collections::HashMap;
use std::io::{BufRead, Cursor, Read};
use std::ops::Range;

pub(crate) struct YamlError {
    pub at: usize,
    /// The parser's words: a fixed vocabulary, which quotes nothing.
    pub problem: &'static str,
}

pub(crate) struct YamlEvent {
    pub data: EventData,
    pub range: Range<usize>,
    /// Whether it goes over several lines, of whose breaks YAML may have made blanks.
    pub folded: bool,
    /// Whether it ends with a line break that the text does not have.
    pub beyond_end: bool,
    /// Whether it stands inside of a flow collection, `{}` or `[]`; so does the end of one.
    pub in_flow: bool,
}

impl YamlEvent {
    pub(crate) fn anchor(&self) -> Option<&String> {
        match &self.data {
            EventData::Scalar { anchor, .. }
            | EventData::SequenceStart { anchor, .. }
            | EventData::MappingStart { anchor, .. } => anchor.as_ref(),
            _ => None,
        }
    }

    pub(crate) fn is_block_scalar(&self) -> bool {
        let EventData::Scalar { style, .. } = &self.data else { return false };
        matches!(style, ScalarStyle::Literal | ScalarStyle::Folded)
    }
}

/// The events of a text. Without a line break at its end, the parser gives up inside of a block: it
/// gets one.
pub(crate) struct YamlEvents<'t> {
    text: &'t str,
    parser: Parser<Box<dyn BufRead + 't>>,
    /// The open collections, and whether each is a flow collection.
    open: Vec<bool>,
    /// The parser panics at a tag in a flow collection with a comma right behind it, which go-yaml
    /// does not read either. Where the text may have one, this one goes ahead over a text that has
    /// [`STUMBLE`] there.
    scout: Option<Parser<Box<dyn BufRead + 't>>>,
}

/// Starts nothing in YAML.
const STUMBLE: char = '@';

fn parser<'t>(text: impl BufRead + 't) -> Parser<Box<dyn BufRead + 't>> {
    let mut parser = Parser::new();
    parser.set_encoding(Encoding::Utf8);
    parser.set_input(Box::new(text) as Box<dyn BufRead>);
    parser
}

impl<'t> YamlEvents<'t> {
    pub(crate) fn new(text: &'t str) -> Self {
        let line_break: &[u8] = if text.ends_with('\n') { b"" } else { b"\n" };
        let scout = disarmed(text).map(|text| parser(Cursor::new(text).chain(line_break)));
        let parser = parser(text.as_bytes().chain(line_break));
        Self { text, parser, open: Vec::new(), scout }
    }

    /// Not to be called again after an error or the end of the stream.
    pub(crate) fn next(&mut self) -> Result<YamlEvent, YamlError> {
        if let Some(Err(error)) = self.scout.as_mut().map(Parser::parse)
            && error.problem() == "found character that cannot start any token"
            && let Some(at) = error.problem_mark().map(|mark| self.byte(&mark))
            && self.text.get(at..).is_some_and(|rest| rest.starts_with('!'))
        {
            return Err(YamlError { at, problem: "found a tag before a comma" });
        }
        match self.parser.parse() {
            Ok(event) => {
                let start = self.byte(&event.start_mark);
                let in_flow = self.open.last() == Some(&true);
                match &event.data {
                    EventData::SequenceStart { style, .. } => {
                        self.open.push(*style == SequenceStyle::Flow);
                    }
                    EventData::MappingStart { style, .. } => {
                        self.open.push(*style == MappingStyle::Flow);
                    }
                    EventData::SequenceEnd | EventData::MappingEnd => drop(self.open.pop()),
                    _ => {}
                }
                Ok(YamlEvent {
                    range: start..self.byte(&event.end_mark).max(start),
                    folded: event.start_mark.line != event.end_mark.line,
                    beyond_end: event.end_mark.index > self.text.len() as u64,
                    data: event.data,
                    in_flow,
                })
            }
            Err(error) => {
                let mark = error.problem_mark().or_else(|| error.context_mark());
                let at = mark.map_or(0, |mark| self.byte(&mark));
                Err(YamlError { at, problem: error.problem() })
            }
        }
    }

    fn byte(&self, mark: &Mark) -> usize {
        let index = usize::try_from(mark.index).unwrap_or(usize::MAX).min(self.text.len());
        (0..=index).rev().find(|index| self.text.is_char_boundary(*index)).unwrap_or_default()
    }
}

/// The text with [`STUMBLE`] for each `!` that has a comma behind it in the same word. Where the
/// `!` starts a tag, the comma is an error; everywhere else, in strings and comments, this changes
/// nothing about the structure. None if there is no such `!`.
fn disarmed(text: &str) -> Option<String> {
    let mut reversed = String::with_capacity(text.len());
    // Whether a comma follows in the word, and whether one follows the next `>`: in `!<...>` a
    // comma may stand.
    let (mut comma, mut comma_after_close) = (false, false);
    let mut found = false;
    let mut next = ' ';
    for c in text.chars().rev() {
        let mut shown = c;
        match c {
            ' ' | '\t' | '\n' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}' => {
                (comma, comma_after_close) = (false, false);
            }
            ',' => comma = true,
            '>' => comma_after_close = comma,
            '!' if comma_after_close || (comma && next != '<') => {
                found = true;
                shown = STUMBLE;
            }
            _ => {}
        }
        reversed.push(shown);
        next = c;
    }
    found.then(|| reversed.chars().rev().collect())
}

/// The first character that go-yaml refuses wherever it stands (`yaml_parser_update_buffer` in
/// `readerc.go`).
pub(crate) fn refused_character(text: &str) -> Option<(usize, char)> {
    text.char_indices().find(|(_, c)| {
        let ascii = matches!(c, '\t' | '\n' | '\r' | ' '..='~');
        let other = matches!(c, '\u{85}' | '\u{a0}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}');
        !(ascii || other || *c >= '\u{10000}')
    })
}

/// Finished nodes that have an anchor. A node's weight is about the bytes that a copy of it takes.
pub(crate) struct Anchors<T> {
    nodes: HashMap<String, (T, usize)>,
    budget: usize,
}

pub(crate) enum AliasFault {
    /// No such anchor stands before it, or it stands inside of what it means.
    Unknown,
    TooMuch,
}

impl<T: Clone> Anchors<T> {
    pub(crate) fn new(budget: usize) -> Self {
        Self { nodes: HashMap::new(), budget }
    }

    pub(crate) fn begin(&mut self, anchor: Option<&String>) {
        if let Some(anchor) = anchor {
            self.nodes.remove(anchor);
        }
    }

    pub(crate) fn end(
        &mut self,
        anchor: Option<&String>,
        node: T,
        weight: fn(&T) -> usize,
    ) -> Result<T, AliasFault> {
        if let Some(anchor) = anchor {
            let weight = weight(&node);
            self.budget = self.budget.checked_sub(weight).ok_or(AliasFault::TooMuch)?;
            self.nodes.insert(anchor.clone(), (node.clone(), weight));
        }
        Ok(node)
    }

    pub(crate) fn copy(&mut self, anchor: &str) -> Result<T, AliasFault> {
        let (node, weight) = self.nodes.get(anchor).ok_or(AliasFault::Unknown)?;
        self.budget = self.budget.checked_sub(*weight).ok_or(AliasFault::TooMuch)?;
        Ok(node.clone())
    }
}
