//! Finished manifests: the verdict of an API server on every Secret of a file, with positions in
//! its YAML or JSON.
//!
//! The text is read as kubectl reads it, decoded as the API server decodes it (strictly), and
//! judged by the same rules as specs are ([`crate::check::verdict`]).

pub(crate) mod body_size;
pub(crate) mod check;
pub(crate) mod decode;
pub(crate) mod documents;
pub(crate) mod fault;
pub(crate) mod fix;
pub(crate) mod json;
pub(crate) mod load;
pub(crate) mod mask;
pub(crate) mod messages;
pub(crate) mod node;
pub(crate) mod objects;
pub(crate) mod open_secrets;
pub(crate) mod printed;
pub(crate) mod secrets;
pub(crate) mod yaml;

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use crate::check::content::messages::placeholder;
use crate::check::finding::{Edit, Finding, Spot};
use crate::check::subject::{Origin, Subject, Unknown};
use crate::check::verdict;
use crate::content::BYTE_ORDER_MARK;
use crate::diag::mask::{Mask, inside_quotes};
use crate::diag::phrases::code;
use crate::diag::{Cause, Diagnostic, Fix, Level, codes, diagnostic};
use crate::go::base64::Base64Fault;
use crate::source::{FileId, Span};
use decode::{Decoded, Null};
use documents::Piece;
use fault::{DecodeFault, DecodeFaultKind, Remedy};
use messages::LabeledDiagnostic;
use objects::{HasTypeMeta, Object};

pub use check::{Checked, check_manifests};
pub(crate) use load::load;
pub(crate) use mask::mask;
pub(crate) use node::{JsonNode, JsonNodeKind, Member};
pub(crate) use open_secrets::open_secrets;
pub(crate) use secrets::{ManifestSecret, secrets, secrets_as_written};

/// Deepest nesting of lists and objects that is looked into.
const MAX_DEPTH: usize = 200;

#[derive(Debug, Default)]
pub(crate) struct Judged {
    pub diagnostics: Vec<Diagnostic>,
    /// How many Secrets there are, those included that could not be decoded.
    pub secrets: usize,
    pub others: usize,
    /// How many Secrets were passed over because SOPS encrypted them.
    pub encrypted: usize,
    /// What messages may quote of the text; nothing when there are no findings.
    pub mask: Mask,
}

/// Judges every Secret in the text of a file. `at` is the time for expiry checks, in seconds of
/// Unix time. Linear in the text.
pub(crate) fn judge(file: FileId, text: &str, at: Option<i64>, others: Others) -> Judged {
    judge_as(file, text, Mode::Judge { at, others }).0
}

/// What becomes of objects that can't be judged.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Others {
    /// Secrets that SOPS encrypted are counted, and no more: they are meant to be so in a folder.
    pub pass_over_encrypted: bool,
    /// Objects of other kinds are errors.
    pub refuse_others: bool,
}

#[derive(Clone, Copy)]
enum Mode {
    Judge {
        /// The time for expiry checks.
        at: Option<i64>,
        others: Others,
    },
    /// It is kept, if it can be decoded.
    Read {
        /// With the copies of itself that tools keep in its annotations.
        copies: bool,
    },
}

/// Goes through a text, and gives the Secrets too when they are only read.
fn judge_as(file: FileId, text: &str, mode: Mode) -> (Judged, Vec<ManifestSecret>) {
    let judged = Judged::default();
    let mut judge = Judge {
        file,
        text,
        mode,
        judged,
        found: Vec::new(),
        harmless: Vec::new(),
        values: Vec::new(),
        seen: HashMap::new(),
        nothing: None,
    };
    if documents::is_json(text) {
        judge.json()
    } else {
        judge.yaml(0)
    }
    let mut judged = judge.judged;
    // kubectl passes over `null`, but with nothing else there is nothing to create.
    if judged.secrets + judged.others + judged.encrypted == 0
        && judged.diagnostics.is_empty()
        && let (Mode::Judge { .. }, Some(range)) = (mode, judge.nothing)
    {
        let mut diagnostic =
            diagnostic!(NAME, "a manifest that holds nothing").at(Span::new(file, range), "");
        diagnostic
            .causes
            .push(Cause { field: "metadata.name".into(), reason: "FieldValueRequired" });
        judged.diagnostics.push(diagnostic.help("write a Secret, or remove the document"));
    }
    if !judged.diagnostics.is_empty() {
        let harmless: HashSet<Range<usize>> = judge.harmless.iter().cloned().collect();
        let values = judge.values.into_iter().filter(|range| !harmless.contains(range));
        let hidden = values.map(|range| inside_quotes(text, &range)).collect();
        judged.mask = mask::mask(text, judge.harmless);
        judged.mask.hide(hidden);
    }
    (judged, judge.found)
}

