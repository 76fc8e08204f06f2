//! What a file is that should be age-encrypted, told by its first bytes. age itself says the same
//! of all that it can't read.

/// What a file without age's header looks like. Says nothing of its content beyond its kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ContentKind {
    /// No bytes, or only blanks.
    Empty,
    PlainText,
    Binary,
    /// The beginning of age's first line, and nothing else.
    Cut,
    /// An age file of a version after v1.
    NewerVersion,
    /// An age file that PowerShell's `>` or an editor wrote anew in another encoding.
    Reencoded {
        /// Whether it was armored: then nothing is lost.
        armored: bool,
    },
    TextBeforeArmor,
    /// A binary age file, in base64 without armor lines.
    Base64,
    /// An age identity: the key, not what it opens.
    Identity,
    PublicKey,
    PrivateKey,
    Certificate,
    Pem,
    Sops,
    Pgp,
    OpenSsl,
    AnsibleVault,
    /// A Git LFS pointer: the file was not fetched.
    GitLfs,
    /// A file that git-crypt has not unlocked.
    GitCrypt,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AgeForm {
    /// Begins with the header of an age v1 file.
    Binary,
    /// Begins, after blanks, with age's armor.
    Armored,
    Other(ContentKind),
}

/// First line of every age file, up to its version: <https://c2sp.org/age>.
const INTRO: &[u8] = b"age-encryption.org/";
pub(crate) const ARMOR_BEGIN: &str = "-----BEGIN AGE ENCRYPTED FILE-----";
/// `INTRO` in base64, as far as its bits do not depend on what follows.
const INTRO_BASE64: &str = "YWdlLWVuY3J5cHRpb24ub3Jn";
const BOM: &[u8] = b"\xEF\xBB\xBF";

pub(crate) fn sniff(bytes: &[u8]) -> AgeForm {
    if let Some(version) = bytes.strip_prefix(INTRO) {
        return version_form(version);
    }
    if bytes.trim_ascii().is_empty() {
        return AgeForm::Other(ContentKind::Empty);
    }
    if INTRO.starts_with(bytes) {
        return AgeForm::Other(ContentKind::Cut);
    }
    if let Some(looks) = utf16(bytes) {
        return AgeForm::Other(looks);
    }
    let unmarked = bytes.strip_prefix(BOM).unwrap_or(bytes);
    if unmarked.starts_with(INTRO) {
        return AgeForm::Other(ContentKind::Reencoded { armored: false });
    }
    let start = unmarked.trim_ascii_start();
    if start.starts_with(ARMOR_BEGIN.as_bytes()) {
        return AgeForm::Armored;
    }
    AgeForm::Other(other(start))
}

fn version_form(version: &[u8]) -> AgeForm {
    let line = version.split(|byte| *byte == b'\n').next().unwrap_or_default();
    match line.strip_suffix(b"\r").unwrap_or(line) {
        [] | b"v" => AgeForm::Other(ContentKind::Cut),
        [b'v', digits @ ..] if digits != b"1" && digits.iter().all(u8::is_ascii_digit) => {
            AgeForm::Other(ContentKind::NewerVersion)
        }
        _ => AgeForm::Binary,
    }
}

/// What a text in UTF-16 is: PowerShell before version 6 turns everything into it that passes `>`.
fn utf16(bytes: &[u8]) -> Option<ContentKind> {
    let (big_endian, rest, marked) = match bytes {
        [0xFF, 0xFE, rest @ ..] => (false, rest, true),
        [0xFE, 0xFF, rest @ ..] => (true, rest, true),
        [b'a' | b'-', 0, ..] => (false, bytes, false),
        [0, b'a' | b'-', ..] => (true, bytes, false),
        _ => return None,
    };
    let units = rest.chunks_exact(2).take(ARMOR_BEGIN.len());
    let start: Vec<u8> = units
        .map(|unit| if big_endian { unit.last() } else { unit.first() })
        .map(|byte| byte.copied().unwrap_or(0))
        .collect();
    if start == ARMOR_BEGIN.as_bytes() {
        Some(ContentKind::Reencoded { armored: true })
    } else if start.starts_with(INTRO) {
        Some(ContentKind::Reencoded { armored: false })
    } else {
        (marked && rest.len() % 2 == 0).then_some(ContentKind::PlainText)
    }
}

fn other(bytes: &[u8]) -> ContentKind {
    for (start, looks) in [
        (b"\0GITCRYPT\0".as_slice(), ContentKind::GitCrypt),
        (b"Salted__", ContentKind::OpenSsl),
        (b"$ANSIBLE_VAULT;", ContentKind::AnsibleVault),
        (b"version https://git-lfs.github.com/spec/", ContentKind::GitLfs),
        (INTRO_BASE64.as_bytes(), ContentKind::Base64),
        (b"-----BEGIN PGP ", ContentKind::Pgp),
        (b"-----BEGIN CERTIFICATE-----", ContentKind::Certificate),
    ] {
        if bytes.starts_with(start) {
            return looks;
        }
    }
    match std::str::from_utf8(bytes) {
        Ok(text) if !text.chars().any(|c| c.is_control() && !c.is_ascii_whitespace()) => {
            text_kind(text)
        }
        _ => ContentKind::Binary,
    }
}

