//! JSON as Go's decoder reads it, one value after another, with positions.

use std::borrow::Cow;

use super::MAX_DEPTH;
use super::node::{Member, Node, NodeKind};
use crate::go::json::{JsonFault, Reader, Token, TokenKind};

/// The first value of a text that starts at byte `start` of the file, and the byte after it.
pub(crate) fn read(text: &str, start: usize) -> Result<(Node<'_>, usize), JsonFault> {
    let rest = text.get(start..).unwrap_or_default();
    let mut json = Json { text: rest, start, reader: Reader::new(rest.as_bytes()) };
    // Without a token there is a fault.
    let node = match json.reader.next()? {
        Some(token) => json.value(&token, 0)?,
        None => Node::new(NodeKind::Null, start..start),
    };
    let end = start + json.reader.position();
    Ok((node, end))
}

struct Json<'t> {
    text: &'t str,
    start: usize,
    reader: Reader<'t>,
}

impl<'t> Json<'t> {
    /// The value that begins with `token`. What is nested too deeply for any field of a Secret is read, but not kept.
    fn value(&mut self, token: &Token, depth: usize) -> Result<Node<'t>, JsonFault> {
        let deep = depth == MAX_DEPTH;
        let kind = match &token.kind {
            TokenKind::ObjectStart if deep => {
                self.reader.skip(token)?;
                NodeKind::Object(Vec::new())
            }
            TokenKind::ArrayStart if deep => {
                self.reader.skip(token)?;
                NodeKind::Array(Vec::new())
            }
            TokenKind::ObjectStart => self.object(depth)?,
            TokenKind::ArrayStart => self.array(depth)?,
            TokenKind::String(range) => NodeKind::String(self.string(range)),
            TokenKind::Number(range) => NodeKind::Number(self.text.get(range.clone()).and_then(|text| text.parse().ok())),
            TokenKind::Bool => NodeKind::Bool(self.text.as_bytes().get(token.start) == Some(&b't')),
            _ => NodeKind::Null,
        };
        Ok(Node::new(kind, self.start + token.start..self.start + self.reader.position()))
    }

    fn object(&mut self, depth: usize) -> Result<NodeKind<'t>, JsonFault> {
        let mut members = Vec::new();
        while let Some(Token { kind: TokenKind::Key(range), start }) = self.reader.next()? {
            let key = self.string(&range);
            let key_range = self.start + start..self.start + range.end + 1;
            let Some(token) = self.reader.next()? else { break };
            members.push(Member { key, key_range, value: self.value(&token, depth + 1)?, merged: false, renamed: false });
        }
        Ok(NodeKind::Object(members))
    }

    fn array(&mut self, depth: usize) -> Result<NodeKind<'t>, JsonFault> {
        let mut items = Vec::new();
        while let Some(token) = self.reader.next()? {
            if matches!(token.kind, TokenKind::ArrayEnd) {
                break;
            }
            items.push(self.value(&token, depth + 1)?);
        }
        Ok(NodeKind::Array(items))
    }

    /// As it stands, unless it has escapes.
    fn string(&self, range: &std::ops::Range<usize>) -> Cow<'t, str> {
        match self.text.get(range.clone()) {
            Some(raw) if !raw.contains('\\') => Cow::Borrowed(raw),
            _ => Cow::Owned(self.reader.text(range).as_str().to_owned()),
        }
    }
}
