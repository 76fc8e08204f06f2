//! Recipients as real tools print them.

use super::lab::{Folder, fixture};
use crate::age::bech32_text::Correction;
use crate::age::messages::{RecipientOrigin, bad_recipient};
use crate::age::{NewIdentity, Recipient, RecipientFault, SshProblem, generate_identity};
use crate::unit::peers;

fn check_recipient(text: &str) -> Result<(), RecipientFault> {
    Recipient::parse(text).map(|_| ())
}

#[test]
fn native_and_ssh() {
    let folder = Folder::new();
    let Some((_, native)) = folder.native("key.txt") else { return };
    assert_eq!(check_recipient(&native), Ok(()));
    // age agrees on what it encrypts for, but for our limit of 4096 bits.
    let age = peers::need("age");
    let age_agrees = |public: &str| {
        let Some(age) = &age else { return };
        let output = peers::run(peers::command(age).args(["-r", public]), b"x");
        assert_eq!(output.status.success(), check_recipient(public).is_ok(), "{public}");
    };
    for (name, arguments, kind) in [
        ("ed", &["-t", "ed25519"][..], Ok(())),
        ("rsa", &["-t", "rsa", "-b", "2048"], Ok(())),
        (
            "short",
            &["-t", "rsa", "-b", "1024"],
            Err(SshProblem::Kind("ssh-rsa of 1024 bits".to_owned())),
        ),
        ("ecdsa", &["-t", "ecdsa"], Err(SshProblem::Kind("ecdsa-sha2-nistp256".to_owned()))),
    ] {
        let Some((private, public)) = folder.ssh(name, "", arguments) else { return };
        assert_eq!(check_recipient(&public), kind.map_err(RecipientFault::Ssh), "{name}");
        age_agrees(&public);
        assert_eq!(
            check_recipient(&String::from_utf8(private).unwrap()),
            Err(RecipientFault::SecretKey)
        );
    }
    // By `ssh-keygen -t rsa -b`, which takes seconds for keys of this size.
    let large = |name: &str| String::from_utf8(fixture(name)).unwrap().trim().to_owned();
    assert_eq!(check_recipient(&large("rsa-4096.pub")), Ok(()));
    age_agrees(&large("rsa-4096.pub"));
    assert_eq!(
        check_recipient(&large("rsa-4104.pub")),
        Err(RecipientFault::Ssh(SshProblem::Kind("ssh-rsa of 4104 bits".to_owned())))
    );
}

#[test]
fn every_single_mistake_in_a_native_recipient_is_seen() {
    let Some((_, native)) = Folder::new().native("key.txt") else { return };
    for at in 0..native.len() {
        for with in ["q", "p", "0", "b", "Q", " ", ""] {
            let wrong = format!("{}{with}{}", &native[..at], &native[at + 1..]);
            if wrong != native {
                assert!(check_recipient(&wrong).is_err(), "{wrong}");
            }
        }
    }
}

#[test]
fn what_is_known_but_not_supported() {
    let Some(typage) = peers::need("typage") else { return };
    let folder = Folder::new();
    let text = String::from_utf8(folder.run(&typage, &["keygen", "--hybrid"], b"")).unwrap();
    let recipient = text.lines().next().unwrap().replace("# public key: ", "");
    assert_eq!(check_recipient(&recipient), Ok(()));
    // Made with the reference code of BIP 173.
    for text in [
        "age1yubikey1qgqqzqsrqszsvpcgpy9qkrqdpc83qygjzv2p29shrqv35xcur50p7wlqp0l",
        "age1fido2-hmac1qqqsyqcyq5rqwzqfpg9scrgwpugpzysnzs23v9ccrydpk8qarc0jqgfzyvjz2f38t2d9ms",
    ] {
        assert_eq!(check_recipient(text), Ok(()));
        let other = format!("{}q", &text[..text.len() - 1]);
        let last = text.chars().last().unwrap();
        let right = Correction { position: text.len(), found: 'q', right: last };
        assert_eq!(check_recipient(&other), Err(RecipientFault::Mistyped(vec![right])));
    }
}

/// The same character in the place of every right one, and cut short.
#[test]
fn mistakes_in_long_recipients_have_their_places() {
    let hybrid = generate_identity(NewIdentity::Hybrid).recipient;
    let tag = "age1tag1qt8lw0ual6avlwmwatk888yqnmdamm7xfd0wak53ut6elz5c4swx2yqdj4e".to_owned();
    for text in [hybrid, tag] {
        let cut = RecipientFault::Length { found: text.len() - 1, wanted: text.len() };
        assert_eq!(check_recipient(&text[..text.len() - 1]), Err(cut));
        for at in (8..text.len()).step_by(1 + text.len() / 40) {
            for with in ['q', 'b'] {
                let found = with;
                let right = text[at..].chars().next().unwrap();
                let wrong = format!("{}{with}{}", &text[..at], &text[at + 1..]);
                if right == with {
                    continue;
                }
                let Err(RecipientFault::Mistyped(corrections)) = check_recipient(&wrong) else {
                    panic!("{:?}", check_recipient(&wrong))
                };
                assert!(corrections.contains(&Correction { position: at + 1, found, right }));
                // The checksum tells places apart that are less than 1,023 characters apart.
                assert!(corrections.len() <= 1 + text.len() / 1_023);
            }
        }
    }
}

#[test]
fn a_secret_key_is_never_quoted() {
    let Some((identity, _)) = Folder::new().native("key.txt") else { return };
    let text = String::from_utf8(identity).unwrap();
    let key = text.lines().last().unwrap();
    for wrong in
        [key.to_owned(), key.to_lowercase(), format!(" {key}"), format!("'{key}'"), text.clone()]
    {
        let bad = check_recipient(&wrong).unwrap_err();
        assert_eq!(bad, RecipientFault::SecretKey);
        for (from, message) in [
            (RecipientOrigin::Name("alice"), "the recipient `alice` is a private key"),
            (RecipientOrigin::Flag, "the recipient after `-r` is a private key"),
        ] {
            let said = bad_recipient(from, &bad);
            assert_eq!((said.code.name, said.message.as_str()), ("recipient", message));
            let all = format!("{bad:?}{said:?}").to_lowercase();
            assert!(!all.contains(&key[20..40].to_lowercase()));
        }
    }
}
