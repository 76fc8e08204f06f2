//! Files by real tools open, whole.

use super::lab::{
    Folder, PASSPHRASE, Person, VALUE, fixture, keyring, looked_up, named, open, open_asking,
};
use crate::age::{Damage, DecryptFault, FileFault, IdentityKind, dedent_armor};
use crate::unit::peers;
use crate::unit::support::assert_linear;

/// Lengths around what could go wrong: nothing, and the ends of age's 64 KiB chunks.
const LENGTHS: [usize; 6] = [0, 1, 65_535, 65_536, 65_537, 200_000];

fn plaintext(len: usize) -> Vec<u8> {
    (0u8..=250).cycle().take(len).collect()
}

#[test]
fn age_for_a_native_key() {
    let folder = Folder::new();
    let Some((identity, recipient)) = folder.native("key.txt") else { return };
    let ring = keyring(vec![named("-i key.txt", &identity)]);
    for len in LENGTHS {
        for armor in [&[][..], &["-a"]] {
            let arguments: Vec<&str> = ["-r", &recipient].iter().chain(armor).copied().collect();
            let Some(file) = folder.encrypt(&arguments, &plaintext(len)) else { return };
            assert_eq!(
                open(&ring, &file).as_deref(),
                Ok(plaintext(len).as_slice()),
                "{len} bytes, {armor:?}"
            );
        }
    }
    let infos = ring.identities(true);
    assert_eq!(
        infos.iter().map(|info| info.public.as_deref()).collect::<Vec<_>>(),
        [Some(recipient.as_str())]
    );
}

#[test]
fn any_of_several_recipients() {
    let folder = Folder::new();
    let (Some(a), Some(b), Some(c)) =
        (folder.native("a"), folder.native("b"), folder.ssh("c", "", &["-t", "ed25519"]))
    else {
        return;
    };
    let Some(file) = folder.encrypt(&["-r", &a.1, "-r", &b.1, "-r", &c.1], VALUE) else { return };
    for identity in [a.0, b.0, c.0] {
        assert_eq!(open(&keyring(vec![named("-i x", &identity)]), &file).as_deref(), Ok(VALUE));
    }
}

#[test]
fn an_identity_file_of_several_keys() {
    let folder = Folder::new();
    let (Some(a), Some(b)) = (folder.native("a"), folder.native("b")) else { return };
    let both = [a.0.as_slice(), b"\r\n", &b.0].concat();
    let crlf = String::from_utf8(both.clone()).unwrap().replace('\n', "\r\n").into_bytes();
    let indented = String::from_utf8(both.clone()).unwrap().replace('\n', " \t\n   ").into_bytes();
    let bom = [b"\xEF\xBB\xBF".as_slice(), &both].concat();
    let lower = String::from_utf8(both.clone()).unwrap().to_lowercase().into_bytes();
    for text in [both, crlf, indented, bom, lower] {
        for recipient in [&a.1, &b.1] {
            let Some(file) = folder.encrypt(&["-r", recipient], VALUE) else { return };
            assert_eq!(open(&keyring(vec![named("-i keys", &text)]), &file).as_deref(), Ok(VALUE));
        }
    }
}

#[test]
fn age_for_ssh_keys() {
    let folder = Folder::new();
    let Some(ssh_keygen) = peers::need("ssh-keygen") else { return };
    for (name, arguments) in [
        ("ed", &["-t", "ed25519"][..]),
        ("rsa", &["-t", "rsa", "-b", "2048"]),
        ("pem", &["-t", "rsa", "-b", "2048", "-m", "PEM"]),
        ("big", &["-t", "rsa", "-b", "3072"]),
    ] {
        let Some((private, public)) = folder.ssh(name, "", arguments) else { return };
        let Some(file) = folder.encrypt(&["-r", &public], VALUE) else { return };
        let crlf = String::from_utf8(private.clone()).unwrap().replace('\n', "\r\n").into_bytes();
        let one_line = String::from_utf8(private.clone()).unwrap().replace('\n', " ").into_bytes();
        for private in [private, crlf, one_line] {
            for input in [named("-i key", &private), looked_up("~/.ssh/id", &private)] {
                let ring = keyring(vec![input]);
                assert_eq!(open(&ring, &file).as_deref(), Ok(VALUE), "{name}");
                let listed =
                    String::from_utf8(folder.run(&ssh_keygen, &["-l", "-f", name], b"")).unwrap();
                let fingerprint = ring.identities(true)[0].public.clone().unwrap();
                assert!(
                    listed.split(' ').any(|word| word == fingerprint),
                    "{listed} has {fingerprint}"
                );
            }
        }
    }
}

