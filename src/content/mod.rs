//! What some bytes are, decided in one place. Values, files, manifests, identity files and `guard`
//! ask here, and decide themselves what follows.

pub(crate) mod age;
pub(crate) mod containers;
pub(crate) mod pem;
pub(crate) mod placeholder;
pub(crate) mod shapes;
pub(crate) mod sops;
pub(crate) mod text;
pub(crate) mod tokens;

pub(crate) use age::Age;
pub(crate) use containers::Container;
pub(crate) use pem::PemKind;
pub(crate) use text::has_byte_order_mark;

/// What bytes are. Says nothing of them beyond their kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Content {
    /// No bytes, or only blanks.
    Empty,
    /// An age file, whole or not.
    Age(Age),
    /// An age identity: the key, not what it opens.
    Identity,
    /// An age recipient or an OpenSSH public key.
    PublicKey,
    /// A text with values that SOPS encrypted, or such a value.
    Sops,
    /// An OpenPGP message or key.
    Pgp,
    /// What `openssl enc` writes.
    OpenSsl,
    /// What `ansible-vault` writes.
    AnsibleVault,
    /// A Git LFS pointer: the file was not fetched.
    GitLfs,
    /// A file that git-crypt has not unlocked.
    GitCrypt,
    /// A placeholder that nothing replaced.
    Placeholder,
    /// PEM.
    Pem(PemKind),
    /// PEM once more in base64.
    Base64OfPem,
    /// A file that holds keys or certificates in binary form.
    Container(Container),
    /// A text in UTF-16.
    Utf16,
    /// Any other text in UTF-8.
    Text,
    /// Bytes that are no text.
    Binary,
}

/// Files that are told by their first bytes, after blanks.
const STARTS: [(&[u8], Content); 6] = [
    (b"\0GITCRYPT\0", Content::GitCrypt),
    (b"Salted__", Content::OpenSsl),
    (b"$ANSIBLE_VAULT;", Content::AnsibleVault),
    (b"version https://git-lfs.github.com/spec/", Content::GitLfs),
    (b"-----BEGIN PGP ", Content::Pgp),
    (b"LS0tLS1CRUdJTi", Content::Base64OfPem),
];

impl Content {
    /// What these bytes are. Linear in them.
    pub(crate) fn of(bytes: &[u8]) -> Self {
        let unmarked = bytes.strip_prefix(text::BYTE_ORDER_MARK).unwrap_or(bytes);
        let start = unmarked.trim_ascii_start();
        if start.is_empty() {
            return Self::Empty;
        }
        if let Some(age) = age::by_start(bytes) {
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
        if sops::is_in(text) {
            return Self::Sops;
        }
        if pem::of(text) == Some(PemKind::PrivateKey) {
            return Self::Pem(PemKind::PrivateKey);
        }
        if age::is_armor_in(text) {
            return Self::Age(Age::TextBeforeArmor);
        }
        if let Some(kind) = pem::of(text) {
            return Self::Pem(kind);
        }
        if age::is_identity(text) {
            return Self::Identity;
        }
        if age::is_public_key(text) {
            return Self::PublicKey;
        }
        Self::Text
    }

    /// Whether it is a whole age file, be it of a later version or in another encoding: what it
    /// holds is not here.
    pub(crate) fn is_age_file(self) -> bool {
        matches!(
            self,
            Self::Age(
                Age::Binary
                    | Age::Armored
                    | Age::NewerVersion
                    | Age::Reencoded { .. }
                    | Age::Base64
            )
        )
    }

    /// Whether something has to decrypt it before it is of use.
    pub(crate) fn is_ciphertext(self) -> bool {
        self.is_age_file() || self == Self::Sops
    }
}

#[cfg(test)]
mod tests {
    use super::Age::{Armored, Base64, Binary, Cut, NewerVersion, Reencoded, TextBeforeArmor};
    use super::Content::{Empty, Text};
    use super::{Container, Content, PemKind};

    fn age(bytes: &[u8]) -> super::Age {
        match Content::of(bytes) {
            Content::Age(age) => age,
            content => panic!("{content:?}"),
        }
    }

