//! Identities that a command prints, such as `pass show age`. It runs when a file needs it, and is
//! told for which recipient, as by sops. Who runs it is somebody else's business.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use super::fault::{BadIdentity, BadIdentityReason};
use super::given::Given;
use super::identity::IdentitySource;
use crate::secret::bytes::SecretBytes;

/// The most recipients for which a command is asked: specs name them, and each costs a run.
const MAX_RUNS: usize = 100;

/// How much of a recipient a question names: all of an X25519 one, the beginning of longer ones.
const NAMED: usize = 62;

/// Runs the command that prints identities.
pub(crate) trait RunCommand: Send + Sync {
    /// What it prints when it is asked for the identity of this recipient, or for none by name. The
    /// error says what it did instead, without a byte of its output.
    fn run(&self, recipient: Option<&str>) -> Result<SecretBytes, String>;
}

/// A command, and what it has printed so far.
pub(crate) struct IdentityCommand {
    /// The variable of the environment that names it.
    pub(crate) origin: String,
    runner: Box<dyn RunCommand>,
    answers: Mutex<Vec<Arc<Answer>>>,
}

/// What the command printed for a recipient.
pub(super) struct Answer {
    recipient: Option<String>,
    pub(super) given: Result<Given, BadIdentity>,
    /// Of what it printed; none if it failed.
    digest: Option<Zeroizing<[u8; 32]>>,
    /// It printed the same for another recipient before: there is nothing new to try, and nobody to
    /// ask again.
    pub(super) is_repeated: bool,
}

impl IdentityCommand {
    pub(crate) fn new(origin: &str, runner: Box<dyn RunCommand>) -> Self {
        Self { origin: origin.to_owned(), runner, answers: Mutex::default() }
    }

    /// The answer with this number, counted from 0. If there is none yet, the command runs for the
    /// first of these recipients for which it did not run. `None` if it ran for all.
    pub(super) fn answer(&self, number: usize, wanted: &[Option<&str>]) -> Option<Arc<Answer>> {
        // One run at a time: a command may ask at the terminal, or print what opens the next file.
        let mut answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = answers.get(number) {
            return Some(Arc::clone(known));
        }
        let is_new = |wanted: &&Option<&str>| {
            answers.iter().all(|known| known.recipient.as_deref() != **wanted)
        };
        let recipient = *wanted.iter().find(is_new).filter(|_| answers.len() < MAX_RUNS)?;
        let origin = self.origin.clone();
        let printed = self.runner.run(recipient);
        let digest = printed.as_ref().ok().map(|bytes| Zeroizing::new(digest(bytes)));
        let mut given = match printed {
            Ok(bytes) => Given::read(origin, &bytes, IdentitySource::Person),
            Err(what) => Err(BadIdentity { origin, reason: BadIdentityReason::Command(what) }),
        };
        if let (Ok(given), Some(recipient)) = (&mut given, recipient)
            && given.is_locked()
        {
            // Each has a passphrase of its own, and people should know for which they are asked.
            let start = recipient.get(..NAMED).unwrap_or(recipient);
            given.origin = format!("{} for {start}", self.origin);
        }
        let is_repeated = digest.is_some() && answers.iter().any(|known| known.digest == digest);
        let recipient = recipient.map(str::to_owned);
        let answer = Arc::new(Answer { recipient, given, digest, is_repeated });
        answers.push(Arc::clone(&answer));
        Some(answer)
    }

    /// What it has printed so far.
    pub(super) fn answers(&self) -> Vec<Arc<Answer>> {
        self.answers.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

fn digest(bytes: &SecretBytes) -> [u8; 32] {
    Sha256::digest(bytes.expose()).into()
}

impl fmt::Debug for IdentityCommand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("IdentityCommand").field(&self.origin).finish()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    /// Counts its runs.
    struct Counted(Arc<AtomicUsize>);

    impl RunCommand for Counted {
        fn run(&self, _recipient: Option<&str>) -> Result<SecretBytes, String> {
            self.0.fetch_add(1, Ordering::SeqCst);
            Err("failed".to_owned())
        }
    }

    /// Prints an identity file with a passphrase, another one for each recipient.
    struct Locked;

    impl RunCommand for Locked {
        fn run(&self, recipient: Option<&str>) -> Result<SecretBytes, String> {
            let name =
                if recipient == Some("age1a") { "identity.age" } else { "identity-armored.age" };
            let path = format!("{}/tests/age/{name}", env!("CARGO_MANIFEST_DIR"));
            Ok(std::fs::read(path).expect("a fixture").into())
        }
    }

    #[test]
    fn passphrases_are_asked_for_by_recipient() {
        let command = IdentityCommand::new("A", Box::new(Locked));
        let wanted = [Some("age1a"), Some("age1b"), None];
        let asked: Vec<String> = (0..)
            .map_while(|number| command.answer(number, &wanted))
            .filter(|answer| !answer.is_repeated)
            .map(|answer| answer.given.as_ref().expect("an identity").origin.clone())
            .collect();
        assert_eq!(asked, ["A for age1a", "A for age1b"]);
    }

    #[test]
    fn once_for_each_recipient_and_not_for_ever() {
        let runs = Arc::new(AtomicUsize::new(0));
        let command = IdentityCommand::new("A", Box::new(Counted(Arc::clone(&runs))));
        let asked = |wanted: &[Option<&str>]| {
            (0..).map_while(|number| command.answer(number, wanted)).count()
        };
        assert_eq!(asked(&[Some("a"), Some("b")]), 2);
        // Those that there are come first, whoever they were for.
        assert_eq!(asked(&[Some("b"), Some("c"), None]), 4);
        assert_eq!(asked(&[None]), 4);
        assert_eq!(runs.load(Ordering::SeqCst), 4);
        let many: Vec<String> = (0..1000).map(|number| number.to_string()).collect();
        let many: Vec<Option<&str>> = many.iter().map(|one| Some(one.as_str())).collect();
        assert_eq!(asked(&many), MAX_RUNS);
        assert_eq!(runs.load(Ordering::SeqCst), MAX_RUNS);
    }
}
