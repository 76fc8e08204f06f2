//! Files as values see them: there or not, parsed, with their keys.

use std::collections::BTreeSet;
use std::rc::Rc;

use minijinja::value::Value as Scope;

use super::Locked;
use super::evidence::ValueUse;
use super::fetch::{FetchFault, Wanted};
use super::messages::fetch_fault;
use super::resolver::{Got, Parsed, Resolver};
use crate::age::DecryptFault;
use crate::compile::render::Place;
use crate::diag::phrases::{code, did_you_mean, one_of};
use crate::diag::{Diagnostic, codes, diagnostic};
use crate::go::base64;
use crate::secret::bytes::SecretBytes;
use crate::source::Span;
use crate::spec::node::Text;
use crate::spec::value::{From as FileFrom, How, WholeFile};
use crate::structure::{self, Format, KeyPath, Tree};
use crate::world::{EnvVarError, ReadError};

impl<'s> Resolver<'_, '_, 's> {
    /// Whether something was read; if not, why not, reported once.
    pub(crate) fn available(
        &mut self,
        wanted: &Wanted,
        span: Span,
        optional: bool,
        used: Option<Span>,
        place: &Place<'_>,
    ) -> Result<(), Got> {
        if self.fetched.get(wanted).is_none() {
            // The first round reads all that the spec names; what only shows now is read now.
            self.fetched.fetch(BTreeSet::from([wanted.clone()]), self.world, self.keyring);
        }
        if !self.uses.contains_key(wanted) {
            self.uses.insert(wanted.clone(), ValueUse { span, entry: place.entry.span });
        }
        let Some(Err(fault)) = self.fetched.get(wanted) else { return Ok(()) };
        if optional && is_missing(fault) {
            return Err(Got::Absent);
        }
        if self.locked == Locked::Reported && is_locked(fault) {
            return Err(Got::Failed);
        }
        let (how, what) = wanted;
        let diagnostic = fetch_fault(fault, *how, what);
        let locked = self.locked == Locked::LeaveOut && is_locked(fault);
        let got = if locked { Got::Unknown } else { Got::Failed };
        if !self.reported.insert(wanted.clone()) {
            return Err(got);
        }
        let diagnostic = if locked {
            Diagnostic::new(&codes::LEFT_OUT, diagnostic.message)
                .at(span, "")
                .note("checks that need its content were skipped")
        } else {
            diagnostic.at(span, "")
        };
        let diagnostic = match used.filter(|used| {
            !(used.file == span.file && used.start <= span.start && span.end <= used.end)
        }) {
            Some(used) => diagnostic.also(used, "needed here"),
            None => diagnostic,
        };
        self.report(diagnostic, place);
        Err(got)
    }

    /// The structure of a file that was read.
    pub(crate) fn parsed(
        &mut self,
        wanted: &Wanted,
        span: Span,
        format: Option<Format>,
        decode: bool,
        place: &Place<'_>,
    ) -> Result<Parsed, Got> {
        let Some(format) = format.or_else(|| Format::from_path(&wanted.1)) else {
            self.report(
                structure::messages::unknown_format_of(&display(wanted)).at(span, ""),
                place,
            );
            return Err(Got::Failed);
        };
        let key = (wanted.clone(), format, decode);
        if let Some(parsed) = self.parsed.get(&key) {
            return if parsed.is_ok() { Ok(Rc::clone(parsed)) } else { Err(Got::Failed) };
        }
        let Some(Ok(bytes)) = self.fetched.get(wanted) else { return Err(Got::Failed) };
        let bytes = bytes.clone();
        let bytes = if decode {
            match self.decode(&bytes, span, place) {
                Got::Bytes(bytes) => bytes,
                other => return Err(other),
            }
        } else {
            bytes
        };
        if self.refuse_ciphertext(wanted, bytes.expose(), span, place) {
            return Err(Got::Failed);
        }
        let parsed = Rc::new(structure::read(format, bytes.expose()));
        self.parsed.insert(key, Rc::clone(&parsed));
        match parsed.as_ref() {
            Ok(_) => Ok(parsed),
            Err(fault) => {
                self.report(
                    structure::messages::unreadable(&display(wanted), format, fault).at(span, ""),
                    place,
                );
                Err(Got::Failed)
            }
        }
    }

