//! Finished manifests: the verdict of an API server on every Secret of a file, with positions in its YAML or JSON.
//!
//! The text is read as kubectl reads it, decoded as the API server decodes it (strictly), and judged by the same rules as specs are
//! ([`crate::check::verdict`]).

mod body_size;
mod check;
mod decode;
mod documents;
mod json;
mod mask;
mod node;
mod objects;
mod words;
mod yaml;
mod yaml_scalar;

use std::collections::HashMap;
use std::ops::Range;

use crate::check::Unknown;
use crate::check::finding::{Finding, Origin, Spot};
use crate::check::verdict::{self, Subject};
use crate::diag::words::code;
use crate::diag::{Cause, Diagnostic, Level, codes};
use crate::source::{FileId, Span};

pub use check::{Checked, check_manifests};
use decode::{DecodeFaultKind, Decoded};
use documents::Piece;
use node::Node;
use objects::{Object, Said};
use words::Worded;

/// Deepest nesting of lists and objects that is looked into.
const MAX_DEPTH: usize = 200;

/// What was found in a file.
#[derive(Debug, Default)]
pub struct Judged {
    /// The findings, with places in the file.
    pub diagnostics: Vec<Diagnostic>,
    /// How many Secrets there are, those included that could not be decoded.
    pub secrets: usize,
    /// How many other objects there are.
    pub others: usize,
    /// What messages must not quote of the text; empty when there are no findings.
    pub masked: Vec<Range<usize>>,
}

/// Judges every Secret in the text of a file. `at` is the time for expiry checks, in seconds of Unix time. Linear in the text.
pub fn judge(file: FileId, text: &str, at: Option<i64>) -> Judged {
    let mut judge = Judge { file, text, at, judged: Judged::default(), harmless: Vec::new(), seen: HashMap::new(), nothing: None };
    if documents::is_json(text) {
        judge.json()
    } else {
        judge.yaml()
    }
    let mut judged = judge.judged;
    // kubectl passes over `null`, but with nothing else there is nothing to create.
    if judged.secrets + judged.others == 0
        && judged.diagnostics.is_empty()
        && let Some(range) = judge.nothing
    {
        let mut diagnostic = Diagnostic::new(&codes::NAME, "a manifest that holds nothing").at(Span::new(file, range), "");
        diagnostic.causes.push(Cause { field: "metadata.name".into(), reason: "FieldValueRequired" });
        judged.diagnostics.push(diagnostic.help("write a Secret, or remove the document"));
    }
    if !judged.diagnostics.is_empty() {
        judged.masked = mask::masked(text, judge.harmless);
    }
    judged
}

struct Judge<'t> {
    file: FileId,
    text: &'t str,
    at: Option<i64>,
    judged: Judged,
    /// What messages may quote.
    harmless: Vec<Range<usize>>,
    /// Where the first Secret of each namespace and name is.
    seen: HashMap<(Option<String>, String), Range<usize>>,
    /// A document that is `null`.
    nothing: Option<Range<usize>>,
}

impl<'t> Judge<'t> {
    /// A stream of JSON values. What begins like one and is not JSON may still be YAML.
    fn json(&mut self) {
        let mut at = self.text.len() - self.text.trim_start_matches('\u{feff}').len();
        loop {
            let rest = self.text.get(at..).unwrap_or_default();
            let blank = rest.len() - rest.trim_start().len();
            at += blank;
            if at >= self.text.len() {
                return;
            }
            match json::read(self.text, at) {
                Ok((node, end)) => {
                    self.document(&node);
                    at = end;
                }
                Err(fault) => {
                    let first = self.judged.secrets + self.judged.others == 0;
                    if first && self.reads_as_yaml() {
                        return self.yaml();
                    }
                    let offset = (at + fault.offset).min(self.text.len());
                    return self.report(words::json(&fault), offset..offset);
                }
            }
        }
    }

    fn reads_as_yaml(&self) -> bool {
        documents::split(self.text).into_iter().all(|piece| match piece {
            Piece::Document(range) => yaml::read(self.text, range).is_ok(),
            Piece::BadSeparator(_) => false,
        })
    }

    fn yaml(&mut self) {
        for piece in documents::split(self.text) {
            match piece {
                Piece::BadSeparator(range) => self.report(words::bad_separator(), range),
                Piece::Document(range) => match yaml::read(self.text, range) {
                    Ok(Some(node)) => self.document(&node),
                    Ok(None) => {}
                    Err(fault) => self.report(words::yaml(fault.kind), fault.range),
                },
            }
        }
    }

