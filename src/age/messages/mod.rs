//! Faults of identities and recipients in words; those of age files in `decrypt.rs`.

pub(crate) mod decrypt;
mod encrypt;

use super::bech32_text::Correction;
use super::{BadIdentity, BadIdentityReason, FileFault, LineProblem, RecipientFault, SshProblem};
use crate::content::{Age, Content};
use crate::diag::phrases::{code, number, plural, shell_word, visible};
use crate::diag::{Diagnostic, codes, diagnostic};
pub(crate) use decrypt::{Encrypted, decrypt_fault, too_much_work};
pub(crate) use encrypt::encrypt_fault;

/// Where an identity is from. Origins that bring their own quotes keep them.
fn origin(origin: &str) -> String {
    if origin.contains('`') { visible(origin) } else { code(origin) }
}

/// The memory that scrypt takes with N = 2^`work_factor` and age's r = 8: 2^(`work_factor` + 10)
/// bytes.
fn memory(work_factor: u8) -> String {
    match work_factor {
        ..20 => format!("{} MiB", 1u64 << work_factor.saturating_sub(10)),
        20..40 => format!("{} GiB", 1u64 << (work_factor - 20)),
        _ => "more than a TiB".to_owned(),
    }
}

const CREATE: &str = "create one with `mintage keygen -o NEW_FILE`: its key line starts with \
    `AGE-SECRET-KEY-1`";
/// The variables that hold a key themselves.
const HOLD_KEYS: [&str; 2] = ["MINTAGE_IDENTITY", "SOPS_AGE_KEY"];
const KEY_LINE: &str = "set it to the line of the identity file that starts with \
    `AGE-SECRET-KEY-1`";
const OTHER_KEY: &str = "use a native key (`mintage keygen`) or `ssh-keygen -t ed25519`";
const COPY: &str = "copy the whole key again, to its last character";
const POWERSHELL: &str = "PowerShell before version 7.4 re-encodes what passes through `>`";
const SSH_KINDS: &str =
    "age supports only the SSH key types ssh-ed25519, and ssh-rsa of 2048 to 4096 bits";

pub(crate) fn bad_identity(bad: &BadIdentity) -> Diagnostic {
    let from = origin(&bad.origin);
    let file = path(&bad.origin);
    let diagnostic =
        |what: &str| diagnostic!(BAD_IDENTITY, "{from} contains no usable identity: {what}");
    match &bad.reason {
        BadIdentityReason::Empty => {
            diagnostic("it is empty, or contains only comments").help(CREATE)
        }
        BadIdentityReason::Line { line, problem } => {
            let (what, help) = line_problem(*problem);
            let help = match *problem {
                LineProblem::Other if HOLD_KEYS.contains(&bad.origin.as_str()) => KEY_LINE,
                _ => help,
            };
            diagnostic(&format!("line {line} {what}")).help(help)
        }
        BadIdentityReason::SpecPlugin(name) => {
            diagnostic(&format!("it needs {}", code(&format!("age-plugin-{name}"))))
                .note("a spec can't start programs, so its `identities` run no plugins")
                .help("pass the identity with `-i FILE` or in `MINTAGE_IDENTITY_FILE`")
        }
        BadIdentityReason::Ssh(SshProblem::Kind(kind)) => {
            diagnostic(&format!("it is an SSH key of the unsupported type {}", code(kind)))
                .note(SSH_KINDS)
                .help(format!("{OTHER_KEY}, and also encrypt the files for it"))
        }
        BadIdentityReason::Ssh(SshProblem::Format) => {
            diagnostic("it is a private key in a format that age can't read")
                .note(
                    "age reads OpenSSH's own format, with the default cipher or no passphrase, and \
                     RSA keys in PEM without a passphrase",
                )
                .help(format!("convert it to OpenSSH's format: `ssh-keygen -p -f {file}`"))
        }
        BadIdentityReason::Ssh(SshProblem::Putty) => diagnostic("it is a key in PuTTY's format")
            .help(format!(
                "convert it to OpenSSH's format: `puttygen {file} -O private-openssh -o NEW_FILE`"
            )),
        BadIdentityReason::Ssh(SshProblem::Damaged) => diagnostic("it is not a valid SSH key")
            .note("it may be truncated, or its lines may be joined")
            .help(format!("run `ssh-keygen -y -f {file}` to see whether OpenSSH can read it")),
        BadIdentityReason::EncryptedForKeys => {
            diagnostic("it is encrypted for a key, not with a passphrase")
                .help(format!("decrypt it first: `mintage decrypt -i OTHER_IDENTITY {file}`"))
        }
        BadIdentityReason::Command(what) => {
            diagnostic!(BAD_IDENTITY, "the command in {from} {what}")
                .help("correct or unset the variable, or pass `-i FILE`, which ignores variables")
        }
        BadIdentityReason::File(FileFault::NotAge(Content::Binary)) => {
            diagnostic("it is not text").help(CREATE)
        }
        BadIdentityReason::File(FileFault::NotAge(Content::Path)) => {
            let found = diagnostic("it is the path of a file, not a key");
            match bad.origin.as_str() {
                "SOPS_AGE_KEY" => found.help("set `SOPS_AGE_KEY_FILE` to the path"),
                _ => found.help("pass the path with `-i FILE` or in `MINTAGE_IDENTITY_FILE`"),
            }
        }
        BadIdentityReason::File(FileFault::NotAge(
            Content::Utf16 | Content::Age(Age::Reencoded { .. }),
        )) => diagnostic("it was converted to another encoding")
            .note(POWERSHELL)
            .help("save it as UTF-8, or create a new one with `mintage keygen -o NEW_FILE`"),
        BadIdentityReason::File(fault) => {
            let mut found = decrypt::file_fault(Encrypted::Identity(&file), *fault);
            found.message = diagnostic(&found.message).message;
            found.code = &codes::BAD_IDENTITY;
            found
        }
    }
}

