//! What is wrong with an identity, in words.

use super::{memory, origin};
use crate::age::{BadIdentity, BadIdentityReason, LineProblem, MAX_WORK_FACTOR, SshProblem};
use crate::content::{Age, Content};
use crate::diag::phrases::{code, visible};
use crate::diag::{Diagnostic, diagnostic};

pub(crate) fn bad_identity(bad: &BadIdentity) -> Diagnostic {
    let from = origin(&bad.origin);
    let diagnostic =
        |what: &str| diagnostic!(BAD_IDENTITY, "{from} holds no identity that can be used: {what}");
    match &bad.reason {
        BadIdentityReason::Empty => diagnostic("it is empty").help(MAKE),
        BadIdentityReason::NoIdentities => diagnostic("it has only comments").help(MAKE),
        BadIdentityReason::KeyInComment { line } => diagnostic(&format!(
            "the one on line {line} is part of a comment"
        ))
        .note(
            "from `#` to the end of the line is a comment: perhaps line breaks became blanks on \
             the way here",
        )
        .help(
            "put the line that begins with `AGE-SECRET-KEY-1` alone on its line; comments may be \
             left out",
        ),
        BadIdentityReason::Line { line, problem } => {
            let (what, help) = line_problem(*problem);
            diagnostic(&format!("line {line} {what}")).help(help)
        }
        BadIdentityReason::NotText => diagnostic("it is not text").help(MAKE),
        BadIdentityReason::Plugin(name) => diagnostic(&format!(
            "it is for `age-plugin-{}`",
            visible(name)
        ))
        .note("mintage runs no age plugins")
        .help(
            "encrypt the files for a native recipient as well (`age-keygen` makes one), and give \
             that identity",
        ),
        BadIdentityReason::PostQuantum => diagnostic("it is post-quantum")
            .note(
                "keys that begin with `AGE-SECRET-KEY-PQ-1` are of age 1.3 and later; mintage \
                 can't use them yet",
            )
            .help(
                "encrypt the files for a native recipient as well (`age-keygen` makes one), and \
                 give that identity",
            ),
        BadIdentityReason::Ssh(problem) => ssh(&bad.origin, problem, diagnostic),
        BadIdentityReason::EncryptedForKeys => {
            diagnostic("it is encrypted for a key, not with a passphrase")
                .help(format!("decrypt it first: `age -d -i OTHER_IDENTITY {}`", path(&bad.origin)))
        }
        BadIdentityReason::WorkFactor(required) => diagnostic(
            "its passphrase would take too much work to check",
        )
        .note(format!(
            "it asks for scrypt with N = 2^{required}, which takes {}; mintage does at most \
             2^{MAX_WORK_FACTOR}, {}",
            memory(*required),
            memory(MAX_WORK_FACTOR)
        ))
        .help("encrypt it again with `age -p`, which uses 2^18"),
        BadIdentityReason::Damaged(_) => diagnostic("it is a damaged age file")
            .help("take the file again from where it was whole"),
        BadIdentityReason::Unreadable(content) => match content {
            Content::Age(Age::Reencoded { .. }) => {
                diagnostic("it was converted to another encoding")
                    .note("PowerShell before version 7.4 changes what passes `>`")
                    .help("make it again without `>`, as in `age-keygen -o key.txt`")
            }
            Content::Utf16 => diagnostic("it is a text in UTF-16")
                .note("PowerShell before version 7.4 writes UTF-16 with `>`")
                .help("save it as UTF-8, or make it again with `age-keygen -o key.txt`"),
            Content::Age(Age::NewerVersion) => {
                diagnostic("it is an age file of a later version than mintage knows")
                    .help("encrypt it with a version of age that writes version 1 of the format")
            }
            Content::Age(Age::TextBeforeArmor) => {
                diagnostic("it is an age file with other text before its armor")
                    .help("leave nothing before `-----BEGIN AGE ENCRYPTED FILE-----`")
            }
            _ => diagnostic("it is a damaged age file")
                .help("take the file again from where it was whole"),
        },
    }
}

const MAKE: &str = "`age-keygen -o key.txt` makes an identity file; in it, one line begins with \
    `AGE-SECRET-KEY-1`";

fn line_problem(problem: LineProblem) -> (&'static str, &'static str) {
    match problem {
        LineProblem::Mistyped => (
            "is an age identity with a wrong or missing character",
            "copy the whole line again; a native one has 74 characters, `AGE-SECRET-KEY-1` and 58 \
             more",
        ),
        LineProblem::ExtraText => (
            "has other text beside an age identity",
            "leave the identity alone on its line: no quotes, no name, no comment behind it, a \
             real line break at its end",
        ),
        LineProblem::Recipient => (
            "is an age recipient, the public half",
            "give the secret half: the line of the same file that `age-keygen` wrote that begins \
             with `AGE-SECRET-KEY-1`",
        ),
        LineProblem::SshPublicKey => (
            "is an ssh public key",
            "give the private key: the file of the same name without `.pub`",
        ),
        LineProblem::Other => (
            "is not an identity",
            "lines are empty, begin with `#`, or begin with `AGE-SECRET-KEY-1`; or the whole is an \
             ssh private key",
        ),
    }
}

fn ssh(from: &str, problem: &SshProblem, diagnostic: impl Fn(&str) -> Diagnostic) -> Diagnostic {
    const KINDS: &str = "of ssh keys, age knows ssh-ed25519 and ssh-rsa only";
    let file = path(from);
    match problem {
        SshProblem::Kind(kind) => {
            diagnostic(&format!("it is an ssh key of the kind {}", code(kind)))
                .note(KINDS)
                .help(NEW_SSH)
        }
        SshProblem::Hardware(kind) => diagnostic(&format!(
            "it is an ssh key of the kind {}, which lives in a security key",
            code(kind)
        ))
        .note(KINDS)
        .help(NEW_SSH),
        SshProblem::Cipher(cipher) => {
            diagnostic(&format!("it is an ssh key that is locked with the cipher {}", code(cipher)))
                .help(format!(
                    "lock it with OpenSSH's own cipher: `ssh-keygen -p -Z aes256-ctr -f {file}`"
                ))
        }
        SshProblem::OldEncryption => {
            diagnostic("it is an ssh key that is locked in the old PEM manner, which is weak")
                .help(format!("rewrite it in OpenSSH's format: `ssh-keygen -p -f {file}`"))
        }
        SshProblem::OtherPem => diagnostic(
            "it is PEM, but neither OpenSSH's private key nor an RSA private key",
        )
        .help(format!(
            "if it is a private key that ssh uses, rewrite it in OpenSSH's format: `ssh-keygen -p \
             -f {file}`"
        )),
        SshProblem::Putty => diagnostic("it is a key in PuTTY's format").help(format!(
            "export it in OpenSSH's format: `puttygen {file} -O private-openssh -o NEW_FILE`"
        )),
        SshProblem::Damaged => diagnostic("it is an ssh key that does not parse")
            .note("it may be cut off, or its lines may be joined wrongly")
            .help(format!("`ssh-keygen -y -f {file}` says whether OpenSSH can read it")),
    }
}

const NEW_SSH: &str = "use a native key (`age-keygen`) or `ssh-keygen -t ed25519`, and have the \
    files encrypted for it as well";

/// The file that an origin names, for a command; a stand-in when it names none.
fn path(from: &str) -> String {
    let path = from.strip_prefix("-i ").unwrap_or(from);
    let is_path = path.contains(['/', '.']) && !path.contains('`');
    if is_path && !path.starts_with('~') {
        super::shell(path)
    } else if is_path {
        visible(path)
    } else {
        "FILE".to_owned()
    }
}
