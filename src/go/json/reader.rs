//! Steps through a JSON text by Go's grammar, with a stack of its own.

use std::ops::Range;
use zeroize::Zeroizing;

use super::{JsonFault, JsonProblem, JsonShape, text::unquote};
use crate::content::{Content, has_byte_order_mark};

const MAX_DEPTH: usize = 10_000;

#[derive(Clone, Debug)]
pub(crate) struct Token {
    pub start: usize,
    pub kind: TokenKind,
}

impl Token {
    pub(crate) fn shape(&self) -> Option<JsonShape> {
        match self.kind {
            TokenKind::ObjectStart => Some(JsonShape::Object),
            TokenKind::ArrayStart => Some(JsonShape::Array),
            TokenKind::String(_) => Some(JsonShape::String),
            TokenKind::Number(_) => Some(JsonShape::Number),
            TokenKind::Bool => Some(JsonShape::Bool),
            TokenKind::Null => Some(JsonShape::Null),
            TokenKind::ObjectEnd | TokenKind::ArrayEnd | TokenKind::Key(_) => None,
        }
    }
}

/// Ranges are those of the bytes, for strings and keys without the quotes.
#[derive(Clone, Debug)]
pub(crate) enum TokenKind {
    ObjectStart,
    ObjectEnd,
    ArrayStart,
    ArrayEnd,
    Key(Range<usize>),
    String(Range<usize>),
    Number(Range<usize>),
    Bool,
    Null,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Open {
    Object,
    Array,
}

#[derive(Clone, Copy)]
enum State {
    Start,
    Value,
    FirstItem,
    FirstKey,
    Key,
    AfterValue,
}

pub(crate) struct JsonReader<'a> {
    bytes: &'a [u8],
    at: usize,
    open: Vec<Open>,
    state: State,
}

