//! JSON exactly as Go's `encoding/json` takes it, which is what the API server and the kubelet read registry credentials with.
//!
//! It is laxer than other readers (strings may hold bytes that are not UTF-8, and halves of surrogate pairs; keys may repeat) and strict
//! elsewhere (nesting up to 10000, numbers within a float64). Sources: `scanner.go` and `decode.go` of Go's `encoding/json`; RFC 8259 for the
//! grammar. The reader keeps its own stack, so that depth costs a byte a level. Faults tell where and what, never the text itself.

use std::ops::Range;

use zeroize::Zeroizing;

/// Deepest nesting that Go takes.
const MAX_DEPTH: usize = 10_000;

/// Why bytes are not the JSON that is asked for. Holds none of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct JsonFault {
    /// Byte from 0.
    pub offset: usize,
    /// Line from 1.
    pub line: usize,
    /// Byte in the line, from 1.
    pub column: usize,
    /// What is wrong there.
    pub problem: JsonProblem,
}

/// What is wrong with a JSON text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JsonProblem {
    /// There is nothing, or only white space.
    Blank,
    /// It starts with a byte order mark.
    ByteOrderMark,
    /// Something stands where only this may.
    Expected(Expected),
    /// The text ends where this must follow.
    EndsBefore(Expected),
    /// A string holds a raw control character, such as a line break.
    ControlCharacter,
    /// A `\` with something after it that is no escape.
    BadEscape,
    /// Arrays and objects are nested more than 10000 deep.
    TooDeep,
    /// A number that a float64 can't hold, such as 1e999.
    NumberTooLarge,
    /// It is JSON, but not an object.
    NotAnObject(Shape),
}

/// What may stand at a place of a JSON text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expected {
    /// Any value.
    Value,
    /// A value or `]`.
    ValueOrEnd,
    /// A key in double quotes.
    Key,
    /// A key in double quotes, or `}`.
    KeyOrEnd,
    /// `:`.
    Colon,
    /// `,` or `}`.
    CommaOrBrace,
    /// `,` or `]`.
    CommaOrBracket,
    /// A digit.
    Digit,
    /// The rest of `true`, `false` or `null`.
    Word,
    /// The closing `"` of a string.
    Quote,
    /// Nothing but white space.
    End,
}

/// A kind of JSON value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// `{...}`.
    Object,
    /// `[...]`.
    Array,
    /// `"..."`.
    String,
    /// A number.
    Number,
    /// `true` or `false`.
    Bool,
    /// `null`.
    Null,
}

/// Whether Go's `json.Unmarshal` would take `bytes` as a `map[string]interface{}`: an object, or `null`.
pub fn object(bytes: &[u8]) -> Result<(), JsonFault> {
    let mut reader = Reader::new(bytes);
    // Go looks at the syntax of the whole text before it looks at any type.
    let mut wrong_type = None;
    let mut first = true;
    while let Some(token) = reader.next()? {
        let shape = token.shape();
        if first && !matches!(shape, Some(Shape::Object | Shape::Null)) {
            wrong_type = wrong_type.or(shape.map(|shape| reader.fault(token.start, JsonProblem::NotAnObject(shape))));
        }
        first = false;
        if let (None, TokenKind::Number(range)) = (&wrong_type, &token.kind) {
            let fits = reader.bytes.get(range.clone()).is_some_and(fits_float64);
            wrong_type = (!fits).then(|| reader.fault(token.start, JsonProblem::NumberTooLarge));
        }
    }
    wrong_type.map_or(Ok(()), Err)
}

/// One step through a JSON text.
#[derive(Clone, Debug)]
pub(super) struct Token {
    /// Its first byte.
    pub start: usize,
    /// What it is.
    pub kind: TokenKind,
}

impl Token {
    /// The kind of the value that begins here, if one does.
    pub fn shape(&self) -> Option<Shape> {
        match self.kind {
            TokenKind::ObjectStart => Some(Shape::Object),
            TokenKind::ArrayStart => Some(Shape::Array),
            TokenKind::String(_) => Some(Shape::String),
            TokenKind::Number(_) => Some(Shape::Number),
            TokenKind::Bool => Some(Shape::Bool),
            TokenKind::Null => Some(Shape::Null),
            TokenKind::ObjectEnd | TokenKind::ArrayEnd | TokenKind::Key(_) => None,
        }
    }
}

/// Ranges are those of the bytes, for strings and keys without the quotes.
#[derive(Clone, Debug)]
pub(super) enum TokenKind {
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

/// What comes next.
#[derive(Clone, Copy)]
enum State {
    Start,
    Value,
    FirstItem,
    FirstKey,
    Key,
    AfterValue,
}

/// Steps through a JSON text and checks its syntax on the way.
pub(super) struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
    open: Vec<Open>,
    state: State,
}

