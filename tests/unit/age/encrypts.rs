//! What mintage encrypts opens elsewhere, and keys that it makes are keys elsewhere.

use std::path::Path;

use super::lab::{Folder, VALUE, keyring, named, open, text, told};
use crate::age::age_file::AgeFile;
use crate::age::generate::recipient_of;
use crate::age::messages::encrypt_fault;
use crate::age::{
    Addressee, Claim, DecryptFault, EncryptFault, FileFault, Generated, NewIdentity, Plugins,
    Readers, Recipient, RecipientKind, encrypt, generate_identity,
};
use crate::secret::bytes::SecretBytes;
use crate::unit::peers;

/// Lengths around the ends of age's 64 KiB chunks.
const LENGTHS: [usize; 5] = [0, 1, 65_536, 65_537, 200_000];

fn plaintext(len: usize) -> SecretBytes {
    SecretBytes::new((0u8..=250).cycle().take(len).collect())
}

fn parse(text: &str) -> Recipient {
    Recipient::parse(text).unwrap()
}

fn readers() -> Readers {
    Readers { current: vec![[1; 8], [2; 8]], former: vec![[3; 8]] }
}

/// With and without the readers' stanza and armor.
fn seal(plain: &SecretBytes, recipients: &[Recipient]) -> Vec<Vec<u8>> {
    let mut files = Vec::new();
    for readers in [None, Some(&readers())] {
        for armor in [false, true] {
            let file = encrypt(plain, recipients, readers, armor, &Plugins::Never).unwrap();
            assert_eq!(file.starts_with(b"-----BEGIN AGE ENCRYPTED FILE-----\n"), armor);
            let header = AgeFile::read(&file).unwrap().header;
            assert_eq!(header.claim.readers(), readers);
            assert_eq!(header.addressees.count(), recipients.len());
            files.push(file);
        }
    }
    files
}

fn opens_with(folder: &Folder, tools: &[&str], plain: &SecretBytes, recipients: &[Recipient]) {
    for file in seal(plain, recipients) {
        for tool in tools {
            let Some(tool) = peers::need(tool) else { continue };
            let opened = folder.run(&tool, &["-d", "-i", "key"], &file);
            assert_eq!(opened, plain.expose(), "{}", tool.display());
        }
    }
}

#[test]
fn for_a_native_key() {
    let folder = Folder::new();
    let Some((identity, recipient)) = folder.native("key") else { return };
    for len in LENGTHS {
        opens_with(&folder, &["age", "rage"], &plaintext(len), &[parse(&recipient)]);
    }
    opens_with(&folder, &["typage"], &plaintext(65_537), &[parse(&recipient)]);
    let other = parse(&generate_identity(NewIdentity::X25519).recipient);
    let both = [other, parse(&recipient)];
    opens_with(&folder, &["age", "rage", "typage"], &plaintext(9), &both);
    for file in seal(&plaintext(9), &both) {
        let opened = open(&keyring(vec![named("-i key", &identity)]), &file);
        assert_eq!(opened.unwrap(), plaintext(9).expose());
    }
}

#[test]
fn for_ssh_keys() {
    for arguments in [&["-t", "ed25519"][..], &["-t", "rsa", "-b", "2048"]] {
        let folder = Folder::new();
        let Some((identity, recipient)) = folder.ssh("key", "", arguments) else { return };
        let recipients = [parse(&recipient)];
        assert_eq!(recipient, format!("{} test", recipients[0]), "ssh-keygen writes it so");
        opens_with(&folder, &["age", "rage"], &plaintext(65_537), &recipients);
        for file in seal(&plaintext(9), &recipients) {
            let opened = open(&keyring(vec![named("-i key", &identity)]), &file);
            assert_eq!(opened.unwrap(), plaintext(9).expose());
        }
    }
}

/// An identity of typage, and its recipient.
fn typage_hybrid(folder: &Folder, typage: &Path) -> (String, String) {
    let text = String::from_utf8(folder.run(typage, &["keygen", "--hybrid"], b"")).unwrap();
    let (comment, identity) = text.trim().split_once('\n').unwrap();
    (identity.to_owned(), comment.replace("# public key: ", ""))
}

#[test]
fn post_quantum_both_ways() {
    let folder = Folder::new();
    let Some(typage) = peers::need("typage") else { return };
    let (theirs, recipient) = typage_hybrid(&folder, &typage);
    assert_eq!(recipient_of(&theirs), Some(parse(&recipient)));
    let ours = generate_identity(NewIdentity::Hybrid);
    let line = ours.secret.expose_str().unwrap();
    assert_eq!(recipient_of(line).unwrap().to_string(), ours.recipient);
    assert_eq!(line.len(), theirs.len());
    let recipients = [parse(&ours.recipient), parse(&recipient)];
    assert_eq!(recipients[0].kind(), &RecipientKind::Hybrid);
    for (identity, recipient) in [(theirs.as_str(), &recipient), (line, &ours.recipient)] {
        folder.write("key", identity);
        opens_with(&folder, &["typage"], &plaintext(65_537), &recipients);
        for file in seal(&plaintext(9), &recipients) {
            // Other keys beside it make no difference.
            let both = format!("AGE-PLUGIN-FOOBAR-1QVHULF\n{identity}\n");
            let ring = keyring(vec![named("-i key", both.as_bytes())]);
            assert_eq!(open(&ring, &file).unwrap(), plaintext(9).expose());
        }
        let theirs = folder.run(&typage, &["-r", recipient], VALUE);
        let ring = keyring(vec![named("-i key", identity.as_bytes())]);
        assert_eq!(open(&ring, &theirs).as_deref(), Ok(VALUE));
    }
}

