//! Lints of ssh Secrets against ssh-keygen: private keys in every form, lines of `known_hosts`.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::check::ssh::known_hosts::{LineFault, faults};
use crate::check::ssh::{self, LegacyFormat, SshFault, private_key_faults};
use crate::check::subject::{Origin, Subject};
use crate::secret::Secret;
use crate::unit::peers;

fn ssh(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/keys/ssh").join(name);
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// A text with its lines changed.
fn each_line(text: &str, change: impl Fn(&str) -> String) -> String {
    text.lines().map(|line| change(line) + "\n").collect()
}

/// The ways in which a key is written down that some programs read and others don't.
fn forms(key: &str) -> Vec<(&'static str, String)> {
    let (first, rest) = key.split_once('\n').expect("lines");
    vec![
        ("plain", key.to_owned()),
        ("CRLF", key.replace('\n', "\r\n")),
        ("no final newline", key.trim_end().to_owned()),
        ("text before", format!("deploy key\n{key}")),
        ("empty line before", format!("\n{key}")),
        ("text after", format!("{key}the end\n")),
        ("empty lines after", format!("{key}\n\n")),
        ("blanks at every end", each_line(key, |line| format!("{line} "))),
        ("blanks at the last end", format!("{} \n", key.trim_end())),
        (
            "blanks before base64",
            each_line(key, |line| {
                if line.starts_with('-') { line.to_owned() } else { format!(" {line}") }
            }),
        ),
        ("empty first line", format!("{first}\n\n{rest}")),
        ("empty last line", key.replace("\n-----END", "\n\n-----END")),
    ]
}

/// What is not an error.
fn is_form_or_format(fault: &SshFault) -> bool {
    matches!(fault, SshFault::Form(_) | SshFault::LegacyFormat(_))
}

#[cfg(unix)]
#[test]
fn forms_are_found_where_openssh_refuses_a_key() {
    use std::os::unix::fs::PermissionsExt;
    let Some(ssh_keygen) = peers::need("ssh-keygen") else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("key");
    let reads = |text: &str| {
        fs::write(&path, text).expect("writable");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).expect("changeable");
        peers::run(peers::command(&ssh_keygen).args(["-y", "-P", "", "-f"]).arg(&path), b"")
            .status
            .success()
    };
    // Argo CD writes a line break behind the key, and gives it to OpenSSH.
    let argo_cd = |text: &str| codes("repository", &[("sshPrivateKey", text)]).is_empty();
    let flux = |text: &str| {
        codes("", &[("identity", text), ("known_hosts", &format!("h {}", ssh("ed25519.pub")))])
            .is_empty()
    };
    let mut refused = 0;
    for name in
        ["ed25519", "rsa", "ecdsa256", "rsa.pem", "rsa.pkcs8", "ecdsa256.pem", "ecdsa256.pkcs8"]
    {
        let key = ssh(name);
        for (form, text) in forms(&key) {
            let found = private_key_faults(text.as_bytes());
            let form_fault = found.iter().any(|fault| matches!(fault, SshFault::Form(_)));
            assert!(found.iter().all(is_form_or_format), "{name} {form}: {found:?}");
            assert_eq!(reads(&text), !form_fault, "{name} {form}: {found:?}");
            assert_eq!(argo_cd(&text), reads(&format!("{text}\n")), "{name} {form} for Argo CD");
            assert!(flux(&text), "{name} {form} for Flux");
            refused += usize::from(form_fault);
        }
    }
    assert!(refused >= 18, "{refused}");
}

#[test]
fn pkcs8_of_ed25519_is_a_format_of_its_own() {
    assert_eq!(
        private_key_faults(ssh("tls-ed25519.key").as_bytes()),
        [SshFault::LegacyFormat(LegacyFormat::Pkcs8Ed25519)]
    );
}

