//! Files that nobody here can open, and files that are none: what is said, and what is not.

use super::lab::{Folder, VALUE, fixture, keyring, looked_up, named, open, text, told};
use crate::age::messages::{Encrypted, decrypt_fault};
use crate::age::{Addressee, DecryptFault, FileFault};
use crate::content::{Age, Content};
use crate::unit::peers;

#[test]
fn a_file_for_somebody_else() {
    let folder = Folder::new();
    let (Some(mine), Some(theirs), Some(ssh), Some(other)) = (
        folder.native("mine"),
        folder.native("theirs"),
        folder.ssh("ssh", "", &["-t", "ed25519"]),
        folder.ssh("other", "", &["-t", "rsa", "-b", "2048"]),
    ) else {
        return;
    };
    let Some(file) = folder.encrypt(&["-r", &theirs.1, "-r", &theirs.1, "-r", &other.1], VALUE)
    else {
        return;
    };
    let ring = keyring(vec![named("-i mine.txt", &mine.0), looked_up("~/.ssh/id_ed25519", &ssh.0)]);
    let fault = open(&ring, &file).unwrap_err();
    let said = told(&ring, &fault, &[&mine.0, &ssh.0]);
    assert_eq!(
        (said.code.name, said.message.as_str()),
        ("no-matching-identity", "none of the identities can decrypt `secrets/db.age`")
    );
    let all = text(&said);
    for part in [
        "2 native recipients",
        "the ssh-rsa key whose SHA-256 starts with",
        "`-i mine.txt`",
        &mine.1,
        "`~/.ssh/id_ed25519`",
        "SHA256:",
        "-i FILE",
        "MINTAGE_IDENTITY_FILE",
    ] {
        assert!(all.contains(part), "{part} in {all}");
    }
}

#[test]
fn keys_that_were_looked_up_for_ssh_do_not_count_elsewhere() {
    let folder = Folder::new();
    let (Some(native), Some(ssh)) = (folder.native("n"), folder.ssh("s", "", &["-t", "ed25519"]))
    else {
        return;
    };
    let Some(file) = folder.encrypt(&["-r", &native.1], VALUE) else { return };
    let ring = keyring(vec![
        looked_up("~/.ssh/id_ed25519", &ssh.0),
        looked_up("~/.ssh/id_rsa", b"rubbish"),
    ]);
    let fault = open(&ring, &file).unwrap_err();
    assert!(matches!(fault, DecryptFault::NoIdentities { .. }));
    assert_eq!(
        told(&ring, &fault, &[&ssh.0]).message,
        "`secrets/db.age` is encrypted, and no identity was given to decrypt it"
    );
    // A native key there is none that ssh would have put there.
    assert!(keyring(vec![looked_up("~/.ssh/id_ed25519", &native.0)]).identities(true).is_empty());
}

#[test]
fn long_lists_are_cut() {
    let folder = Folder::new();
    let keys: Option<Vec<_>> = (0..9).map(|at| folder.native(&format!("k{at}"))).collect();
    let Some(keys) = keys else { return };
    let inputs =
        keys.iter().enumerate().map(|(at, key)| named(&format!("-i k{at}"), &key.0)).collect();
    let ring = keyring(inputs);
    let fault = open(&ring, &fixture("for-identity.age")).unwrap_err();
    let said = told(&ring, &fault, &[]);
    assert_eq!(said.notes.iter().filter(|note| note.starts_with("tried ")).count(), 6);
    assert_eq!(said.notes.last().map(String::as_str), Some("and 3 more"));
}

#[test]
fn post_quantum_files() {
    let (Some(typage), Some((identity, _))) =
        (peers::need("typage"), Folder::new().native("key.txt"))
    else {
        return;
    };
    let folder = Folder::new();
    let hybrid = String::from_utf8(folder.run(&typage, &["keygen", "--hybrid"], b"")).unwrap();
    let recipient = hybrid.lines().next().unwrap().replace("# public key: ", "");
    let file = folder.run(&typage, &["-r", &recipient], VALUE);
    let ring = keyring(vec![named("-i key.txt", &identity)]);
    let fault = open(&ring, &file).unwrap_err();
    let DecryptFault::NoMatch { addressees, .. } = &fault else { panic!("{fault:?}") };
    assert_eq!(addressees.0.keys().collect::<Vec<_>>(), [&Addressee::PostQuantum]);
    assert!(text(&told(&ring, &fault, &[hybrid.as_bytes()])).contains("post-quantum"));
}

#[test]
fn no_age_files() {
    let ring = keyring(vec![named("-i identity.txt", &fixture("identity.txt"))]);
    for (bytes, looks, part) in [
        (b"".as_slice(), Content::Empty, "is not age-encrypted: it is empty"),
        (
            VALUE,
            Content::Text,
            "`mv secrets/db.age secrets/db.age.plain && mintage encrypt secrets/db.age.plain -o \
             secrets/db.age`",
        ),
        (VALUE, Content::Text, "write `file` instead of `age`"),
        (b"\0\x01planted", Content::Binary, "does not start with age's header"),
        (b"age-encryption.org/v2\n", Content::Age(Age::NewerVersion), "later version"),
        (b"password: ENC[AES256_GCM,data:planted]\nsops: {}\n", Content::Sops, "sops decrypt"),
        (
            b"version https://git-lfs.github.com/spec/v1\noid sha256:0\n",
            Content::GitLfs,
            "git lfs pull",
        ),
        (&fixture("identity.txt"), Content::Identity, "an identity is a private key"),
    ] {
        let fault = open(&ring, bytes).unwrap_err();
        assert_eq!(fault, DecryptFault::File(FileFault::NotAge(looks)));
        let said = told(&ring, &fault, &[bytes, &fixture("identity.txt")]);
        assert_eq!(said.code.name, "not-age");
        assert!(text(&said).contains(part), "{part} in {}", text(&said));
        assert!(!text(&said).contains("planted"));
    }
    let inline = text(&decrypt_fault(Encrypted::Armor, &FileFault::NotAge(Content::Text).into()));
    assert!(
        inline.contains("`armor` is not age-encrypted")
            && inline.contains("write `value` instead of `armor`"),
        "{inline}"
    );
}
