//! Passphrases: asked for as late as can be, once, and refused in so many words.

use std::sync::atomic::{AtomicUsize, Ordering};

use super::lab::{
    Folder, LIMIT, PASSPHRASE, Person, VALUE, fixture, keyring, looked_up, named, open,
    open_asking, reason, text, told,
};
use crate::age::{BadIdentityReason, DecryptFault, FileFault, IdentityKind, Keyring, PassphraseOf};
use crate::secret::bytes::SecretBytes;
use crate::unit::peers;

#[test]
fn an_identity_file_with_a_passphrase_is_opened_once_and_late() {
    for name in ["identity.age", "identity-armored.age"] {
        let ring = keyring(vec![named("-i identity.age", &fixture(name))]);
        assert_eq!(ring.identities(true)[0].kind, IdentityKind::LockedFile);
        let person = Person::knows(PASSPHRASE);
        for _ in 0..3 {
            assert_eq!(
                open_asking(&ring, &fixture("for-identity.age"), &person).as_deref(),
                Ok(VALUE)
            );
        }
        assert_eq!(*person.asked.borrow(), ["the identity file -i identity.age"]);
        assert_eq!(ring.identities(true)[0].kind, IdentityKind::X25519);
    }
}

#[test]
fn an_identity_file_is_not_opened_when_another_identity_does() {
    let ring = keyring(vec![
        named("-i identity.age", &fixture("identity.age")),
        named("-i identity.txt", &fixture("identity.txt")),
    ]);
    assert_eq!(open(&ring, &fixture("for-identity.age")).as_deref(), Ok(VALUE));
}

#[test]
fn a_wrong_passphrase_of_an_identity_file() {
    let ring = keyring(vec![named("-i identity.age", &fixture("identity.age"))]);
    let person = Person::knows("a wrong guess 4711");
    for _ in 0..2 {
        let fault = open_asking(&ring, &fixture("for-identity.age"), &person).unwrap_err();
        assert_eq!(
            fault,
            DecryptFault::WrongPassphrase(PassphraseOf::IdentityFile("-i identity.age".to_owned()))
        );
        let said = told(&ring, &fault, &[b"a wrong guess 4711", &fixture("identity.txt")]);
        assert_eq!(
            (said.code.name, said.message.as_str()),
            ("passphrase", "the passphrase of the identity file `-i identity.age` is wrong")
        );
    }
    assert_eq!(person.asked.borrow().len(), 1);
}

#[test]
fn nobody_to_ask() {
    let ring = keyring(vec![named("-i identity.age", &fixture("identity.age"))]);
    let fault = open_asking(&ring, &fixture("for-identity.age"), &Person::nobody()).unwrap_err();
    assert_eq!(
        fault,
        DecryptFault::NoPassphrase(PassphraseOf::IdentityFile("-i identity.age".to_owned()))
    );
    assert!(text(&told(&ring, &fault, &[])).contains("MINTAGE_PASSPHRASE"));
    let fault = open_asking(&ring, &fixture("value.age"), &Person::nobody()).unwrap_err();
    assert_eq!(fault, DecryptFault::NoPassphrase(PassphraseOf::File));
    assert_eq!(
        told(&ring, &fault, &[]).message,
        "`secrets/db.age` needs a passphrase, and none was given"
    );
}

#[test]
fn files_by_typage_with_a_passphrase() {
    let Some(typage) = peers::need("typage") else { return };
    let folder = Folder::new();
    let ring = keyring(vec![]);
    for work in ["1", "10", "14"] {
        for armor in [&[][..], &["-a"]] {
            let arguments: Vec<&str> =
                ["-p", PASSPHRASE, "-w", work].iter().chain(armor).copied().collect();
            let file = folder.run(&typage, &arguments, VALUE);
            assert_eq!(open_asking(&ring, &file, &Person::knows(PASSPHRASE)).as_deref(), Ok(VALUE));
            let fault = open_asking(&ring, &file, &Person::knows("another guess 123")).unwrap_err();
            assert_eq!(fault, DecryptFault::File(FileFault::WrongPassphrase));
            let said = told(&ring, &fault, &[b"another guess 123"]);
            assert_eq!(said.message, "the passphrase of `secrets/db.age` is wrong");
        }
    }
}

