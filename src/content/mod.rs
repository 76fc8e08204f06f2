//! What some bytes are, decided in one place. Values, files, manifests, identity files and `guard`
//! ask here, and decide themselves what follows.

pub(crate) mod ciphertext;
pub(crate) mod conflict;
pub(crate) mod containers;
pub(crate) mod pem;
pub(crate) mod placeholder;
pub(crate) mod shapes;
pub(crate) mod text;
pub(crate) mod tokens;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

pub(crate) use ciphertext::Age;
pub(crate) use containers::Container;
pub(crate) use pem::PemKind;
pub(crate) use text::{BYTE_ORDER_MARK, has_byte_order_mark};

/// What bytes are. Says nothing of them beyond their kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Content {
    /// No bytes, or only blanks.
    Empty,
    Age(Age),
    /// An age identity: the key, not what it opens.
    Identity,
    /// An age recipient or an OpenSSH public key.
    PublicKey,
    /// A text with values that SOPS encrypted, or such a value.
    Sops,
    /// An OpenPGP message or key, or what `openssl enc` or `ansible-vault` write.
    OtherEncrypted,
    /// A Git LFS pointer: the file was not fetched.
    GitLfs,
    /// A file that git-crypt has not unlocked.
    GitCrypt,
    /// A placeholder that nothing replaced.
    Placeholder,
    Pem(PemKind),
    Base64OfPem,
    /// Any other text, once more in base64.
    Base64OfText,
    Container(Container),
    Utf16,
    Json,
    Path,
    Text,
    Binary,
}

/// Files that are told by their first bytes, after blanks.
const STARTS: [(&[u8], Content); 6] = [
    (b"\0GITCRYPT\0", Content::GitCrypt),
    (b"Salted__", Content::OtherEncrypted),
    (b"$ANSIBLE_VAULT;", Content::OtherEncrypted),
    (b"version https://git-lfs.github.com/spec/", Content::GitLfs),
    (b"-----BEGIN PGP ", Content::OtherEncrypted),
    (b"LS0tLS1CRUdJTi", Content::Base64OfPem),
];

impl Content {
    /// What these bytes are. Linear in them.
    pub(crate) fn of(bytes: &[u8]) -> Self {
        let start = text::without_mark(bytes).trim_ascii_start();
        if start.is_empty() {
            return Self::Empty;
        }
        if let Some(age) = ciphertext::by_start(bytes) {
            return Self::Age(age);
        }
        if text::is_utf16(bytes) {
            return Self::Utf16;
        }
        if let Some(container) = containers::of(bytes) {
            return Self::Container(container);
        }
        if let Some((_, known)) = STARTS.iter().find(|(known, _)| start.starts_with(known)) {
            return *known;
        }
        match text::plain(start) {
            Some(text) => Self::of_text(text),
            None => Self::Binary,
        }
    }

    fn of_text(text: &str) -> Self {
        if pem::is_placeholder(text) || placeholder::is_placeholder(text) {
            return Self::Placeholder;
        }
        // A SOPS file holds the key that opens it, in age's armor.
        if ciphertext::holds_sops(text) {
            return Self::Sops;
        }
        if pem::of(text) == Some(PemKind::PrivateKey) {
            return Self::Pem(PemKind::PrivateKey);
        }
        if text.contains(ciphertext::ARMOR_BEGIN) {
            return Self::Age(Age::TextBeforeArmor);
        }
        if let Some(kind) = pem::of(text) {
            return Self::Pem(kind);
        }
        if ciphertext::is_identity(text) {
            return Self::Identity;
        }
        if ciphertext::is_public_key(text) {
            return Self::PublicKey;
        }
        match text.trim_end() {
            text if is_json(text) => Self::Json,
            text if is_path(text) => Self::Path,
            text if is_base64_of_text(text) => Self::Base64OfText,
            _ => Self::Text,
        }
    }

    /// Whether it is a whole age file, be it of a later version or in another encoding: what it
    /// holds is not here.
    pub(crate) fn is_age_file(self) -> bool {
        matches!(self, Self::Age(age) if !matches!(age, Age::Cut | Age::TextBeforeArmor))
    }

    /// Whether something has to decrypt it before it is of use.
    pub(crate) fn is_ciphertext(self) -> bool {
        self.is_age_file() || self == Self::Sops
    }
}

/// An object or an array; RFC 8259.
fn is_json(text: &str) -> bool {
    text.starts_with(['{', '[']) && serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok()
}