    /// The source of this name.
    pub(crate) fn named(
        &mut self,
        name: &Text,
        scope: &Scope,
        place: &Place<'_>,
    ) -> Option<&'s WholeFile> {
        let rendered = self.renderer.metadata(name, scope, place)?;
        let spec = self.spec;
        let found = spec.sources.iter().find(|(known, _)| known.value == rendered);
        if found.is_none() {
            self.report(self.unknown_source(&rendered).at(name.span, ""), place);
        }
        found.map(|(_, source)| source)
    }

    pub(crate) fn unknown_source(&self, name: &str) -> Diagnostic {
        let known = || self.spec.sources.iter().map(|(name, _)| name.value.as_str());
        let diagnostic = diagnostic!(UNKNOWN_SOURCE, "the spec declares no source {}", code(name));
        match did_you_mean(name, known()) {
            Some(suggestion) => diagnostic.help(suggestion),
            None if self.spec.sources.is_empty() => {
                diagnostic.help(format!("declare it: `[sources.{name}]` with `age = \"FILE.age\"`"))
            }
            None => diagnostic.help(format!("it declares {}", one_of(known()))),
        }
    }

    /// The entries of a whole file as data keys: `None` if it is not known in this run, `Some(Err)`
    /// if it failed.
    #[allow(clippy::type_complexity, reason = "three outcomes, each said above")]
    pub(crate) fn whole_file(
        &mut self,
        file: &WholeFile,
        scope: &Scope,
        place: &Place<'_>,
    ) -> Option<Result<Vec<(String, SecretBytes)>, ()>> {
        let (fetch, format, decode, optional, scope) = match &file.from {
            FileFrom::Fetch(fetch) => {
                (fetch, file.format.as_ref(), file.decode, file.optional, scope.clone())
            }
            FileFrom::Named(name) => match self.named(name, scope, place) {
                Some(WholeFile {
                    from: FileFrom::Fetch(fetch), format, decode, optional, ..
                }) => (
                    fetch,
                    format.as_ref(),
                    *decode,
                    file.optional || *optional,
                    self.scope.clone(),
                ),
                _ => return Some(Err(())),
            },
        };
        let Some(what) = self.renderer.metadata(&fetch.what, &scope, place) else {
            return Some(Err(()));
        };
        let wanted = (fetch.how, what);
        let span = fetch.what.span;
        let parsed =
            self.available(&wanted, span, optional, Some(file.span), place).and_then(|()| {
                self.parsed(&wanted, span, format.map(|format| format.value), decode, place)
            });
        let parsed = match parsed {
            Ok(parsed) => parsed,
            Err(Got::Absent) => return Some(Ok(Vec::new())),
            Err(Got::Unknown) => return None,
            Err(_) => return Some(Err(())),
        };
        let Ok(Tree::Table(entries)) = parsed.as_ref() else {
            let diagnostic = diagnostic!(
                BAD_STRUCTURE,
                "{} is not a table, so it has no keys for `data-from`",
                display(&wanted)
            );
            self.report(
                diagnostic
                    .at(span, "")
                    .help("give one data key the whole file: `data.KEY = { ... }`"),
                place,
            );
            return Some(Err(()));
        };
        self.note_sops_file(&wanted, span, place);
        let mut data = Vec::with_capacity(entries.len());
        let mut failed = false;
        for (key, tree) in entries {
            match tree.plain_text() {
                Ok(bytes) => {
                    self.note_decrypted(&wanted, file.span, Some(key), &bytes, place);
                    data.push((key.clone(), bytes));
                }
                Err(_) => {
                    let path = KeyPath::default().child(key);
                    self.report(
                        structure::messages::not_a_scalar(&display(&wanted), &path, tree)
                            .at(span, ""),
                        place,
                    );
                    failed = true;
                }
            }
        }
        Some(if failed { Err(()) } else { Ok(data) })
    }

    pub(crate) fn decode(&mut self, bytes: &SecretBytes, span: Span, place: &Place<'_>) -> Got {
        match base64::decode(bytes.expose()) {
            Ok(bytes) => Got::Bytes(bytes),
            Err(fault) => {
                self.report(
                    structure::messages::bad_base64("the value", &fault).at(span, ""),
                    place,
                );
                Got::Failed
            }
        }
    }
}

fn is_missing(fault: &FetchFault) -> bool {
    matches!(
        fault,
        FetchFault::Read(ReadError::NotFound { .. }) | FetchFault::EnvVar(EnvVarError::NotSet)
    )
}

/// Whether a fault is only that the identity is somebody else's.
fn is_locked(fault: &FetchFault) -> bool {
    let FetchFault::Decrypt(fault) = fault else { return false };
    matches!(
        **fault,
        DecryptFault::NoIdentities { .. }
            | DecryptFault::NoMatch { .. }
            | DecryptFault::NoPassphrase(_)
    )
}

/// What messages call something that was read.
pub(crate) fn display((how, what): &Wanted) -> String {
    match how {
        How::Armor => "the armored text".to_owned(),
        _ => code(what),
    }
}
