//! A look into specs: which Secrets there are, with which keys, out of what, and whether it opens.
//! Nothing is asked for, and what can't be opened is no mistake.

pub(crate) mod details;
pub(crate) mod select;
pub(crate) mod table;

use std::collections::{BTreeMap, BTreeSet};

use crate::age::{Addressee, DecryptFault, Plugins, addressees, dedent_armor};
use crate::compile::resolve::{
    self, Evidence, FetchFault, Locked, Reads, Resolved, Wanted, WantedList, slots,
};
use crate::compile::{budget::Budget, expand::Planned};
use crate::compile::{environment, expand, run::Run};
use crate::diag::{Diagnostic, Level, phrases::first_line, sink::Sink};
use crate::emit::hash::kustomize_suffix;
use crate::secret::{Secret, bytes::SecretBytes};
use crate::source::{SourceMap, Span};
use crate::spec;
use crate::spec::value::How;
use crate::template::Engine;
use crate::world::{EnvVarError, Listing, MAX_FILE_BYTES, ReadError, World};
use crate::{Input, Options};

#[derive(Debug, Default)]
pub struct Inspection {
    pub secrets: Vec<Inspected>,
    /// Errors that keep Secrets from being listed.
    pub diagnostics: Vec<Diagnostic>,
}

#[derive(Clone, Debug)]
pub struct Inspected {
    /// `NAMESPACE/NAME` as `--only` knows it: without a hash suffix.
    pub id: String,
    /// The Secret, with as much of its data as could be had.
    pub secret: Secret,
    /// Whether its name ends in a hash of the data.
    pub hash: Hash,
    pub keys: Vec<InspectedKey>,
    /// Whether there may be more keys, in a file that did not open.
    pub more_keys: bool,
    pub files: BTreeMap<Wanted, State>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hash {
    None,
    /// It does, and the hash is in the name.
    Known,
    /// It does, and the data is not known, so that the name lacks it.
    Unknown,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InspectedKey {
    pub name: String,
    /// What its value comes out of; nothing if it is written in the spec.
    pub from: BTreeSet<Wanted>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct State {
    /// For how many recipients of each kind it is encrypted; nothing if it is not encrypted or no
    /// age file. Whose keys they are, the files do not say.
    pub recipients: BTreeMap<String, usize>,
    pub opens: Access,
}

/// Whether something that is read can be had.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Access {
    Yes,
    /// With a passphrase, for which a build would ask.
    Asks,
    /// No identity at hand opens it.
    No,
    Unreadable,
    Missing,
}

impl Access {
    pub fn name(self) -> &'static str {
        match self {
            Self::Yes => "yes",
            Self::Asks => "asks",
            Self::No => "no",
            Self::Unreadable => "unreadable",
            Self::Missing => "missing",
        }
    }
}

impl Inspected {
    /// Takes over a Secret that was built, with all of its data.
    pub fn fill(&mut self, secret: Secret) {
        let known = std::mem::take(&mut self.keys);
        for name in secret.data.keys() {
            let from = match known.iter().find(|key| key.name == *name) {
                Some(key) => key.from.clone(),
                None => self.files.keys().cloned().collect(),
            };
            self.keys.push(InspectedKey { name: name.clone(), from });
        }
        self.more_keys = false;
        if self.hash == Hash::Unknown {
            self.hash = Hash::Known;
        }
        for state in self.files.values_mut() {
            // What was built could be had.
            if state.opens == Access::Asks {
                state.opens = Access::Yes;
            }
        }
        self.secret = secret;
    }