/// A file that asks for more work, without having been made with it: nobody could wait for that.
fn with_work_factor(file: &[u8], factor: &str) -> Vec<u8> {
    let text = String::from_utf8_lossy(file);
    let header = text.split('\n').nth(1).expect("a stanza").as_bytes();
    let at = file.windows(header.len()).position(|part| part == header).expect("the stanza");
    [&file[..at + header.len() - 2], factor.as_bytes(), &file[at + header.len()..]].concat()
}

#[test]
fn too_much_work_is_refused_before_anybody_is_asked() {
    let ring = keyring(vec![]);
    for (factor, required) in [("21", 21), ("22", 22), ("63", 63), ("64", 64), ("255", 255)] {
        let file = with_work_factor(&fixture("value.age"), factor);
        let fault = open(&ring, &file).unwrap_err();
        assert_eq!(fault, DecryptFault::File(FileFault::WorkFactor(required)));
        assert_eq!(told(&ring, &fault, &[]).code.name, "age-work-factor");
        assert_eq!(
            reason(&with_work_factor(&fixture("identity.age"), factor)),
            BadIdentityReason::File(FileFault::WorkFactor(required))
        );
    }
    for factor in ["256", "0", "-1", "x", "018"] {
        let file = with_work_factor(&fixture("value.age"), factor);
        assert!(
            matches!(
                open_asking(&ring, &file, &Person::knows(PASSPHRASE)),
                Err(DecryptFault::File(FileFault::Damaged(_)))
            ),
            "{factor}"
        );
    }
}

#[test]
fn ssh_keys_are_unlocked_only_for_files_that_name_them() {
    let folder = Folder::new();
    let (Some(locked), Some(other), Some(native)) = (
        folder.ssh("a", PASSPHRASE, &["-t", "ed25519"]),
        folder.ssh("b", "", &["-t", "ed25519"]),
        folder.native("n"),
    ) else {
        return;
    };
    for input in [named("-i a", &locked.0), looked_up("~/.ssh/id_ed25519", &locked.0)] {
        let origin = input.description().into_owned();
        let ring = keyring(vec![input]);
        for recipient in [&other.1, &native.1] {
            let Some(file) = folder.encrypt(&["-r", recipient], VALUE) else { return };
            assert!(matches!(
                open(&ring, &file),
                Err(DecryptFault::NoMatch { .. } | DecryptFault::NoIdentities { .. })
            ));
        }
        let Some(file) = folder.encrypt(&["-r", &native.1, "-r", &locked.1], VALUE) else { return };
        let person = Person::knows("a wrong guess 4711");
        for _ in 0..2 {
            let fault = open_asking(&ring, &file, &person).unwrap_err();
            assert_eq!(fault, DecryptFault::WrongPassphrase(PassphraseOf::SshKey(origin.clone())));
            assert!(
                told(&ring, &fault, &[&locked.0, b"a wrong guess 4711"])
                    .message
                    .contains(&format!("the SSH key `{origin}`"))
            );
        }
        assert_eq!(person.asked.borrow().len(), 1);
        let both =
            keyring(vec![looked_up("~/.ssh/id_ed25519", &locked.0), named("-i n", &native.0)]);
        assert_eq!(open(&both, &file).as_deref(), Ok(VALUE));
    }
}

#[test]
fn threads_share_a_keyring_and_ask_once() {
    let ring: Keyring = keyring(vec![named("-i identity.age", &fixture("identity.age"))]);
    let (asked, file) = (AtomicUsize::new(0), fixture("for-identity.age"));
    let ask = |_: &str| {
        asked.fetch_add(1, Ordering::SeqCst);
        Some(SecretBytes::from(PASSPHRASE))
    };
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                assert_eq!(ring.decrypt("x", &file, LIMIT, &ask).unwrap().expose(), VALUE)
            });
        }
    });
    assert_eq!(asked.load(Ordering::SeqCst), 1);
}

#[test]
fn what_a_passphrase_opens_may_be_no_identity() {
    let ring = keyring(vec![named("-i value.age", &fixture("value.age"))]);
    let fault =
        open_asking(&ring, &fixture("for-identity.age"), &Person::knows(PASSPHRASE)).unwrap_err();
    let DecryptFault::BadIdentity(bad) = &fault else { panic!("{fault:?}") };
    assert!(matches!(bad.reason, BadIdentityReason::Line { line: 1, .. }));
    assert_eq!(told(&ring, &fault, &[]).code.name, "bad-identity");
}
