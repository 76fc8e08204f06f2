//! Why a file was not decrypted, in words.

use super::{POWERSHELL, bad_identity, origin, shell, too_much_work};
use crate::age::identity::Unusable;
use crate::age::{
    Addressee, Addressees, Damage, DecryptFault, FileFault, IdentityInfo, IdentityKind,
    PassphraseOf,
};
use crate::content::{Age, Container, Content, PemKind};
use crate::diag::phrases::{code, plural, visible};
use crate::diag::{Diagnostic, diagnostic};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Encrypted<'a> {
    /// A file, by its path as the spec has it.
    File(&'a str),
    Armor,
}

impl Encrypted<'_> {
    fn name(self) -> String {
        match self {
            Encrypted::File(path) => code(path),
            Encrypted::Armor => "the text of `armor`".to_owned(),
        }
    }

    /// The file in a shell command; a stand-in for texts that are no file.
    fn argument(self) -> String {
        match self {
            Encrypted::File(path) => shell(path),
            Encrypted::Armor => "FILE".to_owned(),
        }
    }

    /// What to write for what is not encrypted.
    fn instead(self) -> &'static str {
        match self {
            Encrypted::File(_) => "write `file` instead of `age`",
            Encrypted::Armor => "write `value` instead of `armor`",
        }
    }
}

const GIVE_IDENTITY: &str = "with `-i FILE`, in `MINTAGE_IDENTITY` (the key itself) or in \
    `MINTAGE_IDENTITY_FILE` (its path)";
const AGAIN: &str = "take the file again from where it was whole, such as an older commit, or \
    encrypt the value again";

pub(crate) fn decrypt_fault(subject: Encrypted<'_>, fault: &DecryptFault) -> Diagnostic {
    let name = subject.name();
    match fault {
        DecryptFault::File(fault) => file_fault(subject, *fault),
        DecryptFault::NoIdentities { addressees } => {
            let diagnostic = diagnostic!(
                NO_IDENTITY,
                "{name} is encrypted, and no identity was given to decrypt it"
            )
            .note(encrypted_for(addressees));
            let ssh = addressees
                .has_ssh()
                .then(|| "an ssh key is an identity too: `-i ~/.ssh/id_ed25519`".to_owned());
            match not_openable(addressees) {
                Some(help) => diagnostic.help(help),
                None => diagnostic.help(format!("give one {GIVE_IDENTITY}")).maybe_help(ssh),
            }
        }
        DecryptFault::NoMatch { addressees, tried } => no_match(subject, addressees, tried),
        DecryptFault::WrongPassphrase(of) => {
            let diagnostic =
                diagnostic!(PASSPHRASE, "the passphrase of {} is wrong", locked(subject, of));
            diagnostic.help(match of {
                PassphraseOf::File => {
                    format!("`age -d {}` checks a passphrase without mintage", subject.argument())
                }
                _ => "run mintage again: it asks once a run for each passphrase".to_owned(),
            })
        }
        DecryptFault::NoPassphrase(of) => {
            let diagnostic = diagnostic!(
                PASSPHRASE,
                "{} needs a passphrase, and there is no terminal to ask for it",
                locked(subject, of)
            )
            .note("passphrases are read from a terminal only");
            if *of == PassphraseOf::File {
                return diagnostic.help(
                    "for machines, encrypt it for a recipient instead (`age -r RECIPIENT`) and \
                     give them the identity",
                );
            }
            diagnostic.note(format!("it is needed for {name}, which no other identity opens")).help(
                format!(
                    "run mintage in a terminal, or give an identity without a passphrase \
                     {GIVE_IDENTITY}"
                ),
            )
        }
        DecryptFault::BadIdentity(bad) => bad_identity(bad)
            .note(format!("it was needed for {name}, which no other identity opens")),
    }
}

fn locked(subject: Encrypted<'_>, of: &PassphraseOf) -> String {
    match of {
        PassphraseOf::File => subject.name(),
        PassphraseOf::IdentityFile(from) => format!("the identity file {}", origin(from)),
        PassphraseOf::SshKey(from) => format!("the ssh key {}", origin(from)),
    }
}