    /// The name, with `*` for a hash that is not known.
    fn name(&self) -> String {
        let more = if self.hash == Hash::Unknown { "-*" } else { "" };
        format!("{}{more}", self.secret.name)
    }
}

/// Lists the Secrets of specs. Of the options all count but `locked`, `lints`, `at` and
/// `unused_files`.
pub(crate) fn inspect(
    inputs: &[Input<'_>],
    options: &Options,
    sources: &mut SourceMap,
) -> Inspection {
    // Plugins may ask, too.
    let options = &Options { plugins: Plugins::Never, ..options.clone() };
    let engine = Engine::within(options.limits.steps);
    let budget = Budget::new(options.limits);
    let mut sink = Sink::new();
    let mut secrets = Vec::new();
    for input in inputs {
        let (spec, problems) = spec::parse(input.file, sources, options.limits.file);
        for problem in problems {
            sink.push(problem);
        }
        if let Some(spec) = &spec {
            let world = &WithoutPassphrases(input.world);
            let (engine, budget, sink) = (&engine, &budget, &mut sink);
            let mut run = Run { spec, world, options, engine, budget, sources, sink };
            inspect_spec(&mut run, &mut secrets);
        }
    }
    // Lints are for `check`.
    let mut diagnostics = sink.finish(&options.lints);
    diagnostics.retain(|diagnostic| diagnostic.level == Level::Error && !diagnostic.code.is_lint());
    Inspection { secrets, diagnostics }
}

fn inspect_spec(run: &mut Run<'_>, secrets: &mut Vec<Inspected>) {
    let settled = match environment::settle(&run.options.environment, run) {
        Ok(settled) => settled,
        Err(diagnostic) => return run.report(diagnostic, None),
    };
    let planned = expand::expand(&settled, run);
    let scope = settled.scope();
    let (keyring, _) = environment::identities(&settled, run);
    // What goes wrong from here on is for `check` too: it shows as a state.
    let (resolved, evidence) = resolve::resolve(
        &planned,
        &keyring,
        Locked::LeaveOut,
        scope.clone(),
        &mut run.with_sink(&mut Sink::new()),
    );
    let reads =
        Reads { spec: run.spec, engine: run.engine, scope: &scope, fetched: &evidence.fetched };
    secrets.extend(
        resolved.into_iter().map(|resolved| inspected(resolved, &reads, &evidence, run.world)),
    );
}

fn inspected(
    resolved: Resolved<'_>,
    reads: &Reads<'_>,
    evidence: &Evidence,
    world: &dyn World,
) -> Inspected {
    let mut from = origins(resolved.planned, reads);
    let mut files = BTreeMap::new();
    for origin in from.values().flatten() {
        files.entry(origin.clone()).or_insert_with(|| state(origin, evidence, world));
    }
    let mut keys = Vec::new();
    for (key, span) in &resolved.keys {
        // Several keys may come out of one place.
        let from = from.entry(*span).or_default().clone();
        keys.push(InspectedKey { name: key.clone(), from });
    }
    let is_hashed = resolved.planned.entry.common.hash_suffix.value == Some(true);
    let complete = !resolved.failed && !resolved.unknown.open && resolved.unknown.keys.is_empty();
    let mut secret = resolved.secret;
    let hash = match (is_hashed, complete) {
        (true, true) => {
            secret.name = format!("{}-{}", secret.name, kustomize_suffix(&secret));
            Hash::Known
        }
        (true, false) => Hash::Unknown,
        _ => Hash::None,
    };
    // Unlike names a type may be any text, which what is built keeps, and the hash counts.
    secret.type_ = first_line(&secret.type_).into_owned();
    let id = resolved.planned.id();
    Inspected { id, secret, hash, keys, more_keys: resolved.unknown.open, files }
}

/// What the values of each place that fills data keys come out of: every file, age file and
/// variable that the spec names, also by way of `[sources]`; nothing for what is written in the
/// spec.
fn origins(planned: &Planned<'_>, reads: &Reads<'_>) -> BTreeMap<Span, BTreeSet<Wanted>> {
    let mut all = BTreeMap::new();
    for slot in slots(planned) {
        let mut found = WantedList::default();
        slot.fill.each_value(&mut |value| reads.of(value, &planned.scope, &mut found));
        all.insert(slot.span, found.into_vec().into_iter().collect());
    }
    all
}

/// `age PATH`, `file PATH`, `env-var NAME`; armored text is not repeated.
fn words((how, what): &Wanted) -> String {
    match how {
        How::File => format!("file {what}"),
        How::Age => format!("age {what}"),
        How::Armor => "armor".to_owned(),
        How::EnvVar => format!("env-var {what}"),
    }
}

fn state(origin: &Wanted, evidence: &Evidence, world: &dyn World) -> State {
    let (how, what) = origin;
    let addressees = match how {
        How::Age => {
            world.read(what, MAX_FILE_BYTES).ok().and_then(|bytes| addressees(bytes.expose()))
        }
        How::Armor => addressees(dedent_armor(what).as_bytes()),
        How::File | How::EnvVar => None,
    };
    let mut recipients = BTreeMap::new();
    for (addressee, count) in addressees.unwrap_or_default().0 {
        *recipients.entry(recipient_kind(addressee)).or_default() += count;
    }
    let opens = match evidence.fetched.get(origin) {
        Some(Ok(_)) => Access::Yes,
        Some(Err(FetchFault::Read(ReadError::NotFound { .. }) | FetchFault::EnvVar(_))) => {
            Access::Missing
        }
        Some(Err(FetchFault::Decrypt(fault))) => match **fault {
            DecryptFault::NoIdentities { .. } | DecryptFault::NoMatch { .. } => Access::No,
            DecryptFault::NoPassphrase(_) | DecryptFault::Plugin(_) => Access::Asks,
            _ => Access::Unreadable,
        },
        _ => Access::Unreadable,
    };
    State { recipients, opens }
}

/// What a recipient is called; one of a plugin by the plugin's name.
fn recipient_kind(addressee: Addressee) -> String {
    match addressee {
        Addressee::X25519 => "age".to_owned(),
        Addressee::Ssh { .. } => "ssh".to_owned(),
        Addressee::Passphrase => "passphrase".to_owned(),
        Addressee::PostQuantum => "age-pq".to_owned(),
        Addressee::Other(name) => name,
    }
}

struct WithoutPassphrases<'w>(&'w dyn World);

impl World for WithoutPassphrases<'_> {
    fn read(&self, path: &str, limit: usize) -> Result<SecretBytes, ReadError> {
        self.0.read(path, limit)
    }

    fn file_id(&self, path: &str) -> String {
        self.0.file_id(path)
    }

    fn list(&self, suffix: &str) -> Option<Listing> {
        self.0.list(suffix)
    }

    fn env_var(&self, name: &str) -> Result<SecretBytes, EnvVarError> {
        self.0.env_var(name)
    }

    fn passphrase(&self, _what: &str) -> Option<SecretBytes> {
        None
    }
}