/// Lines with a key of their own kind, without marker and with a plain host: what `ssh-keygen -l`
/// can judge.
fn lines() -> Vec<(String, Option<LineFault>)> {
    use LineFault as Fault;
    let key = |name: &str| ssh(name).split(' ').nth(1).expect("a key").to_owned();
    let (ed25519, rsa, ecdsa) = (key("ed25519.pub"), key("rsa.pub"), key("ecdsa256.pub"));
    let bytes = STANDARD.decode(&ed25519).expect("base64");
    let longer = STANDARD.encode([bytes.as_slice(), b"x"].concat());
    let security_key = STANDARD.encode(
        [
            b"\0\0\0\x1ask-ssh-ed25519@openssh.com\0\0\0 ".as_slice(),
            &bytes[19..],
            b"\0\0\0\x04ssh:",
        ]
        .concat(),
    );
    vec![
        (format!("h ssh-ed25519 {ed25519}"), None),
        (format!("h ssh-ed25519 {ed25519} with a comment"), None),
        (format!("h ssh-ed25519 {ed25519}\r"), None),
        (format!("\th\tssh-ed25519  {ed25519}"), None),
        (format!("[h]:2222,192.0.2.1 ssh-rsa {rsa}"), None),
        (format!("h rsa-sha2-512 {rsa}"), None),
        (format!("h ecdsa-sha2-nistp256 {ecdsa}"), None),
        (format!("h sk-ssh-ed25519@openssh.com {security_key}"), None),
        ("h".into(), Some(Fault::Invalid)),
        ("h ssh-ed25519".into(), Some(Fault::Invalid)),
        (format!("h {ed25519}"), Some(Fault::Invalid)),
        (format!("h ssh-rsa {ed25519}"), Some(Fault::Invalid)),
        (format!("h ssh-ed25519 {rsa}"), Some(Fault::Invalid)),
        (format!("h ecdsa-sha2-nistp384 {ecdsa}"), Some(Fault::Invalid)),
        (format!("h SSH-ED25519 {ed25519}"), Some(Fault::Invalid)),
        (format!("h, i ssh-ed25519 {ed25519}"), Some(Fault::Invalid)),
        (format!("h ssh-ed25519 {}", &ed25519[..ed25519.len() - 1]), Some(Fault::Invalid)),
        (format!("h ssh-ed25519 {ed25519}="), Some(Fault::Invalid)),
        (format!("h ssh-ed25519 {}", ed25519.replacen('C', "-", 1)), Some(Fault::Invalid)),
        (format!("h ssh-ed25519 {}", &ed25519[..ed25519.len() - 4]), Some(Fault::Invalid)),
        (format!("h ssh-ed25519 {longer}"), Some(Fault::Invalid)),
        (format!("h ssh-ed25519 {}", STANDARD.encode(&bytes[..15])), Some(Fault::Invalid)),
        ("h 1024 35 123456789".into(), Some(Fault::Invalid)),
    ]
}

fn fault(line: &str) -> Option<LineFault> {
    faults(line.as_bytes()).first().map(|fault| fault.kind)
}

