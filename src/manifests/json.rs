//! JSON as Go's decoder reads it, one value after another, with positions.

use std::borrow::Cow;

use super::MAX_DEPTH;
use super::node::{JsonNode, JsonNodeKind, Member};
use crate::go::json::{JsonFault, JsonReader, Token, TokenKind};

/// The first value of a text that starts at byte `start` of the file, and the byte after it.
pub(crate) fn read(text: &str, start: usize) -> Result<(JsonNode<'_>, usize), JsonFault> {
    let rest = text.get(start..).unwrap_or_default();
    let mut json = Json { text: rest, start, reader: JsonReader::new(rest.as_bytes()) };
    // Without a token there is a fault.
    let node = match json.reader.next()? {
        Some(token) => json.value(&token, 0)?,
        None => JsonNode::new(JsonNodeKind::Null, start..start),
    };
    let end = start + json.reader.position();
    Ok((node, end))
}

struct Json<'t> {
    text: &'t str,
    start: usize,
    reader: JsonReader<'t>,
}

impl<'t> Json<'t> {
    /// The value that begins with `token`. What is nested too deeply for any field of a Secret is
    /// read, but not kept.
    fn value(&mut self, token: &Token, depth: usize) -> Result<JsonNode<'t>, JsonFault> {
        let kind = match &token.kind {
            TokenKind::ObjectStart | TokenKind::ArrayStart if depth == MAX_DEPTH => {
                self.reader.skip(token)?;
                JsonNodeKind::Object(Vec::new())
            }
            TokenKind::ObjectStart => self.object(depth)?,
            TokenKind::ArrayStart => self.array(depth)?,
            TokenKind::String(range) => JsonNodeKind::String(self.string(range)),
            TokenKind::Number(range) => JsonNodeKind::Number(
                self.text.get(range.clone()).and_then(|text| text.parse().ok()),
            ),
            TokenKind::Bool => {
                JsonNodeKind::Bool(self.text.as_bytes().get(token.start) == Some(&b't'))
            }
            _ => JsonNodeKind::Null,
        };
        Ok(JsonNode::new(kind, self.start + token.start..self.start + self.reader.position()))
    }

    fn object(&mut self, depth: usize) -> Result<JsonNodeKind<'t>, JsonFault> {
        let mut members = Vec::new();
        while let Some(Token { kind: TokenKind::Key(range), start }) = self.reader.next()? {
            let key = self.string(&range);
            let key_range = self.start + start..self.start + range.end + 1;
            let Some(token) = self.reader.next()? else { break };
            let value = self.value(&token, depth + 1)?;
            members.push(Member { key, key_range, value, merged: false, renamed: false });
        }
        Ok(JsonNodeKind::Object(members))
    }

    fn array(&mut self, depth: usize) -> Result<JsonNodeKind<'t>, JsonFault> {
        let mut items = Vec::new();
        while let Some(token) = self.reader.next()? {
            if matches!(token.kind, TokenKind::ArrayEnd) {
                break;
            }
            items.push(self.value(&token, depth + 1)?);
        }
        Ok(JsonNodeKind::Array(items))
    }

    /// As it stands, unless it has escapes.
    fn string(&self, range: &std::ops::Range<usize>) -> Cow<'t, str> {
        match self.text.get(range.clone()) {
            Some(raw) if !raw.contains('\\') => Cow::Borrowed(raw),
            _ => Cow::Owned(self.reader.text(range).as_str().to_owned()),
        }
    }
}