fn line_problem(problem: LineProblem) -> (&'static str, &'static str) {
    match problem {
        LineProblem::Mistyped => (
            "is an age identity with a wrong or missing character",
            "copy the whole line again; a native identity has 74 characters, `AGE-SECRET-KEY-1` \
             and 58 more",
        ),
        LineProblem::MistypedHybrid => (
            "is a post-quantum identity with a wrong or missing character",
            "copy the whole line again; a post-quantum identity has 77 characters, \
             `AGE-SECRET-KEY-PQ-1` and 58 more",
        ),
        LineProblem::MistypedPlugin => (
            "is a plugin's identity with a wrong or missing character",
            "copy the whole line again, from `AGE-PLUGIN-` to its last character",
        ),
        LineProblem::ExtraText => (
            "has other text next to an age identity",
            "put the identity alone on its line, without quotes, a name or a comment",
        ),
        LineProblem::PublicKey => (
            "is a public key",
            "use the private key: the line that starts with `AGE-SECRET-KEY-1`, or the SSH key's \
             file of the same name without `.pub`",
        ),
        LineProblem::Other => (
            "is not an identity",
            "use a file from `mintage keygen`, whose key line starts with `AGE-SECRET-KEY-1`, or \
             an SSH private key",
        ),
    }
}

/// The file that an origin names, for a command; a stand-in when it names none.
fn path(from: &str) -> String {
    let path = from.strip_prefix("-i ").unwrap_or(from);
    if !path.contains(['/', '.']) || path.contains('`') {
        return "FILE".to_owned();
    }
    if path.starts_with('~') { visible(path) } else { shell_word(path) }
}

/// Where a recipient is from.
#[derive(Clone, Copy, Debug)]
pub(crate) enum RecipientOrigin<'a> {
    /// A name of `[recipients]`.
    Name(&'a str),
    /// `-r` on the command line.
    Flag,
}