impl<'a> Reader<'a> {
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0, open: Vec::new(), state: State::Start }
    }

    /// The next token; `None` at the end of a text that is complete. After a fault, the reader is not to be used.
    pub fn next(&mut self) -> Result<Option<Token>, JsonFault> {
        loop {
            self.skip_space();
            match (self.state, self.peek()) {
                (State::Start, None) => return Err(self.fault(self.at, JsonProblem::Blank)),
                (State::Start, Some(0xEF)) if self.bytes.starts_with(b"\xEF\xBB\xBF") => {
                    return Err(self.fault(self.at, JsonProblem::ByteOrderMark));
                }
                (State::FirstItem, Some(b']')) => return Ok(Some(self.close(TokenKind::ArrayEnd))),
                (State::FirstItem, _) => return self.value(Expected::ValueOrEnd).map(Some),
                (State::Start | State::Value, _) => return self.value(Expected::Value).map(Some),
                (State::FirstKey, Some(b'}')) => return Ok(Some(self.close(TokenKind::ObjectEnd))),
                (State::FirstKey, _) => return self.key(Expected::KeyOrEnd).map(Some),
                (State::Key, _) => return self.key(Expected::Key).map(Some),
                (State::AfterValue, next) => match (self.open.last(), next) {
                    (None, None) => return Ok(None),
                    (None, Some(_)) => return Err(self.expected(Expected::End)),
                    (Some(Open::Object), Some(b'}')) => return Ok(Some(self.close(TokenKind::ObjectEnd))),
                    (Some(Open::Array), Some(b']')) => return Ok(Some(self.close(TokenKind::ArrayEnd))),
                    (Some(open), Some(b',')) => {
                        self.state = if *open == Open::Object { State::Key } else { State::Value };
                        self.at += 1;
                    }
                    (Some(Open::Object), _) => return Err(self.expected(Expected::CommaOrBrace)),
                    (Some(Open::Array), _) => return Err(self.expected(Expected::CommaOrBracket)),
                },
            }
        }
    }

    /// Goes past the value whose first token was `token`.
    pub fn skip(&mut self, token: &Token) -> Result<(), JsonFault> {
        if matches!(token.kind, TokenKind::ObjectStart | TokenKind::ArrayStart) {
            let depth = self.open.len();
            while self.open.len() >= depth && self.next()?.is_some() {}
        }
        Ok(())
    }

    /// A string or key as Go decodes it.
    pub fn text(&self, range: &Range<usize>) -> Zeroizing<String> {
        unquote(self.bytes.get(range.clone()).unwrap_or_default())
    }

    fn fault(&self, offset: usize, problem: JsonProblem) -> JsonFault {
        let before = self.bytes.get(..offset).unwrap_or(self.bytes);
        let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
        let column = before.iter().rev().take_while(|byte| **byte != b'\n').count() + 1;
        JsonFault { offset, line, column, problem }
    }

    fn expected(&self, expected: Expected) -> JsonFault {
        let problem = if self.peek().is_some() { JsonProblem::Expected(expected) } else { JsonProblem::EndsBefore(expected) };
        self.fault(self.at, problem)
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn skip_space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\r' | b'\n')) {
            self.at += 1;
        }
    }

    fn close(&mut self, kind: TokenKind) -> Token {
        self.open.pop();
        self.state = State::AfterValue;
        self.at += 1;
        Token { start: self.at - 1, kind }
    }

    fn value(&mut self, expected: Expected) -> Result<Token, JsonFault> {
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

    fn key(&mut self, expected: Expected) -> Result<Token, JsonFault> {
        let start = self.at;
        if self.peek() != Some(b'"') {
            return Err(self.expected(expected));
        }
        let range = self.string()?;
        self.skip_space();
        if self.peek() != Some(b':') {
            return Err(self.expected(Expected::Colon));
        }
        self.at += 1;
        self.state = State::Value;
        Ok(Token { start, kind: TokenKind::Key(range) })
    }

    fn word(&mut self, word: &[u8], kind: TokenKind) -> Result<TokenKind, JsonFault> {
        for letter in word {
            if self.peek() != Some(*letter) {
                return Err(self.expected(Expected::Word));
            }
            self.at += 1;
        }
        Ok(kind)
    }

    fn string(&mut self) -> Result<Range<usize>, JsonFault> {
        let start = self.at + 1;
        self.at = start;
        loop {
            match self.peek() {
                None => return Err(self.expected(Expected::Quote)),
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
        let hex_digits = match self.peek() {
            Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => 0,
            Some(b'u') => 4,
            Some(_) => return Err(self.fault(start, JsonProblem::BadEscape)),
            None => return Err(self.expected(Expected::Quote)),
        };
        self.at += 1;
        for _ in 0..hex_digits {
            match self.peek() {
                Some(byte) if byte.is_ascii_hexdigit() => self.at += 1,
                Some(_) => return Err(self.fault(start, JsonProblem::BadEscape)),
                None => return Err(self.expected(Expected::Quote)),
            }
        }
        Ok(())
    }

    fn number(&mut self) -> Result<Range<usize>, JsonFault> {
        let start = self.at;
        if self.peek() == Some(b'-') {
            self.at += 1;
        }
        // No digit may follow a leading zero; what follows is then taken for the text after the number.
        if self.peek() == Some(b'0') {
            self.at += 1;
        } else {
            self.digits()?;
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            self.digits()?;
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            self.at += 1;
            if matches!(self.peek(), Some(b'+' | b'-')) {
                self.at += 1;
            }
            self.digits()?;
        }
        Ok(start..self.at)
    }

    fn digits(&mut self) -> Result<(), JsonFault> {
        if !self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            return Err(self.expected(Expected::Digit));
        }
        while self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            self.at += 1;
        }
        Ok(())
    }
}

