//! JSON exactly as Go's `encoding/json` takes it, which is what the API server and the kubelet read
//! registry credentials with.
//!
//! It is laxer than other parsers (strings may contain bytes that are not UTF-8, and halves of
//! surrogate pairs; keys may repeat) and strict elsewhere (nesting up to 10000, numbers within a
//! float64). Sources: `scanner.go` and `decode.go` of Go's `encoding/json`; RFC 8259.

pub(crate) mod reader;
pub(crate) mod text;
pub(crate) mod write;
pub(crate) use reader::{JsonReader, Token, TokenKind};

/// Why bytes are not the JSON that is asked for. Holds none of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct JsonFault {
    pub offset: usize,
    /// Line from 1.
    pub line: usize,
    /// Byte in the line, from 1.
    pub column: usize,
    pub problem: JsonProblem,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum JsonProblem {
    Blank,
    ByteOrderMark,
    Utf16,
    /// Something else than this, such as "`:`" or "a value".
    Expected(&'static str),
    EndsBefore(&'static str),
    /// A raw one in a string, such as a line break.
    ControlCharacter,
    BadEscape,
    /// Arrays and objects are nested more than 10000 deep.
    TooDeep,
    NumberTooLarge,
    NotAnObject(JsonShape),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum JsonShape {
    Object,
    Array,
    String,
    Number,
    Bool,
    Null,
}

/// Whether Go's `json.Unmarshal` would take `bytes` as a `map[string]interface{}`: an object, or
/// `null`.
pub(crate) fn object(bytes: &[u8]) -> Result<(), JsonFault> {
    let mut reader = JsonReader::new(bytes);
    // Go looks at the syntax of the whole text before it looks at any type.
    let mut wrong_type = None;
    let mut is_first = true;
    while let Some(token) = reader.next()? {
        let problem = match (token.shape(), &token.kind) {
            (Some(shape), _)
                if is_first && !matches!(shape, JsonShape::Object | JsonShape::Null) =>
            {
                Some(JsonProblem::NotAnObject(shape))
            }
            (_, TokenKind::Number(range)) if !fits_float64(reader.raw(range)) => {
                Some(JsonProblem::NumberTooLarge)
            }
            _ => None,
        };
        wrong_type = wrong_type.or(problem.map(|problem| reader.fault(token.start, problem)));
        is_first = false;
    }
    wrong_type.map_or(Ok(()), Err)
}

/// Whether Go's `strconv.ParseFloat` gives a finite number.
fn fits_float64(number: &[u8]) -> bool {
    std::str::from_utf8(number).is_ok_and(|text| text.parse().is_ok_and(f64::is_finite))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(text: impl AsRef<[u8]>) -> Option<JsonProblem> {
        object(text.as_ref()).err().map(|fault| fault.problem)
    }

    #[test]
    fn problems_are_told_apart() {
        let fault = object(b"{\"a\": 1,\n  \"b\" 2}").unwrap_err();
        assert_eq!((fault.offset, fault.line, fault.column), (15, 2, 7));
        // The syntax of the whole text comes before any type.
        for (text, expected) in [
            ("", JsonProblem::Blank),
            ("\u{feff}{}", JsonProblem::ByteOrderMark),
            ("{\"a\"", JsonProblem::EndsBefore("`:`")),
            ("{\"a\":1,}", JsonProblem::Expected("a key in double quotes")),
            ("{\"a\":[1,]}", JsonProblem::Expected("a value")),
            ("{\"a\":[1}", JsonProblem::Expected("`,` or `]`")),
            ("{}{}", JsonProblem::Expected("the end")),
            ("{'a':1}", JsonProblem::Expected("a key in double quotes or `}`")),
            (r#"{"a":"\x"}"#, JsonProblem::BadEscape),
            (r#"{"a":"\u00g0"}"#, JsonProblem::BadEscape),
            ("{\"a\":\"\n\"}", JsonProblem::ControlCharacter),
            ("[1, 2", JsonProblem::EndsBefore("`,` or `]`")),
            ("[1, 2]", JsonProblem::NotAnObject(JsonShape::Array)),
            ("{\"a\":1e999,\"b\"}", JsonProblem::Expected("`:`")),
        ] {
            assert_eq!(problem(text), Some(expected), "{text}");
        }
    }

    #[test]
    fn numbers_as_only_go_takes_them() {
        let number = |number: &str| problem(format!("{{\"a\":{number}}}"));
        for good in "0 -0 -0.0e-0 1e308 1.7976931348623157e308 1e-999 1e-99999999999999999999 \
            0e99999999999 12345678901234567890"
            .split_whitespace()
        {
            assert_eq!(number(good), None, "{good}");
        }
        for large in
            ["1e309", "-1e999", "1.7976931348623159e308", "1e99999999999999999999", "1e+0000000400"]
        {
            assert_eq!(number(large), Some(JsonProblem::NumberTooLarge), "{large}");
        }
        for bad in ["01", "+1", ".5", "5.", "1e", "1e+", "-", "0x1", "1_0", "Infinity", "NaN"] {
            assert!(number(bad).is_some(), "{bad}");
        }
    }

    #[test]
    fn depth_is_bounded_and_costs_no_stack() {
        assert_eq!(problem(format!("{{\"a\":{}{}}}", "[".repeat(9_999), "]".repeat(9_999))), None);
        assert_eq!(problem("{\"a\":".repeat(3_000_000)), Some(JsonProblem::TooDeep));
    }
}