fn file_fault(subject: Encrypted<'_>, fault: FileFault) -> Diagnostic {
    let name = subject.name();
    let damaged = |what: &str| diagnostic!(AGE_DAMAGED, "{name} is damaged: {what}");
    match fault {
        FileFault::NotAge(content) => not_age(subject, content),
        FileFault::WorkFactor(required) => diagnostic!(
            AGE_WORK_FACTOR,
            "the passphrase of {name} would take too much work to check"
        )
        .note(too_much_work(required))
        .help(
            "encrypt it again, for a recipient (`age -r RECIPIENT`), or with age's own work factor \
             of 18 (`age -p`)",
        ),
        FileFault::TooLarge(limit) => {
            diagnostic!(TOO_LARGE, "{name} decrypts to more than {}", plural(limit, "byte"))
                .note("a Secret holds at most 1 MiB in all")
        }
        FileFault::Damaged(Damage::HeaderTooLong) => {
            damaged("its header is longer than 2 MiB, or has more than 1,024 recipients")
                .help(AGAIN)
        }
        FileFault::Damaged(Damage::TextAfterArmor) => damaged("text follows its armor").help(
            "leave nothing after `-----END AGE ENCRYPTED FILE-----`; one value has one age file",
        ),
        FileFault::Damaged(Damage::LineBreaks) => damaged("its line breaks were converted")
            .note(
                "something turned each LF into CRLF, as git does with `core.autocrlf`: a binary \
                 age file does not survive that",
            )
            .help("write `*.age binary` into `.gitattributes` and check the file out again")
            .help("or encrypt it with `age --armor`, which survives it"),
        // The other two are told before.
        FileFault::Damaged(Damage::Altered) | FileFault::NoMatch | FileFault::WrongPassphrase => {
            damaged("it is cut off, or was altered")
                .note(
                    "age files are all or nothing: a single altered byte shows, and no part of one \
                     is used",
                )
                .help(AGAIN)
        }
    }
}

/// A file without age's header.
fn not_age(subject: Encrypted<'_>, content: Content) -> Diagnostic {
    let (name, file, instead) = (subject.name(), subject.argument(), subject.instead());
    let diagnostic = |what: &str| diagnostic!(NOT_AGE, "{name} is not age-encrypted: {what}");
    let again = format!("`age -r RECIPIENT -o {file} PLAINTEXT`");
    match content {
        Content::Empty => {
            diagnostic("it is empty").help(format!("encrypt the value into it: {again}"))
        }
        Content::Pem(PemKind::Certificate) => diagnostic("it is a certificate in PEM")
            .help(format!("certificates are public: {instead}")),
        Content::Age(Age::NewerVersion) => diagnostic("it is of a later version of the format")
            .help("encrypt it with a version of age that writes version 1"),
        Content::Age(Age::Reencoded { armored }) => {
            let how = if armored { "as UTF-8 without a byte order mark" } else { "without `>`" };
            diagnostic("it was one, but was converted to another encoding")
                .note(POWERSHELL)
                .help(format!("write it {how}: {again}"))
        }
        Content::Age(Age::TextBeforeArmor) => diagnostic("other text stands before its armor")
            .help("leave nothing before `-----BEGIN AGE ENCRYPTED FILE-----`"),
        Content::Age(Age::Base64) => diagnostic("it is the base64 of an age file")
            .help(format!("decode it: `base64 -d {file}`; or encrypt with `age --armor`")),
        Content::Age(Age::Cut | Age::Binary | Age::Armored) => {
            diagnostic("it breaks off in its first line").help(AGAIN)
        }
        Content::Identity => diagnostic("it holds an age identity")
            .note(
                "an identity is the secret key: anyone who can read it can decrypt all files \
                 encrypted for it",
            )
            .help(
                "name the file that is encrypted; identities come from the person who runs \
                 mintage, with `-i FILE`",
            ),
        Content::PublicKey => diagnostic("it holds a public key")
            .help("name the file that is encrypted; recipients belong into `[recipients]`"),
        Content::Sops => diagnostic("sops encrypted it")
            .help(format!("decrypt it with `sops decrypt`, and encrypt it again with {again}")),
        Content::Pgp | Content::OpenSsl | Content::AnsibleVault => {
            diagnostic("another program encrypted it")
                .help(format!("decrypt it with that program, and encrypt it again with {again}"))
        }
        Content::GitLfs => diagnostic("it is a Git LFS pointer")
            .help(format!("fetch the file itself: `git lfs pull --include {file}`")),
        Content::GitCrypt => diagnostic("git-crypt has it locked")
            .help("unlock the repository first: `git-crypt unlock`"),
        _ => {
            let encrypt = match subject {
                Encrypted::File(_) => {
                    format!("`age -r RECIPIENT -o {file}.new {file} && mv {file}.new {file}`")
                }
                Encrypted::Armor => "`age -a -r RECIPIENT FILE`".to_owned(),
            };
            diagnostic(plain(content))
                .help(format!("encrypt it: {encrypt}"))
                .help(format!("if it is not secret, {instead}"))
                .note(
                    "a secret that was ever committed as it is stays in the history: replace the \
                     secret, too",
                )
        }
    }
}

