//! What people give as identities by mistake, each told apart.

use super::lab::{Folder, PASSPHRASE, fixture, keyring, looked_up, named, reason};
use crate::age::messages::bad_identity;
use crate::age::{
    BadIdentity, BadIdentityReason as Reason, Damage, FileFault, IdentityInput, IdentityKind,
    IdentitySource, Keyring, LineProblem, Plugins, SshProblem,
};
use crate::content::{Age, Content};
use crate::unit::peers;

/// The line of the fixture that is the key.
fn key() -> String {
    String::from_utf8(fixture("identity.txt")).unwrap().lines().last().unwrap().to_owned()
}

fn line(line: usize, problem: LineProblem) -> Reason {
    Reason::Line { line, problem }
}

#[test]
fn nothing_in_it() {
    assert_eq!(reason(b""), Reason::Empty);
    assert_eq!(reason(b" \r\n\t\n"), Reason::Empty);
    assert_eq!(reason(b"# created: today\n# nothing more\n"), Reason::Empty);
    assert_eq!(
        reason("# created: today # public key: age1x AGE-SECRET-KEY-1ABC".as_bytes()),
        line(1, LineProblem::ExtraText)
    );
}

#[test]
fn lines_that_are_none() {
    let key = key();
    assert_eq!(reason(format!("# a\n\n{}", &key[..60]).as_bytes()), line(3, LineProblem::Mistyped));
    assert_eq!(reason(format!("{}X", &key[..73]).as_bytes()), line(1, LineProblem::Mistyped));
    assert_eq!(reason(format!("{key}{key}").as_bytes()), line(1, LineProblem::Mistyped));
    for wrong in [
        format!("'{key}'"),
        format!("export KEY={key}"),
        format!("{key} # mine"),
        format!("{key}\\n"),
        format!("{key} {key}"),
    ] {
        assert_eq!(reason(wrong.as_bytes()), line(1, LineProblem::ExtraText), "{}", wrong.len());
    }
    assert_eq!(
        reason(b"age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p\n"),
        line(1, LineProblem::PublicKey)
    );
    assert_eq!(reason(b"correct-horse-battery\n"), line(1, LineProblem::Other));
    assert_eq!(reason(b"{\"key\": \"correct-horse-battery\"}\n"), line(1, LineProblem::Other));
    assert_eq!(reason(&[0xE9, 0x74, 0xE9]), Reason::File(FileFault::NotAge(Content::Binary)));
    assert_eq!(reason(b"AGE-PLUGIN-FOOBAR-1QVHULX\n"), line(1, LineProblem::MistypedPlugin));
}

#[test]
fn plugins_and_post_quantum() {
    // What age's own tests have.
    let plugin = b"AGE-PLUGIN-FOOBAR-1QVHULF\n".as_slice();
    let Some(typage) = peers::need("typage") else { return };
    let hybrid = Folder::new().run(&typage, &["keygen", "--hybrid"], b"");
    let recipient = String::from_utf8(hybrid.clone()).unwrap();
    let recipient = recipient.lines().next().unwrap().replace("# public key: ", "");
    let all = [plugin, &hybrid, &fixture("identity.txt")].concat();
    let infos = keyring(vec![named("-i x", &all)]).identities(true);
    let kinds: Vec<&IdentityKind> = infos.iter().map(|info| &info.kind).collect();
    let plugin_kind = IdentityKind::Plugin("foobar".to_owned());
    assert_eq!(kinds, [&plugin_kind, &IdentityKind::Hybrid, &IdentityKind::X25519]);
    assert_eq!(infos[1].public, Some(recipient));
    // A spec starts no program.
    let of_spec = |bytes: &[u8]| {
        let origin = "`identities` of the spec: key.txt";
        IdentityInput::new(origin, bytes.into(), IdentitySource::Spec)
    };
    let (_, bad) = Keyring::load(vec![of_spec(plugin)], Plugins::Never);
    assert_eq!(bad[0].reason, Reason::SpecPlugin("foobar".to_owned()));
    let infos = keyring(vec![of_spec(&all)]).identities(true);
    assert_eq!(infos[0].kind, IdentityKind::SpecPlugin("foobar".to_owned()));
    let line = String::from_utf8(hybrid).unwrap().lines().last().unwrap().to_owned();
    for wrong in [&line[..70], &line.replace("PQ-1", "PQ-1Q")] {
        assert_eq!(reason(wrong.as_bytes()), self::line(1, LineProblem::MistypedHybrid));
    }
    assert_eq!(reason(b"AGE-PLUGIN-FOOBAR-1QVHULQ\n"), self::line(1, LineProblem::MistypedPlugin));
}

