//! Why a file was not decrypted, in words.

use super::encrypt::plugin_fault;
use super::{POWERSHELL, bad_identity, memory, origin};
use crate::age::{
    Addressee, Addressees, Damage, DecryptFault, FileFault, IdentityInfo, IdentityKind,
    MAX_WORK_FACTOR, PassphraseOf,
};
use crate::content::{Age, Content, PemKind};
use crate::diag::phrases::{code, first_few, plural, shell_word};
use crate::diag::{Diagnostic, codes, diagnostic};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Encrypted<'a> {
    /// A file, by its path as the spec has it.
    File(&'a str),
    /// A file that a command line names.
    Argument(&'a str),
    Armor,
    /// An identity file, which the sentence has named; as a word of a shell.
    Identity(&'a str),
}

impl Encrypted<'_> {
    fn name(self) -> String {
        match self {
            Encrypted::File(path) | Encrypted::Argument(path) => code(path),
            Encrypted::Armor => "`armor`".to_owned(),
            Encrypted::Identity(_) => "it".to_owned(),
        }
    }

    /// The file in a shell command; a stand-in for texts that are no file.
    fn argument(self) -> String {
        match self {
            Encrypted::File(path) | Encrypted::Argument(path) => shell_word(path),
            Encrypted::Armor => "FILE".to_owned(),
            Encrypted::Identity(argument) => argument.to_owned(),
        }
    }

    /// Where its encrypted form belongs, in a shell command.
    fn encrypted(self) -> String {
        match self {
            Encrypted::Argument(path) if !path.ends_with(".age") => {
                shell_word(&format!("{path}.age"))
            }
            _ => self.argument(),
        }
    }
}

const RESTORE: &str = "restore an intact copy, such as from an older commit, or encrypt it again";

pub(crate) fn decrypt_fault(subject: Encrypted<'_>, fault: &DecryptFault) -> Diagnostic {
    let name = subject.name();
    match fault {
        DecryptFault::File(fault) => file_fault(subject, *fault),
        DecryptFault::NoIdentities { addressees, empty } => with_empty(
            diagnostic!(
                NO_IDENTITY,
                "{name} is encrypted, and no identity was given to decrypt it"
            )
            .note(encrypted_for(addressees))
            .help(pass_identity("one", addressees))
            .maybe_help(new_identity(subject, addressees)),
            empty,
        ),
        DecryptFault::NoMatch { addressees, tried, empty } => {
            with_empty(no_match(&name, addressees, tried), empty)
        }
        DecryptFault::WrongPassphrase(of) => wrong_passphrase(&locked(&name, of)),
        DecryptFault::NoPassphrase(of) => {
            let what = locked(&name, of);
            let found = diagnostic!(PASSPHRASE, "{what} needs a passphrase, and none was given")
                .help("set `MINTAGE_PASSPHRASE`, or run mintage in a terminal");
            if *of == PassphraseOf::File {
                return found.help(
                    "encrypt it with `mintage encrypt` to decrypt it with an identity instead of \
                     a passphrase",
                );
            }
            found.help("pass an identity that has no passphrase").note(needed_for(&name))
        }
        DecryptFault::Plugin(fault) => {
            plugin_fault(&codes::BAD_IDENTITY, fault).note(needed_for(&name))
        }
        DecryptFault::BadIdentity(bad) => bad_identity(bad).note(needed_for(&name)),
    }
}

/// CI systems set a variable to nothing where a secret is not there.
fn with_empty(fault: Diagnostic, empty: &[&'static str]) -> Diagnostic {
    empty.iter().fold(fault, |fault, name| fault.note(format!("{} is set, but empty", code(name))))
}

fn needed_for(name: &str) -> String {
    format!("it is needed to decrypt {name}: no other identity can")
}

fn locked(name: &str, of: &PassphraseOf) -> String {
    match of {
        PassphraseOf::File => name.to_owned(),
        PassphraseOf::IdentityFile(from) => format!("the identity file {}", origin(from)),
        PassphraseOf::SshKey(from) => format!("the SSH key {}", origin(from)),
    }
}

fn wrong_passphrase(what: &str) -> Diagnostic {
    diagnostic!(PASSPHRASE, "the passphrase of {what} is wrong").help(
        "run mintage again and enter the right one, or correct `MINTAGE_PASSPHRASE` if it is set",
    )
}

/// `most` is the limit that holds there.
pub(crate) fn too_much_work(name: &str, required: u8, most: u8) -> Diagnostic {
    let fault = diagnostic!(
        AGE_WORK_FACTOR,
        "the work factor of {name} is {required}; the limit is {most}"
    )
    .note(format!(
        "scrypt with N = 2^{required} needs {} of memory, and mintage allows {}",
        memory(required),
        memory(most)
    ))
    .help("encrypt it again with `age -p`, which uses a work factor of 18");
    if required > MAX_WORK_FACTOR {
        return fault;
    }
    let size = 1 << (required - 10);
    fault.help(format!("or raise the limit with `--limit scrypt={size}M` if this is intended"))
}

pub(super) fn file_fault(subject: Encrypted<'_>, fault: FileFault) -> Diagnostic {
    let name = subject.name();
    let damaged = |what: &str| diagnostic!(AGE_DAMAGED, "{name} is damaged: {what}");
    match fault {
        FileFault::NotAge(content) => not_age(subject, content),
        FileFault::WrongPassphrase => wrong_passphrase(&name)
            .help(format!("check it with `age -d {} > /dev/null`", subject.argument())),
        FileFault::WorkFactor(required) => too_much_work(&name, required, MAX_WORK_FACTOR),
        FileFault::TooLarge(limit) => {
            diagnostic!(TOO_LARGE, "{name} decrypts to more than {}", plural(limit, "byte"))
                .note("a Secret can contain at most 1 MiB in all")
        }
        FileFault::Damaged(Damage::HeaderTooLong) => {
            damaged("its header is longer than 2 MiB, or has more than 1,024 recipients")
                .help(RESTORE)
        }
        FileFault::Damaged(Damage::Conflict) => {
            diagnostic!(AGE_DAMAGED, "{name} has an unresolved merge conflict")
                .note("the two versions can't be combined: each is encrypted as a whole")
                .help(keep_one_version(subject))
        }
        FileFault::Damaged(Damage::TextAfterArmor) => damaged("text follows its armor").help(
            "remove everything after `-----END AGE ENCRYPTED FILE-----`: a value has one age file",
        ),
        FileFault::Damaged(Damage::BlanksInArmor) => damaged(
            "lines of its armor begin or end with spaces",
        )
        .help(format!("remove them: `sed -i 's/^[ \t]*//; s/[ \t]*$//' {}`", subject.argument())),
        FileFault::Damaged(Damage::LineBreaks) => damaged("its line breaks were converted")
            .note(
                "something turned each LF into CRLF, as Git does with `core.autocrlf`, which \
                 breaks binary age files",
            )
            .help("add `*.age -text -merge` to `.gitattributes` and check the file out again")
            .help("encrypt it with `mintage encrypt --armor` instead, which tolerates CRLF"),
        FileFault::Damaged(Damage::Altered) => damaged("it was truncated or altered")
            .note("age detects every altered byte, so no part of the file is used")
            .help(RESTORE),
    }
}

fn keep_one_version(subject: Encrypted<'_>) -> String {
    let file = subject.argument();
    match subject {
        Encrypted::Armor => "keep the text of one side, from `-----BEGIN` to `-----END`, and set \
             the values that only the other side changed with `mintage set`"
            .to_owned(),
        _ => format!(
            "keep one version, `git checkout --ours {file}` or `git checkout --theirs {file}`, and \
             set the values that only the other one changed with `mintage set`"
        ),
    }
}

fn not_age(subject: Encrypted<'_>, content: Content) -> Diagnostic {
    let (name, file) = (subject.name(), subject.argument());
    let instead = match subject {
        Encrypted::Armor => "write `value` instead of `armor`",
        _ => "write `file` instead of `age`",
    };
    let is_argument = matches!(subject, Encrypted::Argument(_));
    let pass = if is_argument { "pass the path of the encrypted file" } else { WRITE_PATH };
    let diagnostic = |what: &str| diagnostic!(NOT_AGE, "{name} is not age-encrypted: {what}");
    let encrypt = format!("`mintage encrypt PLAINTEXT_FILE -o {}`", subject.encrypted());
    match content {
        Content::Empty => diagnostic("it is empty")
            .help(format!("remove it, and encrypt the value again: {encrypt}")),
        Content::Pem(PemKind::Certificate) if is_argument => {
            diagnostic("it is a certificate in PEM")
                .help("use it as it is: certificates are public")
        }
        Content::Pem(PemKind::Certificate) => diagnostic("it is a certificate in PEM")
            .help(format!("{instead}: certificates are public")),
        Content::Age(Age::NewerVersion) => {
            diagnostic!(NOT_AGE, "{name} uses a later version of the age format")
                .help("encrypt it with a version of age that writes version 1")
        }
        Content::Age(Age::Reencoded { armored }) => {
            let how = if armored { "as UTF-8 without a byte order mark" } else { "without `>`" };
            diagnostic("it was converted to another encoding")
                .note(POWERSHELL)
                .help(format!("remove it, and write it {how}: {encrypt}"))
        }
        Content::Age(Age::TextBeforeArmor) => diagnostic("there is other text before its armor")
            .help("remove everything before `-----BEGIN AGE ENCRYPTED FILE-----`"),
        Content::Age(Age::Base64) => diagnostic("it is the base64 of an age file").help(format!(
            "decode it with `base64 -d {file}`, or encrypt it with `mintage encrypt --armor`"
        )),
        Content::Age(Age::Cut | Age::Binary | Age::Armored) => {
            diagnostic("it ends in its first line").help(RESTORE)
        }
        Content::Identity => diagnostic("it contains an age identity")
            .note(
                "an identity is a private key: anyone who can read it can decrypt all files that \
                 are encrypted for it",
            )
            .help(format!("{pass}, and pass the identity to mintage with `-i FILE`")),
        Content::PublicKey => diagnostic("it contains a public key")
            .help(format!("{pass}, and list public keys in `[recipients]`")),
        Content::Sops if is_argument => diagnostic("SOPS encrypted it").help(format!(
            "convert it: `sops decrypt {file} | mintage encrypt - -o {}`",
            subject.encrypted()
        )),
        Content::Sops | Content::OtherEncrypted => {
            let (program, command) = match content {
                Content::Sops => ("SOPS", "`sops decrypt`"),
                _ => ("another program", "that program"),
            };
            diagnostic(&format!("{program} encrypted it")).help(format!(
                "decrypt it with {command}, remove it, and encrypt it again: {encrypt}"
            ))
        }
        Content::GitLfs => diagnostic("it is a Git LFS pointer")
            .help(format!("fetch the file itself: `git lfs pull --include {file}`")),
        Content::GitCrypt => diagnostic("it is locked by git-crypt")
            .help("unlock the repository first: `git-crypt unlock`"),
        _ => {
            let encrypt = match subject {
                Encrypted::Armor => "`mintage set --inline NAME KEY`".to_owned(),
                Encrypted::Argument(path) if !path.ends_with(".age") => {
                    format!("`mintage encrypt {file}`")
                }
                _ => format!("`mv {file} {file}.plain && mintage encrypt {file}.plain -o {file}`"),
            };
            let found = diagnostic(match content {
                Content::Container(_) | Content::Binary => "it does not start with age's header",
                Content::Pem(PemKind::PrivateKey) => "it is a private key in PEM",
                Content::Base64OfPem | Content::Base64OfText => "it is the base64 of plain text",
                _ => "it is plain text",
            })
            .help(format!("encrypt it, and delete the plaintext: {encrypt}"));
            let found = match is_argument {
                true => found,
                false => found.help(format!("{instead} if it is not secret")),
            };
            found.help("rotate the secret if it was ever committed: it stays in the Git history")
        }
    }
}

const WRITE_PATH: &str = "write the path of the encrypted file here";

const LISTED: usize = 6;

fn no_match(name: &str, addressees: &Addressees, tried: &[IdentityInfo]) -> Diagnostic {
    let mut diagnostic =
        diagnostic!(NO_MATCHING_IDENTITY, "none of the identities can decrypt {name}")
            .note(encrypted_for(addressees));
    diagnostic.notes.extend(tried.iter().take(LISTED).map(tried_identity));
    if tried.len() > LISTED {
        diagnostic = diagnostic.note(format!("and {} more", tried.len() - LISTED));
    }
    diagnostic = diagnostic.help(pass_identity("the matching identity", addressees));
    // Keys of both sorts are not mixed in a file.
    let mine = match addressees.has_post_quantum() {
        true => IdentityKind::Hybrid,
        false => IdentityKind::X25519,
    };
    let mine = tried.iter().find(|info| info.kind == mine);
    let mine = mine.and_then(|info| info.public.as_deref());
    let mine = mine.map_or("you".to_owned(), code);
    diagnostic.help(format!(
        "ask someone who can decrypt it (`mintage recipients` shows who) to add {mine} to \
         `[recipients]` and to the rule for this file, and to run `mintage rekey`"
    ))
}

fn tried_identity(info: &IdentityInfo) -> String {
    let from = origin(&info.origin);
    let public = info.public.as_deref().map(code).unwrap_or_default();
    match &info.kind {
        IdentityKind::X25519 => format!("tried {from}, which belongs to {public}"),
        IdentityKind::Hybrid => {
            format!("tried {from}, a post-quantum key, which belongs to {public}")
        }
        IdentityKind::Ssh(kind) => format!("tried {from}: the {kind} key {public}"),
        IdentityKind::LockedFile => {
            format!("skipped {from}, a file of native keys with a passphrase")
        }
        IdentityKind::Plugin(name) => {
            format!("tried {from}, a key of {}", code(&format!("age-plugin-{name}")))
        }
        IdentityKind::SpecPlugin(name) => {
            let plugin = code(&format!("age-plugin-{name}"));
            format!("skipped {from}: it needs {plugin}, and specs can't run plugins")
        }
    }
}

fn pass_identity(which: &str, addressees: &Addressees) -> String {
    let sort = match addressees.has_post_quantum() && !addressees.has_x25519() {
        true => " (its key starts with `AGE-SECRET-KEY-PQ-1`)",
        false => "",
    };
    format!(
        "pass {which}{sort} with `-i FILE`, or set `MINTAGE_IDENTITY_FILE` (a path) or \
         `MINTAGE_IDENTITY` (the key)"
    )
}

/// For those who have no identity: how to become a reader. No identity file is encrypted by rules.
fn new_identity(subject: Encrypted<'_>, addressees: &Addressees) -> Option<String> {
    if matches!(subject, Encrypted::Identity(_)) {
        return None;
    }
    // Keys of both sorts are not mixed in a file.
    let keygen = match addressees.has_post_quantum() {
        true => "keygen --pq",
        false => "keygen",
    };
    let name = subject.name();
    Some(format!(
        "create one if you have none: `mintage {keygen} -o ~/.config/mintage/identities.txt`; ask \
         someone who can decrypt {name} to add you to `[recipients]` and to the rule for this \
         file, and to run `mintage rekey`"
    ))
}

/// The readers of a file, as far as its header tells.
pub(crate) fn encrypted_for(addressees: &Addressees) -> String {
    let words = addressees.0.iter().map(|(addressee, count)| match addressee {
        Addressee::X25519 => format!("{} (`age1...`)", plural(*count, "native recipient")),
        Addressee::Ssh { kind, tag } => {
            format!("the {kind} key whose SHA-256 starts with {}", code(tag))
        }
        Addressee::Passphrase => "anyone who knows its passphrase".to_owned(),
        Addressee::PostQuantum => {
            format!("{} (`age1pq1...`)", plural(*count, "post-quantum recipient"))
        }
        Addressee::Other(kind) => format!("{} of type {}", plural(*count, "recipient"), code(kind)),
    });
    match first_few(words.collect()).as_str() {
        "" => "it has no recipients".to_owned(),
        recipients => format!("it is encrypted for {recipients}"),
    }
}
