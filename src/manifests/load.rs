//! The documents of a text as trees, for those that need more of it than its Secrets.

use std::ops::Range;

use super::documents::{self, Piece};
use super::messages::{self, LabeledDiagnostic};
use super::node::JsonNode;
use super::{json, yaml};
use crate::content::BYTE_ORDER_MARK;
use crate::diag::Diagnostic;
use crate::source::{FileId, Span};

/// The documents of a text in YAML or JSON, read as kubectl reads them; those with nothing but
/// comments are left out.
///
/// # Errors
/// The first place that is neither.
pub(crate) fn load(file: FileId, text: &str) -> Result<Vec<JsonNode<'_>>, Diagnostic> {
    // What begins like JSON and is not may still be YAML.
    if documents::is_json(text)
        && let Some(found) = load_json(text)
    {
        return Ok(found);
    }
    let placed = |worded: LabeledDiagnostic, range: Range<usize>| {
        worded.diagnostic.at(Span::new(file, range), worded.label)
    };
    let mut found = Vec::new();
    for piece in documents::split(text, 0) {
        match piece {
            Piece::BadSeparator(range) => return Err(placed(messages::bad_separator(), range)),
            Piece::Document(range) => match yaml::read(text, range) {
                Ok(node) => found.extend(node),
                Err(fault) => return Err(placed(messages::yaml(fault.kind), fault.range)),
            },
        }
    }
    Ok(found)
}

fn load_json(text: &str) -> Option<Vec<JsonNode<'_>>> {
    let mut found = Vec::new();
    let mut at = text.len() - text.trim_start_matches(BYTE_ORDER_MARK).len();
    while let Some(rest) = text.get(at..).filter(|rest| !rest.trim_start().is_empty()) {
        let (node, end) = json::read(text, at + (rest.len() - rest.trim_start().len())).ok()?;
        found.push(node);
        at = end;
    }
    Some(found)
}
