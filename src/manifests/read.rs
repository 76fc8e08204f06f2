//! The documents of a text as trees, read as kubectl reads them.

use std::ops::Range;

use super::documents::{Piece, is_json, split};
use super::{json, messages, node::JsonNode, yaml};
use crate::content::{BYTE_ORDER_MARK, conflict::conflict_marker};
use crate::diag::Diagnostic;
use crate::source::{FileId, Span};

#[derive(Clone, Copy)]
pub(crate) struct ManifestText<'t> {
    pub file: FileId,
    pub text: &'t str,
}

impl<'t> ManifestText<'t> {
    pub(crate) fn span(self, range: &Range<usize>) -> Span {
        Span::new(self.file, range.clone())
    }

    pub(crate) fn token(self, range: &Range<usize>) -> &'t str {
        self.text.get(range.clone()).unwrap_or_default()
    }
}

#[derive(Default)]
pub(crate) struct Documents<'t> {
    /// Those with nothing but comments are left out.
    pub documents: Vec<Document<'t>>,
    pub faults: Vec<ReadFault>,
}

pub(crate) struct Document<'t> {
    pub node: JsonNode<'t>,
    pub range: Range<usize>,
}

pub(crate) struct ReadFault {
    pub diagnostic: Diagnostic,
    /// Where the document or line begins that can't be read.
    pub at: usize,
    /// The text that is lost with it.
    pub unread: Range<usize>,
}

/// The documents of a text in YAML or JSON. Linear in the text.
pub(crate) fn read(source: ManifestText<'_>) -> Documents<'_> {
    let mut found = read_each(source);
    for fault in &mut found.faults {
        if let Some(marker) = conflict_marker(source.token(&fault.unread)) {
            let marker = fault.unread.start + marker;
            fault.diagnostic = messages::conflict().at(source.span(&(marker..marker)), "");
        }
    }
    found
}

fn read_each(source: ManifestText<'_>) -> Documents<'_> {
    let text = source.text;
    if !is_json(text) {
        return read_yaml(source, 0);
    }
    let mut found = Documents::default();
    let mut rest = text.trim_start_matches(BYTE_ORDER_MARK).trim_start();
    while !rest.is_empty() {
        let start = text.len() - rest.len();
        let fault = match json::read(text, start) {
            Ok((node, end)) => {
                found.documents.push(Document { node, range: start..end });
                rest = text.get(end..).unwrap_or_default().trim_start();
                continue;
            }
            Err(fault) => fault,
        };
        // What begins like JSON and is not may still be YAML; so may what follows behind a `---`.
        if found.documents.is_empty() {
            let yaml = read_yaml(source, 0);
            if yaml.faults.is_empty() {
                return yaml;
            }
        } else if rest.starts_with("---") {
            let mut yaml = read_yaml(source, start);
            found.documents.append(&mut yaml.documents);
            found.faults.append(&mut yaml.faults);
            return found;
        }
        let offset = (start + fault.offset).min(text.len());
        let diagnostic = messages::json(&fault).at(source.span(&(offset..offset)), "");
        found.faults.push(ReadFault { diagnostic, at: start, unread: start..text.len() });
        break;
    }
    found
}

fn read_yaml(source: ManifestText<'_>, start: usize) -> Documents<'_> {
    let text = source.text;
    let mut found = Documents::default();
    let mut read_to = start;
    for piece in split(text, start) {
        let fault = match piece {
            Piece::Document(range) => {
                read_to = range.end;
                match yaml::read(text, range.clone()) {
                    Ok(node) => {
                        found.documents.extend(node.map(|node| Document { node, range }));
                        continue;
                    }
                    Err(fault) => ReadFault {
                        diagnostic: messages::yaml(fault.kind).at(source.span(&fault.range), ""),
                        at: range.start,
                        unread: range,
                    },
                }
            }
            // What surrounds the line, and all behind it, is no document.
            Piece::BadSeparator(range) => ReadFault {
                diagnostic: messages::bad_separator().at(source.span(&range), ""),
                at: range.start,
                unread: read_to..text.len(),
            },
        };
        found.faults.push(fault);
    }
    found
}

/// The documents of a text, or the first place in it that is neither YAML nor JSON.
pub(crate) fn load(file: FileId, text: &str) -> Result<Vec<JsonNode<'_>>, Diagnostic> {
    let found = read(ManifestText { file, text });
    match found.faults.into_iter().next() {
        Some(fault) => Err(fault.diagnostic),
        None => Ok(found.documents.into_iter().map(|document| document.node).collect()),
    }
}
