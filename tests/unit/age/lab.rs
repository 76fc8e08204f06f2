//! What the tests of age share: a folder, keys and files by the real tools, and a decryption that
//! checks that nothing leaks.

use std::cell::RefCell;
use std::path::Path;

use crate::age::messages::{Encrypted, bad_identity, decrypt_fault};
use crate::age::{
    BadIdentityReason, DecryptFault, IdentityInput, IdentitySource, Keyring, Plugins,
};
use crate::diag::Diagnostic;
use crate::secret::bytes::SecretBytes;
use crate::unit::peers;

pub use crate::unit::support::Folder;

/// The passphrase of the fixtures, which `make` beside this file makes, and of all that tests make
/// with one.
pub(super) const PASSPHRASE: &str = "planted passphrase zebra-quartz";
/// The value in the fixtures.
pub(super) const VALUE: &[u8] = b"planted value 7Qx-marmalade";
/// Plaintexts may have this many bytes, unless a test says otherwise.
pub(super) const LIMIT: usize = 1 << 20;

/// A fixture's bytes.
pub(super) fn fixture(name: &str) -> Vec<u8> {
    std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/age").join(name))
        .expect("the fixture is checked in")
}

/// Keys and files by real tools.
impl Folder {
    /// Runs a tool in the folder and gives its stdout.
    pub fn run(&self, tool: &Path, arguments: &[&str], stdin: &[u8]) -> Vec<u8> {
        peers::stdout(peers::command(tool).current_dir(self.path("")).args(arguments), stdin)
    }

    /// A new native identity file and its recipient.
    pub(super) fn native(&self, name: &str) -> Option<(Vec<u8>, String)> {
        let keygen = peers::need("age-keygen")?;
        self.run(&keygen, &["-o", name], b"");
        let recipient = self.run(&keygen, &["-y", name], b"");
        Some((
            self.read(name),
            String::from_utf8(recipient).expect("a recipient is text").trim().to_owned(),
        ))
    }

    /// A new ssh key made with these arguments and this passphrase, which may be empty: the private
    /// and the public half.
    pub(super) fn ssh(
        &self,
        name: &str,
        passphrase: &str,
        arguments: &[&str],
    ) -> Option<(Vec<u8>, String)> {
        let keygen = peers::need("ssh-keygen")?;
        let all: Vec<&str> = ["-q", "-N", passphrase, "-C", "test", "-f", name]
            .iter()
            .chain(arguments)
            .copied()
            .collect();
        self.run(&keygen, &all, b"");
        let public =
            String::from_utf8(self.read(&format!("{name}.pub"))).expect("a recipient is text");
        Some((self.read(name), public.trim().to_owned()))
    }

    /// Encrypts with age.
    pub(super) fn encrypt(&self, arguments: &[&str], plain: &[u8]) -> Option<Vec<u8>> {
        Some(self.run(&peers::need("age")?, arguments, plain))
    }
}

/// An identity that the user named.
pub(super) fn named(origin: &str, bytes: &[u8]) -> IdentityInput {
    IdentityInput::new(origin, SecretBytes::from(bytes), IdentitySource::Person)
}

/// An identity that was only looked up where ssh keeps its keys.
pub(super) fn looked_up(origin: &str, bytes: &[u8]) -> IdentityInput {
    IdentityInput::new(origin, SecretBytes::from(bytes), IdentitySource::UsualSshKey)
}

/// A keyring of inputs that are all good.
pub(super) fn keyring(inputs: Vec<IdentityInput>) -> Keyring {
    let (keyring, bad) = Keyring::load(inputs, Plugins::Never);
    assert_eq!(bad, []);
    keyring
}

/// The reason why this single input is bad. Checks that neither the fact nor its words leak a line
/// of the input.
pub(super) fn reason(bytes: &[u8]) -> BadIdentityReason {
    let (_, bad) = Keyring::load(vec![named("-i key.txt", bytes)], Plugins::Never);
    let [bad] = bad.as_slice() else { panic!("one bad identity, not {bad:?}") };
    let diagnostic = bad_identity(bad);
    assert!(diagnostic.message.contains("`-i key.txt`"), "{}", diagnostic.message);
    assert!(!diagnostic.helps.is_empty(), "{diagnostic:?}");
    silent(&format!("{bad:?}{diagnostic:?}"), &secrets_of(bytes));
    bad.reason.clone()
}

/// Somebody who answers questions for passphrases, and remembers them.
pub(super) struct Person {
    answer: Option<&'static str>,
    pub asked: RefCell<Vec<String>>,
}

impl Person {
    pub(super) fn knows(answer: &'static str) -> Self {
        Self { answer: Some(answer), asked: RefCell::default() }
    }

    pub(super) fn nobody() -> Self {
        Self { answer: None, asked: RefCell::default() }
    }

    pub(super) fn ask(&self, what: &str) -> Option<SecretBytes> {
        self.asked.borrow_mut().push(what.to_owned());
        self.answer.map(SecretBytes::from)
    }
}

/// Decrypts where nobody may be asked.
pub(super) fn open(keyring: &Keyring, file: &[u8]) -> Result<Vec<u8>, DecryptFault> {
    let asked = |what: &str| panic!("nobody should be asked for the passphrase of {what}");
    keyring.decrypt("secrets/db.age", file, LIMIT, &asked).map(|plain| plain.expose().to_vec())
}

/// Decrypts with somebody to ask.
pub(super) fn open_asking(
    keyring: &Keyring,
    file: &[u8],
    person: &Person,
) -> Result<Vec<u8>, DecryptFault> {
    keyring
        .decrypt("secrets/db.age", file, LIMIT, &|what| person.ask(what))
        .map(|plain| plain.expose().to_vec())
}

/// The diagnostic of a fault, after checking that it names the file and that nothing in or around
/// it holds one of the secrets.
pub(super) fn told(keyring: &Keyring, fault: &DecryptFault, secrets: &[&[u8]]) -> Diagnostic {
    let diagnostic = decrypt_fault(Encrypted::File("secrets/db.age"), fault);
    let armor = decrypt_fault(Encrypted::Armor, fault);
    let all = format!("{fault:?}{diagnostic:?}{armor:?}{keyring:?}");
    let planted = [VALUE, PASSPHRASE.as_bytes()];
    let lines: Vec<String> =
        secrets.iter().chain(&planted).flat_map(|secret| secrets_of(secret)).collect();
    silent(&all, &lines);
    assert!(!diagnostic.helps.is_empty() || !diagnostic.notes.is_empty(), "{diagnostic:?}");
    diagnostic
}

/// All that a diagnostic says, for tests that look for words in it.
pub(super) fn text(diagnostic: &Diagnostic) -> String {
    std::iter::once(&diagnostic.message)
        .chain(&diagnostic.notes)
        .chain(&diagnostic.helps)
        .map(|line| format!("{line}\n"))
        .collect()
}

/// The lines of a file whose appearance anywhere would be a leak.
fn secrets_of(bytes: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(bytes);
    let lines = text.lines().map(str::trim);
    lines
        .filter(|line| line.len() >= 8 && !line.starts_with('#') && !line.starts_with("-----"))
        .map(str::to_owned)
        .collect()
}

fn silent(all: &str, secrets: &[String]) {
    for secret in secrets {
        // A part of a secret is a secret, too.
        let part: String =
            secret.chars().rev().take(12).collect::<Vec<_>>().into_iter().rev().collect();
        assert!(!all.contains(secret.as_str()) && !all.contains(&part), "a secret leaked: {all}");
    }
}
