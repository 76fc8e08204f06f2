//! Plugins, by one in Python that speaks their protocol: with age and with us.
#![cfg(unix)]

use std::env;
use std::fs::{Permissions, set_permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Output;

use super::lab::{Folder, LIMIT, VALUE, named, text};
use crate::age::age_file::AgeFile;
use crate::age::bech32_text::encode;
use crate::age::messages::{Encrypted, decrypt_fault, encrypt_fault};
use crate::age::{
    Addressee, DecryptFault, EncryptFault, Keyring, NewIdentity, PluginReason, Plugins, Readers,
    Recipient, encrypt, generate_identity,
};
use crate::os::plugins;
use crate::secret::bytes::SecretBytes;
use crate::unit::peers;
use crate::unit::support::{again, assert_passed};

fn identity(data: &[u8]) -> String {
    encode("age-plugin-pytest-", data).to_ascii_uppercase()
}

fn recipient(data: &[u8]) -> Recipient {
    Recipient::parse(&encode("age1pytest", data)).unwrap()
}

fn keyring(data: &[u8], plugins: Plugins) -> Keyring {
    let (keyring, bad) =
        Keyring::load(vec![named("-i key.txt", identity(data).as_bytes())], plugins);
    assert_eq!(bad, []);
    keyring
}

fn open(keyring: &Keyring, file: &[u8]) -> Result<Vec<u8>, DecryptFault> {
    let plain = keyring.decrypt("x.age", file, LIMIT, &|_| None)?;
    Ok(plain.expose().to_vec())
}

fn seal(recipients: &[Recipient]) -> Result<Vec<u8>, EncryptFault> {
    let readers =
        Readers { current: recipients.iter().map(Recipient::hash).collect(), former: vec![] };
    encrypt(&SecretBytes::from(VALUE), recipients, Some(&readers), false, &plugins::run())
}

/// Puts the plugin on the PATH of a process that runs this test again.
fn with_plugin(name: &str, mode: &str) -> Option<Output> {
    let python = peers::need("python")?;
    let folder = Folder::new();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/age/plugin.py");
    let script = format!("#!/bin/sh\nexec '{}' '{}' \"$@\"\n", python.display(), script.display());
    folder.write("bin/age-plugin-pytest", script);
    let program = folder.path("bin/age-plugin-pytest");
    set_permissions(&program, Permissions::from_mode(0o755)).unwrap();
    let path = env::var_os("PATH").unwrap_or_default();
    let folders = [folder.path("bin")].into_iter().chain(env::split_paths(&path));
    let mut command = again(module_path!(), name);
    command.env("PATH", env::join_paths(folders).unwrap());
    command.env("TEST_PLUGIN", mode).env("TEST_PLUGIN_IS_THERE", "");
    Some(command.output().unwrap())
}

fn is_inside() -> bool {
    env::var_os("TEST_PLUGIN_IS_THERE").is_some()
}

#[test]
fn both_ways_with_age() {
    if !is_inside() {
        let Some(output) = with_plugin("both_ways_with_age", "") else { return };
        return assert_passed(&output);
    }
    let native = generate_identity(NewIdentity::X25519);
    let native = Recipient::parse(&native.recipient).unwrap();
    for recipients in [
        vec![recipient(b"one")],
        vec![recipient(b"two"), recipient(b"one")],
        vec![recipient(b"one"), native],
    ] {
        let file = seal(&recipients).unwrap();
        let header = AgeFile::read(&file).unwrap().header;
        assert_eq!(header.addressees.count(), recipients.len());
        assert!(header.addressees.0.contains_key(&Addressee::Other("pytest".to_owned())));
        assert_eq!(header.claim.readers().unwrap().current[0], recipients[0].hash());
        assert_eq!(open(&keyring(b"one", plugins::run()), &file).as_deref(), Ok(VALUE));
        let not_allowed = open(&keyring(b"one", Plugins::Never), &file).unwrap_err();
        let DecryptFault::Plugin(fault) = &not_allowed else { panic!("{not_allowed:?}") };
        assert_eq!(fault.reason, PluginReason::NotAllowed);
        assert!(matches!(
            open(&keyring(b"three", plugins::run()), &file),
            Err(DecryptFault::NoMatch { .. })
        ));
        let Some(age) = peers::need("age") else { return };
        let folder = Folder::new();
        folder.write("key.txt", identity(b"one"));
        assert_eq!(folder.run(&age, &["-d", "-i", "key.txt"], &file), VALUE);
        let theirs = recipients.iter().flat_map(|one| ["-r".to_owned(), one.to_string()]);
        let theirs: Vec<String> = theirs.collect();
        let theirs: Vec<&str> = theirs.iter().map(String::as_str).collect();
        let file = folder.run(&age, &theirs, VALUE);
        assert_eq!(open(&keyring(b"one", plugins::run()), &file).as_deref(), Ok(VALUE));
    }
}

#[test]
fn labels_of_a_plugin() {
    if !is_inside() {
        let Some(output) = with_plugin("labels_of_a_plugin", "label") else { return };
        return assert_passed(&output);
    }
    let of = |kind| Recipient::parse(&generate_identity(kind).recipient).unwrap();
    let file = seal(&[recipient(b"one"), of(NewIdentity::Hybrid)]).unwrap();
    assert_eq!(open(&keyring(b"one", plugins::run()), &file).as_deref(), Ok(VALUE));
    assert_eq!(seal(&[recipient(b"one"), of(NewIdentity::X25519)]), Err(EncryptFault::Labels));
}

/// What is told of a plugin that does not wrap and does not unwrap.
fn told() -> [String; 2] {
    let fault = seal(&[recipient(b"one")]).unwrap_err();
    let wraps = text(&encrypt_fault(&fault));
    // The plugin's stanza with a tag that nobody has: it has to fail before it looks at that.
    let file = b"age-encryption.org/v1\n-> pytest 0\n\n--- \
        AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n0123456789abcdef0123456789abcdef";
    let fault = open(&keyring(b"one", plugins::run()), file).unwrap_err();
    [wraps, text(&decrypt_fault(Encrypted::File("x.age"), &fault))]
}

#[test]
fn a_plugin_that_refuses() {
    if !is_inside() {
        let Some(output) = with_plugin("a_plugin_that_refuses", "refuse") else { return };
        return assert_passed(&output);
    }
    for told in told() {
        assert!(told.starts_with("`age-plugin-pytest` refused: "), "{told}");
        assert!(told.contains(r"the token is\u001b[31m not plugged in"), "{told}");
    }
}

#[test]
fn a_plugin_that_ends_early() {
    if !is_inside() {
        let Some(output) = with_plugin("a_plugin_that_ends_early", "die") else { return };
        return assert_passed(&output);
    }
    for told in told() {
        assert!(told.starts_with("`age-plugin-pytest` ended without an answer\n"), "{told}");
    }
}

#[test]
fn a_plugin_that_is_not_there() {
    let fault = seal(&[recipient(b"one")]).unwrap_err();
    let told = text(&encrypt_fault(&fault));
    assert!(told.starts_with("`age-plugin-pytest` is needed, but is not installed"));
}