/// From the root, the home or here.
fn is_path(text: &str) -> bool {
    ["/", "~/", "./", "../"].iter().any(|start| text.starts_with(start))
        && text.len() > "../".len()
        && !text.contains(|c: char| c.is_whitespace() || c == '\\')
}

/// Fewest characters of base64 of a text: words are read as base64 by chance.
const BASE64_CHARS: usize = 12;

fn is_base64_of_text(text: &str) -> bool {
    if text.len() < BASE64_CHARS || !text.len().is_multiple_of(4) {
        return false;
    }
    let decoded = STANDARD.decode(text).map(Zeroizing::new);
    decoded.is_ok_and(|decoded| text::plain(&decoded).is_some_and(|text| text.is_ascii()))
}

#[cfg(test)]
mod tests {
    use super::Age::{Armored, Base64, Binary, Cut, NewerVersion, Reencoded, TextBeforeArmor};
    use super::{Container, Content, PemKind};

    #[test]
    fn what_bytes_are() {
        let utf16 = |text: &str| {
            let text: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
            [&[0xFF, 0xFE], text.as_slice()].concat()
        };
        let sops = "ENC[AES256_GCM,data:x,iv:y,tag:z,type:str]";
        let armor = "-----BEGIN AGE ENCRYPTED FILE-----\n";
        let sops_file = format!("a={sops}\nsops_version=3.9.0\nenc={armor}");
        for (bytes, content) in [
            (b"".as_slice(), Content::Empty),
            (b" \n", Content::Empty),
            (b"age-encryption.org/v1\n-> X25519 x\n", Content::Age(Binary)),
            (b"age-encryption.org/v1\r\n", Content::Age(Binary)),
            (b" \n\t-----BEGIN AGE ENCRYPTED FILE-----\n", Content::Age(Armored)),
            (b"\xEF\xBB\xBF-----BEGIN AGE ENCRYPTED FILE-----\r\n", Content::Age(Armored)),
            (b"age-encryption.org/v2\nx", Content::Age(NewerVersion)),
            (b"a", Content::Age(Cut)),
            (b"age-encryption.org/v", Content::Age(Cut)),
            (&utf16(armor), Content::Age(Reencoded { armored: true })),
            (&utf16("age-encryption.org/v1\r\n"), Content::Age(Reencoded { armored: false })),
            (b"\xEF\xBB\xBFage-encryption.org/v1\n", Content::Age(Reencoded { armored: false })),
            (b"YWdlLWVuY3J5cHRpb24ub3JnL3YxCi0+IFgyNTUxOSA=", Content::Age(Base64)),
            (b"# note\n-----BEGIN AGE ENCRYPTED FILE-----\n", Content::Age(TextBeforeArmor)),
            (&utf16("password"), Content::Utf16),
            (sops.as_bytes(), Content::Sops),
            (sops_file.as_bytes(), Content::Sops),
            (b"# ENC[AES256_GCM, as SOPS writes\n", Content::Text),
            (b"password = 1\n", Content::Text),
            (b"hunter2hunter2ab", Content::Text),
            (b"\xE9t\xE9", Content::Binary),
            (b"\x7FELF\0", Content::Binary),
            (b"# created: today\nAGE-SECRET-KEY-1X\n", Content::Identity),
            (b"age1xyz\n", Content::PublicKey),
            (b"-----BEGIN EC PRIVATE KEY-----\n", Content::Pem(PemKind::PrivateKey)),
            (b"-----BEGIN X509 CRL-----\n", Content::Pem(PemKind::Other)),
            (b"-----BEGIN KEY-----\n...\n-----END KEY-----\n", Content::Placeholder),
            (b"-----BEGIN X-----\\n<certificate>\\n-----END X-----", Content::Placeholder),
            (b"${DB_PASSWORD}\n", Content::Placeholder),
            (b"LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCg==", Content::Base64OfPem),
            (b"cG9zdGdyZXM6Ly9kYg==\n", Content::Base64OfText),
            (b"{\"a\": [1]}\n", Content::Json),
            (b"{a: 1}", Content::Text),
            (b"~/.config/key.txt\n", Content::Path),
            (b"/ not a path", Content::Text),
            (b"version https://git-lfs.github.com/spec/v1\n", Content::GitLfs),
            (b"\0GITCRYPT\0abc", Content::GitCrypt),
            (b"\xFE\xED\xFE\xED\0\0\0\x02", Content::Container(Container::JavaKeystore)),
        ] {
            assert_eq!(Content::of(bytes), content, "{bytes:?}");
        }
    }
}