impl<'a> JsonReader<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0, open: Vec::new(), state: State::Start }
    }

    /// The next token; `None` at the end of a text that is complete. After a fault, the reader is
    /// not to be used.
    pub(crate) fn next(&mut self) -> Result<Option<Token>, JsonFault> {
        loop {
            self.skip_space();
            match (self.state, self.open.last(), self.peek()) {
                (State::Start, _, None) => return Err(self.fault(self.at, JsonProblem::Blank)),
                (State::Start, _, Some(0xEF)) if has_byte_order_mark(self.bytes) => {
                    return Err(self.fault(self.at, JsonProblem::ByteOrderMark));
                }
                (State::Start, _, _) if Content::of(self.bytes) == Content::Utf16 => {
                    return Err(self.fault(self.at, JsonProblem::Utf16));
                }
                (State::FirstItem | State::AfterValue, Some(Open::Array), Some(b']')) => {
                    return Ok(Some(self.close(TokenKind::ArrayEnd)));
                }
                (State::FirstKey | State::AfterValue, Some(Open::Object), Some(b'}')) => {
                    return Ok(Some(self.close(TokenKind::ObjectEnd)));
                }
                (State::Start | State::Value, ..) => return self.value("a value").map(Some),
                (State::FirstItem, ..) => return self.value("a value or `]`").map(Some),
                (State::Key, ..) => return self.key("a key in double quotes").map(Some),
                (State::FirstKey, ..) => {
                    return self.key("a key in double quotes or `}`").map(Some);
                }
                (State::AfterValue, None, None) => return Ok(None),
                (State::AfterValue, Some(open), Some(b',')) => {
                    self.state = if *open == Open::Object { State::Key } else { State::Value };
                    self.at += 1;
                }
                (State::AfterValue, None, _) => return Err(self.expected("the end")),
                (State::AfterValue, Some(open), _) => {
                    let end = if *open == Open::Object { "`,` or `}`" } else { "`,` or `]`" };
                    return Err(self.expected(end));
                }
            }
        }
    }

    pub(crate) fn position(&self) -> usize {
        self.at
    }

    pub(crate) fn skip(&mut self, token: &Token) -> Result<(), JsonFault> {
        if matches!(token.kind, TokenKind::ObjectStart | TokenKind::ArrayStart) {
            let depth = self.open.len();
            while self.open.len() >= depth && self.next()?.is_some() {}
        }
        Ok(())
    }

    pub(crate) fn text(&self, range: &Range<usize>) -> Zeroizing<String> {
        unquote(self.raw(range))
    }

    pub(crate) fn raw(&self, range: &Range<usize>) -> &'a [u8] {
        self.bytes.get(range.clone()).unwrap_or_default()
    }

    pub(crate) fn fault(&self, offset: usize, problem: JsonProblem) -> JsonFault {
        let before = self.bytes.get(..offset).unwrap_or(self.bytes);
        let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
        let column = before.iter().rev().take_while(|byte| **byte != b'\n').count() + 1;
        JsonFault { offset, line, column, problem }
    }

    fn expected(&self, expected: &'static str) -> JsonFault {
        let problem = if self.peek().is_some() {
            JsonProblem::Expected(expected)
        } else {
            JsonProblem::EndsBefore(expected)
        };
        self.fault(self.at, problem)
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn skip_space(&mut self) {
        while self.take(b" \t\r\n") {}
    }

    fn close(&mut self, kind: TokenKind) -> Token {
        self.open.pop();
        self.state = State::AfterValue;
        self.at += 1;
        Token { start: self.at - 1, kind }
    }

    fn value(&mut self, expected: &'static str) -> Result<Token, JsonFault> {
        let start = self.at;
        self.state = State::AfterValue;
        let kind = match self.peek() {
            Some(b'{') => self.start(Open::Object, State::FirstKey, TokenKind::ObjectStart)?,
            Some(b'[') => self.start(Open::Array, State::FirstItem, TokenKind::ArrayStart)?,
            Some(b'"') => TokenKind::String(self.string()?),
            Some(b't') => self.word(b"true", TokenKind::Bool)?,
            Some(b'f') => self.word(b"false", TokenKind::Bool)?,
            Some(b'n') => self.word(b"null", TokenKind::Null)?,
            Some(b'-' | b'0'..=b'9') => TokenKind::Number(self.number()?),
            _ => return Err(self.expected(expected)),
        };
        Ok(Token { start, kind })
    }

    fn start(&mut self, open: Open, state: State, kind: TokenKind) -> Result<TokenKind, JsonFault> {
        if self.open.len() == MAX_DEPTH {
            return Err(self.fault(self.at, JsonProblem::TooDeep));
        }
        self.open.push(open);
        self.state = state;
        self.at += 1;
        Ok(kind)
    }

    fn key(&mut self, expected: &'static str) -> Result<Token, JsonFault> {
        let start = self.at;
        if self.peek() != Some(b'"') {
            return Err(self.expected(expected));
        }
        let range = self.string()?;
        self.skip_space();
        if !self.take(b":") {
            return Err(self.expected("`:`"));
        }
        self.state = State::Value;
        Ok(Token { start, kind: TokenKind::Key(range) })
    }

    fn word(&mut self, word: &[u8], kind: TokenKind) -> Result<TokenKind, JsonFault> {
        for letter in word {
            if !self.take(&[*letter]) {
                return Err(self.expected("a value"));
            }
        }
        Ok(kind)
    }

    fn string(&mut self) -> Result<Range<usize>, JsonFault> {
        let start = self.at + 1;
        self.at = start;
        loop {
            match self.peek() {
                None => return Err(self.expected("the `\"` that closes a string")),
                Some(b'"') => {
                    self.at += 1;
                    return Ok(start..self.at - 1);
                }
                Some(b'\\') => self.escape()?,
                Some(0..=0x1F) => return Err(self.fault(self.at, JsonProblem::ControlCharacter)),
                Some(_) => self.at += 1,
            }
        }
    }

    fn escape(&mut self) -> Result<(), JsonFault> {
        let start = self.at;
        self.at += 1;
        let hex_digits = if self.peek() == Some(b'u') { 4 } else { 0 };
        let is_escape = |byte: u8| b"\"\\/bfnrtu".contains(&byte);
        for index in 0..=hex_digits {
            match self.peek() {
                Some(byte) if index == 0 && is_escape(byte) => {}
                Some(byte) if index > 0 && byte.is_ascii_hexdigit() => {}
                Some(_) => return Err(self.fault(start, JsonProblem::BadEscape)),
                None => return Err(self.expected("the `\"` that closes a string")),
            }
            self.at += 1;
        }
        Ok(())
    }

    fn number(&mut self) -> Result<Range<usize>, JsonFault> {
        let start = self.at;
        self.take(b"-");
        // No digit may follow a leading zero; what follows is then taken for the text after the
        // number.
        if !self.take(b"0") {
            self.digits()?;
        }
        if self.take(b".") {
            self.digits()?;
        }
        if self.take(b"eE") {
            self.take(b"+-");
            self.digits()?;
        }
        Ok(start..self.at)
    }

    fn take(&mut self, any_of: &[u8]) -> bool {
        let is_next = self.peek().is_some_and(|byte| any_of.contains(&byte));
        self.at += usize::from(is_next);
        is_next
    }

    fn digits(&mut self) -> Result<(), JsonFault> {
        let start = self.at;
        while self.take(b"0123456789") {}
        if self.at == start { Err(self.expected("a digit")) } else { Ok(()) }
    }
}