fn text_kind(text: &str) -> ContentKind {
    let first = text.lines().next().unwrap_or_default();
    if first.starts_with("-----BEGIN ") && first.contains("PRIVATE KEY") {
        return ContentKind::PrivateKey;
    }
    if text.contains(ARMOR_BEGIN) {
        return ContentKind::TextBeforeArmor;
    }
    if first.starts_with("-----BEGIN ") {
        return ContentKind::Pem;
    }
    if text.contains("ENC[AES256_GCM,") {
        return ContentKind::Sops;
    }
    if text.lines().any(|line| line.trim_start().starts_with("AGE-SECRET-KEY-")) {
        return ContentKind::Identity;
    }
    if ["age1", "ssh-ed25519 AAAA", "ssh-rsa AAAA"].iter().any(|start| first.starts_with(start)) {
        return ContentKind::PublicKey;
    }
    ContentKind::PlainText
}

#[cfg(test)]
mod tests {
    use super::*;

    fn looks(bytes: &[u8]) -> ContentKind {
        match sniff(bytes) {
            AgeForm::Other(looks) => looks,
            form => panic!("{form:?}"),
        }
    }

    #[test]
    fn age_files() {
        assert_eq!(sniff(b"age-encryption.org/v1\n-> X25519 x\n"), AgeForm::Binary);
        assert_eq!(sniff(b"age-encryption.org/v1\r\n"), AgeForm::Binary);
        assert_eq!(sniff(b" \n\t-----BEGIN AGE ENCRYPTED FILE-----\n"), AgeForm::Armored);
        assert_eq!(sniff(b"\xEF\xBB\xBF-----BEGIN AGE ENCRYPTED FILE-----\r\n"), AgeForm::Armored);
        assert_eq!(looks(b"age-encryption.org/v2\nx"), ContentKind::NewerVersion);
    }

    #[test]
    fn cut_and_mangled_age_files() {
        assert_eq!(looks(b""), ContentKind::Empty);
        assert_eq!(looks(b" \n"), ContentKind::Empty);
        for cut in [b"a".as_slice(), b"age-encry", b"age-encryption.org/", b"age-encryption.org/v"]
        {
            assert_eq!(looks(cut), ContentKind::Cut);
        }
        let utf16 = |text: &str| {
            [0xFF, 0xFE]
                .into_iter()
                .chain(text.encode_utf16().flat_map(u16::to_le_bytes))
                .collect::<Vec<u8>>()
        };
        assert_eq!(
            looks(&utf16("-----BEGIN AGE ENCRYPTED FILE-----\r\n")),
            ContentKind::Reencoded { armored: true }
        );
        assert_eq!(
            looks(&utf16("age-encryption.org/v1\r\n")),
            ContentKind::Reencoded { armored: false }
        );
        assert_eq!(looks(&utf16("password")), ContentKind::PlainText);
        assert_eq!(
            looks(b"\xEF\xBB\xBFage-encryption.org/v1\n"),
            ContentKind::Reencoded { armored: false }
        );
        assert_eq!(looks(b"YWdlLWVuY3J5cHRpb24ub3JnL3YxCi0+IFgyNTUxOSA="), ContentKind::Base64);
        assert_eq!(
            looks(b"# note\n-----BEGIN AGE ENCRYPTED FILE-----\n"),
            ContentKind::TextBeforeArmor
        );
    }

    #[test]
    fn other_files() {
        assert_eq!(looks(b"password = 1\n"), ContentKind::PlainText);
        assert_eq!(looks(b"\xE9t\xE9"), ContentKind::Binary);
        assert_eq!(looks(b"\x7FELF\0"), ContentKind::Binary);
        assert_eq!(looks(b"# created: today\nAGE-SECRET-KEY-1X\n"), ContentKind::Identity);
        assert_eq!(looks(b"age1xyz\n"), ContentKind::PublicKey);
        assert_eq!(looks(b"-----BEGIN EC PRIVATE KEY-----\n"), ContentKind::PrivateKey);
        assert_eq!(looks(b"-----BEGIN X509 CRL-----\n"), ContentKind::Pem);
        assert_eq!(looks(b"a: ENC[AES256_GCM,data:x]\nsops:\n"), ContentKind::Sops);
        assert_eq!(looks(b"version https://git-lfs.github.com/spec/v1\n"), ContentKind::GitLfs);
        assert_eq!(looks(b"\0GITCRYPT\0abc"), ContentKind::GitCrypt);
    }
}
