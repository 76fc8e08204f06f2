//! The test vectors of the age format: <https://c2sp.org/CCTV/age>.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

use super::lab::{Folder, keyring, named};
use crate::age::{DecryptFault, FileFault};
use crate::secret::bytes::SecretBytes;
use crate::unit::peers;

/// A vector: what it expects, with what, and the file.
#[derive(Default)]
struct Vector<'a> {
    expect: &'a str,
    payload: &'a str,
    identities: Vec<u8>,
    passphrase: Option<&'a str>,
    file: &'a [u8],
}

impl<'a> Vector<'a> {
    fn read(bytes: &'a [u8]) -> Self {
        let end = bytes.windows(2).position(|pair| pair == b"\n\n").unwrap() + 2;
        let mut vector = Vector { file: &bytes[end..], ..Vector::default() };
        for line in std::str::from_utf8(&bytes[..end]).unwrap().lines() {
            match line.split_once(": ") {
                Some(("expect", expect)) => vector.expect = expect,
                Some(("payload", payload)) => vector.payload = payload,
                Some(("identity", identity)) => {
                    vector.identities.extend(format!("{identity}\n").bytes());
                }
                Some(("passphrase", passphrase)) => vector.passphrase = Some(passphrase),
                Some(("file key" | "comment" | "armored" | "compressed", _)) | None => {}
                Some((other, _)) => panic!("what is {other}?"),
            }
        }
        vector
    }

    fn open(&self) -> Result<SecretBytes, DecryptFault> {
        let inputs = match self.identities.as_slice() {
            [] => vec![],
            identities => vec![named("-i vector", identities)],
        };
        let ask = |_: &str| self.passphrase.map(SecretBytes::from);
        keyring(inputs).decrypt("vector", self.file, usize::MAX, &ask)
    }
}

#[test]
fn all_of_them() {
    let Some(vectors) = peers::need("cctv-age") else { return };
    let all = String::from_utf8(Folder::new().run(&vectors, &[], b"")).unwrap();
    let mut wrong = Vec::new();
    for line in all.lines() {
        let (name, vector) = line.split_once(' ').unwrap();
        let bytes = STANDARD.decode(vector).unwrap();
        let vector = Vector::read(&bytes);
        let opened = vector.open();
        let fits = match (vector.expect, &opened) {
            ("success", Ok(plain)) => {
                let hash: String = Sha256::digest(plain.expose())
                    .iter()
                    .map(|byte| format!("{byte:02x}"))
                    .collect();
                hash == vector.payload
            }
            (
                "armor failure" | "header failure",
                Err(DecryptFault::File(
                    FileFault::Damaged(_) | FileFault::NotAge(_) | FileFault::WorkFactor(_),
                )),
            ) => true,
            (
                "HMAC failure" | "payload failure",
                Err(DecryptFault::File(FileFault::Damaged(_))),
            ) => true,
            ("no match", Err(DecryptFault::NoMatch { .. } | DecryptFault::NoIdentities { .. })) => {
                true
            }
            // A wrong passphrase.
            ("no match", Err(DecryptFault::File(FileFault::WrongPassphrase))) => {
                vector.passphrase.is_some()
            }
            _ => false,
        };
        if !fits {
            let got = opened.map(|plain| plain.len());
            wrong.push(format!("{name}: {}, not {got:?}", vector.expect));
        }
    }
    assert_eq!(all.lines().count(), 143);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
