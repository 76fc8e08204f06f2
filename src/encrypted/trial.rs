//! A change before it is made: the Secrets are compiled with the new values, and what is wrong with
//! them only then is found.

use std::collections::{BTreeMap, BTreeSet};

use crate::age::{self, IdentityInput, IdentitySource, NewIdentity, Plugins, Recipient};
use crate::compile::environment::Choice;
use crate::compile::resolve::Locked;
use crate::diag::{Diagnostic, codes};
use crate::secret::bytes::SecretBytes;
use crate::source::{FileId, SourceMap, Span};
use crate::spec::node::Text;
use crate::world::{EnvVarError, Listing, ReadError, World};
use crate::{Input, Options, compile};

/// What would be there after the change. New plaintext is encrypted for a key that lives as long as
/// the trial, so that it can be compiled by someone who can't read the files.
pub(crate) struct Trial {
    secret: SecretBytes,
    recipient: Option<Recipient>,
    /// Files by path as the spec says it.
    files: BTreeMap<String, SecretBytes>,
}

impl Trial {
    pub(crate) fn new() -> Self {
        let generated = age::generate_identity(NewIdentity::X25519);
        let recipient = Recipient::parse(&generated.recipient).ok();
        Self { secret: generated.secret, recipient, files: BTreeMap::new() }
    }

    /// A file with this plaintext.
    pub(crate) fn file(&mut self, path: &str, plain: &SecretBytes) {
        let sealed = self.seal(plain, false);
        self.files.insert(path.to_owned(), SecretBytes::new(sealed));
    }

    /// An armored text with this plaintext.
    pub(crate) fn armor(&self, plain: &SecretBytes) -> String {
        String::from_utf8(self.seal(plain, true)).unwrap_or_default()
    }

    fn seal(&self, plain: &SecretBytes, armor: bool) -> Vec<u8> {
        let recipients = self.recipient.as_slice();
        age::encrypt(plain, recipients, None, armor, &Plugins::Never).unwrap_or_default()
    }

    /// What is wrong with these Secrets only with the new text of the spec; each by its
    /// environment.
    pub(crate) fn findings(
        &self,
        before: Input<'_>,
        text: &str,
        secrets: &BTreeSet<(Option<String>, String)>,
        given: &Options,
        sources: &mut SourceMap,
    ) -> Vec<Diagnostic> {
        let name = sources.name(before.file).to_owned();
        let file = sources.add(name, text);
        let mut found: Vec<Diagnostic> = Vec::new();
        let envs: BTreeSet<&Option<String>> = secrets.iter().map(|(env, _)| env).collect();
        for env in envs {
            let of_env = secrets.iter().filter(|(other, _)| other == env);
            let ids: Vec<&str> = of_env.map(|(_, id)| id.as_str()).collect();
            let options = self.options(given, env.as_deref(), &ids, file);
            let nothing = BTreeMap::new();
            let world = After::new(before.world, &nothing);
            let known = compiled(before.file, &world, &options, sources);
            let known: BTreeSet<_> = known.iter().map(identity).collect();
            let world = After::new(before.world, &self.files);
            for diagnostic in compiled(file, &world, &options, sources) {
                let is_new = !known.contains(&identity(&diagnostic))
                    && !found.iter().any(|other| identity(other) == identity(&diagnostic));
                if is_new && diagnostic.code != &codes::LEFT_OUT {
                    found.push(diagnostic);
                }
            }
        }
        found
    }

    fn options(&self, given: &Options, env: Option<&str>, ids: &[&str], file: FileId) -> Options {
        let mut options = given.clone();
        options.locked = Locked::LeaveOut;
        options.allow_empty = true;
        options.only = ids
            .iter()
            .filter_map(|id| glob::Pattern::new(&glob::Pattern::escape(id)).ok())
            .collect();
        if let Some(env) = env {
            let span = Span::new(file, 0..0);
            options.environment = Choice::Named(Text { value: env.to_owned(), span });
        }
        options.identities.push(IdentityInput::new(
            "the trial",
            self.secret.clone(),
            IdentitySource::Person,
        ));
        options
    }
}

/// What makes a finding the same before and after a change; positions move.
fn identity(diagnostic: &Diagnostic) -> (&'static str, String, Option<String>) {
    (diagnostic.code.name, diagnostic.message.clone(), diagnostic.secret.clone())
}

fn compiled(
    file: FileId,
    world: &dyn World,
    options: &Options,
    sources: &mut SourceMap,
) -> Vec<Diagnostic> {
    compile(&[Input { file, world }], options, sources).diagnostics
}

/// The files as they would be.
struct After<'w> {
    world: &'w dyn World,
    files: &'w BTreeMap<String, SecretBytes>,
    by_place: BTreeMap<String, &'w SecretBytes>,
}

impl<'w> After<'w> {
    fn new(world: &'w dyn World, files: &'w BTreeMap<String, SecretBytes>) -> Self {
        let by_place =
            files.iter().filter_map(|(path, bytes)| Some((world.place(path)?, bytes))).collect();
        Self { world, files, by_place }
    }

    /// A path may be written in several ways, or be a link.
    fn new_bytes(&self, path: &str) -> Option<&'w SecretBytes> {
        let by_place = || self.by_place.get(&self.world.place(path)?).copied();
        self.files.get(path).or_else(by_place)
    }
}

impl World for After<'_> {
    fn read(&self, path: &str, limit: usize) -> Result<SecretBytes, ReadError> {
        match self.new_bytes(path) {
            Some(bytes) => Ok(bytes.clone()),
            None => self.world.read(path, limit),
        }
    }

    fn file_id(&self, path: &str) -> String {
        self.world.file_id(path)
    }

    fn place(&self, path: &str) -> Option<String> {
        self.world.place(path)
    }

    fn list(&self, suffix: &str) -> Option<Listing> {
        self.world.list(suffix)
    }

    fn env_var(&self, name: &str) -> Result<SecretBytes, EnvVarError> {
        self.world.env_var(name)
    }

    /// Nobody is asked only for a trial.
    fn passphrase(&self, _what: &str) -> Option<SecretBytes> {
        None
    }
}