/// What is not encrypted at all.
fn plain(content: Content) -> &'static str {
    match content {
        Content::Utf16 => "it is a text in UTF-16",
        Content::Container(Container::Pkcs12) => "it is a PKCS#12 file",
        Content::Container(Container::JavaKeystore) => "it is a Java keystore",
        Content::Container(_) | Content::Binary => "it does not begin with age's header",
        Content::Base64OfPem => "it is the base64 of PEM",
        Content::Base64OfText => "it is the base64 of a text",
        Content::Pem(PemKind::PrivateKey) => "it is a private key in PEM",
        Content::Pem(_) => "it is PEM, but not age's",
        _ => "it is plain text",
    }
}

const LISTED: usize = 6;

fn no_match(subject: Encrypted<'_>, addressees: &Addressees, tried: &[IdentityInfo]) -> Diagnostic {
    let name = subject.name();
    let mut diagnostic = diagnostic!(NO_MATCHING_IDENTITY, "none of the identities opens {name}")
        .note(encrypted_for(addressees));
    if addressees.has_x25519() {
        diagnostic = diagnostic
            .note("native recipients are anonymous: the file does not tell whose they are");
    }
    diagnostic.notes.extend(tried.iter().take(LISTED).map(tried_identity));
    if tried.len() > LISTED {
        diagnostic = diagnostic.note(format!("and {} more", tried.len() - LISTED));
    }
    if let Some(help) = not_openable(addressees) {
        return diagnostic.help(help);
    }
    let mine = tried.iter().find(|info| info.kind == IdentityKind::X25519);
    let mine = mine.and_then(|info| info.public.as_deref()).map_or("you".to_owned(), code);
    diagnostic
        .help(format!("give the identity that it is encrypted for {GIVE_IDENTITY}"))
        .help(format!("or ask a person who can open it to encrypt it for {mine} as well"))
}

fn tried_identity(info: &IdentityInfo) -> String {
    let from = origin(&info.origin);
    let public = info.public.as_deref().map(code).unwrap_or_default();
    match &info.kind {
        IdentityKind::X25519 => format!("tried {from}: the native key of {public}"),
        IdentityKind::Ssh(kind) => format!("tried {from}: the {kind} key {public}"),
        IdentityKind::LockedFile => {
            format!("not opened: {from}, a file of native keys with a passphrase")
        }
        IdentityKind::Unusable(Unusable::Plugin(name)) => {
            let name = visible(name);
            format!("left out {from}: an identity of `age-plugin-{name}`; mintage runs no plugins")
        }
        IdentityKind::Unusable(Unusable::PostQuantum) => {
            format!("left out {from}: a post-quantum identity, which mintage can't use yet")
        }
    }
}

/// What to do about a file that no identity of a kind that mintage has can open.
fn not_openable(addressees: &Addressees) -> Option<String> {
    if addressees.has_x25519() || addressees.has_ssh() {
        return None;
    }
    let why = if addressees.0.contains_key(&Addressee::PostQuantum) {
        "mintage can't open files for post-quantum keys yet"
    } else {
        "mintage runs no age plugins, so it opens only files for native and ssh keys"
    };
    Some(format!("{why}: encrypt it for a native recipient (`age-keygen` makes one) as well"))
}

fn encrypted_for(addressees: &Addressees) -> String {
    let words = addressees.0.iter().take(LISTED).map(|(addressee, count)| match addressee {
        Addressee::X25519 => format!("{} (`age1...`)", plural(*count, "native recipient")),
        Addressee::Ssh { kind, tag } => {
            format!("the {kind} key whose SHA-256 begins with {}", code(tag))
        }
        Addressee::Passphrase => "anyone who knows its passphrase".to_owned(),
        Addressee::PostQuantum => {
            format!("{} (`age1pq1...`)", plural(*count, "post-quantum recipient"))
        }
        Addressee::Other(kind) => {
            let by = match kind.as_str() {
                "piv-p256" => ", of `age-plugin-yubikey` or `age-plugin-se`",
                "p256tag" | "mlkem768p256tag" => ", of a key in hardware",
                _ => "",
            };
            format!("{} of the kind {}{by}", plural(*count, "recipient"), code(kind))
        }
    });
    let mut parts: Vec<String> = words.collect();
    if addressees.0.len() > LISTED {
        parts.push(plural(addressees.0.len() - LISTED, "other kind"));
    }
    match parts.as_slice() {
        [] => "it has no recipients".to_owned(),
        [only] => format!("it is encrypted for {only}"),
        [firsts @ .., last] => format!("it is encrypted for {} and {last}", firsts.join(", ")),
    }
}
