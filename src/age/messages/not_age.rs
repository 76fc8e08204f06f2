//! What a file is that should be age-encrypted, in words.

use super::Encrypted;
use crate::age::ContentKind;
use crate::diag::{Diagnostic, codes};

pub(crate) fn not_age(subject: Encrypted<'_>, looks: ContentKind) -> Diagnostic {
    let name = subject.name();
    let diagnostic =
        Diagnostic::new(&codes::NOT_AGE, format!("{name} is not age-encrypted: {}", what(looks)));
    let file = subject.argument();
    match looks {
        ContentKind::Empty => diagnostic
            .note(
                "even an empty value has a header once it is encrypted, so something stopped \
                 before the file was written",
            )
            .help(format!("encrypt the value into it: `age -r RECIPIENT -o {file} PLAINTEXT`")),
        ContentKind::PlainText | ContentKind::Binary => plain(subject, diagnostic, "`file`"),
        ContentKind::PrivateKey => plain(subject, diagnostic, "`file`").note(
            "anyone who can read the spec can read this \
                key",
        ),
        ContentKind::Certificate => {
            diagnostic.help(format!("certificates are public: {}", instead(subject, "`file`")))
        }
        ContentKind::Pem => plain(subject, diagnostic, "`file`"),
        ContentKind::Cut => diagnostic
            .help("take the file again from where it was whole, or encrypt the value again"),
        ContentKind::NewerVersion => diagnostic
            .note("mintage knows version 1 of the format, <https://age-encryption.org/v1>")
            .help("encrypt it with a version of age that writes version 1"),
        ContentKind::Reencoded { armored: true } => {
            diagnostic.note("PowerShell before version 7.4 changes what passes `>`").help(format!(
                "write it as UTF-8 without a byte order mark, or encrypt it again with `age -a -r \
                 RECIPIENT -o {file} PLAINTEXT`"
            ))
        }
        ContentKind::Reencoded { armored: false } => diagnostic
            .note(
                "PowerShell before version 7.4 changes what passes `>`, and some editors what they \
                 save: nothing brings the bytes back",
            )
            .help(format!("encrypt it again, without `>`: `age -r RECIPIENT -o {file} PLAINTEXT`")),
        ContentKind::TextBeforeArmor => {
            diagnostic.help("leave nothing before `-----BEGIN AGE ENCRYPTED FILE-----`")
        }
        ContentKind::Base64 => diagnostic
            .note(
                "age's own text form is its armor, with a first and a last line around the base64",
            )
            .help(format!("decode it: `base64 -d {file}`; or encrypt with `age --armor`")),
        ContentKind::Identity => diagnostic
            .note(
                "an identity is the secret key: anyone who can read it can decrypt all files \
                encrypted for it",
            )
            .help(
                "name the file that is encrypted; identities come from the person who runs \
                 mintage, with `-i FILE`",
            ),
        ContentKind::PublicKey => diagnostic
            .help("name the file that is encrypted; recipients belong into `[recipients]`"),
        ContentKind::Sops => diagnostic.help("write `sops = \"...\"` instead of `age = \"...\"`"),
        ContentKind::Pgp | ContentKind::OpenSsl | ContentKind::AnsibleVault => diagnostic
            .note("mintage decrypts age and sops files only")
            .help("decrypt it with its own tool and encrypt it again with `age -r RECIPIENT`"),
        ContentKind::GitLfs => {
            diagnostic.help(format!("fetch the file itself: `git lfs pull --include {file}`"))
        }
        ContentKind::GitCrypt => diagnostic.help("unlock the repository first: `git-crypt unlock`"),
    }
}

fn what(looks: ContentKind) -> &'static str {
    match looks {
        ContentKind::Empty => "it is empty",
        ContentKind::PlainText => "it is plain text",
        ContentKind::Binary => "it does not begin with age's header",
        ContentKind::Cut => "it breaks off in its first line",
        ContentKind::NewerVersion => "it is of a later version of the format",
        ContentKind::Reencoded { .. } => "it was one, but was converted to another encoding",
        ContentKind::TextBeforeArmor => "other text stands before its armor",
        ContentKind::Base64 => "it is the base64 of an age file",
        ContentKind::Identity => "it holds an age identity",
        ContentKind::PublicKey => "it holds a public key",
        ContentKind::PrivateKey => "it is a private key in PEM",
        ContentKind::Certificate => "it is a certificate in PEM",
        ContentKind::Pem => "it is PEM, but not age's",
        ContentKind::Sops => "sops encrypted it",
        ContentKind::Pgp => "it is an OpenPGP file",
        ContentKind::OpenSsl => "`openssl enc` encrypted it",
        ContentKind::AnsibleVault => "`ansible-vault` encrypted it",
        ContentKind::GitLfs => "it is a Git LFS pointer",
        ContentKind::GitCrypt => "git-crypt has it locked",
    }
}

fn plain(subject: Encrypted<'_>, diagnostic: Diagnostic, key: &str) -> Diagnostic {
    diagnostic
        .help(format!("encrypt it: {}", subject.encrypt_command()))
        .help(format!("if it is not secret, {}", instead(subject, key)))
        .note(
            "a secret that was ever committed as it is stays in the history: replace the secret, \
             too",
        )
}

fn instead(subject: Encrypted<'_>, key: &str) -> String {
    match subject {
        Encrypted::File(_) => format!("write {key} instead of `age`"),
        Encrypted::Armor => "write `value` instead of `armor`".to_owned(),
    }
}
