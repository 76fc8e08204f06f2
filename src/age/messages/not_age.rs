//! What a file is that should be age-encrypted, in words.

use super::Encrypted;
use crate::content::{Age, Container, Content, PemKind};
use crate::diag::{Diagnostic, diagnostic};

/// A file without age's header.
pub(crate) fn not_age(subject: Encrypted<'_>, content: Content) -> Diagnostic {
    let name = subject.name();
    let diagnostic = diagnostic!(NOT_AGE, "{name} is not age-encrypted: {}", what(content));
    let file = subject.argument();
    match content {
        Content::Empty => diagnostic
            .note(
                "even an empty value has a header once it is encrypted, so something stopped \
                 before the file was written",
            )
            .help(format!("encrypt the value into it: `age -r RECIPIENT -o {file} PLAINTEXT`")),
        Content::Text | Content::Placeholder | Content::Binary | Content::Container(_) => {
            plain(subject, diagnostic, "`file`")
        }
        Content::Pem(PemKind::PrivateKey) => plain(subject, diagnostic, "`file`")
            .note("anyone who can read the spec can read this key"),
        Content::Pem(PemKind::Certificate) => {
            diagnostic.help(format!("certificates are public: {}", instead(subject, "`file`")))
        }
        Content::Pem(PemKind::Other) | Content::Base64OfPem => plain(subject, diagnostic, "`file`"),
        Content::Age(Age::Cut) => diagnostic
            .help("take the file again from where it was whole, or encrypt the value again"),
        Content::Age(Age::NewerVersion) => diagnostic
            .note("mintage knows version 1 of the format, <https://age-encryption.org/v1>")
            .help("encrypt it with a version of age that writes version 1"),
        Content::Age(Age::Reencoded { armored: true }) => {
            diagnostic.note("PowerShell before version 7.4 changes what passes `>`").help(format!(
                "write it as UTF-8 without a byte order mark, or encrypt it again with `age -a -r \
                 RECIPIENT -o {file} PLAINTEXT`"
            ))
        }
        Content::Age(Age::Reencoded { armored: false }) => diagnostic
            .note(
                "PowerShell before version 7.4 changes what passes `>`, and some editors what they \
                 save: nothing brings the bytes back",
            )
            .help(format!("encrypt it again, without `>`: `age -r RECIPIENT -o {file} PLAINTEXT`")),
        Content::Age(Age::TextBeforeArmor) => {
            diagnostic.help("leave nothing before `-----BEGIN AGE ENCRYPTED FILE-----`")
        }
        Content::Age(Age::Base64) => diagnostic
            .note(
                "age's own text form is its armor, with a first and a last line around the base64",
            )
            .help(format!("decode it: `base64 -d {file}`; or encrypt with `age --armor`")),
        Content::Identity => diagnostic
            .note(
                "an identity is the secret key: anyone who can read it can decrypt all files \
                 encrypted for it",
            )
            .help(
                "name the file that is encrypted; identities come from the person who runs \
                 mintage, with `-i FILE`",
            ),
        Content::PublicKey => diagnostic
            .help("name the file that is encrypted; recipients belong into `[recipients]`"),
        Content::Sops => diagnostic.help(format!(
            "decrypt it with `sops decrypt`, and encrypt it again with `age -r RECIPIENT -o {file} \
             PLAINTEXT`"
        )),
        Content::Utf16 => plain(subject, diagnostic, "`file`"),
        Content::Pgp | Content::OpenSsl | Content::AnsibleVault => diagnostic
            .note("mintage decrypts age files only")
            .help("decrypt it with its own tool and encrypt it again with `age -r RECIPIENT`"),
        Content::GitLfs => {
            diagnostic.help(format!("fetch the file itself: `git lfs pull --include {file}`"))
        }
        Content::GitCrypt => diagnostic.help("unlock the repository first: `git-crypt unlock`"),
        // What is whole is read, and gets here never.
        Content::Age(Age::Binary | Age::Armored) => diagnostic,
    }
}

fn what(content: Content) -> &'static str {
    match content {
        Content::Empty => "it is empty",
        Content::Text | Content::Placeholder => "it is plain text",
        Content::Utf16 => "it is a text in UTF-16",
        Content::Container(Container::Pkcs12) => "it is a PKCS#12 file",
        Content::Container(Container::JavaKeystore) => "it is a Java keystore",
        Content::Base64OfPem => "it is the base64 of PEM",
        Content::Age(Age::Binary | Age::Armored) | Content::Container(_) | Content::Binary => {
            "it does not begin with age's header"
        }
        Content::Age(Age::Cut) => "it breaks off in its first line",
        Content::Age(Age::NewerVersion) => "it is of a later version of the format",
        Content::Age(Age::Reencoded { .. }) => "it was one, but was converted to another encoding",
        Content::Age(Age::TextBeforeArmor) => "other text stands before its armor",
        Content::Age(Age::Base64) => "it is the base64 of an age file",
        Content::Identity => "it holds an age identity",
        Content::PublicKey => "it holds a public key",
        Content::Pem(PemKind::PrivateKey) => "it is a private key in PEM",
        Content::Pem(PemKind::Certificate) => "it is a certificate in PEM",
        Content::Pem(PemKind::Other) => "it is PEM, but not age's",
        Content::Sops => "sops encrypted it",
        Content::Pgp => "it is an OpenPGP file",
        Content::OpenSsl => "`openssl enc` encrypted it",
        Content::AnsibleVault => "`ansible-vault` encrypted it",
        Content::GitLfs => "it is a Git LFS pointer",
        Content::GitCrypt => "git-crypt has it locked",
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
