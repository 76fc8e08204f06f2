//! What a spec reads as it is and something should have decrypted.

use super::fetch::{Wanted, display};
use super::resolver::Resolver;
use crate::check::content::messages::{NOT_DECRYPTED, unless_decrypted};
use crate::check::subject::Origin;
use crate::compile::run::Place;
use crate::content::Content;
use crate::diag::{Code, Diagnostic, Level, codes, phrases::visible};
use crate::secret::bytes::SecretBytes;
use crate::source::Span;
use crate::spec::value::{How, REENCRYPT_SOPS, Source, Value};

impl Resolver<'_, '_> {
    /// Reports a value that is ciphertext: a lint, because something in the cluster may decrypt it;
    /// an error where its bytes can't stand.
    pub(crate) fn note_ciphertext(
        &mut self,
        bytes: &SecretBytes,
        value: &Value,
        place: &Place<'_>,
        can_stand: bool,
    ) {
        let lint = match Content::of(bytes.expose()) {
            Content::Sops => &codes::SOPS_ENCRYPTED,
            content if content.is_age_file() => &codes::AGE_ENCRYPTED,
            _ => return,
        };
        let (read, span) = match &value.source {
            // The parts were looked at.
            Source::Concat(_) if can_stand => return,
            Source::Fetch(fetch) => {
                let path = self.run.text(&fetch.what, place);
                (path.map(|path| (fetch.how, path)), fetch.what.span)
            }
            _ => (None, value.span),
        };
        let mut diagnostic = encrypted(lint, read.as_ref()).at(span, "").note(NOT_DECRYPTED);
        if can_stand {
            diagnostic = diagnostic.help(unless_decrypted(lint, Origin::Spec));
        } else {
            diagnostic.level = Level::Error;
        }
        self.run.report_at(diagnostic, place);
    }

    /// Whether bytes that have to be parsed or rendered are an age file, which is reported once:
    /// nothing can be read in it, so no level changes that.
    pub(crate) fn refuse_ciphertext(
        &mut self,
        wanted: &Wanted,
        bytes: &SecretBytes,
        span: Span,
        place: &Place<'_>,
    ) -> bool {
        let is_age_file = Content::of(bytes.expose()).is_age_file();
        if is_age_file && self.reported.insert(wanted.clone()) {
            let mut diagnostic = encrypted(&codes::AGE_ENCRYPTED, Some(wanted)).at(span, "");
            diagnostic.level = Level::Error;
            self.run.report_at(diagnostic, place);
        }
        is_age_file
    }

    /// Reports a file with values that SOPS encrypted, all of whose keys become data keys.
    pub(crate) fn note_sops_file(&mut self, wanted: &Wanted, span: Span, place: &Place<'_>) {
        if !self.looked_at.insert(wanted.clone()) {
            return;
        }
        let bytes = self.evidence.fetched.get(wanted).and_then(|read| read.as_ref().ok());
        let is_sops = bytes.is_some_and(|bytes| Content::of(bytes.expose()) == Content::Sops);
        if is_sops && self.reported.insert(wanted.clone()) {
            let lint = &codes::SOPS_ENCRYPTED;
            let diagnostic = encrypted(lint, Some(wanted)).at(span, "").note(NOT_DECRYPTED);
            self.run.report_at(diagnostic.help(unless_decrypted(lint, Origin::Spec)), place);
        }
    }
}

/// The words; `read` is what the bytes were read from, where it was one thing.
fn encrypted(lint: &'static Code, read: Option<&Wanted>) -> Diagnostic {
    let by = if *lint == codes::AGE_ENCRYPTED { "age" } else { "SOPS" };
    let what = match read {
        Some(wanted @ (How::File | How::EnvVar, _)) => display(wanted),
        Some(wanted) => format!("the plaintext of {}", display(wanted)),
        None => "the value".to_owned(),
    };
    let diagnostic = Diagnostic::new(lint, format!("{what} is encrypted with {by}"));
    match read {
        _ if by == "SOPS" => diagnostic.help(REENCRYPT_SOPS),
        Some((How::File, path)) => diagnostic.help(format!(
            "write `age = {0}` instead of `file = {0}`",
            visible(&format!("{path:?}"))
        )),
        Some((How::Age | How::Armor, _)) => {
            diagnostic.note("it was encrypted twice").help("encrypt the plaintext once")
        }
        _ => diagnostic.help(
            "use `armor = \"...\"` for the armored text, or move it to a file and use `age \
             = \"FILE.age\"`",
        ),
    }
}