    #[test]
    fn age_files() {
        assert_eq!(age(b"age-encryption.org/v1\n-> X25519 x\n"), Binary);
        assert_eq!(age(b"age-encryption.org/v1\r\n"), Binary);
        assert_eq!(age(b" \n\t-----BEGIN AGE ENCRYPTED FILE-----\n"), Armored);
        assert_eq!(age(b"\xEF\xBB\xBF-----BEGIN AGE ENCRYPTED FILE-----\r\n"), Armored);
        assert_eq!(age(b"age-encryption.org/v2\nx"), NewerVersion);
    }

    #[test]
    fn cut_and_mangled_age_files() {
        assert_eq!(Content::of(b""), Empty);
        assert_eq!(Content::of(b" \n"), Empty);
        for cut in [b"a".as_slice(), b"age-encry", b"age-encryption.org/", b"age-encryption.org/v"]
        {
            assert_eq!(age(cut), Cut);
        }
        let utf16 = |text: &str| {
            [0xFF, 0xFE]
                .into_iter()
                .chain(text.encode_utf16().flat_map(u16::to_le_bytes))
                .collect::<Vec<u8>>()
        };
        assert_eq!(
            age(&utf16("-----BEGIN AGE ENCRYPTED FILE-----\r\n")),
            Reencoded { armored: true }
        );
        assert_eq!(age(&utf16("age-encryption.org/v1\r\n")), Reencoded { armored: false });
        assert_eq!(Content::of(&utf16("password")), Content::Utf16);
        assert_eq!(age(b"\xEF\xBB\xBFage-encryption.org/v1\n"), Reencoded { armored: false });
        assert_eq!(age(b"YWdlLWVuY3J5cHRpb24ub3JnL3YxCi0+IFgyNTUxOSA="), Base64);
        assert_eq!(age(b"# note\n-----BEGIN AGE ENCRYPTED FILE-----\n"), TextBeforeArmor);
    }

    #[test]
    fn other_files() {
        for (bytes, content) in [
            (b"password = 1\n".as_slice(), Text),
            (b"\xE9t\xE9", Content::Binary),
            (b"\x7FELF\0", Content::Binary),
            (b"# created: today\nAGE-SECRET-KEY-1X\n", Content::Identity),
            (b"age1xyz\n", Content::PublicKey),
            (b"-----BEGIN EC PRIVATE KEY-----\n", Content::Pem(PemKind::PrivateKey)),
            (b"-----BEGIN X509 CRL-----\n", Content::Pem(PemKind::Other)),
            (
                b"-----BEGIN PRIVATE KEY-----\n...\n-----END PRIVATE KEY-----\n",
                Content::Placeholder,
            ),
            (
                b"-----BEGIN CERTIFICATE-----\\n<certificate>\\n-----END CERTIFICATE-----",
                Content::Placeholder,
            ),
            (b"LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCg==", Content::Base64OfPem),
            (b"version https://git-lfs.github.com/spec/v1\n", Content::GitLfs),
            (b"\0GITCRYPT\0abc", Content::GitCrypt),
            (b"\xFE\xED\xFE\xED\0\0\0\x02", Content::Container(Container::JavaKeystore)),
            (b"${DB_PASSWORD}\n", Content::Placeholder),
        ] {
            assert_eq!(Content::of(bytes), content, "{bytes:?}");
        }
    }

    #[test]
    fn what_sops_encrypted() {
        let value = "ENC[AES256_GCM,data:x,iv:y,tag:z,type:str]";
        let armor = "-----BEGIN AGE ENCRYPTED FILE-----\nx\n-----END AGE ENCRYPTED FILE-----";
        for text in [value.to_owned(), format!("a={value}\nsops_version=3.9.0\nenc={armor}\n")] {
            assert_eq!(Content::of(text.as_bytes()), Content::Sops, "{text}");
        }
        assert_eq!(Content::of(b"# ENC[AES256_GCM, as SOPS writes\n"), Text);
    }
}