#[test]
fn no_post_quantum_identity_for_a_post_quantum_file() {
    let hybrid = generate_identity(NewIdentity::Hybrid);
    let native = generate_identity(NewIdentity::X25519);
    let file = seal(&SecretBytes::from(VALUE), &[parse(&hybrid.recipient)]).remove(0);
    let ring = keyring(vec![named("-i key", native.secret.expose())]);
    let fault = open(&ring, &file).unwrap_err();
    let said = text(&told(&ring, &fault, &[native.secret.expose()]));
    assert!(said.contains("it is encrypted for 1 post-quantum recipient (`age1pq1...`)"), "{said}");
    assert!(said.contains("its key starts with `AGE-SECRET-KEY-PQ-1`"), "{said}");
    let ring =
        keyring(vec![named("-i pq", generate_identity(NewIdentity::Hybrid).secret.expose())]);
    let said = text(&told(&ring, &open(&ring, &file).unwrap_err(), &[]));
    assert!(
        said.contains("tried `-i pq`, a post-quantum key, which belongs to `age1pq1"),
        "{said}"
    );
    assert!(said.lines().all(|line| line.len() < 300), "{said}");
}

#[test]
fn keys_in_hardware() {
    // age's own examples.
    let tag = "age1tag1qt8lw0ual6avlwmwatk888yqnmdamm7xfd0wak53ut6elz5c4swx2yqdj4e";
    let file = seal(&SecretBytes::from(VALUE), &[parse(tag)]).remove(0);
    let header = AgeFile::read(&file).unwrap().header;
    assert!(header.addressees.0.contains_key(&Addressee::Other("p256tag".to_owned())));
}

fn refused(recipients: &[Recipient]) -> EncryptFault {
    let plain = SecretBytes::from(VALUE);
    encrypt(&plain, recipients, None, false, &Plugins::Never).unwrap_err()
}

#[test]
fn what_is_not_mixed() {
    let native = || parse(&generate_identity(NewIdentity::X25519).recipient);
    let hybrid = || parse(&generate_identity(NewIdentity::Hybrid).recipient);
    assert_eq!(refused(&[]), EncryptFault::NoRecipients);
    let (one, other) = (native(), hybrid());
    let mixed = EncryptFault::Mixed {
        post_quantum: vec![other.to_string()],
        others: vec![one.to_string()],
    };
    let said = text(&encrypt_fault(&mixed));
    assert!(said.contains(&format!("others: `{one}`")), "{said}");
    assert_eq!(refused(&[one, other]), mixed);
    let many: Vec<Recipient> = (0..1024).map(|_| parse(&keyless())).collect();
    assert_eq!(refused(&many), EncryptFault::TooMany(1024));
}

/// A recipient of nobody in particular, made fast.
fn keyless() -> String {
    "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p".to_owned()
}

#[test]
fn a_changed_claim_does_not_open() {
    let Generated { secret, recipient } = generate_identity(NewIdentity::X25519);
    let plain = SecretBytes::from(VALUE);
    let file =
        encrypt(&plain, &[parse(&recipient)], Some(&readers()), false, &Plugins::Never).unwrap();
    let at = file.windows(7).position(|part| part == b"\nAAIBAQ").unwrap() + 4;
    let mut altered = file.clone();
    altered[at] = b'Q';
    assert!(matches!(AgeFile::read(&altered).unwrap().header.claim, Claim::Readers(_)));
    let ring = keyring(vec![named("-i key", secret.expose())]);
    assert_eq!(open(&ring, &file).as_deref(), Ok(VALUE));
    assert!(matches!(open(&ring, &altered), Err(DecryptFault::File(FileFault::Damaged(_)))));
}

#[test]
fn keys_made_here() {
    let folder = Folder::new();
    let Some(keygen) = peers::need("age-keygen") else { return };
    let Generated { secret, recipient } = generate_identity(NewIdentity::X25519);
    folder.write("key", secret.expose());
    let theirs = String::from_utf8(folder.run(&keygen, &["-y", "key"], b"")).unwrap();
    assert_eq!(theirs.trim(), recipient);
    let line = secret.expose_str().unwrap();
    assert!(line.starts_with("AGE-SECRET-KEY-1") && line.len() == 74);
    assert_eq!(recipient_of(line).unwrap().to_string(), recipient);
    assert!(
        recipient_of(&line[..70]).is_none() && recipient_of("AGE-PLUGIN-FOOBAR-1QVHULF").is_none()
    );
    let Some((theirs, recipient)) = folder.native("theirs") else { return };
    let theirs = String::from_utf8(theirs).unwrap();
    assert_eq!(recipient_of(theirs.lines().last().unwrap()).unwrap().to_string(), recipient);
}