/// Whether Go's `strconv.ParseFloat` gives a finite number. Like it, takes no more than five digits of an exponent into account.
fn fits_float64(number: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(number) else { return false };
    let Some((mantissa, exponent)) = text.split_once(['e', 'E']) else {
        return text.parse().is_ok_and(f64::is_finite);
    };
    let (sign, digits) = match exponent.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", exponent.strip_prefix('+').unwrap_or(exponent)),
    };
    let digits = digits.trim_start_matches('0');
    let digits = digits.get(..5).unwrap_or(digits);
    let text = Zeroizing::new(format!("{mantissa}e{sign}0{digits}"));
    text.parse().is_ok_and(f64::is_finite)
}

/// The text of a string whose syntax is right: escapes resolved; bytes that are not UTF-8 and halves of surrogate pairs become U+FFFD.
fn unquote(raw: &[u8]) -> Zeroizing<String> {
    // Nothing grows in decoding but an invalid byte, to three; with room for that, no copy of the text is left behind by a reallocation.
    let mut out = Zeroizing::new(String::with_capacity(raw.len().saturating_mul(3)));
    let mut rest = raw;
    while let Some(at) = rest.iter().position(|byte| *byte == b'\\') {
        let (plain, escape) = rest.split_at(at);
        push_lossy(&mut out, plain);
        let (c, used) = unescape(escape);
        out.push(c);
        rest = escape.get(used..).unwrap_or_default();
    }
    push_lossy(&mut out, rest);
    out
}

/// Each invalid byte becomes one U+FFFD, as in Go; other decoders join some of them.
fn push_lossy(out: &mut String, bytes: &[u8]) {
    for chunk in bytes.utf8_chunks() {
        out.push_str(chunk.valid());
        chunk.invalid().iter().for_each(|_| out.push(char::REPLACEMENT_CHARACTER));
    }
}

/// The character of an escape, and how many bytes the escape has.
fn unescape(escape: &[u8]) -> (char, usize) {
    let c = match escape.get(1) {
        Some(b'b') => '\u{8}',
        Some(b'f') => '\u{c}',
        Some(b'n') => '\n',
        Some(b'r') => '\r',
        Some(b't') => '\t',
        Some(b'u') => return unescape_unicode(escape),
        Some(other) => char::from(*other),
        None => char::REPLACEMENT_CHARACTER,
    };
    (c, 2)
}

