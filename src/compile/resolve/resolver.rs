//! What resolving holds: everything read and parsed so far, and the way out for findings.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::rc::Rc;

use minijinja::value::Value as Scope;

use super::Locked;
use super::evidence::{Decrypted, Evidence, ValueUse};
use super::fetch::{Fetched, Wanted};
use crate::age::Keyring;
use crate::compile::render::{Place, Renderer};
use crate::diag::Diagnostic;
use crate::secret::bytes::SecretBytes;
use crate::source::{FileId, Span};
use crate::spec::Spec;
use crate::spec::node::Text;
use crate::spec::value::How;
use crate::structure::{Format, StructureFault, Tree};
use crate::world::World;

/// What became of a value.
#[derive(Debug)]
pub(crate) enum Got {
    /// Its bytes.
    Bytes(SecretBytes),
    /// It is optional and not there.
    Absent,
    /// Its identity is missing, and this run goes on without.
    Unknown,
    /// It failed, and that was reported.
    Failed,
}

/// A structured file, parsed at most once.
pub(crate) type Parsed = Rc<Result<Tree, StructureFault>>;

/// What a template sees of a source.
#[derive(Clone)]
pub(crate) enum SourceState {
    Value(Scope),
    Absent,
    Unknown,
    Failed,
}

/// Resolves values; holds what was read and parsed so far.
pub(crate) struct Resolver<'r, 'x, 's> {
    pub(crate) spec: &'s Spec,
    /// Variables in which the paths of `[sources]` are rendered.
    pub(crate) scope: Scope,
    pub(crate) world: &'r dyn World,
    pub(crate) keyring: &'r Keyring,
    pub(crate) locked: Locked,
    pub(crate) renderer: &'r mut Renderer<'x>,
    pub(crate) fetched: Fetched,
    pub(crate) parsed: HashMap<(Wanted, Format, bool), Parsed>,
    /// Sources as templates see them, by name.
    pub(crate) sources: BTreeMap<String, SourceState>,
    /// Template files that were added to the texts because something in them failed.
    pub(crate) template_files: HashMap<String, FileId>,
    pub(crate) reported: BTreeSet<Wanted>,
    /// Who asked for each thing first.
    pub(crate) uses: BTreeMap<Wanted, ValueUse>,
    /// What came out of age files as values.
    pub(crate) decrypted: Vec<Decrypted>,
}

impl<'r, 'x, 's> Resolver<'r, 'x, 's> {
    /// A resolver that has read nothing yet. `scope` holds the variables for paths of `[sources]`.
    pub(crate) fn new(
        spec: &'s Spec,
        scope: Scope,
        world: &'r dyn World,
        keyring: &'r Keyring,
        locked: Locked,
        renderer: &'r mut Renderer<'x>,
    ) -> Self {
        Self {
            spec,
            scope,
            world,
            keyring,
            locked,
            renderer,
            fetched: Fetched::default(),
            parsed: HashMap::new(),
            sources: BTreeMap::new(),
            template_files: HashMap::new(),
            reported: BTreeSet::new(),
            uses: BTreeMap::new(),
            decrypted: Vec::new(),
        }
    }

    /// What was read, for lints.
    pub(crate) fn into_evidence(self) -> Evidence {
        Evidence { fetched: self.fetched, uses: self.uses, decrypted: self.decrypted }
    }

    /// Remembers a value that an age file gave; `span` is the value's place, `data_key` what
    /// `data-from` calls it.
    pub(crate) fn note_decrypted(
        &mut self,
        from: &Wanted,
        span: Span,
        data_key: Option<&str>,
        bytes: &SecretBytes,
        place: &Place<'_>,
    ) {
        if matches!(from.0, How::Age | How::Armor) {
            let entry = place.entry.span;
            self.decrypted.push(Decrypted {
                from: from.clone(),
                span,
                entry,
                data_key: data_key.map(str::to_owned),
                bytes: bytes.clone(),
            });
        }
    }

    /// Reports a finding about a Secret.
    pub(crate) fn report(&mut self, diagnostic: Diagnostic, place: &Place<'_>) {
        let diagnostic = place.tell(diagnostic);
        self.renderer.report(diagnostic, Some(place.entry));
    }

    /// A string of metadata: no secrets in scope.
    pub(crate) fn metadata(
        &mut self,
        text: &Text,
        scope: &Scope,
        place: &Place<'_>,
    ) -> Option<String> {
        self.renderer.metadata(text, scope, place)
    }

    /// A string without secrets as a value.
    pub(crate) fn text(&mut self, text: &Text, scope: &Scope, place: &Place<'_>) -> Got {
        self.metadata(text, scope, place)
            .map_or(Got::Failed, |text| Got::Bytes(SecretBytes::from(text)))
    }

    /// Strings without secrets, joined with commas.
    pub(crate) fn joined(&mut self, texts: &[Text], scope: &Scope, place: &Place<'_>) -> Got {
        let texts: Option<Vec<String>> =
            texts.iter().map(|text| self.metadata(text, scope, place)).collect();
        texts.map_or(Got::Failed, |texts| Got::Bytes(SecretBytes::from(texts.join(","))))
    }
}
