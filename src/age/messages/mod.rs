//! Faults of identities and recipients in words; those of age files in `decrypt.rs`.

pub(crate) mod decrypt;

use super::identity::Unusable;
use super::{
    BadIdentity, BadIdentityReason, BadRecipient, FileFault, LineProblem, MAX_WORK_FACTOR,
    SshProblem, SshRecipientProblem,
};
use crate::content::{Age, Content};
use crate::diag::phrases::{code, number, visible};
use crate::diag::{Diagnostic, diagnostic};

pub(crate) use decrypt::{Encrypted, decrypt_fault};

/// Where an identity is from. Origins that bring their own quotes keep them.
fn origin(origin: &str) -> String {
    if origin.contains('`') { visible(origin) } else { code(origin) }
}

/// A path as a word of a shell.
fn shell(path: &str) -> String {
    let path = visible(path);
    let plain = |c: char| c.is_alphanumeric() || "/.-_+=:,@%".contains(c);
    if !path.is_empty() && !path.starts_with('-') && path.chars().all(plain) {
        return path;
    }
    let dashed = if path.starts_with('-') { "./" } else { "" };
    format!("'{dashed}{}'", path.replace('\'', r"'\''"))
}

/// How much work a passphrase takes, and how much is done.
fn too_much_work(required: u8) -> String {
    format!(
        "it asks for scrypt with N = 2^{required}, which takes {}; mintage does at most \
         2^{MAX_WORK_FACTOR}, {}",
        memory(required),
        memory(MAX_WORK_FACTOR)
    )
}

/// The memory that scrypt takes with N = 2^`work_factor` and age's r = 8: 2^(`work_factor` + 10)
/// bytes.
fn memory(work_factor: u8) -> String {
    match work_factor {
        ..20 => format!("{} MiB", 1u64 << work_factor.saturating_sub(10)),
        20..40 => format!("{} GiB", 1u64 << (work_factor - 20)),
        _ => "more memory than there is".to_owned(),
    }
}

const MAKE: &str = "`age-keygen -o key.txt` makes an identity file; in it, one line begins with \
    `AGE-SECRET-KEY-1`";
const ENCRYPT_FOR_NATIVE: &str = "encrypt the files for a native recipient as well (`age-keygen` \
    makes one), and give that identity";
const POWERSHELL: &str = "PowerShell before version 7.4 changes what passes `>`";
const SSH_KINDS: &str = "of ssh keys, age takes ssh-ed25519, and ssh-rsa of 2,048 to 4,096 bits";

pub(crate) fn bad_identity(bad: &BadIdentity) -> Diagnostic {
    let from = origin(&bad.origin);
    let file = path(&bad.origin);
    let diagnostic =
        |what: &str| diagnostic!(BAD_IDENTITY, "{from} holds no identity that can be used: {what}");
    match &bad.reason {
        BadIdentityReason::Empty => diagnostic("it is empty, or has only comments").help(MAKE),
        BadIdentityReason::Line { line, problem } => {
            let (what, help) = line_problem(*problem);
            diagnostic(&format!("line {line} {what}")).help(help)
        }
        BadIdentityReason::Unusable(Unusable::Plugin(name)) => {
            diagnostic(&format!("it is for `age-plugin-{}`", visible(name)))
                .note("mintage runs no age plugins")
                .help(ENCRYPT_FOR_NATIVE)
        }
        BadIdentityReason::Unusable(Unusable::PostQuantum) => diagnostic("it is post-quantum")
            .note(
                "keys that begin with `AGE-SECRET-KEY-PQ-1` are of age 1.3 and later; mintage \
                 can't use them yet",
            )
            .help(ENCRYPT_FOR_NATIVE),
        BadIdentityReason::Ssh(SshProblem::Kind(kind)) => {
            diagnostic(&format!("it is an ssh key of the kind {}", code(kind)))
                .note(SSH_KINDS)
                .help(
                    "use a native key (`age-keygen`) or `ssh-keygen -t ed25519`, and have the \
                     files encrypted for it as well",
                )
        }
        BadIdentityReason::Ssh(SshProblem::Format) => {
            diagnostic("it is a private key in a format that age does not read")
                .note(
                    "age reads OpenSSH's own format, locked with its default cipher or not, and \
                     RSA keys in PEM without a passphrase",
                )
                .help(format!("rewrite it in OpenSSH's format: `ssh-keygen -p -f {file}`"))
        }
        BadIdentityReason::Ssh(SshProblem::Putty) => diagnostic("it is a key in PuTTY's format")
            .help(format!(
                "export it in OpenSSH's format: `puttygen {file} -O private-openssh -o NEW_FILE`"
            )),
        BadIdentityReason::Ssh(SshProblem::Damaged) => {
            diagnostic("it is an ssh key that does not parse")
                .note("it may be cut off, or its lines may be joined wrongly")
                .help(format!("`ssh-keygen -y -f {file}` says whether OpenSSH can read it"))
        }
        BadIdentityReason::EncryptedForKeys => {
            diagnostic("it is encrypted for a key, not with a passphrase")
                .help(format!("decrypt it first: `age -d -i OTHER_IDENTITY {file}`"))
        }
        BadIdentityReason::File(FileFault::WorkFactor(required)) => {
            diagnostic("its passphrase would take too much work to check")
                .note(too_much_work(*required))
                .help("encrypt it again with `age -p`, which uses 2^18")
        }
        BadIdentityReason::File(FileFault::NotAge(content)) => match content {
            Content::Binary => diagnostic("it is not text").help(MAKE),
            Content::Path => diagnostic("it is the path of a file, not a key")
                .help("give the path with `-i FILE` or in `MINTAGE_IDENTITY_FILE`"),
            Content::Age(Age::Reencoded { .. }) | Content::Utf16 => {
                diagnostic("it was converted to another encoding")
                    .note(POWERSHELL)
                    .help("save it as UTF-8, or make it again with `age-keygen -o key.txt`")
            }
            Content::Age(Age::NewerVersion) => {
                diagnostic("it is an age file of a later version than mintage knows")
                    .help("encrypt it with a version of age that writes version 1 of the format")
            }
            Content::Age(Age::TextBeforeArmor) => {
                diagnostic("it is an age file with other text before its armor")
                    .help("leave nothing before `-----BEGIN AGE ENCRYPTED FILE-----`")
            }
            _ => damaged(diagnostic),
        },
        BadIdentityReason::File(_) => damaged(diagnostic),
    }
}