fn unescape_unicode(escape: &[u8]) -> (char, usize) {
    let unit = |at: usize| {
        let digits = escape.get(at..)?.strip_prefix(b"\\u")?.get(..4)?;
        u16::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
    };
    let Some(first) = unit(0) else { return (char::REPLACEMENT_CHARACTER, 2) };
    if let Some(second) = unit(6)
        && let Some(Ok(c)) = char::decode_utf16([first, second]).next()
        && c.len_utf16() == 2
    {
        return (c, 12);
    }
    (char::from_u32(first.into()).unwrap_or(char::REPLACEMENT_CHARACTER), 6)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(text: impl AsRef<[u8]>) -> Option<JsonProblem> {
        object(text.as_ref()).err().map(|fault| fault.problem)
    }

    #[test]
    fn places_are_told_without_the_text() {
        let fault = object(b"{\"a\": 1,\n  \"b\" 2}").unwrap_err();
        assert_eq!(fault, JsonFault { offset: 15, line: 2, column: 7, problem: JsonProblem::Expected(Expected::Colon) });
        assert_eq!(problem(""), Some(JsonProblem::Blank));
        assert_eq!(problem("\u{feff}{}"), Some(JsonProblem::ByteOrderMark));
        assert_eq!(problem("{\"a\""), Some(JsonProblem::EndsBefore(Expected::Colon)));
        assert_eq!(problem("{\"a\":1,}"), Some(JsonProblem::Expected(Expected::Key)));
        assert_eq!(problem("{\"a\":[1,]}"), Some(JsonProblem::Expected(Expected::Value)));
        assert_eq!(problem("{\"a\":[1}"), Some(JsonProblem::Expected(Expected::CommaOrBracket)));
        assert_eq!(problem("{}{}"), Some(JsonProblem::Expected(Expected::End)));
        assert_eq!(problem("{'a':1}"), Some(JsonProblem::Expected(Expected::KeyOrEnd)));
        assert_eq!(problem(r#"{"a":"\x"}"#), Some(JsonProblem::BadEscape));
        assert_eq!(problem(r#"{"a":"\u00g0"}"#), Some(JsonProblem::BadEscape));
        assert_eq!(problem("{\"a\":\"\n\"}"), Some(JsonProblem::ControlCharacter));
    }

    #[test]
    fn syntax_comes_before_types() {
        assert_eq!(problem("[1, 2"), Some(JsonProblem::EndsBefore(Expected::CommaOrBracket)));
        assert_eq!(problem("[1, 2]"), Some(JsonProblem::NotAnObject(Shape::Array)));
        assert_eq!(problem("{\"a\":1e999,\"b\"}"), Some(JsonProblem::Expected(Expected::Colon)));
    }

    #[test]
    fn numbers_as_go_takes_them() {
        for good in [
            "0",
            "-0",
            "-0.0e-0",
            "1e308",
            "1.7976931348623157e308",
            "1e-999",
            "1e-99999999999999999999",
            "0e99999999999",
            "12345678901234567890",
        ] {
            assert_eq!(problem(format!("{{\"a\":{good}}}")), None, "{good}");
        }
        for large in ["1e309", "-1e999", "1.7976931348623159e308", "1e99999999999999999999", "1e+0000000000000400"] {
            assert_eq!(problem(format!("{{\"a\":{large}}}")), Some(JsonProblem::NumberTooLarge), "{large}");
        }
        for bad in ["01", "+1", ".5", "5.", "1e", "1e+", "-", "0x1", "1_0", "Infinity", "NaN"] {
            assert!(problem(format!("{{\"a\":{bad}}}")).is_some(), "{bad}");
        }
    }

    #[test]
    fn depth_is_bounded_and_costs_no_stack() {
        let nested = |depth: usize| format!("{{\"a\":{}{}}}", "[".repeat(depth), "]".repeat(depth));
        assert_eq!(problem(nested(9_999)), None);
        assert_eq!(problem(nested(10_000)), Some(JsonProblem::TooDeep));
        assert_eq!(problem("{\"a\":".repeat(3_000_000)), Some(JsonProblem::TooDeep));
    }

    #[test]
    fn strings_as_go_decodes_them() {
        let cases: [(&[u8], &str); 9] = [
            (b"plain \xc3\xa9", "plain é"),
            (br#"\"\\\/\b\f\n\r\t"#, "\"\\/\u{8}\u{c}\n\r\t"),
            (br"\u0041\u00e9", "Aé"),
            (br"\ud83d\ude00", "😀"),
            (br"\ud83d", "\u{fffd}"),
            (br"\ud83d\u0041", "\u{fffd}A"),
            (br"\ude00\ud83d\ude00", "\u{fffd}😀"),
            (b"\xff\xe2\x82", "\u{fffd}\u{fffd}\u{fffd}"),
            (br"\u0041\\u0041", "A\\u0041"),
        ];
        for (raw, text) in cases {
            assert_eq!(unquote(raw).as_str(), text, "{raw:?}");
            let json = [b"{\"a\":\"", raw, b"\"}"].concat();
            assert_eq!(object(&json), Ok(()), "{raw:?}");
        }
    }

    #[test]
    fn skipping_a_value_leads_to_what_follows() {
        let mut reader = Reader::new(br#"[{"a":[1,{}]},[],2]"#);
        let mut shapes = Vec::new();
        reader.next().unwrap();
        while let Some(token) = reader.next().unwrap() {
            shapes.extend(token.shape());
            reader.skip(&token).unwrap();
        }
        assert_eq!(shapes, [Shape::Object, Shape::Array, Shape::Number]);
    }
}