#[test]
fn locked_ssh_keys() {
    let folder = Folder::new();
    for (name, arguments) in [
        ("default", &["-t", "ed25519"][..]),
        ("cbc", &["-t", "ed25519", "-Z", "aes256-cbc"]),
        ("ctr", &["-t", "ed25519", "-Z", "aes128-ctr"]),
        ("gcm", &["-t", "ed25519", "-Z", "aes256-gcm@openssh.com"]),
        ("rsa", &["-t", "rsa", "-b", "2048"]),
    ] {
        let Some((private, public)) = folder.ssh(name, PASSPHRASE, arguments) else { return };
        let Some(file) = folder.encrypt(&["-r", &public], VALUE) else { return };
        let ring = keyring(vec![named("-i key", &private)]);
        let person = Person::knows(PASSPHRASE);
        for _ in 0..2 {
            assert_eq!(open_asking(&ring, &file, &person).as_deref(), Ok(VALUE), "{name}");
        }
        assert_eq!(*person.asked.borrow(), ["the SSH key -i key"]);
        assert!(matches!(ring.identities(true)[0].kind, IdentityKind::Ssh(_)));
    }
}

#[test]
fn typage_and_rage() {
    let folder = Folder::new();
    let Some((identity, recipient)) = folder.native("key.txt") else { return };
    let ring = keyring(vec![named("MINTAGE_IDENTITY", &identity)]);
    for tool in ["typage", "rage"] {
        let Some(tool) = peers::need(tool) else { continue };
        for armor in [&[][..], &["-a"]] {
            let arguments: Vec<&str> = ["-r", &recipient].iter().chain(armor).copied().collect();
            let file = folder.run(&tool, &arguments, &plaintext(200_000));
            assert_eq!(open(&ring, &file), Ok(plaintext(200_000)));
        }
    }
    let Some(typage) = peers::need("typage") else { return };
    let theirs = folder.run(&typage, &["keygen"], b"");
    let recipient =
        String::from_utf8_lossy(&theirs).lines().next().unwrap().replace("# public key: ", "");
    let Some(file) = folder.encrypt(&["-r", &recipient], VALUE) else { return };
    assert_eq!(open(&keyring(vec![named("-i t", &theirs)]), &file).as_deref(), Ok(VALUE));
}

#[test]
fn armor_as_people_write_it() {
    let folder = Folder::new();
    let Some((identity, recipient)) = folder.native("key.txt") else { return };
    let Some(file) = folder.encrypt(&["-a", "-r", &recipient], VALUE) else { return };
    let armor = String::from_utf8(file).unwrap();
    let ring = keyring(vec![named("-i key.txt", &identity)]);
    for text in [
        armor.replace('\n', "\r\n"),
        armor.trim_end().to_owned(),
        format!("\n\n{armor}\n  \n"),
        format!("\u{feff}{armor}"),
    ] {
        assert_eq!(open(&ring, text.as_bytes()).as_deref(), Ok(VALUE));
        assert_eq!(dedent_armor(&text), armor);
    }
    // As in a spec, but not in a file.
    for text in
        [format!("    {}", armor.trim_end().replace('\n', "\n    ")), armor.replace('\n', " \t\n")]
    {
        let blanks = FileFault::Damaged(Damage::BlanksInArmor);
        assert_eq!(open(&ring, text.as_bytes()), Err(DecryptFault::File(blanks)));
        assert_eq!(dedent_armor(&text), armor);
        assert_eq!(open(&ring, dedent_armor(&text).as_bytes()).as_deref(), Ok(VALUE));
    }
}

#[test]
fn the_limit_is_the_plaintext_s() {
    let folder = Folder::new();
    let Some((identity, recipient)) = folder.native("key.txt") else { return };
    let Some(file) = folder.encrypt(&["-r", &recipient], &plaintext(70_000)) else { return };
    let ring = keyring(vec![named("-i key.txt", &identity)]);
    let nobody = |_: &str| None;
    assert_eq!(ring.decrypt("x", &file, 70_000, &nobody).unwrap().len(), 70_000);
    assert_eq!(
        ring.decrypt("x", &file, 69_999, &nobody),
        Err(DecryptFault::File(FileFault::TooLarge(69_999)))
    );
    assert_eq!(
        ring.decrypt("x", &file, 0, &nobody),
        Err(DecryptFault::File(FileFault::TooLarge(0)))
    );
}

#[test]
fn a_header_of_many_recipients_is_read_in_linear_time() {
    let folder = Folder::new();
    let Some((identity, recipient)) = folder.native("key.txt") else { return };
    let ring = keyring(vec![named("-i key.txt", &identity)]);
    let files = [128, 1_024].map(|count| {
        folder.write("list", format!("{recipient}\n").repeat(count));
        (count, folder.encrypt(&["-R", "list"], VALUE))
    });
    assert_linear("recipients", 128, |count| {
        let file = files.iter().find(|(of, _)| *of == count).and_then(|(_, file)| file.as_ref());
        let Some(file) = file else { return };
        assert_eq!(open(&ring, file).as_deref(), Ok(VALUE));
    });
    // As age 1.3.2.
    folder.write("list", format!("{recipient}\n").repeat(1_025));
    let Some(file) = folder.encrypt(&["-R", "list"], VALUE) else { return };
    let too_long = FileFault::Damaged(Damage::HeaderTooLong);
    assert_eq!(open(&ring, &file), Err(DecryptFault::File(too_long)));
}

#[test]
fn the_fixtures() {
    let person = Person::knows(PASSPHRASE);
    let ring = keyring(vec![]);
    assert_eq!(open_asking(&ring, &fixture("value.age"), &person).as_deref(), Ok(VALUE));
    assert_eq!(*person.asked.borrow(), ["secrets/db.age"]);
}
