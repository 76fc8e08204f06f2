//! Lints of TLS Secrets against OpenSSL's verdicts: chains in every order, dates around their ends,
//! PEM in every form.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use crate::check::finding::Finding;
use crate::check::subject::{Origin, Subject, Unknown};
use crate::check::tls::bundle::Bundle;
use crate::check::tls::chain::{self, Authorities, ChainFault};
use crate::check::tls::form::{self, CertificateFormFault};
use crate::check::tls::validity::{Lapse, lapse};
use crate::check::verdict;
use crate::secret::Secret;
use crate::unit::peers;
use crate::unit::support::assert_linear;

/// OpenSSL in a folder of its own.
struct OpenSsl {
    program: PathBuf,
    folder: tempfile::TempDir,
}

impl OpenSsl {
    fn find() -> Option<Self> {
        Some(Self {
            program: peers::need("openssl")?,
            folder: tempfile::tempdir().expect("a folder"),
        })
    }

    fn succeeds(&self, arguments: &[&str]) -> bool {
        peers::run(
            peers::command(&self.program).args(arguments).current_dir(self.folder.path()),
            b"",
        )
        .status
        .success()
    }

    fn run(&self, arguments: &[&str]) -> Vec<u8> {
        peers::stdout(
            peers::command(&self.program).args(arguments).current_dir(self.folder.path()),
            b"",
        )
    }

    fn write(&self, name: &str, bytes: &[u8]) {
        fs::write(self.folder.path().join(name), bytes).expect("writable");
    }

    fn read(&self, name: &str) -> Vec<u8> {
        fs::read(self.folder.path().join(name)).expect("readable")
    }

    /// A certificate `NAME.crt` with a new key, by `issuer`, or by itself.
    fn issue(&self, name: &str, subject: &str, issuer: Option<&str>, extensions: &str) {
        self.write("extensions", extensions.as_bytes());
        let (key, crt) = (format!("{name}.key"), format!("{name}.crt"));
        self.run(&[
            "genpkey",
            "-algorithm",
            "EC",
            "-pkeyopt",
            "ec_paramgen_curve:P-256",
            "-out",
            &key,
        ]);
        self.run(&["req", "-new", "-key", &key, "-subj", &format!("/CN={subject}"), "-out", "csr"]);
        let (ca, ca_key) = issuer
            .map(|issuer| (format!("{issuer}.crt"), format!("{issuer}.key")))
            .unwrap_or_default();
        let by: &[&str] =
            if issuer.is_some() { &["-CA", &ca, "-CAkey", &ca_key] } else { &["-signkey", &key] };
        self.run(
            &[
                &[
                    "x509",
                    "-req",
                    "-in",
                    "csr",
                    "-days",
                    "3650",
                    "-extfile",
                    "extensions",
                    "-out",
                    &crt,
                ],
                by,
            ]
            .concat(),
        );
    }

    /// Whether the certificate `issuer` issued `of`, as OpenSSL verifies it, signature and all.
    fn issued(&self, issuer: &str, of: &str) -> bool {
        self.succeeds(&[
            "verify",
            "-partial_chain",
            "-trusted",
            &format!("{issuer}.crt"),
            &format!("{of}.crt"),
        ])
    }
}

const AUTHORITY: &str =
    "basicConstraints=critical,CA:TRUE\nsubjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid\n";
const SERVER: &str = "basicConstraints=critical,CA:FALSE\nauthorityKeyIdentifier=keyid\n\
    subjectAltName=DNS:a.example\nauthorityInfoAccess=caIssuers;URI:http://a.example/ca.crt\n";