pub(crate) fn bad_recipient(from: RecipientOrigin<'_>, bad: &RecipientFault) -> Diagnostic {
    let is_flag = matches!(from, RecipientOrigin::Flag);
    let diagnostic = |what: &str| match from {
        RecipientOrigin::Name(name) => {
            diagnostic!(RECIPIENT, "the recipient {} {what}", code(name))
        }
        RecipientOrigin::Flag => diagnostic!(RECIPIENT, "the recipient after `-r` {what}"),
    };
    match bad {
        RecipientFault::SecretKey => secret_key(diagnostic("is a private key"), from),
        RecipientFault::Blanks => diagnostic("has leading or trailing spaces").help("remove them"),
        RecipientFault::Several => diagnostic("contains more than one key").help(match is_flag {
            true => "pass `-r` once for each key",
            false => "write each key as a string of its own, such as `[\"age1...\", \"age1...\"]`",
        }),
        RecipientFault::UpperCase(position) => {
            diagnostic(&format!("has uppercase letters, the first as character {position}"))
                .note("age accepts recipients only in lower case")
                .help("write all of it in lower case")
        }
        RecipientFault::Character { position, found } => {
            let found = code(&found.to_string());
            diagnostic(&format!("has a wrong character: {found} as character {position}"))
                .note("after the prefix come only letters and digits, but no `1`, `b`, `i`, `o`")
                .help(COPY)
        }
        RecipientFault::Length { found, wanted } => {
            let (found, wanted) = (plural(*found, "character"), number(*wanted));
            diagnostic(&format!("has {found}, not {wanted}")).help(COPY)
        }
        RecipientFault::Mistyped(corrections) => mistyped(&diagnostic, corrections),
        RecipientFault::Damaged => diagnostic("has wrong characters")
            .note("the last six characters of age's recipients are a checksum")
            .help(COPY),
        RecipientFault::Ssh(SshProblem::Kind(kind)) => {
            diagnostic(&format!("is an SSH key of the unsupported type {}", code(kind)))
                .note(SSH_KINDS)
                .help(OTHER_KEY)
        }
        RecipientFault::Ssh(_) => diagnostic("is not a valid SSH public key").help(match is_flag {
            true => "pass the whole line from the `.pub` file, in quotes",
            false => "copy the whole line from the `.pub` file again",
        }),
        RecipientFault::Unknown => {
            let found = diagnostic("is not a valid age or SSH public key");
            match is_flag {
                true => found
                    .help(
                        "pass a public key: `age1...` from `mintage keygen`, or a line from an SSH \
                         `.pub` file, in quotes",
                    )
                    .help("leave out `-r` to encrypt for the names in the `[[encrypt]]` rules"),
                false => found.help(
                    "write a public key: `age1...` from `mintage keygen`, or a line from an SSH \
                     `.pub` file, such as `ssh-ed25519 AAAA...`",
                ),
            }
        }
    }
}

/// Who may have seen a private key depends on where it was written.
fn secret_key(found: Diagnostic, from: RecipientOrigin<'_>) -> Diagnostic {
    match from {
        RecipientOrigin::Name(_) => found
            .note("anyone who can read the spec can now decrypt every file encrypted for it")
            .help("write its public key: `mintage keygen -y FILE` prints it")
            .help(
                "create a new key and re-encrypt all files that were encrypted for this one if the \
                 spec was ever committed",
            ),
        RecipientOrigin::Flag => found
            .note(
                "other users of the machine can see command-line arguments, and the shell may keep \
                 them in its history",
            )
            .help("pass its public key: `mintage keygen -y FILE` prints it")
            .help(
                "remove the command from the shell's history; if others may have seen the key, \
                 create a new one and re-encrypt all files that were encrypted for this one",
            ),
    }
}

fn mistyped(diagnostic: &dyn Fn(&str) -> Diagnostic, corrections: &[Correction]) -> Diagnostic {
    let each = corrections.iter().map(|Correction { position, found, right }| {
        let (found, right) = (code(&found.to_string()), code(&right.to_string()));
        format!("character {position} should be {right}, not {found}")
    });
    let each = each.collect::<Vec<_>>().join(", or ");
    diagnostic(&format!("has a wrong character: {each}"))
        .note("the last six characters of a recipient are a checksum, which shows such mistakes")
        .help("correct that character, or copy the whole key again")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_of_memory() {
        assert_eq!([18, 20, 22, 255].map(memory), ["256 MiB", "1 GiB", "4 GiB", "more than a TiB"]);
    }
}