fn damaged(diagnostic: impl Fn(&str) -> Diagnostic) -> Diagnostic {
    diagnostic("it is a damaged age file").help("take the file again from where it was whole")
}

fn line_problem(problem: LineProblem) -> (&'static str, &'static str) {
    match problem {
        LineProblem::Mistyped => (
            "is an age identity with a wrong or missing character",
            "copy the whole line again; a native one has 74 characters, `AGE-SECRET-KEY-1` and 58 \
             more",
        ),
        LineProblem::ExtraText => (
            "has other text beside an age identity",
            "leave the identity alone on its line: no quotes, no name, no comment, a real line \
             break before and after it",
        ),
        LineProblem::PublicKey => (
            "is a public key",
            "give the secret half: the line that begins with `AGE-SECRET-KEY-1`, or the ssh key's \
             file of the same name without `.pub`",
        ),
        LineProblem::Other => (
            "is not an identity",
            "lines are empty, begin with `#`, or begin with `AGE-SECRET-KEY-1`; or the whole is an \
             ssh private key",
        ),
    }
}

/// The file that an origin names, for a command; a stand-in when it names none.
fn path(from: &str) -> String {
    let path = from.strip_prefix("-i ").unwrap_or(from);
    if !path.contains(['/', '.']) || path.contains('`') {
        return "FILE".to_owned();
    }
    if path.starts_with('~') { visible(path) } else { shell(path) }
}

pub(crate) fn bad_recipient(name: &str, bad: &BadRecipient) -> Diagnostic {
    const OTHER_KEY: &str = "use a native key (`age-keygen`) or `ssh-keygen -t ed25519`";
    let diagnostic = |what: &str| diagnostic!(RECIPIENT, "the recipient {} {what}", code(name));
    match bad {
        BadRecipient::SecretKey => diagnostic("is a secret key")
            .note("anyone who can read the spec can now decrypt every file encrypted for it")
            .help(
                "write its public half: `age-keygen -y FILE` prints it, `ssh-keygen -y -f FILE` \
                 for ssh keys",
            )
            .help(
                "if the spec was ever committed, make a new key, and encrypt again what was \
                 encrypted for this one",
            ),
        BadRecipient::Blanks => diagnostic("has blanks before or after it").help("leave them out"),
        BadRecipient::Several => diagnostic("is more than one")
            .help("give each recipient a name of its own; a rule's `to` lists several names"),
        BadRecipient::Mistyped => diagnostic("has a wrong or missing character")
            .note(
                "age's recipients are in lower case, and their last six characters are a checksum",
            )
            .help("copy it again as a whole; a native one has 62 characters"),
        BadRecipient::Ssh(SshRecipientProblem::Kind(kind)) => {
            diagnostic(&format!("is an ssh key of the kind {}", code(kind)))
                .note(SSH_KINDS)
                .help(OTHER_KEY)
        }
        BadRecipient::Ssh(SshRecipientProblem::RsaBits(bits)) => {
            diagnostic(&format!("is an RSA key of {} bits", number(*bits)))
                .note(SSH_KINDS)
                .help(OTHER_KEY)
        }
        BadRecipient::Ssh(SshRecipientProblem::Damaged) => {
            diagnostic("is an ssh public key that does not parse")
                .help("copy the line of the `.pub` file again as a whole")
        }
        BadRecipient::Unknown => diagnostic("is not a public key that age can encrypt for").help(
            "write a public key: `age1...`, as `age-keygen` prints it, or a line of an ssh `.pub` \
             file, `ssh-ed25519 AAAA...`",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_words_of_a_shell() {
        assert_eq!(shell("secrets/a.age"), "secrets/a.age");
        assert_eq!(shell("my key's.age"), r"'my key'\''s.age'");
        assert_eq!(shell("-x"), "'./-x'");
    }

    #[test]
    fn memory_of_scrypt() {
        let expected = ["256 MiB", "1 GiB", "4 GiB", "more memory than there is"];
        assert_eq!([18, 20, 22, 255].map(memory), expected);
    }
}