/// Every order of every choice of these.
fn arrangements(names: &[&'static str]) -> Vec<Vec<&'static str>> {
    let mut all = vec![Vec::new()];
    for (index, name) in names.iter().enumerate() {
        let rest = [&names[..index], &names[index + 1..]].concat();
        all.extend(arrangements(&rest).into_iter().map(|tail| [vec![*name], tail].concat()));
    }
    all
}

#[test]
fn chains_in_every_order_are_judged_as_openssl_judges_them() {
    let Some(openssl) = OpenSsl::find() else { return };
    openssl.issue("root", "root", None, AUTHORITY);
    openssl.issue("middle", "middle", Some("root"), AUTHORITY);
    openssl.issue("leaf", "leaf", Some("middle"), SERVER);
    // The authority's name with another key, and something else.
    openssl.issue("namesake", "middle", Some("root"), AUTHORITY);
    openssl.issue("other", "other", None, AUTHORITY);
    let names = ["leaf", "middle", "root", "namesake", "other"];
    let text: BTreeMap<&str, Vec<u8>> =
        names.iter().map(|name| (*name, openssl.read(&format!("{name}.crt")))).collect();
    let issued: BTreeMap<(&str, &str), bool> = names
        .iter()
        .flat_map(|issuer| {
            names.map(|of| ((*issuer, of), *issuer != of && openssl.issued(issuer, of)))
        })
        .collect();
    assert_eq!(issued.values().filter(|issued| **issued).count(), 3, "{issued:?}");
    let read = |order: &[&str]| {
        Bundle::read(&order.iter().map(|name| text[name].as_slice()).collect::<Vec<_>>().concat())
    };

    let orders = arrangements(&names);
    assert_eq!(orders.len(), 326);
    for order in orders.iter().filter(|order| !order.is_empty()) {
        let faults = chain::faults(&read(order), Authorities::Absent);
        let is_chain = order.windows(2).all(|pair| issued[&(pair[1], pair[0])]);
        assert_eq!(
            faults.is_empty(),
            is_chain && order.as_slice() != ["leaf"],
            "{order:?}: {faults:?}"
        );
        assert!(faults.len() <= 1, "{order:?}: {faults:?}");
        // The order that is proposed is one.
        if let [ChainFault::Order { order: Some(proposed), .. }] = faults.as_slice() {
            let sorted: Vec<&str> = proposed.iter().map(|position| order[position - 1]).collect();
            assert_eq!(
                (sorted.len(), sorted[0]),
                (order.len(), if order.contains(&"leaf") { "leaf" } else { sorted[0] }),
                "{order:?}"
            );
            assert!(
                sorted.windows(2).all(|pair| issued[&(pair[1], pair[0])]),
                "{order:?}: {sorted:?}"
            );
        }
        if let [ChainFault::Order { leaf, .. }] = faults.as_slice() {
            assert!(
                order[*leaf - 1] == "leaf" || !order.contains(&"leaf"),
                "{order:?}: {faults:?}"
            );
        }
        // Twice the same is always found, and nothing more for it.
        let twice = [order.clone(), vec![order[0]]].concat();
        let found = chain::faults(&read(&twice), Authorities::Absent);
        assert_eq!(found[0], ChainFault::Repeated { positions: vec![twice.len()] }, "{twice:?}");
        assert_eq!(found[1..], faults, "{twice:?}");
    }
    // A client that has the root verifies what has no fault, and not what has a gap.
    for order in orders.iter().filter(|order| order.first() == Some(&"leaf") && order.len() <= 3) {
        let whole: Vec<u8> = order.iter().flat_map(|name| text[name].clone()).collect();
        openssl.write("chain", &whole);
        let is_verified =
            openssl.succeeds(&["verify", "-CAfile", "root.crt", "-untrusted", "chain", "leaf.crt"]);
        let faults = chain::faults(&Bundle::read(&whole), Authorities::Absent);
        let is_open = match faults.as_slice() {
            [ChainFault::Unrelated { positions }] => positions.len() + 1 == order.len(),
            faults => faults == [ChainFault::Incomplete],
        };
        assert_eq!(is_verified, !is_open, "{order:?}: {faults:?}");
    }
    let of = |order: &[&str]| chain::faults(&read(order), Authorities::Absent);
    assert_eq!(
        of(&["leaf", "namesake", "root"]),
        [ChainFault::Unrelated { positions: vec![2, 3] }]
    );
    assert_eq!(of(&["leaf", "root"]), [ChainFault::Unrelated { positions: vec![2] }]);
    assert_eq!(
        of(&["root", "middle", "leaf"]),
        [ChainFault::Order { leaf: 3, order: Some(vec![3, 2, 1]) }]
    );
    assert_eq!(of(&["leaf", "middle", "other"]), [ChainFault::Unrelated { positions: vec![3] }]);
    // What is in `ca.crt` need not be in the chain.
    for (authorities, expected) in [
        ("middle", vec![]),
        ("root", vec![ChainFault::Incomplete]),
        ("namesake", vec![ChainFault::Incomplete]),
    ] {
        let authorities = read(&[authorities]);
        assert_eq!(chain::faults(&read(&["leaf"]), Authorities::Known(&authorities)), expected);
    }
    assert_eq!(chain::faults(&read(&["leaf"]), Authorities::Unknown), []);
    // A client shows its certificate to servers, which know the issuer: the replicas of PostgreSQL,
    // the users of Kafka.
    openssl.issue("client", "client", Some("middle"), "extendedKeyUsage = clientAuth\n");
    let url = "authorityInfoAccess = caIssuers;URI:http://a.example/ca.crt\n";
    let both = format!("{url}extendedKeyUsage = clientAuth, serverAuth\n");
    openssl.issue("both", "both", Some("middle"), &both);
    // A private root that clients have issues without a URL to fetch it from.
    openssl.issue("private", "private", Some("middle"), "subjectAltName=DNS:a.example\n");
    let alone = |name: &str| {
        chain::faults(&Bundle::read(&openssl.read(&format!("{name}.crt"))), Authorities::Absent)
    };
    assert_eq!((alone("client"), alone("both")), (vec![], vec![ChainFault::Incomplete]));
    assert_eq!(alone("private"), []);
}

fn ui(path: &str) -> Vec<u8> {
    fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/ui/files/tls").join(path))
        .unwrap_or_else(|error| panic!("{path}: {error}"))
}

#[test]
fn dates_are_judged_as_openssl_judges_them() {
    let Some(openssl) = OpenSsl::find() else { return };
    let text = ui("three-months.crt");
    openssl.write("chain", &text);
    let bundle = Bundle::read(&text);
    let (_, leaf) = bundle.single(None).next().expect("a certificate");
    let day = 86_400;
    for edge in [leaf.not_before, leaf.not_after, leaf.not_after - 30 * day] {
        for at in [edge - day, edge - 1, edge, edge + 1, edge + day] {
            // The last second belongs to the period for RFC 5280 and Go, not for OpenSSL.
            if at == leaf.not_after {
                continue;
            }
            // The leaf alone, trusted as it is.
            let is_valid = openssl.succeeds(&[
                "verify",
                "-attime",
                &at.to_string(),
                "-partial_chain",
                "-trusted",
                "chain",
                "chain",
            ]);
            let found = lapse(leaf, at);
            assert_eq!(
                !is_valid,
                matches!(found, Some(Lapse::Expired | Lapse::NotYet)),
                "{at}: {found:?}"
            );
            let is_soon = is_valid && leaf.not_after - at < 30 * day;
            assert_eq!(is_soon, matches!(found, Some(Lapse::Soon { .. })), "{at}: {found:?}");
        }
    }
    assert_eq!(lapse(leaf, leaf.not_after), Some(Lapse::Soon { days: 0 }));
    assert_eq!(lapse(leaf, leaf.not_after - 30 * day + 1), Some(Lapse::Soon { days: 29 }));
}

/// How many certificates OpenSSL reads out of a file, as `SSL_CTX_use_certificate_chain_file` does;
/// `None` if it refuses it.
fn read_by_openssl(openssl: &OpenSsl, text: &[u8]) -> Option<usize> {
    openssl.write("file", text);
    if !openssl.succeeds(&["crl2pkcs7", "-nocrl", "-certfile", "file", "-out", "p7"]) {
        return None;
    }
    let printed = openssl.run(&["pkcs7", "-in", "p7", "-print_certs"]);
    Some(String::from_utf8(printed).expect("text").matches("-----BEGIN CERTIFICATE-----").count())
}

#[test]
fn forms_are_found_where_openssl_and_go_differ() {
    let Some(openssl) = OpenSsl::find() else { return };
    let text = String::from_utf8(ui("three-months.crt")).expect("text");
    let (first, second) = text.split_at(text.rfind("-----BEGIN").expect("two certificates"));
    let begin = "-----BEGIN CERTIFICATE-----\n";
    let indented: String = second.lines().map(|line| format!("  {line}\n")).collect();
    let no_header = first.replace(begin, &format!("{begin}Comment: none\n\n"));
    let one_line = format!(
        "{begin}{}\n-----END CERTIFICATE-----\n",
        first.lines().filter(|line| !line.starts_with('-')).collect::<String>()
    );
    let differ = |fault: Option<CertificateFormFault>| {
        fault.is_some_and(|fault| {
            !matches!(
                fault,
                CertificateFormFault::PrivateKey { .. } | CertificateFormFault::NoFinalNewline
            )
        })
    };
    for (name, text) in [
        ("plain", text.clone()),
        ("CRLF", text.replace('\n', "\r\n")),
        ("one line", one_line + second),
        ("trailing blanks", text.replace('\n', " \t\n")),
        ("indented base64", text.replace("\nMII", "\n  MII")),
        ("text before", format!("Bag Attributes\n\n{text}")),
        ("text between", format!("{first}subject=x\n{second}")),
        ("no final newline", text.trim_end().to_owned()),
        ("empty first line", text.replace(begin, &format!("{begin}\n"))),
        ("empty line", text.replace("\n-----END", "\n\n-----END")),
        ("header", no_header + second),
        ("indented", first.to_owned() + &indented),
        ("after text", format!("{first}cert: {second}")),
        ("escaped", format!("{first}{}\n", second.replace('\n', "\\n"))),
        ("joined", format!("{first}{}\n", second.replace('\n', " "))),
        ("byte order mark", format!("{first}\u{feff}{second}")),
        (
            "four dashes at the end",
            first.to_owned() + &second.replace("END CERTIFICATE-----", "END CERTIFICATE----"),
        ),
        ("not base64", first.to_owned() + &second.replacen('M', "!", 1)),
        ("no end", format!("{first}{begin}{second}")),
        ("cut off", first.to_owned() + second.split_once("-----END").expect("an end").0),
        ("other end", first.to_owned() + &second.replace("END CERTIFICATE", "END X")),
        ("X509 CERTIFICATE", first.to_owned() + &second.replace("CERTIFICATE", "X509 CERTIFICATE")),
    ] {
        let bundle = Bundle::read(text.as_bytes());
        let found = form::faults(&bundle);
        let by_openssl = read_by_openssl(&openssl, text.as_bytes());
        // What has no sound `BEGIN` line is passed over by both, but not by the person who put it
        // there.
        let same = by_openssl == Some(bundle.certificates.len())
            && !matches!(name, "indented" | "after text" | "escaped" | "joined");
        assert_eq!(
            same,
            !differ(found.first().copied()),
            "{name}: {found:?}, OpenSSL reads {by_openssl:?}"
        );
    }
    let key = String::from_utf8(ui("root-and-key.pem")).expect("text");
    assert!(matches!(
        form::faults(&Bundle::read(key.as_bytes())).as_slice(),
        [CertificateFormFault::PrivateKey { line: 12 }]
    ));
}

/// The codes that a TLS Secret of these values has.
fn findings(values: &[(&str, &[u8])], unknown: &[&str], origin: Origin) -> Vec<Finding> {
    let mut secret =
        Secret { name: "t".into(), type_: "kubernetes.io/tls".into(), ..Secret::default() };
    for (key, value) in values {
        secret.data.insert((*key).to_owned(), value.to_vec().into());
    }
    let unknown =
        Unknown { keys: unknown.iter().map(|key| (*key).to_owned()).collect(), open: false };
    verdict::findings(&Subject { unknown: &unknown, ..Subject::of(&secret, origin) })
}

fn codes(values: &[(&str, &[u8])], unknown: &[&str]) -> Vec<&'static str> {
    findings(values, unknown, Origin::Spec)
        .iter()
        .map(|finding| finding.diagnostic.code.name)
        .collect()
}

#[test]
fn what_an_error_says_is_not_said_again() {
    let fixture = |name: &str| {
        fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/keys/tls").join(name))
            .expect("a fixture")
    };
    let (reversed, key) = (fixture("chain-reversed.crt"), fixture("p384.key"));
    // The key shows that the first certificate is not the server's: an error. Without it only the
    // order does.
    assert!(!codes(&[("tls.crt", &reversed), ("tls.key", &key)], &[]).contains(&"tls-chain"));
    let without_key = codes(&[("tls.crt", &reversed)], &["tls.key"]);
    assert!(
        without_key.contains(&"tls-chain") && !without_key.contains(&"tls-authority"),
        "{without_key:?}"
    );
    assert_eq!(codes(&[("tls.crt", b""), ("tls.key", &key)], &[]), ["tls-certificate"]);
    assert_eq!(codes(&[("tls.crt", &key), ("tls.key", &reversed)], &[]), ["tls-pair"]);
}

#[test]
fn a_leaf_alone_is_complete_where_its_issuer_may_be_known() {
    assert_eq!(codes(&[("tls.crt", &ui("leaf.crt"))], &["tls.key"]), [""; 0]);
    let leaf = ui("issuer-url.crt");
    assert_eq!(codes(&[("tls.crt", &leaf)], &["tls.key"]), ["tls-chain"]);
    assert_eq!(codes(&[("tls.crt", &leaf)], &["tls.key", "ca.crt"]), [""; 0]);
    // A broken `ca.crt` is one finding.
    assert_eq!(codes(&[("tls.crt", &leaf), ("ca.crt", b"hunter2")], &["tls.key"]), ["tls-ca"]);
    let words =
        |origin| findings(&[("tls.crt", &leaf)], &["tls.key"], origin)[0].diagnostic.helps.concat();
    assert!(words(Origin::Spec).contains("`ca`") && words(Origin::Manifest).contains("`ca.crt`"));
}

/// Every certificate there is, as chain and as authority, at times on both sides of its dates.
#[test]
fn words_keep_to_the_style_and_every_code_occurs() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    let texts: Vec<Vec<u8>> = ["keys/tls", "ui/files/tls"]
        .iter()
        .flat_map(|folder| fs::read_dir(root.join(folder)).expect("a folder"))
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "crt"))
        .map(|path| fs::read(path).expect("readable"))
        .collect();
    let mut seen = BTreeSet::new();
    let unknown = Unknown { keys: ["tls.key".to_owned()].into(), open: false };
    for text in &texts {
        for (origin, at) in
            [(Origin::Spec, 0), (Origin::Manifest, 1_800_000_000), (Origin::Spec, 10_000_000_000)]
        {
            let mut secret =
                Secret { name: "t".into(), type_: "kubernetes.io/tls".into(), ..Secret::default() };
            secret.data.insert("tls.crt".into(), text.clone().into());
            secret.data.insert("ca.crt".into(), text.clone().into());
            let subject = Subject::of(&secret, origin);
            let findings =
                verdict::findings(&Subject { unknown: &unknown, at: Some(at), ..subject });
            for Finding { diagnostic, .. } in findings {
                let (message, helps) = (&diagnostic.message, &diagnostic.helps);
                assert!(
                    !message.ends_with('.')
                        && !message.starts_with(char::is_uppercase)
                        && !helps.is_empty(),
                    "{message}"
                );
                for text in diagnostic.notes.iter().chain(helps).chain([message]) {
                    assert!(
                        text.len() > 10
                            && !text.contains("  ")
                            && text.matches('`').count() % 2 == 0,
                        "{text}"
                    );
                    assert!(!text.replace("www.example.com", "").contains(".example"), "{text}");
                }
                if origin == Origin::Manifest {
                    assert!(
                        helps.iter().all(|help| !help.contains("`cert`")
                            && !help.contains("`ca`")
                            && !help.contains("lint.")),
                        "{helps:?}"
                    );
                }
                seen.insert(diagnostic.code.name);
            }
        }
    }
    for name in [
        "tls-chain",
        "tls-expired",
        "tls-not-yet-valid",
        "tls-names",
        "tls-authority",
        "tls-pem",
        "tls-weak",
        "tls-ca",
    ] {
        assert!(seen.contains(name), "{name} is not in {seen:?}");
    }
}