    fn document(&mut self, node: &Node<'t>) {
        for object in objects::objects(node) {
            match object {
                Object::Secret(node, said) => self.secret(node, said),
                Object::Other => self.judged.others += 1,
                Object::Misnamed(at, misnomer) => {
                    self.judged.secrets += 1;
                    self.harmless.push(at.range.clone());
                    self.report(words::misnamed(misnomer), at.range.clone());
                }
                Object::NotAnObject(node) => self.report(words::not_an_object(node.class()), self.head(node)),
                Object::Null(node) => self.nothing = Some(node.range.clone()),
            }
        }
    }

    /// What stands for a whole object: its first field or character.
    fn head(&self, node: &Node<'_>) -> Range<usize> {
        let first = node.members().first().map(|member| member.key_range.clone());
        first.unwrap_or(node.range.start..node.range.start)
    }

    fn secret(&mut self, node: &Node<'t>, said: Said) {
        self.judged.secrets += 1;
        let mut decoded = Decoded::read(node);
        self.harmless.append(&mut decoded.harmless);
        let id = decoded.secret.id();
        let about = |diagnostic: Diagnostic| if id.is_empty() { diagnostic } else { diagnostic.about(&id) };
        let head = self.head(node);
        if !(said.kind && said.api_version) {
            self.report_with(words::type_meta(said), head.clone(), about);
        }
        let bytes = body_size::json_bytes(node);
        if bytes > body_size::BODY_MAX {
            // The server does not get to anything else.
            return self.report_with(words::body_too_large(bytes), head, about);
        }
        for fault in &decoded.faults {
            let mut worded = words::decode(fault);
            if let DecodeFaultKind::Duplicate { first } = &fault.kind {
                worded.diagnostic = worded.diagnostic.also(Span::new(self.file, first.clone()), "the first");
            }
            self.report_with(worded, fault.range.clone(), about);
        }
        // A Secret that can't be decoded is judged as far as it could be, but nothing is missing because of that.
        let unknown = Unknown { open: !decoded.faults.is_empty(), ..Unknown::default() };
        let subject = Subject {
            secret: &decoded.secret,
            more: &decoded.more,
            unknown: &unknown,
            origin: Origin::Manifest,
            at: self.at,
            hashed: false,
            servers: false,
        };
        let findings = verdict::findings(&subject);
        let place = |spot: &Spot| {
            let range = match spot {
                Spot::Registry { data_key, .. } => decoded.places.get(&Spot::DataValue((*data_key).to_owned())),
                spot => decoded.places.get(spot).filter(|_| *spot != Spot::Secret),
            };
            Span::new(self.file, range.cloned().unwrap_or(head.clone()))
        };
        let unnamed = |finding: &Finding| unknown.open && finding.at == Spot::Name && decoded.secret.name.is_empty();
        let placed: Vec<Diagnostic> =
            findings.into_iter().filter(|finding| !unnamed(finding)).map(|finding| about(finding.place(place))).collect();
        self.judged.diagnostics.extend(placed);
        self.duplicate(&decoded, &head, about);
    }

    /// Two Secrets of one name in one file: the second create fails, and of an apply only the second stays.
    fn duplicate(&mut self, decoded: &Decoded, head: &Range<usize>, about: impl Fn(Diagnostic) -> Diagnostic) {
        let secret = &decoded.secret;
        if secret.name.is_empty() {
            return;
        }
        let range = decoded.places.get(&Spot::Name).cloned().unwrap_or(head.clone());
        let Some(first) = self.seen.insert((secret.namespace.clone(), secret.name.clone()), range.clone()) else { return };
        let mut diagnostic = Diagnostic::new(&codes::DUPLICATE_SECRET, format!("two Secrets of this file are {}", code(&secret.id())));
        diagnostic.level = Level::Warning;
        let diagnostic = diagnostic
            .at(Span::new(self.file, range), "the second")
            .also(Span::new(self.file, first), "the first")
            .note("applied, the second replaces the first; created, it is refused")
            .help("remove one, or give each its own name or namespace");
        self.judged.diagnostics.push(about(diagnostic));
    }

    fn report(&mut self, worded: Worded, range: Range<usize>) {
        self.report_with(worded, range, |diagnostic| diagnostic);
    }

    fn report_with(&mut self, worded: Worded, range: Range<usize>, about: impl Fn(Diagnostic) -> Diagnostic) {
        self.judged.diagnostics.push(about(worded.diagnostic.at(Span::new(self.file, range), worded.label)));
    }
}
