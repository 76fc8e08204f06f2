//! The verdict on every Secret of a text.

use std::{collections::HashSet, ops::Range};

use super::fix::{LocatedSecret, is_null_word};
use super::node::JsonNode;
use super::objects::{Object, objects};
use super::read::{ManifestText, read};
use super::{decode::Decoded, documents::is_json};
use super::{mask, messages};
use crate::check::finding::{self, Locate, Seen, Spot};
use crate::check::subject::{Origin, Subject, Unknown};
use crate::check::verdict;
use crate::diag::mask::{Mask, inside_quotes};
use crate::diag::{Diagnostic, Level};

#[derive(Debug, Default)]
pub(crate) struct Judged {
    pub diagnostics: Vec<Diagnostic>,
    /// How many Secrets there are, those included that could not be decoded.
    pub secrets: usize,
    pub others: usize,
    pub encrypted: usize,
    /// What messages must not quote of the text; empty when there are no findings.
    pub mask: Mask,
}

#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Rules {
    pub at: Option<i64>,
    /// Secrets that SOPS encrypted are counted, and no more: they are meant to be so in a folder.
    pub pass_over_encrypted: bool,
    pub refuse_others: bool,
}

/// Judges every Secret of a text. Linear in the text.
pub(crate) fn judge(source: ManifestText<'_>, rules: Rules) -> Judged {
    let found = read(source);
    let (judged, tokens, seen) = (Judged::default(), TokenRanges::default(), Seen::new());
    let mut judge = Judge { source, rules, judged, tokens, seen };
    judge.judged.diagnostics.extend(found.faults.into_iter().map(|fault| fault.diagnostic));
    let mut null = None;
    for document in &found.documents {
        for object in objects(&document.node) {
            match object {
                Object::Null(node) => null = Some(node.range.clone()),
                object => judge.object(object),
            }
        }
    }
    let Judge { mut judged, tokens, .. } = judge;
    // kubectl passes over `null`, but with nothing else there is nothing to create.
    let nothing = judged.secrets + judged.others + judged.encrypted == 0;
    if let Some(range) = null.filter(|_| nothing && judged.diagnostics.is_empty()) {
        judged.diagnostics.push(messages::nothing().at(source.span(&range), ""));
    }
    if !judged.diagnostics.is_empty() {
        judged.mask = tokens.mask(source.text);
    }
    judged
}

struct Judge<'t> {
    source: ManifestText<'t>,
    rules: Rules,
    judged: Judged,
    tokens: TokenRanges,
    seen: Seen,
}

/// Which parts of a text messages may quote.
#[derive(Default)]
pub(crate) struct TokenRanges {
    pub harmless: Vec<Range<usize>>,
    /// Every key and value of the Secrets: what is not harmless is masked to its first and last
    /// character.
    pub values: Vec<Range<usize>>,
    /// Keys that messages must not name.
    pub unnamed: Vec<String>,
}

impl TokenRanges {
    pub(crate) fn mask(mut self, text: &str) -> Mask {
        let shown: HashSet<&Range<usize>> = self.harmless.iter().collect();
        self.values.retain(|range| !shown.contains(range));
        let hidden = self.values.iter().map(|range| inside_quotes(text, range)).collect();
        let mut mask = mask::mask(text, self.harmless);
        mask.hide(hidden);
        mask.unnamed(self.unnamed)
    }
}

impl Judge<'_> {
    fn object(&mut self, object: Object<'_, '_>) {
        match &object {
            Object::Secret(node, is_typed) => return self.secret(node, *is_typed),
            Object::Encrypted { secrets, .. } if self.rules.pass_over_encrypted => {
                self.judged.encrypted += secrets;
                return;
            }
            Object::Encrypted { secrets, .. } => self.judged.secrets += secrets,
            Object::Misnamed { .. } => self.judged.secrets += 1,
            Object::Other(node) => {
                self.judged.others += 1;
                if self.rules.refuse_others {
                    self.report(messages::not_a_secret(), &node.head());
                }
            }
            Object::Malformed(..) | Object::Null(_) => {}
        }
        if let Some((diagnostic, range, is_harmless)) = object.fault() {
            self.report(diagnostic, &range);
            self.tokens.harmless.extend(is_harmless.then_some(range));
        }
    }

    fn secret(&mut self, node: &JsonNode<'_>, is_typed: bool) {
        self.judged.secrets += 1;
        mask::tokens(node, &mut self.tokens.values);
        let decoded = Decoded::read(node);
        let secret = LocatedSecret::new(self.source, &decoded, node.head());
        for diagnostic in self.findings(node, is_typed, &secret) {
            self.judged.diagnostics.push(secret.about(diagnostic));
        }
        self.tokens.harmless.extend(decoded.harmless);
        self.tokens.unnamed.extend(decoded.unnamed);
    }

    fn findings(
        &mut self,
        node: &JsonNode<'_>,
        is_typed: bool,
        located: &LocatedSecret<'_>,
    ) -> Vec<Diagnostic> {
        let (source, decoded) = (self.source, located.decoded);
        let mut found = Vec::new();
        if !is_typed {
            found.push(messages::type_meta().at(source.span(&located.head), ""));
        }
        let bytes = node.json_len();
        if bytes > messages::BODY_MAX {
            // The server does not get to anything else.
            found.push(messages::body_too_large(bytes).at(source.span(&located.head), ""));
            return found;
        }
        found.extend(decoded.faults.iter().map(|fault| located.decode_fault(fault)));
        for (range, remark) in &decoded.remarks {
            found.push(remark.clone().at(source.span(range), ""));
        }
        for null in &decoded.nulls {
            if is_null_word(source, null) && !is_json(source.text) {
                found.push(messages::null_word(&null.key).at(source.span(&null.range), ""));
            }
        }
        // A Secret that can't be decoded is judged as far as it could be, but nothing is missing
        // because of that.
        let unknown = Unknown { open: decoded.data_is_open(), keys: decoded.undecoded.clone() };
        let subject = Subject {
            secret: &decoded.secret,
            more: &decoded.more,
            unknown: &unknown,
            origin: Origin::Manifest,
            at: self.rules.at,
            hashed: false,
            servers: false,
        };
        found.extend(finding::diagnostics(verdict::findings(&subject), located));
        // Two of one name: the second create fails, and of an apply only the second stays.
        let span = located.span(&Spot::Name);
        if !decoded.secret.name.is_empty()
            && let Some(mut duplicate) = finding::duplicate(&decoded.secret, span, &mut self.seen)
        {
            duplicate.level = Level::Warning;
            found.push(
                duplicate
                    .note(
                        "`kubectl apply` replaces the first with the second; `kubectl create` \
                         rejects the second",
                    )
                    .help("remove one, or give each its own name or namespace"),
            );
        }
        found
    }

    fn report(&mut self, diagnostic: Diagnostic, range: &Range<usize>) {
        self.judged.diagnostics.push(diagnostic.at(self.source.span(range), ""));
    }
}