/// Thousands of certificates, all different and none related, in a value as large as Kubernetes
/// takes.
#[test]
fn long_chains_take_linear_time() {
    use base64::Engine;
    let pem = crate::go::pem::Pem::read(&ui("rsa-1024.crt"));
    let der = pem.blocks.first().expect("a block").contents.clone();
    assert_linear("certificates", 128, |count| {
        let mut text = String::new();
        for number in 0..u32::try_from(count).unwrap() {
            // Another signature makes another certificate.
            let mut other = der.to_vec();
            let end = other.len();
            other[end - 4..].copy_from_slice(&number.to_be_bytes());
            let body = base64::engine::general_purpose::STANDARD.encode(other);
            text += &format!("-----BEGIN CERTIFICATE-----\n{body}\n-----END CERTIFICATE-----\n");
        }
        let found = codes(&[("tls.crt", text.as_bytes()), ("ca.crt", b"")], &["tls.key"]);
        assert!(found.contains(&"tls-chain"), "{found:?}");
    });
}

/// Certificates of authorities that somebody may put into a Secret: for signing, or in the place of
/// a server's.
#[test]
fn authorities_in_their_own_secrets_are_right() {
    let Some(openssl) = OpenSsl::find() else { return };
    let usage = "keyUsage=critical,keyCertSign,cRLSign\n";
    let host = "subjectAltName=DNS:shop.test\n";
    for (name, subject, extensions) in [
        ("bare", "shop", ""),
        ("named", "Shop Root CA", ""),
        ("signs", "shop", usage),
        ("host", "Shop CA", host),
        (
            "linkerd",
            "identity.linkerd.cluster.local",
            &format!("{usage}{host}extendedKeyUsage=serverAuth\n"),
        ),
        ("no-signing", "Shop CA", "keyUsage=digitalSignature\n"),
        ("mail", "Shop CA", "subjectAltName=email:ca@shop.test\n"),
    ] {
        openssl.issue(
            name,
            subject,
            None,
            &format!("basicConstraints=critical,CA:true\n{extensions}"),
        );
    }
    openssl.issue(
        "leaf",
        "shop.test",
        Some("named"),
        &format!("basicConstraints=CA:false\n{host}"),
    );
    openssl.issue(
        "intermediate",
        "Shop Issuing CA",
        Some("named"),
        &format!("basicConstraints=critical,CA:true\n{usage}"),
    );
    let said = |secret: &str, certificates: &[&str], key: &str| -> Vec<String> {
        let text: Vec<u8> =
            certificates.iter().flat_map(|name| openssl.read(&format!("{name}.crt"))).collect();
        let mut manifest =
            Secret { name: secret.into(), type_: "kubernetes.io/tls".into(), ..Secret::default() };
        manifest.data.insert("tls.crt".into(), text.into());
        manifest.data.insert("tls.key".into(), openssl.read(&format!("{key}.key")).into());
        verdict::findings(&Subject::of(&manifest, Origin::Manifest))
            .into_iter()
            .map(|finding| finding.diagnostic.code.name.to_owned())
            .collect()
    };
    for (secret, certificate) in [
        ("root-ca", "bare"),
        ("ca-key-pair", "bare"),
        ("my-ca-secret", "signs"),
        ("shop", "named"),
        ("shop-tls", "mail"),
        ("linkerd-identity-issuer", "linkerd"),
    ] {
        assert_eq!(said(secret, &[certificate], certificate), [""; 0], "{secret} {certificate}");
    }
    // Without alternative names: a client is known by its common name.
    openssl.issue("plain", "shop", Some("named"), "basicConstraints=CA:FALSE\n");
    openssl.issue("node", "system:node:a", Some("named"), "basicConstraints=CA:FALSE\n");
    openssl.issue("server", "shop", Some("named"), "extendedKeyUsage=serverAuth\n");
    assert_eq!(said("shop-client-tls", &["plain"], "plain"), [""; 0]);
    assert_eq!(said("kubelet", &["node"], "node"), [""; 0]);
    assert_eq!(said("shop-tls", &["plain"], "plain"), ["tls-names"]);
    assert_eq!(said("shop-client-tls", &["server"], "server"), ["tls-names"]);
    // An issuer between the root and servers, with its chain.
    assert_eq!(said("shop", &["intermediate", "named"], "intermediate"), [""; 0]);
    for (secret, certificate) in [
        ("shop-tls", "bare"),
        ("shop-tls", "signs"),
        ("cache", "bare"),
        ("root-ca", "host"),
        ("root-ca", "no-signing"),
        ("shop-tls", "linkerd"),
    ] {
        assert_eq!(
            said(secret, &[certificate], certificate),
            ["tls-authority"],
            "{secret} {certificate}"
        );
    }
    // The authority first is a mistake, whatever the names are; with the server's key it is an
    // error.
    assert_eq!(said("root-ca", &["named", "leaf"], "named"), ["tls-chain"]);
    assert_eq!(said("shop-tls", &["named", "leaf"], "leaf"), ["tls-pair"]);
    assert_eq!(said("root-ca", &["named"], "leaf"), ["tls-pair"]);
}