#[test]
fn ssh_keys_that_age_does_not_know() {
    let folder = Folder::new();
    for (name, passphrase, arguments, problem) in [
        ("ecdsa", "", &["-t", "ecdsa"][..], SshProblem::Kind("ecdsa-sha2-nistp256".to_owned())),
        (
            "ecdsa-locked",
            PASSPHRASE,
            &["-t", "ecdsa"],
            SshProblem::Kind("ecdsa-sha2-nistp256".to_owned()),
        ),
        ("ecdsa-pem", "", &["-t", "ecdsa", "-m", "PEM"], SshProblem::Kind("ecdsa".to_owned())),
        ("pem-locked", PASSPHRASE, &["-t", "rsa", "-b", "2048", "-m", "PEM"], SshProblem::Format),
        ("pkcs8", "", &["-t", "rsa", "-b", "2048", "-m", "PKCS8"], SshProblem::Format),
        (
            "chacha",
            PASSPHRASE,
            &["-t", "ed25519", "-Z", "chacha20-poly1305@openssh.com"],
            SshProblem::Format,
        ),
    ] {
        let Some((private, public)) = folder.ssh(name, passphrase, arguments) else { return };
        assert_eq!(reason(&private), Reason::Ssh(problem), "{name}");
        assert_eq!(reason(public.as_bytes()), line(1, LineProblem::PublicKey), "{name}");
        // Where ssh keeps its keys, nobody asked for them to be age's.
        let (_, bad) = Keyring::load(vec![looked_up("~/.ssh/id_ecdsa", &private)], Plugins::Never);
        assert_eq!(bad, []);
    }
    let Some((private, _)) = folder.ssh("ed", "", &["-t", "ed25519"]) else { return };
    assert_eq!(reason(&private[..private.len() / 2]), Reason::Ssh(SshProblem::Damaged));
    assert_eq!(
        reason(b"PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\n"),
        Reason::Ssh(SshProblem::Putty)
    );
}

#[test]
fn age_files_that_are_no_identity_files() {
    assert_eq!(reason(&fixture("for-identity.age")), Reason::EncryptedForKeys);
    let file = fixture("identity.age");
    assert_eq!(reason(&file[..30]), Reason::File(FileFault::Damaged(Damage::Altered)));
    let utf16: Vec<u8> =
        [0xFF, 0xFE].into_iter().chain(key().encode_utf16().flat_map(u16::to_le_bytes)).collect();
    assert_eq!(reason(&utf16), Reason::File(FileFault::NotAge(Content::Utf16)));
    let armor = fixture("identity-armored.age");
    assert_eq!(
        reason(&[b"# mine\n", &armor[..]].concat()),
        Reason::File(FileFault::NotAge(Content::Age(Age::TextBeforeArmor)))
    );
}

#[test]
fn words_tell_what_to_do() {
    let said =
        |reason: Reason| bad_identity(&BadIdentity { origin: "-i my key".to_owned(), reason });
    let pem = said(Reason::Ssh(SshProblem::Format));
    assert_eq!(pem.code.name, "bad-identity");
    assert_eq!(
        pem.message,
        "`-i my key` contains no usable identity: it is a private key in a format that age can't \
         read"
    );
    assert_eq!(pem.helps, ["convert it to OpenSSH's format: `ssh-keygen -p -f FILE`"]);
    let quoted = said(line(3, LineProblem::ExtraText));
    assert_eq!(
        quoted.message,
        "`-i my key` contains no usable identity: line 3 has other text next to an age identity"
    );
    let work = said(Reason::File(FileFault::WorkFactor(22)));
    assert_eq!(
        work.notes,
        ["scrypt with N = 2^22 needs 4 GiB of memory, and mintage allows 1 GiB"]
    );
}

#[test]
fn words_name_the_origin_once_quoted() {
    let bad = |origin: &str| {
        bad_identity(&BadIdentity { origin: origin.to_owned(), reason: Reason::Empty }).message
    };
    assert_eq!(
        bad("-i key.txt"),
        "`-i key.txt` contains no usable identity: it is empty, or contains only comments"
    );
    assert_eq!(
        bad("`identities` of mintage.toml"),
        "`identities` of mintage.toml contains no usable identity: it is empty, or contains only \
         comments"
    );
}
