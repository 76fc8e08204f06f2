//! A damaged file is never opened, not even in part, whatever the damage; and nothing that is fed
//! in panics.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use proptest::prelude::{any, prop, proptest};

use super::lab::{Folder, VALUE, fixture, keyring, named, open, told};
use crate::age::{Damage, DecryptFault, FileFault, Keyring, Plugins, Recipient, dedent_armor};
use crate::unit::support::thinned;

/// 200 kB for a new key, and the keyring that opens it. The plaintext is lines that no message may
/// show.
fn large() -> Option<(Keyring, Vec<u8>)> {
    let folder = Folder::new();
    let (identity, recipient) = folder.native("key.txt")?;
    let plain: Vec<u8> = VALUE.iter().copied().cycle().take(200_000).collect();
    let file = folder.encrypt(&["-r", &recipient], &plain)?;
    Some((keyring(vec![named("-i key.txt", &identity)]), file))
}

#[test]
fn truncated_anywhere() {
    let Some((ring, file)) = large() else { return };
    assert!(open(&ring, &file).is_ok());
    let chunks =
        (0..4).flat_map(|chunk| (0..5).map(move |near| chunk * (65_536 + 16) + near + 214));
    let points = (0..600)
        .chain(chunks)
        .chain((600..file.len()).step_by(5_003))
        .chain(file.len() - 20..file.len());
    for point in points {
        let fault = open(&ring, &file[..point]).expect_err("a part of a file is no file");
        let code = told(&ring, &fault, &[]).code.name;
        assert!(matches!(code, "age-damaged" | "not-age"), "{point}: {fault:?}");
        assert_eq!(code == "not-age", point < "age-encryption.org/v1".len(), "{point}: {fault:?}");
    }
}

#[test]
fn one_bit_anywhere() {
    let Some((ring, file)) = large() else { return };
    let header = file.windows(5).position(|part| part == b"\n--- ").unwrap() + 60;
    for point in (0..header).chain((header..file.len()).step_by(4_999)) {
        let mut altered = file.clone();
        altered[point] ^= 1 << (point % 8);
        let fault = open(&ring, &altered).expect_err("an altered file is no file");
        told(&ring, &fault, &[]);
    }
}

#[test]
fn more_at_the_end() {
    let Some((ring, file)) = large() else { return };
    for more in [b"\n".as_slice(), b"\0", &[0; 70_000]] {
        assert_eq!(
            open(&ring, &[&file, more].concat()),
            Err(DecryptFault::File(FileFault::Damaged(Damage::Altered)))
        );
    }
    assert_eq!(
        open(&ring, &[&file[..], &file[..]].concat()),
        Err(DecryptFault::File(FileFault::Damaged(Damage::Altered)))
    );
}

#[test]
fn armor_with_an_altered_character() {
    let folder = Folder::new();
    let Some((identity, recipient)) = folder.native("key.txt") else { return };
    let Some(file) = folder.encrypt(&["-a", "-r", &recipient], VALUE) else { return };
    let ring = keyring(vec![named("-i key.txt", &identity)]);
    for point in 0..file.len() {
        for bit in [0, 5] {
            let mut altered = file.clone();
            altered[point] ^= 1 << bit;
            match open(&ring, &altered) {
                // The last line break may become another blank.
                Ok(plain) => assert_eq!((plain.as_slice(), point), (VALUE, file.len() - 1)),
                Err(fault) => drop(told(&ring, &fault, &[])),
            }
        }
        // The first character alone decides that it is armor at all.
        if let Ok(plain) = open(&ring, &file[..point]) {
            assert_eq!((plain.as_slice(), point), (VALUE, file.len() - 1));
        }
    }
    let twice = [&file[..], &file[..]].concat();
    assert!(matches!(open(&ring, &twice), Err(DecryptFault::File(FileFault::Damaged(_)))));
    let followed = [&file[..], b"password: 1\n"].concat();
    assert_eq!(
        open(&ring, &followed),
        Err(DecryptFault::File(FileFault::Damaged(Damage::TextAfterArmor)))
    );
    assert_eq!(
        open(&ring, &file[..file.len() - 10]),
        Err(DecryptFault::File(FileFault::Damaged(Damage::Altered)))
    );
}