#[test]
fn lines_of_known_hosts_are_read_as_ssh_keygen_reads_them() {
    let Some(ssh_keygen) = peers::need("ssh-keygen") else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("known_hosts");
    for (line, expected) in lines() {
        assert_eq!(fault(&line), expected, "{line}");
        fs::write(&path, format!("{line}\n")).expect("writable");
        let output = peers::run(peers::command(&ssh_keygen).args(["-l", "-f"]).arg(&path), b"");
        assert_eq!(
            output.status.success(),
            expected.is_none(),
            "{line}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
    }
}

/// What `ssh-keygen -l` does not look at: whether a host is found is up to `ssh-keygen -F`, and so
/// is a hash, which `-H` makes.
#[test]
fn hosts_are_found_as_ssh_keygen_finds_them() {
    let Some(ssh_keygen) = peers::need("ssh-keygen") else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("known_hosts");
    let finds = |text: &str| {
        fs::write(&path, text).expect("writable");
        peers::run(peers::command(&ssh_keygen).args(["-F", "h", "-f"]).arg(&path), b"")
            .status
            .success()
    };
    let key = ssh("ed25519.pub").split(' ').take(2).collect::<Vec<_>>().join(" ");
    for (text, expected) in [
        (format!("h {key}\n"), None),
        (format!("@cert-authority h {key}\n"), None),
        (format!("@revoked h {key}\n"), None),
        (format!("@trusted h {key}\n"), Some(LineFault::Invalid)),
        (format!("@revoked @cert-authority h {key}\n"), Some(LineFault::Invalid)),
        (format!("{key} h\n"), Some(LineFault::NoHost)),
        (format!("\u{feff}h {key}\n"), Some(LineFault::ByteOrderMark)),
        (format!("|1|aGk=|aGk= {key}\n"), Some(LineFault::Invalid)),
        ("# h\n\n".to_owned(), Some(LineFault::NoLines)),
        (String::new(), Some(LineFault::NoLines)),
    ] {
        assert_eq!(fault(&text), expected, "{text}");
        assert_eq!(finds(&text), expected.is_none(), "{text}");
    }
    fs::write(&path, format!("h {key}\n")).expect("writable");
    assert!(
        peers::run(peers::command(&ssh_keygen).args(["-H", "-f"]).arg(&path), b"").status.success()
    );
    let hashed = fs::read_to_string(&path).expect("readable");
    assert!(hashed.starts_with("|1|") && fault(&hashed).is_none() && finds(&hashed), "{hashed}");
}

#[test]
fn lines_with_one_mistake_are_one_finding() {
    let key = ssh("ed25519.pub");
    let found = faults(format!("h\n# comment\n\ni\ngit.example.com {key}{key}").as_bytes());
    let of = |kind| found.iter().find(|fault| fault.kind == kind).map(|fault| fault.lines.clone());
    assert_eq!(
        (found.len(), of(LineFault::Invalid), of(LineFault::NoHost)),
        (2, Some(vec![1, 4]), Some(vec![6]))
    );
    let private = faults(ssh("ed25519").as_bytes());
    assert_eq!(private.iter().map(|fault| fault.kind).collect::<Vec<_>>(), [LineFault::PrivateKey]);
}

/// What is said about the ssh keys of an `Opaque` Secret with Argo CD's label and these data.
fn codes(label: &str, data: &[(&str, &str)]) -> Vec<&'static str> {
    let secret = Secret {
        type_: "Opaque".into(),
        labels: BTreeMap::from([("argocd.argoproj.io/secret-type".into(), label.into())]),
        data: data.iter().map(|(key, value)| ((*key).into(), (*value).into())).collect(),
        ..Secret::default()
    };
    let subject = Subject::of(&secret, Origin::Spec);
    ssh::findings(&subject).iter().map(|finding| finding.diagnostic.code.name).collect()
}

#[test]
fn who_reads_a_key_decides_what_is_said() {
    let (public, locked) = (ssh("ed25519.pub"), ssh("ed25519.encrypted"));
    let hosts = format!("git.example.com {public}");
    for label in ["repository", "repo-creds", "repository-write", "repo-write-creds"] {
        assert_eq!(codes(label, &[("sshPrivateKey", &public)]), ["ssh-key"], "{label}");
        assert_eq!(codes(label, &[("sshPrivateKey", &locked)]), ["ssh-passphrase"], "{label}");
    }
    assert_eq!(
        codes(
            "repository",
            &[("sshPrivateKey", ""), ("ssh-privatekey", &public), ("known_hosts", "x")]
        ),
        [""; 0]
    );
    assert_eq!(codes("cluster", &[("sshPrivateKey", &public)]), [""; 0]);
    assert_eq!(codes("", &[("identity", &public)]), [""; 0], "nobody knows whose it is");
    assert_eq!(codes("", &[("identity", &public), ("known_hosts", &hosts)]), ["flux-identity"]);
    assert_eq!(codes("", &[("identity", &locked), ("known_hosts", &hosts)]), ["ssh-passphrase"]);
    assert_eq!(
        codes("", &[("identity", &locked), ("known_hosts", &hosts), ("password", "")]),
        ["ssh-passphrase"]
    );
    assert_eq!(
        codes("", &[("identity", &locked), ("known_hosts", &hosts), ("password", "x")]),
        [""; 0]
    );
    assert_eq!(
        codes("", &[("identity", &ssh("rsa.pem")), ("known_hosts", &public)]),
        ["known-hosts"]
    );
}
