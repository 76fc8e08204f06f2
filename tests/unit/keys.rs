//! TLS pairs and ssh keys against OpenSSL's, Go's and OpenSSH's verdicts on them.
//! `tests/keys/generate` made the fixtures.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use crate::check::ssh::consumers::Consumer;
use crate::check::ssh::{self, LegacyFormat, SshFault, SshFormFault, private_key_faults};
use crate::check::subject::Origin;
use crate::check::tls::{
    Algorithm, AlternativeName, CertificateFault, Curve, KeyFault, PairHalf, TlsFault, cert_faults,
    certificates, key_faults, messages, pair_faults,
};
use crate::diag::{Diagnostic, Level};
use crate::go::pem::{BlockKind, Pem, PemFaultKind};
use crate::unit::peers;
use crate::unit::support::{assert_linear, thinned, unless_it_hangs};

fn fixtures(folder: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/keys").join(folder)
}

fn tls(name: &str) -> Vec<u8> {
    fs::read(fixtures("tls").join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn ssh(name: &str) -> Vec<u8> {
    fs::read(fixtures("ssh").join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// Whether no program could use the key.
fn is_error(fault: &SshFault) -> bool {
    !matches!(fault, SshFault::Encrypted | SshFault::LegacyFormat(_) | SshFault::Form(_))
}

fn pair(certificate: &str, key: &str) -> Vec<TlsFault> {
    pair_faults(&tls(certificate), &tls(key))
}

fn one(certificate: &str, key: &str) -> TlsFault {
    match pair(certificate, key).as_slice() {
        [fault] => fault.clone(),
        faults => panic!("{certificate}, {key}: {faults:?}"),
    }
}

/// A line of `pairs.tsv`.
struct Pair {
    certificate: String,
    key: String,
    openssl: String,
    /// `ok`, or Go's error.
    kubectl: String,
}

fn pairs() -> Vec<Pair> {
    let table = fs::read_to_string(fixtures("pairs.tsv")).expect("pairs.tsv");
    let pairs: Vec<Pair> = table
        .lines()
        .skip(1)
        .map(|line| match line.split('\t').collect::<Vec<_>>().as_slice() {
            [certificate, key, openssl, kubectl] => Pair {
                certificate: (*certificate).into(),
                key: (*key).into(),
                openssl: (*openssl).into(),
                kubectl: (*kubectl).into(),
            },
            _ => panic!("{line}"),
        })
        .collect();
    assert!(pairs.len() > 300);
    pairs
}

fn accepts(faults: &[TlsFault]) -> bool {
    !faults.iter().any(TlsFault::is_error)
}

#[test]
fn pairs_are_judged_as_go_judges_them() {
    let wrong: Vec<String> = pairs()
        .iter()
        .filter_map(|Pair { certificate, key, kubectl, .. }| {
            let faults = pair(certificate, key);
            (accepts(&faults) != (kubectl == "ok"))
                .then(|| format!("{certificate}, {key}: {faults:?}, but Go says: {kubectl}"))
        })
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn pairs_are_matched_as_openssl_matches_them() {
    for Pair { certificate, key, openssl, .. } in pairs() {
        let faults = pair(&certificate, &key);
        match openssl.as_str() {
            "match" => assert!(
                !faults.iter().any(|fault| matches!(fault, TlsFault::Mismatch { .. })),
                "{certificate}, {key}: {faults:?}"
            ),
            "mismatch" => assert!(!accepts(&faults), "{certificate}, {key}"),
            _ => {}
        }
    }
}

/// What Go took before 1.24 (the first three) or 1.27: an older kubectl is not wrong about it.
const NEW_IN_GO: [&str; 4] =
    ["rsa.bad-crt.key", "rsa.bad-inverse.key", "rsa.other-d.key", "rsa.name-bmp-surrogate.crt"];

/// The recorded verdicts again, from the kubectl that is here now. A tenth of them: each takes a
/// process.
#[test]
fn kubectl_still_says_so() {
    let Some(kubectl) = peers::need("kubectl") else { return };
    for Pair { certificate, key, kubectl: recorded, .. } in pairs().into_iter().step_by(10) {
        if NEW_IN_GO.contains(&key.as_str()) || NEW_IN_GO.contains(&certificate.as_str()) {
            continue;
        }
        let mut command = peers::command(&kubectl);
        command.args(["create", "secret", "tls", "x", "--dry-run=client", "-o", "name", "--cert"]);
        command
            .arg(fixtures("tls").join(&certificate))
            .arg("--key")
            .arg(fixtures("tls").join(&key));
        let output = peers::run(&mut command, b"");
        assert_eq!(
            output.status.success(),
            recorded == "ok",
            "{certificate}, {key}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
    }
}

#[test]
fn faults_name_the_cause() {
    let key = |key: &str| one(&format!("{}.crt", key.split('.').next().unwrap_or_default()), key);
    assert_eq!(one("p256.key", "p256.crt"), TlsFault::Swapped);
    assert_eq!(one("p256.key", "p256.key"), TlsFault::NoCertificate(vec![BlockKind::Pkcs8Key]));
    assert_eq!(one("p256.crt", "p256.crt"), TlsFault::NoKey(vec![BlockKind::Certificate]));
    assert_eq!(one("p256.crt", "p256.public.key"), TlsFault::NoKey(vec![BlockKind::PublicKey]));
    assert_eq!(one("p256.crt", "parameters.key"), TlsFault::NoKey(vec![BlockKind::Parameters]));
    assert_eq!(
        one("p256.request.crt", "p256.key"),
        TlsFault::NoCertificate(vec![BlockKind::CertificateRequest])
    );
    assert_eq!(
        one("p256.trusted.crt", "p256.key"),
        TlsFault::NoCertificate(vec![BlockKind::OpenSslCertificate])
    );
    assert_eq!(one("p256.pkcs7.crt", "p256.key"), TlsFault::NoCertificate(vec![BlockKind::Pkcs7]));
    assert_eq!(
        one("chain-reversed.crt", "p384.key"),
        TlsFault::OtherCertificate { position: 2, count: 2 }
    );
    assert_eq!(
        one("rsa.crt", "rsa-other.key"),
        TlsFault::Mismatch { certificate: Algorithm::Rsa, key: Algorithm::Rsa }
    );
    assert_eq!(
        one("rsa.crt", "ed25519.key"),
        TlsFault::Mismatch { certificate: Algorithm::Rsa, key: Algorithm::Ed25519 }
    );
    for encrypted in [
        "rsa.encrypted.key",
        "p256.encrypted.key",
        "ed25519.encrypted.key",
        "rsa.legacy-encrypted.key",
        "p256.legacy-encrypted.key",
    ] {
        assert_eq!(key(encrypted), TlsFault::Key(KeyFault::Encrypted), "{encrypted}");
    }
    assert_eq!(key("rsa.openssh.key"), TlsFault::Key(KeyFault::OpenSsh));
    assert_eq!(
        key("p256.explicit.key"),
        TlsFault::Key(KeyFault::Unsupported(Algorithm::Ec(Curve::Explicit)))
    );
    assert_eq!(
        key("p256.pkcs8-explicit.key"),
        TlsFault::Key(KeyFault::Unsupported(Algorithm::Ec(Curve::Explicit)))
    );
    assert_eq!(
        one("p256.explicit.crt", "p256.key"),
        TlsFault::UnsupportedCertificate(Algorithm::Ec(Curve::Explicit))
    );
    assert_eq!(
        key_faults(&tls("dsa.traditional.key")),
        [TlsFault::Key(KeyFault::Unsupported(Algorithm::Dsa))]
    );
    for (name, algorithm) in [
        ("dsa", Algorithm::Dsa),
        ("ed448", Algorithm::Ed448),
        ("rsa-pss", Algorithm::RsaPss),
        ("secp256k1", Algorithm::Ec(Curve::Secp256k1)),
        ("brainpool", Algorithm::Ec(Curve::Brainpool)),
    ] {
        let both = [
            TlsFault::UnsupportedCertificate(algorithm),
            TlsFault::Key(KeyFault::Unsupported(algorithm)),
        ];
        assert_eq!(pair(&format!("{name}.crt"), &format!("{name}.key")), both);
    }
    for inconsistent in [
        "bad-modulus",
        "bad-exponent",
        "bad-prime",
        "prime-of-one",
        "zero-prime",
        "even-exponent",
        "bad-crt",
        "bad-inverse",
    ] {
        assert_eq!(
            key(&format!("rsa.{inconsistent}.key")),
            TlsFault::Key(KeyFault::Inconsistent(Algorithm::Rsa)),
            "{inconsistent}"
        );
    }
    assert_eq!(
        key("p256.sec1-zero.key"),
        TlsFault::Key(KeyFault::Inconsistent(Algorithm::Ec(Curve::P256)))
    );
    assert_eq!(key("rsa.cut.key"), TlsFault::Key(KeyFault::Malformed));
    assert_eq!(
        one("rsa.negative-serial.crt", "rsa.key"),
        TlsFault::Certificate(CertificateFault::NegativeSerial)
    );
    assert_eq!(one("rsa.cut.crt", "rsa.key"), TlsFault::Certificate(CertificateFault::Malformed));
    assert_eq!(
        one("rsa.san-bad-ip.crt", "rsa.key"),
        TlsFault::Certificate(CertificateFault::Extension("subjectAltName"))
    );
    assert_eq!(pair("random.crt", "random.key").len(), 2);
}

#[test]
fn a_damaged_leaf_is_named_and_not_the_mismatch_it_causes() {
    match one("chain-leaf-damaged.crt", "p384.key") {
        TlsFault::NotPem(PairHalf::Certificate, fault) => {
            assert_eq!((fault.kind, fault.line), (PemFaultKind::BadBase64, 1))
        }
        other => panic!("{other:?}"),
    }
    assert!(pair("chain-damaged-root.crt", "p384.key").is_empty());
    assert!(pair("chain-random-second.crt", "p384.key").is_empty());
}

#[test]
fn pem_that_go_does_not_read_says_why() {
    use PemFaultKind as Kind;
    for (form, kind) in [
        ("cr", Kind::LineBreaksLost),
        ("indented", Kind::Indented),
        ("escaped", Kind::EscapedLineBreaks),
        ("joined", Kind::LineBreaksLost),
        ("bom", Kind::ByteOrderMark),
        ("utf16", Kind::Utf16),
        ("base64", Kind::Base64OfPem),
        ("der", Kind::Der),
        ("no-end", Kind::NoEnd),
        ("other-end", Kind::OtherEnd),
        ("four-dashes", Kind::BadMarker),
        ("text-on-end-line", Kind::BadMarker),
        ("header-without-empty-line", Kind::BadBase64),
        ("bad-base64", Kind::BadBase64),
        ("garbage", Kind::NoPem),
        ("empty", Kind::Empty),
        ("blank", Kind::Empty),
    ] {
        for (faults, field) in [
            (cert_faults(&tls(&format!("p256.{form}.crt"))), PairHalf::Certificate),
            (key_faults(&tls(&format!("p256.{form}.key"))), PairHalf::Key),
        ] {
            match faults.as_slice() {
                [TlsFault::NotPem(at, fault)] if *at == field => {
                    assert_eq!(fault.kind, kind, "{form} {field:?}")
                }
                // A header needs no empty line after it.
                [] if form == "header-without-empty-line" => {}
                other => panic!("{form} {field:?}: {other:?}"),
            }
        }
    }
}

#[test]
fn each_half_alone_is_judged_as_in_a_pair() {
    for Pair { certificate, key, .. } in pairs() {
        let faults = pair(&certificate, &key);
        let halves = [cert_faults(&tls(&certificate)), key_faults(&tls(&key))].concat();
        match faults.as_slice() {
            [TlsFault::Swapped] => assert_eq!(halves.len(), 2),
            [
                TlsFault::Mismatch { .. }
                | TlsFault::OtherCertificate { .. }
                | TlsFault::CannotVerify(_),
            ] => assert!(halves.is_empty()),
            [TlsFault::NotPem(PairHalf::Certificate, _)] if halves.is_empty() => {
                assert!(certificate.contains("leaf-damaged"))
            }
            faults => assert_eq!(faults, halves, "{certificate}, {key}"),
        }
    }
}

#[test]
fn certificates_say_what_lints_need() {
    let read = |name: &str| {
        certificates(&tls(name))
            .into_iter()
            .map(|(_, read)| read.expect("readable"))
            .collect::<Vec<_>>()
    };
    let p256 = read("p256.crt").remove(0);
    assert_eq!((p256.common_name.as_deref(), p256.is_ca), (Some("p256.example"), Some(true)));
    let names =
        ["192.0.2.1", "2001:db8::1"].map(|ip| AlternativeName::Ip(ip.parse().expect("an address")));
    assert_eq!(
        p256.names,
        [&[AlternativeName::Dns("p256.example".into())], names.as_slice()].concat()
    );
    // 36,500 days.
    assert_eq!(p256.not_after - p256.not_before, 3_153_600_000);
    let expired = read("p256.expired.crt").remove(0);
    assert_eq!((expired.not_before, expired.not_after), (978_307_200, 1_009_843_200));
    let chain = read("chain.crt");
    assert_eq!((chain.len(), chain[0].is_ca), (2, Some(false)));
    assert_eq!(chain[0].issuer, chain[1].subject);
    assert_ne!(chain[0].subject, chain[1].subject);
}

/// Every input has to be judged without a panic, in any role.
fn survives(bytes: &[u8]) {
    let good = (tls("p256.crt"), tls("p256.key"));
    let faults =
        [pair_faults(bytes, &good.1), pair_faults(&good.0, bytes), pair_faults(bytes, bytes)]
            .concat();
    faults.iter().for_each(|fault| drop(messages::tls(fault, Origin::Spec)));
    private_key_faults(bytes)
        .into_iter()
        .for_each(|fault| drop(ssh::messages::diagnostic(fault, Consumer::Anyone, Origin::Spec)));
}

#[test]
fn every_truncation_is_refused_and_none_panics() {
    for name in ["p256.crt", "p256.key", "ed25519.key", "rsa.pkcs1.key", "p256.sec1-parameters.key"]
    {
        let whole = tls(name);
        // Without the last newline it is still whole.
        for length in (0..whole.len() - 1).step_by(thinned(3)) {
            let cut = &whole[..length];
            survives(cut);
            let faults = if name.ends_with("crt") { cert_faults(cut) } else { key_faults(cut) };
            assert_eq!(faults.len(), 1, "{name} at {length}");
        }
    }
    let whole = ssh("ed25519");
    for length in 0..whole.len() - 1 {
        assert!(private_key_faults(&whole[..length]).iter().any(is_error), "{length}");
    }
}

/// Truncated and altered DER in good PEM.
#[test]
fn no_der_panics() {
    for name in ["rsa.crt", "rsa.pkcs1.key", "p256.sec1.key", "ed25519.key"] {
        let pem = Pem::read(&tls(name));
        let der = pem
            .blocks
            .iter()
            .find(|block| block.kind != BlockKind::Parameters)
            .expect("a block")
            .contents
            .clone();
        let label = if name.ends_with("crt") { "CERTIFICATE" } else { "PRIVATE KEY" };
        for at in 0..der.len() {
            let cut = encode(label, &der[..at]);
            assert_eq!(
                if label == "CERTIFICATE" { cert_faults(&cut) } else { key_faults(&cut) }.len(),
                1,
                "{name} at {at}"
            );
            for value in [0, 0x80, 0xff, der[at] ^ 1] {
                let mut altered = der.to_vec();
                altered[at] = value;
                let text = encode(label, &altered);
                drop(if label == "CERTIFICATE" { cert_faults(&text) } else { key_faults(&text) });
            }
        }
    }
}

fn encode(label: &str, der: &[u8]) -> Vec<u8> {
    use base64::Engine;
    format!(
        "-----BEGIN {label}-----\n{}\n-----END {label}-----\n",
        base64::engine::general_purpose::STANDARD.encode(der)
    )
    .into_bytes()
}

#[test]
fn long_texts_take_linear_time() {
    for piece in [
        "-----BEGIN CERTIFICATE-----\n",
        "\n-----END CERTIFICATE-----",
        "-----BEGIN A-----\na: b\n\n-----END A-----\n",
        "-----BEGIN ",
        "a: b\n",
        "-----BEGIN A-----\n-----END B-----\n",
        "-----BEGIN A-----\na:\n-----END A-----:",
    ] {
        assert_linear(piece, 1 << 12, |size| survives(piece.repeat(size / piece.len()).as_bytes()));
    }
    // An RSA key with a megabyte of modulus: to compute with it takes hours.
    let number = |length: usize| {
        [
            &[0x02, 0x83, (length >> 16) as u8, (length >> 8) as u8, length as u8][..],
            &vec![0x7f; length],
        ]
        .concat()
    };
    let numbers = [
        vec![2, 1, 0],
        number(1 << 18),
        vec![2, 1, 3],
        number(1 << 18),
        number(1 << 18),
        number(1 << 18),
    ]
    .concat();
    let der = [
        &[0x30, 0x83, (numbers.len() >> 16) as u8, (numbers.len() >> 8) as u8, numbers.len() as u8]
            [..],
        &numbers,
    ]
    .concat();
    unless_it_hangs("an RSA key of a megabyte", move || survives(&encode("RSA PRIVATE KEY", &der)));
}

#[test]
fn ssh_keys() {
    use SshFault as Fault;
    let none: &[Fault] = &[];
    let pem: &[Fault] = &[Fault::LegacyFormat(LegacyFormat::Old)];
    let pkcs8 = pem;
    for (name, expected) in [
        ("ed25519", none),
        ("rsa", none),
        ("ecdsa256", none),
        ("ecdsa384", none),
        ("ecdsa521", none),
        ("ed25519.comment", none),
        ("ed25519.comment-latin1", none),
        ("ed25519.encrypted", &[Fault::Encrypted]),
        ("rsa.pem", pem),
        ("rsa.pkcs8", pkcs8),
        ("ecdsa256.pem", pem),
        ("ecdsa256.pkcs8", pkcs8),
        ("rsa.pem-encrypted", &[Fault::Encrypted, pem[0]]),
        ("tls-rsa.encrypted.key", &[Fault::Encrypted, pkcs8[0]]),
        ("tls-dsa.key", pkcs8),
        ("tls-dsa.traditional.key", pem),
        ("tls-ed25519.key", &[Fault::LegacyFormat(LegacyFormat::Pkcs8Ed25519)]),
        ("ed25519.crlf", &[Fault::Form(SshFormFault::LineEnds)]),
        ("ed25519.no-final-newline", &[Fault::Form(SshFormFault::NoFinalNewline)]),
        ("ed25519.text-before", &[Fault::Form(SshFormFault::TextBefore)]),
        ("ed25519.cut", &[Fault::Damaged]),
        ("ed25519.flipped", &[Fault::Damaged]),
        ("tls-rsa.bad-exponent.key", &[Fault::Damaged]),
        ("tls-secp256k1.key", &[Fault::Unsupported(Algorithm::Ec(Curve::Secp256k1))]),
        ("tls-p224.key", &[Fault::Unsupported(Algorithm::Ec(Curve::P224))]),
        ("tls-ed448.key", &[Fault::Unsupported(Algorithm::Ed448)]),
        ("ed25519.pub", &[Fault::PublicKey]),
        ("rsa.pub", &[Fault::PublicKey]),
        ("ecdsa256.pub", &[Fault::PublicKey]),
        ("ed25519.public-pem", &[Fault::PublicKey]),
        ("ed25519.rfc4716", &[Fault::PublicKey]),
        ("ed25519.ppk", &[Fault::Putty]),
        ("ed25519.certificate", &[Fault::NotAKey(BlockKind::Certificate)]),
    ] {
        assert_eq!(private_key_faults(&ssh(name)), expected, "{name}");
    }
    for (name, kind) in [
        ("ed25519.indented", PemFaultKind::Indented),
        ("ed25519.joined", PemFaultKind::LineBreaksLost),
        ("ed25519.no-end", PemFaultKind::NoEnd),
        ("ed25519.empty", PemFaultKind::Empty),
        ("ed25519.garbage", PemFaultKind::NoPem),
    ] {
        match private_key_faults(&ssh(name)).as_slice() {
            [Fault::NotPem(fault)] => assert_eq!(fault.kind, kind, "{name}"),
            other => panic!("{name}: {other:?}"),
        }
    }
}

/// What ssh-keygen reads without a passphrase can't be an error here; but it does not look at the
/// private exponent of an RSA key.
#[test]
fn ssh_keygen_agrees() {
    let Some(ssh_keygen) = peers::need("ssh-keygen") else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let mut read = 0;
    for entry in fs::read_dir(fixtures("ssh")).expect("tests/keys/ssh") {
        let path = entry.expect("an entry").path();
        let key = fs::read(&path).expect("readable");
        // ssh-keygen wants private keys that nobody else can read.
        let copy = folder.path().join("key");
        drop(fs::remove_file(&copy));
        fs::write(&copy, &key).expect("writable");
        restrict(&copy);
        let output =
            peers::run(peers::command(&ssh_keygen).args(["-y", "-P", "", "-f"]).arg(&copy), b"");
        let is_other = path.extension().is_some_and(|extension| extension == "pub")
            || path.ends_with("tls-rsa.bad-exponent.key");
        if output.status.success() && !is_other {
            read += 1;
            let faults = private_key_faults(&key);
            assert!(!faults.iter().any(is_error), "{}: {faults:?}", path.display());
        }
    }
    assert!(read >= 10, "{read}");
}

fn restrict(path: &Path) {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(path, fs::Permissions::from_mode(0o600)).expect("changeable");
    }
    #[cfg(not(unix))]
    let _ = path;
}

#[test]
fn debug_output_holds_no_key() {
    let text = tls("p256.key");
    let pem = Pem::read(&text);
    let shown = format!(
        "{pem:?} {:?} {:?}",
        key_faults(&tls("rsa.bad-prime.key")),
        private_key_faults(&ssh("ed25519.cut"))
    );
    let lines: Vec<String> =
        String::from_utf8(text).expect("text").lines().map(str::to_owned).collect();
    assert!(lines.len() > 3 && lines.iter().all(|line| !shown.contains(line)), "{shown}");
    assert!(!shown.contains(&format!("{:?}", &pem.blocks[0].contents[..8])), "{shown}");
    assert!(!shown.contains("48, 129"), "{shown}");
}

#[test]
fn words_are_complete_and_keep_to_the_style() {
    let mut seen = BTreeSet::new();
    let mut check = |diagnostic: Diagnostic| {
        let Diagnostic { message, notes, helps, level, .. } = &diagnostic;
        assert!(!message.ends_with('.') && !message.starts_with(char::is_uppercase), "{message}");
        assert!(*level != Level::Error || !helps.is_empty(), "{message}");
        for text in [notes, helps].into_iter().flatten().chain([message]) {
            assert!(
                text.len() > 10 && !text.contains("  ") && text.matches('`').count() % 2 == 0,
                "{text}"
            );
        }
        seen.insert(message.clone());
    };
    for Pair { certificate, key, .. } in pairs() {
        pair(&certificate, &key).iter().for_each(|fault| check(messages::tls(fault, Origin::Spec)));
    }
    for entry in fs::read_dir(fixtures("ssh")).expect("tests/keys/ssh") {
        let key = fs::read(entry.expect("an entry").path()).expect("readable");
        private_key_faults(&key)
            .into_iter()
            .map(|fault| ssh::messages::diagnostic(fault, Consumer::Anyone, Origin::Spec))
            .for_each(&mut check);
    }
    assert!(seen.len() > 60, "{seen:#?}");
    assert!(seen.contains("`tls.key` contains a certificate, not a private key"));
}