#[test]
fn line_breaks_converted_by_git() {
    let file =
        String::from_utf8_lossy(&fixture("for-identity.age")).into_owned().replace('\n', "\r\n");
    let ring = keyring(vec![named("-i identity.txt", &fixture("identity.txt"))]);
    let fault = open(&ring, file.as_bytes()).unwrap_err();
    assert_eq!(fault, DecryptFault::File(FileFault::Damaged(Damage::LineBreaks)));
    assert!(told(&ring, &fault, &[]).helps.iter().any(|help| help.contains(".gitattributes")));
}

fn ssh_key(arguments: &[&str]) -> Option<Vec<u8>> {
    let (private, _) = Folder::new().ssh("key", "", arguments)?;
    let text = String::from_utf8(private).ok()?;
    let body: String = text.lines().filter(|line| !line.starts_with('-')).collect();
    STANDARD.decode(body).ok()
}

/// Loads a key whose bytes are altered in one place, and tries it.
fn try_altered_ssh_key(label: &str, bytes: &[u8], at: usize, with: &[u8], file: &[u8]) {
    let mut bytes = bytes.to_vec();
    let at = at % bytes.len();
    let end = (at + with.len()).min(bytes.len());
    bytes[at..end].copy_from_slice(&with[..end - at]);
    let text = format!(
        "-----BEGIN {label} PRIVATE KEY-----\n{}\n-----END {label} PRIVATE KEY-----\n",
        STANDARD.encode(bytes)
    );
    let (ring, _) = Keyring::load(vec![named("-i key", text.as_bytes())], Plugins::Never);
    let _ = ring.decrypt("x", file, 100, &|_| None);
}

#[test]
fn altered_ssh_keys_do_not_panic() {
    let file = fixture("for-identity.age");
    for (label, arguments) in [
        ("OPENSSH", &["-t", "ed25519"][..]),
        ("OPENSSH", &["-t", "rsa", "-b", "1024"]),
        ("RSA", &["-t", "rsa", "-b", "1024", "-m", "PEM"]),
    ] {
        let Some(key) = ssh_key(arguments) else { return };
        for at in (0..key.len()).step_by(thinned(3)) {
            for with in [&[0u8; 1][..], &[255], &[1], &[0; 64], &[0; 256], &[255; 4]] {
                try_altered_ssh_key(label, &key, at, with, &file);
            }
        }
    }
}

proptest! {
    #![proptest_config(crate::unit::support::tried(300, module_path!()))]

    #[test]
    fn no_bytes_panic(
        bytes in prop::collection::vec(any::<u8>(), 0..300),
        text in "\\PC{0,120}",
        cut in 0usize..230,
    ) {
        let (ring, _) = Keyring::load(vec![
            named("-i a", &bytes),
            named("-i b", text.as_bytes()),
            named("-i c", &fixture("identity.txt")),
        ], Plugins::Never);
        let nobody = |_: &str| None;
        let file = fixture("for-identity.age");
        // The whole file would open.
        let cut = cut.min(file.len() - 1);
        let header = b"age-encryption.org/v1\n-> ".as_slice();
        let damaged = [[&file[..cut], &bytes].concat(), [header, &bytes].concat()];
        for bytes in [bytes.clone()].into_iter().chain(damaged) {
            assert!(ring.decrypt("x", &bytes, 100, &nobody).is_err());
        }
        let _ = Recipient::parse(&text);
        let _ = Recipient::parse(&format!("age1{text}"));
        let _ = Recipient::parse(&format!("ssh-rsa {}", STANDARD.encode(&bytes)));
        let _ = dedent_armor(&text);
    }
}
