//! Reads JSON (RFC 8259) more strictly than most: no key twice at any depth, no number that would
//! be rounded, no half of a surrogate pair.

use std::{collections::HashSet, ops::Range};

use super::fault::{MAX_DEPTH, MAX_VALUES, StructureFault, StructureFaultKind};
use super::tree::Tree;
use crate::go::json::{JsonReader, Token, TokenKind};

/// The smallest float at which neighbours are more than 1 apart: from here on a JSON number may
/// have been a whole one, rounded.
const FIRST_ROUNDED: f64 = 9_007_199_254_740_992.0;

pub(crate) fn read(text: &str) -> Result<Tree, StructureFault> {
    let mut json = JsonTree { text, reader: JsonReader::new(text.as_bytes()), values: 0 };
    let first = json.next()?;
    let tree = json.value(&first, 0)?;
    match json.reader.next() {
        Ok(None) => Ok(tree),
        Ok(Some(token)) => Err(json.fault(token.start, StructureFaultKind::Syntax)),
        Err(fault) => Err(json.fault(fault.offset, StructureFaultKind::Syntax)),
    }
}

struct JsonTree<'t> {
    text: &'t str,
    reader: JsonReader<'t>,
    values: usize,
}

impl JsonTree<'_> {
    fn fault(&self, offset: usize, kind: StructureFaultKind) -> StructureFault {
        StructureFault::at(self.text, offset, kind)
    }

    /// The next token of a value, in which a text can't end.
    fn next(&mut self) -> Result<Token, StructureFault> {
        match self.reader.next() {
            Ok(Some(token)) => Ok(token),
            Ok(None) => Err(self.fault(self.text.len(), StructureFaultKind::Syntax)),
            Err(fault) => Err(self.fault(fault.offset, StructureFaultKind::Syntax)),
        }
    }

    fn value(&mut self, token: &Token, depth: usize) -> Result<Tree, StructureFault> {
        self.values += 1;
        match &token.kind {
            _ if self.values > MAX_VALUES => {
                Err(self.fault(token.start, StructureFaultKind::TooManyValues))
            }
            TokenKind::ObjectStart | TokenKind::ArrayStart if depth == MAX_DEPTH => {
                Err(self.fault(token.start, StructureFaultKind::TooDeep))
            }
            TokenKind::ObjectStart => {
                let mut entries = Vec::new();
                let mut seen = HashSet::new();
                while let Token { kind: TokenKind::Key(range), start } = self.next()? {
                    let key = self.string(range)?;
                    if !seen.insert(key.clone()) {
                        return Err(self.fault(start, StructureFaultKind::DuplicateKey(key)));
                    }
                    let token = self.next()?;
                    entries.push((key, self.value(&token, depth + 1)?));
                }
                Ok(Tree::Table(entries))
            }
            TokenKind::ArrayStart => {
                let mut items = Vec::new();
                loop {
                    let token = self.next()?;
                    if matches!(token.kind, TokenKind::ArrayEnd) {
                        return Ok(Tree::Array(items));
                    }
                    items.push(self.value(&token, depth + 1)?);
                }
            }
            TokenKind::String(range) => self.string(range.clone()).map(Tree::string),
            TokenKind::Number(range) => self
                .number(range.clone())
                .ok_or_else(|| self.fault(token.start, StructureFaultKind::BigNumber)),
            TokenKind::Bool => Ok(Tree::Bool(self.text.as_bytes().get(token.start) == Some(&b't'))),
            _ => Ok(Tree::Null),
        }
    }

    fn string(&self, range: Range<usize>) -> Result<String, StructureFault> {
        let quoted = self.text.get(range.start - 1..range.end + 1).unwrap_or_default();
        // Its own message may quote the text.
        serde_json::from_str(quoted)
            .map_err(|_| self.fault(range.start, StructureFaultKind::Syntax))
    }

    fn number(&self, range: Range<usize>) -> Option<Tree> {
        let number: serde_json::Number = serde_json::from_str(self.text.get(range)?).ok()?;
        match (number.as_i128(), number.as_f64()) {
            (Some(integer), _) => Some(Tree::Integer(integer)),
            (None, Some(float)) if float.abs() < FIRST_ROUNDED => Some(Tree::Float(float)),
            _ => None,
        }
    }
}