struct Judge<'t> {
    file: FileId,
    text: &'t str,
    mode: Mode,
    judged: Judged,
    /// The Secrets, when they are only read.
    found: Vec<ManifestSecret>,
    /// What messages may quote.
    harmless: Vec<Range<usize>>,
    /// Every key and value of the Secrets: what is not harmless is masked to its first and last
    /// character.
    values: Vec<Range<usize>>,
    /// Where the first Secret of each namespace and name is.
    seen: HashMap<(Option<String>, String), Range<usize>>,
    nothing: Option<Range<usize>>,
}

impl<'t> Judge<'t> {
    /// A stream of JSON values. What begins like one and is not JSON may still be YAML; so may what
    /// follows behind a `---`.
    fn json(&mut self) {
        let mut at = self.text.len() - self.text.trim_start_matches(BYTE_ORDER_MARK).len();
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
                    if first && self.reads_as_yaml()
                        || self.text.get(at..).is_some_and(|rest| rest.starts_with("---"))
                    {
                        return self.yaml(if first { 0 } else { at });
                    }
                    let offset = (at + fault.offset).min(self.text.len());
                    return self.report(messages::json(&fault), offset..offset);
                }
            }
        }
    }

    fn reads_as_yaml(&self) -> bool {
        documents::split(self.text, 0).into_iter().all(|piece| match piece {
            Piece::Document(range) => yaml::read(self.text, range).is_ok(),
            Piece::BadSeparator(_) => false,
        })
    }

    /// A stream of YAML documents that starts at a byte of the text.
    fn yaml(&mut self, start: usize) {
        for piece in documents::split(self.text, start) {
            match piece {
                Piece::BadSeparator(range) => self.report(messages::bad_separator(), range),
                Piece::Document(range) => match yaml::read(self.text, range) {
                    Ok(Some(node)) => self.document(&node),
                    Ok(None) => {}
                    Err(fault) => self.report(messages::yaml(fault.kind), fault.range),
                },
            }
        }
    }

    fn document(&mut self, node: &JsonNode<'t>) {
        if let Some((secrets, key)) = objects::secrets(node) {
            return self.encrypted(secrets, key);
        }
        for object in objects::objects(node) {
            match object {
                Object::Secret(node, said) => self.secret(node, said),
                Object::Other => {
                    self.judged.others += 1;
                    if matches!(self.mode, Mode::Judge { others, .. } if others.refuse_others) {
                        self.report(messages::not_a_secret(), self.head(node));
                    }
                }
                Object::Misnamed { at, misnomer, .. } => {
                    self.judged.secrets += 1;
                    if at.is_scalar() {
                        self.harmless.push(at.range.clone());
                    }
                    self.report(messages::misnamed(misnomer, at), at.range.clone());
                }
                Object::Bare(node, place) => {
                    self.report(messages::not_an_object(node.class(), place), self.head(node))
                }
                Object::BadItems(items) => {
                    self.report(messages::bad_items(items.class()), self.head(items))
                }
                Object::NestedList(items) => self.report(messages::nested_list(), self.head(items)),
                Object::Null(node) => self.nothing = Some(node.range.clone()),
            }
        }
    }

    /// A document whose values SOPS encrypted: there is nothing else to say about it.
    fn encrypted(&mut self, secrets: usize, key: Range<usize>) {
        let mut worded = messages::sops_manifest();
        match self.mode {
            Mode::Judge { others, .. } if others.pass_over_encrypted => {
                return self.judged.encrypted += secrets;
            }
            Mode::Judge { .. } => {}
            // There is nothing to compare with.
            Mode::Read { .. } => worded.diagnostic.level = Level::Error,
        }
        self.judged.secrets += secrets;
        self.harmless.push(key.clone());
        self.report(worded, key);
    }

    /// What stands for a whole object: its first field or character.
    fn head(&self, node: &JsonNode<'_>) -> Range<usize> {
        let first = node.members().first().map(|member| member.key_range.clone());
        first.unwrap_or(node.range.start..node.range.start)
    }

    fn secret(&mut self, node: &JsonNode<'t>, said: HasTypeMeta) {
        self.judged.secrets += 1;
        let mut decoded = Decoded::read(node);
        self.harmless.append(&mut decoded.harmless);
        mask::tokens(node, &mut self.values);
        let id = decoded.secret.id();
        let about =
            |diagnostic: Diagnostic| if id.is_empty() { diagnostic } else { diagnostic.about(&id) };
        let head = self.head(node);
        let at = match self.mode {
            Mode::Judge { at, .. } => at,
            Mode::Read { copies } => {
                decoded.faults.retain(|fault| secrets::matters(&fault.kind));
                self.decode_faults(&decoded, about);
                return self.found.push(secrets::found(node, decoded, copies));
            }
        };
        if !(said.kind && said.api_version) {
            self.report_with(messages::type_meta(said), head.clone(), about);
        }
        let bytes = body_size::json_bytes(node);
        if bytes > body_size::BODY_MAX {
            // The server does not get to anything else.
            return self.report_with(messages::body_too_large(bytes), head, about);
        }
        self.decode_faults(&decoded, about);
        self.plain_words(&decoded, about);
        for (range, key) in &decoded.placeholders {
            let diagnostic = placeholder(&code(key), Origin::Manifest);
            let span = Span::new(self.file, range.clone());
            self.judged.diagnostics.push(about(diagnostic.at(span, "")));
        }
        // A Secret that can't be decoded is judged as far as it could be, but nothing is missing
        // because of that.
        let unknown = Unknown { open: decoded.data_is_open(), keys: decoded.undecoded.clone() };
        let (metadata_is_open, type_is_open) = (decoded.metadata_is_open(), decoded.type_is_open());
        let owners_are_open = decoded.has_fault_in("metadata.ownerReferences[");
        let finalizers_are_open = decoded.has_fault_in("metadata.finalizers[");
        let subject = Subject {
            secret: &decoded.secret,
            more: &decoded.more,
            unknown: &unknown,
            origin: Origin::Manifest,
            at,
            hashed: false,
            servers: false,
        };
        let findings = verdict::findings(&subject);
        let place = |spot: &Spot| {
            let range = match spot {
                Spot::Registry { data_key, .. } => {
                    decoded.places.get(&Spot::DataValue((*data_key).to_owned()))
                }
                spot => decoded.places.get(spot).filter(|_| *spot != Spot::Secret),
            };
            Span::new(self.file, range.cloned().unwrap_or(head.clone()))
        };
        // What was said already, in the words of another finding.
        let told = |finding: &Finding| match &finding.at {
            Spot::Name => metadata_is_open && decoded.secret.name.is_empty(),
            Spot::Namespace => metadata_is_open && decoded.secret.namespace.is_none(),
            Spot::AnnotationKey(_) => {
                metadata_is_open && finding.diagnostic.code == &codes::SERVICE_ACCOUNT
            }
            Spot::Owner(..) => owners_are_open,
            Spot::Finalizer(_) => finalizers_are_open,
            Spot::Type => type_is_open && finding.diagnostic.code == &codes::TYPE_MISSPELT,
            // `""` and the word null are meant; nothing at all was left to fill in.
            Spot::DataKey(key) => {
                let left_open =
                    |null: &Null| null.key == *key && null.is_data() && !self.is_null_word(null);
                finding.diagnostic.code == &codes::EMPTY_VALUE
                    && decoded.secret.data.get(key).is_some_and(|value| value.is_empty())
                    && !decoded.nulls.iter().any(left_open)
            }
            _ => false,
        };
        let placed: Vec<Diagnostic> = findings
            .into_iter()
            .filter(|finding| !told(finding))
            .map(|mut finding| {
                let fix = finding
                    .edit
                    .as_ref()
                    .and_then(|edit| self.edit_fix(&finding.at, edit, &decoded));
                finding.edit.take_if(|_| fix.is_some());
                let mut diagnostic = finding.place(place);
                diagnostic.fixes.extend(fix);
                about(diagnostic)
            })
            .collect();
        self.judged.diagnostics.extend(placed);
        self.duplicate(&decoded, &head, about);
    }

    /// What keeps the server from decoding a Secret.
    fn decode_faults(
        &mut self,
        decoded: &Decoded,
        about: impl Fn(Diagnostic) -> Diagnostic + Copy,
    ) {
        for fault in &decoded.faults {
            let mut worded = messages::decode(fault);
            if let DecodeFaultKind::Duplicate { first } = &fault.kind {
                worded.diagnostic =
                    worded.diagnostic.also(Span::new(self.file, first.clone()), "the first");
            }
            if let Some(fix) = self.decode_fix(fault) {
                worded = worded.with_fix(fix);
            }
            self.report_with(worded, fault.range.clone(), about);
        }
    }

    /// Words that YAML does not read as text, where that changes what the Secret holds without a
    /// word from anybody.
    fn plain_words(&mut self, decoded: &Decoded, about: impl Fn(Diagnostic) -> Diagnostic + Copy) {
        for (range, key) in &decoded.renamed {
            let mut worded = messages::renamed(key);
            if let Some(fix) =
                fix::quote(self.file, self.text, range, "put the key into double quotes")
            {
                worded = worded.with_fix(fix);
            }
            self.report_with(worded, range.clone(), about);
        }
        for null in &decoded.nulls {
            if self.is_null_word(null) && !documents::is_json(self.text) {
                self.report_with(messages::null_word(null), null.range.clone(), about);
            }
        }
    }

    /// Whether a null is written out as a word.
    fn is_null_word(&self, null: &Null) -> bool {
        let token = self.text.get(null.range.clone());
        token.is_some_and(|token| token.eq_ignore_ascii_case("null"))
    }

    /// A certain repair of what can't be decoded. Nothing that may be secret is written into it.
    fn decode_fix(&self, fault: &DecodeFault) -> Option<Fix> {
        match &fault.kind {
            DecodeFaultKind::Unknown { name, remedy: Remedy::Rename(right), .. } => fix::replace(
                self.file,
                self.text,
                &fault.range,
                name,
                right,
                &format!("write {}", code(right)),
            ),
            DecodeFaultKind::Type { quotes: true, .. } if self.harmless.contains(&fault.range) => {
                fix::quote(self.file, self.text, &fault.range, "put it into double quotes")
            }
            DecodeFaultKind::Base64(Base64Fault::MissingPadding { missing }) => {
                fix::pad(self.file, self.text, &fault.range, *missing)
            }
            _ => None,
        }
    }

    /// An edit as a change of the text, where the text says what is edited and nothing else.
    fn edit_fix(&self, spot: &Spot, edit: &Edit, decoded: &Decoded) -> Option<Fix> {
        let Edit::Text { value, title } = edit else { return None };
        let secret = &decoded.secret;
        let old = match spot {
            Spot::Name => &secret.name,
            Spot::GenerateName => &decoded.more.generate_name,
            Spot::Namespace => secret.namespace.as_ref()?,
            Spot::Type => &secret.type_,
            Spot::LabelKey(key) if !secret.labels.contains_key(value) => key,
            Spot::LabelValue(key) => secret.labels.get(key)?,
            Spot::AnnotationKey(key) if !secret.annotations.contains_key(value) => key,
            Spot::DataKey(key) if !secret.data.contains_key(value) => key,
            _ => return None,
        };
        fix::replace(self.file, self.text, decoded.places.get(spot)?, old, value, title)
    }

    /// Two Secrets of one name in one file: the second create fails, and of an apply only the
    /// second stays.
    fn duplicate(
        &mut self,
        decoded: &Decoded,
        head: &Range<usize>,
        about: impl Fn(Diagnostic) -> Diagnostic,
    ) {
        let secret = &decoded.secret;
        if secret.name.is_empty() {
            return;
        }
        let range = decoded.places.get(&Spot::Name).cloned().unwrap_or(head.clone());
        let Some(first) =
            self.seen.insert((secret.namespace.clone(), secret.name.clone()), range.clone())
        else {
            return;
        };
        let mut diagnostic =
            diagnostic!(DUPLICATE_SECRET, "two Secrets of this file are {}", code(&secret.id()));
        diagnostic.level = Level::Warning;
        let diagnostic = diagnostic
            .at(Span::new(self.file, range), "the second")
            .also(Span::new(self.file, first), "the first")
            .note("applied, the second replaces the first; created, it is refused")
            .help("remove one, or give each its own name or namespace");
        self.judged.diagnostics.push(about(diagnostic));
    }

    fn report(&mut self, worded: LabeledDiagnostic, range: Range<usize>) {
        self.report_with(worded, range, |diagnostic| diagnostic);
    }

    fn report_with(
        &mut self,
        worded: LabeledDiagnostic,
        range: Range<usize>,
        about: impl Fn(Diagnostic) -> Diagnostic,
    ) {
        self.judged
            .diagnostics
            .push(about(worded.diagnostic.at(Span::new(self.file, range), worded.label)));
    }
}
